"""What does one KAKEN `grantAward` say?

The Japanese and the English `summary` of an award are one project: their titles, members, sections and
institutions are joined by e-Rad number or `sequence`. What grants, reports and lists per year add (institution
codes, affiliations of each year, costs, keywords, paragraphs) is read where it says something that the summary
does not. Element paths count from 0 among siblings of one name: `summary[0]/member[1]`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from kg.errors import BadRecord
from kg.records import Affiliation, MemberOf, Project, ProjectCost, Record, Row, Skipped, SourceRef
from kg.text import language_of
from kg.text.dates import partial
from kg.text.dates import year as year_of
from kg.text.identifiers import doi as doi_of
from kg.text.identifiers import orcid
from loaders.kaken import vocabulary
from loaders.kaken.product import read_products
from loaders.kaken.sheet import Sheet, award_of, fold, is_english, researcher_number
from loaders.native import parse_xml

LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_PAGE = "https://kaken.nii.ac.jp/grant/"
_CODES = (
    ("niiCode", "nii"), ("institutionCode", "nii"), ("mextCode", "mext"), ("jspsCode", "jsps"),
    ("eradCode", "erad_org"), ("jglobalCode", "jglobal"), ("rmapCode", "rm_institution"),
)  # fmt: skip
"""Attribute of an institution → identifier scheme."""


def project_records(raw: bytes, ref: SourceRef) -> list[Row | Skipped]:
    """Rows of one `grantAward`. Raises `BadRecord` where it is not one."""
    award = parse_xml(raw)
    if _local(award) != "grantAward":
        raise BadRecord("/" + _local(award), "not a grantAward")
    return _Award(award, ref).rows()


def _local(element: Any) -> str:
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def year(text: str | None) -> int | None:
    """A year, mostly written as four digits."""
    return int(text) if text and len(text) == 4 and text.isdecimal() and "1500" <= text < "2100" else year_of(text)


def children(element: Any) -> dict[str, list[Any]]:
    """Child elements by name, in order."""
    found: dict[str, list[Any]] = {}
    for child in element:
        tag = child.tag
        if tag in found:
            found[tag].append(child)
        elif isinstance(tag, str):
            found[tag] = [child]
    return found


def _first_text(elements: list[Any]) -> str:
    for element in elements:
        if text := fold(element.text):
            return text
    return ""


@dataclass(slots=True)
class _Place:
    """Where a member is said to be."""

    path: str
    organization: str | None
    institution: str | None
    department: str | None
    title: str | None
    english: bool


@dataclass(slots=True)
class _Member:
    """One member, joined over languages."""

    path: str
    erad: str | None
    sequence: str | None
    role: str
    name_ja: str | None = None
    name_kana: str | None = None
    name_en: str | None = None
    full: str | None = None
    aliases: list[tuple[str, str]] = field(default_factory=list)
    places: list[_Place] = field(default_factory=list)
    years: str | None = None
    yearly: set[int] = field(default_factory=set)
    start: str | None = None
    end: str | None = None
    summary: int = 0

    def name(self) -> str | None:
        return self.full or self.name_ja or self.name_en


class _Award:
    def __init__(self, award: Any, ref: SourceRef) -> None:
        self.award, self.ref = award, ref
        self.id = ref.record
        self.sheet = Sheet(ref.record)
        self.parts = children(award)
        summaries = self.parts.get("summary", ())
        self.summaries = [(f"summary[{i}]", s.get(LANG) or "", children(s)) for i, s in enumerate(summaries)]
        """Path, language and child elements of each summary."""
        self._found: dict[str, list[tuple[str, Any, str, str]]] = {}
        self.years: dict[str, int] = {}
        """Element id of a grant or report → its fiscal year."""

    def rows(self) -> list[Row | Skipped]:
        if not self.summaries and not (self.award.get("id") or self.award.get("awardNumber")):
            raise BadRecord("/grantAward", "neither a summary nor a project number")
        self._record()
        self._read_years()
        self._project()
        self._institutions()
        self._fields()
        self._members()
        self._costs()
        self._keywords()
        self._paragraphs()
        self._files()
        read_products(self.sheet, self.parts, self.id)
        return self.sheet.finish()

    # --- the project itself ---

    def _record(self) -> None:
        url = next((_first_text(children(u).get("url", [])) for u in self.parts.get("urlList", [])), "")
        native = self.award.get("id") or ""
        self.sheet.add(
            Record(
                id=self.id,
                kind="project",
                about=self.id,
                url=url or (f"{_PAGE}{native}/" if native.startswith("KAKENHI-") else None),
                created=_first_text(self.parts.get("created", [])) or None,
                modified=_first_text(self.parts.get("modified", [])) or None,
            )
        )

    def _read_years(self) -> None:
        for list_name, name in (("grantList", "grant"), ("reportList", "report")):
            for group in self.parts.get(list_name, []):
                for element in group.iterfind(name):
                    fiscal = year(element.get("fiscalYear"))
                    if fiscal and (native := element.get("id")):
                        self.years[native] = fiscal

    def _texts(self, name: str) -> list[tuple[str, Any, str, str]]:
        """Each element of this name in the summaries: path, element, language, folded text."""
        known = self._found.get(name)
        if known is None:
            known = self._found[name] = [
                (f"{base}/{name}[{i}]", element, element.get(LANG) or lang, fold(element.text))
                for base, lang, parts in self.summaries
                for i, element in enumerate(parts.get(name, ()))
            ]
        return known

    def _both(self, name: str) -> tuple[str | None, str | None]:
        """First Japanese and first English text of an element of the summaries."""
        ja = en = None
        for _, _, lang, text in self._texts(name):
            if not text:
                continue
            if is_english(text, lang):
                en = en or text
            else:
                ja = ja or text
        return ja, en

    def _project(self) -> None:
        ja, en = self._both("title")
        category_ja, category_en = self._both("categoryFc" if self._texts("categoryFc") else "category")
        funder_ja, funder_en = self._both("agency")
        section_ja, section_en = self._both("section")
        institution_ja, institution_en = self._both("institution")
        number = self.award.get("awardNumber") or self.award.get("id") or ""
        start, end, start_year, end_year, estimated = self._period()
        direct, indirect, total, currency = self._overall()
        status = next((e.get("statusCode") for _, e, _, _ in self._texts("projectStatus") if e.get("statusCode")), None)
        self.sheet.add(
            Project(
                id=self.id,
                award_number=award_of(number),
                title_ja=ja,
                title_en=en,
                category_ja=category_ja,
                category_en=category_en,
                funder_ja=funder_ja,
                funder_en=funder_en,
                program=section_ja or section_en,
                start=start,
                end=end,
                start_fiscal_year=start_year,
                end_fiscal_year=end_year,
                end_estimated=estimated,
                status=status,
                direct_cost=direct,
                indirect_cost=indirect,
                total_cost=total,
                currency=currency,
                institution_ja=institution_ja,
                institution_en=institution_en,
                source_type=self.award.get("projectType") or None,
            )
        )
        self._identifiers()
        self._titles()
        self._parent()
        for path, element, lang, _ in self._texts("projectStatus"):
            for i, note in enumerate(element.iterfind("note")):
                if note.text and note.text.strip():
                    self.sheet.text(self.id, "project", f"{path}/note[{i}]", "note", lang, note.text)

    def _identifiers(self) -> None:
        sheet = self.sheet
        numbers = [self.award.get("awardNumber") or ""]
        numbers += [e.get("awardNumber") or fold(e.text) for _, e, _, _ in self._texts("awardNumber")]
        for listed in self.parts.get("awardNumberList", []):
            numbers += [fold(e.text) for e in listed.iterfind("awardNumber")]
        distinct = list(dict.fromkeys(n for n in numbers if n))
        sheet.project_identifiers(self.id, self.award.get("id"), distinct, "awardNumber")
        for i, element in enumerate(self.parts.get("identifier", [])):
            value = _first_text(children(element).get("normalizedValue", []))
            if element.get("type") == "doi":
                if found := doi_of(value):
                    sheet.identifier(self.id, "project", "doi", found)
                elif value:
                    sheet.skip(f"identifier[{i}]", "not a DOI", value)
            elif value:
                sheet.identifier(self.id, "project", "jgn", value.upper())

    def _titles(self) -> None:
        """One text unit per distinct title: the summary's, abbreviations, and what grants and reports called it."""
        for name in ("title", "titleAbbreviated"):
            for path, element, lang, _ in self._texts(name):
                self._title(path, element, lang)
        for list_name, item in (("grantList", "grant"), ("reportList", "report")):
            for group in self.parts.get(list_name, []):
                for i, element in enumerate(group.iterfind(item)):
                    parts = children(element)
                    for name in ("title", "titleAlternative", "titleAbbreviated"):
                        for j, title in enumerate(parts.get(name, ())):
                            path = f"{list_name}/{item}[{i}]/{name}[{j}]"
                            self._title(path, title, element.get(LANG) or "")

    def _title(self, path: str, element: Any, lang: str) -> None:
        key = fold(element.text)
        if key and key not in self.sheet.titles:
            self.sheet.titles.add(key)
            self.sheet.text(self.id, "project", path, "title", element.get(LANG) or lang, element.text)

    def _parent(self) -> None:
        for i, parent in enumerate(self.parts.get("parentAward", [])):
            native = parent.get("id")
            other = f"{self.id}#parentAward[{i}]"
            titles = {language_of(fold(t.text), t.get(LANG) or ""): fold(t.text) for t in parent.iterfind("title")}
            self.sheet.add(
                Project(
                    id=other,
                    award_number=award_of(native) if native else None,
                    title_ja=titles.get("ja"),
                    title_en=titles.get("en"),
                )
            )
            self.sheet.project_identifiers(other, native, [], f"parentAward[{i}]/@id")
            self.sheet.project_relation(self.id, other, "part_of")

    def _period(self) -> tuple[str | None, str | None, int | None, int | None, bool | None]:
        for _, period, _, _ in self._texts("periodOfAward"):
            parts = children(period)
            ends = [*parts.get("endDate", []), *parts.get("endFiscalYear", [])]
            public = all(e.get("nondisclosure") in (None, "", "false") for e in ends)
            flags = [e.get("estimated") for e in ends if e.get("estimated")]
            first, last = _first_text(parts.get("startFiscalYear", [])), _first_text(parts.get("endFiscalYear", []))
            start_year = year(first or period.get("searchStartFiscalYear"))
            end_year = year(last or period.get("searchEndFiscalYear"))
            return (
                partial(_first_text(parts.get("startDate", []))),
                partial(_first_text(parts.get("endDate", []))) if public else None,
                start_year,
                end_year if public else None,
                "true" in flags if flags and public else None,
            )
        return None, None, None, None, None

    # --- money ---

    def _amount(self, element: Any, path: str) -> tuple[int | None, int | None, int | None, str]:
        """Direct, indirect and total cost with their currency; the converted total where there is no other."""
        parts = children(element)
        names = ("directCost", "indirectCost", "totalCost")
        costs = [self._yen(parts.get(name, []), f"{path}/{name}") for name in names]
        unit = next((_first_text(children(u).get("normalizedValue", [])) for u in parts.get("unit", [])), "")
        if costs == [None, None, None]:
            return None, None, self._yen(parts.get("convertedJpyTotalCost", []), path), "JPY"
        return costs[0], costs[1], costs[2], unit or "JPY"

    def _yen(self, elements: list[Any], path: str) -> int | None:
        text = _first_text(elements).replace(",", "")
        if not text:
            return None
        if not (text.isascii() and text.isdigit() and len(text) < 16):
            self.sheet.skip(path, "not an amount of money", text)
            return None
        return int(text)

    def _overall(self) -> tuple[int | None, int | None, int | None, str | None]:
        found = [(e.get("planned") == "true", path, e) for path, e, _, _ in self._texts("overallAwardAmount")]
        if not found:
            for group in self.parts.get("grantList", []):
                amounts = group.iterfind("grant/overallAwardAmount")
                found += [(a.get("planned") == "true", "grantList", a) for a in amounts]
        if not found:
            return None, None, None, None
        _, path, element = min(found, key=lambda f: f[0])
        return self._amount(element, path)

    def _costs(self) -> None:
        """What the project was given in each year; what was only planned where nothing was given."""
        years: dict[int, tuple[bool, tuple[int | None, int | None, int | None, str], str]] = {}
        for i, group in enumerate(self.parts.get("awardAmountList", [])):
            for j, element in enumerate(group.iterfind("awardAmount")):
                path = f"awardAmountList[{i}]/awardAmount[{j}]"
                fiscal = year(element.get("fiscalYear"))
                if fiscal is None:
                    self.sheet.skip(path, "an amount without fiscal year", element.get("fiscalYear") or "")
                    continue
                planned = element.get("planned") == "true"
                amount = self._amount(element, path)
                known = years.get(fiscal)
                if known is None or (known[0] and not planned):
                    years[fiscal] = (planned, amount, path)
                elif known[0] == planned and known[1] != amount:
                    self.sheet.skip(path, f"another amount for {fiscal} than in {known[2]}", str(amount[2]))
        for fiscal, (planned, (direct, indirect, total, currency), _) in sorted(years.items()):
            self.sheet.add(
                ProjectCost(
                    project=self.id,
                    fiscal_year=fiscal,
                    direct=direct,
                    indirect=indirect,
                    total=total,
                    currency=currency,
                    planned=planned,
                )
            )

    # --- institutions and fields ---

    def _paired(self, name: str) -> list[tuple[str, Any, str, str]]:
        """Elements of the summaries joined by `sequence`: path and element of the first, Japanese and English text."""
        return _pair(self._texts(name))

    def _institutions(self) -> None:
        for path, element, ja, en in self._paired("institution"):
            self.sheet.organization(path, ja or None, en or None, codes(element), element.get("type"))
        for group in self.parts.get("grantList", []):
            rows = [
                (f"grantList/grant[{i}]/institution[{j}]", inst, grant.get(LANG) or "", fold(inst.text))
                for i, grant in enumerate(group.iterfind("grant"))
                for j, inst in enumerate(grant.iterfind("institution"))
            ]
            for path, element, ja, en in _pair(rows, by=lambda path, e: (_code(e), e.get("sequence") or path)):
                self.sheet.organization(path, ja or None, en or None, codes(element), element.get("type"))

    def _fields(self) -> None:
        for path, element, ja, en in self._paired("review_section"):
            self._review_section(path, element, ja, en)
        for path, element, ja, en in _pair(self._texts("field"), by=_field_key):
            self._field(path, element, ja, en)
        infos = [("grantAwardInfo", self.parts.get("grantAwardInfo", []))]
        infos += [("grantList/grant", list(g.iterfind("grant"))) for g in self.parts.get("grantList", [])]
        for base, elements in infos:
            for name, emit in (("review_section", self._review_section), ("field", self._field)):
                rows = [
                    (f"{base}[{i}]/{name}[{j}]", f, e.get(LANG) or "", fold(f.text))
                    for i, e in enumerate(elements)
                    for j, f in enumerate(e.iterfind(name))
                ]
                for path, element, ja, en in _pair(rows, by=_field_key):
                    emit(path, element, ja, en)

    def _review_section(self, path: str, element: Any, ja: str, en: str) -> None:
        row = vocabulary.review_section(self.id, element.get("tableType") or "", ja, en, element.get("niiCode") or "")
        if row is None:
            self.sheet.skip(path, "a review section without text", element.get("niiCode") or "")
        else:
            self.sheet.in_field(row)

    def _field(self, path: str, element: Any, ja: str, en: str) -> None:
        row = vocabulary.old_field(
            self.id,
            element.get("fieldTable") or "",
            element.get("path") or "",
            ja,
            en,
            element.get("niiCode") or "",
        )
        if row is None:
            self.sheet.skip(path, "a field without text", element.get("niiCode") or "")
        else:
            self.sheet.in_field(row)

    # --- members ---

    def _members(self) -> None:
        members: list[_Member] = []
        for index, (base, lang, parts) in enumerate(self.summaries):
            for i, element in enumerate(parts.get("member", ())):
                member = self._member(element, f"{base}/member[{i}]", lang)
                member.summary = index
                _join(members, member)
        self._yearly(members)
        status_year = next((y for _, e, _, _ in self._texts("projectStatus") if (y := year(e.get("fiscalYear")))), None)
        for place, member in enumerate(members, 1):
            listed = not member.path.startswith("memberList") and (member.sequence or "").isdecimal()
            position = int((member.sequence or "")[:6]) if listed else place
            self._write_member(member, position, status_year)

    def _member(self, element: Any, path: str, lang: str) -> _Member:
        parts = children(element)
        member = _Member(
            path=path,
            erad=self._erad(element, parts, path),
            sequence=element.get("sequence"),
            role=element.get("role") or "",
            years=vocabulary.fiscal_years(element.get("participate")),
        )
        self._names(member, parts.get("personalName", []), lang)
        places = parts.get("affiliation") or [a for x in parts.get("attribute", []) for a in x.iterfind("affiliation")]
        if places:
            for i, place in enumerate(places):
                self._place(member, children(place), f"{path}/affiliation[{i}]", lang)
        elif "institution" in parts or "department" in parts or "jobTitle" in parts:
            self._place(member, parts, path, lang)
        for status in parts.get("memberStatus", []):
            member.start = partial(status.get("from"))
            member.end = partial(status.get("to")) or partial(status.get("date"))
            for i, note in enumerate(status.iterfind("note")):
                if note.text and note.text.strip():
                    self.sheet.text(self.id, "project", f"{path}/memberStatus/note[{i}]", "note", lang, note.text)
        return member

    def _erad(self, element: Any, parts: dict[str, list[Any]], path: str) -> str | None:
        given = element.get("eradCode")
        number = researcher_number(given)
        if number is None and given and given.strip():
            self.sheet.skip(f"{path}/@eradCode", "not an e-Rad number", given)
        if number is None:
            number = researcher_number(element.get("researcherNumber"))
        for enriched in parts.get("enriched", []) if number is None else ():
            for found in enriched.iterfind("researcherNumber"):
                if found.get("type") in (None, "erad"):
                    number = number or researcher_number(fold(found.text))
        return number

    @staticmethod
    def _names(member: _Member, names: list[Any], lang: str) -> None:
        for n, name in enumerate(names):
            found: dict[str, Any] = {}
            for child in name:
                found.setdefault(child.tag, child)
            family, given, whole = found.get("familyName"), found.get("givenName"), found.get("fullName")
            full = fold(whole.text) if whole is not None else ""
            divided = kana = ""
            if family is not None and given is not None:
                divided = fold(f"{family.text or ''} {given.text or ''}")
                kana = fold(f"{family.get('yomi') or ''} {given.get('yomi') or ''}")
            elif (either := family if family is not None else given) is not None:
                kana = fold(either.get("yomi"))
            form = divided or full
            if not form:
                continue
            english = is_english(form, lang)
            if n:
                member.aliases.append((form, "en" if english else "ja"))
                continue
            member.full = member.full or full or form
            if english:
                member.name_en = member.name_en or full or form
            else:
                member.name_ja = member.name_ja or form
            member.name_kana = member.name_kana or kana or None

    def _place(self, member: _Member, parts: dict[str, list[Any]], path: str, lang: str) -> None:
        element = next(iter(parts.get("institution", [])), None)
        institution = _first_text(parts.get("institution", []))
        department, title = _first_text(parts.get("department", [])), _first_text(parts.get("jobTitle", []))
        organization = None
        english = is_english(institution, lang)
        if element is not None and (institution or codes(element)):
            organization = self.sheet.organization(
                f"{path}/institution",
                None if english else institution or None,
                institution or None if english else None,
                codes(element),
                element.get("institutionType"),
            )
        if institution or department or title:
            member.places.append(
                _Place(path, organization, institution or None, department or None, title or None, english)
            )

    def _yearly(self, members: list[_Member]) -> None:
        """Adds what `memberList` says of each year: affiliations, years of membership, roles held for a time."""
        by_erad: dict[tuple[str | None, str], _Member] = {}
        by_name: dict[tuple[str | None, str], _Member] = {}
        for member in members:
            if member.erad:
                by_erad.setdefault((member.erad, member.role), member)
                self.sheet.person(member.erad, member.path, member.name_ja, member.name_kana, member.name_en)
            if member.name_ja:
                by_name.setdefault((member.name_ja, member.role), member)
        for group in self.parts.get("memberList", []):
            for i, element in enumerate(group.iterfind("member")):
                path = f"memberList/member[{i}]"
                seen = self._member(element, path, element.get(LANG) or "")
                fiscal = self._year_of(element)
                known = by_erad.get((seen.erad, seen.role)) if seen.erad else by_name.get((seen.name_ja, seen.role))
                if known is None and seen.erad is None and seen.name_ja is None:
                    continue  # the empty English twin of a member
                if known is None:
                    known = seen
                    members.append(seen)
                    by_erad[seen.erad, seen.role] = by_name[seen.name_ja, seen.role] = seen
                if fiscal:
                    known.yearly.add(fiscal)
                known.start, known.end = known.start or seen.start, known.end or seen.end
                if seen.erad:
                    self._observe(seen, element, path, fiscal)

    def _year_of(self, element: Any) -> int | None:
        own = year(element.get("fiscalYear"))
        if own:
            return own
        return next((self.years[p.get("id")] for p in element.iterfind("parent") if p.get("id") in self.years), None)

    def _observe(self, seen: _Member, element: Any, path: str, fiscal: int | None) -> None:
        """A researcher's names, identifiers and affiliations of one year."""
        sheet = self.sheet
        person = sheet.person(
            seen.erad or "", path, seen.name_ja, seen.name_kana, seen.name_en, period=str(fiscal) if fiscal else None
        )
        if number := orcid(element.get("orcid") or ""):
            sheet.identifier(person, "person", "orcid", number)
        elif element.get("orcid"):
            sheet.skip(f"{path}/@orcid", "not an ORCID", element.get("orcid"))
        for attribute, scheme in (("rmapCode", "researchmap"), ("jglobalCode", "jglobal")):
            if value := fold(element.get(attribute)):
                sheet.identifier(person, "person", scheme, value)
        for place in seen.places:
            self._affiliation(person, place, str(fiscal) if fiscal else None)

    def _affiliation(self, person: str, place: _Place, observed: str | None) -> None:
        self.sheet.add(
            Affiliation(
                person=person,
                path=place.path,
                kind="as_member",
                organization=place.organization,
                organization_ja=None if place.english else place.institution,
                organization_en=place.institution if place.english else None,
                department=place.department,
                title=place.title,
                observed=observed,
            )
        )

    def _write_member(self, member: _Member, position: int, status_year: int | None) -> None:
        person = None
        years = member.years or vocabulary.year_ranges(member.yearly)
        if member.erad:
            person = self.sheet.person(member.erad, member.path, member.name_ja, member.name_kana, member.name_en)
            for name, lang in member.aliases:
                self.sheet.variant(member.erad, name, lang)
            if not member.path.startswith("memberList"):
                observed = vocabulary.last_year(member.years) or (str(status_year) if status_year else None)
                for place in member.places:
                    self._affiliation(person, place, observed)
        first = member.places[0] if member.places else None
        self.sheet.add(
            MemberOf(
                project=self.id,
                path=member.path,
                person=person,
                role=vocabulary.role(member.role),
                role_as_written=member.role or None,
                position=position,
                start=member.start,
                end=member.end,
                fiscal_years=years,
                name_as_written=member.name(),
                name_en=member.name_en,
                name_kana=member.name_kana,
                affiliation_as_written=first.institution if first else None,
                department_as_written=first.department if first else None,
                title_as_written=first.title if first else None,
                organization=first.organization if first else None,
            )
        )

    # --- texts and files ---

    def _keywords(self) -> None:
        known: set[str] = set()
        lists = [
            (f"{base}/keywordList[{i}]", element, lang)
            for base, lang, parts in self.summaries
            for i, element in enumerate(parts.get("keywordList", ()))
        ]
        lists += [(f"keywordList[{i}]", e, e.get(LANG) or "") for i, e in enumerate(self.parts.get("keywordList", []))]
        for path, element, lang in lists:
            for j, keyword in enumerate(element.iterfind("keyword")):
                text = keyword.text or ""
                if (folded := fold(text)) and folded not in known:
                    known.add(folded)
                    self.sheet.text(self.id, "project", f"{path}/keyword[{j}]", "keyword", lang, text)

    def _paragraphs(self) -> None:
        known: set[str] = set()
        lists = [
            (f"{base}/paragraphList[{i}]", element, lang)
            for base, lang, parts in self.summaries
            for i, element in enumerate(parts.get("paragraphList", ()))
        ]
        yearly = self.parts.get("paragraphList", [])
        lists += [(f"paragraphList[{i}]", e, e.get(LANG) or "") for i, e in enumerate(yearly)]
        for path, element, lang in lists:
            role = vocabulary.PARAGRAPH_ROLES.get(element.get("type") or "abstract", "note")
            for name in ("caption", "paragraph"):
                for j, paragraph in enumerate(element.iterfind(name)):
                    text = paragraph.text or ""
                    if (folded := fold(text)) and folded not in known:
                        known.add(folded)
                        here = role if name == "paragraph" else "note"
                        tag = paragraph.get(LANG) or lang
                        self.sheet.text(self.id, "project", f"{path}/{name}[{j}]", here, tag, text)

    def _files(self) -> None:
        for i, group in enumerate(self.parts.get("fileList", [])):
            for j, element in enumerate(group.iterfind("file")):
                parts = children(element)
                url = _first_text(parts.get("path", []))
                if url.startswith(("http://", "https://")):
                    label = _first_text(parts.get("name", [])) or None
                    self.sheet.link(self.id, "project", url, "fulltext", label)
                elif url:
                    self.sheet.skip(f"fileList[{i}]/file[{j}]/path", "not a web address", url)
        for group in self.parts.get("reportList", []):
            for element in group.iterfind("report/doi"):
                if found := doi_of(fold(element.text)):
                    self.sheet.link(self.id, "project", f"https://doi.org/{found}", "fulltext")


# --- joining -------------------------------------------------------------------------------------------------


def codes(element: Any) -> dict[str, str]:
    """Identifier scheme → code of an institution element."""
    return {scheme: v for name, scheme in _CODES if (v := (element.get(name) or "").strip())}


def _code(element: Any) -> str:
    return ";".join(f"{k}={v}" for k, v in codes(element).items())


def _field_key(path: str, element: Any) -> tuple[str, str]:
    code = element.get("path") or element.get("niiCode")
    return (code or "", "" if code else element.get("sequence") or path)


def _pair(rows: list[tuple[str, Any, str, str]], by: Any = None) -> list[tuple[str, Any, str, str]]:
    """Joins the language twins among (path, element, language, text) rows: same `sequence`, or same key `by`."""
    joined: dict[Any, list[Any]] = {}
    for path, element, lang, text in rows:
        key = by(path, element) if by else element.get("sequence") or path
        here = joined.get(key)
        if here is None:
            here = joined[key] = [path, element, "", ""]
        column = 3 if is_english(text, lang) else 2
        here[column] = here[column] or text
    return [(path, element, ja, en) for path, element, ja, en in joined.values()]


def _join(members: list[_Member], new: _Member) -> None:
    """Puts a member beside its twin of another language: same e-Rad number, else same `sequence`."""
    for known in members:
        if known.summary == new.summary:
            continue
        same_number = known.erad is not None and known.erad == new.erad
        same_place = new.sequence is not None and known.sequence == new.sequence and None in (known.erad, new.erad)
        if (same_number and known.role == new.role) or (same_place and not same_number):
            known.erad = known.erad or new.erad
            known.name_ja = known.name_ja or new.name_ja
            known.name_kana = known.name_kana or new.name_kana
            known.name_en = known.name_en or new.name_en
            known.full = known.full or new.full
            known.years = known.years or new.years
            known.aliases += new.aliases
            known.places = known.places or new.places
            return
    members.append(new)
