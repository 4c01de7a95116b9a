"""How do ORCID's JSON and XML become one shape, so that the mapping is written once?

Both say the same with other brackets. Here a document becomes plain dicts, lists and strings, named as in JSON:

    >>> from lxml import etree
    >>> from_xml(etree.fromstring(b'<w put-code="7"><title><title>T</title></title><year>2004</year></w>'))
    {'put-code': '7', 'title': {'title': 'T'}, 'year': '2004'}

What JSON wraps as `{"value": …}` and XML writes as text, what JSON lists and XML repeats, is evened out when it is
read: `Reader.text` takes both, `Reader.items` takes both. A value of a wrong type is noted as `Skipped`, not raised.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from kg.records import PartialDate, Skipped
from kg.text import dates, without_surrogates

Node = dict[str, Any]
EMPTY: Node = {}


class _LocalNames(dict[Any, str]):
    """`{namespace}name` → `name`, remembered: every record uses the same few hundred names."""

    def __missing__(self, tag: Any) -> str:
        name = tag.rpartition("}")[2] if isinstance(tag, str) else ""
        if len(self) < 10_000:
            self[tag] = name
        return name


_LOCAL = _LocalNames()


def from_xml(element: Any) -> Node | str | None:
    """An lxml element as dicts and strings; attributes become members, text beside attributes becomes `value`."""
    node: Node = dict(element.items())
    for child in element:
        name = _LOCAL[child.tag]
        if not name:
            continue
        value: Node | str | None
        if len(child):
            value = from_xml(child)
        elif attributes := child.items():
            value = dict(attributes)
            if (text := child.text) and not text.isspace():
                value["value"] = text
        else:  # two of three elements: read without a further call
            value = child.text
        if name not in node:
            node[name] = value
        elif isinstance(before := node[name], list):
            before.append(value)
        else:
            node[name] = [before, value]
    if not node:
        return element.text if isinstance(element.text, str) else None
    if not len(element) and element.text and not element.text.isspace():
        node["value"] = element.text
    return node


class Reader:
    """Takes values out of a tree and keeps what could not be taken."""

    __slots__ = ("skipped",)

    def __init__(self) -> None:
        self.skipped: list[Skipped] = []

    def skip(self, path: str, reason: str, value: object = "") -> None:
        """Notes a loss. `value` is shortened; never pass what is not public."""
        shown = value if isinstance(value, str) else repr(value)
        self.skipped.append(Skipped(path=path, reason=reason, value=without_surrogates(shown[:200])))

    def exact(self, node: Node, name: str, path: str) -> str | None:
        """The text under `name` as it stands, whether bare or wrapped; None where there is none."""
        value = node.get(name)
        if isinstance(value, dict):
            value = value.get("value", value.get("content"))
        if value is None:
            return None
        if not isinstance(value, str):
            if isinstance(value, bool) or not isinstance(value, int | float):
                self.skip(f"{path}/{name}", f"is {_kind(value)}, text expected", value)
                return None
            value = str(value)
        if not value or value.isspace():
            return None
        return value if value.isascii() else without_surrogates(value)

    def text(self, node: Node, name: str, path: str) -> str | None:
        """`exact` without white space around it."""
        bare = node.get(name)
        if bare is None:
            return None
        if type(bare) is str and bare.isascii():  # by far the most: read without a further call
            return bare.strip() or None
        value = self.exact(node, name, path)
        return value.strip() if value else None

    def child(self, node: Node, name: str, path: str) -> Node:
        """The object under `name`; an empty one where there is none."""
        value = node.get(name)
        if isinstance(value, dict):
            return value
        if isinstance(value, list) and value and isinstance(value[0], dict):
            return value[0]
        if value is not None and not (isinstance(value, str) and (not value or value.isspace())):
            self.skip(f"{path}/{name}", f"is {_kind(value)}, an object expected", value)
        return EMPTY

    def items(self, node: Node, name: str, path: str) -> list[Node]:
        """The objects under `name`: a list of them, or a single one as XML has it."""
        value = node.get(name)
        if value is None:
            return []
        if isinstance(value, dict):
            return [value]
        found: list[Node] = []
        if not isinstance(value, list):
            if not isinstance(value, str) or value.strip():
                self.skip(f"{path}/{name}", f"is {_kind(value)}, a list expected", value)
            return found
        for index, item in enumerate(value):
            if isinstance(item, dict):
                found.append(item)
            elif isinstance(item, str):
                found.append({"value": item})
            elif item is not None:
                self.skip(f"{path}/{name}[{index}]", f"is {_kind(item)}, an object expected", item)
        return found

    def date(self, node: Node, name: str, path: str) -> PartialDate | None:
        """A year with perhaps month and day, each bare or wrapped."""
        value = node.get(name)
        if value is None:
            return None
        if not isinstance(value, dict):
            self.skip(f"{path}/{name}", f"is {_kind(value)}, a date expected", value)
            return None
        here = f"{path}/{name}"
        year, month, day = (
            self.text(value, "year", here),
            self.text(value, "month", here),
            self.text(value, "day", here),
        )
        if year is None:
            return None
        found = _date(year, month, day)
        if found is None:
            self.skip(f"{here}/year", "is no year between 1500 and 2099", year)
        return found

    def moment(self, node: Node, name: str, path: str) -> str | None:
        """A time of change, UTC to the second: milliseconds since 1970 in JSON, ISO 8601 in XML."""
        value = node.get(name)
        if isinstance(value, dict):
            value = value.get("value")
        if value is None or value == "":
            return None
        found = _moment(value) if isinstance(value, str | int) else None
        if found is None:
            self.skip(f"{path}/{name}", "is no time", value)
        return found

    def day(self, node: Node, name: str, path: str) -> PartialDate | None:
        """The day of `moment`."""
        found = self.moment(node, name, path)
        return found[:10] if found else None


@lru_cache(maxsize=65_536)
def _date(year: str, month: str | None, day: str | None) -> PartialDate | None:
    if not re.fullmatch(r"\d{4}", year):
        return None
    text = year
    if month and re.fullmatch(r"\d{1,2}", month):
        text += f"-{month}"
        if day and re.fullmatch(r"\d{1,2}", day):
            text += f"-{day}"
    return dates.partial(text)


_ISO = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d")


@lru_cache(maxsize=4096)
def _moment(value: str | int) -> str | None:
    if isinstance(value, int):
        if not 0 <= value < 4_102_444_800_000:  # until 2100
            return None
        return datetime.fromtimestamp(value // 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    text = value.strip()
    if not _ISO.match(text):
        return None
    if len(text) == 19 or text.endswith("Z"):
        return text[:19] + "Z"
    try:
        return datetime.fromisoformat(text).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    except (ValueError, OverflowError):
        return None


def is_public(node: Node, inherited: str | None = None) -> bool:
    """Whether an item may be shown. Nothing said counts as public: the public interface leaves out the rest."""
    value = node.get("visibility", inherited)
    return value is None or (isinstance(value, str) and value.lower() == "public")


def _kind(value: object) -> str:
    match value:
        case bool():
            return "true or false"
        case dict():
            return "an object"
        case list():
            return "a list"
        case str():
            return "text"
        case int() | float():
            return "a number"
    return type(value).__name__
