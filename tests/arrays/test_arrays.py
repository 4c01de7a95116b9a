"""The arrays of a release say what its tables say, and a question about fields asks no table."""

from __future__ import annotations

from pathlib import Path

import duckdb
import numpy as np
import pytest

from kg.arrays import NO_YEAR, distinct
from kg.arrays.read import Arrays, Lists
from kg.arrays.write import write_arrays
from kg.errors import FixSetup
from kg.graph.embedded import EmbeddedStore
from kg.people import PeopleQuery, WorkedWith, find
from kg.records import CollaborationProof, Person, Work
from tests.people import tiny


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    tiny.store(tmp_path, [*tiny.country(), *tiny.large_group()]).close()
    return tmp_path


def test_numbers_follow_ids(folder: Path) -> None:
    """A number leads to its id and back; what is no id has none, not even one that only differs by a NUL."""
    arrays = Arrays(folder / "arrays")
    assert arrays.ids.tolist() == sorted(arrays.ids.tolist())
    numbers = arrays.numbers(["W01", "P01", "P01\0", "nobody", "", "\ud800", "W01"])
    assert {arrays.id(n): i for i, n in numbers.items()} == {"W01": "W01", "P01": "P01"}
    assert [arrays.kind(n) for n in numbers.values()] == ["work", "person"]
    assert arrays.person_rows(["P02", "W01", "P01", "P77"]).tolist() == [0, 1]


def test_lists_are_the_tables(folder: Path) -> None:
    """Everybody's works and projects, and everybody who shares them, as in the tables."""
    arrays = Arrays(folder / "arrays")
    with duckdb.connect(str(folder / "graph.duckdb"), read_only=True) as db:
        rows = db.execute(
            "SELECT person, work FROM authored WHERE person IS NOT NULL UNION SELECT person, project FROM member_of "
            "WHERE person IS NOT NULL UNION SELECT a, b FROM collaborated UNION SELECT b, a FROM collaborated"
        ).fetchall()
    found = set()
    for row in range(arrays.people):
        found |= {(arrays.person(row), arrays.id(n)) for n in arrays.person_via.of(np.array([row])).tolist()}
        found |= {(arrays.person(row), arrays.person(q)) for q in arrays.collaborated.of(np.array([row])).tolist()}
    assert found == set(rows)
    for n in arrays.numbers(["W01", "R01"]).values():
        assert all(n in arrays.person_via.of(np.array([p])) for p in arrays.via_person.of(np.array([n])))


def test_rows_come_in_the_order_asked_for(folder: Path) -> None:
    """Entities, records and identifiers of several owners at once; an owner without any is absent."""
    arrays = Arrays(folder / "arrays")
    assert [row["name_ja"] for row in arrays.entities(["P02", "P01", "P77"]).values()] == ["石川 二", "青木 一"]
    owners = arrays.numbers(["W01", "P01", "O1"])
    assert {i: [r["id"] for r in rows] for i, rows in arrays.listed("record", arrays.record_of, owners).items()} == {
        "W01": ["cinii:record:W01"],
        "P01": ["researchmap:profile:P01"],
    }
    assert arrays.listed("record", arrays.record_of, owners, most=0) == {}


def test_years_and_large_groups(folder: Path) -> None:
    """A project lasts, a work is early where its date lies in January to March, a person has no year."""
    arrays = Arrays(folder / "arrays")
    at = arrays.numbers(["R01", "W01", "W06", "P01", "W50"])
    years = {i: (int(arrays.first_year[n]), int(arrays.last_year[n]), bool(arrays.early[n])) for i, n in at.items()}
    assert years["R01"] == (2019, 2022, False)
    assert years["W01"] == (2020, 2020, True)
    assert years["W06"] == (2016, 2016, False)
    assert years["P01"] == (NO_YEAR, NO_YEAR, False)
    assert [i for i, n in at.items() if arrays.large[n]] == ["W50"]


def test_empty_release(tmp_path: Path) -> None:
    """A release without anybody has arrays, too."""
    store = tiny.store(tmp_path, tiny.vocabulary())
    assert find(store, PeopleQuery(field="防災", worked_with=WorkedWith(field="情報"))).total == 0
    assert store.entities(["P01"]) == {}
    store.close()


def test_pairs_are_those_of_the_tables(folder: Path) -> None:
    """Joint items through the lists are the rows of `collaboration_proof`, both ways."""
    arrays = Arrays(folder / "arrays")
    with duckdb.connect(str(folder / "graph.duckdb"), read_only=True) as db:
        proofs = {tuple(r) for r in db.execute(f'SELECT a, b, via FROM "{CollaborationProof.table}"').fetchall()}
    groups = [n for n in range(len(arrays.ids)) if arrays.kind(n) in ("work", "project") and not arrays.large[n]]
    found = set()
    for n in groups:
        people = [arrays.person(p) for p in arrays.via_person.of(np.array([n])).tolist()]
        found |= {(a, b, arrays.id(n)) for a in people for b in people if a < b}
    assert proofs <= found


def test_same_bytes(folder: Path, tmp_path: Path) -> None:
    """Equal tables give equal files."""
    with duckdb.connect(str(folder / "graph.duckdb")) as db:
        write_arrays(db, tmp_path / "again")
    for path in sorted((folder / "arrays").iterdir()):
        assert (tmp_path / "again" / path.name).read_bytes() == path.read_bytes(), path.name


def test_question_about_fields_asks_no_table(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Once vocabulary and coverage are known, the seed question runs not one statement: planning alone took longer than
    all the rest.
    """
    store = EmbeddedStore(folder / "graph.duckdb", folder / "arrays", "r-tiny")
    store.coverage()
    store.field_tables()
    asked: list[str] = []
    monkeypatch.setattr(store, "_rows", lambda query, _=None: asked.append(query))
    answer = find(store, PeopleQuery(field="防災", worked_with=WorkedWith(field="情報")))
    assert answer.total == 2
    assert all(p.proofs and p.name for p in answer.people)
    assert asked == []


def test_release_without_arrays_says_so(folder: Path) -> None:
    """A release of an older format is refused with the way out."""
    (folder / "arrays" / "first.npy").unlink()
    with pytest.raises(FixSetup) as e:
        EmbeddedStore(folder / "graph.duckdb", folder / "arrays", "r-old")
    assert "kg build" in str(e.value.next_step)


def test_distinct_and_spread() -> None:
    """Small cases by hand."""
    assert distinct(np.array([3, 1, 3, 2])).tolist() == [1, 2, 3]
    assert distinct(np.zeros(0, np.int64)).tolist() == []
    lists = Lists(np.array([0, 2, 2, 3]), np.array([5, 6, 7]))
    at, value = lists.spread(np.array([2, 1, 0]))
    assert (at.tolist(), value.tolist()) == ([0, 2, 2], [7, 5, 6])
    assert Lists(lists.indptr).spread(np.array([0, 2]))[1].tolist() == [0, 1, 2]


def test_homonyms_at_one_place_only(tmp_path: Path) -> None:
    """People of one name are possible duplicates where an institution joins them, too."""
    rows = [
        *tiny.country(),
        Person(id="P12", name_ja="山田太郎"),
        tiny.at("P12", "O1", "2022"),
        Work(id="W99", type="misc"),
    ]
    store = tiny.store(tmp_path, rows)
    assert store.same_names(["P10", "P11", "P12"]) == [["P10", "P12"]]
    assert store.same_names(["P10", "P11"]) == []
    store.close()
