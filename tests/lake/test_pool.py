"""Workers end with the process that started them, however it ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

PROGRAM = """
import os, sys, time
from kg.lake.pool import Pool

def work(n):
    print(os.getpid(), flush=True)
    time.sleep(60)

if __name__ == "__main__":
    with Pool(2) as pool:
        list(pool.map(work, range(4)))
"""


def alive(pid: int) -> bool:
    try:
        return "Z" not in Path(f"/proc/{pid}/stat").read_text().split(")")[1].split()[0]
    except OSError:
        return False


def test_workers_of_a_killed_process_end(tmp_path: Path):
    """SIGKILL gives the parent no chance to say good-bye."""
    program = tmp_path / "program.py"
    program.write_text(PROGRAM)
    parent = subprocess.Popen([sys.executable, str(program)], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    workers = [int(parent.stdout.readline()) for _ in range(2)]
    assert all(map(alive, workers))
    os.kill(parent.pid, signal.SIGKILL)
    parent.wait()
    deadline = time.monotonic() + 20
    while any(map(alive, workers)) and time.monotonic() < deadline:
        os.sched_yield()
    parent.stdout.close()
    assert not any(map(alive, workers))
