"""What does NRID say of one product of a researcher's projects?

The list is the owner's: each product is a work to which the owner contributed. Who else did stands in one
unparsed string, beside which NII puts *candidates*: KAKEN persons who may be among the authors. A candidate with
one of the owner's numbers shows under which name the owner stands there; the others are an estimate and give
names only, never a person.
"""

from __future__ import annotations

import re
from typing import Any

from kg.records import Authored, Skipped, Work
from kg.text import identifiers as ids
from kg.text import language_of, match_key
from kg.text.dates import partial, year
from loaders.kaken import reading, vocabulary
from loaders.kaken.authors import Known, Written, only_match, split_names
from loaders.kaken.sheet import Sheet, fold
from loaders.native import listed, mapping, mappings, text

_BLANK = frozenset({"", "-", "－", "ー", "―", "‐", "なし"})
_LISTED_IDS = (("id:pmid", "pmid"), ("id:pmcid", "pmcid"), ("id:jglobal", "jglobal"))


def read_work(sheet: Sheet, product: dict[str, Any], path: str, owner: str, numbers: set[str], known: Known) -> None:
    """Writes the rows of one `work:product`."""
    _Product(sheet, product, path).write(owner, numbers, known)


class _Product:
    def __init__(self, sheet: Sheet, product: dict[str, Any], path: str) -> None:
        self.sheet, self.product, self.path = sheet, product, path
        self.skipped: list[Skipped] = sheet.skipped
        self.id = f"{sheet.record}#{path}"

    # --- reading ---

    def texts(self, key: str) -> reading.Texts:
        value = self.product.get(key)
        return reading.texts(value, f"{self.path}.{key}", self.skipped) if value is not None else []

    def one(self, key: str) -> str | None:
        """A scalar that is not a placeholder."""
        value = self.product.get(key)
        if value is None:
            return None
        found = text(value, f"{self.path}.{key}", self.skipped)
        return None if found is None or found in _BLANK else found

    def name(self, key: str) -> str | None:
        return next((fold(words) for _, _, words in self.texts(key)), None)

    def flag(self, key: str) -> bool | None:
        value = self.product.get(key)
        if value is None or isinstance(value, bool):
            return value
        self.sheet.skip(f"{self.path}.{key}", "true or false is expected", value)
        return None

    def values(self, key: str) -> list[str]:
        """Strings of `[{value}]`, of `[…]` or of one value."""
        found = []
        for i, element in enumerate(listed(self.product.get(key))):
            inner = element.get("value") if isinstance(element, dict) else element
            if value := text(inner, f"{self.path}.{key}[{i}]", self.skipped):
                found.append(value)
        return found

    # --- writing ---

    def write(self, owner: str, numbers: set[str], known: Known) -> None:
        source_type = self.one("resourceType")
        kind = vocabulary.work_type(source_type or "") or "misc"
        titles = self.texts("title:main") + self.texts("title:alternative")
        forms: dict[str, str] = {}
        for _, lang, words in titles:
            tag = language_of(words, lang)
            forms.setdefault(tag if tag in ("ja", "en") else "other", fold(words))
        date, start, end = self._dates()
        patent = mapping(self.product.get("id:patentId"), f"{self.path}.id:patentId", self.skipped)
        patent_type = text(patent.get("applicationType"), f"{self.path}.id:patentId.applicationType", self.skipped)
        access = self.one("rights:accessLevel")
        language = self.one("language")
        self.sheet.add(
            Work(
                id=self.id,
                type=kind,
                title_ja=forms.get("ja"),
                title_en=forms.get("en"),
                title_other=forms.get("other"),
                year=year(date),
                date=date,
                language=vocabulary.LANGUAGES.get(language, language) if language else None,
                publisher=self.name("contributor:publisher:unparsed"),
                volume=self.one("source:volume"),
                issue=self.one("source:issue"),
                first_page=self.one("source:firstPage"),
                last_page=self.one("source:lastPage"),
                page_count=self.one("description:totalPages"),
                refereed=self.flag("attribute:reviewed"),
                invited=self.flag("attribute:invited"),
                international=self.flag("attribute:jointInternationalResearch"),
                open_access=access.casefold() == "open access" if access else None,
                source_type=f"{source_type}: {patent_type}" if patent_type else source_type,
                event=self.name("contributor:organizer:unparsed"),
                event_place=self._place(),
                event_start=start,
                event_end=end,
            )
        )
        self._identifiers(kind, patent)
        for here, lang, words in titles:
            self.sheet.text(self.id, "work", here, "title", lang, words)
        for key, role in (
            ("description:description", "description"),
            ("description:plainText", "note"),
            ("description:annotation", "note"),
        ):
            for here, lang, words in self.texts(key):
                self.sheet.text(self.id, "work", here, role, lang, words)
        self._venue()
        self._creators(owner, numbers, known, "inventor" if kind == "patent" else "author")
        self._projects()

    def _place(self) -> str | None:
        key = "description:conferenceLocation"
        found = reading.human(self.product.get(key), f"{self.path}.{key}", self.skipped) if key in self.product else []
        return next((fold(words) for _, _, words in found), None)

    def _dates(self) -> tuple[str | None, str | None, str | None]:
        """Date of the work, first and last day of the event where a period is given."""
        for key in (
            "date:publicationDate", "date:patentPublicationDate", "date:patentIssueDate", "date:patentApplicationDate"
        ):  # fmt: skip
            if key not in self.product:
                continue
            here = f"{self.path}.{key}"
            value = mapping(self.product[key], here, self.skipped)
            period = mapping(value.get("date:period"), f"{here}.date:period", self.skipped)
            start = reading.day(period.get("since"), f"{here}.date:period.since", self.skipped)
            end = reading.day(period.get("until"), f"{here}.date:period.until", self.skipped)
            date = reading.day(value, here, self.skipped) or start
            if date is None:
                words = reading.human(value, here, self.skipped)
                date = next((d for _, _, w in words if (d := partial(w.partition("/")[0]))), None)
            if date:
                return date, start, end
        return None, None, None

    def _identifiers(self, kind: str, patent: dict[str, Any]) -> None:
        sheet = self.sheet
        self._dois()
        self._naids()
        for value in self.values("source:isbn"):
            if number := ids.isbn(value):
                sheet.identifier(self.id, "work", "isbn", number, "self" if kind == "book" else "part_of")
            else:
                sheet.skip(f"{self.path}.source:isbn", "not an ISBN", value)
        for key, scheme in _LISTED_IDS:
            for value in self.values(key):
                sheet.identifier(self.id, "work", scheme, value)
        for key in ("applicationNumber", "publicationNumber"):
            for given in reading.strings(patent.get(key), f"{self.path}.id:patentId.{key}", self.skipped):
                sheet.identifier(self.id, "work", "patent", given)
        for url in self.values("id:uri"):
            self._link(url, f"{self.path}.id:uri")
        self._source_ids()

    def _naids(self) -> None:
        """A NAID that NII only found by an equal title is related: a talk and its paper may share the title."""
        key = "id:naid"
        for i, element in enumerate(listed(self.product.get(key))):
            given, reason = (
                (element.get("value"), element.get("reason")) if isinstance(element, dict) else (element, "")
            )
            value = text(given, f"{self.path}.{key}[{i}]", self.skipped)
            number = ids.naid(value) if value else None
            if number:
                relation = "related" if reason == "title_exact_match" else "self"
                self.sheet.identifier(self.id, "work", "naid", number, relation)
            elif value:
                self.sheet.skip(f"{self.path}.{key}[{i}]", "not a NAID", value)

    def _dois(self) -> None:
        """Writes the DOIs: NII's own, those that exist, and as related those that NII could not confirm."""
        for value in self.values("id:doi"):
            if number := ids.doi(value):
                self.sheet.identifier(self.id, "work", "doi", number)
            else:
                self.sheet.skip(f"{self.path}.id:doi", "not a DOI", value)
        key = "attribute:id:doi:asWritten"
        for here, written in mappings(self.product.get(key), f"{self.path}.{key}", self.skipped):
            for at, found in mappings(written.get("valueExtracted"), f"{here}.valueExtracted", self.skipped):
                extracted = text(found.get("value"), f"{at}.value", self.skipped)
                number = ids.doi(extracted) if extracted else None
                if number and found.get("existenceConfirmed") is True:
                    self.sheet.identifier(self.id, "work", "doi", number)
                elif number:
                    self.sheet.identifier(self.id, "work", "doi", number, "related")
                elif extracted:
                    self.sheet.skip(f"{at}.value", "not a DOI", extracted)

    def _source_ids(self) -> None:
        source = mapping(self.product.get("recordSource"), f"{self.path}.recordSource", self.skipped)
        here = f"{self.path}.recordSource"
        native = reading.strings(source.get("id:product:kakenhi"), f"{here}.id:product:kakenhi", self.skipped)
        for value in [*reading.strings(self.product.get("accn"), f"{self.path}.accn", self.skipped), *native]:
            self.sheet.identifier(self.id, "work", "kaken_product", value.rpartition("**")[2])
        for value in reading.strings(source.get("id:jalc"), f"{here}.id:jalc", self.skipped):
            self.sheet.identifier(self.id, "work", "jalc", value)
        for value in reading.strings(source.get("id:crossref"), f"{here}.id:crossref", self.skipped):
            if number := ids.doi(value):
                self.sheet.identifier(self.id, "work", "doi", number)

    def _link(self, url: str, path: str) -> None:
        if url.startswith(("http://", "https://")):
            self.sheet.link(self.id, "work", url, "see_also")
        else:
            self.sheet.skip(path, "not a web address", url)

    def _venue(self) -> None:
        names = [(fold(w), lang) for _, lang, w in self.texts("source:title") + self.texts("source:alternativeTitle")]
        ncid = next(iter(self.values("source:ncid")), "")
        if names or ncid or "source:issn" in self.product:
            self.sheet.published_in(self.id, f"{self.path}.source:title", names, self.values("source:issn"), ncid)

    def _projects(self) -> None:
        key = "relation:relatedResource"
        for here, resource in mappings(self.product.get(key), f"{self.path}.{key}", self.skipped):
            native = resource.get("id:project:kakenhi")
            for kaken_id in reading.strings(native, f"{here}.id:project:kakenhi", self.skipped):
                self.sheet.output_of(self.id, self.sheet.project_named(kaken_id, f"{here}.id:project:kakenhi"))
            for url in reading.strings(resource.get("uri"), f"{here}.uri", self.skipped):
                self._link(url, f"{here}.uri")

    # --- who ---

    def _creators(self, owner: str, numbers: set[str], known: Known, role: str) -> None:
        written = self.texts("creator:unparsed") + self.texts("contributor:patentInventor:unparsed")
        assignees = self.texts("contributor:patentAssignee:unparsed")
        candidates = self._candidates()
        names: list[str] = []
        at = self.path
        for here, _, words in written:
            if divided := split_names(words):
                names, at = divided, here
                break
        if not names:
            for here, lang, words in written:
                self.sheet.text(self.id, "work", here, "note", lang, words)
        mine = next((c for c in candidates if c.numbers & numbers), None)
        forms = [Written.of(name) for name in names]
        place = only_match(forms, mine.known(known) if mine else known)
        if place is None:
            self._owner(owner, mine)
        twins = self._twins(forms, place, [c for c in candidates if c is not mine], mine)
        self._named(names, at, role, place, owner, twins)
        if not names:
            self._only_candidates([c for c in candidates if c is not mine], mine, role)
        for here, lang, words in assignees:
            if not split_names(words):
                self.sheet.text(self.id, "work", here, "note", lang, words)
            for i, name in enumerate(split_names(words) or [], 1):
                self.sheet.add(
                    Authored(
                        work=self.id,
                        path=f"{here}#{i}",
                        role="contributor",
                        roles="patentAssignee",
                        name_as_written=name,
                    )
                )

    @staticmethod
    def _twins(
        names: list[Written], place: int | None, others: list[_Candidate], mine: _Candidate | None
    ) -> dict[int, _Candidate]:
        """Which candidate stands at which name."""
        twins: dict[int, _Candidate] = {}
        for candidate in others:
            twin = only_match(names, candidate.known())
            if twin is not None and twin != place:
                twins.setdefault(twin, candidate)
        if place is not None and mine:
            twins[place] = mine
        return twins

    def _owner(self, owner: str, mine: _Candidate | None) -> None:
        """The owner where no name of the string is certainly theirs."""
        self.sheet.add(
            Authored(
                work=self.id,
                path=mine.path if mine else self.path,
                person=owner,
                role="owner",
                roles=mine.roles if mine else None,
                name_as_written=mine.name() if mine else None,
                name_en=mine.en if mine else None,
                name_kana=mine.kana if mine else None,
            )
        )

    def _named(
        self,
        names: list[str],
        path: str,
        role: str,
        place: int | None,
        owner: str,
        twins: dict[int, _Candidate],
    ) -> None:
        """One row per name of the string; a candidate of the same name adds its kana and Latin form."""
        for i, name in enumerate(names):
            twin_ = twins.get(i)
            self.sheet.add(
                Authored(
                    work=self.id,
                    path=f"{path}#{i + 1}",
                    person=owner if i == place else None,
                    position=i + 1,
                    role=role,
                    roles=twin_.roles if twin_ else None,
                    name_as_written=name,
                    name_en=twin_.en if twin_ else None,
                    name_kana=twin_.kana if twin_ else None,
                )
            )

    def _only_candidates(self, others: list[_Candidate], mine: _Candidate | None, role: str) -> None:
        """Names of those whom NII believes to be authors, where the string itself cannot be divided."""
        seen = {match_key(n) for n in (mine.ja, mine.en) if n} if mine else set()
        for candidate in others:
            keys = {match_key(n) for n in (candidate.ja, candidate.en) if n}
            if not keys or keys & seen:
                continue
            seen |= keys
            self.sheet.add(
                Authored(
                    work=self.id,
                    path=candidate.path,
                    role=role,
                    roles=candidate.roles,
                    name_as_written=candidate.name(),
                    name_en=candidate.en,
                    name_kana=candidate.kana,
                )
            )

    def _candidates(self) -> list[_Candidate]:
        key = "attribute:creator:candidate"
        found = []
        for here, group in mappings(self.product.get(key), f"{self.path}.{key}", self.skipped):
            estimated = group.get("estimated") is True
            for at, element in mappings(group.get("list"), f"{here}.list", self.skipped):
                names = reading.texts(element.get("person:name"), f"{at}.person:name", self.skipped)
                accn = reading.strings(element.get("accn"), f"{at}.accn", self.skipped)
                found.append(
                    _Candidate(
                        at, *reading.by_language(names, self.skipped), {a.rpartition("**")[2] for a in accn}, estimated
                    )
                )
        return found


class _Candidate:
    """A person whom NII believes to be among the authors."""

    __slots__ = ("en", "ja", "kana", "numbers", "path", "roles")

    def __init__(
        self, path: str, ja: str | None, kana: str | None, en: str | None, numbers: set[str], estimated: bool
    ) -> None:
        self.path, self.ja, self.kana, self.en, self.numbers = path, ja, kana, en, numbers
        self.roles = "estimated" if estimated else None
        """NII's own word where it inferred from the string who the author is."""

    def name(self) -> str | None:
        return self.ja or self.en

    def known(self, more: Known | None = None) -> Known:
        """The candidate's names for comparison, with those of `more`."""
        words = re.findall(r"[^\s,]+", self.en) if self.en else []
        latin = [(words[0], words[1]), (words[1], words[0])] if len(words) == 2 else []
        own = Known.of([self.ja] if self.ja else [], latin)
        return Known(own.ja | more.ja, own.latin + more.latin) if more else own
