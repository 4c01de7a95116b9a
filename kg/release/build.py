"""How does a release come to be? From the raw store's current entries, the ledger, the vocabulary and the settings.

    normalise    the lake follows the raw store; only changed records are read
    resolve      mentions become entities; new ids go to the ledger before anything is shown
    derive       tables of the release, in one database in memory that spills to disk
    cut          texts of search documents become terms
    write        Parquet parts (the parent's where nothing changed), changes, DuckDB file, arrays, index, manifest
    publish      everything synced, the folder renamed into place, `current` switched

Until the rename nothing of it can be seen; a kill at any moment leaves the releases as they were, and the next build
removes the rest. The same inputs give the same bytes and therefore the same release id on any machine.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import duckdb
import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from kg.arrays.write import write_arrays
from kg.derive.documents import add_search_documents
from kg.derive.tables import derive
from kg.errors import FixSetup, NothingUsable, OurBug
from kg.identity.resolve import ledger_news, resolve
from kg.lake.normalise import BUCKETS, INPUTS, Lake, normalise, versions
from kg.lake.parts import OPTIONS, ROW_GROUP, file_digest, sync_files
from kg.lake.pool import Pool
from kg.lake.schema import CLAIMS, LAKE_TABLES, lake_schema
from kg.ledger import Ledger
from kg.raw import Quarantine, RawStore
from kg.raw.disk import only_one, plain_errors, write_whole
from kg.records import RELEASE, SOURCES
from kg.release.graph import GENERATIONS, write_graph
from kg.release.layout import FORMAT, Release, current_id, open_release, release_ids, use
from kg.release.parts import PARTS, Written, link_or_copy, write_table
from kg.release.provenance import read_provenance
from kg.search import build_index
from kg.settings import Settings
from kg.text.tokens import tokenizer_name
from ontology.fields import FOLDER as VOCABULARY_FOLDER
from ontology.fields import read as read_vocabulary

Report = Callable[[str, int, int], None]
"""Called with step, done, total; total 0 where it is not known."""

REASON = "build: hard identifiers"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a build did."""

    release: str
    parent: str | None
    unchanged: bool = False
    """Nothing was to be done: the inputs are those that this release was made from."""
    current_again: bool = False
    """The release was there already, but another one was served, as after a rollback."""
    records: int = 0
    read: int = 0
    """Native records that were read in this run."""
    minted: int = 0
    """Events that went to the ledger."""
    counts: dict[str, int] = field(default_factory=dict)
    changes: dict[str, dict[str, int]] = field(default_factory=dict)
    refused: list[dict[str, str]] = field(default_factory=list)
    """Records that their loader refuses; the rest is in the release."""
    skipped: int = 0
    """Parts of records that could not be read."""
    seconds: dict[str, float] = field(default_factory=dict)
    """Time by step."""


def build(settings: Settings, *, force: bool = False, report: Report | None = None) -> Outcome:
    """Makes a release of what was imported and makes it current.

    Ends at once where the inputs are unchanged, unless `force`; after a rollback the release made from them is current
    again. Raises `NothingUsable` where nothing was imported, `TryAgain` while another build runs.
    """
    with plain_errors(settings.releases), only_one(settings.releases, "build"):
        _sweep(settings)
        raw, ledger = RawStore(settings.raw), Ledger(settings.ledger)
        inputs = _inputs(raw)
        if not inputs["receipts"]["count"]:
            raise NothingUsable("Nothing has been imported yet.", next_step="kg import SOURCE PATH, then kg build.")
        known = None if force else _made_before(settings, inputs, ledger)
        if known is not None:
            parent = open_release(settings, known).manifest["parent"]
            again = current_id(settings) != known
            if again:
                use(settings, known)
            return Outcome(release=known, parent=parent, unchanged=True, current_again=again)
        return _Build(settings, raw, ledger, inputs, report).run()


def _sweep(settings: Settings) -> None:
    """Removes what a killed build left."""
    for path in settings.releases.glob("tmp-*"):
        shutil.rmtree(path, ignore_errors=True)


def _inputs(raw: RawStore) -> dict[str, Any]:
    """Everything that decides the tables, but the ledger."""
    receipts = raw.receipts()
    told = "\n".join(f"{r.id} {r.time} {r.index.sha256}" for r in receipts)
    return {
        "receipts": {
            "count": len(receipts),
            "last": receipts[-1].id if receipts else None,
            "sha256": hashlib.sha256(told.encode()).hexdigest(),
        },
        "vocabulary": vocabulary_digest(),
        "versions": {
            **versions(),
            **{name: version(name) for name in ("duckdb", "pyarrow", "scholarly-kg", "tantivy")},
            "tokenizer": tokenizer_name(),
            "release": str(FORMAT),
        },
        "settings": {
            "parts": PARTS,
            "buckets": BUCKETS,
            "row_group": ROW_GROUP,
            "parquet": {k: str(v) for k, v in OPTIONS.items()},
        },
    }


def vocabulary_digest(folder: Path = VOCABULARY_FOLDER) -> str:
    """sha256 (hex) over the files of the field schemes."""
    digest = hashlib.sha256()
    for path in sorted([*folder.glob("*.ttl"), *folder.glob("*.tsv")]):
        digest.update(f"{path.name} {file_digest(path)}\n".encode())
    return digest.hexdigest()


def _fingerprint(inputs: dict[str, Any], position: dict[str, Any]) -> str:
    told = orjson.dumps({**inputs, "ledger": position}, option=orjson.OPT_SORT_KEYS)
    return hashlib.sha256(told).hexdigest()


def _made_before(settings: Settings, inputs: dict[str, Any], ledger: Ledger) -> str | None:
    """The release that these very inputs led to, where it is still there."""
    path = settings.releases / "inputs.json"
    if not path.exists():
        return None
    memo = orjson.loads(path.read_bytes())
    same = memo["fingerprint"] == _fingerprint(inputs, ledger.position())
    return str(memo["release"]) if same and memo["release"] in release_ids(settings) else None


class _Build:
    """One run. The caller holds the build lock."""

    def __init__(
        self, settings: Settings, raw: RawStore, ledger: Ledger, inputs: dict[str, Any], report: Report | None
    ) -> None:
        self.settings, self.raw, self.ledger, self.inputs, self.report = settings, raw, ledger, inputs, report
        self.started = datetime.now(UTC)
        self.seconds: dict[str, float] = {}
        self.generation = 0
        self.parent = _parent(settings)
        self.staging = settings.releases / f"tmp-{os.getpid()}"

    def run(self) -> Outcome:
        try:
            self.staging.mkdir(parents=True)
            return self._run()
        except (duckdb.IOException, duckdb.FatalException, duckdb.TransactionException) as e:
            raise FixSetup(
                f"A file of the release could not be written: {str(e).splitlines()[0][:200]}.",
                next_step=f"Make room on the disk of {self.settings.releases} and build again; nothing is lost.",
            ) from e
        finally:
            shutil.rmtree(self.staging, ignore_errors=True)

    def _run(self) -> Outcome:
        with self._step("normalise"), Pool(self.settings.worker_count) as pool:
            lake = normalise(self.settings.lake, self.raw, pool, self._tell)
            self._quarantine(lake)
        db = self._database(lake)
        try:
            with self._step("identity"):
                resolve(db, self.ledger.minted(), self._tell_stage)
                minted = self._mint(db)
            with self._step("derive"):
                derive(db, read_vocabulary(), sorted({*SOURCES, *self._sources(db)}), self._tell_stage)
                check_edges(db)
            with self._step("tokens"), Pool(self.settings.worker_count) as pool:
                parts = self.parent.parts("search_document") if self.parent else []
                add_search_documents(db, parts, pool, self._tell)
            with self._step("arrays"):
                write_arrays(db, self.staging / "arrays")
            with self._step("tables"):
                written = self._write_tables(db)
        finally:
            db.close()
        release = release_id(written)
        again = release in release_ids(self.settings) and release != current_id(self.settings)
        if release in release_ids(self.settings):
            self._publish(release, already=True)
        else:
            self._write_stores(release, written)
            self._write_manifest(release, lake, written)
            with self._step("publish"):
                self._publish(release, already=False)
        return self._outcome(release, lake, written, minted, again)

    # --- steps -------------------------------------------------------------------------------------------------

    def _quarantine(self, lake: Lake) -> None:
        """Keeps the bytes of refused records where a person will look for them."""
        quarantine = Quarantine(self.settings.quarantine)
        refused = {r["record"]: r for r in lake.refused}
        waiting = {e.record for e in quarantine.entries(stage="read")}
        if waiting - set(refused):
            quarantine.settle(waiting - set(refused))
        if set(refused) - waiting:
            for ref, raw in _raw_of(self.raw, set(refused) - waiting):
                quarantine.add(ref, refused[ref.record]["path"], refused[ref.record]["reason"], raw)

    def _database(self, lake: Lake) -> duckdb.DuckDBPyConnection:
        config: dict[str, Any] = {
            "threads": str(self.settings.worker_count),
            "memory_limit": f"{self.settings.memory_mb}MB",
            "temp_directory": str(self.staging / "tmp"),
            "preserve_insertion_order": "false",
        }
        db = duckdb.connect(config=config)
        for kind in LAKE_TABLES:
            open_lake_table(db, kind.table, lake_schema(kind), lake.files(kind.table))
        open_lake_table(db, "input", INPUTS, lake.files("inputs"))
        return db

    def _sources(self, db: duckdb.DuckDBPyConnection) -> list[str]:
        return [source for (source,) in db.execute("SELECT DISTINCT source FROM lake_record").fetchall()]

    def _mint(self, db: duckdb.DuckDBPyConnection) -> int:
        news = ledger_news(db, self.ledger.redirects())
        return self.ledger.append(news, actor=self.settings.actor, reason=REASON)

    def _write_tables(self, db: duckdb.DuckDBPyConnection) -> list[Written]:
        written = []
        provenance = read_provenance(db, self.parent)
        for number, row in enumerate(RELEASE, 1):
            written.append(write_table(db, row, self.staging, self.parent, provenance if row.table in CLAIMS else None))
            db.execute(f'DROP TABLE "{row.table}"')
            self._tell("tables", number, len(RELEASE))
        return written

    def _write_stores(self, release: str, written: list[Written]) -> None:
        tables = self.staging / "tables"
        with self._step("graph"):
            info = {"id": release, "parent": self.parent.id if self.parent else "", "tokenizer": tokenizer_name()}
            older = self._followed()
            self.generation = self.parent.manifest["graph_generation"] + 1 if self.parent and older else 0
            write_graph(
                self.staging / "graph.duckdb", tables, written, info, parent=older,
                memory_mb=self.settings.memory_mb, threads=self.settings.worker_count,
            )  # fmt: skip
            shutil.rmtree(self.staging / "tmp", ignore_errors=True)
        with self._step("search"):
            documents = next(w for w in written if w.table == "search_document")
            if self.parent and documents.linked == len(documents.parts) and not documents.removed:
                _link_folder(self.parent.search, self.staging / "search")
            else:
                paths = [tables / "search_document" / p.name for p in documents.parts]
                build_index(_batches(paths), self.staging / "search", threads=self.settings.worker_count)

    def _followed(self) -> Path | None:
        """The parent's graph file, where the new one can follow from it."""
        if self.parent is None or not self.parent.comparable:
            return None
        return self.parent.duckdb if self.parent.manifest["graph_generation"] < GENERATIONS else None

    def _write_manifest(self, release: str, lake: Lake, written: list[Written]) -> None:
        with self._step("hashes"):
            files = _files(self.staging, written)
        manifest = {
            "format": FORMAT,
            "id": release,
            "parent": self.parent.id if self.parent else None,
            "built": self.started.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "inputs": {**self.inputs, "ledger": self.ledger.position(), "lake": list(lake.buckets)},
            "counts": {w.table: w.rows for w in written},
            "changes": {w.table: _changes(w) for w in written if w.added or w.changed or w.removed},
            "checks": {"keys_unique": True, "edges_resolve": True, "records": lake.records},
            "graph_generation": self.generation,
            "refused": list(lake.refused),
            "skipped": list(lake.skipped),
            "tables": {w.table: {"parts": [asdict(p) for p in w.parts], "linked": w.linked} for w in written},
            "files": files,
            "seconds": {k: round(v, 2) for k, v in self.seconds.items()},
        }
        (self.staging / "manifest.json").write_bytes(orjson.dumps(manifest, option=orjson.OPT_INDENT_2))

    def _publish(self, release: str, *, already: bool) -> None:
        if not already:
            folders = [p for p in self.staging.rglob("*") if p.is_dir()]
            fresh = [p for p in self.staging.rglob("*") if p.is_file() and p.stat().st_nlink == 1]
            sync_files([*fresh, *folders, self.staging])
            self.staging.rename(self.settings.releases / release)
            sync_files([self.settings.releases])
        use(self.settings, release)
        memo = {"fingerprint": _fingerprint(self.inputs, self.ledger.position()), "release": release}
        write_whole(self.settings.releases / "inputs.json", orjson.dumps(memo))

    def _outcome(self, release: str, lake: Lake, written: list[Written], minted: int, again: bool) -> Outcome:
        return Outcome(
            release=release,
            current_again=again,
            parent=self.parent.id if self.parent else None,
            records=lake.records,
            read=lake.read,
            minted=minted,
            counts={w.table: w.rows for w in written},
            changes={w.table: _changes(w) for w in written if w.added or w.changed or w.removed},
            refused=list(lake.refused),
            skipped=sum(s["count"] for s in lake.skipped),
            seconds={k: round(v, 2) for k, v in self.seconds.items()},
        )

    # --- telling -----------------------------------------------------------------------------------------------

    @contextmanager
    def _step(self, name: str) -> Iterator[None]:
        begun = time.monotonic()
        self._tell(name, 0, 0)
        yield
        self.seconds[name] = self.seconds.get(name, 0.0) + time.monotonic() - begun

    def _tell(self, step: str, done: int, total: int) -> None:
        if self.report:
            self.report(step, done, total)

    def _tell_stage(self, name: str) -> None:
        self._tell(name, 0, 0)


def _parent(settings: Settings) -> Release | None:
    """The release that the new one is compared with: the current one, where its parts are of the same kind."""
    current = current_id(settings)
    if current is None or current not in release_ids(settings):
        return None
    release = open_release(settings, current)
    same = release.manifest["format"] == FORMAT and release.manifest["inputs"]["settings"]["parts"] == PARTS
    return release if same else None


def open_lake_table(db: duckdb.DuckDBPyConnection, table: str, schema: pa.Schema, files: list[Path]) -> None:
    """A lake table as `lake_<table>`: a view over its files, or an empty table."""
    if files:
        listed = ", ".join("'" + str(f).replace("'", "''") + "'" for f in files)
        db.execute(f"CREATE VIEW lake_{table} AS SELECT * FROM read_parquet([{listed}])")
    else:
        db.register("incoming", schema.empty_table())
        db.execute(f"CREATE TABLE lake_{table} AS SELECT * FROM incoming")
        db.unregister("incoming")


EDGES: tuple[tuple[str, str, str], ...] = (
    ("authored", "work", "work"),
    ("authored", "person", "person"),
    ("member_of", "project", "project"),
    ("member_of", "person", "person"),
    ("output_of", "work", "work"),
    ("output_of", "project", "project"),
    ("published_in", "venue", "venue"),
    ("affiliated_with", "organization", "organization"),
    ("field_evidence", "field", "field"),
)
"""(table, column, table that must hold it)."""


def check_edges(db: duckdb.DuckDBPyConnection) -> None:
    """Raises `OurBug` where an edge leads nowhere."""
    for table, column, target in EDGES:
        (lost,) = db.execute(
            f'SELECT count(*) FROM "{table}" e WHERE e."{column}" IS NOT NULL AND e."{column}" NOT IN (SELECT id FROM "{target}")'
        ).fetchall()[0]
        if lost:
            raise OurBug(f"{lost} rows of {table} name a {column} that table {target} does not hold.")


def release_id(written: Iterable[Written]) -> str:
    """Made from the bytes of all parts: equal tables are the same release, wherever they are built."""
    digest = hashlib.sha256(f"format {FORMAT}\n".encode())
    for table in written:
        for part in table.parts:
            digest.update(f"{table.table}/{part.name} {part.sha256}\n".encode())
    return "r-" + digest.hexdigest()[:16]


def _changes(w: Written) -> dict[str, int]:
    return {"added": w.added, "changed": w.changed, "removed": w.removed}


def _files(staging: Path, written: list[Written]) -> dict[str, dict[str, Any]]:
    """sha256 and size of every file, by path in the release."""
    files: dict[str, dict[str, Any]] = {}
    for table in written:
        for part in table.parts:
            files[f"tables/{table.table}/{part.name}"] = {"sha256": part.sha256, "bytes": part.bytes}
    for path in sorted(staging.rglob("*")):
        name = path.relative_to(staging).as_posix()
        if path.is_file() and name not in files:
            files[name] = {"sha256": file_digest(path), "bytes": path.stat().st_size}
    return files


def _link_folder(source: Path, target: Path) -> None:
    target.mkdir()
    for path in sorted(source.iterdir()):
        if not path.name.endswith(".lock"):
            link_or_copy(path, target / path.name)


def _batches(paths: list[Path]) -> Iterator[pa.RecordBatch]:
    for path in paths:
        with pq.ParquetFile(path) as file:
            yield from file.iter_batches(20_000)


def _raw_of(raw: RawStore, records: set[str]) -> Iterator[tuple[Any, bytes]]:
    """(ref, bytes) of current records by name."""
    from kg.records import SourceRef

    entries = raw.entries()
    names = zip(*(entries[n].to_pylist() for n in ("source", "form", "record_id")), strict=True)
    wanted = [i for i, parts in enumerate(names) if ":".join(parts) in records]
    for batch in raw.read(entries.take(pa.array(wanted, pa.int64()))):
        for row in batch.to_pylist():
            fields = ("source", "form", "record_id", "content_hash", "retrieved")
            yield SourceRef(**{n: row[n] for n in fields}), row["raw"]
