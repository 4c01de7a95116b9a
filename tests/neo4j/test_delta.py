"""A later release is what differs, applied at once: the outcome is a fresh load's, and what users added stays."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import neo4j
import pytest

from kg.errors import FixSetup, OurBug
from kg.neo4j import Server, delta
from kg.neo4j.load import loaded_release
from kg.neo4j.remote import load_remote
from kg.neo4j.verify import verify
from kg.release import Release, open_release
from kg.settings import Settings
from tests.country.conftest import Base, base, chain
from tests.neo4j import graphs

__all__ = ["base"]


class Chain:
    """A release and two that follow it."""

    def __init__(self, settings: Settings, ids: list[str]) -> None:
        self.settings = settings
        self.releases = [open_release(settings, i) for i in ids]


@pytest.fixture(scope="module")
def line(base: Base, tmp_path_factory: pytest.TempPathFactory) -> Chain:
    evolved = list(chain(base, tmp_path_factory.mktemp("line"), range(1, 3)))
    return Chain(evolved[0].settings, [base.release.id, *(e.newer.id for e in evolved)])


@pytest.fixture
def driver(server: Server) -> Iterator[neo4j.Driver]:
    with graphs.opened(server.access()) as driver:
        graphs.emptied(driver)
        yield driver
        graphs.emptied(driver)


def test_deltas_give_what_a_fresh_load_gives(server: Server, driver: neo4j.Driver, line: Chain) -> None:
    """One step, two at once, and back: each time every node and relationship is the fresh load's."""
    first, second, third = line.releases
    load_remote(line.settings, third, server.access())
    wanted = graphs.whole(driver)
    graphs.emptied(driver)
    fresh = load_remote(line.settings, first, server.access())
    assert (fresh.way, verify(driver, first)) == ("batches", [])
    was = graphs.whole(driver)
    done = load_remote(line.settings, second, server.access())
    assert (done.way, done.before, verify(driver, second)) == ("delta", first.id, [])
    assert done.changes["Work"]["changed"]
    load_remote(line.settings, third, server.access())
    assert graphs.whole(driver) == wanted
    back = load_remote(line.settings, first, server.access())
    assert back.way == "delta"
    assert graphs.whole(driver) == was
    load_remote(line.settings, third, server.access())
    assert graphs.whole(driver) == wanted
