"""`kg serve`: the HTTP door and the page, on this machine unless told otherwise."""

from __future__ import annotations

import signal
import socket
from types import FrameType
from typing import TYPE_CHECKING

import click

from kg.cli.answers import settings_for, store_option
from kg.errors import FixSetup
from kg.settings import Settings

if TYPE_CHECKING:
    import uvicorn

    from kg.service import Service

GRACE_SECONDS = 10
"""How long requests that run may go on after the server was told to end."""


def free_port(host: str, wanted: int, tries: int = 50) -> int:
    """`wanted` if nobody listens there, else the next free one, else any."""
    with listen(host, wanted, tries) as s:
        return int(s.getsockname()[1])


def listen(host: str, wanted: int, tries: int = 50) -> socket.socket:
    """A socket that is bound: to `wanted`, else to one of the `tries` ports after it, else (tries > 0) to any.

    Raises `FixSetup` where the address cannot be bound at all.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    last: OSError | None = None
    for port in [wanted, *(p for p in range(wanted + 1, wanted + tries) if p < 65536), *[0] * (tries > 0)]:
        s = socket.socket(family, socket.SOCK_STREAM)
        s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            s.bind((host, port))
        except (OSError, OverflowError) as e:
            s.close()
            last = e if isinstance(e, OSError) else OSError(str(e))
            if isinstance(e, socket.gaierror):
                break
            continue
        return s
    raise FixSetup(
        f"Cannot listen on {host} port {wanted}: {last.strerror if last else 'no port'}.",
        next_step="Give another --port (0: any free one) or --host.",
    )


class _Ending:
    """Remembers which signal asked the server to end. Uvicorn finishes what runs, then raises the signal once more;
    here it ends up as a fact instead of a traceback or a killed process. One that comes before uvicorn listens for it counts.
    """

    def __init__(self, server: uvicorn.Server) -> None:
        self.signal: int | None = None
        self._server = server
        for s in (signal.SIGINT, signal.SIGTERM):
            signal.signal(s, self._note)

    def _note(self, number: int, _: FrameType | None) -> None:
        self.signal = number
        self._server.should_exit = True


@click.command()
@click.option("--home", help="Folder of this installation (default: KG_HOME or the platform's data folder).")
@click.option("--host", help="Address to listen on. Default: 127.0.0.1.")
@click.option("--port", type=click.IntRange(0, 65535), help="Default: 8765, or the next free one.")
@click.option("--strict-port", is_flag=True, help="Fail where the port is taken instead of taking the next.")
@click.option("--release", default="current", show_default=True)
@store_option
def serve(
    home: str | None, host: str | None, port: int | None, strict_port: bool, release: str, store: str | None
) -> int:
    """Answer over HTTP: the page at /, the API at /v1, its description at /docs.

    A release that becomes current later is taken up without a restart. Ctrl-C or SIGTERM ends the server after the
    requests that run.

    \b
    Example:
      kg serve --port 9000
    """
    import uvicorn

    from api.app import create_app
    from kg.service import Service

    settings = settings_for(home, store, host=host, port=port)
    service = Service(settings, release)
    name = _first_release(service, release)
    config = uvicorn.Config(
        create_app(settings, service), log_level="warning", access_log=False, server_header=False,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )  # fmt: skip
    server = uvicorn.Server(config)
    ending = _Ending(server)
    with listen(settings.host, settings.port, 0 if strict_port else 50) as s:
        s.listen(512)  # from here on callers are queued, so that whoever reads the next line can call at once
        _announce(name, settings, int(s.getsockname()[1]))
        try:
            server.run(sockets=[s])
        finally:
            service.close()
    click.echo("Stopped.", err=True)
    return 130 if ending.signal == signal.SIGINT else 0


def _announce(name: str, settings: Settings, port: int) -> None:
    if settings.port not in (0, port):
        click.echo(f"Port {settings.port} is taken; using {port}.", err=True)
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    click.echo(f"{name} at http://{host}:{port}/  (API: /docs)  Ctrl-C ends it.", err=True)


def _first_release(service: Service, release: str) -> str:
    """What is served, in words. Without any release the server starts and says what to do, page and API too."""
    try:
        with service.use() as opened:
            graph = service.graph
            if graph is None:
                return f"Release {opened.release.id}"
            return f"Release {opened.release.id} from {graph.store}{f' ({graph.problem})' if graph.problem else ''}"
    except FixSetup as e:
        if release != "current":
            raise
        click.echo(f"{e.message} {e.next_step}", err=True)
        return "Waiting for a release"


COMMANDS: dict[str, click.Command] = {"serve": serve}
