"""A real server starts from its jars, answers on the loopback only, keeps its password, and ends in order."""

from __future__ import annotations

import os
import socket
import stat
from pathlib import Path

import orjson
import pytest

from kg.errors import FixSetup
from kg.neo4j import Server
from kg.neo4j.server import Access, speaks_bolt


def port_of(server: Server) -> int:
    return int(server.access().address.rsplit(":", 1)[1])


def test_it_answers_and_says_where(server: Server) -> None:
    state = server.state()
    assert state.running
    assert state.pid is not None
    assert state.megabytes is not None
    assert state.megabytes > 50
    assert speaks_bolt(port_of(server))


def test_it_listens_on_the_loopback_only(server: Server) -> None:
    listening = set()
    for name in ("tcp", "tcp6"):
        for line in Path(f"/proc/net/{name}").read_text().splitlines()[1:]:
            local, status = line.split()[1], line.split()[3]
            if status == "0A" and int(local.rsplit(":", 1)[1], 16) == port_of(server):
                listening.add(local.rsplit(":", 1)[0])
    assert listening
    assert listening <= {"0100007F", "0000000000000000FFFF00000100007F"}


def test_a_second_start_finds_the_first(server: Server) -> None:
    said: list[str] = []
    assert server.start(1, report=said.append) == server.access()
    assert said == []


def test_the_password_is_its_own_and_private(server: Server) -> None:
    path = server.folder / "password"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert len(server.access().password) >= 20
    assert server.access().password not in repr(server.access())
    words = Path(f"/proc/{server.state().pid}/cmdline").read_bytes()
    assert server.access().password.encode() not in words


def test_a_port_that_is_no_bolt_is_told_apart() -> None:
    with socket.create_server(("127.0.0.1", 0)) as dumb:
        port = dumb.getsockname()[1]
        assert not speaks_bolt(port)
    assert not speaks_bolt(port)


def test_a_number_that_another_process_has_now_is_not_the_server(tmp_path: Path) -> None:
    (tmp_path / "server.json").write_bytes(orjson.dumps({"pid": os.getpid(), "port": 7687}))
    server = Server(tmp_path)
    assert not server.state().running
    assert not server.stop()
    with pytest.raises(FixSetup, match="does not run"):
        server.access()


def test_a_server_that_ends_at_once_is_told_with_its_reason(server: Server, tmp_path: Path) -> None:
    second = Server(tmp_path / "second", heap_mb=256)
    (tmp_path / "second" / "conf").mkdir(parents=True)
    (tmp_path / "second" / "conf" / "own.conf").write_text("server.memory.pagecache.size=not a size\n")
    with pytest.raises(FixSetup) as error:
        second.start(1)
    assert "pagecache" in str(error.value)
    assert not second.state().running


def test_access_does_not_show_the_password() -> None:
    assert "secret" not in repr(Access("bolt://127.0.0.1:7687", "neo4j", "secret"))
