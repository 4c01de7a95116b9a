"""One Cypher door for as long as a service runs: filled in the background, exchanged when another release is served.

A caller is never kept waiting for a door that is being filled: until it stands, `TryAgain` says when to come again; the
door of the release before goes on answering meanwhile, under its own name.
"""

from __future__ import annotations

import contextlib
import logging
import shutil
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from neo4j.exceptions import DriverError, Neo4jError

from kg.cypher.door import Door, Limits, Result
from kg.cypher.lane import DoorServer
from kg.errors import KgError, TryAgain
from kg.release.layout import Release

RETRY_SECONDS = 30.0
"""How long a door that could not be opened is left alone."""
CALLS = 24
"""Calls that may be at the door at once, those that wait included."""
log = logging.getLogger("kg.cypher")


def door_folder(home: Path) -> Path:
    """Where the doors of an installation are."""
    return home / "neo4j" / "door"


class Keeper:
    """Holds the door. Safe for threads."""

    def __init__(
        self, home: Path, *, servers: int = 2, heap_mb: int = 512, make: Callable[..., Door] = Door, cache: Path | None = None
    ) -> None:  # fmt: skip
        self.folder = door_folder(home)
        self._servers, self._heap_mb, self._make, self._cache = servers, heap_mb, make, cache
        self._lock = threading.Lock()
        self._door: Door | None = None
        self._opening: str | None = None
        self._begun = 0.0
        self._failed: tuple[str, float, KgError] | None = None
        self._calls = threading.BoundedSemaphore(CALLS)
        self._closed = False

    def query(self, release: Release, text: str, parameters: Any, limits: Limits, left: Callable[[], bool]) -> Result:
        """Runs one query at the door of this release. Raises as `Door.query`, and `TryAgain` where it is not open yet."""
        if not self._calls.acquire(blocking=False):
            raise TryAgain("Too many queries wait at the Cypher door.", next_step="Repeat the call in a few seconds.")
        try:
            return self._ready(release).query(text, parameters, limits=limits, left=left)
        finally:
            self._calls.release()

    def _ready(self, release: Release) -> Door:
        with self._lock:
            door = self._door
            if door is not None and door.release.id == release.id:
                return door
            failed = self._failed
            if failed and failed[0] == release.id and time.monotonic() - failed[1] < RETRY_SECONDS:
                if door is not None:
                    return door
                raise failed[2]
            if self._opening is None:
                self._opening, self._begun = release.id, time.monotonic()
                threading.Thread(target=self._open, args=(release,), name="door-open", daemon=True).start()
            if door is not None:
                return door
            raise TryAgain(
                f"The Cypher door is being filled with release {self._opening} "
                f"({time.monotonic() - self._begun:.0f} s so far).",
                next_step="Repeat the call in 15 s.", seconds=15,
            )  # fmt: skip

    def _open(self, release: Release) -> None:
        fresh = self._make(self.folder, release, servers=self._servers, heap_mb=self._heap_mb, cache=self._cache)
        try:
            fresh.open()
        except (KgError, Neo4jError, DriverError, OSError) as e:
            fresh.close(stop=True)
            known = e if isinstance(e, KgError) else TryAgain(f"The Cypher door does not open: {e}")
            log.warning("the Cypher door does not open: %s", e)
            with self._lock:
                self._failed, self._opening = (release.id, time.monotonic(), known), None
            return
        with self._lock:
            old, self._door, self._opening, self._failed = self._door, fresh, None, None
            closed = self._closed
        if closed:
            fresh.close(stop=True)
        if old is not None:
            old.close(stop=True)
        remove_others(self.folder, release.id)

    def close(self) -> None:
        """Ends the servers of the door."""
        with self._lock:
            door, self._door, self._closed = self._door, None, True
        if door is not None:
            door.close(stop=True)


def remove_others(folder: Path, release: str) -> None:
    """Removes doors of other releases that nobody runs."""
    for other in folder.glob("r-*"):
        lanes = [DoorServer(x) for x in other.iterdir() if x.is_dir()] if other.is_dir() else []
        if other.name != release and not any(s.state().running for s in lanes):
            with contextlib.suppress(OSError):
                shutil.rmtree(other)


def stop_all(folder: Path) -> int:
    """Ends every server of every door; says how many ran."""
    return sum(DoorServer(x).stop() for x in folder.glob("r-*/*") if x.is_dir())
