"""One installation while it answers: the current release opened once, swapped when another becomes current.

    >>> with Service(settings).use() as opened:      # doctest: +SKIP
    ...     ask(opened.store, "防災の研究者", search=opened.search)

A release is opened by its own resolved path. A caller keeps the release it began with until it is done, so a swap drops no
request: whoever first sees the new pointer opens the new release while all others go on with the old one, which is closed
when its last caller has left. A release that cannot be opened never takes the place of one that answers.

Where the setting `graph` names a Neo4j server, the graph is read there as long as it holds this release (`kg.graph.switch`);
search and SQL use the local files. Without local files the server's release is answered from, without search and SQL.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar, cast

from kg.cypher import door as cypher_door
from kg.cypher.keeper import Keeper
from kg.errors import FixSetup, KgError, TryAgain
from kg.graph.bolt import Address
from kg.graph.embedded import EmbeddedStore
from kg.graph.neo4j import Neo4jStore
from kg.graph.port import GraphStore
from kg.graph.switch import Switch
from kg.neo4j.docker import in_use
from kg.neo4j.slots import Slots
from kg.release import Release, current_id, open_release
from kg.search import SearchIndex, open_index
from kg.settings import Settings
from kg.sql.door import Door, Limits, Result

T = TypeVar("T")

SQL_LIMITS = Limits(seconds=10.0, megabytes=1024, rows=10_000, bytes=16 * 1024 * 1024)
"""Of a query that comes over the network: smaller than those of the command line."""
SQL_WAITING = 4
"""Queries that may run or wait at once; queries of one release run one after another."""
CYPHER_LIMITS = cypher_door.Limits(seconds=10.0, rows=10_000, bytes=16 * 1024 * 1024)
REMEMBERED = 128
"""Answers of an open release that are kept: a release never changes, so the same question has the same answer."""
RETRY_SECONDS = 5.0
"""How long a release that could not be opened is left alone."""


@dataclass(frozen=True, slots=True)
class Graph:
    """The store that answers: `neo4j`, or `embedded` and why the server is not asked."""

    store: str
    problem: str | None


class _NoIndex:
    """Stands for the search index where only the graph server is there."""

    def __init__(self, release: Release) -> None:
        self._release = release

    def search(self, *_: Any, **__: Any) -> Any:
        raise FixSetup(
            f"Search needs the files of release {self._release.id}, which are not here.",
            next_step="Copy them into the folder of releases, or build: kg build.",
        )

    def close(self) -> None:
        """Nothing is open."""


def graph_address(settings: Settings) -> Callable[[], Address] | None:
    """How to find the graph server that the settings name; None where they name none.

    The function raises `FixSetup` where the own server does not run or the file with the password cannot be read.
    """
    if settings.graph == "embedded":
        return None
    own = Slots(settings.home / "neo4j")

    def find() -> Address:
        if settings.graph == "neo4j":
            access = in_use(own).access()
            return Address(access.address, access.user, access.password)
        return Address(settings.graph, settings.graph_user, _password(settings, own))

    return find


def _password(settings: Settings, own: Slots) -> str:
    """From the settings, else of the own server where that is the one meant."""
    if settings.graph_password:
        return settings.graph_password
    if settings.graph_password_file:
        path = Path(settings.graph_password_file).expanduser()
        try:
            return path.read_text(encoding="utf-8").splitlines()[0].strip()
        except (OSError, UnicodeDecodeError, IndexError) as e:
            raise FixSetup(f"The password file {path} cannot be read.", next_step="Set KG_GRAPH_PASSWORD_FILE.") from e
    server = in_use(own)
    if server.state().address == settings.graph:
        return server.access().password
    return ""


@dataclass(slots=True)
class Opened:
    """A release with its store, index and SQL door, and how many callers use it."""

    release: Release
    store: GraphStore
    search: SearchIndex
    switch: Switch | None = None
    """The store, where it may be a server's."""
    local: bool = True
    """Whether the release's files are here."""
    users: int = 0
    retired: bool = False
    closed: bool = field(default=False, repr=False)
    _door: Door | None = field(default=None, repr=False)
    _starting: threading.Lock = field(default_factory=threading.Lock, repr=False)
    _waiting: threading.BoundedSemaphore = field(
        default_factory=lambda: threading.BoundedSemaphore(SQL_WAITING), repr=False
    )

    _answers: OrderedDict[Hashable, Any] = field(default_factory=OrderedDict, repr=False)
    _remembering: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def remember(self, question: Hashable, answer: Callable[[], T]) -> T:
        """The answer to a question of this release: the one kept, else `answer()`, which is kept from then on.

        In memory only, the `REMEMBERED` latest; gone with the release. What raises is not kept.
        """
        with self._remembering:
            if question in self._answers:
                self._answers.move_to_end(question)
                kept: T = self._answers[question]
                return kept
        made = self.whole(answer)
        with self._remembering:
            self._answers[question] = made
            while len(self._answers) > REMEMBERED:
                self._answers.popitem(last=False)
        return made

    def whole(self, answer: Callable[[], T]) -> T:
        """What `answer()` gives, from one release: once more where the graph server took up another one meanwhile."""
        made = answer()
        return made if self.switch is None or self.switch.settled() else answer()

    def sql(self, text: str, limits: Limits = SQL_LIMITS) -> Result:
        """One read-only query, in the release's own child process. Raises `TryAgain` where too many wait already,
        and what `kg.sql.door.Door.query` raises.
        """
        if not self._waiting.acquire(blocking=False):
            raise TryAgain("Other SQL queries are running.", next_step="Repeat the call in a few seconds.")
        try:
            with self._starting:
                if self._door is None:
                    if not self.release.duckdb.is_file():
                        raise FixSetup(f"The files of release {self.release.id} were removed.", next_step="kg build")
                    self._door = Door(self.release.duckdb, self.release.id, limits)
            return self._door.query(text, limits=limits)
        finally:
            self._waiting.release()

    def close(self) -> None:
        """Gives files and the SQL process back. Safe to call twice."""
        if self.closed:
            return
        self.closed = True
        if self._door is not None:
            self._door.close()
        self.search.close()
        self.store.close()


class Pointer:
    """Which release is current. Costs one `stat` a call: the file is read again only where it was replaced."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._path = settings.releases / "current"
        self._seen: tuple[tuple[int, int, int], str | None] | None = None

    def read(self) -> str | None:
        """Id in the pointer file; None where there is none."""
        try:
            found = self._path.stat()
        except OSError:
            return None
        stamp = (found.st_mtime_ns, found.st_ino, found.st_size)
        seen = self._seen
        if seen is None or seen[0] != stamp:
            seen = self._seen = (stamp, current_id(self._settings))
        return seen[1]


class Service:
    """Opens releases for callers of one process. Safe for threads."""

    def __init__(self, settings: Settings, release: str = "current") -> None:
        self.settings = settings
        self._wanted = None if release == "current" else release
        self._pointer = Pointer(settings)
        self._lock = threading.Lock()
        self._opening = threading.Lock()
        self._opened: Opened | None = None
        self._failed: tuple[str, float, KgError] | None = None
        self.cypher = Keeper(settings.home, servers=settings.door_servers, heap_mb=settings.door_heap_mb)
        """The Cypher door; its servers start with the first query."""

    @contextmanager
    def use(self) -> Iterator[Opened]:
        """The current release, held for the time of one request.

        Raises `FixSetup` where there is no release yet or none that opens, `FixInput` where a fixed one is unknown.
        """
        opened = self._enter()
        try:
            yield opened
        finally:
            self._leave(opened)

    @property
    def problem(self) -> KgError | None:
        """Why the current release is not the one that answers; None where it is."""
        return self._failed[2] if self._failed else None

    @property
    def graph(self) -> Graph | None:
        """Which store answers; None before the first request and where no server is set."""
        switch = self._opened.switch if self._opened else None
        return None if switch is None else Graph(switch.name, switch.problem)

    @property
    def serving(self) -> str | None:
        """Id of the release that is open; None before the first request and where there is none."""
        return self._opened.release.id if self._opened else None

    def close(self) -> None:
        """Closes the release as soon as nobody uses it, and the Cypher door. All else can be used again."""
        self.cypher.close()
        with self._lock:
            self._retire()
            self._opened = None

    def _enter(self) -> Opened:
        self._swap_if_needed()
        with self._lock:
            if self._opened is None:
                raise TryAgain("The release is being opened.", next_step="Repeat the call in a second.")
            self._opened.users += 1
            return self._opened

    def _swap_if_needed(self) -> None:
        if not self._stale():
            return
        # The first caller opens; others wait only where there is nothing to answer from.
        if not self._opening.acquire(blocking=self._opened is None):
            return
        try:
            if self._stale():
                self._swap()
        finally:
            self._opening.release()

    def _stale(self) -> bool:
        opened = self._opened
        if opened is None:
            return True
        if self._wanted is not None:
            return False
        wanted = self._pointer.read()
        if not opened.local and wanted is None:  # the server may hold another release by now
            return opened.switch is not None and opened.switch.problem is not None and not self._left_alone(wanted)
        if wanted is None or (opened.local and opened.release.id == wanted):
            return False
        return not self._left_alone(wanted)

    def _left_alone(self, wanted: str | None) -> bool:
        """Whether that release failed to open just now."""
        failed = self._failed
        return bool(failed and failed[0] == str(wanted) and time.monotonic() - failed[1] < RETRY_SECONDS)

    def _swap(self) -> None:
        wanted = self._wanted or self._pointer.read()
        try:
            fresh = self._open(wanted)
        except (KgError, OSError) as e:
            error = e if isinstance(e, KgError) else FixSetup(f"Release {wanted} cannot be read: {type(e).__name__}.")
            if self._opened is None:
                raise self._for_asker(error) from e
            self._failed = (str(wanted), time.monotonic(), error)
            return
        with self._lock:
            self._retire()
            self._opened, self._failed = fresh, None

    def _for_asker(self, error: KgError) -> KgError:
        """A current release that does not open is the installation's fault, not the asker's."""
        if self._wanted is not None or isinstance(error, FixSetup | TryAgain):
            return error
        return FixSetup(error.message, next_step="Choose another: kg release use ID; or build: kg build.")

    def _open(self, wanted: str | None) -> Opened:
        where = graph_address(self.settings)
        if where is not None and wanted is None:
            return self._open_remote(where)
        release = open_release(self.settings, wanted or "current")
        local = EmbeddedStore(release.duckdb, release.arrays, release.id, memory_mb=self.settings.memory_mb)
        switch = None if where is None else Switch(lambda: Neo4jStore(where(), release.id), local)
        store = local if switch is None else cast(GraphStore, switch)
        try:
            return Opened(release=release, store=store, search=open_index(release), switch=switch)
        except Exception:
            store.close()
            raise

    def _open_remote(self, where: Callable[[], Address]) -> Opened:
        """The release that the server holds, of which nothing is here."""
        switch = Switch(lambda: Neo4jStore(where()), None)
        release = Release(switch.release, self.settings.releases / switch.release)
        return Opened(
            release=release, store=cast(GraphStore, switch), search=_NoIndex(release), switch=switch, local=False
        )  # fmt: skip

    def _retire(self) -> None:
        if self._opened is not None:
            self._opened.retired = True
            if self._opened.users == 0:
                self._opened.close()

    def _leave(self, opened: Opened) -> None:
        with self._lock:
            opened.users -= 1
            if opened.retired and opened.users == 0:
                opened.close()

    def info(self) -> dict[str, Any]:
        """Release id and counts of what is being served."""
        with self.use() as opened:
            return {"release": opened.release.id, "counts": opened.store.counts()}
