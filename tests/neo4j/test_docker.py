"""`kg neo4j start` by docker: what the engine is asked for, and what is said when it behaves badly.

No engine is needed: `docker` on PATH is the stand-in of `engine.py`, which speaks Bolt's handshake for the container.
"""

from __future__ import annotations

import json
import os
import shutil
import stat
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest
from click.testing import CliRunner, Result

from kg.cli import cli
from kg.cli.serve import free_port
from kg.errors import FixSetup, TryAgain
from kg.neo4j import DockerServer, Server, docker
from kg.neo4j.docker import IMAGE, engine, variable

Engine = Callable[..., Path]


@pytest.fixture
def bin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder on PATH, alone, with the stand-in; its containers are ended with the test."""
    folder = tmp_path / "bin"
    folder.mkdir()
    program = folder / "docker"
    program.write_text(f"#!{sys.executable}\n" + (Path(__file__).parent / "engine.py").read_text(encoding="utf-8"))
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(folder))
    yield folder
    for pid in (
        json.loads((folder / "containers.json").read_text() or "{}").values()
        if (folder / "containers.json").exists()
        else ()
    ):
        if pid and Path(f"/proc/{pid}").exists():
            os.kill(pid, 9)


def behave(bin: Path, **how: Any) -> None:
    (bin / "behaviour.json").write_text(json.dumps(how))


def calls(bin: Path) -> list[list[str]]:
    return [json.loads(x) for x in (bin / "calls.jsonl").read_text().splitlines()]


def asked(bin: Path, command: str) -> list[str]:
    return next(words for words in calls(bin) if words[0] == command)


def after(words: list[str], option: str) -> list[str]:
    return [words[i + 1] for i, w in enumerate(words) if w == option]


@pytest.fixture
def server(bin: Path, tmp_path: Path) -> DockerServer:
    return DockerServer(tmp_path / "研究 home" / "neo4j", heap_mb=2048, pagecache_mb=1024)


def test_it_starts_answers_and_ends(bin: Path, server: DockerServer) -> None:
    port = free_port("127.0.0.1", 27687)
    said: list[str] = []
    access = server.start(port, said.append)
    assert access.address == f"bolt://127.0.0.1:{port}"
    state = server.state()
    assert (state.running, state.container, state.pid) == (True, server.name, None)
    assert said == [f"Starting on bolt://127.0.0.1:{port} (container {server.name}) …"]
    assert server.start(1) == access, "a second start finds the first"
    assert [w[0] for w in calls(bin)].count("run") == 1
    assert server.stop()
    assert not server.state().running
    assert not server.stop()
    assert [w for w in calls(bin) if w[0] == "stop"] == [["stop", "--time", "60", server.name]]


def test_the_container_is_closed_in(bin: Path, server: DockerServer) -> None:
    """Not root, no capability, memory bounded, loopback only, LOAD CSV and network closed, nothing of the host but its folder."""
    port = free_port("127.0.0.1", 27687)
    server.start(port)
    words = asked(bin, "run")
    user, group = after(words, "--user")[0].split(":")
    assert int(user) > 0
    assert int(group) > 0 or os.getgid() == 0
    assert after(words, "--cap-drop") == ["ALL"]
    assert after(words, "--security-opt") == ["no-new-privileges"]
    assert after(words, "--memory") == ["4096m"]
    assert after(words, "--publish") == [f"127.0.0.1:{port}:7687"]
    assert [v.split(":")[0] for v in after(words, "--volume")] == [
        str(server.folder / n) for n in ("data", "logs", "auth")
    ]
    assert words[-1] == IMAGE
    assert not {"--privileged", "--network", "--pid"} & set(words)
    settings = dict(v.split("=", 1) for v in after(words, "--env"))
    assert settings["NEO4J_server_memory_heap_max__size"] == "2048m"
    assert settings["NEO4J_server_memory_pagecache_size"] == "1024m"
    assert settings["NEO4J_dbms_security_allow__csv__import__from__file__urls"] == "false"
    assert settings["NEO4J_internal_dbms_cypher__ip__blocklist"] == "0.0.0.0/0,::/0"
    assert settings["NEO4J_server_http_enabled"] == "false"


def test_settings_of_both_ways_agree() -> None:
    """What `Server` writes into neo4j.conf holds in a container too, but for address and memory."""
    from kg.neo4j.server import _CONF

    written = dict(x.split("=", 1) for x in _CONF.splitlines() if x and not x.startswith("#"))
    other = {k for k, v in written.items() if docker._SETTINGS.get(k) != v}
    assert other == {
        "server.default_listen_address", "server.bolt.enabled", "server.bolt.listen_address", "server.memory.pagecache.size",
    }  # fmt: skip


def test_the_password_goes_by_file_and_is_private(bin: Path, server: DockerServer) -> None:
    access = server.start(free_port("127.0.0.1", 27687))
    assert len(access.password) >= 20
    assert access.password not in json.dumps(calls(bin))
    assert (bin / "secret").read_text() == f"neo4j/{access.password}\n"
    assert (bin / "secret.mode").read_text() == "0o600"
    assert stat.S_IMODE((server.folder / "password").stat().st_mode) == 0o600
    assert not (server.folder / "auth").exists(), "the server keeps it now"
    server.stop()
    assert server.start(free_port("127.0.0.1", 27687)) == access or server.access().password == access.password
    assert not any(":/run/secrets/" in v for v in after([w for w in calls(bin) if w[0] == "run"][-1], "--volume"))


def test_own_settings_are_read(bin: Path, server: DockerServer) -> None:
    (server.folder / "conf").mkdir(parents=True)
    (server.folder / "conf" / "own.conf").write_text(
        "# mine\ndb.transaction.timeout = 30s\nserver.memory.pagecache.size=64m\n"
    )
    server.start(free_port("127.0.0.1", 27687))
    words = after(asked(bin, "run"), "--env")
    assert "NEO4J_db_transaction_timeout=30s" in words
    assert [w for w in words if "pagecache" in w] == ["NEO4J_server_memory_pagecache_size=64m"]


def test_variables_are_named_as_the_image_wants() -> None:
    assert variable("db.tx_log.rotation.retention_policy") == "NEO4J_db_tx__log_rotation_retention__policy"


# --- an engine that behaves badly ----------------------------------------------------------------------------


def test_why_there_is_no_engine(bin: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert engine() is None
    behave(
        bin, info="Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?"
    )
    assert "Is the docker daemon running?" in str(engine())
    monkeypatch.setattr(docker, "ENGINE_SECONDS", 0.3)
    behave(bin, hangs=True)
    assert "said nothing for 0.3 s" in str(engine())
    (bin / "docker").unlink()
    assert engine() == "docker is not installed"


@pytest.mark.parametrize(
    ("how", "told"),
    [
        ({"info": "Cannot connect to the Docker daemon"}, "Cannot connect"),
        ({"absent": True, "pull": "Error response from daemon: manifest unknown"}, "manifest unknown"),
        ({"run": "Error response from daemon: Bind for 127.0.0.1:7687 failed: port is already allocated"}, "port is already"),
        ({"ends": "Neo4j Server shutdown initiated.\nCaused by: java.lang.OutOfMemoryError"}, "OutOfMemoryError"),
    ],
)  # fmt: skip
def test_what_went_wrong_is_said_with_the_next_step(
    bin: Path, server: DockerServer, how: dict[str, Any], told: str
) -> None:
    behave(bin, **how)
    with pytest.raises(FixSetup, match=told) as error:
        server.start(free_port("127.0.0.1", 27687))
    assert error.value.next_step
    assert not server.state().running
    assert not (server.folder / "server.json").exists()


def test_an_image_that_is_not_there_is_fetched_once(bin: Path, server: DockerServer) -> None:
    behave(bin, absent=True)
    said: list[str] = []
    server.start(free_port("127.0.0.1", 27687), said.append)
    assert asked(bin, "pull") == ["pull", "--quiet", IMAGE]
    assert said[0] == f"Fetching {IMAGE} …"


def test_a_container_that_does_not_end_is_told(bin: Path, server: DockerServer) -> None:
    server.start(free_port("127.0.0.1", 27687))
    behave(bin, stop="Error response from daemon: cannot stop container")
    with pytest.raises(TryAgain, match="cannot stop container"):
        server.stop()
    assert server.state().running
    behave(bin)
    assert server.stop()


def test_a_container_that_was_killed_is_seen_as_ended(bin: Path, server: DockerServer) -> None:
    access = server.start(free_port("127.0.0.1", 27687))
    os.kill(json.loads((bin / "containers.json").read_text())[server.name], 9)
    while Path(f"/proc/{json.loads((bin / 'containers.json').read_text())[server.name]}").exists():
        pass
    assert not server.state().running
    assert server.start(int(access.address.rsplit(":", 1)[1])).password == access.password


# --- which way the command takes -----------------------------------------------------------------------------


def kg(home: Path, *words: str) -> Result:
    return CliRunner().invoke(cli, ["neo4j", *words, "--home", str(home)])


def test_the_command_takes_docker_where_its_engine_runs(bin: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    started = kg(home, "start", "--json", "--port", str(free_port("127.0.0.1", 27687)))
    assert started.exit_code == 0, started.output
    container = orjson.loads(started.stdout)["container"]
    assert container.startswith("kg-neo4j-")
    assert container in kg(home, "status").output
    java = kg(home, "start", "--java")
    assert "in another way" in str(java.exception)
    assert "has ended" in kg(home, "stop").output
    assert kg(home, "status").return_value == 5 or "does not run" in kg(home, "status").output


def test_the_command_takes_java_where_no_engine_runs(
    bin: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    behave(bin, info="Cannot connect to the Docker daemon")
    started: list[Path] = []
    monkeypatch.setattr(Server, "start", lambda self, *_, **__: started.append(self.folder) or _access())
    done = kg(tmp_path / "home", "start")
    assert started == [tmp_path / "home" / "neo4j" / "a"]
    assert "Java is used: the engine of docker does not answer" in done.output
    kg(tmp_path / "home", "start", "--java")
    assert len(started) == 2
    refused = kg(tmp_path / "home", "start", "--docker")
    assert "Cannot connect" in str(refused.exception)
    assert len(started) == 2


def test_java_is_taken_when_asked_for_also_where_an_engine_runs(
    bin: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[Path] = []
    monkeypatch.setattr(Server, "start", lambda self, *_, **__: started.append(self.folder) or _access())
    assert kg(tmp_path / "home", "start", "--java").exit_code == 0
    assert started
    assert not (bin / "calls.jsonl").exists() or "run" not in [w[0] for w in calls(bin)]


def _access() -> Any:
    from kg.neo4j import Access

    return Access("bolt://127.0.0.1:1", "neo4j", "x")


@pytest.mark.skipif(shutil.which("docker") is None, reason="no docker on this machine")
def test_a_real_engine_runs_it(tmp_path: Path) -> None:
    """Where there is an engine: the official image starts with these arguments and takes the password."""
    if (reason := engine()) is not None:
        pytest.skip(reason)
    server = DockerServer(tmp_path / "neo4j", heap_mb=512, pagecache_mb=128)
    try:
        assert server.start(free_port("127.0.0.1", 27687)).password
    finally:
        server.stop()


def test_a_release_is_loaded_into_a_container_over_its_port(
    bin: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Never by the import tool, which would write into the folder that the container reads."""
    from kg.neo4j import remote
    from kg.neo4j.load import Loaded
    from kg.release import layout

    home = tmp_path / "home"
    started = kg(home, "start", "--json", "--port", str(free_port("127.0.0.1", 27687)))
    assert started.exit_code == 0, started.output
    asked_for: list[str] = []

    def load_remote(settings: Any, release: Any, access: Any, *_: Any, **__: Any) -> Loaded:
        asked_for.append(access.address)
        return Loaded(release="r-1", address=access.address, way="unchanged")

    monkeypatch.setattr(remote, "load_remote", load_remote)
    monkeypatch.setattr(layout, "open_release", lambda *_: None)
    assert "is loaded already" in kg(home, "load").output
    assert asked_for == [orjson.loads(started.stdout)["address"]]
    assert "--anew is for a server by Java" in str(kg(home, "load", "--anew").exception)
    assert kg(home, "stop").exit_code == 0
