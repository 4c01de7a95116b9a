"""How is a document of ORCID cut into records?

Most documents are one record. Search answers, bulk answers, lists, lines of JSON and messages of version 1.2 hold
several. An error document, or an error among the works of a bulk answer, is no record: it comes out as `Broken` with
ORCID's own words. A record of the yearly archive is recognised without parsing it.
"""

from __future__ import annotations

import hashlib
import io
import re
from collections.abc import Iterator
from itertools import chain
from typing import Any, BinaryIO

import orjson

from kg.errors import BadRecord, NothingUsable
from loaders.base import Broken, Document, Piece
from loaders.native import parse_json, parse_xml
from loaders.orcid.forms import form_of_json, form_of_root, iD_in, orcid_in, record_id
from loaders.orcid.sheet import PRODUCTION
from loaders.orcid.tree import Node, from_xml
from loaders.split import CUT, LIMIT, json_items, kind, lines, peek, xml_elements

Cut = Iterator[Piece | Broken]


def split(document: Document) -> Cut:
    """Records of one document, in order. The iD may come from its name (`000/0000-0002-1825-0000.xml`).

    Raises `NothingUsable` where the document is none of ORCID's.
    """
    named = iD_in(document.name) or ""
    head, stream = peek(document.open(), 1 << 20)
    match kind(head):
        case "xml":
            raw = _read_whole(stream)
            yield from _split_xml(raw, document.name, named) if raw is not None else [_too_long("/", head)]
        case "json" | "jsonl":
            yield from _split_json(stream, head, document.name, named)
        case "empty":
            raise NothingUsable(f"{document.name}: empty.", next_step="Fetch the file again.")
        case _:
            raise _not_ours(document.name, "neither JSON nor XML")


def _read_whole(stream: BinaryIO, start: bytes = b"") -> bytes | None:
    raw = start + stream.read(LIMIT + 1 - len(start))
    return raw if len(raw) <= LIMIT else None


def _too_long(path: str, raw: bytes) -> Broken:
    return Broken(path, f"longer than the {LIMIT >> 20} MB that a record may have", raw[:CUT])


def _not_ours(name: str, what: str) -> NothingUsable:
    return NothingUsable(
        f"{name}: {what}; no document of ORCID.",
        next_step="The loader reads records, sections, search and bulk answers in JSON and XML: docs/sources/orcid.md.",
    )


def _piece(form: str, raw: bytes, path: str, orcid: str | None, host: str | None, node: Node, named: str) -> Piece:
    context = "" if orcid else named
    number = record_id(form, orcid or named or None, host, node)
    return Piece(form, number or f"sha256-{hashlib.sha256(raw).hexdigest()[:32]}", raw, path, context)


def error_of(node: Node) -> str | None:
    """What an error document says, in ORCID's words; None for anything else."""
    code = node.get("error-code", node.get("errorCode"))
    status = node.get("response-code", node.get("responseCode"))
    if code is None and status is None:
        return None
    for name in ("user-message", "userMessage", "developer-message", "developerMessage", "error-desc"):
        said = node.get(name)
        if isinstance(said, str) and said.strip():
            break
    else:
        said = "no message"
    return f"ORCID answered with error {code} (HTTP {status}): {str(said).strip()[:500]}"


# --- XML -----------------------------------------------------------------------------------------------------

_PROLOG = re.compile(rb"(?:\xef\xbb\xbf)?(?:\s+|<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^>\[]*>)*", re.S)
_ROOT = re.compile(rb"""<(?:[\w.-]+:)?([\w.-]+)((?:[^>"']|"[^"]*"|'[^']*')*)>""")
_ATTRIBUTE = re.compile(rb"""\s(path|put-code)\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_IDENTIFIER = re.compile(rb"<(?:[\w.-]+:)?orcid-identifier>(.{0,600}?)</(?:[\w.-]+:)?orcid-identifier>", re.S)
_INSIDE = re.compile(rb"<(?:[\w.-]+:)?(path|host)>\s*([^<\s]*)\s*<")
_SEVERAL = {
    "bulk": frozenset({"work", "error"}),
    "search": frozenset({"result"}),
    "expanded-search": frozenset({"expanded-result"}),
    "orcid-message": frozenset({"orcid-profile"}),
    "orcid-search-results": frozenset({"orcid-profile"}),
}


def _split_xml(raw: bytes, name: str, named: str) -> Cut:
    root = _root(raw)
    if b"orcid.org/ns" not in raw and b"o\0r\0c\0i\0d\0.\0o\0r\0g\0/\0n\0s" not in raw:
        raise _not_ours(name, "XML without a name space of ORCID")
    if root is None:
        yield Broken("/", "no root element: the document ends early or is damaged", raw[:CUT])
        return
    if root in _SEVERAL:
        try:
            for path, part in xml_elements(io.BytesIO(raw), _SEVERAL[root]):
                yield _xml_piece(part, path, named if root == "bulk" else "")
        except BadRecord as e:
            yield Broken(e.path, e.reason, raw[:CUT])
    elif root != "error" and form_of_root(root) is None:
        raise _not_ours(name, f"«{root}» is no record")
    else:
        yield _xml_piece(raw, f"/{root}", named)


def _root(raw: bytes) -> str | None:
    """Local name of the root element."""
    prolog = _PROLOG.match(raw)
    found = _ROOT.match(raw, prolog.end() if prolog else 0)
    if found:
        return found.group(1).decode("ascii", "replace")
    try:
        return str(parse_xml(raw).tag).rpartition("}")[2]
    except BadRecord:
        return None


def _xml_piece(raw: bytes, path: str, named: str) -> Piece | Broken:
    quick = _quick_piece(raw, path)
    if quick is not None:
        return quick
    try:
        element = parse_xml(raw)
    except BadRecord as e:
        return Broken(path, e.reason, raw[:CUT])
    root = str(element.tag).rpartition("}")[2]
    tree = from_xml(element)
    node = tree if isinstance(tree, dict) else {}
    if root == "error":
        return Broken(path, error_of(node) or "ORCID answered with an error without code", raw[:CUT])
    form = form_of_root(root)
    if form is None:
        return Broken(path, f"«{root}» is no record of ORCID", raw[:CUT])
    orcid, host = orcid_in(node, form)
    return _piece(form, raw, path, orcid, host, node, named)


def _quick_piece(raw: bytes, path: str) -> Piece | None:
    """The piece without parsing, where root element and identifier say enough; that is so in all archives."""
    prolog = _PROLOG.match(raw)
    root = _ROOT.match(raw, prolog.end() if prolog else 0)
    form = form_of_root(root.group(1).decode("ascii", "replace")) if root else None
    if root is None or form is None:
        return None
    attributes = {m[1].decode(): (m[2] or m[3] or b"").decode("utf-8", "replace") for m in _ATTRIBUTE.finditer(root[2])}
    host = None
    if form in ("record", "summary", "profile", "hit"):
        identifier = _IDENTIFIER.search(raw, root.end(), root.end() + 4096)
        inside = {m[1]: m[2].decode("utf-8", "replace") for m in _INSIDE.finditer(identifier[1])} if identifier else {}
        orcid = iD_in(inside.get(b"path", ""))
        host = inside.get(b"host")
        host = None if host is None or host.lower() in PRODUCTION else host
    else:
        orcid = iD_in(attributes.get("path", ""))
    if orcid is None:
        return None
    return _piece(form, raw, path, orcid, host, dict(attributes), "")


# --- JSON ----------------------------------------------------------------------------------------------------


def _split_json(stream: BinaryIO, head: bytes, name: str, named: str) -> Cut:
    """One document, or one a line: lines where the first, or the second after a damaged first, is an object."""
    if _is_lines(head):
        yield from _split_lines(stream)
        return
    first = b"" if b"\n" in head else stream.readline(LIMIT + 1)
    if first.endswith(b"\n") and _object(first):
        yield from _split_lines(stream, first)
        return
    raw = _read_whole(stream, first)
    if raw is None:
        yield _too_long("$", head)
        return
    try:
        value = parse_json(raw)
    except BadRecord as e:
        if b"orcid" not in raw:
            raise _not_ours(name, f"JSON that cannot be read ({e.reason})") from e
        yield Broken("$", e.reason, raw[:CUT])
        return
    if isinstance(value, list):
        yield from _json_parts(raw, (), "")
        return
    found = list(_json_document(raw, value, "$", named)) if isinstance(value, dict) else []
    if len(found) == 1 and isinstance(found[0], Broken) and found[0].reason == _UNKNOWN:
        raise _not_ours(name, "JSON with none of ORCID's members")
    if not isinstance(value, dict):
        raise _not_ours(name, "JSON that is no object")
    yield from found


_UNKNOWN = "none of ORCID's documents has these members"


def _object(line: bytes) -> bool:
    try:
        return isinstance(orjson.loads(line), dict)
    except orjson.JSONDecodeError:
        return False


def _is_lines(head: bytes) -> bool:
    """Whether a whole object ends with the first line and more follows, or the second line is one by itself."""
    found = [line for line in head.removeprefix(b"\xef\xbb\xbf").split(b"\n", 3)[:3] if line.strip()]
    if len(found) < 2:
        return False
    return _object(found[0]) or (found[0].lstrip()[:1] == b"{" and _object(found[1]))


def _split_lines(stream: BinaryIO, first: bytes = b"") -> Cut:
    """Records of lines; `first` is a first line that was already taken from the stream."""
    taken = [(1, first.rstrip())] if first else []
    try:
        for number, line in chain(taken, ((n + len(taken), rest) for n, rest in lines(stream))):
            path = f"line {number}"
            try:
                value = parse_json(line)
            except BadRecord as e:
                yield Broken(path, e.reason, line[:CUT])
                continue
            if isinstance(value, dict):
                yield from _json_document(line, value, path, "")
            else:
                yield Broken(path, "no object", line[:CUT])
    except ValueError as e:
        yield Broken("$", str(e))


_LISTS = ("bulk", "result", "expanded-result")


def _json_document(raw: bytes, value: Node, path: str, named: str) -> Cut:
    """The records of one JSON object."""
    said = error_of(value) or error_of(_inner(value, "error"))
    results = _inner(_inner(value, "orcid-message") or value, "orcid-search-results").get("orcid-search-result")
    if said:
        yield Broken(path, said, raw[:CUT])
    elif any(name in value for name in _LISTS):
        yield from _json_parts(raw, _LISTS, named if "bulk" in value else "", path)
    elif isinstance(results, list):
        for index, hit in enumerate(results):  # bare objects of a retired version: written anew, not cut
            part = orjson.dumps(hit)
            place = f"{path}.orcid-search-results.orcid-search-result[{index}]"
            yield _json_piece(part, hit, place, "") if isinstance(hit, dict) else Broken(place, "no object", part[:CUT])
    else:
        yield _json_piece(raw, value, path, named)


def _json_parts(raw: bytes, keys: tuple[str, ...], named: str, path: str = "$") -> Cut:
    for place, part in json_items(io.BytesIO(raw), keys):
        here = place if path == "$" else f"{path} {place}"
        if part.strip() in (b"null", b""):
            continue
        try:
            value = parse_json(part)
        except BadRecord as e:
            yield Broken(here, e.reason, part[:CUT])
            continue
        if isinstance(value, dict):
            said = error_of(value) or error_of(_inner(value, "error"))
            yield Broken(here, said, part[:CUT]) if said else _json_piece(part, value, here, named)
        else:
            yield Broken(here, "no object", part[:CUT])


def _inner(value: Node, name: str) -> Node:
    inner: Any = value.get(name)
    return inner if isinstance(inner, dict) else {}


def _json_piece(raw: bytes, value: Node, path: str, named: str) -> Piece | Broken:
    node = value
    if len(value) == 1:  # `{"work": {…}}` of bulk documents
        name, inner = next(iter(value.items()))
        if isinstance(inner, dict) and name != "orcid-identifier" and form_of_root(name):
            orcid, host = orcid_in(inner, name)
            return _piece(name, raw, path, orcid, host, inner, named)
    form = form_of_json(node)
    if form is None:
        return Broken(path, _UNKNOWN, raw[:CUT])
    orcid, host = orcid_in(node, form)
    return _piece(form, raw, path, orcid, host, node, named)
