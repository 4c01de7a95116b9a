"""schema.org description that CiNii's pages carry for search engines: one `@graph` node in, a bare work out.

It knows less than the record's own JSON-LD and joins the two by the CRID in `url`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kg.records import PublishedIn, Record, Venue, Work
from kg.text import dates
from kg.text import identifiers as ids
from loaders.cinii import people
from loaders.cinii.parts import PAGE, bilingual, language, titles
from loaders.cinii.reading import Native, Reading
from loaders.cinii.vocabulary import WORK_IDENTIFIERS, bare_type, work_type

COLUMNS: Mapping[str, str] = {
    "pageStart": "first_page",
    "pageEnd": "last_page",
    "volumeNumber": "volume",
    "issueNumber": "issue",
    "bookEdition": "edition",
    "numberOfPages": "page_count",
}
VALUE_KEYS = ("text", "value", "@value")
"""Where a node holds the value of an identifier; CiNii's pages use the first."""

TYPE_KEYS = ("@type", "propertyID", "name")


def read_page(reading: Reading, native: Native) -> None:
    """One node of the page's `@graph`."""
    address = reading.text(native.get("url"), "url") or reading.text(native.get("@id"), "@id") or ""
    if crid := ids.crid(address):
        reading.identify(reading.key, "work", "crid", crid)
    url = PAGE + crid if crid else address or None
    reading.add(Record(id=reading.key, kind="work", about=reading.key, url=url))
    columns = _columns(reading, native)
    reading.add(Work(id=reading.key, **columns))
    for position, (here, author) in enumerate(people.elements(native.get("author"), "author"), start=1):
        people.authored(reading, people.bare(reading, author, here), here, position, "author", None)
    for here, value in people.elements(native.get("identifier"), "identifier"):
        _identifier(reading, value, here)
    _venue(reading, native, columns.get("publisher"))
    reading.units(native.get("description"), "description", "abstract")
    reading.units(native.get("keywords"), "keywords", "keyword")


def _columns(reading: Reading, native: Native) -> dict[str, Any]:
    word = reading.text(native.get("@type"), "@type")
    columns: dict[str, Any] = {"type": work_type(None, word), "source_type": word and bare_type(word)}
    for key, column in COLUMNS.items():
        if key in native:
            columns[column] = reading.text(native[key], key)
    columns.update(titles(*reading.units(native.get("name"), "name", "title")))
    columns["language"] = language(reading, native.get("inLanguage"), "inLanguage")
    columns["publisher"] = _name_of(reading, native.get("publisher"), "publisher")
    columns["date"] = reading.date(native.get("datePublished"), "datePublished")
    columns["year"] = dates.year(columns["date"])
    return columns


def _name_of(reading: Reading, value: object, path: str) -> str | None:
    if isinstance(value, dict) and "name" in value:
        return reading.first(value["name"], f"{path}.name")
    return reading.first(value, path)


def _identifier(reading: Reading, value: object, path: str) -> None:
    if isinstance(value, str):
        value = {"@type": "DOI" if ids.doi(value) else "URI", "text": value}
    native = reading.mapping(value, path)
    names = [native[k] for k in TYPE_KEYS if native.get(k)]
    texts = [native[k] for k in VALUE_KEYS if native.get(k)]
    if names and texts:
        native_form = {"@type": names[0], "@value": texts[0]}
        reading.identifiers(native_form, path, WORK_IDENTIFIERS, reading.key, "work")
    elif native:
        reading.skip(path, "an identifier without type or value", native)


def _venue(reading: Reading, native: Native, publisher: str | None) -> None:
    value = native.get("publication")
    inner, path = (
        (value["name"], "publication.name")
        if isinstance(value, dict) and "name" in value
        else (
            value,
            "publication",
        )
    )
    ja, en = bilingual(reading, inner, path)
    if ja or en:
        key = reading.part("publication")
        reading.add(Venue(id=key, name_ja=ja, name_en=en, publisher=publisher))
        reading.add(PublishedIn(work=reading.key, venue=key))
