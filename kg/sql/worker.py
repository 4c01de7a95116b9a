"""The child process that runs checked SQL: hard memory limit, read-only, no way out.

Run by `kg.sql.door` only. Speaks length-prefixed messages on stdin and stdout: a JSON request `{sql, rows, bytes}` in, after it the
user's own tables as Arrow streams; out comes a JSON header and, where there is a result, an Arrow stream.
"""

from __future__ import annotations

import contextlib
import json
import resource
import struct
import sys
from typing import IO, Any

import duckdb
import pyarrow as pa

_HEAD = struct.Struct(">Q")
_BATCH = 2048


def read_message(stream: IO[bytes]) -> bytes | None:
    """One length-prefixed message; None at the end of the stream."""
    head = stream.read(_HEAD.size)
    if len(head) < _HEAD.size:
        return None
    (size,) = _HEAD.unpack(head)
    return stream.read(size)


def write_message(stream: IO[bytes], body: bytes) -> None:
    """One length-prefixed message, flushed."""
    stream.write(_HEAD.pack(len(body)))
    stream.write(body)
    stream.flush()


def _limit_memory(megabytes: int) -> None:
    size = megabytes * 1024 * 1024
    resource.setrlimit(resource.RLIMIT_AS, (size, size))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def _connect(database: str, megabytes: int) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect(
        database,
        read_only=True,
        config={"threads": 2, "memory_limit": f"{max(128, megabytes // 2)}MB", "max_temp_directory_size": "0KB"},
    )
    for statement in (
        "SET enable_external_access = false",
        "SET autoinstall_known_extensions = false",
        "SET autoload_known_extensions = false",
        "SET python_enable_replacements = false",
        "SET lock_configuration = true",
    ):
        connection.execute(statement)
    return connection


def _answer(
    connection: duckdb.DuckDBPyConnection, request: dict[str, Any], tables: dict[str, pa.Table]
) -> tuple[dict[str, Any], bytes]:
    cursor = connection.cursor()
    try:
        for name, table in tables.items():
            cursor.register(name, table)
        reader: Any = cursor.execute(request["sql"]).to_arrow_reader(_BATCH)
        sink = pa.BufferOutputStream()
        rows, cut = 0, None
        with pa.ipc.new_stream(sink, reader.schema) as writer:
            for batch in reader:
                if rows + batch.num_rows > request["rows"]:
                    batch, cut = batch.slice(0, request["rows"] - rows), "rows"
                writer.write_batch(batch)
                rows += batch.num_rows
                if cut is None and sink.tell() > request["bytes"]:
                    cut = "bytes"
                if cut:
                    break
        return {"rows": rows, "truncated": cut}, sink.getvalue().to_pybytes()
    finally:
        cursor.close()


def main() -> None:
    """Serve requests until stdin ends. Arguments: database, megabytes."""
    database, megabytes = sys.argv[1], int(sys.argv[2])
    stdin, stdout = sys.stdin.buffer, sys.stdout.buffer
    sys.stdout = sys.stderr  # nothing but messages may reach the pipe
    connection = _connect(database, megabytes)
    connection.execute("SELECT 1").fetchall()
    _limit_memory(megabytes)
    write_message(stdout, b"{}")
    while (message := read_message(stdin)) is not None:
        request = json.loads(message)
        tables = {}
        for name in request.get("tables", []):
            tables[name] = pa.ipc.open_stream(read_message(stdin) or b"").read_all()
        body = b""
        try:
            header, body = _answer(connection, request, tables)
        except (duckdb.Error, pa.ArrowException, MemoryError, UnicodeError) as e:
            kind = (
                "memory" if isinstance(e, MemoryError | duckdb.OutOfMemoryException | pa.ArrowMemoryError) else "query"
            )
            header = {"error": kind, "message": str(e)}
        with contextlib.suppress(BrokenPipeError):
            write_message(stdout, json.dumps(header).encode())
            write_message(stdout, body)


if __name__ == "__main__":
    main()
