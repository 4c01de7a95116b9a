"""`make bench`: the whole way from native records to an answer at several sizes; writes docs/benchmarks.md.

python -m bench                      # 10,000 · 30,000 · 100,000 people
python -m bench --sizes 10000 300000 --work-dir /mnt/fast
"""

from __future__ import annotations

import argparse
import datetime
import itertools
import json
import math
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path

from bench.change import change
from bench.measure import Taken, kg

SEED_QUESTION = "防災の研究者で、すでに情報分野の研究者と共同研究を行っている人を教えてください"
SOURCES = ("cinii", "researchmap", "orcid", "kaken")
PAGE = Path(__file__).parent.parent / "docs" / "benchmarks.md"


@dataclass(slots=True)
class Size:
    """Figures of one country."""

    people: int
    records: int = 0
    synth: Taken | None = None
    imports: dict[str, Taken] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    build: Taken | None = None
    again: Taken | None = None
    rebuild: Taken | None = None
    changed: int = 0
    first: list[float] = field(default_factory=list)
    """Seconds of the seed question when it is asked for the first time (its years varied, so that each is new)."""
    latency: list[float] = field(default_factory=list)
    """Seconds of the same question asked again."""
    total: int = 0


def main() -> None:
    """Measure and write the page."""
    parser = argparse.ArgumentParser(prog="python -m bench")
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 30_000, 100_000])
    parser.add_argument("--work-dir", type=Path, default=None)
    parser.add_argument("--out", type=Path, default=PAGE)
    options = parser.parse_args()
    folder = options.work_dir or Path(tempfile.mkdtemp(prefix="kg-bench-"))
    sizes = []
    for people in options.sizes:
        sizes.append(measure(people, folder / str(people)))
        options.out.write_text(page(sizes), encoding="utf-8")
        print(page(sizes), file=sys.stderr)
    if options.work_dir is None:
        shutil.rmtree(folder)


def measure(people: int, folder: Path) -> Size:
    """One country from nothing to a changed release."""
    home, country, changed = folder / "home", folder / "country", folder / "changed"
    shutil.rmtree(folder, ignore_errors=True)
    size = Size(people)
    size.synth = kg("synth", "--people", people, "--works", people * 5, "--seed", 1, "--out", country, home=home)
    for source in SOURCES:
        taken = kg("import", "--json", source, country / source, home=home)
        size.imports[source] = taken
        size.counts[source] = int(json.loads(taken.out)["records"])
    size.records = sum(size.counts.values())
    size.build = kg("build", home=home)
    size.again = kg("build", home=home)
    size.first, size.latency, size.total = ask(home)
    size.changed = change(country, changed)
    for source in SOURCES:
        kg("import", source, changed / source, home=home)
    size.rebuild = kg("build", home=home)
    shutil.rmtree(folder)
    return size


def ask(home: Path, times: int = 40) -> tuple[list[float], list[float], int]:
    """Seconds of the seed question over HTTP on a running server (first page, as the API answers it): new and again."""
    from kg.cli.serve import free_port

    port = free_port("127.0.0.1", 18765)
    server = subprocess.Popen(
        [sys.executable, "-m", "kg", "serve", "--port", str(port), "--strict-port"],
        env={**os.environ, "KG_HOME": str(home)}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    body = json.dumps({"question": SEED_QUESTION}).encode()
    request = urllib.request.Request(f"http://127.0.0.1:{port}/v1/ask", body, {"content-type": "application/json"})
    try:
        deadline = time.monotonic() + 60
        while True:
            try:
                answer = json.load(urllib.request.urlopen(request, timeout=30))
                break
            except OSError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.2)
        return (
            [timed(_new(port, year)) for year in range(1990, 2010)],
            [timed(request) for _ in range(times)],
            int(answer["total"]),
        )
    finally:
        server.terminate()
        server.wait()


def _new(port: int, year: int) -> urllib.request.Request:
    """The seed question with a year that nobody asked for yet and that leaves nobody out."""
    query = {"field": "防災", "worked_with": {"field": "情報", "after": year}}
    return urllib.request.Request(
        f"http://127.0.0.1:{port}/v1/people/query",
        json.dumps({"query": query}).encode(),
        {"content-type": "application/json"},
    )


def timed(request: urllib.request.Request) -> float:
    """Seconds until the whole answer is there."""
    started = time.perf_counter()
    urllib.request.urlopen(request, timeout=60).read()
    return time.perf_counter() - started


def exponent(a: Size, b: Size) -> float:
    """Growth exponent of build time between two sizes: 1.0 = linear in the number of native records."""
    assert a.build
    assert b.build
    return math.log(b.build.wall / a.build.wall) / math.log(b.records / a.records)


def page(sizes: list[Size]) -> str:
    """The Markdown page."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    today = datetime.datetime.now(datetime.UTC).date().isoformat()
    lines = [
        "# Benchmarks",
        "",
        f"Written by `make bench` on {today}: {cores} cores, {platform.machine()}, {platform.system()}, Python "
        f"{platform.python_version()}. Whole commands on invented countries (`kg synth --seed 1`, 5 works a person, mix `real`); "
        "memory is the peak of the whole process tree with shared pages counted once. Read ratios rather than absolute figures.",
        "",
        "| people | native records | import, records/s of CPU (CiNii) | build wall s | build peak MB | unchanged build s | 1 % changed: wall s | ratio |"
        " seed question new: p50 / p95 ms | again: p50 ms | matches |",
        "| ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    for s in sizes:
        assert s.build
        assert s.again
        assert s.rebuild
        cinii = s.counts["cinii"] / s.imports["cinii"].cpu
        p95 = sorted(s.first)[int(len(s.first) * 0.95) - 1]
        lines.append(
            f"| {s.people:,} | {s.records:,} | {cinii:,.0f} | {s.build.wall:.1f} | {s.build.megabytes:,} | {s.again.wall:.1f} "
            f"| {s.rebuild.wall:.1f} ({s.changed:,} records) | {s.rebuild.wall / s.build.wall:.2f} "
            f"| {statistics.median(s.first) * 1000:.0f} / {p95 * 1000:.0f} | {statistics.median(s.latency) * 1000:.0f} | {s.total:,} |"
        )
    lines += ["", "Growth of build time with the number of native records (1.0 = linear):", ""]
    lines += [f"- {a.people:,} → {b.people:,} people: n^{exponent(a, b):.2f}" for a, b in itertools.pairwise(sizes)]
    lines += [
        "",
        "Import of each source, records a second of CPU time (splitting, hashing, compression, fsync included):",
        "",
    ]
    last = sizes[-1]
    lines += [
        f"- {source}: {last.counts[source] / taken.cpu:,.0f} ({last.counts[source]:,} records, {taken.wall:.1f} s, {taken.megabytes:,} MB)"
        for source, taken in last.imports.items()
    ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
