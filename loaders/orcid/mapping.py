"""One native record in, its rows out: which section goes to which reader?"""

from __future__ import annotations

from collections.abc import Callable

from kg.errors import BadRecord
from kg.records import LoaderOutput, Person, Record, SourceRef
from kg.text import identifiers as ids
from loaders.native import parse_json, parse_xml
from loaders.orcid.career import ACTIVITIES, AFFILIATIONS, read_item, read_section
from loaders.orcid.cut import error_of
from loaders.orcid.forms import (
    ABOUT_RECORD,
    FORMS,
    PERSON_ITEMS,
    PERSON_SECTIONS,
    SECTIONS,
    iD_in,
    orcid_in,
    unwrapped,
)
from loaders.orcid.fundings import read_funding, read_fundings
from loaders.orcid.older import SHAPES
from loaders.orcid.person import read_person
from loaders.orcid.sheet import Sheet
from loaders.orcid.tree import Node, from_xml, is_public
from loaders.orcid.works import read_work, read_works

_EMPTY_FORMS = frozenset((*ABOUT_RECORD, "emails", "email"))


def to_records(raw: bytes, ref: SourceRef, context: str = "") -> LoaderOutput:
    """Rows of one record; parts that cannot be read or must not be shown come out as `Skipped`.

    `context` is the iD, where only the document's name gave it. Raises `BadRecord` where nothing can be read.
    """
    sheet = Sheet(ref, None)
    node = _parse(raw, sheet)
    form = ref.form
    if form not in FORMS:
        raise BadRecord("$", f"«{form}» is no form of ORCID")
    if len(node) == 1 and form != "profile":
        node = unwrapped(node, form)
    said = error_of(node) or (error_of(node["error"]) if isinstance(node.get("error"), dict) else None)
    if said:
        raise BadRecord("$", said)
    written, host = orcid_in(node, form)
    _set_owner(sheet, written or iD_in(context), host)
    if form in SHAPES:
        node = SHAPES[form](node)
    kind = form if form in ("work", "funding") else "person"
    _read(sheet, node, form)
    sheet.rows.insert(0, _record(sheet, node, "project" if kind == "funding" else kind))
    return iter([*sheet.rows, *sheet.skipped])


def _parse(raw: bytes, sheet: Sheet) -> Node:
    start = raw.removeprefix(b"\xef\xbb\xbf").lstrip()[:1]
    if start == b"<" or raw[:4] in (b"\xff\xfe<\0", b"\xfe\xff\0<") or raw[:2] in (b"<\0", b"\0<"):
        tree = from_xml(parse_xml(raw))
        return tree if isinstance(tree, dict) else {"value": tree}
    value = parse_json(raw, sheet.skipped)
    if not isinstance(value, dict):
        raise BadRecord("$", "no object")
    return value


def _set_owner(sheet: Sheet, written: str | None, host: str | None) -> None:
    if host is not None:
        sheet.skip("orcid-identifier/host", "an iD of another registry identifies nobody here", host)
    elif written is not None:
        sheet.orcid = ids.orcid(written)
        if sheet.orcid is None:
            sheet.skip("orcid-identifier/path", "is no iD: wrong check digit", written)


def _record(sheet: Sheet, node: Node, kind: str) -> Record:
    identifier, history = sheet.child(node, "orcid-identifier", ""), sheet.child(node, "history", "")
    page = sheet.text(identifier, "uri", "orcid-identifier")
    if page is None or not page.startswith(("http://", "https://")):
        page = f"https://orcid.org/{sheet.orcid}" if sheet.orcid else None
    for part in (history, node, node.get("person"), node.get("activities-summary")):
        if isinstance(part, dict) and is_public(part):
            sheet.seen(part, "")
    return Record(
        id=sheet.record,
        kind=kind,
        about=sheet.about,
        url=page,
        created=sheet.moment(history, "submission-date", "history") or sheet.earliest,
        modified=sheet.latest,
        data_sources="; ".join(sheet.sources) or None,
    )


# --- which reader --------------------------------------------------------------------------------------------


def _read(sheet: Sheet, node: Node, form: str) -> None:
    if form == "record" or form in SHAPES:
        read_person(sheet, sheet.child(node, "person", ""), sheet.about, profile=form != "hit")
        _activities(sheet, sheet.child(node, "activities-summary", ""))
    elif form in ("person", "personal-details"):
        read_person(sheet, node, sheet.about)
    elif form in ("work", "funding"):
        _owner_of(sheet)
        (read_work if form == "work" else read_funding)(sheet, node, key=sheet.about)
    elif form in _EMPTY_FORMS:
        if sheet.orcid:
            read_person(sheet, {}, sheet.about)
    elif form in PERSON_SECTIONS:
        read_person(sheet, {form: node}, sheet.about)
    elif form in PERSON_ITEMS:
        read_person(sheet, {PERSON_ITEMS[form]: {form: node}}, sheet.about)
    elif form in ("name", "biography"):
        read_person(sheet, {form: node}, sheet.about)
    elif form == "credit-name":
        read_person(sheet, {"name": {form: node}}, sheet.about)
    else:
        read_person(sheet, {}, sheet.about)
        _ACTIVITY_FORMS[form](sheet, node)


def _owner_of(sheet: Sheet) -> None:
    """The owner of a single work or grant: a mention beside what the record is about."""
    if sheet.orcid:
        sheet.owner = sheet.key("owner")
        sheet.rows.append(Person(id=sheet.owner))
        sheet.identify(sheet.owner, "person", "orcid", sheet.orcid)


def _activities(sheet: Sheet, activities: Node) -> None:
    for section in _SECTION_ORDER:
        if section in activities:
            node = sheet.child(activities, section, "activities-summary")
            if node:
                _ACTIVITY_FORMS[section](sheet, node)


def _section(name: str) -> Callable[[Sheet, Node], None]:
    return lambda sheet, node: read_section(sheet, node, name)


def _item(name: str) -> Callable[[Sheet, Node], None]:
    return lambda sheet, node: read_item(sheet, node, name)


_ACTIVITY_FORMS: dict[str, Callable[[Sheet, Node], None]] = {
    **{section: _section(name) for section, name in SECTIONS.items()},
    **{name: _item(name) for name in (*AFFILIATIONS, *ACTIVITIES)},
    "fundings": read_fundings,
    "works": read_works,
    "activities": _activities,
}
_SECTION_ORDER = tuple(SECTIONS)
