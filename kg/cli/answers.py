"""How commands that answer show it: text on a terminal, JSON for programs, CSV, XLSX and Parquet for tables."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

import click

from kg.people import PeopleAnswer
from kg.service import Service
from kg.settings import Settings, load

F = TypeVar("F", bound=Callable[..., Any])
FORMATS = ("text", "json", "csv", "xlsx", "parquet")


def store_options(command: F) -> F:
    """`--home`, `--release`, `--store`."""
    command = click.option(
        "--home", help="Folder of this installation (default: KG_HOME or the platform's data folder)."
    )(command)
    command = click.option("--release", default="current", show_default=True, help="Release to answer from.")(command)
    return store_option(command)


def store_option(command: F) -> F:
    """`--store`, passed on as `store`."""
    return click.option(
        "--store",
        type=click.Choice(["embedded", "neo4j"]),
        help="Where the graph is read: the release's own files, or the Neo4j server of the setting `graph` (without one, that "
        "of kg neo4j start). Default: the setting `graph`.",
    )(command)


def settings_for(home: str | None, store: str | None, **options: object) -> Settings:
    """Settings of a command with `--store`."""
    found = load(None, home=home, **options)
    if store is None or (store == "neo4j" and found.graph != "embedded"):
        return found
    return replace(found, graph=store)


def tell_store(service: Service) -> None:
    """Says on stderr where a Neo4j server is set but did not answer."""
    if service.graph is not None and service.graph.problem:
        click.echo(f"Answered from the local release: {service.graph.problem}", err=True)


def output_options(command: F) -> F:
    """`--json`, `--format`, `--out`."""
    command = click.option("--json", "fmt", flag_value="json", help="One JSON object on stdout.")(command)
    command = click.option("--format", "fmt", type=click.Choice(FORMATS), default="text", show_default=True)(command)
    return click.option("--out", type=click.Path(dir_okay=False), help="File to write; needed for xlsx and parquet.")(
        command
    )


def emit_answer(answer: PeopleAnswer, question: str, fmt: str, out: str | None) -> int:
    """Write an answer in one format; returns the exit code (0, also when nobody matches)."""
    from kg import render, tabular

    if fmt == "json":
        write_text(answer.model_dump_json(exclude_none=True) + "\n", out)
    elif fmt == "text":
        write_text("\n".join(render.text(answer)) + "\n", out)
    else:
        table = tabular.table(render.people_rows(answer))
        tabular.write(table, fmt, out, about=render.about_rows(answer, question))
    return 0


def write_text(text: str, out: str | None) -> None:
    """To a file in UTF-8, or to stdout."""
    if out:
        Path(out).write_text(text, encoding="utf-8")
    else:
        sys.stdout.write(text)
        sys.stdout.flush()
