"""How does a server stay usable that anybody may ask anything? It is small, watched, killed where it does not stop, and
started again.

A `Lane` is one Neo4j server of the door with those who wait for it. Each query has a time; where the server does not end
it in time (a value computed over a list of 50 million does not), the watchdog kills the whole server: that is the only
way, measured. Whoever else was being answered by it learns that it fell (`Fallen`) and may ask elsewhere.
"""

from __future__ import annotations

import contextlib
import logging
import os
import secrets
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import neo4j
from neo4j.exceptions import Neo4jError

from kg.errors import KgError, TryAgain
from kg.neo4j.program import find_java, jars, java_version
from kg.neo4j.server import Access, Server
from kg.raw.disk import write_whole

LATE_SECONDS = 1.0
"""How long after its own time-out the server is told once more to end a query."""
KILL_SECONDS = 3.0
"""How long after that it is killed: by the clock and by the processor time that it has used since, so that a server which
is only short of processor is left alone; three times as long where queries are of a kind that the server can end itself."""
KILL_ANYWAY_SECONDS = 25.0
TICK_SECONDS = 0.1
PING_SECONDS = 10.0
DEAF_SECONDS = 20.0
"""A server that has not answered a plain question for so long is killed."""
FIRST_GUESS = 20.0
"""Seconds of a start before one was measured."""

_CONF = {
    "server.databases.default_to_read_only": "true",
    "db.transaction.concurrent.maximum": "100",
    "db.transaction.timeout": "120s",
    "db.transaction.monitor.check.interval": "500ms",
    "db.memory.transaction.max": "{half}m",
    "dbms.memory.transaction.total.max": "{most}m",
    "dbms.cypher.forbid_exhaustive_shortestpath": "true",
    "dbms.security.procedures.allowlist": "db.*",
    "dbms.security.procedures.unrestricted": "",
    "server.bolt.thread_pool_max_size": "64",
}
log = logging.getLogger("kg.cypher")
logging.getLogger("neo4j.notifications").setLevel(logging.ERROR)  # they go to the caller, not to our log
logging.getLogger("neo4j.io").setLevel(logging.CRITICAL)  # a server that was killed is no news here
logging.getLogger("neo4j.pool").setLevel(logging.CRITICAL)
State = Literal["down", "starting", "ready", "closed"]
Why = Literal["late", "left", "deaf", "ended"]


class Fallen(Exception):  # never leaves this room: the door asks elsewhere or says when to come again
    """The server ended while it was answering."""

    def __init__(self, why: Why | None, seconds: float, alone: bool) -> None:
        super().__init__(why)
        self.why, self.seconds, self.alone = why, seconds, alone


class NotReady(Exception):  # never leaves this room
    """The server is not there to be asked."""


class DoorServer(Server):
    """A server that only reads, in a small heap. `yielding`: it leaves the processor to others once it has started."""

    yielding = False
    _launching = False

    def _configure(self, port: int) -> None:
        super()._configure(port)
        path = self.folder / "conf" / "neo4j.conf"
        text = path.read_text(encoding="utf-8")
        own = {line.split("=")[0].strip() for line in text.splitlines() if not line.startswith("#")}
        sizes = {"half": self.heap_mb // 4, "most": self.heap_mb // 2}
        text += "".join(f"{k}={v.format(**sizes)}\n" for k, v in _CONF.items() if k not in own)
        write_whole(path, text.encode())

    def environment(self) -> dict[str, str]:
        return {**super().environment(), **_flagged(self._flags())} if self._launching else super().environment()

    def _launch(self, java: Path, lib: Path) -> subprocess.Popen[bytes]:
        self._launching = True
        try:
            return super()._launch(java, lib)
        finally:
            self._launching = False

    def _flags(self) -> Iterator[str]:
        yield "-XX:MaxDirectMemorySize=128m"
        if self.yielding:  # measured: 6 instead of 11 s of processor time until it answers
            yield "-XX:TieredStopAtLevel=1"
        if (archive := class_archive(self.cache)).is_file():  # measured: 7 instead of 11 s, 4 with the flag above
            yield f"-XX:SharedArchiveFile='{archive}'"

    def give_way(self) -> None:
        """Lowers the priority of all that the server does from now on."""
        pid = self.state().pid
        if not self.yielding or pid is None:
            return
        with contextlib.suppress(OSError):
            for thread in Path(f"/proc/{pid}/task").iterdir():
                os.setpriority(os.PRIO_PROCESS, int(thread.name), 10)

    def processor_seconds(self) -> float:
        """Processor time that the server has used; the clock where the system does not tell it."""
        try:
            stat = Path(f"/proc/{self.state().pid}/stat").read_text(encoding="ascii", errors="replace")
        except OSError:
            return time.monotonic()
        fields = stat.rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / float(os.sysconf("SC_CLK_TCK"))

    def kill(self) -> None:
        """Ends the process at once."""
        state = self.state()
        if state.pid is not None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(state.pid, signal.SIGKILL)
        if self._process is not None:
            self._process.wait()
        deadline = time.monotonic() + 5
        while state.pid is not None and Path(f"/proc/{state.pid}").exists() and time.monotonic() < deadline:
            time.sleep(0.05)  # it holds its store until it is gone


class Filler(Server):
    """A server that fills a door. When it ends it writes down the classes it used, so that others start faster."""

    _launching = False

    def _launch(self, java: Path, lib: Path) -> subprocess.Popen[bytes]:
        self._launching = not class_archive(self.cache).exists()
        try:
            return super()._launch(java, lib)
        finally:
            self._launching = False

    def environment(self) -> dict[str, str]:
        flag = f"-XX:ArchiveClassesAtExit='{self._draft}'"
        return {**super().environment(), **_flagged([flag])} if self._launching else super().environment()

    @property
    def _draft(self) -> Path:
        archive = class_archive(self.cache)
        return archive.with_name(f"{archive.name}.{os.getpid()}")

    def stop(self) -> bool:
        stopped = super().stop()
        if self._draft.is_file():
            self._draft.replace(class_archive(self.cache))
        return stopped


def _flagged(flags: Iterable[str]) -> dict[str, str]:
    """Flags for the server's Java, after those that the user has set."""
    return {"JAVA_TOOL_OPTIONS": " ".join([os.environ.get("JAVA_TOOL_OPTIONS", ""), *flags]).strip()}


def class_archive(cache: Path | None) -> Path:
    """Where the classes of the server are kept ready for this Java; it ignores an archive that does not fit."""
    return jars(cache).parent / f"door-java{java_version(find_java())}.jsa"


@dataclass(slots=True)
class Job:
    """One query while it runs."""

    seconds: float
    left: Callable[[], bool]
    """Whether its caller is gone."""
    token: str = field(default_factory=lambda: secrets.token_hex(8))
    begun: float = field(default_factory=time.monotonic)
    told: float | None = None
    """When the server was told to end it."""
    used: float = 0.0
    """Processor seconds that the server had used by then."""
    why: Why | None = None

    @property
    def overdue(self) -> float:
        return time.monotonic() - self.begun - self.seconds


class Lane:
    """One server and its watchdog. Safe for threads and for several processes over one folder."""

    def __init__(self, name: str, server: DoorServer, *, slots: int, patience: float = KILL_SECONDS) -> None:
        self.name, self.server, self.slots, self.patience = name, server, slots, patience
        self.state: State = "down"
        self.restarts = 0
        self._takes = FIRST_GUESS
        self._since = time.monotonic()
        self._free = threading.BoundedSemaphore(slots)
        self._jobs: dict[str, Job] = {}
        self._lock = threading.RLock()
        self._driver: neo4j.Driver | None = None
        self._closed = threading.Event()
        self._heard = time.monotonic()
        self._pinging = False

    # --- life ------------------------------------------------------------------------------------------------

    def open(self, report: Callable[[str], None] = lambda line: None) -> None:
        """Starts the server where it does not run, and the watchdog. Raises what `Server.start` raises."""
        self._start(report)
        threading.Thread(target=self._watch, name=f"door-{self.name}", daemon=True).start()

    def close(self, *, stop: bool) -> None:
        """Lets go of the server; `stop`: ends it too."""
        self._closed.set()
        with self._lock:
            self.state = "closed"
            driver, self._driver = self._driver, None
        _close(driver)
        if stop:
            with contextlib.suppress(KgError):
                self.server.stop()

    def wait_seconds(self) -> int:
        """How many seconds until it is likely to answer again."""
        return max(1, round(self._takes - (time.monotonic() - self._since)) if self.state != "ready" else 1)

    def _start(self, report: Callable[[str], None] = lambda line: None) -> None:
        with self._lock:
            self.state, self._since = "starting", time.monotonic()
        access = self.server.start(free_port(), report)
        driver = _connect(access, self.slots)
        _warm(driver)
        self.server.give_way()
        with self._lock:
            if self._closed.is_set():
                _close(driver)
                return
            self._driver, self.state = driver, "ready"
            self._takes = max(1.0, time.monotonic() - self._since) if self._takes == FIRST_GUESS else self._takes
            self._heard = time.monotonic()

    def fall(self, why: Why, culprit: Job | None = None) -> None:
        """Kills the server, tells those who wait for it, and starts it again in the background."""
        with self._lock:
            if self.state != "ready":
                return
            self.state, self._since = "down", time.monotonic()
            driver, self._driver = self._driver, None
            if culprit is not None:
                culprit.why = why
            age = time.monotonic() - culprit.begun if culprit else 0.0
            log.warning("door server %s: %s after %.0f s; %d were running", self.name, why, age, len(self._jobs))
        self.server.kill()
        threading.Thread(target=_close, args=(driver,), daemon=True).start()
        threading.Thread(target=self._revive, name=f"door-{self.name}-start", daemon=True).start()

    def _revive(self) -> None:
        begun = time.monotonic()
        while not self._closed.is_set():
            try:
                self._start()
            except (KgError, Neo4jError, neo4j.exceptions.DriverError, OSError) as e:
                log.warning("door server %s does not start yet: %s", self.name, e)
                self._closed.wait(1.0)
            else:
                self.restarts += 1
                self._takes = time.monotonic() - begun
                return

    # --- asking ----------------------------------------------------------------------------------------------

    @contextmanager
    def ask(self, job: Job, wait: float) -> Iterator[neo4j.Session]:
        """A session for one query, watched. Raises `TryAgain` where too many wait, `NotReady`, `Fallen`."""
        if not self._acquire(job, wait):
            raise TryAgain(
                f"{self.slots} other queries are running at this door.", next_step="Repeat the call in a few seconds."
            )
        try:
            with self._lock:
                driver = self._driver
                if driver is None or self.state != "ready":
                    raise NotReady
                job.begun = time.monotonic()
                self._jobs[job.token] = job
            try:
                with driver.session(database="neo4j", default_access_mode=neo4j.READ_ACCESS, fetch_size=500) as session:
                    yield session
                self._heard = time.monotonic()
            except (neo4j.exceptions.DriverError, OSError) as e:
                raise self._fallen(job) from e
            except Neo4jError as e:
                if self.state != "ready" or str(e.code).startswith("Neo.TransientError.General.DatabaseUnavailable"):
                    raise self._fallen(job) from e
                raise
        finally:
            with self._lock:
                self._jobs.pop(job.token, None)
            self._free.release()

    def _fallen(self, job: Job) -> Fallen:
        """What became of a query whose server is gone. Waits a moment for the watchdog to see it."""
        for _ in range(20):
            if self.state != "ready":
                break
            if not self.server.state().running:
                with self._lock:
                    alone = len(self._jobs) == 1
                self.fall("ended", job if alone else None)
                break
            time.sleep(0.05)
        return Fallen(job.why, time.monotonic() - job.begun, alone=job.why == "ended")

    def _acquire(self, job: Job, wait: float) -> bool:
        deadline = time.monotonic() + wait
        while not self._free.acquire(timeout=0.1):
            if job.left() or time.monotonic() > deadline:
                return False
        return True

    # --- the watchdog ----------------------------------------------------------------------------------------

    def _watch(self) -> None:
        pinged = time.monotonic()
        while not self._closed.wait(TICK_SECONDS):
            if self.state != "ready":
                continue
            with self._lock:
                jobs = list(self._jobs.values())
            if not self.server.state().running:
                self.fall("ended", jobs[0] if len(jobs) == 1 else None)
                continue
            for job in jobs:
                self._mind(job)
            if time.monotonic() - pinged > PING_SECONDS:
                pinged = time.monotonic()
                self._ping()

    def _mind(self, job: Job) -> None:
        gone = job.left()
        if job.told is None and (gone or job.overdue > LATE_SECONDS):
            job.told, job.used = time.monotonic(), self.server.processor_seconds()
            threading.Thread(target=self._end, args=(job,), daemon=True).start()
        elif job.told is not None and self._hopeless(job, time.monotonic() - job.told):
            self.fall("left" if gone else "late", job)

    def _hopeless(self, job: Job, seconds: float) -> bool:
        if seconds <= self.patience:
            return False
        return seconds > KILL_ANYWAY_SECONDS or self.server.processor_seconds() - job.used > self.patience

    def _end(self, job: Job) -> None:
        """Tells the server to end one query."""
        driver = self._driver
        if driver is None:
            return
        find = "SHOW TRANSACTIONS YIELD transactionId AS id, metaData AS m WHERE m.kg = $token RETURN id"
        with contextlib.suppress(Neo4jError, neo4j.exceptions.DriverError, OSError):
            for row in driver.execute_query(find, token=job.token).records:
                driver.execute_query("TERMINATE TRANSACTION $id", id=row["id"])

    def _ping(self) -> None:
        """Asks the server something plain, and for queries that nobody watches any more: their process died."""
        if self._pinging:
            if time.monotonic() - self._heard > DEAF_SECONDS:
                self.fall("deaf")
                self._pinging = False
            return
        self._pinging = True
        threading.Thread(target=self._listen, args=(self._driver,), daemon=True).start()

    def _listen(self, driver: neo4j.Driver | None) -> None:
        orphan = (
            "SHOW TRANSACTIONS YIELD metaData AS m, elapsedTime AS t WHERE m.kg IS NOT NULL "
            "AND t > duration({seconds: m.seconds + 30}) RETURN count(*) AS n"
        )
        try:
            if driver is not None:
                lost = driver.execute_query(orphan).records[0]["n"]
                self._heard = time.monotonic()
                if lost:
                    self.fall("late")
        except (Neo4jError, neo4j.exceptions.DriverError, OSError):
            log.info("door server %s did not answer", self.name)
        finally:
            self._pinging = False


def _connect(access: Access, slots: int) -> neo4j.Driver:
    return neo4j.GraphDatabase.driver(
        access.address, auth=(access.user, access.password), max_connection_pool_size=slots + 8,
        connection_acquisition_timeout=5, connection_timeout=5, max_transaction_retry_time=0,
        telemetry_disabled=True, user_agent="kg-door",
    )  # fmt: skip


WARM = (
    "RETURN 1",
    "MATCH (n:Person {id: ''}) RETURN n",
    "MATCH (n:Person) WITH n LIMIT 20 MATCH (n)-[r]-(m) RETURN type(r) AS t, count(*) AS c, collect(DISTINCT m.id)[..3] ORDER BY c",
    "MATCH p = (a:Person)-[:AUTHORED]->(w) WHERE w.year > 2000 RETURN p, w.title_ja AS t ORDER BY t DESC LIMIT 20",
    "CALL db.labels() YIELD label RETURN label ORDER BY label",
    "EXPLAIN MATCH (a:Person)-[:COLLABORATED*1..3]-(b) WHERE EXISTS { (b)-[:AUTHORED]->() } RETURN DISTINCT b.id",
)
"""What a server is asked before others may ask: its first answers were seen to take a hundred times as long as later ones."""


def _warm(driver: neo4j.Driver) -> None:
    driver.execute_query(WARM[0])
    with contextlib.suppress(Neo4jError):
        for text in WARM[1:]:
            driver.execute_query(text, routing_=neo4j.RoutingControl.READ, database_="neo4j")


def _close(driver: neo4j.Driver | None) -> None:
    if driver is not None:
        with contextlib.suppress(Neo4jError, neo4j.exceptions.DriverError, OSError):
            driver.close()


def free_port() -> int:
    """A port of the loopback on which nobody listens."""
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return int(s.getsockname()[1])
