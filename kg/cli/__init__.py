"""The `kg` command: one module a command group, each a thin view over a function in `kg`.

Data goes to stdout, progress and messages to stderr. Exit codes: 0 done · 2 usage · 3 done in part ·
4 nothing usable in the input · 5 set-up or service missing · 130 interrupted.
"""

from __future__ import annotations

import importlib
import sys

import click

from kg.errors import KgError

COMMANDS: dict[str, tuple[str, str]] = {
    # name: (module under kg.cli, one line for `kg --help`)
    "import": ("import_", "Take native records of a source into the raw store."),
    "coverage": ("coverage", "Which native fields are read, ignored with a reason, or new."),
    "quarantine": ("import_", "Records that could not be read, and why."),
    "build": ("build", "Make a release from what was imported."),
    "releases": ("build", "List the releases, newest first; roll back."),
    "release": ("build", "Compare and inspect releases."),
    "people": ("people", "Find people by typed clauses; match a staff list."),
    "ask": ("ask", "Answer a question in plain Japanese or English."),
    "search": ("search", "Search names and titles."),
    "sql": ("sql", "Read-only SQL on a release."),
    "cypher": ("cypher", "Read-only Cypher on a release, in a Neo4j server of its own."),
    "schema": ("schema", "The graph schema: tables, nodes, edges."),
    "export": ("export", "Write a release as RDF, GraphML, GEXF or Parquet."),
    "neo4j": ("neo4j", "A Neo4j server of your own: start, stop, status."),
    "synth": ("synth", "Invent a research community with its truth."),
    "serve": ("serve", "Answer over HTTP."),
    "demo": ("demo", "From nothing to an answered question on invented data."),
    "config": ("config", "Each setting and where it came from."),
}


class Lazy(click.Group):
    """Imports a command's module only when it is called, so that `kg --help` answers at once."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module, _ = COMMANDS[cmd_name]
        commands: dict[str, click.Command] = importlib.import_module(f"kg.cli.{module}").COMMANDS
        return commands[cmd_name]

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in COMMANDS.items()])


@click.group(cls=Lazy, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="scholarly-kg", prog_name="kg")
def cli() -> None:
    """Scholarly knowledge graph of Japan's research: load, build, ask.

    \b
    Example:
      kg synth --people 1000 --works 4000 --seed 1 --out country
      for s in cinii researchmap orcid kaken; do kg import $s country/$s; done
      kg build; kg ask 「防災の研究者で、すでに情報分野の研究者と共同研究を行っている人」

    Import and build end with 3 where a few records went to quarantine and all others were taken: a script that stops
    at every failure (set -e, &&) must let 3 pass.
    """


def main() -> None:
    """Entry point: turns our errors into one line and the documented exit code."""
    try:
        code = cli.main(standalone_mode=False)
        sys.exit(code if isinstance(code, int) else 0)
    except click.exceptions.Abort:
        click.echo("Interrupted. Nothing is lost; the same command goes on where it stopped.", err=True)
        sys.exit(130)
    except KeyboardInterrupt:
        click.echo("Interrupted. Nothing is lost; the same command goes on where it stopped.", err=True)
        sys.exit(130)
    except click.ClickException as e:
        e.show()
        sys.exit(e.exit_code)
    except BrokenPipeError:
        sys.exit(0)
    except KgError as e:
        click.echo(f"kg: {e.message}", err=True)
        if e.next_step:
            click.echo(f"    {e.next_step}", err=True)
        sys.exit(e.exit_code)
