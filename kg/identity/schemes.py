"""Which identifiers are hard: the same value means the same thing, whoever says it?

Kept as tables, because the stages join them. Everything here is a decision that a librarian may question, with its
reason beside it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import pyarrow as pa

from kg.records import SOURCES

KIND_LETTER = {
    "person": "P", "work": "W", "project": "R", "organization": "O", "venue": "V", "topic": "T",
}  # fmt: skip


class Scheme(NamedTuple):
    """A hard scheme, in the order in which it is preferred within its kind."""

    kind: str
    scheme: str
    only_one: bool = False
    """A thing has one value at most: two in one component mean that something is wrong with its links."""
    many: bool = False
    """A mention may carry several values without harm."""
    home: str = ""
    """The source that gives the identifier out; its profiles say who it is."""


SCHEMES: tuple[Scheme, ...] = (
    Scheme("person", "erad", only_one=True, home="kaken"),
    Scheme("person", "orcid", only_one=True, home="orcid"),
    Scheme("person", "researchmap", only_one=True, home="researchmap"),
    Scheme("person", "nrid", home="kaken"),
    Scheme("person", "rm_user", home="researchmap"),
    Scheme("person", "crid", home="cinii"),
    # One DOI may stand on many items of researchmap and on several NAIDs and CRIDs: sources hold duplicates.
    Scheme("work", "doi", only_one=True),
    Scheme("work", "crid", home="cinii"),
    Scheme("work", "naid", home="cinii"),
    Scheme("work", "ncid"),
    Scheme("work", "ndl_bib"),
    Scheme("work", "hdl"),
    Scheme("work", "pmid"),
    Scheme("work", "arxiv"),
    Scheme("work", "researchmap", home="researchmap"),
    Scheme("project", "award", only_one=True, home="kaken"),
    Scheme("project", "jgn"),
    Scheme("project", "kaken", home="kaken"),
    Scheme("project", "crid", home="cinii"),
    Scheme("organization", "ror", only_one=True),
    Scheme("organization", "nii", home="kaken"),
    Scheme("organization", "erad_org"),
    Scheme("organization", "mext"),
    Scheme("organization", "jsps"),
    Scheme("organization", "grid"),
    Scheme("organization", "isni"),
    Scheme("organization", "ringgold"),
    Scheme("organization", "fundref", many=True),
    # A journal has one ISSN for print and one for the screen, and sources write both under one name.
    Scheme("venue", "issn_l", many=True),
    Scheme("venue", "issn", many=True),
    Scheme("venue", "eissn", many=True),
)


def hard_scheme() -> pa.Table:
    """Table `hard_scheme`: nth, kind, scheme, only_one, many, home."""
    names = ("kind", "scheme", "only_one", "many", "home")
    return pa.table({"nth": range(len(SCHEMES)), **{name: [getattr(s, name) for s in SCHEMES] for name in names}})


def preference(sources: Sequence[str] = SOURCES) -> pa.Table:
    """Table `preference`: source, scheme (`hard_scheme.nth`), nth: the order for mentions in broken components.

    A person is who the source's own identifier says; a work is first of all its DOI.
    """
    rows = [
        {"source": source, "scheme": position, "nth": _nth(s, source, position)}
        for source in sources
        for position, s in enumerate(SCHEMES)
    ]
    return pa.Table.from_pylist(rows)


def _nth(scheme: Scheme, source: str, position: int) -> int:
    native = scheme.home == source and scheme.kind != "work"
    return position - 100 * native


def kind_letter() -> pa.Table:
    """Table `kind_letter`: the first character of the ids of each kind."""
    return pa.table({"kind": list(KIND_LETTER), "letter": list(KIND_LETTER.values())})
