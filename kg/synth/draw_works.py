"""Which works are there, who wrote them, in which sources do they stand, and how is each author named there?"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from kg.synth.draw_people import stand_ins
from kg.synth.draw_projects import Circles, distinct
from kg.synth.lexicon import Lexicon
from kg.synth.mixes import Mix
from kg.synth.naming import Voices
from kg.synth.world import (
    AFFILIATION_GIVEN,
    AFFILIATION_MISSING,
    AFFILIATION_SHIFT,
    AFFILIATION_WRONG,
    ARTICLE,
    BARE,
    BOOK,
    BOTH,
    CONFERENCE,
    DIRTY,
    DISSERTATION,
    EN_ONLY,
    FORM_BOTH,
    FORM_JA,
    FORM_LATIN,
    FORM_REPOSITORY,
    FORM_SHIFT,
    FORMER_BIT,
    HAS_DOI,
    HAS_NAID,
    I32,
    I64,
    IN_CINII,
    JA_ONLY,
    LARGE,
    LINKED,
    MALFORMED,
    ORCID_KEYED,
    ORCID_LISTED,
    OTHERS,
    PRODUCT,
    PRODUCT_KEYED,
    REFEREED,
    RIGHT,
    RM_KEYED,
    RM_LISTED,
    SEARCHED,
    STUB,
    THIS_YEAR,
    U8,
    U16,
    VARIANT_BIT,
    People,
    Projects,
    Works,
    choose,
    generator,
    inverse,
)

BLOCK = 50_000
"""Works drawn together."""


def draw_works(
    lexicon: Lexicon,
    people: People,
    projects: Projects,
    circles: Circles,
    voices: Voices,
    count: int,
    seed: int,
    mix: Mix,
    progress: Callable[[int], None],
) -> Works:
    """All works. `progress` hears how many were drawn."""
    by_person = inverse(projects.member, len(people))
    owner_of_membership = np.repeat(np.arange(len(projects), dtype=np.int32), np.diff(projects.offsets))
    large = _large(generator(seed, 3), len(people), count)
    parts: list[dict[str, np.ndarray]] = []
    for begin in range(0, count, BLOCK):
        size = min(BLOCK, count - begin)
        rng = generator(seed, 4, begin // BLOCK)
        parts.append(_block(rng, lexicon, people, projects, circles, by_person, owner_of_membership, mix, size,
                            {w - begin: k for w, k in large.items() if begin <= w < begin + size}))  # fmt: skip
        progress(size)
    arrays = {name: np.concatenate([p.pop(name) for p in parts]) for name in list(parts[0])}
    sizes = arrays.pop("size")
    offsets = np.zeros(count + 1, np.int64)
    np.cumsum(sizes, out=offsets[1:])
    works = Works(offsets=offsets, author_other={}, **arrays)
    _wrong_numbers(generator(seed, 5), people, works, voices)
    return works


def _large(rng: np.random.Generator, people: int, works: int) -> dict[int, int]:
    """One or two works a 10,000 people with more than 100 authors: work → size."""
    if people < 400 or not works:
        return {}
    which = rng.permutation(works)[: 1 + people // 8_000]
    return {int(w): int(rng.integers(LARGE + 25, LARGE + 55)) for w in np.sort(which)}


def _block(
    rng: np.random.Generator,
    lexicon: Lexicon,
    people: People,
    projects: Projects,
    circles: Circles,
    by_person: tuple[I64, I32],
    project_of: I32,
    mix: Mix,
    size: int,
    large: dict[int, int],
) -> dict[str, np.ndarray]:
    lead = choose(rng, people.output, size)
    first = np.maximum(people.start[lead].astype(np.int64), 1990)
    year = np.minimum(first + np.floor((THIS_YEAR + 1 - first) * rng.beta(1.5, 1.1, size)), THIS_YEAR).astype(np.int64)
    project = _project(rng, projects, by_person, project_of, lead, year)
    field = np.where(project >= 0, projects.field[project], people.field1[lead]).astype(np.int64)
    second = people.field2[lead].astype(np.int64)
    swap = (project < 0) & (second >= 0) & (rng.random(size) < 0.3)
    field[swap] = second[swap]
    kind = _types(rng, lexicon, field, year - people.start[lead])
    year = np.where(kind == DISSERTATION, np.minimum(people.start[lead] + 3, THIS_YEAR), year)
    project[kind == DISSERTATION] = -1
    owner, author = _authors(rng, lexicon, people, circles, lead, field, kind, year, large)
    sizes = np.bincount(owner, minlength=size)
    flags = _sources(rng, mix, field, kind, year, project, lexicon)
    refereed = _english(lexicon)[field] & (kind != BOOK) & (rng.random(size) < 0.7)
    flags |= np.where(refereed, REFEREED, 0).astype(np.uint16)
    for work in large:
        flags[work] |= IN_CINII | HAS_DOI  # so that its size shows
    language = _languages(rng, lexicon, field)
    ids = _author_forms(rng, mix, people, owner, author, year, language, flags)
    lists = _author_lists(rng, people, owner, author, kind, flags)
    _somewhere(sizes, flags, lists)
    return {
        "field": field.astype(np.uint8),
        "year": year.astype(np.int16),
        "type": kind.astype(np.uint8),
        "language": language.astype(np.uint8),
        "flags": flags.astype(np.uint16),
        "project": project.astype(np.int32),
        "size": sizes.astype(np.int32),
        "author": author,
        "author_id": ids,
        "author_lists": lists,
    }


def _project(
    rng: np.random.Generator, projects: Projects, by_person: tuple[I64, I32], project_of: I32, lead: I64, year: I64
) -> I64:
    """The project that a work is an output of: one of the lead's that ran then or ended at most three years before."""
    offsets, memberships = by_person
    have = offsets[lead + 1] - offsets[lead]
    out = np.full(len(lead), -1, np.int64)
    for _ in range(3):
        open_ = np.flatnonzero((out < 0) & (have > 0))
        if not len(open_):
            break
        at = offsets[lead[open_]] + (rng.random(len(open_)) * have[open_]).astype(np.int64)
        membership = memberships[at]
        project = project_of[membership].astype(np.int64)
        begin = projects.start[project].astype(np.int64)
        fits = (year[open_] >= begin) & (year[open_] <= begin + projects.years[project] + 2)
        fits &= (projects.role[membership] <= 1) & (rng.random(len(open_)) < 0.75)
        out[open_[fits]] = project[fits]
    return out


def _types(rng: np.random.Generator, lexicon: Lexicon, field: I64, age: I64) -> I64:
    books = np.array([f.book_share for f in lexicon.fields])[field]
    luck = rng.random(len(field))
    kind = np.where(luck < books, BOOK, np.where(luck < books + 0.16, CONFERENCE, ARTICLE))
    return np.where((age <= 4) & (rng.random(len(field)) < 0.10), DISSERTATION, kind)


def _authors(
    rng: np.random.Generator,
    lexicon: Lexicon,
    people: People,
    circles: Circles,
    lead: I64,
    field: I64,
    kind: I64,
    year: I64,
    large: dict[int, int],
) -> tuple[I64, I32]:
    """(work, author) pairs ordered by work, lead first, nobody twice, nobody long before the career began."""
    mean = np.array([f.authors_mean for f in lexicon.fields])[field] - 1.0
    mean = np.where(kind == BOOK, mean * 0.35, mean) * 1.45
    extra = np.minimum(rng.poisson(mean * rng.gamma(2.5, 0.4, len(lead))), 40)
    extra[kind == DISSERTATION] = 0
    for work, size in large.items():
        extra[work] = round(size * 1.3)
    owner = np.repeat(np.arange(len(lead)), extra)
    author = circles.companions(rng, lead[owner], (0.73, 0.20, 0.01))
    many = np.isin(owner, np.array(list(large), np.int64)) if large else np.zeros(len(owner), np.bool_)
    author[many] = rng.integers(0, len(people), int(many.sum()))
    fits = many | (people.start[author] <= year[owner] + 2)
    owner, author = owner[fits], author[fits]
    owner = np.concatenate([np.arange(len(lead)), owner])
    author = np.concatenate([lead.astype(np.int32), author])
    order = np.argsort(owner, kind="stable")
    owner, author = owner[order], author[order]
    keep = distinct(owner, author, len(people))
    return owner[keep], author[keep]


def _english(lexicon: Lexicon) -> np.ndarray:
    return np.array([not set(f.daikubun) & {"A"} for f in lexicon.fields])


def _languages(rng: np.random.Generator, lexicon: Lexicon, field: I64) -> I64:
    luck, science = rng.random(len(field)), _english(lexicon)[field]
    return np.where(
        science,
        np.where(luck < 0.25, JA_ONLY, np.where(luck < 0.60, EN_ONLY, BOTH)),
        np.where(luck < 0.62, JA_ONLY, np.where(luck < 0.68, EN_ONLY, BOTH)),
    )


def _sources(
    rng: np.random.Generator, mix: Mix, field: I64, kind: I64, year: I64, project: I64, lexicon: Lexicon
) -> U16:
    n, science = len(field), _english(lexicon)[field]

    def some(share: float | np.ndarray) -> np.ndarray:
        return np.asarray(rng.random(n) < share)

    cinii = some(0.88)
    doi = some(np.where(science, 0.88, 0.45)) & np.isin(kind, (ARTICLE, CONFERENCE)) | some(0.3) & (
        kind == DISSERTATION
    )
    naid = cinii & (year < 2019) & some(0.6) & np.isin(kind, (ARTICLE, CONFERENCE))
    output = project >= 0
    product = output & some(0.7)
    bits = (
        (IN_CINII, cinii), (HAS_DOI, doi), (HAS_NAID, naid),
        (STUB, cinii & some(0.06) & (kind == ARTICLE)), (SEARCHED, cinii & some(0.06)),
        (PRODUCT, product), (PRODUCT_KEYED, product & doi & some(0.85)),
        (LINKED, output & cinii & some(0.45)), (DIRTY, some(mix.dirty_date)),
    )  # fmt: skip
    flags = np.zeros(n, np.uint16)
    for bit, true in bits:
        flags |= np.where(true, bit, 0).astype(np.uint16)
    return flags


def _author_forms(
    rng: np.random.Generator, mix: Mix, people: People, owner: I64, author: I32, year: I64, language: I64, flags: U16
) -> U8:
    m = len(author)
    luck, kind = rng.random(m), rng.random(m)
    wrong, bare = mix.creator_wrong, mix.creator_bare
    state = np.where(luck < wrong, np.where(kind < 0.5, MALFORMED, OTHERS), np.where(luck < wrong + bare, BARE, RIGHT))
    state = np.where(people.has_erad[author], state, np.where(state == RIGHT, BARE, state))
    # a paper in English names more of its authors in Latin letters, the share over all stays that of the mix
    english = language[owner] == EN_ONLY
    share = english.mean() if m else 0.0
    latin = rng.random(m) < np.where(english, min(0.95, mix.romaji_only * 1.6), 0.0)
    rest = (mix.romaji_only - share * min(0.95, mix.romaji_only * 1.6)) / max(1e-9, 1 - share)
    latin |= ~english & (rng.random(m) < rest)
    other = rng.random(m)
    form = np.where(
        latin, FORM_LATIN, np.where(other < 0.55, FORM_BOTH, np.where(other < 0.93, FORM_JA, FORM_REPOSITORY))
    )
    former = (people.former[author] >= 0) & ((year[owner] < people.changed[author]) | (rng.random(m) < 0.15))
    place = rng.random(m)
    missing = place < mix.affiliation_missing
    strange = (place >= mix.affiliation_missing) & (place < mix.affiliation_missing + mix.affiliation_wrong)
    affiliation = np.where(missing, AFFILIATION_MISSING, np.where(strange, AFFILIATION_WRONG, AFFILIATION_GIVEN))
    variant = rng.random(m) < 0.25
    out = state | form << FORM_SHIFT | former * FORMER_BIT | affiliation << AFFILIATION_SHIFT | variant * VARIANT_BIT
    return np.asarray(out, np.uint8)


def _author_lists(rng: np.random.Generator, people: People, owner: I64, author: I32, kind: I64, flags: U16) -> U8:
    m = len(author)
    doi = (flags[owner] & HAS_DOI) > 0
    rm = people.has_rm[author] & (rng.random(m) < 0.75)
    orcid = people.has_orcid[author] & (rng.random(m) < 0.55) & (kind[owner] != DISSERTATION)
    return np.asarray(
        RM_LISTED * rm + RM_KEYED * (rm & doi & (rng.random(m) < 0.85))
        + ORCID_LISTED * orcid + ORCID_KEYED * (orcid & doi & (rng.random(m) < 0.92)),
        np.uint8,
    )  # fmt: skip


def _somewhere(sizes: I64, flags: U16, lists: U8) -> None:
    """A work that no source would hold goes into CiNii."""
    offsets = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    listed = np.bitwise_or.reduceat(lists, offsets) if len(lists) else lists
    nowhere = (flags & (IN_CINII | PRODUCT) == 0) & (listed & (RM_LISTED | ORCID_LISTED) == 0)
    flags[nowhere] |= IN_CINII


def _wrong_numbers(rng: np.random.Generator, people: People, works: Works, voices: Voices) -> None:
    """Whose number a mention carries by mistake: somebody known by it in at least four works, with another name."""
    in_cinii = np.repeat((works.flags & IN_CINII) > 0, np.diff(works.offsets))
    right = in_cinii & (works.author_id & 3 == RIGHT)
    seen = np.bincount(works.author[right], minlength=len(people))
    pool = np.flatnonzero((seen >= 4) & people.has_erad).astype(np.int32)
    at = np.flatnonzero(in_cinii & (works.author_id & 3 == OTHERS))
    other = stand_ins(rng, voices, works.author[at], pool)
    works.author_id[at[other < 0]] ^= OTHERS ^ MALFORMED
    works.author_other = {int(i): int(o) for i, o in zip(at, other, strict=True) if o >= 0}
    mine = np.flatnonzero(people.rm_erad == OTHERS)
    instead = stand_ins(rng, voices, mine, pool)
    people.rm_erad[mine[instead < 0]] = MALFORMED
    people.rm_erad_other[mine] = instead
