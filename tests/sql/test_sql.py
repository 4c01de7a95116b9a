"""The SQL door: honest queries pass, everything else is refused, and limits really hold."""

from __future__ import annotations

import contextlib
import time
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest

from kg.errors import FixInput, LimitReached, NotAllowed
from kg.sql import guard
from kg.sql.door import Door, Limits

TABLES = {"person", "work", "authored", "project"}


@pytest.fixture(scope="module")
def door(tmp_path_factory):
    path = tmp_path_factory.mktemp("sql") / "graph.duckdb"
    with duckdb.connect(str(path)) as c:
        c.execute(
            "CREATE TABLE person AS SELECT 'P' || i AS id, '山田 ' || i AS name_ja, 2000 + i % 20 AS year FROM range(5000) t(i)"
        )
        c.execute("CREATE TABLE work AS SELECT 'W' || i AS id, i AS year FROM range(100) t(i)")
        c.execute("CREATE TABLE authored (work VARCHAR, person VARCHAR)")
        c.execute("CREATE TABLE project (id VARCHAR)")
    with Door(path, "r-test", Limits(seconds=20, megabytes=1500, rows=1000)) as d:
        yield d


HONEST = [
    "SELECT count(*) FROM person",
    "FROM person SELECT id LIMIT 3",
    "select p.* exclude (year) from main.person p where name_ja like '山田%' order by all limit 2;",
    "WITH a AS (SELECT id FROM person), b AS (SELECT * FROM a) SELECT count(*) FROM b",
    "SELECT year, count(*) AS n, list(id ORDER BY id)[1:2] FROM person GROUP BY ALL HAVING n > 1 ORDER BY n DESC",
    "SELECT id, row_number() OVER (PARTITION BY year ORDER BY id) FROM person QUALIFY row_number() OVER (ORDER BY id) < 3",
    "SELECT * FROM person p JOIN work w ON w.year = p.year LEFT JOIN authored a USING (year2)".replace(
        " LEFT JOIN authored a USING (year2)", ""
    ),
    "SELECT (SELECT max(year) FROM work) AS latest",
    "SELECT CASE WHEN year > 2010 THEN 'new' ELSE 'old' END AS age, avg(year) FROM person GROUP BY 1",
    "DESCRIBE person",
    "DESCRIBE SELECT id FROM person",
    "SUMMARIZE person",
    "EXPLAIN SELECT * FROM person",
    "/* comment */ SELECT 1 -- end",
    "SELECT unnest([1, 2, 3]) AS x",
    "SELECT * FROM range(10) t(i)",
    "SELECT regexp_replace(name_ja, '\\d+', '') FROM person LIMIT 1",
    "SELECT * FROM (VALUES (1, 'a'), (2, 'b')) v(n, s)",
    "SELECT id FROM person UNION ALL SELECT id FROM work EXCEPT SELECT id FROM project",
    "SELECT list_transform([1, 2], lambda x: x + 1)",
    "SELECT * FROM person WHERE id IN (SELECT id FROM work) OR EXISTS (SELECT 1 FROM work w WHERE w.id = person.id)",
    "SELECT name_ja COLLATE nocase, year::VARCHAR, TRY_CAST(id AS INT), id || '-x', 7 // 2, 2 ** 3 FROM person LIMIT 1",
    "SELECT strftime(DATE '2020-04-01', '%Y'), date_diff('year', DATE '2019-01-01', DATE '2020-01-01')",
    "UNPIVOT work ON year INTO NAME n VALUE v",
    "SELECT arg_max(id, year), median(year), quantile_cont(year, 0.9), mode(year), string_agg(id, ',') FROM work",
]


@pytest.mark.parametrize("text", HONEST)
def test_honest_queries_pass(door, text):
    assert door.query(text).rows.num_columns > 0


ATTACKS = [
    "INSERT INTO person VALUES ('x')", "UPDATE person SET id = 'x'", "DELETE FROM person", "DROP TABLE person", "TRUNCATE person",
    "CREATE TABLE x AS SELECT 1", "CREATE VIEW v AS SELECT 1", "CREATE MACRO m() AS 1", "CREATE SEQUENCE s", "ALTER TABLE person ADD COLUMN x INT",
    "COPY person TO 'x.csv'", "COPY (SELECT 1) TO 'x'", "COPY person FROM 'x.csv'", "EXPORT DATABASE 'x'", "IMPORT DATABASE 'x'",
    "ATTACH 'x.db'", "DETACH graph", "USE memory", "INSTALL httpfs", "LOAD httpfs", "SET threads = 1", "RESET threads", "PRAGMA version",
    "PRAGMA database_list", "CALL pragma_version()", "CHECKPOINT", "VACUUM", "ANALYZE", "BEGIN", "COMMIT", "ROLLBACK",
    "PREPARE p AS SELECT 1", "EXECUTE p", "DEALLOCATE p", "SHOW TABLES", "SHOW ALL TABLES", "SHOW DATABASES",
    "SELECT 1; SELECT 2", "SELECT 1; DROP TABLE person", "SELECT 1;; DELETE FROM person", "EXPLAIN COPY person TO 'x'", "EXPLAIN ANALYZE DELETE FROM person",
    "EXPLAIN /* */ DROP TABLE person", "SELECT * FROM 'x.csv'", "SELECT * FROM \"/etc/passwd\"", "FROM '/etc/hosts'", "SELECT * FROM read_csv('/etc/passwd')",
    "SELECT * FROM read_text('/etc/passwd')", "SELECT * FROM read_blob('*')", "SELECT * FROM read_parquet('x')", "SELECT * FROM read_json('x')",
    "SELECT * FROM glob('/*')", "SELECT * FROM sniff_csv('x')", "SELECT * FROM parquet_metadata('x')", "SELECT content FROM read_text('/etc/passwd') t",
    "SELECT * FROM duckdb_databases()", "SELECT * FROM duckdb_settings()", "SELECT * FROM duckdb_tables()", "SELECT * FROM duckdb_secrets()",
    "SELECT * FROM information_schema.tables", "SELECT * FROM pg_catalog.pg_class", "SELECT * FROM sqlite_master", "SELECT * FROM pragma_table_info('person')",
    "SELECT * FROM query('DROP TABLE person')", "SELECT * FROM query_table('person')", "SELECT * FROM json_execute_serialized_sql('{}')",
    "SELECT getenv('HOME')", "SELECT current_setting('temp_directory')", "SELECT current_database()", "SELECT current_query()", "SELECT current_user",
    "SELECT nextval('s')", "SELECT setval('s', 1)", "SELECT sleep_ms(100000)", "SELECT pg_sleep(100)", "SELECT write_log('x')", "SELECT getvariable('x')",
    "SELECT error('x')", "SELECT json_serialize_sql('SELECT 1')", "SELECT main.getenv('HOME')", "SELECT system.main.getenv('HOME')",
    "WITH x AS (SELECT getenv('HOME') AS h) SELECT h FROM x", "SELECT (SELECT getenv('HOME'))", "SELECT * FROM person WHERE getenv('HOME') = id",
    "SELECT count(*) FILTER (WHERE getenv('A') = 'b') FROM person", "SELECT list_transform([1], lambda x: getenv('HOME'))",
    "SELECT 1 ORDER BY getenv('HOME')", "SELECT 1 LIMIT (SELECT length(getenv('HOME')))", "SELECT x FROM (SELECT getenv('HOME') AS x) t",
    "SELECT * FROM person p, LATERAL (SELECT getenv('HOME') AS h)", "SELECT sum(1) OVER (ORDER BY getenv('HOME')) FROM person",
    "VALUES (getenv('HOME'))", "SELECT * FROM (VALUES (getenv('HOME')))", "DESCRIBE SELECT * FROM read_csv('/etc/passwd')", "SUMMARIZE 'x.csv'",
    "SUMMARIZE SELECT getenv('HOME')", "WITH RECURSIVE t AS (SELECT getenv('HOME') AS i UNION ALL SELECT i FROM t) SELECT * FROM t",
    "SELECT $1", "SELECT ?", "SELECT $name", "PIVOT person ON year",
    "MERGE INTO person USING work ON true WHEN MATCHED THEN DELETE", "COMMENT ON TABLE person IS 'x'", "SET VARIABLE x = 1",
    "SELECT * FROM other.main.person", "SELECT * FROM graph.person2", "SELECT * FROM temp.x", "ＤＲＯＰ TABLE person", "SELECT * FROM ｐｅｒｓｏｎ",
    "SELECT gētenv('HOME')", "SELECT GeTeNv('HOME')", "SELECT \"getenv\"('HOME')", "SELECT/**/getenv/**/('HOME')", "\x00SELECT 1", "",
    ";", "--", "/*", "SELECT", "SELECT * FROM", "'", "\"", "(" * 3000, "SELECT " + "(" * 3000 + "1" + ")" * 3000, "SELECT 1" + " + 1" * 60_000,
    "SELECT \ud800",
]  # fmt: skip


@pytest.mark.parametrize("text", ATTACKS, ids=range(len(ATTACKS)))
def test_attacks_are_refused_by_the_parser(text):
    """None of these reaches the child: each is refused with a reason."""
    with pytest.raises((NotAllowed, FixInput)) as refused:
        guard.check(text, TABLES)
    assert str(refused.value)


BOMBS = [
    "SELECT list_sort(range(200000000))[1]",
    "SELECT sum(a.i * b.j) FROM range(10000000) a(i), range(10000000) b(j)",
    "SELECT repeat('x', 4000000000)",
    "WITH RECURSIVE t AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM t) SELECT count(*) FROM t",
    "SELECT list(a.id || b.id || c.id) FROM person a, person b, person c",
    "SELECT regexp_matches(repeat('a', 10000000), '(a+)+b')",
]


@pytest.mark.parametrize("text", BOMBS)
def test_bombs_end_within_the_limit_and_the_door_answers_again(door, text):
    """Time and memory limits stop the query, not the service; the next question is answered."""
    started = time.monotonic()
    with contextlib.suppress(LimitReached):
        door.query(text, limits=Limits(seconds=2, megabytes=1500, rows=10))
    assert time.monotonic() - started < 6
    assert door.query("SELECT count(*) AS n FROM person").rows.to_pylist() == [{"n": 5000}]


def test_cut_rows_are_said(door):
    result = door.query("SELECT id FROM person ORDER BY id", limits=Limits(rows=10))
    assert result.rows.num_rows == 10
    assert result.truncated == "rows"
    assert "First 10 rows" in (result.note() or "")


def test_exact_limit_is_not_called_cut(door):
    assert door.query("SELECT id FROM work", limits=Limits(rows=100)).truncated is None


def test_own_table_is_seen_by_one_query_only(door):
    staff = pa.table({"erad": ["00012345"], "name": ["山田 1"]})
    rows = door.query(
        "SELECT p.id FROM staff s JOIN person p ON p.name_ja = s.name", own={"staff": staff}
    ).rows.to_pylist()
    assert rows == [{"id": "P1"}]
    with pytest.raises(NotAllowed, match="No table «staff»"):
        door.query("SELECT * FROM staff")


@pytest.mark.parametrize("name", ["person", "a b", "x;y", "", "1x", "read_csv('x')"])
def test_own_table_cannot_take_a_bad_name(door, name):
    with pytest.raises(FixInput):
        door.query("SELECT 1", own={name: pa.table({"x": [1]})})


def test_errors_show_no_machine_path(door):
    with pytest.raises(FixInput) as e:
        door.query("SELECT nothing FROM person")
    assert "/" not in str(e.value).split("Tables and columns")[0]
    assert "nothing" in str(e.value)


def test_second_lock_holds_without_the_first(door, tmp_path: Path):
    """Even a text that the guard never saw can reach no file from inside the child."""
    header, _ = door._run(f"COPY (SELECT 1) TO '{tmp_path / 'x.csv'}'", {}, door.limits)
    assert "error" in header
    assert not (tmp_path / "x.csv").exists()
    for text in (
        "SELECT * FROM read_text('/etc/hostname')",
        "SET enable_external_access = true",
        "ATTACH '/tmp/y.db'",
        "DELETE FROM person",
    ):
        header, _ = door._run(text, {}, door.limits)
        assert "error" in header, text
