"""Who fits, and what proves it: the typed question about people and its complete answer.

    >>> query = PeopleQuery(field="防災", worked_with=WorkedWith(field="情報"))
    >>> answer = find(store, query)                       # doctest: +SKIP
    >>> answer.total, answer.people[0].proofs[0].clause   # doctest: +SKIP
    (412, 'field')

A `PeopleQuery` holds labels as a person says them (「防災」) or ids; `find` resolves them against the release's own
vocabularies, has the store select everybody who meets all clauses, and proves each clause with records. It
never samples: `total` is exact, and `cursor` reaches everybody. What the data cannot tell stands in `cannot_know`.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, field_validator, model_validator

from kg import messages
from kg.errors import FixInput
from kg.graph.port import ALL_BASES, Basis, Found, GraphStore, Joint, JointItem, People, Row, Selection, Sort, YearKind
from kg.messages import Lang, label, say
from ontology import fields as vocabulary

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


class Ambiguous(Exception):  # carries an answer, is not an error of the program
    """A label means several people. Caught by `find`, which answers with the candidates."""

    def __init__(self, ambiguity: Ambiguity) -> None:
        super().__init__(ambiguity.label)
        self.ambiguity = ambiguity


def find(
    store: GraphStore,
    query: PeopleQuery,
    *,
    limit: int | None = 20,
    cursor: str | None = None,
    proofs_per_person: int | None = None,
    lang: Lang = "ja",
) -> PeopleAnswer:
    """Everybody who meets all clauses, proven.

    `limit` people a page (None: all at once); `cursor` is `next` of the page before; `lang` is the language of the
    words around the data. Raises `FixInput` for a cursor that cannot be read or is of another release or question.
    """
    understood = Understood(query=query.model_dump(mode="json", exclude_defaults=True))
    understood.sentence_ja, understood.sentence_en = sentences(query)
    receipt = receipt_of(store.release, understood.query)
    try:
        selection = _resolve(store, query, understood, limit, _offset(cursor, receipt))
    except Ambiguous as a:
        return PeopleAnswer(
            release=store.release, lang=lang, understood=understood, total=0, people=[], receipt=receipt,
            coverage=store.coverage(), ambiguous=[a.ambiguity],
            message=say("ambiguous", lang, label=a.ambiguity.label, n=len(a.ambiguity.candidates)),
        )  # fmt: skip
    if understood.unresolved:
        return _nothing(store, understood, receipt, lang)
    found = store.people(selection)
    page = [f.person for f in found.page]
    items = _joint_items(store, found.page, selection, proofs_per_person)
    near = {p for m in found.near_misses for p in (m.person, m.partner) if p}
    bearers = _Bearers(store, {*page, *items.partners, *near})
    facts = _Facts(store, page, items, bearers, selection, lang)
    coverage = store.coverage()
    shown = selection.offset + len(found.page)
    return PeopleAnswer(
        release=store.release,
        lang=lang,
        understood=understood,
        total=found.total,
        people=_hits(found.page, facts, bearers, items, proofs_per_person, lang),
        near_misses=_near_misses(found, bearers, lang),
        near_miss_totals=found.near_miss_totals,
        dropped_by_basis=found.dropped_by_basis,
        same_name=found.same_name[:SAME_NAME_LIMIT],
        same_name_total=len(found.same_name),
        only_large_groups=found.only_large_groups,
        coverage=coverage,
        cannot_know=cannot_know(coverage, lang, same_name=len(found.same_name)),
        message=None if found.total else say("no_match", lang),
        next=_cursor(receipt, shown) if found.page and shown < found.total else None,
        receipt=receipt,
    )


SAME_NAME_LIMIT = 100


def receipt_of(release: str, value: object) -> str:
    """Content id of release and typed value: the same question on the same release has the same receipt."""
    text = json.dumps([release, value], ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return "q-" + hashlib.sha256(text.encode()).hexdigest()[:24]


def cannot_know(coverage: Row, lang: Lang = "ja", *, same_name: int = 0) -> list[str]:
    """What answers from these data cannot tell, with the figures behind it. `same_name`: groups of possible duplicates."""
    out = []
    if same_name:
        out.append(say("same_name", lang, n=same_name))
    if n := coverage.get("authorships_by_name_only"):
        out.append(say("names_only", lang, n=n, share=n / max(1, coverage["authorships"])))
    if n := coverage.get("memberships_by_name_only"):
        out.append(say("members_by_name_only", lang, n=n))
    for key in ("projects_without_field", "identity_conflicts"):
        if n := coverage.get(key):
            out.append(say(key, lang, n=n))
    return [*out, say("not_in_sources", lang)]


def sentences(query: PeopleQuery) -> tuple[str, str]:
    """The query in plain Japanese and English, so that the asker sees what was understood.

    >>> sentences(PeopleQuery(field="防災", worked_with=WorkedWith(field="情報")))[0]
    '分野が「防災」で、「情報」分野の研究者との共同の業績・研究課題が1件以上ある人'
    """
    return _sentence_ja(query), _sentence_en(query)


def _sentence_ja(q: PeopleQuery) -> str:
    clauses = list(_clauses_ja(q))
    linked = [linking for linking, _ in clauses[:-1]] + [ending for _, ending in clauses[-1:]]
    when = f"（{q.as_of}の時点）" if q.as_of else ""
    return ("、".join(linked) or "すべての") + "人" + when


def _clauses_ja(q: PeopleQuery) -> Iterable[tuple[str, str]]:
    """Each clause twice: as it leads on to the next («…で»), and as it ends before 「人」."""
    if q.field:
        yield f"分野が「{q.field}」{_bases_ja(q.bases)}で", f"分野が「{q.field}」{_bases_ja(q.bases)}の"
    if q.topic:
        yield f"研究キーワードが「{q.topic}」で", f"研究キーワードが「{q.topic}」の"
    if q.institution:
        yield f"所属が「{q.institution}」で", f"所属が「{q.institution}」の"
    span = _span_ja(q.since, q.until, q.years)
    if q.role:
        role = "研究課題に" + label("role", q.role, "ja") + "として加わったことが"
        yield f"{span}{role}あり", f"{span}{role}ある"
    elif span:
        yield f"{span}活動が見られ", f"{span}活動が見られる"
    if q.worked_with:
        yield _worked_ja(q.worked_with) + "あり", _worked_ja(q.worked_with) + "ある"
    if who := q.exclude_coauthors_of:
        yield f"「{who}」本人でもその共同研究者でもなく", f"「{who}」本人でもその共同研究者でもない"
    if q.among is not None:
        yield f"指定の{len(q.among)}人に含まれ", f"指定の{len(q.among)}人に含まれる"


def _bases_ja(bases: tuple[Basis, ...]) -> str:
    if set(bases) == set(ALL_BASES):
        return ""
    return "（根拠は" + "・".join(label("basis", b, "ja") for b in bases) + "に限る）"


def _span_ja(first: int | None, last: int | None, years: YearKind) -> str:
    unit = "年度" if years == "fiscal" else "年"
    if first and last:
        return f"{first}{unit}に" if first == last else f"{first}{unit}から{last}{unit}までに"
    return f"{first}{unit}以降に" if first else f"{last}{unit}以前に" if last else ""


_KINDS_JA: dict[tuple[str, ...], str] = {("work",): "共同の業績", ("project",): "共同の研究課題"}
_KINDS_EN: dict[tuple[str, ...], tuple[str, str]] = {
    ("work",): ("joint work", "joint works"),
    ("project",): ("joint project", "joint projects"),
}


def _worked_ja(w: WorkedWith) -> str:
    if w.person:
        who = f"「{w.person}」"
    else:
        who = f"「{w.institution}」の" * bool(w.institution) + f"「{w.field}」分野の" * bool(w.field) + "研究者"
        who = who if w.institution or w.field else "ほかの研究者"
    span = _span_ja(w.after, w.before, w.years)
    what = _KINDS_JA.get(w.kinds, "共同の業績・研究課題")
    return f"{who}{_bases_ja(w.bases)}との{span[:-1] + 'の' if span else ''}{what}が{w.at_least}件以上"


def _sentence_en(q: PeopleQuery) -> str:
    clauses = list(_clauses_en(q))
    return "People " + ", ".join(clauses) if clauses else "Everybody"


def _clauses_en(q: PeopleQuery) -> Iterable[str]:
    if q.field:
        yield f"whose field is “{q.field}”{_bases_en(q.bases)}"
    if q.topic:
        yield f"whose interest is “{q.topic}”"
    if q.institution:
        yield f"at “{q.institution}”"
    span = _span_en(q.since, q.until, q.years)
    if q.role:
        yield f"who were in a project as {label('role', q.role, 'en')}{span}"
    elif span:
        yield f"active{span}"
    if q.worked_with:
        yield "with " + _worked_en(q.worked_with)
    if q.exclude_coauthors_of:
        yield f"other than “{q.exclude_coauthors_of}” and collaborators"
    if q.among is not None:
        yield f"among {len(q.among)} given people"
    if q.as_of:
        yield f"as of {q.as_of}"


def _bases_en(bases: tuple[Basis, ...]) -> str:
    if set(bases) == set(ALL_BASES):
        return ""
    return " (evidence: " + ", ".join(label("basis", b, "en") for b in bases) + " only)"


def _span_en(first: int | None, last: int | None, years: YearKind) -> str:
    unit = "fiscal year " if years == "fiscal" else ""
    if first and last:
        return f" in {unit}{first}" if first == last else f" from {unit}{first} to {last}"
    return f" since {unit}{first}" if first else f" until {unit}{last}" if last else ""


def _worked_en(w: WorkedWith) -> str:
    if w.person:
        who = f"“{w.person}”"
    else:
        who = "researchers" if w.institution or w.field else "other researchers"
        who += f" in “{w.field}”" * bool(w.field) + _bases_en(w.bases) + f" at “{w.institution}”" * bool(w.institution)
    one, many = _KINDS_EN.get(w.kinds, ("joint work or project", "joint works or projects"))
    what = one if w.at_least == 1 else many
    return f"at least {w.at_least} {what} with {who}{_span_en(w.after, w.before, w.years)}"


# --- labels to ids -------------------------------------------------------------------------------------------


def _resolve(
    store: GraphStore, query: PeopleQuery, understood: Understood, limit: int | None, offset: int
) -> Selection:
    """The selection a query means in this release; labels that mean nothing go to `understood.unresolved`."""
    joint = None
    if w := query.worked_with:
        joint = Joint(
            fields=_fields(store, w.field, understood),
            bases=w.bases,
            organizations=_organizations(store, w.institution, understood),
            people=(_person(store, "worked_with.person", w.person, understood),) if w.person else None,
            after=w.after,
            before=w.before,
            years=w.years,
            kinds=w.kinds,
            min_items=w.at_least,
        )
    fields = _fields(store, query.field, understood, topics_too=True)
    topics = tuple(store.topics_like(query.topic)) if query.topic else None
    if query.topic and not topics:
        understood.unresolved.append(query.topic)
    if query.field and not fields:
        fields, topics = None, tuple(store.topics_like(query.field))
    excluded = query.exclude_coauthors_of
    return Selection(
        fields=fields,
        bases=query.bases,
        topics=topics,
        joint=joint,
        organizations=_organizations(store, query.institution, understood),
        role=query.role,
        period=(query.since, query.until) if query.since or query.until else None,
        years=query.years,
        as_of=query.as_of,
        exclude_coauthors_of=(_person(store, "exclude_coauthors_of", excluded, understood),) if excluded else (),
        among=query.among,
        sort=query.sort,
        limit=limit,
        offset=offset,
    )


def _fields(
    store: GraphStore, label: str | None, understood: Understood, *, topics_too: bool = False
) -> tuple[str, ...] | None:
    """Ids of all fields that a label stands for: what it matches, what lies below, and what is mapped to these."""
    if label is None:
        return None
    tables = store.field_tables()
    matches = vocabulary.resolve(label, tables)
    if not matches:
        if topics_too and store.topics_like(label):
            understood.fields[label] = [{"id": t, "label": label, "matched": "topic"} for t in store.topics_like(label)]
        else:
            understood.unresolved.append(label)
        return ()
    understood.fields[label] = [{"id": m.field, "label": m.label, "matched": m.how} for m in matches]
    return tuple(sorted(vocabulary.closure([m.field for m in matches], tables)))


def _organizations(store: GraphStore, label: str | None, understood: Understood) -> tuple[str, ...] | None:
    if label is None:
        return None
    found = store.find_organizations(label)
    if not found:
        understood.unresolved.append(label)
    return tuple(found)


def _person(store: GraphStore, clause: str, label: str, understood: Understood) -> str:
    found = store.find_people(label)
    if not found:
        understood.unresolved.append(label)
        return label
    if len(found) > 1:
        raise Ambiguous(Ambiguity(clause=clause, label=label, candidates=candidates(store, [r["id"] for r in found])))
    return str(found[0]["id"])


def candidates(store: GraphStore, people: list[str]) -> list[Candidate]:
    """The people a name may mean, with affiliation and identifiers that tell them apart."""
    bearers = _Bearers(store, people)
    return [
        Candidate(
            id=p,
            name=bearers.name(p),
            affiliation=place_text(bearers.places.get(p)),
            identifiers=group_identifiers(bearers.identifiers.get(p, [])),
        )
        for p in people
    ]


# --- proofs --------------------------------------------------------------------------------------------------


class _Bearers:
    """Names, affiliations and identifiers of everybody that one answer shows, fetched at once."""

    def __init__(self, store: GraphStore, people: Iterable[str]) -> None:
        everybody = sorted(set(people))
        self.entities = store.entities(everybody)
        self.places = store.current_affiliations(everybody)
        self.identifiers = store.identifiers(everybody)

    def name(self, person: str) -> str:
        return display_name(self.entities.get(person, {}), self.identifiers.get(person, []))

    def place(self, person: str, lang: Lang) -> str | None:
        return place_text(self.places.get(person), lang)


@dataclass(frozen=True, slots=True)
class _Items:
    """Joint items of a page: all of them, since what two people share never counts as evidence, and those shown."""

    everything: dict[str, list[JointItem]]
    shown: dict[str, list[JointItem]]

    @property
    def partners(self) -> set[str]:
        return {i.partner for items in self.shown.values() for i in items}


def _joint_items(store: GraphStore, page: list[Found], s: Selection, cap: int | None) -> _Items:
    everything: dict[str, list[JointItem]] = {}
    if s.joint and page:
        for i in store.joint_items([f.person for f in page], s.joint, s.as_of):
            everything.setdefault(i.person, []).append(i)
    return _Items(everything, {p: items[:cap] for p, items in everything.items()})


def _hits(
    page: list[Found], facts: _Facts, bearers: _Bearers, items: _Items, cap: int | None, lang: Lang
) -> list[PersonHit]:
    hits = []
    for f in page:
        proofs = facts.proofs(f.person)
        entity, ids = bearers.entities.get(f.person, {}), bearers.identifiers.get(f.person, [])
        place = bearers.places.get(f.person)
        hidden = len(items.everything.get(f.person, [])) - len(items.shown.get(f.person, []))
        hits.append(
            PersonHit(
                id=f.person,
                name=display_name(entity, ids),
                name_kana=entity.get("name_kana"),
                name_en=entity.get("name_en"),
                identifiers=group_identifiers(ids),
                affiliation=affiliation_of(place, lang),
                last_year=f.last_joint or _year(place),
                joint_works=f.joint_works,
                joint_projects=f.joint_projects,
                partners=f.partners,
                proofs=proofs[:cap],
                proofs_total=len(proofs) + hidden,
            )
        )
    return hits


class _Facts:
    """What the proofs of one page need besides people's names, fetched set-wise."""

    def __init__(
        self, store: GraphStore, people: list[str], items: _Items, bearers: _Bearers, s: Selection, lang: Lang
    ) -> None:
        self.selection, self.items, self.bearers, self.lang = s, items, bearers, lang
        self.own = _by_person(store.field_evidence([(p, s.fields) for p in people])) if s.fields and people else {}
        self.theirs: dict[str, list[Row]] = {}
        if s.joint and s.joint.fields and items.partners:
            self.theirs = _by_person(store.field_evidence([(p, s.joint.fields) for p in sorted(items.partners)]))
        via = {i.via for shown in items.shown.values() for i in shown}
        via |= {r["via"] for p in people for r in self._evidence(p)}
        self.entities = store.entities(sorted(via - set(people)))
        native = store.records_of(sorted(via | set(people))) if people else {}
        self.records = {
            entity: [RecordRef(id=r["id"], source=r["source"], url=r["url"]) for r in rows]
            for entity, rows in native.items()
        }
        self.shared: dict[tuple[str, str], set[str]] = {}
        for i in (i for everything in items.everything.values() for i in everything):
            self.shared.setdefault((i.person, i.partner), set()).add(i.via)

    def _evidence(self, person: str) -> list[Row]:
        """The evidence that is shown for a person's own field: one strong reason, else two roles or works."""
        rows = [r for r in self.own.get(person, []) if r["basis"] in self.selection.bases]
        return [r for r in rows if r["basis"] not in ("member", "work")][:1] or rows[:2]

    def proofs(self, person: str) -> list[Proof]:
        """Field first, then the plain clauses, then joint items from newest to oldest."""
        return [*self._field(person), *self._plain(person), *(self._joint(i) for i in self.items.shown.get(person, []))]

    def _field(self, person: str) -> list[Proof]:
        return [
            Proof(
                clause="field",
                field=FieldRef(
                    id=r["field"], label=messages.pick(r["label_ja"], r["label_en"], self.lang) or r["field"]
                ),
                basis=r["basis"],
                via=self._via(r["via"], r["year"]) if r["via"] != person else None,
                records=self._records(r["via"]),
            )
            for r in self._evidence(person)
        ]

    def _plain(self, person: str) -> list[Proof]:
        s, out = self.selection, []
        if s.topics:
            out.append(Proof(clause="topic", basis="interest", records=self._records(person)))
        if s.organizations is not None:
            out.append(Proof(clause="institution", records=self._records(person)))
        return out

    def _joint(self, i: JointItem) -> Proof:
        shared = self.shared[i.person, i.partner]
        own = [r for r in self.theirs.get(i.partner, []) if r["via"] not in shared]
        return Proof(
            clause="worked_with",
            partner=Partner(
                id=i.partner,
                name=self.bearers.name(i.partner),
                affiliation=self.bearers.place(i.partner, self.lang),
                field_basis=[self._basis_text(r) for r in own[:2]],
            ),
            via=self._via(i.via, i.year),
            records=self._records(i.via),
        )

    def _basis_text(self, r: Row) -> str:
        name = messages.pick(r["label_ja"], r["label_en"], self.lang) or r["field"]
        return f"{r['basis']}: {name}" + (f" ({r['via']})" if r["via_kind"] in ("project", "work") else "")

    def _via(self, entity: str, year: int | None) -> Via:
        row = self.entities.get(entity, {})
        return Via(
            id=entity, kind=row.get("kind", "work"), title=title_of(row, self.lang), year=year or row.get("year")
        )

    def _records(self, entity: str) -> list[RecordRef]:
        return self.records.get(entity, [])


def _near_misses(found: People, bearers: _Bearers, lang: Lang) -> list[NearMissHit]:
    return [
        NearMissHit(
            id=m.person,
            name=bearers.name(m.person),
            affiliation=bearers.place(m.person, lang),
            clause=m.clause,
            reason=m.reason,
            explanation=label("explanation", m.reason, lang),
            partner=bearers.name(m.partner) if m.partner else None,
        )
        for m in found.near_misses
    ]


def _nothing(store: GraphStore, understood: Understood, receipt: str, lang: Lang) -> PeopleAnswer:
    coverage = store.coverage()
    return PeopleAnswer(
        release=store.release, lang=lang, understood=understood, total=0, people=[], coverage=coverage,
        cannot_know=cannot_know(coverage, lang), receipt=receipt,
        message=say("unresolved", lang, labels=messages.listed(understood.unresolved, lang)),
    )  # fmt: skip


# --- how things are called -----------------------------------------------------------------------------------


def display_name(person: Row, identifiers: list[Row]) -> str:
    """Japanese name, else kana, else Latin, else the identifier that sources know somebody by."""
    for column in ("name_ja", "name_kana", "name_en"):
        if person.get(column):
            return str(person[column])
    known = group_identifiers(identifiers)
    for scheme in ("researchmap", "orcid", "erad", "nrid", "rm_user", "crid"):
        if scheme in known:
            return known[scheme][0]
    return str(person.get("id", "?"))


def group_identifiers(rows: list[Row]) -> dict[str, list[str]]:
    """Identifiers by scheme."""
    out: dict[str, list[str]] = {}
    for r in rows:
        out.setdefault(r["scheme"], []).append(r["value"])
    return out


_TITLES = ("title_ja", "title_en", "title_other", "title_kana", "name_ja", "name_en", "label_ja", "label_en")
_TITLES_EN = ("title_en", "title_ja", "title_other", "title_kana", "name_en", "name_ja", "label_en", "label_ja")


def title_of(entity: Row, lang: Lang = "ja") -> str | None:
    """Title or name of a work, project or organisation, in this language where it has one."""
    for column in _TITLES if lang == "ja" else _TITLES_EN:
        if entity.get(column):
            return str(entity[column])
    return entity.get("award_number")


def place_text(place: Row | None, lang: Lang = "ja") -> str | None:
    """`東北大学 災害科学国際研究所 教授`, or None."""
    if not place:
        return None
    organization = messages.pick(place["organization_ja"], place["organization_en"], lang)
    return " ".join(p for p in (organization, place["department"], place["title"]) if p) or None


def affiliation_of(place: Row | None, lang: Lang = "ja") -> Affiliation | None:
    """A row of the store's current affiliations as part of an answer."""
    if not place:
        return None
    return Affiliation(
        organization=messages.pick(place["organization_ja"], place["organization_en"], lang),
        organization_id=place["organization"],
        department=place["department"] or None,
        title=place["title"] or None,
        last_seen=place["last_seen"] or place["first_seen"],
    )


def _year(place: Row | None) -> int | None:
    seen = (place or {}).get("last_seen") or (place or {}).get("first_seen")
    return int(seen[:4]) if seen else None


def _by_person(rows: list[Row]) -> dict[str, list[Row]]:
    out: dict[str, list[Row]] = {}
    for r in rows:
        out.setdefault(r["person"], []).append(r)
    return out


# --- paging --------------------------------------------------------------------------------------------------


def _cursor(receipt: str, offset: int) -> str:
    return base64.urlsafe_b64encode(f"{receipt}:{offset}".encode()).decode().rstrip("=")


def _offset(cursor: str | None, receipt: str) -> int:
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
