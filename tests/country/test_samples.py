"""Real records of all four sources, from files to answers."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg.ask import ask
from kg.importing import import_records
from kg.release.build import build
from kg.service import Service
from kg.settings import Settings


@pytest.fixture(scope="module")
def real(samples: Path, tmp_path_factory):
    settings = Settings(home=tmp_path_factory.mktemp("実記録"), workers=2)
    for source in ("cinii", "researchmap", "orcid"):
        import_records(settings, source, (str(samples / source),))
    import_records(settings, "kaken", (str(samples / "kaken"), str(samples / "nrid")))
    build(settings)
    with Service(settings).use() as opened:
        yield opened


def one(opened, question: str):
    answer = ask(opened.store, question, search=opened.search)
    assert len(answer.entities) == 1, question
    return answer.entities[0]


def test_project_in_cinii_and_kaken_is_one_with_members_and_review_section(real):
    """19KK0341: CiNii tells it in Japanese, KAKEN in two languages."""
    card = one(real, "19KK0341")
    assert card.kind == "project"
    assert {r.source for r in card.records} == {"cinii", "kaken"}
    assert card.facts["title_ja"] == "マダガスカル農村部における食環境の評価と食生活指針"
    assert card.facts["title_en"]
    assert card.facts["fields"] == ["食料農業経済関連"]
    leader = card.members[0]
    assert (leader["role"], leader["name_ja"]) == ("principal_investigator", "白鳥 佐紀子")
    assert leader["person"]
    assert {r.url for r in card.records} == {
        "https://cir.nii.ac.jp/crid/1040848250614322432",
        "https://kaken.nii.ac.jp/grant/KAKENHI-PROJECT-19KK0341/",
    }


def test_papers_of_one_person_are_303_works_in_312_records(real):
    """Nine of the 312 items share a DOI with another; the file has no profile, so the permalink stands for the name."""
    card = one(real, "read0134502")
    assert (card.kind, card.title) == ("person", "read0134502")
    assert card.facts["works"] == 303
    query = "SELECT count(*) AS n FROM record WHERE source = 'researchmap' AND id LIKE 'researchmap:published_papers:read0134502/%'"
    assert real.store._rows(query) == [{"n": 312}]


@pytest.mark.parametrize(("name", "projects"), [("春野雅彦", 10), ("橋口陽子", None), ("40395124", 10)])
def test_researchers_carry_projects_roles_and_affiliations_over_time(real, name, projects):
    card = one(real, name)
    assert card.kind == "person"
    assert card.projects
    assert projects is None or len(card.projects) == projects
    assert {p["role"] for p in card.projects} & {"principal_investigator", "co_investigator"}
    assert all(p["records"] and p["records"][0]["url"].startswith("https://") for p in card.projects)
    assert all(a["organization_ja"] or a["organization_en"] for a in card.affiliations)
    assert len({a["first_seen"] for a in card.affiliations}) > 1


def test_all_seven_researchers_of_the_download_are_there(real):
    query = "SELECT count(*) AS n FROM record WHERE id LIKE 'kaken:researcher:%' AND kind = 'person'"
    (row,) = real.store._rows(query)
    assert row["n"] >= 7


def test_two_halves_of_one_person_are_not_guessed_together(real):
    """白鳥佐紀子's number is in KAKEN only, her ORCID in none of these four: nobody is joined by name."""
    card = one(real, "60746486")
    assert card.identifiers["erad"] == ["60746486"]
    assert "orcid" not in card.identifiers


def test_nonsense_is_answered_honestly(real):
    answer = ask(real.store, "ほげほげぴよぴよ", search=real.search)
    assert answer.total == 0
    assert answer.people == []
    assert answer.message
