"""What does a receipt say? It is the last thing written of a batch; bytes without one do not exist.

A receipt is one JSON file in `raw/receipts/`, never changed except by erasure. Its number orders all that was
imported: of two versions of a record, the one of the later receipt is current.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import orjson

from kg.errors import FixSetup
from kg.raw.disk import write_whole


@dataclass(frozen=True, slots=True, kw_only=True)
class PackFile:
    """A file that belongs to a receipt, and what it must look like."""

    file: str
    bytes: int
    sha256: str
    rows: int
    """Records in an index, frames in a pack."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far one input had come when the batch was closed."""

    name: str
    records: int
    """Records met so far, known ones included."""
    quarantined: int
    last: str
    """The document (archive member) that was in hand."""
    complete: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """One committed batch."""

    id: str
    """Number with leading zeros; also the name of its pack and index."""
    time: str
    """UTC, ISO 8601 with seconds: `retrieved` of its records."""
    sources: Mapping[str, int]
    """Entries by source."""
    loader_version: int
    new: int
    changed: int
    again: int
    """Records whose older bytes became current once more; nothing was copied for them."""
    raw_bytes: int
    index: PackFile
    pack: PackFile | None
    """None where the batch holds only records seen again."""
    documents: tuple[Progress, ...] = ()

    @property
    def number(self) -> int:
        return int(self.id)


def write_receipt(folder: Path, receipt: Receipt) -> None:
    """Makes the batch real. Durable on return."""
    write_whole(folder / f"{receipt.id}.json", orjson.dumps(asdict(receipt), option=orjson.OPT_INDENT_2))


def read_receipts(folder: Path) -> list[Receipt]:
    """All receipts, oldest first. Raises `FixSetup` where one cannot be read."""
    return [_read(path) for path in sorted(folder.glob("*.json"))]


def _read(path: Path) -> Receipt:
    try:
        fields: dict[str, Any] = orjson.loads(path.read_bytes())
        fields["index"] = PackFile(**fields["index"])
        fields["pack"] = PackFile(**fields["pack"]) if fields["pack"] else None
        fields["documents"] = tuple(Progress(**d) for d in fields["documents"])
        return Receipt(**fields)
    except (orjson.JSONDecodeError, TypeError, KeyError) as e:
        raise FixSetup(
            f"The receipt {path} is damaged: {e}.", next_step="Restore it from a copy; its pack is beside it in packs/."
        ) from e
