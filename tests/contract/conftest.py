"""Every implementation of the graph's port over one release: the embedded store, and Neo4j on a real server."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from kg.cli.serve import free_port
from kg.graph.bolt import Address
from kg.graph.embedded import EmbeddedStore
from kg.graph.neo4j import Neo4jStore
from kg.graph.port import GraphStore
from kg.neo4j import Access, Server
from kg.neo4j.load import load_release
from kg.neo4j.slots import Slots
from kg.release import Release
from kg.settings import Settings
from tests.contract import release as odd
from tests.country.made import Country
from tests.neo4j.conftest import skip_without_server

STORES = ("embedded", "neo4j")


@dataclass(frozen=True)
class Served:
    """The installation, its release, and the server that holds it."""

    settings: Settings
    release: Release
    access: Access
    server: Server
    country: Country

    @property
    def address(self) -> Address:
        return Address(self.access.address, self.access.user, self.access.password)


@pytest.fixture(scope="session")
def served(small_country: Country, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The server of that installation, so that nobody else's load gets in its way."""
    skip_without_server()
    settings, release = odd.make(small_country, tmp_path_factory.mktemp("契約 contract"))
    homes = Slots(settings.home / "neo4j", heap_mb=512, pagecache_mb=64)
    try:
        load_release(settings, release, homes, lambda: free_port("127.0.0.1", 18687))
        server = homes.current()
        yield Served(settings, release, server.access(), server, small_country)
    finally:
        homes.current().stop()


@pytest.fixture(scope="session")
def embedded(served: Served) -> Iterator[EmbeddedStore]:
    """The embedded store."""
    opened = EmbeddedStore(served.release.duckdb, served.release.arrays, served.release.id, threads=1)
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def neo4j_store(served: Served) -> Iterator[Neo4jStore]:
    """The Neo4j store."""
    opened = Neo4jStore(served.address, served.release.id)
    yield opened
    opened.close()


@pytest.fixture(params=STORES)
def store(request: pytest.FixtureRequest) -> GraphStore:
    """Each implementation in turn."""
    opened: GraphStore = request.getfixturevalue({"embedded": "embedded", "neo4j": "neo4j_store"}[request.param])
    return opened
