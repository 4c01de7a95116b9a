"""What a loader is, and the few shapes that pass between import and loaders."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import BinaryIO, NamedTuple, Protocol

from kg.records import LoaderOutput, Source, SourceRef


@dataclass(frozen=True, slots=True)
class Document:
    """A file, archive member or standard input, already unpacked; may be larger than memory."""

    name: str
    """Path as the user gave it, archive members after `!` (`dump.tar.gz!summaries/097/….xml`)."""
    open: Callable[[], BinaryIO]
    """Opens the bytes from the start; may be called once only for streams, so `split` calls it once."""
    size: int | None = None
    """Bytes, where known."""


class Piece(NamedTuple):
    """One native record, cut out of its document byte by byte."""

    form: str
    record_id: str
    raw: bytes
    path: str
    """Where it stands in the document: `$`, `$.items[3]`, `line 7`, `/grantAwards/grantAward[2]`."""
    context: str = ""
    """What the record needs from around it (a researchmap permalink, a CSV header), kept beside the bytes."""


class Broken(NamedTuple):
    """A part of a document that no record can be cut from. It goes to quarantine with these bytes."""

    path: str
    reason: str
    raw: bytes = b""
    """At most the first 64 KiB of the offending bytes."""


class Loader(Protocol):
    """The interface of a loader *module*."""

    SOURCE: Source
    VERSION: int
    """Raised whenever the same bytes would give other rows; unchanged records are then read again."""

    def split(self, document: Document) -> Iterator[Piece | Broken]:
        """Native records of one document, in order, in bounded memory.

        Raises `kg.errors.NothingUsable` where the document is nothing of this source's.
        """
        ...

    def to_records(self, raw: bytes, ref: SourceRef, context: str = "") -> LoaderOutput:
        """Rows of one native record; a part that cannot be read comes out as `Skipped`.

        Raises `kg.errors.BadRecord` where nothing can be read. Never raises anything else, whatever the bytes.
        """
        ...
