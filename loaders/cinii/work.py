"""Single records of works (JSON-LD): articles, books, dissertations, datasets and other products by NII's field table.

Texts and codes that a work carries in one field each are read by the maps at the top; what has structure has a
function of its own.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from kg.records import InField, OutputOf, PublishedIn, Venue, Work, WorkRelation
from kg.text import dates, language_of
from loaders.cinii import people
from loaders.cinii.parts import (
    add_record,
    descriptions,
    institution,
    keywords,
    language,
    links,
    other_project,
    other_work,
    page_range,
    product_identifiers,
    tidy,
    titles,
)
from loaders.cinii.reading import Native, Phrase, Reading
from loaders.cinii.vocabulary import CLASSIFICATIONS, RELATIONS, VENUE_IDENTIFIERS, WORK_TYPES, bare_type, work_type

OPEN_ACCESS = re.compile(r"^(open access|オープンアクセス|true|1)$", re.I)
CLOSED_ACCESS = re.compile(r"^(closed access|metadata only access|restricted access|embargoed access|false|0)$", re.I)

WORK_COLUMNS: Mapping[str, str] = {
    "ndl:degreeName": "degree",
    "jpcoar:conferenceName": "event",
    "jpcoar:conferencePlace": "event_place",
    "publicationCountryCode": "country",
}
"""One field, one column."""

JOINED_COLUMNS = (
    ("edition", "prism:edition"),
    ("edition", "datacite:version"),
    ("page_count", "dcterms:extent"),
    ("page_count", "cinii:size"),
    ("page_count", "jpcoar:extent"),
    ("rights", "dc:rights"),
)
"""Several fields that say the same sort of thing, joined by ` ; `."""

PUBLICATION_COLUMNS: Mapping[str, str] = {
    "prism:volume": "volume",
    "prism:number": "issue",
    "prism:startingPage": "first_page",
    "prism:endingPage": "last_page",
}

PUBLICATION_FLAGS: Mapping[str, str] = {
    "foreign": "international",
    "jointInternationalResearch": "international_collaboration",
}

NOTES = (
    "cinii:note",
    "dc:creator",
    "printing",
    "format",
    "ndl:dissertationNumber",
    "jpcoar:conferenceSponsor",
)
"""Fields kept as notes, word for word. `dc:creator` of a book is its statement of responsibility, not a name."""


def read_work(reading: Reading, native: Native) -> None:
    """Article, book, dissertation, dataset or other product."""
    add_record(reading, native)
    publication = reading.mapping(native.get("publication"), "publication")
    columns = _columns(reading, native, publication)
    main = reading.units(native.get("dc:title"), "dc:title", "title")
    other = reading.units(native.get("dcterms:alternative"), "dcterms:alternative", "title")
    columns.update(titles(*main, *other))
    date = columns.get("date")
    reading.add(Work(id=reading.key, **columns))
    product_identifiers(reading, native.get("productIdentifier"), "productIdentifier", reading.key)
    people.contributors(reading, native.get("creator"), "creator", "author", date)
    people.contributors(reading, native.get("contributor"), "contributor", "contributor", date)
    venue(reading, publication, columns.get("publisher"))
    descriptions(reading, native.get("description"), "description", "abstract")
    keywords(reading, native.get("foaf:topic"), "foaf:topic", "keyword")
    subjects(reading, native)
    for key in NOTES:
        if key in native:
            reading.units(native[key], key, "note")
    _contents(reading, native.get("dcterms:tableOfContents"))
    links(reading, native.get("url"), "url")
    _related(reading, native)


def _columns(reading: Reading, native: Native, publication: Native) -> dict[str, Any]:
    kind = reading.text(native.get("@type"), "@type")
    resource = reading.text(native.get("resourceType"), "resourceType")
    if kind and not resource and bare_type(kind) not in WORK_TYPES:
        reading.skip("@type", "a kind of record that is not known; read as another product", kind)
    columns: dict[str, Any] = {"type": work_type(resource, kind), "source_type": resource or kind}
    for key, column in WORK_COLUMNS.items():
        if key in native:
            columns[column] = reading.text(native[key], key)
    for column, key in JOINED_COLUMNS:
        if key in native and (text := reading.texts(native[key], key)):
            columns[column] = f"{columns[column]} ; {text}" if column in columns else text
    columns["language"] = language(reading, native.get("dc:language"), "dc:language")
    columns["refereed"] = reading.flag(native.get("reviewed"), "reviewed")
    columns["invited"] = reading.flag(native.get("invited"), "invited")
    _access(reading, native.get("dcterms:accessRights"), columns)
    _publication(reading, publication, columns)
    _book_publisher(reading, native.get("dcterms:publisher"), columns)
    _degree(reading, native, columns)
    if "jpcoar:conferenceDate" in native:
        _conference(reading, native["jpcoar:conferenceDate"], columns)
    dated = (
        columns.get("date"),
        reading.date(native.get("dc:date"), "dc:date"),
        columns.pop("imprint", None),
        columns.pop("granted", None),
    )
    columns["date"] = next((d for d in dated if d), None)
    columns["year"] = dates.year(columns["date"])
    return columns


def _access(reading: Reading, value: object, columns: dict[str, Any]) -> None:
    if isinstance(value, bool):
        columns["open_access"] = value
        return
    text = reading.texts(value, "dcterms:accessRights")
    if text is None:
        return
    if OPEN_ACCESS.match(text):
        columns["open_access"] = True
    elif CLOSED_ACCESS.match(text):
        columns["open_access"] = False
    else:
        columns["rights"] = " ; ".join(filter(None, (columns.get("rights"), text)))


def _publication(reading: Reading, publication: Native, columns: dict[str, Any]) -> None:
    if not publication:
        return
    for key, column in PUBLICATION_COLUMNS.items():
        if key in publication:
            columns[column] = reading.text(publication[key], f"publication.{key}")
    columns["date"] = reading.date(publication.get("prism:publicationDate"), "publication.prism:publicationDate")
    columns["publisher"] = reading.first(publication.get("dc:publisher"), "publication.dc:publisher")
    if extent := reading.text(publication.get("jpcoar:numPages"), "publication.jpcoar:numPages"):
        columns["page_count"] = " ; ".join(filter(None, (extent, columns.get("page_count"))))
    page_range(reading, publication.get("prism:pageRange"), "publication.prism:pageRange", columns)
    for key, column in PUBLICATION_FLAGS.items():
        if key in publication:
            columns[column] = reading.flag(publication[key], f"publication.{key}")


def _book_publisher(reading: Reading, value: object, columns: dict[str, Any]) -> None:
    names: list[str] = []
    for here, native in people.elements(value, "dcterms:publisher"):
        if not isinstance(native, dict) or "@value" in native:
            names.extend(p.text.strip() for p in reading.phrases(native, here))
            continue
        if name := reading.first(native.get("dc:publisher"), f"{here}.dc:publisher"):
            names.append(name)
        reading.units(native.get("publicationPlace"), f"{here}.publicationPlace", "note")
        date = reading.date(native.get("prism:publicationDate"), f"{here}.prism:publicationDate")
        columns["imprint"] = columns.get("imprint") or date
    if names:
        columns["publisher"] = columns.get("publisher") or "; ".join(dict.fromkeys(names))


def _degree(reading: Reading, native: Native, columns: dict[str, Any]) -> None:
    columns["granted"] = reading.date(native.get("ndl:dateGranted"), "ndl:dateGranted")
    for here, grantor in reading.members(native.get("degreeAwardInstitution"), "degreeAwardInstitution"):
        names_key = "jpcoar:degreeGrantorName" if "jpcoar:degreeGrantorName" in grantor else "notation"
        _, ja, en = institution(reading, grantor, here, names_key)
        columns["degree_institution"] = columns.get("degree_institution") or ja or en


def _conference(reading: Reading, value: object, columns: dict[str, Any]) -> None:
    if isinstance(value, str):
        columns["event_start"] = reading.date(value, "jpcoar:conferenceDate")
        return
    native = reading.mapping(value, "jpcoar:conferenceDate")
    for column, word in (("event_start", "start"), ("event_end", "end")):
        keys = [f"jpcoar:{word}{unit}" for unit in ("Year", "Month", "Day")]
        parts = [reading.text(native.get(k), f"jpcoar:conferenceDate.{k}") for k in keys]
        if parts[0]:
            known = [p.zfill(2) for p in parts[: parts.index(None) if None in parts else 3] if p]
            columns[column] = reading.date("-".join(known), f"jpcoar:conferenceDate.{keys[0]}")


def venue(reading: Reading, publication: Native, publisher: str | None) -> None:
    """The journal, series or proceedings. Names beyond one a language are kept as titles of the venue."""
    path = "publication"
    names = reading.phrases(publication.get("prism:publicationName"), f"{path}.prism:publicationName")
    codes = publication.get("publicationIdentifier")
    if not names and not codes:
        return
    key = reading.part(path)
    slots: dict[str, str] = {}
    for phrase in names:
        slot = "ja" if language_of(phrase.text, phrase.lang) == "ja" else "en"
        if slot in slots:
            reading.unit(phrase, "title", key, "venue")
        slots.setdefault(slot, tidy(phrase.text))
    reading.add(Venue(id=key, name_ja=slots.get("ja"), name_en=slots.get("en"), publisher=publisher))
    reading.identifiers(codes, f"{path}.publicationIdentifier", VENUE_IDENTIFIERS, key, "venue")
    reading.add(PublishedIn(work=reading.key, venue=key))


def subjects(reading: Reading, native: Native) -> None:
    """Classifications put the work in a field; headings and free words are keywords."""
    for here, subject in people.elements(native.get("dcterms:subject"), "dcterms:subject"):
        if isinstance(subject, dict) and "notation" in subject:
            scheme = reading.text(subject.get("subjectScheme"), f"{here}.subjectScheme") or ""
            for phrase in reading.phrases(subject["notation"], f"{here}.notation"):
                _subject(reading, scheme, phrase)
        else:
            reading.units(subject, here, "keyword")
    for here, subject in people.elements(native.get("dc:subject"), "dc:subject"):
        if isinstance(subject, dict) and "@value" not in subject:
            for scheme, value in subject.items():
                for phrase in reading.phrases(value, f"{here}.{scheme}"):
                    _subject(reading, scheme, phrase)
            continue
        for phrase in reading.phrases(subject, here):
            scheme, _, code = phrase.text.partition(":")
            _subject(reading, scheme, phrase._replace(text=code) if CLASSIFICATIONS.match(scheme) else phrase)


def _subject(reading: Reading, scheme: str, phrase: Phrase) -> None:
    found = CLASSIFICATIONS.match(scheme.strip())
    if not found:
        reading.unit(phrase, "keyword")
        return
    reading.add_once(
        InField(
            subject=reading.key,
            subject_kind=reading.kind,
            scheme=found.group(1).lower(),
            notation=phrase.text.strip(),
            level=scheme.strip() if found.group(2) else None,
            basis="subject_heading",
        )
    )


def _contents(reading: Reading, value: object) -> None:
    path = "dcterms:tableOfContents"
    for here, native in people.elements(value, path):
        if not isinstance(native, dict) or "dcterms:title" not in native:
            reading.units(native, here, "description")
            continue
        lang = reading.text(native.get("language"), f"{here}.language") or ""
        for phrase in reading.phrases(native["dcterms:title"], f"{here}.dcterms:title"):
            reading.unit(phrase._replace(lang=phrase.lang or lang), "description")


def _related(reading: Reading, native: Native) -> None:
    for here, project in reading.members(native.get("project"), "project"):
        reading.add(OutputOf(work=reading.key, project=other_project(reading, project, here)))
    for here, project in reading.members(native.get("relatedProject"), "relatedProject"):
        reading.add(OutputOf(work=reading.key, project=other_project(reading, project, here)))
    for here, work in reading.members(native.get("relatedProduct"), "relatedProduct"):
        other = other_work(reading, work, here, "jpcoar:relatedTitle")
        words = reading.phrases(work.get("relationType"), f"{here}.relationType")
        for kind in dict.fromkeys(RELATIONS.get(w.text.strip().lower(), "related") for w in words) or ("related",):
            reading.add(WorkRelation(work=reading.key, other=other, kind=kind))
