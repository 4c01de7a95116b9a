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

from kg import messages
from kg.errors import FixInput
from kg.graph.port import GraphStore, Row
from kg.messages import Lang, say
from kg.people.answer import (
    Affiliation,
    Ambiguity,
    Candidate,
    FieldRef,
    NearMissHit,
    Partner,
    PeopleAnswer,
    PersonHit,
    Proof,
    RecordRef,
    Understood,
    Via,
)
from kg.people.labels import Ambiguous, candidates, resolve
from kg.people.names import affiliation_of, display_name, group_identifiers, place_text, title_of
from kg.people.proofs import Bearers, Facts, hits, joint_items, near_misses
from kg.people.query import PeopleQuery, WorkedWith, cursor_at, offset_of, receipt_of, wrong
from kg.people.sentences import sentences

__all__ = [
    "Affiliation", "Ambiguity", "Ambiguous", "Candidate", "FieldRef", "NearMissHit", "Partner", "PeopleAnswer",
    "PeopleQuery", "PersonHit", "Proof", "RecordRef", "Understood", "Via", "WorkedWith", "affiliation_of",
    "candidates", "cannot_know", "display_name", "everybody", "find", "group_identifiers", "place_text", "receipt_of", "sentences",
    "title_of", "wrong",
]  # fmt: skip


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
        selection = resolve(store, query, understood, limit, offset_of(cursor, receipt))
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
    items = joint_items(store, found.page, selection, proofs_per_person)
    near = {p for m in found.near_misses for p in (m.person, m.partner) if p}
    bearers = Bearers(store, {*page, *items.partners, *near})
    facts = Facts(store, page, items, bearers, selection, lang)
    coverage = store.coverage()
    shown = selection.offset + len(found.page)
    return PeopleAnswer(
        release=store.release,
        lang=lang,
        understood=understood,
        total=found.total,
        people=hits(found.page, facts, bearers, items, proofs_per_person, lang),
        near_misses=near_misses(found, bearers, lang),
        near_miss_totals=found.near_miss_totals,
        dropped_by_basis=found.dropped_by_basis,
        same_name=found.same_name[:SAME_NAME_LIMIT],
        same_name_total=len(found.same_name),
        only_large_groups=found.only_large_groups,
        coverage=coverage,
        cannot_know=cannot_know(coverage, lang, same_name=len(found.same_name)),
        message=None if found.total else say("no_match", lang),
        next=cursor_at(receipt, shown) if found.page and shown < found.total else None,
        receipt=receipt,
    )


SAME_NAME_LIMIT = 100


def everybody(store: GraphStore, query: PeopleQuery) -> list[str]:
    """Ids of all who meet all clauses, ascending, without proofs.

    Raises `FixInput` where a label means nothing here, or a name means several people.
    """
    understood = Understood(query=query.model_dump(mode="json", exclude_defaults=True))
    try:
        selection = resolve(store, query, understood, None, 0)
    except Ambiguous as a:
        ids = ", ".join(c.id for c in a.ambiguity.candidates)
        raise FixInput(f"«{a.ambiguity.label}» may be several people: {ids}.", next_step="Name one by its id.") from a
    if understood.unresolved:
        raise FixInput(
            f"Not known in this release: {', '.join(understood.unresolved)}.",
            next_step="kg search finds names and labels.",
        )
    return sorted(f.person for f in store.people(selection).page)


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


def _nothing(store: GraphStore, understood: Understood, receipt: str, lang: Lang) -> PeopleAnswer:
    coverage = store.coverage()
    return PeopleAnswer(
        release=store.release, lang=lang, understood=understood, total=0, people=[], coverage=coverage,
        cannot_know=cannot_know(coverage, lang), receipt=receipt,
        message=say("unresolved", lang, labels=messages.listed(understood.unresolved, lang)),
    )  # fmt: skip
