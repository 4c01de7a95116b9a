"""One build at a time: the lock that the kernel gives back when the process ends, however it ends."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kg.errors import TryAgain


@contextmanager
def only_build(folder: Path) -> Iterator[None]:
    """Holds the build lock of an installation. Raises `TryAgain` naming the process that holds it."""
    folder.mkdir(parents=True, exist_ok=True)
    fd = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o644)
    try:
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as e:
            holder = os.pread(fd, 32, 0).decode("ascii", "replace").strip() or "unknown"
            raise TryAgain(
                f"Another build (process {holder}) is running here.",
                next_step="Wait until it ends, or stop it, then run the same command again.",
                pid=holder,
            ) from e
        os.ftruncate(fd, 0)
        os.pwrite(fd, f"{os.getpid()}\n".encode("ascii"), 0)
        yield
    finally:
        os.close(fd)
