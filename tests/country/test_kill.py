"""Kill -9 of import and build at any moment: the old release answers as before, and the next run ends as if nothing had been."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

from kg.raw import RawStore
from kg.release import current_id, open_release
from kg.release.build import build
from kg.release.compare import verify
from kg.settings import Settings
from tests.country import homes
from tests.country.conftest import Base

STEPPED = """
import os, signal, sys
call, when, name = sys.argv[1:4]
real = getattr(os, call)
def dying(source, target, *a, **k):
    hit = name in os.fspath(target)
    if hit and when == "before":
        os.kill(os.getpid(), signal.SIGKILL)
    real(source, target, *a, **k)
    if hit:
        os.kill(os.getpid(), signal.SIGKILL)
if __name__ == "__main__":
    setattr(os, call, dying)
    from kg.cli import main
    sys.argv[1:] = ["build"]
    main()
"""
"""Builds and dies before or after the first renaming of something to a path that holds `name`."""

SMALL_BATCHES = """
import sys
import kg.raw.cutting, kg.raw.writer
if __name__ == "__main__":
    kg.raw.cutting.CHUNK_RECORDS = kg.raw.writer.BATCH_RECORDS = 3
    from kg.cli import main
    sys.argv[1:] = ["import", *sys.argv[1:]]
    main()
"""
"""Imports with a receipt for every 3 records, so that there is something between nothing and all."""


@dataclass(frozen=True)
class Unkilled:
    """What comes of a change when nothing is killed, and how long its steps take."""

    files: Path
    settings: Settings
    before: tuple[str, int, list[tuple[str, list[str]]]]
    after: tuple[str, int, list[tuple[str, list[str]]]]
    import_seconds: float
    build_seconds: float


@pytest.fixture(scope="module")
def unkilled(base: Base, tmp_path_factory: pytest.TempPathFactory) -> Unkilled:
    """The base after one set of changes, imported and built by processes that were left alone."""
    folder = tmp_path_factory.mktemp("unkilled")
    files = homes.next_state(base.whole, base.first, folder / "files", 77, share=0.1)
    settings = homes.copied(base.settings, folder / "home")
    before = homes.answered(settings)
    begun = time.monotonic()
    with started(settings, SMALL_BATCHES, "cinii", str(files / "cinii")) as process:
        assert process.wait(timeout=300) in (0, 3)
    imported = time.monotonic()
    homes.take_in(settings, files)
    building = time.monotonic()
    with started(settings, "from kg.cli import main; main()", "build") as process:
        assert process.wait(timeout=300) == 0
    took = time.monotonic() - building
    return Unkilled(files, settings, before, homes.answered(settings), imported - begun, took)


@contextmanager
def started(settings: Settings, code: str, *arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    """A process; it and what it started is gone afterwards, whatever happens."""
    command = [sys.executable, "-c", code, *arguments]
    process = subprocess.Popen(
        command, cwd=homes.ROOT, env=homes.environment(settings), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait(timeout=60)


def kill_after(process: subprocess.Popen[bytes], seconds: float) -> list[psutil.Process]:
    """SIGKILL after some time, unless it has ended before; gives the processes that it had started."""
    try:
        process.wait(timeout=seconds)
    except subprocess.TimeoutExpired:
        try:
            children = psutil.Process(process.pid).children(recursive=True)
        except psutil.NoSuchProcess:
            children = []
        process.kill()
        process.wait(timeout=60)
        return children
    return []


def end(processes: list[psutil.Process]) -> None:
    """Ends what a killed process has left running."""
    for process in processes:
        if process.is_running():
            process.kill()


def contents(settings: Settings) -> dict[tuple[str, str, str], str]:
    """Content hash of every record in the raw store; fails where its receipts do not add up."""
    store = RawStore(settings.raw)
    rows = store.entries().to_pylist()
    assert (
        len({(r["source"], r["form"], r["record_id"]) for r in rows})
        == len(rows)
        == sum(r.new for r in store.receipts())
    )
    return {(r["source"], r["form"], r["record_id"]): r["content_hash"] for r in rows}


def check_whole(settings: Settings, unkilled: Unkilled, *, old: bool) -> None:
    """The current release is a whole one and answers as the old one did, or where that may be, as the new one does."""
    release = open_release(settings)
    assert verify(release) == []
    expected = {x[0]: x for x in (unkilled.before, *(() if old else (unkilled.after,)))}
    assert homes.answered(settings) == expected[release.id]


def check_as_if_unkilled(settings: Settings, unkilled: Unkilled, old: str) -> None:
    """Nothing lost, nothing doubled, nothing left over."""
    release, wanted = open_release(settings), open_release(unkilled.settings)
    assert homes.part_hashes(release) == homes.part_hashes(wanted)
    assert homes.graph_hashes(release) == homes.graph_hashes(wanted)
    assert homes.answered(settings) == unkilled.after
    assert release.manifest["parent"] == old
    assert verify(release) == []
    assert [table for table, (rows, keys) in homes.key_counts(release).items() if rows != keys] == []
    assert {p.name for p in settings.releases.iterdir()} == {"current", "inputs.json", "lock", old, release.id}
    rest = [p for room in (settings.lake, settings.ledger, settings.raw) for p in room.rglob("*tmp*")]
    assert rest == []


def killed_at_random(seed: int, base: Base, unkilled: Unkilled, folder: Path) -> None:
    """An import and a build, each killed at a random moment, each run again."""
    draw = random.Random(seed)
    settings = homes.copied(base.settings, folder / "home")
    settings = Settings(home=settings.home, workers=1 + seed % 2)
    old, was, wanted = base.release.id, contents(settings), contents(unkilled.settings)
    with started(settings, SMALL_BATCHES, "cinii", str(unkilled.files / "cinii")) as process:
        left = kill_after(process, draw.uniform(0.3, 1.0) * unkilled.import_seconds)
        partial = contents(settings)
        assert was.keys() <= partial.keys() <= wanted.keys()
        assert all(partial[k] in (was.get(k), wanted[k]) for k in partial)
        assert current_id(settings) == old
        homes.take_in(settings, unkilled.files)
        end(left)
    assert contents(settings) == wanted
    with started(settings, "from kg.cli import main; main()", "build") as process:
        left = kill_after(process, draw.uniform(0.1, 1.0) * unkilled.build_seconds)
        check_whole(settings, unkilled, old=False)
        build(settings)
        end(left)
    check_as_if_unkilled(settings, unkilled, old)


@pytest.mark.parametrize("seed", range(2))
def test_killed_at_a_random_moment(seed: int, base: Base, unkilled: Unkilled, tmp_path: Path):
    """Import, then build, whatever each was doing."""
    killed_at_random(seed, base, unkilled, tmp_path)


@pytest.mark.heavy
@pytest.mark.parametrize("seed", range(2, 22))
def test_killed_at_twenty_more_random_moments(seed: int, base: Base, unkilled: Unkilled, tmp_path: Path):
    """Other moments of both."""
    killed_at_random(seed, base, unkilled, tmp_path)


STEPS = {"release in place, not current": ("rename", "after", "/releases/r-")}
MORE_STEPS = {
    "ids are in the ledger, not in a release": ("rename", "after", "/segments/"),
    "release current, inputs not noted": ("replace", "after", "/releases/current"),
    "before the ledger": ("rename", "before", "/segments/"),
    "before the release is in place": ("rename", "before", "/releases/r-"),
    "before it is current": ("replace", "before", "/releases/current"),
    "before inputs are noted": ("replace", "before", "/releases/inputs.json"),
    "after inputs are noted": ("replace", "after", "/releases/inputs.json"),
    "a bucket of the lake": ("rename", "after", "/lake/buckets/"),
    "before a bucket of the lake": ("rename", "before", "/lake/buckets/"),
    "before the lake is current": ("replace", "before", "/lake/current.json"),
    "after the lake is current": ("replace", "after", "/lake/current.json"),
}


def killed_at_step(step: tuple[str, str, str], unkilled: Unkilled, base: Base, folder: Path) -> None:
    settings = homes.copied(base.settings, folder / "home")
    homes.take_in(settings, unkilled.files)
    with started(settings, STEPPED, *step) as process:
        assert process.wait(timeout=300) == -9, "the step was never reached"
    switched = step[2] == "/releases/inputs.json" or step == MORE_STEPS["release current, inputs not noted"]
    assert (current_id(settings) == base.release.id) is not switched
    check_whole(settings, unkilled, old=not switched)
    outcome = build(settings)
    assert outcome.unchanged == (step == MORE_STEPS["after inputs are noted"])
    check_as_if_unkilled(settings, unkilled, base.release.id)


@pytest.mark.parametrize("step", STEPS.values(), ids=STEPS)
def test_killed_between_the_steps_of_publishing(
    step: tuple[str, str, str], base: Base, unkilled: Unkilled, tmp_path: Path
):
    """Where random moments seldom hit: between ledger, release folder, pointer and note."""
    killed_at_step(step, unkilled, base, tmp_path)


@pytest.mark.heavy
@pytest.mark.parametrize("step", MORE_STEPS.values(), ids=MORE_STEPS)
def test_killed_between_all_other_steps(step: tuple[str, str, str], base: Base, unkilled: Unkilled, tmp_path: Path):
    """The rest of what is renamed into place."""
    killed_at_step(step, unkilled, base, tmp_path)
