"""`kg sql`: read-only SQL on a release, in a locked child process."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from kg.cli.answers import FORMATS
from kg.errors import FixInput
from kg.settings import load


@click.command()
@click.argument("query", required=False)
@click.option("--file", "file", type=click.Path(exists=True, dir_okay=False), help="Read the query from a file.")
@click.option(
    "--with",
    "own",
    multiple=True,
    metavar="NAME=FILE",
    help="Your own table (csv, xlsx or parquet), for this query only.",
)
@click.option(
    "--rows",
    type=click.IntRange(1, 5_000_000),
    default=None,
    help="Row limit. Default: 1,000 on a terminal, 100,000 to files.",
)
@click.option("--timeout", type=click.FloatRange(0.1, 3600), default=60.0, show_default=True, help="Seconds.")
@click.option("--memory", type=click.IntRange(256), default=2048, show_default=True, help="Megabytes, hard.")
@click.option("--home", help="Folder of this installation.")
@click.option("--release", default="current", show_default=True)
@click.option("--json", "fmt", flag_value="json", help="One JSON object: columns, rows, truncated, release.")
@click.option("--format", "fmt", type=click.Choice(FORMATS), default="text", show_default=True)
@click.option("--out", type=click.Path(dir_okay=False), help="File to write; needed for xlsx and parquet.")
def sql(
    query: str | None,
    file: str | None,
    own: tuple[str, ...],
    rows: int | None,
    timeout: float,
    memory: int,
    home: str | None,
    release: str,
    fmt: str,
    out: str | None,
) -> int:
    """Run one SELECT, EXPLAIN, DESCRIBE or SUMMARIZE on a release. Nothing can be written or read outside it.

    \b
    Examples:
      kg sql "SELECT name_ja, count(*) AS works FROM authored JOIN person ON person.id = authored.person GROUP BY ALL ORDER BY 2 DESC LIMIT 10"
      kg sql --with staff=staff.xlsx "SELECT s.*, i.subject AS person FROM staff s LEFT JOIN identifier i ON i.scheme = 'erad' AND i.value = s.erad"
      kg sql --format xlsx --out fields.xlsx "SELECT * FROM field"
    """
    from kg import tabular
    from kg.cli.answers import write_text
    from kg.release import open_release
    from kg.sql.door import Door, Limits
    from kg.sql.tables import read_table

    text = query_text(query, file)
    tables = dict(_named(x) for x in own)
    opened = open_release(load(home=home), release)
    limit = rows or (1_000 if fmt == "text" and out is None else 100_000)
    limits = Limits(seconds=timeout, megabytes=memory, rows=limit, bytes=1 << 30)
    with Door(opened.duckdb, opened.id, limits) as door:
        result = door.query(text, own={n: read_table(Path(p)) for n, p in tables.items()})
    if fmt == "json":
        import json

        body = {
            "release": result.release, "kind": result.kind, "columns": result.rows.column_names,
            "rows": result.rows.to_pylist(), "truncated": result.truncated, "seconds": result.seconds,
        }  # fmt: skip
        write_text(json.dumps(body, ensure_ascii=False, default=str) + "\n", out)
    else:
        about = [("問い合わせ", text), ("リリース", result.release), ("行数", str(result.rows.num_rows))]
        about += [("打ち切り", result.note() or "なし（全件）")]
        tabular.write(result.rows, fmt, out, about=about)
    if note := result.note():
        click.echo(note + " Raise --rows for more.", err=True)
        return 3
    return 0


def query_text(query: str | None, file: str | None) -> str:
    """The query of a command: its argument, its file, or what is piped in."""
    if file and query:
        raise click.UsageError("Give the query or --file, not both.")
    if file:
        return Path(file).read_text(encoding="utf-8-sig")
    if query and query != "-":
        return query
    if sys.stdin.isatty():
        raise click.UsageError("Give a query, --file FILE, or pipe one in.")
    return sys.stdin.read()


def _named(pair: str) -> tuple[str, str]:
    name, sep, path = pair.partition("=")
    if not sep or not name or not path:
        raise FixInput(f"--with {pair}: NAME=FILE expected.", next_step="Example: --with staff=staff.xlsx")
    return name, path


COMMANDS: dict[str, click.Command] = {"sql": sql}
