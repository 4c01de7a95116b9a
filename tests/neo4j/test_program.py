"""Java and jars are found where they are, and what is missing is said with the next step."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from kg.errors import FixSetup
from kg.neo4j import program
from kg.neo4j.program import VERSION, find_java, jars, java_version


def script(path: Path, text: str) -> Path:
    """An executable file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("#!/bin/sh\n" + text, encoding="utf-8")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


def java(folder: Path, version: str) -> Path:
    return script(folder / "bin" / "java", f"echo 'openjdk version \"{version}\" 2025-04-15' >&2\n")


@pytest.fixture(autouse=True)
def no_package(monkeypatch: pytest.MonkeyPatch) -> None:
    """The extra `java` is not looked at."""
    monkeypatch.setattr(program, "find_spec", lambda name: None)


def test_java_home_comes_before_the_path(tmp_path: Path) -> None:
    one, other = java(tmp_path / "one", "21.0.8"), java(tmp_path / "other", "17.0.15")
    assert find_java({"JAVA_HOME": str(tmp_path / "one"), "PATH": str(other.parent)}) == one
    assert find_java({"PATH": str(other.parent)}) == other


def test_a_java_that_does_not_fit_is_passed_over_and_named(tmp_path: Path) -> None:
    old, fit = java(tmp_path / "old", "11.0.2"), java(tmp_path / "fit", "17.0.1")
    assert find_java({"JAVA_HOME": str(tmp_path / "old"), "PATH": str(fit.parent)}) == fit
    with pytest.raises(FixSetup, match=r"is 11") as error:
        find_java({"JAVA_HOME": str(tmp_path / "old"), "PATH": ""})
    assert str(old) in error.value.message
    assert "17 or 21" in error.value.next_step


def test_old_version_numbers_and_broken_programs(tmp_path: Path) -> None:
    assert java_version(java(tmp_path / "eight", "1.8.0_402")) == 1  # as Java 8 and older say it: no match for 17 or 21
    assert java_version(script(tmp_path / "odd", "echo nothing\n")) is None
    assert java_version(tmp_path / "absent") is None


def test_without_maven_the_next_step_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(FixSetup, match="Maven") as error:
        jars(tmp_path / "cache")
    assert "Install Maven" in error.value.next_step


def test_a_failed_fetch_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script(tmp_path / "bin" / "mvn", 'echo "[ERROR] Could not transfer artifact" ; exit 1\n')
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:/bin:/usr/bin")
    with pytest.raises(FixSetup, match="Could not transfer artifact"):
        jars(tmp_path / "cache")
    assert list((tmp_path / "cache" / f"neo4j-{VERSION}").iterdir()) == []


def test_jars_are_fetched_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script(
        tmp_path / "bin" / "mvn",
        'for w in "$@"; do case "$w" in -DoutputDirectory=*) d="${w#*=}"; mkdir -p "$d"; '
        f'touch "$d/neo4j-{VERSION}.jar"; echo x >> "{tmp_path}/calls";; esac; done\n',
    )
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:/bin:/usr/bin")
    lib = jars(tmp_path / "cache")
    assert jars(tmp_path / "cache") == lib
    assert [p.name for p in lib.iterdir()] == [f"neo4j-{VERSION}.jar"]
    assert (tmp_path / "calls").read_text().count("x") == 1
