"""Rules of the house that a reviewer would otherwise repeat."""

from __future__ import annotations

import difflib
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import click
import pytest

import kg.errors
from kg.cli import COMMANDS, cli
from kg.records import RELEASE, columns
from loaders.registry import BUILT_IN

ROOT = Path(__file__).parent.parent
ROOMS = ("kg", "loaders", "extractors", "ontology", "api")


def modules() -> list[Path]:
    return [p for room in ROOMS for p in sorted((ROOT / room).rglob("*.py"))]


def test_kg_init_imports_nothing():
    assert (ROOT / "kg" / "__init__.py").read_text(encoding="utf-8").strip() == ""


@pytest.mark.parametrize("source", BUILT_IN)
def test_a_loader_pulls_in_no_storage_and_no_web(source):
    """Importing a loader in a fresh process loads neither DuckDB, Arrow, rdflib, FastAPI nor any room to its right."""
    code = (
        f"import sys, loaders.{source}; "
        "bad = [m for m in sys.modules if m.split('.')[0] in ('duckdb', 'pyarrow', 'rdflib', 'fastapi', 'api', 'extractors')"
        " or m.startswith(('kg.lake', 'kg.release', 'kg.graph', 'kg.identity', 'kg.raw'))]; print(bad)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.strip() == "[]"


def test_every_module_has_a_docstring():
    bare = [
        str(p.relative_to(ROOT))
        for p in modules()
        if p.name != "__init__.py" and not p.read_text(encoding="utf-8").lstrip().startswith('"""')
    ]
    assert bare == []


def test_every_sql_file_is_used_by_name():
    """A `.sql` file that no module names is dead."""
    code = "\n".join(p.read_text(encoding="utf-8") for p in modules())
    unused = [f.name for room in ROOMS for f in (ROOT / room).rglob("*.sql") if f.stem not in code]
    assert unused == []


def test_every_cypher_file_of_the_store_is_used_by_name():
    """A `.cypher` file that the store does not name is dead; one that it names is there."""
    code = (ROOT / "kg" / "graph" / "neo4j.py").read_text(encoding="utf-8")
    files = {f.stem for f in (ROOT / "kg" / "graph" / "cypher").glob("*.cypher")}
    assert sorted(f for f in files if f'"{f}"' not in code) == []
    assert (
        sorted(f for f in files if not (ROOT / "kg/graph/cypher" / f"{f}.cypher").read_text().startswith("// ")) == []
    )


def test_every_error_is_in_the_tree():
    """Classes of `kg.errors` all descend from `KgError` and stand in the drawing at the top of the file."""
    classes = [c for c in vars(kg.errors).values() if isinstance(c, type) and c.__module__ == "kg.errors"]
    assert all(issubclass(c, kg.errors.KgError) for c in classes)
    assert [c.__name__ for c in classes if c.__name__ not in (kg.errors.__doc__ or "")] == []


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_has_help_with_an_example(name):
    command = cli.get_command(click.Context(cli), name)
    assert command is not None
    with click.Context(command, info_name=name) as context:
        text = command.get_help(context)
    assert "Example" in text
    assert f"kg {name}" in text


def test_every_module_of_kg_stands_in_the_layers():
    """A module that nobody listed is unchecked."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"][
        "contracts"
    ]
    listed = {m.strip() for layer in contracts[0]["layers"] for m in layer.split("|")}
    found = {f"kg.{p.stem}" for p in (ROOT / "kg").iterdir() if p.suffix == ".py" and p.stem != "__init__"}
    found |= {f"kg.{p.name}" for p in (ROOT / "kg").iterdir() if (p / "__init__.py").is_file()}
    assert found - listed == set()


def test_commands_page_is_what_the_commands_say():
    """Run `make docs` where this fails."""
    kept = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
    command = [sys.executable, "-m", "kg.cli.reference"]  # a fresh process: click remembers how help was asked for
    said = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=True, cwd=ROOT).stdout
    assert "\n".join(difflib.unified_diff(kept.splitlines(), said.splitlines(), lineterm="", n=0)) == ""


@pytest.mark.parametrize(
    "page", sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")]), ids=lambda p: str(p.relative_to(ROOT))
)
def test_links_between_pages_lead_somewhere(page):
    text = page.read_text(encoding="utf-8")
    missing = [t for t in re.findall(r"\]\((?!https?:|#)([^)#\s]+)", text) if not (page.parent / t).exists()]
    assert missing == []


def test_primary_keys_name_existing_columns():
    for row in RELEASE:
        assert set(row.key) <= {c.name for c in columns(row)}, row.table
        nullable = {c.name for c in columns(row) if c.nullable}
        assert not set(row.key) & nullable, row.table
