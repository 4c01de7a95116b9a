"""How is a researchmap document cut into items?

By content, never by the name of the file: answers of the API (one item, a section's `items`, a profile, items
keyed by section, or any of these one a line), the lines of a JSONL export, the rows of a CSV export. Each piece
keeps the bytes as they stand; what it needs from around it (whose it is, the headings of its columns) travels
beside it as context, a small JSON object.

A file that does not say whose items it holds may be put in a folder `permalink=NAME` (or `user_id=R…`).
"""

from __future__ import annotations

import codecs
import csv
import hashlib
import io
import itertools
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, BinaryIO

from kg.errors import BadRecord, NothingUsable
from loaders.base import Broken, Document, Piece
from loaders.native import parse_json
from loaders.researchmap.identity import address, plain_id
from loaders.researchmap.sections import KNOWN
from loaders.researchmap.table import COLUMNS, INSTRUCTIONS, section_of
from loaders.split import CUT, LIMIT, json_items, kind, lines, peek

ACTIONS = ("insert", "update", "upsert", "delete")
BODIES = ("merge", "similar_merge", "force", "replace")
_NAMED_OWNER = re.compile(r"(?:^|[/\\!])(permalink|user_id)=([\w.\-]+)(?=[/\\!])")
_ITEMS = re.compile(rb'"items"\s*:\s*\[')
_STRING = re.compile(rb'"(?:[^"\\]|\\.)*"', re.DOTALL)
_PERMALINK = re.compile(rb'"permalink"\s*:\s*"([\w.\-]+)"')
_API = re.compile(rb'"@id"\s*:\s*"(https?://api(?:-trial)?\.researchmap\.jp/[^"\\]+)"')
_TYPE = re.compile(rb'"@type"\s*:\s*"([a-z_]+)"')
_REMEMBERED = 100_000
_LONGEST_ROW = 1 << 20
_NEXT = "See docs/sources/researchmap.md for what can be imported."


@dataclass(slots=True)
class Around:
    """What the document says about the items that follow."""

    permalink: str = ""
    user_id: str = ""
    section: str = ""
    permalinks: dict[str, str] = field(default_factory=dict)
    """User id -> permalink, from the latest `researchers` lines of an export."""

    def remember(self, user_id: str, permalink: str) -> None:
        self.permalink, self.user_id = permalink, user_id
        self.permalinks[user_id] = permalink
        if len(self.permalinks) > _REMEMBERED:
            del self.permalinks[next(iter(self.permalinks))]

    def context(self) -> str:
        said = {"permalink": self.permalink, "user_id": self.user_id}
        return json.dumps({k: v for k, v in said.items() if v}, sort_keys=True) if any(said.values()) else ""


def split(document: Document) -> Iterator[Piece | Broken]:
    """Native records of one document, in order.

    Raises `NothingUsable` where it holds nothing of researchmap's, or only what a website's script made of it.
    """
    around = Around(**dict(_NAMED_OWNER.findall(document.name)))
    with document.open() as stream:
        head, stream = peek(stream, 1 << 20)
        what = kind(head)
        if what == "jsonl":
            yield from _lines(lines(stream), around, document.name)
        elif what == "json":
            yield from _json(head, stream, around, document.name)
        elif what == "text":
            yield from _table(stream, around, document.name)
        else:
            raise NothingUsable(f"{document.name}: {what}, not JSON or CSV of researchmap.", next_step=_NEXT)


def record_id(permalink: str, user_id: str, section: str, item_id: str, raw: bytes) -> str:
    """`{owner}/{section}/{id}`; `-` for an unknown owner where the id is surely researchmap's own (5 digits or more).

    Shorter ids in files without an owner are numbers that somebody wrote by hand: their bytes name them.
    """
    owner = permalink or user_id
    if item_id and (owner or (item_id.isdigit() and len(item_id) >= 5)):
        return f"{owner or '-'}/{section}/{item_id}"
    return f"sha256-{hashlib.sha256(raw).hexdigest()[:32]}"


# --- JSON ----------------------------------------------------------------------------------------------------


def _is_whole(line: bytes) -> bool:
    """Whether one line is a whole JSON object: then the document has one a line, however long they are."""
    if line.rstrip()[-1:] != b"}":
        return False
    try:
        return isinstance(parse_json(line.removeprefix(codecs.BOM_UTF8)), dict)
    except BadRecord:
        return False


def _after_first(stream: BinaryIO) -> Iterator[tuple[int, bytes]]:
    return ((number + 1, line) for number, line in lines(stream))


def _lines(numbered: Iterator[tuple[int, bytes]], around: Around, name: str) -> Iterator[Piece | Broken]:
    """Records of a document that has one JSON value a line."""
    usable = False
    reasons: list[str] = []
    try:
        for number, line in numbered:
            for piece in _value(line, f"line {number}", around):
                usable = usable or isinstance(piece, Piece)
                if isinstance(piece, Broken) and len(reasons) < 3:
                    reasons.append(f"{piece.path}: {piece.reason}")
                yield piece
    except ValueError as e:
        yield Broken(path=str(e).partition(" is ")[0], reason=str(e))
        usable = True
    if not usable:
        raise NothingUsable(f"{name}: no line holds anything of researchmap's ({'; '.join(reasons)}).", next_step=_NEXT)


def _json(head: bytes, stream: BinaryIO, around: Around, name: str) -> Iterator[Piece | Broken]:
    start = head.removeprefix(codecs.BOM_UTF8).lstrip()[:1]
    if start == b"[":
        yield from _at_least_one(_elements(stream, (), "", around), name)
        return
    if (found := _ITEMS.search(head)) and _is_top_level(head[: found.start()]):
        before = head[: found.start()]
        yield from _elements(stream, ("items",), "", _around_items(before, around))
        return
    first = stream.readline(LIMIT + 1)
    if _is_whole(first):
        yield from _lines(itertools.chain([(1, first.rstrip(b"\r\n"))], _after_first(stream)), around, name)
        return
    raw = first + stream.read(LIMIT + 1 - len(first))
    if len(raw) > LIMIT:
        raise NothingUsable(f"{name}: one JSON object of more than {LIMIT >> 20} MB.", next_step=_NEXT)
    yield from _at_least_one(_value(raw.removeprefix(codecs.BOM_UTF8), "$", around), name)


def _at_least_one(pieces: Iterator[Piece | Broken], name: str) -> Iterator[Piece | Broken]:
    """The pieces; raises `NothingUsable` with the first reason where every one of them is broken."""
    held: list[Broken] = []
    for piece in pieces:
        if isinstance(piece, Piece):
            yield from held
            yield piece
            yield from pieces
            return
        held.append(piece)
        if len(held) > 1000:
            break
    if held:
        raise NothingUsable(f"{name}: {held[0].path}: {held[0].reason}.", next_step=_NEXT)


def _is_top_level(before: bytes) -> bool:
    """Whether what stands before lies directly in the document's object, and no profile is being told."""
    if b'"@graph"' in before or re.search(rb'"@type"\s*:\s*"researchers"', before):
        return False
    bare = _STRING.sub(b"", before)
    return bare.count(b"{") - bare.count(b"}") == 1 and bare.count(b"[") == bare.count(b"]")


def _around_items(before: bytes, around: Around) -> Around:
    found = _API.search(before)
    permalink, section, _ = address(found.group(1).decode("utf-8", "replace")) if found else ("", "", "")
    if named := _PERMALINK.search(before):
        permalink = named.group(1).decode("ascii", "replace")
    if typed := _TYPE.search(before):
        section = typed.group(1).decode("ascii", "replace")
    return Around(permalink or around.permalink, around.user_id, section, around.permalinks)


def _elements(stream: BinaryIO, keys: tuple[str, ...], at: str, around: Around) -> Iterator[Piece | Broken]:
    for path, raw in json_items(stream, keys):
        yield from _value(raw, f"{at} {path}".strip(), around)


def _value(raw: bytes, path: str, around: Around, depth: int = 0) -> Iterator[Piece | Broken]:
    """Records of one JSON value: itself, or those within it."""
    try:
        value = parse_json(raw)
    except BadRecord as e:
        yield Broken(path=path, reason=e.reason, raw=raw[:CUT])
        return
    if isinstance(value, list) and depth == 0:
        for inner, part in json_items(io.BytesIO(raw), ()):
            yield from _value(part, _below(path, inner), around, 1)
    elif isinstance(value, dict):
        yield from _object(value, raw, path, around, depth)
    else:
        yield Broken(path=path, reason=f"object expected, {type(value).__name__} found", raw=raw[:CUT])


def _below(path: str, inner: str) -> str:
    return inner if path == "$" else path + inner.removeprefix("$")


def _object(value: dict[str, Any], raw: bytes, path: str, around: Around, depth: int) -> Iterator[Piece | Broken]:
    action = next((a for a in ACTIONS if isinstance(value.get(a), dict)), None)
    section = _section(value, around)
    if action is not None:
        yield _action_line(value, action, raw, path, around)
    elif value.get("@type") == "researchers" or (
        "permalink" in value and ("family_name" in value or "@graph" in value)
    ):
        yield _profile(value, raw, path, around)
    elif (made := _made_by_a_site(value)) is not None:
        yield Broken(path=path, reason=made, raw=raw[:CUT])
    elif "items" in value and depth < 3:
        permalink = address(value.get("@id"))[0] or plain_id(value.get("permalink")) or around.permalink
        inside = Around(permalink, around.user_id, section or around.section, around.permalinks)
        for inner, part in json_items(io.BytesIO(raw), ("items",)):
            yield from _value(part, _below(path, inner), inside, depth + 1)
    elif section:
        yield _item(value, raw, path, section, around)
    elif depth < 3 and (keys := [k for k in value if k in KNOWN]):
        for key in keys:
            inside = Around(around.permalink, around.user_id, key, around.permalinks)
            for inner, part in json_items(io.BytesIO(raw), (key,)):
                yield from _value(part, _below(path, inner), inside, depth + 1)
    else:
        reason = "neither a profile, an item of a known section, nor a line of an export"
        yield Broken(path=path, reason=reason, raw=raw[:CUT])


def _section(value: dict[str, Any], around: Around) -> str:
    for said in (value.get("@type"), address(value.get("@id"))[1], around.section):
        if isinstance(said, str) and said in KNOWN:
            return said
    return ""


def _made_by_a_site(value: dict[str, Any]) -> str | None:
    """Why this is no record of researchmap's but what a website's script made: such files are left out by name."""
    if "items" in value or "@id" in value or "rm:id" in value:
        return None
    if "fetchedAt" in value and "types" in value:
        return "a website script's note about its download (section names and counts), not an answer of researchmap"
    if "projects" in value and "nrid" in str(value.get("source")):
        return "a website script's list of KAKEN projects, not an answer of researchmap"
    if isinstance(value.get("profile"), dict) and any(k in KNOWN for k in value):
        return "regrouped by a website's script without item ids; import the export that it was made from"
    return None


def _item(value: dict[str, Any], raw: bytes, path: str, section: str, around: Around) -> Piece:
    permalink, _, item_id = address(value.get("@id"))
    user_id = plain_id(value.get("rm:user_id")) or around.user_id
    own = permalink or around.permalink
    number = plain_id(value.get("rm:id")) or item_id
    context = "" if permalink else around.context()
    return Piece(section, record_id(own, user_id, section, number, raw), raw, path, context)


def _profile(value: dict[str, Any], raw: bytes, path: str, around: Around) -> Piece:
    permalink = plain_id(value.get("permalink")) or address(value.get("@id"))[0]
    own = permalink or plain_id(value.get("rm:user_id")) or f"sha256-{hashlib.sha256(raw).hexdigest()[:32]}"
    return Piece("profile", own, raw, path, "")


def _action_line(value: dict[str, Any], action: str, raw: bytes, path: str, around: Around) -> Piece | Broken:
    """A line of an export: what to do with one item, and the item.

    An `update` says only what changed, so it stands beside the item (`{id}/update`) and does not replace it; a
    `delete` replaces it.
    """
    target = value[action]
    section = target.get("type")
    body: dict[str, Any] = next((value[b] for b in BODIES if isinstance(value.get(b), dict)), {})
    changes = "/update" if action == "update" else ""
    item_id, user_id = plain_id(target.get("id")), plain_id(target.get("user_id"))
    if section == "researchers":
        permalink = plain_id(body.get("permalink"))
        around.remember(item_id, permalink)
        own = permalink or item_id or f"sha256-{hashlib.sha256(raw).hexdigest()[:32]}"
        return Piece("profile.jsonl", own + changes, raw, path, "")
    if not isinstance(section, str) or section not in KNOWN:
        return Broken(path=path, reason=f"section of an unknown kind: {str(section)[:60]}", raw=raw[:CUT])
    permalink = around.permalinks.get(user_id, "") if user_id and user_id != around.user_id else around.permalink
    whose = Around(permalink, user_id or around.user_id)
    own = record_id(permalink, whose.user_id, section, item_id, raw)
    return Piece(f"{section}.jsonl", own + changes, raw, path, whose.context())


# --- CSV -----------------------------------------------------------------------------------------------------


def _table(stream: BinaryIO, around: Around, name: str) -> Iterator[Piece | Broken]:
    rows = _rows(stream)
    header, section, encoding = _heading(rows, name)
    said = {"permalink": around.permalink, "user_id": around.user_id, "section": section, "header": header,
            "encoding": encoding}  # fmt: skip
    context = json.dumps({k: v for k, v in said.items() if v}, ensure_ascii=False, sort_keys=True)
    id_column = header.index("ID") if "ID" in header else None
    for line, raw in rows:
        path = f"line {line}"
        if len(raw) > _LONGEST_ROW:
            yield Broken(path=path, reason="a row of more than 1 MB: a quotation mark is missing", raw=raw[:CUT])
            continue
        try:
            cells = cells_of(raw, encoding)
        except BadRecord as e:
            yield Broken(path=path, reason=e.reason, raw=raw[:CUT])
            continue
        if any(c.strip() for c in cells):
            number = plain_id(cells[id_column].strip()) if id_column is not None and id_column < len(cells) else ""
            number = "" if number in ("null", "NULL") else number
            own = record_id(around.permalink, around.user_id, section, number, raw)
            yield Piece(f"{section}.csv", own, raw, path, context)


def _rows(stream: BinaryIO) -> Iterator[tuple[int, bytes]]:
    """Rows with the number of their first line: lines joined while a quotation mark is open.

    Works on bytes, since quotation marks and line ends are never part of another character in UTF-8, CP932 or EUC-JP.
    """
    held, start, number, marks = [b""], 1, 0, 0
    size = 0
    while line := stream.readline(_LONGEST_ROW):
        number += line.endswith(b"\n")
        held.append(line)
        size += len(line)
        marks += line.count(b'"')
        if marks % 2 == 0 or size > _LONGEST_ROW:
            yield start, b"".join(held).rstrip(b"\r\n")
            held, marks, size, start = [], 0, 0, number + 1
    if any(held):
        yield start, b"".join(held).rstrip(b"\r\n")


def cells_of(raw: bytes, encoding: str) -> list[str]:
    """Cells of one row. Raises `BadRecord` where the bytes are not in this encoding or no row of a table."""
    try:
        rows = list(csv.reader(io.StringIO(raw.decode(encoding), newline="")))
    except UnicodeDecodeError as e:
        raise BadRecord("$", f"not in the file's encoding {encoding}: {e.reason}") from e
    except csv.Error as e:
        raise BadRecord("$", f"not a row of a table: {e}") from e
    return [c for row in rows for c in row]


def _heading(rows: Iterator[tuple[int, bytes]], name: str) -> tuple[list[str], str, str]:
    """Headings, section and encoding, from the first one or two lines."""
    first = next(rows, (1, b""))[1]
    encoding = "utf-8-sig"
    section = first.removeprefix(codecs.BOM_UTF8).rstrip(b", ;\t").decode("ascii", "replace").strip().strip('"')
    line = next(rows, (2, b""))[1] if section in KNOWN else first
    for encoding in ("utf-8-sig", "cp932", "euc-jp"):
        try:
            header = [h.strip() for h in cells_of(line, encoding)]
        except BadRecord:
            continue
        if section not in KNOWN:
            section = section_of(tuple(header), name) or ""
        if section and any(h in COLUMNS.get(section, {}) or h in INSTRUCTIONS for h in header):
            return header, section, "utf-8" if encoding == "utf-8-sig" else encoding
    raise NothingUsable(
        f"{name}: no table of a researchmap export (its second line has the headings, such as タイトル(日本語)).",
        next_step=_NEXT,
    )
