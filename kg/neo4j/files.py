"""Which files does the import tool read? One for each kind of node and of edge, written from a release's Parquet parts.

CSV, every filled value in quotes: an empty text stays one, null is nothing at all. Rows stream through DuckDB within a
memory limit. A file that is there is whole: it is written beside its place and renamed, so that a load that was stopped
goes on with the rest.

Ends find each other by `id` where a row says it. Statements and names, which only their own row points to, are
numbered by where that row lies: no long text has to be looked up.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from kg.neo4j import model
from kg.neo4j.model import EdgeType, End, NodeType, Property
from kg.release.layout import Release

MEMORY_MB = 240
_PLACE = "(t.file_index::BIGINT << 40) | t.file_row_number"
"""The number of a row within its table."""
_CSV = "FORMAT csv, HEADER true, FORCE_QUOTE *"
_TYPES = {"integer": ":long", "number": ":double", "yes/no": ":boolean", "text": ""}


@dataclass(frozen=True, slots=True)
class File:
    """One file of the import."""

    name: str
    option: str
    """What the import tool is told: `--nodes=Person` or `--relationships=AUTHORED`."""
    table: str
    select: str
    """The columns, named as the tool's header wants them, and the condition on the row."""
    where: str | None = None


def rows(parts: list[Path]) -> str:
    """SQL of a table's rows as `t`."""
    listed = ", ".join("'" + str(p).replace("'", "''") + "'" for p in parts)
    return f"read_parquet([{listed}], file_row_number = true) t"


def connect(folder: Path | None = None, *, ordered: bool = False) -> duckdb.DuckDBPyConnection:
    """A database for the model's SQL, within `MEMORY_MB`; what does not fit is put into a folder.

    `ordered`: one of several at a time, whose rows come in the order of the files.
    """
    config: dict[str, Any] = {
        "memory_limit": f"{MEMORY_MB // 3 if ordered else MEMORY_MB}MB",
        "preserve_insertion_order": str(ordered).lower(),
        "threads": "1" if ordered else "2",
    }
    db = duckdb.connect(config=config | ({"temp_directory": str(folder / "spill")} if folder else {}))
    for macro in model.MACROS:
        db.execute(macro)
    return db


def files() -> Iterator[File]:
    """Every file, nodes first."""
    for n in model.NODES:
        yield _nodes(n)
    for e in model.EDGES:
        yield from (_names(e, end) for end in e.ends if end.missing)
    for e in model.EDGES:
        yield from _edges(e)


def _listed(columns: list[tuple[str, str]]) -> str:
    return ", ".join(f'{sql} AS "{name}"' for name, sql in columns)


def _properties(properties: tuple[Property, ...]) -> list[tuple[str, str]]:
    return [(p.name + _TYPES[p.type], p.sql) for p in properties]


def _nodes(n: NodeType) -> File:
    if n.role == "node":
        columns = [("id:ID", n.id), *_properties(n.properties[1:])]
    else:
        columns = [(f":ID({n.label}){{id-type:long}}", _PLACE), *_properties(n.properties)]
    return File(f"nodes-{n.label}", f"--nodes={n.label}", n.table, _listed(columns))


def _space(e: EdgeType, end: End) -> str:
    return f"{model.NAME}_{e.table}_{end.column}"


def _names(e: EdgeType, end: End) -> File:
    columns = [
        (f":ID({_space(e, end)}){{id-type:long}}", _PLACE),
        ("id", str(end.name_id)),
        ("name", str(end.name)),
    ]
    return File(f"names-{e.table}-{end.column}", f"--nodes={model.NAME}", e.table, _listed(columns), end.missing)


def _edges(e: EdgeType) -> Iterator[File]:
    """One file for each way in which the ends may be known or not."""
    for source in (False, True) if e.source.missing else (False,):
        for target in (False, True) if e.target.missing else (False,):
            columns = [
                _end_column(e, e.source, ":START_ID", source),
                _end_column(e, e.target, ":END_ID", target),
                *_properties(e.properties),
            ]
            conditions = [_condition(e.source, source), _condition(e.target, target)]
            where = " AND ".join(c for c in conditions if c) or None
            name = f"edges-{e.type}-{e.table}-{int(source)}{int(target)}"
            yield File(name, f"--relationships={e.type}", e.table, _listed(columns), where)


def _condition(end: End, missing: bool) -> str | None:
    if end.missing is None:
        return None
    return f"({end.missing})" if missing else f"NOT ({end.missing})"


def _end_column(e: EdgeType, end: End, name: str, missing: bool) -> tuple[str, str]:
    if missing:
        return f"{name}({_space(e, end)})", _PLACE
    if not end.column:  # the statement itself
        return f"{name}({end.labels[0]})", _PLACE
    return name, end.id


def write(release: Release, folder: Path, report: Callable[[int, int], None] = lambda done, total: None) -> list[str]:
    """Writes what is not there yet; returns the import tool's arguments, relative to it. Tables without rows make no file.

    `report` gets the number of files done and of all.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for left in folder.glob("*.tmp"):
        left.unlink()
    db = connect(folder)
    arguments, wanted = [], list(files())
    try:
        for done, file in enumerate(wanted):
            report(done, len(wanted))
            parts = release.parts(file.table)
            if not parts:
                continue
            path = folder / f"{file.name}.csv"
            if not path.exists():
                _write(db, file, parts, path)
            arguments.append(f"{file.option}={path.name}")
    finally:
        db.close()
    report(len(wanted), len(wanted))
    return arguments


def _write(db: duckdb.DuckDBPyConnection, file: File, parts: list[Path], path: Path) -> None:
    draft = path.with_name(path.name + ".tmp")
    where = f"WHERE {file.where}" if file.where else ""
    target = str(draft).replace("'", "''")
    db.execute(f"COPY (SELECT {file.select} FROM {rows(parts)} {where}) TO '{target}' ({_CSV})")
    draft.rename(path)
