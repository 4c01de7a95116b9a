"""How does the lake follow the raw store, reading again only what changed?

Records fall into `BUCKETS` buckets by a hash of their name. A bucket is a folder named by the hash of its inputs
(record names, content hashes, contexts, retrieval times, versions of loader and extractors); one that exists is
right and is used as it is. Else its changed records are read by worker processes (map), their rows are joined with
the rows that stay from the bucket's older folder (reduce), sorted by record, and written beside; the folder
is renamed into place last. So a kill at any moment leaves whole buckets only, and the next run goes on from them.

    map      entries in the order of their bytes → one Arrow file a chunk and table, one record batch a bucket
    reduce   one bucket: older rows of unchanged records + new rows → Parquet

Order of rows: record, then the loader's. Neither the number of workers nor the order of import can be seen in the bytes.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any, Protocol

import duckdb
import numpy as np
import orjson
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from extractors.registry import extractors
from kg.lake.parts import content_digest, write_part
from kg.lake.pool import Pool
from kg.lake.reading import Chunk, read_chunk
from kg.lake.schema import BUCKET_BITS, LAKE_TABLES, RECORD_BITS, lake_schema, local_keys, own_schema
from kg.raw.disk import write_whole
from kg.records import Row
from loaders.registry import loader

BUCKETS = 32
FORMAT = 6
"""Raised whenever the same records would give other lake files."""
CHUNK_RECORDS = 8_000
CHUNK_BYTES = 32 << 20

SIZES = "sizes.json"

INPUTS = pa.schema(
    [
        pa.field("rec", pa.int64(), nullable=False),
        *(
            pa.field(n, pa.string(), nullable=False)
            for n in ("record", "source", "content_hash", "retrieved", "digest")
        ),
    ]
)
"""What a bucket's folder was made from: each record with its number and a digest of everything that decides its rows."""
REFUSED = pa.schema([pa.field(n, pa.string(), nullable=False) for n in ("record", "source", "path", "reason")])

Report = Callable[[str, int, int], None]
"""Called with step, done, total."""


class Raw(Protocol):
    """The part of the raw store that is needed here."""

    def entries(self) -> pa.Table: ...

    def read(self, entries: pa.Table) -> Iterator[pa.RecordBatch]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Lake:
    """The buckets that hold the current state."""

    folder: Path
    buckets: tuple[str, ...]
    """Folder names, by bucket number."""
    records: int = 0
    read: int = 0
    """Records that were read in this run."""
    removed: int = 0
    refused: tuple[dict[str, str], ...] = field(default=())
    skipped: tuple[dict[str, Any], ...] = field(default=())
    """Parts left out, counted by source, form, path and reason."""

    def files(self, table: str) -> list[Path]:
        """Parquet files of a table, by bucket; buckets without rows of it have none."""
        paths = (self.folder / "buckets" / name / f"{table}.parquet" for name in self.buckets)
        return [p for p in paths if p.exists()]


def versions() -> dict[str, str]:
    """What decides rows besides the bytes: loaders and extractors with their versions."""
    from loaders.registry import names

    found = {f"loader:{name}": str(loader(name).VERSION) for name in names() if _is_there(name)}
    found.update({f"extractor:{e.PRODUCER}": e.SETTINGS_HASH for e in extractors()})
    found["lake"] = str(FORMAT)
    return found


def _is_there(name: str) -> bool:
    try:
        loader(name)
    except ModuleNotFoundError:
        return False
    return True


# --- plan ----------------------------------------------------------------------------------------------------


def with_digests(entries: pa.Table, versions: dict[str, str]) -> pa.Table:
    """Entries with `record`, `digest`, `bucket`, sorted by bucket and record."""
    extract = "|".join(f"{k}={v}" for k, v in sorted(versions.items()) if not k.startswith("loader:"))
    by_source = {
        k.removeprefix("loader:"): f"{v}|{extract}" for k, v in sorted(versions.items()) if k.startswith("loader:")
    }
    with duckdb.connect(config={"threads": 1}) as engine:
        engine.register("entries", entries)
        engine.register("version", pa.table({"source": list(by_source), "made_by": list(by_source.values())}))
        return engine.sql(_DIGESTS, params={"buckets": BUCKETS}).to_arrow_table().combine_chunks()


_DIGESTS = """
WITH named AS (SELECT *, concat(source, ':', form, ':', record_id) AS record FROM entries)
SELECT n.*, md5(concat(n.content_hash, '|', coalesce(n.context, ''), '|', v.made_by)) AS digest,
  CAST(md5_number_lower(record) % $buckets AS INTEGER) AS bucket
FROM named n JOIN version v ON v.source = n.source
ORDER BY bucket, record
"""


def _apart(table: pa.Table) -> pa.Table:
    """A copy that shares no memory with a bigger table, so that little is sent to a worker."""
    return table.take(pa.array(np.arange(table.num_rows)))


@dataclass(frozen=True, slots=True)
class BucketPlan:
    """One bucket: what it must hold, what is there already, what must be read."""

    number: int
    name: str
    entries: pa.Table
    """Entries of the bucket by rank."""
    older: str | None
    """Folder whose rows of unchanged records are kept; None where nothing can be kept."""
    changed: np.ndarray[Any, Any]
    """Ranks of the records that must be read."""
    removed: int

    @property
    def ready(self) -> bool:
        return self.older == self.name


def plan(folder: Path, entries: pa.Table, older: dict[int, str]) -> list[BucketPlan]:
    """What to do for each bucket. `entries` come from `with_digests`."""
    numbers = entries["bucket"].to_numpy()
    edges = np.searchsorted(numbers, np.arange(BUCKETS + 1))
    return [
        _plan_bucket(folder, number, _apart(entries.slice(start, end - start)), older.get(number))
        for number, (start, end) in enumerate(pairwise(edges))
    ]


def _plan_bucket(folder: Path, number: int, entries: pa.Table, older: str | None) -> BucketPlan:
    name = f"{number:02d}-{_bucket_hash(entries)}"
    everything = np.arange(entries.num_rows)
    if is_whole(folder / "buckets" / name):
        return BucketPlan(number, name, entries, name, everything[:0], 0)
    inputs = folder / "buckets" / older / "inputs.parquet" if older else None
    if inputs is None or not inputs.exists():
        return BucketPlan(number, name, entries, None, everything, 0)
    was = pq.read_table(inputs, schema=INPUTS)
    at = pc.index_in(entries["record"], value_set=was["record"].combine_chunks())
    same = pc.fill_null(pc.equal(entries["digest"], was["digest"].take(at)), False).to_numpy(zero_copy_only=False)
    removed = was.num_rows - (entries.num_rows - at.null_count)
    return BucketPlan(number, name, entries, older, everything[~same.astype(bool)], removed)


def is_whole(bucket: Path) -> bool:
    """Whether a bucket's folder holds all of its files. They are not synced to the disk one by one, since the lake can
    be made again; after a power cut a file may be short, and then the bucket is made again.
    """
    try:
        sizes: dict[str, int] = orjson.loads((bucket / SIZES).read_bytes())
        return all((bucket / name).stat().st_size == size for name, size in sizes.items())
    except (OSError, orjson.JSONDecodeError):
        return False


def _bucket_hash(entries: pa.Table) -> str:
    digest = hashlib.sha256(f"format {FORMAT} of {BUCKETS}\n".encode())
    digest.update(content_digest(entries.select(["record", "digest", "retrieved"])).encode())
    return digest.hexdigest()[:24]


# --- run -----------------------------------------------------------------------------------------------------


def normalise(folder: Path, raw: Raw, pool: Pool, report: Report | None = None, keep: set[str] | None = None) -> Lake:
    """Brings the lake up to the raw store's current entries. The caller holds the build lock.

    Folders that no longer belong to the lake, and are not in `keep`, are removed at the end.
    """
    (folder / "buckets").mkdir(parents=True, exist_ok=True)
    _sweep(folder)
    entries = with_digests(raw.entries(), versions())
    buckets = plan(folder, entries, _older(folder))
    work = folder / f"tmp-{os.getpid()}"
    try:
        chunks = _map(work, raw, buckets, pool, report)
        _reduce(folder, work, chunks, buckets, pool, report)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    names = tuple(b.name for b in buckets)
    write_whole(folder / "current.json", orjson.dumps({"format": FORMAT, "buckets": names}, option=orjson.OPT_INDENT_2))
    _collect(folder, set(names) | (keep or set()))
    return _describe(folder, names, entries, buckets)


def _older(folder: Path) -> dict[int, str]:
    path = folder / "current.json"
    if not path.exists():
        return {}
    found = orjson.loads(path.read_bytes())
    if found.get("format") != FORMAT or len(found["buckets"]) != BUCKETS:
        return {}
    return {i: name for i, name in enumerate(found["buckets"]) if is_whole(folder / "buckets" / name)}


def _sweep(folder: Path) -> None:
    """Removes what a killed run left."""
    for path in [*folder.glob("tmp-*"), *(folder / "buckets").glob("tmp-*")]:
        shutil.rmtree(path, ignore_errors=True)


def _collect(folder: Path, wanted: set[str]) -> None:
    for path in (folder / "buckets").iterdir():
        if path.name not in wanted:
            shutil.rmtree(path, ignore_errors=True)


def _map(work: Path, raw: Raw, buckets: list[BucketPlan], pool: Pool, report: Report | None) -> list[Path]:
    """Reads all records that must be read; gives the folder of each chunk."""
    wanted = [_wanted(bucket) for bucket in buckets if not bucket.ready and len(bucket.changed)]
    if not wanted:
        return []
    todo = pa.concat_tables(wanted).sort_by([(n, "ascending") for n in ("pack", "frame", "offset")]).combine_chunks()
    work.mkdir(parents=True)
    chunks = [Chunk(folder=work / f"{i:06d}", raw=raw, entries=part) for i, part in enumerate(_cut(todo))]
    done = 0
    for count in pool.map(read_chunk, chunks):
        done += count
        if report:
            report("normalise", done, todo.num_rows)
    return [chunk.folder for chunk in chunks]


def _wanted(bucket: BucketPlan) -> pa.Table:
    ranks = pa.array(bucket.changed, pa.int64())
    return bucket.entries.take(ranks).append_column("rank", ranks)


def _cut(entries: pa.Table) -> Iterator[pa.Table]:
    """Runs of entries in reading order, each within the limits of a chunk."""
    sizes = np.cumsum(entries["length"].to_numpy())
    start = 0
    while start < entries.num_rows:
        before = sizes[start - 1] if start else 0
        end = int(np.searchsorted(sizes, before + CHUNK_BYTES, side="right"))
        end = min(max(end, start + 1), start + CHUNK_RECORDS, entries.num_rows)
        yield _apart(entries.slice(start, end - start))
        start = end


@dataclass(frozen=True, slots=True)
class _Reduction:
    """What one worker needs to write one bucket."""

    folder: Path
    chunks: tuple[Path, ...]
    bucket: BucketPlan


def _reduce(
    folder: Path, work: Path, chunks: list[Path], buckets: list[BucketPlan], pool: Pool, report: Report | None
) -> None:
    todo = [_Reduction(folder, tuple(chunks), bucket) for bucket in buckets if not bucket.ready]
    for done, _ in enumerate(pool.map(write_bucket, todo), 1):
        if report:
            report("lake", done, len(todo))


def write_bucket(job: _Reduction) -> int:
    """Writes one bucket's folder; runs in a worker. Gives the number of records."""
    bucket, folder = job.bucket, job.folder / "buckets"
    draft = folder / f"tmp-{bucket.name}"
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir()
    older = folder / bucket.older if bucket.older else None
    for kind in LAKE_TABLES:
        table = _bucket_table(kind, bucket, older, job.chunks)
        if table.num_rows:
            write_part(draft / f"{kind.table}.parquet", table)
    refused = _bucket_refused(bucket, older, job.chunks)
    write_part(draft / "refused.parquet", refused)
    records = record_number(bucket.number, np.arange(bucket.entries.num_rows))
    told = [pa.array(records), *(bucket.entries[n] for n in INPUTS.names[1:])]
    write_part(draft / "inputs.parquet", pa.table(told, schema=INPUTS))
    (draft / SIZES).write_bytes(orjson.dumps({p.name: p.stat().st_size for p in sorted(draft.iterdir())}))
    shutil.rmtree(folder / bucket.name, ignore_errors=True)  # one that is not whole
    draft.rename(folder / bucket.name)
    return int(bucket.entries.num_rows)


def _bucket_table(kind: type[Row], bucket: BucketPlan, older: Path | None, chunks: tuple[Path, ...]) -> pa.Table:
    fresh = [t for chunk in chunks if (t := _from_chunk(chunk / f"{kind.table}.arrow", bucket.number)) is not None]
    names = [*own_schema(kind).names, "row_hash"]
    small = ["n", *(f"{c}_n" for c in local_keys(kind))]
    parts = [t.select([*names, *small, "rank"]) for t in fresh]
    kept = _kept(older / f"{kind.table}.parquet", bucket, names, small) if older else None
    if kept is not None:
        parts.insert(0, kept)
    if not parts:
        return lake_schema(kind).empty_table()
    rows = pa.concat_tables(parts)
    ranks = rows["rank"].to_numpy()
    if len(parts) > 1:
        order = np.argsort(ranks, kind="stable")
        rows, ranks = rows.take(pa.array(order)), ranks[order]
    return _whole(kind, rows, ranks, bucket)


def _from_chunk(path: Path, number: int) -> pa.Table | None:
    if not path.exists():
        return None
    with pa.memory_map(str(path)) as source:
        reader = pa.ipc.open_file(source)
        batch = reader.get_batch(number)
        return pa.Table.from_batches([batch]) if batch.num_rows else None


def _kept(path: Path, bucket: BucketPlan, names: list[str], small: list[str]) -> pa.Table | None:
    """Rows of the older folder whose record neither changed nor went, with its rank now."""
    if not path.exists():
        return None
    given = {n: "rid" if n == "n" else n for n in small}
    table = pq.read_table(path, columns=[*names, *given.values(), "source_record"])
    rank = pc.index_in(table["source_record"], value_set=bucket.entries["record"].combine_chunks())
    rank = rank.combine_chunks() if isinstance(rank, pa.ChunkedArray) else rank
    ranks = rank.fill_null(-1).to_numpy(zero_copy_only=False)
    changed = np.zeros(bucket.entries.num_rows + 1, dtype=bool)
    changed[bucket.changed] = True
    changed[-1] = True  # where rank is -1: the record is gone
    keep = ~changed[ranks]
    within = {n: pc.bit_wise_and(table[was], _WITHIN).cast(pa.int32()) for n, was in given.items()}
    columns = {**{n: table[n] for n in names}, **within, "rank": pa.array(ranks, pa.int64())}
    fields = [*(table.schema.field(n) for n in names), *(pa.field(n, pa.int32()) for n in given)]
    rows = pa.table(columns, schema=pa.schema([*fields, pa.field("rank", pa.int64())]))  # nulls as in fresh rows
    return rows if keep.all() else rows.filter(pa.array(keep))


_WITHIN = (1 << RECORD_BITS) - 1


def record_number(bucket: int, ranks: Any) -> Any:
    """`rec` of records by their rank in a bucket."""
    return (np.int64(bucket) << BUCKET_BITS) | (np.asarray(ranks, np.int64) << RECORD_BITS)


def _whole(kind: type[Row], rows: pa.Table, ranks: Any, bucket: BucketPlan) -> pa.Table:
    """Own columns with provenance and numbers, as they are stored."""
    at, entries = pa.array(ranks), bucket.entries
    record = pa.array(record_number(bucket.number, ranks))
    schema = lake_schema(kind)
    columns: dict[str, Any] = {n: rows[n] for n in [*own_schema(kind).names, "row_hash"]}
    columns.update({"rec": record, "rid": _numbered(record, rows["n"])})
    columns.update({f"{c}_n": _numbered(record, rows[f"{c}_n"]) for c in local_keys(kind)})
    provenance = {
        "source": "source",
        "source_record": "record",
        "content_hash": "content_hash",
        "retrieved": "retrieved",
    }
    columns.update({n: entries[given].take(at) for n, given in provenance.items()})
    return pa.table([columns[n] for n in schema.names], schema=schema)


def _numbered(record: pa.Array, within: pa.ChunkedArray) -> pa.ChunkedArray:
    return pc.bit_wise_or(record, within.cast(pa.int64()))


def _bucket_refused(bucket: BucketPlan, older: Path | None, chunks: tuple[Path, ...]) -> pa.Table:
    files = [chunk / "refused.parquet" for chunk in chunks]
    parts = [pq.read_table(file) for file in files if file.exists()]
    parts = [p.filter(pc.equal(p["bucket"], bucket.number)).select(REFUSED.names).cast(REFUSED) for p in parts]
    if older is not None:
        was = pq.read_table(older / "refused.parquet", schema=REFUSED)
        changed = bucket.entries["record"].take(pa.array(bucket.changed, pa.int64())).combine_chunks()
        stays = pc.and_(
            pc.is_in(was["record"], value_set=bucket.entries["record"].combine_chunks()),
            pc.invert(pc.is_in(was["record"], value_set=changed)),
        )
        parts.append(was.filter(stays))
    rows = pa.concat_tables(parts) if parts else REFUSED.empty_table()
    return rows.sort_by([("record", "ascending")]).cast(REFUSED)


# --- what came of it -----------------------------------------------------------------------------------------


def _describe(folder: Path, names: tuple[str, ...], entries: pa.Table, buckets: list[BucketPlan]) -> Lake:
    lake = Lake(folder=folder, buckets=names)
    refused = [row for path in lake.files("refused") for row in pq.read_table(path).to_pylist()]
    return Lake(
        folder=folder,
        buckets=names,
        records=entries.num_rows,
        read=sum(len(b.changed) for b in buckets),
        removed=sum(b.removed for b in buckets),
        refused=tuple(sorted(refused, key=lambda r: r["record"])),
        skipped=tuple(_skipped(lake)),
    )


def _skipped(lake: Lake) -> list[dict[str, Any]]:
    counts: Counter[tuple[str, str, str, str]] = Counter()
    for path in lake.files("skipped"):
        table = pq.read_table(path, columns=["source_record", "path", "reason"])
        for record, where, reason in zip(*(table[n].to_pylist() for n in table.column_names), strict=True):
            source, form = record.split(":", 2)[:2]
            counts[source, form, _without_indices(where), reason] += 1
    return [{"source": s, "form": f, "path": p, "reason": r, "count": n} for (s, f, p, r), n in sorted(counts.items())]


def _without_indices(path: str) -> str:
    out, depth = [], 0
    for c in path:
        depth += c == "["
        if depth == 0 or c in "[]":
            out.append(c)
        depth -= c == "]"
    return "".join(out)
