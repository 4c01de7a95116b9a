"""How do typed rows become Arrow columns quickly?

Rows are kept in one list a class and turned around column by column; no dictionary is made for a row. Rows of one
record are sorted by key and the first of equal keys is kept, so that every table has the key it declares.
"""

from __future__ import annotations

from collections.abc import Callable
from operator import attrgetter
from typing import Any

import pyarrow as pa

from kg.lake.schema import LAKE_TABLES, SkippedPart, own_schema
from kg.records import Row
from kg.text import without_surrogates

Rows = dict[type[Row], list[Row]]


RANK = pa.field("rank", pa.int64(), nullable=False)
"""Which record of its bucket a row comes from."""

_SCHEMAS = {kind: own_schema(kind) for kind in LAKE_TABLES}
_VALUES: dict[type[Row], Callable[[Any], tuple[Any, ...]]] = {k: attrgetter(*_SCHEMAS[k].names) for k in LAKE_TABLES}
_KEYS: dict[type[Row], Callable[[Any], Any]] = {k: attrgetter(*k.key) for k in LAKE_TABLES}


def in_key_order(kind: type[Row], rows: list[Row]) -> list[Row]:
    """Rows of one record and class, sorted by key, the first of equal keys kept."""
    if len(rows) < 2:
        return rows
    key = _KEYS[kind]
    rows.sort(key=key)
    keys = [key(row) for row in rows]
    if all(map(_differ, keys, keys[1:])):
        return rows
    return [row for i, row in enumerate(rows) if i == 0 or keys[i] != keys[i - 1]]


def _differ(a: Any, b: Any) -> bool:
    return bool(a != b)


class Batch:
    """Rows of many records on their way to Arrow, one list a table, with the rank of the record of each row."""

    def __init__(self) -> None:
        self.rows: Rows = {kind: [] for kind in LAKE_TABLES}
        self.ranks: dict[type[Row], list[int]] = {kind: [] for kind in LAKE_TABLES}

    def add(self, rank: int, rows: Rows) -> None:
        """Takes over the rows of one record; records come in the order of their ranks."""
        for kind, some in rows.items():
            if some:
                kept = in_key_order(kind, some)
                self.rows[kind].extend(kept)
                self.ranks[kind].extend([rank] * len(kept))

    def table(self, kind: type[Row]) -> pa.Table:
        """Own columns of a class and `rank`, in the order of the rows."""
        rows = self.rows[kind]
        fields = list(_SCHEMAS[kind])
        turned = list(zip(*map(_VALUES[kind], rows), strict=True)) if rows else [()] * len(fields)
        columns = [_column(values, field) for values, field in zip(turned, fields, strict=True)]
        ranks = pa.array(self.ranks[kind], pa.int64())
        return pa.table([*columns, ranks], schema=_SCHEMAS[kind].append(RANK))

    def refuse_misfits(self) -> None:
        """Turns rows that their table cannot hold (a loader's mistake) into skipped parts; call when `table` fails."""
        for kind in LAKE_TABLES:
            if kind is SkippedPart:
                continue
            kept: list[tuple[int, Row]] = []
            for rank, row in zip(self.ranks[kind], self.rows[kind], strict=True):
                reason = _misfit(kind, row)
                if reason is None:
                    kept.append((rank, row))
                else:
                    self.rows[SkippedPart].append(SkippedPart(path=kind.table, reason=reason, value=""))
                    self.ranks[SkippedPart].append(rank)
            self.rows[kind] = [row for _, row in kept]
            self.ranks[kind] = [rank for rank, _ in kept]


def _misfit(kind: type[Row], row: Row) -> str | None:
    for value, field in zip(_VALUES[kind](row), _SCHEMAS[kind], strict=True):
        try:
            _column((value,), field)
        except (pa.ArrowException, TypeError, ValueError, OverflowError) as e:
            return f"{field.name}: {e}"[:200]
    return None


def _column(values: Any, field: pa.Field) -> pa.Array:
    try:
        column = pa.array(values, field.type)
    except UnicodeEncodeError:  # a lone surrogate: no storage can hold it
        column = pa.array([without_surrogates(v) if isinstance(v, str) else v for v in values], field.type)
    if column.null_count and not field.nullable:
        raise ValueError("no value where one is required")
    return column
