"""Which projects are there, who leads them, who takes part, and which cases are planted?"""

from __future__ import annotations

import numpy as np

from kg.synth.draw_people import stand_ins
from kg.synth.lexicon import Lexicon
from kg.synth.mixes import Mix
from kg.synth.naming import Voices
from kg.synth.world import (
    BARE,
    CHUKUBUN,
    I16,
    I32,
    I64,
    LARGE,
    MALFORMED,
    MEMBER_RM,
    MEMBER_RM_KEYED,
    NEW_SECTIONS,
    NO_SECTION,
    OTHERS,
    RIGHT,
    RYOIKI,
    SAIMOKU,
    SECTION,
    U8,
    People,
    Projects,
    choose,
    generator,
    organization_at,
)

EARLY_CAREER = "若手研究"
EXPLORATORY = "挑戦的研究(萌芽)"
ABROAD = 0.15
"""So many people work with a circle of another field; the others look next door instead."""
SMALL_FIELD = 15
"""With fewer people in a field, its members look for partners elsewhere."""


class Circles:
    """Who works with whom: neighbours in field and institution, the field, the institution, a foreign circle."""

    def __init__(self, rng: np.random.Generator, lexicon: Lexicon, people: People) -> None:
        n = len(people)
        org = people.seg_org[np.arange(n), (people.seg_org >= 0).sum(axis=1) - 1]
        self.order = np.lexsort((rng.random(n), org, people.field1)).astype(np.int32)
        self._position = np.empty(n, np.int32)
        self._position[self.order] = np.arange(n, dtype=np.int32)
        counts = np.bincount(people.field1, minlength=len(lexicon.fields))
        self._end = np.cumsum(counts)
        self._begin = self._end - counts
        self._field = people.field1
        by_org = np.lexsort((rng.random(n), org)).astype(np.int32)
        self._by_org = by_org
        self._org_position = np.empty(n, np.int32)
        self._org_position[by_org] = np.arange(n, dtype=np.int32)
        informatics = np.flatnonzero(
            np.isin(people.field1, [i for i, f in enumerate(lexicon.fields) if "J" in f.daikubun])
        )
        self._anchor = np.where(rng.random(n) < ABROAD, rng.integers(0, n, n), np.arange(n)).astype(np.int32)
        if len(informatics):
            away = (self._anchor != np.arange(n)) & (rng.random(n) < 0.35)
            self._anchor[away] = informatics[rng.integers(0, len(informatics), int(away.sum()))]

    def companions(self, rng: np.random.Generator, lead: I64, shares: tuple[float, float, float]) -> I32:
        """One companion for each lead; `shares` of lab, field and institution, the rest from the foreign circle."""
        m = len(lead)
        how = rng.random(m)
        lab, in_field, in_org = (np.full(m, share) for share in shares)
        step = rng.geometric(0.22, m) * np.where(rng.random(m) < 0.5, -1, 1)
        block = self._field[lead]
        near = self.order[self._inside(self._position[lead] + step, block)]
        lab = np.where(self._end[block] - self._begin[block] < SMALL_FIELD, lab * 0.3, lab)
        in_field = np.where(self._end[block] - self._begin[block] < SMALL_FIELD, in_field * 0.6, in_field)
        wide = self.order[
            self._begin[block] + (rng.random(m) * (self._end[block] - self._begin[block])).astype(np.int64)
        ]
        home = self._by_org[np.clip(self._org_position[lead] + step * 3, 0, len(self._by_org) - 1)]
        anchor = self._anchor[lead].astype(np.int64)
        abroad = self.order[self._inside(self._position[anchor] + step // 2, self._field[anchor])]
        return np.where(
            how < lab, near, np.where(how < lab + in_field, wide, np.where(how < lab + in_field + in_org, home, abroad))
        ).astype(np.int32)

    def _inside(self, position: I64, block: U8) -> I64:
        return np.clip(position, self._begin[block], self._end[block] - 1)


def distinct(owner: I64, person: I32, people: int) -> I64:
    """Positions of the first mention of each person under each owner, in order."""
    key = owner.astype(np.int64) * people + person
    _, first = np.unique(key, return_index=True)
    return np.sort(first)


def draw_projects(
    lexicon: Lexicon, people: People, circles: Circles, voices: Voices, count: int, seed: int, mix: Mix
) -> tuple[Projects, list[dict[str, object]]]:
    """All projects; the last ones are the planted cases."""
    rng = generator(seed, 2)
    n = len(people)
    lead = choose(rng, people.output, count)
    category = choose(rng, np.array([c.weight for c in lexicon.categories]), count)
    start = _starts(rng, people, lead)
    category[(start - people.start[lead] <= 6) & (rng.random(count) < 0.6)] = _category(lexicon, EARLY_CAREER)
    size = rng.poisson(np.array([c.members_mean for c in lexicon.categories])[category])
    if n >= 400:
        large = rng.permutation(count)[: 1 + n // 10_000]
        size[large] = rng.integers(2 * LARGE - 20, 2 * LARGE, len(large))  # more than 100 of them with a number
    owner = np.repeat(np.arange(count), size)
    member = circles.companions(rng, lead[owner], (0.46, 0.25, 0.04))
    many = size[owner] > LARGE
    member[many] = rng.integers(0, n, int(many.sum()))
    field = _fields(rng, people, lead, owner, member)
    plan = _plant(rng, lexicon, people, min(40, 2 + n // 1500)) if n >= 60 else []
    owner, member, role, field, start, category = _join(
        rng, lexicon, people, plan, count, lead, owner, member, field, start, category
    )
    keep = distinct(owner, member, n)
    owner, member, role = owner[keep], member[keep], role[keep]
    total = len(field)
    offsets = np.concatenate([[0], np.cumsum(np.bincount(owner, minlength=total))]).astype(np.int64)
    years = np.array([c.years for c in lexicon.categories])[category]
    first = member[offsets[:-1]].astype(np.int64)
    projects = Projects(
        field=field.astype(np.uint8),
        start=start.astype(np.int16),
        years=years.astype(np.uint8),
        category=category.astype(np.uint8),
        section=_sections(rng, lexicon, field, start, category, count),
        org=organization_at(people, first, start),
        english=rng.random(total) < 0.45,
        offsets=offsets,
        member=member,
        role=role,
        member_flags=np.zeros(len(member), np.uint8),
    )
    people.has_erad[member] = True
    _identify(rng, mix, people, projects, voices)
    return projects, [{"case": c, "people": p, "projects": [count + i for i in r]} for c, p, r in _cases(plan)]


def _starts(rng: np.random.Generator, people: People, lead: I64) -> I16:
    begin = np.maximum(people.start[lead] + 1, 2006).astype(np.int64)
    begin = np.minimum(begin, 2025)
    return (begin + np.floor((2026 - begin) * rng.beta(1.6, 1.1, len(lead)))).clip(2006, 2025).astype(np.int16)


def _category(lexicon: Lexicon, ja: str) -> int:
    return next(i for i, c in enumerate(lexicon.categories) if c.ja == ja)


def _fields(rng: np.random.Generator, people: People, lead: I64, owner: I64, member: I32) -> I64:
    """Mostly the leader's field; sometimes the leader's second one; sometimes a member's: projects across fields."""
    field = people.field1[lead].astype(np.int64)
    how = rng.random(len(lead))
    second = people.field2[lead].astype(np.int64)
    swap = (how < 0.25) & (second >= 0)
    field[swap] = second[swap]
    pick = rng.permutation(len(owner))
    across = np.full(len(lead), -1, np.int64)
    across[owner[pick]] = people.field1[member[pick]]
    swap = (how > 0.86) & (across >= 0)
    field[swap] = across[swap]
    return field


Plan = list[tuple[str, list[int], list[tuple[int, list[tuple[int, int]]]]]]
"""Case, people it is about, projects as (field, [(person, role), …])."""


def _plant(rng: np.random.Generator, lexicon: Lexicon, people: People, times: int) -> Plan:
    """The cases that a careless reader of field evidence gets wrong, each `times` times, with people of other fields."""
    disaster = next(i for i, f in enumerate(lexicon.fields) if f.code == "25030")
    informatics = [i for i, f in enumerate(lexicon.fields) if f.daikubun == ("J",)]
    in_j = np.isin(people.field1, informatics) | np.isin(people.field2, informatics)
    ours = np.flatnonzero((people.field1 == disaster) & ~in_j)
    others = np.flatnonzero((people.field1 != disaster) & (people.field2 != disaster) & ~in_j)
    theirs = np.flatnonzero(np.isin(people.field1, informatics) & (people.field2 != disaster))
    if min(len(ours), len(theirs)) < 2 or len(others) < 8:
        return []
    plan: Plan = []
    take = iter(rng.permutation(others).tolist() * 8)
    for i in range(times):
        x, j, y = int(ours[i % len(ours)]), informatics[i % len(informatics)], int(theirs[i % len(theirs)])
        a, b, c, d = (next(take) for _ in range(4))
        if len({a, b, c, d, x, y}) < 6:
            continue
        plan.append(("joint_only", [x, a], [(j, [(a, 0), (x, 1)])]))
        plan.append(("single_role", [b, y], [(disaster, [(x, 0), (b, 1)]), (j, [(y, 0), (b, 1)])]))
        plan.append(("leads", [c, y], [(disaster, [(c, 0)]), (j, [(y, 0), (c, 1)])]))
        plan.append(
            ("two_roles", [d, y], [(disaster, [(x, 0), (d, 1)]), (disaster, [(x, 0), (d, 3)]), (j, [(y, 0), (d, 1)])])
        )
    return plan


def _cases(plan: Plan) -> list[tuple[str, list[int], list[int]]]:
    out, at = [], 0
    for case, who, projects in plan:
        out.append((case, who, list(range(at, at + len(projects)))))
        at += len(projects)
    return out


def _join(
    rng: np.random.Generator,
    lexicon: Lexicon,
    people: People,
    plan: Plan,
    count: int,
    lead: I64,
    owner: I64,
    member: I32,
    field: I64,
    start: I16,
    category: I64,
) -> tuple[I64, I32, U8, I64, I16, I64]:
    """Leaders, members and planted projects in one list, ordered by project, leader first."""
    planted = [(f, members) for _, _, projects in plan for f, members in projects]
    role = np.where(rng.random(len(owner)) < 0.7, 1, np.where(rng.random(len(owner)) < 0.5, 2, 3))
    ours = [count + i for i, (_, m) in enumerate(planted) for _ in m]
    who = [p for _, m in planted for p, _ in m]
    what = [r for _, m in planted for _, r in m]
    all_owner = np.concatenate([np.arange(count), owner, np.array(ours, np.int64)])
    all_member = np.concatenate([lead, member, np.array(who, np.int64)]).astype(np.int32)
    all_role = np.concatenate([np.zeros(count, np.int64), role, np.array(what, np.int64)]).astype(np.uint8)
    order = np.argsort(all_owner, kind="stable")
    leaders = np.array([m[0][0] for _, m in planted], np.int64)
    since = np.maximum(people.start[leaders] + 1, NEW_SECTIONS + 1).clip(max=2025) if len(leaders) else np.zeros(0)
    kind = np.full(len(planted), _category(lexicon, "基盤研究(C)"))
    return (
        all_owner[order],
        all_member[order],
        all_role[order],
        np.concatenate([field, np.array([f for f, _ in planted], np.int64)]),
        np.concatenate([start, since]).astype(np.int16),
        np.concatenate([category, kind]),
    )


def _sections(rng: np.random.Generator, lexicon: Lexicon, field: I64, start: I16, category: I64, drawn: int) -> U8:
    """How a project's field is stated: 小区分, 中区分 (exploratory projects of informatics), 細目, 領域, or not at all."""
    n, luck = len(field), rng.random(len(field))
    out = np.where(
        start >= NEW_SECTIONS, np.where(luck < 0.02, NO_SECTION, SECTION), np.where(luck < 0.06, RYOIKI, SAIMOKU)
    )
    single = np.array([f.daikubun == ("J",) and f.chukubun[0] in lexicon.chukubun for f in lexicon.fields])
    wide = single[field] & (category == _category(lexicon, EXPLORATORY)) & (start >= NEW_SECTIONS) & (luck >= 0.02)
    out[wide] = CHUKUBUN
    out[drawn:n] = SECTION
    return out.astype(np.uint8)


def _identify(rng: np.random.Generator, mix: Mix, people: People, projects: Projects, voices: Voices) -> None:
    m = len(projects.member)
    luck, kind = rng.random(m), rng.random(m)
    wrong, bare = mix.member_wrong, mix.member_bare
    state = np.where(luck < wrong, np.where(kind < 0.5, MALFORMED, OTHERS), np.where(luck < wrong + bare, BARE, RIGHT))
    # a person whose number others carry by mistake must be known by it often enough to show the contradiction
    seen = np.bincount(projects.member[state == RIGHT], minlength=len(people))
    pool = np.flatnonzero(seen >= 3).astype(np.int32)
    at = np.flatnonzero(state == OTHERS)
    other = stand_ins(rng, voices, projects.member[at], pool)
    state[at[other < 0]] = MALFORMED
    projects.member_other = {int(i): int(o) for i, o in zip(at, other, strict=True) if o >= 0}
    listed = people.has_rm[projects.member] & (rng.random(m) < 0.8)
    keyed = listed & (rng.random(m) < 0.9)
    projects.member_flags = (state + MEMBER_RM * listed + MEMBER_RM_KEYED * keyed).astype(np.uint8)
