"""What proves each clause for the people of one page, fetched set-wise: never a query for each person."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from kg import messages
from kg.graph.port import Found, GraphStore, JointItem, People, Row, Selection
from kg.messages import Lang, label
from kg.people.answer import FieldRef, NearMissHit, Partner, PersonHit, Proof, RecordRef, Via
from kg.people.names import affiliation_of, display_name, group_identifiers, last_seen_year, place_text, title_of


class Bearers:
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
class Items:
    """Joint items of a page: all of them, since what two people share never counts as evidence, and those shown."""

    everything: dict[str, list[JointItem]]
    shown: dict[str, list[JointItem]]

    @property
    def partners(self) -> set[str]:
        return {i.partner for items in self.shown.values() for i in items}


def joint_items(store: GraphStore, page: list[Found], s: Selection, cap: int | None) -> Items:
    """The joint items of the people of a page; at most `cap` of each are shown (None: all)."""
    everything: dict[str, list[JointItem]] = {}
    if s.joint and page:
        for i in store.joint_items([f.person for f in page], s.joint, s.as_of):
            everything.setdefault(i.person, []).append(i)
    return Items(everything, {p: items[:cap] for p, items in everything.items()})


def hits(
    page: list[Found], facts: Facts, bearers: Bearers, items: Items, cap: int | None, lang: Lang
) -> list[PersonHit]:
    """The people of a page as an answer shows them, at most `cap` proofs each (None: all)."""
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
                last_year=f.last_joint or last_seen_year(place),
                joint_works=f.joint_works,
                joint_projects=f.joint_projects,
                partners=f.partners,
                proofs=proofs[:cap],
                proofs_total=len(proofs) + hidden,
            )
        )
    return hits


class Facts:
    """What the proofs of one page need besides people's names, fetched set-wise."""

    def __init__(
        self, store: GraphStore, people: list[str], items: Items, bearers: Bearers, s: Selection, lang: Lang
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


def near_misses(found: People, bearers: Bearers, lang: Lang) -> list[NearMissHit]:
    """Those who fail exactly one clause, with the reason in words."""
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


def _by_person(rows: list[Row]) -> dict[str, list[Row]]:
    out: dict[str, list[Row]] = {}
    for r in rows:
        out.setdefault(r["person"], []).append(r)
    return out
