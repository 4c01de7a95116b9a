"""Which native fields of a source are read, ignored with a reason, or new? The data behind `kg coverage`.

Counted are the values that stand in the records (`loaders.paths`), judged by the source's list
(`loaders/fields/<source>.tsv`): each path is `read` into a column, or ignored for one of four reasons. What the list
does not know is new, and is never passed over in silence.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

from kg.errors import BadRecord
from kg.raw.cutting import Chunk, cut
from kg.raw.inputs import find
from loaders.paths import occurrences
from loaders.registry import loader as loader_of

IGNORED = ("private", "presentation", "duplicate", "no_scholarly_content")
"""The only reasons for which a field may be ignored."""
NEW = "new"


class Listed(NamedTuple):
    """What a source's list says of a path."""

    use: str
    note: str
    """Column where it is read, else the reason in words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldUse:
    """One native path and how often a value stood there."""

    form: str
    path: str
    occurrences: int
    use: str
    note: str


@dataclass(slots=True, kw_only=True)
class Coverage:
    """What the records of some files hold, and what becomes of it."""

    source: str
    documents: int = 0
    records: int = 0
    unparsed: int = 0
    """Records and parts that could not be parsed; their fields are not counted."""
    fields: list[FieldUse] = field(default_factory=list)
    """Sorted by form and path."""

    @property
    def totals(self) -> dict[str, int]:
        """Occurrences by use."""
        counts: Counter[str] = Counter()
        for f in self.fields:
            counts[f.use] += f.occurrences
        return {use: counts[use] for use in ("read", *IGNORED, NEW)}

    @property
    def new(self) -> list[FieldUse]:
        return [f for f in self.fields if f.use == NEW]

    @property
    def read_share(self) -> float:
        """Percentage of occurrences that are read."""
        return self._share("read")

    @property
    def known_share(self) -> float:
        """Percentage of occurrences that are read or ignored with a reason."""
        return self._share("read", *IGNORED)

    def _share(self, *uses: str) -> float:
        totals = self.totals
        whole = sum(totals.values())
        return round(100 * sum(totals[u] for u in uses) / whole, 2) if whole else 0.0

    def as_dict(self) -> dict[str, Any]:
        """For `--json`."""
        return {
            "source": self.source,
            "documents": self.documents,
            "records": self.records,
            "unparsed": self.unparsed,
            "occurrences": self.totals,
            "read_percent": self.read_share,
            "known_percent": self.known_share,
            "new": len(self.new),
            "fields": [
                {"form": f.form, "path": f.path, "occurrences": f.occurrences, "use": f.use, "note": f.note}
                for f in self.fields
            ],
        }


@cache
def listed(source: str) -> dict[tuple[str, str], Listed]:
    """(form, path) → use, as the source's list has it; empty for a source without a list."""
    file = files("loaders").joinpath("fields", f"{source}.tsv")
    if not file.is_file():
        return {}
    rows = csv.DictReader(file.read_text("utf-8").splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE)
    return {(r["form"], r["path"]): Listed(r["use"], r["note"] or "") for r in rows}


def coverage(
    source: str, paths: tuple[str, ...], watch: Callable[[int, int], None] = lambda done, count: None
) -> Coverage:
    """Counts every field of every record in `paths`. Raises `FixInput` for paths that do not exist.

    `watch` is told the stored bytes read so far and the records met.
    """
    loader = loader_of(source)
    own = getattr(loader, "occurrences", None)
    count: Callable[[bytes, str, str, str], Counter[str]] = own or occurrences
    result = Coverage(source=source)
    counts: Counter[tuple[str, str]] = Counter()
    base = 0
    for named in find(paths):
        for chunk in cut(source, named, check=False):
            _count(chunk, source, count, counts, result)
            watch(base + chunk.position, result.records)
        base += named.size or 0
    uses = listed(source)
    result.fields = [
        FieldUse(form=form, path=path, occurrences=n, **uses.get((form, path), Listed(NEW, ""))._asdict())
        for (form, path), n in sorted(counts.items())
    ]
    return result


def _count(
    chunk: Chunk,
    source: str,
    count: Callable[[bytes, str, str, str], Counter[str]],
    counts: Counter[tuple[str, str]],
    result: Coverage,
) -> None:
    result.documents += chunk.ended
    result.unparsed += len(chunk.broken)
    for piece, _ in chunk.pieces:
        result.records += 1
        try:
            found = count(piece.raw, piece.form, source, piece.context)
        except BadRecord:
            result.unparsed += 1
            continue
        for path, n in found.items():
            counts[piece.form, path] += n
