"""How is an input cut into records, here or in worker processes?

`cut` gives the records of one input in chunks of about 1 MB, each record with the sha256 of its bytes; what cannot be
cut comes as a ticket for quarantine. Nothing a document holds makes it raise.
"""

from __future__ import annotations

import hashlib
import multiprocessing
import queue
import signal
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from kg.errors import BadRecord, FixInput, KgError, NothingUsable, OurBug
from kg.raw.inputs import DAMAGE, Input, Unreadable, documents, open_input
from kg.raw.quarantine import Refused, refused
from kg.records import Skipped, SourceRef
from kg.text import without_surrogates
from loaders.base import Broken, Document, Loader, Piece
from loaders.registry import loader as loader_of
from loaders.split import CUT, LIMIT

CHUNK_BYTES = 1 << 20
CHUNK_RECORDS = 500
LONGEST_ID = 1024
PARALLEL_FROM = 32 << 20
"""Smaller inputs are cut in this process: starting others costs more than it saves."""
EXAMPLES = 20


@dataclass(slots=True, kw_only=True)
class Checked:
    """What `to_records` would say of the records (`--check`)."""

    records: int = 0
    unreadable: int = 0
    skipped: int = 0
    rows: Counter[str] = field(default_factory=Counter)
    """Rows by table."""
    reasons: Counter[str] = field(default_factory=Counter)
    """`path: reason` without indices → how often."""
    examples: list[str] = field(default_factory=list)


class Ticket(NamedTuple):
    """A refused part, on its way to quarantine."""

    entry: Refused
    raw: bytes


# --- cutting: runs in this process or in workers -------------------------------------------------------------


class Cut(NamedTuple):
    """A record with the sha256 digest of its bytes."""

    piece: Piece
    digest: bytes


@dataclass(slots=True)
class Chunk:
    """About 1 MB of what an input holds, in order."""

    document: str
    position: int = 0
    """How far the input itself has been read, in stored bytes."""
    pieces: list[Cut] = field(default_factory=list)
    broken: list[Ticket] = field(default_factory=list)
    nothing: str = ""
    """Why the document holds nothing of this source."""
    ended: bool = False
    """The document has been read to its end."""
    checked: Checked | None = None


def cut(source: str, named: Input, check: bool) -> Iterator[Chunk]:
    """All records of one input, in chunks."""
    loader = loader_of(source)
    stream = open_input(named)
    for document in documents(named, stream):
        if isinstance(document, Unreadable):
            ticket = _ticket(source, document.name, "", document.reason, b"")
            yield Chunk(document.name, stream.position, broken=[ticket], ended=True)
            continue
        for chunk in _cut_document(loader, document, check):
            chunk.position = stream.position
            yield chunk


def _cut_document(loader: Loader, document: Document, check: bool) -> Iterator[Chunk]:
    chunk, held = _new_chunk(document.name, check), 0
    found = False
    for part in parts(loader, document):
        if isinstance(part, str):
            if not found:
                chunk.nothing = part
            continue
        found = True
        if isinstance(part, Ticket):
            chunk.broken.append(part)
            held += len(part.raw)
        else:
            chunk.pieces.append(Cut(part, hashlib.sha256(part.raw).digest()))
            held += len(part.raw)
            if chunk.checked is not None:
                check_record(loader, part, chunk.checked)
        if held >= CHUNK_BYTES or len(chunk.pieces) >= CHUNK_RECORDS:
            yield chunk
            chunk, held = _new_chunk(document.name, check), 0
    if not found and not chunk.nothing:
        chunk.nothing = "there is no record in it"
    chunk.ended = True
    yield chunk


def _new_chunk(name: str, check: bool) -> Chunk:
    return Chunk(name, checked=Checked() if check else None)


def parts(loader: Loader, document: Document) -> Iterator[Piece | Ticket | str]:
    """Records and refused parts of a document; a string says why there is nothing. Raises nothing."""
    source, name = loader.SOURCE, document.name
    try:
        for part in loader.split(document):
            if isinstance(part, Broken):
                yield _ticket(source, name, part.path, part.reason, part.raw)
            elif reason := _unfit(part):
                yield _ticket(source, name, part.path, reason, part.raw[:CUT])
            else:
                yield _storable(part)
    except NothingUsable as e:
        yield str(e)
    except BadRecord as e:
        yield _ticket(source, name, e.path, e.reason, bytes(e.facts.get("raw", b""))[:CUT])
    except DAMAGE as e:
        yield _ticket(source, name, "", f"the archive is damaged or encrypted: {e}", b"")
    except Exception as e:  # noqa: BLE001  # the door of one document: what a loader did not foresee is kept and counted
        yield _ticket(source, name, "", f"the loader failed ({type(e).__name__}: {e}); please report it", b"")


def _ticket(source: str, document: str, path: str, reason: str, raw: bytes) -> Ticket:
    return Ticket(refused(source, "split", document, path, reason, raw), raw)


def _unfit(piece: Piece) -> str:
    if len(piece.raw) > LIMIT:
        return f"a record of {len(piece.raw) >> 20} MB; the largest may have {LIMIT >> 20} MB"
    if len(piece.record_id) > LONGEST_ID:
        return f"a record id of {len(piece.record_id)} characters; the longest may have {LONGEST_ID}"
    return "" if piece.record_id else "a record without id"


def _storable(piece: Piece) -> Piece:
    """The piece without a line end after it, which says nothing and differs by file, and without lone surrogates."""
    if piece.raw[-1:] in (b"\n", b"\r"):
        piece = piece._replace(raw=piece.raw.rstrip(b"\r\n"))
    form, record_id, _, path, context = piece
    if record_id.isascii() and path.isascii() and (not context or context.isascii()):
        return piece
    return piece._replace(
        form=without_surrogates(form),
        record_id=without_surrogates(record_id),
        path=without_surrogates(path),
        context=without_surrogates(context),
    )


def check_record(loader: Loader, piece: Piece, into: Checked) -> None:
    """Counts what `to_records` makes of one record."""
    ref = SourceRef(
        source=loader.SOURCE,
        form=piece.form,
        record_id=piece.record_id,
        content_hash="0" * 64,
        retrieved="1970-01-01T00:00:00Z",
    )
    into.records += 1
    try:
        for row in loader.to_records(piece.raw, ref, piece.context):
            if isinstance(row, Skipped):
                into.skipped += 1
                _note(into, ref, row.path, row.reason)
            else:
                into.rows[row.table] += 1
    except BadRecord as e:
        into.unreadable += 1
        _note(into, ref, e.path, e.reason)
    except Exception as e:  # noqa: BLE001  # the door of one record: a loader that fails is counted, the rest goes on
        into.unreadable += 1
        _note(into, ref, "", f"the loader failed ({type(e).__name__}: {e}); please report it")


def _note(into: Checked, ref: SourceRef, path: str, reason: str) -> None:
    digits = str.maketrans("", "", "0123456789")
    into.reasons[f"{path.translate(digits)}: {reason}"] += 1
    if len(into.examples) < EXAMPLES:
        into.examples.append(f"{ref.record} {path}: {reason}")


# --- many inputs at once -------------------------------------------------------------------------------------


class Batch(NamedTuple):
    """Chunks of one input, cut elsewhere or here."""

    named: Input
    chunks: Iterator[Chunk]


def _cut_here(source: str, inputs: list[Input], check: bool) -> Iterator[Batch]:
    for named in inputs:
        yield Batch(named, cut(source, named, check))


def _work(source: str, inputs: list[Input], check: bool, out: Any) -> None:
    """A worker: cuts its inputs in order. Ctrl-C is for the parent, which then stops its workers."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        for named in inputs:
            for chunk in cut(source, named, check):
                out.put(chunk)
            out.put(None)
    except KgError as e:
        out.put((type(e).__name__, e.message, e.next_step))


@contextmanager
def _workers(source: str, inputs: list[Input], check: bool, count: int) -> Iterator[Iterator[Batch]]:
    """Inputs dealt to `count` processes in turn; their chunks come in the order of the inputs."""
    context = multiprocessing.get_context("spawn")
    queues = [context.Queue(maxsize=8) for _ in range(count)]
    processes = [
        context.Process(target=_work, args=(source, inputs[i::count], check, queues[i]), daemon=True)
        for i in range(count)
    ]
    for process in processes:
        process.start()
    try:
        yield (Batch(named, _received(queues[i % count], processes[i % count])) for i, named in enumerate(inputs))
    finally:
        for process in processes:
            process.terminate()
        for process, waiting in zip(processes, queues, strict=True):
            process.join()
            waiting.close()
            waiting.cancel_join_thread()


def _received(waiting: Any, process: Any) -> Iterator[Chunk]:
    while True:
        try:
            message = waiting.get(timeout=1)
        except queue.Empty:
            if not process.is_alive() and waiting.empty():
                raise OurBug(
                    f"A worker process ended with code {process.exitcode}.", next_step="Try --workers 1."
                ) from None
            continue
        if message is None:
            return
        if isinstance(message, tuple):
            raise FixInput(message[1], next_step=message[2])
        yield message


@contextmanager
def batches(source: str, inputs: list[Input], check: bool, workers: int) -> Iterator[Iterator[Batch]]:
    """The inputs in order, each with its chunks; cut by up to `workers` processes where that pays."""
    count = min(workers, len(inputs))
    total = sum(i.size or 0 for i in inputs)
    if count > 1 and total >= PARALLEL_FROM and all(i.size is not None for i in inputs):
        with _workers(source, inputs, check, count) as received:
            yield received
    else:
        yield _cut_here(source, inputs, check)
