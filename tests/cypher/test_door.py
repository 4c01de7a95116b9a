"""The Cypher door over real servers: answers, refusals, limits that hold, and a server that comes back."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import neo4j
import pytest
from neo4j.exceptions import DriverError, Neo4jError

from kg.cypher import guard
from kg.cypher.door import Door, Limits, Result
from kg.cypher.lane import Lane
from kg.errors import FixInput, KgError, LimitReached, NotAllowed, TryAgain
from tests.cypher.attacks import ATTACKS, INJECTIONS
from tests.cypher.honest import HONEST, SAMPLE, WITH_ROWS

BACK_SECONDS = 60
COUNTS = (
    "MATCH (n) RETURN count(n) AS n UNION ALL MATCH ()-[r]->() RETURN count(r) AS n "
    "UNION ALL CALL db.labels() YIELD label RETURN count(*) AS n UNION ALL CALL db.propertyKeys() YIELD propertyKey "
    "RETURN count(*) AS n UNION ALL MATCH (n) WITH n.row_hash AS h RETURN sum(h % 1000000) AS n"
)
KILLERS = [
    "RETURN size([x IN range(1, 50000000) | x * 2]) AS n",
    "RETURN reduce(s = 'a', x IN range(1, 40) | s + s) AS s",
]
"""What the server itself does not stop: its process has to end."""
BOMBS = [
    "UNWIND range(1, 300000000) AS x RETURN count(x)",
    "MATCH (a), (b), (c), (d) RETURN count(a.id + b.id + c.id + d.id) AS n",
    "MATCH p = (a)-[*1..12]-(b) RETURN count(p)",
    "UNWIND range(1, 100000000) AS x RETURN collect(x) AS xs",
    "MATCH p = ((a)-[:COLLABORATED]-(b))+ RETURN count(p)",
    "MATCH p = allShortestPaths((a:Person)-[*..15]-(b:Person)) WHERE a <> b RETURN count(p)",
]
MORE_BOMBS = [
    "RETURN range(1, 100000000) AS x",
    "RETURN 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!' =~ '(a|aa)+$' AS x",
    "RETURN [x IN range(1, 10000) | [y IN range(1, 10000) | x * y]] AS z",
    "RETURN reduce(s = [], x IN range(1, 30) | s + s + [x]) AS s",
    "WITH 'aaaaaaaaaaaaaaaa' AS s " + "WITH s + s AS s " * 30 + "RETURN size(s)",
    "WITH replace('aaaaaaaaaa', 'a', 'bbbbbbbbbb') AS s "
    + "WITH replace(s, 'b', 'bbbbbbbbbb') AS s " * 9
    + "RETURN size(s)",
    "UNWIND range(1, 1000) AS a UNWIND range(1, 1000) AS b UNWIND range(1, 1000) AS c RETURN max(a * b * c)",
    "MATCH (a) MATCH (b) MATCH (c) WITH a, b, c ORDER BY a.id + b.id + c.id RETURN a.id LIMIT 1",
    "MATCH (a)-[*]-(b)-[*]-(c) RETURN count(*)",
    "MATCH (n) WITH collect(n) AS ns RETURN size([a IN ns | [b IN ns | [c IN ns | a.id + b.id + c.id]]])",
    "RETURN all(x IN range(1, 100000) WHERE any(y IN range(1, 100000) WHERE x = -y))",
    "CALL { UNWIND range(1, 100000) AS x RETURN x UNION UNWIND range(1, 100000) AS x RETURN -x AS x } "
    "MATCH (n) RETURN count(n.id + x)",
    "MATCH " + ", ".join(f"(a{i}:Person)-[:COLLABORATED]-(a{i + 1}:Person)" for i in range(14)) + " RETURN count(*)",
    "MATCH (n) WHERE " + " AND ".join(f"(n.x = {i} OR n.y = {i} AND n.z = {i})" for i in range(60)) + " RETURN n",
    "UNWIND range(1, 30000000) AS x WITH DISTINCT x % 20000000 AS y RETURN count(y)",
    "RETURN size(toString([x IN range(1, 20000000) | 'abcdefgh']))",
    "RETURN split(reduce(s = 'a,', x IN range(1, 26) | s + s), ',') AS s",
    "MATCH (n) RETURN COLLECT { MATCH (m) RETURN m.id + n.id } AS x",
    "MATCH (n) RETURN [(n)-[*1..8]-(m) | m.id] AS x",
]


def counts(lane: Lane) -> list[int]:
    """What the store holds, so that any write is seen: nodes, relationships, labels, keys, a sum over hashes."""
    assert lane._driver is not None
    return [r["n"] for r in lane._driver.execute_query(COUNTS).records]


def ready(door: Door, seconds: float = BACK_SECONDS) -> float:
    """Waits until both servers answer; returns how long that took."""
    begun = time.monotonic()
    while not all(x.state == "ready" for x in door.lanes.values()):
        assert time.monotonic() - begun < seconds, {n: x.state for n, x in door.lanes.items()}
        time.sleep(0.1)
    return time.monotonic() - begun


QUICK_BOMBS = 3
"""How many of them the default suite sets off."""


@pytest.mark.parametrize("text", HONEST, ids=range(len(HONEST)))
def test_honest_questions_are_answered(door: Door, text: str):
    """None is refused, and those that ask for what there is get rows."""
    ready(door)
    given = {n: SAMPLE[n] for n in guard.check(text).parameters}
    result = door.query(text, given)
    assert result.columns
    assert result.rows or text not in WITH_ROWS


@pytest.mark.heavy
def test_no_attack_passes_the_plan_either(door: Door):
    """The second lock alone: each text goes straight to EXPLAIN on the server; plan or server refuse it, and what they let
    pass (options, several words for one thing) only reads. The third alone: run in READ access, nothing is written.
    """
    ready(door)
    lane = door.lanes["heavy"]
    before = counts(lane)
    passed = []
    assert lane._driver is not None
    for group, text in ATTACKS:
        if group in ("long", "broken") or "CONCURRENT" in text:
            continue
        with lane._driver.session(default_access_mode=neo4j.READ_ACCESS, database="neo4j") as session:
            try:
                done = session.run("EXPLAIN\n" + text).consume()
                guard.check_plan(done.query_type, done.plan)
            except (Neo4jError, NotAllowed, DriverError):
                pass
            else:
                passed.append(text)
            with suppress(Neo4jError, DriverError):
                session.run(
                    text, {"x": 1, "rows": [{}], "props": {}, "key": "k", "url": "file:///etc/passwd"}
                ).consume()
    assert counts(lane) == before
    writing = ("CREATE", "MERGE", "DELETE", "REMOVE", "LOAD", "SHOW", "TERMINATE", "DROP", "ALTER", "GRANT")
    harmless = ("CYPHER", "EXPLAIN", "RETURN '")  # an option, or a text within quotes
    assert [t for t in passed if any(w in t.upper() for w in writing) and not t.startswith(harmless)] == []
    assert len(passed) < 20, passed


def test_the_store_is_read_only_whatever_the_access_mode(door: Door):
    ready(door)
    driver = door.lanes["plain"]._driver
    assert driver is not None
    for text in ("CREATE (n)", "MATCH (n) SET n.x = 1", "CREATE INDEX FOR (n:Person) ON (n.x)"):
        with (
            pytest.raises((Neo4jError, DriverError)),
            driver.session(default_access_mode=neo4j.WRITE_ACCESS) as session,
        ):
            session.run(text).consume()


@pytest.mark.parametrize("value", INJECTIONS, ids=range(len(INJECTIONS)))
def test_a_parameter_is_never_more_than_a_value(door: Door, value: object):
    assert door.query("RETURN $x AS x", {"x": value}).rows == [[value]]
    assert door.query("MATCH (p:Person) WHERE p.id = $x RETURN count(p) AS n", {"x": value}).rows == [[0]]


def test_a_cut_answer_says_so(door: Door):
    result = door.query("UNWIND range(1, 2000) AS x RETURN x", limits=Limits(rows=1000))
    assert (len(result.rows), result.truncated) == (1000, "rows")
    assert (result.note() or "").startswith("First 1,000 of more, because")
    assert door.query("UNWIND range(1, 1000) AS x RETURN x", limits=Limits(rows=1000)).truncated is None
    cut = door.query("UNWIND range(1, 5000) AS x RETURN x, 'ああああああああああ'", limits=Limits(bytes=10_000))
    assert cut.truncated == "bytes"
    assert 0 < len(cut.rows) < 400
    with pytest.raises(LimitReached, match="first row alone"):
        door.query("UNWIND range(1, 5000) AS x RETURN collect(x) AS xs", limits=Limits(bytes=1000))


def test_errors_of_the_server_name_the_place_and_the_schema(door: Door):
    with pytest.raises(FixInput, match=r"Variable `m` not defined \(line 2, column 8\)") as e:
        door.query("MATCH (n)\nRETURN m")
    assert e.value.facts["shown"] == "RETURN m\n       ^"
    with pytest.raises(FixInput, match=r"Parameter \$a has no value \(line 1, column 8\)"):
        door.query("RETURN $a")
    notes = door.query("MATCH (p:Persn) RETURN p.nam_ja").notes
    assert any("Did you mean Person?" in n.text and n.column == 10 for n in notes)
    assert any("Did you mean name_ja?" in n.text for n in notes)


def test_explain_and_profile_give_the_plan(door: Door):
    plan = door.query("EXPLAIN MATCH (p:Person) RETURN p.id")
    assert (plan.kind, plan.columns[0], plan.rows[0][0]) == ("explain", "operator", "ProduceResults")
    run = door.query("PROFILE MATCH (p:Person) RETURN p.id")
    assert (run.kind, run.columns[-1]) == ("profile", "db_hits")


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(text, id=str(n), marks=pytest.mark.heavy if n >= QUICK_BOMBS else ())
        for n, text in enumerate(BOMBS)
    ],
)
def test_bombs_end_in_time_and_the_door_answers_on(door: Door, text: str):
    """Time and memory stop the query with a reason; a plain question is answered meanwhile."""
    ready(door)
    begun = time.monotonic()
    with pytest.raises((LimitReached, TryAgain)):
        door.query(text, limits=Limits(seconds=2))
    assert time.monotonic() - begun < 20
    assert door.query("MATCH (p:Person) RETURN count(p) > 0 AS any").rows == [[True]]


def test_what_cannot_be_stopped_ends_its_server_only(door: Door):
    """The server is killed and back within a minute; the other answers meanwhile; the same text is not run again."""
    ready(door)
    with pytest.raises(LimitReached, match=r"had to be ended|more memory"):
        door.query(KILLERS[0], limits=Limits(seconds=2))
    with pytest.raises((LimitReached, TryAgain)):
        door.query(KILLERS[0], limits=Limits(seconds=2))
    if door.lanes["heavy"].state != "ready":
        with pytest.raises(TryAgain, match="starting again") as e:
            door.query("RETURN reduce(a = 0, x IN [1, 2] | a + x) AS a")
        assert "Repeat the call in" in e.value.next_step
    assert door.query("MATCH (p:Person) RETURN count(p) > 0 AS any").rows == [[True]]
    assert ready(door) < BACK_SECONDS
    assert door.query("RETURN reduce(a = 0, x IN [1, 2] | a + x) AS a").rows == [[3]]


def test_a_caller_who_leaves_ends_the_query(door: Door):
    ready(door)
    gone = threading.Event()
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(
            door.query, "MATCH (a), (b), (c), (d) RETURN count(a.id + b.id + c.id + d.id + 1)", left=gone.is_set,
            limits=Limits(seconds=60),
        )  # fmt: skip
        time.sleep(2)
        gone.set()
        begun = time.monotonic()
        with pytest.raises(LimitReached, match="went away"):
            waiting.result(30)
    assert time.monotonic() - begun < 10
    ready(door)
    find = "SHOW TRANSACTIONS YIELD currentQuery AS q WHERE q CONTAINS 'd.id + 1' RETURN count(*) AS n"
    driver = door.lanes["heavy"]._driver
    assert driver is not None
    assert driver.execute_query(find).records[0]["n"] <= 1  # this very question


def test_a_server_that_dies_is_seen_and_comes_back(door: Door):
    """Whoever asks while it is down is told when to come again, or is answered by the other server."""
    ready(door)
    door.lanes["plain"].server.kill()
    assert door.query("MATCH (p:Person) RETURN count(p) > 0 AS any").rows == [[True]]
    time.sleep(0.5)
    assert ready(door) < BACK_SECONDS


@pytest.mark.heavy
def test_all_bombs_at_once(door: Door):
    """Bombs of every kind, several at a time: no call hangs, nothing is written, both servers are back within a minute,
    and plain questions are answered all the time.
    """
    ready(door)
    before = counts(door.lanes["plain"])
    stop = threading.Event()
    failures: list[KgError] = []
    answers: list[float] = []

    def honest() -> None:
        while not stop.is_set():
            begun = time.monotonic()
            try:
                assert door.query("MATCH (p:Person) RETURN count(p) > 0 AS any").rows == [[True]]
                answers.append(time.monotonic() - begun)
            except KgError as e:
                failures.append(e)
            time.sleep(0.2)

    def bomb(text: str) -> str:
        begun = time.monotonic()
        for _ in range(200):
            try:
                done: Result | KgError = door.query(text, limits=Limits(seconds=3, wait=30))
                break
            except TryAgain as e:
                done = e
                time.sleep(1)
            except KgError as e:
                done = e
                break
        return f"{time.monotonic() - begun:.1f} s: {done!s:.60} for {text[:60]}"

    asking = threading.Thread(target=honest)
    asking.start()
    try:
        with ThreadPoolExecutor(4) as pool:
            said = list(pool.map(bomb, [*BOMBS, *MORE_BOMBS, *KILLERS]))
    finally:
        stop.set()
        asking.join()
    print("\n".join(said))
    ready(door)
    assert counts(door.lanes["plain"]) == before
    assert len(failures) <= len(answers) * 0.1, (len(failures), len(answers), failures[:3])
    assert door.query("MATCH (p:Person) RETURN count(p) > 0 AS any").rows == [[True]]
