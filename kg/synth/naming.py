"""What are the people called? Names by frequency, with exactly the share of homonyms that a mix asks for.

Natural draws give many more homonyms in a large community and hardly any in a small one; so names are drawn
naturally first, then people are renamed to rare composed names, or given the name of somebody else, until the
share of people who share their kanji name is that of the mix.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kg.synth.lexicon import Lexicon
from kg.synth.world import I16, I64, U8, Bool, choose, generator

JAPANESE, LATIN, HAN = 0, 1, 2


@dataclass(slots=True)
class Names:
    """One row a person."""

    family: I16
    given: I16
    reading: U8
    former: I16
    changed: I16
    foreign: U8


def draw_names(lexicon: Lexicon, seed: int, start: I16, homonyms: float, changed: float, foreign: float) -> Names:
    """Names of everybody, given the first years of their careers."""
    rng, n = generator(seed, 1), len(start)
    kind = np.where(rng.random(n) < foreign, 1 + (rng.random(n) < 0.55), 0).astype(np.uint8)
    family = _draw(rng, lexicon.family_weights, lexicon.family_blocks, kind, 0.72)
    given = _draw(rng, lexicon.given_weights, lexicon.given_blocks, kind, 0.50)
    _meet_share(rng, lexicon, kind, family, given, homonyms)
    readings = np.array([len(g.kana) for g in lexicon.givens])
    reading = (rng.random(n) < 0.25) * (readings[given] > 1)
    former, when = _changes(rng, lexicon, kind, family, start, changed)
    return Names(family.astype(np.int16), given.astype(np.int16), reading.astype(np.uint8), former, when, kind)


def _draw(
    rng: np.random.Generator, weights: tuple[float, ...], blocks: tuple[int, int, int, int], kind: U8, table: float
) -> I64:
    n = len(kind)
    common = choose(rng, np.array(weights), n)
    rare = rng.integers(blocks[0], blocks[1], n)
    out = np.where(rng.random(n) < table, common, rare)
    latin, han = rng.integers(blocks[1], blocks[2], n), rng.integers(blocks[2], blocks[3], n)
    return np.where(kind == LATIN, latin, np.where(kind == HAN, han, out))


def shared(family: I64, given: I64, kanji: Bool) -> Bool:
    """Who has the same kanji name as somebody else."""
    key = family * 100_000 + given
    key[~kanji] = -1 - np.arange(int((~kanji).sum()))
    _, back, count = np.unique(key, return_inverse=True, return_counts=True)
    out: Bool = (count > 1)[back]
    return out


def _meet_share(rng: np.random.Generator, lexicon: Lexicon, kind: U8, family: I64, given: I64, share: float) -> None:
    n, kanji = len(kind), kind != LATIN
    target = round(share * n)
    blocks_f, blocks_g = lexicon.family_blocks, lexicon.given_blocks
    for _ in range(40):
        same = shared(family, given, kanji)
        have = int(same.sum())
        if have <= target:
            break
        pool = np.flatnonzero(same & (kind == JAPANESE))
        again = rng.permutation(pool)[: max(1, int((have - target) * 0.7))]
        family[again] = rng.integers(blocks_f[0], blocks_f[1], len(again))
        given[again] = rng.integers(blocks_g[0], blocks_g[1], len(again))
    for _ in range(40):
        same = shared(family, given, kanji)
        missing = target - int(same.sum())
        single = np.flatnonzero(~same & (kind == JAPANESE))
        if missing < 2 or len(single) < 2:
            break
        pairs = min(missing // 2, len(single) // 2)
        picked = rng.permutation(single)[: 2 * pairs]
        family[picked[pairs:]], given[picked[pairs:]] = family[picked[:pairs]], given[picked[:pairs]]


def _changes(
    rng: np.random.Generator, lexicon: Lexicon, kind: U8, family: I64, start: I16, share: float
) -> tuple[I16, I16]:
    n = len(kind)
    able = np.flatnonzero((kind == JAPANESE) & (start <= 2020))
    count = min(round(share * n), len(able))
    who = np.sort(rng.permutation(able)[:count])
    before = choose(rng, np.array(lexicon.family_weights), count)
    before = np.where(before == family[who], (before + 1) % lexicon.family_blocks[0], before)
    former, when = np.full(n, -1, np.int16), np.zeros(n, np.int16)
    former[who] = before
    when[who] = np.minimum(start[who] + 2 + rng.integers(0, 8, count), 2024)
    return former, when


class Voices:
    """Who can stand for whom without being taken for the same person: names that differ in every script."""

    def __init__(self, lexicon: Lexicon, names: Names) -> None:
        latin: dict[str, int] = {}
        self._family = np.array([latin.setdefault(n.latin[0], len(latin)) for n in lexicon.families], np.int32)
        self._given = np.array([latin.setdefault(n.latin[0], len(latin)) for n in lexicon.givens], np.int32)
        self._second = np.array([latin.setdefault(n.latin[-1], len(latin)) for n in lexicon.givens], np.int32)
        self._names = names

    def differ(self, a: I64, b: I64) -> Bool:
        """True where family (also the former one) and given name of `a` and `b` have nothing in common."""
        n = self._names
        families_a, families_b = self._families(a), self._families(b)
        givens_a, givens_b = self._givens(a), self._givens(b)
        out = (n.foreign[a] == JAPANESE) & (n.foreign[b] == JAPANESE) & (a != b)
        for x in (*families_a, *givens_a):
            for y in (*families_b, *givens_b):
                out &= x != y
        return np.asarray(out, np.bool_)

    def _families(self, p: I64) -> tuple[np.ndarray, np.ndarray]:
        n = self._names
        now = self._family[n.family[p]]
        before = np.where(n.former[p] >= 0, self._family[n.former[p]], now)
        return now, before

    def _givens(self, p: I64) -> tuple[np.ndarray, np.ndarray]:
        return self._given[self._names.given[p]], self._second[self._names.given[p]]
