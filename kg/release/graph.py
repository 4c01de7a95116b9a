"""The release as one DuckDB file: a table a record class, filled from the Parquet parts in their order.

Rows of a table lie in the order of its key, so that a look-up by id reads one row group. `release_info` tells which
release it is and, for each table, the sha256 over its parts: DuckDB's own bytes differ between runs, contents do not.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import duckdb

from kg.lake.schema import CLAIMS
from kg.records import PROVENANCE, RELEASE, Row, columns
from kg.release.parts import Written

_TYPES = {str: "VARCHAR", int: "BIGINT", float: "DOUBLE", bool: "BOOLEAN"}

INDEXES: tuple[tuple[str, str], ...] = (
    ("authored", "person"),
    ("member_of", "person"),
    ("collaborated", "b"),
)
"""Columns that are looked up and are not the beginning of the key."""


def graph_columns(row: type[Row]) -> list[tuple[str, str]]:
    """(name, SQL type) of each column of a table: the class's own, and provenance where rows are claims."""
    own = [(c.name, _TYPES[c.type]) for c in columns(row)]
    return own + ([(c.name, _TYPES[c.type]) for c in PROVENANCE] if row.table in CLAIMS else [])


def content_hash(table: Written) -> str:
    """sha256 (hex) of a table's content, from the digests of its parts."""
    return hashlib.sha256("\n".join(f"{p.name} {p.input}" for p in table.parts).encode()).hexdigest()


def write_graph(
    path: Path, tables: Path, written: list[Written], info: dict[str, str], *, memory_mb: int, threads: int
) -> None:
    """Writes `graph.duckdb`."""
    config: dict[str, Any] = {
        "threads": str(threads),
        "memory_limit": f"{memory_mb}MB",
        "temp_directory": str(path.parent / "tmp"),
    }
    db = duckdb.connect(str(path), config=config)
    try:
        by_name = {w.table: w for w in written}
        for row in RELEASE:
            _fill(db, row, [tables / row.table / p.name for p in by_name[row.table].parts])
        for table, column in INDEXES:
            db.execute(f'CREATE INDEX {table}_{column} ON "{table}" ("{column}")')
        db.execute("CREATE TABLE release_info (key VARCHAR, value VARCHAR)")
        facts = {**info, **{f"rows:{w.table}": str(w.rows) for w in written}}
        facts.update({f"content:{w.table}": content_hash(w) for w in written})
        db.executemany("INSERT INTO release_info VALUES (?, ?)", sorted(facts.items()))
        db.execute("CHECKPOINT")
    finally:
        db.close()


def _fill(db: duckdb.DuckDBPyConnection, row: type[Row], parts: list[Path]) -> None:
    listed = graph_columns(row)
    ddl = ", ".join(f'"{name}" {kind}' for name, kind in listed)
    db.execute(f'CREATE TABLE "{row.table}" ({ddl})')
    if parts:
        names = ", ".join(f'"{name}"' for name, _ in listed)
        db.execute(
            f'INSERT INTO "{row.table}" SELECT {names} FROM read_parquet($files)', {"files": [str(p) for p in parts]}
        )
