"""How does a laptop with a container engine run the server? The official image, with the same folder, port and password.

    >>> if engine() is None:                                          # doctest: +SKIP
    ...     DockerServer(Slots(settings.home / "neo4j").current().folder).start()

Data and log lie in the same folder as with Java, in the same format: either way takes up what the other left. The
container runs as whoever started it, never as root, keeps no capability, and its port is published on the loopback only.
The password reaches it as a file, not as an argument or a variable.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import shutil
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import orjson

from kg.errors import FixSetup, TryAgain
from kg.neo4j.program import VERSION
from kg.neo4j.server import BOLT_PORT, START_SECONDS, STOP_SECONDS, USER, Access, Server, State, address_of, speaks_bolt
from kg.neo4j.slots import Slots
from kg.raw.disk import only_one, write_whole

IMAGE = f"neo4j:{VERSION}-community"
ENGINE_SECONDS = 10
"""How long the engine may take to say that it is there."""
BESIDE_MB = 1024
"""What the process needs beside heap and page cache: code, threads, buffers, full-text indexes."""
_NOBODY = 7474
"""Whom the image itself would run as; stands in where root starts it."""

_SETTINGS = {
    "server.default_listen_address": "0.0.0.0",  # within the container; it is published on the loopback only
    "server.http.enabled": "false",
    "server.https.enabled": "false",
    "dbms.usage_report.enabled": "false",
    "dbms.security.auth_enabled": "true",
    "dbms.security.allow_csv_import_from_file_urls": "false",
    "internal.dbms.cypher_ip_blocklist": "0.0.0.0/0,::/0",
    "db.tx_log.rotation.retention_policy": "2 files",
    "db.tx_log.preallocate": "false",
}


def engine() -> str | None:
    """Why containers cannot be run here; None where they can."""
    if shutil.which("docker") is None:
        return "docker is not installed"
    done = _docker("info", "--format", "{{.ServerVersion}}", seconds=ENGINE_SECONDS)
    return None if done.returncode == 0 else f"the engine of docker does not answer: {_last(done)}"


def in_use(slots: Slots) -> Server | DockerServer:
    """The home that is read, as it was last started: by Java or in a container."""
    server = slots.current()
    return DockerServer(server.folder) if is_container(server.folder) else server


class DockerServer:
    """A server in a container of its own, under one folder, which need not exist yet. The same acts as `Server`."""

    def __init__(self, folder: Path, *, heap_mb: int = 1024, pagecache_mb: int = 512, image: str = IMAGE) -> None:
        self.folder = folder.resolve()
        self.heap_mb, self.pagecache_mb, self.image = heap_mb, pagecache_mb, image
        self.name = f"kg-neo4j-{hashlib.sha256(str(self.folder).encode()).hexdigest()[:12]}"

    @property
    def log(self) -> Path:
        return self.folder / "logs" / "neo4j.log"

    def state(self) -> State:
        """Whether it runs, and where."""
        port = self._port()
        if port is None or not self._runs():
            return State(running=False, folder=str(self.folder))
        return State(running=True, address=address_of(port), folder=str(self.folder), container=self.name)

    def access(self) -> Access:
        """Address, user and password of the running server. Raises `FixSetup` where it does not run."""
        state = self.state()
        if state.address is None:
            raise FixSetup("Neo4j does not run.", next_step="kg neo4j start")
        return Access(state.address, USER, (self.folder / "password").read_text(encoding="utf-8").strip())

    def start(self, port: int = BOLT_PORT, report: Callable[[str], None] = lambda line: None) -> Access:
        """Starts the container where it does not run, waits until it answers, and says how to reach it.

        Raises `FixSetup` where the engine refuses, the image cannot be had, or the server ends before it answers;
        `TryAgain` where it takes too long.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        with only_one(self.folder, "start of Neo4j"):
            if self.state().running:
                return self.access()
            if reason := engine():
                raise FixSetup(
                    f"No container can be run: {reason}.", next_step="Start docker, or: kg neo4j start --java"
                )
            self._fetch(report)
            _docker("rm", "--force", self.name)  # what an earlier run left
            done = _docker(*self._run(port))
            if done.returncode:
                _docker("rm", "--force", self.name)
                raise FixSetup(
                    f"docker could not start {self.image}: {_last(done)}",
                    next_step="Another --port, or: kg neo4j start --java",
                )
            write_whole(self.folder / "server.json", orjson.dumps({"container": self.name, "port": port}))
            report(f"Starting on {address_of(port)} (container {self.name}) …")
            self._wait(port)
            return self.access()

    def stop(self) -> bool:
        """Ends the server in order and removes the container; its data stays. False where it did not run."""
        if not self.state().running:
            return False
        done = _docker("stop", "--time", str(STOP_SECONDS), self.name, seconds=STOP_SECONDS + 30)
        if done.returncode:
            raise TryAgain(f"docker could not stop {self.name}: {_last(done)}", next_step="Repeat kg neo4j stop.")
        _docker("rm", "--force", self.name)
        (self.folder / "server.json").unlink(missing_ok=True)
        return True

    # --- what is asked of docker -----------------------------------------------------------------------------

    def _port(self) -> int | None:
        try:
            note = orjson.loads((self.folder / "server.json").read_bytes())
        except (FileNotFoundError, orjson.JSONDecodeError):
            return None
        return int(note["port"]) if note.get("container") == self.name else None

    def _runs(self) -> bool:
        done = _docker("container", "inspect", "--format", "{{.State.Running}}", self.name, seconds=ENGINE_SECONDS)
        return done.returncode == 0 and done.stdout.strip() == "true"

    def _fetch(self, report: Callable[[str], None]) -> None:
        if _docker("image", "inspect", self.image).returncode == 0:
            return
        report(f"Fetching {self.image} …")
        done = _docker("pull", "--quiet", self.image, seconds=3600)
        if done.returncode:
            raise FixSetup(
                f"The image {self.image} cannot be fetched: {_last(done)}",
                next_step="Check the network or name another with --image, or: kg neo4j start --java",
            )

    def _run(self, port: int) -> list[str]:
        user = self._prepare()
        words = [
            "run", "--detach", "--name", self.name, "--label", f"kg.folder={self.folder}",
            "--user", f"{user}:{user if user == _NOBODY else os.getgid()}",
            "--cap-drop", "ALL", "--security-opt", "no-new-privileges",
            "--memory", f"{self.heap_mb + self.pagecache_mb + BESIDE_MB}m", "--stop-timeout", str(STOP_SECONDS),
            "--publish", f"127.0.0.1:{port}:7687",
            "--volume", f"{self.folder / 'data'}:/data", "--volume", f"{self.folder / 'logs'}:/logs",
        ]  # fmt: skip
        if (auth := self.folder / "auth").exists():
            words += [
                "--volume",
                f"{auth}:/run/secrets/neo4j_auth:ro",
                "--env",
                "NEO4J_AUTH_FILE=/run/secrets/neo4j_auth",
            ]
        for name, value in self._settings(port).items():
            words += ["--env", f"{variable(name)}={value}"]
        return [*words, self.image]

    def _settings(self, port: int) -> dict[str, str]:
        own = self.folder / "conf" / "own.conf"
        more = own.read_text(encoding="utf-8") if own.is_file() else ""
        lines = [x.strip() for x in more.splitlines() if x.strip() and not x.lstrip().startswith("#")]
        return {
            **_SETTINGS,
            "server.bolt.advertised_address": f"127.0.0.1:{port}",
            "server.memory.heap.initial_size": f"{min(self.heap_mb, 256)}m",
            "server.memory.heap.max_size": f"{self.heap_mb}m",
            "server.memory.pagecache.size": f"{self.pagecache_mb}m",
            **{name.strip(): value.strip() for name, _, value in (x.partition("=") for x in lines)},
        }

    def _prepare(self) -> int:
        """Folders and, before the first start, a password; returns whom the container runs as."""
        for name in ("conf", "data", "logs"):
            (self.folder / name).mkdir(exist_ok=True)
        password, auth, data = self.folder / "password", self.folder / "auth", self.folder / "data"
        if password.exists() and ((data / "dbms" / "auth.ini").exists() or (data / "databases" / "system").exists()):
            auth.unlink(missing_ok=True)  # the server keeps it now
        else:
            _write_private(
                password, secrets.token_hex(20) + "\n"
            )  # never begins with «-», which neo4j-admin takes for an option
            _write_private(auth, f"{USER}/{password.read_text(encoding='utf-8').strip()}\n")
        if os.getuid():
            return os.getuid()
        for path in (data, self.folder / "logs", auth):
            for found in (path, *path.rglob("*")) if path.exists() else ():
                os.chown(found, _NOBODY, _NOBODY)
        return _NOBODY

    def _wait(self, port: int) -> None:
        deadline = time.monotonic() + START_SECONDS
        asked = time.monotonic()
        while not speaks_bolt(port):
            now = time.monotonic()
            if now - asked > 1 and not self._runs():
                told = _docker("logs", "--tail", "50", self.name)
                _docker("rm", "--force", self.name)
                (self.folder / "server.json").unlink(missing_ok=True)
                raise FixSetup(f"Neo4j ended before it answered: {_last(told)}", next_step=f"Its log is {self.log}.")
            asked = now if now - asked > 1 else asked
            if now > deadline:
                raise TryAgain(
                    f"Neo4j has not answered within {START_SECONDS} s; it goes on starting.",
                    next_step=f"kg neo4j status; docker logs {self.name}",
                )
            time.sleep(0.2)
        (self.folder / "auth").unlink(missing_ok=True)


def variable(setting: str) -> str:
    """The variable by which the image takes a setting.

    >>> variable("server.memory.heap.max_size")
    'NEO4J_server_memory_heap_max__size'
    """
    return "NEO4J_" + setting.replace("_", "__").replace(".", "_")


def is_container(folder: Path) -> bool:
    """Whether the server of this folder was last started as a container."""
    try:
        return "container" in orjson.loads((folder / "server.json").read_bytes())
    except (FileNotFoundError, orjson.JSONDecodeError):
        return False


def _write_private(path: Path, text: str) -> None:
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)


def _docker(*words: str, seconds: float = 120) -> subprocess.CompletedProcess[str]:
    """What docker says; a silence longer than `seconds` reads as a failure."""
    try:
        return subprocess.run(
            ["docker", *words], capture_output=True, text=True, timeout=seconds, check=False, stdin=subprocess.DEVNULL
        )
    except subprocess.TimeoutExpired:
        return subprocess.CompletedProcess(words, 124, "", f"docker {words[0]} said nothing for {seconds:g} s")
    except OSError as e:
        return subprocess.CompletedProcess(words, 127, "", str(e))


def _last(done: subprocess.CompletedProcess[str]) -> str:
    """The line that says best what went wrong."""
    lines = [x.strip() for x in (done.stderr + "\n" + done.stdout).splitlines() if x.strip()]
    for mark in ("Caused by:", "Error", "ERROR", "error"):
        if found := [x for x in lines if mark in x]:
            return found[-1][:400]
    return lines[-1][:400] if lines else "it said nothing."
