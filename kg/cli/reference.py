"""The reference page of all commands, printed by the commands themselves: `python -m kg.cli.reference > docs/commands.md`."""

from __future__ import annotations

from collections.abc import Iterator

import click

from kg.cli import COMMANDS, cli

HEAD = """# Commands

Printed by `make docs` from the commands themselves. Every command takes `--help`. Data goes to stdout, progress and messages to stderr.

Exit codes: 0 done · 2 usage · 3 done in part (something quarantined, an answer cut) · 4 nothing usable in the input ·
5 set-up or service missing · 130 interrupted.
"""
WIDTH = 110


def markdown() -> str:
    """All commands with their help, in the order of `kg --help`."""
    parts = [HEAD, _section("kg", cli)]
    for name in COMMANDS:
        command = cli.get_command(click.Context(cli), name)
        assert command is not None
        parts += _with_subcommands(f"kg {name}", command)
    return "\n".join(parts)


def _with_subcommands(path: str, command: click.Command) -> Iterator[str]:
    yield _section(path, command)
    if isinstance(command, click.Group):
        for name, sub in sorted(command.commands.items()):
            yield from _with_subcommands(f"{path} {name}", sub)


def _section(path: str, command: click.Command) -> str:
    context = click.Context(
        command, info_name=path, max_content_width=WIDTH, terminal_width=WIDTH, help_option_names=["-h", "--help"]
    )  # as the group gives it to its commands
    return f"## {path}\n\n```\n{command.get_help(context)}\n```\n"


if __name__ == "__main__":
    click.echo(markdown(), nl=False)
