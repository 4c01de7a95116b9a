"""What do the sections about the person say: posts, education, areas, interests, awards, service?

None of them stands for itself: each row needs the person it is about. Where a file does not say whose it is,
such an item yields nothing and says so.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from kg.records import Activity, Affiliation, InField, Organization
from loaders.researchmap.reading import Part, bilingual


class ActivitySection(NamedTuple):
    """Names of the fields of one section that becomes `Activity` rows; '' where it has none."""

    kind: str
    title: str
    organization: str
    category: str = ""
    role: str = ""
    start: str = "from_date"
    end: str = "to_date"
    names: str = ""
    subject: str = ""
    """A further text about the matter itself, such as the title of the work that an award is for."""


ACTIVITIES: dict[str, ActivitySection] = {
    "awards": ActivitySection(
        "award", "award_name", "association", "award_type", "", "award_date", "", "winners", "award_title"
    ),
    "committee_memberships": ActivitySection("committee", "committee_name", "association", "committee_type"),
    "association_memberships": ActivitySection("membership", "academic_society_name", "academic_society_name"),
    "teaching_experience": ActivitySection("teaching", "subject_name", "institution_name", "teaching_experience_type"),
    "social_contribution": ActivitySection(
        "outreach",
        "social_contribution_title",
        "promoter",
        "social_contribution_type",
        "social_contribution_roles",
        "from_event_date",
        "to_event_date",
    ),
    "media_coverage": ActivitySection(
        "media", "media_coverage_title", "publisher", "media_coverage_type", "writer_myself", "publication_date", ""
    ),
    "academic_contribution": ActivitySection(
        "academic_contribution",
        "academic_contribution_title",
        "promoter",
        "academic_contribution_type",
        "academic_contribution_roles",
        "from_event_date",
        "to_event_date",
    ),
    "degrees": ActivitySection("degree", "degree", "degree_institution", "", "", "degree_date", ""),
    "others": ActivitySection("other", "other_title", ""),
}


def add_activity(part: Part, section: str, key: str, person: str) -> None:
    """One award, membership, lecture … as an `Activity` with local key `key`."""
    names = ACTIVITIES[section]
    rows = part.rows
    title = part.bilingual(names.title)
    body = part.bilingual(names.organization) if names.organization else bilingual([])
    descriptions = part.worded("description") + part.worded("note")
    place = [x for x in (part.bilingual("location").any, part.text("address_country")) if x]
    category = (part.words(names.category) if names.category else []) + part.words("audience")
    if part.flag("is_international_collaboration"):
        category.append("international")
    urls = _urls(part)
    rows.add(
        Activity(
            id=key,
            person=person,
            kind=names.kind,
            title_ja=title.ja,
            title_en=title.en or title.other,
            organization_ja=body.ja,
            organization_en=body.en or body.other,
            organization=add_organization(part, names.organization, only_with_code=True),
            role="; ".join(part.words(names.role)) or None if names.role else None,
            event=part.bilingual("event").any,
            place="; ".join(place) or None,
            category="; ".join(category) or None,
            start=part.date(names.start),
            end=part.date(names.end) if names.end else None,
            description=bilingual(descriptions).any,
            url=urls[0][0] if urls else None,
            major=part.flag("major_achievement"),
            participants="; ".join(n.name for n in part.names(names.names)) or None if names.names else None,
        )
    )
    for worded in descriptions:
        rows.text(person, "person", "description", worded)
    if names.subject:
        for worded in part.worded(names.subject):
            rows.text(person, "person", "achievement", worded)
    for url, label in urls[1:]:
        rows.link(person, "person", url, "see_also", label)


def add_pages(part: Part, person: str) -> None:
    """Pages that an entry about the person points to."""
    for url, label in _urls(part):
        part.rows.link(person, "person", url, "see_also", label)


def _urls(part: Part) -> list[tuple[str, str | None]]:
    found = []
    for link in part.parts("see_also"):
        label = link.text("label")
        if (label is None or not label.startswith("rm:")) and (url := link.url("@id")) is not None:
            found.append((url, label))
    return found


def add_organization(part: Part, name: str, *, only_with_code: bool = False) -> str | None:
    """Row of the organisation named there; returns its local key."""
    code = part.text("rm:institution_code")
    if not name or not (words := part.worded(name)) or (only_with_code and code is None):
        return None
    written = bilingual(words)
    key = f"{part.rows.record}#{part.path(name)}"
    country = None if only_with_code else part.text("address_country")
    part.rows.add(Organization(id=key, name_ja=written.ja, name_en=written.en or written.other, country=country))
    if code is not None:
        part.rows.identifier(key, "organization", "rm_institution", code)
    return key


def add_education(part: Part, person: str) -> None:
    """A school, with faculty and course as its department."""
    place, faculty, course = part.bilingual("affiliation"), part.bilingual("department"), part.bilingual("course")
    part.rows.add(
        Affiliation(
            person=person,
            path=part.path("affiliation"),
            kind="education",
            organization=add_organization(part, "affiliation"),
            organization_ja=place.ja,
            organization_en=place.en or place.other,
            department=_join(faculty.ja or faculty.any, course.ja or course.any),
            department_en=_join(faculty.en, course.en),
            start=part.date("from_date"),
            end=part.date("to_date"),
            ongoing=part.to_present(),
        )
    )
    _add_notes(part, person)


def _join(*parts: str | None) -> str | None:
    return " ".join(p for p in parts if p) or None


def add_post(part: Part, person: str, *, observed: str | None = None, current: bool = False) -> None:
    """A post, from `research_experience` or from the affiliations of a profile.

    Faculty and title count only where the profile shows them (`display_affiliation`, `display_job`).
    """
    if not part.is_public("display_affiliation"):
        return
    place, section = part.bilingual("affiliation"), part.bilingual("section")
    title, title_en = _title(part) if part.is_public("display_job") else (None, None)
    part.rows.add(
        Affiliation(
            person=person,
            path=part.path("affiliation"),
            kind="employment",
            organization=add_organization(part, "affiliation"),
            organization_ja=place.ja,
            organization_en=place.en or place.other,
            department=section.any,
            department_en=section.en if section.ja else None,
            title=title,
            title_en=title_en,
            start=part.date("from_date"),
            end=part.date("to_date"),
            ongoing=True if current else part.to_present(),
            observed=observed,
        )
    )
    _add_notes(part, person)


def _title(part: Part) -> tuple[str | None, str | None]:
    """Title of a post, with an honorary one behind it; the coarse class only where there is no title."""
    job, honour = part.bilingual("job"), part.bilingual("job_title")
    shown = "、".join(x for x in (job.any, honour.any) if x) or part.text("job_class")
    english = ", ".join(x for x in (job.en if job.ja else None, honour.en if honour.ja else None) if x)
    return shown, english or None


def _add_notes(part: Part, person: str) -> None:
    for worded in part.worded("note"):
        part.rows.text(person, "person", "note", worded)


def add_interest(part: Part, person: str) -> None:
    """A keyword of research interest in each language."""
    for worded in part.worded("keyword"):
        part.rows.text(person, "person", "interest", worded)


def add_area(part: Part, person: str) -> None:
    """A research area, labelled `分野 / 区分` as the source words both, with the number of the narrower one."""
    number = part.text("item_number") or part.text("discipline_number") or ""
    field, item = part.bilingual("discipline"), part.bilingual("research_field")
    ja, en = _label(field.ja, item.ja), _label(field.en or field.other, item.en or item.other)
    if (number or ja or en) and part.rows.first("area", number, ja or en):
        part.rows.add(
            InField(
                subject=person,
                subject_kind="person",
                scheme="researchmap-area",
                notation=number,
                label=ja or en,
                lang="ja" if ja else "en" if en else "",
                level="小分類" if item.any or part.text("item_number") else "大分類",
                basis="researchmap_area",
                label_en=en if ja and en else None,
                source_code=part.text("discipline_number"),
            )
        )
    for worded in part.worded("research_keyword"):
        part.rows.text(person, "person", "interest", worded)


def _label(field: str | None, item: str | None) -> str:
    return " / ".join(x for x in (field, item) if x)


PERSONAL: dict[str, Callable[[Part, str], None]] = {
    "education": add_education,
    "research_experience": add_post,
    "research_areas": add_area,
    "research_interests": add_interest,
}
"""Sections read by functions of their own; the other personal ones are rows of `ACTIVITIES`."""
