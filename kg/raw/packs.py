"""How are many records kept in one file? As zstd frames of about 1 MB, each holding whole records.

A frame can be read alone: its place is the byte offset in the pack, and it ends where zstd says so. Compression runs
in one thread beside the caller, which goes on cutting and hashing.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import zstandard

from kg.errors import FixSetup
from kg.raw.receipts import PackFile

FRAME_BYTES = 1 << 20
LEVEL = 3
_READ = 256 << 10


class PackWriter:
    """Appends records to a pack; `finish` makes it durable.

    `add` returns (frame number, offset within the frame); byte offsets of frames are known after `finish`.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.frames: list[int] = []
        """Byte offset of each frame written so far, in order."""
        self.size = 0
        self._file = open(path, "wb")  # noqa: SIM115  # closed by finish or drop
        self._hash = hashlib.sha256()
        self._parts: list[bytes] = []
        self._held = 0
        self._frame = 0
        self._waiting: list[Future[bytes]] = []
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="pack")
        self._zstd = zstandard.ZstdCompressor(level=LEVEL, write_checksum=True)

    def add(self, raw: bytes) -> tuple[int, int]:
        offset = self._held
        self._parts.append(raw)
        self._held += len(raw)
        frame = self._frame
        if self._held >= FRAME_BYTES:
            self._close_frame()
        return frame, offset

    def _close_frame(self) -> None:
        content = b"".join(self._parts)
        self._parts, self._held = [], 0
        self._frame += 1
        self._waiting.append(self._thread.submit(self._zstd.compress, content))
        while len(self._waiting) > 3:
            self._write(self._waiting.pop(0).result())

    def _write(self, frame: bytes) -> None:
        self.frames.append(self.size)
        self._file.write(frame)
        self._hash.update(frame)
        self.size += len(frame)

    def finish(self) -> PackFile:
        """Writes what is held and returns when all of it is on the disk."""
        if self._parts:
            self._close_frame()
        for waiting in self._waiting:
            self._write(waiting.result())
        self._waiting = []
        self._thread.shutdown()
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        return PackFile(file=self.path.name, bytes=self.size, sha256=self._hash.hexdigest(), rows=len(self.frames))

    def drop(self) -> None:
        """Forgets the pack."""
        self._thread.shutdown(cancel_futures=True)
        self._file.close()
        self.path.unlink(missing_ok=True)


def read_frame(pack: Path, offset: int) -> bytes:
    """The content of one frame. Raises `FixSetup` where the pack is missing or damaged."""
    try:
        with open(pack, "rb", buffering=0) as file:
            file.seek(offset)
            return b"".join(_inflate(file.read, pack))
    except (zstandard.ZstdError, FileNotFoundError) as e:
        raise FixSetup(
            f"{pack} is missing or damaged at byte {offset}: {e}.",
            next_step="Restore it from a copy, or move its receipt away and import the documents it names again.",
        ) from e


def _inflate(read: object, pack: Path) -> Iterator[bytes]:
    inflater = zstandard.ZstdDecompressor().decompressobj()
    while not inflater.eof:
        chunk = read(_READ)  # type: ignore[operator]  # FileIO.read; typeshed gives it several shapes
        if not chunk:
            raise zstandard.ZstdError("the file ends inside a frame")
        yield inflater.decompress(chunk)
