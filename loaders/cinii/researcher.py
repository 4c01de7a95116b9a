"""Researcher records: a person's names, identifiers, posts over time, projects and works, as CiNii gathers them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from kg.records import Affiliation, Authored, MemberOf, Person, PersonName
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
)
from loaders.cinii.project import fields
from loaders.cinii.reading import Native, Phrase, Reading
from loaders.cinii.vocabulary import CONTRIBUTOR_ROLES, PERSON_IDENTIFIERS, PROJECT_ROLES

NAME_PARTS = ("foaf:name", "foaf:familyName", "foaf:givenName", "foaf:middleName")
BARE_NAME_KEYS = ("foaf:name", "name", "dc:title")
"""Where a cut-down record has its names outside `foaf:Person`."""


def read_researcher(reading: Reading, native: Native) -> None:
    """One researcher in JSON-LD; the record is the person's own page."""
    add_record(reading, native)
    key = reading.key
    rows = list(_names(reading, native))
    forms = people.name_forms([Phrase("", row.lang, _divided(row)) for row in rows])
    reading.add(Person(id=key, name_ja=forms.ja, name_kana=forms.kana, name_en=forms.en, profile=True))
    reading.rows.extend(rows)
    reading.identifiers(native.get("personIdentifier"), "personIdentifier", PERSON_IDENTIFIERS, key, "person")
    for here, career in reading.members(native.get("career"), "career"):
        _post(reading, career, here)
    fields(reading, native.get("field"), "researchmap_area", older="researchmap-area")
    keywords(reading, native.get("foaf:topic"), "foaf:topic", "interest")
    descriptions(reading, native.get("description"), "description", "biography")
    links(reading, native.get("url"), "url")
    reading.units(native.get("cinii:note"), "cinii:note", "note")
    for here, project in reading.members(native.get("project"), "project"):
        _membership(reading, project, here, forms)
    for here, product in reading.members(native.get("product"), "product"):
        _authorship(reading, product, here, forms)


# --- names ---------------------------------------------------------------------------------------------------


def _names(reading: Reading, native: Native) -> Iterator[PersonName]:
    """Names with their parts, the first of each language preferred, each form once."""
    languages: set[str] = set()
    seen: set[tuple[str, str]] = set()
    for lang, name, parts in _forms(reading, native):
        if (lang, name) in seen:
            continue
        yield PersonName(
            person=reading.key, name=name, lang=lang, kind="variant" if lang in languages else "preferred", **parts
        )
        languages.add(lang)
        seen.add((lang, name))


def _forms(reading: Reading, native: Native) -> Iterator[tuple[str, str, dict[str, str]]]:
    """Language, whole name and parts of every form that the record gives."""
    for here, person in reading.members(native.get("foaf:Person"), "foaf:Person"):
        found = {part: reading.phrases(person.get(part), f"{here}.{part}") for part in NAME_PARTS}
        groups = _by_language(found)
        for lang, group in groups.items():
            parts = _parts(group)
            if lang == "ja":
                kana = _parts(groups.get("ja-Kana", {}))
                parts |= {f"{k}_kana": v for k, v in kana.items() if k in ("family", "given")}
            if name := group.get("foaf:name") or _joined(lang, parts):
                yield lang, name, parts
        for phrase in found["foaf:name"]:
            yield phrase.lang, phrase.text.strip(), {}
    for key in BARE_NAME_KEYS:
        for phrase in reading.phrases(native.get(key), key):
            yield phrase.lang, phrase.text.strip(), {}


def _by_language(found: Mapping[str, list[Phrase]]) -> dict[str, dict[str, str]]:
    groups: dict[str, dict[str, str]] = {}
    for part, phrases in found.items():
        for phrase in phrases:
            groups.setdefault(phrase.lang, {}).setdefault(part, phrase.text.strip())
    return groups


def _parts(group: Mapping[str, str]) -> dict[str, str]:
    keys = {"family": "foaf:familyName", "given": "foaf:givenName", "middle": "foaf:middleName"}
    return {part: group[key] for part, key in keys.items() if key in group}


def _joined(lang: str, parts: Mapping[str, str]) -> str:
    order = ("family", "middle", "given") if lang.startswith("ja") else ("given", "middle", "family")
    return " ".join(parts[p] for p in order if p in parts)


def _divided(row: PersonName) -> str:
    """The Japanese name with its parts divided even where the whole form is not."""
    return f"{row.family} {row.given}" if row.lang.startswith("ja") and row.family and row.given else row.name


# --- posts, fields, projects, works --------------------------------------------------------------------------


def _post(reading: Reading, native: Native, path: str) -> None:
    place = reading.mapping(native.get("institution"), f"{path}.institution")
    key, ja, en = institution(reading, place, f"{path}.institution", "notation")
    department, department_en = _label(reading, native.get("department"), f"{path}.department")
    title, title_en = _label(reading, native.get("jobTitle"), f"{path}.jobTitle")
    reading.add(
        Affiliation(
            person=reading.key,
            path=path,
            kind="employment",
            organization=key,
            organization_ja=ja,
            organization_en=en,
            department=department or department_en,
            department_en=department_en,
            title=title or title_en,
            title_en=title_en,
            start=reading.date(native.get("since"), f"{path}.since"),
            end=reading.date(native.get("until"), f"{path}.until"),
        )
    )


def _label(reading: Reading, value: object, path: str) -> tuple[str | None, str | None]:
    if isinstance(value, dict) and "@value" not in value:
        return bilingual(reading, value.get("notation"), f"{path}.notation")
    return bilingual(reading, value, path)


def _membership(reading: Reading, native: Native, path: str, forms: people.Names) -> None:
    project = other_project(reading, native, path)
    words = reading.text(native.get("role"), f"{path}.role")
    reading.add(
        MemberOf(
            project=project,
            path=path,
            person=reading.key,
            role=PROJECT_ROLES.get(words.lower(), "other") if words else "member",
            role_as_written=words,
            name_as_written=forms.written,
            name_en=forms.en,
            name_kana=forms.kana,
        )
    )


def _authorship(reading: Reading, native: Native, path: str, forms: people.Names) -> None:
    work = other_work(reading, native, path, "notation")
    words: list[str] = []
    for here, relation in people.elements(native.get("relation"), f"{path}.relation"):
        if isinstance(relation, dict):
            for key in ("type", "detail"):
                words += [p.text.strip() for p in reading.phrases(relation.get(key), f"{here}.{key}")]
        else:
            words += [p.text.strip() for p in reading.phrases(relation, here)]
    reading.add(
        Authored(
            work=work,
            path=path,
            person=reading.key,
            role=next((r for w in words if (r := CONTRIBUTOR_ROLES.get(w.lower()))), "owner"),
            roles="; ".join(words) or None,
            name_as_written=forms.written,
            name_en=forms.en,
            name_kana=forms.kana,
        )
    )
