"""Kill -9 at any moment loses nothing and doubles nothing: the next import goes on and ends with every record once."""

from __future__ import annotations

import random
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from kg.importing import import_records
from kg.raw import Quarantine, RawStore
from kg.settings import Settings
from tests.raw.cinii import item, lines, record_id

ROOT = Path(__file__).parents[2]

STEPPED = """
import os, signal, sys
import kg.raw.cutting, kg.raw.writer
kg.raw.cutting.CHUNK_RECORDS = 20
kg.raw.writer.BATCH_RECORDS = 20
left = int(sys.argv[1])
def dying(call):
    def step(*a, **k):
        global left
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return call(*a, **k)
    return step
os.fsync, os.replace, os.unlink = dying(os.fsync), dying(os.replace), dying(os.unlink)
from kg.cli import main
sys.argv[1:] = ["import", "cinii", *sys.argv[2:]]
main()
"""
"""Imports in batches of 20 records and dies at the n-th step that touches the disk's order of things."""

TIMED = """
import sys
import kg.raw.cutting, kg.raw.writer
kg.raw.cutting.CHUNK_RECORDS = 50
kg.raw.writer.BATCH_RECORDS = 300
from kg.cli import main
sys.argv[1:] = ["import", "cinii", *sys.argv[1:]]
main()
"""

COUNT = 100
BROKEN = (b'{"broken": 1', b'{"broken": 2')


def start(code: str, *arguments: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-c", code, *arguments], cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )


def records_of(settings: Settings) -> dict[str, bytes]:
    """What stands in the store; fails where a receipt lies, or a record is there twice."""
    store = RawStore(settings.raw)
    rows = [row for batch in store.read(store.entries()) for row in batch.to_pylist()]
    assert sum(r.new + r.changed for r in store.receipts()) == len(rows)
    return {row["record_id"]: row["raw"] for row in rows}


def finish(settings: Settings, path: Path, wanted: dict[str, bytes]) -> None:
    """The next import ends with every record once, every refused part once, and no file without a receipt."""
    partial = records_of(settings)
    assert partial.items() <= wanted.items()
    result = import_records(settings, "cinii", (str(path),))
    assert result.new == len(wanted) - len(partial)
    assert records_of(settings) == wanted
    assert sorted(Quarantine(settings.quarantine).raw(e.id) for e in Quarantine(settings.quarantine).entries()) == [
        *BROKEN
    ]
    named = {f for r in RawStore(settings.raw).receipts() for f in (r.index.file, r.pack.file if r.pack else "")}
    assert {p.name for p in RawStore(settings.raw).packs.iterdir()} == named - {""}


def stepped_input(tmp_path: Path) -> tuple[Path, dict[str, bytes]]:
    path = tmp_path / "x.jsonl"
    path.write_bytes(lines([BROKEN[0], *map(item, range(COUNT)), BROKEN[1]]))
    return path, {record_id(n): item(n) for n in range(COUNT)}


@pytest.mark.parametrize("step", [1, 2, 3, 4, 5, 6, 11])
def test_killed_at_each_step_of_a_commit(step: int, settings: Settings, tmp_path: Path):
    """Before, between and after pack, index, folder and receipt reach the disk."""
    path, wanted = stepped_input(tmp_path)
    process = start(STEPPED, str(step), str(path), "--home", str(settings.home))
    assert process.wait(timeout=60) == -9
    finish(settings, path, wanted)


@pytest.mark.heavy
@pytest.mark.parametrize("step", range(1, 31))
def test_killed_at_any_step(step: int, settings: Settings, tmp_path: Path):
    """All steps of all batches, the second run killed too."""
    path, wanted = stepped_input(tmp_path)
    for at in (step, step // 2 + 1):
        start(STEPPED, str(at), str(path), "--home", str(settings.home)).wait(timeout=60)
    finish(settings, path, wanted)


def killed_at_random(seed: int, settings: Settings, tmp_path: Path, records: int) -> None:
    draw = random.Random(seed)
    path = tmp_path / "x.jsonl"
    path.write_bytes(lines([BROKEN[0], *map(item, range(records)), BROKEN[1]]))
    wanted = {record_id(n): item(n) for n in range(records)}
    process = start(TIMED, str(path), "--home", str(settings.home))
    try:
        process.wait(timeout=draw.uniform(0.3, 1.5))
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait(timeout=60)
    finish(settings, path, wanted)


@pytest.mark.parametrize("seed", range(5))
def test_killed_at_a_random_moment(seed: int, settings: Settings, tmp_path: Path):
    """Whatever the process was doing."""
    killed_at_random(seed, settings, tmp_path, 8_000)


@pytest.mark.heavy
@pytest.mark.parametrize("seed", range(100, 120))
def test_killed_at_twenty_more_random_moments(seed: int, settings: Settings, tmp_path: Path):
    """Twenty other moments of a longer import."""
    killed_at_random(seed, settings, tmp_path, 20_000)


@pytest.mark.heavy
def test_memory_is_bounded_by_a_batch(settings: Settings, tmp_path: Path):
    """A packed file of 1.6 GB of records imports within 600 MB of resident memory."""
    import zstandard

    text = "".join(random.Random(1).choices("研究標本管理実際防災情報地震津波", k=900))
    path = tmp_path / "big.jsonl.zst"
    with open(path, "wb") as file, zstandard.ZstdCompressor(level=1).stream_writer(file) as packed:
        for n in range(500_000):
            packed.write(item(n, text) + b"\n")
    done = start("import sys\nfrom kg.cli import main\nsys.argv[1:] = ['import', 'cinii', *sys.argv[1:]]\nmain()", str(path),
                 "--home", str(settings.home))  # fmt: skip
    assert done.wait(timeout=600) == 0
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss < 600_000
    assert RawStore(settings.raw).entries().num_rows == 500_000
