"""The typed question about people: complete, proven, honest about near misses."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from kg.errors import FixInput
from kg.people import PeopleQuery, WorkedWith, find
from tests.people import tiny

SEED = PeopleQuery(field="防災", worked_with=WorkedWith(field="情報"))


@pytest.fixture
def store(tmp_path: Path):
    opened = tiny.store(tmp_path)
    yield opened
    opened.close()


def ids(answer) -> list[str]:
    return [p.id for p in answer.people]


def test_seed_question_finds_everybody_whose_partner_is_of_the_field_on_own_evidence(store):
    """P1 (partner says 情報) and P6 (partner has two foreign roles) match; P3, P5 and P8 do not."""
    answer = find(store, SEED)
    assert sorted(ids(answer)) == ["P01", "P06"]
    assert answer.total == 2


def test_joint_project_never_counts_as_the_partners_field_evidence(store):
    """P3's partner leads the joint project and has nothing else: a near miss that says so."""
    answer = find(store, SEED)
    reasons = {m.id: m.reason for m in answer.near_misses}
    assert reasons["P03"] == "partner_field_only_joint"
    assert reasons["P08"] == "partner_field_only_joint"
    assert answer.near_miss_totals == {"single_role": 1, "partner_field_only_joint": 2}
    assert answer.dropped_by_basis == {"members_or_works": 1, "principal_investigator": 1}


def test_one_role_is_too_thin_for_a_field_and_comes_out_as_near_miss(store):
    answer = find(store, SEED)
    assert {m.id: m.clause for m in answer.near_misses}["P05"] == "field"


def test_every_clause_is_proven_by_records_that_open(store):
    """Field and joint work each name the record and its page at the source."""
    person = next(p for p in find(store, SEED).people if p.id == "P01")
    clauses = {x.clause for x in person.proofs}
    assert clauses == {"field", "worked_with"}
    for proof in person.proofs:
        assert proof.records
        assert all(r.url and r.url.startswith("https://") for r in proof.records)
    joint = [x for x in person.proofs if x.clause == "worked_with"]
    assert [(x.via.id, x.via.year) for x in joint] == [("W09", 2021), ("W01", 2020)]
    assert joint[0].partner.id == "P02"
    assert joint[0].partner.field_basis == ["researchmap_area: 知能情報学関連"]
    assert person.affiliation.organization == "架空東都大学"
    assert person.last_year == 2021


def test_bases_can_be_tightened(store):
    """With researchmap areas only on the partner's side P6 falls away."""
    query = PeopleQuery(field="防災", worked_with=WorkedWith(field="情報", bases=("researchmap_area",)))
    assert ids(find(store, query)) == ["P01"]


@pytest.mark.parametrize(
    ("clause", "expected"),
    [
        ({"after": 2021}, ["P01"]),
        ({"after": 2022}, []),
        ({"before": 2016}, ["P06"]),
        ({"at_least": 2}, ["P01"]),
        ({"kinds": ("project",)}, []),
        ({"person": "P02"}, ["P01"]),
        ({"institution": "架空西海大学"}, ["P01"]),
        ({"after": 2020, "before": 2020}, ["P01"]),
    ],
)
def test_clauses_on_joint_items(store, clause, expected):
    assert (
        sorted(ids(find(store, PeopleQuery(field="防災", worked_with=WorkedWith(field="情報", **clause))))) == expected
    )


def test_fiscal_year_of_a_work_in_february_is_the_year_before(store):
    """W01 of 2020-02 belongs to 2019年度, W09 of 2021 (no month) to 2021."""
    clause = {"field": "情報", "after": 2020, "before": 2020}
    assert ids(find(store, PeopleQuery(field="防災", worked_with=WorkedWith(**clause)))) == ["P01"]
    assert ids(find(store, PeopleQuery(field="防災", worked_with=WorkedWith(years="fiscal", **clause)))) == []


def test_joint_items_outside_the_years_are_a_near_miss(store):
    answer = find(store, PeopleQuery(field="防災", worked_with=WorkedWith(field="情報", after=2021)))
    assert {m.id: m.reason for m in answer.near_misses}["P06"] == "outside_years"


def test_large_groups_make_no_pair_but_are_shown(tmp_path):
    store = tiny.store(tmp_path, [*tiny.country(), *tiny.large_group()])
    answer = find(store, SEED)
    assert "P08" not in ids(answer)
    assert answer.only_large_groups == 1
    store.close()


def test_evidence_in_a_large_group_that_both_are_in_never_counts(tmp_path):
    """P6's partner P7 has two roles in 情報; with P6 in one of them among 200 people, one is left: too thin."""
    crowd = [
        tiny.MemberOf(project="R03", path="member[x]", person="P06", role="co_investigator"),
        tiny.LargeGroup(via="R03", via_kind="project", people=200),
    ]
    store = tiny.store(tmp_path, [*tiny.country(), *crowd])
    assert ids(find(store, SEED)) == ["P01"]
    store.close()


def test_institution_now_and_as_of(store):
    """P1 was at 架空西海大学 until March 2010 and is at 架空東都大学 now."""
    assert ids(find(store, PeopleQuery(institution="架空東都大学", sort="id"))) == ["P01", "P10"]
    assert "P01" in ids(find(store, PeopleQuery(institution="架空西海大学", as_of="2008-05-01", sort="id")))
    assert "P01" not in ids(find(store, PeopleQuery(institution="架空西海大学", as_of="2012-05-01", sort="id")))


def test_as_of_hides_later_collaboration(store):
    assert ids(find(store, PeopleQuery(field="防災", worked_with=WorkedWith(field="情報"), as_of="2017-12-31"))) == [
        "P06"
    ]


def test_role_and_period(store):
    assert ids(find(store, PeopleQuery(role="principal_investigator"))) == ["P04"]
    assert ids(find(store, PeopleQuery(role="principal_investigator", until=2018))) == []
    assert "P07" in ids(find(store, PeopleQuery(since=2015, until=2016, sort="id")))


def test_topic(store):
    answer = find(store, PeopleQuery(topic="津波"))
    assert ids(answer) == ["P06"]
    assert answer.people[0].proofs[0].clause == "topic"


def test_exclude_coauthors_and_cohort(store):
    assert ids(
        find(store, PeopleQuery(field="防災", worked_with=WorkedWith(field="情報"), exclude_coauthors_of="P02"))
    ) == ["P06"]
    assert ids(find(store, PeopleQuery(field="防災", worked_with=WorkedWith(field="情報"), among=("P06", "P03")))) == [
        "P06"
    ]


def test_ambiguous_name_is_never_summed(store):
    """Two people are 山田 太郎: candidates come back with what tells them apart, and nobody is answered for."""
    answer = find(store, PeopleQuery(field="防災", worked_with=WorkedWith(person="山田太郎")))
    assert answer.total == 0
    assert answer.people == []
    assert [c.id for c in answer.ambiguous[0].candidates] == ["P10", "P11"]
    assert {c.affiliation for c in answer.ambiguous[0].candidates} == {
        "架空東都大学 工学部 教授",
        "架空西海大学 工学部 教授",
    }


def test_unknown_label_is_said_and_nothing_is_widened(store):
    answer = find(store, PeopleQuery(field="錬金術", worked_with=WorkedWith(field="情報")))
    assert answer.total == 0
    assert answer.understood.unresolved == ["錬金術"]
    assert "錬金術" in (answer.message or "")


def test_pages_neither_lose_nor_repeat(store):
    whole = ids(find(store, PeopleQuery(sort="id"), limit=None))
    seen, cursor = [], None
    for _ in range(20):
        page = find(store, PeopleQuery(sort="id"), limit=3, cursor=cursor)
        seen += ids(page)
        cursor = page.next
        if cursor is None:
            break
    assert seen == whole
    assert len(whole) == 11


def test_cursor_of_another_question_is_refused(store):
    page = find(store, PeopleQuery(sort="id"), limit=3)
    with pytest.raises(FixInput, match="another question"):
        find(store, SEED, cursor=page.next)
    with pytest.raises(FixInput, match="cannot be read"):
        find(store, SEED, cursor="%%%")


def test_receipt_is_the_same_for_the_same_question_and_differs_otherwise(store):
    assert find(store, SEED).receipt == find(store, SEED, limit=1).receipt
    assert find(store, SEED).receipt != find(store, PeopleQuery(field="防災")).receipt


def test_answer_counts_projects_without_a_field_and_names_what_it_cannot_know(store):
    answer = find(store, SEED)
    assert answer.coverage["projects_without_field"] == 1
    assert any("分野の記載がない研究課題が1件" in x for x in answer.cannot_know)


def test_misspelt_clause_is_refused():
    with pytest.raises(ValidationError):
        PeopleQuery.model_validate({"field": "防災", "worked_wiht": {"field": "情報"}})
