"""What differs between two releases, and is a release still what its manifest says?"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from kg.lake.parts import file_digest
from kg.lake.schema import release_schema
from kg.records import RELEASE, Row
from kg.release.layout import Release
from kg.release.parts import changes_between, compared_columns, read_hashed

SAMPLES = 5


def diff(older: Release, newer: Release, samples: int = SAMPLES) -> dict[str, Any]:
    """By table: rows in both, keys added, changed and removed with some of them. Parts that are equal are not read."""
    tables: dict[str, Any] = {}
    for row in RELEASE:
        changes = _changes(row, older, newer)
        counts = {c["values"]: c["counts"] for c in pc.value_counts(changes["change"]).to_pylist()}
        if changes.num_rows:
            tables[row.table] = {
                "older": older.manifest["counts"].get(row.table, 0),
                "newer": newer.manifest["counts"].get(row.table, 0),
                **{kind: counts.get(kind, 0) for kind in ("added", "changed", "removed")},
                "samples": {kind: _samples(row, changes, kind, samples) for kind in sorted(counts)},
            }
    return {"older": older.id, "newer": newer.id, "tables": tables}


def _changes(row: type[Row], older: Release, newer: Release) -> pa.Table:
    was, now = (
        {p["name"]: p["input"] for p in r.manifest["tables"].get(row.table, {"parts": []})["parts"]}
        for r in (older, newer)
    )
    parts = [
        changes_between(row, _keys(row, older, name, was), _keys(row, newer, name, now))
        for name in sorted({*was, *now})
        if was.get(name) != now.get(name)
    ]
    empty = pa.table({"change": pa.array([], pa.string())})
    return pa.concat_tables(parts) if parts else empty


def _keys(row: type[Row], release: Release, name: str, parts: dict[str, str]) -> pa.Table:
    columns = compared_columns(row)
    if name in parts:
        return read_hashed(row, release, release.tables / row.table / name, columns)
    return pa.schema([release_schema(row).field(c) for c in columns]).empty_table()


def _samples(row: type[Row], changes: pa.Table, kind: str, most: int) -> list[dict[str, Any]]:
    found = changes.filter(pc.equal(changes["change"], kind)).slice(0, most)
    return list(found.select(list(row.key)).to_pylist())


def verify(release: Release) -> list[str]:
    """What is wrong with a release; [] where every file has the bytes and the graph the rows that the manifest tells."""
    problems = [
        problem
        for name, told in release.manifest["files"].items()
        if (problem := _file(release.path / name, name, told))
    ]
    if not problems:
        problems += _graph(release)
    known = {*release.manifest["files"], "manifest.json"}
    for path in sorted(release.path.rglob("*")):
        name = path.relative_to(release.path).as_posix()
        if path.is_file() and name not in known and not name.endswith(".lock"):
            problems.append(f"{name}: not in the manifest")
    return problems


def _file(path: Path, name: str, told: dict[str, Any]) -> str | None:
    if not path.is_file():
        return f"{name}: missing"
    if path.stat().st_size != told["bytes"]:
        return f"{name}: {path.stat().st_size} bytes instead of {told['bytes']}"
    return None if file_digest(path) == told["sha256"] else f"{name}: other bytes than were written"


def _graph(release: Release) -> list[str]:
    db = duckdb.connect(str(release.duckdb), read_only=True)
    try:
        problems = []
        for table, rows in release.manifest["counts"].items():
            (found,) = db.execute(f'SELECT count(*) FROM "{table}"').fetchall()[0]
            if found != rows:
                problems.append(f"graph.duckdb: table {table} has {found} rows instead of {rows}")
        return problems
    finally:
        db.close()
