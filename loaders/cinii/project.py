"""Project records: title, funding, institutions, members, review sections, outputs.

>>> section("小区分41010:食料農業経済関連")
Section(scheme='kaken-section', notation='41010', label='食料農業経済関連', level='小区分')
>>> section("理論経済学")
Section(scheme='kaken-saimoku', notation='', label='理論経済学', level=None)
"""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from kg.records import InField, MemberOf, OutputOf, Project, ProjectRelation
from kg.text import dates
from loaders.cinii import people
from loaders.cinii.parts import (
    add_record,
    bilingual,
    descriptions,
    institution,
    keywords,
    links,
    other_project,
    other_work,
    project_award,
    titles,
)
from loaders.cinii.reading import Native, Phrase, Reading
from loaders.cinii.vocabulary import COST_COLUMNS, PROJECT_ROLES, RELATIONS

TITLE_KEYS = ("jpcoar:awardTitle", "dc:title", "notation")
"""The table gives the first two; the third stands where other kinds of objects have their title."""

_LEVELS = {"大区分": "大区分", "中区分": "中区分", "小区分": "小区分"}
_ENGLISH_LEVELS = {"broad": "大区分", "medium-sized": "中区分", "basic": "小区分"}
_SECTION = re.compile(r"^(大区分|中区分|小区分)\s*([A-K]|\d{1,5})(?![0-9A-Z])\s*[:：]?\s*(.*)$", re.S)
_ENGLISH = re.compile(
    r"^(Broad|Medium-sized|Basic) Section\s*([A-K]|\d{1,5})(?![0-9A-Z])\s*[:：]?\s*(.*)$", re.I | re.S
)


class Section(NamedTuple):
    """A review section (from 2018) or an older field, as its text says it."""

    scheme: str
    notation: str
    label: str
    level: str | None


def section(text: str) -> Section:
    """Read the text of a field; one without the words of the present scheme is a label of an older one."""
    for pattern, levels in ((_SECTION, _LEVELS), (_ENGLISH, _ENGLISH_LEVELS)):
        if found := pattern.match(text.strip()):
            word, notation, label = found.groups()
            level = levels[word.lower() if levels is _ENGLISH_LEVELS else word]
            width = {"大区分": 1, "中区分": 2, "小区分": 5}[level]
            return Section("kaken-section", notation.upper().zfill(width), label.strip(), level)
    return Section("kaken-saimoku", "", text.strip(), None)


def read_project(reading: Reading, native: Native) -> None:
    """One project in JSON-LD."""
    add_record(reading, native)
    key = reading.key
    award = project_award(reading, native.get("projectIdentifier"), "projectIdentifier", key)
    start, end = reading.date(native.get("since"), "since"), reading.date(native.get("until"), "until")
    columns: dict[str, Any] = {
        "award_number": award,
        "start": start,
        "end": end,
        "start_fiscal_year": dates.fiscal_year(start),
        "end_fiscal_year": dates.fiscal_year(end),
        "source_type": reading.text(native.get("@type"), "@type"),
    }
    _titles(reading, native, columns)
    _funding(reading, native, columns)
    _institutions(reading, native, columns)
    reading.add(Project(id=key, **columns))
    _members(reading, native)
    fields(reading, native.get("field"), "project_section")
    descriptions(reading, native.get("description"), "description", "summary")
    keywords(reading, native.get("foaf:topic"), "foaf:topic", "keyword")
    reading.units(native.get("cinii:note"), "cinii:note", "note")
    links(reading, native.get("url"), "url")
    for here, product in reading.members(native.get("product"), "product"):
        reading.add(OutputOf(work=other_work(reading, product, here, "notation"), project=key))
    for here, product in reading.members(native.get("relatedProduct"), "relatedProduct"):
        reading.add(OutputOf(work=other_work(reading, product, here, "jpcoar:relatedTitle"), project=key))
    for related in ("relatedProject", "project"):
        _related(reading, native.get(related), related)


def _titles(reading: Reading, native: Native, columns: dict[str, Any]) -> None:
    found = [p for key in TITLE_KEYS for p in reading.units(native.get(key), key, "title")]
    found += reading.units(native.get("dcterms:alternative"), "dcterms:alternative", "title")
    slots = titles(*found)
    columns["title_ja"] = slots.get("title_ja")
    columns["title_en"] = slots.get("title_en") or slots.get("title_other")


def _funding(reading: Reading, native: Native, columns: dict[str, Any]) -> None:
    for here, funder in reading.members(native.get("fundingProgram"), "fundingProgram"):
        ja, en = bilingual(reading, funder.get("notation"), f"{here}.notation")
        columns["funder_ja"] = columns.get("funder_ja") or ja
        columns["funder_en"] = columns.get("funder_en") or en
    for here, grant in reading.members(native.get("grant"), "grant"):
        names_key = "jpcoar:fundingStream" if "jpcoar:fundingStream" in grant else "notation"
        ja, en = bilingual(reading, grant.get(names_key), f"{here}.{names_key}")
        columns["category_ja"] = columns.get("category_ja") or ja
        columns["category_en"] = columns.get("category_en") or en
        for code_path, code in reading.members(grant.get("grantIdentifier"), f"{here}.grantIdentifier"):
            reading.units(code.get("@value"), f"{code_path}.@value", "note")
    for here, classification in reading.members(native.get("allocationClassification"), "allocationClassification"):
        if "totalCost" in classification:
            _costs(reading, classification, here, columns)
            continue
        program = reading.first(classification.get("notation"), f"{here}.notation")
        columns["program"] = "; ".join(filter(None, (columns.get("program"), program))) or None
    for here, allocation in reading.members(native.get("allocationAmount"), "allocationAmount"):
        _costs(reading, allocation, here, columns)


def _costs(reading: Reading, native: Native, path: str, columns: dict[str, Any]) -> None:
    total = reading.mapping(native.get("totalCost"), f"{path}.totalCost")
    columns["total_cost"] = reading.amount(total.get("amount"), total.get("unit"), f"{path}.totalCost.amount")
    columns["currency"] = reading.text(total.get("currency"), f"{path}.totalCost.currency")
    for here, cost in reading.members(native.get("breakdownCost"), f"{path}.breakdownCost"):
        amount = reading.amount(cost.get("amount"), cost.get("unit"), f"{here}.amount")
        names = reading.phrases(cost.get("notation"), f"{here}.notation")
        column = next((c for p in names if (c := COST_COLUMNS.get(p.text.strip().lower()))), None)
        if column:
            columns[column] = amount
            columns["currency"] = columns["currency"] or reading.text(cost.get("currency"), f"{here}.currency")
        elif amount is not None:
            reading.skip(here, "a cost that is neither direct nor indirect", amount)


def _institutions(reading: Reading, native: Native, columns: dict[str, Any]) -> None:
    """One entry a language, so that the names of one institution come together; several are joined."""
    ja_names: dict[str, None] = {}
    en_names: dict[str, None] = {}
    for here, place in reading.members(native.get("institution"), "institution"):
        _, ja, en = institution(reading, place, here, "notation")
        if ja:
            ja_names[ja] = None
        if en:
            en_names[en] = None
    columns["institution_ja"] = "; ".join(ja_names) or None
    columns["institution_en"] = "; ".join(en_names) or None


def _members(reading: Reading, native: Native) -> None:
    for key in ("researcher", "creator"):
        for position, (here, member) in enumerate(people.elements(native.get(key), key), start=1):
            if isinstance(member, dict):
                found = people.mention(reading, member, here, None, "as_member")
                words = reading.text(member.get("role"), f"{here}.role")
            else:
                found, words = people.bare(reading, member, here), None
            add_member(reading, found, here, position, words)


def add_member(reading: Reading, found: people.Mention, path: str, position: int, words: str | None) -> None:
    """Keep one member of the record's project; without a word for the role it is `member`."""
    if not found.names.written and not found.person:
        reading.skip(path, "a member without name and identifier", found.affiliation or "")
        return
    reading.add(
        MemberOf(
            project=reading.key,
            path=path,
            person=found.person,
            role=PROJECT_ROLES.get(words.lower(), "other") if words else "member",
            role_as_written=words,
            position=position,
            name_as_written=found.names.written,
            name_en=found.names.en,
            name_kana=found.names.kana,
            affiliation_as_written=found.affiliation,
            organization=found.organization,
        )
    )


def fields(reading: Reading, value: object, basis: str, older: str = "kaken-saimoku") -> None:
    """Review sections and older fields, Japanese and English of one field in one row.

    `older` is the scheme of labels that are no section of the present scheme.
    """
    for ja, en in (pair for group in _field_groups(reading, value) for pair in people.paired(group)):
        phrase = ja or en
        if phrase is None:
            continue
        found = section(phrase.text)
        reading.add_once(
            InField(
                subject=reading.key,
                subject_kind=reading.kind,
                scheme=found.scheme if found.notation else older,
                notation=found.notation,
                label=found.label,
                lang=phrase.lang,
                level=found.level,
                basis=basis,
                label_en=section(en.text).label if ja and en else None,
            )
        )


def _field_groups(reading: Reading, value: object) -> list[list[Phrase]]:
    """Texts of each `field`: the table puts them in `keyword[].textList[]`; `notation` and bare texts are read too."""
    groups: list[list[Phrase]] = []
    for here, native in people.elements(value, "field"):
        if isinstance(native, dict) and "keyword" in native:
            keywords_ = people.elements(native["keyword"], f"{here}.keyword")
            groups.append([p for inner, keyword in keywords_ for p in _text_list(reading, keyword, inner)])
        elif isinstance(native, dict) and "textList" in native:
            groups.append(_text_list(reading, native, here))
        elif isinstance(native, dict) and "notation" in native:
            groups.append(reading.phrases(native["notation"], f"{here}.notation"))
        else:
            groups.append(reading.phrases(native, here))
    return groups


def _text_list(reading: Reading, native: object, path: str) -> list[Phrase]:
    if not isinstance(native, dict) or "textList" not in native:
        return reading.phrases(native, path)
    lang = reading.text(native.get("language"), f"{path}.language") or ""
    return [p._replace(lang=p.lang or lang) for p in reading.phrases(native["textList"], f"{path}.textList")]


def _related(reading: Reading, value: object, path: str) -> None:
    for here, native in reading.members(value, path):
        other = other_project(reading, native, here)
        words = reading.phrases(native.get("relationType"), f"{here}.relationType")
        for kind in dict.fromkeys(RELATIONS.get(w.text.strip().lower(), "related") for w in words) or ("related",):
            reading.add(ProjectRelation(project=reading.key, other=other, kind=kind))
