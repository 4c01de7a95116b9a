"""What has been found so far in one KAKEN or NRID record?

A `Sheet` collects rows in the order of the record. Persons and organisations are named many times over in one
record; the sheet writes each once, keyed by where it first stands, and gives every later mention that key.

    >>> sheet = Sheet("kaken:project:KAKENHI-PROJECT-00K00000")
    >>> first = sheet.organization("summary[0]/institution[0]", "例大学", None, {"nii": "0099001"})
    >>> sheet.organization("summary[0]/member[0]/institution", "例大学", None, {}) == first
    True
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, cast

from kg.records import (
    EntityKind,
    Identifier,
    InField,
    Link,
    Organization,
    OutputOf,
    Person,
    PersonName,
    Project,
    ProjectRelation,
    PublishedIn,
    Row,
    Skipped,
    TextUnit,
    Venue,
)
from kg.text import language_of, script, text_hash
from kg.text.identifiers import award_number
from kg.text.identifiers import erad as erad_number
from kg.text.identifiers import issn as issn_number
from loaders.kaken.vocabulary import finer
from loaders.native import skip

_JAPANESE_SCRIPT = re.compile(r"[\u3005\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\uff66-\uff9f]")
_PLACEHOLDER = re.compile(r"0*|9+")
_PROJECT_PREFIX = re.compile(r"^KAKENHI-[A-Z]+-")


def fold(text: str | None) -> str:
    """White space folded to single ASCII spaces, ends trimmed."""
    return " ".join(text.split()) if text else ""


def is_english(text: str, lang: str) -> bool:
    """Whether a text is English: by script first (sources tag English `ja`), then by tag."""
    if not text.isascii() and _JAPANESE_SCRIPT.search(text):
        return False
    return lang == "en" or language_of(text, lang) == "en"


_JAPANESE_TAGS = frozenset({"", "und", "ja", "jp", "jpn", "en", "eng"})


def name_column(text: str, lang: str) -> str:
    """`ja` or `en`: the column where a name belongs; '' where it is in a third language and script.

    Japanese script under the tag `en` is a Japanese name, as KAKEN has where nobody gave an English one.

    >>> name_column("大阪大学", "en"), name_column("Osaka University", "ja"), name_column("北京大学", "zh")
    ('ja', 'en', '')
    """
    if is_english(text, lang):
        return "en"
    if lang.partition("-")[0] in _JAPANESE_TAGS:
        return "ja"
    return "en" if script(text) == "latin" else ""


@dataclass(slots=True)
class _Organization:
    id: str
    name_ja: str | None
    name_en: str | None
    codes: dict[str, str]
    kind: str | None
    country: str | None


@dataclass(slots=True)
class _Person:
    id: str
    profile: bool
    name_ja: str | None = None
    name_kana: str | None = None
    name_en: str | None = None
    variants: dict[tuple[str, str], str | None] = field(default_factory=dict)
    """(name, language) → period, for the names that differ from the three above."""


class Sheet:
    """Rows of one record; `finish` gives them all, organisations and persons last."""

    def __init__(self, record: str) -> None:
        self.record = record
        self.rows: list[Row] = []
        self.skipped: list[Skipped] = []
        self.titles: set[str] = set()
        """Titles of the record's own project that already stand in a text unit."""
        self._organizations: dict[str, list[_Organization]] = {}
        self._persons: dict[str, _Person] = {}
        self._venues: dict[tuple[str | None, str | None, tuple[str, ...]], str] = {}
        self._projects: dict[str, str] = {}
        self._fields: dict[tuple[str, str, str, str], int] = {}
        """Fields already written → where in `rows` they stand."""
        self._seen: set[tuple[str, ...]] = set()

    # --- plain rows ---

    def add(self, row: Row) -> None:
        self.rows.append(row)

    def skip(self, path: str, reason: str, value: Any = "") -> None:
        """Notes a loss: the part at `path` is not in the rows."""
        self.skipped.append(skip(path, reason, value))

    def _first(self, *key: str) -> bool:
        if key in self._seen:
            return False
        self._seen.add(key)
        return True

    def identifier(
        self, subject: str, kind: EntityKind, scheme: str, value: str, relation: str = "self", url: str | None = None
    ) -> None:
        if self._first("identifier", subject, scheme, value, relation):
            self.rows.append(
                Identifier(subject=subject, kind=kind, scheme=scheme, value=value, relation=relation, url=url)
            )

    def link(self, subject: str, kind: EntityKind, url: str, role: str, label: str | None = None) -> None:
        if self._first("link", subject, url, role):
            self.rows.append(Link(subject=subject, kind=kind, url=url, role=role, label=label))

    def text(self, subject: str, kind: EntityKind, path: str, role: str, lang: str, text: str) -> None:
        """The text exactly as the record holds it."""
        self.rows.append(
            TextUnit(
                record=self.record,
                subject=subject,
                subject_kind=kind,
                field=path,
                role=role,
                lang=lang,
                text=text,
                text_hash=text_hash(text),
            )
        )

    def in_field(self, row: InField) -> None:
        """One row for each label: of levels with the same name (分科 and 細目 政治学) the finest is what is meant."""
        key = (row.subject, row.scheme, row.notation, row.label)
        at = self._fields.get(key)
        if at is None:
            self._fields[key] = len(self.rows)
            self.rows.append(row)
        elif finer(row.level, cast(InField, self.rows[at]).level):
            self.rows[at] = row

    def output_of(self, work: str, project: str) -> None:
        if self._first("output_of", work, project):
            self.rows.append(OutputOf(work=work, project=project))

    def project_relation(self, project: str, other: str, kind: str) -> None:
        if project != other and self._first("project_relation", project, other, kind):
            self.rows.append(ProjectRelation(project=project, other=other, kind=kind))

    # --- projects ---

    def project_identifiers(self, subject: str, kaken_id: str | None, numbers: list[str], path: str) -> None:
        """`kaken` and `award` identifiers; a number that cannot be one is noted as lost."""
        if kaken_id:
            self.identifier(subject, "project", "kaken", kaken_id)
            self._projects.setdefault(kaken_id, subject)
            numbers = numbers or [kaken_id]
        for number in numbers:
            award = award_of(number)
            if award:
                self.identifier(subject, "project", "award", award)
            elif number.strip():
                self.skip(path, "not an award number", number)

    def project_named(self, kaken_id: str, path: str) -> str:
        """Local key of the project with this KAKEN id; a bare `Project` where the record says no more of it."""
        known = self._projects.get(kaken_id)
        if known is None:
            known = f"{self.record}#{path}"
            self.rows.append(Project(id=known, award_number=award_of(kaken_id)))
            self.project_identifiers(known, kaken_id, [], path)
        return known

    # --- venues ---

    def published_in(
        self, work: str, path: str, names: list[tuple[str, str]], issns: list[str], ncid: str = ""
    ) -> None:
        """The journal of a work, written once per distinct names and ISSN. `names` are (text, language tag)."""
        ja = en = None
        for name, lang in names:
            column = name_column(name, lang)
            if column == "en":
                en = en or name
            elif column:
                ja = ja or name
            else:
                self.skip(path, f"a name in another language ({lang}) has no column", name)
        found = []
        for value in issns:
            number = issn_number(value)
            if number:
                found.append(number)
            elif value.strip():
                self.skip(path, "not an ISSN", value)
        if not (ja or en or found or ncid):
            return
        key = (ja, en, (*found, ncid))
        venue = self._venues.get(key)
        if venue is None:
            venue = self._venues[key] = f"{self.record}#{path}"
            self.rows.append(Venue(id=venue, name_ja=ja, name_en=en))
            for number in found:
                self.identifier(venue, "venue", "issn", number)
            if ncid:
                self.identifier(venue, "venue", "ncid", ncid)
        self.rows.append(PublishedIn(work=work, venue=venue))

    # --- organisations ---

    def organization(
        self,
        path: str,
        name_ja: str | None,
        name_en: str | None,
        codes: dict[str, str],
        kind: str | None = None,
        country: str | None = None,
    ) -> str | None:
        """Local key of an organisation; the same name with no contradicting code is the same organisation.

        None where the record gives neither name nor code.
        """
        codes = {scheme: code for scheme, code in codes.items() if not _PLACEHOLDER.fullmatch(code)}
        name = name_ja or name_en or ";".join(f"{k}={v}" for k, v in sorted(codes.items()))
        if not name:
            return None
        same_name = self._organizations.setdefault(name, [])
        for known in same_name:
            if all(known.codes.get(scheme, code) == code for scheme, code in codes.items()):
                known.codes.update(codes)
                known.name_en = known.name_en or name_en
                known.kind = known.kind or kind
                return known.id
        new = _Organization(f"{self.record}#{path}", name_ja, name_en, codes, kind, country)
        same_name.append(new)
        return new.id

    # --- persons ---

    def person(
        self,
        erad: str,
        path: str,
        name_ja: str | None = None,
        name_kana: str | None = None,
        name_en: str | None = None,
        *,
        period: str | None = None,
    ) -> str:
        """Local key of the person with this e-Rad number; further names become `variant` names of that person."""
        known = self._persons.get(erad)
        if known is None:
            known = self._persons[erad] = _Person(f"{self.record}#{path}", False, name_ja, name_kana, name_en)
            return known.id
        self._further_name(known, "name_ja", name_ja, "ja", period)
        self._further_name(known, "name_kana", name_kana, "ja-Kana", period)
        self._further_name(known, "name_en", name_en, "en", period)
        return known.id

    def owner(self, erads: list[str], name_ja: str | None, name_kana: str | None, name_en: str | None) -> str:
        """Registers the profile's owner, so that later mentions by any of these numbers mean the owner."""
        owner = _Person(self.record, True, name_ja, name_kana, name_en)
        for number in erads:
            self._persons[number] = owner
        return owner.id

    @staticmethod
    def _further_name(known: _Person, column: str, name: str | None, lang: str, period: str | None) -> None:
        if not name or known.profile:
            return
        first = getattr(known, column)
        if first is None:
            setattr(known, column, name)
        elif first != name:
            known.variants.setdefault((name, lang), period)

    def variant(self, erad: str, name: str, lang: str, period: str | None = None) -> None:
        """A further name of somebody already registered."""
        known = self._persons[erad]
        if name not in (known.name_ja, known.name_kana, known.name_en):
            known.variants.setdefault((name, lang), period)

    # --- the end ---

    def finish(self) -> list[Row | Skipped]:
        """All rows, then what could not be read."""
        for same_name in self._organizations.values():
            for org in same_name:
                self.rows.append(
                    Organization(
                        id=org.id, name_ja=org.name_ja, name_en=org.name_en, kind=org.kind, country=org.country
                    )
                )
                for scheme, code in org.codes.items():
                    self.identifier(org.id, "organization", scheme, code)
        for number, person in self._persons.items():
            if person.profile:
                continue
            self.rows.append(
                Person(id=person.id, name_ja=person.name_ja, name_kana=person.name_kana, name_en=person.name_en)
            )
            self.identifier(person.id, "person", "erad", number)
            for (name, lang), period in person.variants.items():
                self.rows.append(PersonName(person=person.id, name=name, lang=lang, kind="variant", period=period))
        return [*self.rows, *self.skipped]


def award_of(native: str) -> str | None:
    """Award number of a number or of an id with any of KAKEN's prefixes (`KAKENHI-WRAPUP-…`)."""
    return award_number(_PROJECT_PREFIX.sub("", native))


def researcher_number(value: str | None) -> str | None:
    """e-Rad number of a KAKEN attribute, None where it is empty or cannot be one."""
    return erad_number(value) if value else None
