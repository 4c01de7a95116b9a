"""CiNii Research: search answers and single records in, works, projects, researchers and names out.

    >>> ref = SourceRef(source="cinii", form="item", record_id="1", content_hash="", retrieved="")
    >>> raw = '{"title": "標本管理の実際", "dc:creator": ["金沢 至"], "prism:publicationDate": "2004-03"}'
    >>> sorted({row.table for row in to_records(raw.encode(), ref)})
    ['authored', 'record', 'text_unit', 'work']

Where to look: `documents` cuts a document into records and names the form of each · `item` reads search answers,
`work`, `project` and `researcher` read JSON-LD, `page` schema.org, `rss` turns XML into items ·
`people` reads a contributor, `parts` what all kinds share · `reading` gathers rows and losses · `vocabulary` holds every word list.
What is read from which field stands in `loaders/fields/cinii.tsv`; what the source is like in
`docs/sources/cinii.md`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from kg.errors import BadRecord
from kg.records import EntityKind, LoaderOutput, Skipped, Source, SourceRef
from loaders.cinii.documents import split
from loaders.cinii.item import item_kind, read_item
from loaders.cinii.page import read_page
from loaders.cinii.project import read_project
from loaders.cinii.reading import Native, Reading
from loaders.cinii.researcher import read_researcher
from loaders.cinii.rss import as_item
from loaders.cinii.vocabulary import PERSON_TYPES, PROJECT_TYPES, bare_type
from loaders.cinii.work import read_work
from loaders.native import parse_json, parse_xml

__all__ = ["SOURCE", "VERSION", "split", "to_records"]

SOURCE: Source = "cinii"
VERSION = 2


PROJECT_KEYS = frozenset({"jpcoar:awardTitle", "researcher", "allocationAmount"})
PERSON_KEYS = frozenset({"foaf:Person", "career"})


def record_kind(native: Native) -> EntityKind:
    """What a record is about, by its `@type` or, in cut-down records, by the fields that only one kind has."""
    kind = native.get("@type")
    word = bare_type(kind) if isinstance(kind, str) else ""
    if word in PROJECT_TYPES or (not word and not PROJECT_KEYS.isdisjoint(native)):
        return "project"
    if word in PERSON_TYPES or (not word and not PERSON_KEYS.isdisjoint(native)):
        return "person"
    return "work"


def _page_kind(native: Native) -> EntityKind:
    return "work"


def _read_record(reading: Reading, native: Native) -> None:
    {"project": read_project, "person": read_researcher}.get(reading.kind, read_work)(reading, native)


class Form(NamedTuple):
    """How one form of record is read."""

    kind: Callable[[Native], EntityKind]
    read: Callable[[Reading, Native], None]
    xml: bool = False


_ITEM = Form(item_kind, read_item)
FORMS: dict[str, Form] = {
    "item": _ITEM,
    "old_item": _ITEM,
    "old_record": _ITEM,
    "old_holder": _ITEM,
    "rss_item": _ITEM._replace(xml=True),
    "atom_entry": _ITEM._replace(xml=True),
    "record": Form(record_kind, _read_record),
    "schema_org": Form(_page_kind, read_page),
}


def to_records(raw: bytes, ref: SourceRef, context: str = "") -> LoaderOutput:
    """Rows of one native record; a part that cannot be read comes out as `Skipped`.

    Raises `BadRecord` where the bytes are no JSON object (XML element) or the form is not one of this source.
    """
    form = FORMS.get(ref.form)
    if form is None:
        raise BadRecord("$", f"the form «{ref.form}» is none of {', '.join(FORMS)}")
    losses: list[Skipped] = []
    native = as_item(parse_xml(raw)) if form.xml else parse_json(raw, losses)
    if not isinstance(native, dict) or not native:
        raise BadRecord("$", f"object expected, found {type(native).__name__}")
    reading = Reading(ref, form.kind(native))
    form.read(reading, native)
    return iter([*reading.rows, *losses])
