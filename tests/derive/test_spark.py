"""Every stage gives the same rows on Spark as on DuckDB.

A small country is imported in two steps, so that the ledger knows ids when the stages run. They run on DuckDB as in a
build, and every table is kept. Each stage then runs on Spark, in its SQL, on the very tables that DuckDB had.
"""

from __future__ import annotations

import os
import shutil
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from kg.derive import tables
from kg.derive.tables import derive
from kg.identity import resolve as identity
from kg.identity.resolve import ledger_news, resolve
from kg.lake.normalise import INPUTS, normalise
from kg.lake.pool import Pool
from kg.lake.schema import LAKE_TABLES, lake_schema
from kg.ledger import Ledger
from kg.raw import RawStore
from kg.records import SOURCES
from kg.release.build import open_lake_table
from kg.settings import Settings
from kg.stages import Stage, in_spark, read_stages, tables_of
from kg.synth.country import generate
from ontology.fields import read as read_vocabulary
from tests.country.made import take_in

pytestmark = pytest.mark.heavy

STAGES = [
    *read_stages(identity.PACKAGE, identity.STAGES),
    *read_stages(tables.PACKAGE, tables.STAGES),
]

Rows = Counter[tuple[Any, ...]]

UNKNOWN_AT_FIRST = "DELETE FROM lake_identifier WHERE rid % 3 = 0"
"""Things that the ledger holds for several, and that later turn out to be one."""


def _pairs(thing: str, other: str, kind: str) -> str:
    """A relation between each thing and the next, with the provenance of the first; `kind` is a column or nothing."""
    return f"""
        SELECT a.id AS {thing}, b.id AS {other}, a.id_n AS {thing}_n, b.id_n AS {other}_n, {kind} a.source,
          a.source_record, a.content_hash, a.retrieved, a.row_hash, a.rec, a.rid
        FROM (SELECT *, row_number() OVER (ORDER BY rid) AS n FROM lake_{thing}) a
        JOIN (SELECT *, row_number() OVER (ORDER BY rid) AS n FROM lake_{thing}) b ON b.n = a.n + 1
    """


PLANTED = (
    # identifiers of which a thing has only one: a second one beside the first, and another one instead
    """INSERT INTO lake_identifier SELECT * REPLACE (concat(value, '.2') AS value, rid + 8388608 AS rid)
       FROM lake_identifier WHERE scheme = 'doi' AND rid % 7 = 0""",
    """UPDATE lake_identifier SET value = concat('9', value)
       WHERE kind = 'project' AND scheme = 'award' AND source = 'cinii' AND regexp_matches(value, '[0-4]$')""",
    # a work of everybody
    """INSERT INTO lake_authored
       SELECT a.* REPLACE (p.id AS person, p.id_n AS person_n, a.rid + 4096 + p.n AS rid, concat(a.path, p.n) AS path)
       FROM (SELECT * FROM lake_authored ORDER BY rid LIMIT 1) a,
         (SELECT id, id_n, row_number() OVER (ORDER BY id_n) AS n FROM lake_person) p""",
    "INSERT INTO lake_work_relation BY NAME " + _pairs("work", "other", "'part' AS kind,"),
    "INSERT INTO lake_project_relation BY NAME " + _pairs("project", "other", "'part' AS kind,"),
    "INSERT INTO lake_organization_part BY NAME " + _pairs("organization", "parent", ""),
)
"""What sources hold and the generator does not draw in a small country."""


@dataclass(frozen=True)
class Kept:
    """All tables of one run on DuckDB: those of the lake, those made by Python and those made by stages."""

    folder: Path

    def path(self, table: str) -> Path:
        return self.folder / f"{table}.parquet"

    def keep(self, db: duckdb.DuckDBPyConnection) -> None:
        """Copies the tables that are there and were not before."""
        for (name,) in db.execute("SELECT table_name FROM information_schema.tables").fetchall():
            if not self.path(name).exists():
                pq.write_table(db.sql(f'SELECT * FROM "{name}"').to_arrow_table(), self.path(name))


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Kept:
    """A country of 120 people, of whom the ledger has met those that two of the sources know.

    Tables are kept before each stage and at the end, so that one which a later stage drops is there too.
    """
    folder = tmp_path_factory.mktemp("both engines")
    settings, kept = Settings(home=folder / "home", workers=1), Kept(folder / "tables")
    kept.folder.mkdir()
    generate(folder / "country", people=120, works=400, seed=5, mix="hard", workers=1)
    ledger = Ledger(settings.ledger)
    take_in(settings, folder / "country", ("cinii", "kaken"))
    with closing(_lake(settings)) as db:
        db.execute(UNKNOWN_AT_FIRST)
        resolve(db, ledger.minted())
        ledger.append(ledger_news(db, ledger.redirects()), actor="test", reason="first sources")
    take_in(settings, folder / "country", ("researchmap", "orcid"))
    with closing(_lake(settings)) as db:
        for statement in PLANTED:
            db.execute(statement)
        resolve(db, ledger.minted(), lambda _: kept.keep(db))
        derive(db, read_vocabulary(), SOURCES, lambda _: kept.keep(db))
        kept.keep(db)
    return kept


def _lake(settings: Settings) -> duckdb.DuckDBPyConnection:
    """A database with the lake's tables as a build opens them, but copied into it, so that they can be changed."""
    with Pool(1) as pool:
        lake = normalise(settings.lake, RawStore(settings.raw), pool)
    db = duckdb.connect(config={"threads": "1"})
    for kind in LAKE_TABLES:
        open_lake_table(db, kind.table, lake_schema(kind), lake.files(kind.table))
    open_lake_table(db, "input", INPUTS, lake.files("inputs"))
    for (view,) in db.execute("SELECT view_name FROM duckdb_views() WHERE NOT internal").fetchall():
        db.execute(
            f"CREATE TABLE copied AS SELECT * FROM {view}; DROP VIEW {view}; ALTER TABLE copied RENAME TO {view}"
        )
    return db


@pytest.fixture(scope="module")
def spark(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A small Spark on this machine. Tests are skipped where pyspark or Java is missing."""
    sql = pytest.importorskip("pyspark.sql", reason="no pyspark; install the extra `spark`")
    if not (os.environ.get("JAVA_HOME") or shutil.which("java")):
        pytest.skip("no Java, which Spark needs; install a JRE (17 or later) or set JAVA_HOME")
    folder = tmp_path_factory.mktemp("spark")
    options = {
        "spark.driver.memory": "1g",
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.sql.shuffle.partitions": "4",
        "spark.sql.codegen.wholeStage": "false",  # compiling takes longer than so few rows
        "spark.sql.warehouse.dir": str(folder / "warehouse"),
        "spark.local.dir": str(folder / "local"),
        "spark.driver.extraJavaOptions": "-XX:+UseSerialGC",
    }
    builder = sql.SparkSession.builder.master("local[2]").appName("stages")
    for name, value in options.items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    yield session
    session.stop()


@pytest.mark.parametrize("stage", STAGES, ids=lambda s: s.name)
def test_stage_gives_the_same_rows_on_both_engines(stage: Stage, spark: Any, kept: Kept) -> None:
    for table in tables_of(stage) - {t.name for t in spark.catalog.listTables()}:
        spark.read.parquet(str(kept.path(table))).createOrReplaceTempView(table)
    ours, theirs = pq.read_table(kept.path(stage.name)), spark.sql(in_spark(stage)).toArrow()
    assert _columns(theirs) == _columns(ours)
    differences = _differences(_rows(ours), _rows(theirs))
    assert not differences, "\n".join(differences)


def _columns(table: pa.Table) -> list[tuple[str, str]]:
    """Names of columns and what is in them; engines differ in how wide a counted number is."""
    return [(field.name, _kind(field.type)) for field in table.schema]


def _kind(type_: pa.DataType) -> str:
    if pa.types.is_integer(type_) or (pa.types.is_decimal(type_) and type_.scale == 0):
        return "integer"
    return "string" if pa.types.is_large_string(type_) else str(type_)


def _rows(table: pa.Table) -> Rows:
    """Rows and how often each is there."""
    columns = [[_plain(value) for value in column.to_pylist()] for column in table.columns]
    return Counter(zip(*columns, strict=True))


def _plain(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(_plain(v) for v in value)
    return int(value) if isinstance(value, Decimal) else value


def _differences(ours: Rows, theirs: Rows) -> list[str]:
    """Up to five rows that only one of the engines gives, from each."""
    sides = (("DuckDB", ours - theirs), ("Spark", theirs - ours))
    return [f"only {side}, {n} times: {row}" for side, rows in sides for row, n in list(rows.items())[:5]]


def test_the_country_reaches_every_stage(kept: Kept) -> None:
    """A stage without rows would be compared with nothing."""
    assert [s.name for s in STAGES if not pq.read_metadata(kept.path(s.name)).num_rows] == []
