"""researchmap is read as it is: every sample loads, and every field is read, ignored with a reason, or a warning."""

from __future__ import annotations

import copy
import csv
import dataclasses
import io
import itertools
import json
import os
import random
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

from kg.errors import BadRecord, NothingUsable
from kg.records import (
    Activity,
    Affiliation,
    Authored,
    Identifier,
    InField,
    Link,
    MemberOf,
    OutputOf,
    Person,
    PersonName,
    Project,
    PublishedIn,
    Record,
    Row,
    Skipped,
    TextUnit,
    Venue,
    Work,
)
from kg.text import text_hash
from loaders import researchmap
from loaders.base import Broken, Piece
from loaders.paths import occurrences
from loaders.researchmap.sections import KNOWN
from loaders.researchmap.table import COLUMNS, INSTRUCTIONS, columns
from tests.loaders.pieces import document, listed_fields, of, ref_of

ROOT = Path(__file__).parents[2]
SAMPLES = Path(os.environ.get("KG_SAMPLES", ROOT.parent / "shared" / "data")) / "researchmap"
SITE_OUTPUTS = {"kobashi_kakenhi.json", "takami_meta.json", "shinyame_site.json"}
USES = {"read", "private", "presentation", "duplicate", "no_scholarly_content"}

needs_samples = pytest.mark.skipif(not SAMPLES.is_dir(), reason=f"no samples in {SAMPLES}; set KG_SAMPLES")


# --- helpers -------------------------------------------------------------------------------------------------


def split(raw: bytes, name: str = "x") -> list[Piece | Broken]:
    return list(researchmap.split(document(raw, name)))


def pieces(raw: bytes, name: str = "x") -> list[Piece]:
    found = split(raw, name)
    assert not [p for p in found if isinstance(p, Broken)]
    return [p for p in found if isinstance(p, Piece)]


def read(piece: Piece) -> list[Row | Skipped]:
    return list(researchmap.to_records(piece.raw, ref_of("researchmap", piece), piece.context))


def rows(piece: Piece) -> list[Row]:
    return [r for r in read(piece) if not isinstance(r, Skipped)]


def skipped(piece: Piece) -> list[Skipped]:
    return [r for r in read(piece) if isinstance(r, Skipped)]


def api(section: str, /, **fields: Any) -> Piece:
    """An item of the web API with these fields."""
    item = {
        "@id": f"https://api.researchmap.jp/hanako/{section}/51234567",
        "@type": section,
        "rm:id": "51234567",
        "rm:user_id": "R000012345",
        "display": "disclosed",
        **fields,
    }
    (piece,) = pieces(json.dumps(item).encode())
    return piece


def sample_files() -> list[Path]:
    return sorted(p for p in SAMPLES.rglob("*") if p.is_file()) if SAMPLES.is_dir() else []


def sample_pieces(owner: str = "") -> Iterator[Piece]:
    for path in sample_files():
        if path.name not in SITE_OUTPUTS:
            name = f"permalink={owner}/{path.name}" if owner and path.suffix == ".csv" else path.name
            yield from pieces(path.read_bytes(), name)


# --- one item with every field of its section, in the shape of the web API -----------------------------------


def _both(text: str) -> dict[str, str]:
    return {"ja": f"{text}の日本語", "en": f"{text} in English"}


def _names() -> dict[str, list[dict[str, str]]]:
    return {"ja": [{"name": "架空花子"}, {"name": "例示太郎"}], "en": [{"name": "H Kaku"}, {"name": "T Reiji"}]}


_WORK_IDS: dict[str, list[str]] = {
    "doi": ["10.1234/abc"], "issn": ["0387-5911"], "e_issn": ["1884-0760"], "isbn": ["9784000000000"],
    "cinii_na_id": ["110000000001"], "cinii_cr_id": ["1390000000000000001"], "cinii_nc_id": ["AN00000001"],
    "asin": ["B000000001"], "pm_id": ["1234567"], "pmc_id": ["PMC1234567"], "arxiv_id": ["arXiv:2407.00001"],
    "wos_id": ["WOS:000000000000001"], "scopus_id": ["85000000001"], "dblp_id": ["journals/x/Y24"],
    "j_global_id": ["202302000000000001"], "jamas_id": ["Y000000001"], "orcid_put_cd": ["12345678"],
    "ndl_bib_id": ["000000000001"], "hdl": ["2433/1"], "rm:research_project_id": ["41234567"],
    "grant_number": ["20K12345"], "national_grant_number": ["JP20K12345"],
}  # fmt: skip
_PAGES = [{"@id": "https://example.org/a.pdf", "label": "url", "is_downloadable": True},
          {"@id": "https://example.org/b", "label": "url", "is_downloadable": False}]  # fmt: skip
_COMMON = {
    "major_achievement": True, "rm:creator_id": "R000054321", "rm:creator_type": "coauthor",
    "rm:created": "2024-01-02T03:04:05Z", "rm:modifier_id": "R000012345", "rm:modifier_type": "myself",
    "rm:modified": "2024-02-03T04:05:06Z", "see_also": _PAGES,
}  # fmt: skip
_PAPER = {
    "paper_title": _both("題"), "authors": _names(), "published_paper_owner_roles": ["lead"],
    "description": _both("要旨"), "publisher": _both("出版"), "publication_date": "2024-05",
    "publication_name": _both("誌"), "volume": "1", "number": "2", "starting_page": "3", "ending_page": "4",
    "languages": ["jpn"], "referee": True, "invited": False, "is_international_journal": False,
    "is_international_collaboration": True, "rm:is_open_access": False, "identifiers": _WORK_IDS,
    "dataset": {"access_url": "https://example.org/f", "dataset_name": "f.pdf", "dataset_type": "published",
                "rm:media_type": "application/pdf", "rm:use_password": False, "thumbnail_url": "https://example.org/t"},
}  # fmt: skip
_PERIOD = {"from_date": "2020-04", "to_date": "2022-03"}
_EVENT = {"from_event_date": "2020-04-01", "to_event_date": "2020-04-02", "event": _both("会"),
          "location": _both("地"), "address_country": "JPN"}  # fmt: skip
FULL: dict[str, dict[str, Any]] = {
    "published_papers": {**_PAPER, "published_paper_type": "scientific_journal"},
    "misc": {**_PAPER, "misc_type": "technical_report"},
    "books_etc": {
        "book_title": _both("書"), "authors": _names(), "book_owner_role": "contributor",
        "book_owner_range": _both("章"), "description": _both("要旨"), "publisher": _both("出版"),
        "publication_date": "2024", "total_page": "320", "rep_page": "10-20", "languages": ["jpn"], "referee": False,
        "book_type": "scholarly_book", "is_international_collaboration": False, "rm:is_open_access": False,
        "identifiers": _WORK_IDS,
    },
    "presentations": {
        "presentation_title": _both("題"), "presenters": _names(), "promoter": _both("主"), **_EVENT,
        "publication_date": "2024-05-06", "languages": ["eng"], "invited": True,
        "is_international_presentation": True, "is_international_collaboration": False,
        "presentation_type": "oral_presentation", "description": _both("要旨"), "rm:is_open_access": False,
        "dataset": _PAPER["dataset"], "identifiers": _WORK_IDS,
    },
    "works": {
        "work_title": _both("作"), "creators": _names(), "work_type": "software", **_PERIOD, "location": _both("地"),
        "description": _both("要旨"), "is_international_collaboration": False, "identifiers": _WORK_IDS,
    },
    "industrial_property_rights": {
        "industrial_property_right_type": "patent_right", "industrial_property_right_title": _both("権"),
        "inventors": _names(), "application_number": "特願2020-000001", "application_date": "2020-01-02",
        "applicants": [{"rm:institution_code": "0100000000", "applicant": _both("人")}],
        "patent_announcement_number": "特開2021-000001", "patent_announcement_date": "2021-01-02",
        "patent_publication_number": "特表2021-000001", "patent_publication_date": "2021-02-03",
        "patent_number": "特許0000001", "registration_date": "2022-01-02", "issue_date": "2022-02-03",
        "right_holder": _both("者"), "applicant_country": ["domestic"], "acquisition_country": ["domestic"],
        "description": _both("要旨"), "identifiers": {"j_global_id": ["202302000000000001"]},
    },
    "research_data": {
        "research_data_title": _both("資料"), "creators": _names(), "research_data_type": "dataset",
        "posted_date": "2024-05", "description": _both("要旨"), "publisher": _both("出版"),
        "identifiers": {"doi": ["10.1234/data"]},
    },
    "research_projects": {
        "research_project_title": _both("課題"), "investigators": _names(), "offer_organization": _both("振興会"),
        "system_name": _both("科学研究費助成事業"), "category": _both("若手"), "institution_name": _both("大学"),
        **_PERIOD, "research_project_owner_role": "principal_investigator", "fund_type": "competitive_research_funding",
        "overall_grant_amount": {"total_cost": "130", "direct_cost": "100", "indirect_cost": "30"},
        "description": _both("概要"), "is_international_collaboration": False,
        "identifiers": {"grant_number": ["20K12345"], "national_grant_number": ["JP20K12346"],
                        "doi": ["10.1234/award"], "j_global_id": ["202302000000000001"],
                        "rm:published_paper_id": ["1"], "rm:presentation_id": ["1"], "rm:misc_id": ["1"]},
        "identifiers_id_modified": "2025-01-02 03:04:05",
    },
    "awards": {
        "award_name": _both("賞"), "winners": _names(), "award_title": _both("対象"), "association": _both("団体"),
        "award_date": "2020-03", "award_type": "award_of_society", "address_country": "JPN",
        "description": _both("理由"),
    },
    "education": {
        **_PERIOD, "rm:institution_code": "0100000000", "affiliation": _both("大学"), "department": _both("学部"),
        "course": _both("学科"), "note": _both("備考"), "address_country": "JPN",
    },
    "research_experience": {
        **_PERIOD, "rm:institution_code": "0100000000", "affiliation": _both("大学"), "section": _both("部"),
        "job": _both("職"), "job_title": _both("称号"), "job_class": "prof_lv", "note": _both("備考"),
        "address_country": "JPN",
    },
    "research_areas": {
        "discipline_number": "A289", "item_number": "A62040", "discipline": _both("情報"),
        "research_field": _both("遊び"), "research_keyword": _both("鍵"),
    },
    "research_interests": {"keyword": _both("語")},
    "committee_memberships": {
        **_PERIOD, "committee_name": _both("委員"), "association": _both("団体"), "committee_type": "society",
        "note": _both("備考"),
    },
    "association_memberships": {**_PERIOD, "academic_society_name": _both("学会")},
    "teaching_experience": {
        **_PERIOD, "subject_name": _both("科目"), "rm:institution_code": "0100000000",
        "institution_name": _both("大学"), "description": _both("要旨"),
        "teaching_experience_type": "undergraduate_special_subjects", "address_country": "JPN",
    },
    "social_contribution": {
        "social_contribution_title": _both("講演"), "social_contribution_roles": ["lecturer"],
        "promoter": _both("主"), **_EVENT, "social_contribution_type": "lecture", "audience": ["general"],
        "description": _both("要旨"),
    },
    "media_coverage": {
        "media_coverage_title": _both("記事"), "writer_myself": "myself", "publisher": _both("社"),
        "event": _both("紙"), "publication_date": "2024-05", "location": _both("面"),
        "media_coverage_type": "paper", "description": _both("要旨"),
        "identifiers": {"rm:research_project_id": ["41234567"]},
    },
    "academic_contribution": {
        "academic_contribution_title": _both("大会"), "academic_contribution_type": "competition_symposium_etc",
        "academic_contribution_roles": ["planning_etc"], "promoter": _both("主"), **_EVENT,
        "is_international_collaboration": True, "description": _both("要旨"),
    },
    "others": {**_PERIOD, "other_title": _both("他"), "description": _both("内容")},
}  # fmt: skip
PROFILE: dict[str, Any] = {
    "permalink": "hanako",
    "family_name": {"ja": "架空", "ja-Kana": "カクウ", "en": "Kaku"},
    "given_name": {"ja": "花子", "ja-Kana": "ハナコ", "en": "Hanako"},
    "nickname": _both("あだ名"), "display_nickname": "disclosed", "display_name_kana": "disclosed",
    "address_country": "JPN", "profile": _both("紹介"), "display_profile": "disclosed",
    "affiliations": [{"affiliation_type": "main", "rm:institution_code": "0100000000", "affiliation": _both("大学"),
                      "section": _both("部"), "job": _both("職"), "job_title": _both("称号"), "job_class": "prof_lv",
                      "display_affiliation": "disclosed", "display_job": "disclosed"}],
    "degrees": [{"degree": _both("博士"), "degree_institution": _both("大学"), "degree_date": "2015-03",
                 "display_degree": "disclosed"}],
    "identifiers": {"erad_id": ["12345678"], "orc_id": ["0000-0002-1825-0097"], "researcher_id": ["A-1234-2010"],
                    "j_global_id": ["200901000000000001"], "scopus_id": ["7000000001"]},
    "display_erad_id": "disclosed", "display_orc_id": "disclosed", "display_researcher_id": "disclosed",
    "display_j_global_id": "disclosed", "display_scopus_id": "disclosed",
    "see_also": [{"@id": "https://example.org/home", "label": "url"}], "display_url": "disclosed",
    "display": "disclosed", "display_image": "disclosed", "image": "https://example.org/i.png",
    "email": "hanako@example.org", "birth_date": "1980-01-01", "gender": "female", "tel": "000-0000",
    "rm:created": "2020-01-02T03:04:05Z", "rm:modified": "2024-01-02T03:04:05Z",
}  # fmt: skip


def full_api() -> Iterator[Piece]:
    for section, fields in FULL.items():
        base = {"@context": "https://api.researchmap.jp/researcher.jsonld", **_COMMON}
        yield api(section, **base, **fields, **{"@reverse": f"https://api.researchmap.jp/hanako/{section}"})


def full_jsonl() -> Iterator[Piece]:
    first = {"insert": {"type": "researchers", "id": "R000012345"}, "merge": PROFILE}
    lines: list[dict[str, Any]] = [first]
    for section, fields in FULL.items():
        target = {"type": section, "id": "51234567", "user_id": "R000012345"}
        body = {"display": "disclosed", "major_achievement": True, "see_also": _PAGES, **fields}
        lines += [{"insert": target, "merge": body}, {"update": target, "merge": body}, {"delete": target}]
    yield from pieces("\n".join(json.dumps(x, ensure_ascii=False) for x in lines).encode())


def full_root(sections: Iterable[str] = FULL) -> Piece:
    graph = []
    for section in sections:
        item = {"@id": f"https://api.researchmap.jp/hanako/{section}/51234567", "@type": section,
                "@reverse": f"https://api.researchmap.jp/hanako/{section}", "rm:id": "51234567",
                "rm:user_id": "R000012345", "display": "disclosed", **_COMMON, **FULL[section]}  # fmt: skip
        graph.append({"@id": f"https://api.researchmap.jp/hanako/{section}", "@type": section, "items": [item]})
    root = {"@context": "https://api.researchmap.jp/researcher.jsonld", "@id": "https://api.researchmap.jp/hanako",
            "@type": "researchers", "rm:user_id": "R000012345", **PROFILE, "@graph": graph}  # fmt: skip
    (piece,) = pieces(json.dumps(root).encode())
    return piece


_CELLS = {"names": "[架空花子,例示太郎]", "list": "[a1,b2]", "link": "https://example.org/c", "text": "2020-03"}


def full_csv() -> Iterator[Piece]:
    for section in COLUMNS:
        once: dict[str, str] = {path: heading for heading, (path, _) in reversed(columns(section).items())}
        yield _full_row(section, list(once.values()))
        if len(once) < len(columns(section)):  # two headings of different years for one field
            yield _full_row(section, [h for h in columns(section) if h not in once.values()])


def _full_row(section: str, headings: list[str]) -> Piece:
    known = columns(section)
    cells = {"rm:id": "51234567", "display": "disclosed", "major_achievement": "true", "referee": "true",
             "invited": "true", "is_international_journal": "true", "is_international_collaboration": "true",
             "is_international_presentation": "true", "identifiers.issn": "0387-5911",
             "identifiers.e_issn": "1884-0760", "identifiers.isbn": "9784000000000",
             "identifiers.doi": "10.1234/x"}  # fmt: skip
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([section])
    writer.writerow([*sorted(INSTRUCTIONS), *headings])
    filled = [cells.get(known[h][0], _CELLS[known[h][1]]) for h in headings]
    writer.writerow(["insert"] * len(INSTRUCTIONS) + filled)
    (piece,) = pieces(b"\xef\xbb\xbf" + out.getvalue().encode(), f"permalink=hanako/{section}.csv")
    return piece


def full_pieces() -> Iterator[Piece]:
    yield from full_api()
    yield from full_jsonl()
    yield from full_csv()
    for section in FULL:
        yield full_root([section])
    yield full_root()
    plain = {"@type": "researchers", "permalink": "hanako", "identifiers": {"erad_id": "12345678",
             "orc_id": "0000-0002-1825-0097", "researcher_id": "A-1234-2010", "j_global_id": "200901000000000001"}}  # fmt: skip
    yield from pieces(json.dumps(plain).encode())


# --- what a change of one value does -------------------------------------------------------------------------


def mutated(piece: Piece, path: str) -> Iterator[Piece]:
    """The record with the value at a normalised path changed, each occurrence in several ways."""
    if piece.form.endswith(".csv"):
        yield from _mutated_row(piece, path)
        return
    value = json.loads(piece.raw)
    for place in itertools.islice(_places(value, path.split(".")), 4):
        for new in _others(_at(value, place)):
            changed = copy.deepcopy(value)
            _at(changed, place[:-1])[place[-1]] = new
            yield piece._replace(raw=json.dumps(changed).encode())


def _mutated_row(piece: Piece, path: str) -> Iterator[Piece]:
    header = json.loads(piece.context)["header"]
    encoding = json.loads(piece.context)["encoding"]
    (cells,) = csv.reader(io.StringIO(piece.raw.decode(encoding), newline=""))
    for i, heading in enumerate(header):
        if path == f"{piece.form.removesuffix('.csv')}/{heading}" and i < len(cells) and cells[i] not in ("", "null"):
            for new in _others(cells[i]):
                out = io.StringIO()
                csv.writer(out, lineterminator="").writerow([*cells[:i], new, *cells[i + 1 :]])
                yield piece._replace(raw=out.getvalue().encode(encoding, "replace"))


def _places(value: Any, steps: list[str]) -> Iterator[list[Any]]:
    if not steps:
        if value is not None and value != "" and not isinstance(value, dict | list):
            yield []
        return
    step, lists = steps[0], 0
    while step.endswith("[]"):
        step, lists = step[:-2], lists + 1
    if isinstance(value, dict) and step in value:
        for inner in _in_lists(value[step], lists):
            for rest in _places(_at(value[step], inner), steps[1:]):
                yield [step, *inner, *rest]


def _in_lists(value: Any, lists: int) -> Iterator[list[Any]]:
    if lists == 0:
        yield []
    elif isinstance(value, list):
        for i, entry in enumerate(value):
            for rest in _in_lists(entry, lists - 1):
                yield [i, *rest]


def _at(value: Any, place: list[Any]) -> Any:
    for step in place:
        value = value[step]
    return value


def _others(value: Any) -> list[Any]:
    if isinstance(value, bool):
        return [not value]
    if isinstance(value, int | float):
        return [value + 1]
    if str(value).lower() in ("true", "false"):
        return ["false" if str(value).lower() == "true" else "true"]
    elsewhere = str(value).replace("api.researchmap.jp/", "api.researchmap.jp/other-")
    return [f"{value}7", "1987-06", "7654321", "ai:other", elsewhere]


def effect(piece: Piece, path: str) -> set[str]:
    """Columns (`table.column`) that differ after some change of the value at this path; empty where none does."""
    before = rows(piece)
    for changed in mutated(piece, path):
        after = rows(changed)
        if after != before:
            return _differences(before, after)
    return set()


def _differences(before: list[Row], after: list[Row]) -> set[str]:
    old, new = [r for r in before if r not in after], [r for r in after if r not in before]
    found = set()
    for a, b in zip(old, new, strict=False):
        if type(a) is type(b) and len(old) == len(new):
            found |= {f"{a.table}.{f.name}" for f in dataclasses.fields(a) if getattr(a, f.name) != getattr(b, f.name)}
    return found or {f"{r.table}.*" for r in [*old, *new]}


def paths_of(piece: Piece) -> Counter[str]:
    return occurrences(piece.raw, piece.form, "researchmap", piece.context)


# --- the samples ---------------------------------------------------------------------------------------------


@needs_samples
def test_every_sample_loads_and_every_record_is_read():
    """Each file gives its items, none broken, and each item gives rows or says why it does not."""
    counts = Counter(p.form for p in sample_pieces())
    assert counts["published_papers"] == 312 + 38 + 1 + 1
    assert counts["presentations.jsonl"] == 65
    assert sum(n for form, n in counts.items() if form.endswith(".csv")) == 871
    assert sum(counts.values()) == 871 + 384 + 183
    for piece in sample_pieces():
        found = read(piece)
        assert found, piece.path
        assert len(of(Record, found)) == 1 or any("private" in s.reason or "whose item" in s.reason for s in found)


@needs_samples
def test_papers_of_one_person_are_312_records_of_one_permalink():
    """The file without a profile: 312 items, one owner known by permalink and user id, no name, 303 distinct DOIs+rest."""
    found = pieces((SAMPLES / "kobashi_researchmap_raw.json").read_bytes())
    assert len({p.record_id for p in found}) == 312
    persons = [r for p in found for r in of(Person, read(p))]
    assert {(p.name_ja, p.name_kana, p.name_en) for p in persons} == {(None, None, None)}
    owners = [r for p in found for r in of(Identifier, read(p)) if r.kind == "person"]
    assert {(r.scheme, r.value) for r in owners} == {("researchmap", "read0134502"), ("rm_user", "6000003807")}
    works = [r.value for p in found for r in of(Identifier, read(p)) if r.kind == "work" and r.scheme == "doi"]
    without = 312 - len(works)
    assert without + len(set(works)) == 303


@needs_samples
@pytest.mark.parametrize("name", sorted(SITE_OUTPUTS))
def test_what_a_website_made_is_left_out_by_name(name: str):
    """Files that a site's script made of researchmap's data are refused, and the refusal says what they are."""
    with pytest.raises(NothingUsable) as refused:
        split((SAMPLES / name).read_bytes(), name)
    assert name in str(refused.value)
    assert "website" in str(refused.value)
    assert refused.value.next_step


@needs_samples
def test_a_paper_of_the_api_field_by_field():
    """One real item of the web API and every row that comes of it."""
    piece = pieces((SAMPLES / "okada_n_one_item_per_section.json").read_bytes())[0]
    record = "researchmap:published_papers:okada_n/published_papers/52402620"
    page = "https://researchmap.jp/okada_n/published_papers/52402620"
    title = (
        "Exploring hyperspectral imaging and regression-based analysis as an alternative to MLA for mineral composition"
    )
    owner, venue = f"{record}#owner", f"{record}#publication_name"
    assert piece.path == "$.published_papers"
    assert read(piece) == [
        Record(id=record, kind="work", about=record, url=page, created="2026-03-04T02:14:32Z",
               modified="2026-03-05T23:05:34Z"),
        Person(id=owner),
        Identifier(subject=owner, kind="person", scheme="researchmap", value="okada_n",
                   url="https://researchmap.jp/okada_n"),
        Identifier(subject=owner, kind="person", scheme="rm_user", value="R000047492"),
        Work(id=record, type="article", title_en=title, year=2026, date="2026-03-03", language="eng",
             publisher="Informa UK Limited", first_page="1", last_page="23", refereed=True, open_access=False,
             source_type="scientific_journal", major=False),
        TextUnit(record=record, subject=record, subject_kind="work", field="paper_title.en", role="title", lang="en",
                 text=title, text_hash=text_hash(title)),
        Identifier(subject=record, kind="work", scheme="researchmap", value="okada_n/published_papers/52402620",
                   url=page),
        Venue(id=venue, name_en="International Journal of Mining, Reclamation and Environment"),
        PublishedIn(work=record, venue=venue),
        Identifier(subject=record, kind="work", scheme="doi", value="10.1080/17480930.2026.2632872"),
        Identifier(subject=venue, kind="venue", scheme="issn", value="1748-0930"),
        Identifier(subject=venue, kind="venue", scheme="eissn", value="1748-0949"),
        Authored(work=record, path="published_paper_owner_roles", person=owner, role="owner"),
        Authored(work=record, path="authors.en[0]", position=1, name_as_written="Hiromasa Nozaki"),
        Authored(work=record, path="authors.en[1]", position=2, name_as_written="Natsuo Okada"),
        Authored(work=record, path="authors.en[2]", position=3, name_as_written="Kaito Takizawa"),
        Authored(work=record, path="authors.en[3]", position=4, name_as_written="Elsa Pansilvania Andre Manjate"),
        Authored(work=record, path="authors.en[4]", position=5, name_as_written="Yoko Ohtomo"),
        Authored(work=record, path="authors.en[5]", position=6, name_as_written="Youhei Kawamura"),
        Link(subject=record, kind="work", url="https://doi.org/10.1080/17480930.2026.2632872", label="doi"),
        Link(subject=record, kind="work", label="url",
             url="https://www.tandfonline.com/doi/pdf/10.1080/17480930.2026.2632872"),
    ]  # fmt: skip


@needs_samples
def test_a_project_of_the_api_field_by_field():
    """One real project: award number, money, fiscal years, the owner as principal investigator."""
    found = pieces((SAMPLES / "okada_n_one_item_per_section.json").read_bytes())
    (piece,) = [p for p in found if p.form == "research_projects"]
    record = "researchmap:research_projects:okada_n/research_projects/52285204"
    page = "https://researchmap.jp/okada_n/research_projects/52285204"
    owner = f"{record}#owner"
    ja = "“いつ・どこを・どの頻度で”を自律的に観測指示する尾鉱ダムモニタリング技術の確立"
    en = (
        "Establishment of an Autonomous Tailings Dam Monitoring Technology that Determines “When, Where, and How "
        "Frequently” to Observe"
    )
    assert read(piece) == [
        Record(id=record, kind="project", about=record, url=page, created="2026-02-28T05:31:30Z",
               modified="2026-05-06T02:15:19Z"),
        Person(id=owner),
        Identifier(subject=owner, kind="person", scheme="researchmap", value="okada_n",
                   url="https://researchmap.jp/okada_n"),
        Identifier(subject=owner, kind="person", scheme="rm_user", value="R000047492"),
        Identifier(subject=record, kind="project", scheme="award", value="26K17497"),
        Project(id=record, award_number="26K17497", title_ja=ja, title_en=en, category_ja="若手研究",
                category_en="Grant-in-Aid for Early-Career Scientists", funder_ja="日本学術振興会",
                funder_en="Japan Society for the Promotion of Science", program="科学研究費助成事業",
                start="2026-04", end="2029-03", start_fiscal_year=2026, end_fiscal_year=2028, direct_cost=3500000,
                indirect_cost=1050000, total_cost=4550000, currency="JPY", institution_ja="北海道大学",
                institution_en="Hokkaido University", major=False),
        Identifier(subject=record, kind="project", scheme="researchmap", value="okada_n/research_projects/52285204",
                   url=page),
        TextUnit(record=record, subject=record, subject_kind="project", field="research_project_title.ja",
                 role="title", lang="ja", text=ja, text_hash=text_hash(ja)),
        TextUnit(record=record, subject=record, subject_kind="project", field="research_project_title.en",
                 role="title", lang="en", text=en, text_hash=text_hash(en)),
        MemberOf(project=record, path="research_project_owner_role", person=owner, role="principal_investigator",
                 role_as_written="principal_investigator", start="2026-04", end="2029-03"),
        MemberOf(project=record, path="investigators.ja[0]", role="member", position=1, name_as_written="岡田 夏男",
                 name_en="Natsuo Okada"),
        Link(subject=record, kind="project", url="https://kaken.nii.ac.jp/grant/KAKENHI-PROJECT-26K17497",
             label="kaken"),
    ]  # fmt: skip


# --- the profile ---------------------------------------------------------------------------------------------


def test_a_profile_with_its_items_is_one_record():
    """Names by language, identifiers, post and degree, and the items under the profile's own keys."""
    piece = full_root(["published_papers", "research_areas"])
    assert (piece.form, piece.record_id) == ("profile", "hanako")
    found = rows(piece)
    record = "researchmap:profile:hanako"
    assert of(Record, found) == [
        Record(id=record, kind="person", about=record, url="https://researchmap.jp/hanako",
               created="2020-01-02T03:04:05Z", modified="2024-01-02T03:04:05Z")
    ]  # fmt: skip
    assert of(Person, found) == [
        Person(id=record, name_ja="架空 花子", name_kana="カクウ ハナコ", name_en="Hanako Kaku", profile=True,
               country="JPN")
    ]  # fmt: skip
    assert of(PersonName, found)[:3] == [
        PersonName(person=record, name="架空 花子", lang="ja", family="架空", given="花子", family_kana="カクウ",
                   given_kana="ハナコ"),
        PersonName(person=record, name="カクウ ハナコ", lang="ja-Kana", family="カクウ", given="ハナコ"),
        PersonName(person=record, name="Hanako Kaku", lang="en", family="Kaku", given="Hanako"),
    ]  # fmt: skip
    ids = {(i.scheme, i.value) for i in of(Identifier, found) if i.subject == record}
    assert ids >= {("researchmap", "hanako"), ("rm_user", "R000012345"), ("erad", "12345678")}
    assert ids >= {("orcid", "0000-0002-1825-0097"), ("researcherid", "A-1234-2010")}
    (post,) = of(Affiliation, found)
    assert (post.path, post.kind, post.ongoing, post.observed) == (
        "affiliations[0].affiliation",
        "employment",
        True,
        "2024-01-02",
    )
    (degree,) = of(Activity, found)
    assert (degree.id, degree.kind, degree.title_ja, degree.start) == (
        f"{record}#degrees[0]",
        "degree",
        "博士の日本語",
        "2015-03",
    )
    (work,) = of(Work, found)
    assert work.id == f"{record}#published_papers[0]"
    (owner,) = [a for a in of(Authored, found) if a.person]
    assert (owner.work, owner.person, owner.role, owner.position, owner.roles) == (
        work.id,
        record,
        "owner",
        None,
        "lead",
    )
    (area,) = of(InField, found)
    assert (area.subject, area.notation, area.label) == (record, "A62040", "情報の日本語 / 遊びの日本語")


def test_identifiers_of_a_profile_may_be_texts_or_lists():
    """`"orc_id": "…"` reads like `"orc_id": ["…"]`."""

    def identifiers(erad: Any, orcid: Any) -> set[tuple[str, str]]:
        root = {"@type": "researchers", "permalink": "x", "identifiers": {"erad_id": erad, "orc_id": orcid}}
        (piece,) = pieces(json.dumps(root).encode())
        return {(i.scheme, i.value) for i in of(Identifier, read(piece))}

    assert identifiers("01234567", "0000-0002-1825-0097") == identifiers(["01234567"], ["0000-0002-1825-0097"])
    assert ("erad", "01234567") in identifiers("01234567", None)


def test_profiles_one_a_line_with_lines_longer_than_what_is_looked_at_first():
    """A profile with thousands of items is one line of more than 1 MB; the next line is found all the same."""
    root = json.loads(full_root(["published_papers"]).raw)
    root["@graph"][0]["items"] *= 500
    long = json.dumps(root).encode()
    assert len(long) > 1 << 20
    found = pieces(long + b"\n" + json.dumps({**root, "permalink": "taro", "@graph": []}).encode() + b"\n")
    assert [(p.form, p.record_id, p.path) for p in found] == [
        ("profile", "hanako", "line 1"),
        ("profile", "taro", "line 2"),
    ]
    assert found[0].raw == long
    keys = [w.id for w in of(Work, read(found[0]))]
    assert len(set(keys)) == 500
    assert keys[499] == "researchmap:profile:hanako#published_papers[499]"


# --- privacy -------------------------------------------------------------------------------------------------


def test_mail_birth_gender_and_telephone_never_come_out():
    """Nothing that the profile says about these reaches a row or a `Skipped`."""
    root = {**PROFILE, "see_also": [{"@id": "mailto:hanako@example.org", "label": "url"}]}
    (piece,) = pieces(json.dumps({"@type": "researchers", **root}).encode())
    shown = repr(read(piece))
    for private in ("hanako@example.org", "1980-01-01", "female", "000-0000", "i.png"):
        assert private not in shown


@pytest.mark.parametrize("display", ["closed", "researchers_only", "FALSE", "anything else", 7, ["disclosed"]])
@pytest.mark.parametrize("section", sorted(FULL))
def test_items_that_are_not_shown_to_everybody_yield_no_row(section: str, display: Any):
    """Neither as records of their own nor within a profile."""
    piece = api(section, **{**FULL[section], "display": display})
    assert rows(piece) == []
    assert [s.path for s in skipped(piece)] == ["display"]
    assert "private" in skipped(piece)[0].reason


def test_a_private_item_within_a_profile_is_left_out():
    """The profile and its public items stay."""
    root = json.loads(full_root(["awards", "education"]).raw)
    root["@graph"][0]["items"][0]["display"] = "closed"
    (piece,) = pieces(json.dumps(root).encode())
    assert [a.kind for a in of(Activity, read(piece))] == ["degree"]
    assert [a.kind for a in of(Affiliation, read(piece))] == ["employment", "education"]
    assert [s.path for s in skipped(piece)] == ["awards[0].display"]


@pytest.mark.parametrize(
    ("switch", "gone"),
    [
        ("display_orc_id", "0000-0002-1825-0097"),
        ("display_erad_id", "12345678"),
        ("display_name_kana", "カクウ"),
        ("display_nickname", "あだ名"),
        ("display_profile", "紹介"),
        ("display_url", "https://example.org/home"),
    ],
)
def test_parts_of_a_profile_that_are_hidden_stay_hidden(switch: str, gone: str):
    """`display_…: closed` takes back exactly what it is about."""
    (shown,) = pieces(json.dumps({"@type": "researchers", **PROFILE}).encode())
    (hidden,) = pieces(json.dumps({"@type": "researchers", **PROFILE, switch: "closed"}).encode())
    assert gone in repr(rows(shown))
    assert gone not in repr(read(hidden))
    assert of(Person, read(hidden))


def test_a_hidden_post_or_title_is_left_out():
    """`display_affiliation` hides the post, `display_job` only its title."""
    post = PROFILE["affiliations"][0]
    for change, kept in (({"display_affiliation": "closed"}, False), ({"display_job": "closed"}, True)):
        root = {"@type": "researchers", **PROFILE, "affiliations": [{**post, **change}]}
        (piece,) = pieces(json.dumps(root).encode())
        found = of(Affiliation, read(piece))
        assert bool(found) == kept
        assert "職" not in repr(found)


# --- exports: JSONL ------------------------------------------------------------------------------------------


def _jsonl(*lines: dict[str, Any]) -> list[Piece]:
    return pieces("\n".join(json.dumps(x, ensure_ascii=False) for x in lines).encode())


_PAPER_LINE = {"paper_title": {"ja": "架空の論文"}, "display": "disclosed"}


def test_the_researchers_line_tells_whose_the_following_lines_are():
    """Permalink for items without a user id or with the same one; items of another user are not given away."""
    found = _jsonl(
        {"insert": {"type": "researchers", "id": "R1"}, "merge": {"permalink": "hanako"}},
        {"insert": {"type": "published_papers", "id": "11111"}, "merge": _PAPER_LINE},
        {"insert": {"type": "published_papers", "id": "22222", "user_id": "R1"}, "merge": _PAPER_LINE},
        {"insert": {"type": "published_papers", "id": "33333", "user_id": "R2"}, "merge": _PAPER_LINE},
    )
    assert [p.record_id for p in found[1:]] == [
        "hanako/published_papers/11111",
        "hanako/published_papers/22222",
        "R2/published_papers/33333",
    ]
    people = [{(i.scheme, i.value) for i in of(Identifier, read(p)) if i.kind == "person"} for p in found[1:]]
    assert people[0] == people[1] == {("researchmap", "hanako"), ("rm_user", "R1")}
    assert people[2] == {("rm_user", "R2")}


def test_without_an_owner_works_load_and_nobody_is_made():
    """A line that does not say whose it is: the work is read, its owner is nobody, an award says nothing."""
    paper, award = _jsonl(
        {"insert": {"type": "published_papers", "id": "11111"}, "merge": _PAPER_LINE},
        {"insert": {"type": "awards", "id": "22222"}, "merge": {"award_name": {"ja": "賞"}}},
    )
    assert [w.title_ja for w in of(Work, read(paper))] == ["架空の論文"]
    assert not of(Person, read(paper))
    assert not of(Authored, read(paper))
    assert rows(award) == []
    assert "whose item" in skipped(award)[0].reason


def test_update_stands_beside_the_item_and_delete_replaces_it():
    """An update says only what changed; a deleted item yields nothing but its deletion."""
    target = {"type": "published_papers", "id": "11111", "user_id": "R1"}
    insert, update, upsert, delete = _jsonl(
        {"insert": target, "merge": _PAPER_LINE},
        {"update": target, "merge": {"volume": "3"}},
        {"upsert": target, "similar_merge": _PAPER_LINE},
        {"delete": target},
    )
    assert update.record_id == insert.record_id + "/update"
    assert delete.record_id == upsert.record_id == insert.record_id
    assert [w.volume for w in of(Work, read(update))] == ["3"]
    assert [w.title_ja for w in of(Work, read(upsert))] == ["架空の論文"]
    assert [s.reason for s in read(delete)] == ["deleted by the source"]


def test_to_date_9999_means_to_the_present():
    """No end date, and the post is marked as ongoing."""
    (post,) = of(Affiliation, read(api("research_experience", affiliation={"ja": "架空大学"}, to_date="9999")))
    assert (post.end, post.ongoing) == (None, True)


# --- exports: CSV --------------------------------------------------------------------------------------------

_CSV = 'awards,,\nID,賞名(日本語),公開の有無\n51234567,"奨励\n賞",disclosed\n,,\n512,null,disclosed\n'


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932", "euc-jp"])
@pytest.mark.parametrize("ends", ["\n", "\r\n"])
def test_rows_of_a_csv_export_keep_their_bytes(encoding: str, ends: str):
    """Whatever the encoding and the line ends: line breaks in cells stay, empty rows are none, `null` is nothing."""
    raw = _CSV.replace("\n", ends).encode(encoding)
    first, second = pieces(raw, "permalink=hanako/a.csv")
    plain = encoding.removesuffix("-sig")
    assert first.raw == f'51234567,"奨励{ends}賞",disclosed'.encode(plain)
    assert (first.form, first.record_id, first.path) == ("awards.csv", "hanako/awards/51234567", "line 3")
    assert first.raw in raw
    assert second.path == "line 6"
    (award,) = of(Activity, read(first))
    assert award.title_ja == f"奨励{ends}賞"
    assert [a.title_ja for a in of(Activity, read(second))] == [None]


def test_a_csv_without_its_section_line_is_known_by_its_headings():
    """Papers and `misc` share their headings: the name of the file decides."""
    table = 'ID,タイトル(日本語),著者(日本語),誌名(日本語)\n51234567,題,"[甲,乙]",誌\n'.encode()
    assert pieces(table, "x/list.csv")[0].form == "published_papers.csv"
    assert pieces(table, "x/rm_misc.csv")[0].form == "misc.csv"
    (piece,) = pieces(table)
    names = [(a.path, a.name_as_written) for a in of(Authored, read(piece))]
    assert names == [("著者(日本語)[0]", "甲"), ("著者(日本語)[1]", "乙")]


def test_author_cells_without_brackets_stay_one_name():
    """Names hold commas of their own; what is not marked as a list is not cut."""
    table = 'published_papers\nID,タイトル(英語),著者(英語)\n51234567,T,"Kaku, H."\n'.encode()
    assert [a.name_as_written for a in of(Authored, read(pieces(table)[0]))] == ["Kaku, H."]


def test_ids_written_by_hand_do_not_join_the_rows_of_different_people():
    """`1` in a file without an owner is named by its bytes; an id of researchmap's own keeps its place."""
    table = "published_papers\nID,タイトル(英語)\n1,A\n51234567,B\n".encode()
    hand, own = pieces(table)
    assert hand.record_id.startswith("sha256-")
    assert own.record_id == "-/published_papers/51234567"


def test_a_column_that_nobody_knows_is_named():
    """A new heading is a visible loss, not silence."""
    table = "published_papers\nID,タイトル(英語),新しい列\n51234567,A,値\n".encode()
    assert [(s.path, s.value) for s in skipped(pieces(table)[0])] == [("新しい列", "値")]


def test_an_open_quotation_mark_does_not_swallow_the_file_without_end():
    """A row of more than 1 MB is broken; what follows is read again."""
    table = 'published_papers\nID,タイトル(英語)\n51234567,"A\n' + "x\n" * 600_000 + "51234568,B\n"
    found = split(table.encode())
    assert isinstance(found[0], Broken)
    assert "quotation mark" in found[0].reason
    assert found[0].path == "line 3"


# --- odd things met in the field -----------------------------------------------------------------------------


def test_english_title_under_ja_is_an_english_title():
    """Many items have English text under `ja`; the script decides, the text keeps its tag."""
    found = read(api("published_papers", paper_title={"ja": "A Study of Things"}))
    (work,) = of(Work, found)
    assert (work.title_ja, work.title_en) == (None, "A Study of Things")
    assert [(t.field, t.lang) for t in of(TextUnit, found)] == [("paper_title.ja", "ja")]


def test_author_lists_of_different_length_are_not_paired():
    """The longer list is read, the shorter one is named as lost."""
    piece = api("published_papers", authors={"ja": [{"name": "甲"}], "en": [{"name": "A B"}, {"name": "C D"}]})
    named = [a for a in of(Authored, read(piece)) if a.name_as_written]
    assert [(a.position, a.name_as_written, a.name_en) for a in named] == [(1, "A B", None), (2, "C D", None)]
    assert [(s.path, s.value) for s in skipped(piece)] == [("authors.ja", "甲")]


def test_author_lists_of_equal_length_are_paired_by_position():
    """One row a person, with both names."""
    piece = api("published_papers", authors=_names())
    named = [a for a in of(Authored, read(piece)) if a.name_as_written]
    assert [(a.path, a.name_as_written, a.name_en) for a in named] == [
        ("authors.ja[0]", "架空花子", "H Kaku"),
        ("authors.ja[1]", "例示太郎", "T Reiji"),
    ]
    assert not any(a.person for a in named)


def test_identifiers_of_journal_and_containing_book_are_not_the_papers():
    """ISSN goes to the venue, or `part_of` where there is none; the ISBN of a paper is its book's."""
    with_venue = of(Identifier, read(api("published_papers", publication_name={"ja": "誌"}, identifiers=_WORK_IDS)))
    assert {i.scheme for i in with_venue if i.kind == "venue"} == {"issn", "eissn", "ncid"}
    without = {i.scheme: i.relation for i in of(Identifier, read(api("published_papers", identifiers=_WORK_IDS)))}
    assert (without["issn"], without["ncid"], without["isbn"], without["doi"]) == (
        "part_of", "part_of", "part_of", "self"
    )  # fmt: skip
    book = {i.scheme: i.relation for i in of(Identifier, read(api("books_etc", identifiers=_WORK_IDS)))}
    assert (book["isbn"], book["ncid"], book["issn"]) == ("self", "self", "part_of")


def test_every_identifier_of_a_work_has_one_spelling():
    """DOI, PMCID, arXiv, Web of Science and the rest in the form in which other sources are compared."""
    found = {i.scheme: i.value for i in of(Identifier, read(api("published_papers", identifiers=_WORK_IDS)))}
    assert {k: found[k] for k in ("doi", "naid", "crid", "pmid", "pmcid", "arxiv", "wos", "scopus", "dblp")} == {
        "doi": "10.1234/abc", "naid": "110000000001", "crid": "1390000000000000001", "pmid": "1234567",
        "pmcid": "PMC1234567", "arxiv": "2407.00001", "wos": "000000000000001", "scopus": "85000000001",
        "dblp": "journals/x/Y24",
    }  # fmt: skip


def test_a_paper_is_output_of_the_projects_that_it_names():
    """By award number, once although both forms are given, and by the project's item of the same profile."""
    found = read(api("published_papers", identifiers=_WORK_IDS | {"grant_number": ["20K12345", "ABC-1"]}))
    projects = {i.subject: (i.scheme, i.value) for i in of(Identifier, found) if i.kind == "project"}
    assert sorted(projects.values()) == [
        ("award", "20K12345"),
        ("grant", "ABC-1"),
        ("researchmap", "hanako/research_projects/41234567"),
    ]
    assert {o.project for o in of(OutputOf, found)} == set(projects) == {p.id for p in of(Project, found)}


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"identifiers": {"grant_number": ["01312202"]}, "system_name": {"ja": "若手助成"}}, ("grant", "01312202")),
        (
            {"identifiers": {"grant_number": ["01312202"]}, "category": {"ja": "科研費 基盤研究(C)"}},
            ("award", "01312202"),
        ),
        ({"identifiers": {"grant_number": ["20K12345"]}}, ("award", "20K12345")),
        ({"identifiers": {"national_grant_number": ["JPMJCR1234"]}}, ("award", "MJCR1234")),
        (
            {"identifiers": {"grant_number": ["01312202"]}, "see_also": [{"@id": "https://kaken.nii.ac.jp/x"}]},
            ("award", "01312202"),
        ),
    ],
)
def test_only_numbers_of_kakenhi_join_projects_of_kaken(fields: dict[str, Any], expected: tuple[str, str]):
    """Other funders number in the same way: their numbers are grant numbers."""
    found = of(Identifier, read(api("research_projects", **fields)))
    assert [(i.scheme, i.value) for i in found if i.kind == "project" and i.scheme != "researchmap"] == [expected]


def test_an_identifier_of_an_unknown_kind_or_form_is_named():
    """Nothing is guessed: the value comes out as skipped, with its path."""
    piece = api("published_papers", identifiers={"doi": ["not a doi"], "new_id": ["1"], "issn": ["0387-5912"]})
    assert [s.path for s in skipped(piece)] == ["identifiers.doi[0]", "identifiers.new_id", "identifiers.issn[0]"]


def test_addresses_that_are_no_web_pages_are_not_links():
    """`javascript:` and the like never reach a page."""
    piece = api("published_papers", see_also=[{"@id": "javascript:alert(1)", "label": "url"}])
    assert not of(Link, read(piece))
    assert [s.path for s in skipped(piece)] == ["see_also[0].@id"]


def test_an_area_that_a_profile_names_twice_is_one_row():
    """People enter the same area again; the entries stay apart in the profile, the field is one."""
    root = json.loads(full_root(["research_areas"]).raw)
    root["@graph"][0]["items"] *= 2
    (piece,) = pieces(json.dumps(root).encode())
    assert len(of(InField, read(piece))) == 1


def test_a_date_without_a_year_is_named_and_the_rest_stays():
    """`近日刊行` is no date; the paper is still read."""
    piece = api("published_papers", paper_title={"ja": "題"}, publication_date="近日刊行")
    assert [w.date for w in of(Work, read(piece))] == [None]
    assert [s.path for s in skipped(piece)] == ["publication_date"]


def test_items_of_an_answer_take_section_and_owner_from_around_them():
    """An answer without `@id` in its items, pretty-printed or on one line, gives the same records."""
    answer = {
        "@id": "https://api.researchmap.jp/hanako/awards",
        "@type": "awards",
        "items": [{"rm:id": "51234567", "award_name": {"ja": "賞"}}],
    }
    for raw in (json.dumps(answer).encode(), json.dumps(answer, indent=1).encode()):
        (piece,) = pieces(raw)
        assert (piece.form, piece.record_id) == ("awards", "hanako/awards/51234567")
        assert [a.title_ja for a in of(Activity, read(piece))] == ["賞"]


def test_an_answer_that_is_an_error_is_nothing_usable():
    """researchmap's error objects hold no item."""
    with pytest.raises(NothingUsable):
        split(b'{"error": "not_found", "error_description": "no such researcher"}')


@pytest.mark.parametrize(
    "raw", [b"", b"  \n", b"<html></html>", b"a,b\n1,2\n", b"[1, 2]", b"{", b"\xff\xfe\x00", b"null"]
)
def test_what_is_not_researchmaps_is_refused(raw: bytes):
    """Empty files, pages, other tables and numbers."""
    with pytest.raises(NothingUsable):
        split(raw)


def test_one_bad_line_does_not_stop_the_others():
    """The line goes to quarantine with its number and reason."""
    found = split(b'{"insert": {"type": "misc", "id": "11111"}, "merge": {}}\n{"insert": \n{"insert": {"type": "x"}}\n')
    assert [type(p) for p in found] == [Piece, Broken, Broken]
    assert found[1].path == "line 2"
    assert "unknown kind: x" in found[2].reason


# --- robustness ----------------------------------------------------------------------------------------------


def _deep(levels: int) -> Any:
    value: Any = "x"
    for i in range(levels):
        value = [value] if i % 2 else {"k": value}
    return value


_ODD: list[Any] = [
    None, True, 7, -1.5, 10**30, "", "null", "x" * 5000, "\ud800", "\x00", "９９９９", "2024-99-99", [], {}, [None], [[]],
    [{}], {"ja": None}, {"ja": ["x"]}, {"ja": [{"name": {"ja": 1}}]}, {"\ud800": "x"}, [1, "a", {"@id": 3}],
    {"name": "x"}, {"items": 3}, _deep(120),
]  # fmt: skip


def _corrupted(value: Any, rng: random.Random) -> Any:
    """A copy with one to three values, at any depth, replaced or taken away."""
    value = copy.deepcopy(value)
    for _ in range(rng.randint(1, 3)):
        here = value
        while isinstance(here, dict | list) and here:
            key = rng.choice(list(here)) if isinstance(here, dict) else rng.randrange(len(here))
            if rng.random() < 0.35 or not isinstance(here[key], dict | list):
                here[key] = copy.deepcopy(rng.choice(_ODD))
                break
            here = here[key]
    return value


def _survives(piece: Piece) -> None:
    """Rows or `BadRecord`, every text storable, every key unique."""
    try:
        found = read(piece)
    except BadRecord:
        return
    keys: dict[type, set[Any]] = defaultdict(set)
    for row in found:
        for f in dataclasses.fields(row):
            value = getattr(row, f.name)
            assert value is None or isinstance(value, str | int | float | bool), (row, f.name)
            if isinstance(value, str):
                value.encode()
        if isinstance(row, Row):
            key = tuple(getattr(row, k) for k in row.key)
            assert key not in keys[type(row)], row
            keys[type(row)].add(key)


@pytest.mark.parametrize("seed", range(8))
def test_wrong_types_anywhere_lose_only_themselves(seed: int):
    """Some 200 records a seed with values of wrong types, surrogates, depth and nulls: no other error, ever."""
    rng = random.Random(seed)
    originals = [p for p in full_pieces() if not p.form.endswith(".csv")]
    for piece in originals * 2:
        changed = _corrupted(json.loads(piece.raw), rng)
        _survives(piece._replace(raw=json.dumps(changed).encode()))


@pytest.mark.parametrize("seed", range(8))
def test_damaged_bytes_are_records_or_quarantine(seed: int):
    """Cut, doubled, flipped bytes, for documents and for single records of every form."""
    rng = random.Random(seed)
    for piece in full_pieces():
        raw = bytearray(piece.raw)
        for _ in range(rng.randint(1, 6)):
            at = rng.randrange(len(raw))
            raw[at : at + rng.randint(0, 3)] = bytes(rng.randrange(256) for _ in range(rng.randint(0, 3)))
        damaged = bytes(raw[: rng.randint(1, len(raw))]) if rng.random() < 0.3 else bytes(raw)
        _survives(piece._replace(raw=damaged))
        try:
            found = split(damaged)
        except NothingUsable:
            continue
        for inner in found:
            if isinstance(inner, Piece):
                _survives(inner)


@pytest.mark.parametrize("context", ["", "[]", "{", '{"header": 3}', '{"header": [1], "encoding": "x"}', "\ud800"])
@pytest.mark.parametrize(
    "form", ["awards.csv", "awards.jsonl", "awards", "profile", "profile.jsonl", "x", "", ".", "degrees.csv"]
)
def test_foreign_context_and_form_are_refused(form: str, context: str):
    """A record whose surroundings were lost is a bad record, not a crash."""
    for raw in (b"{}", b"[]", b"a,b", b"", b"\xff"):
        _survives(Piece(form, "x", raw, "$", context))


def test_json_nested_too_deep_is_refused():
    """Depth is limited before anything walks the value."""
    with pytest.raises(NothingUsable, match="200"):
        split(b'{"@type": "awards", "x": ' + b"[" * 100_000 + b"]" * 100_000 + b"}")


def test_unique_keys_and_records_hold_for_every_form():
    """One `Record`, no key twice, and nothing skipped where every value is as it should be."""
    for piece in full_pieces():
        _survives(piece)
        if not skipped(piece):
            assert len(of(Record, read(piece))) == 1


# --- the fields list -----------------------------------------------------------------------------------------


def test_every_section_of_the_api_is_described():
    """The item with every field exists for each section that the loader knows, but for degrees of a profile."""
    assert set(FULL) == KNOWN - {"degrees"}


def test_the_fields_list_uses_the_known_words():
    """Each use is one of five; what is not read says why; what is read says where it goes."""
    assert {use for use, _ in listed_fields("researchmap").values()} <= USES
    assert all(note for _, note in listed_fields("researchmap").values())
    assert not [k for k in listed_fields("researchmap") if "*" in "".join(k)]


@needs_samples
def test_what_is_called_read_changes_the_rows():
    """Changing a value at each path called `read` changes the rows of a sample or of the item with every field."""
    met: dict[tuple[str, str], list[Piece]] = defaultdict(list)
    for piece in itertools.chain(sample_pieces(owner="hanako"), full_pieces()):
        for path in paths_of(piece):
            met[piece.form, path].append(piece)
    unread = []
    for (form, path), found in met.items():
        use, _ = listed_fields("researchmap")[form, path]
        tries = found if use == "read" else found[:3]
        changed = any(effect(piece, path) for piece in tries)
        if changed != (use == "read") and not (changed and use == "duplicate"):
            unread.append((form, path, use))
    assert not unread


@needs_samples
def test_nearly_everything_in_the_samples_is_read():
    """At least 85 % of the values read, 95 % read or ignored for a stated reason, none unheard of."""
    counts: Counter[str] = Counter()
    for piece in sample_pieces():
        for path, n in paths_of(piece).items():
            counts[listed_fields("researchmap").get((piece.form, path), ("unknown", ""))[0]] += n
    assert counts["unknown"] == 0
    assert counts["read"] >= 0.85 * counts.total()
