"""The SQL door: checks a text, has a warm child run it, kills the child at the time limit.

    >>> with Door(database, release="r-…") as door:                    # doctest: +SKIP
    ...     door.query("SELECT count(*) AS people FROM person").rows.to_pylist()
    [{'people': 100000}]

Three locks, each enough alone: the allow-list (`kg.sql.guard`), the child's hard memory limit and the kill at the deadline,
and DuckDB's own settings (no external access, locked configuration).
"""

from __future__ import annotations

import contextlib
import json
import re
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from kg.errors import FixInput, FixSetup, LimitReached
from kg.sql import guard
from kg.sql.worker import read_message, write_message

_NAME = re.compile(r"^[A-Za-z_\u3040-\u30ff\u3400-\u9fff][\w\u3040-\u30ff\u3400-\u9fff]{0,62}$")


@dataclass(frozen=True, slots=True)
class Limits:
    """What one query may use."""

    seconds: float = 30.0
    megabytes: int = 2048
    """Address space of the child, hard."""
    rows: int = 10_000
    bytes: int = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Result:
    """Rows of a query and how complete they are."""

    rows: pa.Table
    kind: str
    release: str
    truncated: str | None
    """None = complete; `rows` or `bytes` = the first part of more."""
    seconds: float

    def note(self) -> str | None:
        """Plain words for a cut result."""
        if self.truncated is None:
            return None
        return f"First {self.rows.num_rows:,} rows of more: the limit of {self.truncated} was reached."


class Door:
    """Runs checked SQL on one release's DuckDB file. Safe for threads: queries of one door run one after another."""

    def __init__(self, database: Path, release: str, limits: Limits | None = None) -> None:
        self.release = release
        self.limits = limits or Limits()
        self._database = database
        self._lock = threading.Lock()
        self._child: subprocess.Popen[bytes] | None = None
        self._tables = self._read_tables()

    def __enter__(self) -> Door:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Ends the child."""
        child, self._child = self._child, None
        if child is not None:
            child.kill()
            child.wait()
            for pipe in (child.stdin, child.stdout):
                if pipe is not None:
                    with contextlib.suppress(BrokenPipeError):
                        pipe.close()

    def _read_tables(self) -> frozenset[str]:
        with duckdb.connect(str(self._database), read_only=True) as c:
            return frozenset(r[0] for r in c.execute("SELECT table_name FROM duckdb_tables()").fetchall())

    @property
    def tables(self) -> frozenset[str]:
        """Tables of the release."""
        return self._tables

    def query(self, text: str, *, own: Mapping[str, pa.Table] | None = None, limits: Limits | None = None) -> Result:
        """Run one statement. `own` are the asker's tables by name: seen by this query only, stored nowhere.

        Raises `FixInput` (does not parse, unknown column), `NotAllowed` (outside the list), `LimitReached` (time, memory).
        """
        own = dict(own or {})
        for name in own:
            self._check_name(name)
        allowed = guard.check(text, self._tables | set(own))
        bounds = limits or self.limits
        started = time.monotonic()
        with self._lock:
            header, body = self._run(allowed.text, own, bounds)
        if "error" in header:
            raise self._error(header, bounds)
        rows = pa.ipc.open_stream(body).read_all()
        return Result(
            rows=rows, kind=allowed.kind, release=self.release, truncated=header["truncated"],
            seconds=round(time.monotonic() - started, 3),
        )  # fmt: skip

    def _check_name(self, name: str) -> None:
        if not _NAME.match(name) or name.lower() in self._tables:
            raise FixInput(
                f"«{name}» cannot name a table here.", next_step="Use letters, digits and _; not a release table."
            )

    def _error(self, header: dict[str, Any], bounds: Limits) -> Exception:
        if header["error"] == "memory":
            return LimitReached(
                f"The query needs more than {bounds.megabytes:,} MB.",
                next_step="Filter earlier, or aggregate before sorting.",
            )
        message = (
            str(header["message"])
            .replace(str(self._database), "release")
            .replace(str(self._database.parent), "release")
        )
        return FixInput(message.strip(), next_step="Tables and columns: kg schema.")

    # --- the child -------------------------------------------------------------------------------------------

    def _run(self, text: str, own: dict[str, pa.Table], bounds: Limits) -> tuple[dict[str, Any], bytes]:
        child = self._ready(bounds)
        timer = threading.Timer(bounds.seconds, child.kill)
        timer.daemon = True
        timer.start()
        began = time.monotonic()
        try:
            self._send(child, text, own, bounds)
            assert child.stdout is not None
            header = read_message(child.stdout)
            body = read_message(child.stdout) if header is not None else None
        except (BrokenPipeError, OSError):
            header = body = None
        finally:
            timer.cancel()
        if header is None or body is None:
            self.close()
            if time.monotonic() - began >= bounds.seconds * 0.98:
                raise LimitReached(
                    f"Stopped after {bounds.seconds:g} s.", next_step="Ask for less, or raise --timeout where you may."
                )
            raise LimitReached(
                f"The query ended its process: it needs more than {bounds.megabytes:,} MB.",
                next_step="Filter earlier, or aggregate before sorting.",
            )
        return dict(json.loads(header)), body

    @staticmethod
    def _send(child: subprocess.Popen[bytes], text: str, own: dict[str, pa.Table], bounds: Limits) -> None:
        assert child.stdin is not None
        request = {"sql": text, "rows": bounds.rows, "bytes": bounds.bytes, "tables": list(own)}
        write_message(child.stdin, json.dumps(request).encode())
        for table in own.values():
            sink = pa.BufferOutputStream()
            with pa.ipc.new_stream(sink, table.schema) as writer:
                writer.write_table(table)
            write_message(child.stdin, sink.getvalue().to_pybytes())

    def _ready(self, bounds: Limits) -> subprocess.Popen[bytes]:
        """The warm child, started if need be."""
        if self._child is None or self._child.poll() is not None:
            self.close()
            self._child = subprocess.Popen(
                [sys.executable, "-I", "-m", "kg.sql.worker", str(self._database), str(bounds.megabytes)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env={"PATH": "", "OMP_NUM_THREADS": "1", "ARROW_DEFAULT_MEMORY_POOL": "system"},
            )
            assert self._child.stdout is not None
            if read_message(self._child.stdout) is None:
                self.close()
                raise FixSetup(
                    "The SQL process did not start.", next_step="Check memory limits; see docs/sql.md#limits."
                )
        return self._child
