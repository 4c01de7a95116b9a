"""`kg serve` answers until it is told to end, and then ends cleanly."""

from __future__ import annotations

import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest

from kg.cli.serve import free_port, listen, serve
from kg.errors import FixInput, FixSetup


@contextmanager
def started(home: object) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A server, and the line in which it says where it is; ended in any case."""
    server = subprocess.Popen(
        [sys.executable, "-m", "kg", "serve", "--home", str(home), "--port", "0"], stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        assert server.stderr is not None
        yield server, next((x for x in server.stderr if "http://" in x), "")
    finally:
        if server.poll() is None:
            server.kill()
        server.communicate()


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 0), (signal.SIGINT, 130)])
def test_a_signal_ends_it_cleanly(home, number: int, code: int):
    """Without a traceback; the SQL process ends with it."""
    with started(home.home) as (server, line):
        url = re.search(r"http://\S+", line).group(0)
        with httpx.Client(base_url=url, trust_env=False, timeout=30) as client:
            assert client.post("v1/sql", json={"sql": "SELECT 1 AS n"}).status_code == 200
            child = _children(server.pid)
        server.send_signal(number)
        rest = server.communicate(timeout=20)[1]
        assert server.returncode == code
        assert rest.strip() == "Stopped."
    assert child
    assert all(not _alive(c) for c in child)


def test_without_a_release_it_starts_and_says_what_to_do(tmp_path):
    with started(tmp_path) as (server, line):
        assert line.startswith("Waiting for a release")
        server.send_signal(signal.SIGTERM)
        server.communicate(timeout=20)
        assert server.returncode == 0


def test_a_release_that_does_not_exist_is_a_mistake_of_the_caller(home):
    with pytest.raises(FixInput, match="r-nothing"):
        serve.main(["--home", str(home.home), "--release", "r-nothing"], standalone_mode=False)


def test_a_taken_port_is_passed_over_or_named():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert free_port("127.0.0.1", port) != port
        with pytest.raises(FixSetup, match=str(port)):
            listen("127.0.0.1", port, 0)


def _children(pid: int) -> list[int]:
    import psutil

    return [c.pid for c in psutil.Process(pid).children()]


def _alive(pid: int) -> bool:
    import psutil

    return psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
