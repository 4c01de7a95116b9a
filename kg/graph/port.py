"""What the product asks of a graph, in types: the port that every store implements.

A store answers about one release and never changes it. All lists have a total order, so that paging neither
loses nor repeats; every method says where it cut.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from ontology.fields import FieldTables

YearKind = Literal["calendar", "fiscal"]
Basis = Literal["researchmap_area", "interest", "principal_investigator", "member", "work"]
ALL_BASES: tuple[Basis, ...] = ("researchmap_area", "interest", "principal_investigator", "member", "work")
Sort = Literal["joint", "recent", "name", "id"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Joint:
    """Clause «has worked with»: what the joint items and the partner must be. Ids only, labels are resolved before."""

    fields: tuple[str, ...] | None = None
    """Partner is of one of these fields on own evidence; None = any partner."""
    bases: tuple[Basis, ...] = ALL_BASES
    organizations: tuple[str, ...] | None = None
    people: tuple[str, ...] | None = None
    after: int | None = None
    before: int | None = None
    years: YearKind = "calendar"
    kinds: tuple[str, ...] = ("work", "project")
    min_items: int = 1
    """Joint items (works and projects) with qualifying partners, counted once each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """A `PeopleQuery` after its labels became ids: what a store compiles."""

    fields: tuple[str, ...] | None = None
    bases: tuple[Basis, ...] = ALL_BASES
    topics: tuple[str, ...] | None = None
    joint: Joint | None = None
    organizations: tuple[str, ...] | None = None
    role: str | None = None
    period: tuple[int | None, int | None] | None = None
    years: YearKind = "calendar"
    as_of: str | None = None
    """ISO date: nothing seen later counts."""
    exclude_coauthors_of: tuple[str, ...] = ()
    among: tuple[str, ...] | None = None
    sort: Sort = "joint"
    limit: int | None = 20
    offset: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One person of a selection with the counts that decide, before any text is fetched."""

    person: str
    field_said: int = 0
    field_led: int = 0
    field_shared: int = 0
    partners: int = 0
    joint_works: int = 0
    joint_projects: int = 0
    last_joint: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NearMiss:
    """Somebody who fails exactly one clause, and why."""

    person: str
    clause: str
    reason: str
    """`single_role`, `partner_field_only_joint`, `partner_single_role`, `outside_years`, `too_few_joint`."""
    partner: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class People:
    """Answer to a selection: the page, the whole total, near misses with their totals by reason."""

    total: int
    page: list[Found]
    near_misses: list[NearMiss] = field(default_factory=list)
    near_miss_totals: dict[str, int] = field(default_factory=dict)
    only_large_groups: int = 0
    """People who meet the clause only through works or projects of more than 100 people."""
    dropped_by_basis: dict[str, int] = field(default_factory=dict)
    """Field candidates who drop out because their evidence is too thin, by its basis."""
    same_name: list[list[str]] = field(default_factory=list)
    """Groups of matching people who share a name and an institution, in the order of ids."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JointItem:
    """A joint work or project of a person and one qualifying partner."""

    person: str
    partner: str
    via: str
    via_kind: str
    year: int | None


Row = dict[str, Any]


class GraphStore(Protocol):
    """One release as a graph. Implementations: `kg.graph.embedded`, `kg.graph.neo4j`; tests/contract holds them to the same rows."""

    release: str

    def counts(self) -> dict[str, int]:
        """Rows of each table that the store holds."""
        ...

    def coverage(self) -> Row:
        """What the data behind every answer covers: records by source, years, shares without field or person."""
        ...

    def field_tables(self) -> FieldTables:
        """Fields, their labels, hierarchy and mappings, as this release holds them."""
        ...

    def people(self, selection: Selection) -> People:
        """Everybody who meets all clauses."""
        ...

    def joint_items(self, people: list[str], joint: Joint, as_of: str | None = None) -> list[JointItem]:
        """The joint items that prove the clause for these people, newest first."""
        ...

    def field_evidence(self, pairs: list[tuple[str, tuple[str, ...]]]) -> list[Row]:
        """Evidence rows of people for sets of fields, strongest first."""
        ...

    def entities(self, ids: list[str]) -> dict[str, Row]:
        """Rows of entities of any kind by id, each with `kind`; unknown ids are absent."""
        ...

    def redirect(self, entity: str) -> Row | None:
        """Where an id that is no longer used leads, or None."""
        ...

    def current_affiliations(self, people: list[str]) -> dict[str, Row]:
        """Latest employment of each person: organisation, department, title, last year seen."""
        ...

    def affiliations(self, person: str) -> list[Row]:
        """All periods of a person, latest first."""
        ...

    def records_of(self, entities: list[str], limit: int = 20) -> dict[str, list[Row]]:
        """Native records that speak of each entity: id, source, url."""
        ...

    def identifiers(self, entities: list[str]) -> dict[str, list[Row]]:
        """Identifiers of each entity: scheme, value."""
        ...

    def by_identifier(self, values: list[str]) -> list[str]:
        """Entities of any kind that carry one of these identifier values as their own."""
        ...

    def count_works(self, person: str) -> int:
        """How many works a person contributed to."""
        ...

    def fields_of(self, entity: str) -> list[Row]:
        """Fields that sources put an entity in."""
        ...

    def costs_of(self, project: str) -> list[Row]:
        """What a project was given by fiscal year."""
        ...

    def projects_by_year(self, fields: list[str] | None) -> dict[int, int]:
        """Adopted projects by first fiscal year, in these fields or in all."""
        ...

    def projects_of(self, person: str, limit: int = 200, offset: int = 0) -> list[Row]:
        """Projects with role, newest first."""
        ...

    def works_of(self, person: str, limit: int = 200, offset: int = 0) -> list[Row]:
        """Works with role and position, newest first."""
        ...

    def members_of(self, project: str) -> list[Row]:
        """Members of a project, known or names only, in order."""
        ...

    def authors_of(self, work: str) -> list[Row]:
        """Contributors of a work, known or names only, in order."""
        ...

    def coauthors(self, person: str, limit: int = 50, offset: int = 0) -> list[Row]:
        """People who share works or projects with somebody, most first."""
        ...

    def path(self, a: str, b: str, max_steps: int = 4) -> list[str] | None:
        """Shortest chain of collaborators from a to b, ends included; None where there is none within the limit."""
        ...

    def find_people(self, name: str, limit: int = 20) -> list[Row]:
        """People one of whose name forms equals `name` (NFKC, case and spaces ignored) or with that identifier."""
        ...

    def people_by_names(self, names: list[str]) -> list[Row]:
        """People who bear one of these names, each with the `key` of the name it was found by; many names in one call."""
        ...

    def people_by_identifiers(self, values: list[str]) -> list[Row]:
        """People who carry one of these identifiers: `id, scheme, value`; many values in one call."""
        ...

    def find_organizations(self, label: str) -> list[str]:
        """Organisations with that name (or id or code); their parts are not included."""
        ...

    def same_names(self, people: list[str]) -> list[list[str]]:
        """Groups among these people who share a name and an institution (see `People.same_name`)."""
        ...

    def topics_like(self, label: str) -> list[str]:
        """Topics whose label equals `label` after normalisation."""
        ...

    def close(self) -> None:
        """Gives back what the store holds open; it cannot be used afterwards."""
        ...
