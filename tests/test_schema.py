"""The graph schema is told from the records, and the page about it is never stale."""

import json
from pathlib import Path

from click.testing import CliRunner

from kg import schema
from kg.cli.schema import COMMANDS
from kg.records import RELEASE, columns

DOCS = Path(__file__).parents[1] / "docs"
LABELS = {c.__name__ for c in schema.NODES} | {"any node"}


def test_every_table_and_column_is_described() -> None:
    """Each class of a release is one table with all of its columns, in order."""
    described = {t.table: t for t in schema.describe_all()}
    assert set(described) == {row.table for row in RELEASE}
    for row in RELEASE:
        table = described[row.table]
        assert [c.name for c in table.columns] == [c.name for c in columns(row)]
        assert [c.nullable for c in table.columns] == [c.nullable for c in columns(row)]
        assert table.key == row.key
        assert table.about, row.table


def test_explanations_are_those_of_the_class() -> None:
    """What stands under a field in kg/records.py is shown beside its column."""
    work = next(t for t in schema.describe_all() if t.table == "work")
    about = {c.name: c.about for c in work.columns}
    assert about["source_type"] == "The type in the source's own word."
    assert about["volume"] == ""


def test_edges_join_nodes() -> None:
    """Both ends of every edge are columns that hold ids of nodes."""
    for table in schema.describe_all():
        assert table.role == ("edge" if table.edge else "node" if table.label in LABELS else "statement")
        if table.edge:
            for column in (table.edge.source, table.edge.target):
                assert set(table.end(column).split(", ")) <= LABELS, (table.table, column)
        for column in table.columns:
            assert column.points_to is None or set(column.points_to.split(", ")) <= LABELS


def test_seed_question_can_be_drawn() -> None:
    """The diagram holds what the seed question walks along."""
    lines = schema.as_mermaid().splitlines()
    for edge in ("Person -->|HAS_FIELD_EVIDENCE| Field", "Person -->|COLLABORATED| Person", "Field -->|BROADER| Field"):
        assert f"  {edge}" in lines
    assert lines[0] == "flowchart LR"
    assert len(lines) == len(set(lines))


def test_page_is_up_to_date() -> None:
    """docs/graph-schema.md is what `kg schema --format markdown` prints; run that with --out to renew it."""
    assert (DOCS / "graph-schema.md").read_text(encoding="utf-8") == schema.as_markdown()


def test_command_prints_each_form() -> None:
    """Text, JSON, Mermaid and Markdown go to stdout with exit code 0."""
    run = CliRunner()
    text = run.invoke(COMMANDS["schema"], [], standalone_mode=False)
    assert text.return_value == 0
    assert "(Person)-[AUTHORED]->(Work)  [authored]" in text.stdout
    data = json.loads(run.invoke(COMMANDS["schema"], ["--json"], standalone_mode=False).stdout)
    assert {"source": "Person", "label": "AUTHORED", "target": "Work", "table": "authored"} in data["edges"]
    assert len(data["tables"]) == len(RELEASE)
    assert run.invoke(COMMANDS["schema"], ["--format", "mermaid"]).stdout.startswith("flowchart")
    assert "(:Person|Name)-[:AUTHORED]->(:Work)" in run.invoke(COMMANDS["schema"], ["--format", "cypher"]).stdout
    assert run.invoke(COMMANDS["schema"], ["--format", "markdown"]).stdout.startswith("# The graph schema")


def test_one_table_alone() -> None:
    """By the name of its table or its label; an unknown one is answered with those there are."""
    shown = CliRunner().invoke(COMMANDS["schema"], ["Person"])
    assert shown.output.startswith("(Person)  [person]\n")
    assert "[person_name]" not in shown.output
    assert shown.output == CliRunner().invoke(COMMANDS["schema"], ["person"]).output
    unknown = CliRunner().invoke(COMMANDS["schema"], ["persn"])
    assert unknown.exit_code == 2
    assert "person_name" in unknown.output
    assert CliRunner().invoke(COMMANDS["schema"], ["person", "--json"]).exit_code == 2
