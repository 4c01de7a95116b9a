"""How does a release read as a property graph? Labels, relationship types, their properties, and the SQL of their rows.

    >>> authored = next(e for e in EDGES if e.table == "authored")
    >>> authored.type, authored.source.labels, authored.target.labels
    ('AUTHORED', ('Person', 'Name'), ('Work',))
    >>> node("PersonName").key, [p.name for p in node("Redirect").properties]
    (('person', 'name', 'lang', 'kind'), ['id', 'old', 'new', 'reason', 'row_hash'])

Everything follows from `kg.records` and `kg.schema`; here stands only what they cannot say:

- tables that say something of a node are nodes too, and hang on it by one edge (`HANGS`);
- where the end of an edge is not known as a node, a `Name` stands for it, made from that very row (`NAMES`): half of
  all authorships are by somebody known by name only;
- what stays out, since it belongs to the index or can be found in the graph (`LEFT_OUT`).

Nodes have `id`: the row's own, or the columns of its key joined by `SEPARATOR`. An empty text stays an empty text, null
is no property. SQL is DuckDB's, over the Parquet parts of a table as `t`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from functools import cache
from typing import Any, get_args

from kg import records as r
from kg import schema
from kg.lake.schema import CLAIMS
from kg.records import columns

SEPARATOR = "\x1f"
"""Between the parts of a made id."""
_MARK = "\x1e"
"""Before a part's own `SEPARATOR` or `_MARK`, so that no two keys make one id."""

LONGEST = 4000
"""Bytes of an id, or of what is looked up by an index: an index holds no more than about 8,000."""

LEFT_OUT: frozenset[type[r.Row]] = frozenset({r.TextUnit, r.SearchDocument, r.CollaborationProof})

HANGS: dict[type[r.Row], tuple[str, str]] = {
    r.PersonName: ("HAS_NAME", "person"),
    r.Identifier: ("HAS_IDENTIFIER", "subject"),
    r.Link: ("HAS_LINK", "subject"),
    r.ProjectCost: ("HAS_COST", "project"),
    r.Activity: ("HAS_ACTIVITY", "person"),
    r.FieldLabel: ("HAS_LABEL", "field"),
    r.LargeGroup: ("IS_LARGE", "via"),
}
"""By what edge a statement hangs on which of its columns. Others stand alone: their ends may not be there."""

NAMES: dict[tuple[str, str], tuple[str, ...]] = {
    ("authored", "person"): ("name_as_written", "name_en", "name_kana"),
    ("member_of", "person"): ("name_as_written", "name_en", "name_kana"),
    ("affiliation", "organization"): ("organization_ja", "organization_en"),
    ("in_field", "notation"): ("label",),
    ("assertion", "subject"): ("subject",),
    ("assertion", "object"): ("label",),
}
"""Ends that may have no node, and the columns of which the first that is filled names them."""

NAME, RELEASE, LOADING = "Name", "Release", "Loading"
"""An end known by name only; what is loaded; how far a load over the network has come."""


@dataclass(frozen=True, slots=True)
class Property:
    """One property: its name, type (`text`, `integer`, `number`, `yes/no`), and the SQL of its value."""

    name: str
    type: str
    sql: str
    nullable: bool = False
    about: str = ""


@dataclass(frozen=True, slots=True)
class End:
    """One end of an edge."""

    labels: tuple[str, ...]
    """Labels that the node may have."""
    column: str
    id: str
    """SQL of the node's `id`, where it is known."""
    label: str
    """SQL of the node's label, where it is known."""
    missing: str | None = None
    """SQL: whether a `Name` stands for it; None where that cannot be."""
    name: str | None = None
    """SQL of the name of that `Name`."""
    name_id: str | None = None
    """SQL of the id of that `Name`."""


@dataclass(frozen=True, slots=True)
class NodeType:
    """One label and the rows that are its nodes."""

    label: str
    table: str
    role: schema.Role
    key: tuple[str, ...]
    properties: tuple[Property, ...]
    """The first is `id`."""
    about: str = ""

    @property
    def id(self) -> str:
        """SQL of `id`."""
        return self.properties[0].sql


@dataclass(frozen=True, slots=True)
class EdgeType:
    """One relationship type, as far as one table makes it."""

    type: str
    table: str
    source: End
    target: End
    properties: tuple[Property, ...]
    """None where the edge only holds a statement to its subject."""
    key: tuple[str, ...]
    about: str = ""

    @property
    def ends(self) -> tuple[End, End]:
        return self.source, self.target


# --- SQL of single values ------------------------------------------------------------------------------------


def column(name: str) -> str:
    return f't."{name}"'


def joined(*parts: str) -> str:
    """SQL of an id made of several columns."""
    return f" || '{SEPARATOR}' || ".join(parts)


MACROS: tuple[str, ...] = (
    f"""CREATE MACRO short(x) AS CASE WHEN strlen(x) > {LONGEST}
        THEN left(x, 500) || '{SEPARATOR}' || sha256(x) ELSE x END""",
    f"""CREATE MACRO part(x) AS replace(replace(x, '{_MARK}', '{_MARK}{_MARK}'), '{SEPARATOR}', '{_MARK}{SEPARATOR}')""",
    """CREATE MACRO signed(x) AS CAST(
        CASE WHEN x >= 9223372036854775808 THEN x::HUGEINT - 18446744073709551616 ELSE x END AS BIGINT)""",
)
"""What the model's SQL calls, made once a connection: a text that an index can hold (of a longer one its beginning and a
hash of all of it); a text as part of an id; a number of 64 bits without sign as the signed one of the same bits, since the
database has no other integers."""


def _part(name: str, kind: type) -> str:
    """SQL of a column as a part of an id."""
    return f"part({column(name)})" if kind is str else f"CAST({column(name)} AS VARCHAR)"


def key_sql(row: type[r.Row]) -> str:
    """SQL of the id of a row: its one key column, or all of them joined."""
    if len(row.key) == 1:
        own = column(row.key[0])
        return f"short({own})" if row in (r.Field, r.Record) else own  # the others are ids of ours
    kinds = {c.name: c.type for c in columns(row)}
    return f"short({joined(*(_part(k, kinds[k]) for k in row.key))})"


ROW_HASH = "signed(t.row_hash)"


def _look_up(name: str, but: str = "", form: str = "{}") -> Property:
    """A name without white space (and without the characters `but`), in small letters."""
    text = form.format(column(name))
    said = f"`{name}` as look-ups compare it: without white space, in small letters."
    return Property("", "text", f"short(lower(regexp_replace({text}, '[\\s　{but}]', '', 'g')))", True, said)


KEYS: dict[type[r.Row], dict[str, Property]] = {
    r.Person: {"key_ja": _look_up("name_ja"), "key_kana": _look_up("name_kana"), "key_en": _look_up("name_en", ",")},
    r.PersonName: {"key": _look_up("name", ",", "nfc_normalize({})")},
    r.Organization: {"key_ja": _look_up("name_ja"), "key_en": _look_up("name_en")},
    r.Topic: {"key_ja": _look_up("label_ja"), "key_en": _look_up("label_en")},
}
"""Properties that are made for look-ups by name, each with an index: a query cannot fold names without reading all."""


_LOOKED_UP: dict[type[r.Row], str] = {r.Identifier: "value"}
"""Own columns with an index beside `id`."""


# --- the model -----------------------------------------------------------------------------------------------


def _own(row: type[r.Row], without: tuple[str, ...] = ()) -> list[Property]:
    told = schema.describe(row)
    return [
        Property(c.name, c.type, column(c.name), c.nullable, c.about) for c in told.columns if c.name not in without
    ]


_OF_A_RECORD = {
    "source_record": "Its own `id`.",
    "content_hash": "SHA-256 of its bytes.",
    "retrieved": "When it was fetched.",
}


def _told(row: type[r.Row]) -> Iterator[Property]:
    """Where the row comes from, and its hash. Which bytes those were, and when they came, says the record's own node."""
    if row is r.Record:
        yield from (Property(c.name, "text", column(c.name), about=_OF_A_RECORD.get(c.name, "")) for c in r.PROVENANCE)
    elif row.table in CLAIMS:
        yield Property("source_record", "text", column("source_record"), about="`id` of the `Record` that says so.")
    yield Property("row_hash", "integer", ROW_HASH, about="Hash of the row's own columns, as signed 64 bits.")


def _node(row: type[r.Row]) -> NodeType:
    told = schema.describe(row)
    own = _own(row, without=("id",))
    about = next((c.about for c in told.columns if c.name == "id"), "") or f"Made of {', '.join(row.key)}."
    keys = [replace(made, name=name) for name, made in KEYS.get(row, {}).items()]
    properties = (Property("id", "text", key_sql(row), about=about), *own, *keys, *_told(row))
    return NodeType(told.label, row.table, told.role, row.key, properties, told.about)


_LABELS = {row.table: row.__name__ for row in schema.NODES}


def _labels(told: schema.TableInfo, name: str) -> tuple[str, ...]:
    pointed = told.end(name)
    if pointed == "any node":
        return tuple(_LABELS[k] for k in get_args(r.EntityKind) if k in _LABELS and k not in ("field", "topic"))
    return tuple(pointed.split(", "))


def _label_sql(row: type[r.Row], name: str, labels: tuple[str, ...]) -> str:
    if len(labels) == 1:
        return f"'{labels[0]}'"
    names = {c.name for c in columns(row)}
    kind = f"{name}_kind" if f"{name}_kind" in names else "kind"
    return f"upper({column(kind)}[1]) || {column(kind)}[2:]"


def _end(row: type[r.Row], name: str) -> End:
    told = schema.describe(row)
    labels = _labels(told, name)
    label = _label_sql(row, name, labels)
    node_id = column(name)
    if labels == ("Field",) and name == "notation":
        node_id = f"{column('scheme')} || ':' || {column('notation')}"
    if labels[0] in ("Field", "Record"):
        node_id = f"short({node_id})"
    named = NAMES.get((row.table, name))
    if named is None:
        return End(labels, name, node_id, label)
    own = next(c for c in columns(row) if c.name == name)
    if own.nullable:
        missing = f"{column(name)} IS NULL"
    elif name == "notation":
        missing = f"{column(name)} = ''"
    else:  # local keys hold colons, persistent ids do not
        missing = f"contains({column(name)}, ':')"
    first = ", ".join(column(n) for n in named)
    name_id = joined(f"'{row.table}.{name}'", key_sql(row))
    return End((*labels, NAME), name, node_id, label, missing, f"coalesce({first})", name_id)


def _edge(row: type[r.Row]) -> EdgeType:
    edge = schema.EDGES[row]
    own = _own(row, without=(edge.source, edge.target))
    about = schema.describe(row).about
    ends = _end(row, edge.source), _end(row, edge.target)
    return EdgeType(edge.label, row.table, *ends, (*own, *_told(row)), row.key, about)


def _hanging(row: type[r.Row]) -> EdgeType:
    kind, subject = HANGS[row]
    target = End((row.__name__,), "", key_sql(row), f"'{row.__name__}'")
    return EdgeType(kind, row.table, _end(row, subject), target, (), row.key, f"From a node to its {row.__name__}.")


_TABLES = tuple(row for row in r.RELEASE if row not in LEFT_OUT)

NODES: tuple[NodeType, ...] = tuple(
    _node(row)
    for role in ("node", "statement")
    for row in _TABLES
    if schema.describe(row).role == role
)  # fmt: skip
"""Labels that a table fills: what `kg.schema.NODES` names, then statements."""

EDGES: tuple[EdgeType, ...] = (
    *(_edge(row) for row in _TABLES if row in schema.EDGES),
    *(_hanging(row) for row in _TABLES if row in HANGS),
)
"""Relationship types by the table that makes them; `RELATES_TO` comes from two."""

LABELS: tuple[str, ...] = (*(n.label for n in NODES), NAME, RELEASE, LOADING)
"""Labels that are ours: whoever adds nodes uses others."""

TYPES: tuple[str, ...] = tuple(dict.fromkeys(e.type for e in EDGES))
"""Relationship types that are ours."""

NAME_PROPERTIES = (
    Property("id", "text", "", about="Table and column that it stands for, and the row's key."),
    Property("name", "text", "", True, "As the source writes it."),
)

FULL_TEXT: dict[str, tuple[str, ...]] = {
    "Person": ("name_ja", "name_kana", "name_en"),
    "PersonName": ("name",),
    "Work": ("title_ja", "title_en", "title_other", "title_kana"),
    "Project": ("title_ja", "title_en"),
    "Organization": ("name_ja", "name_en"),
    "Topic": ("label_ja", "label_en"),
    "Field": ("label_ja", "label_en"),
}
"""Full-text indexes: analyzer `cjk`, one a label, named `text_<label>` in lower case."""


def node(label: str) -> NodeType:
    """The node type of a label that a table fills."""
    return next(n for n in NODES if n.label == label)


@cache
def tables() -> dict[str, type[r.Row]]:
    """Record class by table, of the tables that are in the graph."""
    return {row.table: row for row in _TABLES}


def node_rows(n: NodeType) -> str:
    """SQL of the columns of a node's row: its properties."""
    return ", ".join(f'{p.sql} AS "{p.name}"' for p in n.properties)


def name_rows(end: End) -> str:
    """SQL of the columns of a `Name`, of rows where `end.missing`."""
    return f'{end.name_id} AS "id", {end.name} AS "name"'


ENDS = ("s_label", "s_id", "t_label", "t_id")


def edge_rows(e: EdgeType) -> str:
    """SQL of the columns of an edge's row: label and id of both ends (`ENDS`), then its properties."""
    ends = [x for end in e.ends for x in (_or_name(end, end.label, f"'{NAME}'"), _or_name(end, end.id, end.name_id))]
    listed = [*zip(ends, ENDS, strict=True), *((p.sql, p.name) for p in e.properties)]
    return ", ".join(f'{sql} AS "{name}"' for sql, name in listed)


def _or_name(end: End, known: str, name: str | None) -> str:
    return known if end.missing is None else f"CASE WHEN {end.missing} THEN {name} ELSE {known} END"


def constraints() -> list[str]:
    """One statement a label: `id` is unique. Community edition has no node keys; that it is there, the load checks."""
    return [
        f"CREATE CONSTRAINT id_{label.lower()} IF NOT EXISTS FOR (n:{label}) REQUIRE n.id IS UNIQUE" for label in LABELS
    ]


def full_text_indexes() -> list[str]:
    """One statement a label of `FULL_TEXT`."""
    return [
        f"CREATE FULLTEXT INDEX text_{label.lower()} IF NOT EXISTS FOR (n:{label}) "
        f"ON EACH [{', '.join(f'n.{n}' for n in names)}] OPTIONS {{indexConfig: {{`fulltext.analyzer`: 'cjk'}}}}"
        for label, names in FULL_TEXT.items()
    ]


def look_up_indexes() -> list[str]:
    """One statement a property by which things are looked up besides `id`."""
    found = [(row.__name__, name) for row, keys in KEYS.items() for name in keys]
    return [
        f"CREATE INDEX look_up_{label.lower()}_{name} IF NOT EXISTS FOR (n:{label}) ON (n.{name})"
        for label, name in [*found, *((row.__name__, name) for row, name in _LOOKED_UP.items())]
    ]


# --- ways to show it -----------------------------------------------------------------------------------------


def as_data() -> dict[str, Any]:
    """The model for programs: nodes and edges with properties, without SQL."""

    def told(properties: tuple[Property, ...]) -> list[dict[str, Any]]:
        return [{k: v for k, v in asdict(p).items() if k != "sql"} for p in properties]

    nodes = [
        {"label": n.label, "table": n.table, "key": list(n.key), "about": n.about, "properties": told(n.properties)}
        for n in NODES
    ]
    names = {"label": NAME, "table": None, "key": ["id"], "about": "An end known by name only.", "properties": told(NAME_PROPERTIES)}  # fmt: skip
    edges = [
        {
            "type": e.type, "from": list(e.source.labels), "to": list(e.target.labels), "table": e.table,
            "about": e.about, "properties": told(e.properties),
        }
        for e in EDGES
    ]  # fmt: skip
    return {"nodes": [*nodes, names], "relationships": edges}


def as_text(counts: dict[str, int] | None = None) -> str:
    """The graph as Cypher patterns with properties, for a terminal; `counts` by label and by type are shown where given."""
    lines = []
    for n in as_data()["nodes"]:
        lines.append(f"(:{n['label']}){_count(counts, n['label'])}")
        lines += _property_lines(n["properties"])
    for e in as_data()["relationships"]:
        lines.append(f"(:{'|'.join(e['from'])})-[:{e['type']}]->(:{'|'.join(e['to'])}){_count(counts, e['type'])}")
        lines += _property_lines(e["properties"])
    return "\n".join(lines) + "\n"


def _count(counts: dict[str, int] | None, name: str) -> str:
    return f"  {counts.get(name, 0):,}" if counts is not None else ""


def _property_lines(properties: list[dict[str, Any]]) -> list[str]:
    return [
        f"    {p['name']:<28}{p['type'] + ('?' if p['nullable'] else ''):<10}{p['about']}".rstrip() for p in properties
    ]
