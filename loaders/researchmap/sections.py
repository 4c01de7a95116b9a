"""Which function reads an item of which section?"""

from __future__ import annotations

from kg.records import Record
from loaders.researchmap.identity import Owner, add_owner, plain_id
from loaders.researchmap.personal import ACTIVITIES, PERSONAL, add_activity, add_pages
from loaders.researchmap.projects import add_project
from loaders.researchmap.reading import Part
from loaders.researchmap.works import SECTIONS, add_work

KNOWN = frozenset({*SECTIONS, "research_projects", *ACTIVITIES, *PERSONAL})
_NO_OWNER = "the file does not say whose item this is, and it says nothing without its person"


def add_item(part: Part, section: str, owner: Owner) -> None:
    """All rows of an item that is a record of its own."""
    record = part.rows.record
    stands_alone = section in SECTIONS or section == "research_projects"
    if not part.is_public():
        return
    if not stands_alone and not owner.known:
        part.rows.skip("$", _NO_OWNER)
        return
    page = owner.item(section, plain_id(part.data.get("rm:id")))
    part.rows.add(
        Record(
            id=record,
            kind="project" if section == "research_projects" else "work" if section in SECTIONS else "person",
            about=record if stands_alone else owner.key,
            url=f"https://researchmap.jp/{page}" if page else None,
            created=part.text("rm:created"),
            modified=part.text("rm:modified"),
            data_sources=_entered_by(part),
        )
    )
    add_owner(part.rows, owner)
    _read(part, section, record, owner)


def _entered_by(part: Part) -> str | None:
    """Who entered the item, where it was not the person: researchmap's AI and its feed, a co-author, an institution."""
    kind, who = part.text("rm:creator_type"), part.text("rm:creator_id")
    return who if who and who.startswith("ai:") else kind if kind != "myself" else None


def add_section_item(part: Part, section: str, key: str, owner: Owner) -> None:
    """All rows of an item that a profile carries; `key` is its local key."""
    if part.is_public():
        _read(part, section, key, owner)


def _read(part: Part, section: str, key: str, owner: Owner) -> None:
    if section in SECTIONS:
        add_work(part, section, key, owner)
    elif section == "research_projects":
        add_project(part, key, owner)
    elif section in PERSONAL:
        PERSONAL[section](part, owner.key)
        add_pages(part, owner.key)
    else:
        add_activity(part, section, key, owner.key)
