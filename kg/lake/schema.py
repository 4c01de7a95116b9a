"""Which columns has a table on disk? Everything follows from `kg.records`; nothing is listed twice.

>>> from kg.records import Broader, Venue
>>> lake_schema(Venue).names
['id', 'name_ja', 'name_en', 'publisher', 'source', 'source_record', 'content_hash', 'retrieved', 'row_hash']
>>> release_schema(Broader).names
['narrower', 'broader', 'row_hash']
"""

from __future__ import annotations

from typing import ClassVar

import pyarrow as pa

from kg.records import LAKE, PROVENANCE, RELEASE, Column, Row, columns, record

ROW_HASH = pa.field("row_hash", pa.uint64(), nullable=False)
"""First 64 bits of md5 over the row's own columns in a fixed text form (`row_hash_sql`); without provenance."""

_TYPES = {str: pa.string(), int: pa.int64(), float: pa.float64(), bool: pa.bool_()}


@record
class NameForm(Row):
    """One comparable form of a name that a record gives to a person, an organisation or a venue.

    Made row-wise in the lake, since SQL engines do not agree on Unicode; identity compares these, never raw names.
    """

    table: ClassVar[str] = "name_form"
    key: ClassVar[tuple[str, ...]] = ("mention", "script", "whole")
    mention: str
    kind: str
    script: str
    """`han`, `kana`, `latin`, `other`; for organisations and venues `ja` or `en`."""
    whole: str
    """`match_key` of the whole name; of Latin names the sorted words."""
    family: str | None = None
    given: str | None = None
    profile: bool = False
    """True where the person's own profile says so."""


@record
class SkippedPart(Row):
    """A part of a record that could not be read while the rest was."""

    table: ClassVar[str] = "skipped"
    key: ClassVar[tuple[str, ...]] = ("path", "reason", "value")
    path: str
    reason: str
    value: str


LAKE_TABLES: tuple[type[Row], ...] = (*LAKE, NameForm, SkippedPart)
"""Tables of the lake: the records', the comparable names, and what was left out."""

CLAIMS: frozenset[str] = frozenset(row.table for row in LAKE)
"""Release tables whose rows carry provenance."""


def arrow_field(column: Column) -> pa.Field:
    return pa.field(column.name, _TYPES[column.type], nullable=column.nullable)


def own_schema(row: type[Row]) -> pa.Schema:
    """The record class's own columns."""
    return pa.schema([arrow_field(c) for c in columns(row)])


def lake_schema(row: type[Row]) -> pa.Schema:
    """Own columns, provenance, row hash."""
    return pa.schema([*own_schema(row), *(arrow_field(c) for c in PROVENANCE), ROW_HASH])


def release_schema(row: type[Row]) -> pa.Schema:
    """Own columns, provenance where rows are claims of sources, row hash."""
    provenance = [arrow_field(c) for c in PROVENANCE] if row.table in CLAIMS else []
    return pa.schema([*own_schema(row), *provenance, ROW_HASH])


def row_hash_sql(names: list[str]) -> str:
    """SQL of `row_hash` over columns, for DuckDB: values in their text form, each closed by U+001F, null as U+0000."""
    parts = ", ".join(f'coalesce(CAST("{n}" AS VARCHAR), chr(0)), chr(31)' for n in names)
    return f"md5_number_lower(concat({parts}))"


def own_names(row: type[Row]) -> list[str]:
    """Names of the class's own columns."""
    return [c.name for c in columns(row)]


def release_tables() -> dict[str, type[Row]]:
    """Record class by release table."""
    return {row.table: row for row in RELEASE}
