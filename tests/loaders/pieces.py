"""Native records of the real samples, as a loader cuts them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

from kg.raw.cutting import cut
from kg.raw.inputs import find
from kg.records import SourceRef
from loaders.base import Piece

FOLDERS = {"cinii": ("cinii",), "researchmap": ("researchmap",), "orcid": ("orcid",), "kaken": ("kaken", "nrid")}


def sample_pieces(source: str, samples: Path) -> Iterator[Piece]:
    """All records of a source in its sample folders, in the order of their files."""
    for named in find(tuple(str(samples / folder) for folder in FOLDERS[source])):
        for chunk in cut(source, named, check=False):
            for piece, _ in chunk.pieces:
                yield piece


def ref_of(source: str, piece: Piece) -> SourceRef:
    """Where the rows of a piece come from."""
    return SourceRef(
        source=source,  # type: ignore[arg-type]  # one of the four
        form=piece.form,
        record_id=piece.record_id,
        content_hash=hashlib.sha256(piece.raw).hexdigest(),
        retrieved="2026-01-01T00:00:00Z",
    )
