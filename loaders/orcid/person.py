"""Who is the owner of an ORCID record?

Names, other names, identifiers in other systems, interests, pages, country. Nothing that is not public; no e-mail
addresses; of the address only the country.
"""

from __future__ import annotations

from kg.records import Person, PersonName
from kg.text import script
from loaders.orcid.codes import person_identifiers
from loaders.orcid.sheet import Sheet, is_japanese
from loaders.orcid.tree import Node, is_public

_DEACTIVATED = frozenset({"given names deactivated", "family name deactivated"})
_UNSPECIFIC = frozenset({"other", "other_id", "my_id_system"})


def read_person(sheet: Sheet, person: Node, key: str, *, profile: bool = True) -> None:
    """Rows of the person `key`; `person` has the members of ORCID's `person` section, any of which may lack."""
    sheet.owner = key
    names = _Names(sheet, key)
    names.read(sheet.child(person, "name", "person"))
    for section in ("other-names", "researcher-urls", "addresses", "keywords", "external-identifiers"):
        if isinstance(node := person.get(section), dict):
            sheet.seen(node, section)
    others = sheet.child(person, "other-names", "person")
    for index, item in enumerate(sheet.items(others, "other-name", "other-names")):
        path = sheet.path(item, "other-names", index)
        if sheet.public(item, path, _inherited(others)):
            names.add(_content(sheet, item, path), "variant")
            _note_source(sheet, item, path)
    sheet.rows.append(
        Person(
            id=key,
            name_ja=names.ja,
            name_kana=names.kana,
            name_en=names.en,
            profile=profile,
            country=_country(sheet, sheet.child(person, "addresses", "person")),
        )
    )
    sheet.rows.extend(names.rows)
    if sheet.orcid:
        sheet.identify(key, "person", "orcid", sheet.orcid)
    _identifiers(sheet, key, sheet.child(person, "external-identifiers", "person"))
    _keywords(sheet, key, sheet.child(person, "keywords", "person"))
    _biography(sheet, key, person)
    _pages(sheet, key, sheet.child(person, "researcher-urls", "person"))


class _Names:
    """The forms of one name, each once, and which of them stand in the Person row."""

    def __init__(self, sheet: Sheet, key: str) -> None:
        self.sheet, self.key = sheet, key
        self.rows: list[PersonName] = []
        self.ja: str | None = None
        self.kana: str | None = None
        self.en: str | None = None
        self._seen: set[tuple[str, str]] = set()

    def read(self, node: Node) -> None:
        """The `name` element: given and family name, and the name to be credited by."""
        if not node or not self.sheet.public(node, "name"):
            return
        given = self._part(node, "given-names")
        family = self._part(node, "family-name")
        if family and given:
            whole = f"{family} {given}" if is_japanese(family) else f"{given} {family}"
            self.add(whole, "preferred", family, given)
        elif family or given:
            self.add(family or given, "preferred", family, given)
        credit = node.get("credit-name")
        if not isinstance(credit, dict) or self.sheet.public(credit, "name/credit-name"):
            self.add(self.sheet.text(node, "credit-name", "name"), "credit")

    def _part(self, node: Node, name: str) -> str | None:
        inner = node.get(name)
        if isinstance(inner, dict) and not self.sheet.public(inner, f"name/{name}"):
            return None
        text = self.sheet.text(node, name, "name")
        if text and text.lower() in _DEACTIVATED:
            self.sheet.skip(f"name/{name}", "the record was deactivated: no name", text)
            return None
        return text

    def add(self, name: str | None, kind: str, family: str | None = None, given: str | None = None) -> None:
        """One form; the first in each script also stands in the Person row."""
        if not name or (name, kind) in self._seen:
            return
        self._seen.add((name, kind))
        self.rows.append(PersonName(person=self.key, name=name, kind=kind, family=family, given=given))
        match script(name):
            case "han" | "mixed":
                self.ja = self.ja or name
            case "kana":
                self.kana = self.kana or name
            case "latin":
                self.en = self.en or name
            case _:
                pass


def _content(sheet: Sheet, item: Node, path: str) -> str | None:
    return sheet.text(item, "content", path) or sheet.text(item, "value", path)


def _inherited(section: Node) -> str | None:
    """Visibility of a whole section, as versions before 2.0 have it."""
    value = section.get("visibility")
    return value if isinstance(value, str) else None


def _note_source(sheet: Sheet, item: Node, path: str) -> None:
    """Keeps the names of those who told ORCID for `Record.data_sources`."""
    source = item.get("source")
    if isinstance(source, dict):
        sheet.teller(source, f"{path}/source")


def _country(sheet: Sheet, section: Node) -> str | None:
    country = None
    for index, item in enumerate(sheet.items(section, "address", "addresses")):
        path = sheet.path(item, "address", index)
        inner = item.get("country")
        if sheet.public(item, path) and (not isinstance(inner, dict) or is_public(inner)):
            country = country or sheet.text(item, "country", path)
            _note_source(sheet, item, path)
    return country


def _identifiers(sheet: Sheet, key: str, section: Node) -> None:
    seen: set[tuple[str, str]] = set()
    for index, item in enumerate(sheet.items(section, "external-identifier", "external-identifiers")):
        path = sheet.path(item, "external-identifiers", index)
        if not sheet.public(item, path, _inherited(section)):
            continue
        _note_source(sheet, item, path)
        kind = sheet.text(item, "external-id-type", path)
        value = sheet.text(item, "external-id-value", path)
        url = sheet.text(item, "external-id-url", path)
        relationship = sheet.text(item, "external-id-relationship", path)
        if not kind or not value:
            sheet.skip(path, "has no type or no value")
            continue
        found = person_identifiers(kind, value, url)
        if not found:
            sheet.skip(f"{path}/external-id-value", f"is no {kind}", value)
        for scheme, code in found:
            if (scheme, code) not in seen:
                seen.add((scheme, code))
                own = relationship is None or relationship.lower() == "self"
                sheet.identify(
                    key, "person", scheme, code, "self" if own and scheme not in _UNSPECIFIC else "related", url
                )


def _keywords(sheet: Sheet, key: str, section: Node) -> None:
    for index, item in enumerate(sheet.items(section, "keyword", "keywords")):
        path = sheet.path(item, "keywords", index)
        if not sheet.public(item, path, _inherited(section)):
            continue
        _note_source(sheet, item, path)
        text = sheet.exact(item, "content", path) or sheet.exact(item, "value", path)
        if text:
            sheet.write(key, "person", f"{path}/content", "interest", text)


def _biography(sheet: Sheet, key: str, person: Node) -> None:
    value = person.get("biography")
    node = {"content": value} if isinstance(value, str) else sheet.child(person, "biography", "person")
    if node and sheet.public(node, "biography"):
        text = sheet.exact(node, "content", "biography") or sheet.exact(node, "value", "biography")
        if text:
            sheet.write(key, "person", "biography/content", "biography", text)


def _pages(sheet: Sheet, key: str, section: Node) -> None:
    for index, item in enumerate(sheet.items(section, "researcher-url", "researcher-urls")):
        path = sheet.path(item, "researcher-urls", index)
        if sheet.public(item, path, _inherited(section)):
            _note_source(sheet, item, path)
            sheet.link(key, "person", sheet.text(item, "url", path), "homepage", sheet.text(item, "url-name", path))
