"""What does an item of a works section say: title, people, journal, identifiers?

The sections differ only in the names of their fields, so each is one row of `SECTIONS`; the reading is one
function. The owner of the profile is an author without position and with the roles that he or she gives
(`lead`, `corresponding`); the names of the author list stay names.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from kg.records import Authored, Organization, PublishedIn, Venue, Work
from loaders.researchmap.identity import Owner, add_work_identifiers, plain_id
from loaders.researchmap.reading import Bilingual, Part, bilingual


class WorkSection(NamedTuple):
    """Names of the fields of one works section; '' where it has none."""

    title: str
    people: str
    role: str
    type: str
    """Default of `Work.type`."""
    type_field: str
    date: str = "publication_date"
    owner_roles: str = "published_paper_owner_roles"


SECTIONS: dict[str, WorkSection] = {
    "published_papers": WorkSection("paper_title", "authors", "author", "article", "published_paper_type"),
    "misc": WorkSection("paper_title", "authors", "author", "misc", "misc_type"),
    "books_etc": WorkSection("book_title", "authors", "author", "book", "book_type", owner_roles="book_owner_role"),
    "presentations": WorkSection(
        "presentation_title", "presenters", "presenter", "presentation", "presentation_type", owner_roles=""
    ),
    "works": WorkSection("work_title", "creators", "author", "other", "work_type", "from_date", ""),
    "industrial_property_rights": WorkSection(
        "industrial_property_right_title",
        "inventors",
        "inventor",
        "patent",
        "industrial_property_right_type",
        "application_date",
        "",
    ),
    "research_data": WorkSection(
        "research_data_title", "creators", "author", "dataset", "research_data_type", "posted_date", ""
    ),
}

_TYPES = {
    "international_conference_proceedings": "conference_paper",
    "symposium": "conference_paper",
    "research_society": "conference_paper",
    "summary_international_conference": "conference_paper",
    "summary_national_conference": "conference_paper",
    "introduction_international_proceedings": "conference_paper",
    "in_book": "book_chapter",
    "doctoral_thesis": "dissertation",
    "master_thesis": "dissertation",
    "others_thesis": "dissertation",
    "technical_report": "report",
    "report": "report",
    "software": "software",
    "web_service": "software",
    "database": "dataset",
    "database_science": "dataset",
}
"""Words of researchmap that mean something more special than their section."""

_PATENT_NUMBERS = {
    "application_number": "patent_application",
    "patent_announcement_number": "patent_publication",
    "patent_publication_number": "patent_translation",
    "patent_number": "patent",
}


def add_work(part: Part, section: str, work: str, owner: Owner) -> None:
    """All rows of one item of a works section. `work` is its local key."""
    names = SECTIONS[section]
    rows = part.rows
    titles = part.worded(names.title)
    rows.add(_work(part, section, names, work, bilingual(titles)))
    for worded in titles:
        rows.text(work, "work", "title", worded)
    for worded in part.worded("description"):
        rows.text(work, "work", "abstract", worded)
    if (own := owner.item(section, plain_id(part.data.get("rm:id")))) is not None:
        rows.identifier(work, "work", "researchmap", own, url=f"https://researchmap.jp/{own}")
    venue = _add_venue(part, work)
    add_work_identifiers(part, work, venue, owner, book=section == "books_etc")
    if section == "industrial_property_rights":
        _add_patent(part, work)
    _add_people(part, names, work, owner)
    _add_links(part, work)


_TEXTS = {"volume": "volume", "number": "issue", "total_page": "page_count", "address_country": "country"}
_NAMES = {"publisher": "publisher", "event": "event", "location": "event_place"}
_FLAGS = {
    "referee": "refereed",
    "invited": "invited",
    "rm:is_open_access": "open_access",
    "major_achievement": "major",
    "is_international_collaboration": "international_collaboration",
}
"""Field of an item → column of `Work`: words as they are, texts by language, and truth values."""


def _work(part: Part, section: str, names: WorkSection, work: str, title: Bilingual) -> Work:
    data = part.data
    columns: dict[str, Any] = {column: part.text(key) for key, column in _TEXTS.items() if key in data}
    columns.update((column, part.bilingual(key).any) for key, column in _NAMES.items() if key in data)
    columns.update((column, part.flag(key)) for key, column in _FLAGS.items() if key in data)
    kind = part.text(names.type_field)
    date = part.date(names.date)
    international = part.flag("is_international_journal")
    if international is None:
        international = part.flag("is_international_presentation")
    first, last = _pages(part)
    return Work(
        id=work,
        type=_TYPES.get(kind or "", names.type),
        title_ja=title.ja,
        title_en=title.en,
        title_other=title.other,
        year=int(date[:4]) if date else None,
        date=date,
        language="; ".join(part.words("languages")) or None,
        first_page=first,
        last_page=last,
        international=international,
        source_type=kind,
        event_start=part.date("from_event_date"),
        event_end=part.date("to_event_date") or (part.date("to_date") if section == "works" else None),
        **columns,
    )


def _pages(part: Part) -> tuple[str | None, str | None]:
    first, last = part.text("starting_page"), part.text("ending_page")
    if first is None and last is None and (range_ := part.text("rep_page")) is not None:
        head, _, tail = range_.partition("-")
        return head.strip() or None, tail.strip() or None
    return first, last


def _add_venue(part: Part, work: str) -> str | None:
    names = part.worded("publication_name")
    if not names:
        return None
    name = bilingual(names)
    venue = f"{part.rows.record}#{part.path('publication_name')}"
    part.rows.add(Venue(id=venue, name_ja=name.ja, name_en=name.en or name.other))
    part.rows.add(PublishedIn(work=work, venue=venue))
    return venue


def _add_people(part: Part, names: WorkSection, work: str, owner: Owner) -> None:
    add = part.rows.add
    if owner.known:
        roles = part.words(names.owner_roles) if names.owner_roles else []
        path = part.path(names.owner_roles or "rm:user_id")
        add(Authored(work=work, path=path, person=owner.key, role="owner", roles="; ".join(roles) or None))
    for path, position, name, name_en in part.names(names.people):
        add(Authored(work=work, path=path, position=position, role=names.role, name_as_written=name, name_en=name_en))
    for name in ("book_owner_range", "promoter"):
        for worded in part.worded(name) if name in part.data else ():
            part.rows.text(work, "work", "note", worded)


def _add_patent(part: Part, work: str) -> None:
    """Numbers, applicants and holder of a patent or other right."""
    for key, scheme in _PATENT_NUMBERS.items():
        if (number := part.text(key)) is not None:
            part.rows.identifier(work, "work", scheme, number)
    for applicant in part.parts("applicants"):
        _add_body(applicant, "applicant", work, "applicant")
    _add_body(part, "right_holder", work, "right_holder")


def _add_body(part: Part, name: str, work: str, role: str) -> None:
    """Somebody who holds or applied for a right: an organisation only where its code says so."""
    words = part.worded(name)
    if not words:
        return
    written = bilingual(words)
    code = part.text("rm:institution_code") if role == "applicant" else None
    organization = None
    if code:
        organization = f"{part.rows.record}#{part.path(name)}"
        part.rows.add(Organization(id=organization, name_ja=written.ja, name_en=written.en or written.other))
        part.rows.identifier(organization, "organization", "rm_institution", code)
    part.rows.add(
        Authored(
            work=work,
            path=part.path(name),
            role="contributor",
            roles=role,
            name_as_written=written.any,
            name_en=written.en if written.ja else None,
            organization=organization,
        )
    )


def _add_links(part: Part, work: str) -> None:
    """Pages that the item points to; links within researchmap are read from `identifiers`."""
    for link in part.parts("see_also"):
        label = link.text("label")
        if label is not None and label.startswith("rm:"):
            continue
        if (url := link.url("@id")) is not None:
            fulltext = link.flag("is_downloadable") is True
            part.rows.link(work, "work", url, "fulltext" if fulltext else "see_also", label)
    if "dataset" not in part.data:
        return
    file = part.part("dataset")
    if file.data and file.flag("rm:use_password") is not True and (url := file.url("access_url")) is not None:
        part.rows.link(work, "work", url, "data", file.text("dataset_name"))
