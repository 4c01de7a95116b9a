"""`kg cypher`: read-only Cypher on a release, through the door."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kg.cli.answers import FORMATS
from kg.cli.sql import query_text
from kg.errors import FixInput, KgError
from kg.settings import Settings, load

if TYPE_CHECKING:
    from kg.cypher.door import Door, Limits, Plan, Result

HISTORY = 1_000
"""Queries that are remembered."""


@click.command()
@click.argument("query", required=False)
@click.option("--file", "file", type=click.Path(exists=True, dir_okay=False), help="Read the query from a file.")
@click.option("--params", metavar="JSON", help="Values of parameters: a JSON object, or @FILE with one.")
@click.option(
    "--limit",
    type=click.IntRange(1, 5_000_000),
    default=None,
    help="Row limit. Default: 1,000 on a terminal, 100,000 to files.",
)
@click.option("--timeout", type=click.FloatRange(0.1, 3600), default=60.0, show_default=True, help="Seconds.")
@click.option(
    "--draft", metavar="QUESTION", help="Have a model write the query (KG_LLM_URL, KG_LLM_MODEL, KG_LLM_KEY)."
)
@click.option("--run", "run_draft", is_flag=True, help="Run a drafted query without asking.")
@click.option("--stop", is_flag=True, help="End the servers of the door.")
@click.option("--home", help="Folder of this installation.")
@click.option("--release", default="current", show_default=True)
@click.option("--json", "fmt", flag_value="json", help="One JSON object: columns, rows, truncated, notes, release.")
@click.option("--format", "fmt", type=click.Choice(FORMATS), default="text", show_default=True)
@click.option("--out", type=click.Path(dir_okay=False), help="File to write; needed for xlsx and parquet.")
def cypher(
    query: str | None,
    file: str | None,
    params: str | None,
    limit: int | None,
    timeout: float,
    draft: str | None,
    run_draft: bool,
    stop: bool,
    home: str | None,
    release: str,
    fmt: str,
    out: str | None,
) -> int:
    """Run one reading Cypher query on a release, in a small Neo4j server of its own.

    The first call fills that server and starts it; it goes on running for the next ones until --stop. Without a query, on
    a terminal: a prompt with history and completion. What is allowed: docs/cypher-door.md.

    \b
    Examples:
      kg cypher "MATCH (p:Person)-[:AUTHORED]->(w:Work) RETURN p.name_ja, count(w) AS works ORDER BY works DESC LIMIT 10"
      kg cypher --params '{"since": 2019}' "MATCH (w:Work) WHERE w.year >= $since RETURN count(w)"
      kg cypher --format xlsx --out fields.xlsx "MATCH (f:Field) RETURN f.id, f.label_ja"
      kg cypher --draft "Which institutions share most works?"
    """
    from kg.cypher.keeper import door_folder, stop_all

    settings = load(home=home)
    if stop:
        count = stop_all(door_folder(settings.home))
        click.echo(f"{count} servers of the door have ended." if count else "The door did not run.", err=True)
        return 0
    given = _parameters(params)
    if draft is not None:
        if query or file:
            raise click.UsageError("Give --draft or a query, not both.")
        return _drafted(settings, release, draft, run_draft, _limits(timeout, limit, fmt, out), fmt, out, given)
    interactive = query is None and file is None and sys.stdin.isatty()
    text = None if interactive else query_text(query, file)
    with _opened(settings, release) as door:
        if text is None:
            return _prompt(door, settings, _limits(timeout, limit, fmt, out), fmt, given)
        return _show(_asked(door, text, given, _limits(timeout, limit, fmt, out)), text, fmt, out)


def _limits(timeout: float, limit: int | None, fmt: str, out: str | None) -> Limits:
    from kg.cypher.door import Limits

    return Limits(
        seconds=timeout, rows=limit or (1_000 if fmt == "text" and out is None else 100_000), bytes=256 * 1024 * 1024
    )


def _parameters(params: str | None) -> dict[str, Any]:
    import json

    from kg.cypher import values

    if params is None:
        return {}
    text = Path(params[1:]).read_text(encoding="utf-8-sig") if params.startswith("@") else params
    try:
        given = json.loads(text, parse_constant=lambda word: _refuse(word))
    except ValueError as e:
        raise FixInput(f"--params is not JSON: {e}.", next_step="Example: --params '{\"since\": 2019}'") from e
    return values.parameters(given)


def _refuse(word: str) -> None:
    raise ValueError(f"{word} is no JSON number")


class _opened:  # a context manager that reads as a verb
    """The door of a release, opened with its progress on stderr; its servers go on when the command has ended."""

    def __init__(self, settings: Settings, release: str) -> None:
        from kg.cypher.door import Door
        from kg.cypher.keeper import door_folder
        from kg.release import open_release

        self._current = release == "current"
        found = open_release(settings, release)
        self._door = Door(
            door_folder(settings.home), found, servers=settings.door_servers, heap_mb=settings.door_heap_mb
        )

    def __enter__(self) -> Door:
        from kg.cypher.keeper import remove_others

        self._door.open(lambda line: click.echo(line, err=True))
        if self._current:
            remove_others(self._door.folder.parent, self._door.release.id)
        return self._door

    def __exit__(self, *_: object) -> None:
        self._door.close()


def _asked(door: Door, text: str, given: dict[str, Any], limits: Limits) -> Result:
    try:
        return door.query(text, given, limits=limits)
    except KgError as e:
        if "shown" in e.facts:
            from kg.render import plain

            click.echo("\n".join(plain(x) for x in str(e.facts["shown"]).split("\n")), err=True)
        raise


def _show(result: Result, text: str, fmt: str, out: str | None) -> int:
    from kg import tabular
    from kg.cli.answers import write_text
    from kg.cypher.values import to_table
    from kg.render import plain

    for note in result.notes:
        where = f" (line {note.line}, column {note.column})" if note.line else ""
        click.echo(plain(f"Note: {note.text}{where}"), err=True)
    if fmt == "json":
        import json
        from dataclasses import asdict

        write_text(json.dumps(asdict(result) | {"note": result.note()}, ensure_ascii=False) + "\n", out)
    else:
        table = to_table(result.columns, result.rows)
        if fmt == "text" and out is None:
            table = _steered(table)
        about = [("問い合わせ", text), ("リリース", result.release), ("行数", str(len(result.rows)))]
        about += [("打ち切り", result.note() or "なし（全件）")]
        tabular.write(table, fmt, out, about=about)
    if said := result.note():
        click.echo(said + " Raise --limit for more.", err=True)
        return 3
    return 0


def _steered(table: Any) -> Any:
    """Text columns without characters that steer a terminal."""
    import pyarrow as pa

    from kg.render import plain

    for i, f in enumerate(table.schema):
        if pa.types.is_string(f.type):
            cells = [None if v is None else plain(v.replace("\n", " ")) for v in table.column(i).to_pylist()]
            table = table.set_column(i, plain(f.name), pa.array(cells, pa.string()))
    return table


# --- a model's draft -----------------------------------------------------------------------------------------


def _drafted(
    settings: Settings, release: str, question: str, run: bool, limits: Limits, fmt: str, out: str | None,
    given: dict[str, Any],
) -> int:  # fmt: skip
    from kg.cypher import draft

    where = draft.endpoint()
    text = draft.draft(question, where)
    _say_draft(text)
    with _opened(settings, release) as door:
        plan = door.explain(text, given, limits=limits)
        _say_plan(plan)
        if not run and not (sys.stdin.isatty() and click.confirm("Run it?", err=True)):
            click.echo("Not run. Add --run, or give the query to kg cypher yourself.", err=True)
            return 0
        return _show(_asked(door, text, given, limits), text, fmt, out)


def _say_draft(text: str) -> None:
    from kg.render import plain

    click.echo("A model wrote this; read it before you trust it:", err=True)
    for line in text.splitlines():
        click.echo("    " + plain(line), err=True)


def _say_plan(plan: Plan) -> None:
    from kg.render import plain

    click.echo("Allowed. What the server would do, last step first:", err=True)
    for operator, details, expected, *_ in plan.steps[:40]:
        click.echo(plain(f"    {operator}  {details[:90]}  (about {expected or 0:,.0f} rows)"), err=True)
    if plan.heavy:
        click.echo(f"It may take long: {plan.heavy}.", err=True)
    for note in plan.notes:
        click.echo(plain(f"Note: {note.text}"), err=True)


# --- the prompt ----------------------------------------------------------------------------------------------


def _prompt(door: Door, settings: Settings, limits: Limits, fmt: str, given: dict[str, Any]) -> int:
    """Queries from a terminal until its end (Ctrl-D): each ends with a semicolon or an empty line."""
    if fmt not in ("text", "json", "csv"):
        raise click.UsageError(f"{fmt} needs a query and --out FILE.")
    history = settings.home / "neo4j" / "cypher_history"
    with _editing(history):
        click.echo(f"Release {door.release.id}. End a query with ; or an empty line; Ctrl-D leaves.", err=True)
        for text in _entered():
            try:
                _show(_asked(door, text, given, limits), text, fmt, None)
            except KgError as e:
                click.echo(f"{e.message}\n    {e.next_step}".rstrip(), err=True)
    return 0


def _entered() -> Iterator[str]:
    lines: list[str] = []
    while True:
        try:
            line = input("cypher> " if not lines else "   ...> ")
        except EOFError:
            click.echo(err=True)
            return
        except KeyboardInterrupt:
            click.echo(err=True)
            lines = []
            continue
        if line.strip():
            lines.append(line)
        if lines and (not line.strip() or line.rstrip().endswith(";")):
            yield "\n".join(lines)
            lines = []


class _editing:
    """History and completion by readline, where there is one. The history is readable by its owner only."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __enter__(self) -> None:
        try:
            import readline
        except ImportError:  # Windows
            return
        words = completions()
        readline.set_completer_delims(" \t\n()[]{}<>-=,;|.:`'\"+*/")
        readline.set_completer(lambda text, state: complete(readline.get_line_buffer(), text, words, state))
        readline.parse_and_bind("bind ^I rl_complete" if "libedit" in (readline.__doc__ or "") else "tab: complete")
        readline.set_history_length(HISTORY)
        if self._path.is_file():
            readline.read_history_file(self._path)

    def __exit__(self, *_: object) -> None:
        import os

        try:
            import readline
        except ImportError:
            return
        self._path.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(self._path, os.O_CREAT | os.O_WRONLY, 0o600))
        readline.write_history_file(self._path)


def completions() -> dict[str, list[str]]:
    """Words that can be completed: labels, types, properties, functions and keywords."""
    from kg.cypher import guard
    from kg.cypher.door import names

    keywords = [w.upper() for w in sorted(guard.CLAUSES | {"and", "or", "not", "in", "as", "distinct", "contains"})]
    return names() | {"keywords": keywords, "functions": sorted(f"{f}(" for f in guard.functions())}


def complete(line: str, text: str, words: dict[str, list[str]], state: int) -> str | None:
    """The `state`-th word that may follow: after `:` labels, or types inside `[`; after `.` properties; else the rest."""
    before = line[: len(line) - len(text)].rstrip() if text else line.rstrip()
    if before.endswith((":", "|")):
        inside = before.rfind("[") > max(before.rfind("("), before.rfind("]"))
        choices = words["types"] if inside else words["labels"]
    elif before.endswith("."):
        choices = words["properties"]
    else:
        choices = words["keywords"] + words["functions"]
    found = [c for c in choices if c.lower().startswith(text.lower())]
    return found[state] if state < len(found) else None


COMMANDS: dict[str, click.Command] = {"cypher": cypher}
