"""How does one chunk of native records become Arrow files? This is what a worker process runs.

Loader, extractors and name forms in one pass over each record; then columns, row hashes, and one record batch a
bucket in one file a table. A record that its loader refuses is kept by name, path and reason.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from extractors.registry import Extractor, extractors
from kg.errors import BadRecord
from kg.lake.names import name_forms
from kg.lake.rows import Batch
from kg.lake.schema import LAKE_TABLES, ROW_HASH, NameForm, SkippedPart, row_hash_sql
from kg.records import Assertion, Row, Skipped, SourceRef, TextUnit
from loaders.registry import loader

if TYPE_CHECKING:
    from kg.lake.normalise import Raw

_COMPRESSED = pa.ipc.IpcWriteOptions(compression="lz4")


@dataclass(frozen=True, slots=True)
class Chunk:
    """Entries to be read by one worker, and where their rows go."""

    folder: Path
    raw: Raw
    entries: pa.Table


def read_chunk(chunk: Chunk) -> int:
    """Writes the chunk's files; gives the number of records."""
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
    for kind in LAKE_TABLES:
        _write_table(chunk.folder / f"{kind.table}.arrow", _safe_table(batch, kind), numbers, ranks)
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
    """All rows that one native record gives: the loader's, the extractors' and the comparable names.

    Raises `BadRecord` where the loader refuses the record.
    """
    rows: dict[type[Row], list[Row]] = {}
    skipped: list[Row] = []
    readers = _readers()
    for row in loader(ref.source).to_records(raw, ref, context):
        kind = type(row)
        if kind is Skipped:
            skipped.append(_skipped(row))
            continue
        rows.setdefault(kind, []).append(row)  # type: ignore[arg-type]  # Skipped went another way
        if kind is TextUnit and row.role in readers:  # type: ignore[union-attr]
            for extractor in readers[row.role]:  # type: ignore[union-attr]
                rows.setdefault(Assertion, []).extend(extractor.extract(row))  # type: ignore[arg-type]
    rows[NameForm] = list(name_forms(rows.items()))
    if skipped:
        rows[SkippedPart] = skipped
    return rows


def _skipped(row: Any) -> SkippedPart:
    return SkippedPart(path=row.path, reason=row.reason, value=row.value)


@cache
def _readers() -> dict[str, list[Extractor]]:
    """Extractors by the role of the text that they read."""
    found: dict[str, list[Extractor]] = {}
    for extractor in extractors():
        for role in sorted(extractor.ROLES):
            found.setdefault(role, []).append(extractor)
    return found


def _safe_table(batch: Batch, kind: type[Row]) -> pa.Table:
    try:
        return batch.table(kind)
    except (pa.ArrowException, TypeError, ValueError, OverflowError):
        batch.refuse_misfits()
        return batch.table(kind)


@cache
def _engine() -> duckdb.DuckDBPyConnection:
    return duckdb.connect(config={"threads": 1})


def _write_table(path: Path, table: pa.Table, numbers: Any, ranks: Any) -> None:
    """One record batch a bucket, also where it is empty, so that a bucket's rows are found by its number."""
    if not table.num_rows:
        return
    from kg.lake.normalise import BUCKETS

    serial = table["rank"].to_numpy()
    if (np.diff(serial) < 0).any():
        order = np.argsort(serial, kind="stable")
        table, serial = table.take(pa.array(order)), serial[order]
    table = table.drop_columns(["rank"]).append_column(ROW_HASH, _row_hashes(table))
    table = table.append_column("rank", pa.array(ranks[serial], pa.int64())).combine_chunks()
    edges = np.searchsorted(numbers[serial], np.arange(BUCKETS + 1))
    with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_file(sink, table.schema, options=_COMPRESSED) as writer:
        for number in range(BUCKETS):
            part = table.slice(edges[number], edges[number + 1] - edges[number]).combine_chunks().to_batches()
            writer.write_batch(part[0] if part else _empty(table.schema))


def _empty(schema: pa.Schema) -> pa.RecordBatch:
    return pa.RecordBatch.from_arrays([pa.array([], f.type) for f in schema], schema=schema)


def _row_hashes(table: pa.Table) -> pa.Array:
    names = [n for n in table.column_names if n != "rank"]
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
