"""`make bench-neo4j`: the import tool alone against `kg neo4j load`, and a delta; writes docs/benchmarks-neo4j.md.

python -m bench.neo4j HOME           # an installation with two releases: the current one and its parent

The installation is only read; servers run in a folder of their own.
"""

from __future__ import annotations

import argparse
import datetime
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

from kg.neo4j import files
from kg.neo4j.bulk import HEAP_MB, PAGECACHE_MB, import_files
from kg.neo4j.server import Server
from kg.neo4j.slots import Slots
from kg.release.layout import Release, open_release
from kg.settings import Settings

PAGE = Path(__file__).parent.parent / "docs" / "benchmarks-neo4j.md"


@dataclass(slots=True)
class Peak:
    """Most resident memory seen, in MB: of a loader with all that it starts, and of the server."""

    loader: float = 0
    server: float = 0


@dataclass(slots=True)
class Figures:
    people: int = 0
    elements: int = 0
    tool: dict[str, float] = field(default_factory=dict)
    tool_peak: Peak = field(default_factory=Peak)
    load: dict[str, float] = field(default_factory=dict)
    load_wall: float = 0
    load_peak: Peak = field(default_factory=Peak)
    deltas: list[tuple[str, int, dict[str, float], float, Peak]] = field(default_factory=list)
    megabytes: dict[str, int] = field(default_factory=dict)
    load_average: tuple[float, float] = (0, 0)


def main() -> None:
    """Measure and write the page."""
    parser = argparse.ArgumentParser(prog="python -m bench.neo4j")
    parser.add_argument("home", type=Path)
    parser.add_argument("--work-dir", type=Path, default=None)
    parser.add_argument("--out", type=Path, default=PAGE)
    options = parser.parse_args()
    folder = options.work_dir or Path(tempfile.mkdtemp(prefix="kg-bench-neo4j-"))
    folder.mkdir(parents=True, exist_ok=True)
    try:
        text = page(measure(options.home, folder))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    options.out.write_text(text, encoding="utf-8")
    print(text, file=sys.stderr)


def measure(source: Path, folder: Path) -> Figures:
    """The tool alone, the first load of the parent, and deltas to the current release, back, and there again."""
    home = folder / "home"
    home.mkdir()
    (home / "releases").symlink_to(source.resolve() / "releases")
    settings = Settings(home=home)
    current = open_release(settings)
    parent = open_release(settings, current.manifest["parent"])
    found = Figures(people=parent.manifest["counts"]["person"])
    before = os.getloadavg()[0]
    tool_alone(parent, folder / "tool", found)
    try:
        told, found.load_wall, found.load_peak = kg_load(home, parent.id)
        found.load = told["seconds"]
        found.elements = sum(told["counts"].values())
        for to in (current, parent, current):
            told, wall, peak = kg_load(home, to.id)
            rows = sum(sum(n.values()) for n in told["changes"].values())
            found.deltas.append((told["way"], rows, told["seconds"], wall, peak))
    finally:
        subprocess.run([sys.executable, "-m", "kg", "neo4j", "stop"], env=_environment(home), check=False)
    found.load_average = (before, os.getloadavg()[0])
    return found


def tool_alone(release: Release, folder: Path, found: Figures) -> None:
    """Writing the files and importing them, with nothing around it."""
    server = Server(folder)
    folder.mkdir()
    with watched(os.getpid(), found.tool_peak):
        begun = time.monotonic()
        arguments = files.write(release, folder / "files")
        found.tool["files"] = time.monotonic() - begun
        found.megabytes["files"] = _size(folder / "files")
        begun = time.monotonic()
        import_files(server, folder / "files", arguments)
        found.tool["import"] = time.monotonic() - begun
    found.megabytes["store"] = _size(folder / "data")
    shutil.rmtree(folder)


def kg_load(home: Path, release: str) -> tuple[dict[str, Any], float, Peak]:
    """`kg neo4j load RELEASE --json`: what it says, seconds by the wall, peak memory."""
    peak, begun = Peak(), time.monotonic()
    process = subprocess.Popen(
        [sys.executable, "-m", "kg", "neo4j", "load", release, "--json"], env=_environment(home),
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    with watched(process.pid, peak, home):
        said = process.communicate()[0]
    if process.returncode:
        raise SystemExit(f"kg neo4j load {release} ended with {process.returncode}")
    return json.loads(said), time.monotonic() - begun, peak


def _environment(home: Path) -> dict[str, str]:
    return {**os.environ, "KG_HOME": str(home)}


@contextmanager
def watched(pid: int, peak: Peak, home: Path | None = None) -> Iterator[None]:
    """Looks at a process and its children, and at the server of an installation, five times a second."""
    done = threading.Event()

    def look() -> None:
        while not done.wait(0.2):
            loader, server = 0, 0
            if home is not None:
                server = (Slots(home / "neo4j").current().state().megabytes or 0) * 2**20
            try:
                root = psutil.Process(pid)
                for p in [root, *root.children(recursive=True)]:
                    if "org.neo4j.server.CommunityEntryPoint" not in p.cmdline():
                        loader += p.memory_info().rss
            except psutil.Error:
                continue
            peak.loader, peak.server = max(peak.loader, loader / 2**20), max(peak.server, server / 2**20)

    thread = threading.Thread(target=look, daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def _size(folder: Path) -> int:
    return sum(p.stat().st_size for p in folder.rglob("*") if p.is_file()) // 2**20


# --- the page ------------------------------------------------------------------------------------------------


def page(f: Figures) -> str:
    """The figures as Markdown."""
    tool, ours = sum(f.tool.values()), f.load["files"] + f.load["import"]
    machine = f"{os.cpu_count()} cores, {psutil.virtual_memory().total // 2**30} GB, Python {platform.python_version()}"
    lines = [
        "# Neo4j: loading, measured",
        "",
        "Written by `make bench-neo4j` (`python -m bench.neo4j HOME`), all figures of one run: the import tool alone, then",
        "`kg neo4j load` of the same release, then deltas on the server that it left running.",
        "",
        f"{datetime.date.today()}, {machine}, load average {f.load_average[0]:.1f} before and {f.load_average[1]:.1f} after. "
        f"{f.people:,} people, {f.elements:,} nodes and relationships; "
        f"{f.megabytes['files']:,} MB of files, {f.megabytes['store']:,} MB of store.",
        "",
        "## First load",
        "| | tool alone | `kg neo4j load` | ratio |",
        "| --- | --- | --- | --- |",
        *(
            f"| {name} | {f.tool[name]:.1f} s | {f.load[name]:.1f} s | {f.load[name] / f.tool[name]:.2f} |"
            for name in f.tool
        ),
        f"| **both** | {tool:.1f} s | {ours:.1f} s | **{ours / tool:.2f}** |",
        *(f"| {name} | | {s:.1f} s | |" for name, s in f.load.items() if name not in f.tool),
        f"| all of it, by the wall | | {f.load_wall:.1f} s | {f.load_wall / tool:.2f} |",
        f"| peak memory of the loader | {f.tool_peak.loader:,.0f} MB | {f.load_peak.loader:,.0f} MB | |",
        "",
        f"The import tool runs with a heap of {HEAP_MB} MB and a page cache of {PAGECACHE_MB} MB.",
        "",
        "## Deltas on the running server",
        "| to | way | rows made, changed, removed | compare | apply | by the wall | of tool alone | loader | server |",
        "| --- | --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    for to, (way, rows, seconds, wall, peak) in zip(("the current release", "back to its parent", "the current again"), f.deltas, strict=True):  # fmt: skip
        lines.append(
            f"| {to} | {way} | {rows:,} | {seconds.get('compare', 0):.1f} s | {seconds.get('delta', 0):.1f} s | {wall:.1f} s "
            f"| {100 * wall / tool:.1f} % | {peak.loader:,.0f} MB | {peak.server:,.0f} MB |"
        )
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
