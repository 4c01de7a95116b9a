"""Equal rows give equal bytes, whatever chunks they came in."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from kg.lake import parts
from kg.lake.parts import content_digest, file_digest, write_part

ROWS = pa.table(
    {
        "source_record": [f"cinii:item:{n // 3}" for n in range(1000)],
        "year": pa.array([None if n % 7 else n for n in range(1000)], pa.int64()),
        "row_hash": pa.array(range(1000), pa.uint64()),
    }
)


def in_chunks(table: pa.Table, size: int) -> pa.Table:
    return pa.concat_tables([table.slice(start, size) for start in range(0, table.num_rows, size)])


def test_chunks_leave_no_trace_in_the_bytes(tmp_path: Path) -> None:
    write_part(tmp_path / "a", ROWS)
    write_part(tmp_path / "b", in_chunks(ROWS, 7))
    assert file_digest(tmp_path / "a") == file_digest(tmp_path / "b")
    assert content_digest(ROWS) == content_digest(in_chunks(ROWS, 7))


def test_every_difference_is_seen() -> None:
    digests = [content_digest(t) for t in (ROWS, ROWS.slice(1), ROWS.slice(0, 999), ROWS.select(["year", "row_hash"]))]
    assert len(set(digests)) == len(digests)


def test_row_groups_are_cut_at_a_fixed_size(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts, "ROW_GROUP", 300)
    write_part(tmp_path / "a", in_chunks(ROWS, 450))
    file = pq.ParquetFile(tmp_path / "a")
    assert [file.metadata.row_group(n).num_rows for n in range(file.num_row_groups)] == [300, 300, 300, 100]
    assert file.read().equals(ROWS)


def test_hashes_and_running_numbers_have_no_dictionary(tmp_path: Path) -> None:
    write_part(tmp_path / "a", ROWS)
    columns = pq.ParquetFile(tmp_path / "a").metadata.row_group(0)
    encodings = {columns.column(n).path_in_schema: columns.column(n).encodings for n in range(columns.num_columns)}
    assert "RLE_DICTIONARY" in encodings["source_record"]
    assert "RLE_DICTIONARY" not in encodings["row_hash"]
