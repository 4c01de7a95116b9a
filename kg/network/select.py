"""Which nodes and edges? One graph of a release, chosen by kind, people and years, read in batches.

    >>> wanted = Wanted("people", since=2015, at_least=2)          # doctest: +SKIP
    >>> with open_network(release, wanted) as network:             # doctest: +SKIP
    ...     network.nodes.rows, network.edges.rows
    (41203, 187044)

Edges are undirected and simple: one a pair. Both lists have the order of their ids, so that equal releases give equal bytes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Literal, get_args

import duckdb
import pyarrow as pa

from kg.rdf import open_tables
from kg.release import Release

What = Literal["people", "works", "projects", "organizations", "topics"]
WHAT: tuple[What, ...] = get_args(What)
_EDGES: dict[What, str] = {
    "people": "edges_people", "works": "edges_works", "projects": "edges_projects",
    "organizations": "edges_organizations", "topics": "edges_topics",
}  # fmt: skip
_NODES: dict[What, tuple[str, ...]] = {
    "people": ("nodes_person",), "works": ("nodes_person", "nodes_work"), "projects": ("nodes_person", "nodes_project"),
    "organizations": ("nodes_organization",), "topics": ("nodes_topic",),
}  # fmt: skip
BATCH = 20_000
MOST_TOPICS = 50
"""A work or project with more topics than this makes no pairs of topics: a list of everything joins nothing."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What graph."""

    what: What = "people"
    people: Sequence[str] | None = None
    """Only these people and what is between them; None = everybody."""
    partners: bool = False
    """Also whoever shares something with one of `people`."""
    since: int | None = None
    until: int | None = None
    """Only joint works and projects of these years, bounds included. An unknown year is outside any."""
    at_least: int = 1
    """Joint items that make an edge; of `works` and `projects`: people that make a work or project worth a node."""
    isolated: bool = False
    """Also nodes without an edge."""

    def about(self) -> str:
        """The choice in one line, for the head of a file."""
        parts: list[str] = [self.what]
        if self.people is not None:
            parts.append(f"among {len(self.people)} people{' and their partners' if self.partners else ''}")
        if self.since is not None or self.until is not None:
            parts.append(f"years {'' if self.since is None else self.since}-{'' if self.until is None else self.until}")
        if self.at_least > 1:
            parts.append(f"at least {self.at_least}")
        return ", ".join(parts)


@dataclass(frozen=True, slots=True)
class Part:
    """Nodes or edges: the columns, how many rows, and the rows. One reader at a time."""

    schema: pa.Schema
    rows: int
    _query: str
    _connection: duckdb.DuckDBPyConnection

    def batches(self) -> Iterator[pa.RecordBatch]:
        """All rows in the order of their ids."""
        reader: Iterator[pa.RecordBatch] = self._connection.sql(self._query).to_arrow_reader(BATCH)
        yield from reader


@dataclass(frozen=True, slots=True)
class Network:
    """One graph. Nodes begin with `id`, `label`, `kind`; edges with `source`, `target`, `weight`."""

    release: str
    about: str
    nodes: Part
    edges: Part


@cache
def _sql(name: str) -> str:
    return files("kg.network").joinpath("sql", f"{name}.sql").read_text(encoding="utf-8")


@contextmanager
def open_network(release: Release, wanted: Wanted, *, memory_mb: int = 2000) -> Iterator[Network]:
    """The graph, its edges already counted. What does not fit into `memory_mb` lies on disk meanwhile."""
    with open_tables(release.duckdb, memory_mb=memory_mb) as tables:
        _choose(tables, wanted)
        tables.execute(
            f"CREATE TEMP TABLE link AS {_sql(_EDGES[wanted.what])}",
            {
                "since": wanted.since, "until": wanted.until, "at_least": wanted.at_least,
                **({"most": MOST_TOPICS} if wanted.what == "topics" else {}),
            },
        )  # fmt: skip
        kept = "TRUE" if wanted.isolated else "FALSE"
        tables.execute("CREATE TEMP TABLE touched AS SELECT source AS id FROM link UNION SELECT target FROM link")
        nodes = " UNION ALL BY NAME ".join(
            f"(SELECT * FROM ({_sql(name)}) n WHERE n.id IN (FROM touched) OR ({kept} AND n.chosen))"
            for name in _NODES[wanted.what]
        )
        yield Network(
            release.id,
            wanted.about(),
            _part(tables, f"SELECT * EXCLUDE (chosen) FROM ({nodes}) ORDER BY id"),
            _part(tables, "FROM link ORDER BY source, target"),
        )


def _choose(tables: duckdb.DuckDBPyConnection, wanted: Wanted) -> None:
    """`chosen`: people at whom an edge must begin; `allowed`: people at whom it may end."""
    everybody = "SELECT id FROM person"
    if wanted.people is None:
        tables.execute(f"CREATE TEMP VIEW chosen AS {everybody}; CREATE TEMP VIEW allowed AS {everybody}")
        return
    ids: dict[str, Any] = {"ids": list(wanted.people)}
    tables.execute(f"CREATE TEMP TABLE chosen AS {everybody} WHERE id IN (SELECT unnest($ids::VARCHAR[]))", ids)
    tables.execute(f"CREATE TEMP VIEW allowed AS {everybody if wanted.partners else 'FROM chosen'}")


def _part(tables: duckdb.DuckDBPyConnection, query: str) -> Part:
    ((rows,),) = tables.execute(f"SELECT count(*) FROM ({query})").fetchall()
    schema = tables.sql(f"FROM ({query}) LIMIT 0").to_arrow_table().schema
    return Part(schema, int(rows), query, tables)
