"""The API answers what `kg` answers, page by page, and describes itself truly."""

from __future__ import annotations

import json

import httpx
import pytest

from tests.api.conftest import FIRST

SEED = "防災の研究者で、すでに情報分野の研究者と共同研究を行っている人を教えてください"


def test_a_sentence_is_answered_with_proofs(client: httpx.Client):
    """The keys that others rely on, and the two people of the tiny country."""
    answer = client.post("/v1/ask", json={"question": SEED}).json()
    assert {"release", "understood", "total", "people", "near_misses", "coverage", "receipt"} <= set(answer)
    assert answer["release"] == FIRST
    assert sorted(p["id"] for p in answer["people"]) == ["P01", "P06"]
    assert all(p["name"] and p["proofs"] for p in answer["people"])
    said = "分野が「防災」で、「情報」分野の研究者との共同の業績・研究課題が1件以上ある人"
    assert answer["understood"]["sentence_ja"] == said


def test_a_typed_question_has_the_receipt_of_its_sentence(client: httpx.Client):
    """What was understood can be sent back as it is, and is the same question."""
    asked = client.post("/v1/ask", json={"question": SEED}).json()
    typed = client.post("/v1/people/query", json={"query": asked["understood"]["query"]}).json()
    assert typed["receipt"] == asked["receipt"]
    assert [p["id"] for p in typed["people"]] == [p["id"] for p in asked["people"]]


def test_pages_hold_everybody_once(client: httpx.Client):
    """One person a page, by `next`, until there is none."""
    body = {"query": {"sort": "id"}, "limit": 3}
    seen, cursor = [], None
    while True:
        page = client.post("/v1/people/query", json=body | {"cursor": cursor}).json()
        seen += [p["id"] for p in page["people"]]
        cursor = page.get("next")
        if cursor is None:
            break
    assert seen == [f"P{n:02d}" for n in range(1, 12)]
    assert page["total"] == 11


@pytest.mark.parametrize(
    ("question", "lang", "expected"),
    [
        ("錬金術の研究者", None, "錬金術」に当たる"),
        ("alchemy researchers", None, "This release has no field, institution or person called “alchemy”."),
        ("錬金術の研究者", "en", "This release has no field"),
        ("alchemy researchers", "ja", "このリリースにありません"),
    ],
)
def test_the_answer_speaks_the_language_of_the_question_unless_told(client, question, lang, expected):
    answer = client.post("/v1/ask", json={"question": question, "lang": lang}).json()
    assert expected in answer["message"]
    assert answer["lang"] == (lang or ("ja" if "の" in question else "en"))
    assert all(("公開" in x) == (answer["lang"] == "ja") for x in answer["cannot_know"][-1:])


@pytest.mark.parametrize(
    ("given", "found"), [("山田太郎", ["P10", "P11"]), ("19K00001", ["R01"]), ("synth_P02", ["P02"]), ("P99", ["P01"])]
)
def test_names_numbers_and_old_ids_are_looked_up(client, given, found):
    answer = client.post("/v1/ask", json={"question": given}).json()
    assert [c["id"] for c in answer["entities"]] == found
    assert answer["total"] == len(found)


def test_an_entity_and_where_its_old_id_leads(client: httpx.Client):
    """200 with records; 308 for a merged id, with the query kept; 410 for a removed one; 404 else. Field ids hold colons."""
    assert client.get("/v1/entities/P01").json()["title"] == "青木 一"
    assert client.get("/v1/entities/kaken-section:25030").json()["kind"] == "field"
    moved = client.get("/v1/entities/P99?lang=en")
    assert (moved.status_code, moved.headers["location"]) == (308, "/v1/entities/P01?lang=en")
    assert client.get("/v1/entities/P98").status_code == 410
    assert client.get("/v1/entities/P55").json()["code"] == "not_found"


def test_search_finds_titles_and_filters(client: httpx.Client):
    found = client.get("/v1/search", params={"q": "避難所 機械学習", "kind": "work"}).json()
    assert found["hits"][0]["id"] == "W01"
    assert client.get("/v1/search", params={"q": "避難所", "since": 2021}).json()["total"] == 0
    assert client.get("/v1/search", params={"q": "青木 一"}).json()["hits"][0]["exact"] is True


def test_sql_rows_are_complete_or_say_that_they_are_cut(client: httpx.Client):
    """Two columns of one name stay apart; NaN is null; a cut result names the limit that cut it."""
    sql = "SELECT 1 AS n, 2 AS n, 'nan'::DOUBLE AS x, DATE '2020-01-02' AS d"
    answer = client.post("/v1/sql", json={"sql": sql}).json()
    assert answer["columns"] == ["n", "n_2", "x", "d"]
    assert answer["rows"] == [{"n": 1, "n_2": 2, "x": None, "d": "2020-01-02"}]
    assert answer["truncated"] is None
    cut = client.post("/v1/sql", json={"sql": "SELECT id FROM person ORDER BY id", "rows": 2}).json()
    assert ([r["id"] for r in cut["rows"]], cut["truncated"]) == (["P01", "P02"], "rows")


def test_schema_and_releases(client: httpx.Client):
    tables = {t["table"] for t in client.get("/v1/schema").json()["tables"]}
    assert {"person", "work", "collaborated"} <= tables
    client.get("/readyz")
    found = client.get("/v1/releases").json()
    assert found["serving"] == FIRST
    assert [(r["id"], r["current"]) for r in found["releases"]] == [(FIRST, True)]


# --- the description -----------------------------------------------------------------------------------------


def test_description_is_complete(client: httpx.Client):
    """OpenAPI 3.1: every route has words, a unique name and its errors as problem documents; every reference leads somewhere."""
    api = client.get("/openapi.json").json()
    assert api["openapi"].startswith("3.1")
    operations = [o for methods in api["paths"].values() for o in methods.values()]
    assert len({o["operationId"] for o in operations}) == len(operations) >= 10
    for o in operations:
        assert o["summary"]
        assert o["description"]
        assert o["tags"]
        for status, response in o["responses"].items():
            assert response["description"]
            if status >= "400":
                assert list(response["content"]) == ["application/problem+json"], (o["operationId"], status)
    for reference in _references(api):
        place = api
        for step in reference.removeprefix("#/").split("/"):
            place = place[step]
        assert place


def _references(value: object) -> list[str]:
    if isinstance(value, dict):
        return [v for k, v in value.items() if k == "$ref"] + [x for v in value.values() for x in _references(v)]
    return [x for v in value for x in _references(v)] if isinstance(value, list) else []


def test_every_example_of_the_description_works(client: httpx.Client):
    """Bodies are made of the examples of their fields, and answered with 200."""
    api = client.get("/openapi.json").json()
    tried = 0
    for path, methods in api["paths"].items():
        body = methods.get("post", {}).get("requestBody")
        if body and path != "/v1/cypher":  # needs servers: tests/cypher/test_doors.py
            name = body["content"]["application/json"]["schema"]["$ref"].rsplit("/", 1)[1]
            fields = api["components"]["schemas"][name]["properties"]
            for example in range(max(len(f.get("examples", [])) for f in fields.values())):
                sent = {n: f["examples"][example] for n, f in fields.items() if len(f.get("examples", [])) > example}
                assert client.post(path, json=sent).status_code == 200, (path, json.dumps(sent))
                tried += 1
    assert tried >= 3


def test_every_route_is_on_the_page_of_the_description_and_in_the_docs(client: httpx.Client, request):
    text = (request.config.rootpath / "docs" / "http.md").read_text(encoding="utf-8")
    page = client.get("/docs").text
    for path in client.get("/openapi.json").json()["paths"]:
        assert path in page
        assert path.replace(":path", "") in text
