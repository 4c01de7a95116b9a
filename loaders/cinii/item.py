"""Items of search answers: works, projects and researchers as one line of a result list shows them.

The answers of CiNii Research (`item`), of RSS and Atom (turned into the same shape by `rss`), of the retired
ci.nii.ac.jp (`old_item`) and that service's single records (`old_record`) are read by the same maps: their keys
differ little, their values only in how deep the text lies. Names are bare here and stay names.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from kg.records import (
    EntityKind,
    Organization,
    Person,
    PersonName,
    Project,
    PublishedIn,
    Record,
    Venue,
    Work,
)
from kg.text import dates, match_key
from kg.text import identifiers as ids
from loaders.cinii import people
from loaders.cinii.parts import PAGE, bilingual, language, page_range, project_award, tidy, titles
from loaders.cinii.project import add_member
from loaders.cinii.reading import Native, Reading
from loaders.cinii.vocabulary import (
    KINDS_BY_CRID,
    PERSON_IDENTIFIERS,
    PERSON_TYPES,
    PROJECT_TYPES,
    VENUE_IDENTIFIERS,
    WORK_IDENTIFIERS,
    WORK_TYPES,
    bare_type,
    ncid,
    work_type,
)

TITLE_KEYS = ("title", "dc:title", "dcterms:alternative")
ABSTRACT_KEYS = ("description", "dc:description")
DATE_KEYS = ("prism:publicationDate", "dc:date", "ndl:dateGranted")
"""In the order in which they are believed."""

WORK_COLUMNS: Mapping[str, str] = {
    "prism:volume": "volume",
    "prism:number": "issue",
    "prism:startingPage": "first_page",
    "prism:endingPage": "last_page",
    "prism:edition": "edition",
    "ndl:degreeName": "degree",
    "dc:rights": "rights",
}
KEY_IDENTIFIERS: Mapping[str, str] = {
    "prism:doi": "DOI",
    "prism:isbn": "ISBN",
    "cinii:naid": "NAID",
    "cinii:ncid": "NCID",
    "dcterms:hasPart": "",
}
"""Keys that hold an identifier of the work; '' where its own form (`urn:isbn:…`) says which."""

VENUE_KEYS: Mapping[str, str] = {"prism:issn": "ISSN", "prism:eIssn": "EISSN"}

LIBRARY = re.compile(r"ci\.nii\.ac\.jp/library/(FA\d+)")
_OLD_NAID = re.compile(r"/naid/(\d+)")
_URN = re.compile(r"^urn:(isbn|issn):(.+)$", re.I)


def item_kind(native: Native) -> EntityKind:
    """What an item is about, by its `dc:type`, else by the first digits of its CRID."""
    link = _address(native)
    if LIBRARY.search(link):
        return "organization"
    word = native.get("dc:type")
    crid = ids.crid(link)
    kind = bare_type(word) if isinstance(word, str) else KINDS_BY_CRID.get(crid[:4] if crid else "", "")
    if kind in PROJECT_TYPES:
        return "project"
    return "person" if kind in PERSON_TYPES else "work"


def _address(native: Native) -> str:
    own = native.get("@id")
    return own if isinstance(own, str) and own else _link(native) or ""


def _link(native: Native) -> str | None:
    """The page of the thing, which is what `link` gives in every kind of answer."""
    link = native.get("link")
    value = link.get("@id") if isinstance(link, dict) else link
    return value if isinstance(value, str) and value.startswith(("https://", "http://")) else None


def read_item(reading: Reading, native: Native) -> None:
    """One item of whatever kind."""
    _record(reading, native)
    {"work": _work, "project": _project, "person": _researcher, "organization": _library}[reading.kind](reading, native)


def _record(reading: Reading, native: Native) -> None:
    address = reading.text(native.get("@id"), "@id") or _address(native)
    if crid := ids.crid(address):
        reading.identify(reading.key, reading.kind, "crid", crid)
    elif found := _OLD_NAID.search(address):
        reading.identify(reading.key, reading.kind, "naid", found.group(1))
    elif "/ncid/" in address and (found_ncid := ncid(address)):
        reading.identify(reading.key, reading.kind, "ncid", found_ncid)
    url = _link(native) or (PAGE + crid if crid else address.partition("#")[0] or None)
    reading.add(Record(id=reading.key, kind=reading.kind, about=reading.key, url=url))


# --- works ---------------------------------------------------------------------------------------------------


def _work(reading: Reading, native: Native) -> None:
    columns = _work_columns(reading, native)
    reading.add(Work(id=reading.key, **columns))
    _creators(reading, native, columns.get("date"))
    _work_identifiers(reading, native)
    _venue(reading, native, columns.get("publisher"))
    _abstracts(reading, native, "abstract")
    _keywords(reading, native)
    reading.units(native.get("ndl:dissertationNumber"), "ndl:dissertationNumber", "note")
    sources(reading, native, "fulltext")


def _work_columns(reading: Reading, native: Native) -> dict[str, Any]:
    word = reading.text(native.get("dc:type"), "dc:type") or _old_type(native)
    columns: dict[str, Any] = {"type": work_type(None, word), "source_type": word}
    if word and bare_type(word) not in WORK_TYPES:
        reading.skip("dc:type", "a type that is not known; read as another product", word)
    for key, column in WORK_COLUMNS.items():
        if key in native:
            columns[column] = reading.text(native[key], key)
    page_range(reading, native.get("prism:pageRange"), "prism:pageRange", columns)
    columns["language"] = language(reading, native.get("dc:language"), "dc:language")
    columns.update(titles(*(p for key in TITLE_KEYS for p in reading.units(native.get(key), key, "title"))))
    publisher = reading.first(native.get("dc:publisher"), "dc:publisher")
    columns["degree_institution" if columns["type"] == "dissertation" else "publisher"] = publisher
    columns["series"] = _series(reading, native)
    found = [reading.date(native.get(key), key) for key in DATE_KEYS if key in native]
    columns["date"] = next((d for d in found if d), None)
    columns["year"] = dates.year(columns["date"])
    return columns


def _old_type(native: Native) -> str | None:
    """The retired service had one address a kind: `/ncid/` for books, degrees on dissertations only."""
    word = native.get("@type")
    if isinstance(word, str) and ":" in word:
        return word
    if "ndl:degreeName" in native or "ndl:dissertationNumber" in native:
        return "Dissertation"
    return "Book" if "/ncid/" in _address(native) else None


def _series(reading: Reading, native: Native) -> str | None:
    """Series or set that a book belongs to; its id stays apart from the book's own."""
    names: list[str] = []
    for here, whole in people.elements(native.get("dcterms:isPartOf"), "dcterms:isPartOf"):
        if not isinstance(whole, dict):
            names += [p.text.strip() for p in reading.phrases(whole, here)]
            continue
        names += [p.text.strip() for p in reading.phrases(whole.get("dc:title"), f"{here}.dc:title")]
        address = reading.text(whole.get("@id"), f"{here}.@id") or ""
        if found := ncid(address):
            reading.identify(reading.key, "work", "ncid", found, "part_of")
        elif address:
            reading.skip(f"{here}.@id", "not a valid ncid", address)
    return "; ".join(names) or None


def _creators(reading: Reading, native: Native, observed: str | None) -> None:
    """`foaf:maker` (old single records) names people with ids; `dc:creator` adds those it does not name."""
    position, known = 1, set()
    seen: set[str] = set()
    for here, maker in reading.members(native.get("foaf:maker"), "foaf:maker"):
        own = reading.text(maker.get("@id"), f"{here}.@id")
        names = people.name_forms(reading.phrases(maker.get("foaf:name"), f"{here}.foaf:name"))
        known |= {_name_key(n) for n in (names.written, names.en) if n}
        if own and own in seen:
            continue  # the same maker again, once for each form of the name
        seen |= {own} if own else set()
        person = people.identified(reading, maker, here, names)
        places = [
            reading.phrases(place.get("foaf:name"), f"{path}.foaf:name")
            for path, place in reading.members(maker.get("con:organization"), f"{here}.con:organization")
        ]
        found = people.with_affiliations(reading, names, person, places, observed, "as_author")
        if names.written or person:
            people.authored(reading, found, here, position, "author", None)
            position += 1
    for here, creator in people.elements(native.get("dc:creator"), "dc:creator"):
        named = people.bare(reading, creator, here)
        if named.names.written and _name_key(named.names.written) not in known:
            people.authored(reading, named, here, position, "author", None)
            position += 1


def _name_key(name: str) -> str:
    return match_key(re.sub(r"[,，、]", "", name))


def _work_identifiers(reading: Reading, native: Native) -> None:
    reading.identifiers(native.get("dc:identifier"), "dc:identifier", WORK_IDENTIFIERS, reading.key, "work")
    for key, name in KEY_IDENTIFIERS.items():
        values = [(p, _identifier_text(reading, v, p)) for p, v in people.elements(native.get(key), key)]
        single = len(values) == 1
        for here, text in values:
            urn = _URN.match(text or "")
            kind = urn.group(1).upper() if urn else name
            if text and kind:
                relation = None if single or kind == "DOI" else "related"
                native_form = {"@type": kind, "@value": urn.group(2) if urn else text}
                reading.identifiers(native_form, here, WORK_IDENTIFIERS, reading.key, "work", relation)
            elif text:
                reading.skip(here, "a part without ISBN or ISSN", text)


def _identifier_text(reading: Reading, value: object, path: str) -> str | None:
    if isinstance(value, dict) and "@id" in value:
        return reading.text(value["@id"], f"{path}.@id")
    return reading.text(value, path)


def _venue(reading: Reading, native: Native, publisher: str | None) -> None:
    path = "prism:publicationName"
    ja, en = bilingual(reading, native.get(path), path)
    codes = [(key, VENUE_KEYS[key], native[key]) for key in VENUE_KEYS if native.get(key)]
    if not ja and not en and not codes:
        return
    key = reading.part(path)
    reading.add(Venue(id=key, name_ja=ja and tidy(ja), name_en=en and tidy(en), publisher=publisher))
    for where, name, value in codes:
        for phrase in reading.phrases(value, where):
            native_form = {"@type": name, "@value": phrase.text}
            reading.identifiers(native_form, phrase.path, VENUE_IDENTIFIERS, key, "venue")
    reading.add(PublishedIn(work=reading.key, venue=key))


# --- texts that all kinds have -------------------------------------------------------------------------------


def _abstracts(reading: Reading, native: Native, role: str) -> None:
    flag = reading.text(native.get("abstractLicenseFlag"), "abstractLicenseFlag")
    if flag not in (None, "allow"):
        reading.skip("description", f"the source does not allow reuse of this abstract (abstractLicenseFlag {flag})")
        return
    for key in ABSTRACT_KEYS:
        reading.units(native.get(key), key, role)


def _keywords(reading: Reading, native: Native) -> None:
    reading.units(native.get("dc:subject"), "dc:subject", "keyword")
    for here, topic in people.elements(native.get("foaf:topic"), "foaf:topic"):
        inner = topic.get("dc:title") if isinstance(topic, dict) and "dc:title" in topic else topic
        reading.units(inner, f"{here}.dc:title" if inner is not topic else here, "keyword")


def sources(reading: Reading, native: Native, role: str) -> None:
    """`dc:source`: pages where the thing itself is, each with the name of the service."""
    for here, source in people.elements(native.get("dc:source"), "dc:source"):
        if isinstance(source, dict):
            url = reading.text(source.get("@id"), f"{here}.@id")
            label = reading.first(source.get("dc:title"), f"{here}.dc:title")
        else:
            url, label = reading.text(source, here), None
        reading.link(url, here, role, label)


# --- projects, researchers, libraries ------------------------------------------------------------------------


def _project(reading: Reading, native: Native) -> None:
    award = project_award(reading, native.get("dc:identifier"), "dc:identifier", reading.key)
    slots = titles(*(p for key in TITLE_KEYS for p in reading.units(native.get(key), key, "title")))
    found = [reading.date(native.get(key), key) for key in DATE_KEYS if key in native]
    start = next((d for d in found if d), None)
    reading.add(
        Project(
            id=reading.key,
            award_number=award,
            title_ja=slots.get("title_ja"),
            title_en=slots.get("title_en") or slots.get("title_other"),
            start=start,
            start_fiscal_year=dates.fiscal_year(start),
            institution_ja=reading.first(native.get("dc:publisher"), "dc:publisher"),
            source_type=reading.text(native.get("dc:type"), "dc:type"),
        )
    )
    for position, (here, creator) in enumerate(people.elements(native.get("dc:creator"), "dc:creator"), start=1):
        add_member(reading, people.bare(reading, creator, here), here, position, None)
    _abstracts(reading, native, "summary")
    _keywords(reading, native)
    sources(reading, native, "see_also")


def _researcher(reading: Reading, native: Native) -> None:
    """Title = name, description = where the person is."""
    names = reading.phrases(native.get("title"), "title") or reading.phrases(native.get("dc:creator"), "dc:creator")
    forms = people.name_forms(names)
    reading.add(Person(id=reading.key, name_ja=forms.ja, name_kana=forms.kana, name_en=forms.en, profile=True))
    for phrase in names:
        reading.add_once(PersonName(person=reading.key, name=phrase.text.strip(), lang=phrase.lang))
    reading.identifiers(native.get("dc:identifier"), "dc:identifier", PERSON_IDENTIFIERS, reading.key, "person")
    places = reading.phrases(native.get("description"), "description")
    people.with_affiliations(reading, forms, reading.key, [places], None, "employment")
    sources(reading, native, "profile")


def _library(reading: Reading, native: Native) -> None:
    """A library that holds a book, as the answers of the holdings search list it."""
    ja, en = bilingual(reading, native.get("title"), "title")
    reading.add(Organization(id=reading.key, name_ja=ja, name_en=en, kind="library"))
    if found := LIBRARY.search(_address(native)):
        reading.identify(reading.key, "organization", "nii_library", found.group(1))
