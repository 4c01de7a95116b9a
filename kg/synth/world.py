"""Who lives in the invented community, and who does what with whom? Arrays, so that a million people fit in memory.

`World` holds numbers only; words are put to them by the writers. Every array follows from (people, works,
projects, seed, mix, `VERSION`) alone: draws come from numpy generators keyed by stage and block, never from
Python's hash or from the number of workers.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kg.synth.mixes import VERSION, Mix

I8 = NDArray[np.int8]
U8 = NDArray[np.uint8]
I16 = NDArray[np.int16]
U16 = NDArray[np.uint16]
I32 = NDArray[np.int32]
I64 = NDArray[np.int64]
F64 = NDArray[np.float64]
Bool = NDArray[np.bool_]

THIS_YEAR = 2026
FIRST_YEAR = 1988
NEW_SECTIONS = 2018
"""Fiscal year in which 小区分 replaced 細目."""
LARGE = 100
"""More people than this in one work or project make no pairs."""

# state of an identifier on a mention
BARE, RIGHT, MALFORMED, OTHERS = 0, 1, 2, 3

# bits of `author_id`: identifier state in 1|2, name form in 4|8, former name 16, affiliation 32|64, variant kanji 128
FORM_SHIFT, FORMER_BIT, AFFILIATION_SHIFT, VARIANT_BIT = 2, 16, 5, 128
FORM_BOTH, FORM_JA, FORM_LATIN, FORM_REPOSITORY = 0, 1, 2, 3
AFFILIATION_GIVEN, AFFILIATION_MISSING, AFFILIATION_WRONG = 0, 1, 2
# bits of `author_lists`: what the author's own profiles list
RM_LISTED, RM_KEYED, ORCID_LISTED, ORCID_KEYED = 1, 2, 4, 8
# bits of `work_flags`
IN_CINII, HAS_DOI, HAS_NAID, STUB, SEARCHED, PRODUCT, PRODUCT_KEYED, LINKED, DIRTY, REFEREED = (
    1 << i for i in range(10)
)
# work types
ARTICLE, CONFERENCE, BOOK, DISSERTATION = range(4)
TYPE_NAMES = ("article", "conference", "book", "dissertation")
# work languages
BOTH, JA_ONLY, EN_ONLY = range(3)
# what a project says about its field
NO_SECTION, SECTION, CHUKUBUN, SAIMOKU, RYOIKI = range(5)
# member roles
ROLES = ("principal_investigator", "co_investigator_buntan", "co_investigator_renkei", "research_collaborator")
# bits of `member_flags`: identifier state in 1|2, listed in researchmap 4, with award number 8
MEMBER_RM, MEMBER_RM_KEYED = 4, 8


@dataclass(slots=True)
class People:
    """One row a person."""

    field1: U8
    field2: I16
    """-1 where there is only one field."""
    start: I16
    """First year of the career."""
    seg_org: I16
    """(n, 4): institutions in order, -1 for none."""
    seg_from: I16
    family: I16
    given: I16
    reading: U8
    """Which reading of the given name."""
    former: I16
    """Family name before a change, -1 for none."""
    changed: I16
    """Year of the change, 0 for none."""
    foreign: U8
    """0 Japanese, 1 Latin, 2 Han."""
    output: F64
    """Relative productivity."""
    has_erad: Bool
    has_rm: Bool
    has_orcid: Bool
    has_nrid: Bool
    has_cinii: Bool
    rm_erad: U8
    """Identifier state of the e-Rad number on the researchmap profile."""
    rm_erad_other: I32
    rm_orcid: Bool
    orcid_nrid: Bool
    cinii_rm: Bool
    cinii_orcid: Bool
    rm_area: Bool
    rm_interest: Bool

    def __len__(self) -> int:
        return len(self.field1)


@dataclass(slots=True)
class Projects:
    """One row a project; members in CSR."""

    field: U8
    start: I16
    years: U8
    category: U8
    section: U8
    org: I16
    english: Bool
    offsets: I64
    member: I32
    role: U8
    member_flags: U8
    member_other: dict[int, int] = dataclasses.field(default_factory=dict)
    """Membership → person whose number stands there."""

    def __len__(self) -> int:
        return len(self.field)


@dataclass(slots=True)
class Works:
    """One row a work; authors in CSR, lead first."""

    field: U8
    year: I16
    type: U8
    language: U8
    flags: U16
    project: I32
    """-1 where the work is no output."""
    offsets: I64
    author: I32
    author_id: U8
    author_lists: U8
    author_other: dict[int, int] = dataclasses.field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.field)


@dataclass(slots=True)
class World:
    """The whole community."""

    seed: int
    mix: Mix
    organizations: int
    people: People
    projects: Projects
    works: Works
    person_order: I32
    """People grouped by field, then institution."""
    planted: list[dict[str, object]]
    works_of: tuple[I64, I32] = dataclasses.field(init=False)
    """Person → authorships (CSR)."""
    projects_of: tuple[I64, I32] = dataclasses.field(init=False)
    """Person → memberships (CSR)."""

    def index(self) -> None:
        """Fills the inverse lists."""
        self.works_of = inverse(self.works.author, len(self.people))
        self.projects_of = inverse(self.projects.member, len(self.people))


def generator(seed: int, *path: int) -> np.random.Generator:
    """The generator of one stage or block."""
    return np.random.default_rng(np.random.SeedSequence(entropy=seed, spawn_key=(VERSION, *path)))


def inverse(target: I32, size: int) -> tuple[I64, I32]:
    """CSR from target to the positions that point to it, positions ascending."""
    counts = np.bincount(target, minlength=size)
    offsets = np.zeros(size + 1, np.int64)
    np.cumsum(counts, out=offsets[1:])
    return offsets, np.argsort(target, kind="stable").astype(np.int32)


def owner_of(offsets: I64) -> I32:
    """For each entry of a CSR, the row it belongs to."""
    return np.repeat(np.arange(len(offsets) - 1, dtype=np.int32), np.diff(offsets))


def choose(rng: np.random.Generator, weights: F64, size: int) -> I64:
    """Indices drawn with these weights."""
    edges = np.cumsum(weights)
    out: I64 = np.minimum(np.searchsorted(edges, rng.random(size) * edges[-1], side="right"), len(weights) - 1)
    return out


def organization_at(people: People, person: I32 | I64, year: I16 | I64) -> I16:
    """Where people were in a year."""
    segment = (people.seg_from[person] <= year[:, None]) & (people.seg_org[person] >= 0)
    at = np.maximum(segment.sum(axis=1) - 1, 0)
    out: I16 = people.seg_org[person, at]
    return out


def current_organization(people: People) -> I16:
    """Where everybody is now."""
    at = (people.seg_org >= 0).sum(axis=1) - 1
    out: I16 = people.seg_org[np.arange(len(people)), at]
    return out
