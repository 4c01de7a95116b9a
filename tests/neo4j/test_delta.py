"""A later release is what differs, applied at once: the outcome is a fresh load's, and what users added stays."""

from __future__ import annotations

from collections.abc import Iterator

import neo4j
import pytest

from kg.errors import FixSetup, OurBug, TryAgain
from kg.neo4j import Server, delta, model
from kg.neo4j.load import facts, loaded_release
from kg.neo4j.remote import access_from, load_remote
from kg.neo4j.server import Access
from kg.neo4j.verify import verify
from kg.release import open_release
from kg.settings import Settings
from tests.country.conftest import Base, base, chain
from tests.neo4j import graphs

__all__ = ["base"]
pytestmark = pytest.mark.heavy


class Line:
    """A release and two that follow it."""

    def __init__(self, settings: Settings, ids: list[str]) -> None:
        self.settings = settings
        self.releases = [open_release(settings, i) for i in ids]


@pytest.fixture(scope="module")
def line(base: Base, tmp_path_factory: pytest.TempPathFactory) -> Line:
    evolved = list(chain(base, tmp_path_factory.mktemp("line"), range(1, 3)))
    return Line(evolved[0].settings, [base.release.id, *(e.newer.id for e in evolved)])


@pytest.fixture(scope="module")
def loaded(server: Server, line: Line) -> Iterator[neo4j.Driver]:
    """The session's server with the first release, loaded over the network."""
    with graphs.opened(server.access()) as driver:
        graphs.emptied(driver)
        done = load_remote(line.settings, line.releases[0], server.access())
        assert done.way == "batches"
        yield driver
        graphs.emptied(driver)


@pytest.fixture
def driver(loaded: neo4j.Driver, server: Server, line: Line) -> neo4j.Driver:
    """The same, back at the first release."""
    load_remote(line.settings, line.releases[0], server.access())
    return loaded


def test_a_load_over_the_network_is_the_release(driver: neo4j.Driver, line: Line) -> None:
    assert verify(driver, line.releases[0]) == []
    assert loaded_release(driver) == line.releases[0].id


def test_labels_of_ours_have_a_key(loaded: neo4j.Driver) -> None:
    found = loaded.execute_query("SHOW CONSTRAINTS YIELD labelsOrTypes AS l, properties AS p").records
    assert {r["l"][0] for r in found if r["p"] == ["id"]} >= set(model.LABELS)
    states = loaded.execute_query("SHOW INDEXES YIELD name, type, state, populationPercent AS p").records
    assert {r["state"] for r in states} == {"ONLINE"}
    assert sum(r["type"] == "FULLTEXT" for r in states) == len(model.FULL_TEXT)


def test_full_text_finds_japanese(loaded: neo4j.Driver) -> None:
    title = loaded.execute_query("MATCH (w:Work) WHERE size(w.title_ja) > 6 RETURN w.title_ja AS t LIMIT 1").records[0][
        "t"
    ]
    words = "".join(c for c in title if "\u4e00" <= c <= "\u9fff")[:2]
    found = loaded.execute_query(
        "CALL db.index.fulltext.queryNodes('text_work', $q) YIELD node RETURN node.title_ja AS t", q=f'"{words}"'
    ).records
    assert any(words in (r["t"] or "") for r in found)


def test_deltas_give_what_a_fresh_load_gives(server: Server, driver: neo4j.Driver, line: Line) -> None:
    """One step, two at once, and back: each time every node and relationship is those of a fresh load, itself cut in two."""
    first, second, third = line.releases
    was = graphs.whole(driver)
    done = load_remote(line.settings, second, server.access())
    assert (done.way, done.before, verify(driver, second)) == ("delta", first.id, [])
    assert done.changes["Work"]["changed"]
    assert done.changes["AUTHORED"]["removed"]
    load_remote(line.settings, third, server.access())
    by_steps = graphs.whole(driver)
    assert load_remote(line.settings, first, server.access()).way == "delta"
    assert graphs.whole(driver) == was
    load_remote(line.settings, third, server.access())
    assert graphs.whole(driver) == by_steps
    graphs.emptied(driver)
    _stopped(line, server, driver)
    assert load_remote(line.settings, third, server.access()).way == "batches"
    assert graphs.whole(driver) == by_steps


def _stopped(line: Line, server: Server, driver: neo4j.Driver) -> None:
    """A load that ends on its way. What is written, the next neither writes again nor leaves out; nothing is marked yet."""

    class Stopped(Exception):
        pass

    def stop(stage: str, done: int, total: int) -> None:
        if stage == "relationships" and done >= 5:
            raise Stopped

    with pytest.raises(Stopped):
        load_remote(line.settings, line.releases[2], server.access(), stop)
    assert loaded_release(driver) is None
    assert driver.execute_query("MATCH (n) WHERE NOT n:Loading RETURN count(n) AS n").records[0]["n"]


def test_what_is_loaded_is_not_loaded_again(server: Server, driver: neo4j.Driver, line: Line) -> None:
    assert load_remote(line.settings, line.releases[0], server.access()).way == "unchanged"


def test_what_users_added_stays(server: Server, driver: neo4j.Driver, line: Line) -> None:
    """Nodes, relationships, labels and properties of their own; what hung on a removed node is told."""
    first, second = line.releases[:2]
    plan = delta.plan(line.settings, first.id, second)
    assert plan
    gone = next(n.gone[0] for n in plan.nodes if n.label == "PersonName")
    kept = next(n.changed[0]["id"] for n in plan.nodes if n.label == "Work")
    driver.execute_query(
        "MATCH (w:Work {id: $kept}), (x:PersonName {id: $gone}) SET w:Favourite, w.stars = 5 "
        "CREATE (m:Mine {id: '私の', n: 1})-[:LIKES {why: 'because'}]->(w), (m)-[:DOUBTS]->(x)",
        kept=kept, gone=gone,
    )  # fmt: skip
    done = load_remote(line.settings, second, server.access())
    assert (done.way, done.lost) == ("delta", 1)
    assert "DOUBTS" in done.lost_some[0]
    assert gone in done.lost_some[0]
    row = driver.execute_query("MATCH (m:Mine)-[r:LIKES]->(w:Favourite) RETURN m.n, r.why, w.id, w.stars").records[0]
    assert row.values() == [1, "because", kept, 5]
    assert verify(driver, second) == []
    driver.execute_query("MATCH (m:Mine) DETACH DELETE m")
    driver.execute_query("MATCH (w:Favourite) REMOVE w:Favourite, w.stars")


def test_a_delta_that_would_go_wrong_leaves_the_older_release(server: Server, driver: neo4j.Driver, line: Line) -> None:
    """Somebody removed a relationship of ours: counts differ, nothing is applied, the reason is said."""
    removed = driver.execute_query(
        "MATCH (s)-[r:FROM_RECORD]->(t) WITH s, r, t LIMIT 1 WITH s, t, r, properties(r) AS p DELETE r "
        "RETURN elementId(s) AS s, elementId(t) AS t, p"
    ).records[0]
    was = graphs.whole(driver)
    with pytest.raises(OurBug, match="FROM_RECORD"):
        load_remote(line.settings, line.releases[1], server.access())
    assert graphs.whole(driver) == was
    assert "FROM_RECORD" in verify(driver, line.releases[0])[0]
    driver.execute_query(
        "MATCH (s), (t) WHERE elementId(s) = $s AND elementId(t) = $t CREATE (s)-[r:FROM_RECORD]->(t) SET r = $p",
        **removed.data(),
    )
    assert load_remote(line.settings, line.releases[1], server.access()).way == "delta"


def test_changed_values_are_found(driver: neo4j.Driver, line: Line) -> None:
    """A hash, a value, a property too few: each is told with its label."""
    first = line.releases[0]
    for act, undo in (
        ("SET w.row_hash = w.row_hash + 1", "SET w.row_hash = w.row_hash - 1"),
        ("SET w.was = w.type REMOVE w.type", "SET w.type = w.was REMOVE w.was"),
    ):
        work = driver.execute_query(f"MATCH (w:Work) WITH w LIMIT 1 {act} RETURN w.id AS id").records[0]["id"]
        assert any(p.startswith("Work") for p in verify(driver, first))
        driver.execute_query(f"MATCH (w:Work {{id: $id}}) {undo}", id=work)
        assert verify(driver, first) == []


def test_a_delta_that_is_too_large_is_refused_over_the_network(
    server: Server, driver: neo4j.Driver, line: Line
) -> None:
    with pytest.raises(FixSetup, match="rows differ"):
        load_remote(line.settings, line.releases[1], server.access(), rows_at_once=10)
    assert loaded_release(driver) == line.releases[0].id


def test_without_the_releases_between_there_is_no_delta(server: Server, driver: neo4j.Driver, line: Line) -> None:
    marked = {**facts(line.releases[0]), "id": "r-0000000000000000"}
    with driver.session() as session:
        session.execute_write(delta.mark, marked)
    with pytest.raises(FixSetup, match="no changes lead there"):
        load_remote(line.settings, line.releases[1], server.access())
    with driver.session() as session:
        session.execute_write(delta.mark, facts(line.releases[0]))


def test_two_deltas_at_once_do_not_mix(server: Server, driver: neo4j.Driver, line: Line) -> None:
    """The second finds another release than the one that it was planned from."""
    plan = delta.plan(line.settings, line.releases[0].id, line.releases[1])
    assert plan
    delta.apply(driver, plan, facts(line.releases[1]))
    with pytest.raises(OurBug, match="does not hold"):
        delta.apply(driver, plan, facts(line.releases[1]))
    assert verify(driver, line.releases[1]) == []


def test_a_server_with_something_else_is_refused(server: Server, loaded: neo4j.Driver, line: Line) -> None:
    graphs.emptied(loaded)
    loaded.execute_query("CREATE (:Theirs {a: 1})")
    with pytest.raises(FixSetup, match="1 nodes but no release"):
        load_remote(line.settings, line.releases[0], server.access())
    assert loaded.execute_query("MATCH (n) RETURN labels(n) AS l").records[0]["l"] == ["Theirs"]
    graphs.emptied(loaded)


def test_a_wrong_password_is_said(server: Server, line: Line) -> None:
    access = server.access()
    with pytest.raises(FixSetup, match="user and password"):
        load_remote(line.settings, line.releases[0], Access(access.address, access.user, "wrong"))


def test_a_server_that_is_not_there_is_said(line: Line) -> None:
    with pytest.raises(TryAgain, match="does not answer"):
        load_remote(line.settings, line.releases[0], Access("bolt://127.0.0.1:1", "neo4j", "x"))


def test_a_password_comes_from_the_environment_or_a_file(tmp_path) -> None:
    (tmp_path / "secret").write_text("from file\n")
    both = {"KG_NEO4J_PASSWORD": "from variable", "KG_NEO4J_PASSWORD_FILE": str(tmp_path / "secret")}
    assert access_from("bolt://x:1", both).password == "from file"
    assert access_from("neo4j+s://x", {"KG_NEO4J_PASSWORD": "p", "KG_NEO4J_USER": "me"}).user == "me"
    with pytest.raises(FixSetup, match="no password"):
        access_from("bolt://x:1", {})
    with pytest.raises(FixSetup, match="no address"):
        access_from("http://x:1", both)
    with pytest.raises(FixSetup, match="cannot be read"):
        access_from("bolt://x:1", {"KG_NEO4J_PASSWORD_FILE": str(tmp_path / "absent")})
