"""The product's answers against the generator's truth, which shares no code with it."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg.ask import ask
from kg.people import PeopleQuery, find
from tests.country import made


def check_answers(country: made.Country) -> None:
    """All people that hard identifiers can know, nobody whom the truth denies, in typed form and as a sentence."""
    who = country.people_of_truth()
    assert [p for p, people in who.items() if len(people) > 1] == [], "wrong merges"
    for answer in country.truth("answers"):
        found = find(country.store, PeopleQuery.model_validate(answer["query"]), limit=None)
        asked = ask(country.store, answer["question"], search=country.search, limit=None)
        assert [p.id for p in asked.people] == [p.id for p in found.people], answer["question"]
        people = {t for p in found.people for t in who[p.id]}
        assert found.total == len(found.people)
        assert set(answer["hard"]) - people == set(), f"missing: {answer['question']}"
        assert people - set(answer["expected"]) == set(), f"wrong: {answer['question']}"
        for p in found.people:
            assert all(x.records for x in p.proofs), (p.id, "a proof without records")
            assert any(x.clause == "worked_with" for x in p.proofs)
        if set(answer["expected"]) - people:
            assert found.cannot_know, "what identifiers cannot know is not said"


def test_small_country_is_answered_completely_and_truly(small_country):
    check_answers(small_country)
    seed = small_country.truth("answers")[0]
    assert len(seed["hard"]) >= 3, "the country is too small to show anything"


@pytest.mark.heavy
@pytest.mark.parametrize("seed", [11, 12, 13])
@pytest.mark.parametrize("mix", ["real", "hard", "easy"])
def test_three_seeds_of_each_mix(tmp_path: Path, seed: int, mix: str):
    """Precision and recall 1.0 for what hard identifiers can know."""
    with made.opened(tmp_path, people=3000, works=12_000, seed=seed, mix=mix) as country:
        check_answers(country)


def test_every_proof_leads_to_the_record_that_holds_it(small_country):
    """The records of a joint work name both people, by the mentions that were joined."""
    import duckdb

    found = find(
        small_country.store, PeopleQuery.model_validate({"field": "防災", "worked_with": {"field": "情報"}}), limit=5
    )
    with duckdb.connect(str(small_country.release.duckdb), read_only=True) as c:
        for person in found.people:
            for proof in (x for x in person.proofs if x.clause == "worked_with"):
                query = "SELECT count(DISTINCT person) FROM {} WHERE {} = ? AND person IN (?, ?)"
                table = ("authored", "work") if proof.via.kind == "work" else ("member_of", "project")
                (both,) = c.execute(query.format(*table), [proof.via.id, person.id, proof.partner.id]).fetchone()
                assert both == 2
