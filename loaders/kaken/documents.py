"""Which native records does a KAKEN or NRID document hold?

Told by content: project XML of any wrapper (`grantAwards`, `grants`, a bare `grantAward`), researcher JSON as a
search answer (`researchers`), a list, a single document or one per line, and the agency master table. Format
definitions, the other master tables and CSV are named as what they are instead of being guessed at.
"""

from __future__ import annotations

import html
import io
import re
from collections.abc import Iterator
from hashlib import sha256
from typing import Any, BinaryIO

from kg.errors import BadRecord, NothingUsable
from kg.text import without_surrogates
from kg.text.identifiers import erad
from loaders.base import Broken, Document, Piece
from loaders.kaken import masters
from loaders.native import MAX_BYTES, parse_json, parse_xml
from loaders.split import CUT, json_items, kind, lines, peek, xml_elements

_HEAD = 1 << 20
_ROOT = re.compile(rb"<([A-Za-z_][\w.:-]*)")
_PROLOG = re.compile(rb"<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^>]*>", re.S)
_ID = re.compile(rb"""^<[^>]*?\sid\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_NUMBER = re.compile(rb"""^<[^>]*?\sawardNumber\s*=\s*(?:"([^"]*)"|'([^']*)')""")


def split(document: Document) -> Iterator[Piece | Broken]:
    """Native records in order. Raises `NothingUsable` where the document is nothing of KAKEN's or NRID's."""
    with document.open() as opened:
        head, stream = peek(opened, _HEAD)
        what = kind(head)
        if what == "xml":
            pieces = _xml(stream, head, document.name)
        elif what == "json":
            pieces = _json(stream, head)
        elif what == "jsonl":
            pieces = _json_lines(stream)
        else:
            raise _nothing(head, document.name)
        found = False
        for piece in pieces:
            found = True
            yield piece
        if not found:
            raise NothingUsable(
                f"{document.name}: no project and no researcher in it.",
                next_step="KAKEN project XML holds <grantAward> elements, NRID JSON a list «researchers».",
            )


def _nothing(head: bytes, name: str) -> NothingUsable:
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")[:200]
    if not start:
        return NothingUsable(f"{name} is empty.")
    if start.startswith((b"- name:", b"name:")):
        return NothingUsable(
            f"{name} is a definition of KAKEN's or NRID's format (YAML), not records.",
            next_step="Nothing to import; docs/sources/kaken.md says how its fields are read.",
        )
    return NothingUsable(
        f"{name} is neither XML nor JSON.",
        next_step="KAKEN and NRID are read as XML and JSON; their CSV exports are not read.",
    )


# --- XML -----------------------------------------------------------------------------------------------------


def _xml(stream: BinaryIO, head: bytes, name: str) -> Iterator[Piece | Broken]:
    root = _ROOT.search(_PROLOG.sub(b"", head))
    tag = root.group(1).rpartition(b":")[2].decode("utf-8", "replace") if root else ""
    if tag == "agency_table_list":
        return _agencies(stream)
    if tag in masters.TABLES or tag.endswith("_table_list"):
        raise NothingUsable(
            f"{name} is a KAKEN master table of {masters.TABLES.get(tag, 'codes')}, not records.",
            next_step="Nothing to import: projects carry the labels themselves.",
        )
    if tag.lower() in ("html", "rss", "rdf", "feed"):
        raise NothingUsable(f"{name} is <{tag}>, not KAKEN project XML.", next_step="Ask KAKEN for format=xml.")
    return _awards(stream)


def _awards(stream: BinaryIO) -> Iterator[Piece | Broken]:
    for path, raw in _cut(xml_elements(stream, frozenset({"grantAward"}))):
        if not raw.startswith(b"<grantAward") or not raw.rstrip().endswith(b">"):
            yield Broken(path, "not a whole <grantAward>: the document is damaged or ends early here", raw[:CUT])
            continue
        try:
            if not raw.endswith((b"</grantAward>", b"/>")):
                parse_xml(raw)
        except BadRecord as e:
            yield Broken(path, e.reason, raw[:CUT])
            continue
        yield Piece("project", _attribute(_ID, raw) or _attribute(_NUMBER, raw) or _hash(raw), raw, path)


def _attribute(pattern: re.Pattern[bytes], raw: bytes) -> str:
    found = pattern.match(raw)
    value = (found.group(1) or found.group(2) or b"") if found else b""
    return html.unescape(value.decode("utf-8", "replace")).strip()


def _agencies(stream: BinaryIO) -> Iterator[Piece | Broken]:
    """One piece per distinct agency; the table of each period repeats most of them."""
    seen: set[Any] = set()
    for path, raw in _cut(xml_elements(stream, frozenset({"agency"}))):
        try:
            agency = parse_xml(raw)
        except BadRecord as e:
            yield Broken(path, e.reason, raw[:CUT])
            continue
        key = masters.agency_key(agency)
        if key == ((), ()) or key in seen:  # the list of differences repeats name and code as attributes
            continue
        seen.add(key)
        record_id = masters.agency_id(agency) or _hash(raw)
        if record_id in seen:
            record_id = f"{record_id}-{_hash(raw)[7:15]}"
        seen.add(record_id)
        yield Piece("agency", record_id, raw, path)


def _cut(cutter: Iterator[tuple[str, bytes]]) -> Iterator[tuple[str, bytes]]:
    """Slices; damage that leaves nothing to cut ends them as an empty slice at its place."""
    try:
        yield from cutter
    except BadRecord as e:
        yield e.path, b""


# --- JSON ----------------------------------------------------------------------------------------------------


def _json(stream: BinaryIO, head: bytes) -> Iterator[Piece | Broken]:
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if start.startswith(b"["):
        yield from _researchers(json_items(stream, ()))
    elif b'"researchers"' in head and _top_level(head):
        yield from _researchers(json_items(stream, ("researchers",)))
    else:
        raw = stream.read(MAX_BYTES + 1)
        yield _researcher("$", raw.removeprefix(b"\xef\xbb\xbf"))


def _top_level(head: bytes) -> bool:
    """Whether `researchers` is a key of the answer, not a word inside one researcher."""
    before = head.partition(b'"researchers"')[0]
    return before.count(b"{") - before.count(b"}") == 1


def _json_lines(stream: BinaryIO) -> Iterator[Piece | Broken]:
    try:
        for number, line in lines(stream):
            here = f"line {number}"
            if b'"researchers"' in line[:4096] and _top_level(line[:4096]):
                for path, raw in json_items(io.BytesIO(line), ("researchers",)):
                    yield _researcher(f"{here}{path[1:]}", raw)
            else:
                yield _researcher(here, line)
    except ValueError as e:
        yield Broken("$", str(e))


def _researchers(items: Iterator[tuple[str, bytes]]) -> Iterator[Piece | Broken]:
    for path, raw in items:
        yield _researcher(path, raw)


def _researcher(path: str, raw: bytes) -> Piece | Broken:
    try:
        value = parse_json(raw)
    except BadRecord as e:
        return Broken(path, e.reason, raw[:CUT])
    if not isinstance(value, dict):
        return Broken(path, f"{type(value).__name__} where a researcher object is expected", raw[:CUT])
    return Piece("researcher", researcher_id(value) or _hash(raw), raw, path)


def researcher_id(value: dict[str, Any]) -> str | None:
    """e-Rad number, else NII's `accn`."""
    given = value.get("id:person:erad")
    for number in given if isinstance(given, list) else [given]:
        if isinstance(number, str) and (found := erad(number)):
            return found
    accn = value.get("accn")
    return without_surrogates(accn) if isinstance(accn, str) and accn else None


def _hash(raw: bytes) -> str:
    return f"sha256-{sha256(raw).hexdigest()[:32]}"
