"""`kg synth`: a demonstration country in the native formats of the four sources, with its truth."""

from __future__ import annotations

import dataclasses
import json
import sys
from pathlib import Path

import click

from kg.settings import load

_STAGES = {"draw": "Inventing works", "answers": "Answering questions", "write": "Writing files"}


@click.command("synth", short_help="Invent a research community with its truth.")
@click.option("--people", type=int, required=True, help="How many people.")
@click.option("--works", type=int, required=True, help="How many works.")
@click.option("--projects", type=int, help="How many projects; a quarter of the people if left out.")
@click.option("--seed", type=int, default=1, show_default=True, help="Another seed is another country.")
@click.option(
    "--mix", type=click.Choice(["easy", "real", "hard"]), default="real", show_default=True,
    help="How much is missing, wrong or ambiguous (docs/synth.md).",
)  # fmt: skip
@click.option(
    "--out", type=click.Path(path_type=Path), required=True, help="Folder to fill: empty, or an earlier country."
)
@click.option("--workers", type=int, default=0, help="Processes that write; 0 = one a core.")
@click.option("--json", "as_json", is_flag=True, help="Print a summary as JSON.")
def synth(
    people: int, works: int, projects: int | None, seed: int, mix: str, out: Path, workers: int, as_json: bool
) -> None:
    """Invent a research community with its truth.

    Nobody in it exists: institutions are called 架空…, DOIs begin with 10.5555/synth, permalinks with synth_.

    \b
    Example:
      kg synth --people 1000 --works 4000 --seed 1 --out country
      kg import cinii country/cinii
    """
    from kg.synth.country import generate

    summary = generate(
        out, people=people, works=works, projects=projects, seed=seed, mix=mix,
        workers=workers or load().worker_count, progress=_Progress(),
    )  # fmt: skip
    if as_json:
        click.echo(json.dumps(dataclasses.asdict(summary), ensure_ascii=False))
        return
    click.echo(
        f"{out}: {summary.people:,} people, {summary.works:,} works, {summary.projects:,} projects ({mix}, seed {seed})"
    )
    for kind, count in summary.records.items():
        if count:
            click.echo(f"  {kind:<22}{count:>12,}")
    expected = summary.answers["seed"]
    click.echo(
        f"  seed question: {expected['expected']:,} people in truth, {expected['hard']:,} that identifiers can know"
    )
    click.echo(
        f"  {summary.bytes / 1e6:,.1f} MB in {summary.seconds} s ({summary.records_per_second:,.0f} native records/s)"
    )


class _Progress:
    """One line that moves on a terminal, a line every tenth elsewhere; always on stderr."""

    def __init__(self) -> None:
        self._moving = sys.stderr.isatty()
        self._last: tuple[str, int] = ("", -1)

    def __call__(self, stage: str, done: int, total: int) -> None:
        tenth = done * (100 if self._moving else 10) // max(1, total)
        if (stage, tenth) == self._last:
            return
        self._last = (stage, tenth)
        end = "\n" if not self._moving or done >= total else "\r"
        click.echo(f"{_STAGES[stage]}: {done:,} of {total:,}{end}", nl=False, err=True)


COMMANDS: dict[str, click.Command] = {"synth": synth}
