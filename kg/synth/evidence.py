"""Who is of a field, and who has worked with whom of a field? The answer by definition, over arrays.

The same code runs over two views of a world. In the *true* view a node is a person and everything is known. In
the *shown* view a node is a group of identifiers that records join, and only mentions count that carry a right
identifier; somebody whose identifiers no record joins is several nodes there.

A node is of field F when it says so, leads a project of F, or has at least two among other roles in projects
of F and authored outputs of projects of F. X has worked with Y of field F2 when both share a work or project of
at most 100 people and Y is of F2 on evidence other than every work and project the two share.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from kg.synth.lexicon import lexicon
from kg.synth.world import (
    CHUKUBUN,
    DIRTY,
    I32,
    I64,
    IN_CINII,
    LARGE,
    LINKED,
    MEMBER_RM_KEYED,
    ORCID_KEYED,
    PRODUCT_KEYED,
    RIGHT,
    RM_KEYED,
    SAIMOKU,
    SECTION,
    Bool,
    World,
    owner_of,
)

BLOCK = 200_000
Group = frozenset[int]
"""Numbers of fields that count as one field asked about."""


class Block(NamedTuple):
    """Items (works or projects) with their nodes: `owner` counts from `first` and ascends, no pair twice."""

    first: int
    projects: bool
    owner: I32
    node: I32
    led: Bool
    size: I64
    """People in each item, known or not."""


class Joint(NamedTuple):
    """Qualified joint items, one row a node, partner and item."""

    node: I32
    partner: I32
    item: I32
    project: Bool


@dataclass(slots=True)
class View:
    """One way of seeing a world."""

    world: World
    nodes: int
    shown: bool
    islands: tuple[I32, I32, I32]
    """For each person the node of the e-Rad number, the researchmap profile and the ORCID record."""
    stated: Bool
    """Projects whose field stands in their record."""
    output: I32
    """Work → project whose output the records say it is, -1 for none."""

    def blocks(self) -> Iterator[Block]:
        """All works, then all projects."""
        w = self.world.works
        for begin in range(0, len(w), BLOCK):
            yield self._works(begin, min(begin + BLOCK, len(w)))
        yield self._projects()

    def _works(self, begin: int, end: int) -> Block:
        w = self.world.works
        lo, hi = int(w.offsets[begin]), int(w.offsets[end])
        offsets = w.offsets[begin : end + 1] - lo
        owner, person = owner_of(offsets), w.author[lo:hi]
        size = np.diff(offsets)
        if not self.shown:
            return Block(begin, False, owner, person, np.zeros(len(owner), np.bool_), size)
        e, r, o = self.islands
        lists = w.author_lists[lo:hi]
        known = ((w.flags[begin:end] & IN_CINII) > 0)[owner] & (w.author_id[lo:hi] & 3 == RIGHT)
        masks = ((known, e), ((lists & RM_KEYED) > 0, r), ((lists & ORCID_KEYED) > 0, o))
        owner, node = _distinct([(owner[m], at[person[m]]) for m, at in masks], self.nodes)
        return Block(begin, False, owner, node, np.zeros(len(owner), np.bool_), size)

    def _projects(self) -> Block:
        p = self.world.projects
        owner, person, size = owner_of(p.offsets), p.member, np.diff(p.offsets)
        if not self.shown:
            return Block(0, True, owner, person, p.role == 0, size)
        e, r, _ = self.islands
        masks = ((p.member_flags & 3 == RIGHT, e), ((p.member_flags & MEMBER_RM_KEYED) > 0, r))
        owner, node = _distinct([(owner[m], at[person[m]]) for m, at in masks], self.nodes)
        led = np.zeros(0, np.int64)
        for mask, at in masks:
            leads = mask & (p.role == 0)
            led = np.concatenate([led, owner_of(p.offsets)[leads].astype(np.int64) * self.nodes + at[person[leads]]])
        return Block(0, True, owner, node, np.isin(owner.astype(np.int64) * self.nodes + node, led), size)

    def says(self, group: Group) -> Bool:
        """Nodes that say they are of the field: everybody's main fields, or what a researchmap profile shows."""
        p = self.world.people
        wanted = np.array(sorted(group))
        first, second = np.isin(p.field1, wanted), np.isin(p.field2, wanted)
        if not self.shown:
            return np.asarray(first | second)
        shows = p.has_rm & ((p.rm_area & (first | second)) | (p.rm_interest & first))
        out = np.zeros(self.nodes, np.bool_)
        out[self.islands[1][shows]] = True
        return out

    def person(self, node: I32) -> I32:
        """The person behind a node."""
        return node // 3 if self.shown else node


def _distinct(pairs: list[tuple[I32, I32]], nodes: int) -> tuple[I32, I32]:
    key = np.concatenate([o.astype(np.int64) * nodes + n for o, n in pairs])
    key.sort()
    key = key[np.concatenate([[True], key[1:] != key[:-1]])] if len(key) else key
    return (key // nodes).astype(np.int32), (key % nodes).astype(np.int32)


def true_view(world: World) -> View:
    """Everything as it is."""
    n = len(world.people)
    everybody = np.arange(n, dtype=np.int32)
    return View(world, n, False, (everybody,) * 3, np.ones(len(world.projects), np.bool_), world.works.project)


def shown_view(world: World) -> View:
    """What records with right identifiers show."""
    p, w = world.people, world.works
    er = p.has_rm & ((p.rm_erad == RIGHT) | (p.has_cinii & p.cinii_rm))
    eo = p.has_orcid & (p.orcid_nrid | (p.has_cinii & p.cinii_orcid))
    ro = p.has_rm & p.rm_orcid
    r = np.where(er | (ro & eo), 0, 1)
    o = np.where(eo | (ro & er), 0, np.where(ro, 1, 2))
    base = np.arange(len(p), dtype=np.int32) * 3
    stated = np.isin(world.projects.section, (SECTION, CHUKUBUN, SAIMOKU))
    output = np.where((w.flags & (LINKED | PRODUCT_KEYED)) > 0, w.project, -1).astype(np.int32)
    islands = (base, (base + r).astype(np.int32), (base + o).astype(np.int32))
    return View(world, 3 * len(p), True, islands, stated, output)


def group_of(code: str) -> Group:
    """Fields of a 小区分 (`25030`) or of a 大区分 (`J`)."""
    fields = lexicon().fields
    return frozenset(i for i, f in enumerate(fields) if f.code == code or code in f.daikubun)


class Evidence:
    """How much evidence each node has for some fields."""

    def __init__(self, view: View, groups: list[Group]) -> None:
        self.view, self.groups = view, groups
        self.led = {g: np.zeros(view.nodes, np.uint16) for g in groups}
        self.shared = {g: np.zeros(view.nodes, np.uint16) for g in groups}
        self.said = {g: view.says(g) for g in groups}
        for block in view.blocks():
            for g in groups:
                led, shared = self.of_block(block, g)
                _count(self.led[g], block.node[led])
                _count(self.shared[g], block.node[shared])

    def of_block(self, block: Block, group: Group) -> tuple[Bool, Bool]:
        """Which entries of a block are evidence of the field: led, and shared."""
        of_field = self._projects_of(group)
        if block.projects:
            mine = of_field[block.owner]
            return mine & block.led, mine & ~block.led
        project = self.view.output[block.first + block.owner]
        return np.zeros(len(project), np.bool_), (project >= 0) & of_field[project]

    def _projects_of(self, group: Group) -> Bool:
        return np.isin(self.view.world.projects.field, np.array(sorted(group))) & self.view.stated

    def holds(self, group: Group) -> Bool:
        """Nodes of the field."""
        return np.asarray(self.said[group] | (self.led[group] > 0) | (self.shared[group] >= 2))

    def joint(self, mine: Group, theirs: Group) -> Joint:
        """Joint items of nodes of `mine` with partners who are of `theirs` on evidence of their own."""
        own = self.holds(mine)
        some = self.said[theirs] | (self.led[theirs] > 0) | (self.shared[theirs] > 0)
        rows = [self._pairs(block, own, some, theirs) for block in self.view.blocks()]
        node, partner, item, project, small, led, shared = (np.concatenate(c) for c in zip(*rows, strict=True))
        key = node.astype(np.int64) * self.view.nodes + partner
        _, back = np.unique(key, return_inverse=True)
        led_joint, shared_joint = np.bincount(back, led), np.bincount(back, shared)
        fine = (
            self.said[theirs][partner]
            | (self.led[theirs][partner] > led_joint[back])
            | (self.shared[theirs][partner] >= shared_joint[back] + 2)
        ) & small
        return Joint(node[fine], partner[fine], item[fine], project[fine])

    def _pairs(self, block: Block, own: Bool, some: Bool, theirs: Group) -> tuple[np.ndarray, ...]:
        led, shared = self.of_block(block, theirs)
        a, b = np.flatnonzero(own[block.node]), np.flatnonzero(some[block.node])
        per_item = np.bincount(block.owner[b], minlength=len(block.size))
        begin = np.concatenate([[0], np.cumsum(per_item)[:-1]])
        times = per_item[block.owner[a]]
        left = np.repeat(a, times)
        step = np.arange(len(left)) - np.repeat(np.cumsum(times) - times, times)
        right = b[begin[block.owner[left]] + step] if len(left) else left
        other = block.node[left] != block.node[right]
        left, right = left[other], right[other]
        owner = block.owner[left]
        return (
            block.node[left], block.node[right], (block.first + owner).astype(np.int32),
            np.full(len(left), block.projects), block.size[owner] <= LARGE, led[right], shared[right],
        )  # fmt: skip


def _count(into: np.ndarray, nodes: I32) -> None:
    which, times = np.unique(nodes, return_counts=True)
    into[which] += times.astype(np.uint16)


def years(view: View, joint: Joint) -> I64:
    """Last year of each joint item: a project's last fiscal year; 0 for a work whose date no record tells plainly."""
    w, p = view.world.works, view.world.projects
    out = np.zeros(len(joint.item), np.int64)
    works, projects = ~joint.project, joint.project
    out[works] = w.year[joint.item[works]]
    if view.shown:
        dirty = (w.flags[joint.item[works]] & DIRTY) > 0
        out[np.flatnonzero(works)[dirty]] = 0
    at = joint.item[projects]
    out[projects] = p.start[at].astype(np.int64) + p.years[at] - 1
    return out
