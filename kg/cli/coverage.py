"""`kg coverage`: which native fields are read, ignored with a reason, or new."""

from __future__ import annotations

import click

from kg.cli.common import emit_json, json_option, progress
from kg.coverage import IGNORED, Coverage, coverage
from kg.errors import NothingUsable
from kg.raw.inputs import find


@click.command("coverage")
@click.argument("source")
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@click.option("--summary", is_flag=True, help="Totals and new fields only.")
@json_option
def coverage_command(source: str, paths: tuple[str, ...], summary: bool, as_json: bool) -> int:
    """Count the native fields of SOURCE in PATH..., and say what becomes of each.

    A field that the source has not sent before is a warning on stderr; the exit code stays 0.

    \b
    Example:
      kg coverage cinii answers/ --summary
    """
    total = sum(i.size or 0 for i in find(paths)) or None
    with progress(f"coverage {source}", total) as meter:
        counted = coverage(source, paths, meter.update)
    if not counted.records:
        raise NothingUsable(f"No record of {source} was found.", next_step="Check the source and the paths.")
    for f in counted.new:
        click.echo(f"new field: {source} {f.form} {f.path} ({f.occurrences:,} times)", err=True)
    if counted.new:
        click.echo(
            f"    {len(counted.new)} fields are not in loaders/fields/{source}.tsv: read or list them.", err=True
        )
    if as_json:
        emit_json(counted.as_dict())
    else:
        _show(counted, summary)
    return 0


def _show(counted: Coverage, summary: bool) -> None:
    if not summary:
        form = None
        for f in counted.fields:
            if f.form != form:
                form = f.form
                click.echo(form)
            click.echo(f"  {f.occurrences:>9,}  {f.path}  {f.use}{f': {f.note}' if f.note else ''}")
    whole = sum(counted.totals.values())
    click.echo(f"{counted.source}: {counted.records:,} records, {whole:,} values in {len(counted.fields):,} fields")
    click.echo(f"  read {counted.totals['read']:,} ({counted.read_share:.1f} %)")
    ignored = ", ".join(f"{use} {counted.totals[use]:,}" for use in IGNORED)
    click.echo(f"  ignored with a reason: {ignored}")
    click.echo(f"  together {counted.known_share:.1f} %; new {counted.totals['new']:,} in {len(counted.new)} fields")
    if counted.unparsed:
        click.echo(f"  not parsed: {counted.unparsed:,} (see `kg import --check`)")


COMMANDS: dict[str, click.Command] = {"coverage": coverage_command}
