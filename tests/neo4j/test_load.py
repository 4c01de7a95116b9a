"""A release becomes a database by the import tool, text by text; homes change places; a kill leaves what was served."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from kg.cli.serve import free_port
from kg.errors import FixSetup
from kg.neo4j import Server, files, slots
from kg.neo4j.load import load_release, loaded_release
from kg.neo4j.slots import Slots
from kg.neo4j.verify import verify
from kg.release import Release
from kg.settings import Settings
from tests.neo4j import graphs
from tests.raw import cinii
from tests.release import small

ODD = [
    "", " ", "\"", "\"\"", "'", ",", ";", "\\", "\\n", "a\nb", "a\r\nb", "\t", "\x1f", "\x1e", "|", "null", "NULL", "\\N", "true",
    "0012", "1e5", "=cmd()", "日本語、。「」", "𠮷野家", "👩‍🔬 emoji", "ｶﾀｶﾅ ﾊﾝｶｸ", "e\u0301", "\ufeffbom", "\u2028line", "a,\"b\"\n,c",
    "長い" * 20_000, "x" * 40_000, "{a: 1}", "$id", "`tick`", "[1,2]", "-", "--x",
]  # fmt: skip


def made_odd(release: Release) -> Release:
    """The release with odd texts for titles and names; numbers and keys stay."""
    for table, names in (
        ("work", ("title_ja", "title_en", "publisher", "rights")),
        ("venue", ("name_ja", "publisher")),
    ):
        n = 0
        for part in release.parts(table):
            rows = pq.read_table(part)
            for name in names:
                at = rows.column_names.index(name)
                texts = [ODD[(n + i) % len(ODD)] for i in range(rows.num_rows)]
                n += rows.num_rows
                rows = rows.set_column(at, rows.schema.field(at), pa.array(texts, pa.string()))
            part.unlink()  # it may be another release's file as well
            pq.write_table(rows, part)
    return release


def wanted(release: Release, table: str) -> dict[str, dict[str, Any]]:
    """Properties by id, read without our SQL."""
    found = {}
    for part in release.parts(table):
        for row in pq.read_table(part).to_pylist():
            row["row_hash"] -= 2**64 if row["row_hash"] >= 2**63 else 0
            left_out = ("source", "content_hash", "retrieved")
            found[row["id"]] = {k: v for k, v in row.items() if v is not None and k not in left_out}
    return found


class Home:
    def __init__(self, settings: Settings, release: Release) -> None:
        self.settings, self.release = settings, release
        self.slots = Slots(settings.home / "neo4j 家", heap_mb=512, pagecache_mb=128)

    def load(self, release: Release, report: Any = None, **options: Any) -> Any:
        return load_release(
            self.settings, release, self.slots, lambda: free_port("127.0.0.1", 17700), report, **options
        )


@pytest.fixture(scope="module")
def home(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    """An installation of its own with a few records; `server` only says whether one can be had."""
    folder = tmp_path_factory.mktemp("odd, 'texts'")
    settings = Settings(home=folder / "研究 データ", workers=1)
    found = Home(settings, small.built(settings, map(cinii.item, range(len(ODD)))))
    try:
        yield found
    finally:
        for one in (found.slots.current(), found.slots.other()):
            one.stop()


@pytest.mark.heavy
def test_every_text_comes_through(home: Home) -> None:
    """Quotes, line breaks, separators, emoji, texts of 100,000 bytes, the empty one; null is no property."""
    home.release = made_odd(home.release)
    stages: list[str] = []
    done = home.load(home.release, lambda stage, *_: stages.append(stage))
    assert done.way == "import"
    assert list(dict.fromkeys(stages)) == ["files", "import", "start", "indexes", "verify", "switch"]
    with graphs.opened(home.slots.current().access()) as driver:
        for table, label in (("work", "Work"), ("venue", "Venue")):
            rows = driver.execute_query(f"MATCH (n:{label}) RETURN n.id AS id, properties(n) AS p").records
            assert {r["id"]: r["p"] for r in rows} == wanted(home.release, table)
        assert verify(driver, home.release) == []
        works = [r["t"] for r in driver.execute_query("MATCH (w:Work) RETURN w.title_ja AS t").records]
    assert {"", '""', "a\r\nb", "\x1f"} <= set(works)
    assert home.load(home.release).way == "unchanged"
    assert list(home.slots.folder.glob("import-*")) == []
    assert slots.noted(home.slots.current()) == {}


@pytest.mark.heavy
def test_files_that_are_written_are_kept(home: Home, tmp_path: Path) -> None:
    """A run that goes on writes the rest only; a draft that a kill left is no file."""
    arguments = files.write(home.release, tmp_path)
    made = {p.name: p.stat().st_mtime_ns for p in tmp_path.glob("*.csv")}
    (tmp_path / "nodes-Work.csv").unlink()
    (tmp_path / "nodes-Work.csv.tmp").write_text("half")
    assert files.write(home.release, tmp_path) == arguments
    again = {p.name: p.stat().st_mtime_ns for p in tmp_path.glob("*.csv")}
    assert {n for n in made if made[n] != again[n]} == {"nodes-Work.csv"}
    assert not list(tmp_path.glob("*.tmp"))


@pytest.mark.heavy
def test_a_large_delta_goes_into_the_other_home(home: Home) -> None:
    """The older release answers until the switch; what users added comes along; what cannot is told."""
    if not home.slots.current().has_database():
        home.load(home.release)
    first = home.slots.current()
    items = [cinii.item(n, f"別の題 {n}") for n in range(5)] + [cinii.item(n) for n in range(100, 110)]
    newer = small.built(home.settings, items)
    with graphs.opened(first.access()) as driver:
        driver.execute_query("MATCH (w:Work) WITH w ORDER BY w.id LIMIT 1 SET w:`お気に 入り`, w.stars = 5")
        driver.execute_query("MATCH (v:Work) WITH v LIMIT 1 CREATE (m:Mine {d: date('2020-01-01')})-[:`LIKES x` {n: 1}]->(v), (m)-[:SELF]->(m)")  # fmt: skip
        driver.execute_query("CREATE (:Record {id: 'ghost'})<-[:LIKES]-(:Mine), ()")
        driver.execute_query("CREATE INDEX mine FOR (m:Mine) ON (m.d)")
    asked: list[str | None] = []

    def report(stage: str, done: int, total: int) -> None:
        if stage in ("import", "verify") and not done:
            with graphs.opened(first.access()) as driver:
                asked.append(loaded_release(driver))

    done = home.load(newer, report, rows_at_once=0)
    assert (done.way, done.before) == ("import", home.release.id)
    assert set(asked) == {home.release.id}
    assert home.slots.current().folder != first.folder
    assert not first.state().running
    assert done.carried == {"nodes": 3, "relationships": 2}
    assert (done.lost, "ghost" in done.lost_some[0]) == (1, True)
    with graphs.opened(home.slots.current().access()) as driver:
        assert verify(driver, newer) == []
        row = driver.execute_query("MATCH (m:Mine)-[r:`LIKES x`]->(w:Work) RETURN toString(m.d), r.n").records[0]
        assert row.values() == ["2020-01-01", 1]
        assert driver.execute_query("MATCH (w:`お気に 入り`) RETURN w.stars AS s").records[0]["s"] == 5
        assert driver.execute_query("SHOW INDEXES YIELD name WHERE name = 'mine' RETURN count(*) AS n").records[0]["n"]
    home.release = newer


@pytest.mark.heavy
def test_a_home_with_something_else_is_refused(home: Home) -> None:
    other = Home(home.settings, home.release)
    other.slots = Slots(home.settings.home / "foreign", heap_mb=512, pagecache_mb=128)
    access = other.slots.current().start(free_port("127.0.0.1", 17750))
    try:
        with graphs.opened(access) as driver:
            driver.execute_query("CREATE (:Theirs)")
        with pytest.raises(FixSetup, match="no release of ours"):
            other.load(home.release)
        with graphs.opened(access) as driver:
            driver.execute_query("MATCH (n) DELETE n")
        assert other.load(home.release).way == "import"
    finally:
        for one in (other.slots.current(), other.slots.other()):
            one.stop()


@pytest.mark.heavy
@pytest.mark.parametrize("stage", ["files", "import", "start", "indexes", "verify", "switch"])
def test_killed_at_any_stage_the_next_run_goes_on(home: Home, stage: str) -> None:
    """kill −9 of the loader: the older release is served, and the next run ends with the newer."""
    if not home.slots.current().has_database():
        home.load(home.release)
    held, before = home.release, home.slots.current().folder
    newer = small.built(home.settings, [cinii.item(3, f"題 {stage} {time.time_ns()}")])
    program = (
        "import os, signal, sys\n"
        "from tests.neo4j.test_load import Home\nfrom kg.settings import Settings\nfrom kg.release import open_release\n"
        "from pathlib import Path\n"
        "s = Settings(home=Path(sys.argv[1]), workers=1); h = Home(s, open_release(s, sys.argv[2]))\n"
        "def report(stage, done, total):\n"
        "    if stage == sys.argv[3] and (done or stage in ('start', 'switch', 'verify')): os.kill(os.getpid(), signal.SIGKILL)\n"
        "h.load(h.release, report, anew=True)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(home.settings.home), newer.id, stage],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}, check=False,
    )  # fmt: skip
    assert done.returncode == -signal.SIGKILL
    assert home.slots.current().folder == before
    with graphs.opened(home.slots.current().access()) as driver:
        assert loaded_release(driver) == held.id
    again = home.load(newer, anew=True)
    assert again.release == newer.id
    with graphs.opened(home.slots.current().access()) as driver:
        assert verify(driver, newer) == []
    home.release = newer
