"""The Neo4j store: one release loaded into a server (`kg neo4j load`), asked by statements in `kg/graph/cypher/`.

    >>> store = Neo4jStore(Address("bolt://127.0.0.1:7687", password="…"))  # doctest: +SKIP
    >>> store.people(Selection(fields=("kaken-section:25030",))).total       # doctest: +SKIP
    412

Rows, their order, nulls and types are those of the embedded store. Cypher finds the part of the graph that a question is
about: subjects, partners over COLLABORATED, their evidence, the works and projects they share. Whether that meets the
clause is judged by `kg.graph.select`, as in the embedded store. Questions about everybody are counted and paged by the
server, or judged in stretches, so that no question pulls the whole graph at once.

Several statements answer one question. A release that is loaded in between would mix two: `check` tells.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa

from kg.arrays import BASES, KINDS, NO_YEAR, Integers
from kg.errors import FixSetup, ServerGone
from kg.graph import select
from kg.graph.bolt import Address, Bolt, cypher
from kg.graph.few import Few, Group, make
from kg.graph.port import Found, Joint, JointItem, NearMiss, People, Row, Selection
from kg.records import RELEASE, columns
from kg.text import match_key
from ontology.fields import FieldTables

NEAR_MISS_LIMIT = 20
STRETCH = 5_000
"""Subjects that are judged at a time."""
EVER = 9999
"""As a year: none is later."""
ALL = 2**31 - 1
"""As a limit: none."""

_COLUMNS = {row.table: [c.name for c in columns(row)] for row in RELEASE}
_FIELD_TABLES = {
    "field": "fields", "field_label": "field_labels", "broader": "broader", "field_match": "field_matches",
}  # fmt: skip
_PLACE = {basis: n for n, basis in enumerate(BASES)}


def _year(value: int) -> int | None:
    return None if value == NO_YEAR else value


def _until(date: str | None) -> int:
    return int(date[:4]) if date else EVER


@dataclass(frozen=True, slots=True)
class _Subjects:
    """Some people who meet all clauses but joint work, in the order of ids, with what their field rests on."""

    people: list[str]
    said: Integers
    led: Integers
    shared: Integers
    topic: select.Mask

    @classmethod
    def of(cls, row: Row) -> _Subjects:
        """From lists of one length; those that are not there are of no field."""
        people = row["people"]
        none = [0] * len(people)
        order = sorted(range(len(people)), key=people.__getitem__)
        said, led, shared, topic = (
            np.array(row.get(name, none), np.int64)[order] for name in ("said", "led", "shared", "topic")
        )
        return cls([people[i] for i in order], said, led, shared, topic.astype(np.bool_))

    @property
    def weak(self) -> select.Mask:
        some = (self.said + self.led + self.shared) > 0
        weak: select.Mask = some & (self.said == 0) & (self.led == 0) & (self.shared < 2) & ~self.topic
        return weak

    def stretches(self) -> Iterator[_Subjects]:
        """The same, `STRETCH` at a time."""
        for at in range(0, len(self.people), STRETCH):
            part = slice(at, at + STRETCH)
            yield _Subjects(
                self.people[part], self.said[part], self.led[part], self.shared[part], self.topic[part]
            )  # fmt: skip


@dataclass(slots=True)
class _Judged:
    """What was found about all subjects so far."""

    found: list[Found] = field(default_factory=list)
    misses: list[select.Miss[str]] = field(default_factory=list)
    large: list[str] = field(default_factory=list)
    dropped: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class _Part:
    """The part of the graph that the joint work of some people is judged on."""

    few: Few
    items: select.Items
    crowds: list[Group]
    """Large groups that some of them belong to, with all their people."""


class Neo4jStore:
    """`GraphStore` over the release that a server holds. Raises `ServerGone` from every method when it does not answer."""

    def __init__(self, address: Address, release: str | None = None) -> None:
        """Asks the server what it holds. Raises `ServerGone` where that is another release than `release`, `FixSetup` where
        it is none or the address or password is wrong.
        """
        self._bolt = Bolt(address)
        self._coverage: Row | None = None
        self._fields: FieldTables | None = None
        try:
            held = self.held()
            if held is None:
                raise FixSetup(
                    f"The graph server at {address.url} holds no release.", next_step="kg neo4j load RELEASE"
                )
            self.release = release or held
            self.check(held)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Ends the connections; the store cannot be used afterwards."""
        self._bolt.close()

    def held(self) -> str | None:
        """Id of the release that the server holds now."""
        rows = self._rows("release")
        return rows[0]["id"] if rows else None

    def check(self, held: str | None = None) -> None:
        """Raises `ServerGone` where the server no longer holds this store's release."""
        held = held or self.held()
        if held != self.release:
            raise ServerGone(
                f"The graph server holds release {held or 'none'}, not {self.release}.",
                next_step=f"kg neo4j load {self.release}",
            )

    def _rows(self, *names: str, **parameters: Any) -> list[Row]:
        return self._bolt.rows(cypher(*names), {"q": parameters})

    def _row(self, *names: str, **parameters: Any) -> Row:
        return self._rows(*names, **parameters)[0]

    # --- counts and coverage ---------------------------------------------------------------------------------

    def counts(self) -> dict[str, int]:
        rows = self._rows("counts")
        return {r["table"]: r["n"] for r in sorted(rows, key=lambda r: str(r["table"]))}

    def coverage(self) -> Row:
        if self._coverage is None:
            records = {r["source"]: r["n"] for r in self._rows("records_by_source")}
            self._coverage = self._row("coverage") | self._row("years") | {"records": records}
        return dict(self._coverage)

    def field_tables(self) -> FieldTables:
        if self._fields is None:
            self._fields = FieldTables(**{table: self._table(table, name) for table, name in _FIELD_TABLES.items()})
        return self._fields

    def _table(self, table: str, name: str) -> pa.Table:
        rows = self._rows(name)
        return pa.table({c: pa.array([r[c] for r in rows], pa.string()) for c in _COLUMNS[table]})

    # --- people ----------------------------------------------------------------------------------------------

    def people(self, selection: Selection) -> People:
        s = selection
        if s.joint is not None:
            return self._with_joint(s, s.joint)
        return self._everybody(s) if _source(s) == "from_everyone" else self._some(s)

    def _with_joint(self, s: Selection, joint: Joint) -> People:
        done = _Judged()
        for subjects in self._subjects(s):
            self._judge(subjects, joint, _until(s.as_of), done)
        near, totals = select.with_large(sorted(done.misses), done.large, NEAR_MISS_LIMIT)
        return People(
            total=len(done.found),
            page=self._page(done.found, s),
            near_misses=[NearMiss(person=m.person, clause=m.clause, reason=m.reason, partner=m.partner) for m in near],
            near_miss_totals=totals,
            only_large_groups=len(done.large),
            dropped_by_basis={name: done.dropped[name] for name in select.DROPS if done.dropped[name]},
            same_name=self.same_names([f.person for f in done.found]),
        )

    def _some(self, s: Selection) -> People:
        """Those of a field, of a topic, at an institution or among given people; no clause about joint work."""
        subjects = self._all_subjects(s)
        weak = subjects.weak
        thin = [subjects.people[i] for i in np.flatnonzero(weak).tolist()]
        found = [
            Found(person=subjects.people[i], field_said=said, field_led=led, field_shared=shared)
            for i, said, led, shared in zip(
                np.flatnonzero(~weak).tolist(), subjects.said[~weak].tolist(), subjects.led[~weak].tolist(),
                subjects.shared[~weak].tolist(), strict=True,
            )
        ]  # fmt: skip
        return People(
            total=len(found),
            page=self._page(found, s),
            near_misses=[NearMiss(person=p, clause="field", reason="single_role") for p in thin[:NEAR_MISS_LIMIT]],
            near_miss_totals={"single_role": len(thin)} if thin else {},
            same_name=self.same_names([f.person for f in found]),
        )

    def _everybody(self, s: Selection) -> People:
        """No clause that finds some: the server counts and pages."""
        them, clauses = ("from_everyone", "each", *_narrowed(s)), self._clauses(s)
        by_name, skip = s.sort == "name", s.offset
        if s.limit is None:
            page = self._rows(*them, "page_all", by_name=by_name, skip=skip, **clauses)
        else:
            page = self._rows(*them, "page", by_name=by_name, skip=skip, most=s.limit, **clauses)
        namesakes = self._rows(*them, "namesakes", **clauses)
        return People(
            total=self._row(*them, "number", **clauses)["n"],
            page=[Found(person=r["id"]) for r in page],
            same_name=_groups(namesakes),
        )

    def _clauses(self, s: Selection) -> Row:
        """Parameters of every statement that finds subjects."""
        first, last = s.period or (None, None)
        return {
            "after": "",
            "among": list(s.among or ()),
            "as_of": s.as_of or "",
            "bases": list(s.bases),
            "by_activity": bool(s.period) and s.role is None and s.organizations is None,
            "by_among": s.among is not None,
            "by_date": s.as_of is not None,
            "by_organization": s.organizations is not None and _source(s) != "from_organization",
            "by_role": s.role is not None,
            "fields": list(s.fields or ()),
            "fiscal": s.years == "fiscal",
            "from_year": -EVER if first is None else first,
            "left_out": self._left_out(s.exclude_coauthors_of),
            "organizations": list(s.organizations or ()),
            "partners": list(s.joint.people or ()) if s.joint is not None else [],
            "role": s.role or "",
            "since": first is not None,
            "till": last is not None,
            "to_year": EVER if last is None else last,
            "topics": list(s.topics or ()),
            "until": _until(s.as_of),
        }

    def _left_out(self, people: tuple[str, ...]) -> list[str]:
        """These people and all who share works or projects with them."""
        return sorted({*people, *self._row("met", people=list(people))["people"]}) if people else []

    def _subjects(self, s: Selection) -> Iterator[_Subjects]:
        """People who meet all clauses but joint work, a stretch at a time, in the order of ids."""
        if _source(s) != "from_everyone":
            yield from self._all_subjects(s).stretches()
            return
        clauses = self._clauses(s)
        while people := self._row("from_everyone", "each", "clauses", "stretch", stretch=STRETCH, **clauses)["people"]:
            yield _Subjects.of({"people": people})
            clauses["after"] = people[-1]

    def _all_subjects(self, s: Selection) -> _Subjects:
        """All of them at once, where some clause finds them."""
        source, clauses, narrowed = _source(s), self._clauses(s), _narrowed(s)
        if source == "from_field" and s.topics is None:
            return _Subjects.of(self._row("field_counted", *narrowed, "own_listed", **clauses))
        if s.fields is not None or s.topics is not None:
            return _Subjects.of(self._row(source, "each", *narrowed, "own", "own_listed", **clauses))
        return _Subjects.of(self._row(source, "each", *narrowed, "listed", **clauses))

    # --- joint work ------------------------------------------------------------------------------------------

    def _judge(self, subjects: _Subjects, joint: Joint, until: int, done: _Judged) -> None:
        """Adds what becomes of these subjects to `done`."""
        part = self._part(subjects.people, joint, until)
        few, items = part.few, part.items
        rows = few.rows(subjects.people)
        s = select.Subjects(rows, subjects.said, subjects.led, subjects.shared, subjects.weak)
        m = select.matched(s, items, joint.min_items)
        done.found += _found(s, m, few)
        done.misses += [
            select.Miss(
                x.rank, few.id(x.person), x.clause, x.reason, None if x.partner is None else few.id(x.partner)
            )
            for x in select.near_misses(s, items, joint.min_items)
        ]  # fmt: skip
        done.dropped.update(select.dropped_by_basis(s, items, m))
        rest = np.setdiff1d(s.person[~s.weak], s.person[m.subject], assume_unique=True)
        done.large += self._only_large([few.id(p) for p in rest.tolist()], part.crowds, joint)

    def _part(self, people: Sequence[str], joint: Joint, until: int) -> _Part:
        """Partners of these people (ids, ascending), their evidence, and what they share."""
        asked = {"people": list(people), **_of_partner(joint)}
        crowds = self._crowds(people)
        to = ["to_met" if joint.people is None else "to_named"]
        to += ["at_now"] if joint.organizations is not None else []
        evidence: Row = {"people": [], "basis": [], "via": []}
        partners: set[str] | None = None
        if joint.fields is not None:
            evidence = self._row(*to, "their_evidence", until=until, **asked)
            partners = set(evidence["people"])
        elif len(to) > 1 or joint.people is not None:
            partners = set(self._row(*to, "their_ids", **asked)["people"])
        groups = self._shared(people, partners)
        everybody = {*people, *(partners or ())}
        if partners is None:
            everybody.update(*(g.members for g in groups))
        few = make(everybody, [*groups, *crowds], (v for v in evidence["via"] if v not in everybody))
        theirs = None if joint.fields is None else _evidence(few, evidence)
        allowed = [] if partners is None else [_mask(few, partners)]
        return _Part(few, select.joint_items(few, few.rows(people), joint, theirs, allowed, until), crowds)

    def _shared(self, people: Sequence[str], partners: set[str] | None) -> list[Group]:
        """Works and projects that some of these people share with partners (None: with anybody)."""
        if partners is None:
            row = self._row("shared_with_anybody", "their_years", people=list(people), no_year=NO_YEAR)
        elif not partners:
            return []
        else:
            subjects = set(people)
            sides = [[p, int(p in subjects), int(p in partners)] for p in subjects | partners]
            row = self._row("shared", "their_years", people=sides, no_year=NO_YEAR)
        lists = (row["via"], row["members"], row["year"], row["last"], row["early"])
        return [Group(v, m, year, last, early) for v, m, year, last, early in zip(*lists, strict=True)]

    def _crowds(self, people: Sequence[str]) -> list[Group]:
        row = self._row("crowds", people=list(people))
        return [Group(v, m, large=True) for v, m in zip(row["via"], row["members"], strict=True)]

    def _only_large(self, people: list[str], crowds: list[Group], joint: Joint) -> list[str]:
        """Those of these people who meet the clause in large groups only."""
        crowds = [c for c in crowds if not set(people).isdisjoint(c.members)]
        if not crowds:
            return []
        everybody = {p for c in crowds for p in c.members}
        theirs, others = None, []
        if joint.fields is not None:
            asked = {**_of_partner(joint), "named": sorted(everybody)}
            evidence = self._row("to_named", "their_evidence", until=EVER, **asked)
            others = [v for v in evidence["via"] if v not in everybody]
        few = make(everybody, crowds, others)
        theirs = None if joint.fields is None else _evidence(few, evidence)
        named = None if joint.people is None else _mask(few, joint.people)
        return [few.id(p) for p in select.only_large(few, few.rows(people), theirs, named).tolist()]

    def _page(self, found: list[Found], s: Selection) -> list[Found]:
        ordered = self._ordered(found, s)
        return ordered[s.offset :] if s.limit is None else ordered[s.offset : s.offset + s.limit]

    def _ordered(self, found: list[Found], s: Selection) -> list[Found]:
        """In the order asked for; what is equal stands in the order of ids, in which it comes."""

        def most(f: Found) -> int:
            return -f.joint_works - f.joint_projects

        def last(f: Found) -> int:
            return -(NO_YEAR if f.last_joint is None else f.last_joint)

        if s.sort == "joint":
            return sorted(found, key=lambda f: (most(f), last(f)))
        if s.sort == "recent":
            return sorted(found, key=lambda f: (last(f), most(f)))
        if s.sort == "id" or not found:
            return found
        row = self._row("names", people=[f.person for f in found])
        names = {p: name for p, some in zip(row["people"], row["names"], strict=True) for name in some}
        return sorted(found, key=lambda f: (f.person not in names, names.get(f.person, "")))

    def joint_items(self, people: list[str], joint: Joint, as_of: str | None = None) -> list[JointItem]:
        known = sorted(self._known("person", people))
        if not known:
            return []
        part = self._part(known, joint, _until(as_of))
        few, items = part.few, part.items
        good = np.flatnonzero(items.fails == select.OK)
        keys = (items.partner[good], items.via[good], -items.year[good], items.person[good])
        at = good[np.lexsort(keys)]
        columns = (items.person[at], items.partner[at], items.via[at], items.year[at])
        return [
            JointItem(person=few.id(p), partner=few.id(q), via=few.id(v), via_kind=few.kind(v), year=_year(y))
            for p, q, v, y in zip(*(c.tolist() for c in columns), strict=True)
        ]

    def field_evidence(self, pairs: list[tuple[str, tuple[str, ...]]]) -> list[Row]:
        people = list(dict.fromkeys(p for p, _ in pairs))
        fields = sorted({f for _, fields in pairs for f in fields})
        return self._rows("evidence", people=people, fields=fields, order=list(BASES)) if pairs else []

    # --- entities --------------------------------------------------------------------------------------------

    def entities(self, ids: list[str]) -> dict[str, Row]:
        found: dict[str, Row] = {}
        for r in self._rows("entities", **_by_kind(ids), field=[i for i in dict.fromkeys(ids) if ":" in i]):
            kind, node = r["kind"], r["row"]
            row = {name: node.get(name) for name in _COLUMNS[kind]}
            found[row["id"]] = row | ({"type": row["kind"]} if "kind" in row else {}) | {"kind": kind}
        return found

    def _known(self, kind: str, ids: Iterable[str]) -> list[str]:
        """Those of these ids that are of this kind."""
        wanted = _by_kind(ids)[kind]
        return [r["row"]["id"] for r in self._rows("entities", **_by_kind(wanted), field=[])] if wanted else []

    def redirect(self, entity: str) -> Row | None:
        rows = self._rows("redirect", id=entity)
        return rows[0] if rows else None

    def current_affiliations(self, people: list[str]) -> dict[str, Row]:
        return {r["person"]: r for r in self._affiliations(people, most=1) if r["current"]}

    def affiliations(self, person: str) -> list[Row]:
        return self._affiliations([person], most=ALL)

    def _affiliations(self, people: list[str], most: int) -> list[Row]:
        return self._rows("affiliations", people=list(dict.fromkeys(people)), most=most)

    def records_of(self, entities: list[str], limit: int = 20) -> dict[str, list[Row]]:
        return _listed(self._rows("of_any_kind", "records", most=limit, **_by_kind(entities)), "entity")

    def identifiers(self, entities: list[str]) -> dict[str, list[Row]]:
        return _listed(self._rows("of_any_kind", "identifiers", **_by_kind(entities)), "entity")

    def by_identifier(self, values: list[str]) -> list[str]:
        return [r["id"] for r in self._rows("by_identifier", values=values)]

    def count_works(self, person: str) -> int:
        return int(self._row("count_works", person=person)["n"])

    def fields_of(self, entity: str) -> list[Row]:
        return self._rows("of_any_kind", "fields_of", **_by_kind([entity]))

    def costs_of(self, project: str) -> list[Row]:
        return self._rows("costs", project=project)

    def projects_by_year(self, fields: list[str] | None) -> dict[int, int]:
        rows = (
            self._rows("projects_by_year") if fields is None else self._rows("projects_by_year_in", fields=list(fields))
        )
        return {r["year"]: r["n"] for r in rows}

    # --- neighbourhoods --------------------------------------------------------------------------------------

    def projects_of(self, person: str, limit: int = 200, offset: int = 0) -> list[Row]:
        return self._rows("projects_of", person=person, most=limit, skip=offset)

    def works_of(self, person: str, limit: int = 200, offset: int = 0) -> list[Row]:
        return self._rows("works_of", person=person, most=limit, skip=offset)

    def members_of(self, project: str) -> list[Row]:
        return self._rows("members_of", project=project)

    def authors_of(self, work: str) -> list[Row]:
        return self._rows("authors_of", work=work)

    def coauthors(self, person: str, limit: int = 50, offset: int = 0) -> list[Row]:
        return self._rows("coauthors", person=person, most=limit, skip=offset)

    def path(self, a: str, b: str, max_steps: int = 4) -> list[str] | None:
        if a == b:
            return [a]
        rows = self._rows("path" if max_steps <= 4 else "path_far", a=a, b=b, steps=max_steps)
        return rows[0]["chain"] if rows else None

    # --- labels to ids ---------------------------------------------------------------------------------------

    def find_people(self, name: str, limit: int = 20) -> list[Row]:
        exact = [i for i in self.by_identifier([name.strip()]) if i.startswith("P")]
        exact += [i for i in self.entities([name.strip()]) if i.startswith("P")]
        if exact:
            rows = self.entities(exact)
            return [rows[i] for i in sorted(set(exact))][:limit]
        return self.people_by_names([name])[:limit]

    def people_by_names(self, names: list[str]) -> list[Row]:
        return self._rows("people_by_names", keys=sorted({match_key(n).replace(",", "") for n in names}))

    def people_by_identifiers(self, values: list[str]) -> list[Row]:
        return self._rows("people_by_identifiers", values=values)

    def find_organizations(self, label: str) -> list[str]:
        rows = self._rows("find_organizations", key=match_key(label), exact=label.strip())
        return sorted(r["id"] for r in rows)

    def same_names(self, people: list[str]) -> list[list[str]]:
        return _groups(self._rows("from_among", "namesakes", among=people)) if len(people) > 1 else []

    def topics_like(self, label: str) -> list[str]:
        return sorted(r["id"] for r in self._rows("topics_like", key=match_key(label)))


# --- which statements ------------------------------------------------------------------------------------------


def _source(s: Selection) -> str:
    """The statement that finds the fewest people to look at."""
    if s.among is not None:
        return "from_among"
    if s.fields is not None or s.topics is not None:
        return "from_field"
    if s.organizations is not None:
        return "from_organization"
    if s.joint is not None and s.joint.people is not None:
        return "from_partner"
    return "from_everyone"


def _narrowed(s: Selection) -> tuple[str, ...]:
    """The statement of the clauses that `_source` does not see to; none where there is no such clause."""
    elsewhere = s.organizations is not None and _source(s) != "from_organization"
    active = bool(s.period) and s.organizations is None
    return ("clauses",) if elsewhere or active or s.role is not None or s.exclude_coauthors_of else ()


# --- rows to arrays --------------------------------------------------------------------------------------------


def _of_partner(joint: Joint) -> Row:
    """Parameters of the statements that find partners and their evidence."""
    return {
        "bases": list(joint.bases),
        "fields": list(joint.fields or ()),
        "named": list(joint.people or ()),
        "organizations": list(joint.organizations or ()),
    }


def _evidence(few: Few, rows: Row) -> select.Evidence:
    """Evidence of everybody in `few`, from lists of one length."""
    person = np.array([few.number[p] for p in rows["people"]], np.int64)
    via = np.array([few.number[v] for v in rows["via"]], np.int64)
    return select.counted(few, person, np.array([_PLACE[b] for b in rows["basis"]], np.int64), via)


def _mask(few: Few, people: Iterable[str]) -> select.Mask:
    mask = np.zeros(few.people, np.bool_)
    mask[few.rows(people)] = True
    return mask


def _found(s: select.Subjects, m: select.Matched, few: Few) -> list[Found]:
    at = m.subject
    columns = (s.person[at], s.said[at], s.led[at], s.shared[at], m.partners, m.works, m.projects, m.last)
    return [
        Found(
            person=few.id(p), field_said=said, field_led=led, field_shared=shared, partners=partners,
            joint_works=works, joint_projects=projects, last_joint=_year(last),
        )
        for p, said, led, shared, partners, works, projects, last in zip(*(c.tolist() for c in columns), strict=True)
    ]  # fmt: skip


def _groups(rows: list[Row]) -> list[list[str]]:
    """Groups of people who stand together in rows."""
    return select.joined((r["people"][0], other) for r in rows for other in r["people"][1:])


def _by_kind(ids: Iterable[str]) -> dict[str, list[str]]:
    """Ids by kind, each once; those of fields left out."""
    found: dict[str, list[str]] = {kind: [] for kind in KINDS.values()}
    for i in dict.fromkeys(ids):
        if ":" not in i and i[:1] in KINDS:
            found[KINDS[i[0]]].append(i)
    return found


def _listed(rows: list[Row], owner: str) -> dict[str, list[Row]]:
    """Rows by the value of a column, without it."""
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(row.pop(owner), []).append(row)
    return found
