"""`kg build` seen from outside: same inputs, same bytes; what changed is told, what did not change is shared."""

from __future__ import annotations

import json
import os
import shutil
from collections import defaultdict
from pathlib import Path

import duckdb
import pytest

from kg.errors import FixInput, TryAgain
from kg.importing import import_records
from kg.lake.schema import CLAIMS
from kg.raw import RawStore
from kg.records import RELEASE
from kg.release import Release, open_release, release_ids, use
from kg.release.build import build
from kg.release.compare import diff, verify
from tests.country import homes
from tests.country.conftest import Base, chain
from tests.country.homes import Evolution

# --- same inputs, same release --------------------------------------------------------------------------------


def assert_equal(a: Release, b: Release) -> None:
    """Two releases are the same bytes as Parquet and the same rows as a graph."""
    assert a.path != b.path
    assert homes.part_hashes(a) == homes.part_hashes(b)
    assert homes.graph_hashes(a) == homes.graph_hashes(b)
    assert a.id == b.id


def test_order_of_import_and_number_of_workers_leave_no_trace(base: Base, tmp_path: Path):
    """Sources and files imported in the opposite order, one by one, and built by two workers: the same bytes."""
    other = homes.home(tmp_path / "別の home", base.first, workers=2, backwards=True)
    assert len(RawStore(other.raw).receipts()) > len(RawStore(base.settings.raw).receipts())
    build(other)
    assert_equal(open_release(other), base.release)


@pytest.mark.heavy
@pytest.mark.parametrize("rooms", [("raw", "ledger"), ("raw",)], ids=["with the ledger", "with an empty ledger"])
def test_a_second_machine_gives_the_same_ids(base: Base, tmp_path: Path, rooms: tuple[str, ...]):
    """The raw store alone decides the ids of a first build; the ledger that came of it changes nothing."""
    other = homes.copied(base.settings, tmp_path / "other", *rooms)
    build(other)
    assert_equal(open_release(other), base.release)


def test_unchanged_sources_change_nothing(base: Base, tmp_path: Path):
    """Importing the same files again takes nothing in; `kg build` says so at once, and no release is added."""
    settings = homes.copied(base.settings, tmp_path / "home")
    before = {p: p.stat().st_mtime_ns for p in sorted(settings.releases.rglob("*")) if p.name != "lock"}
    for source in homes.SOURCES:
        again = import_records(settings, source, (str(base.first / source),))
        assert (again.new, again.changed, again.again, again.receipts) == (0, 0, 0, [])
        assert again.unchanged == again.records > 0
    done = homes.cli(settings, "build")
    assert done.returncode == 0, done.stderr
    assert f"{base.release.id} is up to date" in done.stdout
    assert json.loads(homes.cli(settings, "build", "--json").stdout)["unchanged"] is True
    assert {p: p.stat().st_mtime_ns for p in sorted(settings.releases.rglob("*")) if p.name != "lock"} == before


# --- incremental is full ----------------------------------------------------------------------------------------


def test_incremental_equals_full(evolutions: list[Evolution], tmp_path: Path):
    """After random changes a grown installation holds what one holds that imported only the final state, with its ledger."""
    for e in evolutions:
        assert e.outcome.parent == e.older.id != e.newer.id
        assert 0 < e.outcome.read < e.outcome.records, "nothing was kept from before"
    fresh = homes.anew(evolutions[-1], tmp_path / "fresh")
    assert_equal(evolutions[-1].newer, fresh)
    assert diff(evolutions[-1].newer, fresh)["tables"] == {}


def check_ids(e: Evolution) -> tuple[int, int]:
    """No id has come to mean somebody else; gives how many were joined and how many entities were split."""
    was, now = marks_of(e.older), marks_of(e.newer)
    redirects = dict(homes.query(e.newer, "SELECT old, new FROM redirect"))
    assert not redirects.keys() & now.keys(), "in use and redirected"
    for entity, before in was.items():
        assert entity in now or entity in redirects, f"{entity} is lost without a word"
        heir = entity if entity in now else redirects[entity]
        assert heir is None or heir in now, f"{entity} leads to {heir}, which is nothing"
        assert heir is None or before & now[heir], f"{entity} leads to {heir}, who is somebody else"
    where = dict(homes.query(e.newer, "SELECT mention, entity FROM entity_record"))
    split = sum(len({where[m] for m in before if m in where}) > 1 for before in was.values())
    return sum(1 for old, new in redirects.items() if new and old in was), split


def marks_of(release: Release) -> dict[str, set[str]]:
    """Entity → its mentions and its own identifiers: what it can be known by."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for entity, mention in homes.query(release, "SELECT entity, mention FROM entity_record"):
        found[entity].add(mention)
    own = "SELECT subject, concat(scheme, ' ', value) FROM identifier WHERE relation = 'self'"
    for entity, identifier in homes.query(release, own):
        found[entity].add(identifier)
    return dict(found)


def test_an_id_never_means_somebody_else(evolutions: list[Evolution]):
    """Through merges and splits an id keeps a mention or identifier, or leads to who has one now, or is said to be gone."""
    joined, split = (sum(x) for x in zip(*map(check_ids, evolutions), strict=True))
    assert joined >= 3, "the changes joined nobody"
    assert split >= 3, "the changes split nobody"


# --- changes ---------------------------------------------------------------------------------------------------


def check_changes(e: Evolution) -> None:
    for row in RELEASE:
        told = homes.told_changes(row, e.newer)
        assert dict(told) == homes.real_changes(row, e.older, e.newer), row.table
        assert len(dict(told)) == len(told), f"{row.table}: a key twice"
        counts = {mark: sum(m == mark for _, m in told) for mark in ("added", "changed", "removed")}
        assert e.newer.manifest["changes"].get(row.table, dict.fromkeys(counts, 0)) == counts
        assert e.outcome.changes.get(row.table, dict.fromkeys(counts, 0)) == counts


def test_changes_are_exactly_the_rows_that_differ(evolutions: list[Evolution]):
    """`changes/<table>.parquet` against all rows of both releases, compared in SQL without our hashes."""
    for e in evolutions:
        check_changes(e)
        marks = {mark for row in RELEASE for _, mark in homes.told_changes(row, e.newer)}
        assert marks == {"added", "changed", "removed"}


def test_a_first_release_tells_no_changes(base: Base):
    """Without a parent there is nothing that rows could differ from."""
    assert base.release.manifest["parent"] is None
    assert base.release.manifest["changes"] == {}
    assert not (base.release.path / "changes").exists()


def check_links(e: Evolution) -> tuple[int, int]:
    was, now = homes.part_hashes(e.older), homes.part_hashes(e.newer)
    shared = {name for name in now if was.get(name) == now[name]}
    links = {n for n in now if n in was and (e.older.path / n).stat().st_ino == (e.newer.path / n).stat().st_ino}
    assert links == shared
    return len(shared), len(now) - len(shared)


def test_unchanged_parts_are_the_same_file(evolutions: list[Evolution]):
    """A part whose bytes are the parent's is the parent's file; one that differs is its own."""
    shared, own = (sum(x) for x in zip(*map(check_links, evolutions), strict=True))
    assert shared > 0
    assert own > 0


@pytest.mark.heavy
@pytest.mark.parametrize("seed", range(100, 120))
def test_twenty_more_sets_of_changes(base: Base, tmp_path: Path, seed: int):
    """All of the above for other changes, each step compared with a fresh installation."""
    for e in chain(base, tmp_path, range(seed, seed + 1)):
        assert_equal(e.newer, homes.anew(e, tmp_path / "fresh"))
        check_ids(e)
        check_changes(e)
        check_links(e)


@pytest.mark.heavy
@pytest.mark.parametrize("seed", range(200, 240, 10))
def test_longer_chains_of_changes(base: Base, tmp_path: Path, seed: int):
    """Five changes one after the other, the last compared with a fresh installation."""
    steps = list(chain(base, tmp_path, range(seed, seed + 5)))
    for e in steps:
        check_ids(e)
        check_changes(e)
    assert_equal(steps[-1].newer, homes.anew(steps[-1], tmp_path / "fresh"))
    assert len(release_ids(steps[-1].settings)) == 6


# --- provenance ------------------------------------------------------------------------------------------------


def test_every_claim_names_a_record_and_bytes_that_are_kept(evolutions: list[Evolution]):
    """Each row of each table with provenance: its record is in `record`, its bytes and receipt are in the raw store."""
    e = evolutions[-1]
    kept = RawStore(e.settings.raw).entries()
    seen = set()
    with duckdb.connect(str(e.newer.duckdb), read_only=True) as c:
        c.register("kept", kept)
        c.execute(
            "CREATE TEMP TABLE entry AS SELECT source, concat(source, ':', form, ':', record_id) AS record, content_hash, retrieved FROM kept"
        )
        tables = c.execute(
            "SELECT DISTINCT table_name FROM duckdb_columns() WHERE column_name = 'source_record'"
        ).fetchall()
        for (table,) in tables:
            (rows, lost, unkept) = c.execute(f"""
                SELECT count(*), count(*) FILTER (WHERE r.id IS NULL), count(*) FILTER (WHERE k.record IS NULL)
                FROM "{table}" t LEFT JOIN record r ON r.id = t.source_record
                LEFT JOIN entry k ON k.source = t.source AND k.record = t.source_record
                  AND k.content_hash = t.content_hash AND k.retrieved = t.retrieved""").fetchall()[0]
            assert (lost, unkept) == (0, 0), table
            seen |= {table} if rows else set()
        assert {t for (t,) in tables} == CLAIMS
        assert len(seen) > 15, "too few tables have rows"
        records = c.execute("SELECT id, content_hash FROM record ORDER BY id").fetchall()
    refused = {r["record"] for r in e.newer.manifest["refused"]}
    named = zip(*(kept[n].to_pylist() for n in ("source", "form", "record_id", "content_hash")), strict=True)
    wanted = sorted((f"{s}:{f}:{i}", h) for s, f, i, h in named)
    assert records == [x for x in wanted if x[0] not in refused], "each record once"


# --- many releases -----------------------------------------------------------------------------------------------


def test_releases_are_listed_and_switched(evolutions: list[Evolution]):
    """`kg releases`, rollback to the parent and `kg release use`: each answers as it did, the others stay."""
    e = evolutions[-1]
    settings, old, new = e.settings, e.older.id, e.newer.id
    listed = json.loads(homes.cli(settings, "releases", "--json").stdout)
    wanted = {(x.newer.id, x.older.id) for x in evolutions} | {(evolutions[0].older.id, None)}
    assert {(r["id"], r["parent"]) for r in listed} == wanted
    assert [r["id"] for r in listed if r["current"]] == [new]
    assert [r["built"] for r in listed] == sorted((r["built"] for r in listed), reverse=True)
    after = homes.answered(settings)
    back = homes.cli(settings, "releases", "rollback")
    assert (back.returncode, back.stdout.split()[-1]) == (0, old)
    try:
        before = homes.answered(settings)
        assert (before[0], after[0]) == (old, new)
        assert before[1] > 0
        use(settings, evolutions[0].older.id)
        assert homes.cli(settings, "releases", "rollback").returncode == 2, "the first has no parent"
        assert homes.cli(settings, "release", "use", "r-0000").returncode == 2
    finally:
        done = homes.cli(settings, "release", "use", new)
    assert done.returncode == 0
    assert homes.answered(settings) == after
    with pytest.raises(FixInput, match="kg releases"):
        use(settings, "r-")


def test_diff_tells_what_the_changes_tell(evolutions: list[Evolution]):
    """`kg release diff A B` counts the rows that differ, in either direction; equal releases do not differ."""
    e = evolutions[1]
    told = json.loads(homes.cli(e.settings, "release", "diff", e.older.id, e.newer.id, "--json").stdout)["tables"]
    back = diff(e.newer, e.older)["tables"]
    for row in RELEASE:
        real = list(homes.real_changes(row, e.older, e.newer).values())
        counts = tuple(real.count(m) for m in ("added", "changed", "removed"))
        assert counts == (tuple(told[row.table][m] for m in ("added", "changed", "removed")) if real else (0, 0, 0))
        assert (row.table in told) == bool(real) == (row.table in back)
        if real:
            assert counts == tuple(back[row.table][m] for m in ("removed", "changed", "added"))


def test_verify_names_the_file_that_is_not_as_it_was_written(base: Base, tmp_path: Path):
    """One flipped bit in a part, in the graph, a missing and a foreign file: each is named, exit code 5; whole again, 0."""
    settings = homes.copied(base.settings, tmp_path / "home")
    release = open_release(settings)
    assert homes.cli(settings, "release", "verify").returncode == 0
    part = release.parts("authored")[2]
    for path in (part, release.duckdb, release.arrays / "ids.npy", next(release.search.iterdir())):
        content = path.read_bytes()
        path.write_bytes(
            content[: len(content) // 2] + bytes([content[len(content) // 2] ^ 1]) + content[len(content) // 2 + 1 :]
        )
        assert [p.split(":")[0] for p in verify(release)] == [path.relative_to(release.path).as_posix()]
        if path == part:
            done = homes.cli(settings, "release", "verify", release.id)
            assert done.returncode == 5
            assert "tables/authored/part-2.parquet" in done.stdout
        path.write_bytes(content)
    moved = part.rename(part.with_suffix(".away"))
    assert {p.split(":")[0] for p in verify(release)} == {
        "tables/authored/part-2.parquet",
        "tables/authored/part-2.away",
    }
    moved.rename(part)
    assert verify(release) == []


# --- what stands in the way ----------------------------------------------------------------------------------------


def test_the_second_of_two_builds_says_who_is_building(base: Base, tmp_path: Path):
    """While one build runs, another process and this one are told its process number; exit code 5."""
    settings = homes.copied(base.settings, tmp_path / "home")
    told = []

    def report(step: str, done: int, total: int) -> None:
        if not told:
            told.append(homes.cli(settings, "build", "--force"))
            with pytest.raises(TryAgain, match=str(os.getpid())):
                build(settings)

    outcome = build(settings, force=True, report=report)
    assert (outcome.release, outcome.unchanged, outcome.minted, outcome.changes) == (base.release.id, False, 0, {})
    assert release_ids(settings) == [base.release.id], "the same inputs are the same release, forced or not"
    assert told[0].returncode == 5
    assert f"process {os.getpid()}" in told[0].stderr
    assert "Traceback" not in told[0].stderr
    assert homes.cli(settings, "build").returncode == 0


def in_own_mounts(script: str) -> tuple[str, ...]:
    """A command that runs another one after `script`, with mounts that nobody else sees; skips where that is forbidden."""
    command = ("unshare", "-rm", "sh", "-ec", f'{script}; exec "$@"', "sh")
    if not shutil.which("unshare"):
        pytest.skip("no unshare on this machine: mounts of one's own cannot be made")
    import subprocess

    if subprocess.run([*command, "true"], capture_output=True, check=False).returncode:
        pytest.skip("mounts of one's own are not allowed here")
    return command


def test_a_folder_that_cannot_be_written_is_named(base: Base, tmp_path: Path):
    """A read-only releases folder: one plain message with a next step and exit code 5; what is there is still served."""
    settings = homes.copied(base.settings, tmp_path / "home")
    folder = settings.releases
    before = in_own_mounts(f'mount --bind "{folder}" "{folder}" && mount -o remount,bind,ro "{folder}"')
    done = homes.cli(settings, "build", "--force", before=before)
    assert done.returncode == 5
    assert str(folder) in done.stderr
    assert "KG_HOME" in done.stderr
    assert "Traceback" not in done.stderr
    assert homes.cli(settings, "release", "verify", before=before).returncode == 0


@pytest.mark.heavy
def test_a_full_disk_is_named(base: Base, tmp_path: Path):
    """A disk that fills up while the tables are written: one plain message, exit code 5, nothing left."""
    settings = homes.copied(base.settings, tmp_path / "home")
    shutil.rmtree(settings.releases)
    settings.releases.mkdir()
    folder = settings.releases
    before = in_own_mounts(f'mount -t tmpfs -o size=2m t "{folder}"')
    done = homes.cli(settings, "build", before=(*before, "sh", "-c", f'"$@"; code=$?; ls "{folder}"; exit $code', "sh"))
    assert done.returncode == 5, done.stderr
    assert "full" in done.stderr
    assert str(folder) in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout.split() == ["lock"]
