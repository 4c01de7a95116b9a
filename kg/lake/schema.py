"""Which columns has a table on disk? Everything follows from `kg.records`; nothing is listed twice.

>>> from kg.records import Broader, Venue
>>> lake_schema(Venue).names
['id', 'name_ja', 'name_en', 'publisher', 'source', 'source_record', 'content_hash', 'retrieved', 'row_hash', 'rec', 'rid', 'id_n']
>>> release_schema(Broader).names
['narrower', 'broader', 'row_hash']
"""

from __future__ import annotations

from typing import ClassVar

import pyarrow as pa

from kg.records import LAKE, PROVENANCE, RELEASE, Column, Row, columns, record

ROW_HASH = pa.field("row_hash", pa.uint64(), nullable=False)
"""64-bit hash of the row's own columns, without provenance (`row_hash_sql`). Comparable between tables that were
hashed by the same version of the engine; the manifest names it."""

_TYPES = {str: pa.string(), int: pa.int64(), float: pa.float64(), bool: pa.bool_()}


@record
class SkippedPart(Row):
    """A part of a record that could not be read while the rest was."""

    table: ClassVar[str] = "skipped"
    key: ClassVar[tuple[str, ...]] = ("path", "reason", "value")
    path: str
    reason: str
    value: str


LAKE_TABLES: tuple[type[Row], ...] = (*LAKE, SkippedPart)
"""Tables of the lake: the records', and what was left out of them."""

CLAIMS: frozenset[str] = frozenset(row.table for row in LAKE)
"""Release tables whose rows carry provenance."""


def arrow_field(column: Column) -> pa.Field:
    return pa.field(column.name, _TYPES[column.type], nullable=column.nullable)


def own_schema(row: type[Row]) -> pa.Schema:
    """The record class's own columns."""
    return pa.schema([arrow_field(c) for c in columns(row)])


def lake_schema(row: type[Row]) -> pa.Schema:
    """Own columns, provenance, row hash, and the numbers that stages join by (`numbers`)."""
    return pa.schema([*own_schema(row), *(arrow_field(c) for c in PROVENANCE), ROW_HASH, *numbers(row)])


LOCAL_KEYS = frozenset(
    {"id", "about", "person", "work", "organization", "project", "venue", "subject", "other", "parent"}
)
"""Columns of lake tables that hold local keys."""

NOT_LOCAL = frozenset({("record", "id"), ("activity", "id")})


def local_keys(row: type[Row]) -> list[str]:
    """Columns of a lake table that hold local keys of things."""
    return [c.name for c in columns(row) if c.name in LOCAL_KEYS and (row.table, c.name) not in NOT_LOCAL]


RECORD_BITS = 24
BUCKET_BITS = 48
"""Numbers are made of bucket (from bit `BUCKET_BITS`), record within the bucket (from bit `RECORD_BITS`), and row or
thing within the record. They stay below 2 ** 53, so that stages can put an order of sources before them."""


def numbers(row: type[Row]) -> list[pa.Field]:
    """Integers in place of long texts: `rec` the record, `rid` the row, `<column>_n` each local key.

    They order rows as their record names do within a bucket, mean the same in all tables of one lake, and change when
    records come or go: nothing outside of one build may keep them.
    """
    keys = [pa.field(f"{c}_n", pa.int64()) for c in local_keys(row)]
    return [pa.field("rec", pa.int64(), nullable=False), pa.field("rid", pa.int64(), nullable=False), *keys]


def release_schema(row: type[Row]) -> pa.Schema:
    """Own columns, provenance where rows are claims of sources, row hash."""
    provenance = [arrow_field(c) for c in PROVENANCE] if row.table in CLAIMS else []
    return pa.schema([*own_schema(row), *provenance, ROW_HASH])


def row_hash_sql(names: list[str]) -> str:
    """SQL of `row_hash` over columns, for DuckDB."""
    return "hash({})".format(", ".join(f'"{n}"' for n in names))


def own_names(row: type[Row]) -> list[str]:
    """Names of the class's own columns."""
    return [c.name for c in columns(row)]


def release_tables() -> dict[str, type[Row]]:
    """Record class by release table."""
    return {row.table: row for row in RELEASE}
