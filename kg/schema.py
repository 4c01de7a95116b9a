"""What is in a release? The graph schema, told from `kg.records`: nodes, edges, what is said of them, and each column.

    >>> from kg.records import Authored
    >>> table = describe(Authored)
    >>> table.role, table.edge.label, table.columns[2].name, table.columns[2].points_to
    ('edge', 'AUTHORED', 'person', 'Person')

Only what a class cannot say itself stands here: which tables are edges and between what. Columns, types, keys and
explanations are read from the classes; a test keeps the list of tables complete.
"""

from __future__ import annotations

import ast
import inspect
import re
from dataclasses import asdict, dataclass
from functools import cache
from typing import Any, Literal, NamedTuple, get_args

from kg import records as r
from kg.errors import OurBug

NODES: tuple[type[r.Row], ...] = (
    r.Person, r.Organization, r.Work, r.Venue, r.Project, r.Field, r.Topic, r.Record,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Edge:
    """How a row reads as an edge. `source` and `target` are columns; their nodes follow from `points_to`."""

    label: str
    source: str
    target: str


EDGES: dict[type[r.Row], Edge] = {
    r.Authored: Edge("AUTHORED", "person", "work"),
    r.MemberOf: Edge("MEMBER_OF", "person", "project"),
    r.AffiliatedWith: Edge("AFFILIATED_WITH", "person", "organization"),
    r.Affiliation: Edge("SEEN_AT", "person", "organization"),
    r.OutputOf: Edge("OUTPUT_OF", "work", "project"),
    r.PublishedIn: Edge("PUBLISHED_IN", "work", "venue"),
    r.WorkRelation: Edge("RELATES_TO", "work", "other"),
    r.ProjectRelation: Edge("RELATES_TO", "project", "other"),
    r.InField: Edge("IN_FIELD", "subject", "notation"),
    r.FieldEvidence: Edge("HAS_FIELD_EVIDENCE", "person", "field"),
    r.Assertion: Edge("HAS_TOPIC", "subject", "object"),
    r.Collaborated: Edge("COLLABORATED", "a", "b"),
    r.OrganizationPart: Edge("PART_OF", "organization", "parent"),
    r.Broader: Edge("BROADER", "narrower", "broader"),
    r.FieldMatch: Edge("CLOSE_MATCH", "field", "other"),
    r.EntityRecord: Edge("FROM_RECORD", "entity", "record"),
}
"""Every other table says something of a node or an edge."""

_BY_NAME = {
    "person": "Person", "work": "Work", "project": "Project", "organization": "Organization", "venue": "Venue",
    "field": "Field", "record": "Record", "parent": "Organization", "narrower": "Field", "broader": "Field",
    "a": "Person", "b": "Person", "about": "any node", "entity": "any node", "subject": "any node", "via": "any node",
}  # fmt: skip
_BY_TABLE = {
    ("work_relation", "other"): "Work", ("project_relation", "other"): "Project", ("field_match", "other"): "Field",
    ("assertion", "object"): "Topic", ("in_field", "notation"): "Field",
    ("in_field", "subject"): "Person, Work, Project",
    ("assertion", "subject"): "Person, Work, Project", ("field_evidence", "via"): "Person, Work, Project",
    ("collaboration_proof", "via"): "Work, Project", ("large_group", "via"): "Work, Project",
}  # fmt: skip
_NOT_A_NODE = {("text_unit", "field"), ("assertion", "field"), ("search_document", "field")}
"""Columns called like a node that hold a place in a record, or a label."""

_TYPES = {str: "text", int: "integer", float: "number", bool: "yes/no"}
Role = Literal["node", "edge", "statement"]


@dataclass(frozen=True, slots=True)
class ColumnInfo:
    name: str
    type: str
    nullable: bool
    about: str
    """What the class says of it; '' where the name says all."""
    points_to: str | None
    """Label of the nodes whose id it holds."""


@dataclass(frozen=True, slots=True)
class TableInfo:
    table: str
    label: str
    """Class name: the node label, or the name of the row."""
    role: Role
    about: str
    key: tuple[str, ...]
    columns: tuple[ColumnInfo, ...]
    edge: Edge | None

    def end(self, column: str) -> str:
        """Label of the nodes at one end of an edge."""
        found = next(c.points_to for c in self.columns if c.name == column)
        if found is None:
            raise OurBug(f"{self.table}.{column} is the end of an edge but points to no node.")
        return found


def describe_all() -> tuple[TableInfo, ...]:
    """Every table of a release: nodes, then edges, then statements, each in the order of `kg.records`."""
    order = get_args(Role)
    return tuple(sorted((describe(c) for c in r.RELEASE), key=lambda t: order.index(t.role)))


def describe(row: type[r.Row]) -> TableInfo:
    """One table."""
    docs = _column_docs().get(row.__name__, {})
    columns = tuple(
        ColumnInfo(c.name, _TYPES[c.type], c.nullable, docs.get(c.name, ""), _points_to(row.table, c.name))
        for c in r.columns(row)
    )
    edge = EDGES.get(row)
    role: Role = "node" if row in NODES else "edge" if edge else "statement"
    return TableInfo(row.table, row.__name__, role, _flat(inspect.getdoc(row) or ""), row.key, columns, edge)


def _points_to(table: str, column: str) -> str | None:
    if (table, column) in _NOT_A_NODE:
        return None
    return _BY_TABLE.get((table, column)) or _BY_NAME.get(column)


@cache
def _column_docs() -> dict[str, dict[str, str]]:
    """The strings under the fields of each class of `kg.records`."""
    tree = ast.parse(inspect.getsource(r))
    return {c.name: _field_docs(c) for c in tree.body if isinstance(c, ast.ClassDef)}


def _field_docs(node: ast.ClassDef) -> dict[str, str]:
    found: dict[str, str] = {}
    for field, after in zip(node.body, node.body[1:], strict=False):
        match field, after:
            case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str(text))):
                found[name] = _flat(text)
    return found


def _flat(text: str) -> str:
    """Paragraphs as single lines, joined by a space."""
    return re.sub(r"\s+", " ", text).strip()


# --- ways to show it -----------------------------------------------------------------------------------------


def as_data() -> dict[str, Any]:
    """For `--json`: tables with columns, and the edges as triples of labels."""
    return {"tables": [asdict(t) for t in describe_all()], "edges": [e._asdict() for e in _edge_lines()]}


class _EdgeLine(NamedTuple):
    source: str
    label: str
    target: str
    table: str


def _edge_lines() -> list[_EdgeLine]:
    return [
        _EdgeLine(t.end(t.edge.source), t.edge.label, t.end(t.edge.target), t.table)
        for t in describe_all()
        if t.edge is not None
    ]


def as_text(only: str | None = None) -> str:
    """Nodes, edges and statements with their columns, for a terminal; `only` one table, by its name or label."""
    lines: list[str] = []
    for table in describe_all():
        if only is not None and only.lower() not in (table.table, table.label.lower()):
            continue
        lines.append(f"{_headline(table)}  [{table.table}]")
        lines.append(f"    {table.about}")
        for c in table.columns:
            arrow = f" → {c.points_to}" if c.points_to else ""
            mark = "*" if c.name in table.key else " "
            kind = c.type + ("?" if c.nullable else "") + arrow
            lines.append(f"  {mark} {c.name:<28}{kind:<24}{c.about}".rstrip())
        lines.append("")
    return "\n".join(lines) + "* part of the key · ? may be empty · → id of a node\n"


def _headline(table: TableInfo) -> str:
    if table.edge is None:
        return f"({table.label})" if table.role == "node" else table.label
    return f"({table.end(table.edge.source)})-[{table.edge.label}]->({table.end(table.edge.target)})"


def as_mermaid() -> str:
    """Nodes and edges as a Mermaid flowchart; several kinds of node at an end become several arrows."""
    lines = ["flowchart LR"]
    lines += [f"  {c.__name__}([{c.__name__}])" for c in NODES]
    for source, label, target, _ in _edge_lines():
        for a in _ends(source):
            lines += [f"  {a} -->|{label}| {b}" for b in _ends(target)]
    return "\n".join(lines) + "\n"


def _ends(label: str) -> list[str]:
    everything = [c.__name__ for c in NODES if c not in (r.Field, r.Topic, r.Record)]
    return everything if label == "any node" else label.split(", ")


def as_markdown() -> str:
    """`docs/graph-schema.md`."""
    parts = [_INTRODUCTION, "```mermaid", as_mermaid().rstrip(), "```", ""]
    titles: dict[Role, str] = {"node": "Nodes", "edge": "Edges", "statement": "What is said of them, and the rest"}
    role: Role | None = None
    for table in describe_all():
        if table.role != role:
            role = table.role
            parts += [f"## {titles[role]}", ""]
        parts += _markdown_table(table)
    return "\n".join(parts).rstrip() + "\n"


_INTRODUCTION = """# The graph schema

Written by `kg schema --format markdown` from `kg/records.py`; a test fails when it is stale. `kg schema` shows
the same on a terminal, `kg schema --json` gives it to programs, `kg schema --format mermaid` draws it.

A release holds one table for each heading below, in `graph.duckdb` and as Parquet, with these columns. Tables of
what sources claim also have `source`, `source_record`, `content_hash` and `retrieved`: from where, which record,
which bytes, when.
"""


def _markdown_table(table: TableInfo) -> list[str]:
    title = f"`{_headline(table)}`" if table.edge else f"`{table.label}`"
    key = ", ".join(f"`{k}`" for k in table.key)
    lines = [f"### {title}", "", f"Table `{table.table}`, key {key}. {_cell(table.about)}", ""]
    lines += ["| column | type | points to | meaning |", "| --- | --- | --- | --- |"]
    for c in table.columns:
        kind = c.type + (", may be empty" if c.nullable else "")
        lines.append(f"| `{c.name}` | {kind} | {c.points_to or ''} | {_cell(c.about)} |")
    return [*lines, ""]


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("``", "`")
