"""`kg serve`: the HTTP door and the page, on this machine unless told otherwise."""

from __future__ import annotations

import socket

import click

from kg.settings import load


def free_port(host: str, wanted: int, tries: int = 50) -> int:
    """`wanted` if nobody listens there, else the next free one, else any."""
    for port in [*range(wanted, wanted + tries), 0]:
        with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM) as s:
            s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                s.bind((host, port))
            except OSError:
                continue
            return int(s.getsockname()[1])
    return wanted


@click.command()
@click.option("--home", help="Folder of this installation (default: KG_HOME or the platform's data folder).")
@click.option("--host", help="Address to listen on. Default: 127.0.0.1.")
@click.option("--port", type=click.IntRange(0, 65535), help="Default: 8765, or the next free one.")
@click.option("--strict-port", is_flag=True, help="Fail where the port is taken instead of taking the next.")
@click.option("--release", default="current", show_default=True)
def serve(home: str | None, host: str | None, port: int | None, strict_port: bool, release: str) -> int:
    """Answer over HTTP: the page at /, the API at /v1, its description at /docs.

    \b
    Example:
      kg serve --port 9000
    """
    import uvicorn

    from api.app import create_app
    from kg.service import Service

    settings = load(home=home, host=host, port=port)
    service = Service(settings, release)
    with service.use() as opened:
        name = opened.release.id
    chosen = settings.port if strict_port else free_port(settings.host, settings.port)
    if chosen != settings.port:
        click.echo(f"Port {settings.port} is taken; using {chosen}.", err=True)
    click.echo(f"Release {name} at http://{settings.host}:{chosen}/  (API: /docs)  Ctrl-C ends it.", err=True)
    uvicorn.run(create_app(settings, service), host=settings.host, port=chosen, log_level="warning", access_log=False)
    return 0


COMMANDS: dict[str, click.Command] = {"serve": serve}
