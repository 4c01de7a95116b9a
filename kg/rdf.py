"""How does a release read as RDF? N-Quads, written by `ontology/mapping.ttl`, table by table.

    kg export rdf --out release.nq

Every line is one quad of plain N-Quads. The order is fixed (tables as in `kg.records.RELEASE`, rows by key, columns as
mapped), no clock enters, so the same release and base give the same bytes.

Graphs, each `{base}graph/…`: `entities` (things after identity), one a source (`source/cinii`, …), `derived`,
`vocabulary` (fields and topics), `accepted` and `proposed` (what was read out of text). The default graph holds only
the description of the release: nothing proposed is ever in it. Rejected assertions are not written.

Names: `{base}id/P…` for people, works, projects, organisations, venues and topics, `{base}record/…`, `{base}field/…`,
`{base}scheme/…`; other rows `{base}{table}/{key}` with the record that says so. There are no blank nodes.
"""

from __future__ import annotations

import gzip
import math
import re
import tempfile
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache, lru_cache, partial
from pathlib import Path
from typing import IO, Any, cast

import duckdb
import pyarrow as pa

from kg.errors import FixSetup, OurBug
from kg.records import PROVENANCE, RELEASE, Row
from ontology import fields as vocabulary

MAPPING = Path(vocabulary.__file__).parent / "mapping.ttl"
DEFAULT_BASE = "https://example.org/kg/"
"""What the Turtle files are written with; another base replaces it everywhere."""

_MAP = DEFAULT_BASE + "mapping#"
_XSD = "http://www.w3.org/2001/XMLSchema#"
_TYPE = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
_BATCH = 8192


# --- the mapping as data -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, order=True)
class When:
    """`column=value`."""

    column: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnMap:
    name: str
    property: str | None = None
    language: str | None = None
    language_column: str | None = None
    shape: str | None = None
    reference: str | None = None
    excluded: str | None = None
    """IRI of the reason."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EdgeMap:
    source: str
    property: str
    target: str
    when: tuple[When, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TableMap:
    table: str
    graph: str = "derived"
    node: str | None = None
    classes: tuple[str, ...] = ()
    class_when: tuple[tuple[When, str], ...] = ()
    omit_when: tuple[When, ...] = ()
    columns: tuple[ColumnMap, ...] = ()
    edges: tuple[EdgeMap, ...] = ()
    excluded: str | None = None


@cache
def read_mapping(path: Path = MAPPING) -> dict[str, TableMap]:
    """`mapping.ttl` by table name; `provenance` maps the columns that tables have beside their own."""
    from rdflib import RDF, Graph, URIRef

    graph = Graph().parse(path, format="turtle")
    tables = [_table_map(graph, node) for node in graph.subjects(RDF.type, URIRef(_MAP + "Table"))]
    return {t.table: t for t in sorted(tables, key=lambda t: t.table)}


def _values(graph: Any, node: Any, name: str) -> list[Any]:
    from rdflib import URIRef

    return list(graph.objects(node, URIRef(_MAP + name)))


def _one(graph: Any, node: Any, name: str) -> str | None:
    found = _values(graph, node, name)
    if len(found) > 1:
        raise OurBug(f"mapping.ttl: {node} has several values of map:{name}.")
    return str(found[0]) if found else None


def _need(graph: Any, node: Any, name: str) -> str:
    value = _one(graph, node, name)
    if value is None:
        raise OurBug(f"mapping.ttl: {node} lacks map:{name}.")
    return value


def _whens(graph: Any, node: Any, name: str) -> tuple[When, ...]:
    return tuple(When(*str(v).split("=", 1)) for v in sorted(_values(graph, node, name)))


def _table_map(graph: Any, node: Any) -> TableMap:
    columns = sorted((_column_map(graph, c) for c in _values(graph, node, "column")), key=lambda c: c.name)
    edges = [
        EdgeMap(
            source=_need(graph, e, "from"),
            property=_need(graph, e, "property"),
            target=_need(graph, e, "to"),
            when=_whens(graph, e, "when"),
        )
        for e in _values(graph, node, "edge")
    ]
    class_when = [(_whens(graph, c, "when")[0], _need(graph, c, "class")) for c in _values(graph, node, "classWhen")]
    return TableMap(
        table=_need(graph, node, "table"),
        graph=_one(graph, node, "graph") or "derived",
        node=_one(graph, node, "node"),
        classes=tuple(sorted(str(c) for c in _values(graph, node, "class"))),
        class_when=tuple(sorted(class_when, key=lambda x: (x[0].column, x[0].value, x[1]))),
        omit_when=_whens(graph, node, "omitWhen"),
        columns=tuple(columns),
        edges=tuple(sorted(edges, key=lambda e: (e.source, e.property, e.target, e.when))),
        excluded=_one(graph, node, "excluded"),
    )


def _column_map(graph: Any, node: Any) -> ColumnMap:
    return ColumnMap(
        name=_need(graph, node, "name"),
        property=_one(graph, node, "property"),
        language=_one(graph, node, "language"),
        language_column=_one(graph, node, "languageColumn"),
        shape=_one(graph, node, "shape"),
        reference=_one(graph, node, "reference"),
        excluded=_one(graph, node, "excluded"),
    )


# --- terms ---------------------------------------------------------------------------------------------------

_TO_ESCAPE = re.compile(r'["\\\x00-\x1f\x7f]')
_SHORT = {"\t": "\\t", "\b": "\\b", "\n": "\\n", "\r": "\\r", "\f": "\\f", '"': '\\"', "\\": "\\\\"}
_LANGUAGE = re.compile(r"[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*\Z")
_PLAIN_SEGMENT = re.compile(r"[A-Za-z0-9._~:@-]+\Z")
_SEGMENT = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~!$&'()*+,;=:@")
_WEB = re.compile(r"(?:https?|ftp)://[^/?#\s]+", re.I)
_URN = re.compile(r"(?:urn|doi|info|hdl):\S", re.I)
_PERSONAL = re.compile(r"\s*(?:mailto|tel|sms|callto):", re.I)
_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?(Z|[+-][0-9]{2}:[0-9]{2})?")
_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")


def literal(text: str, language: str | None = None, datatype: str | None = None) -> str:
    """A literal term. A language tag that cannot be one is left out; lone surrogates become U+FFFD.

    >>> print(literal('say "hi"\\n', "en"), literal("2020", datatype=_XSD + "gYear"))
    "say \\"hi\\"\\n"@en "2020"^^<http://www.w3.org/2001/XMLSchema#gYear>
    """
    if not text.isascii():
        text = text.encode("utf-8", "surrogatepass").decode("utf-8", "replace") if _has_surrogate(text) else text
    quoted = '"' + (_TO_ESCAPE.sub(_escape, text) if _TO_ESCAPE.search(text) else text) + '"'
    if language and _LANGUAGE.match(language):
        return f"{quoted}@{language}"
    return f"{quoted}^^<{datatype}>" if datatype else quoted


def _escape(found: re.Match[str]) -> str:
    char = found.group()
    return _SHORT.get(char) or f"\\u{ord(char):04X}"


def _has_surrogate(text: str) -> bool:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return True
    return False


@lru_cache(maxsize=65536)
def segment(value: str) -> str:
    """One part of an IRI path: Japanese stays readable, whatever an IRI may not hold is percent-encoded.

    >>> segment("kaken-saimoku:自然災害科学・防災学"), segment("a b/c<")
    ('kaken-saimoku:自然災害科学・防災学', 'a%20b%2Fc%3C')
    """
    return value if _PLAIN_SEGMENT.match(value) else "".join(_iri_char(c, _SEGMENT) for c in value)


def _iri_char(char: str, plain: frozenset[str]) -> str:
    if char in plain or (char >= "\u00a0" and unicodedata.category(char)[0] not in "CZ" and not _noncharacter(char)):
        return char
    return "".join(f"%{b:02X}" for b in char.encode("utf-8", "replace" if "\ud800" <= char <= "\udfff" else "strict"))


def _noncharacter(char: str) -> bool:
    return "\ufdd0" <= char <= "\ufdef" or ord(char) & 0xFFFE == 0xFFFE or "\ufff0" <= char <= "\uffff"


def web_term(url: str) -> str | None:
    """IRI of a web page; a literal where it cannot be one; None for mail addresses and telephone numbers."""
    if _PERSONAL.match(url):
        return None
    text = url.strip()
    if not (_WEB.match(text) or _URN.match(text)):
        return literal(url)
    text = _PERCENT.sub("%25", text)
    return "<" + "".join(_iri_char(c, _SEGMENT | frozenset("/?#[]%")) for c in text) + ">"


def date_term(text: str) -> str:
    """A date as far as it is known, typed by its shape; plain text where it is none."""
    for name, valid in (("gYear", _is_year), ("gYearMonth", _is_month), ("date", _is_date), ("dateTime", _is_time)):
        if valid(text):
            return literal(text, datatype=_XSD + name)
    return literal(text)


def _is_year(text: str) -> bool:
    return bool(re.fullmatch(r"[0-9]{4}", text)) and text != "0000"


def _is_month(text: str) -> bool:
    return bool(re.fullmatch(r"[0-9]{4}-(0[1-9]|1[0-2])", text)) and not text.startswith("0000")


def _is_date(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return bool(re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text))


def _is_time(text: str) -> bool:
    if not _TIME.fullmatch(text):
        return False
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True


def _number(value: Any) -> str:
    if isinstance(value, bool):
        return literal("true" if value else "false", datatype=_XSD + "boolean")
    if isinstance(value, float):
        return literal(repr(value) if math.isfinite(value) else _not_finite(value), datatype=_XSD + "double")
    return literal(str(value), datatype=_XSD + "integer")


def _not_finite(value: float) -> str:
    return "NaN" if value != value else "INF" if value > 0 else "-INF"


def _year_term(value: Any) -> str:
    return date_term(f"{value:04d}") if isinstance(value, int) else date_term(str(value))


# --- rows to quads -------------------------------------------------------------------------------------------

Term = Callable[[Sequence[Any]], str | None]
"""From a row to a term, or None where it says nothing."""
Locate = Callable[[str, str, str, str | None, str], str]


@dataclass(frozen=True, slots=True)
class Names:
    """Terms that depend on the base IRI."""

    base: str = DEFAULT_BASE

    def iri(self, kind: str, *parts: str) -> str:
        return f"<{self.base}{kind}/{'/'.join(map(segment, parts))}>"

    def property(self, iri: str) -> str:
        return f"<{self.base + iri.removeprefix(DEFAULT_BASE) if iri.startswith(DEFAULT_BASE) else iri}>"

    def reference(self, kind: str, value: str) -> str | None:
        return web_term(value) if kind == "web" else self.iri("id" if kind == "entity" else kind, value)


class RowWriter:
    """The rows of one table as quads. `columns` are the columns the rows have, in order."""

    def __init__(self, mapping: TableMap, row: type[Row], columns: Sequence[str], names: Names, locate: Locate) -> None:
        self.mapping = mapping
        self.names = names
        self.at = {name: i for i, name in enumerate(columns)}
        self.by_name = {c.name: c for c in mapping.columns}
        by_record = ("source_record",) if "source_record" in self.at and not mapping.node else ()
        self.key = [self._place(k) for k in (*row.key, *by_record)]
        self.locate = locate
        self.omit = [self._test(w) for w in mapping.omit_when]
        self.omit += [
            _is_personal(self.at[c.name]) for c in mapping.columns if c.reference == "web" and c.name in row.key
        ]
        self.classes = [names.property(c) for c in mapping.classes]
        self.class_when = [(self._test(w), names.property(c)) for w, c in mapping.class_when]
        self.properties = self._properties() if mapping.classes else []
        self.edges = [
            ([self._test(w) for w in e.when], self._end(e.source), names.property(e.property), self._end(e.target))
            for e in mapping.edges
        ]
        self.graph = self._graph()

    def lines(self, row: Sequence[Any]) -> Iterator[str]:
        """Quads of one row, each with its line end."""
        if any(test(row) for test in self.omit):
            return
        tail = f" {self.graph(row)} .\n"
        if self.classes:
            node = self.node(row)
            for name in self.classes:
                yield f"{node} {_TYPE} {name}{tail}"
            for test, name in self.class_when:
                if test(row):
                    yield f"{node} {_TYPE} {name}{tail}"
            for name, term in self.properties:
                if (value := term(row)) is not None:
                    yield f"{node} {name} {value}{tail}"
        for tests, source, name, target in self.edges:
            if all(test(row) for test in tests):
                start, end = source(row), target(row)
                if start is not None and end is not None:
                    yield f"{start} {name} {end}{tail}"

    def node(self, row: Sequence[Any]) -> str:
        kind = self.mapping.node or self.mapping.table
        parts = ("" if row[i] is None else str(row[i]) for i in self.key)
        return self.names.iri("id" if kind == "entity" else kind, *parts)

    def _place(self, column: str) -> int:
        if column not in self.at:
            message = f"Table {self.mapping.table} of this release has no column {column}."
            raise FixSetup(message, next_step="Build the release again: kg build.")
        return self.at[column]

    def _properties(self) -> list[tuple[str, Term]]:
        maps = [c for c in self.mapping.columns if c.property and c.name in self.at]
        if "source_record" in self.at:
            maps += [c for c in read_mapping()["provenance"].columns if c.property]
        return [(self.names.property(cast(str, c.property)), self._term(c)) for c in maps]

    def _test(self, when: When) -> Callable[[Sequence[Any]], bool]:
        at = self._place(when.column)
        return lambda row: row[at] == when.value

    def _end(self, name: str) -> Term:
        """One end of an edge: a column, the row's own node, or the field that the row's scheme and label mean."""
        if name == "row":
            return self.node
        if name == "field" and "field" not in self.at:
            return self._located
        return self._term(self.by_name[name])

    def _located(self, row: Sequence[Any]) -> str | None:
        notation, label, level, label_en = (
            row[self.at[c]] if c in self.at else None for c in ("notation", "label", "level", "label_en")
        )
        scheme = row[self._place("scheme")]
        return self.names.iri("field", self.locate(scheme, notation or "", label or "", level, label_en or ""))

    def _term(self, column: ColumnMap) -> Term:
        at = self._place(column.name)
        if column.reference:
            return _if_said(at, partial(self.names.reference, column.reference))
        if column.shape == "year":
            return _if_said(at, _year_term)
        if column.shape == "date":
            return _if_said(at, date_term)
        if column.language_column:
            return _tagged(at, self._place(column.language_column))
        return _if_said(at, partial(_literal_or_number, column.language))

    def _graph(self) -> Callable[[Sequence[Any]], str]:
        name = self.mapping.graph
        if name == "source" and "source" in self.at:
            return partial(self._source_graph, self.at["source"])
        if name == "assertion":
            at = self._place("status")
            return lambda row: self.names.iri("graph", row[at])
        fixed = self.names.iri("graph", "derived" if name == "source" else name)
        return lambda row: fixed

    def _source_graph(self, at: int, row: Sequence[Any]) -> str:
        return self.names.iri("graph", "source", row[at]) if row[at] else self.names.iri("graph", "derived")


def _is_personal(at: int) -> Callable[[Sequence[Any]], bool]:
    """A row that is named by a mail address or telephone number is not written at all."""
    return lambda row: bool(_PERSONAL.match(row[at] or ""))


def _if_said(at: int, to_term: Callable[[Any], str | None]) -> Term:
    def term(row: Sequence[Any]) -> str | None:
        value = row[at]
        return None if value is None or value == "" else to_term(value)

    return term


def _tagged(at: int, language_at: int) -> Term:
    def term(row: Sequence[Any]) -> str | None:
        value = row[at]
        return None if value is None or value == "" else literal(value, row[language_at])

    return term


def _literal_or_number(language: str | None, value: Any) -> str:
    return literal(value, language) if isinstance(value, str) else _number(value)


# --- a whole release -----------------------------------------------------------------------------------------


@dataclass(slots=True)
class Written:
    """What an export wrote."""

    quads: int = 0
    rows: dict[str, int] = field(default_factory=dict)
    """Rows read, by table."""


def check_base(base: str) -> str:
    """The base IRI, or `FixSetup`: absolute, http or https, ending in `/` or `#`, nothing to encode."""
    if not re.fullmatch(r"https?://[A-Za-z0-9.:-]+(/[A-Za-z0-9._~/-]*)?[/#]", base):
        example = "https://data.example.ac.jp/kg/"
        raise FixSetup(
            f"base_iri «{base}» cannot be used.", next_step=f"Give one that ends in / or #, such as {example}"
        )
    return base


@contextmanager
def open_tables(path: Path, *, memory_mb: int = 2000) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection to the tables of a release: its DuckDB file, or a folder `tables/` of Parquet parts.

    Sorting goes to disk when it needs more than `memory_mb`.
    """
    with tempfile.TemporaryDirectory(prefix="kg-rdf-") as spill:
        connection = duckdb.connect(config={"memory_limit": f"{memory_mb}MB", "temp_directory": spill})
        try:
            if path.is_dir():
                for folder in sorted(p for p in path.iterdir() if any(p.glob("*.parquet"))):
                    files = [str(p) for p in sorted(folder.glob("*.parquet"))]
                    connection.read_parquet(files).create_view(folder.name)
            else:
                connection.execute(f"ATTACH '{str(path).replace(chr(39), chr(39) * 2)}' AS release (READ_ONLY)")
                connection.execute("USE release")
            yield connection
        finally:
            connection.close()


def write_nquads(
    connection: duckdb.DuckDBPyConnection,
    out: IO[bytes],
    *,
    base: str = DEFAULT_BASE,
    release: str = "",
    progress: Callable[[str, int], None] | None = None,
) -> Written:
    """All tables of a release as N-Quads, in bounded memory. `progress` hears each table and its rows when done."""
    names = Names(check_base(base))
    written = Written()
    if release:
        written.quads += _emit(_description(names, release), out)
    present = {str(r[0]) for r in connection.execute("SELECT table_name FROM information_schema.tables").fetchall()}
    locate = _locator(connection, present)
    mapping = read_mapping()
    for row in RELEASE:
        table = mapping[row.table]
        if row.table in present and not table.excluded:
            make = partial(RowWriter, table, row, names=names, locate=locate)
            quads, rows = _write_table(connection, row, make, out)
            written.quads += quads
            written.rows[row.table] = rows
            if progress:
                progress(row.table, rows)
    return written


def _write_table(
    connection: duckdb.DuckDBPyConnection, row: type[Row], make: Callable[[Sequence[str]], RowWriter], out: IO[bytes]
) -> tuple[int, int]:
    columns = _ordered_columns(connection, row)
    listed = ", ".join(f'"{c}"' for c in columns)
    query = f'SELECT {listed} FROM "{row.table}" ORDER BY ALL NULLS FIRST'
    batches = cast(Iterator[pa.RecordBatch], connection.sql(query).to_arrow_reader(_BATCH))
    writer = make(columns)
    quads = rows = 0
    for batch in batches:
        rows += batch.num_rows
        quads += _emit((line for values in _rows(batch) for line in writer.lines(values)), out)
    return quads, rows


def _ordered_columns(connection: duckdb.DuckDBPyConnection, row: type[Row]) -> list[str]:
    """Key first, so that sorting by all columns is sorting by key; only columns that are mapped."""
    have = [str(c[0]) for c in connection.execute(f'FROM "{row.table}" LIMIT 0').description or ()]
    known = {c.name for c in read_mapping()[row.table].columns} | {c.name for c in PROVENANCE}
    key = [k for k in row.key if k in have]
    return key + sorted(c for c in have if c in known and c not in key)


def _rows(batch: pa.RecordBatch) -> Iterator[tuple[Any, ...]]:
    return zip(*(column.to_pylist() for column in batch.columns), strict=True)


def _emit(lines: Iterator[str], out: IO[bytes]) -> int:
    chunk = list(lines)
    out.write("".join(chunk).encode("utf-8"))
    return len(chunk)


def _description(names: Names, release: str) -> Iterator[str]:
    node = names.iri("release", release)
    yield f"{node} {_TYPE} <http://rdfs.org/ns/void#Dataset> .\n"
    yield f"{node} <http://purl.org/dc/terms/identifier> {literal(release)} .\n"


def _locator(connection: duckdb.DuckDBPyConnection, present: set[str]) -> Locate:
    """Finds the field that a source's scheme and label mean, in the release's own vocabulary where it has one."""
    wanted = ("field", "field_label", "broader", "field_match")
    if present.issuperset(wanted):
        tables = vocabulary.FieldTables(**{t: connection.table(t).to_arrow_table() for t in wanted})
    else:
        tables = vocabulary.read()

    @lru_cache(maxsize=65536)
    def locate(scheme: str, notation: str, label: str, level: str | None, label_en: str) -> str:
        found = vocabulary.locate(scheme, notation, label, tables, level=level, label_en=label_en)
        return found or f"{scheme}:{notation or '=' + (label or label_en)}"

    return locate


@contextmanager
def output(path: Path) -> Iterator[IO[bytes]]:
    """A file that appears only when it is whole; `.gz` is compressed, without a time in it."""
    part = path.with_name(path.name + ".part")
    try:
        with part.open("wb") as raw:
            if path.suffix == ".gz":
                with gzip.GzipFile(filename="", fileobj=raw, mode="wb", mtime=0) as packed:
                    yield cast(IO[bytes], packed)
            else:
                yield raw
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
