"""What a server holds, as values that can be compared."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import neo4j

from kg.neo4j.load import connect
from kg.neo4j.server import Access


@contextmanager
def opened(access: Access) -> Iterator[neo4j.Driver]:
    with connect(access) as driver:
        yield driver


def emptied(driver: neo4j.Driver) -> None:
    """Nothing is left: no node, no constraint, no index."""
    with driver.session() as session:
        session.run("MATCH (n) CALL (n) { DETACH DELETE n } IN TRANSACTIONS").consume()
    for r in driver.execute_query("SHOW CONSTRAINTS YIELD name").records:
        driver.execute_query(f"DROP CONSTRAINT `{r['name']}`")
    for r in driver.execute_query("SHOW INDEXES YIELD name, type WHERE type <> 'LOOKUP'").records:
        driver.execute_query(f"DROP INDEX `{r['name']}`")


def _values(p: dict[str, Any]) -> tuple[tuple[str, str], ...]:
    return tuple(sorted((k, repr(v)) for k, v in p.items()))


def whole(driver: neo4j.Driver) -> Counter[Any]:
    """Every node and relationship by value, but for when it was loaded."""
    nodes = driver.execute_query("MATCH (n) RETURN labels(n) AS l, properties(n) AS p").records
    edges = driver.execute_query(
        "MATCH (a)-[r]->(b) RETURN labels(a) AS al, a.id AS a, type(r) AS t, properties(r) AS p, labels(b) AS bl, b.id AS b"
    ).records
    found: Counter[Any] = Counter()
    for n in nodes:
        p = {k: v for k, v in n["p"].items() if k != "loaded"}
        found[(tuple(sorted(n["l"])), _values(p))] += 1
    for e in edges:
        found[(tuple(e["al"]), e["a"], e["t"], _values(e["p"]), tuple(e["bl"]), e["b"])] += 1
    return found
