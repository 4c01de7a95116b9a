"""Every stage keeps to the SQL that DuckDB and Spark both understand, and every `.sql` file is a stage that runs.

What can only be known by running both engines is in `test_spark.py`; this is what a parser can see.
"""

from __future__ import annotations

from importlib.resources import files

import pytest
import sqlglot
from sqlglot import exp

from kg.derive import tables
from kg.identity import resolve
from kg.stages import ENGINE_ONLY, Stage, read_stages, tables_of

ROOMS = {resolve.PACKAGE: resolve.STAGES, tables.PACKAGE: tables.STAGES}
STAGES = [stage for package, names in ROOMS.items() for stage in read_stages(package, names)]

UNORDERED = (exp.First, exp.Last, exp.AnyValue, exp.Rand, exp.Uuid, exp.CurrentDate, exp.CurrentTimestamp)
"""Functions whose value is not decided by the rows."""


def breaches(sql: str) -> set[str]:
    """What a stage does that it may not."""
    statements = sqlglot.parse(sql, read="duckdb")
    found = {f"text: {m.group()}" for m in ENGINE_ONLY.finditer(sql)}
    for statement in statements:
        if not isinstance(statement, exp.Query) or len(statements) > 1:
            found.add("something else than one SELECT")
        else:
            found |= {reason for node in statement.walk() if (reason := _breach(node))}
    return found


def _breach(node: exp.Expression) -> str | None:
    """Why a node of the parse tree may not be in a stage."""
    if isinstance(node, exp.Order) and not isinstance(node.parent, exp.Window):
        return "ORDER BY outside of a window"
    if isinstance(node, exp.ArrayAgg) and not isinstance(_inner(node.parent), exp.ArraySort):
        return "list() without list_sort()"
    if isinstance(node, exp.Join) and node.method:
        return f"{node.method} JOIN"
    if isinstance(node, exp.RegexpReplace) and node.text("modifiers") != "g":
        return "regexp_replace without 'g': Spark always replaces all"
    if isinstance(node, exp.Table) and not isinstance(node.this, exp.Identifier):
        return "a function in place of a table"
    if isinstance(node, exp.Table) and not node.name.isidentifier():
        return "a file in place of a table"
    if isinstance(node, (exp.Anonymous, exp.Pivot, exp.Limit, exp.Offset, exp.GroupConcat, *UNORDERED)):
        return f"{node.key}: {node.sql('duckdb')}"
    return None


def _inner(node: exp.Expression | None) -> exp.Expression | None:
    """The first ancestor that is not a clause of an aggregate."""
    while isinstance(node, (exp.Filter, exp.Distinct)):
        node = node.parent
    return node


@pytest.mark.parametrize("stage", STAGES, ids=lambda s: s.name)
def test_stage_keeps_to_the_subset(stage: Stage) -> None:
    assert breaches(stage.sql) == set()


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT list(x ORDER BY x) AS y FROM t",
        "SELECT list(x) AS y FROM t",
        "SELECT first(x ORDER BY z) AS y FROM t",
        "SELECT any_value(x) AS y FROM t",
        "SELECT string_agg(x, ',') AS y FROM t",
        "SELECT hash(x) AS y FROM t",
        "SELECT nfc_normalize(x) AS y FROM t",
        "SELECT regexp_replace(x, 'a', 'b') AS y FROM t",
        "SELECT t.x FROM t ASOF JOIN u ON t.x >= u.x",
        "SELECT * FROM t PIVOT (sum(x) FOR y IN (1, 2))",
        "PIVOT t ON x USING sum(y)",
        "COPY t TO 'file'",
        "SELECT x FROM t ORDER BY x",
        "SELECT x FROM t LIMIT 1",
        "SELECT x FROM read_csv('file')",
        "SELECT x FROM 'file.parquet'",
        "SELECT random() AS y FROM t",
        "SELECT 1 AS x; SELECT 2 AS x",
    ],
)
def test_what_only_one_engine_does_alike_is_seen(sql: str) -> None:
    assert breaches(sql)


def test_what_both_engines_do_alike_is_let_through() -> None:
    sql = "SELECT list_sort(list(DISTINCT x)) AS y, row_number() OVER (ORDER BY z) AS n FROM t GROUP BY z"
    assert breaches(sql) == set()


@pytest.mark.parametrize("package", ROOMS)
def test_every_file_is_a_stage_and_every_stage_a_file(package: str) -> None:
    found = sorted(f.name.removesuffix(".sql") for f in files(package).joinpath("sql").iterdir())
    assert found == sorted(ROOMS[package])


def test_a_stage_reads_only_what_is_there_before_it() -> None:
    """No stage is made twice, and none reads a table that is made after it."""
    names = [stage.name for stage in STAGES]
    assert len(names) == len(set(names))
    later = {stage.name: tables_of(stage) & set(names[at:]) for at, stage in enumerate(STAGES)}
    assert {name: read for name, read in later.items() if read} == {}
