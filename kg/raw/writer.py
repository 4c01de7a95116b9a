"""How does a batch become real? Pack and index are synced to disk, then their folder, and only then the receipt.

A process that dies in between leaves files that no receipt names; the next writer removes them.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from kg.raw.disk import only_one, plain_errors, sync_file, sync_folder
from kg.raw.known import Known, Sight, key_of, version_of
from kg.raw.packs import PackWriter
from kg.raw.receipts import PackFile, Progress, Receipt, write_receipt
from kg.raw.store import STORED, RawStore

PACK_BYTES = 64 << 20
"""A batch is closed when its pack has this size …"""
BATCH_RECORDS = 100_000
"""… or this many records."""


def utc_now() -> str:
    """The time of a receipt."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


class Writer:
    """Takes records in; the one writer of a store. Use `writer(store)`."""

    def __init__(self, store: RawStore, known: Known, number: int, clock: Callable[[], str] = utc_now) -> None:
        self.store, self._known, self._number, self._clock = store, known, number, clock
        self._pack: PackWriter | None = None
        self._columns: dict[str, list[object]] = {name: [] for name in STORED.names}
        self._rows = 0
        self._counts: Counter[Sight] = Counter()
        self._raw_bytes = 0
        self.receipts: list[Receipt] = []
        """Receipts written by this writer."""

    @property
    def full(self) -> bool:
        """Whether the batch should be committed."""
        return self._rows >= BATCH_RECORDS or (self._pack is not None and self._pack.size >= PACK_BYTES)

    @property
    def _id(self) -> str:
        return f"{self._number:08d}"

    def take(
        self, source: str, form: str, record_id: str, raw: bytes, digest: bytes, context: str, path: str, document: str
    ) -> Sight:
        """Adds one record unless its bytes are in the store. `digest` is the sha256 of `raw`."""
        key, version = key_of(source, form, record_id), version_of(digest, context)
        sight = self._known.sight(key, version)
        if sight is Sight.UNCHANGED or sight is Sight.OLDER:
            return sight
        if self._pack is None:
            self._pack = PackWriter(self.store.packs / f"{self._id}.pack")
        frame, offset = self._pack.add(raw)
        add = self._known.add_new if sight is Sight.NEW else self._known.add
        add(key, version, self._number, self._rows)
        row = (source, form, record_id, digest.hex(), self._pack.path.name, frame, offset, len(raw), context, path)
        for column, value in zip(self._columns.values(), (*row, document), strict=True):
            column.append(value)
        self._rows += 1
        self._counts[sight] += 1
        self._raw_bytes += len(raw)
        return sight

    def commit(self, loader_version: int, documents: tuple[Progress, ...]) -> Receipt | None:
        """Makes the batch real; None where there is nothing in it."""
        if not self._rows:
            self._known.commit()  # nothing but looked-up versions
            return None
        receipt = self._write(self._finished_index(), loader_version, documents)
        self._reset()
        return receipt

    def restore_older(self, loader_version: int, documents: tuple[Progress, ...]) -> int:
        """Makes older versions current again where they were the last seen of their record; how many.

        Call it once, when all inputs have been read and the last batch is committed.
        """
        places = list(self._known.older())
        self._known.forget_older()
        if not places:
            return 0
        index = pa.concat_tables(self._older_rows(places)).combine_chunks()
        for row, (key, version) in enumerate(_keys(index)):
            self._known.add(key, version, self._number, row)
        self._counts[Sight.OLDER] = index.num_rows
        self._write(index, loader_version, documents)
        self._reset()
        return int(index.num_rows)

    def _older_rows(self, places: list[tuple[int, int]]) -> Iterator[pa.Table]:
        by_number = {r.number: r for r in [*self.store.receipts()]}
        rows: dict[int, list[int]] = {}
        for number, row in places:
            rows.setdefault(number, []).append(row)
        for number, wanted in sorted(rows.items()):
            yield self.store.index(by_number[number]).take(pa.array(wanted, pa.int64()))

    def _finished_index(self) -> pa.Table:
        assert self._pack is not None
        self._packed = self._pack.finish()
        starts = self._pack.frames
        columns = {**self._columns, "frame": [starts[int(str(f))] for f in self._columns["frame"]]}
        return pa.table(columns, schema=STORED)

    def _write(self, index: pa.Table, loader_version: int, documents: tuple[Progress, ...]) -> Receipt:
        path = self.store.packs / f"{self._id}.parquet"
        pq.write_table(index, path, compression="zstd", row_group_size=1 << 20)
        sync_file(path)
        sync_folder(self.store.packs)
        by_source = Counter(index["source"].to_pylist())
        receipt = Receipt(
            id=self._id,
            time=self._clock(),
            sources=dict(sorted(by_source.items())),
            loader_version=loader_version,
            new=self._counts[Sight.NEW],
            changed=self._counts[Sight.CHANGED],
            again=self._counts[Sight.OLDER],
            raw_bytes=self._raw_bytes,
            index=_described(path, index.num_rows),
            pack=self._packed if self._pack is not None else None,
            documents=documents,
        )
        write_receipt(self.store.folder / "receipts", receipt)
        self._known.mark(receipt.number, receipt.index.sha256)
        self._known.commit()
        self.receipts.append(receipt)
        return receipt

    def _reset(self) -> None:
        self._number += 1
        self._pack, self._rows, self._raw_bytes = None, 0, 0
        self._counts.clear()
        for column in self._columns.values():
            column.clear()

    def abandon(self) -> None:
        """Forgets the batch in hand."""
        if self._pack is not None:
            self._pack.drop()
        self._known.rollback()
        self._reset()


@contextmanager
def writer(store: RawStore, clock: Callable[[], str] = utc_now) -> Iterator[Writer]:
    """The store's writer, alone; what it has not committed on leaving is forgotten.

    Raises `TryAgain` where another process writes, `FixSetup` where the disk is full or forbidden.
    """
    with only_one(store.folder, "import"), plain_errors(store.folder):
        for folder in (store.packs, store.folder / "receipts"):
            folder.mkdir(parents=True, exist_ok=True)
        receipts = store.receipts()
        _remove_unreal(store, receipts)
        known = _open_known(store.folder / "known.sqlite")
        try:
            catch_up(known, store, receipts)
            taking = Writer(store, known, receipts[-1].number + 1 if receipts else 1, clock)
            try:
                yield taking
            finally:
                taking.abandon()
        finally:
            known.close()


def _open_known(path: Path) -> Known:
    try:
        return Known(path)
    except sqlite3.DatabaseError:  # a damaged cache is rebuilt from the receipts
        for file in path.parent.glob(path.name + "*"):
            file.unlink()
        return Known(path)


def catch_up(known: Known, store: RawStore, receipts: list[Receipt]) -> None:
    """Brings the cache to the state of the receipts; starts it anew where they are not its own."""
    applied = known.applied()
    if any(applied.get(r.number, r.index.sha256) != r.index.sha256 for r in receipts) or len(
        applied.keys() - {r.number for r in receipts}
    ):
        known.clear()
        applied = {}
    for receipt in receipts:
        if receipt.number not in applied:
            known.follow(receipt.number, receipt.index.sha256, _keys(store.index(receipt)))
    known.commit()


def _keys(index: pa.Table) -> Iterator[tuple[bytes, bytes]]:
    names = ("source", "form", "record_id", "content_hash", "context")
    for batch in index.select(names).to_batches(max_chunksize=10_000):
        for source, form, record_id, content_hash, context in zip(*(c.to_pylist() for c in batch.columns), strict=True):
            yield key_of(source, form, record_id), version_of(bytes.fromhex(content_hash), context)


def _remove_unreal(store: RawStore, receipts: list[Receipt]) -> None:
    real = {r.index.file for r in receipts} | {r.pack.file for r in receipts if r.pack}
    for path in store.packs.iterdir():
        if path.name not in real:
            path.unlink()
    for path in (store.folder / "receipts").glob("*.tmp"):
        path.unlink()


def _described(path: Path, rows: int) -> PackFile:
    content = path.read_bytes()
    return PackFile(file=path.name, bytes=len(content), sha256=hashlib.sha256(content).hexdigest(), rows=rows)
