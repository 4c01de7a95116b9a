"""A server is looked after: its password changes so that a crash leaves one that is known, its store is dumped and loaded."""

from __future__ import annotations

import stat
from pathlib import Path

import neo4j
import pytest
from click.testing import CliRunner
from neo4j.exceptions import AuthError

from kg.cli import cli
from kg.cli.serve import free_port
from kg.errors import FixSetup
from kg.neo4j import Access, Server
from kg.neo4j.password import change_password
from tests.neo4j.conftest import skip_without_server


def takes(server: Server, password: str) -> bool:
    access = server.access()
    try:
        with neo4j.GraphDatabase.driver(access.address, auth=(access.user, password)) as driver:
            driver.verify_connectivity()
    except AuthError:
        return False
    return True


def test_a_new_password_replaces_the_old(server: Server) -> None:
    old = server.access().password
    change_password(server.access(), server.folder)
    new = server.access().password
    assert new != old
    assert len(new) >= 20
    assert takes(server, new)
    assert not takes(server, old)
    assert stat.S_IMODE((server.folder / "password").stat().st_mode) == 0o600
    assert not (server.folder / "password.next").exists()


def test_a_crash_between_server_and_file_is_taken_up(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """The server has the new one, the file still the old: the next change finds out."""
    kept = server.access().password
    with monkeypatch.context() as m:

        def crash(self: Path, to: Path) -> None:
            raise KeyboardInterrupt

        m.setattr(Path, "replace", crash)
        with pytest.raises(KeyboardInterrupt):
            change_password(server.access(), server.folder)
    assert server.access().password == kept
    assert not takes(server, kept)
    change_password(server.access(), server.folder)
    assert takes(server, server.access().password)


def test_a_password_that_is_not_the_server_s_is_told(server: Server, tmp_path: Path) -> None:
    (tmp_path / "password").write_text("wrong\n", encoding="utf-8")
    access = server.access()
    with pytest.raises(FixSetup, match="does not take the password"):
        change_password(Access(access.address, access.user, "wrong"), tmp_path)


@pytest.mark.heavy
def test_a_store_is_dumped_and_loaded_elsewhere(tmp_path: Path) -> None:
    """The commands of docs/operations.md: what users added comes back in another folder."""
    skip_without_server()
    one, two = (Server(tmp_path / name / "neo4j" / "a", heap_mb=256, pagecache_mb=64) for name in ("one", "two"))
    backup = tmp_path / "backup"
    backup.mkdir()
    try:
        with session(one) as driver:
            driver.execute_query("CREATE (:OurNote {text: 'ここだけの覚え書き'})")
        one.stop()
        dump = ["database", "dump", "neo4j", f"--to-path={backup}"]
        load = ["database", "load", "neo4j", f"--from-path={backup}", "--overwrite-destination=true"]
        for server, words in ((one, dump), (two, load)):
            done = CliRunner().invoke(cli, ["neo4j", "admin", *words, "--home", str(server.folder.parent.parent)])
            assert done.exit_code == 0, done.output + str(done.exception)
        assert [p.name for p in backup.iterdir()] == ["neo4j.dump"]
        with session(two) as driver:
            assert driver.execute_query("MATCH (n:OurNote) RETURN n.text AS t").records[0]["t"] == "ここだけの覚え書き"
    finally:
        one.stop()
        two.stop()


def session(server: Server) -> neo4j.Driver:
    access = server.start(free_port("127.0.0.1", 21687))
    return neo4j.GraphDatabase.driver(access.address, auth=(access.user, access.password))
