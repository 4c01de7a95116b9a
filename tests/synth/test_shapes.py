"""What the generator writes has the shapes of the sources, is marked as invented, and parses."""

from __future__ import annotations

import io
import json
import tarfile
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from kg.synth import marks
from kg.synth.lexicon import lexicon, read
from kg.text import identifiers as ids
from tests.synth.conftest import Country

SPACES = {
    "c": "http://www.orcid.org/ns/common",
    "a": "http://www.orcid.org/ns/activities",
    "w": "http://www.orcid.org/ns/work",
}


def orcid_records(folder: Path) -> dict[str, bytes]:
    """Files of the yearly archive by name."""
    with tarfile.open(folder / "orcid" / "ORCID_2026_10_summaries.tar.gz") as archive:
        return {m.name: archive.extractfile(m).read() for m in archive if m.isfile()}  # type: ignore[union-attr]


def test_cinii_records_have_what_single_records_have(country: Country) -> None:
    """Every work has CRID, type, titles, creators with names, a date, its source and the remark that it is invented."""
    seen = set()
    for record in country.lines("cinii/articles-*.jsonl"):
        assert ids.crid(record["@id"])
        seen.add(record["@type"])
        assert record["dc:title"]
        assert all(c["@type"] == "Researcher" and c["foaf:name"] for c in record["creator"])
        assert record["cinii:note"][0]["@value"].startswith("合成データ")
        for entry in record["productIdentifier"]:
            if entry["identifier"]["@type"] == "DOI":
                assert entry["identifier"]["@value"].startswith("10.5555/synth.")
    assert seen == {"Article", "Book", "Dissertation"}


def test_search_answers_hold_bare_names_and_stubs(country: Country) -> None:
    """Search items name creators as strings; some are stubs with a CRID of their own and a single string."""
    items = [i for f in country.folder.glob("cinii/search-*.json") for i in json.loads(f.read_bytes())["items"]]
    full = {r["@id"].removesuffix(".json") for r in country.lines("cinii/articles-*.jsonl")}
    stubs = [i for i in items if "/crid/1572" in i["@id"]]
    assert stubs
    assert all(isinstance(i["dc:creator"], str) for i in stubs)
    assert all(i["@id"] in full for i in items if i not in stubs)


def test_researchmap_lines_are_roots_with_sections(country: Country) -> None:
    """Profiles say who they are and hold sections whose items point back to them."""
    sections = set()
    for root in country.lines("researchmap/*.jsonl"):
        assert root["permalink"].startswith("synth_")
        assert root["@id"] == f"https://api.researchmap.jp/{root['permalink']}"
        for section in root["@graph"]:
            sections.add(section["@type"])
            for item in section["items"]:
                assert item["@reverse"] == f"{root['@id']}/{section['@type']}"
                assert item["display"] == "disclosed"
    assert sections == {"research_areas", "research_interests", "published_papers", "books_etc", "presentations",
                        "research_projects", "research_experience", "awards"}  # fmt: skip


def test_kaken_projects_are_grant_awards(country: Country) -> None:
    """Projects carry members with roles, a section or an older field by their year, and one budget row a fiscal year."""
    seen = set()
    for file in sorted(country.folder.glob("kaken/projects-[0-9]*.xml")):
        for award in ET.parse(file).getroot().iter("grantAward"):
            summary = award.find("summary")
            assert summary is not None
            start = int(summary.find("periodOfAward").get("searchStartFiscalYear"))  # type: ignore[union-attr, arg-type]
            end = int(summary.find("periodOfAward").get("searchEndFiscalYear"))  # type: ignore[union-attr, arg-type]
            assert summary.findall("member")[0].get("role") == "principal_investigator"
            assert ids.award_number(str(award.get("awardNumber")))
            old, new = summary.findall("field"), summary.findall("review_section")
            assert not (old and start >= 2018)
            assert len(old) in (0, 4)
            seen |= {"old"} if old else {n.get("tableType") for n in new}
            budget = [int(str(a.get("fiscalYear"))) for a in award.iter("awardAmount")]
            assert budget == list(range(start, end + 1))
    assert {"old", "review_section", "review_section_ryoiki"} <= seen


def test_nrid_researchers_have_numbers_and_posts(country: Country) -> None:
    """Researchers carry one e-Rad number and a current post; projects list them by that number."""
    for row in country.lines("kaken/researchers-*.jsonl"):
        (number,) = row["id:person:erad"]
        assert ids.erad(number) == number
        assert len(row["affiliations:current"]) == 1
        for project in row["work:project"]:
            assert number in [m.get("id:person:erad") for m in project["member"]]


def test_orcid_archive_has_the_yearly_layout(country: Country) -> None:
    """One XML a person, in a folder of the last three characters, ordered, with a valid iD."""
    names = list(orcid_records(country.folder))
    people = [n for n in names if "/0099-9999-" not in n]
    assert people == sorted(people)
    for name, raw in orcid_records(country.folder).items():
        _, folder, file = name.split("/")
        assert file[:-4].endswith(folder)
        if "/0099-9999-" in name:
            continue
        root = ET.parse(io.BytesIO(raw)).getroot()
        assert ids.orcid(str(root.findtext("c:orcid-identifier/c:path", "", SPACES))) == file[:-4]
        for group in root.iterfind(".//a:works/a:group", SPACES):
            assert group.find("w:work-summary/w:title/c:title", SPACES) is not None


def test_only_invented_institutions_are_named(country: Country) -> None:
    """Every institution says that it is fictional, in both languages."""
    for row in country.truth("organizations"):
        assert row["name_ja"].startswith("架空")
        assert row["name_en"].startswith("Fictional")
        assert ids.ror(row["identifiers"]["ror"]) == row["identifiers"]["ror"]


def test_broken_records_only_where_the_mix_has_them(country: Country) -> None:
    """Easy countries can be read whole; the others hold a handful of records that nobody can read."""
    assert country.summary.records.get("broken", 0) == (0 if country.mix == "easy" else 5)
    assert (country.folder / "kaken" / "projects-broken.xml").exists() == (country.mix != "easy")


@pytest.mark.parametrize("number", [0, 1, 9, 12, 99_999, 999_999])
def test_identifiers_are_valid(number: int) -> None:
    """Identifiers pass the product's own checks; the wrong ORCID iD does not."""
    assert ids.orcid(marks.orcid(number)) == marks.orcid(number)
    assert ids.orcid(marks.bad_orcid(number)) is None
    assert ids.erad_from_nrid(marks.nrid(marks.erad(number))) == marks.erad(number)
    assert ids.erad_from_nrid(marks.nrid(marks.erad(number))[:-1]) is None
    assert ids.isbn(marks.isbn(number)) == marks.isbn(number)
    assert ids.issn(marks.issn(number % 1000)) == marks.issn(number % 1000)
    assert ids.award_number("JP" + marks.award("22", "KK", number)) == marks.award("22", "KK", number)
    assert ids.naid(marks.naid(number))
    assert ids.crid(marks.crid("stub", number))


def test_field_labels_are_the_official_ones(samples: Path) -> None:
    """Codes, labels and parents of the fields are those of KAKEN's list."""
    import csv

    rows = list(
        csv.DictReader((samples / "reference" / "kaken-review-sections.csv").read_text("utf-8-sig").splitlines())
    )
    for f in lexicon().fields:
        mine = [r for r in rows if r["小区分コード"] == f.code]
        assert {r["小区分"] for r in mine} == {f.label_ja}
        assert {r["大区分"][-1] for r in mine} == set(f.daikubun)
        assert {r["中区分コード"].zfill(2) for r in mine} == set(f.chukubun)


def test_keywords_are_no_names_of_fields() -> None:
    """A keyword of a work or an interest is evidence of no field, unless it is meant to be."""
    from kg.text import match_key
    from ontology.fields import read as read_ontology

    labels = {match_key(str(label)) for label in read_ontology().field_label["label"].to_pylist()}
    for f in lexicon().fields:
        assert not {match_key(k) for k in (*f.keywords_ja, *f.keywords_en)} & labels
        assert {match_key(k) for k in f.interest_labels} <= labels


def test_a_table_with_a_quote_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Texts that would break JSON or XML never reach a writer."""
    (tmp_path / "bad.tsv").write_text('ja\ten\n架空"大学\tX\n', encoding="utf-8")
    monkeypatch.setattr("kg.synth.lexicon.files", lambda _: tmp_path)
    with pytest.raises(ValueError, match="cannot use"):
        read("bad")
