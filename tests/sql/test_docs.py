"""Every query of docs/sql.md passes the door and runs on a release; number 32 counts whom `kg people` finds."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from kg.people import PeopleQuery, WorkedWith, find
from kg.sql.door import Door

DOC = Path(__file__).parent.parent.parent / "docs" / "sql.md"
QUERIES = re.findall(r"\*\*(\d+)\. (.+?)\*\*\n```sql\n(.+?)\n```", DOC.read_text(encoding="utf-8"), re.S)


def test_there_are_at_least_thirty_questions():
    assert len(QUERIES) >= 30


@pytest.fixture(scope="module")
def door(small_country):
    with Door(small_country.release.duckdb, small_country.release.id) as d:
        yield d


@pytest.mark.parametrize(("number", "title", "query"), QUERIES, ids=[n for n, _, _ in QUERIES])
def test_question_runs_and_finds_something(door, number, title, query):
    """An empty answer would mean that the question does not fit the schema."""
    rows = door.query(query).rows
    assert rows.num_columns > 0
    assert rows.num_rows > 0, title


def test_seed_question_in_sql_counts_whom_the_typed_question_finds(door, small_country):
    query = next(q for n, _, q in QUERIES if n == "32")
    answer = find(
        small_country.store,
        PeopleQuery(field="kaken-section:25030", worked_with=WorkedWith(field="kaken-section:J")),
        limit=1,
    )
    assert door.query(query).rows.to_pylist() == [{"people": answer.total}]
