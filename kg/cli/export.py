"""`kg export`: a release for other systems."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from kg.settings import load


@click.group()
def export() -> None:
    """Write a release in a form that other systems read.

    \b
    Example:
      kg export rdf --out release.nq
    """


@export.command()
@click.option("--out", type=click.Path(dir_okay=False), help="File to write (.gz is compressed). Default: stdout.")
@click.option("--release", default="current", show_default=True, help="Release to export.")
@click.option("--home", help="Folder of this installation (default: KG_HOME or the platform's data folder).")
@click.option("--base-iri", help="Base of all IRIs. Default: the setting base_iri.")
@click.option("--json", "as_json", is_flag=True, help="Counts as one JSON object on stdout (needs --out).")
def rdf(out: str | None, release: str, home: str | None, base_iri: str | None, as_json: bool) -> int:
    """Write a release as N-Quads, by ontology/mapping.ttl. The same release gives the same bytes.

    \b
    Examples:
      kg export rdf --out release.nq
      kg export rdf --out release.nq.gz --base-iri https://data.example.ac.jp/kg/
      kg export rdf | grep kaken-section:25030
    """
    from kg.rdf import open_tables, output, write_nquads
    from kg.release import open_release

    if as_json and not out:
        raise click.UsageError("--json needs --out: without it the quads themselves go to stdout.")
    settings = load(home=home, base_iri=base_iri)
    opened = open_release(settings, release)
    with open_tables(Path(opened.duckdb), memory_mb=settings.memory_mb) as tables:
        if out:
            with output(Path(out)) as file:
                written = write_nquads(tables, file, base=settings.base_iri, release=opened.id, progress=_tell)
        else:
            written = write_nquads(tables, sys.stdout.buffer, base=settings.base_iri, release=opened.id)
    if as_json:
        click.echo(json.dumps({"release": opened.id, "quads": written.quads, "rows": written.rows}))
    else:
        click.echo(f"{written.quads:,} quads of release {opened.id}{f' in {out}' if out else ''}", err=True)
    return 0


def _tell(table: str, rows: int) -> None:
    click.echo(f"{table}: {rows:,} rows", err=True)


COMMANDS: dict[str, click.Command] = {"export": export}
