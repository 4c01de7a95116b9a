"""`kg search`: names and titles of a release, in words."""

from __future__ import annotations

import json
from dataclasses import asdict

import click

from kg.cli.answers import output_options, store_options, write_text
from kg.service import Service
from kg.settings import load

_KINDS = click.Choice(["person", "work", "project", "organization"])


@click.command()
@click.argument("text", nargs=-1, required=True)
@click.option("--kind", "kinds", multiple=True, type=_KINDS, help="Only these kinds (repeatable).")
@click.option("--since", type=int, help="Year from.")
@click.option("--until", type=int, help="Year to.")
@click.option("--limit", type=click.IntRange(1, 10_000), default=10, show_default=True)
@click.option("--offset", type=click.IntRange(0), default=0)
@store_options
@output_options
def search(
    text: tuple[str, ...],
    kinds: tuple[str, ...],
    since: int | None,
    until: int | None,
    limit: int,
    offset: int,
    release: str,
    home: str | None,
    store: str,
    fmt: str,
    out: str | None,
) -> int:
    """Search names and titles; a whole name or an identifier (DOI, ORCID, award number, CRID) comes first.

    \b
    Examples:
      kg search 避難所 機械学習
      kg search --kind person 青木 --format csv
      kg search 10.1093/scan/nsy109 --json
    """
    from kg import tabular

    with Service(load(home=home), release).use() as opened:
        found = opened.search.search(
            " ".join(text), limit=limit, offset=offset, kinds=kinds or None, since=since, until=until
        )
        name = opened.release.id
    rows = [asdict(h) for h in found.hits]
    if fmt == "json":
        body = {"release": name, "total": found.total, "terms": found.terms, "hits": rows}
        write_text(json.dumps(body, ensure_ascii=False) + "\n", out)
        return 0
    about = [
        ("検索", " ".join(text)),
        ("リリース", name),
        ("該当件数", str(found.total)),
        ("この表の件数", str(len(rows))),
    ]
    tabular.write(tabular.table(rows), fmt, out, about=about)
    if fmt == "text":
        click.echo(f"{found.total:,} found, {len(rows)} shown.", err=True)
    return 0


COMMANDS: dict[str, click.Command] = {"search": search}
