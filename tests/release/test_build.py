"""From what was imported to a release: what is taken over from the parent, what is handed on, what is said."""

from __future__ import annotations

import os
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest

from kg.errors import NothingUsable
from kg.raw import Quarantine
from kg.records import RELEASE, Record
from kg.release import Release, current_id, open_release, release_ids, use
from kg.release.build import build
from kg.release.compare import verify
from kg.settings import Settings
from tests.country.homes import graph_hashes, part_hashes
from tests.raw import cinii
from tests.release import small
from tests.release.test_parts import no_links


def assert_graph_is_the_parts(release: Release) -> None:
    """The graph file holds the rows of the Parquet parts, no more and no fewer."""
    for row in RELEASE:
        parts = [r for p in release.parts(row.table) for r in pq.read_table(p).drop_columns("row_hash").to_pylist()]
        assert sorted(map(repr, small.graph_rows(release, row.table))) == sorted(map(repr, parts)), row.table


def test_nothing_imported_is_no_release(settings: Settings):
    with pytest.raises(NothingUsable, match="kg import"):
        build(settings)
    assert release_ids(settings) == []


def test_a_release_is_whole_and_says_what_it_holds(settings: Settings):
    """Manifest, files and graph agree; the first has no parent; nothing else is left in the folder."""
    release = small.built(settings, map(cinii.item, range(3)))
    assert verify(release) == []
    assert_graph_is_the_parts(release)
    manifest = release.manifest
    assert (manifest["id"], manifest["parent"], manifest["counts"]["work"]) == (release.id, None, 3)
    assert manifest["counts"] == {row.table: len(small.graph_rows(release, row.table)) for row in RELEASE}
    assert sorted(p.name for p in settings.releases.iterdir()) == sorted([release.id, "current", "inputs.json", "lock"])
    with duckdb.connect(str(release.duckdb), read_only=True) as c:
        info = dict(c.execute("FROM release_info").fetchall())
    assert (info["id"], info["parent"], info["rows:work"]) == (release.id, "", "3")


def test_what_a_killed_build_left_is_removed(settings: Settings):
    left = settings.releases / "tmp-4711"
    left.mkdir(parents=True)
    (left / "manifest.json").write_text("{}")
    small.built(settings, [cinii.item(1)])
    assert not left.exists()


# --- the next release ----------------------------------------------------------------------------------------------


def test_one_more_record(settings: Settings, tmp_path: Path):
    """Added rows are told, the graph file follows its parent's, and all of it equals a release made from nothing."""
    old = small.built(settings, map(cinii.item, range(20)))
    new = small.built(settings, [cinii.item(20)])
    assert (new.manifest["parent"], current_id(settings)) == (old.id, new.id)
    assert small.changes(new, "work") == {"added": 1}
    assert small.changes(new, "venue") is None
    assert new.manifest["graph_generation"] == old.manifest["graph_generation"] + 1
    assert verify(new) == []
    assert verify(old) == []
    assert_graph_is_the_parts(new)
    anew = Settings(home=tmp_path / "anew", workers=1)
    for n in (range(20), range(20, 21)):
        small.take_in(anew, map(cinii.item, n))
    for name in ("raw", "ledger"):
        _copy(settings.home / name, anew.home / name)
    build(anew)
    fresh = open_release(anew)
    assert fresh.id == new.id
    assert part_hashes(fresh) == part_hashes(new)
    assert graph_hashes(fresh) == graph_hashes(new)


def _copy(source: Path, target: Path) -> None:
    for path in source.rglob("*"):
        if path.is_file():
            (target / path.relative_to(source)).parent.mkdir(parents=True, exist_ok=True)
            (target / path.relative_to(source)).write_bytes(path.read_bytes())


def test_other_bytes_of_the_same_rows(settings: Settings):
    """Only provenance differs: the record counts as changed, no row that it makes; yet each names the bytes it comes from."""
    items = [cinii.item(n) for n in range(8)]
    old = small.built(settings, items)
    new = small.built(settings, [small.rewritten(items[3])])
    assert new.id != old.id
    assert small.changes(new, "record") == {"changed": 1}
    assert all(new.changes(row.table) is None for row in RELEASE if row is not Record)
    was, now = ({r["id"]: r["content_hash"] for r in small.rows(r_, "work")} for r_ in (old, new))
    assert was.keys() == now.keys()
    assert sum(was[i] != now[i] for i in was) == 1
    assert_graph_is_the_parts(new)
    assert verify(new) == []


def test_a_changed_title_is_one_changed_work(settings: Settings):
    small.built(settings, map(cinii.item, range(8)))
    new = small.built(settings, [cinii.item(3, "別の題")])
    assert small.changes(new, "work") == {"changed": 1}
    assert_graph_is_the_parts(new)


def test_the_graph_file_is_written_anew_after_some_generations(settings: Settings):
    """Deleted rows leave holes, so that it does not follow its parent for ever."""
    old = small.built(settings, map(cinii.item, range(4)))
    small.told(old, graph_generation=1000)
    new = small.built(settings, [cinii.item(4)])
    assert new.manifest["graph_generation"] == 0
    assert_graph_is_the_parts(new)


def test_a_parent_from_another_engine_version(settings: Settings):
    """After an upgrade: what did not change is not told as changed, and nothing is taken over unread."""
    old = small.built(settings, map(cinii.item, range(8)))
    inputs = old.manifest["inputs"]
    small.told(old, inputs={**inputs, "versions": {**inputs["versions"], "duckdb": "0.1"}})
    new = small.built(settings, [cinii.item(8)])
    assert new.manifest["parent"] == old.id
    assert small.changes(new, "work") == {"added": 1}
    assert small.changes(new, "field") is None
    assert not any(
        p.samefile(old.tables / "work" / p.name) for p in new.parts("work") if (old.tables / "work" / p.name).exists()
    )
    assert new.manifest["graph_generation"] == 0
    assert_graph_is_the_parts(new)
    assert verify(new) == []


def test_a_parent_of_another_format_is_none(settings: Settings):
    """Its tables cannot be compared: the release starts a new line; the old one stays and can be served."""
    old = small.built(settings, map(cinii.item, range(4)))
    small.told(old, format=old.manifest["format"] - 1)
    new = small.built(settings, [cinii.item(4)])
    assert new.manifest["parent"] is None
    assert verify(new) == []
    assert use(settings, old.id).id == old.id


def test_a_disk_that_cannot_link(settings: Settings, monkeypatch: pytest.MonkeyPatch):
    """Unchanged parts are copied; the release is the same."""
    old = small.built(settings, map(cinii.item, range(8)))
    monkeypatch.setattr(os, "link", no_links)
    new = small.built(settings, [cinii.item(8)])
    same = [p for p in old.parts("field") if (new.tables / "field" / p.name).read_bytes() == p.read_bytes()]
    assert same == old.parts("field")
    assert not any((new.tables / "field" / p.name).samefile(p) for p in same)
    assert verify(new) == []


# --- unchanged inputs, and the way back -----------------------------------------------------------------------------


def test_unchanged_inputs_end_at_once(settings: Settings):
    release = small.built(settings, [cinii.item(1)])
    steps: list[str] = []
    outcome = build(settings, report=lambda step, done, total: steps.append(step))
    assert (outcome.unchanged, outcome.release, outcome.current_again, steps) == (True, release.id, False, [])


def test_forced_on_unchanged_inputs_it_is_the_same_release(settings: Settings):
    release = small.built(settings, [cinii.item(1)])
    outcome = build(settings, force=True)
    assert (outcome.release, outcome.changes, release_ids(settings)) == (release.id, {}, [release.id])


@pytest.mark.parametrize("force", [False, True])
def test_a_build_after_a_rollback_makes_the_newest_current_again(settings: Settings, force: bool):
    """`kg build` always ends with the release of what was imported being served, and says that it switched."""
    old = small.built(settings, [cinii.item(1)])
    new = small.built(settings, [cinii.item(2)])
    use(settings, old.id)
    outcome = build(settings, force=force)
    assert (outcome.release, current_id(settings)) == (new.id, new.id)
    assert outcome.current_again
    assert outcome.unchanged != force
    assert not build(settings).current_again


def test_a_new_import_after_a_rollback_follows_the_one_that_is_served(settings: Settings):
    """Changes are told against the release that readers had last."""
    old = small.built(settings, [cinii.item(1)])
    small.built(settings, [cinii.item(2)])
    use(settings, old.id)
    new = small.built(settings, [cinii.item(3)])
    assert new.manifest["parent"] == old.id
    assert small.changes(new, "work") == {"added": 2}
    assert len(release_ids(settings)) == 3


def test_a_release_that_was_deleted_is_built_again(settings: Settings):
    """Unchanged inputs are no reason to do nothing where the release is gone."""
    old = small.built(settings, [cinii.item(1)])
    old.path.rename(settings.home / "away")
    outcome = build(settings)
    assert (outcome.unchanged, outcome.release, current_id(settings)) == (False, old.id, old.id)


# --- what could not be read ----------------------------------------------------------------------------------------


BROKEN = "<a:b>x</a:b>"
"""A prefix that is bound to nothing: the record can be cut out of its document, but not parsed."""


def test_a_refused_record_is_handed_to_quarantine(settings: Settings):
    """The rest is in the release; the bytes wait with their reason; a second build does not hand them over again."""
    small.take_in(settings, [cinii.item(1)])
    small.take_in_award(settings, BROKEN)
    outcome = build(settings)
    (refused,) = outcome.refused
    (entry,) = Quarantine(settings.quarantine).entries(stage="read")
    assert (entry.record, entry.reason) == (refused["record"], refused["reason"])
    assert entry.record == "kaken:project:KAKENHI-PROJECT-22K00001"
    assert BROKEN.encode() in Quarantine(settings.quarantine).raw(entry.id)
    release = open_release(settings)
    assert [r["id"] for r in small.rows(release, "record")] == [f"cinii:item:{cinii.record_id(1)}"]
    assert [r["record"] for r in release.manifest["refused"]] == [entry.record]
    build(settings, force=True)
    assert Quarantine(settings.quarantine).entries(stage="read") == [entry]


def test_a_record_that_can_be_read_leaves_quarantine(settings: Settings):
    """The source corrected it: the next build takes it in and forgets the refusal."""
    small.take_in(settings, [cinii.item(1)])
    small.take_in_award(settings, BROKEN)
    build(settings)
    small.take_in_award(settings, "防災の研究")
    assert build(settings).refused == []
    assert Quarantine(settings.quarantine).entries() == []
    assert [r["award_number"] for r in small.rows(open_release(settings), "project")] == ["22K00001"]


# --- is it still what it was? --------------------------------------------------------------------------------------


def test_verify_names_what_is_not_as_it_was_written(settings: Settings):
    """A file that is missing, shorter, of other bytes, foreign; a graph with a row too few."""
    release = small.built(settings, map(cinii.item, range(4)))
    part = release.parts("work")[0]
    name = part.relative_to(release.path).as_posix()
    whole = part.read_bytes()
    for spoiled, problem in ((whole[:-1], "bytes instead of"), (whole[:-1] + b"?", "other bytes")):
        part.unlink()  # never in place: another release may share the file
        part.write_bytes(spoiled)
        (told,) = verify(release)
        assert told.startswith(f"{name}: ")
        assert problem in told
    part.unlink()
    assert verify(release) == [f"{name}: missing"]
    part.write_bytes(whole)
    (release.path / "notes.txt").write_text("")
    assert verify(release) == ["notes.txt: not in the manifest"]
    (release.path / "notes.txt").unlink()
    assert verify(release) == []
    small.told(release, counts={**release.manifest["counts"], "work": 5})
    (told,) = verify(Release(release.id, release.path))
    assert "work" in told
    assert "4" in told
    assert "5" in told
