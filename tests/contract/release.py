"""The release that the contract suite asks: an invented country of 600 people, and odd rows written by hand beside it."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from pathlib import Path

import duckdb
import orjson

from kg.arrays.write import write_arrays
from kg.lake.schema import CLAIMS
from kg.records import (
    RELEASE,
    AffiliatedWith,
    Authored,
    Identifier,
    LargeGroup,
    MemberOf,
    Organization,
    Person,
    PersonName,
    Project,
    ProjectCost,
    Record,
    Row,
    Work,
    columns,
)
from kg.release import Release, open_release, use
from kg.settings import Settings
from tests.country.made import Country
from tests.people import tiny

NAME = "r-00000000000c0de0"
ODD = ("P0", "W0", "W5", "R0")
"""How the ids of people, works and projects begin that were written by hand."""


def make(country: Country, folder: Path) -> tuple[Settings, Release]:
    """An installation with the release: the country's, with the odd rows in all its forms."""
    settings = Settings(home=folder / "home", workers=1, memory_mb=1000)
    path = settings.releases / NAME
    path.mkdir(parents=True)
    shutil.copyfile(country.release.duckdb, path / "graph.duckdb")
    (path / "graph.duckdb").chmod(0o644)
    shutil.copytree(country.release.search, path / "search")
    with duckdb.connect(str(path / "graph.duckdb"), config={"threads": 1}) as db:
        _insert(db, odd_rows())
        _pair(db)
        write_arrays(db, path / "arrays")
        for row in RELEASE:
            _write_part(db, row, path / "tables" / row.table)
    manifest = orjson.loads((country.release.path / "manifest.json").read_bytes())
    (path / "manifest.json").write_bytes(orjson.dumps(manifest | {"id": NAME, "parent": None}))
    use(settings, NAME)
    return settings, open_release(settings)


def odd_rows() -> list[Row]:
    """What a country of ordinary people lacks: ties, nulls, rare characters, crowds, dates of all lengths."""
    return [
        *tiny.country(),
        *tiny.large_group(),
        # an item of the partner's own field evidence in which both are among too many
        LargeGroup(via="R03", via_kind="project", people=200),
        MemberOf(project="R03", path="member[x]", person="P06", role="co_investigator", position=2),
        # no name at all; Latin only; beyond the basic plane; letters whose small form is not their own length
        Person(id="P20"),
        Person(id="P21", name_en="İpek, Σίσυφος"),
        Person(id="P22", name_en="i̇pek ΣΊΣΥΦΟΣ", name_kana="ｱｲｳ"),
        Person(id="P23", name_ja="𠮷田　\t花子", name_kana="ヨシダ ハナコ"),
        Person(id="P24", name_ja="𠮷田 花子", name_kana="ヨシダ ハナコ", name_en="Hanako YOSHIDA"),
        Person(id="P25", name_ja="", name_en="hanako, yoshida"),
        PersonName(person="P24", name="か\u3099とう 花", lang="ja", kind="former"),
        PersonName(person="P25", name="がとう花", lang="ja", kind="variant"),
        PersonName(person="P25", name="", lang="", kind="as_written"),
        *(
            AffiliatedWith(person=p, organization="O9", kind="employment", observations=1, current=p != "P24")
            for p in ("P21", "P22", "P23", "P24", "P25")
        ),
        Organization(id="O9", name_ja="架空　第一 大学", name_en="Kakuu DAIICHI University", kind="university"),
        Organization(id="O8", name_en="kakuu daiichi university"),
        Identifier(subject="O9", kind="organization", scheme="ror", value="https://ror.org/00xx"),
        Identifier(subject="P24", kind="person", scheme="erad", value="20000024"),
        Identifier(subject="P25", kind="person", scheme="erad", value="20000024"),
        Identifier(subject="W51", kind="work", scheme="doi", value="10.9/part", relation="part_of"),
        # works and projects without years, with a start only, in January, twice by one person
        Work(id="W51", type="misc"),
        Work(id="W52", type="article", title_en="Undated", year=2001, date="2001-03"),
        Project(id="R51", start="2003-10-01", title_ja="始まりだけ"),
        Project(id="R52", title_ja="年なし"),
        *(Authored(work="W51", path=f"creator[{n}]", person=p) for n, p in enumerate(("P01", "P02", "P01"))),
        *(Authored(work="W52", path=f"creator[{n}]", person=p, position=1) for n, p in enumerate(("P02", "P01"))),
        Authored(work="W52", path="creator[2]", name_as_written="名のみ 三郎"),
        *(MemberOf(project="R51", path=f"m[{p}]", person=p, role="member") for p in ("P01", "P07", "P24")),
        *(MemberOf(project="R52", path=f"m[{p}]", person=p, role="member") for p in ("P01", "P02")),
        MemberOf(project="R52", path="m[x]", role="other", name_as_written="名のみ 四郎", title_as_written="教授"),
        ProjectCost(project="R51", fiscal_year=2004, direct=1000, planned=True),
        ProjectCost(project="R51", fiscal_year=2003, direct=500, indirect=150, total=650),
        AffiliatedWith(
            person="P20", organization="O9", department="工学部", title="", kind="education", first_seen="1999-04",
            last_seen="2003-03", asserted_end="2003-03-31", observations=3,
        ),
    ]  # fmt: skip


def _insert(db: duckdb.DuckDBPyConnection, rows: Iterable[Row]) -> None:
    """Puts rows in whose key is not there yet; claims come from a record made up."""
    for row in rows:
        names = [c.name for c in columns(type(row))]
        values = {n: getattr(row, n) for n in names}
        if type(row).table in CLAIMS:
            record = values["id"] if isinstance(row, Record) else "kaken:project:x"
            source = record.split(":")[0]
            values |= {"source": source, "source_record": record, "content_hash": "x", "retrieved": "2026-01-01"}
        listed = ", ".join(f'"{n}"' for n in values)
        same = " AND ".join(f'"{k}" = ${k}' for k in row.key)
        given = ", ".join(f"${n}" for n in values)
        db.execute(
            f'INSERT INTO "{row.table}" ({listed}) SELECT {given} WHERE NOT EXISTS (FROM "{row.table}" WHERE {same})',
            values,
        )


def _pair(db: duckdb.DuckDBPyConnection) -> None:
    """Pairs of the people written by hand, as a build derives them: from all that two share in groups that are not large."""
    mine = "regexp_matches(a, '^P[0-9]{2}$') AND regexp_matches(b, '^P[0-9]{2}$')"
    db.execute(f"DELETE FROM collaboration_proof WHERE {mine}")
    db.execute(f"DELETE FROM collaborated WHERE {mine}")
    db.execute(f"""
        CREATE TEMP TABLE shared AS
        WITH member AS (
          SELECT DISTINCT person, work AS via, 'work' AS kind FROM authored WHERE person IS NOT NULL
          UNION SELECT DISTINCT person, project, 'project' FROM member_of WHERE person IS NOT NULL),
        pair AS (
          SELECT x.person AS a, y.person AS b, x.via, x.kind FROM member x JOIN member y ON x.via = y.via AND x.person < y.person
          WHERE x.via NOT IN (SELECT via FROM large_group))
        SELECT p.*, coalesce(w.year, r.start_fiscal_year, try_cast(left(r."start", 4) AS BIGINT)) AS year FROM pair p
        LEFT JOIN work w ON w.id = p.via LEFT JOIN project r ON r.id = p.via WHERE {mine}
    """)
    db.execute("INSERT INTO collaboration_proof SELECT a, b, via, kind, year FROM shared")
    db.execute("""
        INSERT INTO collaborated SELECT a, b, count(*) FILTER (kind = 'work'), count(*) FILTER (kind = 'project'),
          min(year), max(year) FROM shared GROUP BY a, b
    """)
    db.execute("DROP TABLE shared")


def _write_part(db: duckdb.DuckDBPyConnection, row: type[Row], folder: Path) -> None:
    ((n,),) = db.execute(f'SELECT count(*) FROM "{row.table}"').fetchall()
    if not n:
        return
    folder.mkdir(parents=True)
    listed = ", ".join(f't."{c.name}"' for c in columns(row))
    key = ", ".join(f'"{k}"' for k in row.key)
    db.execute(
        f'COPY (SELECT *, hash({listed}) AS row_hash FROM "{row.table}" t ORDER BY {key}) '
        f"TO '{folder / 'part-0.parquet'}' (FORMAT parquet)"
    )
