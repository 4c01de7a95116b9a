"""`kg neo4j`: a server on this machine."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click

from kg.cli.common import emit_json, home_option, json_option
from kg.cli.serve import free_port
from kg.neo4j.server import BOLT_PORT, Server
from kg.settings import load


@click.group("neo4j")
def neo4j_command() -> None:
    """Run a Neo4j server of your own on this machine.

    It needs Java 17 or 21 and, the first time, Maven and the network: Neo4j 5 LTS is fetched once (125 MB). Data,
    password and log are kept under KG_HOME/neo4j; it listens on the loopback only.

    \b
    Examples:
      kg neo4j start
      kg neo4j status --json
      kg neo4j stop
    """


def _folder(home: str | None) -> Path:
    return load(home=home).home / "neo4j"


@neo4j_command.command("start")
@click.option("--port", type=click.IntRange(1, 65535), help=f"Port of Bolt (default: {BOLT_PORT}, or a free one near).")
@click.option("--heap-mb", type=click.IntRange(256), default=1024, show_default=True, help="Java heap.")
@click.option("--pagecache-mb", type=click.IntRange(64), default=512, show_default=True, help="Cache of the store.")
@home_option
@json_option
def start(port: int | None, heap_mb: int, pagecache_mb: int, home: str | None, as_json: bool) -> int:
    """Start the server and wait until it answers; does nothing where it runs already.

    Own settings go to KG_HOME/neo4j/conf/own.conf and are read at the next start.

    \b
    Examples:
      kg neo4j start
      kg neo4j start --port 7690 --heap-mb 4096 --pagecache-mb 4096
    """
    server = Server(_folder(home), heap_mb=heap_mb, pagecache_mb=pagecache_mb)
    access = server.start(
        port or free_port("127.0.0.1", BOLT_PORT), report=lambda line: click.echo(line, err=True)
    )  # fmt: skip
    if as_json:
        emit_json(asdict(server.state()))
        return 0
    click.echo(f"Neo4j runs on {access.address}, user {access.user}, password in {server.folder / 'password'}")
    return 0


@neo4j_command.command("stop")
@home_option
@json_option
def stop(home: str | None, as_json: bool) -> int:
    """End the server in order; its data stays.

    \b
    Example:
      kg neo4j stop
    """
    server = Server(_folder(home))
    stopped = server.stop()
    if as_json:
        emit_json(asdict(server.state()) | {"stopped": stopped})
    else:
        click.echo("Neo4j has ended." if stopped else "Neo4j did not run.")
    return 0


@neo4j_command.command("status")
@home_option
@json_option
def status(home: str | None, as_json: bool) -> int:
    """Say whether the server runs, where, and how much memory it takes. Exit code 5 where it does not run.

    \b
    Example:
      kg neo4j status
    """
    state = Server(_folder(home)).state()
    if as_json:
        emit_json(asdict(state))
    elif state.running:
        size = f", {state.megabytes:,} MB" if state.megabytes is not None else ""
        click.echo(f"Neo4j {state.version} runs on {state.address} (pid {state.pid}{size}); folder {state.folder}")
    else:
        click.echo(f"Neo4j does not run. Start it: kg neo4j start (folder {state.folder})")
    return 0 if state.running else 5


@neo4j_command.command("load")
@click.argument("release", default="current")
@home_option
@json_option
def load_command(release: str, home: str | None, as_json: bool) -> int:
    """Load a release (default: the current one) into the server of `kg neo4j start`.

    \b
    Examples:
      kg neo4j load
      kg neo4j load r-651b70c9 --json
    """
    from kg.neo4j.load import load as load_release
    from kg.release.layout import open_release

    settings = load(home=home)
    server = Server(settings.home / "neo4j")
    address = server.state().address
    port = int(address.rsplit(":", 1)[1]) if address else free_port("127.0.0.1", BOLT_PORT)
    done = load_release(open_release(settings, release), server, port)
    if as_json:
        emit_json(asdict(done))
    else:
        click.echo(f"Release {done.release} is loaded: {done.address}")
    return 0


COMMANDS: dict[str, click.Command] = {"neo4j": neo4j_command}
