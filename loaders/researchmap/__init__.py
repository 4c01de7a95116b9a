"""researchmap: what a person shows of himself or herself, item by item, in any form in which it is handed out.

One native record is one item (a paper, a project, an award …) or one profile:

- `published_papers`, `awards`, … — an item of the web API (v2); `profile` — the profile, with the items it carries
- `published_papers.jsonl`, `profile.jsonl`, … — a line of a JSONL export
- `published_papers.csv`, … — a row of a CSV export

All forms of an item have the same record id (`{permalink}/{section}/{id}`) and are read by the same functions.
An item tells its owner, never who the other authors are: those stay names. What its owner does not show to
everybody yields nothing but a `Skipped` that says so.
"""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any

from kg.errors import BadRecord
from kg.records import LoaderOutput, Skipped, Source, SourceRef
from loaders.native import parse_json
from loaders.researchmap.documents import ACTIONS, BODIES, cells_of, split
from loaders.researchmap.identity import Owner, address, plain_id
from loaders.researchmap.profile import add_profile, owner_of_profile
from loaders.researchmap.reading import Part, Rows, clean
from loaders.researchmap.sections import KNOWN, add_item
from loaders.researchmap.table import row_item

__all__ = ["SOURCE", "VERSION", "split", "to_records"]

SOURCE: Source = "researchmap"
VERSION = 2


def to_records(raw: bytes, ref: SourceRef, context: str = "") -> LoaderOutput:
    """Rows of one item or profile. Raises `BadRecord` where nothing can be read."""
    section, _, shape = ref.form.partition(".")
    if section not in KNOWN and section != "profile":
        raise BadRecord("$", f"form «{ref.form}» is no section of researchmap", source=SOURCE, record_id=ref.record_id)
    rows = Rows(ref.record)
    if shape == "csv":
        _read_row(raw, rows, section, context)
    else:
        _read_json(raw, rows, section, shape, context)
    return iter(rows.out)


def _read_json(raw: bytes, rows: Rows, section: str, shape: str, context: str) -> None:
    lost: list[Skipped] = []
    value = parse_json(raw, lost)
    rows.out.extend(lost)
    if not isinstance(value, dict):
        raise BadRecord("$", f"object expected, {type(value).__name__} found")
    around = _context(context)
    if shape:
        _read_line(value, rows, section, around)
    elif section == "profile":
        owner = owner_of_profile(value, rows.record)
        add_profile(Part(value, rows), owner)
    else:
        add_item(Part(value, rows), section, _owner(value, rows, around))


def _owner(value: dict[str, Any], rows: Rows, around: dict[str, Any]) -> Owner:
    permalink = address(value.get("@id"))[0] or address(value.get("@reverse"))[0] or plain_id(around.get("permalink"))
    for name in ("rm:id", "rm:user_id"):
        if (given := value.get(name)) is not None and given != "" and not plain_id(given):
            rows.skip(name, "an id that cannot stand in an address", given)
    user_id = plain_id(value.get("rm:user_id")) or plain_id(around.get("user_id"))
    return Owner(permalink, user_id, f"{rows.record}#owner")


def _read_line(value: dict[str, Any], rows: Rows, section: str, around: dict[str, Any]) -> None:
    """A line of an export: `{"insert": {"type", "id"}, "merge": {…}}`."""
    action = next((a for a in ACTIONS if isinstance(value.get(a), dict)), None)
    if action is None:
        raise BadRecord("$", f"none of {', '.join(ACTIONS)} here: not a line of an export")
    if action == "delete":
        rows.skip("delete", "deleted by the source")
        return
    name = next((b for b in BODIES if isinstance(value.get(b), dict)), None)
    if name is None:
        raise BadRecord(f"$.{action}", f"none of {', '.join(BODIES)} beside it: the line holds no item")
    target = value[action]
    item = dict(value[name])
    if section == "profile":
        owner = owner_of_profile(item, rows.record, plain_id(target.get("id")))
        add_profile(Part(item, rows, f"{name}."), owner)
        return
    item["rm:id"] = plain_id(target.get("id")) or None
    user_id = plain_id(target.get("user_id")) or plain_id(around.get("user_id"))
    owner = Owner(plain_id(around.get("permalink")), user_id, f"{rows.record}#owner")
    add_item(Part(item, rows, f"{name}."), section, owner)


def _read_row(raw: bytes, rows: Rows, section: str, context: str) -> None:
    around = _context(context)
    header, encoding = around.get("header"), around.get("encoding")
    if not isinstance(header, list) or encoding not in ("utf-8", "cp932", "euc-jp"):
        raise BadRecord("$", "the headings of this row's table are missing", next_step="Import the whole file.")
    item = row_item(section, tuple(clean(str(h)) for h in header), cells_of(raw, encoding))
    for heading, value in item.unknown:
        rows.skip(heading, "column of an unknown kind", value)
    owner = Owner(plain_id(around.get("permalink")), plain_id(around.get("user_id")), f"{rows.record}#owner")
    add_item(Part(item.data, rows, labels=item.labels), section, owner)


@lru_cache(maxsize=64)
def _parsed(context: str) -> dict[str, Any]:
    try:
        value = json.loads(context)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


def _context(context: str) -> dict[str, Any]:
    return _parsed(context) if context else {}
