"""Both stores against the generator's truth, which shares no code with either."""

from __future__ import annotations

import re

from kg.ask import ask
from kg.graph.port import GraphStore
from kg.people import PeopleQuery, find
from tests.contract.conftest import Served

BY_HAND = re.compile(r"^P\d\d$")
"""Ids of the people that the suite wrote beside the country."""


def test_every_answer_of_the_truth(store: GraphStore, served: Served):
    """All people that hard identifiers can know, and nobody whom the truth denies, as typed question and as sentence."""
    who = served.country.people_of_truth()
    answers = served.country.truth("answers")
    for answer in answers:
        found = find(store, PeopleQuery.model_validate(answer["query"]), limit=None, proofs_per_person=1)
        asked = ask(store, answer["question"], limit=None, proofs_per_person=1)
        assert [p.id for p in asked.people] == [p.id for p in found.people], answer["question"]
        people = {t for p in found.people if not BY_HAND.match(p.id) for t in who[p.id]}
        assert set(answer["hard"]) - people == set(), f"missing: {answer['question']}"
        assert people - set(answer["expected"]) == set(), f"wrong: {answer['question']}"
        assert found.total == len(found.people)
    assert sum(len(a["hard"]) for a in answers) >= 10


def test_people_written_by_hand(store: GraphStore):
    """What tests/people/tiny.py says must come out: P1 and P6; P6's partner has lost one of two roles in a crowd."""
    found = find(store, PeopleQuery(field="防災", worked_with={"field": "情報"}), limit=None)  # type: ignore[arg-type]
    assert [p.id for p in found.people if BY_HAND.match(p.id)] == ["P01"]
    reasons = {
        m.id: m.reason for m in find(store, PeopleQuery(field="防災", worked_with={"field": "情報"})).near_misses
    }  # type: ignore[arg-type]
    assert reasons.keys() & {"P03", "P05"}
