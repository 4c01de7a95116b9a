"""What came out of a project, according to its KAKEN record?

`productList` holds the products as reported, `productListEnriched` the *same* products with what NII added. Each
comes out once: the wording as reported, the identifiers and the missing numbers from the enriched twin. A twin
that NII made from several reported products is one work. Remarks and partners abroad stand in the same lists;
they become notes, links and members, not works.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, NamedTuple

from kg.records import Authored, MemberOf, Work
from kg.text import identifiers as ids
from kg.text import language_of
from kg.text.dates import partial, year
from loaders.kaken import vocabulary
from loaders.kaken.authors import split_names
from loaders.kaken.sheet import Sheet, fold

LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_BLANK = frozenset({"", "-", "－", "ー", "―", "‐", "なし", "無し"})
_NUMBER = re.compile(r"\d+")

_IDENTIFIERS: tuple[tuple[str, str, Callable[[str], str | None]], ...] = (
    ("doi", "doi", ids.doi),
    ("pmid", "pmid", lambda v: v if v.isdigit() else None),
    ("pmcid", "pmcid", lambda v: v if _NUMBER.search(v) else None),
    ("naid", "naid", ids.naid),
    ("jglobal", "jglobal", lambda v: v),
    ("ut", "wos", lambda v: v),
    ("eid", "scopus", lambda v: v),
    ("patentApplicationNumber", "patent", lambda v: v),
    ("patentPublicationNumber", "patent", lambda v: v),
)
"""Element → scheme and the function that reads its value."""


class _Unit(NamedTuple):
    """One product: the elements as reported (first) and its enriched twin, each with its path."""

    reported: tuple[tuple[str, Any], ...]
    enriched: tuple[tuple[str, Any], ...]

    @property
    def all(self) -> tuple[tuple[str, Any], ...]:
        return self.reported + self.enriched


def read_products(sheet: Sheet, parts: dict[str, list[Any]], project: str) -> None:
    """Writes the works, notes and partners of a `grantAward` whose child elements are `parts`."""
    for unit in _units(parts):
        source_type = next((e.get("type") for _, e in unit.all if e.get("type")), "")
        kind = vocabulary.work_type(source_type)
        product = _Product(sheet, unit, project)
        if kind is not None:
            product.work(kind, source_type)
        elif source_type == "jointInternational":
            product.partner()
        else:
            product.note(project)


def _units(parts: dict[str, list[Any]]) -> list[_Unit]:
    reported = _listed(parts, "productList")
    enriched = _listed(parts, "productListEnriched")
    index = {e.get("id"): i for i, (_, e) in enumerate(reported) if e.get("id")}
    twin: dict[int, int] = {}
    members: list[list[int]] = []
    for n, (_, element) in enumerate(enriched):
        refs = [index[r.get("id")] for r in element.iterfind("ref") if r.get("id") in index]
        members.append([i for i in refs if i not in twin])
        for i in refs:
            twin.setdefault(i, n)
    units: list[_Unit] = []
    for i, found in enumerate(reported):
        n = twin.get(i, -1)
        if n < 0:
            units.append(_Unit((found,), ()))
        elif members[n][:1] == [i]:
            units.append(_Unit(tuple(reported[j] for j in members[n]), (enriched[n],)))
    units += [_Unit((), (enriched[n],)) for n, refs in enumerate(members) if not refs and n not in twin.values()]
    return units


def _listed(parts: dict[str, list[Any]], name: str) -> list[tuple[str, Any]]:
    return [
        (f"{name}/product[{i}]", e) for group in parts.get(name, []) for i, e in enumerate(group.iterfind("product"))
    ]


def _titles(texts: list[tuple[str, str, str]]) -> tuple[str | None, str | None, str | None]:
    """Japanese, English and other form of (path, language, text)."""
    found: dict[str, str] = {}
    for _, lang, text in texts:
        tag = language_of(text, lang)
        found.setdefault(tag if tag in ("ja", "en") else "other", fold(text))
    return found.get("ja"), found.get("en"), found.get("other")


class _Product:
    def __init__(self, sheet: Sheet, unit: _Unit, project: str) -> None:
        self.sheet, self.unit, self.project = sheet, unit, project
        self.path = unit.all[0][0]
        self.id = f"{sheet.record}#{self.path}"
        self.parts: dict[str, list[tuple[str, Any]]] = {}
        parts = self.parts
        for base, product in unit.all:
            counts: dict[str, int] = {}
            for child in product:
                name = child.tag
                if isinstance(name, str):
                    n = counts[name] = counts.get(name, -1) + 1
                    found = (f"{base}/{name}[{n}]", child)
                    if name in parts:
                        parts[name].append(found)
                    else:
                        parts[name] = [found]

    # --- reading ---

    def texts(self, name: str) -> list[tuple[str, str, str]]:
        """(path, language, exact text) of each distinct wording, as reported first."""
        elements = self.parts.get(name)
        if elements is None:
            return []
        found: dict[str, tuple[str, str, str]] = {}
        for path, element in elements:
            text = element.text or ""
            key = fold(text)
            if key not in _BLANK:
                found.setdefault(key, (path, element.get(LANG) or "", text))
        return list(found.values())

    def one(self, name: str) -> str | None:
        """First value that is not a placeholder; the wording before normalisation where nothing else is given."""
        elements = self.parts.get(name)
        if elements is None:
            return None
        for _, element in elements:
            if (text := fold(element.text)) not in _BLANK:
                return text
        for _, element in elements:
            if (text := fold(element.get("originalValue"))) not in _BLANK:
                return text
        return None

    def flag(self, name: str) -> bool | None:
        for path, product in self.unit.all:
            if value := product.get(name):
                if value not in ("true", "false"):
                    self.sheet.skip(f"{path}/@{name}", "true or false is expected", value)
                    return None
                return bool(value == "true")
        return None

    # --- writing ---

    def work(self, kind: str, source_type: str) -> None:
        titles = self.texts("title")
        ja, en, other = _titles(titles)
        first, last = _pages(self.one("pages"))
        date, until = self._date()
        patent = self.one("patentApplicationType")
        event = self.one("organizer")
        held = kind == "presentation" or source_type == "symposium"
        self.sheet.add(
            Work(
                id=self.id,
                type=kind,
                title_ja=ja,
                title_en=en,
                title_other=other,
                year=year(self.one("year")) or year(date),
                date=date,
                language=self._language(),
                publisher=self.one("publisher"),
                volume=self.one("volume"),
                issue=self.one("issue"),
                first_page=first,
                last_page=last,
                page_count=self.one("totalPages"),
                refereed=self.flag("reviewed"),
                invited=self.flag("invited"),
                international=self.flag("jointInternational"),
                open_access=self.flag("openAccess"),
                source_type=f"{source_type}: {patent}" if patent else source_type or None,
                event=event,
                event_place=self.one("place"),
                event_start=date if held else None,
                event_end=until if held else None,
                country=self.one("country"),
            )
        )
        self._identifiers(kind)
        for path, lang, text in titles:
            self.sheet.text(self.id, "work", path, "title", lang, text)
        for name, role in (("description", "description"), ("plainText", "note")):
            for path, lang, text in self.texts(name):
                self.sheet.text(self.id, "work", path, role, lang, text)
        journals = [(fold(t), lang) for _, lang, t in self.texts("journalTitle")]
        issns = [v for v in dict.fromkeys(fold(e.text) for _, e in self.parts.get("issn", ())) if v not in _BLANK]
        self.sheet.published_in(self.id, f"{self.path}/journalTitle", journals, issns)
        self._authors("author", "author")
        self._authors("patentInventor", "inventor")
        self._authors("patentAssignee", "contributor")
        self.sheet.output_of(self.id, self.project)

    def _identifiers(self, kind: str) -> None:
        sheet = self.sheet
        for name, scheme, read in _IDENTIFIERS:
            if name not in self.parts:
                continue
            for path, element in reversed(self.parts[name]):
                value = fold(element.text)
                if value in _BLANK:
                    continue
                if found := read(value):
                    sheet.identifier(self.id, "work", scheme, found)
                else:
                    sheet.skip(path, f"not a {scheme}", value)
        for path, element in reversed(self.parts.get("isbn", ())):
            value = fold(element.text)
            if value in _BLANK:
                continue
            if found := ids.isbn(value):
                sheet.identifier(self.id, "work", "isbn", found, "self" if kind == "book" else "part_of")
            else:
                sheet.skip(path, "not an ISBN", value)
        for path, element in self.parts.get("url", ()):
            self._link(self.id, "work", path, element)
        for _, product in self.unit.all:
            for native in [product.get("id"), *(r.get("id") for r in product.iterfind("ref"))]:
                if number := _product_number(native):
                    sheet.identifier(self.id, "work", "kaken_product", number)

    def _link(self, subject: str, kind: Any, path: str, element: Any, label: str | None = None) -> None:
        url = fold(element.text)
        if url.startswith(("http://", "https://")):
            self.sheet.link(subject, kind, url, "see_also", label)
        elif url not in _BLANK:
            self.sheet.skip(path, "not a web address", url)

    def _language(self) -> str | None:
        code = self.one("language")
        return vocabulary.LANGUAGES.get(code, code) if code else None

    def _date(self) -> tuple[str | None, str | None]:
        """Publication or event day, and the last day where a range is given."""
        for name in (
            "date", "patentPublicationDate", "patentIssueDate", "patentApplicationDate",
            "patentPublicationYear", "patentIssueYear", "patentApplicationYear",
        ):  # fmt: skip
            if value := self.one(name):
                originals = (e.get("originalValue") or "" for _, e in self.parts[name])
                original = next((o for o in originals if o), "")
                until = value.partition("/")[2] or original.partition("/")[2]
                return partial(value.partition("/")[0]), partial(until)
        return None, None

    def _authors(self, name: str, role: str) -> None:
        """Rows for names that are certain; else the whole string as a note. The first string that divides wins."""
        texts = self.texts(name)
        if not texts:
            return
        for path, _, text in texts:
            if names := split_names(text):
                for i, written in enumerate(names, 1):
                    self.sheet.add(
                        Authored(
                            work=self.id,
                            path=f"{path}#{i}",
                            position=i if name != "patentAssignee" else None,
                            role=role,
                            roles=name if name == "patentAssignee" else None,
                            name_as_written=written,
                        )
                    )
                return
        for path, lang, text in texts:
            self.sheet.text(self.id, "work", path, "note", lang, text)

    def note(self, project: str) -> None:
        """A remark of the report: its texts as notes of the project, its addresses as links."""
        label = next((fold(t) for _, _, t in self.texts("title")), None)
        for path, element in self.parts.get("url", ()):
            self._link(project, "project", path, element, label)
        for name in ("title", "description", "plainText"):
            for path, lang, text in self.texts(name):
                self.sheet.text(project, "project", path, "note", lang, text)

    def partner(self) -> None:
        """A researcher abroad with whom the project worked, as a collaborator without identifier."""
        start, end = self._date()
        institution = self.one("counterpartInstitution") or next((fold(t) for _, _, t in self.texts("title")), None)
        ja = institution if institution and language_of(institution) == "ja" else None
        countries = [(lang, fold(t)) for _, lang, t in self.texts("country")]
        country = next((c for lang, c in countries if lang != "ja"), countries[0][1] if countries else None)
        organization = self.sheet.organization(
            f"{self.path}/counterpartInstitution",
            ja,
            None if ja else institution,
            {},
            country=country,
        )
        name = self.one("coinvestigatorOverseas")
        self.sheet.add(
            MemberOf(
                project=self.project,
                path=self.path,
                role="collaborator",
                role_as_written="coinvestigatorOverseas",
                start=start or self.one("year"),
                end=end,
                name_as_written=name,
                name_en=name if name and language_of(name) == "en" else None,
                affiliation_as_written=institution,
                department_as_written=self.one("department"),
                title_as_written=self.one("jobTitle"),
                organization=organization,
            )
        )
        for path, lang, text in self.texts("title"):
            self.sheet.text(self.project, "project", path, "note", lang, text)


def _product_number(native: str | None) -> str | None:
    """NII's number of a product: `PRODUCT-25581597` and `PRODUCT-id_product_kakenhi--25581597` are one."""
    if not native:
        return None
    number = native.removeprefix("PRODUCT-").removeprefix("id_product_kakenhi--")
    return number if number.isdigit() else None


def _pages(text: str | None) -> tuple[str | None, str | None]:
    if not text:
        return None, None
    first, dash, last = re.sub(r"\s*[~～〜–—-]+\s*", "-", text).partition("-")
    return first.strip() or None, (last.strip() or None) if dash else None
