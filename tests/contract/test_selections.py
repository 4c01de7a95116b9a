"""Both stores say the same about every clause: who, in which order, with which counts, near misses, totals and groups."""

from __future__ import annotations

from dataclasses import fields, replace

import pytest

from kg.graph.embedded import EmbeddedStore
from kg.graph.neo4j import Neo4jStore
from kg.graph.port import ALL_BASES, Joint, People, Selection
from tests.contract.conftest import Served
from tests.contract.drawn import Drawer

DRAWN, AT_A_TIME = 240, 20
BOSAI, NLP = "kaken-section:25030", "kaken-section:61030"


@pytest.fixture(scope="module")
def drawer(served: Served, embedded: EmbeddedStore) -> Drawer:
    return Drawer.of(served.release, embedded.field_tables())


def both(embedded: EmbeddedStore, neo4j: Neo4jStore, s: Selection) -> People:
    """The one answer of both."""
    one, other = embedded.people(s), neo4j.people(s)
    for f in fields(People):
        assert getattr(other, f.name) == getattr(one, f.name), (f.name, s)
    return one


@pytest.mark.parametrize("first", range(0, DRAWN, AT_A_TIME))
def test_selections_at_random(first: int, embedded: EmbeddedStore, neo4j_store: Neo4jStore, drawer: Drawer):
    """… and the joint items and field evidence of whoever is on the page are the same rows in the same order."""
    for seed in range(first, first + AT_A_TIME):
        s = drawer.selection(seed)
        page = [f.person for f in both(embedded, neo4j_store, s).page[:20]]
        if s.joint is not None:
            items = embedded.joint_items(page, s.joint, s.as_of)
            assert neo4j_store.joint_items(page, s.joint, s.as_of) == items, s
            page += [i.partner for i in items[:5]]
        pairs = [(p, s.fields or (BOSAI,)) for p in page]
        assert neo4j_store.field_evidence(pairs) == embedded.field_evidence(pairs), s


def test_the_drawn_selections_reach_every_clause_and_outcome(embedded: EmbeddedStore, drawer: Drawer):
    """A suite that only ever drew empty answers would prove nothing."""
    drawn = [drawer.selection(seed) for seed in range(DRAWN)]
    answers = [embedded.people(s) for s in drawn]
    assert sum(a.total > 0 for a in answers) >= 60
    assert sum(a.total == 0 for a in answers) >= 20
    reasons = {r for a in answers for r in a.near_miss_totals}
    assert reasons >= {"single_role", "partner_single_role", "outside_years", "other_kind", "too_few_joint", "only_large_group"}  # fmt: skip
    assert any(a.same_name for a in answers)
    for clause in fields(Selection):
        assert len({getattr(s, clause.name) for s in drawn}) > 1, clause.name
    for clause in fields(Joint):
        assert len({getattr(s.joint, clause.name) for s in drawn if s.joint}) > 1, clause.name


SEED = Selection(fields=(BOSAI, "researchmap-area:防災工学"), joint=Joint(fields=("kaken-section:J", NLP)))
NAMED = [
    SEED,
    replace(SEED, joint=Joint(fields=(NLP,), min_items=2)),
    replace(SEED, joint=Joint(fields=(NLP,), bases=("researchmap_area",))),
    replace(SEED, joint=Joint(fields=(NLP,), kinds=("project",))),
    replace(SEED, joint=Joint(fields=(NLP,), after=2020, before=2020, years="fiscal")),
    replace(SEED, joint=Joint(fields=(NLP,), after=2020, before=2020)),
    replace(SEED, joint=Joint(people=("P02",))),
    replace(SEED, joint=Joint(organizations=("O2",))),
    replace(SEED, joint=Joint(fields=(NLP,), people=("P02", "P07"), organizations=("O2",))),
    replace(SEED, as_of="2017"), replace(SEED, as_of="2020-02"), replace(SEED, as_of="2016-12-31"),
    replace(SEED, among=("P06", "P03", "P03", "P98")), replace(SEED, among=()),
    replace(SEED, exclude_coauthors_of=("P02",)), replace(SEED, exclude_coauthors_of=("P77",)),
    replace(SEED, topics=("T1",)), replace(SEED, fields=()), replace(SEED, joint=Joint(fields=())),
    Selection(), Selection(sort="name"), Selection(sort="name", limit=5, offset=4), Selection(limit=None),
    Selection(joint=Joint()), Selection(joint=Joint(people=("P02",))), Selection(joint=Joint(people=())),
    Selection(joint=Joint(fields=(NLP,))), Selection(joint=Joint(after=2100)), Selection(topics=("T1",)),
    Selection(organizations=("O1",)), Selection(organizations=("O2",), as_of="2008-05-01"),
    Selection(organizations=("O2",), as_of="2010-03"), Selection(organizations=("O2",), period=(None, 2006)),
    Selection(organizations=("O2",), period=(2011, None)), Selection(organizations=()), Selection(organizations=("O9",)),
    Selection(role="principal_investigator"), Selection(role="member", period=(2003, 2003), as_of="2003"),
    Selection(role="member", period=(None, 1990)), Selection(period=(2001, 2001), years="fiscal"),
    Selection(period=(2000, 2000), years="fiscal"), Selection(period=(2015, 2016), sort="name"),
    Selection(period=(2001, 2001)), Selection(period=(3000, None)), Selection(fields=(NLP,), bases=("member",)),
    Selection(fields=(NLP,), bases=("interest",)), Selection(fields=(NLP,), sort="name", limit=3),
]  # fmt: skip


@pytest.mark.parametrize("number", range(len(NAMED)))
def test_selections_by_hand(number: int, embedded: EmbeddedStore, neo4j_store: Neo4jStore):
    """Each clause with the rows that were written for it: crowds, fiscal years, empty lists, ids that are none."""
    both(embedded, neo4j_store, NAMED[number])


@pytest.mark.parametrize("sort", ["joint", "recent", "name", "id"])
@pytest.mark.parametrize(
    "s", [Selection(), SEED, Selection(fields=(NLP,)), Selection(joint=Joint(min_items=2))], ids=range(4)
)
def test_pages_neither_lose_nor_repeat(store, s: Selection, sort):
    """Pages of 7 put together are the whole, whatever the order, ties and missing names included."""
    s = replace(s, sort=sort)
    whole = [f.person for f in store.people(replace(s, limit=None)).page]
    seen: list[str] = []
    while page := store.people(replace(s, limit=50, offset=len(seen))).page:
        seen += [f.person for f in page]
    assert seen == whole
    assert len(set(whole)) == len(whole) == store.people(s).total


def test_bases_of_the_port_are_drawn(drawer: Drawer):
    """Every basis of field evidence comes up alone or with others."""
    assert {b for seed in range(DRAWN) for b in drawer.selection(seed).bases} == set(ALL_BASES)
