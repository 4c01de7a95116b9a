"""Whence do the rows of a release come? Each carries the number of its record; what is told of a record is looked up.

A record's name, hash and time are long texts, and tens of millions of rows repeat them. So rows are joined, sorted and
sent around with the number alone (`rec`), and get these texts as dictionaries: each text once a group of rows.
"""

from __future__ import annotations

from typing import Any

import duckdb
import numpy as np
import pyarrow as pa

from kg.records import PROVENANCE
from kg.release.layout import Release

TOLD = "told"
"""A column that is not stored: hash of a row's provenance."""
FETCHED = "fetched"
"""Another: whether the record was fetched since the parent release."""


class Provenance:
    """What is told of each record that was read, by its number."""

    def __init__(self, told: pa.Table) -> None:
        """From a table with `rec` in ascending order, the columns of `PROVENANCE`, `TOLD` and `FETCHED`."""
        self._fetched: Any = told[FETCHED].to_numpy()
        self._rec: Any = told["rec"].to_numpy()
        self._told: Any = told[TOLD].to_numpy()
        self._texts = [_numbered(told[c.name]) for c in PROVENANCE]

    def told(self, rec: pa.Array) -> pa.Array:
        """`TOLD` of rows, from the numbers of their records."""
        each = rec.dictionary_encode()
        return pa.array(self._told[self._rows(each.dictionary)][each.indices.to_numpy()])

    def fetched(self, rec: pa.Array) -> Any:
        """Which rows come from a record that was fetched since the parent, from the numbers of their records."""
        each = rec.dictionary_encode()
        return self._fetched[self._rows(each.dictionary)][each.indices.to_numpy()]

    def columns(self, rec: pa.Array) -> list[pa.DictionaryArray]:
        """The columns of `PROVENANCE` for rows, from the numbers of their records.

        Their dictionaries hold each text once, in the order in which rows first name it.
        """
        each = rec.dictionary_encode()
        rows = pa.array(self._rows(each.dictionary))
        found = []
        for all_ in self._texts:
            numbers = all_.indices.take(rows).dictionary_encode()
            texts = all_.dictionary.take(numbers.dictionary)
            found.append(pa.DictionaryArray.from_arrays(numbers.indices.take(each.indices), texts))
        return found

    def _rows(self, rec: pa.Array) -> Any:
        return np.searchsorted(self._rec, rec.to_numpy())


def _numbered(texts: pa.ChunkedArray) -> pa.DictionaryArray:
    """A column as numbers of its distinct texts: comparing numbers later costs less than comparing texts."""
    joined = texts.combine_chunks()
    return (joined.chunk(0) if isinstance(joined, pa.ChunkedArray) else joined).dictionary_encode()


def read_provenance(db: duckdb.DuckDBPyConnection, parent: Release | None = None) -> Provenance:
    """From the table `lake_input` of a database; `parent` is the release that the new one is compared with."""
    records = [str(path) for path in parent.parts("record")] if parent else []
    older = "source_record, content_hash, retrieved FROM read_parquet($records)"
    if not records:
        older = "record AS source_record, content_hash, retrieved FROM lake_input LIMIT 0"
    return Provenance(
        db.sql(
            "SELECT i.rec, i.source, i.record AS source_record, i.content_hash, i.retrieved, "
            f"hash(i.record, i.content_hash, i.retrieved) AS {TOLD}, "
            f"o.content_hash IS DISTINCT FROM i.content_hash OR o.retrieved IS DISTINCT FROM i.retrieved AS {FETCHED} "
            f"FROM lake_input i LEFT JOIN (SELECT {older}) o ON o.source_record = i.record ORDER BY i.rec",
            params={"records": records} if records else None,
        ).to_arrow_table()
    )
