"""How does a release come into Neo4j, and a later one after it? So that a reader never sees half of one.

    first load     files (`kg.neo4j.files`) → import tool (`kg.neo4j.bulk`) into the home that is not read → server
                   started → indexes filled → everything verified → marked → the homes change places
    later ones     a delta in one transaction (`kg.neo4j.delta`); where it is too large, or no `changes` lead there,
                   again a first load into the other home, which what users added comes along to

Whatever ends a run on the way, the release that was served stays served; the next run takes up files that are written
and an import that is done.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import neo4j
from neo4j.exceptions import AuthError, DriverError, Neo4jError, ServiceUnavailable

from kg.errors import FixSetup, OurBug, TryAgain
from kg.neo4j import delta, files, model, own, slots, verify
from kg.neo4j.bulk import import_files
from kg.neo4j.server import Access, Server
from kg.neo4j.slots import Slots
from kg.raw.disk import only_one, plain_errors
from kg.release.layout import Release
from kg.settings import Settings

SCHEMA_AT_ONCE = 4
"""Statements that make constraints at a time: each waits until its index is filled."""

Report = Callable[[str, int, int], None]
"""Called with stage, done, total; total 0 where it is not known."""


@dataclass(slots=True, kw_only=True)
class Loaded:
    """What a load did."""

    release: str
    address: str
    way: str = "import"
    """`unchanged`, `delta`, `import` (into a home of its own) or `batches` (over the network)."""
    before: str | None = None
    """The release that was loaded before."""
    counts: dict[str, int] = field(default_factory=dict)
    """Nodes by label and relationships by type."""
    changes: dict[str, dict[str, int]] = field(default_factory=dict)
    """Of a delta: what was added, changed and removed, by label and type."""
    carried: dict[str, int] = field(default_factory=dict)
    """Nodes and relationships of users that came along into the other home."""
    lost: int = 0
    """Relationships of users whose node is no longer in the release."""
    lost_some: list[str] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)
    """Time by stage."""


# --- the server of this installation -------------------------------------------------------------------------


def load_release(
    settings: Settings,
    release: Release,
    homes: Slots,
    free_port: Callable[[], int],
    report: Report | None = None,
    *,
    anew: bool = False,
    rows_at_once: int = delta.ROWS_AT_ONCE,
) -> Loaded:
    """Makes the server of this installation hold the release, and leaves it running.

    `anew` loads all of it even where a delta would do. Raises `FixSetup` where the server holds what is not ours alone,
    `TryAgain` while another load runs, `OurBug` where what was loaded is not what the release says: then as after any
    failure the older release stays.
    """
    with plain_errors(homes.folder), only_one(homes.folder, "load into Neo4j"):
        run = _Load(settings, release, homes, free_port, report)
        with plain_neo4j("The server of this installation"):
            return run.run(anew, rows_at_once)


class _Load:
    def __init__(
        self, settings: Settings, release: Release, homes: Slots, free_port: Callable[[], int], report: Report | None
    ) -> None:
        self.settings, self.release, self.homes, self.free_port = settings, release, homes, free_port
        self.tell = report or (lambda stage, done, total: None)
        self.seconds: dict[str, float] = {}

    def run(self, anew: bool, rows_at_once: int) -> Loaded:
        self._tidy()
        server = self.homes.current()
        if server.in_container():
            raise FixSetup(
                "The server of this installation runs in a container, whose database this cannot replace.",
                next_step=f"KG_NEO4J_PASSWORD_FILE={server.folder / 'password'} kg neo4j load --to bolt://127.0.0.1:PORT "
                "(kg neo4j status says which), or kg neo4j stop and start it with Java.",
            )
        if not server.has_database():
            return self._import(None, None)
        with self._stage("start"):
            access = server.start(self.free_port())
        with connect(access) as driver:
            held = loaded_release(driver)
            if held is None:
                refuse_foreign(driver)
                return self._import(server, None)
            if held == self.release.id and not anew:
                counts = verify.counts(driver)
                return Loaded(
                    release=held, address=access.address, way="unchanged", before=held, counts=counts,
                    seconds=self.seconds,
                )  # fmt: skip
            if not anew and (done := self._delta(driver, held, access, rows_at_once)):
                return done
        return self._import(server, held)

    def _tidy(self) -> None:
        """Ends what a killed run left: the older home after a switch, a load of another release."""
        other = self.homes.other()
        if slots.noted(other).get("release") != self.release.id:
            self.homes.remove(other)
        for left in self.homes.folder.glob("import-*"):
            if left.name != f"import-{self.release.id}":
                shutil.rmtree(left)

    @contextmanager
    def _stage(self, name: str) -> Iterator[None]:
        begun = time.monotonic()
        self.tell(name, 0, 0)
        yield
        self.seconds[name] = round(self.seconds.get(name, 0.0) + time.monotonic() - begun, 2)

    def _tell(self, stage: str) -> Callable[[int, int], None]:
        return lambda done, total: self.tell(stage, done, total)

    # --- a delta -----------------------------------------------------------------------------------------------

    def _delta(self, driver: neo4j.Driver, held: str, access: Access, rows_at_once: int) -> Loaded | None:
        """None where no delta leads there, or where it does not fit one transaction."""
        about = delta.rows_between(self.settings, held, self.release)
        if about is None or about > rows_at_once:
            return None
        with self._stage("compare"):
            planned = delta.plan(self.settings, held, self.release)
        if planned is None or planned.rows > rows_at_once:
            return None
        try:
            with self._stage("delta"):
                kept = delta.apply(driver, planned, facts(self.release), self._tell("delta"))
        except Neo4jError as e:
            if delta.too_large(e):
                return None  # with this heap; nothing of it was applied
            raise
        return Loaded(
            release=self.release.id, address=access.address, way="delta", before=held, counts=verify.counts(driver),
            changes=planned.told(), lost=kept.lost, lost_some=kept.told, seconds=self.seconds,
        )  # fmt: skip

    # --- all of it ---------------------------------------------------------------------------------------------

    def _import(self, was: Server | None, held: str | None) -> Loaded:
        """Loads all into the other home and makes it the one that is read."""
        target = self.homes.other()
        if slots.noted(target).get("imported") is not True:
            self.homes.empty(target)
            self._fill(target)
        slots.end_import(target)
        if was is not None and held is None:
            was.stop()  # it holds nothing: its port can be used again
        with self._stage("start"):
            access = target.start(self.free_port())
        kept = own.Own()
        with connect(access) as driver:
            with self._stage("indexes"):
                make_indexes(driver, self._tell("indexes"))
            with self._stage("verify"):
                self._verify(driver, target)
            if was is not None and held is not None:
                with self._stage("own"), connect(was.access()) as old:
                    kept = own.carry(old, driver)
            with driver.session() as session:
                session.execute_write(delta.mark, facts(self.release))
            counts = verify.counts(driver)
        with self._stage("switch"):
            self.homes.switch(target)
            slots.settled(target)
            self.homes.remove(self.homes.other())
        return Loaded(
            release=self.release.id, address=access.address, before=held, counts=counts,
            carried={"nodes": kept.nodes, "relationships": kept.relationships} if held else {},
            lost=kept.lost, lost_some=kept.told, seconds=self.seconds,
        )  # fmt: skip

    def _fill(self, target: Server) -> None:
        staging = self.homes.folder / f"import-{self.release.id}"
        with self._stage("files"):
            arguments = files.write(self.release, staging, self._tell("files"))
        slots.note(target, release=self.release.id)
        with self._stage("import"):
            import_files(target, staging, arguments, self._tell("import"))
        slots.note(target, imported=True)
        shutil.rmtree(staging)

    def _verify(self, driver: neo4j.Driver, target: Server) -> None:
        if problems := verify.verify(driver, self.release, self._tell("verify")):
            slots.note(target, imported=False)
            target.stop()
            raise OurBug(
                f"What was loaded is not release {self.release.id}: {'; '.join(problems[:5])}. What was served before stays.",
                next_step="Repeat kg neo4j load: it begins anew.",
            )


# --- a server of its own, as tests want it -------------------------------------------------------------------


def load(release: Release, server: Server, port: int, report: Report | None = None) -> Loaded:
    """Loads a release into one server's folder, whose database it replaces, and leaves the server running."""
    tell = report or (lambda stage, done, total: None)
    staging = server.folder / f"import-{release.id}"
    arguments = files.write(release, staging, lambda done, total: tell("files", done, total))
    server.stop()
    import_files(server, staging, arguments, lambda done, total: tell("import", done, total))
    slots.settled(server)
    shutil.rmtree(staging)
    access = server.start(port)
    with connect(access) as driver, driver.session() as session:
        make_indexes(driver)
        session.execute_write(delta.mark, facts(release))
        return Loaded(release=release.id, address=access.address, counts=verify.counts(driver))


# --- what every way of loading needs -------------------------------------------------------------------------


def connect(access: Access) -> neo4j.Driver:
    """A driver for the server."""
    return neo4j.GraphDatabase.driver(
        access.address, auth=(access.user, access.password), notifications_min_severity="OFF"
    )


@contextmanager
def plain_neo4j(what: str) -> Iterator[None]:
    """Turns what the driver raises into errors that say what to do."""
    try:
        yield
    except AuthError as e:
        raise FixSetup(f"{what} does not take this user and password.", next_step="Check both.") from e
    except ServiceUnavailable as e:
        raise TryAgain(f"{what} does not answer: {_first(e)}", next_step="kg neo4j status, then repeat.") from e
    except (DriverError, Neo4jError) as e:
        raise FixSetup(
            f"{what} refused: {_first(e)}", next_step="Nothing half is served; repeat kg neo4j load when it is mended."
        ) from e


def _first(e: Exception) -> str:
    return str(e).splitlines()[0][:300] if str(e) else type(e).__name__


def make_indexes(
    driver: neo4j.Driver,
    report: Callable[[int, int], None] = lambda done, total: None,
    statements: list[str] | None = None,
) -> None:
    """Key constraints, indexes for look-ups and full-text indexes, or some `statements`; returns when they are filled."""
    wanted = statements or [*model.constraints(), *model.look_up_indexes(), *model.full_text_indexes()]
    with ThreadPoolExecutor(SCHEMA_AT_ONCE) as pool:
        for done, _ in enumerate(pool.map(driver.execute_query, wanted)):
            report(done + 1, len(wanted))
    with driver.session() as session:
        session.run("CALL db.awaitIndexes(86400)").consume()


def facts(release: Release) -> dict[str, Any]:
    """What the node `Release` says."""
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return {"id": release.id, "loaded": now, "built": release.manifest["built"]}


def loaded_release(driver: neo4j.Driver) -> str | None:
    """Id of the release that the server holds; None where it holds none."""
    rows = driver.execute_query("MATCH (r:Release) RETURN r.id AS id").records
    return str(rows[0]["id"]) if rows else None


def refuse_foreign(driver: neo4j.Driver) -> None:
    """Raises `FixSetup` where a server without a release holds anything."""
    found = driver.execute_query("MATCH (n) RETURN count(n) AS n").records[0]["n"]
    if found:
        raise FixSetup(
            f"The server holds {found:,} nodes but no release of ours: nothing was changed.",
            next_step="Empty it, or choose another server (--to), or another KG_HOME.",
        )
