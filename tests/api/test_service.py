"""A release that becomes current is taken up while requests run, and none of them fails."""

from __future__ import annotations

import shutil
import threading

import httpx
import pytest

from kg.errors import FixInput, FixSetup, TryAgain
from kg.release import use
from kg.service import SQL_WAITING, Pointer, Service
from kg.settings import Settings
from tests.api.conftest import FIRST, SECOND, running

SEED = "防災の研究者で、情報分野の研究者と共同研究を行っている人"


@pytest.fixture
def two(own: Settings, releases: Settings) -> Settings:
    """Two releases: the second has one person more. The first is current."""
    shutil.copytree(releases.releases, own.releases)
    use(own, FIRST)
    return own


def test_no_request_fails_while_the_current_release_changes(two: Settings):
    """Four threads ask by sentence, SQL and page while another switches; every answer is whole and from one release."""
    people = {FIRST: 11, SECOND: 12}
    stop, failures, seen = threading.Event(), [], set()

    def asking(number: int) -> None:
        with httpx.Client(base_url=base, trust_env=False, timeout=60) as c:
            while not stop.is_set():
                if number == 0:
                    answer = c.post("/v1/sql", json={"sql": "SELECT count(*) AS n FROM person"})
                    found = answer.json().get("rows", [{}])[0].get("n") if answer.status_code == 200 else None
                elif number == 1:
                    answer = c.get("/", params={"q": SEED})
                    found = None
                else:
                    answer = c.post("/v1/people/query", json={"query": {}, "limit": 1})
                    found = answer.json().get("total")
                if answer.status_code != 200:
                    failures.append(answer.text)
                elif found is not None and found != people[answer.json()["release"]]:
                    failures.append((found, answer.json()["release"]))
                elif found is not None:
                    seen.add(answer.json()["release"])

    with running(two) as client:
        base = client.base_url
        client.get("/readyz")
        threads = [threading.Thread(target=asking, args=(n,)) for n in range(4)]
        for t in threads:
            t.start()
        for turn in range(8):
            wanted = SECOND if turn % 2 == 0 else FIRST
            use(two, wanted)
            for _ in range(5):
                assert client.get("/v1/coverage").status_code == 200
            assert client.get("/readyz").json()["release"] in people
        stop.set()
        for t in threads:
            t.join()
        use(two, SECOND)
        assert client.get("/readyz").json()["release"] == SECOND
    assert failures == []
    assert seen == {FIRST, SECOND}


def test_a_caller_keeps_the_release_it_began_with(two: Settings):
    """The old release is closed only when its last caller has left; then its store is closed."""
    service = Service(two)
    with service.use() as old:
        use(two, SECOND)
        with service.use() as new:
            assert (old.release.id, new.release.id) == (FIRST, SECOND)
            assert old.store.coverage()["people"] == 11
            assert not old.closed
    assert old.closed
    assert not new.closed
    service.close()
    assert new.closed


def test_the_pointer_is_read_again_only_where_it_was_replaced(two: Settings, monkeypatch: pytest.MonkeyPatch):
    """A hundred requests cost one reading; a switch is seen by the next."""
    from kg import service

    readings = []
    real = service.current_id
    monkeypatch.setattr("kg.service.current_id", lambda s: readings.append(1) or real(s))
    pointer = Pointer(two)
    assert {pointer.read() for _ in range(100)} == {FIRST}
    assert len(readings) == 1
    use(two, SECOND)
    assert pointer.read() == SECOND
    assert len(readings) == 2


def test_a_release_deleted_under_the_server_goes_on_answering(two: Settings):
    """The files are held open; the SQL process, which opens them anew, says what happened. A new pointer is taken up."""
    with running(two) as client:
        client.get("/readyz")
        shutil.rmtree(two.releases / FIRST)
        answer = client.post("/v1/ask", json={"question": SEED})
        assert (answer.status_code, answer.json()["total"]) == (200, 2)
        gone = client.post("/v1/sql", json={"sql": "SELECT 1 AS n"})
        assert (gone.status_code, gone.json()["code"]) == (503, "setup")
        use(two, SECOND)
        assert client.get("/readyz").json()["release"] == SECOND


@pytest.mark.parametrize("damage", ["missing", "no index", "no graph", "broken graph"])
def test_a_release_that_does_not_open_never_replaces_one_that_answers(two: Settings, damage: str):
    """The old one answers on; /readyz says why the new one does not."""
    broken = two.releases / SECOND
    with running(two) as client:
        assert client.get("/readyz").json() == {"status": "ok", "release": FIRST}
        use(two, SECOND)
        if damage == "missing":
            shutil.rmtree(broken)
        elif damage == "no index":
            shutil.rmtree(broken / "search")
        elif damage == "no graph":
            (broken / "graph.duckdb").unlink()
        else:
            (broken / "graph.duckdb").write_bytes(b"no database" * 1000)
        answer = client.post("/v1/ask", json={"question": SEED})
        assert (answer.status_code, answer.json()["release"]) == (200, FIRST)
        assert client.get("/readyz").json()["problem"]


def test_without_a_release_every_door_says_what_to_do_and_the_first_is_taken_up(own: Settings, releases: Settings):
    with running(own) as client:
        assert client.get("/healthz").json() == {"status": "ok"}
        for answer in (
            client.get("/readyz"),
            client.post("/v1/ask", json={"question": SEED}),
            client.get("/v1/coverage"),
        ):
            assert (answer.status_code, answer.json()["code"]) == (503, "setup")
            assert "kg build" in answer.json()["next_step"]
            assert answer.headers["retry-after"]
        page = client.get("/", headers={"accept": "text/html"})
        assert page.status_code == 503
        assert "kg build" in page.text
        assert client.get("/v1/releases").json() == {"serving": None, "releases": []}
        shutil.copytree(releases.releases, own.releases, dirs_exist_ok=True)
        use(own, FIRST)
        assert client.get("/readyz").json()["release"] == FIRST


def test_a_fixed_release_stays_whatever_becomes_current(two: Settings):
    """A beginning of an id is enough, and it is opened once."""
    service = Service(two, SECOND[:-1] + "b")
    with service.use() as one:
        use(two, FIRST)
    with service.use() as other:
        assert one is other
        assert other.release.id == SECOND
    service.close()
    with pytest.raises(FixInput), Service(two, "r-ffff").use():
        pass


def test_a_pointer_to_nothing_is_a_matter_of_set_up(two: Settings):
    """The asker can do nothing about it."""
    shutil.rmtree(two.releases / FIRST)
    with pytest.raises(FixSetup), Service(two).use():
        pass


def test_sql_queries_do_not_pile_up(two: Settings):
    """More than a few at once are sent away instead of holding every thread of the server."""
    service = Service(two)
    with service.use() as opened:
        held = [opened._waiting.acquire(blocking=False) for _ in range(SQL_WAITING)]
        assert all(held)
        with pytest.raises(TryAgain):
            opened.sql("SELECT 1 AS n")
        opened._waiting.release()
        assert opened.sql("SELECT 1 AS n").rows.to_pylist() == [{"n": 1}]
    service.close()
