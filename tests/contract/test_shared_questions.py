"""Twenty questions in SQL, in Cypher and over HTTP: the same rows, whichever door one asks at."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from kg.graph.bolt import Bolt
from kg.sql.door import Door, Limits
from tests.api.conftest import running
from tests.contract.conftest import Served

FOLDER = Path(__file__).parent / "shared_questions"
NAMES = sorted(p.stem for p in FOLDER.glob("*.sql"))
Row = dict[str, Any]


def rows_of(part: list[Row], *columns: str) -> list[Row]:
    return [{c: r.get(c) for c in columns} for r in part]


def entity(http: httpx.Client, i: str) -> Row:
    found: Row = http.get(f"/v1/entities/{i}").json()
    return found


def coverage(http: httpx.Client, name: str) -> Any:
    return http.get("/v1/coverage").json()["coverage"][name]


def people(http: httpx.Client, **query: Any) -> list[Row]:
    """Ids of all people of a typed question, page by page, in the order of ids."""
    found, cursor = [], None
    while True:
        body = {"query": query, "limit": 100, "proofs": 1, "cursor": cursor}
        answer = http.post("/v1/people/query", json=body).json()
        found += [{"id": p["id"]} for p in answer["people"]]
        cursor = answer.get("next")
        if cursor is None:
            return sorted(found, key=lambda r: str(r["id"]))


def redirected(http: httpx.Client) -> list[Row]:
    return [{"new": http.get("/v1/entities/P99").headers["location"].rsplit("/", 1)[1]}]


HTTP: dict[str, Callable[[httpx.Client], list[Row]]] = {
    "people": lambda h: [{"n": coverage(h, "people")}],
    "projects_without_field": lambda h: [{"n": coverage(h, "projects_without_field")}],
    "names_only": lambda h: [{"n": coverage(h, "authorships_by_name_only")}],
    "records_by_source": lambda h: [{"source": s, "n": n} for s, n in sorted(coverage(h, "records").items())],
    "works_of_a_person": lambda h: list(
        {r["id"]: r for r in rows_of(entity(h, "P01")["works"], "id", "title_ja", "title_en", "year")}.values()
    ),
    "authors_of_a_work": lambda h: rows_of(entity(h, "W52")["members"], "person", "name_as_written"),
    "members_of_a_project": lambda h: rows_of(entity(h, "R52")["members"], "person", "role", "name_as_written"),
    "costs_of_a_project": lambda h: rows_of(
        entity(h, "R51")["facts"]["costs"], "fiscal_year", "direct", "indirect", "total", "planned"
    ),
    "fields_of_a_project": lambda h: [{"label": x} for x in entity(h, "R01")["facts"]["fields"]],
    "projects_of_a_person": lambda h: rows_of(entity(h, "P07")["projects"], "id", "role"),
    "identifiers_of_a_person": lambda h: [
        {"scheme": s, "value": v} for s, values in sorted(entity(h, "P24")["identifiers"].items()) for v in values
    ],
    "places_of_a_person": lambda h: rows_of(entity(h, "P01")["affiliations"], "organization", "title", "last_seen"),
    "records_behind_a_work": lambda h: rows_of(entity(h, "W01")["records"], "id", "url"),
    "people_at_an_institution": lambda h: people(h, institution="O9"),
    "principal_investigators": lambda h: people(h, role="principal_investigator"),
    "worked_with_a_person": lambda h: people(h, worked_with={"person": "P02"}),
    "merged_id": redirected,
    "seed": lambda h: people(h, field="kaken-section:25030", worked_with={"field": "kaken-section:J"}),
}
"""Questions that a route answers."""


@pytest.fixture(scope="module")
def sql(served: Served) -> Iterator[Door]:
    opened = Door(served.release.duckdb, served.release.id, Limits(seconds=60, megabytes=4096))
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def bolt(served: Served) -> Iterator[Bolt]:
    with Bolt(served.address) as opened:
        yield opened


@pytest.fixture(scope="module")
def http(served: Served) -> Iterator[httpx.Client]:
    with running(served.settings) as client:
        yield client


def test_there_are_twenty_and_each_is_told_in_both_languages():
    assert len(NAMES) == 20
    assert sorted(p.stem for p in FOLDER.glob("*.cypher")) == NAMES
    assert set(HTTP) <= set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_equal_rows(name: str, sql: Door, bolt: Bolt, http: httpx.Client):
    rows = sql.query((FOLDER / f"{name}.sql").read_text(encoding="utf-8")).rows.to_pylist()
    assert rows, "nothing was compared"
    assert bolt.rows((FOLDER / f"{name}.cypher").read_text(encoding="utf-8")) == rows
    if name in HTTP:
        assert HTTP[name](http) == rows
