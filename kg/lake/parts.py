"""How is a Parquet part written so that the same rows always give the same bytes?

One writer with pinned options; rows come in a total order, in one chunk a row group; nothing of the clock or the
machine goes in. The same options serve lake and release.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from kg.raw.disk import sync_file

ROW_GROUP = 122_880
"""Rows of a row group; a multiple of DuckDB's vector size, so that scans split evenly."""

OPTIONS = {
    "compression": "zstd",
    "compression_level": 1,
    "version": "2.6",
    "data_page_version": "1.0",
    "dictionary_pagesize_limit": 16 << 20,  # 64-character hashes repeat for all rows of a record: keep them in it
    "write_statistics": True,
    "store_schema": False,
    "write_page_index": False,
}


NUMBERS = frozenset({"row_hash", "rec", "rid"})
"""Hashes and running numbers hardly ever come twice: a dictionary of them costs time and a sixth of the size."""


def write_part(path: Path, table: pa.Table) -> None:
    """Writes one table as one file, without syncing it to the disk."""
    write_groups(path, row_groups(table), {n for n in table.schema.names if n in NUMBERS or n.endswith("_n")})


def write_groups(path: Path, groups: Iterable[pa.Table], distinct: Collection[str]) -> None:
    """Writes row groups (`row_groups`) as one file. In the columns `distinct` no repetitions are looked for."""
    writer = None
    for group in groups:
        if writer is None:
            repeating = [n for n in group.schema.names if n not in distinct]
            writer = pq.ParquetWriter(path, group.schema, use_dictionary=repeating, **OPTIONS)
        writer.write_table(group, row_group_size=ROW_GROUP)
    if writer is not None:
        writer.close()


def row_groups(table: pa.Table) -> Iterator[pa.Table]:
    """Slices of `ROW_GROUP` rows, at least one, each in one chunk: page boundaries must not depend on how rows arrived."""
    for start in range(0, max(1, table.num_rows), ROW_GROUP):
        yield table.slice(start, ROW_GROUP).combine_chunks()


class _Hashed:
    """A sink that keeps only the sha256 of what is written."""

    def __init__(self) -> None:
        self.digest = hashlib.sha256()
        self.closed = False

    def write(self, data: bytes) -> int:
        self.digest.update(data)
        return len(data)

    def flush(self) -> None:
        """Nothing is buffered."""

    def close(self) -> None:
        self.closed = True


def content_digest(table: pa.Table) -> str:
    """sha256 (hex) of a table's rows: equal tables give equal digests however they are chunked."""
    sink = _Hashed()
    with pa.ipc.new_stream(sink, table.schema) as stream:
        for group in row_groups(table):
            # Copied: a slice is written with some bytes of the rows behind it, and with what lies beneath its nulls.
            for batch in group.take(pa.array(np.arange(group.num_rows))).to_batches():
                stream.write_batch(batch)
    return sink.digest.hexdigest()


def file_digest(path: Path) -> str:
    """sha256 (hex) of a file's bytes."""
    with path.open("rb") as f:
        return hashlib.file_digest(f, "sha256").hexdigest()


def sync_files(paths: Iterable[Path]) -> None:
    """Makes files or folders durable; several at a time, so that the file system can write them together."""
    with ThreadPoolExecutor(16) as threads:
        for _ in threads.map(sync_file, paths):
            pass
