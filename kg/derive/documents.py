"""How do texts become search documents? Cut by worker processes; what the parent release has already cut is reused.

A document's `text_hash` covers everything that is cut, so equal text is never cut twice, whatever its id.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import duckdb
import pyarrow as pa

from kg.errors import OurBug
from kg.identity.resolve import put
from kg.lake.pool import Pool
from kg.lake.schema import own_schema
from kg.records import SearchDocument
from kg.text import match_key
from kg.text.tokens import tokenizer_name, tokens

_CHUNK = 20_000
_SEPARATOR = "\x1f"
CUT = pa.schema([pa.field(n, pa.string(), nullable=False) for n in ("text_hash", "tokens_ja", "tokens_en", "names")])


def cut(texts: pa.RecordBatch) -> pa.Table:
    """Row-wise stage: texts in (`text_hash`, `ja`, `en`, `names`, `ids`), their terms out (schema `CUT`). Runs in a worker."""
    given = (texts.column(n).to_pylist() for n in ("ja", "en", "names", "ids"))
    rows = [_cut_one(ja, en, names, ids) for ja, en, names, ids in zip(*given, strict=True)]
    columns = zip(*rows, strict=True) if rows else ([], [], [])
    return pa.table([texts.column("text_hash"), *(pa.array(c, pa.string()) for c in columns)], schema=CUT)


def _cut_one(ja: str | None, en: str | None, names: str | None, ids: str | None) -> tuple[str, str, str]:
    forms = [n for n in (names or "").split(_SEPARATOR) if n]
    found = tokens(" ".join(t for t in (ja, en, *forms) if t))
    exact = sorted({match_key(t) for t in (*forms, *(ids or "").split(_SEPARATOR)) if t})
    return " ".join(found.ja), " ".join(found.en), " ".join(exact)


def add_search_documents(
    db: duckdb.DuckDBPyConnection, parent: list[Path], pool: Pool, report: Callable[[str, int, int], None] | None = None
) -> int:
    """Makes `search_document` from `document`; `parent` are the parts of that table in the parent release.

    Gives the number of documents that had to be cut.
    """
    db.execute(f"CREATE OR REPLACE TABLE hashed AS SELECT *, {_HASH} AS text_hash FROM document")
    _put_known(db, parent)
    db.execute(f"CREATE OR REPLACE TABLE uncut AS {_TODO}")
    (count,) = db.execute("SELECT count(*) FROM uncut").fetchall()[0]
    done = 0
    # read by a connection of its own: this one puts away what comes from the workers meanwhile
    uncut = db.cursor().sql("SELECT text_hash, ja, en, names, ids FROM uncut").to_arrow_reader(_CHUNK)
    for part in pool.map(cut, uncut):
        put(db, "cut_part", part)
        db.execute("INSERT INTO known_cut SELECT text_hash, tokens_ja, tokens_en, names FROM cut_part")
        done += part.num_rows
        if report:
            report("tokens", done, count)
    listed = ", ".join(_COLUMNS.get(n, f"h.{n}") + f" AS {n}" for n in own_schema(SearchDocument).names)
    db.execute(
        f"CREATE OR REPLACE TABLE search_document AS SELECT {listed} FROM hashed h "
        "JOIN known_cut k ON k.text_hash = h.text_hash",
        {"tokenizer": tokenizer_name()},
    )
    _check_rows(db)
    for table in ("hashed", "known_cut", "uncut", "cut_part"):
        db.execute(f"DROP TABLE IF EXISTS {table}")
    return int(count)


def _check_rows(db: duckdb.DuckDBPyConnection) -> None:
    """Raises `OurBug` where two ids begin alike; of a million documents once in two million countries."""
    twice = db.execute("SELECT min(id), max(id) FROM search_document GROUP BY row HAVING count(*) > 1").fetchall()
    if twice:
        raise OurBug(f"Search documents {twice[0][0]} and {twice[0][1]} have the same row.")


_HASH = (
    "sha256(concat(coalesce(text_ja, ''), chr(30), coalesce(text_en, ''), chr(30), coalesce(names, ''), chr(30), "
    "coalesce(ids, '')))"
)
_TODO = (
    "SELECT h.text_hash, any_value(h.text_ja) AS ja, any_value(h.text_en) AS en, any_value(h.names) AS names, "
    "any_value(h.ids) AS ids "
    "FROM hashed h LEFT JOIN known_cut k ON k.text_hash = h.text_hash WHERE k.text_hash IS NULL GROUP BY h.text_hash"
)
_COLUMNS = {
    "row": "CAST(concat('0x', substr(h.id, 2, 15)) AS BIGINT)",
    "tokens_ja": "k.tokens_ja",
    "tokens_en": "k.tokens_en",
    "names": "k.names",
    "tokenizer": "$tokenizer",
}


def _put_known(db: duckdb.DuckDBPyConnection, parent: list[Path]) -> None:
    put(db, "known_cut", CUT.empty_table())
    if parent:
        db.execute(
            "INSERT INTO known_cut SELECT DISTINCT text_hash, tokens_ja, tokens_en, names FROM read_parquet($files) "
            "WHERE tokenizer = $tokenizer AND text_hash IN (SELECT text_hash FROM hashed)",
            {"files": [str(p) for p in parent], "tokenizer": tokenizer_name()},
        )
