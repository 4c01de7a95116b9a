"""Which of two server homes is read? A release that is too large for one transaction is loaded into the other one.

KG_HOME/neo4j/
  current        name of the home that is read, renamed into place; without it, home `a`
  a/  b/         server homes (`kg.neo4j.server`): data, conf, logs, password
  import-r-…/    files of a load that has not ended

    >>> slots = Slots(settings.home / "neo4j")       # doctest: +SKIP
    >>> slots.current().access().address             # doctest: +SKIP
    'bolt://127.0.0.1:7687'

Ask again after an address has stopped to answer: it is another one when the homes have changed places.
"""

from __future__ import annotations

import os
import shutil
import signal
from pathlib import Path

import orjson

from kg.neo4j.server import Server, is_process_of
from kg.raw.disk import write_whole

_NAMES = ("a", "b")


class Slots:
    """The two homes of one installation. `current` is always readable; one writer at a time."""

    def __init__(
        self, folder: Path, *, heap_mb: int = 1024, pagecache_mb: int = 512, cache: Path | None = None
    ) -> None:
        self.folder = folder
        self._homes = {
            n: Server(folder / n, heap_mb=heap_mb, pagecache_mb=pagecache_mb, cache=cache) for n in _NAMES
        }  # fmt: skip

    def current(self) -> Server:
        """The home that is read."""
        return self._homes[self._name()]

    def other(self) -> Server:
        """The home that is not read."""
        return self._homes[next(n for n in _NAMES if n != self._name())]

    def switch(self, to: Server) -> None:
        """Makes a home the one that is read."""
        write_whole(self.folder / "current", to.folder.name.encode() + b"\n")

    def remove(self, server: Server) -> None:
        """Ends a home's server and whatever import still works on it, and removes all of it."""
        end_import(server)
        server.stop()
        shutil.rmtree(server.folder, ignore_errors=True)

    def empty(self, server: Server) -> None:
        """Makes a home empty, with the password and own settings of the one that is read."""
        self.remove(server)
        was = self.current().folder
        for name in ("password", "conf/own.conf"):
            if (was / name).is_file():
                (server.folder / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(was / name, server.folder / name)

    def _name(self) -> str:
        try:
            name = (self.folder / "current").read_text(encoding="utf-8").strip()
        except FileNotFoundError:
            return _NAMES[0]
        return name if name in _NAMES else _NAMES[0]


# --- how far a load of a home has come -----------------------------------------------------------------------


def note(server: Server, **facts: object) -> None:
    """Keeps what is known of the load of a home; it outlives the process."""
    server.folder.mkdir(parents=True, exist_ok=True)
    write_whole(server.folder / "load.json", orjson.dumps({**noted(server), **facts}))


def noted(server: Server) -> dict[str, object]:
    """What is known of the load of a home; {} where none has begun, or the last one has ended well."""
    try:
        facts: dict[str, object] = orjson.loads((server.folder / "load.json").read_bytes())
    except (FileNotFoundError, orjson.JSONDecodeError):
        return {}
    return facts


def settled(server: Server) -> None:
    """The load of a home has ended well."""
    (server.folder / "load.json").unlink(missing_ok=True)


def end_import(server: Server) -> None:
    """Ends an import tool that a killed run left at work on a home."""
    pid = noted(server).get("pid")
    if isinstance(pid, int) and is_process_of(pid, f"--report-file={server.folder}"):
        os.kill(pid, signal.SIGKILL)
