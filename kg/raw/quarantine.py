"""Where are the bytes that could not be read, and why?

One SQLite file, `KG_HOME/quarantine/quarantine.sqlite`: an entry a refused part, with its bytes (zstd), the document,
the path in it, the reason and the stage that refused it. The same refusal of the same bytes is one entry, however
often it is met.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

import zstandard

from kg.records import SourceRef
from kg.text import without_surrogates

Stage = Literal["split", "read"]

_SCHEMA = """
CREATE TABLE IF NOT EXISTS refused (
  id TEXT PRIMARY KEY, source TEXT NOT NULL, stage TEXT NOT NULL, document TEXT NOT NULL, record TEXT NOT NULL,
  path TEXT NOT NULL, reason TEXT NOT NULL, first_seen TEXT NOT NULL, bytes INTEGER NOT NULL, raw BLOB NOT NULL
)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """One entry."""

    id: str
    source: str
    stage: str
    """`split`: no record could be cut; `read`: the record is in the raw store, but gives no rows."""
    document: str
    record: str
    """`SourceRef.record` where a record was cut, else ''."""
    path: str
    reason: str
    first_seen: str
    bytes: int


class Quarantine:
    """The entries of one installation. Each change is committed and on the disk when the call returns."""

    def __init__(self, folder: Path) -> None:
        """`folder` is `settings.quarantine`; it is made by the first entry."""
        self._folder = folder

    @property
    def _file(self) -> Path:
        return self._folder / "quarantine.sqlite"

    def _open(self) -> sqlite3.Connection:
        self._folder.mkdir(parents=True, exist_ok=True)
        db = sqlite3.connect(str(self._file), timeout=30)
        db.execute("PRAGMA synchronous = FULL")
        db.execute("PRAGMA secure_delete = ON")
        db.execute(_SCHEMA)
        return db

    def add(self, ref: SourceRef, path: str, reason: str, raw: bytes) -> bool:
        """A stored record that its loader refuses. False where this very refusal is known."""
        entry = refused(ref.source, "read", "", path, reason, raw, record=ref.record)
        return self.add_all([(entry, raw)]) == 1

    def add_all(self, entries: Iterable[tuple[Refused, bytes]]) -> int:
        """Adds entries in one transaction; how many were new."""
        rows = [
            (e.id, e.source, e.stage, e.document, e.record, e.path, e.reason, e.first_seen, e.bytes, _squeezed(raw))
            for e, raw in entries
        ]
        if not rows:
            return 0
        db = self._open()
        try:
            with db:
                before = db.total_changes
                db.executemany("INSERT OR IGNORE INTO refused VALUES (?,?,?,?,?,?,?,?,?,?)", rows)
                return db.total_changes - before
        finally:
            db.close()

    def entries(self, source: str | None = None, stage: Stage | None = None) -> list[Refused]:
        """All entries, oldest first, without their bytes."""
        rows = self._select("id, source, stage, document, record, path, reason, first_seen, bytes", source, stage)
        names = Refused.__slots__
        return [Refused(**dict(zip(names, row, strict=True))) for row in rows]

    def with_bytes(self, source: str | None = None, stage: Stage | None = None) -> Iterator[tuple[Refused, bytes]]:
        """All entries with their bytes, one at a time."""
        for entry in self.entries(source, stage):
            yield entry, self.raw(entry.id)

    def raw(self, entry_id: str) -> bytes:
        """Bytes of one entry; b'' where it does not exist."""
        rows = self._query("SELECT raw FROM refused WHERE id = ?", (entry_id,))
        return zstandard.decompress(rows[0][0]) if rows else b""

    def remove(self, ids: Iterable[str]) -> int:
        """Forgets entries, bytes included; how many there were."""
        if not self._file.exists():
            return 0
        db = self._open()
        try:
            with db:
                before = db.total_changes
                db.executemany("DELETE FROM refused WHERE id = ?", [(i,) for i in ids])
                return db.total_changes - before
        finally:
            db.close()

    def settle(self, records: Iterable[str]) -> int:
        """Forgets `read` entries of records (`SourceRef.record`) that their loader now reads."""
        if not self._file.exists():
            return 0
        wanted = set(records)
        return self.remove(e.id for e in self.entries(stage="read") if e.record in wanted)

    def counts(self) -> dict[str, int]:
        """Entries by source."""
        return dict(self._query("SELECT source, count(*) FROM refused GROUP BY source ORDER BY source", ()))

    def _select(self, names: str, source: str | None, stage: str | None) -> list[tuple[Any, ...]]:
        return self._query(
            f"SELECT {names} FROM refused WHERE (?1 IS NULL OR source = ?1) AND (?2 IS NULL OR stage = ?2)"
            " ORDER BY first_seen, document, path, id",
            (source, stage),
        )

    def _query(self, sql: str, values: tuple[object, ...]) -> list[tuple[Any, ...]]:
        if not self._file.exists():
            return []
        db = self._open()
        try:
            return db.execute(sql, values).fetchall()
        finally:
            db.close()


def refused(
    source: str, stage: Stage, document: str, path: str, reason: str, raw: bytes, *, record: str = ""
) -> Refused:
    """An entry, identified by what was refused where and why."""
    path, reason, document = (without_surrogates(t) for t in (path, reason, document))
    content = hashlib.sha256(raw).hexdigest()
    whole = "\0".join((source, stage, document, record, path, reason, content))
    return Refused(
        id=hashlib.sha256(whole.encode()).hexdigest()[:16],
        source=source,
        stage=stage,
        document=document,
        record=record,
        path=path,
        reason=reason,
        first_seen=datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        bytes=len(raw),
    )


def _squeezed(raw: bytes) -> bytes:
    return zstandard.compress(raw, 3)
