"""The Cypher door from outside: POST /v1/cypher and `kg cypher`."""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

from kg.cli import cypher as command
from kg.cypher import values
from kg.cypher.door import Door, Limits
from kg.errors import FixSetup, TryAgain
from kg.service import Service
from tests.api.conftest import running
from tests.country import made
from tests.cypher.test_door import ready
from tests.cypher.test_draft import model, says


@pytest.fixture(scope="module")
def client(door: Door, small_country: made.Country) -> Iterator[httpx.Client]:
    service = Service(small_country.settings)
    service.cypher._door = door
    with running(small_country.settings, service) as c:
        yield c
        service.cypher._door = None  # the door is the test run's, not this service's


def test_rows_come_with_their_release(client: httpx.Client, door: Door):
    ready(door)
    body = {
        "cypher": "MATCH (p:Person) WHERE p.id <> $id RETURN p.id AS id ORDER BY id",
        "parameters": {"id": "x"},
        "rows": 3,
    }
    answer = client.post("/v1/cypher", json=body).json()
    assert answer["release"] == door.release.id
    assert answer["columns"] == ["id"]
    assert len(answer["rows"]) == 3
    assert answer["truncated"] == "rows"
    assert answer["note"].startswith("First 3 of more, because")


def test_the_example_of_the_description_works(client: httpx.Client, door: Door):
    ready(door)
    fields = client.get("/openapi.json").json()["components"]["schemas"]["CypherBody"]["properties"]
    sent = {n: f["examples"][0] for n, f in fields.items() if f.get("examples")}
    assert client.post("/v1/cypher", json=sent).status_code == 200


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"cypher": "CREATE (n)"}, 403, "not_allowed"),
        ({"cypher": "MATCH (n) RETURN m"}, 422, "bad_input"),
        ({"cypher": "RETURN $x"}, 422, "bad_input"),
        ({"cypher": "RETURN 1", "parameters": [1]}, 422, "bad_input"),
        ({"cypher": "RETURN 1", "parameters": {"a b": 1}}, 422, "bad_input"),
        ({"cypher": ""}, 422, "bad_input"),
        ({"cypher": "RETURN 1", "rows": 0}, 422, "bad_input"),
        ({"cypher": "RETURN '" + "x" * 300_000 + "'"}, 413, "too_large"),
    ],
)
def test_refusals_are_problem_documents(client: httpx.Client, body: object, status: int, code: str):
    answer = client.post("/v1/cypher", json=body)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"] == code


def test_a_refusal_shows_the_place(client: httpx.Client):
    found = client.post("/v1/cypher", json={"cypher": "MATCH (n)\nDELETE n"}).json()
    assert (found["line"], found["column"], found["shown"]) == (2, 1, "DELETE n\n^")


def test_hanging_up_ends_the_query(client: httpx.Client, door: Door):
    ready(door)
    text = "MATCH (a), (b), (c), (d) RETURN count(a.id + b.id + c.id + d.id + 2)"
    with contextlib.suppress(httpx.ReadTimeout):
        client.post("/v1/cypher", json={"cypher": text}, timeout=1.5)
    deadline = time.monotonic() + 6
    while any(lane._jobs for lane in door.lanes.values()):
        assert time.monotonic() < deadline
        time.sleep(0.1)


def test_a_door_that_is_being_filled_says_when_to_come_again(small_country: made.Country):
    """Never an empty answer, and no caller is kept waiting."""

    class Slow:
        def __init__(self, *_: object, **__: object) -> None: ...

        def open(self) -> None:
            time.sleep(1)
            raise FixSetup("No Java.", next_step="Install it.")

        def close(self, *, stop: bool) -> None: ...

    service = Service(small_country.settings)
    service.cypher._make = Slow  # type: ignore[assignment]
    with running(small_country.settings, service) as client:
        begun = time.monotonic()
        answer = client.post("/v1/cypher", json={"cypher": "RETURN 1"})
        assert time.monotonic() - begun < 5
        assert answer.status_code == 503
        assert answer.headers["retry-after"] == "15"
        assert "being filled" in answer.json()["detail"]
        time.sleep(1.5)
        assert "No Java" in client.post("/v1/cypher", json={"cypher": "RETURN 1"}).json()["detail"]


# --- kg cypher -----------------------------------------------------------------------------------------------


@pytest.fixture
def run(door: Door, monkeypatch: pytest.MonkeyPatch):
    """`kg cypher` over the open door of the test run."""

    class Opened:
        def __init__(self, *_: object) -> None: ...

        def __enter__(self) -> Door:
            ready(door)
            return door

        def __exit__(self, *_: object) -> None: ...

    monkeypatch.setattr(command, "_opened", Opened)

    def call(*words: str) -> tuple[int, str, str]:
        done = CliRunner().invoke(command.cypher, list(words), standalone_mode=False, catch_exceptions=False)
        return int(done.return_value or 0), done.stdout, done.stderr

    return call


def test_every_format_holds_the_rows(run, tmp_path: Path):
    text = "UNWIND [1, 2] AS n RETURN n, '=x' AS t, [1, 'a'] AS l, {a: n} AS m"
    assert "=x" in run(text)[1]
    assert json.loads(run("--json", text)[1])["rows"] == [[1, "=x", [1, "a"], {"a": 1}], [2, "=x", [1, "a"], {"a": 2}]]
    assert "'=x" in run("--format", "csv", text)[1]
    for kind in ("xlsx", "parquet"):
        run("--format", kind, "--out", str(tmp_path / f"x.{kind}"), text)
    assert pq.read_table(tmp_path / "x.parquet").column("n").to_pylist() == [1, 2]
    assert (tmp_path / "x.xlsx").stat().st_size > 1000


def test_parameters_limit_and_exit_code(run, tmp_path: Path):
    code, out, err = run("--limit", "2", "--json", "--params", '{"n": 5}', "UNWIND range(1, $n) AS x RETURN x")
    assert code == 3
    assert len(json.loads(out)["rows"]) == 2
    assert "First 2 of more, because" in err
    (tmp_path / "p.json").write_text('{"n": 1}', encoding="utf-8")
    assert run("--params", f"@{tmp_path / 'p.json'}", "RETURN $n AS n")[0] == 0


def test_the_place_of_an_error_is_shown(run):
    done = CliRunner().invoke(command.cypher, ["MATCH (n) RETURN m"], standalone_mode=False)
    assert "MATCH (n) RETURN m\n                 ^" in done.stderr


def test_a_draft_is_shown_checked_and_not_run_by_itself(run, monkeypatch: pytest.MonkeyPatch):
    with model(says(json.dumps({"cypher": "MATCH (p:Person) RETURN count(p) AS people"}))) as (where, _):
        monkeypatch.setenv("KG_LLM_URL", where.url)
        monkeypatch.setenv("KG_LLM_MODEL", "stand-in")
        _, out, err = run("--draft", "how many people?")
        assert "RETURN count(p) AS people" in err
        assert "ProduceResults" in err
        assert "Not run" in err
        assert out == ""
        assert "people" in run("--draft", "how many people?", "--run")[1]
    with model(says("```\nMATCH (n) DETACH DELETE n\n```")) as (where, _):
        monkeypatch.setenv("KG_LLM_URL", where.url)
        done = CliRunner().invoke(command.cypher, ["--draft", "x", "--run"], standalone_mode=False)
        assert "DETACH" in str(done.exception)


def test_completion_knows_where_it_is():
    words = command.completions()
    assert command.complete("MATCH (p:Per", "Per", words, 0) == "Person"
    assert command.complete("MATCH (p)-[:AUTH", "AUTH", words, 0) == "AUTHORED"
    assert command.complete("MATCH (p) RETURN p.name_j", "name_j", words, 0) == "name_ja"
    assert command.complete("MATC", "MATC", words, 0) == "MATCH"
    assert command.complete("RETURN coun", "coun", words, 0) == "count("
    assert command.complete("RETURN x", "zzz", words, 0) is None


def test_columns_of_mixed_values_become_text():
    table = values.to_table(["a", "a", "b"], [[1, "x", None], [2.5, {"k": "山"}, None]])
    assert table.column_names == ["a", "a_2", "b"]
    assert table.column("a").to_pylist() == [1.0, 2.5]
    assert table.column("a_2").to_pylist() == ["x", '{"k": "山"}']


def test_try_again_is_what_a_busy_door_raises(door: Door):
    ready(door)
    lane = door.lanes["heavy"]
    for _ in range(lane.slots):
        lane._free.acquire()
    try:
        with pytest.raises(TryAgain, match="other queries are running"):
            door.query("RETURN reduce(a = 0, x IN [1] | a + x)", limits=Limits(wait=0.3))
    finally:
        for _ in range(lane.slots):
            lane._free.release()
