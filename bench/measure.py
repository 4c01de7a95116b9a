"""Run a command and say what it took: wall and CPU seconds, and the most memory that it and its children held together."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path

import psutil

_EVERY = 0.2
"""Seconds between two looks at the memory, at the least."""
_SHARE = 20
"""A look takes long where much memory is mapped; the watcher rests this many times as long."""


@dataclass(frozen=True, slots=True)
class Taken:
    """Cost of one command."""

    wall: float
    cpu: float
    megabytes: int
    """Peak of the proportional set size, summed over the process tree; shared pages count once."""
    code: int
    out: str
    err: str


def kg(*words: object, home: Path, ok: tuple[int, ...] = (0, 3)) -> Taken:
    """Run `kg WORDS` with its own `KG_HOME`. Raises `RuntimeError` where it ends with another code than `ok`."""
    taken = run([sys.executable, "-m", "kg", *map(str, words)], {"KG_HOME": str(home)})
    if taken.code not in ok:
        raise RuntimeError(f"kg {' '.join(map(str, words))} ended with {taken.code}: {taken.err[-2000:]}")
    return taken


def run(command: list[str], environment: dict[str, str]) -> Taken:
    """Run a command, watching its whole process tree."""
    import os

    started = time.monotonic()
    before = os.times()
    child = subprocess.Popen(
        command, env={**os.environ, **environment}, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    peak = [0]
    watcher = threading.Thread(target=_watch, args=(child.pid, peak), daemon=True)
    watcher.start()
    out, err = child.communicate()
    after = os.times()
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    return Taken(time.monotonic() - started, cpu, peak[0] // 2**20, child.returncode, out, err)


def _watch(pid: int, peak: list[int]) -> None:
    try:
        root = psutil.Process(pid)
        while root.is_running() and root.status() != psutil.STATUS_ZOMBIE:
            begun, total = time.monotonic(), 0
            for p in [root, *root.children(recursive=True)]:
                try:
                    total += p.memory_full_info().pss
                except (psutil.NoSuchProcess, psutil.AccessDenied):
                    continue
            peak[0] = max(peak[0], total)
            time.sleep(max(_EVERY, _SHARE * (time.monotonic() - begun)))
    except psutil.NoSuchProcess:
        return
