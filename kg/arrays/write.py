"""Writes the arrays of a release from its tables; what they are stands in `kg.arrays`."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from kg.arrays import BASES, KINDS, NO_YEAR, Integers, distinct
from kg.records import RELEASE, columns

ROWS_PER_BATCH = 262_144

_MEMBER = """
    SELECT p.row AS owner, v.n AS value FROM (SELECT DISTINCT person, work FROM authored WHERE person IS NOT NULL) e
    JOIN number_of v ON v.id = e.work JOIN person_row p ON p.id = e.person
    UNION ALL
    SELECT p.row, v.n FROM (SELECT DISTINCT person, project FROM member_of WHERE person IS NOT NULL) e
    JOIN number_of v ON v.id = e.project JOIN person_row p ON p.id = e.person
"""
_COLLABORATED = """
    SELECT a.row AS owner, b.row AS value FROM collaborated c
    JOIN person_row a ON a.id = c.a JOIN person_row b ON b.id = c.b
"""
_WHEN = """
    SELECT v.n, w.year, w.year AS first_year, w.year AS last_year,
      coalesce(length(w.date) >= 7 AND substr(w.date, 6, 2) < '04', false) AS early
    FROM work w JOIN number_of v ON v.id = w.id
    UNION ALL
    SELECT v.n, y.year, coalesce(y.start_fiscal_year, y.year), coalesce(y.end_fiscal_year, y.start_fiscal_year, y.year), false
    FROM (SELECT id, start_fiscal_year, end_fiscal_year,
            coalesce(start_fiscal_year, try_cast(substr("start", 1, 4) AS BIGINT)) AS year FROM project) y
    JOIN number_of v ON v.id = y.id
"""
_EVIDENCE = """
    SELECT p.row AS owner, f.n AS field, b.n AS basis, v.n AS via, e.year
    FROM field_evidence e
    JOIN person_row p ON p.id = e.person
    JOIN number_of v ON v.id = e.via
    JOIN (SELECT id, row_number() OVER (ORDER BY id) - 1 AS n FROM field) f ON f.id = e.field
    JOIN (SELECT unnest($bases::VARCHAR[]) AS basis, unnest(range(len($bases::VARCHAR[]))) AS n) b ON b.basis = e.basis
    ORDER BY owner, b.n, e.year DESC NULLS LAST, f.n, v.n
"""
_IDENTIFIER = """
    SELECT DISTINCT v.n AS owner, i.scheme, i.value FROM identifier i JOIN number_of v ON v.id = i.subject
    WHERE i.relation = 'self' ORDER BY owner, i.scheme, i.value
"""
_AFFILIATION = """
    SELECT p.row AS owner, a.organization, o.name_ja AS organization_ja, o.name_en AS organization_en, a.department,
      a.title, a.kind, a.first_seen, a.last_seen, a.asserted_end, a.ongoing, a.observations, a.current
    FROM affiliated_with a JOIN person_row p ON p.id = a.person LEFT JOIN organization o ON o.id = a.organization
    ORDER BY owner, a.current DESC, coalesce(a.last_seen, a.asserted_end, a.first_seen) DESC NULLS LAST,
      a.observations DESC, a.organization, a.department, a.title, a.kind
"""
_RECORD_OF = """
    SELECT e.n AS owner, CASE WHEN r.about = x.entity THEN 0 ELSE 1 END AS other, r.n AS record
    FROM entity_record x JOIN number_of e ON e.id = x.entity JOIN record_number r ON r.id = x.record
"""


def write_arrays(db: duckdb.DuckDBPyConnection, folder: Path) -> None:
    """Writes all arrays of a release into a new folder, from its tables in the database."""
    folder.mkdir()
    writer = _Writer(db, folder)
    try:
        writer.numbers()
        writer.lists()
        writer.years()
        writer.evidence()
        writer.rows()
        writer.records()
    finally:
        for table in ("number_of", "person_row", "record_number"):
            db.execute(f"DROP TABLE IF EXISTS {table}")


class _Writer:
    def __init__(self, db: duckdb.DuckDBPyConnection, folder: Path) -> None:
        self.db, self.folder = db, folder
        self.all = self.people = 0

    def numbers(self) -> None:
        """`ids`, `first`, and the temp tables that give numbers to the other steps."""
        union = " UNION ALL ".join(f'SELECT id FROM "{table}"' for table in KINDS.values())
        self.db.execute(
            f"CREATE TEMP TABLE number_of AS SELECT id, row_number() OVER (ORDER BY id) - 1 AS n FROM ({union})"
        )
        ids = np.asarray(self._numpy("SELECT id FROM number_of ORDER BY n")["id"], dtype=np.bytes_)
        self.all = len(ids)
        letters = ids.astype("S1") if self.all else np.zeros(0, "S1")
        first = np.searchsorted(letters, np.array([k.encode() for k in KINDS]))
        self._save("ids", ids)
        self._save("first", np.append(first, self.all).astype(np.int64))
        start = int(first[list(KINDS).index("P")])
        self.db.execute(
            f"CREATE TEMP TABLE person_row AS SELECT id, n - {start} AS row FROM number_of WHERE id LIKE 'P%'"
        )
        ((self.people,),) = self.db.execute("SELECT count(*) FROM person_row").fetchall()

    def lists(self) -> None:
        """Collaborators, works and projects of people, their people, and possible duplicates."""
        owner, value = self._pairs(_COLLABORATED)
        self._list("collaborated", np.append(owner, value), np.append(value, owner), self.people)
        owner, value = self._pairs(_MEMBER)
        self._list("person_via", owner, value, self.people)
        self._list("via_person", value, owner, self.all)
        namesake = files("kg.arrays").joinpath("sql", "namesake.sql").read_text(encoding="utf-8")
        owner, value = self._pairs(
            f"SELECT a.row AS owner, b.row AS value FROM ({namesake}) c "
            "JOIN person_row a ON a.id = c.a JOIN person_row b ON b.id = c.b"
        )
        self._list("namesake", np.append(owner, value), np.append(value, owner), self.people)

    def years(self) -> None:
        """When each work and project was, and which have too many people to make pairs."""
        rows = self._numpy(_WHEN)
        at = np.asarray(rows["n"], np.int64)
        for name in ("year", "first_year", "last_year"):
            values = np.full(self.all, NO_YEAR, np.int32)
            values[at] = _years(rows[name])
            self._save(name, values)
        early = np.zeros(self.all, np.bool_)
        early[at] = np.asarray(rows["early"], np.bool_)
        self._save("early", early)
        large = np.zeros(self.all, np.bool_)
        large[self._numpy("SELECT v.n FROM large_group g JOIN number_of v ON v.id = g.via")["n"]] = True
        self._save("large", large)

    def evidence(self) -> None:
        """Field evidence as columns of numbers, by person."""
        rows = self._numpy(_EVIDENCE, {"bases": list(BASES)})
        self._save("evidence.indptr", _indptr(rows["owner"], self.people))
        self._save("evidence.field", np.asarray(rows["field"], np.int32))
        self._save("evidence.basis", np.asarray(rows["basis"], np.int8))
        self._save("evidence.via", np.asarray(rows["via"], np.int32))
        self._save("evidence.year", _years(rows["year"]))

    def rows(self) -> None:
        """Entities by number; identifiers and affiliations through their lists."""
        by_table = {row.table: row for row in RELEASE}
        for table in KINDS.values():
            names = ", ".join(f'"{c.name}"' for c in columns(by_table[table]))
            self._arrow(table, f'SELECT {names} FROM "{table}" ORDER BY id')
        for name, query, owners in (
            ("identifier", _IDENTIFIER, self.all),
            ("affiliation", _AFFILIATION, self.people),
        ):
            self._save(f"{name}.indptr", _indptr(self._arrow(name, query), owners))

    def records(self) -> None:
        """Records in order of source and id, and which of them speak of whom: those about the entity itself first."""
        self.db.execute(
            "CREATE TEMP TABLE record_number AS "
            "SELECT id, about, row_number() OVER (ORDER BY split_part(id, ':', 1), id) - 1 AS n FROM record"
        )
        self._arrow("record", "SELECT id, split_part(id, ':', 1) AS source, url FROM record ORDER BY source, id")
        rows = self._numpy(_RECORD_OF)
        records = int(np.max(rows["record"], initial=0)) + 1
        key = np.asarray(rows["owner"], np.int64) * 2 + np.asarray(rows["other"], np.int64)
        self._list("record_of", key, rows["record"], self.all, fold=2, span=records)

    # --- shapes ------------------------------------------------------------------------------------------------

    def _numpy(self, query: str, parameters: dict[str, Any] | None = None) -> dict[str, Any]:
        return self.db.execute(query, parameters or {}).fetchnumpy()

    def _pairs(self, query: str) -> tuple[Integers, Integers]:
        rows = self._numpy(query)
        return np.asarray(rows["owner"], np.int64), np.asarray(rows["value"], np.int64)

    def _list(
        self, name: str, owner: Integers, value: Integers, owners: int, *, fold: int = 1, span: int | None = None
    ) -> None:
        """Saves the distinct pairs by owner, values ascending. Owners that stand `fold` to one are joined at the end."""
        span = span or max(self.all, 1)
        pairs = distinct(np.asarray(owner, np.int64) * span + np.asarray(value, np.int64))
        self._save(f"{name}.indptr", _indptr(pairs // span // fold, owners))
        self._save(f"{name}.values", (pairs % span).astype(np.int32))

    def _arrow(self, name: str, query: str) -> Integers:
        """Writes rows as `<name>.arrow`; a column `owner` is not written but given back."""
        batches = self.db.sql(query).to_arrow_reader(ROWS_PER_BATCH)
        kept = [f for f in batches.schema if f.name != "owner"]
        owners = [np.zeros(0, np.int64)]
        with pa.OSFile(str(self.folder / f"{name}.arrow"), "wb") as sink, pa.ipc.new_file(sink, pa.schema(kept)) as out:
            for batch in batches:
                if len(kept) < len(batch.schema):
                    owners.append(batch.column("owner").to_numpy(zero_copy_only=False))
                out.write_batch(_blank_where_null(batch.select([f.name for f in kept])))
        return np.concatenate(owners)

    def _save(self, name: str, values: Integers) -> None:
        np.save(self.folder / f"{name}.npy", values, allow_pickle=False)


def _blank_where_null(batch: pa.RecordBatch) -> pa.RecordBatch:
    """The same rows with nothing left in memory where a number is null, so that equal rows are equal bytes."""
    columns = [
        pc.if_else(c.is_valid(), c.fill_null(False if pa.types.is_boolean(c.type) else 0), pa.scalar(None, c.type))
        if c.null_count and not pa.types.is_string(c.type)
        else c
        for c in batch.columns
    ]
    return pa.RecordBatch.from_arrays(columns, schema=batch.schema)


def _indptr(owner: Any, owners: int) -> Integers:
    """Where the run of each owner begins, for owners in ascending order."""
    counts = np.bincount(np.asarray(owner, np.int64), minlength=owners)
    return np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)


def _years(values: Any) -> Integers:
    return np.ma.filled(np.ma.asarray(values, np.int64), NO_YEAR).astype(np.int32)
