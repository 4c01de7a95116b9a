"""One installation while it answers: the current release opened once, swapped when another becomes current.

    >>> with Service(settings).use() as opened:      # doctest: +SKIP
    ...     ask(opened.store, "防災の研究者", search=opened.search)

A release is opened by its own resolved path. A caller keeps the release it began with until it is done, so a swap drops no
request; the old release is closed when its last caller has left.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from kg.graph.embedded import EmbeddedStore
from kg.release import Release, current_id, open_release
from kg.search import SearchIndex, open_index
from kg.settings import Settings


@dataclass(slots=True)
class Opened:
    """A release with its store and index, and how many callers use it."""

    release: Release
    store: EmbeddedStore
    search: SearchIndex
    users: int = 0
    retired: bool = False
    closed: bool = field(default=False, repr=False)

    def close(self) -> None:
        if not self.closed:
            self.closed = True
            self.store.close()


class Service:
    """Opens releases for callers of one process. Safe for threads."""

    def __init__(self, settings: Settings, release: str = "current") -> None:
        self.settings = settings
        self._wanted = release
        self._lock = threading.Lock()
        self._opened: Opened | None = None

    @contextmanager
    def use(self) -> Iterator[Opened]:
        """The current release, held for the time of one request.

        Raises `FixSetup` where there is no release yet.
        """
        opened = self._enter()
        try:
            yield opened
        finally:
            self._leave(opened)

    def _enter(self) -> Opened:
        with self._lock:
            wanted = current_id(self.settings) if self._wanted == "current" else self._wanted
            if self._opened is None or (wanted is not None and self._opened.release.id != wanted):
                fresh = self._open(wanted or self._wanted)
                self._retire()
                self._opened = fresh
            self._opened.users += 1
            return self._opened

    def _open(self, wanted: str) -> Opened:
        release = open_release(self.settings, wanted)
        store = EmbeddedStore(release.duckdb, release.id, memory_mb=self.settings.memory_mb)
        return Opened(release=release, store=store, search=open_index(release))

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
