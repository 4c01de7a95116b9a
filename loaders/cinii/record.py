"""Single records (`/crid/NNN.json`, JSON-LD): works, projects and researchers by NII's field table.

The table is one for all kinds; which of its fields occur depends on `@type`. Texts and codes that a work carries
in one field each are read by the maps at the top; what has structure has a function of its own.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from kg.records import (
    EntityKind,
    InField,
    OutputOf,
    Project,
    PublishedIn,
    Record,
    Venue,
    Work,
    WorkRelation,
)
from kg.text import dates, language_of
from kg.text import identifiers as ids
from loaders.cinii import people
from loaders.cinii.reading import Native, Phrase, Reading
from loaders.cinii.vocabulary import (
    CLASSIFICATIONS,
    DATA_SOURCES,
    LANGUAGES,
    ORGANIZATION_IDENTIFIERS,
    PERSON_TYPES,
    PROJECT_IDENTIFIERS,
    PROJECT_TYPES,
    RELATIONS,
    VENUE_IDENTIFIERS,
    WORK_IDENTIFIERS,
    WORK_TYPES,
    bare_type,
    type_key,
    work_type,
)

PAGE = "https://cir.nii.ac.jp/crid/"
OPEN_ACCESS = re.compile(r"^(open access|オープンアクセス|true|1)$", re.I)
CLOSED_ACCESS = re.compile(r"^(closed access|metadata only access|restricted access|embargoed access|false|0)$", re.I)

WORK_COLUMNS: Mapping[str, str] = {
    "ndl:degreeName": "degree",
    "jpcoar:conferenceName": "event",
    "jpcoar:conferencePlace": "event_place",
    "publicationCountryCode": "country",
}
"""One field, one column."""

JOINED_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "edition": ("prism:edition", "datacite:version"),
    "page_count": ("dcterms:extent", "cinii:size", "jpcoar:extent"),
    "rights": ("dc:rights",),
}
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


PROJECT_KEYS = frozenset({"jpcoar:awardTitle", "researcher", "allocationAmount"})
PERSON_KEYS = frozenset({"foaf:Person", "career"})


# --- parts that all kinds share ------------------------------------------------------------------------------


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
        else:
            scheme = "oai" if text.startswith("oai:") else f"source:{(name or 'unknown').lower()}"
            reading.identify(reading.key, reading.kind, scheme, text)
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
        columns.setdefault(column, tidy(phrase.text))
    return columns


def tidy(text: str) -> str:
    """Text for a column: white space folded, the three entities that the source leaves in resolved."""
    if "&" in text:
        text = text.replace("&quot;", '"').replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    return " ".join(text.split())


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
            label = reading.first(native.get("notation"), f"{here}.notation")
        else:
            url, label = reading.text(native, here), None
        reading.link(url, here, "see_also", label)


def keywords(reading: Reading, value: object, path: str, role: str) -> None:
    """`foaf:topic`: one text a keyword; the `@id` beside it is only a search for the same word."""
    for here, native in people.elements(value, path):
        if isinstance(native, dict) and "dc:title" in native:
            reading.units(native["dc:title"], f"{here}.dc:title", role)
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


def bilingual(reading: Reading, value: object, path: str) -> tuple[str | None, str | None]:
    """A name in Japanese and in another language; several of one language joined by `; `."""
    ja: dict[str, None] = {}
    en: dict[str, None] = {}
    for phrase in reading.phrases(value, path):
        (ja if language_of(phrase.text, phrase.lang) == "ja" else en)[phrase.text.strip()] = None
    return "; ".join(ja) or None, "; ".join(en) or None


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
        volumes = [v for p, v in reading.members(native.get("extra"), f"{here}.extra")]
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


# --- works ---------------------------------------------------------------------------------------------------


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
        reading.units(native.get(key), key, "note")
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
    for column, keys in JOINED_COLUMNS.items():
        found = [text for key in keys if key in native and (text := reading.texts(native[key], key))]
        if found:
            columns[column] = " ; ".join(found)
    columns["language"] = language(reading, native.get("dc:language"), "dc:language")
    columns["refereed"] = reading.flag(native.get("reviewed"), "reviewed")
    columns["invited"] = reading.flag(native.get("invited"), "invited")
    _access(reading, native.get("dcterms:accessRights"), columns)
    _publication(reading, publication, columns)
    _book_publisher(reading, native.get("dcterms:publisher"), columns)
    _degree(reading, native, columns)
    _conference(reading, native.get("jpcoar:conferenceDate"), columns)
    dated = (
        columns.get("date"),
        reading.date(native.get("dc:date"), "dc:date"),
        columns.pop("imprint", None),
        columns.pop("granted", None),
    )
    columns["date"] = next((d for d in dated if d), None)
    columns["year"] = dates.year(columns["date"])
    return columns


def language(reading: Reading, value: object, path: str) -> str | None:
    """Language codes, three-letter ones shortened where there is a short one."""
    codes = [p.text.strip() for p in reading.phrases(value, path)]
    return "; ".join(LANGUAGES.get(code.lower(), code) for code in codes) or None


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


def page_range(reading: Reading, value: object, path: str, columns: dict[str, Any]) -> None:
    """`69-73` is first and last page unless these are given; anything else is the extent."""
    text = reading.text(value, path)
    if text is None:
        return
    found = re.fullmatch(r"(?:pp?\.\s*)?([^\s-]+)\s*[-–~]\s*([^\s-]+)", text)
    if found and not columns.get("first_page"):
        columns["first_page"], columns["last_page"] = found.groups()
    else:
        columns["page_count"] = " ; ".join(filter(None, (text, columns.get("page_count"))))


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


def record_kind(native: Native) -> EntityKind:
    """What a record is about, by its `@type` or, in cut-down records, by the fields that only one kind has."""
    kind = native.get("@type")
    word = bare_type(kind) if isinstance(kind, str) else ""
    if word in PROJECT_TYPES or (not word and not PROJECT_KEYS.isdisjoint(native)):
        return "project"
    if word in PERSON_TYPES or (not word and not PERSON_KEYS.isdisjoint(native)):
        return "person"
    return "work"
