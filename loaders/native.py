"""How are the bytes of one native record read safely, whatever they are?

    >>> parse_json(b'{"title": "\\\\ud800x", "n": 1}')
    {'title': '\\ufffdx', 'n': 1}

Everything here raises `BadRecord` and nothing else.
"""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterator
from typing import Any

import orjson
from lxml import etree

from kg.errors import BadRecord
from kg.records import Skipped
from kg.text import without_surrogates

MAX_BYTES = 64 << 20
MAX_DEPTH = 200
_COUNTABLE = 4096
"""Bytes up to which counting brackets costs less than to ask `_surely_shallow`."""
_NOT_BRACKETS = bytes(i for i in range(256) if i not in b"{}[]")
_DEEP = re.compile(rb"[{\[]{%d}" % (MAX_DEPTH + 1))
_SURROGATE = re.compile(r"[\ud800-\udfff]")
_KANA = re.compile(r"[\u3040-\u30ff]")
_HALF_KANA = re.compile(r"[\uff61-\uff9f]")


# --- JSON ----------------------------------------------------------------------------------------------------


def parse_json(raw: bytes, skipped: list[Skipped] | None = None) -> Any:
    """The JSON value of a record. UTF-8 first; byte order marks, UTF-16, cp932, EUC-JP, NaN also read.

    Lone surrogates become U+FFFD, since nothing can store them; each such text is named in `skipped` where given.
    Raises `BadRecord` for anything else, for more than `MAX_BYTES` or more than `MAX_DEPTH` levels.
    """
    if len(raw) > MAX_BYTES:
        raise BadRecord("$", f"{len(raw) >> 20} MB, more than the {MAX_BYTES >> 20} MB that a record may have")
    may_be_deep = len(raw) > _COUNTABLE or len(raw.translate(None, _NOT_BRACKETS)) > 2 * MAX_DEPTH
    try:
        value = orjson.loads(raw)
    except orjson.JSONDecodeError as e:
        if may_be_deep:
            _check_depth(raw)
        return _parse_odd_json(raw, e, skipped)
    if may_be_deep and not _surely_shallow(value):
        _check_depth(raw)
    return value


def _surely_shallow(value: Any) -> bool:
    """Whether orjson can write the value inside 100 lists, which it refuses beyond 254 levels in all.

    A fifth of the work of `_check_depth`, which counts exactly and has to be asked only where this is False.
    """
    for _ in range(MAX_DEPTH // 2):
        value = [value]
    try:
        orjson.dumps(value)
    except orjson.JSONEncodeError:
        return False
    return True


def _check_depth(raw: bytes) -> None:
    """Raises `BadRecord` where valid JSON is nested too deep (broken JSON is refused by the parser itself).

    Strings are taken out, then the innermost pairs of brackets again and again: one pass over the bytes a level.
    """
    if b"\\" in raw:
        raw = raw.replace(b"\\\\", b"").replace(b'\\"', b"")
    left = b"".join(raw.split(b'"')[::2]).translate(None, _NOT_BRACKETS)
    if not _DEEP.search(left):
        for _ in range(MAX_DEPTH):
            before = len(left)
            left = left.replace(b"{}", b"").replace(b"[]", b"")
            if len(left) == before:
                return
    if left:
        raise BadRecord("$", f"nested deeper than {MAX_DEPTH} levels")


def _parse_odd_json(raw: bytes, first: orjson.JSONDecodeError, skipped: list[Skipped] | None) -> Any:
    if not raw.strip():
        raise BadRecord("$", "nothing here: the document ends early") from first
    try:
        value = json.loads(decode(raw), strict=False)
    except ValueError as e:
        raise BadRecord("$", f"not JSON: {e}") from e
    except RecursionError as e:
        raise BadRecord("$", f"nested deeper than {MAX_DEPTH} levels") from e
    found: list[Skipped] = []
    value = _without_surrogates(value, "", found)
    if skipped is not None:
        skipped.extend(found)
    return value


def _without_surrogates(value: Any, path: str, found: list[Skipped]) -> Any:
    if isinstance(value, str):
        if not _SURROGATE.search(value):
            return value
        clean = without_surrogates(value)
        found.append(Skipped(path=path or "$", reason="lone surrogate: not a character", value=clean[:200]))
        return clean
    if isinstance(value, list):
        return [_without_surrogates(v, f"{path}[{i}]", found) for i, v in enumerate(value)]
    if isinstance(value, dict):
        return {
            without_surrogates(k): _without_surrogates(v, f"{path}.{without_surrogates(k)}".lstrip("."), found)
            for k, v in value.items()
        }
    return value


# --- XML -----------------------------------------------------------------------------------------------------

_PARSER = etree.XMLParser(
    resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False, huge_tree=False,
    remove_comments=True, remove_pis=True, collect_ids=False,
)  # fmt: skip


def parse_xml(raw: bytes) -> Any:
    """The element (`lxml.etree._Element`) of an XML record, without comments, entities, DTD or network.

    Raises `BadRecord` where it is not well-formed, declares entities, or is larger or deeper than a record may be
    (256 levels, 10 MB in one text).
    """
    if len(raw) > MAX_BYTES:
        raise BadRecord("/", f"{len(raw) >> 20} MB, more than the {MAX_BYTES >> 20} MB that a record may have")
    if b"<!ENTITY" in raw or b"<\0!\0E\0N\0T\0I\0T\0Y" in raw:
        raise BadRecord("/", "declares entities; documents with own entities are refused")
    if not raw.strip():
        raise BadRecord("/", "nothing here: the document ends early")
    try:
        return etree.fromstring(raw, _PARSER)
    except (etree.XMLSyntaxError, ValueError, LookupError) as e:
        raise BadRecord("/", f"not XML: {e}") from e


# --- text ----------------------------------------------------------------------------------------------------


def decode(raw: bytes) -> str:
    """Text of bytes in UTF-8, else UTF-16/32 by byte order mark or zero bytes, else cp932 or EUC-JP by validity.

    Where both Japanese encodings fit, the one that gives more kana and fewer half-width kana wins.
    Raises `BadRecord` where none fits.
    """
    for mark, encoding in _MARKS:
        if raw.startswith(mark):
            return _strict(raw, encoding)
    if b"\0" in raw[:2]:
        return _strict(raw, "utf-16-be" if raw[:1] == b"\0" else "utf-16-le")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as e:
        fitting = [text for text in (_try(raw, "cp932"), _try(raw, "euc_jp")) if text is not None]
        if not fitting:
            raise BadRecord("$", f"text in no known encoding (UTF-8 fails at byte {e.start})") from e
        return max(fitting, key=lambda t: len(_KANA.findall(t)) - 2 * len(_HALF_KANA.findall(t)))


_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"),
)  # fmt: skip


def _strict(raw: bytes, encoding: str) -> str:
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError as e:
        raise BadRecord("$", f"bytes that are not {encoding} (at byte {e.start})") from e


def _try(raw: bytes, encoding: str) -> str | None:
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError:
        return None


# --- values --------------------------------------------------------------------------------------------------


def skip(path: str, reason: str, value: object = "") -> Skipped:
    """A `Skipped` with its value shortened to what is worth showing."""
    return Skipped(path=path, reason=reason, value=without_surrogates(str(value))[:200])


def text(value: object, path: str, skipped: list[Skipped]) -> str | None:
    """A string without outer white space, a number as string; None where empty; anything else goes to `skipped`."""
    if isinstance(value, str):
        return value.strip() or None
    if value is None:
        return None
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    skipped.append(skip(path, f"{_kind(value)} where text is expected", value))
    return None


def listed(value: object) -> list[Any]:
    """A list as it is, nothing as [], anything else as a list of one: sources drop the brackets of single values."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def mapping(value: object, path: str, skipped: list[Skipped]) -> dict[str, Any]:
    """An object as it is, nothing as {}; anything else goes to `skipped`."""
    if isinstance(value, dict):
        return value
    if value is not None:
        skipped.append(
            skip(path, f"{_KINDS.get(type(value), type(value).__name__)} where an object is expected", value)
        )
    return {}


def mappings(value: object, path: str, skipped: list[Skipped]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each object of a list with its path `path[i]`; elements that are none go to `skipped`."""
    for i, element in enumerate(listed(value)):
        if element is not None and (found := mapping(element, f"{path}[{i}]", skipped)):
            yield f"{path}[{i}]", found


_KINDS = {dict: "an object", list: "a list", bool: "true or false", str: "text", int: "a number", float: "a number"}


def _kind(value: object) -> str:
    return _KINDS.get(type(value), type(value).__name__)
