"""How do values of the server look outside? As JSON, with nodes and relationships as objects; as text; as an Arrow column.

Going in, values are JSON and nothing else: a parameter can never be more than a value.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from typing import Any

import neo4j.graph
import neo4j.time
import pyarrow as pa

from kg.errors import FixInput

MAX_DEPTH = 20
_WHOLE = 2**63


def parameters(given: Any) -> dict[str, Any]:
    """The values of a query's parameters, checked. Raises `FixInput` naming the first that cannot be passed."""
    if given is None:
        return {}
    if not isinstance(given, dict):
        raise FixInput("Parameters are one JSON object.", next_step='Example: {"id": "P1"}')
    for name, value in given.items():
        if not isinstance(name, str) or not name.isidentifier() or len(name) > 100:
            raise FixInput(f"«{str(name)[:50]}» cannot name a parameter.", next_step="Use letters, digits and _.")
        _check(value, name, 0)
    return dict(given)


def _check(value: Any, path: str, depth: int) -> None:
    if depth > MAX_DEPTH:
        raise FixInput(f"Parameter {path[:80]} is nested more than {MAX_DEPTH} deep.")
    if value is None or isinstance(value, bool):
        return
    if isinstance(value, str):
        if any("\ud800" <= c <= "\udfff" for c in value):
            raise FixInput(f"Parameter {path[:80]} contains half a character (a lone surrogate).")
    elif isinstance(value, int):
        if not -_WHOLE <= value < _WHOLE:
            raise FixInput(f"Parameter {path[:80]} is a whole number of more than 64 bits.")
    elif isinstance(value, float):
        if not math.isfinite(value):
            raise FixInput(f"Parameter {path[:80]} is no number that JSON knows.")
    elif isinstance(value, list):
        for i, item in enumerate(value):
            _check(item, f"{path}[{i}]", depth + 1)
    elif isinstance(value, dict):
        for name, item in value.items():
            if not isinstance(name, str):
                raise FixInput(f"Parameter {path[:80]} has a key that is no text.")
            _check(name, path, depth)
            _check(item, f"{path}.{name}", depth + 1)
    else:
        raise FixInput(f"Parameter {path[:80]} is no JSON value.")


def to_plain(value: Any) -> Any:
    """A value of the driver as JSON knows it; dates and times as ISO 8601 text, numbers that JSON lacks as null."""
    match value:
        case None | bool() | int() | str():
            return value
        case float():
            return value if math.isfinite(value) else None
        case neo4j.graph.Node():
            return {"labels": sorted(value.labels), "properties": {k: to_plain(v) for k, v in value.items()}}
        case neo4j.graph.Relationship():
            ends = [_end(x) for x in value.nodes]
            found = {"type": value.type, "from": ends[0], "to": ends[1]}
            return found | {"properties": {k: to_plain(v) for k, v in value.items()}}
        case neo4j.graph.Path():
            return {
                "nodes": [to_plain(n) for n in value.nodes],
                "relationships": [to_plain(r) for r in value.relationships],
            }
        case neo4j.time.Date() | neo4j.time.DateTime() | neo4j.time.Time() | neo4j.time.Duration():
            return value.iso_format()
        case bytes() | bytearray():
            return bytes(value).hex()
        case Mapping():
            return {str(k): to_plain(v) for k, v in value.items()}
        case tuple() if hasattr(value, "srid"):
            return {"srid": value.srid, "coordinates": [float(x) for x in value]}
        case list() | tuple():
            return [to_plain(v) for v in value]
    return str(value)


def _end(node: neo4j.graph.Node | None) -> str | None:
    """The `id` of a node where it came along, else the server's own name of it."""
    if node is None:
        return None
    return str(node.get("id") or node.element_id)


def to_text(value: Any) -> str | None:
    """One cell: nodes as `(:Person {id: P1, …})`, relationships as `[:AUTHORED {…}]`, lists and maps as JSON."""
    match value:
        case None:
            return None
        case str():
            return value
        case {"labels": list(labels), "properties": dict(properties)}:
            return f"(:{':'.join(labels)} {{{_pairs(properties)}}})"
        case {"type": str(kind), "from": _, "to": _, "properties": dict(properties)}:
            return f"[:{kind} {{{_pairs(properties)}}}]" if properties else f"[:{kind}]"
        case bool():
            return "true" if value else "false"
        case int() | float():
            return str(value)
    return json.dumps(value, ensure_ascii=False)


def _pairs(properties: Mapping[str, Any]) -> str:
    first = sorted(properties, key=lambda k: (k != "id", k))
    return ", ".join(f"{k}: {to_text(properties[k])}" for k in first)


def to_table(columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> pa.Table:
    """An Arrow table: a column of one simple type keeps it, any other becomes text. Column names are told apart."""
    names: list[str] = []
    for name in columns:
        n, free = 1, name
        while free in names:
            n += 1
            free = f"{name}_{n}"
        names.append(free)
    return pa.table({name: _column([row[i] for row in rows]) for i, name in enumerate(names)})


def _column(values: list[Any]) -> pa.Array:
    kinds = {type(v) for v in values if v is not None}
    if kinds == {int, float}:
        return pa.array([None if v is None else float(v) for v in values], pa.float64())
    for kind, arrow in ((bool, pa.bool_()), (int, pa.int64()), (float, pa.float64())):
        if kinds == {kind}:
            return pa.array(values, arrow)
    return pa.array([to_text(v) for v in values], pa.string())
