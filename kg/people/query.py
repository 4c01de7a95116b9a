"""The typed question about people: clauses as a person says them, checked before anything is asked of a store.

>>> PeopleQuery(field="防災", worked_with=WorkedWith(field="情報")).worked_with.at_least
1
"""

from __future__ import annotations

import base64
import hashlib
import json
from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, field_validator, model_validator

from kg.errors import FixInput
from kg.graph.port import ALL_BASES, Basis, Sort, YearKind

Label = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Year = Annotated[int, Field(ge=1500, le=2200)]
Role = Literal["principal_investigator", "co_investigator", "collaborator", "research_fellow", "member", "other"]


class Strict(BaseModel):
    """Unknown keys are refused, so that a misspelt clause never silently widens an answer."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def wrong(e: ValidationError) -> str:
    """What is wrong with a typed question, in one line: the clause and why."""
    first = e.errors()[0]
    place, reason = ".".join(map(str, first["loc"])), first["msg"].removeprefix("Value error, ")
    return f"{place}: {reason}" if place else reason


def _check_order(first: int | None, last: int | None, *names: str) -> None:
    """Raises `ValueError` for a span of years that no year is in: an empty answer would look like «nobody»."""
    if first is not None and last is not None and first > last:
        raise ValueError(f"{names[0]} {first} is later than {names[1]} {last}")


class WorkedWith(Strict):
    """Clause: has joint works or projects with somebody else who …"""

    field: Label | None = Field(
        None, description="is of this field (label or id), on evidence other than the joint items"
    )
    bases: tuple[Basis, ...] = Field(ALL_BASES, description="which field evidence of the partner counts")
    institution: Label | None = Field(None, description="is at this institution now (name, id or code)")
    person: Label | None = Field(None, description="is this person (id, ORCID, e-Rad number or unambiguous name)")
    after: Year | None = Field(None, description="joint item in or after this year; a project counts while it runs")
    before: Year | None = Field(None, description="joint item in or before this year")
    years: YearKind = Field("calendar", description="`fiscal`: 年度, April to March")
    kinds: tuple[Literal["work", "project"], ...] = Field(("work", "project"), min_length=1)
    at_least: int = Field(1, ge=1, le=10_000, description="how many joint items at the least")

    @model_validator(mode="after")
    def _in_order(self) -> WorkedWith:
        _check_order(self.after, self.before, "after", "before")
        return self


class PeopleQuery(Strict):
    """A question about people. Clauses are joined by «and»; without any clause it means everybody."""

    field: Label | None = Field(
        None, description="field of research: label, synonym, code or id (`kaken-section:25030`)"
    )
    bases: tuple[Basis, ...] = Field(ALL_BASES, description="which field evidence counts")
    topic: Label | None = Field(None, description="own research interest, as the source words it")
    worked_with: WorkedWith | None = None
    institution: Label | None = Field(None, description="current institution, or that of `as_of` or `period`")
    role: Role | None = Field(None, description="has had this role in a project (within `period`)")
    since: Year | None = Field(None, description="active in or after this year: work, role or affiliation")
    until: Year | None = Field(None, description="active in or before this year")
    years: YearKind = "calendar"
    as_of: Annotated[str, StringConstraints(pattern=r"^\d{4}(-\d\d(-\d\d)?)?$")] | None = Field(
        None, description="ISO date: nothing seen later counts"
    )
    exclude_coauthors_of: Label | None = Field(None, description="person whose collaborators (and self) are left out")
    among: tuple[Label, ...] | None = Field(None, max_length=10_000, description="only these person ids")
    sort: Sort = "joint"

    @field_validator("as_of")
    @classmethod
    def _is_a_date(cls, value: str | None) -> str | None:
        if value is not None:
            date.fromisoformat(f"{value}-01-01"[:10])  # months and days are completed where they are left out
        return value

    @model_validator(mode="after")
    def _in_order(self) -> PeopleQuery:
        _check_order(self.since, self.until, "since", "until")
        return self


# --- receipts and paging -------------------------------------------------------------------------------------


def receipt_of(release: str, value: object) -> str:
    """Content id of release and typed value: the same question on the same release has the same receipt."""
    text = json.dumps([release, value], ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return "q-" + hashlib.sha256(text.encode()).hexdigest()[:24]


def cursor_at(receipt: str, offset: int) -> str:
    """The cursor of the page that begins at `offset` of the answer with this receipt."""
    return base64.urlsafe_b64encode(f"{receipt}:{offset}".encode()).decode().rstrip("=")


def offset_of(cursor: str | None, receipt: str) -> int:
    """Offset inside a cursor. Raises `FixInput` where it belongs to another question or release."""
    if cursor is None:
        return 0
    try:
        owner, offset = base64.urlsafe_b64decode(cursor[:200] + "=" * (-len(cursor[:200]) % 4)).decode().rsplit(":", 1)
        value = int(offset)
    except (ValueError, UnicodeDecodeError) as e:
        raise FixInput("The cursor cannot be read.", next_step="Use `next` of the answer before, unchanged.") from e
    if owner != receipt or not 0 <= value <= 10**9:
        raise FixInput("The cursor belongs to another question or release.", next_step="Ask again from the first page.")
    return value
