"""How do typed rows become Arrow columns quickly?

Rows are kept in one list a class and turned around column by column; no dictionary is made for a row. Of rows of one
record with equal keys the first is kept, so that every table has the key it declares; their order is the loader's,
which depends on the record's bytes alone.

Every `SETTLED_ROWS` rows they become Arrow arrays and are let go: what was just made is still in the processor's
cache, and its memory is used again (4,000 CiNii records: 465 µs of CPU a record for the whole chunk, 549 µs where
all of its rows are turned at the end).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from operator import attrgetter
from typing import Any

import numpy as np
import pyarrow as pa

from kg.lake.schema import LAKE_TABLES, SkippedPart, local_keys, own_schema
from kg.records import Row
from kg.text import without_surrogates

Rows = dict[type[Row], list[Row]]

SETTLED_ROWS = 5_000

RANK = pa.field("rank", pa.int64(), nullable=False)
"""Which record of its bucket a row comes from."""

Turned = dict[type[Row], dict[str, tuple[Any, ...]]]
"""Values of the waiting rows by class and column."""

_SCHEMAS = {kind: own_schema(kind) for kind in LAKE_TABLES}
_VALUES: dict[type[Row], Callable[[Any], tuple[Any, ...]]] = {k: attrgetter(*_SCHEMAS[k].names) for k in LAKE_TABLES}
_LOCAL: dict[type[Row], list[str]] = {k: local_keys(k) for k in LAKE_TABLES}
_NUMBERED = {
    k: pa.schema([*_SCHEMAS[k], *(pa.field(f"{n}_n", pa.int32()) for n in _LOCAL[k]), RANK]) for k in LAKE_TABLES
}
_KEYS: dict[type[Row], Callable[[Any], Any]] = {k: attrgetter(*k.key) for k in LAKE_TABLES}


def with_unique_keys(kind: type[Row], rows: list[Row]) -> list[Row]:
    """Rows of one record and class in the order in which they came, the first of equal keys kept."""
    if len(rows) < 2:
        return rows
    keys = list(map(_KEYS[kind], rows))
    if len(set(keys)) == len(keys):
        return rows
    first: dict[Any, Row] = {}
    for key, row in zip(keys, rows, strict=True):
        first.setdefault(key, row)
    return list(first.values())


class Batch:
    """Rows of many records on their way to Arrow, one list a table, with the rank of the record of each row."""

    def __init__(self) -> None:
        self._rows: Rows = {kind: [] for kind in LAKE_TABLES}
        self._ranks: dict[type[Row], list[int]] = {kind: [] for kind in LAKE_TABLES}
        self._settled: dict[type[Row], list[pa.RecordBatch]] = {kind: [] for kind in LAKE_TABLES}
        self._waiting = 0

    def add(self, rank: int, rows: Rows) -> None:
        """Takes over the rows of one record; records come in the order of their ranks."""
        for kind, some in rows.items():
            if some:
                kept = with_unique_keys(kind, some)
                self._rows[kind] += kept
                self._ranks[kind] += [rank] * len(kept)
                self._waiting += len(kept)
        if self._waiting >= SETTLED_ROWS:
            self._settle()

    def table(self, kind: type[Row]) -> pa.Table:
        """Own columns of a class, `<column>_n` for its local keys, and `rank`, in the order of the rows; a row that does
        not fit is a `SkippedPart`.
        """
        self._settle()
        return pa.Table.from_batches(self._settled[kind], _NUMBERED[kind]).combine_chunks()

    def _settle(self) -> None:
        """Turns the waiting rows into Arrow."""
        if not self._waiting:
            return
        try:
            arrays = self._arrays()
        except (pa.ArrowException, TypeError, ValueError, OverflowError):
            self.refuse_misfits()
            arrays = self._arrays()
        for kind, batch in arrays.items():
            self._settled[kind].append(batch)
            self._rows[kind].clear()
            self._ranks[kind].clear()
        self._waiting = 0

    def _arrays(self) -> dict[type[Row], pa.RecordBatch]:
        turned: Turned = {
            kind: dict(zip(_SCHEMAS[kind].names, zip(*map(_VALUES[kind], rows), strict=True), strict=True))
            for kind, rows in self._rows.items()
            if rows
        }
        numbers = key_numbers(turned, self._ranks)
        return {kind: _batch(kind, columns, numbers, self._ranks[kind]) for kind, columns in turned.items()}

    def refuse_misfits(self) -> None:
        """Turns rows that their table cannot hold (a loader's mistake) into skipped parts."""
        for kind in LAKE_TABLES:
            if kind is SkippedPart:
                continue
            kept: list[tuple[int, Row]] = []
            for rank, row in zip(self._ranks[kind], self._rows[kind], strict=True):
                reason = _misfit(kind, row)
                if reason is None:
                    kept.append((rank, row))
                else:
                    self._rows[SkippedPart].append(SkippedPart(path=kind.table, reason=reason, value=""))
                    self._ranks[SkippedPart].append(rank)
            self._rows[kind] = [row for _, row in kept]
            self._ranks[kind] = [rank for rank, _ in kept]


def key_numbers(turned: Turned, ranks: dict[type[Row], list[int]]) -> dict[Any, int]:
    """Number of each local key within its record, in the order in which its rows name them, table by table."""
    record: dict[Any, int] = {}
    for kind, columns in turned.items():
        for name in _LOCAL[kind]:
            record.update(zip(columns[name], ranks[kind], strict=True))
    record.pop(None, None)
    counted: defaultdict[int, int] = defaultdict(int)
    numbers: dict[Any, int] = {}
    for key, rank in record.items():
        numbers[key] = counted[rank]
        counted[rank] += 1
    return numbers


def _batch(
    kind: type[Row], columns: dict[str, tuple[Any, ...]], numbers: dict[Any, int], ranks: list[int]
) -> pa.RecordBatch:
    own = [_column(columns[field.name], field) for field in _SCHEMAS[kind]]
    local = [pa.array(map(numbers.get, columns[name]), pa.int32()) for name in _LOCAL[kind]]
    rank = pa.array(np.array(ranks, np.int64))
    return pa.RecordBatch.from_arrays([*own, *local, rank], schema=_NUMBERED[kind])


def _misfit(kind: type[Row], row: Row) -> str | None:
    for value, field in zip(_VALUES[kind](row), _SCHEMAS[kind], strict=True):
        try:
            _column((value,), field)
        except (pa.ArrowException, TypeError, ValueError, OverflowError) as e:
            return f"{field.name}: {e}"[:200]
    return None


def _column(values: tuple[Any, ...], field: pa.Field) -> pa.Array:
    if field.nullable and values[0] is None and values.count(None) == len(values):
        return pa.nulls(len(values), field.type)
    try:
        column = pa.array(values, field.type)
    except UnicodeEncodeError:  # a lone surrogate: no storage can hold it
        column = pa.array([without_surrogates(v) if isinstance(v, str) else v for v in values], field.type)
    if column.null_count and not field.nullable:
        raise ValueError("no value where one is required")
    return column
