"""A sentence in, a proven answer out: rules read it, the typed question answers it.

    >>> answer = ask(store, "防災の研究者で、すでに情報分野の研究者と共同研究を行っている人を教えてください")  # doctest: +SKIP
    >>> answer.understood.sentence_ja                                                            # doctest: +SKIP
    '分野が「防災」、分野「情報」の研究者と共同の業績または研究課題が1件以上あるの人'

What is no question about people is looked up: a person, a project, a work, an organisation, a field. What the sources
cannot know is said to be so, with what they do know.
"""

from __future__ import annotations

from typing import Any, Protocol

from pydantic import BaseModel, Field

from kg import question as rules
from kg.graph.port import GraphStore, Row
from kg.people import (
    Affiliation,
    PeopleAnswer,
    PeopleQuery,
    PersonHit,
    Proof,
    RecordRef,
    Understood,
    cannot_know,
    display_name,
    find,
    group_identifiers,
    receipt_of,
    title_of,
)
from kg.text import match_key
from kg.text.identifiers import award_number, doi
from ontology import fields as vocabulary


class Searcher(Protocol):
    """The part of `kg.search` that looking up needs."""

    def search(self, text: str, *, limit: int = 10, offset: int = 0, kinds: tuple[str, ...] | None = None) -> Any:
        """Hits of a release's index, best first, with a total."""
        ...


class Card(BaseModel):
    """One entity as the release knows it, with the records behind it."""

    id: str
    kind: str
    title: str | None
    facts: dict[str, Any] = {}
    affiliations: list[dict[str, Any]] = []
    projects: list[dict[str, Any]] = []
    works: list[dict[str, Any]] = []
    members: list[dict[str, Any]] = []
    identifiers: dict[str, list[str]] = {}
    records: list[RecordRef] = []


class Answer(PeopleAnswer):
    """What `kg ask` gives: a people answer, or cards of what was looked up, or why it cannot be known."""

    entities: list[Card] = Field(default_factory=list)
    not_knowable: dict[str, Any] | None = None


CARD_LIMIT = 10


def ask(
    store: GraphStore,
    text: str,
    *,
    search: Searcher | None = None,
    limit: int | None = 20,
    cursor: str | None = None,
    proofs_per_person: int | None = None,
) -> Answer:
    """Answer a sentence. Never raises for a sentence it cannot read: it says what it understood and found nothing."""
    question = rules.parse(text)
    if question.not_knowable:
        return _not_knowable(store, question)
    if question.people is None:
        looked_up = _look_up(store, question, search)
        if looked_up is not None:
            return looked_up
        if question.about and vocabulary.resolve(question.about, store.field_tables()):
            question.people = PeopleQuery(field=question.about)
        else:
            return _nothing_found(store, question)
    found = find(store, question.people, limit=limit, cursor=cursor, proofs_per_person=proofs_per_person)
    answer = Answer(**dict(found))
    if question.unread:
        words = "、".join(f"「{w}」" for w in question.unread)
        answer.message = " ".join(filter(None, [answer.message, f"読み取れなかった語：{words}。"]))
    return answer


# --- looking up ----------------------------------------------------------------------------------------------


def _look_up(store: GraphStore, question: rules.Question, search: Searcher | None) -> Answer | None:
    """Cards for an id, a name, a number or a title; None where nothing bears that label."""
    about = question.about or ""
    ids = _exact(store, about)
    matched = "identifier"
    if not ids:
        people = [str(r["id"]) for r in store.find_people(about)]
        ids, matched = people, "name"
    if not ids:
        ids, matched = store.find_organizations(about), "organization"
    if not ids and search is not None and not vocabulary.resolve(about, store.field_tables()):
        ids, matched = [h.id for h in search.search(about, limit=CARD_LIMIT).hits], "search"
    if not ids:
        return None
    return _cards_answer(store, question, ids[:CARD_LIMIT], matched, len(ids))


def _exact(store: GraphStore, about: str) -> list[str]:
    if about in store.entities([about]):
        return [about]
    if moved := store.redirect(about):
        return [str(moved["new"])] if moved["new"] else []
    values = [v for v in (award_number(about), doi(about), about.strip()) if v]
    return store.by_identifier(list(dict.fromkeys(values)))


def _cards_answer(store: GraphStore, question: rules.Question, ids: list[str], matched: str, total: int) -> Answer:
    cards = [card(store, i) for i in ids]
    coverage = store.coverage()
    understood = Understood(
        kind="entity",
        query={"about": question.about, "matched": matched},
        sentence_ja=f"「{question.about}」を調べる",
        sentence_en=f"Look up “{question.about}”",
    )
    people = [c for c in cards if c.kind == "person"]
    several = matched == "name" and len(people) > 1
    return Answer(
        release=store.release,
        understood=understood,
        total=total,
        people=[_person_hit(c) for c in people],
        entities=cards,
        coverage=coverage,
        cannot_know=cannot_know(coverage),
        message=(
            f"「{question.about}」という名の人が{len(people)}人います。合算はしません。所属と識別子で見分けてください。"
            if several
            else None
        ),
        receipt=receipt_of(store.release, understood.query),
    )


def card(store: GraphStore, entity: str, *, works: int = 50) -> Card:
    """Everything the release says about one entity at a glance: facts, edges, identifiers, records."""
    row = store.entities([entity]).get(entity, {"kind": "unknown"})
    kind = str(row.get("kind"))
    ids = store.identifiers([entity]).get(entity, [])
    out = Card(
        id=entity,
        kind=kind,
        title=display_name(row, ids) if kind == "person" else title_of(row),
        facts={k: v for k, v in row.items() if v is not None and k not in _HIDDEN},
        identifiers=group_identifiers(ids),
        records=_records(store, entity),
    )
    if kind == "person":
        out.affiliations = store.affiliations(entity)
        out.projects = _with_records(store, store.projects_of(entity))
        out.works = _with_records(store, store.works_of(entity, limit=works))
        out.facts |= {"works": store.count_works(entity), "projects": len(out.projects)}
    elif kind == "project":
        out.members = store.members_of(entity)
        out.facts["fields"] = [title_of(f) or f["id"] for f in store.fields_of(entity)]
        out.facts["costs"] = store.costs_of(entity)
    elif kind == "work":
        out.members = store.authors_of(entity)
    return out


_HIDDEN = {"kind", "id", "source", "source_record", "content_hash", "retrieved", "row_hash"}


def _with_records(store: GraphStore, rows: list[Row]) -> list[dict[str, Any]]:
    records = store.records_of([r["id"] for r in rows], limit=3)
    return [{k: v for k, v in r.items() if v is not None} | {"records": records.get(r["id"], [])} for r in rows]


def _records(store: GraphStore, entity: str) -> list[RecordRef]:
    found = store.records_of([entity]).get(entity, [])
    return [RecordRef(id=r["id"], source=r["source"], url=r["url"]) for r in found]


def _person_hit(c: Card) -> PersonHit:
    current = next((a for a in c.affiliations if a.get("current")), None)
    return PersonHit(
        id=c.id,
        name=c.title or c.id,
        name_kana=c.facts.get("name_kana"),
        name_en=c.facts.get("name_en"),
        identifiers=c.identifiers,
        affiliation=_affiliation(current),
        proofs=[Proof(clause="is", records=c.records)],
        proofs_total=1,
    )


def _affiliation(a: dict[str, Any] | None) -> Affiliation | None:
    if a is None:
        return None
    return Affiliation(
        organization=a["organization_ja"] or a["organization_en"],
        organization_id=a["organization"],
        department=a["department"] or None,
        title=a["title"] or None,
        last_seen=a["last_seen"] or a["first_seen"],
    )


# --- honest ends ---------------------------------------------------------------------------------------------


def _not_knowable(store: GraphStore, question: rules.Question) -> Answer:
    """採択率: applications that were not adopted are in no public source. What is known: adopted projects a year."""
    about = (question.about or "").strip(" の、")
    tables = store.field_tables()
    matches = vocabulary.resolve(about, tables) if about else []
    fields = sorted(vocabulary.closure([m.field for m in matches], tables)) if matches else None
    years = store.projects_by_year(fields)
    coverage = store.coverage()
    return Answer(
        release=store.release,
        understood=Understood(
            kind="not_knowable",
            query={"not_knowable": question.not_knowable, "about": about},
            sentence_ja="採択率",
            sentence_en="success rate",
        ),
        total=0,
        people=[],
        coverage=coverage,
        cannot_know=cannot_know(coverage),
        not_knowable={
            "what": "採択率",
            "why": "応募の記録は公開データに含まれないため、採択率は計算できません（採択された課題だけが分かります）。",
            "why_en": "Applications are in no public source, so a success rate cannot be computed; only adopted projects are known.",
            "known": {"adopted_projects_by_fiscal_year": years, "field": about if fields else None},
        },
        message="採択率はこのデータからは分かりません。分かるのは採択された課題の数です。",
        receipt=receipt_of(store.release, {"not_knowable": question.not_knowable, "about": about}),
    )


def _nothing_found(store: GraphStore, question: rules.Question) -> Answer:
    coverage = store.coverage()
    near = _similar_labels(question.about or "", store)
    hint = f" 近い分野名：{'、'.join(near)}。" if near else ""
    return Answer(
        release=store.release,
        understood=Understood(
            kind="unknown", query={"about": question.about}, unresolved=[question.about or question.text],
            sentence_ja=f"「{question.about}」を調べる", sentence_en=f"Look up “{question.about}”",
        ),
        total=0,
        people=[],
        coverage=coverage,
        cannot_know=cannot_know(coverage),
        message=(
            f"「{question.about or question.text}」に当たる人・課題・業績・分野は見つかりませんでした。{hint}"
            "例：「防災の研究者で、情報分野の研究者と共同研究を行っている人」"
        ),
        receipt=receipt_of(store.release, {"about": question.about}),
    )  # fmt: skip


def _similar_labels(about: str, store: GraphStore, most: int = 5) -> list[str]:
    """Field labels that share at least two characters in a row with what was asked."""
    key = match_key(about)
    pairs = {key[i : i + 2] for i in range(len(key) - 1)}
    labels = store.field_tables().field_label.column("label").to_pylist()
    scored = sorted(
        {(-sum(p in match_key(x) for p in pairs), x) for x in labels if any(p in match_key(x) for p in pairs)}
    )
    return [x for _, x in scored[:most]]
