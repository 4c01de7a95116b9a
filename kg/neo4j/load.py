"""How does a release come into a Neo4j server for the first time? By the server's own import tool, into an empty folder.

files      one CSV file a label and type (`kg.neo4j.files`)
import     the tool from the server's jars makes a store of them
start      the server opens it
indexes    key constraints and full-text indexes, awaited
release    one node `Release` says what is loaded
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

import neo4j

from kg.neo4j import files, model
from kg.neo4j.program import find_java, jars
from kg.neo4j.server import Access, Server
from kg.release.layout import Release

Report = Callable[[str, int, int], None]
"""Called with stage, done, total; total 0 where it is not known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """What a load did."""

    release: str
    address: str
    counts: dict[str, int] = field(default_factory=dict)
    """Nodes by label and relationships by type."""
    seconds: dict[str, float] = field(default_factory=dict)


def load(release: Release, server: Server, port: int, report: Report | None = None) -> Loaded:
    """Loads a release into the server's folder, whose database it replaces, and leaves the server running."""
    tell = report or (lambda stage, done, total: None)
    seconds: dict[str, float] = {}
    begun = time.monotonic()

    def passed(stage: str) -> None:
        nonlocal begun
        seconds[stage] = round(time.monotonic() - begun, 2)
        begun = time.monotonic()

    staging = server.folder / f"import-{release.id}"
    arguments = files.write(release, staging, lambda done, total: tell("files", done, total))
    passed("files")
    tell("import", 0, 0)
    server.stop()
    import_files(server, arguments)
    passed("import")
    tell("start", 0, 0)
    access = server.start(port)
    passed("start")
    with connect(access) as driver:
        tell("indexes", 0, 0)
        make_indexes(driver)
        passed("indexes")
        mark(driver, release)
        counts = count(driver)
    shutil.rmtree(staging)
    return Loaded(release=release.id, address=access.address, counts=counts, seconds=seconds)


def import_files(server: Server, arguments: list[str]) -> None:
    """Makes the server's database of files, in place of what there is. The server must not run."""
    server.prepare()
    server.admin(
        find_java(), jars(server.cache), "database", "import", "full", "neo4j", "--overwrite-destination=true",
        "--multiline-fields=true", f"--report-file={server.folder / 'logs' / 'import.report'}", *arguments,
    )  # fmt: skip


def connect(access: Access) -> neo4j.Driver:
    """A driver for the server."""
    return neo4j.GraphDatabase.driver(
        access.address, auth=(access.user, access.password), notifications_min_severity="OFF"
    )


def make_indexes(driver: neo4j.Driver) -> None:
    """Key constraints, indexes for look-ups and full-text indexes; returns when they are filled."""
    with driver.session() as session:
        for statement in [*model.constraints(), *model.look_up_indexes(), *model.full_text_indexes()]:
            session.run(statement).consume()
        session.run("CALL db.awaitIndexes(86400)").consume()


def mark(driver: neo4j.Driver, release: Release) -> None:
    """The one node that says what is loaded."""
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    driver.execute_query(
        "OPTIONAL MATCH (old:Release) DETACH DELETE old WITH count(*) AS n "
        "CREATE (:Release {id: $id, loaded: $now, built: $built})",
        id=release.id, now=now, built=release.manifest["built"],
    )  # fmt: skip


def loaded_release(driver: neo4j.Driver) -> str | None:
    """Id of the release that the server holds; None where it holds none."""
    rows = driver.execute_query("MATCH (r:Release) RETURN r.id AS id").records
    return str(rows[0]["id"]) if rows else None


def count(driver: neo4j.Driver) -> dict[str, int]:
    """Nodes by label and relationships by type, from the server's own counters."""
    found = {}
    for label in (*(n.label for n in model.NODES), model.NAME):
        found[label] = driver.execute_query(f"MATCH (n:{label}) RETURN count(n) AS n").records[0]["n"]
    for kind in model.TYPES:
        found[kind] = driver.execute_query(f"MATCH ()-[r:{kind}]->() RETURN count(r) AS n").records[0]["n"]
    return found
