"""A release as arrays that are mapped into memory: who is next to whom, and what a page of an answer shows of each.

All people, projects, works, organisations, venues and topics stand in one order, that of their ids; an entity's *number* is
its place in it. The first letter of an id tells its kind, so each kind is one run of numbers. People are counted from their
own first number, too: a *person row*.

    ids.npy                     ids, in order
    first.npy                   first number of each kind of `KINDS`, then the count of all
    <name>.indptr.npy           lists: the entries of owner i are values[indptr[i]:indptr[i + 1]], or those rows of a table
    <name>.values.npy             collaborated, person_via, namesake: of person rows; via_person, record_of: of numbers
    evidence.*.npy              field evidence of person rows, strongest first: field (place among all field ids), basis, via, year
    year · first_year · last_year · early · large   of each number: when a work or project was
    <name>.arrow                rows of text (Arrow, not compressed): entities of a kind by number, records by source and id,
                                  identifiers (of numbers) and affiliations (of person rows) through their lists

`kg.arrays.write` makes the folder when a release is built, `kg.arrays.read` opens it. Nothing here is a source: the tables
say the same.
"""

from __future__ import annotations

from typing import Any

import numpy as np

Integers = np.ndarray[Any, np.dtype[Any]]

KINDS = {"O": "organization", "P": "person", "R": "project", "T": "topic", "V": "venue", "W": "work"}
"""Kind by first letter of the id, in the order of letters."""

BASES = ("researchmap_area", "principal_investigator", "interest", "member", "work")
"""Bases of field evidence, strongest first; a basis is stored as its place here."""

NO_YEAR = -(2**31)
"""Stands for an unknown year."""


def distinct(values: Integers) -> Integers:
    """Each value once, ascending. Sorts, which for millions of numbers is several times faster than `numpy.unique`."""
    ordered = np.sort(values)
    return ordered[np.append(True, ordered[1:] != ordered[:-1])] if len(ordered) else ordered
