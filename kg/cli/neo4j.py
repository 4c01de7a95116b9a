"""`kg neo4j`: a server on this machine."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from kg.cli import neo4j_care
from kg.cli.common import Meter, emit_json, home_option, json_option, progress
from kg.cli.serve import free_port
from kg.errors import FixInput, FixSetup
from kg.neo4j.docker import IMAGE, DockerServer, engine, in_use
from kg.neo4j.server import BOLT_PORT, Server
from kg.neo4j.slots import Slots
from kg.settings import load

if TYPE_CHECKING:  # the driver is not needed to start and stop
    from kg.neo4j.load import Loaded, Report


@click.group("neo4j")
def neo4j_command() -> None:
    """Run a Neo4j server of your own on this machine.

    Where a container engine runs it is the official image; else it needs Java 17 or 21 and, the first time, Maven. Either
    way Neo4j 5 LTS is fetched once. Data, password and log are kept under KG_HOME/neo4j; it listens on the loopback only.

    \b
    Examples:
      kg neo4j start
      kg neo4j status --json
      kg neo4j stop
    """


def _slots(home: str | None, heap_mb: int = 1024, pagecache_mb: int = 512) -> Slots:
    return Slots(load(home=home).home / "neo4j", heap_mb=heap_mb, pagecache_mb=pagecache_mb)


def found_server(home: str | None) -> Server | DockerServer:
    """The server as it was last started."""
    return in_use(_slots(home))


def _chosen(way: str, server: Server, image: str) -> Server | DockerServer:
    """A server that runs is taken as it is; else docker where its engine runs, else Java, unless one is asked for."""
    container = DockerServer(server.folder, heap_mb=server.heap_mb, pagecache_mb=server.pagecache_mb, image=image)
    for running, other in ((server, "docker"), (container, "java")):
        if running.state().running:
            if way == other:
                raise FixSetup("Neo4j runs already, in another way.", next_step="kg neo4j stop, then start it again.")
            return running
    if way == "docker":
        return container
    if way == "auto":
        reason = engine()
        if reason is None:
            return container
        click.echo(f"Java is used: {reason}.", err=True)
    return server


@neo4j_command.command("start")
@click.option("--docker", "way", flag_value="docker", help="In a container, or not at all.")
@click.option("--java", "way", flag_value="java", help="By Java, also where an engine runs.")
@click.option("--image", default=IMAGE, show_default=True, help="Image of the container.")
@click.option("--port", type=click.IntRange(1, 65535), help=f"Port of Bolt (default: {BOLT_PORT}, or a free one near).")
@click.option("--heap-mb", type=click.IntRange(256), default=1024, show_default=True, help="Java heap.")
@click.option("--pagecache-mb", type=click.IntRange(64), default=512, show_default=True, help="Cache of the store.")
@home_option
@json_option
def start(
    port: int | None, heap_mb: int, pagecache_mb: int, way: str | None, image: str, home: str | None, as_json: bool
) -> int:
    """Start the server and wait until it answers; does nothing where it runs already.

    In a container where an engine runs, else by Java; data and password are the same either way. Own settings go to
    conf/own.conf in the folder that `kg neo4j status` names, and are read at the next start.

    \b
    Examples:
      kg neo4j start
      kg neo4j start --java
      kg neo4j start --port 7690 --heap-mb 4096 --pagecache-mb 4096
    """
    server = _chosen(way or "auto", _slots(home, heap_mb, pagecache_mb).current(), image)
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
    server = found_server(home)
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
    state = found_server(home).state()
    if as_json:
        emit_json(asdict(state))
    elif state.running:
        size = f", {state.megabytes:,} MB" if state.megabytes is not None else ""
        what = f"container {state.container}" if state.container else f"pid {state.pid}{size}"
        click.echo(f"Neo4j {state.version} runs on {state.address} ({what}); folder {state.folder}")
    else:
        click.echo(f"Neo4j does not run. Start it: kg neo4j start (folder {state.folder})")
    return 0 if state.running else 5


@neo4j_command.command("load")
@click.argument("release", default="current")
@click.option("--to", metavar="ADDRESS", help="Another server: bolt://… or neo4j://…; user and password as below.")
@click.option("--rows-at-once", type=click.IntRange(0), help="Largest delta that is still one transaction.")
@click.option("--anew", is_flag=True, help="Load all of it, even where a delta would do.")
@click.option("--heap-mb", type=click.IntRange(256), default=1024, show_default=True, help="Java heap of the server.")
@click.option("--pagecache-mb", type=click.IntRange(64), default=512, show_default=True, help="Cache of the store.")
@home_option
@json_option
def load_command(
    release: str, to: str | None, rows_at_once: int | None, anew: bool, heap_mb: int, pagecache_mb: int,
    home: str | None, as_json: bool,
) -> int:  # fmt: skip
    """Load a release (default: the current one) into the server of `kg neo4j start`, which is started where need be.

    The first release is imported as a whole; a later one is applied as a delta in one transaction, or, where that would be
    too large, imported beside the older one, after which the address changes. Readers never see half of one. A run that
    is stopped leaves what was served; the next one goes on.

    A server that runs in a container is loaded over its port, in batches.

    With --to, the server is any that Bolt reaches and that is empty or holds a release: the user is KG_NEO4J_USER (default:
    neo4j), the password KG_NEO4J_PASSWORD or the first line of the file that KG_NEO4J_PASSWORD_FILE names.

    \b
    Examples:
      kg neo4j load
      kg neo4j load r-651b70c9 --json
      KG_NEO4J_PASSWORD_FILE=/run/secrets/neo4j kg neo4j load --to neo4j://graph.example.org
    """
    from kg.neo4j.delta import ROWS_AT_ONCE
    from kg.neo4j.load import load_release
    from kg.neo4j.remote import access_from, load_remote
    from kg.release.layout import open_release

    settings, rows = load(home=home), ROWS_AT_ONCE if rows_at_once is None else rows_at_once
    wanted = open_release(settings, release)
    if to and anew:
        raise FixInput("--anew is for the server of this installation.", next_step="Empty the other server yourself.")
    container = found_server(home)
    if not to and anew and isinstance(container, DockerServer):
        raise FixInput("--anew is for a server by Java.", next_step="kg neo4j stop; kg neo4j start --java; repeat.")
    with _stages() as report:
        if to:
            done = load_remote(settings, wanted, access_from(to, os.environ), report, rows_at_once=rows)
        elif isinstance(container, DockerServer):
            done = load_remote(settings, wanted, container.access(), report, rows_at_once=rows)
        else:
            homes = _slots(home, heap_mb, pagecache_mb)
            done = load_release(settings, wanted, homes, _port, report, anew=anew, rows_at_once=rows)
    if as_json:
        emit_json(asdict(done))
    else:
        click.echo(_told(done))
    return 0


@neo4j_command.command("verify")
@click.option("--to", metavar="ADDRESS", help="Another server; user and password as for load.")
@home_option
@json_option
def verify_command(to: str | None, home: str | None, as_json: bool) -> int:
    """Compare what the server holds with its release: counts, checksums, filled properties, samples. Exit code 1 where it differs.

    \b
    Example:
      kg neo4j verify
    """
    from kg.neo4j.load import connect, loaded_release, plain_neo4j
    from kg.neo4j.remote import access_from
    from kg.neo4j.verify import verify
    from kg.release.layout import open_release

    settings = load(home=home)
    access = access_from(to, os.environ) if to else found_server(home).access()
    with plain_neo4j(access.address), connect(access) as driver, _stages() as report:
        held = loaded_release(driver)
        if held is None:
            raise FixSetup(f"{access.address} holds no release.", next_step="kg neo4j load")
        problems = verify(driver, open_release(settings, held), lambda done, total: report("verify", done, total))
    if as_json:
        emit_json({"release": held, "address": access.address, "problems": problems})
    else:
        click.echo(
            "\n".join(problems) if problems else f"{access.address} holds all of {held} and nothing else of ours."
        )
    return 1 if problems else 0


def _port() -> int:
    return free_port("127.0.0.1", BOLT_PORT)


def _told(done: Loaded) -> str:
    """What a load did, in lines."""
    if done.way == "unchanged":
        return f"Release {done.release} is loaded already: {done.address}"
    took = sum(done.seconds.values())
    lines = [f"Release {done.release} is loaded ({done.way}, {took:.1f} s): {done.address}"]
    lines += [
        f"  {name}: {n['added']:,} added, {n['changed']:,} changed, {n['removed']:,} removed"
        for name, n in done.changes.items()
    ]
    if any(done.carried.values()):
        lines.append(
            f"  of users: {done.carried['nodes']:,} nodes, {done.carried['relationships']:,} relationships came along"
        )
    if done.lost:
        lines.append(f"  of users: {done.lost:,} relationships were lost with nodes that the release no longer has:")
        lines += [f"    {x}" for x in done.lost_some]
    return "\n".join(lines)


@contextmanager
def _stages() -> Iterator[Report]:
    """Shows each stage of a load: a bar on a terminal, a line elsewhere."""
    from contextlib import ExitStack

    with ExitStack() as stack:
        meters: dict[str, Meter] = {}

        def report(stage: str, done: int, total: int) -> None:
            if not total:
                click.echo(f"{stage} …", err=True)
                return
            if stage not in meters:
                stack.close()
                meters[stage] = stack.enter_context(progress(stage, total, "steps"))
            meters[stage].update(done, done)

        yield report


for command in neo4j_care.COMMANDS.values():
    neo4j_command.add_command(command)

COMMANDS: dict[str, click.Command] = {"neo4j": neo4j_command}
