"""One Cypher door for a test run, over the small invented country."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from kg.cypher.door import Door, Limits
from tests.country import made
from tests.neo4j.conftest import why_not


@pytest.fixture(scope="session")
def door(small_country: made.Country, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    """An open door with two servers. Skips where no server can be started, fails there with KG_NEO4J_REQUIRED=1."""
    if reason := why_not():
        if os.environ.get("KG_NEO4J_REQUIRED") == "1":
            pytest.fail(f"No Neo4j server: {reason}")
        pytest.skip(f"No Neo4j server: {reason}")
    folder = tmp_path_factory.mktemp("扉 door")
    with Door(folder, small_country.release, limits=Limits(seconds=20), heap_mb=384, pagecache_mb=64) as found:
        yield found
