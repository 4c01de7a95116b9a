"""Installations for tests of rebuilding: countries that change, and what a release holds, read without our own code."""

from __future__ import annotations

import hashlib
import json
import os
import random
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from kg.ask import ask
from kg.importing import import_records
from kg.records import LAKE, RELEASE, Record, Row, columns
from kg.release import Release, open_release
from kg.release.build import Outcome, build
from kg.service import Service
from kg.settings import Settings
from tests.country.made import SOURCES

ROOT = Path(__file__).parents[2]
SEED = "防災の研究者で、すでに情報分野の研究者と共同研究を行っている人を教えてください"
TIME = "2026-11-01T00:00:00Z"
"""When all receipts of these tests were written: same receipts means same times."""


# --- homes ---------------------------------------------------------------------------------------------------


def take_in(settings: Settings, country: Path, *, backwards: bool = False) -> None:
    """Import all files of a country, in order or one by one from the last to the first."""
    if not backwards:
        for source in SOURCES:
            import_records(settings, source, (str(country / source),))
    else:
        for source in reversed(SOURCES):
            for file in sorted((country / source).iterdir(), reverse=True):
                import_records(settings, source, (str(file),))
    pin(settings)


def pin(settings: Settings) -> None:
    """Give all receipts the same time, so that homes filled one after the other have the same receipts."""
    for path in (settings.raw / "receipts").glob("*.json"):
        receipt = json.loads(path.read_bytes())
        path.write_text(json.dumps({**receipt, "time": TIME}), encoding="utf-8")


def home(
    folder: Path, country: Path, *, workers: int = 1, backwards: bool = False, ledger: Path | None = None
) -> Settings:
    """A new installation with a country in its raw store, and a copy of another's ledger."""
    settings = Settings(home=folder, workers=workers)
    take_in(settings, country, backwards=backwards)
    if ledger:
        shutil.copytree(ledger, settings.ledger)
    return settings


def copied(settings: Settings, folder: Path, *rooms: str) -> Settings:
    """Another machine: the named rooms (`raw`, `ledger`, …) of an installation, or all of it."""
    for room in rooms or sorted(p.name for p in settings.home.iterdir()):
        shutil.copytree(settings.home / room, folder / room)
    return Settings(home=folder, workers=settings.workers)


def cli(settings: Settings, *arguments: str, before: tuple[str, ...] = ()) -> subprocess.CompletedProcess[str]:
    """`kg …` in a process of its own, under another command where one is given."""
    command = [*before, sys.executable, "-m", "kg", *arguments]
    return subprocess.run(
        command, cwd=ROOT, env=environment(settings), capture_output=True, text=True, timeout=300, check=False
    )


def environment(settings: Settings) -> dict[str, str]:
    """What a `kg` process needs to work on an installation."""
    return {**os.environ, "KG_HOME": str(settings.home), "KG_WORKERS": str(settings.workers)}


def answered(settings: Settings, question: str = SEED) -> tuple[str, int, list[tuple[str, list[str]]]]:
    """What the current release answers: its id, the total, and each person with the works and projects that prove it."""
    with Service(settings).use() as o:
        answer = ask(o.store, question, search=o.search, limit=None)
        return o.release.id, answer.total, [(p.id, [x.via.id for x in p.proofs if x.via]) for p in answer.people]


# --- what a release holds ----------------------------------------------------------------------------------------


def engine() -> duckdb.DuckDBPyConnection:
    """A database of our own, on one core: the tables are small and the machine is shared."""
    return duckdb.connect(config={"threads": 1})


def part_hashes(release: Release) -> dict[str, str]:
    """sha256 of every Parquet part, by path in the release."""
    return {
        p.relative_to(release.path).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest()
        for p in sorted(release.tables.rglob("*.parquet"))
    }


def graph_hashes(release: Release) -> dict[str, str]:
    """Hash of the rows of every table of `graph.duckdb`, whatever their order; but for the line that names the parent."""
    found = {}
    with duckdb.connect(str(release.duckdb), read_only=True) as c:
        for table in ("release_info", *(row.table for row in RELEASE)):
            rows = sorted(map(repr, c.execute(f'SELECT * FROM "{table}"').fetchall()))
            kept = [x for x in rows if table != "release_info" or not x.startswith("('parent'")]
            found[table] = hashlib.sha256("\n".join(kept).encode()).hexdigest()
    return found


def scan(release: Release, row: type[Row], beside: tuple[str, ...] = ()) -> str:
    """SQL that reads a table from its parts: the record class's own columns and some beside; no rows without a part."""
    names = [f'"{n}"' for n in (*(c.name for c in columns(row)), *beside)]
    files = ", ".join("'" + str(p).replace("'", "''") + "'" for p in release.parts(row.table))
    if not files:
        return "(SELECT " + ", ".join(f"NULL AS {n}" for n in names) + " WHERE false)"
    return f"(SELECT {', '.join(names)} FROM read_parquet([{files}]))"


def real_changes(row: type[Row], older: Release, newer: Release) -> dict[tuple[Any, ...], str]:
    """Key → added, changed or removed, by comparing all rows of both releases in SQL.

    Of a claim also by the record that makes it, of a record also by its bytes and when they came.
    """
    beside = ("source_record",) if row in LAKE else ()
    if row is Record:
        beside = ("source_record", "content_hash", "retrieved")
    if [p.read_bytes() for p in older.parts(row.table)] == [p.read_bytes() for p in newer.parts(row.table)]:
        return {}
    key = ", ".join(f'"{k}"' for k in row.key)
    was, now = scan(older, row, beside), scan(newer, row, beside)
    with engine() as c:
        gone = set(c.execute(f"SELECT {key} FROM (FROM {was} EXCEPT ALL FROM {now})").fetchall())
        fresh = set(c.execute(f"SELECT {key} FROM (FROM {now} EXCEPT ALL FROM {was})").fetchall())
    marks = dict.fromkeys(gone - fresh, "removed") | dict.fromkeys(fresh - gone, "added")
    return marks | dict.fromkeys(gone & fresh, "changed")


def told_changes(row: type[Row], release: Release) -> list[tuple[tuple[Any, ...], str]]:
    """Key and mark of each line of `changes/<table>.parquet`."""
    path = release.changes(row.table)
    if path is None:
        return []
    key = ", ".join(f'"{k}"' for k in row.key)
    with engine() as c:
        return [
            (tuple(r[:-1]), r[-1])
            for r in c.execute(f"SELECT {key}, change FROM read_parquet(?)", [str(path)]).fetchall()
        ]


def query(release: Release, sql: str) -> list[tuple[Any, ...]]:
    """Rows of a query on the release's own file."""
    with duckdb.connect(str(release.duckdb), read_only=True) as c:
        return c.execute(sql).fetchall()


def key_counts(release: Release) -> dict[str, tuple[int, int]]:
    """Table → number of rows and number of keys."""
    found = {}
    for row in RELEASE:
        key = ", ".join(f'"{k}"' for k in row.key)
        with engine() as c:
            ((rows, keys),) = c.execute(
                f"SELECT count(*), (SELECT count(*) FROM (SELECT DISTINCT {key} FROM {scan(release, row)})) FROM {scan(release, row)}"
            ).fetchall()
        found[row.table] = (rows, keys)
    return found


# --- countries that change ---------------------------------------------------------------------------------------


def without_identifiers(line: bytes) -> bytes:
    """A researchmap profile that names no ORCID iD, or a CiNii work whose authors have no researcher number."""
    record = json.loads(line)
    record.pop("identifiers", None)
    for creator in record.get("creator", ()):
        creator.pop("personIdentifier", None)
    return json.dumps(record, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def retitled(line: bytes, mark: str) -> bytes:
    """The same record with another title."""
    for start in (
        b'"dc:title":[{"@language":"ja","@value":"',
        b'"dc:title":[{"@language":"en","@value":"',
        b'"paper_title":{"ja":"',
    ):
        if start in line:
            return line.replace(start, start + mark.encode(), 1)
    return line


def lines(country: Path) -> Iterator[Path]:
    """Files with a record a line."""
    yield from sorted(f for s in SOURCES for f in (country / s).glob("*.jsonl"))


def rewritten(country: Path, out: Path, change: Callable[[Path, int, bytes], bytes | None]) -> Path:
    """A copy of a country, each line as `change(file, number, line)` gives it; None leaves it out."""
    shutil.copytree(country, out)
    for file in lines(out):
        kept = [change(file, i, line) for i, line in enumerate(file.read_bytes().splitlines(keepends=True))]
        file.write_bytes(b"".join(x for x in kept if x is not None))
    return out


def chance(seed: int, file: Path, number: int) -> random.Random:
    """Dice of one line: the same in every process."""
    return random.Random(f"{seed} {file.parent.name} {file.name} {number}")


def has_identifiers(file: Path) -> bool:
    """Whether `without_identifiers` knows the form of its records. KAKEN's is not among them: the number is the record's id."""
    return file.parent.name == "researchmap" or file.name.startswith("articles")


def first_state(country: Path, out: Path) -> Path:
    """A country before its changes: some records are not there yet, some people are without their identifiers."""

    def change(file: Path, number: int, line: bytes) -> bytes | None:
        draw = chance(0, file, number).random()
        if not line.endswith(b"}\n"):
            return line  # broken on purpose
        if draw < 0.08:
            return None
        return without_identifiers(line) if has_identifiers(file) and draw < 0.25 else line

    return rewritten(country, out, change)


def next_state(country: Path, first: Path, out: Path, seed: int, share: float = 1.0) -> Path:
    """`first` after a random set of changes: records come, titles change, identifiers come and go; to a `share` of them."""
    was = {
        f.relative_to(first): {name_of(x): x for x in f.read_bytes().splitlines(keepends=True)} for f in lines(first)
    }

    def change(file: Path, number: int, line: bytes) -> bytes | None:
        x = chance(seed, file, number).random() / share
        if not line.endswith(b"}\n"):
            return line
        known = was[file.relative_to(out)].get(name_of(line))
        if known is None:
            return line if x < 0.6 else None
        if x < 0.1:
            return retitled(known, f"改{seed} ")
        if has_identifiers(file) and x < 0.35:
            stripped = without_identifiers(known)
            return line if known == stripped else stripped
        return known

    return rewritten(country, out, change)


def name_of(line: bytes) -> str:
    """The source's own id of a record in a line; '' for a broken one."""
    if not line.endswith(b"}\n"):
        return ""
    record = json.loads(line)
    return str(record.get("@id") or record["accn"])


@dataclass(frozen=True)
class Evolution:
    """One step of an installation: a change was imported and built."""

    settings: Settings
    files: Path
    """The state that was imported."""
    older: Release
    newer: Release
    outcome: Outcome


def follow(settings: Settings, files: Path) -> Evolution:
    """Import the next state of a country into an installation and build."""
    older = open_release(settings)
    take_in(settings, files)
    outcome = build(settings)
    return Evolution(settings, files, older, open_release(settings), outcome)


def anew(e: Evolution, folder: Path) -> Release:
    """What a fresh installation makes of the same files and the same ledger."""
    fresh = home(folder, e.files, ledger=e.settings.ledger)
    build(fresh)
    return open_release(fresh)
