"""How does one chunk of native records become Arrow files? This is what a worker process runs.

Loader and extractors in one pass over each record; then columns, row hashes, and one record batch a
bucket in one file a table. A record that its loader refuses is kept by name, path and reason.
"""

from __future__ import annotations

import gc
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from extractors.registry import Extractor, extractors
from kg.errors import BadRecord
from kg.lake.rows import Batch
from kg.lake.schema import LAKE_TABLES, ROW_HASH, SkippedPart, row_hash_sql
from kg.records import Assertion, Row, Skipped, SourceRef, TextUnit
from loaders.registry import loader

if TYPE_CHECKING:
    from kg.lake.normalise import Raw

_COMPRESSED = pa.ipc.IpcWriteOptions(compression="lz4")
_PLAIN = pa.ipc.IpcWriteOptions()
_WORTH_COMPRESSING = 1 << 20
"""Bytes of a chunk's table. Each column of each bucket is compressed alone, which costs more than it saves in small
tables: left plain they halve the time of writing, for 10 % (CiNii) to 28 % (KAKEN) more bytes in all."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """Entries to be read by one worker, and where their rows go."""

    folder: Path
    raw: Raw
    entries: pa.Table


def read_chunk(chunk: Chunk) -> int:
    """Writes the chunk's files; gives the number of records."""
    # A chunk makes millions of rows without cycles that live until its end: the collector would walk them for nothing.
    collecting = gc.isenabled()
    gc.disable()
    try:
        return _read_chunk(chunk)
    finally:
        if collecting:
            gc.enable()


def _read_chunk(chunk: Chunk) -> int:
    chunk.folder.mkdir()
    batch = Batch()
    refused: list[tuple[int, str, str, str, str]] = []
    for serial, entry in enumerate(_in_rank_order(chunk)):
        try:
            batch.add(serial, record_rows(entry.ref, entry.raw, entry.context))
        except BadRecord as e:
            refused.append((entry.bucket, entry.ref.record, entry.ref.source, e.path, e.reason))
    places = np.array(_places(chunk.entries), dtype=np.int64).reshape(-1, 2)
    numbers, ranks = places[:, 0], places[:, 1]
    tables = {kind: _in_record_order(batch.table(kind)) for kind in LAKE_TABLES}
    for kind, table in tables.items():
        if table.num_rows:
            _write_table(chunk.folder / f"{kind.table}.arrow", table, numbers, ranks)
    if refused:
        _write_refused(chunk.folder / "refused.parquet", refused)
    return int(chunk.entries.num_rows)


@dataclass(frozen=True, slots=True)
class _Entry:
    ref: SourceRef
    raw: bytes
    context: str
    bucket: int


def _places(entries: pa.Table) -> list[tuple[int, int]]:
    """(bucket, rank) of the chunk's records in the order in which they are read."""
    return sorted(zip(entries["bucket"].to_pylist(), entries["rank"].to_pylist(), strict=True))


def _in_rank_order(chunk: Chunk) -> Iterator[_Entry]:
    """The chunk's records by bucket and rank, so that the rows of a bucket are one run."""
    found: list[tuple[int, int, _Entry]] = []
    for batch in chunk.raw.read(chunk.entries):
        columns = {n: batch.column(n).to_pylist() for n in batch.schema.names if n not in ("pack", "frame", "offset")}
        for i in range(batch.num_rows):
            ref = SourceRef(
                source=columns["source"][i], form=columns["form"][i], record_id=columns["record_id"][i],
                content_hash=columns["content_hash"][i], retrieved=columns["retrieved"][i],
            )  # fmt: skip
            entry = _Entry(ref, columns["raw"][i], columns["context"][i] or "", columns["bucket"][i])
            found.append((columns["bucket"][i], columns["rank"][i], entry))
    found.sort(key=lambda f: f[:2])
    for _, _, entry in found:
        yield entry


def record_rows(ref: SourceRef, raw: bytes, context: str = "") -> dict[type[Row], list[Row]]:
    """All rows that one native record gives: the loader's and the extractors'.

    Raises `BadRecord` where the loader refuses the record.
    """
    rows: defaultdict[type[Row | Skipped], list[Any]] = defaultdict(list)
    for row in loader(ref.source).to_records(raw, ref, context):
        rows[type(row)].append(row)
    skipped = rows.pop(Skipped, ())
    readers = _readers()
    for unit in rows.get(TextUnit, ()):
        for extractor in readers.get(unit.role, ()):
            rows[Assertion] += extractor.extract(unit)
    found: dict[type[Row], list[Any]] = rows  # type: ignore[assignment]  # Skipped went another way
    if skipped:
        found[SkippedPart] = [SkippedPart(path=s.path, reason=s.reason, value=s.value) for s in skipped]
    return found


@cache
def _readers() -> dict[str, list[Extractor]]:
    """Extractors by the role of the text that they read."""
    found: dict[str, list[Extractor]] = {}
    for extractor in extractors():
        for role in sorted(extractor.ROLES):
            found.setdefault(role, []).append(extractor)
    return found


@cache
def _engine() -> duckdb.DuckDBPyConnection:
    return duckdb.connect(config={"threads": 1})


def _in_record_order(table: pa.Table) -> pa.Table:
    """Rows by record; those of one record in the order in which they came."""
    serial = table["rank"].to_numpy()
    if (np.diff(serial) < 0).any():
        table = table.take(pa.array(np.argsort(serial, kind="stable")))
    return table.combine_chunks()


def _within(groups: Any) -> Any:
    """For each element of a sorted array its position among equal ones."""
    if not len(groups):
        return np.zeros(0, np.int32)
    first = np.r_[True, groups[1:] != groups[:-1]]
    starts = np.flatnonzero(first)
    return (np.arange(len(groups)) - np.repeat(starts, np.diff(np.r_[starts, len(groups)]))).astype(np.int32)


def _write_table(path: Path, table: pa.Table, numbers: Any, ranks: Any) -> None:
    """One record batch a bucket, also where it is empty, so that a bucket's rows are found by its number."""
    from kg.lake.normalise import BUCKETS

    serial = table["rank"].to_numpy()
    table = table.append_column("n", pa.array(_within(serial), pa.int32()))
    table = table.drop_columns(["rank"]).append_column(ROW_HASH, _row_hashes(table))
    table = table.append_column("rank", pa.array(ranks[serial], pa.int64())).combine_chunks()
    edges = np.searchsorted(numbers[serial], np.arange(BUCKETS + 1))
    options = _COMPRESSED if table.nbytes >= _WORTH_COMPRESSING else _PLAIN
    with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_file(sink, table.schema, options=options) as writer:
        rows = table.to_batches()[0]
        for start, end in pairwise(edges):
            writer.write_batch(rows.slice(start, end - start))


def _row_hashes(table: pa.Table) -> pa.Array:
    names = [n for n in table.column_names if n not in ("rank", "n") and not n.endswith("_n")]
    engine = _engine()
    engine.register("fresh_rows", table)
    try:
        hashes = engine.sql(f"SELECT {row_hash_sql(names)} AS h FROM fresh_rows").to_arrow_table()
    finally:
        engine.unregister("fresh_rows")
    return hashes["h"].combine_chunks().cast(pa.uint64())


def _write_refused(path: Path, refused: list[tuple[int, str, str, str, str]]) -> None:
    schema = pa.schema([("bucket", pa.int32()), *((n, pa.string()) for n in ("record", "source", "path", "reason"))])
    columns = list(zip(*refused, strict=True)) if refused else [()] * len(schema)
    pq.write_table(pa.table([pa.array(c, f.type) for c, f in zip(columns, schema, strict=True)], schema=schema), path)
