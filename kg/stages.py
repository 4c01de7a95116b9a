"""How does a set-wise stage run? One `.sql` file holds one SELECT; its name is the table that it makes.

    >>> stage = Stage("doubled", "SELECT id, 2 * n AS n FROM counted")
    >>> db = duckdb.connect()
    >>> _ = db.execute("CREATE TABLE counted AS SELECT 'a' AS id, 1 AS n")
    >>> run(db, [stage])
    >>> db.execute("SELECT id, n FROM doubled").fetchall()
    [('a', 2)]

The SQL is DuckDB's, within what sqlglot can turn into Spark's: `list_sort(list(x))` instead of an ORDER BY inside an
aggregate; no `hash()`, ASOF, PIVOT, COPY, FIRST(… ORDER BY), `nfc_normalize`. Reading and writing stay outside the
files: a stage sees tables by name and gives rows, in no particular order. `tests/derive/test_spark.py` runs every
stage on Spark and compares the rows. To run them there, make a view of each table that stages read, then, in order:

    for stage in read_stages(package, names):
        spark.sql(in_spark(stage)).createOrReplaceTempView(stage.name)
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from importlib.resources import files
from typing import NamedTuple

import duckdb

ENGINE_ONLY = re.compile(
    r"\b(hash\s*\(|asof\b|pivot\b|copy\b|nfc_normalize\b|first\s*\([^)]*order\s+by|read_parquet\b|create\b|insert\b)",
    re.IGNORECASE,
)
"""What a stage may not use."""


class Stage(NamedTuple):
    """One table made by one SELECT."""

    name: str
    sql: str


def read_stage(package: str, name: str) -> Stage:
    """The stage in `{package}/sql/{name}.sql`."""
    return Stage(name, files(package).joinpath("sql", f"{name}.sql").read_text(encoding="utf-8"))


def read_stages(package: str, names: Sequence[str]) -> list[Stage]:
    """The stages of a room in the order in which they run."""
    return [read_stage(package, name) for name in names]


def run(db: duckdb.DuckDBPyConnection, stages: Iterable[Stage], report: Callable[[str], None] | None = None) -> None:
    """Makes the table of each stage, in order."""
    for stage in stages:
        if report:
            report(stage.name)
        db.execute(f'CREATE OR REPLACE TABLE "{stage.name}" AS {stage.sql}')


def in_spark(stage: Stage) -> str:
    """The stage in Spark's SQL. Needs the extra `spark`; raises sqlglot's `UnsupportedError` where Spark lacks something."""
    import sqlglot

    (sql,) = sqlglot.transpile(
        stage.sql, read="duckdb", write="spark", comments=False, unsupported_level=sqlglot.ErrorLevel.RAISE
    )
    return sql


def tables_of(stage: Stage) -> set[str]:
    """Names of the tables that a stage reads. Needs the extra `spark`."""
    import sqlglot
    from sqlglot import exp

    tree = sqlglot.parse_one(stage.sql, read="duckdb")
    own = {c.alias_or_name for c in tree.find_all(exp.CTE)}
    return {t.name for t in tree.find_all(exp.Table)} - own
