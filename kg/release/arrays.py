"""Who is next to whom, as arrays that can be mapped into memory.

`persons.npy`, `works.npy`, `projects.npy` hold ids in order; a position in them is a row number. Each relation is
compressed sparse rows: `<name>.indptr.npy` (rows + 1) and `<name>.indices.npy`; the neighbours of person row `i` are
`indices[indptr[i]:indptr[i + 1]]`, ascending.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import numpy as np

IDS = {"persons": "person", "works": "work", "projects": "project"}

RELATIONS = {
    "collaborated": ("persons", "SELECT a, b FROM collaborated UNION ALL SELECT b, a FROM collaborated"),
    "person_work": ("works", "SELECT DISTINCT person, work FROM authored WHERE person IS NOT NULL"),
    "person_project": ("projects", "SELECT DISTINCT person, project FROM member_of WHERE person IS NOT NULL"),
}
"""Name: (what the neighbours are, pairs of person and neighbour)."""


def write_arrays(db: duckdb.DuckDBPyConnection, folder: Path) -> None:
    """Writes all arrays of a release into a new folder, from its tables in the database."""
    folder.mkdir()
    for name, table in IDS.items():
        db.execute(
            f'CREATE OR REPLACE TEMP TABLE row_of_{name} AS SELECT id, row_number() OVER (ORDER BY id) - 1 AS n FROM "{table}"'
        )
        ids = db.execute(f"SELECT id FROM row_of_{name} ORDER BY n").fetchnumpy()["id"]
        np.save(folder / f"{name}.npy", np.asarray(ids, dtype="S17"), allow_pickle=False)
    persons = _count(db, "persons")
    for name, (target, pairs) in RELATIONS.items():
        rows = db.execute(
            f"SELECT p.n AS person, t.n AS other FROM ({pairs}) AS pair(person, other) "
            f"JOIN row_of_persons p ON p.id = pair.person JOIN row_of_{target} t ON t.id = pair.other ORDER BY 1, 2"
        ).fetchnumpy()
        indptr = np.searchsorted(np.asarray(rows["person"], np.int64), np.arange(persons + 1)).astype(np.int64)
        np.save(folder / f"{name}.indptr.npy", indptr, allow_pickle=False)
        np.save(folder / f"{name}.indices.npy", np.asarray(rows["other"], np.int32), allow_pickle=False)
    for name in IDS:
        db.execute(f"DROP TABLE row_of_{name}")


def _count(db: duckdb.DuckDBPyConnection, name: str) -> int:
    (row,) = db.execute(f"SELECT count(*) FROM row_of_{name}").fetchall()
    return int(row[0])


def neighbours(folder: Path, relation: str, person: str) -> list[str]:
    """Ids next to a person in one relation, ascending; [] for an unknown person. Maps files, reads only what it needs."""
    target = RELATIONS[relation][0]
    persons: Any = np.load(folder / "persons.npy", mmap_mode="r")
    wanted = np.bytes_(person.encode())
    at = int(np.searchsorted(persons, wanted))
    if at == len(persons) or persons[at] != wanted:
        return []
    indptr: Any = np.load(folder / f"{relation}.indptr.npy", mmap_mode="r")
    indices: Any = np.load(folder / f"{relation}.indices.npy", mmap_mode="r")
    others: Any = np.load(folder / f"{target}.npy", mmap_mode="r")
    return [bytes(others[i]).decode() for i in indices[indptr[at] : indptr[at + 1]]]
