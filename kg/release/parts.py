"""How does a table of the database become parts of a release, sharing with the parent what did not change?

Rows fall into `PARTS` parts by a hash of their key. A part whose rows equal the parent's is the parent's file again
(hard link). What changed is told by row hashes: `changes/<table>.parquet` holds key and added, changed or removed. The
first release of an installation has nothing to be compared with, and no changes.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from kg.errors import OurBug
from kg.lake.parts import NUMBERS, file_digest, row_groups, write_groups, write_part
from kg.lake.schema import CLAIMS, ROW_HASH, own_names, own_schema, release_schema
from kg.records import PROVENANCE, Record, Row
from kg.release.layout import Release
from kg.release.provenance import Provenance, read_provenance

PARTS = 16
_BATCH = 100_000
PROVENANCE_COMPARED = ("source_record", "content_hash", "retrieved")

_PLAIN_KEYS = frozenset(
    {"record", "text_unit", "assertion", "activity", "entity_record", "identity_conflict", "field", "field_label",
     "broader", "field_match"}
)  # fmt: skip
"""Tables whose first key column is no persistent id: their part comes from a hash made for it. Persistent ids are
hashes themselves, so that parts by their first digit are sorted as a whole."""


@dataclass(slots=True)
class Part:
    """One part as the manifest tells it."""

    name: str
    rows: int
    input: str
    """sha256 of the part's rows: equal ones are not written again."""
    sha256: str
    bytes: int


@dataclass(slots=True)
class Delta:
    """Rows that the parent has not so (`fresh`), and keys of those that it has otherwise or too much (`gone`).

    Other than `changes`, this tells rows apart whose provenance alone differs.
    """

    gone: list[pa.Table] = field(default_factory=list)
    fresh: list[pa.Table] = field(default_factory=list)


@dataclass(slots=True)
class Written:
    """One table of the new release."""

    table: str
    parts: list[Part] = field(default_factory=list)
    linked: int = 0
    """Parts that are the parent's files."""
    added: int = 0
    changed: int = 0
    removed: int = 0
    delta: Delta | None = None
    """What turns the parent's rows into these; None where that is much or the parent is of another make."""

    @property
    def rows(self) -> int:
        return sum(p.rows for p in self.parts)


def write_table(
    db: duckdb.DuckDBPyConnection,
    row: type[Row],
    staging: Path,
    parent: Release | None,
    provenance: Provenance | None = None,
) -> Written:
    """Writes all parts of one table, and its changes. The table in the database is named like the record's.

    `provenance` saves reading it again for each table. Raises `OurBug` where the declared key is not unique.
    """
    if provenance is None and row.table in CLAIMS:
        provenance = read_provenance(db, parent)
    folder = staging / "tables" / row.table
    folder.mkdir(parents=True)
    written = Written(row.table, delta=Delta() if parent and parent.comparable else None)
    changes: list[pa.Table] = []
    was = {p["name"]: p for p in parent.manifest["tables"][row.table]["parts"]} if parent else {}
    waiting: deque[Future[_Done]] = deque()
    with ThreadPoolExecutor(2) as threads:

        def take() -> None:
            done = waiting.popleft().result()
            written.linked += done.linked
            if done.part.rows:
                written.parts.append(done.part)
            if done.changes.num_rows:
                changes.append(done.changes)
            _add_delta(written, done)

        for number, rows in sorted_parts(db, row):
            while len(waiting) > 2:
                take()
            job = _Job(row, folder, number, rows, provenance, parent, was.get(f"part-{number:x}.parquet"))
            waiting.append(threads.submit(job.run))
        while waiting:
            take()
    if not written.parts:
        folder.rmdir()
    _write_changes(row, staging, changes, written)
    return written


def _add_delta(written: Written, done: _Done) -> None:
    if written.delta is None:
        return
    if done.gone is None or done.fresh is None:
        written.delta = None
        return
    written.delta.gone.append(done.gone)
    written.delta.fresh.append(done.fresh)


def sorted_parts(db: duckdb.DuckDBPyConnection, row: type[Row]) -> Iterator[tuple[int, pa.Table]]:
    """(number, rows) of every part, rows in key order, empty parts included; claims with the number of their record."""
    own = own_names(row)
    listed = ", ".join(f't."{n}"' for n in own)
    numbered = "t.rec, " if row.table in CLAIMS else ""
    numbers = [pa.field("rec", pa.int64(), nullable=False)] if numbered else []
    schema = pa.schema([*own_schema(row), *numbers, ROW_HASH])
    key = ", ".join(f't."{k}"' for k in row.key)
    digit = f'left(md5(t."{row.key[0]}"), 1)' if row.table in _PLAIN_KEYS else f'substr(t."{row.key[0]}", 2, 1)'
    query = (
        f'SELECT {listed}, {numbered}hash({listed}) AS row_hash, {digit} AS part FROM "{row.table}" t '
        f"ORDER BY part, {key}"
    )
    pending: dict[str, list[pa.RecordBatch]] = {}
    at = 0
    for batch in db.sql(query).to_arrow_reader(_BATCH):
        for digit_, piece in _by_part(batch):
            while f"{at:x}" != digit_ and at < PARTS:
                yield at, _table(pending.pop(f"{at:x}", []), schema)
                at += 1
            pending.setdefault(digit_, []).append(piece)
    while at < PARTS:
        yield at, _table(pending.pop(f"{at:x}", []), schema)
        at += 1


def _by_part(batch: pa.RecordBatch) -> Iterator[tuple[str, pa.RecordBatch]]:
    """Runs of a batch that is sorted by its last column `part`."""
    parts = batch.column(batch.num_columns - 1)
    runs = pc.run_end_encode(parts)
    start = 0
    for end, digit in zip(runs.run_ends.to_pylist(), runs.values.to_pylist(), strict=True):
        yield digit, batch.slice(start, end - start)
        start = end


def _table(batches: list[pa.RecordBatch], schema: pa.Schema) -> pa.Table:
    if not batches:
        return schema.empty_table()
    rows = pa.Table.from_batches(batches)
    try:
        return rows.select(schema.names).cast(schema).combine_chunks()
    except (pa.ArrowInvalid, ValueError) as e:
        raise OurBug(f"A table does not fit its record class: {e}") from e


@dataclass(slots=True)
class _Done:
    """One part, and how it differs from the parent's."""

    part: Part
    linked: bool
    changes: pa.Table
    gone: pa.Table | None = None
    fresh: pa.Table | None = None


@dataclass(slots=True)
class _Job:
    row: type[Row]
    folder: Path
    number: int
    rows: pa.Table
    provenance: Provenance | None
    parent: Release | None
    was: dict[str, Any] | None

    def run(self) -> _Done:
        """Writes or links one part."""
        name = f"part-{self.number:x}.parquet"
        path = self.folder / name
        if not self.rows.num_rows and self.was is None:
            return self._same(Part(name, 0, "", "", 0), linked=False)
        told = self.provenance.told(_whole(self.rows["rec"])) if self.provenance else None
        digest = rows_digest(self.rows, told)
        if self.parent and self.was and self.parent.comparable and self.was["input"] == digest:
            link_or_copy(self.parent.tables / self.row.table / name, path)
            return self._same(Part(**self.was), linked=True)
        part = Part(name, 0, "", "", 0)
        if self.rows.num_rows:
            _check_key(self.row, self.rows)
            self._write(path)
            part = Part(name, self.rows.num_rows, digest, file_digest(path), path.stat().st_size)
        if self.parent is None:
            return self._same(part, linked=False)
        rows = _with_provenance(self.rows, self.provenance)
        if self.was is None:
            return _Done(part, False, _marked(self.row, rows, "added"), self._no_keys(), rows)
        older = self._older(self.parent, self.was["name"])
        same = compared(older, rows)
        fetched = self.provenance.fetched(_whole(self.rows["rec"])) if self.provenance else None
        gone, fresh = rows_apart(self.row, older, rows, same, fetched)
        small = gone.num_rows + fresh.num_rows <= DELTA_SHARE * max(rows.num_rows, 100)
        changes = changes_between(self.row, older, rows, same)
        return _Done(part, False, changes, gone if small else None, fresh if small else None)

    def _same(self, part: Part, *, linked: bool) -> _Done:
        """A part that does not differ from the parent's, or has nothing to differ from."""
        nothing = _with_provenance(self.rows.slice(0, 0), self.provenance)
        return _Done(part, linked, _no_changes(self.row), self._no_keys(), nothing)

    def _no_keys(self) -> pa.Table:
        return self.rows.slice(0, 0).select(list(self.row.key))

    def _write(self, path: Path) -> None:
        """Like `write_part`, with provenance as dictionaries, which Parquet then need not find out itself."""
        groups = (_with_provenance(group, self.provenance) for group in row_groups(self.rows))
        write_groups(path, groups, {*NUMBERS, *_DISTINCT, *(self.row.key if len(self.row.key) == 1 else ())})

    def _older(self, parent: Release, name: str) -> pa.Table:
        """What the parent's part is compared by."""
        return read_hashed(self.row, parent, parent.tables / self.row.table / name, compared_columns(self.row))


def compared_columns(row: type[Row]) -> list[str]:
    """Key, row hash, and what of their provenance makes rows differ."""
    provenance = PROVENANCE_COMPARED if row is Record else PROVENANCE_COMPARED[:1] if row.table in CLAIMS else ()
    return [*row.key, "row_hash", *provenance]


def read_hashed(row: type[Row], release: Release, path: Path, columns: list[str]) -> pa.Table:
    """Columns of a part with its row hashes, made again where another version of the engine made them."""
    if release.comparable:
        return pq.read_table(path, columns=columns, read_dictionary=[n for n in columns if n == "source_record"])
    table = pq.read_table(path)
    with duckdb.connect(config={"threads": 1}) as engine:
        engine.register("older", table)
        listed = ", ".join(f'"{n}"' for n in own_names(row))
        hashes = engine.sql(f"SELECT hash({listed}) AS h FROM older").to_arrow_table()["h"]
    at = table.column_names.index("row_hash")
    return table.set_column(at, "row_hash", hashes).select(columns)


DELTA_SHARE = 0.2
_DISTINCT = frozenset({"path", "value", "title", "tokens_ja", "tokens_en", "names", "row"})
"""Columns whose values hardly ever come twice: Parquet need not look for repetitions."""


def _whole(column: pa.ChunkedArray) -> pa.Array:
    """A column as one array."""
    joined = column.combine_chunks()
    return joined.chunk(0) if isinstance(joined, pa.ChunkedArray) else joined


def _with_provenance(rows: pa.Table, provenance: Provenance | None) -> pa.Table:
    """Rows as they are stored: what is told of their records in place of the records' numbers."""
    if provenance is None:
        return rows
    at = rows.schema.get_field_index("rec")
    columns = provenance.columns(_whole(rows["rec"]))
    rows = rows.remove_column(at)
    for n, (column, told) in enumerate(zip(PROVENANCE, columns, strict=True)):
        rows = rows.add_column(at + n, pa.field(column.name, told.type, nullable=column.nullable), told)
    return rows


def rows_digest(rows: pa.Table, told: pa.Array | None) -> str:
    """sha256 (hex) of a part: its row hashes and those of their provenance, in key order."""
    digest = hashlib.sha256(np.ascontiguousarray(rows["row_hash"].to_numpy()).tobytes())
    if told is not None:
        digest.update(np.ascontiguousarray(told.to_numpy()).tobytes())
    return digest.hexdigest()


@dataclass(frozen=True, slots=True)
class Compared:
    """Two versions of a part, row by row.

    Rows are the same where their hashes are; claims, where the same record makes them; a record, where its bytes are.
    """

    at: Any
    """Place of each older row among the newer ones, -1 where it is not there so."""
    fresh: Any
    """Which newer rows are not among the older ones so."""


def compared(older: pa.Table, newer: pa.Table) -> Compared:
    """Both with what `compared_columns` names."""
    at = _places(_whole(older["row_hash"]), _whole(newer["row_hash"]))
    for name in PROVENANCE_COMPARED:
        if name in older.column_names and newer.num_rows:
            was, now = (_numbered(_whole(t[name])) for t in (older, newer))
            number = _places(was.dictionary, now.dictionary)[was.indices.to_numpy()]
            at = np.where(number == now.indices.to_numpy()[at], at, -1)
    fresh = np.ones(newer.num_rows, dtype=bool)
    fresh[at[at >= 0]] = False
    return Compared(at, fresh)


def _places(values: pa.Array, among: pa.Array) -> Any:
    """Place of each value among others; -1 where it is not there."""
    return pc.index_in(values, value_set=among).fill_null(-1).to_numpy(zero_copy_only=False)


def _numbered(texts: pa.Array) -> pa.DictionaryArray:
    return texts if pa.types.is_dictionary(texts.type) else texts.dictionary_encode()


def rows_apart(
    row: type[Row], older: pa.Table, newer: pa.Table, same: Compared, fetched: Any = None
) -> tuple[pa.Table, pa.Table]:
    """Keys of the older rows, and the newer rows, that are not stored alike in both.

    `fetched`: which newer rows come from a record that was fetched since; their provenance differs.
    """
    gone, fresh = same.at < 0, same.fresh
    if fetched is not None:
        gone = gone | fetched[same.at] if len(fetched) else gone
        fresh = fresh | fetched
    return older.select(list(row.key)).filter(pa.array(gone)), newer.filter(pa.array(fresh))


def link_or_copy(source: Path, target: Path) -> None:
    """The same file under another name, or a copy where the file system cannot link."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)


def _check_key(row: type[Row], rows: pa.Table) -> None:
    """Rows are sorted by key: equal keys would stand side by side."""
    if rows.num_rows < 2:
        return
    same: Any = True
    for name in row.key:
        column = _whole(rows[name])
        same = pc.and_(same, pc.equal(column.slice(1), column.slice(0, len(column) - 1)))
    if pc.any(same).as_py():
        at = pc.index(same, True).as_py()
        raise OurBug(f"Table {row.table} holds the key {[rows[k][at].as_py() for k in row.key]} twice.")


def changes_between(row: type[Row], older: pa.Table, newer: pa.Table, same: Compared | None = None) -> pa.Table:
    """Key and `change` of each row that is not the same in both (`compared`), sorted by key."""
    same = same or compared(older, newer)
    fresh = newer.select(list(row.key)).filter(pa.array(same.fresh))
    gone = older.select(list(row.key)).filter(pa.array(same.at < 0))
    if not fresh.num_rows and not gone.num_rows:
        return _no_changes(row)
    keys = [*zip(*(fresh[k].to_pylist() for k in row.key), strict=True)]
    lost = [*zip(*(gone[k].to_pylist() for k in row.key), strict=True)]
    before = set(lost)
    marked = {k: "changed" if k in before else "added" for k in keys}
    marked.update({k: "removed" for k in lost if k not in marked})
    return _changes_table(row, sorted(marked.items()))


def _changes_schema(row: type[Row]) -> pa.Schema:
    own = release_schema(row)
    return pa.schema([*(own.field(k) for k in row.key), pa.field("change", pa.string(), nullable=False)])


def _changes_table(row: type[Row], marked: list[tuple[tuple[Any, ...], str]]) -> pa.Table:
    schema = _changes_schema(row)
    columns: list[Any] = [*zip(*(k for k, _ in marked), strict=True), [c for _, c in marked]]
    return pa.table([pa.array(c, f.type) for c, f in zip(columns, schema, strict=True)], schema=schema)


def _no_changes(row: type[Row]) -> pa.Table:
    return _changes_schema(row).empty_table()


def _marked(row: type[Row], rows: pa.Table, change: str) -> pa.Table:
    marks = pa.repeat(pa.scalar(change), rows.num_rows)
    return pa.table([*(rows[k] for k in row.key), marks], schema=_changes_schema(row))


def _write_changes(row: type[Row], staging: Path, changes: list[pa.Table], written: Written) -> None:
    if not changes:
        return
    table = pa.concat_tables(changes)
    counts = {c["values"]: c["counts"] for c in pc.value_counts(table["change"]).to_pylist()}
    written.added, written.changed = counts.get("added", 0), counts.get("changed", 0)
    written.removed = counts.get("removed", 0)
    folder = staging / "changes"
    folder.mkdir(exist_ok=True)
    write_part(folder / f"{row.table}.parquet", table)
