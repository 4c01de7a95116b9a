"""What does a profile (`researchers`) say: names, posts, degrees, identifiers, and the items it carries?

The record is the profile; items of its `@graph` have local keys `{record}#published_papers[3]`, numbered within
their section. Names, titles, identifiers and pages appear only where their `display_*` says so; e-mail, birth
date, gender and telephone are never read.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from kg.records import Person, PersonName, Record, Row
from loaders.researchmap.identity import Owner, add_owner, add_person_identifiers, address, plain_id
from loaders.researchmap.personal import add_activity, add_post
from loaders.researchmap.reading import Part, Rows, Worded
from loaders.researchmap.sections import KNOWN, add_section_item

_BESIDE_GRAPH = tuple(sorted(KNOWN - {"affiliations", "degrees"}))
"""Sections that may stand beside `@graph` under their own names; those two are the profile's own."""


def owner_of_profile(data: dict[str, Any], key: str, user_id: str = "") -> Owner:
    """Whose profile it is."""
    permalink = plain_id(data.get("permalink")) or address(data.get("@id"))[0]
    return Owner(permalink, plain_id(data.get("rm:user_id")) or user_id, key)


def add_profile(part: Part, owner: Owner) -> None:
    """All rows of a profile."""
    rows = part.rows
    modified = part.text("rm:modified")
    url = f"https://researchmap.jp/{owner.permalink}" if owner.permalink else None
    created = part.text("rm:created")
    if not part.is_public():
        return
    rows.add(Record(id=rows.record, kind="person", about=owner.key, url=url, created=created, modified=modified))
    _add_names(part, owner.key)
    add_owner(rows, owner, profile=True)
    add_person_identifiers(part, owner.key)
    observed = modified[:10] if modified and modified[:4].isdigit() else None
    for post in part.parts("affiliations"):
        add_post(post, owner.key, observed=observed, current=True)
    for i, degree in enumerate(part.parts("degrees")):
        if degree.is_public("display_degree"):
            add_activity(degree, "degrees", f"{rows.record}#{part.prefix}degrees[{i}]", owner.key)
    _add_text_and_pages(part, owner.key)
    _add_items(part, owner)


def _add_names(part: Part, person: str) -> None:
    family, given = _by_lang(part.worded("family_name")), _by_lang(part.worded("given_name"))
    kana = "ja-Kana"
    if "display_name_kana" in part.data and not part.is_public("display_name_kana"):
        family.pop(kana, None)
        given.pop(kana, None)
    whole = {lang: _whole(lang, family.get(lang), given.get(lang)) for lang in dict.fromkeys([*family, *given])}
    part.rows.add(
        Person(
            id=person,
            name_ja=whole.get("ja") or whole.get(""),
            name_kana=whole.get(kana),
            name_en=whole.get("en"),
            profile=True,
            country=part.text("address_country"),
        )
    )
    for row in _name_rows(person, family, given, whole):
        part.rows.add(row)
    if part.is_public("display_nickname"):
        for lang, text, _ in part.worded("nickname"):
            part.rows.add(PersonName(person=person, name=text.strip(), lang=lang, kind="variant"))


def _name_rows(person: str, family: dict[str, str], given: dict[str, str], whole: dict[str, str]) -> Iterator[Row]:
    for lang, name in whole.items():
        japanese = lang == "ja"
        yield PersonName(
            person=person,
            name=name,
            lang=lang,
            kind="preferred",
            family=family.get(lang),
            given=given.get(lang),
            family_kana=family.get("ja-Kana") if japanese else None,
            given_kana=given.get("ja-Kana") if japanese else None,
        )


def _by_lang(entries: list[Worded]) -> dict[str, str]:
    return {lang: text.strip() for lang, text, _ in entries}


def _whole(lang: str, family: str | None, given: str | None) -> str:
    order = (given, family) if lang == "en" else (family, given)
    return " ".join(x for x in order if x)


def _add_text_and_pages(part: Part, person: str) -> None:
    if part.is_public("display_profile"):
        for worded in part.worded("profile"):
            part.rows.text(person, "person", "biography", worded)
    if part.is_public("display_url"):
        for link in part.parts("see_also"):
            label = link.text("label")
            if (url := link.url("@id")) is not None:
                part.rows.link(person, "person", url, "homepage" if label == "url" else "profile", label)


def _add_items(part: Part, owner: Owner) -> None:
    """Items of the sections in `@graph`, or under the section's own name beside it."""
    count: Counter[str] = Counter()
    for block in part.parts("@graph"):
        section = block.text("@type") or address(block.data.get("@id"))[1]
        if section is None or section not in KNOWN:
            part.rows.skip(f"{block.prefix}@type", "section of an unknown kind", section or "")
            continue
        _add_block(part.rows, section, block.data.get("items"), count, owner)
    for section in _BESIDE_GRAPH:
        if (value := part.data.get(section)) is not None:
            _add_block(part.rows, section, value.get("items") if isinstance(value, dict) else value, count, owner)


def _add_block(rows: Rows, section: str, items: object, count: Counter[str], owner: Owner) -> None:
    if items is None:
        return
    for item in items if isinstance(items, list) else [items]:
        here = f"{section}[{count[section]}]"
        count[section] += 1
        if isinstance(item, dict):
            add_section_item(Part(item, rows, f"{here}."), section, f"{rows.record}#{here}", owner)
        else:
            rows.skip(here, f"object expected, {type(item).__name__} found", item)
