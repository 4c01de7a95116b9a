"""Which people are there: fields, careers, institutions, names, and which profiles they keep with which identifiers?"""

from __future__ import annotations

import numpy as np

from kg.synth.lexicon import Lexicon
from kg.synth.mixes import Mix
from kg.synth.naming import Names, Voices, draw_names
from kg.synth.world import (
    BARE,
    FIRST_YEAR,
    I16,
    I32,
    I64,
    MALFORMED,
    OTHERS,
    RIGHT,
    THIS_YEAR,
    U8,
    People,
    choose,
    generator,
)


def organization_count(people: int) -> int:
    """Institutions of a community: about one for 60 people while it is small, at most 900."""
    return int(min(900, max(10, 4 + people**0.62)))


def draw_people(lexicon: Lexicon, count: int, seed: int, mix: Mix) -> tuple[People, Voices]:
    """Everybody, without works and projects. `has_erad` is completed by `admit` once projects are known."""
    rng = generator(seed, 0)
    weights = np.array([f.weight for f in lexicon.fields])
    field1 = choose(rng, weights, count).astype(np.uint8)
    field2 = _second_fields(rng, lexicon, field1)
    start = (THIS_YEAR - 1 - np.floor((THIS_YEAR - FIRST_YEAR) * rng.beta(1.0, 1.5, count))).astype(np.int16)
    seg_org, seg_from = _careers(rng, start, organization_count(count))
    names = draw_names(lexicon, seed, start, mix.homonyms, mix.changed, mix.foreign)
    people = _profiles(rng, mix, names, field1, field2, start, seg_org, seg_from)
    return people, Voices(lexicon, names)


def _second_fields(rng: np.random.Generator, lexicon: Lexicon, field1: U8) -> I16:
    """A tenth has a second field: mostly of the same 大区分, rarely of informatics or any other."""
    n = len(field1)
    letters = [f.daikubun[0] for f in lexicon.fields]
    near = [[j for j, other in enumerate(letters) if j != i and other == mine] or [i] for i, mine in enumerate(letters)]
    informatics = np.array([j for j, other in enumerate(letters) if other == "J"])
    how, draw = rng.random(n), rng.random(n)
    any_field = rng.integers(0, len(letters), n)
    out = np.full(n, -1, np.int16)
    second = rng.random(n) < 0.10
    out[second] = any_field[second]
    jump = second & (how < 0.05)
    out[jump] = informatics[(draw[jump] * len(informatics)).astype(np.int64)]
    stay = second & (how >= 0.05) & (how < 0.85)
    sizes = np.array([len(x) for x in near])
    table = np.array([x + [x[0]] * (int(sizes.max()) - len(x)) for x in near])
    own = field1[stay].astype(np.int64)
    out[stay] = table[own, (draw[stay] * sizes[own]).astype(np.int64)]
    out[out == field1] = -1
    return out


def _careers(rng: np.random.Generator, start: I16, organizations: int) -> tuple[I16, I16]:
    n = len(start)
    weights = np.asarray(1.0 / (np.arange(organizations) + 3.0) ** 0.75, np.float64)
    org = np.stack([choose(rng, weights, n) for _ in range(4)], axis=1).astype(np.int16)
    age = (THIS_YEAR - start).astype(np.int64)
    moves = np.minimum(rng.poisson(0.06 * age), 3)
    moves = np.minimum(moves, np.maximum(age - 2, 0))
    year = start[:, None] + 1 + np.floor(rng.random((n, 3)) * np.maximum(age - 1, 1)[:, None])
    since = np.concatenate([start[:, None], np.sort(year, axis=1)], axis=1).astype(np.int16)
    for k in range(1, 4):
        since[:, k] = np.maximum(since[:, k], since[:, k - 1] + 1)
        same = org[:, k] == org[:, k - 1]
        org[same, k] = (org[same, k] + 1) % organizations
    for k in range(1, 4):
        gone = (moves < k) | (since[:, k] > THIS_YEAR - 1)
        org[gone, k] = -1
        since[gone, k] = 0
    return org, since


def _profiles(
    rng: np.random.Generator, mix: Mix, names: Names, field1: U8, field2: I16, start: I16, seg_org: I16, seg_from: I16
) -> People:
    n = len(start)
    age = np.minimum(THIS_YEAR - start, 22).astype(np.float64)
    output = rng.lognormal(0.0, 0.75, n) * age**0.75
    has_rm = rng.random(n) < mix.researchmap
    has_orcid = rng.random(n) < mix.orcid
    says = rng.random(n)
    wrong = np.where(rng.random(n) < 0.5, MALFORMED, OTHERS)
    rm_erad = np.where(
        says < mix.profile_wrong, wrong, np.where(rng.random(n) < mix.researchmap_says_erad, RIGHT, BARE)
    )
    return People(
        field1=field1,
        field2=field2,
        start=start,
        seg_org=seg_org,
        seg_from=seg_from,
        family=names.family,
        given=names.given,
        reading=names.reading,
        former=names.former,
        changed=names.changed,
        foreign=names.foreign,
        output=output,
        has_erad=rng.random(n) < mix.erad,
        has_rm=has_rm,
        has_orcid=has_orcid,
        has_nrid=rng.random(n) < mix.nrid,
        has_cinii=rng.random(n) < mix.cinii_researcher,
        rm_erad=rm_erad.astype(np.uint8),
        rm_erad_other=np.full(n, -1, np.int32),
        rm_orcid=has_orcid & (rng.random(n) < mix.researchmap_says_orcid),
        orcid_nrid=rng.random(n) < mix.orcid_says_nrid,
        cinii_rm=has_rm & (rng.random(n) < 0.9),
        cinii_orcid=has_orcid & (rng.random(n) < 0.2),
        rm_area=rng.random(n) < mix.researchmap_area,
        rm_interest=rng.random(n) < 0.25,
    )


def admit(people: People, members: I32) -> None:
    """Whoever is in a project has a researcher number; what needs the number goes where there is none."""
    people.has_erad[members] = True
    people.has_nrid &= people.has_erad
    people.has_cinii &= people.has_erad
    people.orcid_nrid &= people.has_erad & people.has_orcid
    people.rm_erad[~people.has_erad] = BARE


def stand_ins(rng: np.random.Generator, voices: Voices, who: I32 | I64, pool: I32) -> I32:
    """For each of `who` somebody of `pool` whose name has nothing in common; -1 where eight tries find none."""
    mine = np.asarray(who, np.int64)
    out: I64 = np.full(len(mine), -1, np.int64)
    if not len(pool):
        return out.astype(np.int32)
    for _ in range(8):
        open_ = np.flatnonzero(out < 0)
        if not len(open_):
            break
        other = pool[rng.integers(0, len(pool), len(open_))].astype(np.int64)
        fine = voices.differ(mine[open_], other)
        out[open_[fine]] = other[fine]
    return out.astype(np.int32)
