"""What the commands share: `--home` and `--json`, one JSON object on stdout, progress on stderr.

Progress is a bar on a terminal and plain lines elsewhere, both with the rate and the time that remains.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import click
import orjson

Command = TypeVar("Command", bound=Callable[..., Any])

EVERY = 5.0
"""Seconds between plain lines."""
SHOWN = 50
"""Messages of one kind that are printed; the rest is counted."""


def home_option(command: Command) -> Command:
    """`--home`, passed on as `home`."""
    return click.option("--home", help="Folder of this installation (default: KG_HOME or the platform's data folder).")(
        command
    )


def json_option(command: Command) -> Command:
    """`--json`, passed on as `as_json`."""
    return click.option("--json", "as_json", is_flag=True, help="Print one JSON object on stdout and nothing else.")(
        command
    )


def emit_json(value: Any) -> None:
    """One JSON value on stdout, in UTF-8 whatever the terminal's encoding."""
    sys.stdout.flush()
    sys.stdout.buffer.write(orjson.dumps(value, option=orjson.OPT_INDENT_2 | orjson.OPT_NON_STR_KEYS) + b"\n")
    sys.stdout.buffer.flush()


class Meter:
    """Shows how far a job has come. `update` is cheap enough to be called once a chunk."""

    def __init__(self, label: str, total: int | None, unit: str) -> None:
        self.label, self.total, self.unit = label, total, unit
        self.started = time.monotonic()
        self._messages = 0

    def update(self, done: int, count: int) -> None:
        """`done` of `total`, and how many `unit` that was."""
        raise NotImplementedError

    def say(self, line: str) -> None:
        """A message beside the progress; after `SHOWN` of them only their number is told, at the end."""
        self._messages += 1
        if self._messages <= SHOWN:
            self._print(line)

    def _print(self, line: str) -> None:
        click.echo(line, err=True)

    def close(self) -> None:
        if self._messages > SHOWN:
            click.echo(f"… and {self._messages - SHOWN:,} more such lines.", err=True)

    def rate(self, count: int) -> float:
        return count / max(time.monotonic() - self.started, 1e-6)

    def remaining(self, done: int) -> float | None:
        """Seconds, where the total is known and something is done."""
        if not self.total or done <= 0:
            return None
        return max(0.0, (time.monotonic() - self.started) * (self.total - done) / done)


class _Lines(Meter):
    def __init__(self, label: str, total: int | None, unit: str) -> None:
        super().__init__(label, total, unit)
        self._next = self.started + EVERY

    def update(self, done: int, count: int) -> None:
        now = time.monotonic()
        if now < self._next:
            return
        self._next = now + EVERY
        parts = [f"{self.label}: {count:,} {self.unit}", f"{self.rate(count):,.0f}/s"]
        if (left := self.remaining(done)) is not None and self.total:
            parts += [f"{min(100, 100 * done // self.total)} %", f"{duration(left)} left"]
        click.echo(" · ".join(parts), err=True)


class _Bar(Meter):
    def __init__(self, label: str, total: int | None, unit: str) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

        super().__init__(label, total, unit)
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("{task.percentage:>3.0f} %"),
            TextColumn("{task.fields[count]:,} {task.fields[unit]} · {task.fields[rate]:,.0f}/s"),
            TimeRemainingColumn(compact=True),
            console=Console(stderr=True),
        )
        self._task = self._progress.add_task(label, total=total, count=0, unit=unit, rate=0.0)
        self._progress.start()

    def update(self, done: int, count: int) -> None:
        self._progress.update(self._task, completed=done, count=count, rate=self.rate(count))

    def _print(self, line: str) -> None:
        self._progress.console.print(line, markup=False, highlight=False)

    def close(self) -> None:
        self._progress.stop()
        super().close()


@contextmanager
def progress(label: str, total: int | None, unit: str = "records") -> Iterator[Meter]:
    """A meter on stderr: a bar on a terminal, a line every few seconds elsewhere."""
    meter: Meter = _Bar(label, total, unit) if sys.stderr.isatty() else _Lines(label, total, unit)
    try:
        yield meter
    finally:
        meter.close()


def duration(seconds: float) -> str:
    """`0:07`, `12:40`, `3:05:00`.

    >>> duration(7), duration(760), duration(11100)
    ('0:07', '12:40', '3:05:00')
    """
    whole = round(seconds)
    hours, minutes = divmod(whole // 60, 60)
    return f"{hours}:{minutes:02d}:{whole % 60:02d}" if hours else f"{minutes}:{whole % 60:02d}"
