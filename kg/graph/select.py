"""Who meets the clauses about fields and joint work, decided on numbered arrays: the one place where this is judged.

A person's own field evidence counts as: said by the person (researchmap area, interest) or led (principal investigator)
once, or two member roles or works together; with less somebody is `weak` and can only be a near miss. A partner's field
rests on own evidence: no work or project that the two share counts for it, however many people take part in it.

People are person rows, works and projects numbers, so that ascending rows are ascending ids. The arrays are those of a
release (`kg.arrays`), or made of the part of a graph that a question is about (`kg.graph.few`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, NamedTuple, Protocol, TypeVar

import numpy as np

from kg.arrays import BASES, NO_YEAR, Integers, distinct
from kg.arrays.read import Arrays, Lists
from kg.graph.port import Joint

Mask = np.ndarray[Any, np.dtype[np.bool_]]
K = TypeVar("K", int, str)
"""A person: a row, or an id."""


class Numbered(Protocol):
    """People, works and projects by number, and who took part in what. Attributes as `kg.arrays` explains them."""

    ids: Integers
    people: int
    first_work: int
    person_via: Lists
    via_person: Lists
    year: Integers
    first_year: Integers
    last_year: Integers
    early: Integers
    large: Integers

    def pair(self, row: Integers, number: Integers) -> Integers:
        """One key for each person row with a number, ascending with the row, then with the number."""
        ...


SAID, LED, SHARED = range(3)
_STRENGTH = np.array(
    [SAID if b in ("researchmap_area", "interest") else LED if b == "principal_investigator" else SHARED for b in BASES]
)

OK, OUTSIDE_YEARS, OTHER_KIND, ONLY_JOINT, SINGLE_ROLE = range(5)
REASONS = ("", "outside_years", "other_kind", "partner_field_only_joint", "partner_single_role")
"""Why joint work does not satisfy the clause, nearest to a match first."""
DROPS = ("members_or_works", "principal_investigator", "single_member_or_work")
"""What a partner's field would rest on, were it not for the joint items."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """Field evidence of everybody for a set of fields: what it counts for each person row, and its items.

    `led_items` and `shared_items` are `person row * count of all numbers + number of the item`, ascending.
    """

    said: Integers
    led: Integers
    shared: Integers
    led_items: Integers
    shared_items: Integers
    any: Mask


@dataclass(slots=True)
class Subjects:
    """People who meet all clauses but joint work, ascending, with what their field rests on."""

    person: Integers
    said: Integers
    led: Integers
    shared: Integers
    weak: Mask


@dataclass(slots=True)
class Items:
    """Joint items with partners of the clause: one entry an item and partner, by person, item, partner."""

    person: Integers
    partner: Integers
    via: Integers
    year: Integers
    is_work: Mask
    fails: Integers
    """Place in `REASONS`; 0 where the item qualifies."""
    drop: Integers
    """Place in `DROPS`; -1 where the partner is of the field."""


@dataclass(slots=True)
class Matched:
    """Who meets all clauses, ascending, with what decides."""

    subject: Integers
    """Places in `Subjects`."""
    partners: Integers
    works: Integers
    projects: Integers
    last: Integers
    """Latest joint year, or `NO_YEAR`."""


def evidence(arrays: Arrays, fields: Integers, bases: Sequence[str], until: int | None = None) -> Evidence:
    """The field evidence of everybody for these fields (places among all field ids) on these bases, not later than a year."""
    wanted = np.zeros(int(max(np.max(fields, initial=0), np.max(arrays.evidence_field, initial=0))) + 1, np.bool_)
    wanted[fields] = True
    chosen = wanted[arrays.evidence_field] & np.isin(BASES, list(bases))[arrays.evidence_basis]
    if until is not None:
        chosen &= arrays.evidence_year <= until
    at = np.flatnonzero(chosen)
    return counted(arrays, arrays.evidence_person[at], arrays.evidence_basis[at], arrays.evidence_via[at])


def counted(arrays: Numbered, person: Integers, basis: Integers, via: Integers) -> Evidence:
    """What rows of field evidence (person row, place in `BASES`, number) count for; a row may stand there twice."""
    strength = _STRENGTH[basis]
    said = strength == SAID
    led, shared = (distinct(arrays.pair(person, via)[strength == kind]) for kind in (LED, SHARED))
    return Evidence(
        said=_count(person[said], basis[said], arrays.people),
        led=np.bincount(led // len(arrays.ids), minlength=arrays.people),
        shared=np.bincount(shared // len(arrays.ids), minlength=arrays.people),
        led_items=led,
        shared_items=shared,
        any=_mask(person, arrays.people),
    )


def subjects(people: Integers, own: Evidence | None, with_topic: Mask | None) -> Subjects:
    """These people with what their field rests on. Whoever has the topic is not weak."""
    if own is None:
        nothing = np.zeros(len(people), np.int64)
        return Subjects(people, nothing, nothing, nothing, np.zeros(len(people), np.bool_))
    said, led, shared = own.said[people], own.led[people], own.shared[people]
    weak = own.any[people] & (said == 0) & (led == 0) & (shared < 2)
    if with_topic is not None:
        weak &= ~with_topic[people]
    return Subjects(people, said, led, shared, weak)


# --- joint work ----------------------------------------------------------------------------------------------


def joint_items(
    arrays: Numbered,
    people: Integers,
    joint: Joint,
    theirs: Evidence | None,
    partners: Sequence[Mask],
    until: int | None,
) -> Items:
    """All joint items of these people with partners in all `partners` who have evidence (None: with anybody), each judged.

    `until`: nothing later than this year counts (`as_of`).
    """
    allowed = np.ones(arrays.people, np.bool_) if theirs is None else theirs.any.copy()
    for mask in partners:
        allowed &= mask
    at, via = arrays.person_via.spread(people)
    small = ~arrays.large[via]
    at, via = at[small], via[small]
    entry, partner = arrays.via_person.spread(via)
    kept = np.flatnonzero(allowed[partner])
    entry, partner = entry[kept], partner[kept].astype(np.int64)
    person, via = people[at[entry]], via[entry].astype(np.int64)
    other = person != partner
    person, partner, via = person[other], partner[other], via[other]
    fails, drop = _judge(arrays, person, partner, via, theirs)
    is_work = via >= arrays.first_work
    fails = np.where(fails == OK, _outside(arrays, via, is_work, joint, until), fails)
    return Items(person, partner, via, arrays.year[via].astype(np.int64), is_work, fails, drop)


def _judge(
    arrays: Numbered, person: Integers, partner: Integers, via: Integers, theirs: Evidence | None
) -> tuple[Integers, Integers]:
    """(fails, drop) of each item: is the partner of the field without what the two share?"""
    if theirs is None:
        return np.zeros(len(person), np.int64), np.full(len(person), -1)
    key = person * arrays.people + partner
    pairs = distinct(key)
    pair = np.searchsorted(pairs, key)
    item = arrays.pair(partner, via)
    twice = [
        np.bincount(pair[_among(item, items)], minlength=len(pairs)) + _in_large(arrays, pairs, items)
        for items in (theirs.led_items, theirs.shared_items)
    ]
    partner = pairs % arrays.people
    said, led, shared = theirs.said[partner], theirs.led[partner], theirs.shared[partner]
    of_field = (said > 0) | (led > twice[0]) | (shared - twice[1] >= 2)
    strong = (led > 0) | (shared >= 2)
    fails = np.where(of_field, OK, np.where(strong, ONLY_JOINT, SINGLE_ROLE))
    drop = np.where(of_field, -1, np.where(led > 0, 1, np.where(shared >= 2, 0, 2)))
    return fails[pair], drop[pair]


def _in_large(arrays: Numbered, pairs: Integers, items: Integers) -> Integers:
    """How many of a partner's items are large groups that both people of a pair belong to, for each pair."""
    items = items[arrays.large[items % len(arrays.ids)]]
    if not len(items):
        return np.zeros(len(pairs), np.int64)
    group, member = large_members(arrays)
    members = distinct(arrays.pair(member, group))
    sizes = np.bincount(items // len(arrays.ids), minlength=arrays.people)
    of_partner = Lists(np.append(0, np.cumsum(sizes)), items % len(arrays.ids))
    at, via = of_partner.spread(pairs % arrays.people)
    both = _among(arrays.pair((pairs // arrays.people)[at], via), members)
    return np.bincount(at[both], minlength=len(pairs))


def large_members(arrays: Numbered) -> tuple[Integers, Integers]:
    """(number, person row) of the people of works and projects that are too large to make pairs."""
    groups = np.flatnonzero(arrays.large)
    at, member = arrays.via_person.spread(groups)
    return groups[at], member.astype(np.int64)


def _outside(arrays: Numbered, via: Integers, is_work: Mask, joint: Joint, until: int | None) -> Integers:
    """Which items are of another kind or outside the years. An unknown year is outside any."""
    first, last = arrays.first_year[via].astype(np.int64), arrays.last_year[via].astype(np.int64)
    unknown_first, unknown_last = first == NO_YEAR, last == NO_YEAR
    if joint.years == "fiscal":
        first, last = first - arrays.early[via], last - arrays.early[via]
    first, last = np.where(unknown_first, 9999, first), np.where(unknown_last, -9999, last)
    outside = np.zeros(len(via), np.bool_)
    if until is not None:
        outside |= first > until
    if joint.after is not None:
        outside |= last < joint.after
    if joint.before is not None:
        outside |= first > joint.before
    other = np.where(is_work, "work" not in joint.kinds, "project" not in joint.kinds)
    return np.where(other, OTHER_KIND, np.where(outside, OUTSIDE_YEARS, OK))


# --- who matches, and who nearly does ------------------------------------------------------------------------


def matched(s: Subjects, items: Items, least: int) -> Matched:
    """Subjects with at least so many qualifying items, counted once each."""
    good = items.fails == OK
    who = np.searchsorted(s.person, items.person[good])
    n = len(s.person)
    works, projects = items.is_work[good], ~items.is_work[good]
    via, year = items.via[good], items.year[good]
    count_works, count_projects = _count(who[works], via[works], n), _count(who[projects], via[projects], n)
    last = np.full(n, NO_YEAR, np.int64)
    np.maximum.at(last, who, year)
    chosen = np.flatnonzero(~s.weak & (_mask(who, n)) & (count_works + count_projects >= least))
    partners = _count(who, items.partner[good], n)
    return Matched(chosen, partners[chosen], count_works[chosen], count_projects[chosen], last[chosen])


class Miss(NamedTuple, Generic[K]):
    """Somebody who fails exactly one clause, and with whom. Misses sort from the nearest."""

    rank: int
    person: K
    clause: str
    reason: str
    partner: K | None


def near_misses(s: Subjects, items: Items, least: int) -> list[Miss[int]]:
    """People who fail exactly one clause, nearest first: own field thin but joint work there; or field there but the joint
    work does not satisfy the clause.
    """
    n = len(s.person)
    who = np.searchsorted(s.person, items.person)
    good = items.fails == OK
    enough = _count(who[good], items.via[good], n)
    partner = _least(who[good], items.partner[good], n)
    reason = _least(who[~good], items.fails[~good], n)
    other = _least(who[~good], items.partner[~good], n)
    some, none = enough > 0, (enough == 0) & _mask(who[~good], n)
    out: list[Miss[int]] = []
    for p in np.flatnonzero(some & s.weak & (enough >= least)).tolist():
        out.append(Miss(0, int(s.person[p]), "field", "single_role", int(partner[p])))
    for p in np.flatnonzero(some & ~s.weak & (enough < least)).tolist():
        out.append(Miss(1, int(s.person[p]), "joint", "too_few_joint", int(partner[p])))
    for p in np.flatnonzero(none & ~s.weak).tolist():
        why = int(reason[p])
        out.append(Miss(1 + why, int(s.person[p]), "joint", REASONS[why], int(other[p])))
    return sorted(out)


def with_large(misses: list[Miss[K]], large: list[K], limit: int) -> tuple[list[Miss[K]], dict[str, int]]:
    """The first `limit` near misses and the totals by reason, with those who meet the clause in large groups only at the
    end, unless they miss by less.
    """
    known = {m.person for m in misses}
    beside = [p for p in large if p not in known]
    near = misses[:limit]
    near += [Miss(len(REASONS) + 1, p, "joint", "only_large_group", None) for p in beside[: limit - len(near)]]
    totals = Counter(m.reason for m in misses) + Counter({"only_large_group": len(beside)})
    return near, dict(totals)


def dropped_by_basis(s: Subjects, items: Items, m: Matched) -> dict[str, int]:
    """How many people who do not match have a partner whose field does not count, by what it would rest on."""
    matches = _mask(m.subject, len(s.person))
    who = np.searchsorted(s.person, items.person)
    found = {name: len(distinct(who[(items.drop == i) & ~matches[who]])) for i, name in enumerate(DROPS)}
    return {name: n for name, n in found.items() if n}


def only_large(arrays: Numbered, people: Integers, theirs: Evidence | None, named: Mask | None) -> Integers:
    """Those of these people who share a large group with somebody (of the fields on evidence elsewhere; among `named`)."""
    group, member = large_members(arrays)
    qualifies = np.ones(len(member), np.bool_)
    if theirs is not None:
        here = arrays.pair(member, group)
        led = theirs.led[member] - _among(here, theirs.led_items)
        shared = theirs.shared[member] - _among(here, theirs.shared_items)
        qualifies = (theirs.said[member] > 0) | (led > 0) | (shared >= 2)
    if named is not None:
        qualifies &= named[member]
    able = np.bincount(group[qualifies], minlength=len(arrays.ids))
    others = able[group] - qualifies
    return distinct(member[(others > 0) & _mask(people, arrays.people)[member]])


def same_name(arrays: Arrays, people: Integers) -> list[list[int]]:
    """Groups of these people (rows, ascending) who share a name and an institution: pairs joined where they meet."""
    at, other = arrays.namesake.spread(people)
    among = _mask(people, arrays.people)[other]
    return joined(zip(people[at[among]].tolist(), other[among].tolist(), strict=True))


def joined(pairs: Iterable[tuple[K, K]]) -> list[list[K]]:
    """Groups of what pairs join, each ascending, in the order of their first.

    >>> joined([("c", "b"), ("x", "y"), ("b", "a")])
    [['a', 'b', 'c'], ['x', 'y']]
    """
    group: dict[K, list[K]] = {}
    for a, b in pairs:
        one, another = group.setdefault(a, [a]), group.setdefault(b, [b])
        if one is not another:
            one += another
            group.update(dict.fromkeys(another, one))
    return sorted({id(g): sorted(g) for g in group.values()}.values())


# --- counting ------------------------------------------------------------------------------------------------


def _count(owner: Integers, value: Integers, owners: int) -> Integers:
    """How many different values (not negative) each owner has."""
    span = int(np.max(value, initial=0)) + 1
    return np.bincount(distinct(owner.astype(np.int64) * span + value) // span, minlength=owners)


def _least(owner: Integers, value: Integers, owners: int) -> Integers:
    out = np.full(owners, np.iinfo(np.int64).max, np.int64)
    np.minimum.at(out, owner, value)
    return out


def _mask(rows: Integers, size: int) -> Mask:
    out = np.zeros(size, np.bool_)
    out[rows] = True
    return out


def _among(keys: Integers, known: Integers) -> Mask:
    """Which keys are among the known ones, which are ascending and different."""
    if not len(known):
        return np.zeros(len(keys), np.bool_)
    found: Mask = known[np.minimum(np.searchsorted(known, keys), len(known) - 1)] == keys
    return found
