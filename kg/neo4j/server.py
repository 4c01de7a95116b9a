"""How does a laptop run a Neo4j server? One process of its own, on loopback, with its own folder and password.

    >>> server = Server(settings.home / "neo4j")        # doctest: +SKIP
    >>> server.start().address                          # doctest: +SKIP
    'bolt://127.0.0.1:7687'
    >>> server.stop()                                   # doctest: +SKIP

The process outlives the command that started it; `server.json` says which it is. HTTP, files by LOAD CSV, the network
from inside a query, and usage reports are closed by settings.
"""

from __future__ import annotations

import os
import secrets
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import orjson

from kg.errors import FixSetup, TryAgain
from kg.neo4j.program import VERSION, find_java, jars
from kg.raw.disk import only_one, write_whole

USER = "neo4j"
BOLT_PORT = 7687
START_SECONDS = 180
"""First starts were measured at 18 s on a quiet machine and 81 s on one with a load of 10 on 2 cores."""
STOP_SECONDS = 60

_CONF = """\
# Written by `kg neo4j start`; changes are lost. Own settings go to own.conf beside it.
server.default_listen_address=127.0.0.1
server.bolt.enabled=true
server.bolt.listen_address=127.0.0.1:{port}
server.http.enabled=false
server.https.enabled=false
server.memory.pagecache.size={pagecache_mb}m
dbms.usage_report.enabled=false
dbms.security.auth_enabled=true
dbms.security.allow_csv_import_from_file_urls=false
internal.dbms.cypher_ip_blocklist=0.0.0.0/0,::/0
db.tx_log.rotation.retention_policy=2 files
db.tx_log.preallocate=false
"""


@dataclass(frozen=True, slots=True)
class Access:
    """How a client reaches the server."""

    address: str
    user: str
    password: str

    def __repr__(self) -> str:
        return f"Access(address={self.address!r}, user={self.user!r}, password=…)"


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """What is known of a server."""

    running: bool
    pid: int | None = None
    address: str | None = None
    version: str = VERSION
    folder: str = ""
    megabytes: int | None = None
    """Resident memory of the process, where the system tells it."""
    container: str | None = None
    """Name of the container, where it runs in one."""


class Server:
    """A server under one folder, which need not exist yet. One writer at a time; `state` is always readable."""

    def __init__(
        self, folder: Path, *, heap_mb: int = 1024, pagecache_mb: int = 512, cache: Path | None = None
    ) -> None:
        self.folder = folder
        self.heap_mb, self.pagecache_mb, self.cache = heap_mb, pagecache_mb, cache
        self._process: subprocess.Popen[bytes] | None = None
        """The server where this very object started it."""

    # --- what there is ---------------------------------------------------------------------------------------

    @property
    def log(self) -> Path:
        return self.folder / "logs" / "console.log"

    def state(self) -> State:
        """Whether it runs, where, and how big it is."""
        note = self._note()
        if note is None or "pid" not in note or not _is_ours(int(note["pid"]), self.folder):
            return State(running=False, folder=str(self.folder))
        pid = int(note["pid"])
        return State(
            running=True,
            pid=pid,
            address=address_of(int(note["port"])),
            folder=str(self.folder),
            megabytes=_resident(pid),
        )

    def access(self) -> Access:
        """Address, user and password of the running server. Raises `FixSetup` where it does not run."""
        state = self.state()
        if state.address is None:
            raise FixSetup("Neo4j does not run.", next_step="kg neo4j start")
        return Access(state.address, USER, self._password())

    def _note(self) -> dict[str, int] | None:
        try:
            note: dict[str, int] = orjson.loads((self.folder / "server.json").read_bytes())
        except (FileNotFoundError, orjson.JSONDecodeError):
            return None
        return note

    def _password(self) -> str:
        return (self.folder / "password").read_text(encoding="utf-8").strip()

    # --- start and stop --------------------------------------------------------------------------------------

    def start(self, port: int = BOLT_PORT, report: Callable[[str], None] = lambda line: None) -> Access:
        """Starts the server where it does not run, waits until it answers, and says how to reach it.

        `port`: of Bolt; a server that runs already keeps its own. Raises `FixSetup` where Java or the jars are
        missing or the server ends before it answers (with the end of its log), `TryAgain` where it takes too long.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        with only_one(self.folder, "start of Neo4j"):
            state = self.state()
            if state.pid is not None and state.address is not None:  # it may still be starting
                pid = state.pid
                self._wait(lambda: not _is_ours(pid, self.folder), int(state.address.rsplit(":", 1)[1]))
                return self.access()
            java = find_java()
            report(f"Java: {java}")
            lib = jars(self.cache)
            report(f"Neo4j {VERSION}: {lib}")
            self._configure(port)
            self._set_password(java, lib)
            process = self._process = self._launch(java, lib)
            write_whole(self.folder / "server.json", orjson.dumps({"pid": process.pid, "port": port}))
            report(f"Starting on {address_of(port)} (pid {process.pid}) …")
            self._wait(lambda: process.poll() is not None, port)
            return self.access()

    def stop(self) -> bool:
        """Ends the server in order; False where it did not run. Raises `TryAgain` where it does not end in time."""
        state = self.state()
        if state.pid is None:
            return False
        os.kill(state.pid, signal.SIGTERM)
        deadline = time.monotonic() + STOP_SECONDS
        while (self._process is None or self._process.poll() is None) and _is_ours(state.pid, self.folder):
            if time.monotonic() > deadline:
                raise TryAgain(
                    f"Neo4j (pid {state.pid}) has not ended within {STOP_SECONDS} s.",
                    next_step="Repeat kg neo4j stop; its log is " + str(self.log),
                )
            time.sleep(0.1)
        if self._process is not None:
            self._process.wait()
            self._process = None
        (self.folder / "server.json").unlink(missing_ok=True)
        return True

    def _configure(self, port: int) -> None:
        for name in ("conf", "data", "logs", "run"):
            (self.folder / name).mkdir(exist_ok=True)
        own = self.folder / "conf" / "own.conf"
        more = own.read_text(encoding="utf-8") if own.is_file() else ""
        text = _CONF.format(port=port, pagecache_mb=self.pagecache_mb) + more
        write_whole(self.folder / "conf" / "neo4j.conf", text.encode())

    def _set_password(self, java: Path, lib: Path) -> None:
        """Makes a password before the first start; later starts find it."""
        path, data = self.folder / "password", self.folder / "data"
        if path.exists() and ((data / "dbms" / "auth.ini").exists() or (data / "databases" / "system").exists()):
            return
        password = self._password() if path.exists() else ""
        if not password or password.startswith("-"):  # one in 64 did: neo4j-admin takes it for an option
            password = "k" + secrets.token_urlsafe(24)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(password + "\n")
        self.admin(java, lib, "dbms", "set-initial-password", password)

    def in_container(self) -> bool:
        """Whether something else than this class started what runs on the folder: a container engine."""
        return "container" in (self._note() or {})

    def has_database(self) -> bool:
        """Whether there is anything in the folder that a server could show."""
        return (self.folder / "data" / "databases" / "neo4j").is_dir()

    def prepare(self) -> None:
        """Folders and settings, so that neo4j-admin can work before the first start."""
        self.folder.mkdir(parents=True, exist_ok=True)
        if not (self.folder / "conf" / "neo4j.conf").is_file():
            self._configure(BOLT_PORT)

    def admin(self, java: Path, lib: Path, *words: str) -> str:
        """What neo4j-admin says to a command. Raises `FixSetup` where it fails."""
        command = self.admin_command(java, lib, *words)
        done = subprocess.run(command, capture_output=True, text=True, env=self.environment(), check=False)
        if done.returncode:
            raise FixSetup(
                f"neo4j-admin {' '.join(words[:2])} failed: {reason(done.stderr or done.stdout)}",
                next_step=f"Own settings are in {self.folder / 'conf' / 'own.conf'}.",
            )
        return done.stdout

    def admin_command(self, java: Path, lib: Path, *words: str, heap_mb: int | None = None) -> list[str]:
        """The words that run neo4j-admin."""
        heap = [f"-Xmx{heap_mb}m", "-XX:+UseG1GC", "-XX:+ExitOnOutOfMemoryError"] if heap_mb else []
        return [str(java), *heap, "-Dfile.encoding=UTF-8", "-cp", f"{lib}{os.sep}*", "org.neo4j.cli.AdminTool", *words]

    def environment(self) -> dict[str, str]:
        """Variables by which programs of the server find the folder."""
        return {**os.environ, "NEO4J_HOME": str(self.folder), "NEO4J_CONF": str(self.folder / "conf")}

    def _launch(self, java: Path, lib: Path) -> subprocess.Popen[bytes]:
        command = [
            str(java), f"-Xms{min(self.heap_mb, 256)}m", f"-Xmx{self.heap_mb}m", "-XX:+UseG1GC",
            "-XX:+ExitOnOutOfMemoryError", "-Dfile.encoding=UTF-8", "--add-opens=java.base/java.nio=ALL-UNNAMED",
            "--add-opens=java.base/java.io=ALL-UNNAMED", "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED",
            "-cp", f"{lib}{os.sep}*", "org.neo4j.server.CommunityEntryPoint",
            f"--home-dir={self.folder}", f"--config-dir={self.folder / 'conf'}",
        ]  # fmt: skip
        with self.log.open("wb") as log:
            return subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=self.environment(),
                cwd=self.folder, start_new_session=True,
            )  # fmt: skip

    def _wait(self, ended: Callable[[], bool], port: int) -> None:
        deadline = time.monotonic() + START_SECONDS
        while not speaks_bolt(port):
            if ended():
                (self.folder / "server.json").unlink(missing_ok=True)
                raise FixSetup(
                    f"Neo4j ended before it answered: {reason(self.log.read_text(encoding='utf-8', errors='replace'))}",
                    next_step=f"Its log is {self.log}.",
                )
            if time.monotonic() > deadline:
                raise TryAgain(
                    f"Neo4j has not answered within {START_SECONDS} s; it goes on starting.",
                    next_step=f"kg neo4j status; its log is {self.log}.",
                )
            time.sleep(0.2)


# --- the process and its port --------------------------------------------------------------------------------


def address_of(port: int) -> str:
    """Where a server on this port of the loopback is reached."""
    return f"bolt://127.0.0.1:{port}"


def speaks_bolt(port: int) -> bool:
    """Whether something on this port of the loopback agrees on a version of Bolt.

    Handshake: https://neo4j.com/docs/bolt/current/bolt/handshake/
    """
    offer = bytes.fromhex("6060b017") + bytes.fromhex("00000405000000050000040400000000")
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=2) as connection:
            connection.sendall(offer)
            answer = connection.recv(4)
    except OSError:
        return False
    return len(answer) == 4 and answer != bytes(4)


def _is_ours(pid: int, folder: Path) -> bool:
    """Whether the process is the server of this folder."""
    return is_process_of(pid, f"--home-dir={folder}")


def is_process_of(pid: int, word: str) -> bool:
    """Whether the process is there and has this among its words: numbers of ended processes are used again."""
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, PermissionError):
        return False
    if not Path("/proc/self").exists():
        return True  # the number is all that this system tells
    try:
        return word.encode() in Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False


def _resident(pid: int) -> int | None:
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    except (OSError, IndexError, ValueError):
        return None
    return pages * os.sysconf("SC_PAGE_SIZE") // 2**20


def reason(said: str) -> str:
    """The line of a Java program's output that says best why it ended: the deepest cause, else an error, else the last."""
    lines = [x.strip() for x in said.splitlines() if x.strip() and not x.lstrip().startswith(("at ", "..."))]
    for mark in ("Caused by:", "Exception", "ERROR"):
        if found := [x for x in lines if mark in x]:
            return found[-1][:400]
    return lines[-1][:400] if lines else "it said nothing."
