"""Settings: read once at the door (`load`), passed down, never read at import.

Each value comes from, in this order: a command-line option, the environment (`KG_…`), `KG_HOME/kg.toml`, the default.
"""

from __future__ import annotations

import os
import sys
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from kg.errors import FixSetup


def default_home(env: Mapping[str, str]) -> Path:
    """The platform's data folder for this product."""
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "kg"
    if sys.platform == "win32":
        return Path(env.get("LOCALAPPDATA", str(Path.home()))) / "kg"
    return Path(env.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "kg"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """One installation. Every folder of state is under `home`."""

    home: Path
    workers: int = 0
    """Processes for row-wise work; 0 = one a core."""
    memory_mb: int = 4000
    """What set-wise work may use."""
    host: str = "127.0.0.1"
    port: int = 8765
    actor: str = "operator"
    """Who is written into the ledger."""
    door_servers: int = 2
    """Servers of the Cypher door: 2, or 1 where memory is short (each takes up to about 1 GB)."""
    door_heap_mb: int = 512
    """Java heap of each of them."""
    base_iri: str = "https://example.org/kg/"
    """Base of every IRI in RDF exports; ends in `/` or `#`."""
    graph: str = "embedded"
    """Where the graph is read: `embedded` (the release's own files), `neo4j` (the server of `kg neo4j start`), or the
    address of a server (`bolt://…`)."""
    graph_user: str = "neo4j"
    graph_password: str = field(default="", repr=False)
    """Never shown; better in a file."""
    graph_password_file: str = ""
    """File whose first line is the password."""

    @property
    def raw(self) -> Path:
        return self.home / "raw"

    @property
    def quarantine(self) -> Path:
        return self.home / "quarantine"

    @property
    def ledger(self) -> Path:
        return self.home / "ledger"

    @property
    def lake(self) -> Path:
        return self.home / "lake"

    @property
    def releases(self) -> Path:
        return self.home / "releases"

    @property
    def worker_count(self) -> int:
        return self.workers or len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else self.workers or 1


_NUMBERS = ("workers", "memory_mb", "port", "door_servers", "door_heap_mb")


def load(env: Mapping[str, str] | None = None, **options: object) -> Settings:
    """Settings of this process. Raises `FixSetup` where a value cannot be read."""
    env = os.environ if env is None else env
    home = Path(str(options.get("home") or env.get("KG_HOME") or default_home(env))).expanduser().resolve()
    values: dict[str, object] = {}
    file = home / "kg.toml"
    if file.is_file():
        try:
            values.update(tomllib.loads(file.read_text(encoding="utf-8")))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as e:
            raise FixSetup(f"kg.toml cannot be read: {e}.", next_step="Correct it or move it away.") from e
    known = {f for f in Settings.__slots__ if f != "home"}
    if unknown := set(values) - known:
        raise FixSetup(
            f"kg.toml has unknown settings: {', '.join(sorted(unknown))}.",
            next_step=f"Known: {', '.join(sorted(known))}.",
        )
    values.update({k: env[f"KG_{k.upper()}"] for k in known if f"KG_{k.upper()}" in env})
    values.update({k: v for k, v in options.items() if k in known and v is not None})
    for k in _NUMBERS:
        if k in values:
            try:
                values[k] = int(str(values[k]))
            except ValueError as e:
                raise FixSetup(f"Setting {k} must be a whole number, not «{values[k]}».") from e
    return Settings(home=home, **values)  # type: ignore[arg-type]  # names checked above, numbers converted


def origins(env: Mapping[str, str] | None = None, **options: object) -> dict[str, str]:
    """Where each setting that `load` returns for the same arguments came from, in words."""
    env = os.environ if env is None else env
    home = load(env, **options).home
    file = home / "kg.toml"
    written = tomllib.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}
    found: dict[str, str] = {}
    for name in Settings.__slots__:
        variable = f"KG_{name.upper()}"
        if options.get(name) is not None:
            found[name] = f"option --{name.replace('_', '-')}"
        elif env.get(variable) if name == "home" else variable in env:
            found[name] = f"environment {variable}"
        elif name != "home" and name in written:
            found[name] = str(file)
        else:
            found[name] = "default"
    return found
