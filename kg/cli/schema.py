"""`kg schema`: what is in a release, told from the records."""

from __future__ import annotations

import json

import click

from kg import schema as graph_schema
from kg.cli.answers import write_text


def _as_json() -> str:
    return json.dumps(graph_schema.as_data(), ensure_ascii=False, indent=2) + "\n"


def _as_cypher() -> str:
    from kg.neo4j import model

    return model.as_text()


_SHOW = {
    "text": graph_schema.as_text,
    "mermaid": graph_schema.as_mermaid,
    "markdown": graph_schema.as_markdown,
    "cypher": _as_cypher,
    "json": _as_json,
}


@click.command()
@click.argument("table", required=False)
@click.option("--json", "fmt", flag_value="json", help="One JSON object on stdout.")
@click.option("--format", "fmt", type=click.Choice(list(_SHOW)), default="text", show_default=True)
@click.option("--out", type=click.Path(dir_okay=False), help="File to write.")
def schema(table: str | None, fmt: str, out: str | None) -> int:
    """The graph schema: nodes, edges, tables and columns; as text also one TABLE alone. Needs no release.

    \b
    Examples:
      kg schema
      kg schema authored
      kg schema --format mermaid --out schema.mmd
      kg schema --format cypher
      kg schema --json
    """
    if table is None:
        write_text(_SHOW[fmt](), out)
        return 0
    known = [t.table for t in graph_schema.describe_all()]
    labels = [t.label.lower() for t in graph_schema.describe_all()]
    if fmt != "text":
        raise click.UsageError("One table alone is shown as text only.")
    if table.lower() not in (*known, *labels):
        raise click.UsageError(f"No table «{table}». Tables: {', '.join(known)}.")
    write_text(graph_schema.as_text(table), out)
    return 0


COMMANDS: dict[str, click.Command] = {"schema": schema}
