"""`kg config`: each setting and where it came from."""

from __future__ import annotations

import click

from kg.cli.common import emit_json, home_option, json_option
from kg.settings import Settings, load, origins


@click.command("config")
@home_option
@json_option
def config_command(home: str | None, as_json: bool) -> int:
    """Show each setting of this installation, its value and where it came from.

    Set one by an option, by the environment (KG_WORKERS=4), or in the file kg.toml in the home folder
    (workers = 4), in this order of precedence.

    \b
    Examples:
      kg config
      KG_WORKERS=4 kg config --json
    """
    settings = load(home=home)
    found = origins(home=home)
    values = {name: getattr(settings, name) for name in Settings.__slots__}
    values["graph_password"] = "…" if settings.graph_password else ""
    if as_json:
        emit_json({name: {"value": _plain(value), "origin": found[name]} for name, value in values.items()})
        return 0
    width = max(map(len, values))
    for name, value in values.items():
        click.echo(f"{name:<{width}}  {value}  ({found[name]})")
    return 0


def _plain(value: object) -> str | int:
    return value if isinstance(value, int) else str(value)


COMMANDS: dict[str, click.Command] = {"config": config_command}
