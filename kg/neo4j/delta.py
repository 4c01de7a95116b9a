"""What turns one loaded release into another, and how is it applied in one transaction?

Which rows differ is read from the `changes` of the releases between the two, along their parents; what they were and
what they are, from the Parquet parts of the loaded and of the wanted release. A row that came to be the same again on
the way makes no work.

    >>> delta = plan(settings, loaded, wanted)        # doctest: +SKIP
    >>> delta.rows                                     # doctest: +SKIP
    18342

Everything is one transaction, the node `Release` included: a reader sees the one or the other, and whatever goes wrong
leaves the older. Before it commits, the counts by label and type must be those of the wanted release.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import duckdb
import neo4j

from kg.errors import OurBug
from kg.neo4j import files, model, verify
from kg.neo4j.model import EdgeType, NodeType
from kg.neo4j.own import Own, lost_with
from kg.release.layout import Release, open_release, release_ids
from kg.settings import Settings

BATCH = 2000
ROWS_AT_ONCE = 80_000
"""Rows of a delta that is still one transaction; larger ones are loaded anew beside the old. With a heap of 1 GB, 90,000
new works, names and authorships in equal parts were one; at 150,000 the server refused for want of memory."""

Row = dict[str, Any]


@dataclass(slots=True)
class NodeDelta:
    """Nodes of one label."""

    label: str
    gone: list[str] = field(default_factory=list)
    fresh: list[Row] = field(default_factory=list)
    changed: list[Row] = field(default_factory=list)


@dataclass(slots=True)
class EdgeDelta:
    """Relationships of one type, as far as one table makes them."""

    edge: EdgeType
    gone: list[Row] = field(default_factory=list)
    fresh: list[Row] = field(default_factory=list)
    changed: list[tuple[Row, Row]] = field(default_factory=list)
    """What they were, and what they are, between the same ends."""


@dataclass(slots=True)
class Delta:
    """All that differs."""

    loaded: str
    wanted: Release
    nodes: list[NodeDelta] = field(default_factory=list)
    edges: list[EdgeDelta] = field(default_factory=list)

    @property
    def rows(self) -> int:
        """Nodes and relationships that are made, changed or removed."""
        nodes = sum(len(d.gone) + len(d.fresh) + len(d.changed) for d in self.nodes)
        return nodes + sum(len(d.gone) + len(d.fresh) + len(d.changed) for d in self.edges)

    def told(self) -> dict[str, dict[str, int]]:
        """Numbers by label and type."""
        found: dict[str, dict[str, int]] = {}
        everything: list[tuple[str, NodeDelta | EdgeDelta]] = [(d.label, d) for d in self.nodes]
        everything += [(d.edge.type, d) for d in self.edges]
        for name, d in everything:
            if d.gone or d.fresh or d.changed:
                sums = found.setdefault(name, {"added": 0, "changed": 0, "removed": 0})
                sums["added"] += len(d.fresh)
                sums["changed"] += len(d.changed)
                sums["removed"] += len(d.gone)
        return found


# --- what differs --------------------------------------------------------------------------------------------


def between(settings: Settings, loaded: str, wanted: Release) -> list[Release] | None:
    """The releases whose `changes` lead from the loaded one to the wanted one, forth or back; None where none do.

    They do not where a release on the way is not here any more, or was made by another version of the engine: its row
    hashes say something else.
    """
    if loaded not in release_ids(settings):
        return None
    ours, theirs = _line(settings, wanted), _line(settings, open_release(settings, loaded))
    known = {r.id for r in theirs}
    common = next((r.id for r in ours if r.id in known), None)
    if common is None:
        return None
    passed = [r for line in (ours, theirs) for r in _until(line, common)]
    made_by = {_engine(r) for r in [*passed, wanted, open_release(settings, loaded)]}
    return passed if len(made_by) == 1 else None


def _line(settings: Settings, release: Release) -> list[Release]:
    """A release and its ancestors, as far as they are here."""
    here, line = set(release_ids(settings)), [release]
    while (parent := line[-1].manifest["parent"]) in here:
        line.append(open_release(settings, parent))
    return line


def _until(line: list[Release], common: str) -> Iterator[Release]:
    for release in line:
        if release.id == common:
            return
        yield release


def _engine(release: Release) -> tuple[str, str]:
    versions = release.manifest["inputs"]["versions"]
    return versions["duckdb"], str(release.manifest["format"])


def rows_between(settings: Settings, loaded: str, wanted: Release) -> int | None:
    """About how many rows differ, from the manifests alone; None where no delta leads there."""
    passed = between(settings, loaded, wanted)
    if passed is None:
        return None
    told = [r.manifest["changes"].get(t, {}) for r in passed for t in model.tables()]
    return sum(sum(t.values()) for t in told)


def plan(settings: Settings, loaded: str, wanted: Release) -> Delta | None:
    """What turns the loaded release into the wanted one; None where no `changes` lead there."""
    passed = between(settings, loaded, wanted)
    if passed is None:
        return None
    was = open_release(settings, loaded)
    delta = Delta(loaded, wanted)
    names = NodeDelta(model.NAME)
    db = files.connect()
    try:
        for table in model.tables():
            if _keys(db, table, passed):
                _plan_table(db, table, was, wanted, delta, names)
    finally:
        db.close()
    delta.nodes.append(names)
    return delta


def _keys(db: duckdb.DuckDBPyConnection, table: str, passed: list[Release]) -> bool:
    """Makes `touched`, the keys that some release on the way changed; False where there are none."""
    found = [str(p) for r in passed if (p := r.changes(table))]
    if found:
        key = ", ".join(f'"{k}"' for k in model.tables()[table].key)
        db.execute(f"CREATE OR REPLACE TABLE touched AS SELECT DISTINCT {key} FROM read_parquet(?)", [found])
    return bool(found)


def _rows(db: duckdb.DuckDBPyConnection, release: Release, table: str, listed: str, where: str | None = None) -> dict[Any, Row]:  # fmt: skip
    """Touched rows of a release, by key."""
    key = model.tables()[table].key
    parts = release.parts(table)
    if not parts:
        return {}
    same = " AND ".join(f't."{k}" = k."{k}"' for k in key)
    keys = ", ".join(f't."{k}" AS "key:{k}"' for k in key)
    condition = f"WHERE {where}" if where else ""
    query = f"SELECT {keys}, {listed} FROM {files.rows(parts)} SEMI JOIN touched k ON {same} {condition}"
    found = db.sql(query).to_arrow_table().to_pylist()
    return {tuple(row.pop(f"key:{k}") for k in key): row for row in found}


def _plan_table(
    db: duckdb.DuckDBPyConnection, table: str, was: Release, wanted: Release, delta: Delta, names: NodeDelta
) -> None:
    for n in model.NODES:
        if n.table == table:
            old, new = (_rows(db, r, table, model.node_rows(n)) for r in (was, wanted))
            delta.nodes.append(_node_delta(n, old, new))
    for e in model.EDGES:
        if e.table != table:
            continue
        for end in e.ends:
            if end.missing:
                old, new = (_rows(db, r, table, model.name_rows(end), end.missing) for r in (was, wanted))
                _compare(names, old, new)
        old, new = (_rows(db, r, table, model.edge_rows(e)) for r in (was, wanted))
        delta.edges.append(_edge_delta(e, old, new))


def _node_delta(n: NodeType, old: dict[Any, Row], new: dict[Any, Row]) -> NodeDelta:
    found = NodeDelta(n.label)
    _compare(found, old, new)
    return found


def _compare(found: NodeDelta, old: dict[Any, Row], new: dict[Any, Row]) -> None:
    found.gone += [old[k]["id"] for k in old.keys() - new.keys()]
    found.fresh += [new[k] for k in new.keys() - old.keys()]
    found.changed += [new[k] for k in new.keys() & old.keys() if new[k] != old[k]]


def _edge_delta(e: EdgeType, old: dict[Any, Row], new: dict[Any, Row]) -> EdgeDelta:
    found = EdgeDelta(e)
    for k in {**old, **new}:
        was, now = old.get(k), new.get(k)
        if was is not None and now is not None and _ends(was) == _ends(now):
            if was != now:
                found.changed.append((was, now))
            continue
        if was is not None:
            found.gone.append(was)
        if now is not None:
            found.fresh.append(now)
    return found


def _ends(row: Row) -> tuple[Any, ...]:
    return tuple(row[n] for n in model.ENDS)


# --- one transaction -----------------------------------------------------------------------------------------


def apply(
    driver: neo4j.Driver, delta: Delta, facts: Row, report: Callable[[int, int], None] = lambda done, total: None
) -> Own:
    """Applies a delta and marks the release as loaded, all or nothing.

    `facts`: what the node `Release` says. Raises `OurBug` where the outcome would not have the release's counts; then,
    as after any failure, the server holds what it held.
    """
    expected = verify.expected_counts(delta.wanted)
    own = Own()
    with driver.session() as session, session.begin_transaction() as tx:
        _lock(tx, delta.loaded)
        done = 0
        for count in _acts(tx, delta, own):
            done += count
            report(done, delta.rows)
        found = verify.counts(tx)
        if wrong := [f"{k}: {found[k]:,} instead of {n:,}" for k, n in expected.items() if found[k] != n]:
            raise OurBug(
                f"The delta to {delta.wanted.id} would not give what the release holds: {'; '.join(wrong[:5])}. "
                "The server keeps the older release.",
                next_step="Somebody may have changed our nodes, or used our labels: kg neo4j load --anew.",
            )
        mark(tx, facts)
        tx.commit()
    return own


def too_large(e: neo4j.exceptions.Neo4jError) -> bool:
    """Whether a server refused a transaction for want of memory."""
    return "OutOfMemory" in (e.code or "")


def _lock(tx: neo4j.Transaction, loaded: str) -> None:
    """Two loads at once would undo each other: the second waits here and finds another release."""
    found = tx.run("MATCH (r:Release) SET r.loading = true REMOVE r.loading RETURN r.id AS id").single()
    if found is None or found["id"] != loaded:
        raise OurBug(f"The server does not hold {loaded} any more.", next_step="Repeat kg neo4j load.")


def mark(tx: neo4j.Transaction | neo4j.ManagedTransaction, facts: Row) -> None:
    """The one node that says what is loaded."""
    tx.run("MATCH (old:Release) WHERE old.id <> $id DETACH DELETE old", id=facts["id"]).consume()
    tx.run("MERGE (r:Release {id: $id}) SET r = $facts", id=facts["id"], facts=facts).consume()


def _acts(tx: neo4j.Transaction, delta: Delta, own: Own) -> Iterator[int]:
    """Edges go before their nodes and come after them."""
    for d in delta.edges:
        yield from _remove_edges(tx, d)
    for n in delta.nodes:
        for ids in _batches(n.gone):
            lost_with(tx, n.label, ids, own)
            tx.run(f"UNWIND $ids AS id MATCH (n:{n.label} {{id: id}}) DETACH DELETE n", ids=ids).consume()
            yield len(ids)
    for n in delta.nodes:
        for rows in _batches(n.fresh):
            tx.run(f"UNWIND $rows AS row CREATE (n:{n.label}) SET n = row", rows=rows).consume()
            yield len(rows)
        for rows in _batches(n.changed):
            tx.run(f"UNWIND $rows AS row MATCH (n:{n.label} {{id: row.id}}) SET n += row", rows=rows).consume()
            yield len(rows)
    for d in delta.edges:
        yield from _put_edges(tx, d)


def _batches(rows: list[Any]) -> Iterator[list[Any]]:
    for start in range(0, len(rows), BATCH):
        yield rows[start : start + BATCH]


def _by_labels(rows: list[Any], row_of: Callable[[Any], Row]) -> Iterator[tuple[str, str, list[Any]]]:
    groups: dict[tuple[str, str], list[Any]] = {}
    for row in rows:
        groups.setdefault((row_of(row)["s_label"], row_of(row)["t_label"]), []).append(row)
    for (source, target), some in groups.items():
        for batch in _batches(some):
            yield source, target, batch


def match_ends(source: str, target: str) -> str:
    """Cypher that finds both ends of `row`."""
    return f"MATCH (s:{source} {{id: row.s}}) MATCH (t:{target} {{id: row.t}})"


def as_parameters(row: Row) -> Row:
    """An edge's row for Cypher: its ends and its properties."""
    return {"s": row["s_id"], "t": row["t_id"], "p": {k: v for k, v in row.items() if k not in model.ENDS}}


def _found(e: EdgeType) -> str:
    """What tells a relationship apart from others between the same ends."""
    return "WHERE r.row_hash = row.hash" if e.properties else ""


def _remove_edges(tx: neo4j.Transaction, d: EdgeDelta) -> Iterator[int]:
    for source, target, rows in _by_labels(d.gone, lambda row: row):
        given = [{"s": r["s_id"], "t": r["t_id"], "hash": r.get("row_hash")} for r in rows]
        query = f"UNWIND $rows AS row {match_ends(source, target)} MATCH (s)-[r:{d.edge.type}]->(t) {_found(d.edge)} DELETE r"
        tx.run(query, rows=given).consume()
        yield len(rows)


def _put_edges(tx: neo4j.Transaction, d: EdgeDelta) -> Iterator[int]:
    for source, target, rows in _by_labels(d.changed, lambda pair: pair[1]):
        given = [{**as_parameters(now), "hash": was["row_hash"]} for was, now in rows]
        query = f"UNWIND $rows AS row {match_ends(source, target)} MATCH (s)-[r:{d.edge.type}]->(t) {_found(d.edge)} SET r += row.p"
        tx.run(query, rows=given).consume()
        yield len(rows)
    for source, target, rows in _by_labels(d.fresh, lambda row: row):
        query = f"UNWIND $rows AS row {match_ends(source, target)} CREATE (s)-[r:{d.edge.type}]->(t) SET r = row.p"
        tx.run(query, rows=[as_parameters(r) for r in rows]).consume()
        yield len(rows)
