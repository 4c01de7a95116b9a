"""Releases of a handful of records: small enough that each test makes its own."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from kg.importing import import_records
from kg.records import Row, columns
from kg.release import Release, open_release
from kg.release.build import build
from kg.release.parts import Written, write_table
from kg.settings import Settings
from tests.raw import cinii


def take_in(settings: Settings, items: Iterable[bytes]) -> None:
    """Import CiNii items."""
    file = settings.home.parent / "in.jsonl"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(cinii.lines(items))
    import_records(settings, "cinii", (str(file),))


def built(settings: Settings, items: Iterable[bytes] = ()) -> Release:
    """The release that comes of what is there and these items."""
    take_in(settings, items)
    build(settings)
    return open_release(settings)


def award(title: str) -> bytes:
    """An answer of KAKEN with one project; a title may hold markup."""
    return (
        '<?xml version="1.0" encoding="UTF-8"?><grantAwards><grantAward id="KAKENHI-PROJECT-22K00001" awardNumber='
        f'"22K00001"><summary xml:lang="ja"><title>{title}</title></summary></grantAward></grantAwards>'
    ).encode()


def take_in_award(settings: Settings, title: str) -> None:
    """Import an answer of KAKEN with one project."""
    file = settings.home.parent / "in.xml"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(award(title))
    import_records(settings, "kaken", (str(file),))


def rewritten(item: bytes) -> bytes:
    """The same item in other bytes: nothing differs but its hash."""
    return json.dumps(json.loads(item), ensure_ascii=False, separators=(",", ":")).encode()


def told(release: Release, **facts: Any) -> None:
    """Write other facts into a manifest."""
    path = release.path / "manifest.json"
    path.write_bytes(json.dumps({**json.loads(path.read_bytes()), **facts}).encode())


def rows(release: Release, table: str) -> list[dict[str, Any]]:
    """All rows of a table in the order of its parts, without their hash."""
    found = [r for part in release.parts(table) for r in pq.read_table(part).to_pylist()]
    return [{k: v for k, v in r.items() if k != "row_hash"} for r in found]


def graph_rows(release: Release, table: str) -> list[dict[str, Any]]:
    """All rows of a table in the graph file, in no order."""
    with duckdb.connect(str(release.duckdb), read_only=True) as c:
        return c.sql(f'SELECT * FROM "{table}"').to_arrow_table().to_pylist()


def changes(release: Release, table: str) -> dict[str, int] | None:
    """How many rows are added, changed and removed against the parent; None where nothing is told."""
    path = release.changes(table)
    if path is None:
        return None
    marks = pq.read_table(path)["change"].to_pylist()
    return {m: marks.count(m) for m in ("added", "changed", "removed") if m in marks}


# --- one table by hand -------------------------------------------------------------------------------------------


def table(folder: Path, row: type[Row], values: list[tuple[Any, ...]], parent: Release | None = None) -> Written:
    """Write one table that carries no provenance into a folder that is then a release of this table alone."""
    kinds = {str: pa.string(), int: pa.int64(), float: pa.float64(), bool: pa.bool_()}
    names = [c.name for c in columns(row)]
    filled = [v + (None,) * (len(names) - len(v)) for v in values]
    rows = pa.table({c.name: pa.array([v[i] for v in filled], kinds[c.type]) for i, c in enumerate(columns(row))})
    folder.mkdir(parents=True)
    with duckdb.connect(config={"threads": 1}) as db:
        db.register("given", rows)
        db.execute(f'CREATE TABLE "{row.table}" AS SELECT * FROM given')
        return write_table(db, row, folder, parent)
