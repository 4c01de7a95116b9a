"""The same arguments give the same bytes, in bounded memory, and no folder of somebody else's is touched."""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from kg.cli.synth import COMMANDS
from kg.errors import FixInput
from kg.synth import country as module
from kg.synth.country import generate
from kg.synth.draw_people import draw_people
from kg.synth.lexicon import lexicon
from kg.synth.mixes import MIXES, Mix

ROOT = Path(__file__).parents[2]


def digest(folder: Path) -> dict[str, str]:
    """Hash of each file."""
    return {
        str(f.relative_to(folder)): hashlib.sha256(f.read_bytes()).hexdigest()
        for f in sorted(folder.rglob("*")) if f.is_file()
    }  # fmt: skip


def run_synth(out: Path, people: int, works: int, hash_seed: str = "0") -> int:
    """Makes a country in a process of its own; returns its peak memory in MB."""
    code = (
        "import resource, sys; from pathlib import Path; from kg.synth.country import generate; "
        f"generate(Path({str(out)!r}), people={people}, works={works}, seed=3, mix='hard'); "
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"
    )
    env = {**os.environ, "PYTHONHASHSEED": hash_seed, "PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True, cwd=ROOT)
    return int(done.stdout) // (1024 if sys.platform == "linux" else 1024 * 1024)


def test_two_runs_are_equal_to_the_byte(tmp_path: Path) -> None:
    """Whatever the hash seed of the process."""
    run_synth(tmp_path / "a", 450, 1500, "1")
    run_synth(tmp_path / "b", 450, 1500, "2")
    assert digest(tmp_path / "a") == digest(tmp_path / "b")


def test_workers_change_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One process or three write the same files."""
    for name in ("_WORKS", "_PEOPLE", "_AWARDS"):
        monkeypatch.setattr(module, name, 100)
    generate(tmp_path / "a", people=450, works=1500, seed=3, workers=1)
    generate(tmp_path / "b", people=450, works=1500, seed=3, workers=3)
    assert digest(tmp_path / "a") == digest(tmp_path / "b")


def test_another_seed_is_another_country(tmp_path: Path) -> None:
    """People and answers differ."""
    a = generate(tmp_path / "a", people=300, works=900, seed=1)
    b = generate(tmp_path / "b", people=300, works=900, seed=2)
    assert digest(tmp_path / "a")["truth/people.jsonl"] != digest(tmp_path / "b")["truth/people.jsonl"]
    assert (a.people, a.works) == (b.people, b.works)


@pytest.mark.parametrize("people", [200, 2000, 60_000])
def test_homonyms_are_as_frequent_in_every_size(people: int) -> None:
    """A mix means the same in a small and in a large community."""
    everybody, _ = draw_people(lexicon(), people, 4, MIXES["hard"])
    kanji = everybody.foreign != 1
    key = everybody.family[kanji].astype(np.int64) * 10_000 + everybody.given[kanji]
    _, back, count = np.unique(key, return_inverse=True, return_counts=True)
    assert (count[back] > 1).sum() / people == pytest.approx(0.20, abs=0.01)


def test_a_folder_of_something_else_is_refused(tmp_path: Path) -> None:
    """Nothing is written or removed."""
    (tmp_path / "letter.txt").write_text("x", encoding="utf-8")
    with pytest.raises(FixInput, match="not empty"):
        generate(tmp_path, people=100, works=100)
    assert [f.name for f in tmp_path.iterdir()] == ["letter.txt"]


def test_an_earlier_country_is_replaced(tmp_path: Path) -> None:
    """The second country leaves nothing of the first, even where the first was interrupted."""
    generate(tmp_path / "a", people=300, works=900, seed=1)
    (tmp_path / "a" / "truth" / "people-0001.part").write_text("left over", encoding="utf-8")
    generate(tmp_path / "a", people=200, works=300, seed=2)
    generate(tmp_path / "b", people=200, works=300, seed=2)
    assert digest(tmp_path / "a") == digest(tmp_path / "b")


def test_a_country_with_a_stranger_file_is_not_replaced(tmp_path: Path) -> None:
    """A file that somebody put beside it is safe."""
    generate(tmp_path / "a", people=100, works=100)
    (tmp_path / "a" / "notes.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(FixInput, match="not empty"):
        generate(tmp_path / "a", people=100, works=100)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"people": 3}, "--people"),
        ({"works": 0}, "--works"),
        ({"projects": 0}, "--projects"),
        ({"mix": "odd"}, "--mix"),
    ],
)
def test_arguments_that_make_no_country_are_named(tmp_path: Path, options: dict[str, object], said: str) -> None:
    """The message says which option."""
    with pytest.raises(FixInput, match=said):
        generate(tmp_path / "a", **{"people": 100, "works": 100, **options})  # type: ignore[arg-type]


def test_command_prints_a_summary_as_json_and_progress_elsewhere(tmp_path: Path) -> None:
    """Data on stdout, progress on stderr."""
    out = tmp_path / "国"
    args = ["--people", "120", "--works", "200", "--out", str(out), "--json", "--workers", "1"]
    result = CliRunner().invoke(COMMANDS["synth"], args)
    assert result.exit_code == 0, result.output
    summary = json.loads(result.stdout)
    assert summary["people"] == 120
    assert summary["answers"]["seed"].keys() == {"expected", "hard"}
    assert "Writing files" in result.stderr
    assert json.loads((out / "synth.json").read_text(encoding="utf-8"))["complete"] is True


def test_shares_in_the_docs_are_the_frozen_ones() -> None:
    """docs/synth.md and kg.synth.mixes say the same."""
    text = (ROOT / "docs" / "synth.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| `(\w+)` \|.*?\| ([\d.]+ \| [\d.]+ \| [\d.]+) \|$", text, re.M))
    for f in fields(Mix):
        if f.name != "name":
            values = [float(v) for v in rows[f.name].split(" | ")]
            assert values == [round(100 * getattr(MIXES[m], f.name), 2) for m in ("easy", "real", "hard")], f.name


@pytest.mark.heavy
def test_memory_grows_slowly(tmp_path: Path) -> None:
    """From the growth between two sizes, a million people with five million works stay within 2 GB."""
    small = run_synth(tmp_path / "a", 20_000, 100_000)
    large = run_synth(tmp_path / "b", 80_000, 400_000)
    assert large + (large - small) / 60_000 * 920_000 < 2000
