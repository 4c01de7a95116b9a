"""The Cypher door: checks a text twice, runs it on a small server of its own, and always says what became of it.

    >>> with Door(settings, release) as door:                                   # doctest: +SKIP
    ...     door.query("MATCH (p:Person) RETURN count(p) AS people").rows
    [[100000]]

Three locks, each enough alone: the words and the server's plan (`kg.cypher.guard`), READ access on a server whose database
is read-only, and a server that holds nothing but a copy and may be killed at any time. Two servers where memory allows: one
for plain questions, one for those that may keep a server busy inside a single value, so that the first hardly ever falls.
"""

from __future__ import annotations

import difflib
import hashlib
import re
import shutil
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

import neo4j
import orjson
from neo4j.exceptions import ClientError, Neo4jError

from kg.cypher import guard, values
from kg.cypher.guard import Checked, Note
from kg.cypher.lane import KILL_SECONDS, DoorServer, Fallen, Filler, Job, Lane, NotReady, free_port
from kg.cypher.lexing import Misplaced, place, shown
from kg.errors import FixInput, KgError, LimitReached, NotAllowed, TryAgain
from kg.neo4j import delta, files, load, model
from kg.neo4j.bulk import import_files
from kg.neo4j.server import Server
from kg.raw.disk import only_one, write_whole
from kg.release.layout import Release

SLOTS = {"plain": 8, "heavy": 2}
"""Queries that run at once on each server; others wait."""
WAIT_SECONDS = 5.0
REMEMBERED = 256
FORBIDDEN_SECONDS = 600.0
"""How long a query that ended its server is not run again."""
SUSPECT_SECONDS = 2.0
"""A query that had run for so long when its server fell may be the reason, so it is not asked again by itself."""
_PLACE = re.compile(r"\(line (\d+), column (\d+) \(offset: \d+\)\)")
_EXPLAINED = 256

Report = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Limits:
    """What one query may use."""

    seconds: float = 30.0
    rows: int = 10_000
    bytes: int = 16 * 1024 * 1024
    wait: float = WAIT_SECONDS
    """Seconds to wait for other queries to end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """Rows of a query, as JSON knows values, and how complete they are."""

    columns: list[str]
    rows: list[list[Any]]
    kind: str
    release: str
    truncated: Literal["rows", "bytes"] | None = None
    """None: complete; else which limit cut the rows: the first part of more."""
    notes: tuple[Note, ...] = ()
    seconds: float = 0.0

    def note(self) -> str | None:
        """Plain words for a cut result."""
        if self.truncated is None:
            return None
        what = "rows a query may give" if self.truncated == "rows" else "bytes a query may give"
        return f"First {len(self.rows):,} of more, because the limit of {what} was reached."


@dataclass(frozen=True, slots=True)
class Plan:
    """What the server would do, before it does it."""

    checked: Checked
    heavy: str | None
    notes: tuple[Note, ...]
    steps: list[list[Any]]


PLAN_COLUMNS = ["operator", "details", "expected_rows", "rows", "db_hits"]


def _never() -> bool:
    return False


class Door:
    """Answers Cypher from a copy of one release. Safe for threads."""

    def __init__(
        self, folder: Path, release: Release, *, limits: Limits | None = None, servers: int = 2, heap_mb: int = 512,
        pagecache_mb: int = 256, cache: Path | None = None,
    ) -> None:  # fmt: skip
        """`folder`: of all doors of an installation (`KG_HOME/neo4j/door`); each release has its own below it."""
        self.folder, self.release, self.limits = folder / release.id, release, limits or Limits()
        self._forbidden: OrderedDict[str, float] = OrderedDict()
        self._explained: OrderedDict[str, Plan] = OrderedDict()
        self._lock = threading.Lock()
        names = ["plain", "heavy"][: max(1, min(2, servers))]
        self.lanes = {}
        for name in names:
            server = DoorServer(self.folder / name, heap_mb=heap_mb, pagecache_mb=pagecache_mb, cache=cache)
            server.yielding = name == "heavy"
            patience = KILL_SECONDS * 3 if name == "plain" and len(names) > 1 else KILL_SECONDS
            self.lanes[name] = Lane(name, server, slots=SLOTS[name], patience=patience)

    def __enter__(self) -> Door:
        self.open()
        return self

    def __exit__(self, *_: object) -> None:
        self.close(stop=True)

    # --- life ------------------------------------------------------------------------------------------------

    def open(self, report: Report = lambda line: None) -> None:
        """Fills the servers where they are empty, and starts them. Raises what loading and starting raise."""
        self.folder.mkdir(parents=True, exist_ok=True)
        first, *others = self.lanes.values()
        with only_one(self.folder, "filling of the Cypher door"):
            if not (self.folder / "filled").is_file():
                self._fill(first.server, report)
        for lane in others:
            self._copy(first.server.folder, lane.server.folder)
        first.open(report)
        for lane in others:
            lane.open(report)

    def _fill(self, server: Server, report: Report) -> None:
        report(f"Filling the Cypher door with release {self.release.id} …")
        shutil.rmtree(server.folder, ignore_errors=True)
        loader = Filler(server.folder, heap_mb=512, pagecache_mb=256, cache=server.cache)
        staging = self.folder / "import"
        arguments = files.write(self.release, staging, lambda done, total: None)
        import_files(loader, staging, arguments)
        access = loader.start(free_port())
        try:
            with load.connect(access) as driver:
                load.make_indexes(driver)
                with driver.session() as session:
                    session.execute_write(delta.mark, load.facts(self.release))
        finally:
            loader.stop()
        shutil.rmtree(staging)
        write_whole(self.folder / "filled", b"")

    @staticmethod
    def _copy(source: Path, target: Path) -> None:
        """The store of a second server; while the first has not opened it for writing, which it never does."""
        if (target / "copied").is_file():
            return
        shutil.rmtree(target, ignore_errors=True)
        leave = shutil.ignore_patterns("logs", "run", "lock", "server.json", "conf")
        shutil.copytree(source, target, ignore=leave)
        write_whole(target / "copied", b"")

    def close(self, *, stop: bool = False) -> None:
        """Lets go of the servers; `stop`: ends them too."""
        for lane in self.lanes.values():
            lane.close(stop=stop)

    @property
    def running(self) -> bool:
        """Whether a query would be taken now."""
        return any(lane.state == "ready" for lane in self.lanes.values())

    # --- asking ----------------------------------------------------------------------------------------------

    def query(
        self, text: str, parameters: Any = None, *, limits: Limits | None = None, left: Callable[[], bool] = _never
    ) -> Result:
        """Runs one reading query. `left` says whether the caller is gone: then the query is ended.

        Raises `FixInput` (cannot be read, unknown name, missing parameter), `NotAllowed` (outside the lists),
        `LimitReached` (time, memory), `TryAgain` (too many ask, or the server is starting again).
        """
        bounds = limits or self.limits
        begun = time.monotonic()
        given = values.parameters(parameters)
        plan = self.explain(text, given, limits=bounds, left=left)
        if plan.checked.kind == "explain":
            return Result(
                columns=PLAN_COLUMNS[:3], rows=[s[:3] for s in plan.steps], kind="explain", release=self.release.id,
                notes=plan.notes, seconds=round(time.monotonic() - begun, 3),
            )  # fmt: skip
        self._all_given(plan.checked, given)
        self._not_forbidden(plan.checked, given)

        def run(session: neo4j.Session, job: Job) -> Result:
            return self._run(session, job, plan.checked, given, bounds)

        result: Result = self._somewhere(run, plan.checked, given, bounds, left, heavy=plan.heavy is not None)
        return replace(result, notes=plan.notes, seconds=round(time.monotonic() - begun, 3))

    def explain(
        self, text: str, parameters: Mapping[str, Any] | None = None, *, limits: Limits | None = None,
        left: Callable[[], bool] = _never,
    ) -> Plan:  # fmt: skip
        """What a query would do, without running it. Raises as `query` does."""
        with self._lock:
            known = self._explained.get(text)
        if known is not None:
            return known
        bounds = limits or self.limits
        checked = guard.check(text)
        given = dict(parameters or {})
        self._not_forbidden(checked, {})

        def ask(session: neo4j.Session, job: Job) -> tuple[str | None, dict[str, Any], tuple[Note, ...]]:
            with session.begin_transaction(metadata=_metadata(job), timeout=job.seconds) as tx:
                summary = tx.run("EXPLAIN\n" + checked.text, given).consume()
            return summary.query_type, dict(summary.plan or {}), _notes(summary, text)

        # Only planning: the time is short, and what is heavy is planned where it would run.
        short = replace(bounds, seconds=min(bounds.seconds, 10.0))
        query_type, plan, notes = self._somewhere(ask, checked, {}, short, left, heavy=checked.heavy is not None)
        found = Plan(checked, guard.check_plan(query_type, plan) or checked.heavy, notes, _steps(plan))
        with self._lock:
            self._explained[text] = found
            while len(self._explained) > _EXPLAINED:
                self._explained.popitem(last=False)
        return found

    def _somewhere(
        self, act: Callable[[neo4j.Session, Job], Any], checked: Checked, given: dict[str, Any], bounds: Limits,
        left: Callable[[], bool], *, heavy: bool,
    ) -> Any:  # fmt: skip
        """Acts on the server that fits, or on the other where that one falls under somebody else's query."""
        lanes = list(self.lanes.values())
        order = [lanes[-1]] if heavy else [*lanes, lanes[0]]
        fell: Fallen | None = None
        for lane in order:
            job = Job(seconds=bounds.seconds, left=left)
            try:
                with lane.ask(job, bounds.wait) as session:
                    try:
                        return act(session, job)
                    except Neo4jError as e:
                        if lane.state != "ready":
                            raise
                        raise self._error(e, checked, bounds, lane, job) from e
            except NotReady:
                continue
            except Fallen as e:
                fell = e
                self._judge(e, checked, given, bounds, lane)
        raise TryAgain(
            "The server of the Cypher door is starting again"
            + (": it fell while this query ran." if fell else ", after a query that it could not end."),
            next_step=f"Repeat the call in {min(x.wait_seconds() for x in order)} s.",
            seconds=min(x.wait_seconds() for x in order),
        )

    def _judge(self, fell: Fallen, checked: Checked, given: dict[str, Any], bounds: Limits, lane: Lane) -> None:
        """Raises where the query itself made the server fall, or may have; returns where it may be asked again."""
        again = f"The server is back in about {lane.wait_seconds()} s."
        if fell.why == "left":
            raise LimitReached("The caller went away, so the query was ended.")
        if fell.why == "late":
            self._forbid(checked, given)
            raise LimitReached(
                f"Stopped after {bounds.seconds:g} s: the server had to be ended with it. {again}",
                next_step="Make shorter lists, fewer steps; the same query is not taken again for 10 minutes.",
            )
        if fell.alone and fell.seconds > 0.2:
            self._forbid(checked, given)
            raise LimitReached(
                f"The query needs more memory than its server has ({lane.server.heap_mb:,} MB). {again}",
                next_step="Filter earlier, collect less; the same query is not taken again for 10 minutes.",
            )
        if fell.seconds > SUSPECT_SECONDS:
            raise TryAgain(
                f"The server of the Cypher door fell while this query and others ran. {again}",
                next_step=f"Repeat the call in {lane.wait_seconds()} s.",
                seconds=lane.wait_seconds(),
            )

    def _run(self, session: neo4j.Session, job: Job, checked: Checked, given: dict[str, Any], bounds: Limits) -> Result:
        profile = checked.kind == "profile"
        rows: list[list[Any]] = []
        cut: Literal["rows", "bytes"] | None = None
        size = 0
        tx = session.begin_transaction(metadata=_metadata(job), timeout=job.seconds)
        try:
            result = tx.run(("PROFILE\n" if profile else "\n") + checked.text, given)
            columns = list(result.keys())
            for record in result:
                if len(rows) == bounds.rows and not profile:
                    cut = "rows"
                    break
                row = [values.to_plain(v) for v in record.values()]
                size += len(orjson.dumps(row, default=str))
                if size > bounds.bytes and not profile:
                    cut = "bytes"
                    break
                if not profile:
                    rows.append(row)
                if job.told is not None or job.left():
                    raise LimitReached(_late(bounds))
            if profile:
                done = result.consume()
                columns, rows = list(PLAN_COLUMNS), _steps(dict(done.profile or {}))
        finally:
            if not tx.closed():
                with suppress(Neo4jError):
                    tx.rollback()
        if cut == "bytes" and not rows:
            raise LimitReached(
                f"The first row alone is longer than {bounds.bytes:,} bytes.", next_step="Return less of it."
            )
        return Result(columns=columns, rows=rows, kind=checked.kind, release=self.release.id, truncated=cut)

    # --- what goes wrong -------------------------------------------------------------------------------------

    def _error(self, e: Neo4jError, checked: Checked, bounds: Limits, lane: Lane, job: Job) -> KgError:
        code = str(e.code)
        message = str(e.message or "").split("\n")[0].strip()
        if "Terminated" in code or "TransactionTimedOut" in code or "LockClientStopped" in code:
            if job.left():
                return LimitReached("The caller went away, so the query was ended.")
            return LimitReached(
                _late(bounds), next_step="Ask for less: filter earlier, follow shorter paths, add LIMIT."
            )
        if "OutOfMemory" in code or "MemoryPool" in code or "StackOverFlow" in code:
            return LimitReached(
                f"The query needs more memory than it may use ({lane.server.heap_mb // 4:,} MB).",
                next_step="Filter earlier, collect less, follow shorter paths.",
            )
        if "MaximumTransactionLimitReached" in code:
            return TryAgain("Too many queries are running.", next_step="Repeat the call in a few seconds.")
        if "Procedure.ProcedureNotFound" in code:
            return NotAllowed(message[:300], next_step=guard.DOCS)
        if not isinstance(e, ClientError) and not code.startswith("Neo.ClientError"):
            return LimitReached(f"The server could not finish the query: {message[:300]}", next_step="Ask for less.")
        if "AccessMode" in code or "Forbidden" in code or "Security" in code or "ReadOnly" in code:
            return NotAllowed("Nothing can be written here.", next_step="Releases are read-only. " + guard.DOCS)
        return self._misplaced(message, checked)

    def _misplaced(self, message: str, checked: Checked) -> FixInput:
        """The server's words with their place in the caller's text: it was asked one line further down."""
        step = _suggestion(message)
        found = _PLACE.search(message)
        message = _PLACE.sub("", message).strip().rstrip(".")
        if found is None:
            return FixInput(f"{message[:400]}.", next_step=step)
        line, column = max(1, int(found[1]) - 1), int(found[2])
        return Misplaced(message[:400], checked.text, _offset(checked.text, line, column), next_step=step)

    @staticmethod
    def _all_given(checked: Checked, given: Mapping[str, Any]) -> None:
        missing = [n for n in checked.parameters if n not in given]
        if missing:
            at = checked.text.find("$" + missing[0])
            raise Misplaced(
                f"Parameter ${missing[0]} has no value", checked.text, max(at, 0),
                next_step="Give it: parameters in the call, or --params '{\"" + missing[0] + "\": …}'.",
            )  # fmt: skip

    def _not_forbidden(self, checked: Checked, given: dict[str, Any]) -> None:
        with self._lock:
            until = self._forbidden.get(_key(checked, given))
        if until is not None and time.monotonic() < until:
            raise LimitReached(
                "This query ended its server a moment ago; it is not taken again yet.",
                next_step=f"Ask for less, or repeat it in {round(until - time.monotonic())} s.",
            )

    def _forbid(self, checked: Checked, given: dict[str, Any]) -> None:
        with self._lock:
            self._forbidden[_key(checked, given)] = time.monotonic() + FORBIDDEN_SECONDS
            while len(self._forbidden) > REMEMBERED:
                self._forbidden.popitem(last=False)


def _key(checked: Checked, given: dict[str, Any]) -> str:
    return hashlib.sha256(orjson.dumps([" ".join(checked.text.split()), given])).hexdigest()


def _late(bounds: Limits) -> str:
    return f"Stopped after {bounds.seconds:g} s."


def _metadata(job: Job) -> dict[str, Any]:
    return {"kg": job.token, "seconds": job.seconds}


def _offset(text: str, line: int, column: int) -> int:
    lines = text.replace("\r\n", " \n").replace("\r", "\n").split("\n")
    return sum(len(x) + 1 for x in lines[: line - 1]) + column - 1


def _steps(plan: Mapping[str, Any]) -> list[list[Any]]:
    """A plan as rows: operators indented by their depth, from the last to the first."""
    rows: list[list[Any]] = []
    stack: list[tuple[Mapping[str, Any], int]] = [(plan, 0)] if plan else []
    while stack:
        step, depth = stack.pop()
        args = step.get("args", {})
        expected = args.get("EstimatedRows")
        rows.append(
            [
                "  " * depth + str(step["operatorType"]).split("@")[0], str(args.get("Details", "")),
                None if expected is None else round(float(expected), 1), args.get("Rows"), args.get("DbHits"),
            ]
        )  # fmt: skip
        stack.extend((child, depth + 1) for child in reversed(step.get("children", [])))
    return rows


_OURS = {"ParameterNotProvided", "CartesianProduct", "FeatureDeprecationWarning"}


def _notes(summary: neo4j.ResultSummary, text: str) -> tuple[Note, ...]:
    """What the server remarks: unknown labels, types and properties (with what is near), unbounded paths, …"""
    found = []
    for status in summary.gql_status_objects:
        if not status.is_notification or status.classification.name in ("DEPRECATION", "UNKNOWN"):
            continue
        if status.gql_status == "01N60":
            continue
        words = re.sub(r"^(?:warn|info|note): ", "", status.status_description)
        at = status.position
        line = max(1, at.line - 1) if at else None
        near = _suggestion(words)
        found.append(Note(status.gql_status, f"{words} {near}".strip(), line, at.column if at else None))
    return tuple(found)


def names() -> dict[str, list[str]]:
    """What a query may speak of: labels, relationship types, properties, as completion and suggestions need them."""
    properties = {p.name for n in model.NODES for p in n.properties} | {
        p.name for e in model.EDGES for p in e.properties
    }
    return {"labels": sorted(model.LABELS), "types": sorted(model.TYPES), "properties": sorted(properties)}


def _suggestion(message: str) -> str:
    """What may have been meant, from the schema or the list of functions."""
    quoted = re.search(r"[`'\"]([\w.]+)[`'\"]", message)
    if quoted is None:
        return "Labels, types and properties: kg schema; examples: docs/cypher.md."
    known = names()
    if "label" in message:
        choices = known["labels"]
    elif "relationship type" in message:
        choices = known["types"]
    elif "property" in message:
        choices = known["properties"]
    elif "function" in message.lower():
        choices = sorted(guard.functions())
    else:
        return "Labels, types and properties: kg schema; examples: docs/cypher.md."
    lower = {c.lower(): c for c in choices}
    near = difflib.get_close_matches(quoted[1].lower(), list(lower), n=1, cutoff=0.6)
    return f"Did you mean {lower[near[0]]}?" if near else "What there is: kg schema, docs/cypher.md."


__all__ = ["Door", "Limits", "Plan", "Result", "names", "place", "shown"]
