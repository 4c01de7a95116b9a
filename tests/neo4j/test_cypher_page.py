"""docs/cypher.md says what is so: its schema is the model's, each question runs and gives the rows beside it.

`make docs-cypher` (KG_WRITE_DOCS=1) writes the generated parts anew.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from kg.neo4j import describe
from kg.neo4j.verify import counts
from kg.people import PeopleQuery, WorkedWith, find
from tests.neo4j.conftest import Loaded

DOC = Path(__file__).parent.parent.parent / "docs" / "cypher.md"
WRITE = os.environ.get("KG_WRITE_DOCS") == "1"
QUESTION = re.compile(r"\*\*(\d+)\. (.+?)\*\*\n```cypher\n(.+?)\n```\n(?:\n(\|.+?\n)(?=\n))?", re.S)
TEXT = DOC.read_text(encoding="utf-8")
QUESTIONS = QUESTION.findall(TEXT)
SHOWN = 6


def replaced(pattern: str, new: str) -> None:
    text = DOC.read_text(encoding="utf-8")
    found = re.search(pattern, text, re.S)
    assert found is not None
    DOC.write_text(text[: found.start(1)] + new + text[found.end(1) :], encoding="utf-8")


def compare(name: str, new: str) -> None:
    """The generated part of the page between its marks is `new`."""
    pattern = rf"<!-- {name} -->\n(.*?)<!-- end of {name} -->"
    if WRITE:
        replaced(pattern, f"\n{new}\n")
    kept = re.search(pattern, DOC.read_text(encoding="utf-8"), re.S)
    assert kept is not None
    assert kept[1].strip() == new.strip(), "stale: make docs-cypher"


def table(rows: list[dict[str, Any]]) -> str:
    """The first rows as Markdown, and how many there are in all."""
    names = list(rows[0])
    lines = [names, ["---"] * len(names), *([_cell(v) for v in row.values()] for row in rows[:SHOWN])]
    text = "".join(f"| {' | '.join(line)} |\n" for line in lines)
    return text + (f"| … {len(rows):,} rows |{' |' * (len(names) - 1)}\n" if len(rows) > SHOWN else "")


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, list):
        return ", ".join(map(_cell, value))
    text = (
        str(value).lower()
        if isinstance(value, bool)
        else f"{value:,}"
        if isinstance(value, int) and value > 9999
        else str(value)
    )
    return text.replace("|", "\\|").replace("\n", " ")


def test_there_are_enough_questions_in_order() -> None:
    assert [int(number) for number, *_ in QUESTIONS] == list(range(1, len(QUESTIONS) + 1))
    assert len(QUESTIONS) >= 30
    assert len(re.findall(r"```cypher", TEXT)) == len(QUESTIONS)


@pytest.mark.parametrize(("number", "title", "query", "kept"), QUESTIONS, ids=[q[0] for q in QUESTIONS])
def test_question_gives_the_rows_beside_it(
    loaded_country: Loaded, number: str, title: str, query: str, kept: str
) -> None:
    """Read-only, in good time, not empty, and the same every time."""
    with loaded_country.driver.session(default_access_mode="READ") as session:
        rows = [r.data() for r in session.run(query)]
    assert rows, title
    shown = table(rows)
    if WRITE:
        replaced(rf"\*\*{number}\. [^\n]+\*\*\n```cypher\n[^`]+\n```\n((?:\n\|[^\n]*(?:\n\|[^\n]*)*\n)?)", f"\n{shown}")
        return
    assert kept == shown, "stale: make docs-cypher"


def test_schema_is_the_model_s(loaded_country: Loaded) -> None:
    compare("overview", describe.overview(counts(loaded_country.driver)))
    compare("properties", describe.properties(describe.read_examples(loaded_country.driver)))


def test_seed_question_finds_whom_the_typed_question_finds(loaded_country: Loaded) -> None:
    """Written by hand in Cypher, it counts the very people of `kg people --field 防災 --with-field 情報`."""
    (query,) = [q for _, title, q, _ in QUESTIONS if "seed question" in title]
    typed = PeopleQuery(field="kaken-section:25030", worked_with=WorkedWith(field="kaken-section:J"))
    answer = find(loaded_country.country.store, typed, limit=None)
    with_ids = query.replace("RETURN count(DISTINCT p) AS people", "RETURN DISTINCT p.id AS id ORDER BY id")
    found = [r["id"] for r in loaded_country.driver.execute_query(with_ids).records]
    assert found
    assert found == sorted(p.id for p in answer.people)


@pytest.mark.parametrize("title", ["Strongest collaborations", "Largest institutions by people now there"])
def test_some_questions_agree_with_sql(loaded_country: Loaded, title: str) -> None:
    """The same question of docs/sql.md gives the same rows."""
    import duckdb

    (query,) = [q for _, t, q, _ in QUESTIONS if t == title]
    sql = (DOC.parent / "sql.md").read_text(encoding="utf-8")
    key = {"Strongest collaborations": "Strongest", "Largest institutions by people now there": "Largest institutions"}[
        title
    ]
    found = re.search(rf"\*\*\d+\. {key}.*?\n```sql\n(.+?)\n```", sql, re.S)
    assert found is not None
    with duckdb.connect(str(loaded_country.country.release.duckdb), read_only=True) as c:
        told = c.execute(found[1]).fetchmany(5)
    rows = [tuple(r.values()) for r in loaded_country.driver.execute_query(query).records]
    drop: Callable[[tuple[Any, ...]], tuple[Any, ...]] = lambda row: row[1:] if key == "Largest institutions" else row  # noqa: E731
    assert rows == [drop(row) for row in told]


def test_any_row_leads_to_its_record(loaded_country: Loaded) -> None:
    """Every `source_record` on an edge or statement is the id of a `Record` that names its source."""
    for pattern in (
        "()-[x:AUTHORED]->()",
        "()-[x:MEMBER_OF]->()",
        "()-[x:IN_FIELD]->()",
        "(x:Identifier)",
        "(x:PersonName)",
    ):
        query = f"MATCH {pattern} OPTIONAL MATCH (r:Record {{id: x.source_record}}) RETURN count(*) AS rows, count(r.source) AS told"
        (row,) = loaded_country.driver.execute_query(query).records
        assert row["rows"] > 0
        assert row["told"] == row["rows"], pattern
