"""Where is what in a release folder, and which release is current?

releases/
  current              name of the release that is served, switched atomically
  inputs.json          what the last build was made from, and which release came of it
  lock                 held by the one build that runs
  r-0123456789abcdef/  manifest.json · tables/<table>/part-0.parquet … · changes/<table>.parquet · graph.duckdb
                       arrays/ · search/
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import Any

import orjson

from kg.errors import FixInput, FixSetup
from kg.raw.disk import write_whole
from kg.settings import Settings

FORMAT = 3
"""Raised whenever the same inputs would give another release."""


@dataclass(frozen=True)
class Release:
    """One release, by its own resolved path."""

    id: str
    path: Path

    @property
    def duckdb(self) -> Path:
        """All tables as one DuckDB file."""
        return self.path / "graph.duckdb"

    @property
    def arrays(self) -> Path:
        """Adjacency arrays to be mapped into memory."""
        return self.path / "arrays"

    @property
    def search(self) -> Path:
        """The lexical index."""
        return self.path / "search"

    @property
    def tables(self) -> Path:
        """Parquet parts, one folder a table."""
        return self.path / "tables"

    @cached_property
    def manifest(self) -> dict[str, Any]:
        """Inputs, counts, checks, files with their hashes."""
        found: dict[str, Any] = orjson.loads((self.path / "manifest.json").read_bytes())
        return found

    @cached_property
    def comparable(self) -> bool:
        """Whether its row hashes and Parquet files are what this installation would write for the same rows."""
        made_by = self.manifest["inputs"]["versions"]
        return all(made_by.get(name) == version(name) for name in ("duckdb", "pyarrow"))

    def parts(self, table: str) -> list[Path]:
        """Parquet files of a table, in the order of their parts; [] where it has no rows."""
        return sorted((self.tables / table).glob("part-*.parquet"))

    def changes(self, table: str) -> Path | None:
        """Changes of a table against the parent; None where nothing changed, or where there is no parent."""
        path = self.path / "changes" / f"{table}.parquet"
        return path if path.exists() else None


def current_id(settings: Settings) -> str | None:
    """Id of the release that is served; None before the first build."""
    try:
        return (settings.releases / "current").read_text(encoding="utf-8").strip() or None
    except FileNotFoundError:
        return None


def open_release(settings: Settings, release: str = "current") -> Release:
    """A release by its id, an unambiguous beginning of it, or `current`. Raises `FixSetup` where there is none yet,
    `FixInput` for an unknown id.
    """
    wanted = current_id(settings) if release == "current" else release
    if wanted is None:
        raise FixSetup(
            "There is no release yet.", next_step="Import sources (kg import SOURCE PATH) and run: kg build."
        )
    found = [r for r in release_ids(settings) if r == wanted] or [
        r for r in release_ids(settings) if r.startswith(wanted) and wanted
    ]
    if len(found) != 1:
        what = "is not the beginning of one release only" if found else "is no release here"
        raise FixInput(f"«{wanted}» {what}.", next_step="kg releases lists them.")
    return Release(found[0], (settings.releases / found[0]).resolve())


def release_ids(settings: Settings) -> list[str]:
    """Ids of all releases, in the order of ids."""
    if not settings.releases.is_dir():
        return []
    return sorted(p.name for p in settings.releases.glob("r-*") if (p / "manifest.json").is_file())


def list_releases(settings: Settings) -> list[dict[str, Any]]:
    """All releases, newest first: id, time, parent, counts, whether it is current."""
    current = current_id(settings)
    rows = []
    for release in release_ids(settings):
        manifest = open_release(settings, release).manifest
        rows.append(
            {
                "id": release,
                "built": manifest["built"],
                "parent": manifest["parent"],
                "current": release == current,
                "counts": manifest["counts"],
            }
        )
    return sorted(rows, key=lambda r: (r["built"], r["id"]), reverse=True)


def use(settings: Settings, release: str) -> Release:
    """Makes a release the current one, atomically. Servers take it up with their next request."""
    opened = open_release(settings, release)
    write_whole(settings.releases / "current", (opened.id + "\n").encode())
    return opened
