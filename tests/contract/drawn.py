"""Selections drawn at random from what a release holds: every clause, alone and with others."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Any

import duckdb

from kg.graph.port import ALL_BASES, Joint, Selection
from kg.release import Release
from ontology import fields as vocabulary
from ontology.fields import FieldTables

ROLES = ("principal_investigator", "co_investigator", "collaborator", "research_fellow", "member", "other", "no_role")


@dataclass(frozen=True)
class Drawer:
    """What clauses can be about."""

    people: list[str]
    organizations: list[str]
    topics: list[str]
    fields: list[tuple[str, ...]]
    """Sets of fields: whole branches, as questions mean them, and single ones."""

    @classmethod
    def of(cls, release: Release, tables: FieldTables) -> Drawer:
        """From a release's own tables."""
        with duckdb.connect(str(release.duckdb), read_only=True) as db:

            def column(sql: str) -> list[str]:
                return [r[0] for r in db.execute(sql).fetchall()]

            common = column("SELECT field FROM field_evidence GROUP BY field ORDER BY count(*) DESC, field LIMIT 40")
            people = column("SELECT id FROM person ORDER BY id")
            at = column(
                "SELECT organization FROM affiliated_with GROUP BY ALL ORDER BY count(*) DESC, organization LIMIT 20"
            )
            topics = column(
                "SELECT object FROM assertion WHERE subject_kind = 'person' GROUP BY ALL ORDER BY count(*) DESC, object LIMIT 20"
            )
        branches = [tuple(sorted(vocabulary.closure([f], tables))) for f in ("kaken-section:J", "kaken-section:25030")]
        return cls(people, [*at, "O9", "O1"], [*topics, "T1"], [*branches * 12, *((f,) for f in common), (), ("x:y",)])

    def selection(self, seed: int) -> Selection:
        """One selection; every clause has its chance, a seed always draws the same."""
        d = random.Random(seed)
        maybe = _maybe(d)
        from_year, to_year = sorted(d.sample(range(1995, 2027), 2))
        return Selection(
            fields=maybe(0.6, lambda: d.choice(self.fields)),
            bases=maybe(0.25, lambda: tuple(d.sample(ALL_BASES, d.randint(1, 3)))) or ALL_BASES,
            topics=maybe(0.15, lambda: tuple(d.sample(self.topics, 2))),
            joint=maybe(0.75, lambda: self._joint(d)),
            organizations=maybe(0.2, lambda: tuple(d.sample(self.organizations, 3))),
            role=maybe(0.15, lambda: d.choice(ROLES)),
            period=maybe(0.25, lambda: d.choice([(from_year, to_year), (from_year, None), (None, to_year)])),
            years=d.choice(["calendar", "fiscal"]),
            as_of=maybe(0.2, lambda: f"{d.randint(2000, 2026)}" + d.choice(["", "-04", "-12-31"])),
            exclude_coauthors_of=maybe(0.15, lambda: tuple(d.sample(self.people, 1))) or (),
            among=maybe(0.15, lambda: (*d.sample(self.people, 150), "P01", "P06", "W01", "nobody", "")),
            sort=d.choice(["joint", "recent", "name", "id"]),
            limit=d.choice([None, 1, 7, 20, 500]),
            offset=d.choice([0, 0, 0, 3, 10_000]),
        )

    def _joint(self, d: random.Random) -> Joint:
        maybe = _maybe(d)
        after, before = sorted(d.sample(range(1995, 2027), 2))
        return Joint(
            fields=maybe(0.8, lambda: d.choice(self.fields)),
            bases=maybe(0.25, lambda: tuple(d.sample(ALL_BASES, d.randint(1, 3)))) or ALL_BASES,
            organizations=maybe(0.15, lambda: tuple(d.sample(self.organizations, 6))),
            people=maybe(0.15, lambda: (*d.sample(self.people, 5), "P02", "W01", "nobody")),
            after=maybe(0.3, lambda: after),
            before=maybe(0.3, lambda: before),
            years=d.choice(["calendar", "fiscal"]),
            kinds=d.choice([("work", "project"), ("work", "project"), ("work",), ("project",)]),
            min_items=d.choice([1, 1, 1, 2, 3, 50]),
        )


def _maybe(d: random.Random) -> Any:
    return lambda share, draw: draw() if d.random() < share else None
