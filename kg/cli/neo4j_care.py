"""`kg neo4j schema`, `password`, `admin`: looking after a server that is there."""

from __future__ import annotations

import click

from kg.cli.common import emit_json, home_option, json_option
from kg.errors import FixSetup
from kg.neo4j.docker import DockerServer
from kg.neo4j.program import find_java, jars


@click.command("schema")
@home_option
@json_option
def schema(home: str | None, as_json: bool) -> int:
    """What the loaded graph holds: labels, types and properties, with counts and examples, as Markdown.

    \b
    Examples:
      kg neo4j schema
      kg neo4j schema --json
    """
    from kg.cli.neo4j import found_server
    from kg.neo4j import describe
    from kg.neo4j.load import connect
    from kg.neo4j.verify import counts

    with connect(found_server(home).access()) as driver:
        held, examples = counts(driver), describe.read_examples(driver)
    if as_json:
        emit_json(describe.as_data(held, examples))
    else:
        click.echo(describe.overview(held) + "\n" + describe.properties(examples), nl=False)
    return 0


@click.command("password")
@home_option
@json_option
def password(home: str | None, as_json: bool) -> int:
    """Give the running server a new password. It goes into the file beside the data and is not shown.

    Clients that hold the old one are refused from their next connection on.

    \b
    Example:
      kg neo4j password
    """
    from kg.cli.neo4j import found_server
    from kg.neo4j.password import change_password

    server = found_server(home)
    change_password(server.access(), server.folder)
    if as_json:
        emit_json({"changed": True, "file": str(server.folder / "password")})
    else:
        click.echo(f"The password has changed; it is in {server.folder / 'password'}")
    return 0


@click.command("admin", context_settings={"ignore_unknown_options": True, "help_option_names": ["-h", "--help"]})
@click.argument("words", nargs=-1, required=True, type=click.UNPROCESSED)
@home_option
def admin(words: tuple[str, ...], home: str | None) -> int:
    """Run neo4j-admin on the server's folder, by the Java and jars of `kg neo4j start`. Most of it needs the server stopped.

    \b
    Examples:
      kg neo4j admin database dump neo4j --to-path=/backup
      kg neo4j admin database load neo4j --from-path=/backup --overwrite-destination=true
      kg neo4j admin database check neo4j
      kg neo4j admin server memory-recommendation
    """
    from kg.cli.neo4j import found_server

    server = found_server(home)
    if isinstance(server, DockerServer):
        if server.state().running:
            raise FixSetup("The server runs in a container.", next_step="kg neo4j stop, then repeat.")
        raise FixSetup(
            "The server was last started as a container.",
            next_step="kg neo4j start --java once takes the folder over; or docker run neo4j-admin as docs/operations.md says.",
        )
    server.prepare()
    click.echo(server.admin(find_java(), jars(), *words), nl=False)
    return 0


COMMANDS: dict[str, click.Command] = {"schema": schema, "password": password, "admin": admin}
