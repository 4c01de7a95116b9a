"""`kg build`, `kg releases`, `kg release`: make releases, list them, switch, compare and check them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from kg.cli.common import Meter, emit_json, home_option, json_option, progress
from kg.settings import Settings, load

if TYPE_CHECKING:
    from kg.release.build import Outcome

DONE_IN_PART = 3
_STEPS = {
    "normalise": ("Read records", "records"),
    "lake": ("Write the lake", "buckets"),
    "identity": ("Join by identifiers", "stages"),
    "derive": ("Derive tables", "stages"),
    "tokens": ("Cut texts", "texts"),
    "arrays": ("Write arrays", "arrays"),
    "tables": ("Write tables", "tables"),
    "graph": ("Write the graph file", "tables"),
    "search": ("Write the search index", "documents"),
    "hashes": ("Hash files", "files"),
    "publish": ("Publish", "files"),
}


@click.command()
@click.option("--force", is_flag=True, help="Build also where the inputs are unchanged.")
@home_option
@json_option
def build(force: bool, home: str | None, as_json: bool) -> int:
    """Make a release from what was imported, and make it the current one.

    Reads again only what changed. Ends at once where nothing did; after a rollback the newest is then current again.
    Exit code 3 where records were refused: they are in
    `kg quarantine`, the rest is in the release.

    \b
    Examples:
      kg build
      kg build --json
    """
    from kg.release.build import build as make

    settings = load(home=home)
    with _telling() as report:
        outcome = make(settings, force=force, report=report)
    if as_json:
        emit_json(asdict(outcome))
    else:
        click.echo("\n".join(_told(outcome)))
    return DONE_IN_PART if outcome.refused else 0


def _told(outcome: Outcome) -> Iterator[str]:
    if outcome.unchanged:
        yield f"Release {outcome.release} is up to date: nothing has changed since it was built."
        if outcome.current_again:
            yield "  An earlier release was served; this one is current again."
        return
    yield f"Release {outcome.release}: {outcome.records:,} records, {outcome.read:,} of them read in this run."
    counts = outcome.counts
    shown = ("person", "organization", "work", "project", "venue", "topic", "collaborated")
    yield "  " + " · ".join(f"{counts[t]:,} {t}" for t in shown if t in counts)
    if outcome.parent and outcome.parent != outcome.release:
        changed = sum(sum(c.values()) for c in outcome.changes.values())
        yield f"  {changed:,} rows differ from {outcome.parent}; kg release diff {outcome.parent} {outcome.release}"
    if outcome.skipped:
        yield f"  {outcome.skipped:,} parts of records could not be read; kg release show says which"
    if outcome.refused:
        yield f"  {len(outcome.refused):,} records were refused; see kg quarantine"
    yield f"  {sum(outcome.seconds.values()):.1f} s"


@contextmanager
def _telling() -> Iterator[Callable[[str, int, int], None]]:
    """One meter a step, on stderr."""
    meters: list[tuple[str, Any, Meter]] = []

    def close() -> None:
        if meters:
            _, context, _ = meters.pop()
            context.__exit__(None, None, None)

    def report(step: str, done: int, total: int) -> None:
        if step not in _STEPS:
            return
        if not meters or meters[-1][0] != step:
            close()
            label, unit = _STEPS[step]
            context = progress(label, total or None, unit)
            meters.append((step, context, context.__enter__()))
        meter = meters[-1][2]
        if total and meter.total is None:
            close()
            report(step, done, total)
        else:
            meter.update(done, done)

    try:
        yield report
    finally:
        close()


# --- releases ------------------------------------------------------------------------------------------------


@click.group(invoke_without_command=True)
@home_option
@json_option
@click.pass_context
def releases(context: click.Context, home: str | None, as_json: bool) -> int:
    """List the releases, newest first; roll back to an earlier one.

    \b
    Examples:
      kg releases
      kg releases --json
      kg releases rollback r-0123456789abcdef
    """
    context.obj = load(home=home)
    if context.invoked_subcommand is not None:
        return 0
    from kg.release import list_releases

    found = list_releases(context.obj)
    if as_json:
        emit_json(found)
        return 0
    if not found:
        click.echo("No release yet. Import sources (kg import SOURCE PATH) and run: kg build.")
    for r in found:
        counts = r["counts"]
        mark = "*" if r["current"] else " "
        click.echo(
            f"{mark} {r['id']}  {r['built']}  {counts['person']:,} people  {counts['work']:,} works  "
            f"{counts['project']:,} projects" + (f"  parent {r['parent']}" if r["parent"] else "")
        )
    return 0


@releases.command()
@click.argument("release_id", metavar="[ID]", required=False)
@home_option
@click.pass_obj
def rollback(settings: Settings, release_id: str | None, home: str | None) -> int:
    """Serve an earlier release again: the one named, else the parent of the current one.

    It stays so until the next `kg build`, which makes the newest release current.

    \b
    Example:
      kg releases rollback
    """
    from kg.errors import FixInput
    from kg.release import open_release, use

    settings = load(home=home) if home else settings
    wanted = release_id or open_release(settings).manifest["parent"]
    if wanted is None:
        raise FixInput("The current release has no parent to go back to.", next_step="kg releases lists them.")
    click.echo(f"Current release: {use(settings, wanted).id}")
    return 0


# --- release -------------------------------------------------------------------------------------------------


@click.group()
def release() -> None:
    """Compare, check, show and switch releases.

    \b
    Examples:
      kg release diff r-0123456789abcdef current
      kg release verify
      kg release use r-0123456789abcdef
    """


@release.command()
@click.argument("older")
@click.argument("newer", default="current")
@home_option
@json_option
def diff(older: str, newer: str, home: str | None, as_json: bool) -> int:
    """What differs between two releases: counts a table, and some of the keys.

    \b
    Example:
      kg release diff r-0123456789abcdef current --json
    """
    from kg.release import open_release
    from kg.release.compare import diff as compare

    settings = load(home=home)
    found = compare(open_release(settings, older), open_release(settings, newer))
    if as_json:
        emit_json(found)
        return 0
    if not found["tables"]:
        click.echo("No row differs.")
    for table, told in found["tables"].items():
        click.echo(
            f"{table}: {told['older']:,} → {told['newer']:,} rows · {told['added']:,} added · {told['changed']:,} changed · "
            f"{told['removed']:,} removed"
        )
        for kind, samples in told["samples"].items():
            for key in samples:
                click.echo(f"    {kind} " + " ".join(str(v) for v in key.values()))
    return 0


@release.command()
@click.argument("release_id", metavar="[ID]", default="current")
@home_option
@json_option
def verify(release_id: str, home: str | None, as_json: bool) -> int:
    """Check that every file of a release has the bytes that were written. Exit code 5 where one has not.

    \b
    Example:
      kg release verify current
    """
    from kg.release import open_release
    from kg.release.compare import verify as check

    opened = open_release(load(home=home), release_id)
    problems = check(opened)
    if as_json:
        emit_json({"release": opened.id, "files": len(opened.manifest["files"]), "problems": problems})
    else:
        lines = problems or [f"{opened.id}: {len(opened.manifest['files']):,} files as they were written."]
        click.echo("\n".join(lines))
    return 5 if problems else 0


@release.command()
@click.argument("release_id", metavar="ID")
@home_option
def use(release_id: str, home: str | None) -> int:
    """Make a release the current one; servers take it up with their next request.

    \b
    Example:
      kg release use r-0123456789abcdef
    """
    from kg.release import use as switch

    click.echo(f"Current release: {switch(load(home=home), release_id).id}")
    return 0


@release.command()
@click.argument("release_id", metavar="[ID]", default="current")
@home_option
@json_option
def show(release_id: str, home: str | None, as_json: bool) -> int:
    """What a release was made from and what was left out.

    \b
    Example:
      kg release show current --json
    """
    from kg.release import open_release

    opened = open_release(load(home=home), release_id)
    manifest = {k: v for k, v in opened.manifest.items() if k not in ("files", "tables")}
    if as_json:
        emit_json({**manifest, "path": str(opened.path)})
        return 0
    click.echo(f"{opened.id}  built {manifest['built']}  parent {manifest['parent'] or '-'}")
    for table, rows in manifest["counts"].items():
        click.echo(f"  {table:24} {rows:>12,}")
    for part in manifest["skipped"]:
        click.echo(f"  left out: {part['source']}:{part['form']} {part['path']}: {part['reason']} ({part['count']:,})")
    return 0


COMMANDS = {"build": build, "releases": releases, "release": release}
