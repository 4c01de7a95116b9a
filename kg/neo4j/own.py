"""What have users added under labels and types of their own, and how does it come along into another server?

Theirs is a node with none of our labels, a relationship of a type that is not ours, a label of theirs on a node of ours
(with its further properties), and an index or constraint that we did not make. What hangs on a node of ours that the
release no longer has cannot come along: it is told.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import neo4j

from kg.neo4j import model

BATCH = 1000
TOLD = 100
"""Lost relationships that are named; the rest is counted."""


@dataclass(slots=True)
class Own:
    """What was found of users, and what of it was lost."""

    nodes: int = 0
    relationships: int = 0
    lost: int = 0
    told: list[str] = field(default_factory=list)

    def lose(self, what: str) -> None:
        """One relationship whose end is gone."""
        self.lost += 1
        if len(self.told) < TOLD:
            self.told.append(what)


def quoted(name: str) -> str:
    """A label, type or property as Cypher writes it.

    >>> quoted("my `own` label")
    '`my ``own`` label`'
    """
    return "`" + name.replace("`", "``") + "`"


def own_labels(driver: neo4j.Driver) -> list[str]:
    """Labels of users."""
    found = driver.execute_query("CALL db.labels() YIELD label RETURN label ORDER BY label").records
    return [r["label"] for r in found if r["label"] not in model.LABELS]


def own_types(driver: neo4j.Driver) -> list[str]:
    """Relationship types of users."""
    found = driver.execute_query(
        "CALL db.relationshipTypes() YIELD relationshipType AS type RETURN type ORDER BY type"
    ).records
    return [r["type"] for r in found if r["type"] not in model.TYPES]


def foreign(driver: neo4j.Driver) -> int:
    """How many nodes there are without a label of ours."""
    everything = _count(driver, "MATCH (n)")
    return everything - sum(_count(driver, f"MATCH (n:{label})") for label in model.LABELS)


def _count(driver: neo4j.Driver, match: str) -> int:
    return int(driver.execute_query(f"{match} RETURN count(*) AS n").records[0]["n"])


def lost_with(tx: neo4j.Transaction, label: str, ids: list[str], own: Own) -> None:
    """Tells relationships of users that go with nodes of ours."""
    query = (
        f"UNWIND $ids AS id MATCH (n:{label} {{id: id}})-[r]-(m) WHERE NOT type(r) IN $types "
        "RETURN id, type(r) AS type, labels(m) AS labels, coalesce(m.id, elementId(m)) AS other"
    )
    for r in tx.run(query, ids=ids, types=list(model.TYPES)):
        own.lose(f"({label} {r['id']})-[{r['type']}]-({':'.join(r['labels'])} {r['other']})")


# --- into another server -------------------------------------------------------------------------------------


def carry(old: neo4j.Driver, new: neo4j.Driver) -> Own:
    """Brings what is theirs from one server to another, where it replaces what an earlier attempt brought."""
    own = Own()
    _clear(new)
    places = _carry_nodes(old, new, own)
    _carry_labels(old, new)
    _carry_relationships(old, new, places, own)
    _carry_schema(old, new)
    return own


def _clear(new: neo4j.Driver) -> None:
    with new.session() as session:
        for kind in own_types(new):
            session.run(f"MATCH ()-[r:{quoted(kind)}]->() CALL (r) {{ DELETE r }} IN TRANSACTIONS").consume()
        if foreign(new):
            query = "MATCH (n) WHERE none(l IN labels(n) WHERE l IN $ours) CALL (n) { DETACH DELETE n } IN TRANSACTIONS"
            session.run(query, ours=list(model.LABELS)).consume()
        for label in own_labels(new):
            session.run(f"MATCH (n:{quoted(label)}) REMOVE n:{quoted(label)}").consume()


def _batches(driver: neo4j.Driver, query: str, **parameters: Any) -> Iterator[list[neo4j.Record]]:
    with driver.session(fetch_size=BATCH, default_access_mode=neo4j.READ_ACCESS) as session:
        result = session.run(query, **parameters)
        while batch := result.fetch(BATCH):
            yield batch


def _carry_nodes(old: neo4j.Driver, new: neo4j.Driver, own: Own) -> dict[str, str]:
    """Nodes of users; returns where each has come to."""
    places: dict[str, str] = {}
    if not foreign(old):
        return places
    query = (
        "MATCH (n) WHERE none(l IN labels(n) WHERE l IN $ours) "
        "RETURN elementId(n) AS place, labels(n) AS labels, properties(n) AS p"
    )
    for batch in _batches(old, query, ours=list(model.LABELS)):
        for labels in {tuple(r["labels"]) for r in batch}:
            some = [r for r in batch if tuple(r["labels"]) == labels]
            created = "".join(":" + quoted(label) for label in labels)
            rows = [{"place": r["place"], "p": r["p"]} for r in some]
            found = new.execute_query(
                f"UNWIND $rows AS row CREATE (n{created}) SET n = row.p RETURN row.place AS old, elementId(n) AS new",
                rows=rows,
            ).records
            places.update({r["old"]: r["new"] for r in found})
        own.nodes += len(batch)
    return places


def _ours(variable: str) -> str:
    return f"[l IN labels({variable}) WHERE l IN $ours][0]"


def _carry_labels(old: neo4j.Driver, new: neo4j.Driver) -> None:
    known = {n.label: {p.name for p in n.properties} for n in model.NODES} | {model.NAME: {"id", "name"}}
    for label in own_labels(old):
        query = f"MATCH (n:{quoted(label)}) WITH n, {_ours('n')} AS ours WHERE ours IS NOT NULL RETURN ours, properties(n) AS p"  # fmt: skip
        for batch in _batches(old, query, ours=list(model.LABELS)):
            for ours in {r["ours"] for r in batch}:
                rows = [
                    {"id": r["p"]["id"], "p": {k: v for k, v in r["p"].items() if k not in known.get(ours, set())}}
                    for r in batch
                    if r["ours"] == ours and "id" in r["p"]
                ]
                new.execute_query(
                    f"UNWIND $rows AS row MATCH (n:{ours} {{id: row.id}}) SET n:{quoted(label)} SET n += row.p",
                    rows=rows,
                )


def _carry_relationships(old: neo4j.Driver, new: neo4j.Driver, places: dict[str, str], own: Own) -> None:
    for kind in own_types(old):
        query = (
            f"MATCH (a)-[r:{quoted(kind)}]->(b) RETURN elementId(a) AS a, {_ours('a')} AS a_label, a.id AS a_id, "
            f"elementId(b) AS b, {_ours('b')} AS b_label, b.id AS b_id, properties(r) AS p"
        )
        for batch in _batches(old, query, ours=list(model.LABELS)):
            for ends in {(r["a_label"], r["b_label"]) for r in batch}:
                some = [r for r in batch if (r["a_label"], r["b_label"]) == ends]
                _relate(new, kind, ends, some, places, own)


def _relate(
    new: neo4j.Driver,
    kind: str,
    ends: tuple[str | None, str | None],
    some: list[neo4j.Record],
    places: dict[str, str],
    own: Own,
) -> None:
    def match(name: str, label: str | None) -> str:
        if label is None:
            return f"MATCH ({name}) WHERE elementId({name}) = row.{name}"
        return f"MATCH ({name}:{label} {{id: row.{name}}})"

    rows = [
        {
            "n": n,
            "a": places.get(r["a"]) if ends[0] is None else r["a_id"],
            "b": places.get(r["b"]) if ends[1] is None else r["b_id"],
            "p": r["p"],
        }
        for n, r in enumerate(some)
    ]
    found = new.execute_query(
        f"UNWIND $rows AS row {match('a', ends[0])} {match('b', ends[1])} "
        f"CREATE (a)-[r:{quoted(kind)}]->(b) SET r = row.p RETURN row.n AS n",
        rows=rows,
    ).records
    done = {r["n"] for r in found}
    own.relationships += len(done)
    for n, r in enumerate(some):
        if n not in done:
            own.lose(f"({ends[0] or ''} {r['a_id'] or r['a']})-[{kind}]->({ends[1] or ''} {r['b_id'] or r['b']})")


def _carry_schema(old: neo4j.Driver, new: neo4j.Driver) -> None:
    for what in ("CONSTRAINTS", "INDEXES"):
        shown = f"SHOW {what} YIELD name, createStatement" + (
            ", owningConstraint, type WHERE owningConstraint IS NULL AND type <> 'LOOKUP'" if what == "INDEXES" else ""
        )
        there = {r["name"] for r in new.execute_query(f"SHOW {what} YIELD name").records}
        for r in old.execute_query(f"{shown} RETURN name, createStatement" if what == "INDEXES" else shown).records:
            if r["name"] not in there:
                new.execute_query(r["createStatement"])
