"""The part of a graph that one question is about, as numbered arrays that `kg.graph.select` judges.

    >>> few = make(["P1", "P2"], [Group("W1", ["P1", "P2"], year=2020, last=2020)])
    >>> few.people, few.id(2), few.via_person.of(np.array([2])).tolist()
    (2, 'W1', [0, 1])

Numbers follow the order of ids, as in `kg.arrays`: people first, then projects, then works.
"""

from __future__ import annotations

import itertools
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from kg.arrays import KINDS, NO_YEAR, Integers, distinct
from kg.arrays.read import Lists


@dataclass(frozen=True, slots=True)
class Group:
    """A work or project with those of its people who matter."""

    id: str
    members: Sequence[str]
    year: int = NO_YEAR
    """First year, where known."""
    last: int = NO_YEAR
    early: bool = False
    """A work of January to March: its fiscal year is the one before."""
    large: bool = False


class Few:
    """`kg.graph.select.Numbered` over some people, works and projects."""

    def __init__(self, ids: list[str], people: int, first_work: int) -> None:
        self._names = ids
        self.number = {i: n for n, i in enumerate(ids)}
        """Number of each id; of people also their row."""
        self.ids: Integers = np.arange(len(ids))
        self.people = people
        self.first_work = first_work
        self.year, self.first_year, self.last_year = (np.full(len(ids), NO_YEAR, np.int64) for _ in range(3))
        self.early, self.large = np.zeros(len(ids), np.bool_), np.zeros(len(ids), np.bool_)
        self.person_via = self.via_person = Lists(np.zeros(len(ids) + 1, np.int64), np.zeros(0, np.int64))

    def pair(self, row: Integers, number: Integers) -> Integers:
        """One key for each person row with a number, ascending with the row, then with the number."""
        return row.astype(np.int64) * len(self.ids) + number

    def id(self, number: int) -> str:
        """Id with this number, which for people is their row."""
        return self._names[number]

    def kind(self, number: int) -> str:
        """Kind of the entity with this number."""
        return KINDS[self._names[number][0]]

    def rows(self, people: Iterable[str]) -> Integers:
        """Rows of those of these people that are here, ascending."""
        return distinct(np.array([self.number[p] for p in people if p in self.number], np.int64))


def make(people: Iterable[str], groups: Sequence[Group], others: Iterable[str] = ()) -> Few:
    """Arrays of these people and groups, and numbers of `others`: works and projects of which only the id matters.

    Members who are not among `people` are left out.
    """
    everybody = sorted(set(people))
    vias = sorted({g.id for g in groups}.union(others))
    few = Few(everybody + vias, len(everybody), len(everybody) + bisect_left(vias, "W"))
    number = few.number
    known = [[number[m] for m in g.members if number.get(m, len(everybody)) < len(everybody)] for g in groups]
    via = np.array([number[g.id] for g in groups], np.int64)
    member = np.fromiter(itertools.chain.from_iterable(known), np.int64)
    owner = np.repeat(via, [len(k) for k in known])
    few.via_person, few.person_via = _lists(owner, member, len(few.ids)), _lists(member, owner, len(few.ids))
    few.year[via] = few.first_year[via] = [g.year for g in groups]
    few.last_year[via] = [g.last for g in groups]
    few.early[via] = [g.early for g in groups]
    few.large[via] = [g.large for g in groups]
    return few


def _lists(owner: Integers, value: Integers, size: int) -> Lists:
    """The different values of each owner, ascending."""
    pairs = distinct(owner * size + value)
    counts = np.bincount(pairs // max(size, 1), minlength=size)
    return Lists(np.append(0, np.cumsum(counts)), pairs % max(size, 1))
