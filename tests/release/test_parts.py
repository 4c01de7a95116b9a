"""A table becomes parts: keys are unique, equal parts are the parent's, what differs is told."""

from __future__ import annotations

import errno
import json
import os
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from kg.errors import OurBug
from kg.records import RELEASE, Broader, FieldMatch, Row, Topic, Venue
from kg.release import Release
from kg.release.compare import diff
from kg.release.parts import PARTS, Written, changes_between, compared, link_or_copy, rows_apart, write_table
from kg.release.provenance import read_provenance
from tests.release import small

MANY = [(f"n{i:03d}", f"b{i % 7}") for i in range(200)]
"""Rows of `broader`, enough for every part to hold some."""


def release(folder: Path, row: type[Row], values: list[tuple[Any, ...]], parent: Release | None = None) -> Release:
    """A release that holds one table, and a manifest with what comparing needs."""
    return described(folder, small.table(folder, row, values, parent))


def described(folder: Path, written: Written) -> Release:
    tables = {r.table: {"parts": []} for r in RELEASE} | {written.table: {"parts": [asdict(p) for p in written.parts]}}
    manifest = {
        "inputs": {"versions": {name: version(name) for name in ("duckdb", "pyarrow")}},
        "counts": {written.table: written.rows},
        "tables": tables,
    }
    (folder / "manifest.json").write_text(json.dumps(manifest))
    return Release("r-" + folder.name, folder)


def test_every_row_is_in_one_part_in_the_order_of_keys(tmp_path: Path):
    found = release(tmp_path / "a", Broader, MANY[::-1])
    parts = [pq.read_table(p).to_pylist() for p in found.parts("broader")]
    assert 1 < len(parts) <= PARTS
    keys = [[(r["narrower"], r["broader"]) for r in part] for part in parts]
    assert all(k == sorted(k) for k in keys)
    assert sorted(k for part in keys for k in part) == MANY


def test_equal_rows_give_equal_bytes_whatever_their_order(tmp_path: Path):
    one, other = release(tmp_path / "a", Broader, MANY), release(tmp_path / "b", Broader, MANY[::-1])
    assert [p.read_bytes() for p in one.parts("broader")] == [p.read_bytes() for p in other.parts("broader")]


def test_a_table_without_rows_has_no_part_and_no_folder(tmp_path: Path):
    found = release(tmp_path / "a", Broader, [])
    assert found.parts("broader") == []
    assert not (found.tables / "broader").exists()


@pytest.mark.parametrize(
    ("row", "values"),
    [
        (Broader, [("n1", "b1"), ("n1", "b1")]),
        (Broader, [*MANY, MANY[77]]),
        (Topic, [("T0123456789abcdef", "津波"), ("T0123456789abcdef", "豪雨")]),
    ],
    ids=["two rows", "one among many", "equal key, other values"],
)
def test_a_key_that_stands_twice_is_our_bug(tmp_path: Path, row: type[Row], values: list[tuple[Any, ...]]):
    """Two rows that mean the same thing must never be published: the build ends and names table and key."""
    with pytest.raises(OurBug, match=row.table) as raised:
        small.table(tmp_path / "a", row, values)
    assert str(max(values, key=values.count)[0]) in str(raised.value)


def test_half_a_key_may_stand_twice(tmp_path: Path):
    values = [("n1", "b1"), ("n1", "b2"), ("n2", "b1")]
    assert small.table(tmp_path / "a", Broader, values).rows == 3


# --- against a parent ----------------------------------------------------------------------------------------------


def test_unchanged_parts_are_the_parents_files(tmp_path: Path):
    """The same file under another name: a release costs the disk only what changed."""
    old = release(tmp_path / "a", Broader, MANY)
    written = small.table(tmp_path / "b", Broader, [*MANY, ("new", "b1")], old)
    new = described(tmp_path / "b", written)
    assert written.linked == len(written.parts) - 1
    same = [p.samefile(q) for p, q in zip(new.parts("broader"), old.parts("broader"), strict=True)]
    assert same.count(False) == 1


def test_changes_tell_what_differs(tmp_path: Path):
    """Added, changed, removed; a key and its mark each."""
    old = release(tmp_path / "a", Topic, [(f"T{i:x}", f"題{i}") for i in range(16)])
    values = [(f"T{i:x}", f"題{i}" if i != 5 else "別の題") for i in range(1, 16)] + [("Tff", "新しい題")]
    written = small.table(tmp_path / "b", Topic, values, old)
    assert (written.added, written.changed, written.removed) == (1, 1, 1)
    path = Release("r-b", tmp_path / "b").changes("topic")
    assert path
    marks = {r["id"]: r["change"] for r in pq.read_table(path).to_pylist()}
    assert marks == {"Tff": "added", "T5": "changed", "T0": "removed"}


def test_nothing_differs_and_nothing_is_told(tmp_path: Path):
    old = release(tmp_path / "a", Broader, MANY)
    written = small.table(tmp_path / "b", Broader, MANY, old)
    assert (written.added, written.changed, written.removed, written.linked) == (0, 0, 0, len(written.parts))
    assert Release("r-b", tmp_path / "b").changes("broader") is None


@pytest.mark.parametrize("values", [[], [("only", "one")]], ids=["all rows gone", "one row left"])
def test_a_table_that_loses_its_rows_tells_each(tmp_path: Path, values: list[tuple[Any, ...]]):
    old = release(tmp_path / "a", Broader, MANY)
    written = small.table(tmp_path / "b", Broader, values, old)
    assert (written.added, written.removed, written.rows) == (len(values), len(MANY), len(values))


def test_a_parent_of_another_engine_is_compared_by_its_values(tmp_path: Path):
    """Its row hashes mean nothing here: only rows that differ are told as changed, and no file of it is taken over."""
    old = release(tmp_path / "a", Broader, MANY)
    for path in old.parts("broader"):
        table = pq.read_table(path)
        spoiled = pa.array([h ^ 1 for h in table["row_hash"].to_pylist()], pa.uint64())
        at = table.column_names.index("row_hash")
        pq.write_table(table.set_column(at, table.schema.field(at), spoiled), path)
    small.told(old, inputs={"versions": {"duckdb": "0.1", "pyarrow": "0.1"}})
    old = Release(old.id, old.path)
    assert not old.comparable
    written = small.table(tmp_path / "b", Broader, [*MANY[1:], ("new", "b1")], old)
    assert (written.added, written.changed, written.removed, written.linked) == (1, 0, 1, 0)
    fresh = release(tmp_path / "c", Broader, [*MANY[1:], ("new", "b1")])
    new = described(tmp_path / "b", written)
    assert [p.read_bytes() for p in new.parts("broader")] == [p.read_bytes() for p in fresh.parts("broader")]


# --- comparing two releases ----------------------------------------------------------------------------------------


def test_diff_of_any_two_releases(tmp_path: Path):
    """Neither need be the other's parent; forwards and backwards tell the same, mirrored; samples are keys."""
    a = release(tmp_path / "a", FieldMatch, [("x", "y"), ("x", "z"), ("v", "w")])
    b = release(tmp_path / "b", FieldMatch, [("x", "y"), ("q", "r")])
    told = diff(a, b)
    assert (told["older"], told["newer"], list(told["tables"])) == (a.id, b.id, ["field_match"])
    forth, back = told["tables"]["field_match"], diff(b, a)["tables"]["field_match"]
    assert [forth[k] for k in ("older", "newer", "added", "changed", "removed")] == [3, 2, 1, 0, 2]
    assert [back[k] for k in ("older", "newer", "added", "changed", "removed")] == [2, 3, 2, 0, 1]
    assert forth["samples"]["added"] == back["samples"]["removed"] == [{"field": "q", "other": "r"}]
    assert diff(a, a)["tables"] == {}


def test_diff_shows_as_many_keys_as_asked(tmp_path: Path):
    a, b = release(tmp_path / "a", Broader, []), release(tmp_path / "b", Broader, MANY)
    assert len(diff(a, b)["tables"]["broader"]["samples"]["added"]) == 5
    assert len(diff(a, b, samples=20)["tables"]["broader"]["samples"]["added"]) == 20
    assert diff(a, b, samples=0)["tables"]["broader"]["added"] == len(MANY)


# --- where the disk cannot link ------------------------------------------------------------------------------------


def no_links(*_: object) -> None:
    """What `os.link` does on exFAT, some network disks, or across file systems."""
    raise OSError(errno.EXDEV, "Invalid cross-device link")


def test_a_copy_takes_the_place_of_a_link(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    source = tmp_path / "a"
    source.write_bytes(b"rows")
    link_or_copy(source, tmp_path / "b")
    assert (tmp_path / "b").samefile(source)
    monkeypatch.setattr(os, "link", no_links)
    link_or_copy(source, tmp_path / "c")
    assert not (tmp_path / "c").samefile(source)
    assert (tmp_path / "c").read_bytes() == b"rows"


def claims(hashes: list[int], records: list[str]) -> pa.Table:
    """Rows of a claim table as they are compared."""
    return pa.table(
        {
            "id": [f"T{h}" for h in hashes],
            "row_hash": pa.array(hashes, pa.uint64()),
            "source_record": pa.array(records).dictionary_encode(),
        }
    )


def test_a_claim_that_another_record_proves_now_is_a_changed_row():
    older, newer = claims([1, 2, 3, 4], ["x", "x", "y", "y"]), claims([1, 2, 4, 5], ["x", "z", "y", "y"])
    found = changes_between(Topic, older, newer).to_pylist()
    assert [(r["id"], r["change"]) for r in found] == [("T2", "changed"), ("T3", "removed"), ("T5", "added")]


def test_a_row_whose_record_was_fetched_again_is_stored_anew_but_has_not_changed():
    older, newer = claims([1, 2, 3], ["x", "y", "y"]), claims([1, 2, 3], ["x", "y", "y"])
    same = compared(older, newer)
    gone, fresh = rows_apart(Topic, older, newer, same, np.array([False, True, True]))
    assert changes_between(Topic, older, newer, same).num_rows == 0
    assert gone["id"].to_pylist() == fresh["id"].to_pylist() == ["T2", "T3"]
    for few, many in ((older.slice(0, 0), newer), (older, newer.slice(0, 0))):
        same = compared(few, many)
        gone, fresh = rows_apart(Topic, few, many, same, np.zeros(many.num_rows, bool))
        assert (gone.num_rows, fresh.num_rows) == (few.num_rows, many.num_rows)


def venues(folder: Path, said: dict[str, tuple[str, int]], hashes: str, parent: Release | None = None) -> Release:
    """A release of venues, each with its name and the number of the record that says so."""
    folder.mkdir(parents=True)
    with duckdb.connect(config={"threads": 1}) as db:
        names = ("source", "record", "content_hash", "retrieved")
        db.execute(f"CREATE TABLE lake_input (rec BIGINT, {', '.join(f'{n} VARCHAR' for n in names)})")
        db.execute(
            "INSERT INTO lake_input SELECT n, 'cinii', 'cinii:item:' || n, ?, 'now' FROM range(3) r(n)", [hashes]
        )
        db.execute("CREATE TABLE venue (id VARCHAR, name_ja VARCHAR, name_en VARCHAR, publisher VARCHAR, rec BIGINT)")
        db.executemany("INSERT INTO venue VALUES (?, ?, NULL, NULL, ?)", [(i, *said[i]) for i in said])
        return described(folder, write_table(db, Venue, folder, parent, read_provenance(db, parent)))


def test_releases_tell_which_claims_another_record_makes(tmp_path: Path):
    """Readers of `changes` hold the record of each row; other bytes of the same record are no change of it."""
    names = {f"V{i:x}": (f"誌{i}", i % 2) for i in range(32)}
    old = venues(tmp_path / "a", names, "one")
    new = venues(tmp_path / "b", {**names, "V5": ("誌5", 2), "V6": ("別の誌", 0)}, "one", old)
    path = new.changes("venue")
    assert path
    assert pq.read_table(path).to_pylist() == [{"id": i, "change": "changed"} for i in ("V5", "V6")]
    told = diff(old, new)["tables"]["venue"]
    assert (told["added"], told["changed"], told["removed"]) == (0, 2, 0)
    assert venues(tmp_path / "c", names, "two", old).changes("venue") is None
