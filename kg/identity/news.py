"""What does identity have to tell the ledger?"""

from __future__ import annotations

from typing import NamedTuple

import pyarrow as pa


class News(NamedTuple):
    """What a build has to tell the ledger."""

    anchors: pa.Table
    """id, kind, anchor, origin: ids given out and further anchors of ids."""
    lost: pa.Table
    """id, kind, anchor: anchors without which an entity lives on."""
    joined: pa.Table
    """old, new, kind: ids that have been joined to others."""
