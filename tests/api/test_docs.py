"""docs/http.md is true: each call in it is made, and the answer holds what the page shows."""

from __future__ import annotations

import json
import re
from pathlib import Path

import httpx
import pytest

TEXT = (Path(__file__).parents[2] / "docs" / "http.md").read_text(encoding="utf-8")
CALLS = re.findall(r"```http\n(GET|POST) (\S+)\n(.*?)```\n+(?:`(\d+)`\n+)?```json\n(.*?)```", TEXT, re.S)


def test_there_are_examples_of_every_door():
    assert {path.split("?")[0] for _, path, *_ in CALLS} >= {
        "/v1/ask", "/v1/people/query", "/v1/sql", "/v1/search", "/v1/entities/P01", "/v1/releases", "/readyz",
    }  # fmt: skip


@pytest.mark.parametrize(("method", "path", "body", "status", "shown"), CALLS, ids=[f"{m} {p}" for m, p, *_ in CALLS])
def test_example_is_true(client: httpx.Client, method: str, path: str, body: str, status: str, shown: str):
    """What is shown is in the answer, value by value; `…` stands for more of the same."""
    client.get("/readyz")
    answer = client.request(method, path, content=body.encode() or None, headers={"content-type": "application/json"})
    assert answer.status_code == int(status or 200), answer.text
    _holds(answer.json(), json.loads(shown), path)


def _holds(answer: object, shown: object, place: str) -> None:
    if isinstance(shown, dict):
        assert isinstance(answer, dict), place
        for key, value in shown.items():
            if key != "…":
                assert key in answer, f"{place}.{key}"
                _holds(answer[key], value, f"{place}.{key}")
        if "…" not in shown:
            assert set(answer) == set(shown), place
    elif isinstance(shown, list):
        assert isinstance(answer, list), place
        some = shown[:-1] if shown[-1:] == ["…"] else shown
        assert len(answer) >= len(some) if some != shown else len(answer) == len(shown), place
        for n, (a, s) in enumerate(zip(answer, some, strict=False)):
            _holds(a, s, f"{place}[{n}]")
    elif shown != "…":
        assert answer == shown, place
