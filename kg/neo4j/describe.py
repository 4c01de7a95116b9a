"""What can be asked? The graph's schema as a page: labels and types with counts, properties with examples.

    >>> with connect(server.access()) as driver:            # doctest: +SKIP
    ...     print(overview(counts(driver)))

Names, types and meanings come from `kg.neo4j.model`; counts and examples from what the server holds.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import neo4j

from kg.neo4j import model

Examples = Mapping[str, Mapping[str, Any]]
"""By label or type: a value of each property, where one was found."""

_LOOKED_AT = 200
"""Nodes or edges of a kind that are searched for examples, in the order of their ids."""
_VARIES = ("retrieved", "loaded", "built", "row_hash", "content_hash", "text_hash", "settings_hash")
"""Times and hashes say nothing as examples."""
_WIDEST = 36


def as_data(counts: Mapping[str, int], examples: Examples) -> dict[str, Any]:
    """The schema for programs: the model's, each label and type with `count`, each property with `example`."""
    data = model.as_data()
    for things, name in ((data["nodes"], "label"), (data["relationships"], "type")):
        for thing in things:
            thing["count"] = counts.get(thing[name])
            for p in thing["properties"]:
                p["example"] = examples.get(thing[name], {}).get(p["name"])
    return data


def read_examples(driver: neo4j.Driver) -> dict[str, dict[str, Any]]:
    """An example of each property, the same on equal releases."""
    found: dict[str, dict[str, Any]] = {}
    for label in (*(n.label for n in model.NODES), model.NAME):
        query = f"MATCH (n:{label}) WITH n ORDER BY n.id LIMIT {_LOOKED_AT} RETURN properties(n) AS p"
        found[label] = _first(r["p"] for r in driver.execute_query(query).records)
    for kind in model.TYPES:
        query = (
            f"MATCH (a)-[r:{kind}]->(b) WITH a, r, b ORDER BY a.id, b.id, r.row_hash LIMIT {_LOOKED_AT} "
            "RETURN properties(r) AS p"
        )
        found[kind] = _first(r["p"] for r in driver.execute_query(query).records)
    return found


def _first(rows: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for row in rows:
        for name, value in row.items():
            if name not in _VARIES and value != "":
                found.setdefault(name, value)
    return found


# --- pages ---------------------------------------------------------------------------------------------------


def overview(counts: Mapping[str, int]) -> str:
    """Labels and types with how many there are, as Markdown."""
    lines = ["| node | how many | what |", "| --- | ---: | --- |"]
    lines += [f"| `(:{n.label})` | {counts[n.label]:,} | {_sentence(n.about)} |" for n in model.NODES]
    lines.append(f"| `(:{model.NAME})` | {counts[model.NAME]:,} | An end of an edge that is known by name only. |")
    lines.append(f"| `(:{model.RELEASE})` | 1 | What is loaded: `id`, `built`, `loaded`. |")
    lines += ["", "| edge | how many | what |", "| --- | ---: | --- |"]
    for kind in model.TYPES:
        same = [e for e in model.EDGES if e.type == kind]
        patterns = "<br>".join(dict.fromkeys(_pattern(e) for e in same))
        lines.append(f"| {patterns} | {counts[kind]:,} | {_sentence(same[0].about)} |")
    return "\n".join(lines) + "\n"


def properties(examples: Examples) -> str:
    """Properties of every label and type with an example, as Markdown."""
    parts: list[str] = []
    for n in model.NODES:
        parts += _table(f"(:{n.label})", n.properties, examples.get(n.label, {}))
    parts += _table(f"(:{model.NAME})", model.NAME_PROPERTIES, examples.get(model.NAME, {}))
    for kind in model.TYPES:
        own = {p.name: p for e in model.EDGES if e.type == kind for p in e.properties}
        if own:
            parts += _table(f"[:{kind}]", own.values(), examples.get(kind, {}))
    return "\n".join(parts).rstrip() + "\n"


def _table(title: str, own: Iterable[model.Property], examples: Mapping[str, Any]) -> Iterator[str]:
    yield from (f"**`{title}`**", "", "| property | type | example | meaning |", "| --- | --- | --- | --- |")
    for p in own:
        kind = p.type + (", may be absent" if p.nullable else "")
        yield f"| `{p.name}` | {kind} | {_example(examples.get(p.name))} | {_cell(p.about)} |"
    yield ""


def _pattern(e: model.EdgeType) -> str:
    source, target = ("\\|".join(end.labels) for end in e.ends)
    return f"`(:{source})-[:{e.type}]->(:{target})`"


def _sentence(about: str) -> str:
    """The first sentence."""
    return _cell(about.split(". ")[0].rstrip(".") + ".")


def _example(value: Any) -> str:
    if value is None:
        return ""
    text = str(value) if not isinstance(value, bool) else str(value).lower()
    text = text.replace(model.SEPARATOR, "␟")
    return f"`{_cell(text if len(text) <= _WIDEST else text[: _WIDEST - 1] + '…')}`"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("``", "`").replace("\n", " ")
