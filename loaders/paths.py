"""Which native fields does a record hold, and how often? The ground truth that `kg coverage` counts against.

    >>> occurrences(b'{"dc:identifier": [{"@value": "x"}, {"@value": "y"}], "n": null}', "item", "cinii")
    Counter({'dc:identifier[].@value': 2})
    >>> occurrences('<a c="1"><b xml:lang="ja">x</b></a>'.encode(), "project", "kaken")
    Counter({'/a/@c': 1, '/a/b/@xml:lang': 1, '/a/b': 1})

Normal form of a path, as in `loaders/fields/*.tsv`: JSON keys joined by `.`, `[]` for list elements; XML from the
record's element on, prefixes as written, `@` before attributes (name-space declarations are none); CSV
`section/column`. Counted are JSON scalars that are neither null nor '', XML text and attributes that are not blank,
CSV cells that are neither empty nor the word `null`.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from typing import Any

import orjson

from kg.errors import BadRecord
from loaders.native import decode, parse_json, parse_xml

_XML = "{http://www.w3.org/XML/1998/namespace}"


def occurrences(raw: bytes, form: str, source: str, context: str = "") -> Counter[str]:
    """Normalised path → how often a value stands there. Raises `BadRecord` where the record cannot be parsed.

    CSV records need their header in `context`: the header line itself, or JSON `{"section": …, "header": […], "encoding": …}`;
    the section is otherwise the last part of `form` (`csv:published_papers`).
    """
    start = raw.removeprefix(b"\xef\xbb\xbf").lstrip()[:1]
    counts: Counter[str] = Counter()
    if start == b"<" or raw[:2] in (b"<\0", b"\0<"):
        _xml(parse_xml(raw), "", counts)
    elif start in (b"{", b"["):
        _json(parse_json(raw), "", counts)
    else:
        _csv(raw, form, context, counts)
    return counts


def leaves(value: Any) -> list[tuple[str, Any]]:
    """Normalised path and value of each JSON scalar that counts, in document order."""
    found: list[tuple[str, Any]] = []
    _walk(value, "", found)
    return found


def _walk(value: Any, path: str, found: list[tuple[str, Any]]) -> None:
    if isinstance(value, dict):
        for key, inner in value.items():
            _walk(inner, f"{path}.{key}" if path else key, found)
    elif isinstance(value, list):
        for inner in value:
            _walk(inner, f"{path}[]", found)
    elif value is not None and value != "":
        found.append((path, value))


def _json(value: Any, path: str, counts: Counter[str]) -> None:
    counts.update(p for p, _ in leaves(value))


def _xml(element: Any, path: str, counts: Counter[str]) -> None:
    here = f"{path}/{xml_name(element.tag, element.nsmap)}"
    for name, value in element.attrib.items():
        if value.strip():
            counts[f"{here}/@{xml_name(name, element.nsmap)}"] += 1
    if element.text and element.text.strip():
        counts[here] += 1
    for child in element:
        _xml(child, here, counts)
        if child.tail and child.tail.strip():
            counts[here] += 1


def xml_name(name: str, nsmap: dict[str | None, str]) -> str:
    """`prefix:local` for an lxml name, with the prefix that the document uses."""
    if not name.startswith("{"):
        return name
    if name.startswith(_XML):
        return "xml:" + name[len(_XML) :]
    uri, _, local = name[1:].partition("}")
    prefixes = sorted(p or "" for p, u in nsmap.items() if u == uri)
    return f"{prefixes[0]}:{local}" if prefixes and prefixes[0] else local


def _csv(raw: bytes, form: str, context: str, counts: Counter[str]) -> None:
    section, header, encoding = csv_header(form, context)
    if not header:
        raise BadRecord("$", "a CSV record without its header")
    text = raw.decode(encoding, "replace") if encoding else decode(raw)
    cells = next(csv.reader(io.StringIO(text, newline="")), [])
    for name, cell in zip(header, cells, strict=False):
        if cell.strip() not in ("", "null"):
            counts[f"{section}/{name.strip()}"] += 1


def csv_header(form: str, context: str) -> tuple[str, list[str], str]:
    """Section, column names and encoding ('' where it must be found out) of a CSV record."""
    if context.lstrip().startswith("{"):
        known = orjson.loads(context)
        return (
            str(known.get("section", form)),
            [str(h) for h in known.get("header", [])],
            str(known.get("encoding", "")),
        )
    return form.rpartition(":")[2], next(csv.reader(io.StringIO(context, newline="")), []), ""
