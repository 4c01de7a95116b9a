"""KG_GRAPH: the whole service reads the graph from the server, goes on without it, and comes back to it."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace

import httpx
import pytest

from kg.errors import FixSetup, ServerGone
from kg.graph.bolt import Bolt
from kg.service import Service
from kg.settings import Settings, load
from tests.api.conftest import running
from tests.contract.conftest import Served
from tests.contract.release import NAME
from tests.country.homes import ROOT, environment

SEED = {"question": "防災の研究者で、すでに情報分野の研究者と共同研究を行っている人を教えてください", "limit": 50}
NOBODY_LISTENS = "bolt://127.0.0.1:9"


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch):
    """Minutes of waiting show nothing more."""
    monkeypatch.setattr("kg.graph.switch.RETRY_SECONDS", 0.2)
    monkeypatch.setattr("kg.graph.switch.CHECK_SECONDS", 0.0)


def there(served: Served) -> Settings:
    return replace(served.settings, graph=served.access.address, graph_password=served.access.password)


def until(true: Callable[[], bool], seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_answers_are_the_same_and_say_where_they_come_from(served: Served):
    with running(served.settings) as local, running(there(served)) as remote:
        one, other = local.post("/v1/ask", json=SEED), remote.post("/v1/ask", json=SEED)
        assert other.json() == one.json()
        assert other.headers["kg-store"] == "neo4j"
        assert "kg-store" not in one.headers
        assert remote.get("/readyz").json() == {"status": "ok", "release": NAME, "store": "neo4j"}
        for path in ("/v1/coverage", "/v1/entities/P01", "/v1/entities/W52", "/v1/entities/R51", "/v1/entities/O9"):
            assert remote.get(path).json() == local.get(path).json()


def test_without_a_server_it_says_so_and_answers_from_the_files(served: Served):
    """Nobody listens there: every request is answered, and tells that and why it was not the server."""
    with running(replace(served.settings, graph=NOBODY_LISTENS)) as client:
        answer = client.post("/v1/ask", json=SEED)
        assert answer.status_code == 200
        assert answer.headers["kg-store"] == "embedded"
        assert NOBODY_LISTENS in answer.headers["kg-store-problem"]
        ready = client.get("/readyz").json()
        assert (ready["store"], ready["release"]) == ("embedded", NAME)
        assert "does not answer" in ready["problem"]


def test_a_server_that_takes_up_another_release_is_left_until_it_is_back(served: Served):
    """Requests go on from the files; when the server holds the release again, it is asked again."""
    with running(there(served)) as client, Bolt(served.address) as bolt:
        assert client.get("/readyz").json()["store"] == "neo4j"
        with bolt._driver.session() as writer:
            try:
                writer.run("MATCH (r:Release) SET r.id = 'r-other'").consume()
                answer = client.post("/v1/people/query", json={"query": {"field": "防災"}, "limit": 3})
                assert (answer.status_code, answer.headers["kg-store"]) == (200, "embedded")
                assert "r-other" in client.get("/readyz").json()["problem"]
            finally:
                writer.run("MATCH (r:Release) SET r.id = $id", id=NAME).consume()
        until(lambda: client.get("/readyz").json()["store"] == "neo4j")


def test_without_local_files_the_servers_release_is_answered_from(served: Served, tmp_path):
    """Answers are those of the files; search says what it lacks."""
    bare = replace(there(served), home=tmp_path / "bare")
    with running(bare) as client, running(served.settings) as local:
        body = {"query": {"field": "防災", "worked_with": {"field": "情報"}}}
        answer = client.post("/v1/people/query", json=body)
        assert answer.json() == local.post("/v1/people/query", json=body).json()
        missing = client.get("/v1/search", params={"q": "防災"})
        assert (missing.status_code, missing.json()["code"]) == (503, "setup")
    with pytest.raises(ServerGone), Service(replace(bare, graph=NOBODY_LISTENS)).use():
        pass


def test_no_password_no_answer(served: Served):
    """A refused password falls back, too; it is never shown."""
    wrong = replace(there(served), graph_password="geheim-123")
    with running(wrong) as client:
        ready = client.get("/readyz")
        assert ready.json()["store"] == "embedded"
        assert "KG_GRAPH" in ready.text or "refuses" in ready.text
        assert "geheim" not in ready.text + repr(wrong)


def test_password_from_a_file(served: Served, tmp_path):
    file = tmp_path / "password"
    file.write_text(served.access.password + "\n", encoding="utf-8")
    settings = replace(served.settings, graph=served.access.address, graph_password_file=str(file))
    with running(settings) as client:
        assert client.get("/readyz").json()["store"] == "neo4j"
    broken = replace(settings, graph_password_file=str(tmp_path / "none"), home=tmp_path)
    with pytest.raises(FixSetup, match="password file"), Service(broken).use():
        pass


def test_own_server_needs_no_password(served: Served):
    """`neo4j`, and the address of the server of this installation, read its own password."""
    for graph in ("neo4j", served.access.address):
        service = Service(replace(served.settings, graph=graph))
        with service.use() as opened:
            assert opened.switch is not None
            assert opened.switch.name == "neo4j"
        service.close()


def test_command_line(served: Served):
    """`--store` chooses; both say the same; a server that does not answer is told on stderr."""

    def kg(*words: str, **more: str) -> subprocess.CompletedProcess[str]:
        env = environment(served.settings) | {"KG_GRAPH_PASSWORD": served.access.password} | more
        command = [sys.executable, "-m", "kg", *words]
        return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=120, check=True)

    ask = ("ask", "--json", "--limit", "3")
    local, own = (kg(*ask, "--store", s, "防災の研究者") for s in ("embedded", "neo4j"))
    assert own.stdout == local.stdout
    gone = kg(*ask, "防災の研究者", KG_GRAPH=NOBODY_LISTENS)
    assert gone.stdout == local.stdout
    assert "does not answer" in gone.stderr
    shown = kg("config", KG_GRAPH=served.access.address)
    assert served.access.password not in shown.stdout
    assert served.access.address in shown.stdout


def test_settings_of_the_graph(tmp_path):
    found = load({"KG_HOME": str(tmp_path), "KG_GRAPH": "bolt://x:1", "KG_GRAPH_PASSWORD": "geheim"})
    assert (found.graph, found.graph_user, found.graph_password) == ("bolt://x:1", "neo4j", "geheim")
    assert "geheim" not in repr(found)


@pytest.mark.heavy
def test_a_server_that_stops_and_starts(served: Served):
    """Four requests a second go on while the server really ends and comes back; none fails, and it is asked again."""
    with running(there(served)) as client:
        assert client.get("/readyz").json()["store"] == "neo4j"
        served.server.stop()
        for n in range(8):
            answer = client.post("/v1/people/query", json={"query": {"field": "防災", "since": 1950 + n}, "limit": 3})
            assert (answer.status_code, answer.headers["kg-store"]) == (200, "embedded")
        served.server.start(int(served.access.address.rsplit(":", 1)[1]))
        until(lambda: client.get("/readyz").json()["store"] == "neo4j", 60)
        answer: httpx.Response = client.post("/v1/people/query", json={"query": {"field": "防災"}, "limit": 3})
        assert answer.headers["kg-store"] == "neo4j"
