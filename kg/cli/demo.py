"""`kg demo`: an invented country from nothing to an answered question, served on this machine."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import click

from kg.cli.serve import free_port
from kg.errors import FixSetup

SEED_QUESTION = "防災の研究者で、すでに情報分野の研究者と共同研究を行っている人を教えてください"
SOURCES = ("cinii", "researchmap", "orcid", "kaken")


@click.command()
@click.option(
    "--home",
    type=click.Path(path_type=Path),
    default=Path("demo-home"),
    show_default=True,
    help="Folder for everything.",
)
@click.option("--people", type=click.IntRange(50), default=2000, show_default=True)
@click.option("--works", type=click.IntRange(50), default=8000, show_default=True)
@click.option("--seed", type=int, default=1, show_default=True)
@click.option("--port", type=click.IntRange(1, 65535), default=8765, show_default=True)
@click.option("--stop", is_flag=True, help="End the server that an earlier run left running.")
def demo(home: Path, people: int, works: int, seed: int, port: int, stop: bool) -> int:
    """Invent a country, import it, build a release, serve it and ask the seed question.

    The server stays in the background; `kg demo --stop` ends it. A second run takes up what is there.

    \b
    Examples:
      kg demo
      kg demo --people 10000 --works 50000 --home bigger
      kg demo --stop
    """
    home = home.resolve()
    _stop(home)
    if stop:
        click.echo("Stopped.", err=True)
        return 0
    started = time.monotonic()
    country = home / f"country-{people}-{works}-{seed}"
    if not (country / "truth" / "answers.jsonl").is_file():
        shutil.rmtree(country, ignore_errors=True)
        _step(
            "1/4 An invented research community",
            "synth",
            "--people",
            people,
            "--works",
            works,
            "--seed",
            seed,
            "--out",
            country,
        )
    for source in SOURCES:
        _step(f"2/4 Import {source}", "import", source, country / source, home=home, partial=True)
    _step("3/4 Build a release", "build", home=home, partial=True)
    url = _serve(home, port)
    click.echo(f"4/4 Serving at {url}  ({time.monotonic() - started:.0f} s in all)\n", err=True)
    _kg("ask", "--limit", 5, "--proofs", 4, SEED_QUESTION, home=home)
    click.echo(_closing(url, home))
    return 0


def _command(*words: object) -> list[str]:
    return [sys.executable, "-m", "kg", *map(str, words)]


def _environment(home: Path | None) -> dict[str, str]:
    return {**os.environ, **({"KG_HOME": str(home)} if home else {})}


def _kg(*words: object, home: Path | None = None) -> int:
    return subprocess.run(_command(*words), env=_environment(home), check=False).returncode


def _step(title: str, *words: object, home: Path | None = None, partial: bool = False) -> None:
    """Runs a command under its title. Some invented records are broken on purpose, so `partial` takes exit code 3 too."""
    click.echo(title, err=True)
    code = _kg(*words, home=home)
    if code == 130:
        raise KeyboardInterrupt
    if code and not (partial and code == 3):
        raise FixSetup(f"«kg {' '.join(map(str, words))}» ended with {code}.", next_step="The lines above say why.")


def _serve(home: Path, port: int) -> str:
    """A server in the background; returns its address once it answers."""
    chosen = free_port("127.0.0.1", port)
    if chosen != port:
        click.echo(f"Port {port} is taken; using {chosen}.", err=True)
    log = (home / "server.log").open("ab")
    server = subprocess.Popen(
        _command("serve", "--port", chosen, "--strict-port"), env=_environment(home), stdin=subprocess.DEVNULL, stdout=log,
        stderr=log, start_new_session=True,
    )  # fmt: skip
    log.close()
    url = f"http://127.0.0.1:{chosen}/"
    for _ in range(150):
        if server.poll() is not None:
            raise FixSetup("The server ended at once.", next_step=f"See {home / 'server.log'}.")
        try:
            with urllib.request.urlopen(url + "readyz", timeout=2) as answer:
                if answer.status == 200:
                    break
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    else:
        server.kill()
        raise FixSetup("The server did not answer within 30 s.", next_step=f"See {home / 'server.log'}.")
    (home / "server.json").write_text(json.dumps({"pid": server.pid, "url": url}), encoding="utf-8")
    return url


def _stop(home: Path) -> None:
    """Ends the server of an earlier run, if it is still ours."""
    note = home / "server.json"
    if not note.is_file():
        return
    pid = int(json.loads(note.read_text(encoding="utf-8"))["pid"])
    try:
        words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except OSError:
        words = []
    if b"serve" in words:
        os.kill(pid, signal.SIGTERM)
    note.unlink()


def _closing(url: str, home: Path) -> str:
    where = f'KG_HOME="{home}" ' + (".venv/bin/kg" if Path(".venv/bin/kg").exists() else "kg")
    body = json.dumps({"question": "日本文学の研究者で、情報学の研究者と共同研究をしている人"}, ensure_ascii=False)
    return (
        f"\nThe page: {url}   (架空の人物・機関のみ / invented people only)\n"
        "Three commands to try next:\n"
        f"  {where} ask --json 日本文学の研究者のうち情報学の研究者と共同の研究課題がある人\n"
        f'  {where} sql "SELECT label_ja, count(DISTINCT person) AS people FROM field_evidence JOIN field ON field.id = field GROUP BY ALL ORDER BY 2 DESC LIMIT 10"\n'
        f"  curl -s {url}v1/ask -H 'content-type: application/json' -d '{body}'\n"
        "Stop the server: make demo-stop"
    )


COMMANDS: dict[str, click.Command] = {"demo": demo}
