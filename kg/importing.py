"""How do native records of a source get into the raw store? `import_records` is `kg import`.

Inputs are cut into records by the source's loader (in worker processes where there are several inputs), the records
go into the store in the order in which they stand, and each full batch is made real by a receipt. What cannot be cut
goes to quarantine. Memory is bounded by one batch, whatever the size of the input.
"""

from __future__ import annotations

import hashlib
import io
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, field
from types import FrameType
from typing import Any, NamedTuple, Protocol

import pyarrow as pa

from kg.raw.cutting import EXAMPLES, Batch, Checked, Chunk, Cut, Ticket, batches, check_record, parts
from kg.raw.inputs import find
from kg.raw.known import Known, Sight, key_of, version_of
from kg.raw.quarantine import Quarantine, Refused
from kg.raw.receipts import Progress
from kg.raw.store import RawStore
from kg.raw.writer import Writer, catch_up, writer
from kg.settings import Settings
from kg.text import without_surrogates
from loaders.base import Document, Loader, Piece
from loaders.registry import loader as loader_of


@dataclass(slots=True, kw_only=True)
class Imported:
    """What an import did."""

    source: str
    inputs: int = 0
    documents: int = 0
    records: int = 0
    """Records met, known ones included."""
    new: int = 0
    changed: int = 0
    again: int = 0
    unchanged: int = 0
    quarantined: int = 0
    """Parts that no record could be cut from, known ones included."""
    quarantined_new: int = 0
    bytes: int = 0
    """Native bytes of the records met."""
    unusable: list[str] = field(default_factory=list)
    """Documents in which the loader found nothing of its source, with the reason; the first 1,000."""
    unusable_documents: int = 0
    receipts: list[str] = field(default_factory=list)
    interrupted: bool = False
    dry_run: bool = False
    seconds: float = 0.0
    checked: Checked | None = None

    @property
    def exit_code(self) -> int:
        """0 done · 3 something quarantined or unreadable · 4 nothing usable · 130 interrupted."""
        if self.interrupted:
            return 130
        if not self.records:
            return 4
        return 3 if self.quarantined or (self.checked and self.checked.unreadable) else 0

    def as_dict(self) -> dict[str, Any]:
        """For `--json`."""
        whole = asdict(self)
        whole["records_per_second"] = round(self.records / self.seconds, 1) if self.seconds else None
        whole["exit_code"] = self.exit_code
        if self.checked:
            reasons = self.checked.reasons.most_common(EXAMPLES)
            whole["checked"] |= {"rows": dict(sorted(self.checked.rows.items())), "reasons": dict(reasons)}
        return whole


class State(NamedTuple):
    """What progress shows: bytes of the inputs read so far, and records met."""

    position: int
    records: int
    quarantined: int


Line = Callable[[str], None]
Watch = Callable[[State], None]


# --- the job -------------------------------------------------------------------------------------------------


@contextmanager
def stoppable() -> Iterator[threading.Event]:
    """An event that the first Ctrl-C (or SIGTERM) sets; a second Ctrl-C interrupts at once."""
    stop = threading.Event()
    if threading.current_thread() is not threading.main_thread():
        yield stop
        return

    def on_signal(number: int, frame: FrameType | None) -> None:
        if stop.is_set():
            raise KeyboardInterrupt
        stop.set()

    before = {number: signal.signal(number, on_signal) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def import_records(
    settings: Settings,
    source: str,
    paths: tuple[str, ...],
    *,
    check: bool = False,
    dry_run: bool = False,
    watch: Watch = lambda state: None,
    say: Line = lambda line: None,
    stop: threading.Event | None = None,
) -> Imported:
    """Takes the records of `source` in `paths` into the raw store.

    `watch` is called about once a chunk, `say` with a line for each refused part and unusable document. When `stop`
    is set, the batch in hand is finished and the result says `interrupted`. Raises `FixInput` for paths that do not
    exist, `TryAgain` where another import is running, `FixSetup` where the disk is full.
    """
    loader = loader_of(source)
    inputs = find(paths)
    started = time.monotonic()
    result = Imported(source=source, inputs=len(inputs), dry_run=dry_run, checked=Checked() if check else None)
    with ExitStack() as stack:
        sink: _Sink
        if dry_run:
            sink = stack.enter_context(_looking(settings))
        else:
            sink = _Storing(stack.enter_context(writer(RawStore(settings.raw))), Quarantine(settings.quarantine))
        job = _Job(sink, loader, result, watch, say, stop or threading.Event())
        job.run(stack.enter_context(batches(source, inputs, check, settings.worker_count)))
    result.seconds = round(time.monotonic() - started, 3)
    return result


class _Sink(Protocol):
    """Where records go."""

    @property
    def full(self) -> bool:
        """Whether the batch in hand should be committed."""
        ...

    def take(self, source: str, cut: Cut, document: str) -> Sight: ...

    def commit(self, version: int, tickets: list[Ticket], documents: tuple[Progress, ...]) -> tuple[str | None, int]:
        """Receipt id, where one was written, and how many tickets were new."""
        ...

    def finish(self, version: int, documents: tuple[Progress, ...]) -> tuple[str | None, int]:
        """Receipt id and number of records whose older version became current."""
        ...


class _Storing:
    def __init__(self, into: Writer, quarantine: Quarantine) -> None:
        self._writer, self._quarantine = into, quarantine

    @property
    def full(self) -> bool:
        return self._writer.full

    def take(self, source: str, cut: Cut, document: str) -> Sight:
        form, record_id, raw, path, context = cut.piece
        return self._writer.take(source, form, record_id, raw, cut.digest, context, path, document)

    def commit(self, version: int, tickets: list[Ticket], documents: tuple[Progress, ...]) -> tuple[str | None, int]:
        fresh = self._quarantine.add_all(tickets)  # first: a record has a receipt only when its neighbours are kept too
        receipt = self._writer.commit(version, documents)
        return (receipt.id if receipt else None), fresh

    def finish(self, version: int, documents: tuple[Progress, ...]) -> tuple[str | None, int]:
        restored = self._writer.restore_older(version, documents)
        return (self._writer.receipts[-1].id if restored else None), restored


class _Looking:
    full = False

    def __init__(self, known: Known) -> None:
        self._known = known
        self._row = 0

    def take(self, source: str, cut: Cut, document: str) -> Sight:
        key = key_of(source, cut.piece.form, cut.piece.record_id)
        version = version_of(cut.digest, cut.piece.context)
        sight = self._known.sight(key, version)
        if sight in (Sight.NEW, Sight.CHANGED):
            self._row += 1
            self._known.add(key, version, 0, self._row)
        return sight

    def commit(self, version: int, tickets: list[Ticket], documents: tuple[Progress, ...]) -> tuple[str | None, int]:
        return None, 0

    def finish(self, version: int, documents: tuple[Progress, ...]) -> tuple[str | None, int]:
        return None, sum(1 for _ in self._known.older())


@contextmanager
def _looking(settings: Settings) -> Iterator[_Looking]:
    """Compares with the store without writing anything."""
    store = RawStore(settings.raw)
    known = Known(None)
    try:
        catch_up(known, store, store.receipts())
        yield _Looking(known)
    finally:
        known.close()


class _Job:
    """One import while it runs."""

    def __init__(
        self, sink: _Sink, loader: Loader, result: Imported, watch: Watch, say: Line, stop: threading.Event
    ) -> None:
        self.sink, self.loader, self.result, self.watch, self.say, self.stop = sink, loader, result, watch, say, stop
        self.tickets: list[Ticket] = []
        self.done: list[Progress] = []
        """Inputs of the batch in hand that have ended."""
        self.current: Progress | None = None
        self.base = 0

    def run(self, cut: Iterator[Batch]) -> None:
        for batch in cut:
            self._input(batch)
            if self.stop.is_set():
                self.result.interrupted = True
                break
        self._commit()
        if not self.result.interrupted:
            receipt, self.result.again = self.sink.finish(self.loader.VERSION, ())
            if receipt:
                self.result.receipts.append(receipt)

    def _input(self, batch: Batch) -> None:
        met = refused_parts = 0
        name = without_surrogates(batch.named.name)
        last, complete = name, True
        for chunk in batch.chunks:
            met, refused_parts, last = met + len(chunk.pieces), refused_parts + len(chunk.broken), chunk.document
            self.current = Progress(name=name, records=met, quarantined=refused_parts, last=last, complete=False)
            self._chunk(chunk)
            if self.stop.is_set():
                complete = False
                break
        self.current = None
        self.done.append(Progress(name=name, records=met, quarantined=refused_parts, last=last, complete=complete))
        self.base += batch.named.size or 0

    def _chunk(self, chunk: Chunk) -> None:
        result, source = self.result, self.loader.SOURCE
        counts: Counter[Sight] = Counter()
        for piece in chunk.pieces:
            counts[self.sink.take(source, piece, chunk.document)] += 1
            result.bytes += len(piece.piece.raw)
        result.new += counts[Sight.NEW]
        result.changed += counts[Sight.CHANGED]
        result.unchanged += counts[Sight.UNCHANGED] + counts[Sight.OLDER]
        result.records += len(chunk.pieces)
        result.documents += chunk.ended
        self._refuse(chunk)
        if chunk.checked and result.checked:
            _merge(result.checked, chunk.checked)
        if self.sink.full or sum(len(t.raw) for t in self.tickets) > 64 << 20:
            self._commit()
        self.watch(State(self.base + chunk.position, result.records, result.quarantined))

    def _refuse(self, chunk: Chunk) -> None:
        for ticket in chunk.broken:
            self.result.quarantined += 1
            self.tickets.append(ticket)
            where = f"{ticket.entry.document} {ticket.entry.path}".strip()
            self.say(f"{where}: {ticket.entry.reason}. Kept in quarantine as {ticket.entry.id}; see `kg quarantine`.")
        if chunk.nothing:
            self.result.unusable_documents += 1
            if len(self.result.unusable) < 1000:
                self.result.unusable.append(_named(chunk))
            self.say(f"not used: {_named(chunk)}")

    def _commit(self) -> None:
        documents = (*self.done, *([self.current] if self.current else ()))
        receipt, fresh = self.sink.commit(self.loader.VERSION, self.tickets, documents)
        self.result.quarantined_new += fresh
        self.tickets, self.done = [], []
        if receipt:
            self.result.receipts.append(receipt)


def _named(chunk: Chunk) -> str:
    return chunk.nothing if chunk.document in chunk.nothing else f"{chunk.document}: {chunk.nothing}"


def _merge(into: Checked, more: Checked) -> None:
    into.records += more.records
    into.unreadable += more.unreadable
    into.skipped += more.skipped
    into.rows.update(more.rows)
    into.reasons.update(more.reasons)
    into.examples = [*into.examples, *more.examples][:EXAMPLES]


# --- quarantine ----------------------------------------------------------------------------------------------


@dataclass(slots=True, kw_only=True)
class Retried:
    """What trying the quarantine again did."""

    tried: int = 0
    solved: int = 0
    records: int = 0
    remaining: int = 0

    @property
    def exit_code(self) -> int:
        return 3 if self.remaining else 0


def retry_quarantine(settings: Settings, source: str | None = None) -> Retried:
    """Tries refused parts again with the loaders of today.

    Parts that no record could be cut from are cut again, and the records go into the store. Stored records that gave
    no rows are read again as they are in the store; the next build takes them. What works leaves the quarantine.
    """
    quarantine = Quarantine(settings.quarantine)
    entries = quarantine.entries(source)
    result = Retried(tried=len(entries))
    store = RawStore(settings.raw)
    solved = _readable(store, [e for e in entries if e.stage == "read"])
    with writer(store) as into:
        for entry in entries:
            if entry.stage != "split" or (taken := _cut_again(entry, quarantine.raw(entry.id), into)) is None:
                continue
            result.records += taken
            solved.append(entry.id)
        into.commit(max((loader_of(e.source).VERSION for e in entries), default=0), ())
    quarantine.remove(solved)
    result.solved = len(solved)
    result.remaining = len(entries) - len(solved)
    return result


def _readable(store: RawStore, entries: list[Refused]) -> list[str]:
    """Entries whose record is readable now, or no longer in the store."""
    if not entries:
        return []
    stored = store.entries()
    keys = [":".join(k) for k in zip(*(stored[n].to_pylist() for n in ("source", "form", "record_id")), strict=True)]
    wanted = {e.record for e in entries}
    refused_now: set[str] = set()
    for batch in store.read(stored.filter(pa.array([k in wanted for k in keys], pa.bool_()))):
        for row in batch.to_pylist():
            checked = Checked()
            check_record(
                loader_of(row["source"]), Piece(row["form"], row["record_id"], row["raw"], "", row["context"]), checked
            )
            if checked.unreadable:
                refused_now.add(f"{row['source']}:{row['form']}:{row['record_id']}")
    return [e.id for e in entries if e.record not in refused_now]


def _cut_again(entry: Refused, raw: bytes, into: Writer) -> int | None:
    """How many records the entry gave; None where it is still refused."""
    found = list(parts(loader_of(entry.source), Document(entry.document, lambda: io.BytesIO(raw), len(raw))))
    pieces = [p for p in found if isinstance(p, Piece)]
    if not pieces or len(pieces) != len(found):
        return None
    for form, record_id, content, path, context in pieces:
        digest = hashlib.sha256(content).digest()
        into.take(entry.source, form, record_id, content, digest, context, f"{entry.path} {path}", entry.document)
    return len(pieces)
