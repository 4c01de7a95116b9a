"""What is in the store, and how are its bytes read back? Reading is safe beside a writer and in several processes.

>>> store = RawStore(settings.raw)                      # doctest: +SKIP
>>> for batch in store.read(store.entries()): ...       # doctest: +SKIP
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from kg.errors import FixSetup
from kg.raw.packs import read_frame
from kg.raw.receipts import Receipt, read_receipts

STORED = pa.schema(
    [
        ("source", pa.string()),
        ("form", pa.string()),
        ("record_id", pa.string()),
        ("content_hash", pa.string()),
        ("pack", pa.string()),
        ("frame", pa.int64()),
        ("offset", pa.int64()),
        ("length", pa.int64()),
        ("context", pa.string()),
        ("path", pa.string()),
        ("document", pa.string()),
    ]
)
"""Columns of an index file: `frame` is the byte offset of a zstd frame in `pack`, `offset` and `length` the place of
the record in the frame's content."""

ENTRY = pa.schema(
    [
        ("source", pa.string()),
        ("form", pa.string()),
        ("record_id", pa.string()),
        ("content_hash", pa.string()),
        ("retrieved", pa.string()),
        ("receipt", pa.string()),
        ("pack", pa.string()),
        ("frame", pa.int64()),
        ("offset", pa.int64()),
        ("length", pa.int64()),
        ("context", pa.string()),
        ("path", pa.string()),
        ("document", pa.string()),
    ]
)

_KEY = ["source", "form", "record_id"]


class RawStore:
    """The raw store under one folder (`settings.raw`), which need not exist yet."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @property
    def packs(self) -> Path:
        return self.folder / "packs"

    @cached_property
    def _receipt_folder(self) -> Path:
        return self.folder / "receipts"

    def receipts(self) -> list[Receipt]:
        """Receipts of all committed batches, oldest first."""
        return read_receipts(self._receipt_folder)

    def index(self, receipt: Receipt) -> pa.Table:
        """The index of one batch, in the order of arrival. Raises `FixSetup` where it is missing or damaged."""
        path = self.packs / receipt.index.file
        try:
            return pq.read_table(path, schema=STORED)
        except (OSError, pa.ArrowInvalid) as e:
            raise FixSetup(
                f"{path} is missing or damaged: {e}.",
                next_step=f"Restore it from a copy, or move receipt {receipt.id} away and import its documents again.",
            ) from e

    def entries(self) -> pa.Table:
        """The current version of each record, sorted by source, form and record id (schema `ENTRY`).

        Of several versions the one of the latest receipt is current; within a receipt the one that came last.
        """
        parts = [self._dated(receipt) for receipt in self.receipts()]
        if not parts:
            return ENTRY.empty_table()
        everything = pa.concat_tables(parts).combine_chunks()
        numbered = everything.select(_KEY).append_column("n", pa.array(range(everything.num_rows), pa.int64()))
        latest = numbered.group_by(_KEY).aggregate([("n", "max")])
        return everything.take(latest.sort_by([(k, "ascending") for k in _KEY])["n_max"]).combine_chunks()

    def _dated(self, receipt: Receipt) -> pa.Table:
        index = self.index(receipt)
        same = {
            "retrieved": pa.repeat(pa.scalar(receipt.time, pa.string()), index.num_rows),
            "receipt": pa.repeat(pa.scalar(receipt.id, pa.string()), index.num_rows),
        }
        columns = [same[name] if name in same else index[name] for name in ENTRY.names]
        return pa.table(columns, schema=ENTRY)

    def read(self, entries: pa.Table, *, verify: bool = True) -> Iterator[pa.RecordBatch]:
        """The entries with their bytes in a last column `raw`, a batch a frame, each frame inflated once.

        Order: pack, frame, offset. With `verify` each record's sha256 is compared; raises `FixSetup` for damage.
        """
        ordered = entries.sort_by([("pack", "ascending"), ("frame", "ascending"), ("offset", "ascending")])
        ordered = ordered.combine_chunks()
        for start, length in _runs(ordered):
            part = ordered.slice(start, length)
            pack = self.packs / part["pack"][0].as_py()
            content = read_frame(pack, part["frame"][0].as_py())
            places = zip(part["offset"].to_pylist(), part["length"].to_pylist(), strict=True)
            raws = [content[offset : offset + size] for offset, size in places]
            if verify:
                _verify(part, raws, pack)
            yield _with_raw(part, raws)


def _runs(ordered: pa.Table) -> Iterator[tuple[int, int]]:
    """(start, length) of each run of rows in the same frame."""
    count = ordered.num_rows
    if count == 0:
        return
    differs = [0]
    if count > 1:
        pack, frame = (ordered[name].combine_chunks() for name in ("pack", "frame"))
        changes = pc.or_(
            pc.not_equal(pack.slice(1), pack.slice(0, count - 1)),
            pc.not_equal(frame.slice(1), frame.slice(0, count - 1)),
        )
        differs += [i + 1 for i in pc.indices_nonzero(changes).to_pylist()]
    for start, end in zip(differs, [*differs[1:], count], strict=True):
        yield start, end - start


def _verify(part: pa.Table, raws: list[bytes], pack: Path) -> None:
    for i, (raw, expected) in enumerate(zip(raws, part["content_hash"].to_pylist(), strict=True)):
        if hashlib.sha256(raw).hexdigest() != expected:
            record = ":".join(part[name][i].as_py() for name in _KEY)
            raise FixSetup(
                f"{pack} is damaged: the bytes of {record} are not those that were imported.",
                next_step="Restore the pack from a copy, or move its receipt away and import its documents again.",
            )


def _with_raw(part: pa.Table, raws: list[bytes]) -> Any:
    columns = [part[name].combine_chunks() for name in part.column_names]
    arrays = [c.chunk(0) if isinstance(c, pa.ChunkedArray) else c for c in columns]
    schema = part.schema.append(pa.field("raw", pa.large_binary()))
    return pa.RecordBatch.from_arrays([*arrays, pa.array(raws, pa.large_binary())], schema=schema)
