"""How hard is a community to tell apart? The frozen shares of each mix; `docs/synth.md` prints them.

Shares are of: people (`homonyms`, `changed`), mentions of works and projects (the rest). Raising `VERSION`
announces that the same arguments give other files.
"""

from __future__ import annotations

from dataclasses import dataclass

VERSION = 1


@dataclass(frozen=True, slots=True)
class Mix:
    """Shares between 0 and 1."""

    name: str
    homonyms: float
    """People who share their kanji name with somebody else."""
    changed: float
    """People whose family name changed."""
    foreign: float
    creator_bare: float
    """CiNii creators without identifier."""
    member_bare: float
    """KAKEN members without researcher number."""
    creator_wrong: float
    """CiNii creators with a wrong identifier, half of them malformed, half somebody else's."""
    member_wrong: float
    romaji_only: float
    """CiNii creators named in Latin letters only."""
    affiliation_missing: float
    affiliation_wrong: float
    erad: float
    """People with a researcher number although they were never in a project."""
    researchmap: float
    orcid: float
    nrid: float
    """Of the people with a researcher number."""
    cinii_researcher: float
    researchmap_says_erad: float
    researchmap_says_orcid: float
    profile_wrong: float
    """researchmap profiles with a wrong e-Rad number."""
    orcid_says_nrid: float
    researchmap_area: float
    dirty_date: float


MIXES: dict[str, Mix] = {
    m.name: m
    for m in (
        Mix("easy", 0.03, 0.01, 0.04, 0.03, 0.01, 0.0, 0.0, 0.03, 0.01, 0.0,
            0.98, 0.85, 0.60, 0.90, 0.10, 0.97, 0.90, 0.0, 0.30, 0.97, 0.0),
        Mix("real", 0.10, 0.03, 0.06, 0.32, 0.05, 0.01, 0.01, 0.13, 0.04, 0.02,
            0.92, 0.62, 0.45, 0.65, 0.12, 0.75, 0.60, 0.005, 0.12, 0.85, 0.02),
        Mix("hard", 0.20, 0.05, 0.08, 0.53, 0.15, 0.034, 0.034, 0.30, 0.07, 0.04,
            0.88, 0.55, 0.35, 0.55, 0.12, 0.50, 0.35, 0.03, 0.06, 0.75, 0.04),
    )
}  # fmt: skip
