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
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from kg.errors import FixInput
from kg.graph.port import ALL_BASES, Basis, Found, GraphStore, Joint, JointItem, People, Row, Selection, Sort, YearKind
from ontology import fields as vocabulary

Label = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Year = Annotated[int, Field(ge=1500, le=2200)]
Role = Literal["principal_investigator", "co_investigator", "collaborator", "research_fellow", "member", "other"]


class Strict(BaseModel):
    """Unknown keys are refused, so that a misspelt clause never silently widens an answer."""

    model_config = ConfigDict(extra="forbid", frozen=True)


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
    understood: Understood
    total: int
    people: list[PersonHit]
    near_misses: list[NearMissHit] = []
    near_miss_totals: dict[str, int] = {}
    dropped_by_basis: dict[str, int] = {}
    """People who drop out because the partner's field rests only on joint items, by its basis."""
    only_large_groups: int = 0
    coverage: dict[str, Any] = {}
    cannot_know: list[str] = []
    ambiguous: list[Ambiguity] = []
    message: str | None = None
    next: str | None = None
    """Cursor of the following page."""
    receipt: str


EXPLANATIONS = {
    "single_role": (
        "本人の分野の根拠が分担・著作1件のみ（2件以上が必要）",
        "own field rests on a single role or work; two are needed",
    ),
    "partner_field_only_joint": (
        "相手の分野の根拠が、その共同研究自体のほかにない",
        "the partner's field rests only on the joint items themselves",
    ),
    "partner_single_role": (
        "相手の分野の根拠が分担・著作1件のみ（2件以上が必要）",
        "the partner's field rests on a single role or work; two are needed",
    ),
    "outside_years": ("共同研究はあるが、指定の期間の外", "joint items exist, but outside the years asked for"),
    "other_kind": (
        "共同研究はあるが、指定の種類（論文・課題）ではない",
        "joint items exist, but not of the kind asked for",
    ),
    "too_few_joint": ("共同研究はあるが、指定の件数に足りない", "joint items exist, but fewer than asked for"),
    "only_large_group": (
        "100人を超える論文・課題の中でのみ一緒",
        "together only in works or projects of more than 100 people",
    ),
}


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
) -> PeopleAnswer:
    """Everybody who meets all clauses, proven.

    `limit` people a page (None: all at once); `cursor` is `next` of the page before. Raises `FixInput` for a label
    that means nothing in this release or a cursor of another release or question.
    """
    understood = Understood(query=query.model_dump(mode="json", exclude_defaults=True))
    receipt = receipt_of(store.release, understood.query)
    try:
        selection = _resolve(store, query, understood, limit, _offset(cursor, receipt))
    except Ambiguous as a:
        understood.sentence_ja, understood.sentence_en = sentences(query)
        return PeopleAnswer(
            release=store.release, understood=understood, total=0, people=[], receipt=receipt,
            coverage=store.coverage(), ambiguous=[a.ambiguity],
            message=f"「{a.ambiguity.label}」に当たる人が{len(a.ambiguity.candidates)}人います。id を指定してください。",
        )  # fmt: skip
    understood.sentence_ja, understood.sentence_en = sentences(query)
    if understood.unresolved:
        return _nothing(store, understood, receipt)
    found = store.people(selection)
    hits = _hits(store, found.page, selection, proofs_per_person)
    coverage = store.coverage()
    shown = selection.offset + len(found.page)
    return PeopleAnswer(
        release=store.release,
        understood=understood,
        total=found.total,
        people=hits,
        near_misses=_near_misses(store, found),
        near_miss_totals=found.near_miss_totals,
        dropped_by_basis=found.dropped_by_basis,
        only_large_groups=found.only_large_groups,
        coverage=coverage,
        cannot_know=cannot_know(coverage),
        message=None if found.total else "該当する人は見つかりませんでした。条件をゆるめるか、近い候補をご覧ください。",
        next=_cursor(receipt, shown) if shown < found.total else None,
        receipt=receipt,
    )


def receipt_of(release: str, value: object) -> str:
    """Content id of release and typed value: the same question on the same release has the same receipt."""
    text = json.dumps([release, value], ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return "q-" + hashlib.sha256(text.encode()).hexdigest()[:24]


def cannot_know(coverage: Row) -> list[str]:
    """What answers from these data cannot tell, in Japanese, with the figures behind it."""
    out = []
    if n := coverage.get("authorships_by_name_only"):
        share = n / max(1, coverage["authorships"])
        out.append(
            f"著者のうち延べ{n:,}件（{share:.0%}）は識別子のない名前だけの記載で、誰の業績かを確かめられず、数えていません。"
        )
    if n := coverage.get("memberships_by_name_only"):
        out.append(f"研究課題の参加者のうち延べ{n:,}件は識別子がなく、数えていません。")
    if n := coverage.get("projects_without_field"):
        out.append(f"分野の記載がない研究課題が{n:,}件あります。")
    if n := coverage.get("identity_conflicts"):
        out.append(f"識別子と氏名が食い違うなどの理由で結び付けを保留した記載が{n:,}件あります。")
    out.append("公開されていない共同研究、応募のみの課題（採択率など）は、元のデータにありません。")
    return out


def sentences(query: PeopleQuery) -> tuple[str, str]:
    """The query in plain Japanese and English, so that the asker sees what was understood."""
    ja, en = [], []
    if query.field:
        ja.append(f"分野が「{query.field}」")
        en.append(f"field is “{query.field}”")
    if query.topic:
        ja.append(f"研究キーワードが「{query.topic}」")
        en.append(f"interest is “{query.topic}”")
    if query.institution:
        when = f"（{query.as_of}時点）" if query.as_of else ""
        ja.append(f"所属が「{query.institution}」{when}")
        en.append(f"at “{query.institution}”" + (f" as of {query.as_of}" if query.as_of else ""))
    if query.role:
        ja.append(f"役割が {ROLES_JA[query.role]}")
        en.append(f"role is {query.role.replace('_', ' ')}")
    if query.since or query.until:
        unit = "年度" if query.years == "fiscal" else "年"
        ja.append(f"活動時期が{query.since or ''}{unit}〜{str(query.until) + unit if query.until else ''}")
        en.append(f"active {query.since or ''}–{query.until or ''}" + (" (fiscal years)" if unit == "年度" else ""))
    if w := query.worked_with:
        ja.append(_worked_ja(w))
        en.append(_worked_en(w))
    if query.exclude_coauthors_of:
        ja.append(f"「{query.exclude_coauthors_of}」の共同研究者を除く")
        en.append(f"excluding collaborators of “{query.exclude_coauthors_of}”")
    if query.among is not None:
        ja.append(f"指定の{len(query.among)}人の中")
        en.append(f"among {len(query.among)} given people")
    return ("、".join(ja) or "すべて") + "の人", "People: " + ("; ".join(en) or "all")


ROLES_JA = {
    "principal_investigator": "研究代表者",
    "co_investigator": "研究分担者",
    "collaborator": "連携研究者・研究協力者",
    "research_fellow": "特別研究員",
    "member": "参加者",
    "other": "その他",
}


_KINDS_JA: dict[tuple[str, ...], str] = {("work",): "共著の業績", ("project",): "共同の研究課題"}
_KINDS_EN: dict[tuple[str, ...], str] = {("work",): "joint works", ("project",): "joint projects"}


def _worked_ja(w: WorkedWith) -> str:
    who = "".join(
        [
            f"分野「{w.field}」の" if w.field else "",
            f"「{w.institution}」の" if w.institution else "",
            w.person or "研究者",
        ]
    )
    unit = "年度" if w.years == "fiscal" else "年"
    when = f"{w.after}{unit}以降に" * bool(w.after) + f"{w.before}{unit}以前に" * bool(w.before)
    what = _KINDS_JA.get(w.kinds, "共同の業績または研究課題")
    return f"{who}と{when}{what}が{w.at_least}件以上ある"


def _worked_en(w: WorkedWith) -> str:
    who = w.person or "researchers"
    if w.field:
        who += f" of field “{w.field}”"
    if w.institution:
        who += f" at “{w.institution}”"
    what = _KINDS_EN.get(w.kinds, "joint works or projects")
    when = (f" since {w.after}" if w.after else "") + (f" until {w.before}" if w.before else "")
    return f"at least {w.at_least} {what} with {who}{when}"


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
    entities, places, ids = store.entities(people), store.current_affiliations(people), store.identifiers(people)
    return [
        Candidate(
            id=p,
            name=display_name(entities.get(p, {}), ids.get(p, [])),
            affiliation=place_text(places.get(p)),
            identifiers=group_identifiers(ids.get(p, [])),
        )
        for p in people
    ]


# --- proofs --------------------------------------------------------------------------------------------------


def _hits(store: GraphStore, page: list[Found], s: Selection, cap: int | None) -> list[PersonHit]:
    people = [f.person for f in page]
    if not people:
        return []
    items = store.joint_items(people, s.joint, s.as_of) if s.joint else []
    partners = list(dict.fromkeys(i.partner for i in items))
    facts = _Facts(store, people, partners, items, s)
    hits = []
    for f in page:
        proofs = facts.proofs(f.person)
        entity, ids = facts.entities.get(f.person, {}), facts.identifiers.get(f.person, [])
        place = facts.places.get(f.person)
        hits.append(
            PersonHit(
                id=f.person,
                name=display_name(entity, ids),
                name_kana=entity.get("name_kana"),
                name_en=entity.get("name_en"),
                identifiers=group_identifiers(ids),
                affiliation=_affiliation(place),
                last_year=f.last_joint or _year(place),
                joint_works=f.joint_works,
                joint_projects=f.joint_projects,
                partners=f.partners,
                proofs=proofs if cap is None else proofs[:cap],
                proofs_total=len(proofs),
            )
        )
    return hits


class _Facts:
    """Everything the proofs of one page need, fetched set-wise."""

    def __init__(
        self, store: GraphStore, people: list[str], partners: list[str], items: list[JointItem], s: Selection
    ) -> None:
        self.selection = s
        everybody = list(dict.fromkeys(people + partners))
        self.items: dict[str, list[JointItem]] = {}
        for i in items:
            self.items.setdefault(i.person, []).append(i)
        self.own = _by_person(store.field_evidence([(p, s.fields) for p in people])) if s.fields else {}
        self.theirs: dict[str, list[Row]] = {}
        if s.joint and s.joint.fields and partners:
            self.theirs = _by_person(store.field_evidence([(p, s.joint.fields) for p in partners]))
        via = {i.via for i in items} | {e["via"] for rows in self.own.values() for e in rows}
        via |= {e["via"] for rows in self.theirs.values() for e in rows}
        self.entities = store.entities(sorted(via | set(everybody)))
        self.places = store.current_affiliations(everybody)
        self.identifiers = store.identifiers(people + partners)
        self.records = store.records_of(sorted({i.via for i in items} | set(self._shown_evidence()) | set(people)))

    def _shown_evidence(self) -> Iterable[str]:
        return (r["via"] for rows in self.own.values() for r in rows[:2])

    def proofs(self, person: str) -> list[Proof]:
        """Field first, then the plain clauses, then joint items from newest to oldest."""
        return [*self._field(person), *self._plain(person), *(self._joint(i) for i in self.items.get(person, []))]

    def _field(self, person: str) -> list[Proof]:
        rows = [r for r in self.own.get(person, []) if r["basis"] in self.selection.bases]
        strong = [r for r in rows if r["basis"] not in ("member", "work")][:1]
        return [
            Proof(
                clause="field",
                field=FieldRef(id=r["field"], label=r["label_ja"] or r["label_en"] or r["field"]),
                basis=r["basis"],
                via=self._via(r["via"], r["year"]) if r["via"] != person else None,
                records=self._records(r["via"]),
            )
            for r in (strong or rows[:2])
        ]

    def _plain(self, person: str) -> list[Proof]:
        s, out = self.selection, []
        if s.topics:
            out.append(Proof(clause="topic", basis="interest", records=self._records(person)))
        if s.organizations is not None:
            out.append(Proof(clause="institution", records=self._records(person)))
        return out

    def _joint(self, i: JointItem) -> Proof:
        own = [r for r in self.theirs.get(i.partner, []) if r["via"] not in self._shared(i.person, i.partner)]
        entity, place = self.entities.get(i.partner, {}), self.places.get(i.partner)
        return Proof(
            clause="worked_with",
            partner=Partner(
                id=i.partner,
                name=display_name(entity, self.identifiers.get(i.partner, [])),
                affiliation=place_text(place),
                field_basis=[self._basis_text(r) for r in own[:2]],
            ),
            via=self._via(i.via, i.year),
            records=self._records(i.via),
        )

    def _shared(self, person: str, partner: str) -> set[str]:
        return {i.via for i in self.items.get(person, []) if i.partner == partner}

    def _basis_text(self, r: Row) -> str:
        label = r["label_ja"] or r["label_en"] or r["field"]
        return f"{r['basis']}: {label}" + (f" ({r['via']})" if r["via_kind"] in ("project", "work") else "")

    def _via(self, entity: str, year: int | None) -> Via:
        row = self.entities.get(entity, {})
        return Via(id=entity, kind=row.get("kind", "work"), title=title_of(row), year=year or row.get("year"))

    def _records(self, entity: str) -> list[RecordRef]:
        return [RecordRef(id=r["id"], source=r["source"], url=r["url"]) for r in self.records.get(entity, [])]


def _near_misses(store: GraphStore, found: People) -> list[NearMissHit]:
    people = [m.person for m in found.near_misses]
    others = [m.partner for m in found.near_misses if m.partner]
    entities, places = store.entities(people + others), store.current_affiliations(people)
    ids = store.identifiers(people + others)
    return [
        NearMissHit(
            id=m.person,
            name=display_name(entities.get(m.person, {}), ids.get(m.person, [])),
            affiliation=place_text(places.get(m.person)),
            clause=m.clause,
            reason=m.reason,
            explanation=EXPLANATIONS[m.reason][0],
            partner=display_name(entities.get(m.partner, {}), ids.get(m.partner, [])) if m.partner else None,
        )
        for m in found.near_misses
    ]


def _nothing(store: GraphStore, understood: Understood, receipt: str) -> PeopleAnswer:
    labels = "、".join(f"「{x}」" for x in understood.unresolved)
    coverage = store.coverage()
    return PeopleAnswer(
        release=store.release, understood=understood, total=0, people=[], coverage=coverage,
        cannot_know=cannot_know(coverage), receipt=receipt,
        message=f"{labels}に当たる分野・機関・人がこのリリースにありません。別の言い方か識別子でお試しください。",
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


def title_of(entity: Row) -> str | None:
    """Title or name of a work, project or organisation, Japanese first."""
    for column in ("title_ja", "title_en", "title_other", "title_kana", "name_ja", "name_en", "label_ja", "label_en"):
        if entity.get(column):
            return str(entity[column])
    return entity.get("award_number")


def place_text(place: Row | None) -> str | None:
    """`東北大学 災害科学国際研究所 教授`, or None."""
    if not place:
        return None
    parts = [place["organization_ja"] or place["organization_en"], place["department"], place["title"]]
    return " ".join(p for p in parts if p) or None


def _affiliation(place: Row | None) -> Affiliation | None:
    if not place:
        return None
    return Affiliation(
        organization=place["organization_ja"] or place["organization_en"],
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
        owner, offset = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode().rsplit(":", 1)
        value = int(offset)
    except (ValueError, UnicodeDecodeError) as e:
        raise FixInput("The cursor cannot be read.", next_step="Use `next` of the answer before, unchanged.") from e
    if owner != receipt or value < 0:
        raise FixInput("The cursor belongs to another question or release.", next_step="Ask again from the first page.")
    return value
