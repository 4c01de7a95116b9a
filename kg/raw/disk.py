"""How do bytes reach the disk for certain, by one writer at a time, with errors that a person understands?"""

from __future__ import annotations

import errno
import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kg.errors import FixSetup, TryAgain

_FULL = (errno.ENOSPC, errno.EDQUOT)
_CLOSED = (errno.EROFS, errno.EACCES, errno.EPERM, errno.ENOTDIR, errno.EEXIST)


def sync_file(path: Path) -> None:
    """Returns when the file's bytes are on the disk."""
    fd = os.open(path, os.O_RDONLY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


def sync_folder(path: Path) -> None:
    """Returns when the names in the folder are on the disk."""
    sync_file(path)


def write_whole(path: Path, content: bytes) -> None:
    """The file has either its old content or all of the new one, whatever happens; durable on return."""
    draft = path.with_name(path.name + ".tmp")
    with open(draft, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    sync_folder(path.parent)


@contextmanager
def plain_errors(folder: Path) -> Iterator[None]:
    """Turns a full, read-only or forbidden disk into an error that says what to do."""
    try:
        yield
    except OSError as e:
        if e.errno in _FULL:
            raise FixSetup(
                f"The disk that holds {folder} is full. What had a receipt is safe; the batch in hand was not taken.",
                next_step="Make room and run the same command again: it goes on where it stopped.",
            ) from e
        if e.errno in _CLOSED and e.filename is not None and str(e.filename).startswith(str(folder)):
            raise FixSetup(
                f"{e.filename} cannot be written: {e.strerror}.",
                next_step="Check the folder's owner, or set KG_HOME to a folder of your own.",
            ) from e
        raise


@contextmanager
def only_one(folder: Path, what: str) -> Iterator[None]:
    """Holds a folder's lock; the kernel frees it when the process ends, however it ends.

    `what` is the job (`import`, `build`). Raises `TryAgain` naming the process that holds the lock.
    """
    with plain_errors(folder):
        folder.mkdir(parents=True, exist_ok=True)
        fd = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o644)
    try:
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as e:
            holder = os.pread(fd, 32, 0).decode("ascii", "replace").strip() or "unknown"
            raise TryAgain(
                f"Another {what} (process {holder}) is writing to {folder}.",
                next_step="Wait until it ends, or stop it, then run the same command again.",
                pid=holder,
            ) from e
        os.ftruncate(fd, 0)
        os.pwrite(fd, f"{os.getpid()}\n".encode("ascii"), 0)
        yield
    finally:
        os.close(fd)
