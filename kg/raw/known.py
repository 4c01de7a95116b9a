"""Which versions of which records are in the store already, and which is current?

A cache beside the receipts (`raw/known.sqlite`): it follows them, catches up after a crash and is rebuilt when thrown
away. It keeps memory small however large the store is: about 60 bytes of disk a record.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from enum import Enum
from hashlib import blake2b
from pathlib import Path

_SCHEMA = """
CREATE TABLE IF NOT EXISTS version (
  key BLOB NOT NULL, hash BLOB NOT NULL, receipt INTEGER NOT NULL, row INTEGER NOT NULL, current INTEGER NOT NULL,
  PRIMARY KEY (key, hash)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS applied (receipt INTEGER PRIMARY KEY, sha256 TEXT NOT NULL);
"""
_SEEN = "CREATE TEMP TABLE seen (key BLOB PRIMARY KEY, hash BLOB NOT NULL) WITHOUT ROWID"


class Sight(Enum):
    """What a record is to the store."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    OLDER = "older"
    """Bytes that are stored, but that a later version has replaced."""


def key_of(source: str, form: str, record_id: str) -> bytes:
    """Key of a record, whatever its version."""
    return blake2b(f"{source}\0{form}\0{record_id}".encode(), digest_size=16).digest()


def version_of(content: bytes, context: str) -> bytes:
    """Key of a version: `content` is the sha256 digest of the bytes; context is part of what a record says."""
    if not context:
        return content[:16]
    return blake2b(content + context.encode(), digest_size=16).digest()


class Known:
    """The cache. Everything since the last `commit` is undone by `rollback` or a crash."""

    def __init__(self, path: Path | None) -> None:
        """`path` None keeps it in memory, for looking without writing."""
        self._db = sqlite3.connect(str(path) if path else ":memory:", isolation_level=None)
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = NORMAL")
        self._db.execute("PRAGMA cache_size = -65536")
        self._db.executescript(_SCHEMA)
        self._db.execute(_SEEN)
        self._seen = 0
        self._db.execute("BEGIN")

    def applied(self) -> dict[int, str]:
        """Receipts that the cache has followed, with the hash of their index."""
        return dict(self._db.execute("SELECT receipt, sha256 FROM applied"))

    def clear(self) -> None:
        self._db.execute("DELETE FROM version")
        self._db.execute("DELETE FROM applied")

    def follow(self, receipt: int, sha256: str, rows: Iterable[tuple[bytes, bytes]]) -> None:
        """Takes over the entries of a receipt, in order."""
        for row, (key, version) in enumerate(rows):
            self.add(key, version, receipt, row)
        self.mark(receipt, sha256)

    def sight(self, key: bytes, version: bytes) -> Sight:
        """What this version is to the store; older bytes are remembered for `older`."""
        rows = self._db.execute("SELECT hash, current FROM version WHERE key = ?", (key,)).fetchall()
        if not rows:
            return Sight.NEW
        for found, current in rows:
            if found == version:
                if current:
                    self._unsee(key)
                    return Sight.UNCHANGED
                self._db.execute("INSERT OR REPLACE INTO seen VALUES (?, ?)", (key, version))
                self._seen += 1
                return Sight.OLDER
        return Sight.CHANGED

    def add(self, key: bytes, version: bytes, receipt: int, row: int) -> None:
        """A version that becomes current; one that is stored already keeps its place."""
        self._db.execute("UPDATE version SET current = 0 WHERE key = ? AND current", (key,))
        self._db.execute(
            "INSERT INTO version VALUES (?, ?, ?, ?, 1) ON CONFLICT (key, hash) DO UPDATE SET current = 1",
            (key, version, receipt, row),
        )
        self._unsee(key)

    def add_new(self, key: bytes, version: bytes, receipt: int, row: int) -> None:
        """`add` for a record of which nothing is stored."""
        self._db.execute("INSERT INTO version VALUES (?, ?, ?, ?, 1)", (key, version, receipt, row))

    def _unsee(self, key: bytes) -> None:
        if self._seen:
            self._db.execute("DELETE FROM seen WHERE key = ?", (key,))

    def older(self) -> Iterator[tuple[int, int]]:
        """(receipt, row) of the older versions that were the last seen of their record, in that order."""
        yield from self._db.execute(
            "SELECT v.receipt, v.row FROM seen s JOIN version v ON v.key = s.key AND v.hash = s.hash ORDER BY 1, 2"
        )

    def forget_older(self) -> None:
        self._db.execute("DELETE FROM seen")
        self._seen = 0

    def mark(self, receipt: int, sha256: str) -> None:
        self._db.execute("INSERT OR REPLACE INTO applied VALUES (?, ?)", (receipt, sha256))

    def commit(self) -> None:
        self._db.execute("COMMIT")
        self._db.execute("BEGIN")

    def rollback(self) -> None:
        self._db.execute("ROLLBACK")
        self._db.execute("BEGIN")

    def close(self) -> None:
        """Closes without committing."""
        self._db.execute("ROLLBACK")
        self._db.close()
