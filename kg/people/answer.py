"""What an answer about people is made of. Each statement in it leads to the native records that make it."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

from kg.messages import Lang


class RecordRef(BaseModel):
    """A native record: open `url` to see it at its source."""

    id: str
    source: str
    url: str | None


class Via(BaseModel):
    """The work or project that a proof rests on."""

    id: str
    kind: str
    title: str | None
    year: int | None


class FieldRef(BaseModel):
    id: str
    label: str


class Affiliation(BaseModel):
    """Where somebody was last seen employed."""

    organization: str | None
    organization_id: str | None
    department: str | None
    title: str | None
    last_seen: str | None


class Partner(BaseModel):
    id: str
    name: str
    affiliation: str | None
    field_basis: list[str]
    """Evidence of the partner's own field, apart from the joint items: `basis: item`."""


class Proof(BaseModel):
    """Why one clause holds: `field`, `topic`, `worked_with`, `institution`, `role`, `period`."""

    clause: str
    field: FieldRef | None = None
    basis: str | None = None
    partner: Partner | None = None
    via: Via | None = None
    records: list[RecordRef] = []


class PersonHit(BaseModel):
    """One person of an answer."""

    id: str
    name: str
    """Japanese name, else Latin, else the identifier the sources know the person by."""
    name_kana: str | None = None
    name_en: str | None = None
    identifiers: dict[str, list[str]] = {}
    affiliation: Affiliation | None = None
    last_year: int | None = None
    """Latest joint year, else the year the person was last seen employed."""
    joint_works: int = 0
    joint_projects: int = 0
    partners: int = 0
    proofs: list[Proof] = []
    proofs_total: int = 0
    """All proofs there are; more than `proofs` where the asker capped them."""


class NearMissHit(BaseModel):
    """Somebody who fails exactly one clause."""

    id: str
    name: str
    affiliation: str | None
    clause: str
    reason: str
    explanation: str
    partner: str | None = None


class Candidate(BaseModel):
    """One of several people or institutions that a label may mean, with what tells them apart."""

    id: str
    name: str
    affiliation: str | None = None
    identifiers: dict[str, list[str]] = {}


class Ambiguity(BaseModel):
    """A name that means several people: nothing is summed until the asker chooses."""

    clause: str
    label: str
    candidates: list[Candidate]


class Understood(BaseModel):
    """The typed value an answer is about, and what each label was taken to mean. Correct it and ask again."""

    kind: str = "people"
    query: dict[str, Any]
    fields: dict[str, list[dict[str, str]]] = {}
    """Label → roots it resolved to (`id`, `label`, `matched`)."""
    unresolved: list[str] = []
    sentence_ja: str = ""
    sentence_en: str = ""


class PeopleAnswer(BaseModel):
    """Complete: `total` people match; `people` holds the page asked for."""

    release: str
    lang: Lang = "ja"
    """Language of `message`, `cannot_know`, explanations and labels."""
    understood: Understood
    total: int
    people: list[PersonHit]
    near_misses: list[NearMissHit] = []
    near_miss_totals: dict[str, int] = {}
    dropped_by_basis: dict[str, int] = {}
    """People who drop out because the partner's field rests only on joint items, by its basis."""
    same_name: list[list[str]] = []
    """Groups of matching people (of the whole answer, not of this page) who share a name and an institution: perhaps one
    person, which identifiers cannot decide. At most 100 groups; `same_name_total` counts all."""
    same_name_total: int = 0
    only_large_groups: int = 0
    coverage: dict[str, Any] = {}
    cannot_know: list[str] = []
    ambiguous: list[Ambiguity] = []
    message: str | None = None
    next: str | None = None
    """Cursor of the following page."""
    receipt: str
