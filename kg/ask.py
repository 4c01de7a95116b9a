"""A sentence in, a proven answer out: rules read it, the typed question answers it.

    >>> answer = ask(store, "防災の研究者で、すでに情報分野の研究者と共同研究を行っている人を教えてください")  # doctest: +SKIP
    >>> answer.understood.sentence_ja                                                            # doctest: +SKIP
    '分野が「防災」で、「情報」分野の研究者との共同の業績・研究課題が1件以上ある人'

What is no question about people is looked up: a person, a project, a work, an organisation, a field. What the sources
cannot know is said to be so, with what they do know.
"""

from __future__ import annotations

from typing import Any, Protocol

from pydantic import BaseModel, Field

from kg import question as rules
from kg.graph.port import GraphStore, Row
from kg.messages import Lang, language_of_question, listed, say
from kg.people import (
    PeopleAnswer,
    PeopleQuery,
    PersonHit,
    Proof,
    RecordRef,
    Understood,
    affiliation_of,
    cannot_know,
    display_name,
    find,
    group_identifiers,
    receipt_of,
    title_of,
)
from kg.text import match_key, without_surrogates
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
    lang: Lang | None = None,
) -> Answer:
    """Answer a sentence. Never raises for a sentence it cannot read: it says what it understood and found nothing.

    `lang` is the language of the words around the data; None: that of the question. Raises `FixInput` for a cursor that
    belongs elsewhere.
    """
    question = rules.parse(without_surrogates(text))
    said = lang or language_of_question(text)
    if question.not_knowable:
        return _not_knowable(store, question, said)
    if question.people is None and question.unread:
        return _nothing_found(store, question, said)
    if question.people is None:
        looked_up = _look_up(store, question, search, said)
        if looked_up is not None:
            return looked_up
        if question.about and vocabulary.resolve(question.about, store.field_tables()):
            question.people = PeopleQuery(field=question.about)
        else:
            return _nothing_found(store, question, said)
    found = find(
        store, question.people, limit=limit, cursor=cursor, proofs_per_person=proofs_per_person, lang=said
    )  # fmt: skip
    answer = Answer(**dict(found))
    answer.message = _with_unread(answer.message, question, said)
    return answer


def _with_unread(message: str | None, question: rules.Question, lang: Lang) -> str | None:
    """The message, and which words of the question no rule has read."""
    if not question.unread:
        return message
    unread = say("unread", lang, labels=listed(question.unread, lang))
    return f"{message} {unread}" if message else unread


# --- looking up ----------------------------------------------------------------------------------------------


def _look_up(store: GraphStore, question: rules.Question, search: Searcher | None, lang: Lang) -> Answer | None:
    """Cards for an id, a name, a number or a title; None where nothing bears that label."""
    about = question.about or ""
    if not match_key(about):
        return None
    ids, matched = _exact(store, about), "identifier"
    if not ids:
        ids, matched = [str(r["id"]) for r in store.find_people(about)], "name"
    if not ids:
        ids, matched = store.find_organizations(about), "organization"
    total = len(ids)
    if not ids and search is not None and not vocabulary.resolve(about, store.field_tables()):
        found = search.search(about, limit=CARD_LIMIT)
        ids, matched, total = [h.id for h in found.hits], "search", found.total
    return _cards_answer(store, question, ids[:CARD_LIMIT], matched, total, lang) if ids else None


def _exact(store: GraphStore, about: str) -> list[str]:
    if about in store.entities([about]):
        return [about]
    if moved := store.redirect(about):
        return [str(moved["new"])] if moved["new"] else []
    values = [v for v in (award_number(about), doi(about), about.strip()) if v]
    return store.by_identifier(list(dict.fromkeys(values)))


def _cards_answer(
    store: GraphStore, question: rules.Question, ids: list[str], matched: str, total: int, lang: Lang
) -> Answer:
    cards = [card(store, i, lang=lang) for i in ids]
    coverage = store.coverage()
    query = {"about": question.about, "matched": matched}
    people = [c for c in cards if c.kind == "person"]
    same = store.same_names([c.id for c in people]) if len(people) > 1 else []
    return Answer(
        release=store.release,
        lang=lang,
        understood=_understood("entity", query, "look_up", label=question.about),
        total=total,
        people=[_person_hit(c, lang) for c in people],
        entities=cards,
        same_name=same,
        same_name_total=len(same),
        coverage=coverage,
        cannot_know=cannot_know(coverage, lang, same_name=len(same)),
        message=_cards_message(question.about or "", matched, len(people), total, lang),
        receipt=receipt_of(store.release, query),
    )


def _cards_message(about: str, matched: str, people: int, total: int, lang: Lang) -> str | None:
    if matched == "search":
        return say("by_search", lang)
    if matched != "name" or total < 2:
        return None
    more = say("more_namesakes", lang, shown=people) if total > people else ""
    return f"{say('namesakes', lang, label=about, n=total)} {more}".strip()


def _understood(kind: str, query: dict[str, Any], key: str, **values: Any) -> Understood:
    """What was read, where it is no question about people."""
    return Understood(
        kind=kind, query=query, sentence_ja=say(key, "ja", **values), sentence_en=say(key, "en", **values)
    )  # fmt: skip


def card(store: GraphStore, entity: str, *, works: int = 50, lang: Lang = "ja") -> Card:
    """Everything the release says about one entity at a glance: facts, edges, identifiers, records."""
    row = store.entities([entity]).get(entity, {"kind": "unknown"})
    kind = str(row.get("kind"))
    ids = store.identifiers([entity]).get(entity, [])
    out = Card(
        id=entity,
        kind=kind,
        title=display_name(row, ids) if kind == "person" else title_of(row, lang),
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
        out.facts["fields"] = [title_of(f, lang) or f["id"] for f in store.fields_of(entity)]
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


def _person_hit(c: Card, lang: Lang) -> PersonHit:
    current = next((a for a in c.affiliations if a.get("current")), None)
    return PersonHit(
        id=c.id,
        name=c.title or c.id,
        name_kana=c.facts.get("name_kana"),
        name_en=c.facts.get("name_en"),
        identifiers=c.identifiers,
        affiliation=affiliation_of(current, lang),
        proofs=[Proof(clause="is", records=c.records)],
        proofs_total=1,
    )


# --- honest ends ---------------------------------------------------------------------------------------------


def _not_knowable(store: GraphStore, question: rules.Question, lang: Lang) -> Answer:
    """採択率: applications that were not adopted are in no public source. What is known: adopted projects a year."""
    about = (question.about or "").strip(" の、")
    tables = store.field_tables()
    matches = vocabulary.resolve(about, tables) if about else []
    fields = sorted(vocabulary.closure([m.field for m in matches], tables)) if matches else None
    coverage = store.coverage()
    query = {"not_knowable": question.not_knowable, "about": about}
    understood = _understood("not_knowable", query, "success_rate_of" if about else "success_rate", label=about)
    if matches:
        understood.fields[about] = [{"id": m.field, "label": m.label, "matched": m.how} for m in matches]
    return Answer(
        release=store.release,
        lang=lang,
        understood=understood,
        total=0,
        people=[],
        coverage=coverage,
        cannot_know=cannot_know(coverage, lang),
        not_knowable={
            "what": say("success_rate", lang),
            "why": say("success_rate_why", lang),
            "known": {
                "adopted_projects_by_fiscal_year": store.projects_by_year(fields),
                "field": about if fields else None,
            },
        },
        message=say("success_rate_message", lang),
        receipt=receipt_of(store.release, query),
    )


def _nothing_found(store: GraphStore, question: rules.Question, lang: Lang) -> Answer:
    coverage = store.coverage()
    about = question.about or ""
    understood = _understood("unknown", {"about": about}, "look_up", label=about)
    understood.unresolved = [about or question.text]
    near = _similar_labels(about, store)
    hint = say("similar_fields", lang, labels=listed(near, lang)) if near else ""
    key = "unusable" if question.unread else "not_found" if match_key(about) else "empty_question"
    values = {"labels": listed(question.unread, lang), "label": about, "hint": hint, "example": say("example", lang)}
    return Answer(
        release=store.release,
        lang=lang,
        understood=understood,
        total=0,
        people=[],
        coverage=coverage,
        cannot_know=cannot_know(coverage, lang),
        message=say(key, lang, **values),
        receipt=receipt_of(store.release, understood.query),
    )


def _similar_labels(about: str, store: GraphStore, most: int = 5) -> list[str]:
    """Field labels that share pairs of characters with what was asked: one of Japanese, half of all in Latin script,
    where any two words share some.
    """
    key = match_key(about)
    pairs = {key[i : i + 2] for i in range(len(key) - 1)}
    least = max(1, len(pairs) / 2) if key.isascii() else 1
    labels = store.field_tables().field_label.column("label").to_pylist()
    scored = sorted(
        {(-shared, len(x), x) for x in labels if (shared := sum(p in match_key(x) for p in pairs)) >= least}
    )
    nearest = {match_key(x): x for _, _, x in reversed(scored)}  # labels that differ in case only count once
    return list(nearest.values())[::-1][:most]
