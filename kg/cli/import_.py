"""`kg import` and `kg quarantine`: native records into the raw store, and what could not be read."""

from __future__ import annotations

import sys
from dataclasses import asdict

import click

from kg.cli.common import emit_json, home_option, json_option, progress
from kg.importing import Imported, State, import_records, retry_quarantine, stoppable
from kg.raw.inputs import find
from kg.raw.quarantine import Quarantine
from kg.settings import load


@click.command("import")
@click.argument("source")
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@click.option("--check", is_flag=True, help="Also read every record and report what would be skipped.")
@click.option("--dry-run", is_flag=True, help="Report what would be imported; write nothing.")
@click.option("--workers", type=click.IntRange(1), default=None, help="Processes that cut inputs. Default: one a core.")
@home_option
@json_option
def import_command(
    source: str,
    paths: tuple[str, ...],
    check: bool,
    dry_run: bool,
    workers: int | None,
    home: str | None,
    as_json: bool,
) -> int:
    """Take native records of SOURCE (cinii, researchmap, orcid, kaken) into the raw store.

    PATH is a file, a folder, a pattern in quotes, or - for standard input: JSON, JSON lines, XML, CSV, plain or in
    .gz, .zst, .bz2, .xz, .zip, .tar, .tar.gz. Importing twice changes nothing; an interrupted import goes on where it
    stopped when the same command is run again.

    \b
    Exit codes: 0 done, 3 all was taken but what is in quarantine, 4 nothing usable, 5 set-up, 130 interrupted.

    \b
    Examples:
      kg import cinii answers/ "more/*.json.gz"
      kg import orcid ORCID_2025_10_summaries.tar.gz --workers 4
      curl -s https://… | kg import kaken -
    """
    settings = load(home=home, workers=workers)
    sizes = [i.size for i in find(paths)]
    total = sum(s or 0 for s in sizes) if all(s is not None for s in sizes) else None
    with stoppable() as stop, progress(f"import {source}", total) as meter:

        def watch(state: State) -> None:
            meter.update(state.position, state.records)

        result = import_records(
            settings, source, paths, check=check, dry_run=dry_run, watch=watch, say=meter.say, stop=stop
        )
    if as_json:
        emit_json(result.as_dict())
    else:
        _show(result)
    if result.interrupted:
        click.echo("Interrupted. Nothing is lost; the same command goes on where it stopped.", err=True)
    return result.exit_code


def _show(result: Imported) -> None:
    verb = "would be taken" if result.dry_run else "taken"
    rate = f", {result.records / result.seconds:,.0f}/s" if result.seconds else ""
    click.echo(
        f"{result.source}: {result.records:,} records in {result.documents:,} documents ({result.seconds:.1f} s{rate})\n"
        f"  {verb}: {result.new:,} new, {result.changed:,} changed, {result.again:,} seen again; "
        f"{result.unchanged - result.again:,} unchanged"
    )
    if result.quarantined:
        click.echo(
            f"  quarantined: {result.quarantined:,} ({result.quarantined_new:,} for the first time), all others taken "
            "(exit code 3); `kg quarantine` says why"
        )
    if result.unusable_documents:
        click.echo(f"  not of this source: {result.unusable_documents:,} documents")
    if not result.records:
        click.echo("  nothing usable: is this the right source?", err=True)
    if (checked := result.checked) is not None:
        click.echo(
            f"  checked: {checked.records:,} records give {sum(checked.rows.values()):,} rows; "
            f"{checked.skipped:,} parts skipped, {checked.unreadable:,} records unreadable"
        )
        for reason, count in checked.reasons.most_common(10):
            click.echo(f"    {count:,} × {reason}")


@click.group(invoke_without_command=True)
@click.option("--source", help="Only of this source.")
@home_option
@json_option
@click.pass_context
def quarantine(ctx: click.Context, source: str | None, home: str | None, as_json: bool) -> int:
    """List what could not be read: the document, the path in it and the reason.

    `kg quarantine retry` tries it again with today's loaders; `kg quarantine show ID` prints the bytes.

    \b
    Examples:
      kg quarantine --source orcid
      kg quarantine show 091a7ca2f0bb4c02
      kg quarantine retry
    """
    if ctx.invoked_subcommand is not None:
        ctx.obj = (source, home)
        return 0
    store = Quarantine(load(home=home).quarantine)
    entries = store.entries(source)
    if as_json:
        emit_json({"total": len(entries), "by_source": store.counts(), "entries": [asdict(e) for e in entries]})
        return 0
    for entry in entries:
        where = " ".join(part for part in (entry.record or entry.document, entry.path) if part)
        click.echo(f"{entry.id}  {entry.source}  {where}: {entry.reason} ({entry.bytes:,} bytes, {entry.first_seen})")
    click.echo(f"{len(entries):,} in quarantine." if entries else "Nothing is in quarantine.", err=True)
    return 0


@quarantine.command("retry")
@click.option("--source", help="Only of this source.")
@home_option
@json_option
@click.pass_obj
def quarantine_retry(outer: tuple[str | None, str | None], source: str | None, home: str | None, as_json: bool) -> int:
    """Try the refused parts again; what works goes into the raw store and leaves the quarantine."""
    result = retry_quarantine(load(home=home or outer[1]), source or outer[0])
    if as_json:
        emit_json(asdict(result))
    else:
        click.echo(
            f"{result.tried:,} tried: {result.solved:,} solved ({result.records:,} records), {result.remaining:,} remain."
        )
    return result.exit_code


@quarantine.command("show")
@click.argument("entry_id")
@home_option
@click.pass_obj
def quarantine_show(outer: tuple[str | None, str | None], entry_id: str, home: str | None) -> int:
    """Print the bytes of one entry as they came."""
    raw = Quarantine(load(home=home or outer[1]).quarantine).raw(entry_id)
    sys.stdout.buffer.write(raw)
    sys.stdout.buffer.flush()
    return 0 if raw else 4


COMMANDS: dict[str, click.Command] = {"import": import_command, "quarantine": quarantine}
