"""One release from two places: a Neo4j server while it answers and holds it, else the local files.

    >>> store = Switch(connect, local=EmbeddedStore(…))      # doctest: +SKIP
    >>> store.people(selection).total, store.name             # doctest: +SKIP
    (412, 'neo4j')

Both stores give the same rows for the same release, so a question may begin at one and end at the other. A server that
does not answer, or holds another release, is left alone for `RETRY_SECONDS`; then it is asked again beside the requests.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from typing import Any

from kg.errors import FixSetup, KgError, ServerGone
from kg.graph.neo4j import Neo4jStore
from kg.graph.port import GraphStore

CHECK_SECONDS = 2.0
"""How often a server that answers is asked whether it still holds the release."""
RETRY_SECONDS = 5.0
"""How long a server that did not is left alone."""
log = logging.getLogger("kg.graph")


class Switch:
    """A `GraphStore` by name: every method of the port is handed on. Safe for threads."""

    def __init__(self, connect: Callable[[], Neo4jStore], local: GraphStore | None) -> None:
        """`connect` opens the store on the server or raises. Without `local` its error is raised."""
        self._connect, self._local = connect, local
        self._remote: Neo4jStore | None = None
        self._problem: KgError | None = None
        self._looked = 0.0
        self._lock = threading.Lock()
        self._looking = threading.Lock()
        self._closed = False
        self._look()
        if self._remote is None and local is None and self._problem is not None:
            raise self._problem
        self.release = self._remote.release if self._remote is not None else local.release if local else ""

    @property
    def name(self) -> str:
        """The store that answers now: `neo4j` or `embedded`."""
        return "embedded" if self._remote is None else "neo4j"

    @property
    def problem(self) -> str | None:
        """Why the server is not asked; None where it is."""
        return None if self._problem is None else self._problem.message

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_") or not hasattr(GraphStore, name):
            raise AttributeError(name)

        def ask(*values: Any, **named: Any) -> Any:
            remote = self._current()
            if remote is not None:
                try:
                    return getattr(remote, name)(*values, **named)
                except (ServerGone, FixSetup) as e:
                    self._fail(remote, e)
            if self._local is None:
                raise self._problem or ServerGone("The graph server does not answer.")
            return getattr(self._local, name)(*values, **named)

        return ask

    def settled(self) -> bool:
        """Whether what was just answered is of one release: false where the server has taken up another meanwhile."""
        remote = self._remote
        if remote is None:
            return True
        try:
            remote.check()
        except KgError as e:
            self._fail(remote, e)
            return False
        return True

    def close(self) -> None:
        """Gives connections and files back."""
        with self._lock:
            self._closed = True
            remote, self._remote = self._remote, None
        for store in (remote, self._local):
            if store is not None:
                store.close()

    # --- looking after the server ----------------------------------------------------------------------------

    def _current(self) -> Neo4jStore | None:
        """The server's store if it is to be asked; looks after it where that is due."""
        due = time.monotonic() - self._looked
        if self._remote is not None:
            if due > CHECK_SECONDS:
                self._looked = time.monotonic()
                self.settled()
        elif self._local is None:
            if due > 1.0:
                self._look()
        elif due > RETRY_SECONDS:
            self._looked = time.monotonic()
            threading.Thread(target=self._look, name="kg look for neo4j", daemon=True).start()
        return self._remote

    def _look(self) -> None:
        """Tries to open the server's store. One at a time."""
        if not self._looking.acquire(blocking=False):
            return
        try:
            fresh = self._connect()
        except KgError as e:
            if self._problem is None or self._problem.message != e.message:
                log.warning("Neo4j is not asked: %s", e.message)
            self._problem, self._looked = e, time.monotonic()
            return
        finally:
            self._looking.release()
        with self._lock:
            if self._closed:
                fresh.close()
                return
            if self._problem is not None:
                log.warning("Neo4j is asked again: %s", fresh.release)
            self._remote, self._problem, self._looked = fresh, None, time.monotonic()

    def _fail(self, remote: Neo4jStore, e: KgError) -> None:
        with self._lock:
            if self._remote is not remote:
                return
            self._remote, self._problem, self._looked = None, e, time.monotonic()
        log.warning("Neo4j is not asked: %s", e.message)
        remote.close()
