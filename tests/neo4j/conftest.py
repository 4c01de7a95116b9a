"""One Neo4j server for a test run, started as `kg neo4j start` starts it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import neo4j
import pytest

from kg.cli.serve import free_port
from kg.errors import FixSetup
from kg.neo4j import Server
from kg.neo4j.load import connect, load
from kg.neo4j.program import find_java, jars
from tests.country.made import Country


def why_not() -> str | None:
    """Why no server can be started here; None where it can. Fetches the jars where they are not here yet."""
    try:
        find_java()
        jars()
    except FixSetup as e:
        return str(e)
    return None


def skip_without_server() -> None:
    """Skips where there is no Java or its jars cannot be had; with KG_NEO4J_REQUIRED=1 that is a failure."""
    if reason := why_not():
        if os.environ.get("KG_NEO4J_REQUIRED") == "1":
            pytest.fail(f"No Neo4j server: {reason}")
        pytest.skip(f"No Neo4j server: {reason}")


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A running server."""
    skip_without_server()
    folder: Path = tmp_path_factory.mktemp("服 neo4j") / "neo4j"
    found = Server(folder, heap_mb=512, pagecache_mb=128)
    found.start(free_port("127.0.0.1", 17687))
    try:
        yield found
    finally:
        found.stop()


@dataclass(frozen=True)
class Loaded:
    """The invented country of 600 people in a server of its own."""

    country: Country
    server: Server
    driver: neo4j.Driver


@pytest.fixture(scope="session")
def loaded_country(small_country: Country, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Loaded]:
    """A server that holds the small country, loaded once a test run; nobody changes it."""
    skip_without_server()
    server = Server(tmp_path_factory.mktemp("国 country") / "neo4j", heap_mb=512, pagecache_mb=64)
    try:
        load(small_country.release, server, free_port("127.0.0.1", 19687))
        with connect(server.access()) as driver:
            yield Loaded(small_country, server, driver)
    finally:
        server.stop()
