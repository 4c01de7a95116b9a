"""`kg import`, `kg quarantine` and `kg config` as a person or a script meets them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from kg.cli import common
from tests.raw.cinii import item, lines

ROOT = Path(__file__).parent.parent


def kg(*arguments: str, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    code = "from kg.cli import main; main()"
    return subprocess.run(
        [sys.executable, "-c", code, *arguments], input=stdin, capture_output=True, cwd=ROOT, timeout=60
    )


def test_json_is_all_there_is_on_stdout(tmp_path: Path):
    """One object; messages go to stderr; the exit code says that something was quarantined."""
    home, path = str(tmp_path / "ホーム 1"), tmp_path / "x.jsonl"
    path.write_bytes(lines([item(1), item(2), b'{"cut": ']))
    done = kg("import", "cinii", str(path), "--home", home, "--json")
    shown = json.loads(done.stdout)
    assert (done.returncode, shown["exit_code"], shown["new"], shown["quarantined"]) == (3, 3, 2, 1)
    assert f"{path} line 3: " in done.stderr.decode()
    listed = json.loads(kg("quarantine", "--home", home, "--json").stdout)
    assert (listed["total"], listed["by_source"]) == (1, {"cinii": 1})
    assert kg("quarantine", "show", listed["entries"][0]["id"], "--home", home).stdout == b'{"cut": '
    retried = kg("quarantine", "retry", "--home", home, "--json")
    assert (retried.returncode, json.loads(retried.stdout)["remaining"]) == (3, 1)


@pytest.mark.parametrize(
    ("arguments", "stdin", "code", "message"),
    [
        (["cinii", "-"], lines([item(1)]), 0, "1 records"),
        (["cinii", "-"], b"no record", 4, "nothing usable"),
        (["cinii", "/no such file"], b"", 2, "There is no file /no such file."),
        (["elsevier", "-"], b"", 2, "Known sources: cinii, researchmap, orcid, kaken."),
        (["cinii"], b"", 2, "Missing argument"),
    ],
)
def test_exit_codes_say_what_happened(arguments: list[str], stdin: bytes, code: int, message: str, tmp_path: Path):
    done = kg("import", *arguments, "--home", str(tmp_path / "h"), stdin=stdin)
    assert done.returncode == code
    assert message in (done.stdout + done.stderr).decode()


def test_a_home_that_cannot_be_written_is_a_matter_of_set_up(tmp_path: Path):
    """A file stands where the folder should be: exit code 5 or a usage error, never a trace."""
    (tmp_path / "h").write_text("a file", encoding="utf-8")
    done = kg("import", "cinii", "-", "--home", str(tmp_path / "h"), stdin=lines([item(1)]))
    assert done.returncode == 5
    assert b"Traceback" not in done.stderr


def test_config_says_where_each_value_came_from(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Option over environment over file over default."""
    (tmp_path / "kg.toml").write_text('port = 9000\nactor = "図書館"\nworkers = 5\n', encoding="utf-8")
    monkeypatch.setenv("KG_WORKERS", "3")
    monkeypatch.delenv("KG_HOME", raising=False)
    shown = json.loads(kg("config", "--home", str(tmp_path), "--json").stdout)
    assert shown["home"] == {"value": str(tmp_path), "origin": "option --home"}
    assert shown["workers"] == {"value": 3, "origin": "environment KG_WORKERS"}
    assert shown["port"] == {"value": 9000, "origin": str(tmp_path / "kg.toml")}
    assert shown["actor"]["value"] == "図書館"
    assert shown["host"] == {"value": "127.0.0.1", "origin": "default"}
    assert "workers" in kg("config", "--home", str(tmp_path)).stdout.decode()


def test_progress_is_told_in_lines_with_rate_and_remaining_time(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    """Off a terminal: a line every few seconds; a flood of messages is counted, not printed."""
    now = iter([0.0, 0.0, 10.0, 10.0, 10.0, 11.0])
    monkeypatch.setattr(common.time, "monotonic", lambda: next(now))
    with common.progress("import cinii", 1000) as meter:
        meter.update(100, 20)
        meter.update(250, 5000)
        for n in range(common.SHOWN + 3):
            meter.say(f"message {n}")
    shown = capsys.readouterr().err.splitlines()
    assert shown[0] == "import cinii: 5,000 records · 500/s · 25 % · 0:30 left"
    assert len(shown) == common.SHOWN + 2
    assert shown[-1] == "… and 3 more such lines."


def test_a_terminal_gets_a_bar(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    monkeypatch.setattr(common.sys.stderr, "isatty", lambda: True, raising=False)
    with common.progress("import cinii", 100) as meter:
        meter.update(50, 10)
        meter.say("a [message] with brackets")
    shown = capsys.readouterr().err
    assert "import cinii" in shown
    assert "a [message] with brackets" in shown


@pytest.mark.parametrize(("code", "goes_on"), [(0, True), (3, True), (4, False), (5, False), (130, False)])
def test_the_script_of_the_docs_lets_three_pass_and_nothing_else(code: int, goes_on: bool):
    """One broken record among many must not stop what comes behind it."""
    page = (ROOT / "docs" / "import.md").read_text(encoding="utf-8")
    (line,) = [x for x in page.splitlines() if x.startswith("partly()")]
    done = subprocess.run(["sh", "-c", f"set -e\n{line}\npartly sh -c 'exit {code}'\necho on"], capture_output=True)
    assert (done.stdout == b"on\n", done.returncode == 0) == (goes_on, goes_on)
