"""Reads the arrays of a release where they lie; what they are stands in `kg.arrays`.

Opening maps files and reads next to nothing; a look-up touches the pages that it needs. Safe for threads: nothing changes.
"""

from __future__ import annotations

import itertools
from bisect import bisect_right
from collections.abc import Iterable
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from kg.arrays import KINDS, Integers, distinct

Row = dict[str, Any]


class Lists:
    """A list of values for each owner."""

    def __init__(self, indptr: Integers, values: Integers | None = None) -> None:
        self.indptr, self.values = indptr, values

    def spread(self, owners: Integers) -> tuple[Integers, Integers]:
        """(place in `owners`, value) of every entry of these owners, in their order. Without `values` the value is the
        entry's own place in its table.
        """
        begin, end = self.indptr[owners], self.indptr[owners + 1]
        counts = end - begin
        owner = np.repeat(np.arange(len(owners)), counts)
        at = np.arange(int(counts.sum())) + np.repeat(begin - np.cumsum(counts) + counts, counts)
        return owner, at if self.values is None else self.values[at]

    def of(self, owners: Integers) -> Integers:
        """The values of these owners together, each once."""
        return distinct(self.spread(owners)[1])


class Rows:
    """Rows of text in an Arrow file, by place."""

    def __init__(self, path: Path) -> None:
        self._file = pa.ipc.open_file(pa.memory_map(str(path)))
        self._batches = [self._file.get_batch(i) for i in range(self._file.num_record_batches)]
        self._ends = np.cumsum([b.num_rows for b in self._batches], dtype=np.int64)

    def take(self, places: Integers) -> list[Row]:
        """Rows at these places, in this order."""
        out: list[Row] = [{}] * len(places)
        in_batch = np.searchsorted(self._ends, places, side="right")
        for number in distinct(in_batch):
            batch = self._batches[number]
            chosen = np.flatnonzero(in_batch == number)
            local = places[chosen] - (self._ends[number] - batch.num_rows)
            rows = batch.take(pa.array(local, pa.int64())).to_pylist()
            for place, row in zip(chosen, rows, strict=True):
                out[place] = row
        return out


class Arrays:
    """The arrays of one release. Raises `OSError` or `ValueError` where the folder cannot be read."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.ids = self._load("ids")
        first = self._load("first").tolist()
        self._runs = dict(zip(KINDS, itertools.pairwise(first), strict=True))
        self.first_person, end = self._runs["P"]
        self.people: int = end - self.first_person
        self.first_work: int = self._runs["W"][0]
        self._kinds = list(KINDS.values())
        self._starts = first[1:-1]
        self.collaborated, self.person_via, self.via_person, self.namesake, self.record_of = (
            Lists(self._load(f"{name}.indptr"), self._load(f"{name}.values"))
            for name in ("collaborated", "person_via", "via_person", "namesake", "record_of")
        )
        self.evidence, self.identifier, self.affiliation = (
            Lists(self._load(f"{name}.indptr")) for name in ("evidence", "identifier", "affiliation")
        )
        self.evidence_field, self.evidence_basis, self.evidence_via, self.evidence_year = (
            self._load(f"evidence.{name}") for name in ("field", "basis", "via", "year")
        )
        self.year, self.first_year, self.last_year, self.early, self.large = (
            self._load(name) for name in ("year", "first_year", "last_year", "early", "large")
        )
        self._rows = {n: Rows(folder / f"{n}.arrow") for n in (*KINDS.values(), "record", "identifier", "affiliation")}

    @cached_property
    def evidence_person(self) -> Integers:
        """Person row of each row of field evidence."""
        return np.repeat(np.arange(self.people), np.diff(self.evidence.indptr))

    def _load(self, name: str) -> Integers:
        found: Integers = np.load(self._folder / f"{name}.npy", mmap_mode="r", allow_pickle=False)
        return found.view(np.ndarray)

    # --- ids and numbers ---------------------------------------------------------------------------------------

    def numbers(self, ids: Iterable[str]) -> dict[str, int]:
        """Number of each of these ids that there is, in their order."""
        wanted = list(dict.fromkeys(ids))
        if not wanted or not len(self.ids):
            return {}
        keys = np.array([i.encode("utf-8", "replace") for i in wanted])
        places = np.minimum(np.searchsorted(self.ids, keys), len(self.ids) - 1)
        found = zip(wanted, places.tolist(), self.ids[places].tolist(), keys.tolist(), strict=True)
        return {i: place for i, place, there, key in found if there == key and there == i.encode("utf-8", "replace")}

    def person_rows(self, ids: Iterable[str]) -> Integers:
        """Rows of those of these ids that are people's, ascending."""
        found = [n - self.first_person for n in self.numbers(ids).values()]
        return distinct(np.array([n for n in found if 0 <= n < self.people], np.int64))

    def id(self, number: int) -> str:
        """Id with this number."""
        return bytes(self.ids[number]).decode()

    def person(self, row: int) -> str:
        """Id of the person in this row."""
        return self.id(self.first_person + row)

    def kind(self, number: int) -> str:
        """Kind of the entity with this number."""
        return self._kinds[bisect_right(self._starts, number)]

    def pair(self, row: Integers, number: Integers) -> Integers:
        """One key for each person row with a number, ascending with the row, then with the number."""
        return row.astype(np.int64) * len(self.ids) + number

    # --- rows of text ------------------------------------------------------------------------------------------

    def entities(self, ids: Iterable[str]) -> dict[str, Row]:
        """Rows of entities by id, in no particular order; unknown ids are absent."""
        by_kind: dict[str, dict[str, int]] = {}
        for i, number in self.numbers(ids).items():
            by_kind.setdefault(i[0], {})[i] = number
        found: dict[str, Row] = {}
        for letter, some in by_kind.items():
            places = np.array(list(some.values()), np.int64) - self._runs[letter][0]
            found.update(zip(some, self._rows[KINDS[letter]].take(places), strict=True))
        return found

    def listed(self, name: str, lists: Lists, owners: dict[str, int], most: int | None = None) -> dict[str, list[Row]]:
        """The first `most` rows of table `name` that each owner's list names, by id of the owner; none is absent."""
        ids = list(owners)
        owner, places = lists.spread(np.array(list(owners.values()), np.int64))
        if most is not None:
            nth = np.arange(len(owner)) - np.searchsorted(owner, owner)
            owner, places = owner[nth < most], places[nth < most]
        found: dict[str, list[Row]] = {}
        for at, row in zip(owner.tolist(), self._rows[name].take(np.asarray(places, np.int64)), strict=True):
            found.setdefault(ids[at], []).append(row)
        return found
