"""Which releases are there, which is current, and how is one named?"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from kg.errors import FixInput, FixSetup
from kg.release import Release, current_id, list_releases, open_release, release_ids, use
from kg.settings import Settings


def put(settings: Settings, name: str, built: str = "2026-01-01T00:00:00Z", parent: str | None = None) -> Path:
    """A release folder that holds a manifest and nothing else."""
    folder = settings.releases / name
    folder.mkdir(parents=True)
    manifest = {"id": name, "built": built, "parent": parent, "counts": {"person": 1}}
    (folder / "manifest.json").write_text(json.dumps(manifest))
    return folder


def test_before_the_first_build_there_is_nothing(settings: Settings):
    """Listing finds nothing; opening says what to do, and that it is no fault of the input."""
    assert (current_id(settings), release_ids(settings), list_releases(settings)) == (None, [], [])
    with pytest.raises(FixSetup, match="kg build"):
        open_release(settings)


def test_only_whole_releases_count(settings: Settings):
    """A build in the making, a folder without manifest and a stray file are none."""
    put(settings, "r-1")
    put(settings, "tmp-77")
    (settings.releases / "r-2").mkdir()
    (settings.releases / "r-3").write_text("")
    assert release_ids(settings) == ["r-1"]


def test_newest_first_and_the_current_one_is_marked(settings: Settings):
    """By time of build; of two from the same second the greater id first."""
    put(settings, "r-b", "2026-01-02T00:00:00Z")
    put(settings, "r-a", "2026-01-03T00:00:00Z", "r-b")
    put(settings, "r-c", "2026-01-03T00:00:00Z", "r-a")
    use(settings, "r-b")
    listed = list_releases(settings)
    assert [(r["id"], r["parent"], r["current"]) for r in listed] == [
        ("r-c", "r-a", False),
        ("r-a", "r-b", False),
        ("r-b", None, True),
    ]
    assert listed[0]["counts"] == {"person": 1}


def test_a_release_is_named_by_its_id_or_an_unambiguous_beginning(settings: Settings):
    """A whole id wins over longer ones that begin like it."""
    for name in ("r-1", "r-12", "r-2"):
        put(settings, name)
    assert open_release(settings, "r-1").id == "r-1"
    assert open_release(settings, "r-12").id == "r-12"
    assert open_release(settings, "r-2").path == (settings.releases / "r-2").resolve()


@pytest.mark.parametrize("name", ["r-", "r", "", "r-9", "../r-1", "r-1/", "R-1", "manifest.json", "r-1\n"])
def test_any_other_name_is_refused_with_the_way_to_the_right_one(settings: Settings, name: str):
    put(settings, "r-1")
    put(settings, "r-2")
    with pytest.raises(FixInput, match="kg releases"):
        open_release(settings, name)


def test_use_switches_and_says_which(settings: Settings):
    put(settings, "r-12")
    put(settings, "r-34")
    assert use(settings, "r-1").id == "r-12"
    assert current_id(settings) == "r-12"
    assert open_release(settings).id == "r-12"
    with pytest.raises(FixInput):
        use(settings, "r-9")
    assert current_id(settings) == "r-12", "a failed switch changes nothing"


def test_a_current_release_that_was_deleted_is_named(settings: Settings):
    """Somebody removed its folder by hand: the message names it, and another can be made current."""
    put(settings, "r-1")
    put(settings, "r-2").joinpath("manifest.json").unlink()
    (settings.releases / "current").write_text("r-2\n")
    with pytest.raises(FixInput, match="r-2"):
        open_release(settings)
    assert use(settings, "r-1").id == "r-1"


def test_an_empty_current_file_means_none(settings: Settings):
    settings.releases.mkdir(parents=True)
    (settings.releases / "current").write_text("\n")
    assert current_id(settings) is None


def test_what_is_where_in_a_release(tmp_path: Path):
    """Parts in their order, and nothing where a table has no rows or did not change."""
    release = Release("r-1", tmp_path)
    folder = release.tables / "work"
    folder.mkdir(parents=True)
    for name in ("part-a.parquet", "part-0.parquet", "part-9.parquet", "notes.txt"):
        (folder / name).write_bytes(b"")
    assert [p.name for p in release.parts("work")] == ["part-0.parquet", "part-9.parquet", "part-a.parquet"]
    assert release.parts("venue") == []
    assert release.changes("work") is None
    assert [p.name for p in (release.duckdb, release.arrays, release.search)] == ["graph.duckdb", "arrays", "search"]
