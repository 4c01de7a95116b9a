"""Which fields of research does a label mean, and what lies within them?

The schemes are the Turtle files in `ontology/fields/`; this module reads them into tables and looks labels up.
It knows no field by name: 防災 and 情報 are found through labels that a librarian can edit.

    >>> tables = read()
    >>> [(m.field, m.how) for m in resolve("防災", tables)]
    [('kaken-section:25030', 'alternative')]
    >>> sorted(closure(["kaken-section:25030"], tables))
    ['kaken-saimoku:自然災害科学・防災学', 'kaken-section:25030', 'researchmap-area:防災工学']

The same functions work on the tables of a release, which also hold fields that only records name.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import unquote

import pyarrow as pa

from kg.text import match_key

if TYPE_CHECKING:
    from rdflib import Graph

FOLDER = Path(__file__).parent / "fields"
FIELD_NAMESPACE = "https://example.org/kg/field/"
"""What the files write as `field:`; the part after it is the field's id. Exports use the base IRI of the settings."""
TERMS = "https://example.org/kg/ontology#"

_LABEL_KINDS = {"prefLabel": "preferred", "altLabel": "alternative", "hiddenLabel": "hidden"}
_SHORTEST = 2
"""Characters that must remain when an ending is taken off: 農学 must not become 農."""


class Match(NamedTuple):
    """A field that a label stands for."""

    field: str
    label: str
    """The field's own label that matched."""
    how: str
    """`id`, `notation`, `preferred`, `alternative`, `hidden`: the whole label; `ending`: after an ending such as 分野
    was taken off; `contained`: part of a preferred label."""


@dataclass(frozen=True)
class FieldTables:
    """The vocabulary as four tables with the columns of `Field`, `FieldLabel`, `Broader`, `FieldMatch`."""

    field: pa.Table
    field_label: pa.Table
    broader: pa.Table
    field_match: pa.Table

    @cached_property
    def index(self) -> Index:
        """The tables as dictionaries, made once."""
        return Index(self)


def read(folder: Path = FOLDER) -> FieldTables:
    """Tables of the curated schemes, sorted by key. Takes about 0.4 s, once a process."""
    return _read(folder, tuple((p.name, p.stat().st_mtime_ns) for p in sorted(folder.glob("*.ttl"))))


@cache
def _read(folder: Path, _version: tuple[tuple[str, int], ...]) -> FieldTables:
    from rdflib import Graph  # imported late: a release needs the tables only, never the Turtle

    graph = Graph()
    for path in sorted(folder.glob("*.ttl")):
        graph.parse(path, format="turtle")
    return _tables(graph)


def _tables(graph: Graph) -> FieldTables:
    from rdflib import RDF, SKOS, URIRef

    concepts = sorted((_id(s), s) for s in graph.subjects(RDF.type, SKOS.Concept))
    fields: list[dict[str, str | None]] = []
    labels: list[dict[str, str]] = []
    for field, node in concepts:
        fields.append(_field_row(graph, field, node))
        labels.extend(_label_rows(graph, field, node))
    broader = sorted((_id(a), _id(b)) for a, b in graph.subject_objects(SKOS.broader))
    pairs = [(_id(a), _id(b)) for a, b in graph.subject_objects(URIRef(SKOS.closeMatch))]
    matches = sorted({p for a, b in pairs for p in ((a, b), (b, a))})
    return FieldTables(
        field=pa.Table.from_pylist(fields, schema=_FIELD),
        field_label=pa.Table.from_pylist(sorted(labels, key=_label_key), schema=_FIELD_LABEL),
        broader=pa.Table.from_pylist([{"narrower": a, "broader": b} for a, b in broader], schema=_BROADER),
        field_match=pa.Table.from_pylist([{"field": a, "other": b} for a, b in matches], schema=_FIELD_MATCH),
    )


def _text(*names: str, null: Iterable[str] = ()) -> pa.Schema:
    return pa.schema([pa.field(n, pa.string(), nullable=n in set(null)) for n in names])


_FIELD = _text(
    *("id", "scheme", "notation", "label_ja", "label_en", "label_en_status", "level"),
    null=("label_ja", "label_en", "label_en_status", "level"),
)
_FIELD_LABEL = _text("field", "lang", "label", "kind")
_BROADER = _text("narrower", "broader")
_FIELD_MATCH = _text("field", "other")


def _id(node: Any) -> str:
    return unquote(str(node).removeprefix(FIELD_NAMESPACE))


def _field_row(graph: Graph, field: str, node: Any) -> dict[str, str | None]:
    from rdflib import SKOS, URIRef

    scheme, _, rest = field.partition(":")
    preferred = {o.language: str(o) for o in graph.objects(node, SKOS.prefLabel)}  # type: ignore[attr-defined]
    notations = sorted(str(o) for o in graph.objects(node, SKOS.notation))
    status = graph.value(node, URIRef(TERMS + "labelStatus"))
    level = graph.value(node, URIRef(TERMS + "level"))
    return {
        "id": field,
        "scheme": scheme,
        "notation": notations[0] if notations else rest,
        "label_ja": preferred.get("ja"),
        "label_en": preferred.get("en"),
        "label_en_status": str(status) if status is not None else None,
        "level": str(level) if level is not None else None,
    }


def _label_rows(graph: Graph, field: str, node: Any) -> Iterator[dict[str, str]]:
    """Each label once a language, under its strongest kind; further notations are hidden labels."""
    from rdflib import SKOS

    seen: set[tuple[str, str]] = set()
    for name, kind in _LABEL_KINDS.items():
        for literal in sorted(graph.objects(node, SKOS[name]), key=str):
            lang, label = str(literal.language or ""), str(literal)  # type: ignore[attr-defined]
            if (lang, label) not in seen:
                seen.add((lang, label))
                yield {"field": field, "lang": lang, "label": label, "kind": kind}
    for notation in sorted(str(o) for o in graph.objects(node, SKOS.notation))[1:]:
        yield {"field": field, "lang": "", "label": notation, "kind": "hidden"}


def _label_key(row: dict[str, str]) -> tuple[str, str, str]:
    return row["field"], row["lang"], row["label"]


class _Label(NamedTuple):
    field: str
    label: str
    kind: str
    lang: str


class Index:
    """What `resolve`, `closure` and `locate` look up. Get it as `FieldTables.index`."""

    def __init__(self, tables: FieldTables) -> None:
        self.scheme: dict[str, str] = {}
        self.level: dict[str, str | None] = {}
        self.by_notation: dict[tuple[str, str], str] = {}
        self.notations: defaultdict[str, list[str]] = defaultdict(list)
        for row in tables.field.select(["id", "scheme", "notation", "level"]).to_pylist():
            self.scheme[row["id"]] = row["scheme"]
            self.level[row["id"]] = row["level"]
            self.by_notation.setdefault((row["scheme"], row["notation"]), row["id"])
            self.notations[match_key(row["notation"])].append(row["id"])
        self.labels = [
            _Label(r["field"], r["label"], r["kind"], r["lang"])
            for r in tables.field_label.select(["field", "label", "kind", "lang"]).to_pylist()
        ]
        self.by_key: defaultdict[str, list[_Label]] = defaultdict(list)
        for label in self.labels:
            self.by_key[match_key(label.label)].append(label)
        self.narrower = _adjacency(tables.broader, "broader", "narrower")
        self.broader = _adjacency(tables.broader, "narrower", "broader")
        self.match = _adjacency(tables.field_match, "field", "other")
        for field, others in _adjacency(tables.field_match, "other", "field").items():
            self.match[field] = sorted({*self.match[field], *others})

    @cached_property
    def by_short_key(self) -> dict[str, list[_Label]]:
        """Labels by what is left of them when endings are taken off."""
        found: defaultdict[str, list[_Label]] = defaultdict(list)
        for label in self.labels:
            for short in shortened(label.label):
                found[short].append(label)
        return found

    def below(self, fields: Iterable[str]) -> set[str]:
        """The fields and everything narrower."""
        seen: set[str] = set()
        todo = list(fields)
        while todo:
            field = todo.pop()
            if field not in seen:
                seen.add(field)
                todo.extend(self.narrower.get(field, ()))
        return seen


def _adjacency(table: pa.Table, source: str, target: str) -> defaultdict[str, list[str]]:
    edges: defaultdict[str, list[str]] = defaultdict(list)
    for a, b in sorted(zip(table[source].to_pylist(), table[target].to_pylist(), strict=True)):
        edges[a].append(b)
    return edges


# --- labels to fields ----------------------------------------------------------------------------------------


def resolve(label: str, tables: FieldTables) -> list[Match]:
    """Fields that a label stands for, over all schemes; empty where no label knows it.

    Tried in this order, and the first that finds anything decides: the whole label (width, case and spaces do not
    matter) as id, notation or any label; the label without endings such as 分野 or 関連 (`suffixes.tsv`); the label
    as a part of preferred labels. Of fields within each other that match, only the outer one is kept.
    """
    key = match_key(label)
    if not key:
        return []
    index = tables.index
    found = _whole(label, key, index) or _by_ending(label, index) or _contained(label, index)
    return _roots(found, index)


def _whole(label: str, key: str, index: Index) -> list[Match]:
    if label.strip() in index.scheme:
        return [Match(label.strip(), label.strip(), "id")]
    by_label = [Match(x.field, x.label, x.kind) for x in index.by_key.get(key, ())]
    inner = _without_namesakes(by_label, index)
    by_notation = [Match(f, key, "notation") for f in index.notations.get(key, ())]
    known = {m.field for m in inner}
    return inner + [m for m in by_notation if m.field not in known]


def _without_namesakes(found: list[Match], index: Index) -> list[Match]:
    """政治学 names a 分科 and a 細目 within it: the inner one is meant; the outer one can be asked for by its id."""
    preferred = {m.field for m in found if m.how == "preferred"}
    outer = {
        f for f in preferred if any(g != f and index.scheme[g] == index.scheme[f] for g in index.below([f]) & preferred)
    }
    return [m for m in found if m.field not in outer]


def _by_ending(label: str, index: Index) -> list[Match]:
    """Fewest endings taken off first; at the end also compared with what labels are without theirs."""
    steps = list(shortened(label))
    for short in steps:
        if found := [Match(x.field, x.label, "ending") for x in index.by_key.get(short, ())]:
            return _without_namesakes(found, index)
    for short in (match_key(label), *steps):
        if found := [Match(x.field, x.label, "ending") for x in index.by_short_key.get(short, ())]:
            return found
    return []


def _contained(label: str, index: Index) -> list[Match]:
    """Whole words where the label is Latin, so that `art` is not found in `earth`."""
    plain = unicodedata.normalize("NFKC", label).casefold().strip()
    for wanted in (plain, *shortened(label)):
        if len(wanted) < _SHORTEST:
            continue
        edge = r"\b" if wanted.isascii() else ""
        pattern = re.compile(edge + re.escape(wanted) + edge)
        found = [
            Match(x.field, x.label, "contained")
            for x in index.labels
            if x.kind == "preferred" and pattern.search(unicodedata.normalize("NFKC", x.label).casefold())
        ]
        if found:
            return found
    return []


def _roots(found: list[Match], index: Index) -> list[Match]:
    """Each field once, without those that lie within another that was found."""
    best: dict[str, Match] = {}
    order = ("id", "notation", *_LABEL_KINDS.values(), "ending", "contained")
    for match in sorted(found, key=lambda m: (m.field, order.index(m.how), m.label)):
        best.setdefault(match.field, match)
    inside = {g for f in best for g in index.below([f]) if g != f}
    return [m for f, m in best.items() if f not in inside]


@cache
def suffixes(folder: Path = FOLDER) -> tuple[str, ...]:
    """Endings that `resolve` may take off, longest first, as match keys."""
    lines = (folder / "suffixes.tsv").read_text(encoding="utf-8").splitlines()
    endings = {match_key(line.split("\t")[0]) for line in lines if line.strip() and not line.startswith("#")}
    return tuple(sorted(endings, key=lambda s: (-len(s), s)))


def shortened(label: str) -> list[str]:
    """Match keys of a label without one, then two, then more endings; each leaves at least two characters.

    >>> shortened("情報学分野")
    ['情報学', '情報']
    """
    seen: list[str] = []
    wave = [match_key(label)]
    while wave:
        cut = (k[: -len(s)] for k in wave for s in suffixes() if k.endswith(s) and len(k) - len(s) >= _SHORTEST)
        wave = [k for k in dict.fromkeys(cut) if k not in seen]
        seen.extend(wave)
    return seen


# --- fields to fields, records to fields ---------------------------------------------------------------------


def closure(field_ids: Iterable[str], tables: FieldTables) -> set[str]:
    """The fields, all that lie within them, all that are mapped to any of these, and all that lie within those."""
    index = tables.index
    own = index.below(field_ids)
    return own | index.below(other for f in own for other in index.match.get(f, ()))


def locate(
    scheme: str, notation: str, label: str, tables: FieldTables, *, level: str | None = None, label_en: str = ""
) -> str | None:
    """The field that a source means by notation or label within a scheme; None where the scheme does not know it.

    The notation decides. A label may name fields of several levels (政治学 is a 分科 and a 細目): the level given
    decides, else the finest.
    """
    index = tables.index
    if notation:
        padded = notation.zfill(2) if notation.isdigit() else notation
        for code in (notation, padded):
            if (scheme, code) in index.by_notation:
                return index.by_notation[scheme, code]
    for text in (notation, label, label_en):
        found = [x for x in index.by_key.get(match_key(text), ()) if text and index.scheme[x.field] == scheme]
        if found:
            return min(found, key=lambda x: _fitness(x, level, index)).field
    return None


def _fitness(label: _Label, level: str | None, index: Index) -> tuple[bool, bool, bool, str]:
    field = label.field
    return index.level[field] != level, label.kind != "preferred", bool(index.narrower.get(field)), field
