"""How does a release come into a server that we only reach by the network? In batches, several at a time.

Keys first, then nodes, then relationships, then indexes; everything is verified before the node `Release` says that it
is there. How far each part of a table has come is written in the transaction of the batch itself (`Loading`): a run
that goes on neither repeats nor leaves out a row. A later release is a delta in one transaction; a delta that is too
large for one needs an empty server, since a reader must never see half of it.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

import neo4j

from kg.errors import FixSetup, OurBug
from kg.neo4j import delta, files, model, verify
from kg.neo4j.load import (
    Loaded,
    Report,
    connect,
    facts,
    loaded_release,
    make_indexes,
    plain_neo4j,
    refuse_foreign,
)
from kg.neo4j.server import USER, Access
from kg.release.layout import Release
from kg.settings import Settings

BATCH = 5000
SMALL = 20_000
"""Rows of a table that one worker writes alone."""
SESSIONS = 4
"""Batches at a time. On two cores 4 sessions were 3 times as fast as one; more gain little."""


@dataclass(frozen=True, slots=True)
class Unit:
    """What one worker writes from its beginning to its end: one label or type, from one part of a table or all of it."""

    name: str
    parts: list[Path]
    listed: str
    where: str | None
    statement: Callable[[dict[str, Any]], str]
    """The statement for a row; rows of equal statements go together."""
    edge: bool


def load_remote(
    settings: Settings,
    release: Release,
    access: Access,
    report: Report | None = None,
    *,
    rows_at_once: int = delta.ROWS_AT_ONCE,
) -> Loaded:
    """Makes a server anywhere hold the release.

    Raises `FixSetup` where it holds what is not ours, or a release from which no delta leads that fits one transaction.
    """
    with plain_neo4j(access.address), connect(access) as driver:
        driver.verify_connectivity()
        return _Run(settings, release, access, driver, report).run(rows_at_once)


def access_from(address: str, env: Mapping[str, str]) -> Access:
    """Address, user and password of a server, the latter two from variables or a file. Raises `FixSetup` without them."""
    if not re.match(r"(bolt|neo4j)(\+s|\+ssc)?://", address):
        raise FixSetup(f"«{address}» is no address of a server.", next_step="It looks like bolt://host:7687.")
    password = env.get("KG_NEO4J_PASSWORD", "")
    if file := env.get("KG_NEO4J_PASSWORD_FILE"):
        try:
            password = Path(file).read_text(encoding="utf-8").splitlines()[0]
        except (OSError, IndexError) as e:
            raise FixSetup(
                f"The password file {file} cannot be read.", next_step="Check KG_NEO4J_PASSWORD_FILE."
            ) from e
    if not password:
        raise FixSetup(
            f"There is no password for {address}.", next_step="Set KG_NEO4J_PASSWORD or KG_NEO4J_PASSWORD_FILE."
        )
    return Access(address, env.get("KG_NEO4J_USER") or USER, password)


class _Run:
    def __init__(
        self, settings: Settings, release: Release, access: Access, driver: neo4j.Driver, report: Report | None
    ) -> None:
        self.settings, self.release, self.access, self.driver = settings, release, access, driver
        self.tell = report or (lambda stage, done, total: None)
        self.seconds: dict[str, float] = {}

    def run(self, rows_at_once: int) -> Loaded:
        held = loaded_release(self.driver)
        if held == self.release.id:
            return self._outcome("unchanged", held)
        if held is not None:
            return self._delta(held, rows_at_once)
        done = self._taken_up()
        with self._stage("constraints"):
            make_indexes(self.driver, self._tell("constraints"), model.constraints())
        for stage, edges in (("nodes", False), ("relationships", True)):
            with self._stage(stage):
                self._write(stage, [u for u in units(self.release) if u.edge == edges], done)
        with self._stage("indexes"):
            make_indexes(self.driver, self._tell("indexes"))
        with self._stage("verify"):
            if problems := verify.verify(self.driver, self.release, self._tell("verify")):
                raise OurBug(
                    f"What was loaded is not release {self.release.id}: {'; '.join(problems[:5])}.",
                    next_step="It is not marked as loaded. Empty the server and repeat.",
                )
        with self.driver.session() as session:
            session.execute_write(_finish, facts(self.release))
        return self._outcome("batches", None)

    def _outcome(self, way: str, held: str | None, **more: Any) -> Loaded:
        return Loaded(
            release=self.release.id, address=self.access.address, way=way, before=held,
            counts=verify.counts(self.driver), seconds=self.seconds, **more,
        )  # fmt: skip

    def _delta(self, held: str, rows_at_once: int) -> Loaded:
        about = delta.rows_between(self.settings, held, self.release)
        if about is None or about > rows_at_once:
            why = (
                "no changes lead there"
                if about is None
                else f"{about:,} rows differ, {rows_at_once:,} fit a transaction"
            )
            raise FixSetup(
                f"{self.access.address} holds {held}, and it cannot become {self.release.id} in one transaction: {why}.",
                next_step="Load into an empty server and let readers go there; or raise --rows-at-once with the heap.",
            )
        with self._stage("compare"):
            planned = delta.plan(self.settings, held, self.release)
        if planned is None:
            raise OurBug(f"The changes between {held} and {self.release.id} went away while they were read.")
        with self._stage("delta"):
            kept = delta.apply(self.driver, planned, facts(self.release), self._tell("delta"))
        return self._outcome("delta", held, changes=planned.told(), lost=kept.lost, lost_some=kept.told)

    def _taken_up(self) -> dict[str, int]:
        """Rows that an earlier run has written, by unit."""
        found = self.driver.execute_query(
            "MATCH (l:Loading) RETURN l.id AS id, l.release AS release, l.rows AS rows"
        ).records
        if not found:
            refuse_foreign(self.driver)
        elif any(r["release"] != self.release.id for r in found):
            self._clear()
            return {}
        return {r["id"]: r["rows"] for r in found}

    def _clear(self) -> None:
        """Removes what a run for another release left: it was never served."""
        with self._stage("clear"), self.driver.session() as session:
            for label in model.LABELS:
                query = f"MATCH (n:{label}) CALL (n) {{ DETACH DELETE n }} IN TRANSACTIONS OF 10000 ROWS"
                session.run(query).consume()

    def _write(self, stage: str, wanted: list[Unit], done: dict[str, int]) -> None:
        with ThreadPoolExecutor(SESSIONS) as pool:
            work = [pool.submit(self._unit, unit, done.get(unit.name, 0)) for unit in wanted]
            try:
                for n, job in enumerate(work):
                    job.result()
                    self.tell(stage, n + 1, len(work))
            except BaseException:
                for job in work:
                    job.cancel()
                raise

    def _unit(self, unit: Unit, done: int) -> None:
        with self.driver.session() as session:
            for rows in _batches(unit, done):
                done += len(rows)
                session.execute_write(_batch, unit, rows, self.release.id, done)

    @contextmanager
    def _stage(self, name: str) -> Iterator[None]:
        begun = time.monotonic()
        self.tell(name, 0, 0)
        yield
        self.seconds[name] = round(time.monotonic() - begun, 2)

    def _tell(self, stage: str) -> Callable[[int, int], None]:
        return lambda done, total: self.tell(stage, done, total)


def units(release: Release) -> Iterator[Unit]:
    """Everything that is to be written."""
    for n in model.NODES:
        yield from _units(release, n.label, n.table, model.node_rows(n), None, _node(n.label))
    for e in model.EDGES:
        for end in e.ends:
            if end.missing:
                name = f"{model.NAME}-{e.table}-{end.column}"
                yield from _units(release, name, e.table, model.name_rows(end), end.missing, _node(model.NAME))
    for e in model.EDGES:
        yield from _units(release, f"{e.type}-{e.table}", e.table, model.edge_rows(e), None, _edge(e.type), edge=True)


def _units(
    release: Release, name: str, table: str, listed: str, where: str | None, statement: Callable[[dict[str, Any]], str],
    *, edge: bool = False,
) -> Iterator[Unit]:  # fmt: skip
    parts = release.parts(table)
    if release.manifest["counts"].get(table, 0) <= SMALL:
        if parts:
            yield Unit(name, parts, listed, where, statement, edge)
        return
    for part in parts:
        yield Unit(f"{name}/{part.stem}", [part], listed, where, statement, edge)


def _node(label: str) -> Callable[[dict[str, Any]], str]:
    text = f"UNWIND $rows AS row CREATE (n:{label}) SET n = row"
    return lambda row: text


def _edge(kind: str) -> Callable[[dict[str, Any]], str]:
    return lambda row: (
        f"UNWIND $rows AS row {delta.match_ends(row['s_label'], row['t_label'])} CREATE (s)-[r:{kind}]->(t) SET r = row.p"
    )


def _batches(unit: Unit, done: int) -> Iterator[list[dict[str, Any]]]:
    """The rows that are still to be written, in the order of the part."""
    db = files.connect(ordered=True)
    try:
        where = f"WHERE {unit.where}" if unit.where else ""
        query = f"SELECT {unit.listed} FROM {files.rows(unit.parts)} {where} ORDER BY t.file_index, t.file_row_number OFFSET {done}"
        for batch in db.sql(query).to_arrow_reader(BATCH):
            yield batch.to_pylist()
    finally:
        db.close()


def _batch(tx: neo4j.ManagedTransaction, unit: Unit, rows: list[dict[str, Any]], release: str, done: int) -> None:
    """One transaction: rows, and how far the unit has come with them."""
    for statement, group in groupby(sorted(rows, key=unit.statement) if unit.edge else rows, key=unit.statement):
        some = list(group)
        given = [delta.as_parameters(r) for r in some] if unit.edge else some
        made = tx.run(statement, rows=given).consume().counters
        if (made.relationships_created if unit.edge else made.nodes_created) != len(given):
            raise OurBug(f"{unit.name}: an end of some of {len(given):,} relationships is not there.")
    tx.run(
        "MERGE (l:Loading {id: $id}) SET l.release = $release, l.rows = $done", id=unit.name, release=release, done=done
    ).consume()


def _finish(tx: neo4j.ManagedTransaction, release: dict[str, Any]) -> None:
    delta.mark(tx, release)
    tx.run("MATCH (l:Loading) DELETE l").consume()
