"""BM25 over names and titles with tantivy.

The text of a question never reaches tantivy's query parser (deep nesting there ends the process): it is cut by `kg.text.tokens` and
becomes a query of terms, at most 32. Whole names and identifiers are terms of their own (`names`) and come first.
"""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Protocol

import pyarrow as pa
import tantivy

from kg.errors import FixSetup
from kg.search.port import Hit, Hits
from kg.text import match_key, without_surrogates
from kg.text.tokens import tokenizer_name, tokens

MAX_TERMS = 32
MAX_CHARACTERS = 1_000
_HEAP = 256 * 1024 * 1024
_FIELDS = (("tokens_ja", 1.0), ("tokens_en", 1.0))
_EXACT_BOOST = 1000.0
_VERSION_FILE = "tokenizer.txt"
_PREFIX = re.compile(
    r"^(?:https?://(?:dx\.)?doi\.org/|doi:|https?://orcid\.org/|https?://cir\.nii\.ac\.jp/crid/)", re.I
)


class HasSearch(Protocol):
    """The part of a release that opening needs."""

    @property
    def id(self) -> str: ...

    @property
    def search(self) -> Path: ...


def _schema() -> Any:
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("id", stored=True, tokenizer_name="raw", index_option="basic")
    builder.add_text_field("kind", stored=True, tokenizer_name="raw", index_option="basic")
    builder.add_text_field("title", stored=True, tokenizer_name="raw", index_option="basic")
    for name, _ in _FIELDS:
        builder.add_text_field(name, stored=False, tokenizer_name="whitespace", index_option="freq")
    builder.add_text_field("names", stored=False, tokenizer_name="whitespace", index_option="basic")
    builder.add_integer_field("year", stored=True, indexed=True, fast=True)
    builder.add_unsigned_field("row", stored=True, indexed=False, fast=True)
    return builder.build()


def build_index(documents: Iterable[pa.RecordBatch], out: Path, *, threads: int = 2) -> int:
    """Writes an index of `search_document` rows into a new folder; returns how many.

    Rows come in (id) order; the folder is readable by anybody afterwards and needs no write access to be opened.
    """
    out.mkdir(parents=True)
    index = tantivy.Index(_schema(), path=str(out))
    writer = index.writer(heap_size=_HEAP, num_threads=threads)
    n = 0
    for batch in documents:
        for document in _documents(batch):
            writer.add_document(document)
        n += batch.num_rows
    writer.commit()
    writer.wait_merging_threads()
    (out / _VERSION_FILE).write_text(tokenizer_name(), encoding="utf-8")
    for file in out.iterdir():
        file.chmod(0o644)
    return n


def _documents(batch: pa.RecordBatch) -> Iterator[Any]:
    columns = ("id", "kind", "title", "tokens_ja", "tokens_en", "names", "year", "row")
    for values in zip(*(batch.column(c).to_pylist() for c in columns), strict=True):
        row = dict(zip(columns, values, strict=True))
        document = tantivy.Document()
        for name in ("id", "kind", "title", "tokens_ja", "tokens_en", "names"):
            document.add_text(name, row[name] or "")
        if row["year"] is not None:
            document.add_integer("year", row["year"])
        document.add_unsigned("row", row["row"])
        yield document


def open_index(release: HasSearch) -> LexicalIndex:
    """The index of a release. Raises `FixSetup` where it is missing or was cut by another tokenizer."""
    folder = release.search
    version = folder / _VERSION_FILE
    if not version.is_file():
        raise FixSetup(f"Release {release.id} has no search index.", next_step="Build it again: kg build --force.")
    if (built := version.read_text(encoding="utf-8")) != tokenizer_name():
        raise FixSetup(
            f"The index of {release.id} was cut by {built}, this installation has {tokenizer_name()}.",
            next_step="Install the locked versions (make setup) or build again: kg build --force.",
        )
    return LexicalIndex(folder)


class LexicalIndex:
    """`SearchIndex` over one tantivy folder. Safe for threads."""

    def __init__(self, folder: Path) -> None:
        self._farm: Path | None = None
        self._index = tantivy.Index.open(str(self._openable(folder)))
        self._schema = _schema()
        self._searcher = self._index.searcher()

    def _openable(self, folder: Path) -> Path:
        """tantivy writes a lock file into the folder it opens; a read-only one is opened through links to its files."""
        if os.access(folder, os.W_OK):
            return folder
        self._farm = Path(tempfile.mkdtemp(prefix="kg-index-"))
        for file in folder.iterdir():
            (self._farm / file.name).symlink_to(file)
        return self._farm

    def close(self) -> None:
        """Removes the links of a read-only index; the files themselves stay."""
        if self._farm is not None:
            shutil.rmtree(self._farm, ignore_errors=True)
            self._farm = None

    def search(
        self,
        text: str,
        *,
        limit: int = 10,
        offset: int = 0,
        kinds: tuple[str, ...] | None = None,
        since: int | None = None,
        until: int | None = None,
    ) -> Hits:
        """See `SearchIndex.search`."""
        plain = without_surrogates(text)[:MAX_CHARACTERS]
        cut = tokens(plain)
        terms = list(dict.fromkeys([*cut.ja, *cut.en]))[:MAX_TERMS]
        exact = self._exact(plain)
        clauses = [*exact, *self._terms(terms)]
        if not clauses:
            return Hits(total=0)
        query = self._filtered(tantivy.Query.boolean_query(clauses), kinds, since, until)
        found: Any = self._searcher.search(query, limit=max(1, limit), offset=offset, count=True)
        hits = sorted((self._hit(score, address) for score, address in found.hits), key=lambda h: (-h.score, h.id))
        return Hits(total=int(found.count), hits=hits, terms=terms)

    def _exact(self, plain: str) -> list[Any]:
        key = match_key(_PREFIX.sub("", plain.strip()))
        if not key or len(key) > 300:
            return []
        term = tantivy.Query.const_score_query(tantivy.Query.term_query(self._schema, "names", key), _EXACT_BOOST)
        return [(tantivy.Occur.Should, term)]

    def _terms(self, terms: list[str]) -> list[Any]:
        return [
            (tantivy.Occur.Should, tantivy.Query.boost_query(tantivy.Query.term_query(self._schema, name, t), boost))
            for t in terms
            for name, boost in _FIELDS
        ]

    def _filtered(self, query: Any, kinds: tuple[str, ...] | None, since: int | None, until: int | None) -> Any:
        musts = [(tantivy.Occur.Must, query)]
        if kinds is not None:
            any_kind = [(tantivy.Occur.Should, tantivy.Query.term_query(self._schema, "kind", k)) for k in kinds]
            musts.append(
                (tantivy.Occur.Must, tantivy.Query.const_score_query(tantivy.Query.boolean_query(any_kind), 0.0))
            )
        if since is not None or until is not None:
            years = tantivy.Query.range_query(
                self._schema,
                "year",
                tantivy.FieldType.Integer,
                -9999 if since is None else since,
                9999 if until is None else until,
            )
            musts.append((tantivy.Occur.Must, tantivy.Query.const_score_query(years, 0.0)))
        return query if len(musts) == 1 else tantivy.Query.boolean_query(musts)

    def _hit(self, score: float, address: Any) -> Hit:
        document = self._searcher.doc(address)
        year = document.get_first("year")
        return Hit(
            id=str(document.get_first("id")),
            kind=str(document.get_first("kind")),
            title=str(document.get_first("title")),
            year=int(year) if year is not None else None,
            score=round(float(score), 6),
            exact=score >= _EXACT_BOOST,
        )
