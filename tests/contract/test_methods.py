"""Every method of the port gives the same rows from both stores: values, types, nulls, order."""

from __future__ import annotations

import inspect
import random
from collections.abc import Callable
from typing import Any

import duckdb
import pytest

from kg.errors import FixSetup, ServerGone
from kg.graph.bolt import Address
from kg.graph.embedded import EmbeddedStore
from kg.graph.neo4j import Neo4jStore
from kg.graph.port import GraphStore, Joint
from kg.neo4j import model
from kg.people import PeopleQuery, WorkedWith, find
from tests.contract.conftest import Served

ODD_PEOPLE = ["P01", "P02", "P06", "P07", "P10", "P20", "P21", "P22", "P23", "P24", "P25"]
NOBODY = ["", "P", "Pnone", "W", "X1", "kaken-section:none", "東", "P01 ", "O", "\ud800"]


def sample(release: Any, table: str, most: int) -> list[str]:
    """Ids of a table, drawn so that every run draws the same."""
    with duckdb.connect(str(release.duckdb), read_only=True) as db:
        ids = [r[0] for r in db.execute(f'SELECT id FROM "{table}" ORDER BY id').fetchall()]
    return random.Random(table).sample(ids, min(most, len(ids)))


@pytest.fixture(scope="module")
def ids(served: Served) -> dict[str, list[str]]:
    """Some ids of each kind, those written by hand among them."""
    r = served.release
    return {
        "person": [*sample(r, "person", 40), *ODD_PEOPLE],
        "work": [*sample(r, "work", 40), "W01", "W50", "W51", "W52"],
        "project": [*sample(r, "project", 40), "R01", "R03", "R05", "R06", "R51", "R52"],
        "organization": [*sample(r, "organization", 15), "O1", "O8", "O9"],
        "venue": sample(r, "venue", 5),
        "topic": [*sample(r, "topic", 10), "T1"],
        "field": [*sample(r, "field", 10), "kaken-section:25030"],
    }


def typed(value: Any) -> Any:
    """The value with the type of each part, so that 1, 1.0 and True differ."""
    if isinstance(value, dict):
        return {k: typed(v) for k, v in value.items()}
    if isinstance(value, list):
        return [typed(v) for v in value]
    return type(value).__name__, value


OF_ONE: dict[str, tuple[str, Callable[[GraphStore, str], Any]]] = {
    "affiliations": ("person", lambda s, i: s.affiliations(i)),
    "count_works": ("person", lambda s, i: s.count_works(i)),
    "projects_of": ("person", lambda s, i: s.projects_of(i)),
    "projects_of, a page": ("person", lambda s, i: s.projects_of(i, limit=2, offset=1)),
    "works_of": ("person", lambda s, i: s.works_of(i)),
    "works_of, a page": ("person", lambda s, i: s.works_of(i, limit=3, offset=2)),
    "coauthors": ("person", lambda s, i: s.coauthors(i)),
    "coauthors, a page": ("person", lambda s, i: s.coauthors(i, limit=3, offset=2)),
    "members_of": ("project", lambda s, i: s.members_of(i)),
    "costs_of": ("project", lambda s, i: s.costs_of(i)),
    "authors_of": ("work", lambda s, i: s.authors_of(i)),
    "fields_of a project": ("project", lambda s, i: s.fields_of(i)),
    "fields_of a person": ("person", lambda s, i: s.fields_of(i)),
    "fields_of a work": ("work", lambda s, i: s.fields_of(i)),
}


@pytest.mark.parametrize("name", OF_ONE)
def test_rows_of_one_entity(name: str, embedded: EmbeddedStore, neo4j_store: Neo4jStore, ids: dict[str, list[str]]):
    kind, ask = OF_ONE[name]
    answers = {i: ask(embedded, i) for i in [*ids[kind], *NOBODY[:-1]]}
    assert {i: typed(ask(neo4j_store, i)) for i in answers} == {i: typed(a) for i, a in answers.items()}
    assert sum(bool(a) for a in answers.values()) > 1, "nothing was compared"


def test_entities_of_every_kind(embedded: EmbeddedStore, neo4j_store: Neo4jStore, ids: dict[str, list[str]]):
    """All columns, nulls among them, in the same order of columns; unknown ids are absent."""
    wanted = [i for some in ids.values() for i in some] + NOBODY
    one, other = embedded.entities(wanted), neo4j_store.entities(wanted)
    assert typed(other) == typed(one)
    assert {i: list(r) for i, r in other.items()} == {i: list(r) for i, r in one.items()}
    assert {r["kind"] for r in other.values()} == set(ids)
    assert other["O9"]["type"] == "university"
    assert neo4j_store.entities([]) == {}


@pytest.mark.parametrize("most", [1, 3, 20])
def test_records_identifiers_affiliations(
    embedded: EmbeddedStore, neo4j_store: Neo4jStore, ids: dict[str, list[str]], most: int
):
    """Lists of many at once, each in its order and cut at the same place."""
    wanted = [i for some in ids.values() for i in some] + NOBODY
    assert typed(neo4j_store.records_of(wanted, most)) == typed(embedded.records_of(wanted, most))
    assert typed(neo4j_store.identifiers(wanted)) == typed(embedded.identifiers(wanted))
    people = [*ids["person"], *NOBODY[:-1]]
    assert typed(neo4j_store.current_affiliations(people)) == typed(embedded.current_affiliations(people))


def test_counts_and_coverage(embedded: EmbeddedStore, neo4j_store: Neo4jStore):
    """Counts of all tables that the graph holds; what it leaves out belongs to the index or to the tables alone."""
    one, other = embedded.counts(), neo4j_store.counts()
    assert other == {t: n for t, n in one.items() if t in other}
    assert set(one) - set(other) == {row.table for row in model.LEFT_OUT} | {"release_info"}
    assert list(other) == sorted(other)
    assert typed(neo4j_store.coverage()) == typed(embedded.coverage())


def test_field_tables(embedded: EmbeddedStore, neo4j_store: Neo4jStore):
    """The vocabulary with its hierarchy and mappings, as Arrow tables that are equal."""
    one, other = embedded.field_tables(), neo4j_store.field_tables()
    for table in ("field", "field_label", "broader", "field_match"):
        assert getattr(other, table).to_pylist() == getattr(one, table).to_pylist(), table
        assert getattr(other, table).schema.names == getattr(one, table).schema.names


def test_redirects(store: GraphStore):
    assert store.redirect("P99") == {"old": "P99", "new": "P01", "reason": "merged"}
    assert store.redirect("P98") == {"old": "P98", "new": None, "reason": "erased"}
    assert store.redirect("P01") is None


def test_look_ups_by_identifier(embedded: EmbeddedStore, neo4j_store: Neo4jStore, served: Served):
    """Values that one carries, that two carry, that is another's part, and that nobody has."""
    with duckdb.connect(str(served.release.duckdb), read_only=True) as db:
        values = [r[0] for r in db.execute("SELECT DISTINCT value FROM identifier ORDER BY value").fetchall()]
    wanted = [*random.Random(1).sample(values, 60), "20000024", "10.9/part", "19K00001", "", "nothing"]
    assert neo4j_store.by_identifier(wanted) == embedded.by_identifier(wanted)
    assert neo4j_store.people_by_identifiers(wanted) == embedded.people_by_identifiers(wanted)
    assert neo4j_store.by_identifier(["20000024"]) == ["P24", "P25"]
    assert neo4j_store.by_identifier([]) == neo4j_store.people_by_identifiers([]) == []


NAMES = [
    "山田太郎", "山田 太郎", "山田　太郎", "𠮷田花子", "ヨシダハナコ", "ｱｲｳ", "Yoshida, Hanako", "hanako YOSHIDA", "がとう花",
    "か\u3099とう 花", "İpek, Σίσυφος", "i̇pek σίσυφος", "", "だれでもない", "20000024", "P01", " P01 ", "synth_P01",
]  # fmt: skip


def test_look_ups_by_name(embedded: EmbeddedStore, neo4j_store: Neo4jStore, ids: dict[str, list[str]]):
    """Spaces of all kinds, width, case, commas, characters beyond the basic plane, composed and not."""
    people = embedded.entities(ids["person"]).values()
    names = [*NAMES, *(r[n] for r in people for n in ("name_ja", "name_kana", "name_en") if r[n])]
    assert typed(neo4j_store.people_by_names(names)) == typed(embedded.people_by_names(names))
    for name in NAMES:
        assert typed(neo4j_store.find_people(name)) == typed(embedded.find_people(name)), name
    assert [r["id"] for r in neo4j_store.find_people("山田太郎")] == ["P10", "P11"]
    assert [r["id"] for r in neo4j_store.find_people("山田太郎", limit=1)] == ["P10"]
    assert neo4j_store.people_by_names([]) == []


def test_look_ups_of_organizations_and_topics(embedded: EmbeddedStore, neo4j_store: Neo4jStore, ids):
    """By name in any spelling, by id, by code."""
    some = embedded.entities([*ids["organization"], *ids["topic"]]).values()
    labels = [r[n] for r in some for n in ("name_ja", "name_en", "label_ja", "label_en") if r.get(n)]
    labels += ["架空第一大学", "KAKUU daiichi  university", "O9", "https://ror.org/00xx", "津 波", "", "なし"]
    for label in labels:
        assert neo4j_store.find_organizations(label) == embedded.find_organizations(label), label
        assert neo4j_store.topics_like(label) == embedded.topics_like(label), label
    assert neo4j_store.find_organizations("kakuu daiichi university") == ["O8", "O9"]


def test_people_who_share_a_name_and_a_place(embedded: EmbeddedStore, neo4j_store: Neo4jStore, served: Served):
    everybody = sample(served.release, "person", 10**6)
    one = embedded.same_names(everybody)
    assert neo4j_store.same_names(everybody) == one
    assert ["P23", "P24", "P25"] in one, "joined by a Japanese name, and by a Latin one"
    assert neo4j_store.same_names(["P23", "P25"]) == embedded.same_names(["P23", "P25"]) == []
    assert neo4j_store.same_names([]) == []


def test_projects_by_year(embedded: EmbeddedStore, neo4j_store: Neo4jStore):
    for fields in (None, [], ["kaken-section:61030"], ["kaken-section:25030", "x:y"]):
        one = embedded.projects_by_year(fields)
        assert neo4j_store.projects_by_year(fields) == one
        assert list(neo4j_store.projects_by_year(fields)) == sorted(one)


def test_paths(embedded: EmbeddedStore, neo4j_store: Neo4jStore, ids: dict[str, list[str]]):
    """Of several shortest chains the same one; none where there is none within the limit."""
    d = random.Random(5)
    pairs = [tuple(d.sample(ids["person"], 2)) for _ in range(60)] + [("P01", "P06"), ("P01", "P01"), ("P01", "Pnone")]
    lengths = set()
    for a, b in pairs:
        for steps in (0, 1, 2, 4, 7):
            chain = embedded.path(a, b, steps)
            assert neo4j_store.path(a, b, steps) == chain, (a, b, steps)
            lengths.add(len(chain or ()))
    assert len(lengths) > 3, "all pairs are alike"


def test_joint_items_newest_first(store: GraphStore):
    """Undated ones last; what is equal by item, then by partner."""
    items = store.joint_items(["P01", "Pnone", "P01"], Joint())
    assert [(i.via, i.via_kind, i.year) for i in items if i.partner == "P02"] == [
        ("W09", "work", 2021), ("W01", "work", 2020), ("W52", "work", 2001), ("R52", "project", None), ("W51", "work", None),
    ]  # fmt: skip
    assert [(i.via, i.year) for i in items if i.partner == "P07"] == [("R51", 2003)]
    assert store.joint_items([], Joint()) == []


def test_field_evidence_strongest_first(embedded: EmbeddedStore, neo4j_store: Neo4jStore, ids):
    with_fields = [(p, ("kaken-section:25030", "kaken-section:61030", "x:y")) for p in ids["person"]]
    rows = embedded.field_evidence(with_fields)
    assert typed(neo4j_store.field_evidence(with_fields)) == typed(rows)
    assert len(rows) > 5
    assert neo4j_store.field_evidence([]) == []
    assert neo4j_store.field_evidence([("P01", ())]) == []


def test_whole_answers(embedded: EmbeddedStore, neo4j_store: Neo4jStore):
    """What a reader sees, proofs and receipts included, is the same."""
    for query in (
        PeopleQuery(field="防災", worked_with=WorkedWith(field="情報")),
        PeopleQuery(worked_with=WorkedWith(person="P02")),
        PeopleQuery(worked_with=WorkedWith(person="山田太郎")),
        PeopleQuery(institution="架空第一大学", sort="name"),
        PeopleQuery(field="錬金術"),
    ):
        assert find(neo4j_store, query).model_dump() == find(embedded, query).model_dump()


def test_both_have_the_methods_of_the_port_with_the_same_arguments():
    for name, method in inspect.getmembers(GraphStore, inspect.isfunction):
        if name.startswith("_"):
            continue
        for store in (EmbeddedStore, Neo4jStore):
            assert inspect.signature(getattr(store, name)) == inspect.signature(method), (store, name)


def test_a_server_with_another_release_is_refused(served: Served, neo4j_store: Neo4jStore):
    with pytest.raises(ServerGone, match="not r-other"):
        Neo4jStore(served.address, "r-other")
    neo4j_store.check()


def test_a_wrong_password_is_a_matter_of_set_up_and_never_shown(served: Served):
    address = Address(served.access.address, "neo4j", "geheim-123")
    with pytest.raises(FixSetup, match="refuses") as e:
        Neo4jStore(address)
    assert "geheim" not in str(e.value) + repr(address)


def test_an_address_that_is_none(served: Served):
    with pytest.raises(FixSetup, match="no address"):
        Neo4jStore(Address("http://127.0.0.1"))
    with pytest.raises(ServerGone, match="does not answer"):
        Neo4jStore(Address("bolt://127.0.0.1:1"))
