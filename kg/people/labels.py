"""From labels to ids: what the words of a question mean in one release."""

from __future__ import annotations

from kg.graph.port import GraphStore, Joint, Selection
from kg.people.answer import Ambiguity, Candidate, Understood
from kg.people.names import group_identifiers, place_text
from kg.people.proofs import Bearers
from kg.people.query import PeopleQuery
from ontology import fields as vocabulary


class Ambiguous(Exception):  # carries an answer, is not an error of the program
    """A label means several people. Caught by `find`, which answers with the candidates."""

    def __init__(self, ambiguity: Ambiguity) -> None:
        super().__init__(ambiguity.label)
        self.ambiguity = ambiguity


def resolve(store: GraphStore, query: PeopleQuery, understood: Understood, limit: int | None, offset: int) -> Selection:
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
    bearers = Bearers(store, people)
    return [
        Candidate(
            id=p,
            name=bearers.name(p),
            affiliation=place_text(bearers.places.get(p)),
            identifiers=group_identifiers(bearers.identifiers.get(p, [])),
        )
        for p in people
    ]
