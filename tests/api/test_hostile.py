"""Whatever is sent, the answer is an answer or a problem document, never a failure of the server."""

from __future__ import annotations

import json
import logging
import socket

import httpx
import pytest

from api.guard import MAX_BODY

JSON = {"content-type": "application/json"}
PROBLEM = "application/problem+json"


def is_problem(answer: httpx.Response, status: int, code: str) -> None:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == PROBLEM
    body = answer.json()
    assert set(body) == {"type", "title", "status", "detail", "code", "next_step"}
    assert (body["status"], body["code"]) == (status, code)


@pytest.mark.parametrize(
    "body",
    [
        b"", b"[", b"null", b"[]", b'"x"', b"{" * 100_000, b'{"question":' + b"[" * 50_000, b"\xff\xfe{}", b"{}",
        b'{"question": ' + b"1" * 5000 + b"}", b'{"question": NaN}', b'{"question": ""}', b'{"question": " \\u3000\\t "}',
        b'{"question": "\\ud800"}', b'{"question": null}', b'{"question": "x", "limit": 0}',
        b'{"question": "x", "limit": 501}', b'{"question": "x", "limit": 1e400}', b'{"question": "x", "proofs": -1}',
        b'{"question": "x", "lang": "de"}', json.dumps({"question": "あ" * 1001}).encode(),
    ],
)  # fmt: skip
def test_a_body_that_is_no_question_is_a_problem(client: httpx.Client, body: bytes):
    """400 for what is not JSON at all, 422 for JSON of another shape."""
    answer = client.post("/v1/ask", content=body, headers=JSON)
    assert answer.status_code in (400, 422), answer.text
    assert answer.headers["content-type"] == PROBLEM
    assert answer.json()["next_step"]


@pytest.mark.parametrize(
    "question",
    [
        "あ" * 1000, "\u0000", "\u202e\u0000", "' OR 1=1 --", "{{7*7}}", "<script>alert(1)</script>", "(" * 1000,
        "9999年以降に情報の研究者と共同研究している防災の研究者", "x" * 300 + " researchers", "%00%ff", "\\" * 999,
        "防災の研究者で、情報分野の研究者と0件以上共同研究をしている人", "🧪の研究者", "researchers since 99999", "1" * 1000,
        "AND OR NOT * ? ~ ^ \" :", "防災の研究者で" * 100, "と" * 1000, "find " * 200,
    ],
)  # fmt: skip
def test_any_thousand_characters_get_an_answer(client: httpx.Client, question: str):
    """200 with a message or matches; the page too."""
    answer = client.post("/v1/ask", json={"question": question})
    assert answer.status_code == 200, answer.text
    assert client.get("/", params={"q": question}).status_code == 200


def test_years_and_numbers_out_of_bounds_are_named(client: httpx.Client):
    answer = client.post("/v1/ask", json={"question": "9999年以降に情報の研究者と共同研究している防災の研究者"}).json()
    assert answer["total"] == 0
    assert "「9999」" in answer["message"]


@pytest.mark.parametrize(
    "query",
    [
        {"nonsense": 1}, {"field": ""}, {"field": " "}, {"field": "x" * 201}, {"since": 0}, {"since": 10**400},
        {"as_of": "yesterday"}, {"as_of": "9999-99-99"}, {"as_of": "0000"}, {"since": 2200, "until": 1500}, {"role": "king"}, {"sort": "id; DROP"}, {"worked_with": {"at_least": 0}},
        {"worked_with": {"kinds": []}}, {"among": ["x"] * 10_001}, {"bases": ["rumour"]}, [], {"\ud800": 1},
    ],
)  # fmt: skip
def test_a_clause_that_does_not_exist_never_widens_an_answer(client: httpx.Client, query: object):
    body = json.dumps({"query": query})
    is_problem(client.post("/v1/people/query", content=body, headers=JSON), 422, "bad_input")


@pytest.mark.parametrize(
    "query",
    [
        {"field": "\u0000"}, {"institution": "' OR ''='"}, {"as_of": "9999-12-31"}, {"among": []},
        {"among": ["\u0000", "P01"]}, {"since": 2200, "until": 2200}, {"topic": "\u202e"},
        {"worked_with": {"person": "\u0000", "after": 2200}}, {"exclude_coauthors_of": "P01"}, {"bases": []},
    ],
)  # fmt: skip
def test_odd_but_lawful_clauses_are_answered(client: httpx.Client, query: dict[str, object]):
    answer = client.post("/v1/people/query", json={"query": query})
    assert answer.status_code == 200, answer.text


def test_cursors_of_other_questions_and_forged_ones_are_refused(client: httpx.Client):
    import base64

    page = client.post("/v1/people/query", json={"query": {"sort": "id"}, "limit": 2}).json()
    forged = [base64.urlsafe_b64encode(f"{page['receipt']}:{n}".encode()).decode() for n in ("-1", "9" * 30, "x", "")]
    for cursor in ["", "é", "A" * 200, *forged]:
        is_problem(client.post("/v1/people/query", json={"query": {"sort": "id"}, "cursor": cursor}), 422, "bad_input")
    other = client.post("/v1/people/query", json={"query": {"sort": "name"}, "cursor": page["next"]})
    is_problem(other, 422, "bad_input")
    beyond = base64.urlsafe_b64encode(f"{page['receipt']}:1000".encode()).decode()
    end = client.post("/v1/people/query", json={"query": {"sort": "id"}, "cursor": beyond}).json()
    assert (end["people"], end["total"], "next" in end) == ([], 11, False)


@pytest.mark.parametrize("declared", [True, False])
def test_a_body_of_more_than_256_kb_is_refused_before_it_is_parsed(client: httpx.Client, declared: bool):
    """With a declared length at once; in chunks as soon as too much came."""
    body = b"{" * (MAX_BODY + 1)
    chunks = (body[i : i + 65536] for i in range(0, len(body), 65536))
    is_problem(client.post("/v1/ask", content=body if declared else chunks, headers=JSON), 413, "too_large")


def test_the_largest_lawful_body_is_answered(client: httpx.Client):
    """10,000 ids of 17 characters fit."""
    ids = [f"P{n:016x}" for n in range(9_999)] + ["P01"]
    answer = client.post("/v1/people/query", json={"query": {"among": ids}})
    assert [p["id"] for p in answer.json()["people"]] == ["P01"]


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/v1/nothing", 404, "no_such_page"), ("GET", "/v1/ask", 405, "method_not_allowed"),
        ("DELETE", "/v1/entities/P01", 405, "method_not_allowed"), ("PUT", "/", 405, "method_not_allowed"),
        ("GET", "/v1/search", 422, "bad_input"), ("GET", "/v1/search?q=+", 422, "bad_input"),
        ("GET", "/v1/search?q=x&limit=101", 422, "bad_input"), ("GET", "/v1/search?q=x&offset=-1", 422, "bad_input"),
        ("GET", "/v1/search?q=x&kind=god", 422, "bad_input"), ("GET", "/v1/search?q=x&since=99999", 422, "bad_input"),
        ("GET", "/v1/entities/" + "x" * 301, 422, "bad_input"), ("GET", "/v1/entities/%00", 404, "not_found"),
        ("GET", "/v1/entities/P01%00", 404, "not_found"), ("GET", "/v1/entities/%ED%A0%80", 404, "not_found"),
        ("GET", "/v1/entities/..%2F..%2Fetc%2Fpasswd", 404, "not_found"), ("GET", "/v1/entities/P", 404, "not_found"),
        ("GET", "/?cursor=x&q=%E9%98%B2%E7%81%BD%E3%81%AE%E7%A0%94%E7%A9%B6%E8%80%85", 422, "bad_input"),
    ],
)  # fmt: skip
def test_wrong_calls_are_problems(client: httpx.Client, method: str, path: str, status: int, code: str):
    is_problem(client.request(method, path), status, code)


def test_a_reader_gets_the_same_as_a_page(client: httpx.Client):
    """Browsers ask for HTML: errors of pages come as pages, those of /v1 stay JSON."""
    reader = {"accept": "text/html,*/*"}
    for path in ("/nothing", "/?q=%E9%98%B2%E7%81%BD%E3%81%AE%E7%A0%94%E7%A9%B6%E8%80%85&cursor=x", "/entities/%00"):
        answer = client.get(path, headers=reader)
        assert answer.status_code in (404, 422)
        assert answer.headers["content-type"].startswith("text/html")
        assert "<h1" in answer.text
    is_problem(client.get("/v1/nothing", headers=reader), 404, "no_such_page")


@pytest.mark.parametrize(
    ("sql", "status", "code"),
    [
        ("DROP TABLE person", 403, "not_allowed"), ("SELECT * FROM read_csv('/etc/passwd')", 403, "not_allowed"),
        ("SELECT nope FROM person", 422, "bad_input"), ("SELECT 1; SELECT 2", 403, "not_allowed"),
        ("SELECT 1\x00", 422, "bad_input"), ("SELEC", 422, "bad_input"), (" ", 403, "not_allowed"),
    ],
)  # fmt: skip
def test_sql_outside_the_list_is_refused(client: httpx.Client, sql: str, status: int, code: str):
    is_problem(client.post("/v1/sql", json={"sql": sql}), status, code)


@pytest.mark.parametrize(
    "path", ["/", "/?q=x", "/entities/P01", "/docs", "/style.css", "/v1/coverage", "/nothing", "/v1/x"]
)
def test_every_answer_carries_the_headers_that_bind_a_browser(client: httpx.Client, path: str):
    headers = client.get(path, headers={"accept": "text/html"}).headers
    assert "default-src 'none'" in headers["content-security-policy"]
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert "unsafe" not in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"


def test_bytes_that_are_no_http_do_not_disturb_the_next_caller(client: httpx.Client):
    for junk in (
        b"\x16\x03\x01\x02\x00",
        b"GET / HTTP/9.9\r\n\r\n",
        b"POST /v1/ask HTTP/1.1\r\ncontent-length: -5\r\n\r\n",
    ):
        with socket.create_connection((client.base_url.host, client.base_url.port), timeout=5) as s:
            s.sendall(junk)
            s.shutdown(socket.SHUT_WR)
            while s.recv(4096):
                pass
    assert client.get("/healthz").status_code == 200


def test_a_failure_of_our_own_is_a_problem_with_a_reference(own, monkeypatch, caplog):
    """What no route expects is kept in the log under the reference that the caller sees, and tells nothing else."""
    from tests.api.conftest import running

    monkeypatch.setattr("api.routes._schema", lambda: 1 / 0)
    with caplog.at_level(logging.ERROR, "kg.api"), running(own) as client:
        answer = client.get("/v1/schema")
    is_problem(answer, 500, "internal")
    reference = answer.json()["detail"].split()[-1].strip(".")
    assert reference in caplog.text
    assert "ZeroDivisionError" in caplog.text
    assert "division" not in answer.text
