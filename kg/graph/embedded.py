"""The embedded store: a release's arrays and its DuckDB file, read-only.

Fields, joint work and what a page shows of each entity come from the arrays (`kg.arrays`, `kg.graph.select`); clauses and
look-ups that scan a table are statements in `kg/graph/sql/`, one cursor a call.

    >>> store = EmbeddedStore(database, arrays, release="r-…")           # doctest: +SKIP
    >>> store.people(Selection(fields=("kaken-section:25030",))).total   # doctest: +SKIP
    412

Safe for many threads of one process and many processes on one folder.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache, lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa

from kg.arrays import BASES, KINDS, NO_YEAR, Integers
from kg.arrays.read import Arrays
from kg.errors import FixSetup
from kg.graph import select
from kg.graph.port import Basis, Found, Joint, JointItem, NearMiss, People, Row, Selection, Sort
from kg.text import match_key
from ontology.fields import FieldTables

NEAR_MISS_LIMIT = 20
REMEMBERED_EVIDENCE = 8
"""Sets of fields whose evidence is kept: one question needs it several times."""


@cache
def sql(name: str) -> str:
    """Text of `kg/graph/sql/{name}.sql`."""
    return files("kg.graph").joinpath("sql", f"{name}.sql").read_text(encoding="utf-8")


def _year(value: int) -> int | None:
    return None if value == NO_YEAR else value


def _year_of(date: str | None) -> int | None:
    return int(date[:4]) if date else None


class EmbeddedStore:
    """`GraphStore` over `graph.duckdb` and `arrays/` of one release."""

    def __init__(
        self, database: Path, arrays: Path, release: str, *, threads: int | None = None, memory_mb: int = 2000
    ) -> None:
        again = "Choose another release (kg release use ID) or build it again: kg build --force."
        if not database.is_file():
            raise FixSetup(f"Release {release} has no graph file.", next_step="Build it again: kg build --force.")
        self.release = release
        try:
            self._arrays = Arrays(arrays)
        except (OSError, ValueError, pa.ArrowInvalid) as e:
            raise FixSetup(f"The arrays of release {release} cannot be read.", next_step=again) from e
        try:
            self._db = duckdb.connect(str(database), read_only=True)
        except duckdb.Error as e:
            raise FixSetup(f"The graph file of release {release} cannot be opened.", next_step=again) from e
        self._db.execute(f"SET memory_limit = '{int(memory_mb)}MB'")
        if threads:
            self._db.execute(f"SET threads = {int(threads)}")
        self._coverage: Row | None = None
        self._fields: FieldTables | None = None
        self._field_places: dict[str, int] | None = None
        self._evidence = lru_cache(REMEMBERED_EVIDENCE)(self._find_evidence)

    def close(self) -> None:
        """Gives the file back; the store cannot be used afterwards."""
        self._db.close()

    def _rows(self, query: str, parameters: dict[str, Any] | list[Any] | None = None) -> list[Row]:
        cursor = self._db.cursor()
        try:
            cursor.execute(query, parameters if parameters is not None else [])
            names = [d[0] for d in cursor.description or []]
            return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
        finally:
            cursor.close()

    # --- counts and coverage ---------------------------------------------------------------------------------

    def counts(self) -> dict[str, int]:
        tables = [r["table_name"] for r in self._rows("SELECT table_name FROM duckdb_tables() ORDER BY table_name")]
        return {t: int(self._rows(f'SELECT count(*) AS n FROM "{t}"')[0]["n"]) for t in tables}

    def coverage(self) -> Row:
        if self._coverage is None:
            row = self._rows(sql("coverage"))[0]
            row["records"] = {
                r["source"]: r["n"]
                for r in self._rows("SELECT source, count(*) AS n FROM record GROUP BY source ORDER BY source")
            }
            self._coverage = row
        return dict(self._coverage)

    def field_tables(self) -> FieldTables:
        if self._fields is None:
            cursor = self._db.cursor()
            tables = {
                t: cursor.sql(f"SELECT * FROM {t} ORDER BY ALL").to_arrow_table()
                for t in ("field", "field_label", "broader", "field_match")
            }
            cursor.close()
            self._fields = FieldTables(**tables)
        return self._fields

    # --- people ----------------------------------------------------------------------------------------------

    def people(self, selection: Selection) -> People:
        subjects = self._subjects(selection)
        if selection.joint is None:
            return self._without_joint(subjects, selection)
        joint, arrays = selection.joint, self._arrays
        items = self._joint(subjects.person, joint, selection.as_of)
        matched = select.matched(subjects, items, joint.min_items)
        misses = select.near_misses(subjects, items, joint.min_items)
        rest = np.setdiff1d(subjects.person[~subjects.weak], subjects.person[matched.subject], assume_unique=True)
        named = self._mask(arrays.person_rows(joint.people)) if joint.people is not None else None
        large = select.only_large(arrays, rest, self._evidence(joint.fields, joint.bases, None), named).tolist()
        near, totals = select.with_large(misses, large, NEAR_MISS_LIMIT)
        return People(
            total=len(matched.subject),
            page=self._page(subjects, matched, selection),
            near_misses=[
                NearMiss(
                    person=arrays.person(m.person),
                    clause=m.clause,
                    reason=m.reason,
                    partner=None if m.partner is None else arrays.person(m.partner),
                )
                for m in near
            ],
            near_miss_totals=totals,
            only_large_groups=len(large),
            dropped_by_basis=select.dropped_by_basis(subjects, items, matched),
            same_name=self._same_names(subjects.person[matched.subject]),
        )

    def _without_joint(self, subjects: select.Subjects, s: Selection) -> People:
        chosen = np.flatnonzero(~subjects.weak)
        nothing = np.zeros(len(chosen), np.int64)
        matched = select.Matched(chosen, nothing, nothing, nothing, np.full(len(chosen), NO_YEAR, np.int64))
        weak = subjects.person[subjects.weak].tolist()
        return People(
            total=len(chosen),
            page=self._page(subjects, matched, s),
            near_misses=[
                NearMiss(person=self._arrays.person(p), clause="field", reason="single_role")
                for p in weak[:NEAR_MISS_LIMIT]
            ],
            near_miss_totals={"single_role": len(weak)} if weak else {},
            same_name=self._same_names(subjects.person[chosen]),
        )

    def _subjects(self, s: Selection) -> select.Subjects:
        """People who meet all clauses but joint work; `weak` ones have one shared role only."""
        arrays = self._arrays
        until = _year_of(s.as_of)
        own = self._evidence(s.fields, s.bases, until)
        topic = None if s.topics is None else self._people_of("with_topic", topics=list(s.topics))
        clauses = list(self._plain_clauses(s, until))
        if own is not None or topic is not None:
            nobody = np.zeros(arrays.people, np.bool_)
            clauses.append((own.any if own is not None else nobody) | (topic if topic is not None else nobody))
        kept = np.ones(arrays.people, np.bool_)
        for mask in clauses:
            kept &= mask
        return select.subjects(np.flatnonzero(kept), own, topic)

    def _plain_clauses(self, s: Selection, until: int | None) -> Iterator[select.Mask]:
        """People who meet each clause that is neither about fields nor about joint work."""
        first, last = s.period or (None, None)
        span = {"from_year": first, "to_year": last}
        if s.among is not None:
            yield self._mask(self._arrays.person_rows(s.among))
        if s.organizations is not None:
            yield self._people_of("at_organization", organizations=list(s.organizations), as_of=s.as_of, **span)
        if s.role is not None:
            yield self._people_of("in_role", role=s.role, as_of_year=until, **span)
        if s.period and s.role is None and s.organizations is None:
            yield self._people_of("active", fiscal=s.years == "fiscal", **span)
        if s.exclude_coauthors_of:
            them = self._arrays.person_rows(s.exclude_coauthors_of)
            yield ~self._mask(np.append(them, self._arrays.collaborated.of(them)))

    def _joint(self, people: Integers, joint: Joint, as_of: str | None) -> select.Items:
        partners = []
        if joint.people is not None:
            partners.append(self._mask(self._arrays.person_rows(joint.people)))
        if joint.organizations is not None:
            now = {"as_of": None, "from_year": None, "to_year": None}
            partners.append(self._people_of("at_organization", organizations=list(joint.organizations), **now))
        until = _year_of(as_of)
        theirs = self._evidence(joint.fields, joint.bases, until)
        return select.joint_items(self._arrays, people, joint, theirs, partners, until)

    def _find_evidence(
        self, fields: tuple[str, ...] | None, bases: tuple[Basis, ...], until: int | None
    ) -> select.Evidence | None:
        """Evidence of everybody for a set of fields; None where no field is asked for. `self._evidence` keeps the latest."""
        return None if fields is None else select.evidence(self._arrays, self._places(fields), bases, until)

    def _places(self, fields: Iterable[str]) -> Integers:
        """Places of fields among all field ids, as the arrays write them."""
        if self._field_places is None:
            ids = self.field_tables().field.column("id").to_pylist()
            self._field_places = {i: n for n, i in enumerate(sorted(ids))}
        return np.array([self._field_places[f] for f in fields if f in self._field_places], np.int64)

    def _people_of(self, clause: str, **parameters: Any) -> select.Mask:
        """The people that a clause's statement finds."""
        return self._mask(self._arrays.person_rows([r["person"] for r in self._rows(sql(clause), parameters)]))

    def _mask(self, rows: Integers) -> select.Mask:
        mask = np.zeros(self._arrays.people, np.bool_)
        mask[rows] = True
        return mask

    def _page(self, subjects: select.Subjects, m: select.Matched, s: Selection) -> list[Found]:
        order = self._order(subjects.person[m.subject], m, s.sort)
        at = order[s.offset :] if s.limit is None else order[s.offset : s.offset + s.limit]
        place = m.subject[at]
        columns = (
            subjects.person[place], subjects.said[place], subjects.led[place], subjects.shared[place],
            m.partners[at], m.works[at], m.projects[at], m.last[at],
        )  # fmt: skip
        return [
            Found(
                person=self._arrays.person(p), field_said=said, field_led=led, field_shared=shared, partners=partners,
                joint_works=works, joint_projects=projects, last_joint=_year(last),
            )
            for p, said, led, shared, partners, works, projects, last in zip(*(c.tolist() for c in columns), strict=True)
        ]  # fmt: skip

    def _order(self, people: Integers, m: select.Matched, sort: Sort) -> Integers:
        """Places of the matching people in the order asked for; what is equal stands in the order of ids."""
        most = m.works + m.projects
        if sort == "joint":
            return np.lexsort((people, -m.last, -most))
        if sort == "recent":
            return np.lexsort((people, -most, -m.last))
        if sort == "id":
            return np.arange(len(people))
        ids = [self._arrays.person(p) for p in people.tolist()]
        rows = self._arrays.entities(ids)
        names = [
            next((rows[i][n] for n in ("name_kana", "name_ja", "name_en") if rows[i][n] is not None), None) for i in ids
        ]
        return np.array(sorted(range(len(ids)), key=lambda n: (names[n] is None, names[n] or "", n)), np.int64)

    def _same_names(self, people: Integers) -> list[list[str]]:
        groups = select.same_name(self._arrays, people)
        return [[self._arrays.person(p) for p in group] for group in groups]

    def joint_items(self, people: list[str], joint: Joint, as_of: str | None = None) -> list[JointItem]:
        arrays = self._arrays
        items = self._joint(arrays.person_rows(people), joint, as_of)
        good = np.flatnonzero(items.fails == select.OK)
        keys = (items.partner[good], items.via[good], -items.year[good].astype(np.int64), items.person[good])
        at = good[np.lexsort(keys)]
        columns = (items.person[at], items.partner[at], items.via[at], items.year[at])
        return [
            JointItem(
                person=arrays.person(p),
                partner=arrays.person(q),
                via=arrays.id(v),
                via_kind=arrays.kind(v),
                year=_year(y),
            )
            for p, q, v, y in zip(*(c.tolist() for c in columns), strict=True)
        ]

    def field_evidence(self, pairs: list[tuple[str, tuple[str, ...]]]) -> list[Row]:
        arrays = self._arrays
        people = arrays.person_rows(p for p, _ in pairs)
        wanted = self._places({f for _, fields in pairs for f in fields})
        owner, at = arrays.evidence.spread(people)
        kept = np.isin(arrays.evidence_field[at], wanted)
        owner, at = people[owner[kept]], at[kept]
        fields = self.field_tables().field.sort_by("id").select(["id", "label_ja", "label_en", "scheme", "notation"])
        about = fields.take(pa.array(arrays.evidence_field[at])).to_pylist()
        columns = (owner, arrays.evidence_basis[at], arrays.evidence_via[at], arrays.evidence_year[at])
        return [
            {
                "person": arrays.person(p), "field": f.pop("id"), "basis": BASES[b], "via": arrays.id(v),
                "via_kind": arrays.kind(v), "year": _year(y), **f,
            }
            for p, b, v, y, f in zip(*(c.tolist() for c in columns), about, strict=True)
        ]  # fmt: skip

    # --- entities --------------------------------------------------------------------------------------------

    def entities(self, ids: list[str]) -> dict[str, Row]:
        fields = [i for i in dict.fromkeys(ids) if ":" in i]
        found = {
            i: row
            | ({"type": row["kind"]} if "kind" in row else {})
            | {"kind": KINDS[i[0]]}  # an organisation's own kind
            for i, row in self._arrays.entities(i for i in ids if ":" not in i).items()
        }
        if fields:
            query = "SELECT * FROM field WHERE id IN (SELECT unnest($ids::VARCHAR[]))"
            found |= {row["id"]: row | {"kind": "field"} for row in self._rows(query, {"ids": fields})}
        return found

    def redirect(self, entity: str) -> Row | None:
        rows = self._rows("SELECT old, new, reason FROM redirect WHERE old = $id", {"id": entity})
        return rows[0] if rows else None

    def current_affiliations(self, people: list[str]) -> dict[str, Row]:
        latest = self._affiliations(people, most=1)
        return {person: rows[0] for person, rows in latest.items() if rows[0]["current"]}

    def affiliations(self, person: str) -> list[Row]:
        return self._affiliations([person]).get(person, [])

    def _affiliations(self, people: list[str], most: int | None = None) -> dict[str, list[Row]]:
        """Periods of each person, current ones first."""
        arrays = self._arrays
        owners = {p: n - arrays.first_person for p, n in arrays.numbers(people).items() if arrays.kind(n) == "person"}
        found = arrays.listed("affiliation", arrays.affiliation, owners, most)
        return {person: [{"person": person} | row for row in rows] for person, rows in found.items()}

    def records_of(self, entities: list[str], limit: int = 20) -> dict[str, list[Row]]:
        arrays = self._arrays
        return arrays.listed("record", arrays.record_of, arrays.numbers(entities), limit)

    def identifiers(self, entities: list[str]) -> dict[str, list[Row]]:
        arrays = self._arrays
        return arrays.listed("identifier", arrays.identifier, arrays.numbers(entities))

    def by_identifier(self, values: list[str]) -> list[str]:
        query = (
            "SELECT DISTINCT subject FROM identifier WHERE relation = 'self' "
            "AND value IN (SELECT unnest($values::VARCHAR[])) ORDER BY subject"
        )
        return [r["subject"] for r in self._rows(query, {"values": values})]

    def count_works(self, person: str) -> int:
        query = "SELECT count(DISTINCT work) AS n FROM authored WHERE person = $person"
        return int(self._rows(query, {"person": person})[0]["n"])

    def fields_of(self, entity: str) -> list[Row]:
        return self._rows(sql("fields_of"), {"entity": entity})

    def costs_of(self, project: str) -> list[Row]:
        query = (
            "SELECT fiscal_year, direct, indirect, total, currency, planned FROM project_cost "
            "WHERE project = $project ORDER BY fiscal_year"
        )
        return self._rows(query, {"project": project})

    def projects_by_year(self, fields: list[str] | None) -> dict[int, int]:
        rows = self._rows(sql("projects_by_year"), {"fields": fields})
        return {r["year"]: r["n"] for r in rows}

    # --- neighbourhoods --------------------------------------------------------------------------------------

    def projects_of(self, person: str, limit: int = 200, offset: int = 0) -> list[Row]:
        return self._rows(sql("projects_of"), {"person": person, "most": limit, "skip": offset})

    def works_of(self, person: str, limit: int = 200, offset: int = 0) -> list[Row]:
        return self._rows(sql("works_of"), {"person": person, "most": limit, "skip": offset})

    def members_of(self, project: str) -> list[Row]:
        return self._rows(sql("members_of"), {"project": project})

    def authors_of(self, work: str) -> list[Row]:
        return self._rows(sql("authors_of"), {"work": work})

    def coauthors(self, person: str, limit: int = 50, offset: int = 0) -> list[Row]:
        return self._rows(sql("coauthors"), {"person": person, "most": limit, "skip": offset})

    def path(self, a: str, b: str, max_steps: int = 4) -> list[str] | None:
        if a == b:
            return [a]
        parents: dict[str, str] = {a: ""}
        frontier = [a]
        for _ in range(max_steps):
            people = self._arrays.person_rows(frontier)
            at, others = self._arrays.collaborated.spread(people)
            frontier = []
            for p, q in zip(people[at].tolist(), others.tolist(), strict=True):
                other = self._arrays.person(q)
                if other not in parents:
                    parents[other] = self._arrays.person(p)
                    frontier.append(other)
            if b in parents:
                chain = [b]
                while chain[-1] != a:
                    chain.append(parents[chain[-1]])
                return chain[::-1]
            if not frontier:
                return None
        return None

    # --- labels to ids ---------------------------------------------------------------------------------------

    def find_people(self, name: str, limit: int = 20) -> list[Row]:
        exact = [i for i in self.by_identifier([name.strip()]) if i.startswith("P")]
        exact += [i for i in self.entities([name.strip()]) if i.startswith("P")]
        if exact:
            return [self.entities(exact)[i] for i in sorted(set(exact))][:limit]
        return self.people_by_names([name])[:limit]

    def people_by_names(self, names: list[str]) -> list[Row]:
        keys = sorted({match_key(n).replace(",", "") for n in names})
        return self._rows(sql("people_by_names"), {"keys": keys})

    def people_by_identifiers(self, values: list[str]) -> list[Row]:
        query = (
            "SELECT DISTINCT subject AS id, scheme, value FROM identifier WHERE kind = 'person' AND relation = 'self' "
            "AND value IN (SELECT unnest($values::VARCHAR[])) ORDER BY value, scheme, subject"
        )
        return self._rows(query, {"values": values})

    def find_organizations(self, label: str) -> list[str]:
        rows = self._rows(sql("find_organizations"), {"key": match_key(label), "exact": label.strip()})
        return [r["id"] for r in rows]

    def same_names(self, people: list[str]) -> list[list[str]]:
        return self._same_names(self._arrays.person_rows(people))

    def topics_like(self, label: str) -> list[str]:
        rows = self._rows(sql("topics_like"), {"key": match_key(label)})
        return [r["id"] for r in rows]
