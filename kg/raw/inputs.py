"""Which documents are in the files, folders, patterns, archives and streams that a person names?

Archives are read member by member, in order, never unpacked whole; what a file is follows from its first bytes, not
from its name. Containers may stand in one another (`.tar.gz`, gzip members of a tar) up to four deep.
"""

from __future__ import annotations

import bz2
import glob
import gzip
import io
import lzma
import os
import sys
import tarfile
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, NamedTuple, cast

import pyarrow as pa
import zstandard

from kg.errors import FixInput
from kg.text import without_surrogates
from loaders.base import Document
from loaders.split import peek

STDIN = "-"
DEEPEST = 4
_SPOOL = 16 << 20
DAMAGE = (
    EOFError, zlib.error, lzma.LZMAError, zstandard.ZstdError, tarfile.TarError, zipfile.BadZipFile, gzip.BadGzipFile,
    NotImplementedError,
)  # fmt: skip
"""What reading a damaged (or encrypted) archive raises."""


@dataclass(frozen=True, slots=True)
class Input:
    """One file (or standard input) that was named or found."""

    name: str
    """As the user wrote it, or the path found under the folder that the user wrote."""
    size: int | None
    """Bytes as stored; None for standard input."""


class Unreadable(NamedTuple):
    """A container that cannot be gone through to its end."""

    name: str
    reason: str


def find(paths: tuple[str, ...]) -> list[Input]:
    """Files behind the given names, each once, folders and patterns in the order of their paths.

    Hidden files are left out of folders and patterns. Raises `FixInput` for a name that nothing stands behind.
    """
    found: dict[str, Input] = {}
    for path in paths:
        for file in _expand(path):
            found.setdefault(os.path.realpath(file) if file != STDIN else STDIN, _input(file))
    return list(found.values())


def _expand(path: str) -> list[str]:
    if path == STDIN or os.path.isfile(path):
        return [path]
    if os.path.isdir(path):
        return _below(path)
    if os.path.exists(path):  # a pipe or device
        return [path]
    files = [f for match in sorted(glob.glob(path, recursive=True)) for f in _expand(match)]
    if not files:
        raise FixInput(f"There is no file {path}.", next_step="Check the path; put patterns in quotes.")
    return files


def _below(folder: str) -> list[str]:
    files: list[str] = []
    for here, folders, names in os.walk(folder):
        folders[:] = sorted(f for f in folders if not f.startswith("."))
        files += [os.path.join(here, n) for n in names if not n.startswith(".")]
    return sorted(files)


def _input(name: str) -> Input:
    regular = name != STDIN and os.path.isfile(name)
    return Input(without_surrogates(name) if name == STDIN else name, os.path.getsize(name) if regular else None)


class Counted(io.RawIOBase):
    """A file that knows how far it was read: what progress is measured by."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.position = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return self._file.seekable()

    def readinto(self, buffer: object) -> int:
        view = memoryview(buffer).cast("B")  # type: ignore[arg-type]  # the io protocol passes a writable buffer
        part = self._file.read(len(view))
        view[: len(part)] = part
        self.position += len(part)
        return len(part)

    def seek(self, offset: int, whence: int = 0) -> int:
        self.position = self._file.seek(offset, whence)
        return self.position

    def tell(self) -> int:
        return self.position

    def close(self) -> None:
        self._file.close()
        super().close()


def open_input(named: Input) -> Counted:
    """The bytes of an input. Raises `FixInput` where it cannot be read."""
    if named.name == STDIN:
        return Counted(sys.stdin.buffer)
    try:
        return Counted(cast(BinaryIO, open(named.name, "rb", buffering=0)))  # closed by its wrapper
    except OSError as e:
        raise FixInput(f"{named.name} cannot be read: {e.strerror}.", next_step="Check the file and its rights.") from e


def documents(named: Input, stream: Counted) -> Iterator[Document | Unreadable]:
    """Documents of one input, in order. Each must be read (or dropped) before the next is asked for."""
    size = named.size
    name = without_surrogates(named.name) if named.name != STDIN else "(standard input)"
    yield from _inside(name, io.BufferedReader(stream, 1 << 20), size, 0)


def _inside(name: str, stream: BinaryIO, size: int | None, depth: int) -> Iterator[Document | Unreadable]:
    try:
        yield from _opened(name, stream, size, depth)
    except DAMAGE as e:
        yield Unreadable(name, f"the archive is damaged or encrypted: {e}")


def _opened(name: str, stream: BinaryIO, size: int | None, depth: int) -> Iterator[Document | Unreadable]:
    seekable = stream.seekable()
    if seekable:
        start = stream.tell()
        head = stream.read(512)
        stream.seek(start)
    else:
        head, stream = peek(stream, 512)
    packed = _container(head)
    if packed and depth >= DEEPEST:
        yield Unreadable(name, f"archives nested deeper than {DEEPEST}")
    elif packed == "tar":
        yield from _tar(name, stream, depth)
    elif packed == "zip":
        yield from _zip(name, stream, depth)
    elif packed:
        yield from _inside(name, _inflated(stream, packed), None, depth + 1)
    else:
        yield Document(name, lambda: stream, size)


def _container(head: bytes) -> str:
    if head[:2] == b"\x1f\x8b":
        return "gzip"
    if head[:4] == b"\x28\xb5\x2f\xfd":
        return "zstd"
    if head[:4] in (b"PK\x03\x04", b"PK\x05\x06"):
        return "zip"
    if head[:3] == b"BZh":
        return "bzip2"
    if head[:6] == b"\xfd7zXZ\x00":
        return "xz"
    return "tar" if head[257:262] == b"ustar" else ""


def _inflated(stream: BinaryIO, packed: str) -> BinaryIO:
    if packed == "zstd":
        return io.BufferedReader(cast(io.RawIOBase, _Zstd(stream)), 1 << 20)
    opener = {"gzip": gzip.GzipFile, "bzip2": bz2.BZ2File, "xz": lzma.LZMAFile}[packed]
    inflating = gzip.GzipFile(fileobj=stream, mode="rb") if packed == "gzip" else opener(stream, "rb")
    return io.BufferedReader(cast(io.RawIOBase, _Whole(cast(BinaryIO, inflating))), 1 << 20)


class _Whole(io.RawIOBase):
    """A forward-only view, so that nobody seeks in what is being inflated."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        view = memoryview(buffer).cast("B")  # type: ignore[arg-type]  # the io protocol passes a writable buffer
        part = self._stream.read(len(view))
        view[: len(part)] = part
        return len(part)


class _Zstd(_Whole):
    """Any number of zstd frames; unlike `stream_reader` it says when the last one is cut short."""

    def __init__(self, stream: BinaryIO) -> None:
        source = pa.PythonFile(stream, mode="r")
        super().__init__(cast(BinaryIO, pa.CompressedInputStream(source, "zstd")))

    def readinto(self, buffer: object) -> int:
        try:
            return super().readinto(buffer)
        except OSError as e:
            raise zstandard.ZstdError(str(e)) from e


def _tar(name: str, stream: BinaryIO, depth: int) -> Iterator[Document | Unreadable]:
    with tarfile.open(fileobj=stream, mode="r|", errorlevel=1, encoding="utf-8", errors="replace") as archive:
        for member in archive:
            archive.members = []  # type: ignore[attr-defined]  # tarfile keeps every member it has met: millions in a yearly dump
            content = archive.extractfile(member) if member.isreg() else None
            if content is not None and not _hidden(member.name):
                yield from _inside(f"{name}!{member.name}", _forward(cast(BinaryIO, content)), member.size, depth + 1)


def _zip(name: str, stream: BinaryIO, depth: int) -> Iterator[Document | Unreadable]:
    with tempfile.SpooledTemporaryFile(_SPOOL) as spool:
        seekable = stream if stream.seekable() else _spooled(stream, cast(BinaryIO, spool))
        with zipfile.ZipFile(seekable) as archive:
            for member in archive.infolist():
                if member.is_dir() or _hidden(member.filename):
                    continue
                inner = f"{name}!{without_surrogates(_zip_name(member))}"
                try:
                    with archive.open(member) as content:
                        yield from _inside(inner, _forward(cast(BinaryIO, content)), member.file_size, depth + 1)
                except RuntimeError as e:  # what zipfile raises for an encrypted member
                    yield Unreadable(inner, str(e))


def _zip_name(member: zipfile.ZipInfo) -> str:
    """Names without the UTF-8 flag come from Japanese Windows as often as not: cp932 where it fits."""
    if member.flag_bits & 0x800:
        return member.filename
    try:
        return member.filename.encode("cp437").decode("cp932")
    except UnicodeError:
        return member.filename


def _spooled(stream: BinaryIO, spool: BinaryIO) -> BinaryIO:
    while chunk := stream.read(1 << 20):
        spool.write(chunk)
    spool.seek(0)
    return spool


def _forward(stream: BinaryIO) -> BinaryIO:
    return io.BufferedReader(cast(io.RawIOBase, _Whole(stream)), 256 << 10)


def _hidden(name: str) -> bool:
    parts = Path(name).parts
    return "__MACOSX" in parts or any(p.startswith(".") and p not in (".", "..") for p in parts)
