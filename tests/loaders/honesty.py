"""Does a loader really read what its list says it reads? Change a value, and the rows must change.

`silent(loader, pieces, reads)` returns the paths of `reads` that stand in the pieces but never made a difference.
"""

from __future__ import annotations

import copy
import csv
import io
import json
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from typing import Any

from lxml import etree

from kg.errors import BadRecord
from kg.records import Row, Skipped
from loaders.base import Loader, Piece
from loaders.native import decode, parse_json, parse_xml
from loaders.paths import csv_header, occurrences, xml_name
from tests.loaders.pieces import ref_of

TRIES = 24
"""Changed values tried for a path before it counts as silent."""


def silent(loader: Loader, pieces: Iterable[Piece], reads: Collection[tuple[str, str]]) -> set[tuple[str, str]]:
    """(form, path) of `reads` met in the pieces, of which no change of value changed the rows."""
    met: set[tuple[str, str]] = set()
    proven: set[tuple[str, str]] = set()
    tries: Counter[tuple[str, str]] = Counter()
    for piece in sorted(pieces, key=lambda p: len(p.raw)):
        here = {(piece.form, p) for p in occurrences(piece.raw, piece.form, loader.SOURCE, piece.context)}
        met |= here & set(reads)
        if not (here & set(reads)) - proven:
            continue
        before = rows_of(loader, piece)
        for path, raw in mutants(piece):
            where = (piece.form, path)
            if where in met and where not in proven and tries[where] < TRIES:
                tries[where] += 1
                if rows_of(loader, piece._replace(raw=raw)) != before:
                    proven.add(where)
    return met - proven


def rows_of(loader: Loader, piece: Piece) -> Counter[Row]:
    """Rows of a piece without what was skipped; none where it is refused."""
    try:
        found = list(loader.to_records(piece.raw, ref_of(loader.SOURCE, piece), piece.context))
    except BadRecord:
        return Counter()
    return Counter(r for r in found if not isinstance(r, Skipped))


def mutants(piece: Piece) -> Iterator[tuple[str, bytes]]:
    """(path of the changed value, changed record), one value at a time."""
    start = piece.raw.removeprefix(b"\xef\xbb\xbf").lstrip()[:1]
    if start == b"<":
        return _xml_mutants(piece.raw)
    if start in (b"{", b"["):
        return _json_mutants(piece.raw)
    return _csv_mutants(piece)


def _others(value: Any) -> list[Any]:
    """Values of the same kind, and none, that a reader should tell apart from `value`."""
    if isinstance(value, bool):
        return [not value]
    if isinstance(value, int | float):
        return [value + 1, None]
    text = str(value)
    digits = "".join(str((int(c) + 1) % 10) if c.isascii() and c.isdigit() else c for c in text)
    return [v for v in (f"{text}x", digits, "ja" if text != "ja" else "en", "") if v != text]


def _json_mutants(raw: bytes) -> Iterator[tuple[str, bytes]]:
    value = parse_json(raw)
    for path, place in list(_places(value, "", ())):
        holder = value
        for step in place[:-1]:
            holder = holder[step]
        old = holder[place[-1]]
        for other in _others(old):
            holder[place[-1]] = other
            yield path, json.dumps(value, ensure_ascii=False).encode()
        holder[place[-1]] = old


def _places(value: Any, path: str, place: tuple[Any, ...]) -> Iterator[tuple[str, tuple[Any, ...]]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _places(inner, f"{path}.{key}" if path else key, (*place, key))
    elif isinstance(value, list):
        for i, inner in enumerate(value):
            yield from _places(inner, f"{path}[]", (*place, i))
    elif value is not None and value != "":
        yield path, place


def _xml_mutants(raw: bytes) -> Iterator[tuple[str, bytes]]:
    root = parse_xml(raw)
    for element in root.iter():
        path = "".join(f"/{xml_name(e.tag, e.nsmap)}" for e in [*reversed(list(element.iterancestors())), element])
        if element.text and element.text.strip():
            for other in _others(element.text):
                yield path, _with(root, element, None, other)
        for name, value in element.attrib.items():
            for other in _others(value):
                yield f"{path}/@{xml_name(name, element.nsmap)}", _with(root, element, name, other)


def _with(root: Any, element: Any, attribute: str | None, value: str) -> bytes:
    changed = copy.deepcopy(root)
    twin = changed.getroottree().xpath(element.getroottree().getpath(element))[0]
    if attribute is None:
        twin.text = value
    else:
        twin.set(attribute, value)
    return bytes(etree.tostring(changed))


def _csv_mutants(piece: Piece) -> Iterator[tuple[str, bytes]]:
    section, header, encoding = csv_header(piece.form, piece.context)
    text = piece.raw.decode(encoding) if encoding else decode(piece.raw)
    cells = next(csv.reader(io.StringIO(text, newline="")))
    for i, (name, cell) in enumerate(zip(header, cells, strict=False)):
        if cell.strip() in ("", "null"):
            continue
        for other in _others(cell):
            out = io.StringIO()
            csv.writer(out, lineterminator="").writerow([*cells[:i], other, *cells[i + 1 :]])
            yield f"{section}/{name.strip()}", out.getvalue().encode(encoding or "utf-8", "replace")
