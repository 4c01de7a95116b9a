"""A staff list matched to people of a release: who is who, how sure, and who else it could be.

    >>> resolve(store, pa.table({"氏名": ["青木 一"], "e-Rad": ["00012345"]}))[0].person   # doctest: +SKIP
    'P0123456789abcdef'

An identifier decides; a name alone never does better than 0.6, and a name that several people bear gives candidates, no match.
Confidence: 1.0 identifier and name agree · 0.9 identifier, no name to compare · 0.5 identifier, but another name · 0.85 only bearer
of the name and the department agrees · 0.6 only bearer of the name · 0 none or several.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from typing import Any

import pyarrow as pa

from kg.errors import FixInput
from kg.graph.port import GraphStore, Row
from kg.people import display_name, place_text
from kg.text import identifiers as ids
from kg.text import match_key

HEADERS: dict[str, tuple[str, ...]] = {
    "name": ("name", "氏名", "名前", "姓名", "研究者名", "教員名", "full name", "fullname"),
    "kana": ("kana", "カナ", "ふりがな", "フリガナ", "よみ", "氏名カナ", "氏名（カナ）", "yomi"),
    "romaji": ("romaji", "name_en", "英語名", "ローマ字", "english name"),
    "erad": ("erad", "e-rad", "e-rad番号", "研究者番号", "科研費番号", "erad番号"),
    "orcid": ("orcid", "orcid id", "orcid id", "orcid番号"),
    "department": ("department", "所属", "部局", "学部", "所属部局", "affiliation", "部署"),
}
"""Column headers that are understood, by meaning; compared without case, width and spaces."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody a row may mean."""

    id: str
    name: str
    affiliation: str | None
    confidence: float


@dataclass(frozen=True, slots=True)
class Resolved:
    """One row of the list."""

    row: int
    """Row of the sheet, the header being 1."""
    name: str | None
    person: str | None
    confidence: float
    reason: str
    """`identifier`, `identifier_other_name`, `two_identifiers_disagree`, `name_and_department`, `name`, `several`, `none`."""
    candidates: list[Candidate] = field(default_factory=list)


def resolve(store: GraphStore, table: pa.Table) -> list[Resolved]:
    """Each row of a staff list, in order.

    Raises `FixInput` where no column is understood as a name or an identifier.
    """
    columns = _columns(table.column_names)
    given = table.select(list(columns.values())).rename_columns(list(columns)).to_pylist()
    rows = [{k: str(v).strip() for k, v in r.items() if v is not None} for r in given]  # a number may be a number
    people = _Known(store, rows)
    return [people.resolve(n, r) for n, r in enumerate(rows, 2)]


def _columns(names: Iterable[str]) -> dict[str, str]:
    wanted = {match_key(h): meaning for meaning, headers in HEADERS.items() for h in headers}
    found: dict[str, str] = {}
    for n in names:
        meaning = wanted.get(match_key(n))
        if meaning and meaning not in found:
            found[meaning] = n
    if not {"name", "kana", "romaji", "erad", "orcid"} & set(found):
        raise FixInput(
            f"No column of the list is understood: {', '.join(names)}.",
            next_step="Name one 氏名, カナ, e-Rad番号 or ORCID (see docs/sql.md#staff-lists).",
        )
    return found


class _Known:
    """What the release knows about everybody on the list, fetched set-wise."""

    def __init__(self, store: GraphStore, rows: list[dict[str, str]]) -> None:
        numbers, names = set(), set()
        for r in rows:
            numbers |= {
                v for v in (ids.erad_from_spreadsheet(r.get("erad") or ""), ids.orcid(r.get("orcid") or "")) if v
            }
            names |= {r[k] for k in ("name", "kana", "romaji") if r.get(k)}
        self.by_number: dict[str, list[str]] = {}
        for x in store.people_by_identifiers(sorted(numbers)):
            self.by_number.setdefault(x["value"], []).append(x["id"])
        self.by_name: dict[str, list[str]] = {}
        for x in store.people_by_names(sorted(names)):
            self.by_name.setdefault(x["key"], []).append(x["id"])
        everybody = sorted({p for group in (*self.by_number.values(), *self.by_name.values()) for p in group})
        self.entities = store.entities(everybody)
        self.places = store.current_affiliations(everybody)
        self.identifiers = store.identifiers(everybody)

    def resolve(self, n: int, row: dict[str, str]) -> Resolved:
        name = row.get("name") or row.get("romaji") or row.get("kana")
        bearers = self._bearers(row)
        numbered = self._numbered(row)
        if len(numbered) > 1:
            return Resolved(n, name, None, 0.0, "two_identifiers_disagree", [self._candidate(p, 0.5) for p in numbered])
        if numbered:
            person = numbered[0]
            if name is None:
                return Resolved(n, name, person, 0.9, "identifier")
            if person in bearers:
                return Resolved(n, name, person, 1.0, "identifier")
            return Resolved(n, name, person, 0.5, "identifier_other_name", [self._candidate(person, 0.5)])
        here = [p for p in bearers if self._same_department(p, row.get("department"))]
        if len(here) == 1:
            return Resolved(
                n,
                name,
                here[0],
                0.85,
                "name_and_department",
                [self._candidate(p, 0.3) for p in bearers if p != here[0]],
            )
        if len(bearers) == 1:
            return Resolved(n, name, bearers[0], 0.6, "name")
        share = round(1 / len(bearers), 2) if bearers else 0.0
        return Resolved(
            n, name, None, 0.0, "several" if bearers else "none", [self._candidate(p, share) for p in bearers]
        )

    def _numbered(self, row: dict[str, str]) -> list[str]:
        values = (ids.erad_from_spreadsheet(row.get("erad", "")), ids.orcid(row.get("orcid", "")))
        return sorted({p for v in values if v for p in self.by_number.get(v, [])})

    def _bearers(self, row: dict[str, str]) -> list[str]:
        """People who bear every name form that anybody in the release bears."""
        groups = [
            set(self.by_name.get(match_key(row[k]).replace(",", ""), []))
            for k in ("name", "kana", "romaji")
            if row.get(k)
        ]
        groups = [g for g in groups if g]
        return sorted(set.intersection(*groups)) if groups else []

    def _same_department(self, person: str, department: str | None) -> bool:
        place = place_text(self.places.get(person))
        return bool(department and place and match_key(department) in match_key(place))

    def _candidate(self, person: str, confidence: float) -> Candidate:
        entity: Row = self.entities.get(person, {})
        return Candidate(
            person,
            display_name(entity, self.identifiers.get(person, [])),
            place_text(self.places.get(person)),
            confidence,
        )


def as_rows(resolved: list[Resolved]) -> list[dict[str, Any]]:
    """Flat rows for a spreadsheet: candidates in one cell."""
    return [
        {**{k: v for k, v in asdict(r).items() if k != "candidates"},
         "candidates": "; ".join(f"{c.id} {c.name} {c.affiliation or ''} ({c.confidence})" for c in r.candidates) or None}
        for r in resolved
    ]  # fmt: skip
