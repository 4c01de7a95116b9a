"""What tests of all loaders share: documents, native records of the real samples, the lists of fields, rows of a kind."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import loaders
from kg.raw.cutting import cut
from kg.raw.inputs import find
from kg.records import SourceRef
from loaders.base import Document, Piece

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


def document(raw: bytes, name: str = "x") -> Document:
    """Bytes as an input that a loader splits."""
    return Document(name, lambda: io.BytesIO(raw), len(raw))


def of(kind: type[Any], rows: Iterable[Any]) -> list[Any]:
    """The rows of one class."""
    return [r for r in rows if isinstance(r, kind)]


@cache
def listed_fields(source: str) -> dict[tuple[str, str], tuple[str, str]]:
    """(form, path) → (use, note) of `loaders/fields/<source>.tsv`; no path stands there twice."""
    path = Path(str(loaders.__file__)).parent / "fields" / f"{source}.tsv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    assert list(rows[0]) == ["form", "path", "use", "note"]
    listed = {(r["form"], r["path"]): (r["use"], r["note"]) for r in rows}
    assert len(listed) == len(rows)
    return listed
