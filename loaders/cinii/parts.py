"""What works, projects and researchers have in common: the record itself, titles, texts, links, things mentioned.

>>> titles(Phrase("a", "ja", "堤防"), Phrase("b", "ja", "Levees"), Phrase("c", "ja-Kana", "テイボウ"))
{'title_ja': '堤防', 'title_en': 'Levees', 'title_kana': 'テイボウ'}
"""

from __future__ import annotations

import re
from typing import Any

from kg.records import Project, Record, Work
from kg.text import identifiers as ids
from kg.text import language_of
from loaders.cinii import people
from loaders.cinii.reading import Native, Phrase, Reading
from loaders.cinii.vocabulary import (
    DATA_SOURCES,
    LANGUAGES,
    ORGANIZATION_IDENTIFIERS,
    PROJECT_IDENTIFIERS,
    WORK_IDENTIFIERS,
    type_key,
    work_type,
)

_PAGES = re.compile(r"(?:pp?\.\s*)?([^\s-]+)\s*[-–~]\s*([^\s-]+)")

PAGE = "https://cir.nii.ac.jp/crid/"
"""Before a CRID: the page of the record."""


def add_record(reading: Reading, native: Native) -> str | None:
    """The `Record` row and what the record says of itself; returns its CRID."""
    crid = ids.crid(reading.text(native.get("@id"), "@id") or "")
    if crid:
        reading.identify(reading.key, reading.kind, "crid", crid)
    reading.add(
        Record(
            id=reading.key,
            kind=reading.kind,
            about=reading.key,
            url=PAGE + crid if crid else None,
            created=reading.date(native.get("createdAt"), "createdAt"),
            modified=reading.date(native.get("modifiedAt"), "modifiedAt"),
            data_sources=data_sources(reading, native.get("dataSourceIdentifier"), "dataSourceIdentifier"),
        )
    )
    return crid


def data_sources(reading: Reading, value: object, path: str) -> str | None:
    """Names of the upstream databases; their record ids become identifiers where they are unique."""
    names: dict[str, None] = {}
    for _, name, text in reading.coded(value, path):
        names[name or "unknown"] = None
        known = DATA_SOURCES.get(type_key(name)) if reading.kind == "work" else None
        if known and (normal := known.normal(text)):
            reading.identify(reading.key, reading.kind, known.scheme, normal)
        elif text.startswith("oai:"):
            reading.identify(reading.key, reading.kind, "oai", text)
        else:
            scheme = f"source:{(name or 'unknown').lower()}"
            reading.identify(reading.key, reading.kind, scheme, text, "related")
    return "; ".join(names) or None


def titles(*found: Phrase) -> dict[str, str]:
    """Title columns from all titles, the main ones first; the first of each language wins."""
    columns: dict[str, str] = {}
    for phrase in found:
        if phrase.lang.endswith("-Kana"):
            column = "title_kana"
        else:
            lang = language_of(phrase.text, phrase.lang)
            column = f"title_{lang}" if lang in ("ja", "en") else "title_other"
        if column not in columns:
            columns[column] = tidy(phrase.text)
    return columns


def tidy(text: str) -> str:
    """Text for a column: white space folded, the three entities that the source leaves in resolved."""
    if "&" in text:
        text = text.replace("&quot;", '"').replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    return " ".join(text.split())


def bilingual(reading: Reading, value: object, path: str) -> tuple[str | None, str | None]:
    """A name in Japanese and in another language; several of one language joined by `; `."""
    ja: dict[str, None] = {}
    en: dict[str, None] = {}
    for phrase in reading.phrases(value, path):
        (ja if language_of(phrase.text, phrase.lang) == "ja" else en)[phrase.text.strip()] = None
    return "; ".join(ja) or None, "; ".join(en) or None


def language(reading: Reading, value: object, path: str) -> str | None:
    """Language codes, three-letter ones shortened where there is a short one."""
    if value is None:
        return None
    codes = [p.text.strip() for p in reading.phrases(value, path)]
    return "; ".join(LANGUAGES.get(code.lower(), code) for code in codes) or None


def page_range(reading: Reading, value: object, path: str, columns: dict[str, Any]) -> None:
    """`69-73` is first and last page unless these are given; anything else is the extent."""
    text = reading.text(value, path)
    if text is None:
        return
    found = _PAGES.fullmatch(text)
    if found and not columns.get("first_page"):
        columns["first_page"], columns["last_page"] = found.groups()
    else:
        columns["page_count"] = " ; ".join(filter(None, (text, columns.get("page_count"))))


def descriptions(reading: Reading, value: object, path: str, role: str) -> None:
    """Abstracts and summaries. One whose licence flag forbids reuse is not taken, and said to be lost."""
    for here, native in people.elements(value, path):
        if not isinstance(native, dict) or "@value" in native:
            reading.units(native, here, role)
            continue
        flag = reading.text(native.get("abstractLicenseFlag"), f"{here}.abstractLicenseFlag")
        if flag not in (None, "allow"):
            reading.skip(here, f"the source does not allow reuse of this abstract (abstractLicenseFlag {flag})")
            continue
        word = (reading.text(native.get("type"), f"{here}.type") or "abstract").lower()
        reading.units(native.get("notation"), f"{here}.notation", role if word == "abstract" else "description")


def links(reading: Reading, value: object, path: str) -> None:
    """Web pages that the record gives."""
    for here, native in people.elements(value, path):
        if isinstance(native, dict):
            url = reading.text(native.get("@id"), f"{here}.@id")
            label = reading.first(native["notation"], f"{here}.notation") if "notation" in native else None
        else:
            url, label = reading.text(native, here), None
        reading.link(url, here, "see_also", label)


def keywords(reading: Reading, value: object, path: str, role: str) -> None:
    """`foaf:topic`: one text a keyword; the `@id` beside it is only a search for the same word."""
    for here, native in people.elements(value, path):
        if isinstance(native, dict) and "dc:title" in native:
            word = native["dc:title"]
            if type(word) is str and word and not word.isspace():
                reading.unit(Phrase(f"{here}.dc:title", "", word), role)
            else:
                reading.units(word, f"{here}.dc:title", role)
        else:
            reading.units(native, here, role)


def institution(
    reading: Reading, native: Native, path: str, names_key: str
) -> tuple[str | None, str | None, str | None]:
    """Local key, Japanese and other name of an organisation given with codes and names."""
    ja, en = bilingual(reading, native.get(names_key), f"{path}.{names_key}")
    codes: list[tuple[str, str]] = []
    for key in ("institutionIdentifier", "departmentIdentifier"):
        for here, name, value in reading.coded(native.get(key), f"{path}.{key}"):
            scheme = ORGANIZATION_IDENTIFIERS.get(type_key(name))
            if scheme and (normal := scheme.normal(value)):
                codes.append((scheme.scheme, normal))
            else:
                reading.skip(here, f"no identifier of an organization that is known (type «{name}»)", value)
    key_ = reading.organization(path, ja, en, codes) if ja or en or codes else None
    return key_, ja, en


def other_work(reading: Reading, native: Native, path: str, names_key: str) -> str:
    """A work that this record only mentions, with what it says of it; returns its local key."""
    key = reading.part(path)
    kind = reading.text(native.get("@type"), f"{path}.@type")
    resource = reading.text(native.get("resourceType"), f"{path}.resourceType")
    found = reading.phrases(native.get(names_key), f"{path}.{names_key}")
    columns: dict[str, Any] = titles(*found)
    reading.add(Work(id=key, type=work_type(resource, kind), source_type=resource or kind, **columns))
    if crid := ids.crid(reading.text(native.get("@id"), f"{path}.@id") or ""):
        reading.identify(key, "work", "crid", crid)
    product_identifiers(reading, native.get("productIdentifier"), f"{path}.productIdentifier", key)
    return key


def product_identifiers(reading: Reading, value: object, path: str, subject: str) -> None:
    """Identifiers of a work. One with an `extra` belongs to a volume or issue of it, not to the whole."""
    for here, native in reading.members(value, path):
        if "identifier" not in native:
            reading.identifiers(native, here, WORK_IDENTIFIERS, subject, "work")
            continue
        volumes = [v for _, v in reading.members(native["extra"], f"{here}.extra")] if "extra" in native else ()
        relation = "related" if volumes else None
        reading.identifiers(native["identifier"], f"{here}.identifier", WORK_IDENTIFIERS, subject, "work", relation)
        for i, volume in enumerate(volumes):
            reading.units(volume.get("value"), f"{here}.extra[{i}].value", "note")


def other_project(reading: Reading, native: Native, path: str) -> str:
    """A project that this record only mentions; returns its local key."""
    key = reading.part(path)
    numbers = native.get("projectIdentifier")
    award = project_award(reading, numbers, f"{path}.projectIdentifier", key)
    found = titles(*reading.phrases(native.get("notation"), f"{path}.notation"))
    reading.add(
        Project(
            id=key,
            award_number=award,
            title_ja=found.get("title_ja"),
            title_en=found.get("title_en") or found.get("title_other"),
            source_type=reading.text(native.get("@type"), f"{path}.@type"),
        )
    )
    if crid := ids.crid(reading.text(native.get("@id"), f"{path}.@id") or ""):
        reading.identify(key, "project", "crid", crid)
    return key


def project_award(reading: Reading, value: object, path: str, key: str) -> str | None:
    """Identifiers of a project; returns its award number."""
    reading.identifiers(value, path, PROJECT_IDENTIFIERS, key, "project")
    return reading.identifier_of(key, "award")
