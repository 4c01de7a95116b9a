"""The vocabulary: every node, edge and claim of the knowledge base, each defined once.

A loader turns one native record into rows of these classes. The lake stores them as they are, one table a
class; a release stores the same classes again after identity has replaced *local keys* by persistent ids.
Parquet columns, DuckDB tables, graph labels, API models and the RDF mapping all follow from the classes here.

    >>> row = Work(id="cinii:item:1390282680241132288", type="article", title_ja="標本管理", year=2004)
    >>> row.table, row.key
    ('work', ('id',))
    >>> [c.name for c in columns(Work)][:3]
    ['id', 'type', 'title_ja']

Local keys
    A record is `SourceRef.record` = ``{source}:{form}:{record_id}``. A thing that a record speaks about has the
    local key ``{record}`` when it is what the record is about, else ``{record}#{path}`` where `path` is where
    it stands in the native record (``creator[2]``). Local keys never meet across records by chance; only
    `Identifier` rows join them.

Provenance
    Loaders do not repeat it: the lake adds `PROVENANCE` to each row from the `SourceRef` it came from.
"""

from __future__ import annotations

import types
import typing
from collections.abc import Iterator
from dataclasses import dataclass, fields
from functools import cache
from typing import Any, ClassVar, Literal, NamedTuple, TypeVar

T = TypeVar("T")

Source = Literal["cinii", "researchmap", "orcid", "kaken"]
SOURCES: tuple[Source, ...] = typing.get_args(Source)

Lang = str
"""BCP 47 tag exactly as the source gave it (`ja`, `en`, `ja-Kana`, `jp`, …); '' where it gave none."""

PartialDate = str
"""ISO 8601 reduced to what is known: `2020`, `2020-04` or `2020-04-01`."""

EntityKind = Literal["person", "organization", "work", "venue", "project", "field", "topic", "method"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceRef:
    """Where rows come from: one native record, as it was on one day."""

    source: Source
    form: str
    """Shape of the native record within its source: `item`, `record`, `project`, `researcher`, …"""
    record_id: str
    """The source's own id for the record, or `sha256-…` of its bytes where it has none."""
    content_hash: str
    """sha256 (hex) of the native bytes."""
    retrieved: str
    """UTC time of the receipt, ISO 8601 with seconds."""

    @property
    def record(self) -> str:
        return f"{self.source}:{self.form}:{self.record_id}"


@typing.dataclass_transform(kw_only_default=True, frozen_default=True)
def record(cls: type[T]) -> type[T]:
    """A frozen, slotted, keyword-only dataclass to every type checker; at run time without the guard of each field.

    Loaders make tens of millions of these: measured on Python 3.11, the guard makes a row 3 to 4 times slower to
    create (8.8 against 2.0 µs for a `Work`). Equal rows are equal and hash alike.
    """
    return dataclass(slots=True, kw_only=True, unsafe_hash=True)(cls)


@record
class Row:
    """Base of every row. `table` and `key` are the contract with storage; fields are the columns, in order."""

    table: ClassVar[str]
    key: ClassVar[tuple[str, ...]]


@record
class Skipped:
    """A part of a native record that could not be read. The rest of the record still loads."""

    path: str
    reason: str
    value: str = ""
    """The offending value, shortened to 200 characters."""


# --- nodes ---------------------------------------------------------------------------------------------------


@record
class Record(Row):
    """One native record: what everything else is proven by."""

    table: ClassVar[str] = "record"
    key: ClassVar[tuple[str, ...]] = ("id",)
    id: str
    """`SourceRef.record`."""
    kind: str
    """What the record is about: `work`, `project`, `person`, `organization`."""
    about: str
    """Local key of what it is about; in a release the persistent id."""
    url: str | None = None
    """The page a person can open at the source."""
    created: str | None = None
    modified: str | None = None
    license: str | None = None
    data_sources: str | None = None
    """Upstream databases that the source itself names, joined by `; `."""


@record
class Person(Row):
    """Somebody a record names *with an identifier*, or whose own profile the record is.

    Bare names never become a Person: they stay `Authored.name_as_written` / `MemberOf.name_as_written`.
    """

    table: ClassVar[str] = "person"
    key: ClassVar[tuple[str, ...]] = ("id",)
    id: str
    name_ja: str | None = None
    """Family name, one space, given name, where the source divides them."""
    name_kana: str | None = None
    name_en: str | None = None
    profile: bool = False
    """True where the record is this person's own profile."""
    country: str | None = None


@record
class PersonName(Row):
    """One form of a person's name."""

    table: ClassVar[str] = "person_name"
    key: ClassVar[tuple[str, ...]] = ("person", "name", "lang", "kind")
    person: str
    name: str
    """The whole form as written."""
    lang: Lang = ""
    kind: str = "preferred"
    """`preferred`, `variant`, `former`, `credit`, `as_written`."""
    family: str | None = None
    given: str | None = None
    middle: str | None = None
    family_kana: str | None = None
    given_kana: str | None = None
    period: str | None = None


@record
class Organization(Row):
    """A university, institute, company, society or funder as one record names it."""

    table: ClassVar[str] = "organization"
    key: ClassVar[tuple[str, ...]] = ("id",)
    id: str
    name_ja: str | None = None
    name_en: str | None = None
    kind: str | None = None
    country: str | None = None
    region: str | None = None
    city: str | None = None


@record
class Work(Row):
    """An article, book, thesis, dataset, presentation, patent or other output."""

    table: ClassVar[str] = "work"
    key: ClassVar[tuple[str, ...]] = ("id",)
    id: str
    type: str
    """`article`, `conference_paper`, `review`, `book`, `book_chapter`, `dissertation`, `dataset`,
    `presentation`, `report`, `patent`, `software`, `misc`, `other`."""
    title_ja: str | None = None
    title_en: str | None = None
    title_other: str | None = None
    """Title in any other language, or one that carries no tag and is neither Japanese nor English by script."""
    title_kana: str | None = None
    year: int | None = None
    date: PartialDate | None = None
    language: str | None = None
    publisher: str | None = None
    volume: str | None = None
    issue: str | None = None
    first_page: str | None = None
    last_page: str | None = None
    page_count: str | None = None
    """Extent as the source writes it (`xii, 320p ; 22cm`)."""
    edition: str | None = None
    series: str | None = None
    refereed: bool | None = None
    invited: bool | None = None
    international: bool | None = None
    open_access: bool | None = None
    rights: str | None = None
    source_type: str | None = None
    """The type in the source's own word."""
    degree: str | None = None
    degree_institution: str | None = None
    event: str | None = None
    """Conference, exhibition or broadcast where it was given."""
    event_place: str | None = None
    event_start: PartialDate | None = None
    event_end: PartialDate | None = None
    country: str | None = None
    major: bool | None = None
    """The author marks it as a main achievement."""
    international_collaboration: bool | None = None
    """The author marks it as made with people abroad; `international` is about journal or conference."""


@record
class Venue(Row):
    """A journal, book series or proceedings."""

    table: ClassVar[str] = "venue"
    key: ClassVar[tuple[str, ...]] = ("id",)
    id: str
    name_ja: str | None = None
    name_en: str | None = None
    publisher: str | None = None


@record
class Project(Row):
    """A funded research project."""

    table: ClassVar[str] = "project"
    key: ClassVar[tuple[str, ...]] = ("id",)
    id: str
    award_number: str | None = None
    title_ja: str | None = None
    title_en: str | None = None
    category_ja: str | None = None
    category_en: str | None = None
    funder_ja: str | None = None
    funder_en: str | None = None
    program: str | None = None
    start: PartialDate | None = None
    end: PartialDate | None = None
    start_fiscal_year: int | None = None
    """年度: April to March, named by its first year."""
    end_fiscal_year: int | None = None
    end_estimated: bool | None = None
    status: str | None = None
    direct_cost: int | None = None
    """Whole project, in `currency`."""
    indirect_cost: int | None = None
    total_cost: int | None = None
    currency: str | None = None
    institution_ja: str | None = None
    institution_en: str | None = None
    source_type: str | None = None
    major: bool | None = None
    international_collaboration: bool | None = None


# --- what is said of nodes -----------------------------------------------------------------------------------


@record
class Identifier(Row):
    """An identifier that a record gives to something. The only thing that joins records.

    Values are normalised by `kg.text.identifiers`: DOI lower case without resolver, ORCID with hyphens and a
    valid check digit, e-Rad 8 digits, ISSN with hyphen, award number without `JP`.
    """

    table: ClassVar[str] = "identifier"
    key: ClassVar[tuple[str, ...]] = ("subject", "scheme", "value", "relation")
    subject: str
    kind: EntityKind
    scheme: str
    """person: `orcid erad nrid researchmap rm_user isni viaf ndl cinii_author crid jglobal scopus researcherid
    kakenhi` · work: `doi naid crid ncid isbn ndl_bib hdl pmid pmcid arxiv wos scopus dblp jglobal orcid_put_cd uri …` ·
    project: `award jgn kaken crid grant` · organization: `ror nii erad_org mext jsps grid isni ringgold fundref` ·
    venue: `issn eissn issn_l ncid isbn`."""
    value: str
    relation: str = "self"
    """`self`, `part_of`, `version_of`, `related`; only `self` joins records."""
    url: str | None = None


@record
class TextUnit(Row):
    """A stretch of source text, exactly as stored, that extraction and spans refer to."""

    table: ClassVar[str] = "text_unit"
    key: ClassVar[tuple[str, ...]] = ("record", "field")
    record: str
    subject: str
    """Local key of what the text is about; in a release its persistent id."""
    subject_kind: EntityKind
    field: str
    """Where it stands in the native record, e.g. `description[0].notation[0]`; unique within the record."""
    role: str
    """`title`, `abstract`, `keyword`, `interest`, `summary`, `achievement`, `biography`, `description`, `note`."""
    lang: Lang
    text: str
    text_hash: str
    """sha256 (hex) of `text` in UTF-8."""


@record
class Assertion(Row):
    """Something read out of text, with the span that proves it."""

    table: ClassVar[str] = "assertion"
    key: ClassVar[tuple[str, ...]] = ("record", "field", "start", "end", "predicate", "object", "producer")
    subject: str
    subject_kind: EntityKind
    predicate: str
    """`has_topic`, `uses_method`, `collaborated_with`."""
    object: str
    """Topic or method key: `topic:` + normalised label; in a release its persistent id."""
    label: str
    """The label as it stands in the text."""
    lang: Lang
    record: str
    field: str
    start: int
    """First character of the span in `TextUnit.text`, counted in Unicode code points."""
    end: int
    text_hash: str
    confidence: float
    status: Literal["proposed", "accepted", "rejected"]
    producer: str
    settings_hash: str


@record
class Link(Row):
    """A web page that a record gives for something."""

    table: ClassVar[str] = "link"
    key: ClassVar[tuple[str, ...]] = ("subject", "url", "role")
    subject: str
    kind: EntityKind
    url: str
    role: str = "see_also"
    """`see_also`, `fulltext`, `homepage`, `profile`, `data`."""
    label: str | None = None


@record
class ProjectCost(Row):
    """What a project was given in one fiscal year."""

    table: ClassVar[str] = "project_cost"
    key: ClassVar[tuple[str, ...]] = ("project", "fiscal_year")
    project: str
    fiscal_year: int
    direct: int | None = None
    indirect: int | None = None
    total: int | None = None
    currency: str = "JPY"
    planned: bool = False


@record
class Activity(Row):
    """Anything else a profile says somebody did: awards, degrees, committees, teaching, outreach, …"""

    table: ClassVar[str] = "activity"
    key: ClassVar[tuple[str, ...]] = ("id",)
    id: str
    person: str
    kind: str
    """`award degree membership committee service peer_review teaching outreach media qualification distinction
    invited_position research_resource academic_contribution other`."""
    title_ja: str | None = None
    title_en: str | None = None
    organization_ja: str | None = None
    organization_en: str | None = None
    organization: str | None = None
    """Local key of an `Organization` row, where the source identifies it."""
    role: str | None = None
    event: str | None = None
    place: str | None = None
    category: str | None = None
    start: PartialDate | None = None
    end: PartialDate | None = None
    description: str | None = None
    url: str | None = None
    major: bool | None = None
    participants: str | None = None
    """Bare names of those who share it (winners of an award), as written, joined by `; `."""
    department: str | None = None
    identifiers: str | None = None
    """The source's identifiers of it, as `type:value` joined by `; `."""
    asserted_by: str | None = None
    """Who told the source so, in its words (`Crossref (0000-0001-9884-1913)`); null where the source itself speaks."""
    asserted: PartialDate | None = None
    """Day on which that was first told."""
    revised: PartialDate | None = None
    """Day on which it was last changed."""


# --- edges ---------------------------------------------------------------------------------------------------


@record
class Authored(Row):
    """Somebody contributed to a work. Rows without `person` are names that nobody is known by."""

    table: ClassVar[str] = "authored"
    key: ClassVar[tuple[str, ...]] = ("work", "path")
    work: str
    path: str
    """Where the contributor stands in the native record (`creator[0]`); unique within the work's record."""
    person: str | None = None
    """Local key of a `Person` row of the same record, where the source identifies the contributor."""
    position: int | None = None
    """From 1 in the order of the source; null where the source does not order (a profile's owner)."""
    role: str = "author"
    """`author`, `editor`, `translator`, `supervisor`, `contributor`, `inventor`, `presenter`, `owner`."""
    roles: str | None = None
    """Further roles in the source's words (`last; corresponding`)."""
    name_as_written: str | None = None
    name_en: str | None = None
    """The same contributor's name in Latin script, where the source pairs the two."""
    name_kana: str | None = None
    affiliation_as_written: str | None = None
    organization: str | None = None
    """Local key of an `Organization` row of the same record."""
    asserted_by: str | None = None
    """Who told the source so, in its words (`Crossref (0000-0001-9884-1913)`); null where the source itself speaks."""
    asserted: PartialDate | None = None
    """Day on which that was first told."""
    revised: PartialDate | None = None
    """Day on which it was last changed."""


@record
class MemberOf(Row):
    """Somebody took part in a project."""

    table: ClassVar[str] = "member_of"
    key: ClassVar[tuple[str, ...]] = ("project", "path")
    project: str
    path: str
    person: str | None = None
    role: str
    """`principal_investigator`, `co_investigator`, `collaborator`, `research_fellow`, `member`, `other`."""
    role_as_written: str | None = None
    position: int | None = None
    start: PartialDate | None = None
    end: PartialDate | None = None
    fiscal_years: str | None = None
    """`2019-2021` or `2019;2021`, where membership is given by year."""
    name_as_written: str | None = None
    name_en: str | None = None
    name_kana: str | None = None
    affiliation_as_written: str | None = None
    department_as_written: str | None = None
    title_as_written: str | None = None
    organization: str | None = None
    asserted_by: str | None = None
    """Who told the source so, in its words (`Crossref (0000-0001-9884-1913)`); null where the source itself speaks."""
    asserted: PartialDate | None = None
    """Day on which that was first told."""
    revised: PartialDate | None = None
    """Day on which it was last changed."""


@record
class Affiliation(Row):
    """One observation that somebody was somewhere. Periods are put together from these, never overwritten."""

    table: ClassVar[str] = "affiliation"
    key: ClassVar[tuple[str, ...]] = ("person", "path")
    person: str
    path: str
    kind: str
    """`employment`, `education`, `as_member` (project), `as_author` (work)."""
    organization: str | None = None
    """Local key of an `Organization` row of the same record."""
    organization_ja: str | None = None
    organization_en: str | None = None
    department: str | None = None
    title: str | None = None
    start: PartialDate | None = None
    end: PartialDate | None = None
    ongoing: bool | None = None
    """True where the source says «to the present»."""
    observed: PartialDate | None = None
    """A day or year at which the source saw the person there."""
    degree: str | None = None
    department_en: str | None = None
    title_en: str | None = None
    asserted_by: str | None = None
    """Who told the source so, in its words (`Crossref (0000-0001-9884-1913)`); null where the source itself speaks."""
    asserted: PartialDate | None = None
    """Day on which that was first told."""
    revised: PartialDate | None = None
    """Day on which it was last changed."""


@record
class OutputOf(Row):
    """A work came out of a project."""

    table: ClassVar[str] = "output_of"
    key: ClassVar[tuple[str, ...]] = ("work", "project")
    work: str
    project: str
    """Local key of a `Project` row; a record that only names an award number makes a bare one."""


@record
class PublishedIn(Row):
    """A work appeared in a venue."""

    table: ClassVar[str] = "published_in"
    key: ClassVar[tuple[str, ...]] = ("work", "venue")
    work: str
    venue: str


@record
class WorkRelation(Row):
    """A work cites, is a version, translation or part of another."""

    table: ClassVar[str] = "work_relation"
    key: ClassVar[tuple[str, ...]] = ("work", "other", "kind")
    work: str
    other: str
    kind: str
    """`cites`, `cited_by`, `version_of`, `translation_of`, `part_of`, `has_part`, `review_of`, `related`."""


@record
class ProjectRelation(Row):
    """A project continues, contains or belongs to another."""

    table: ClassVar[str] = "project_relation"
    key: ClassVar[tuple[str, ...]] = ("project", "other", "kind")
    project: str
    other: str
    kind: str


@record
class InField(Row):
    """A source puts somebody or something in a field of research."""

    table: ClassVar[str] = "in_field"
    key: ClassVar[tuple[str, ...]] = ("subject", "scheme", "notation", "label", "basis")
    subject: str
    subject_kind: EntityKind
    scheme: str
    """`kaken-section` (審査区分, 2018–), `kaken-saimoku` (系・分野・分科・細目, –2017), `kaken-ryoiki` (領域),
    `researchmap-area`, `ndc`, `ndlc`, `jel`, … — the key of a SKOS scheme in `ontology/`."""
    notation: str = ""
    """Code within the scheme, '' where the source gives a label only."""
    label: str = ""
    lang: Lang = ""
    level: str | None = None
    """`大区分`, `中区分`, `小区分`, `分野`, `分科`, `細目`, … where given."""
    basis: str
    """`project_section`, `researchmap_area`, `subject_heading`."""
    label_en: str | None = None
    """The same field in English, where the source pairs the two."""
    source_code: str | None = None
    """The source's own code, or its path from broad to narrow (`000556000557`)."""


@record
class OrganizationPart(Row):
    """An organisation is part of another."""

    table: ClassVar[str] = "organization_part"
    key: ClassVar[tuple[str, ...]] = ("organization", "parent")
    organization: str
    parent: str


# --- what only a release has: identity, vocabularies, derived edges ------------------------------------------


@record
class EntityRecord(Row):
    """FROM_RECORD: this native record speaks of this entity, under this local key."""

    table: ClassVar[str] = "entity_record"
    key: ClassVar[tuple[str, ...]] = ("mention",)
    mention: str
    """Local key in the lake."""
    entity: str
    kind: EntityKind
    record: str
    """`Record.id`."""


@record
class Redirect(Row):
    """An id that was given out before and now means another (or nothing)."""

    table: ClassVar[str] = "redirect"
    key: ClassVar[tuple[str, ...]] = ("old",)
    old: str
    new: str | None
    reason: str


@record
class IdentityConflict(Row):
    """Records that share an identifier but must not be one: kept apart and waiting for a person."""

    table: ClassVar[str] = "identity_conflict"
    key: ClassVar[tuple[str, ...]] = ("mention", "scheme", "value")
    mention: str
    kind: EntityKind
    scheme: str
    value: str
    reason: str
    """`name_contradiction`, `several_values`, `two_identifiers_of_one_scheme`."""
    detail: str | None = None


@record
class Field(Row):
    """A field of research: a concept of one scheme, from `ontology/` or as met in records."""

    table: ClassVar[str] = "field"
    key: ClassVar[tuple[str, ...]] = ("id",)
    id: str
    """`{scheme}:{notation}`, or `{scheme}:={label}` where a source gives a label that no scheme knows."""
    scheme: str
    notation: str
    label_ja: str | None = None
    label_en: str | None = None
    label_en_status: str | None = None
    """`source` or `our_translation`."""
    level: str | None = None


@record
class FieldLabel(Row):
    """A name under which a field is found."""

    table: ClassVar[str] = "field_label"
    key: ClassVar[tuple[str, ...]] = ("field", "lang", "label")
    field: str
    lang: Lang
    label: str
    kind: str
    """`preferred`, `alternative`, `hidden`."""


@record
class Broader(Row):
    """A field lies within another; many-to-many."""

    table: ClassVar[str] = "broader"
    key: ClassVar[tuple[str, ...]] = ("narrower", "broader")
    narrower: str
    broader: str


@record
class FieldMatch(Row):
    """skos:closeMatch between fields of different schemes, as librarians curate it; stored both ways."""

    table: ClassVar[str] = "field_match"
    key: ClassVar[tuple[str, ...]] = ("field", "other")
    field: str
    other: str


@record
class FieldEvidence(Row):
    """One reason why somebody is held to be of a field. `kg.people` counts these; nothing else decides."""

    table: ClassVar[str] = "field_evidence"
    key: ClassVar[tuple[str, ...]] = ("person", "field", "basis", "via")
    person: str
    field: str
    basis: str
    """`researchmap_area` (own profile), `interest` (own keyword that is a label of the field),
    `principal_investigator`, `member` (a role in a project of the field), `work` (a work of the field)."""
    via: str
    """Project or work id; the person's own id for `researchmap_area` and `interest`."""
    via_kind: EntityKind
    year: int | None = None


@record
class Topic(Row):
    """A topic as sources name it. Same normalised label = same topic."""

    table: ClassVar[str] = "topic"
    key: ClassVar[tuple[str, ...]] = ("id",)
    id: str
    label_ja: str | None = None
    label_en: str | None = None


@record
class AffiliatedWith(Row):
    """A period put together from `Affiliation` observations of the same organisation, department and title."""

    table: ClassVar[str] = "affiliated_with"
    key: ClassVar[tuple[str, ...]] = ("person", "organization", "department", "title", "kind")
    person: str
    organization: str
    department: str = ""
    title: str = ""
    kind: str
    first_seen: PartialDate | None = None
    last_seen: PartialDate | None = None
    asserted_end: PartialDate | None = None
    """End that a source states; null where it only stops being seen."""
    ongoing: bool = False
    observations: int
    current: bool = False
    """The person's most recent employment."""


@record
class Collaborated(Row):
    """Two people share works or projects; `a` < `b`. Proofs: `CollaborationProof`."""

    table: ClassVar[str] = "collaborated"
    key: ClassVar[tuple[str, ...]] = ("a", "b")
    a: str
    b: str
    works: int
    projects: int
    first_year: int | None
    last_year: int | None


@record
class CollaborationProof(Row):
    """One work or project that two people share; `a` < `b`."""

    table: ClassVar[str] = "collaboration_proof"
    key: ClassVar[tuple[str, ...]] = ("a", "b", "via")
    a: str
    b: str
    via: str
    via_kind: EntityKind
    year: int | None


@record
class LargeGroup(Row):
    """A work or project of more than 100 people: makes no pairs; clauses over it go through membership."""

    table: ClassVar[str] = "large_group"
    key: ClassVar[tuple[str, ...]] = ("via",)
    via: str
    via_kind: EntityKind
    people: int


@record
class SearchDocument(Row):
    """One thing that can be searched for, its text already cut into tokens."""

    table: ClassVar[str] = "search_document"
    key: ClassVar[tuple[str, ...]] = ("id",)
    id: str
    row: int
    """The first 15 digits of the id as an integer: joins the index and this table; the same in every release."""
    kind: EntityKind
    title: str
    """What a person sees in a list."""
    tokens_ja: str
    tokens_en: str
    names: str
    """Name forms and identifiers as exact, normalised terms."""
    year: int | None = None
    type: str | None = None
    organization: str | None = None
    field: str | None = None
    text_hash: str
    tokenizer: str
    """Tokenizer and dictionary with versions; an index refuses queries cut by another."""


# --- the vocabulary as data ----------------------------------------------------------------------------------

LAKE: tuple[type[Row], ...] = (
    Record, Person, PersonName, Organization, Work, Venue, Project,
    Identifier, TextUnit, Assertion, Link, ProjectCost, Activity,
    Authored, MemberOf, Affiliation, OutputOf, PublishedIn, WorkRelation, ProjectRelation, InField,
    OrganizationPart,
)  # fmt: skip
"""What loaders and extractors may yield, one lake table each."""


RELEASE: tuple[type[Row], ...] = (
    *LAKE,
    EntityRecord, Redirect, IdentityConflict, Field, FieldLabel, Broader, FieldMatch, FieldEvidence, Topic,
    AffiliatedWith, Collaborated, CollaborationProof, LargeGroup, SearchDocument,
)  # fmt: skip
"""Tables of a release: the lake's, with persistent ids in place of local keys, and the derived ones."""


class Column(NamedTuple):
    """One column of a table: scalar Python type and whether it may be null."""

    name: str
    type: type[str] | type[int] | type[float] | type[bool]
    nullable: bool


PROVENANCE: tuple[Column, ...] = (
    Column("source", str, False),
    Column("source_record", str, False),
    Column("content_hash", str, False),
    Column("retrieved", str, False),
)
"""Columns that the lake adds to each row: from where, which record, which bytes, when."""


def columns(row: type[Row]) -> tuple[Column, ...]:
    """Columns of a record class in field order, without provenance."""
    kind: Any = row  # type checkers hold types of slotted dataclasses for unhashable
    return _columns(kind)


@cache
def _columns(row: Any) -> tuple[Column, ...]:
    hints = typing.get_type_hints(row)
    return tuple(Column(f.name, *_scalar(hints[f.name])) for f in fields(row))


def _scalar(hint: Any) -> tuple[Any, bool]:
    if typing.get_origin(hint) in (typing.Union, types.UnionType):
        inner = [a for a in typing.get_args(hint) if a is not type(None)]
        return _scalar(inner[0])[0], True
    if typing.get_origin(hint) is Literal:
        return str, False
    return hint, False


def by_table(name: str, among: tuple[type[Row], ...] = RELEASE) -> type[Row]:
    """The record class of a table. Raises `KeyError` for a table that does not exist."""
    return {r.table: r for r in among}[name]


LoaderOutput = Iterator[Row | Skipped]
