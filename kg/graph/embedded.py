"""The embedded store: a release's DuckDB file, read-only, one cursor a call, SQL in `kg/graph/sql/`.

    >>> store = EmbeddedStore(path, release="r-…")            # doctest: +SKIP
    >>> store.people(Selection(fields=("kaken-section:25030",))).total   # doctest: +SKIP
    412

Safe for many threads of one process and many processes on one folder.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from kg.errors import FixSetup
from kg.graph.port import Found, Joint, JointItem, NearMiss, People, Row, Selection
from kg.text import match_key
from ontology.fields import FieldTables

NEAR_MISS_LIMIT = 20
_REASONS = ("outside_years", "other_kind", "partner_field_only_joint", "partner_single_role")
"""Reasons why joint work does not satisfy the clause, nearest to a match first."""

_TABLE_OF = {
    "P": ("person", "person"),
    "W": ("work", "work"),
    "R": ("project", "project"),
    "O": ("organization", "organization"),
    "V": ("venue", "venue"),
    "T": ("topic", "topic"),
}
_ORDER = {
    "joint": "(works + projects) DESC, last_joint DESC NULLS LAST, person",
    "recent": "last_joint DESC NULLS LAST, (works + projects) DESC, person",
    "name": "name NULLS LAST, person",
    "id": "person",
}


@cache
def sql(name: str) -> str:
    """Text of `kg/graph/sql/{name}.sql`."""
    return files("kg.graph").joinpath("sql", f"{name}.sql").read_text(encoding="utf-8")


def _ids(values: tuple[str, ...] | list[str] | None) -> list[str] | None:
    return None if values is None else list(values)


class EmbeddedStore:
    """`GraphStore` over `graph.duckdb` of one release."""

    def __init__(self, database: Path, release: str, *, threads: int | None = None, memory_mb: int = 2000) -> None:
        if not database.is_file():
            raise FixSetup(f"Release {release} has no graph file.", next_step="Build it again: kg build --force.")
        self.release = release
        try:
            self._db = duckdb.connect(str(database), read_only=True)
        except duckdb.Error as e:
            raise FixSetup(
                f"The graph file of release {release} cannot be opened.",
                next_step="Choose another release (kg release use ID) or build it again: kg build --force.",
            ) from e
        self._db.execute(f"SET memory_limit = '{int(memory_mb)}MB'")
        if threads:
            self._db.execute(f"SET threads = {int(threads)}")
        self._coverage: Row | None = None
        self._fields: FieldTables | None = None

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
        cursor = self._db.cursor()
        try:
            self._select_subjects(cursor, selection)
            if selection.joint is None:
                cursor.execute(
                    "CREATE TEMP TABLE matched AS SELECT person, said, led, shared, 0 AS partners, 0 AS works, "
                    "0 AS projects, NULL::INT AS last_joint FROM subject WHERE NOT weak"
                )
            else:
                self._select_joint(cursor, selection.joint, selection.as_of)
            return self._page(cursor, selection)
        finally:
            cursor.close()

    def _select_subjects(self, cursor: duckdb.DuckDBPyConnection, s: Selection) -> None:
        """Temp table `subject`: people who meet all clauses but joint work; `weak` ones have one shared role only."""
        first, last = s.period or (None, None)
        parameters: dict[str, Any] = {
            "fields": _ids(s.fields),
            "bases": list(s.bases),
            "topics": _ids(s.topics),
            "among": _ids(s.among),
            "organizations": _ids(s.organizations),
            "role": s.role,
            "from_year": first,
            "to_year": last,
            "fiscal": s.years == "fiscal",
            "as_of": s.as_of,
            "as_of_year": int(s.as_of[:4]) if s.as_of else None,
            "not_with": _ids(s.exclude_coauthors_of) or None,
        }
        cursor.execute(f"CREATE TEMP TABLE subject AS {sql('people')}", parameters)

    def _select_joint(self, cursor: duckdb.DuckDBPyConnection, joint: Joint, as_of: str | None) -> None:
        """Temp tables `joint` (all judged items) and `matched` (people with enough qualifying items)."""
        cursor.execute("CREATE TEMP TABLE wanted AS SELECT person FROM subject")
        cursor.execute(f"CREATE TEMP TABLE joint AS {sql('joint')}", self._joint_parameters(joint, as_of))
        cursor.execute(
            """
            CREATE TEMP TABLE matched AS
            SELECT s.person, s.said, s.led, s.shared, j.partners, j.works, j.projects, j.last_joint
            FROM subject s JOIN (
              SELECT person, count(DISTINCT partner) AS partners,
                count(DISTINCT CASE WHEN via_kind = 'work' THEN via END) AS works,
                count(DISTINCT CASE WHEN via_kind = 'project' THEN via END) AS projects, max(year) AS last_joint
              FROM joint WHERE fails IS NULL GROUP BY person) j ON j.person = s.person
            WHERE NOT s.weak AND j.works + j.projects >= $least
            """,
            {"least": joint.min_items},
        )

    @staticmethod
    def _joint_parameters(joint: Joint, as_of: str | None) -> dict[str, Any]:
        return {
            "partner_fields": _ids(joint.fields),
            "partner_bases": list(joint.bases),
            "partner_people": _ids(joint.people),
            "partner_organizations": _ids(joint.organizations),
            "kinds": list(joint.kinds),
            "after": joint.after,
            "before": joint.before,
            "fiscal": joint.years == "fiscal",
            "as_of_year": int(as_of[:4]) if as_of else None,
        }

    def _page(self, cursor: duckdb.DuckDBPyConnection, s: Selection) -> People:
        total = int((cursor.execute("SELECT count(*) FROM matched").fetchone() or (0,))[0])
        limit = "" if s.limit is None else f"LIMIT {int(s.limit)} OFFSET {int(s.offset)}"
        cursor.execute(
            "SELECT m.person, m.said, m.led, m.shared, m.partners, m.works, m.projects, m.last_joint, "
            "coalesce(p.name_kana, p.name_ja, p.name_en) AS name "
            f"FROM matched m JOIN person p ON p.id = m.person ORDER BY {_ORDER[s.sort]} {limit}"
        )
        page = [
            Found(
                person=r[0], field_said=r[1], field_led=r[2], field_shared=r[3], partners=r[4],
                joint_works=r[5], joint_projects=r[6], last_joint=r[7],
            )
            for r in cursor.fetchall()
        ]  # fmt: skip
        cursor.execute("CREATE TEMP TABLE bearer AS SELECT person FROM matched")
        namesakes = self._same_names(cursor)
        if s.joint is None:
            misses = cursor.execute("SELECT person FROM subject WHERE weak ORDER BY person").fetchall()
            return People(
                total=total,
                page=page,
                near_misses=[
                    NearMiss(person=p, clause="field", reason="single_role") for (p,) in misses[:NEAR_MISS_LIMIT]
                ],
                near_miss_totals={"single_role": len(misses)} if misses else {},
                same_name=namesakes,
            )
        return replace(self._with_near_misses(cursor, s.joint, total, page), same_name=namesakes)

    @staticmethod
    def _same_names(cursor: duckdb.DuckDBPyConnection) -> list[list[str]]:
        """Groups of the people in temp table `bearer` who share a name and an institution: pairs joined where they meet."""
        group: dict[str, list[str]] = {}
        for a, b in cursor.execute(sql("same_name")).fetchall():
            one, other = group.setdefault(a, [a]), group.setdefault(b, [b])
            if one is not other:
                one += other
                group.update(dict.fromkeys(other, one))
        return sorted({id(g): sorted(g) for g in group.values()}.values())

    def _with_near_misses(
        self, cursor: duckdb.DuckDBPyConnection, joint: Joint, total: int, page: list[Found]
    ) -> People:
        """Who fails exactly one clause: thin own field, thin partner field, other years, too few items."""
        cursor.execute(sql("near_misses"), {"least": joint.min_items})
        rows = cursor.fetchall()
        large = self._large_groups(cursor, joint)
        known = {r[0] for r in rows}
        rows += [(p, "joint", "only_large_group", None) for p in large if p not in known]
        totals: dict[str, int] = {}
        for _, _, reason, _ in rows:
            totals[reason] = totals.get(reason, 0) + 1
        dropped = cursor.execute(
            "SELECT drop_basis, count(DISTINCT person) FROM joint WHERE drop_basis IS NOT NULL "
            "AND person NOT IN (SELECT person FROM matched) GROUP BY drop_basis ORDER BY drop_basis"
        ).fetchall()
        return People(
            total=total,
            page=page,
            near_misses=[NearMiss(person=p, clause=c, reason=r, partner=q) for p, c, r, q in rows[:NEAR_MISS_LIMIT]],
            near_miss_totals=totals,
            only_large_groups=len(large),
            dropped_by_basis={str(b): int(n) for b, n in dropped},
        )

    def _large_groups(self, cursor: duckdb.DuckDBPyConnection, joint: Joint) -> list[str]:
        if not (cursor.execute("SELECT count(*) FROM large_group").fetchone() or (0,))[0]:
            return []
        cursor.execute(
            "CREATE OR REPLACE TEMP TABLE wanted AS SELECT person FROM subject "
            "WHERE NOT weak AND person NOT IN (SELECT person FROM matched)"
        )
        cursor.execute(
            sql("large"),
            {
                "partner_fields": _ids(joint.fields),
                "partner_bases": list(joint.bases),
                "partner_people": _ids(joint.people),
            },
        )
        return sorted(r[0] for r in cursor.fetchall())

    def joint_items(self, people: list[str], joint: Joint, as_of: str | None = None) -> list[JointItem]:
        cursor = self._db.cursor()
        try:
            cursor.register("wanted_ids", pa.table({"person": pa.array(people, pa.string())}))
            cursor.execute("CREATE TEMP TABLE wanted AS SELECT person FROM wanted_ids")
            cursor.execute(f"CREATE TEMP TABLE joint AS {sql('joint')}", self._joint_parameters(joint, as_of))
            cursor.execute(
                "SELECT person, partner, via, via_kind, year FROM joint WHERE fails IS NULL "
                "ORDER BY person, year DESC NULLS LAST, via, partner"
            )
            return [JointItem(person=a, partner=b, via=v, via_kind=k, year=y) for a, b, v, k, y in cursor.fetchall()]
        finally:
            cursor.close()

    def field_evidence(self, pairs: list[tuple[str, tuple[str, ...]]]) -> list[Row]:
        people = sorted({p for p, _ in pairs})
        fields = sorted({f for _, fs in pairs for f in fs})
        return self._rows(sql("evidence"), {"people": people, "fields": fields})

    # --- entities --------------------------------------------------------------------------------------------

    def entities(self, ids: list[str]) -> dict[str, Row]:
        wanted: dict[str, list[str]] = {}
        for i in dict.fromkeys(ids):
            if ":" in i:
                wanted.setdefault("field", []).append(i)
            elif i[:1] in _TABLE_OF:
                wanted.setdefault(_TABLE_OF[i[:1]][0], []).append(i)
        found: dict[str, Row] = {}
        for table, some in wanted.items():
            query = f"SELECT * FROM {table} WHERE id IN (SELECT unnest($ids::VARCHAR[]))"
            for row in self._rows(query, {"ids": some}):
                if "kind" in row:  # an organisation's own kind (university, company …)
                    row["type"] = row["kind"]
                found[row["id"]] = row | {"kind": table}
        return found

    def redirect(self, entity: str) -> Row | None:
        rows = self._rows("SELECT old, new, reason FROM redirect WHERE old = $id", {"id": entity})
        return rows[0] if rows else None

    def current_affiliations(self, people: list[str]) -> dict[str, Row]:
        rows = self._rows(sql("affiliations"), {"people": people, "only_current": True})
        best: dict[str, Row] = {}
        for row in rows:
            best.setdefault(row["person"], row)
        return best

    def affiliations(self, person: str) -> list[Row]:
        return self._rows(sql("affiliations"), {"people": [person], "only_current": False})

    def records_of(self, entities: list[str], limit: int = 20) -> dict[str, list[Row]]:
        out: dict[str, list[Row]] = {}
        for r in self._rows(sql("records_of"), {"entities": entities, "most": limit}):
            out.setdefault(r.pop("entity"), []).append(r)
        return out

    def identifiers(self, entities: list[str]) -> dict[str, list[Row]]:
        out: dict[str, list[Row]] = {}
        query = (
            "SELECT DISTINCT subject, scheme, value FROM identifier WHERE relation = 'self' "
            "AND subject IN (SELECT unnest($ids::VARCHAR[])) ORDER BY subject, scheme, value"
        )
        for r in self._rows(query, {"ids": entities}):
            out.setdefault(r.pop("subject"), []).append(r)
        return out

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
            rows = self._rows(sql("neighbours"), {"people": frontier})
            frontier = []
            for r in rows:
                if r["other"] not in parents:
                    parents[r["other"]] = r["person"]
                    frontier.append(r["other"])
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
        cursor = self._db.cursor()
        try:
            cursor.register("bearer", pa.table({"person": pa.array(people, pa.string())}))
            return self._same_names(cursor)
        finally:
            cursor.close()

    def topics_like(self, label: str) -> list[str]:
        rows = self._rows(sql("topics_like"), {"key": match_key(label)})
        return [r["id"] for r in rows]
