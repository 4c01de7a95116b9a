"""Which native records does a document of this source hold, and of which form is each?

Search answers, single records, the retired service's `@graph`, a record wrapped in `{"response": …}`, schema.org
descriptions, RSS and Atom; one document a file or one a line. What a document is, its content tells, never its name.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
from collections.abc import Iterator
from typing import Any, BinaryIO

from kg.errors import BadRecord, NothingUsable
from kg.text import identifiers as ids
from loaders.base import Broken, Document, Piece
from loaders.cinii.item import LIBRARY
from loaders.cinii.rss import as_item
from loaders.cinii.vocabulary import ncid
from loaders.native import decode, parse_json, parse_xml
from loaders.split import CUT, json_items, kind, lines, peek, xml_elements

WHOLE = 8 << 20
"""Documents up to this size are looked at as a whole; an answer of 200 items has less than one MB."""

CONTAINERS = ("items", "@graph")
ITEM_KEYS = frozenset({"title", "dc:creator", "link", "rdfs:seeAlso", "prism:publicationName"})
RECORD_KEYS = frozenset(
    {
        "dc:title", "jpcoar:awardTitle", "creator", "researcher", "productIdentifier", "projectIdentifier",
        "personIdentifier", "foaf:Person", "career", "publication", "dataSourceIdentifier",
    }
)  # fmt: skip
OLD_RECORD_KEYS = frozenset({"foaf:maker", "dc:creator", "dc:title", "foaf:isPrimaryTopicOf"})
RECORD_TYPES = frozenset({"Project", "KAKEN", "Researcher", "Article", "Book", "Dissertation", "Dataset", "Product"})

_SCHEMA_ORG = re.compile(r"^https?://schema\.org/?")
_ADDRESS = re.compile(r"/(naid|ncid|library)/([A-Z0-9]+)", re.I)
_ELEMENTS = frozenset({"item", "entry"})
_RESPONSE = re.compile(r'"response"\s*:\s*')

DEFINITION = "a definition of the format, not records"


def split(document: Document) -> Iterator[Piece | Broken]:
    """Native records of one document, in order; see `loaders.base.Loader.split`."""
    with document.open() as opened:
        head, stream = peek(opened, WHOLE + 1)
        what = kind(head)
        if what == "xml":
            yield from _xml(head, stream, document.name)
        elif what == "jsonl":
            yield from _json_lines(stream)
        elif what == "json":
            yield from _json(head, stream, document.name)
        else:
            raise _nothing(document.name, "neither JSON nor XML" if head else "an empty file")


def _nothing(name: str, what: str) -> NothingUsable:
    return NothingUsable(
        f"«{name}» holds no CiNii records: it is {what}.",
        next_step="CiNii records are search answers (format=json, rss or atom) or single records (/crid/….json).",
    )


# --- JSON ----------------------------------------------------------------------------------------------------


def _json(head: bytes, stream: BinaryIO, name: str) -> Iterator[Piece | Broken]:
    if len(head) > WHOLE:
        keys = () if head.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"[" else CONTAINERS
        yield from _counted(_streamed(stream, keys), name)
        return
    try:
        value = parse_json(head)
    except BadRecord as e:
        yield from _damaged(head, e)
        return
    if reason := _definition(value):
        raise _nothing(name, reason)
    pieces = list(_pieces(value, head, "$", ""))
    if len(pieces) == 1 and isinstance(pieces[0], Broken) and pieces[0].path == "$":
        raise _nothing(name, f"JSON, but {pieces[0].reason}")
    yield from pieces


def _counted(pieces: Iterator[Piece | Broken], name: str) -> Iterator[Piece | Broken]:
    empty = True
    for piece in pieces:
        empty = False
        yield piece
    if empty:
        raise _nothing(name, "JSON without a list of records")


def _streamed(stream: BinaryIO, keys: tuple[str, ...]) -> Iterator[Piece | Broken]:
    """Elements of one large list, each looked at alone."""
    for path, raw in json_items(stream, keys):
        yield from _parsed(raw, path, "@graph" if path.startswith("$.@graph") else "items")


def _damaged(head: bytes, error: BadRecord) -> Iterator[Piece | Broken]:
    """What can be saved of a JSON document that does not parse: every whole item before and after the damage."""
    found: list[Piece | Broken] = []
    for keys in ((), ("items",)):
        found.extend(_streamed(io.BytesIO(head), keys))
    if any(isinstance(piece, Piece) for piece in found):
        yield from found
    else:
        yield Broken("$", error.reason, head[:CUT])


def _json_lines(stream: BinaryIO) -> Iterator[Piece | Broken]:
    numbered = lines(stream)
    while True:
        try:
            number, raw = next(numbered)
        except StopIteration:
            return
        except ValueError as e:
            yield Broken("line", str(e))
            return
        yield from _parsed(raw, f"line {number}", "")


def _parsed(raw: bytes, path: str, inside: str) -> Iterator[Piece | Broken]:
    try:
        value = parse_json(raw)
    except BadRecord as e:
        yield Broken(path, e.reason, raw[:CUT])
        return
    yield from _pieces(value, raw, path, inside)


def _pieces(value: Any, raw: bytes, path: str, inside: str) -> Iterator[Piece | Broken]:
    """Records in one parsed value; `inside` is the list that it was found in (`schema.org` for such a graph)."""
    if isinstance(value, list):
        yield from _inner(raw, path, (), inside)
    elif not isinstance(value, dict):
        yield Broken(path, f"object expected, found {type(value).__name__}", raw[:CUT])
    elif isinstance(value.get("response"), dict):
        yield from _pieces(value["response"], _response(raw), _under(path, "$.response"), inside)
    elif isinstance(value.get("items"), list):
        yield from _inner(raw, path, ("items",), inside)
    elif isinstance(value.get("@graph"), list):
        context = value.get("@context")
        schema_org = isinstance(context, str) and bool(_SCHEMA_ORG.match(context))
        yield from _inner(raw, path, ("@graph",), "schema.org" if schema_org else "@graph")
    elif value.get("@type") == "channel" or ("opensearch:totalResults" in value):
        return  # an answer that found nothing
    elif form := form_of(value, inside):
        yield Piece(form, record_id(value, raw), raw, path)
    else:
        yield Broken(path, "no shape of a CiNii record", raw[:CUT])


def _inner(raw: bytes, path: str, keys: tuple[str, ...], inside: str) -> Iterator[Piece | Broken]:
    for sub_path, element in json_items(io.BytesIO(raw), keys):
        yield from _parsed(element, _under(path, sub_path), inside or (keys[0] if keys else ""))


def _under(path: str, sub_path: str) -> str:
    return path + sub_path[1:] if path.startswith("$") else f"{path}, {sub_path}"


def _response(raw: bytes) -> bytes:
    """The exact bytes of the object under `response`."""
    text = decode(raw)
    for found in _RESPONSE.finditer(text):
        if text[found.end() : found.end() + 1] == "{":
            _, end = json.JSONDecoder(strict=False).raw_decode(text, found.end())
            return text[found.end() : end].encode("utf-8", "surrogatepass")
    return raw


def _definition(value: Any) -> str | None:
    """Why a document describes the format instead of holding records; None where it does not."""
    if isinstance(value, dict) and "$schema" in value:
        return f"a JSON Schema, {DEFINITION}"
    if isinstance(value, list) and value and isinstance(value[0], dict) and "parameterName" in value[0]:
        return f"the table of query parameters, {DEFINITION}"
    return None


def form_of(value: dict[str, Any], inside: str = "") -> str | None:
    """Form of one JSON record, or None where it has no shape of ours.

    >>> form_of({"title": "A", "dc:creator": ["B"]}), form_of({"@type": "Article", "dc:title": []})
    ('item', 'record')
    """
    context = value.get("@context")
    if inside == "schema.org" or (isinstance(context, str) and _SCHEMA_ORG.match(context)):
        return "schema_org"
    address = value.get("@id")
    address = address if isinstance(address, str) else ""
    old = inside == "@graph" or "//ci.nii.ac.jp" in address
    if LIBRARY.search(address):
        return "old_holder"
    ours = 1 if "nii.ac.jp/" in address else 2  # a foreign document may share one key, hardly two
    if value.get("@type") == "item" or len(ITEM_KEYS & value.keys()) >= ours:
        single = old and not OLD_RECORD_KEYS.isdisjoint(value) and "title" not in value
        return "old_record" if single else "old_item" if old else "item"
    if old and not OLD_RECORD_KEYS.isdisjoint(value):
        return "old_record"
    word = value.get("@type")
    if (isinstance(word, str) and word in RECORD_TYPES) or len(RECORD_KEYS & value.keys()) >= ours:
        return "record"
    return None


def record_id(value: dict[str, Any], raw: bytes) -> str:
    """CRID, else NAID, NCID or library number out of the addresses, else the hash of the bytes."""
    link = value.get("link")
    for address in (value.get("@id"), link.get("@id") if isinstance(link, dict) else link, value.get("url")):
        if not isinstance(address, str):
            continue
        if crid := ids.crid(address):
            return crid
        if found := _ADDRESS.search(address):
            number = found.group(2)
            return (ncid(number) or number) if found.group(1).lower() == "ncid" else number
    return f"sha256-{hashlib.sha256(raw).hexdigest()[:32]}"


# --- XML -----------------------------------------------------------------------------------------------------


def _xml(head: bytes, stream: BinaryIO, name: str) -> Iterator[Piece | Broken]:
    start = head[: 64 << 10].lower()
    if b"<table" in start or b"<html" in start or b"<!doctype html" in start:
        table = "@vocab" in head.decode("utf-8", "replace")
        raise _nothing(name, f"NII's table of JSON-LD fields, {DEFINITION}" if table else "an HTML page")
    empty = True
    try:
        for path, raw in xml_elements(stream, _ELEMENTS):
            empty = False
            yield _xml_piece(path, raw)
    except BadRecord as e:
        yield Broken(e.path, e.reason, head[:CUT])
        return
    if empty and b"totalresults" not in start:
        raise _nothing(name, "XML without <item> or <entry>")


def _xml_piece(path: str, raw: bytes) -> Piece | Broken:
    try:
        element = parse_xml(raw)
    except BadRecord as e:
        return Broken(path, e.reason, raw[:CUT])
    form = "atom_entry" if str(element.tag).endswith("entry") else "rss_item"
    return Piece(form, record_id(as_item(element), raw), raw, path)
