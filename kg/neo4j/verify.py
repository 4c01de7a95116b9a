"""Does a server hold exactly what the release says? Counts, checksums, filled properties and samples, by label and type.

    >>> problems = verify(driver, release)         # doctest: +SKIP
    []

Expected values come from the release's Parquet parts by the model's SQL, found ones from the server by one query a
label or type. The checksum is the sum of row hashes, kept in two halves so that it cannot overflow.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import duckdb
import neo4j

from kg.neo4j import files, model
from kg.neo4j.model import EdgeType, End, NodeType, Property
from kg.release.layout import Release

SAMPLES = 20
_HALF = 2**32
Check = Callable[[neo4j.Driver], list[str]]


@dataclass(slots=True)
class Totals:
    """What is summed of a label or a type."""

    rows: int = 0
    high: int = 0
    low: int = 0
    filled: dict[str, int] = field(default_factory=dict)

    def __add__(self, other: Totals) -> Totals:
        names = dict.fromkeys([*self.filled, *other.filled])
        filled = {n: self.filled.get(n, 0) + other.filled.get(n, 0) for n in names}
        return Totals(self.rows + other.rows, self.high + other.high, self.low + other.low, filled)


def verify(
    driver: neo4j.Driver, release: Release, report: Callable[[int, int], None] = lambda done, total: None
) -> list[str]:
    """What is wrong with the graph in the server; [] where it is the release's."""
    db = files.connect()
    try:
        checks = list(_checks(db, release))
        problems: list[str] = []
        with ThreadPoolExecutor(2) as pool:
            for done, found in enumerate(pool.map(lambda check: check(driver), checks)):
                report(done + 1, len(checks))
                problems += found
        return problems
    finally:
        db.close()


def counts(driver: neo4j.Driver | neo4j.Transaction | neo4j.Session) -> dict[str, int]:
    """Nodes by label and relationships by type, from the server's own counters."""
    found: dict[str, int] = {}
    for label in (*(n.label for n in model.NODES), model.NAME):
        found[label] = _one(driver, f"MATCH (n:{label}) RETURN count(n) AS n")
    for kind in model.TYPES:
        found[kind] = _one(driver, f"MATCH ()-[r:{kind}]->() RETURN count(r) AS n")
    return found


def _one(driver: neo4j.Driver | neo4j.Transaction | neo4j.Session, query: str) -> int:
    if isinstance(driver, neo4j.Driver):
        return int(driver.execute_query(query).records[0]["n"])
    record = driver.run(query).single(strict=True)
    return int(record["n"])


def expected_counts(release: Release) -> dict[str, int]:
    """The same from the release."""
    rows: dict[str, int] = release.manifest["counts"]
    found = {n.label: rows.get(n.table, 0) for n in model.NODES}
    found[model.NAME] = 0
    found.update(dict.fromkeys(model.TYPES, 0))
    for e in model.EDGES:
        found[e.type] += rows.get(e.table, 0)
    db = files.connect()
    try:
        for e in model.EDGES:
            for end in e.ends:
                if end.missing and release.parts(e.table):
                    found[model.NAME] += _names(db, release, e, end)[0]
    finally:
        db.close()
    return found


def _names(db: duckdb.DuckDBPyConnection, release: Release, e: EdgeType, end: End) -> tuple[int, int]:
    """How many names stand for an end, and how many of them are filled."""
    query = f"SELECT count(*), count({end.name}) FROM {files.rows(release.parts(e.table))} WHERE {end.missing}"
    rows, filled = db.execute(query).fetchall()[0]
    return int(rows), int(filled)


# --- what is to be found -------------------------------------------------------------------------------------


def _checks(db: duckdb.DuckDBPyConnection, release: Release) -> Iterator[Check]:
    for n in model.NODES:
        totals = _totals(db, release, n.table, n.properties)
        yield _same(f"(n:{n.label})", "n", totals, n.label)
        yield from _node_samples(db, release, n)
    yield _same(f"(n:{model.NAME})", "n", _name_totals(db, release), model.NAME)
    for kind in model.TYPES:
        made_by = [e for e in model.EDGES if e.type == kind]
        total = Totals()
        for e in made_by:
            total += _totals(db, release, e.table, e.properties)
            yield from _edge_samples(db, release, e)
        yield _same(f"()-[n:{kind}]->()", "n", total, kind)


def _totals(db: duckdb.DuckDBPyConnection, release: Release, table: str, properties: tuple[Property, ...]) -> Totals:
    parts = release.parts(table)
    hashed = any(p.name == "row_hash" for p in properties)
    names = [p.name for p in properties]
    if not parts:
        return Totals(filled=dict.fromkeys(names, 0))
    hash_ = model.ROW_HASH if hashed else "0"
    listed = ", ".join(["count(*)", f"sum({hash_} // {_HALF})", f"sum({hash_} % {_HALF})", *(f"count({p.sql})" for p in properties)])  # fmt: skip
    row = db.execute(f"SELECT {listed} FROM {files.rows(parts)}").fetchall()[0]
    return Totals(int(row[0]), int(row[1]), int(row[2]), dict(zip(names, map(int, row[3:]), strict=True)))


def _name_totals(db: duckdb.DuckDBPyConnection, release: Release) -> Totals:
    total = Totals(filled={"id": 0, "name": 0})
    for e in model.EDGES:
        for end in e.ends:
            if end.missing and release.parts(e.table):
                rows, filled = _names(db, release, e, end)
                total += Totals(rows, filled={"id": rows, "name": filled})
    return total


def _same(pattern: str, name: str, expected: Totals, what: str) -> Check:
    """One query that sums what the server holds."""
    properties = list(expected.filled)
    hash_ = "n.row_hash" if "row_hash" in properties else "0"
    listed = ", ".join(
        [
            f"count({name})",
            f"sum({hash_} / {_HALF})",
            f"sum({hash_} % {_HALF})",
            *(f"count(n.`{p}`)" for p in properties),
        ]
    )

    def check(driver: neo4j.Driver) -> list[str]:
        row = driver.execute_query(f"MATCH {pattern} RETURN {listed}").records[0].values()
        found = Totals(row[0], row[1], row[2], dict(zip(properties, row[3:], strict=True)))
        problems = []
        if found.rows != expected.rows:
            problems.append(f"{what}: {found.rows:,} instead of {expected.rows:,}")
        elif (found.high, found.low) != (expected.high, expected.low):
            problems.append(f"{what}: the sum of row hashes is another")
        problems += [
            f"{what}.{p}: filled {found.filled[p]:,} times instead of {expected.filled[p]:,}"
            for p in properties
            if found.filled[p] != expected.filled[p] and found.rows == expected.rows
        ]
        return problems

    return check


# --- samples by value ----------------------------------------------------------------------------------------


def _sample(db: duckdb.DuckDBPyConnection, release: Release, table: str, listed: str) -> list[dict[str, Any]]:
    """Some rows, the same whenever asked: those of the lowest hashes."""
    parts = release.parts(table)
    if not parts:
        return []
    query = f"SELECT {listed} FROM {files.rows(parts)} ORDER BY t.row_hash LIMIT {SAMPLES}"
    found: list[dict[str, Any]] = db.sql(query).to_arrow_table().to_pylist()
    return found


def filled(row: dict[str, Any]) -> dict[str, Any]:
    """A row's values as properties: null is none."""
    return {k: v for k, v in row.items() if v is not None and k not in model.ENDS}


def _node_samples(db: duckdb.DuckDBPyConnection, release: Release, n: NodeType) -> Iterator[Check]:
    rows = _sample(db, release, n.table, model.node_rows(n))
    if not rows:
        return
    wanted = {row["id"]: filled(row) for row in rows}

    def check(driver: neo4j.Driver) -> list[str]:
        query = f"UNWIND $ids AS id MATCH (n:{n.label} {{id: id}}) RETURN n.id AS id, properties(n) AS p"
        found = {r["id"]: r["p"] for r in driver.execute_query(query, ids=list(wanted)).records}
        return [f"{n.label} {i!r}: {_difference(p, found.get(i))}" for i, p in wanted.items() if not _holds(found.get(i), p, n.properties)]  # fmt: skip

    yield check


def _edge_samples(db: duckdb.DuckDBPyConnection, release: Release, e: EdgeType) -> Iterator[Check]:
    rows = _sample(db, release, e.table, model.edge_rows(e))
    if not rows:
        return

    def check(driver: neo4j.Driver) -> list[str]:
        problems = []
        for ends in {(r["s_label"], r["t_label"]) for r in rows}:
            some = [r for r in rows if (r["s_label"], r["t_label"]) == ends]
            query = (
                f"UNWIND $rows AS row MATCH (s:{ends[0]} {{id: row.s}})-[r:{e.type}]->(t:{ends[1]} {{id: row.t}}) "
                "RETURN row.n AS n, properties(r) AS p"
            )
            given = [{"n": n, "s": r["s_id"], "t": r["t_id"]} for n, r in enumerate(some)]
            found = driver.execute_query(query, rows=given).records
            held = {r["n"] for r in found if _holds(r["p"], filled(some[r["n"]]), e.properties)}
            problems += [
                f"{e.type} {r['s_id']!r} → {r['t_id']!r}: not there as in table {e.table}"
                for n, r in enumerate(some)
                if n not in held
            ]
        return problems

    yield check


def _holds(found: dict[str, Any] | None, wanted: dict[str, Any], ours: tuple[Property, ...]) -> bool:
    """Whether the properties that are ours have the wanted values; what users add does not count."""
    return found is not None and {k: v for k, v in found.items() if k in {p.name for p in ours}} == wanted


def _difference(wanted: dict[str, Any], found: dict[str, Any] | None) -> str:
    if found is None:
        return "is not there"
    return "differs in " + ", ".join(k for k in {**wanted, **found} if wanted.get(k) != found.get(k))
