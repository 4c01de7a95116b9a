"""KAKEN and NRID are read as they are: one project in two languages, profiles with their projects, nothing twice.

Every sample loads or is named for what it is; two real records are compared row by row; each oddity met in the
samples has its test; damaged records are refused or lose only the damaged part, by name.
"""

from __future__ import annotations

import copy
import dataclasses
import json
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from kg.errors import BadRecord, NothingUsable
from kg.records import (
    Affiliation,
    Authored,
    Identifier,
    InField,
    Link,
    MemberOf,
    Organization,
    OutputOf,
    Person,
    PersonName,
    Project,
    ProjectCost,
    ProjectRelation,
    PublishedIn,
    Record,
    Row,
    Skipped,
    SourceRef,
    TextUnit,
    Venue,
    Work,
)
from kg.text import text_hash
from loaders import kaken
from loaders.base import Broken, Piece
from loaders.kaken import masters
from loaders.kaken.authors import split_names
from loaders.kaken.vocabulary import review_section, saimoku_level
from loaders.paths import leaves, occurrences
from tests.loaders.honesty import silent
from tests.loaders.pieces import document, listed_fields, of

USES = {"read", "private", "presentation", "duplicate", "no_scholarly_content"}
RECORD_FILES = {
    "kaken/grantaward_single_atlas_fixture.xml": 1,
    "kaken/grantawards_shape_checked_against_live.xml": 2,
    "kaken/jp-lit-mcp_search_xml.xml": 2,
    "kaken/jp-lit-mcp_search_xml_with_localized_summaries.xml": 1,
    "kaken/kaken_19KK0341.xml": 1,
    "kaken/kaken_api_client_ts_projects_response.xml": 2,
    "kaken/kaken_api_client_ts_researchers_response.json": 1,
    "nrid/nrid_malformed_types.json": 1,
    "nrid/nrid_researchers_7_download.json": 7,
    "nrid/nrid_single_resource_sync_shape.json": 1,
}
"""Every sample file that holds records, and how many."""


def pieces(content: bytes, name: str = "file") -> list[Piece | Broken]:
    return list(kaken.split(document(content, name)))


@cache
def sample(file: Path) -> tuple[Piece, ...]:
    found = pieces(file.read_bytes(), file.name)
    assert not [p for p in found if isinstance(p, Broken)]
    return tuple(p for p in found if isinstance(p, Piece))


def ref(form: str, record_id: str = "X") -> SourceRef:
    return SourceRef(
        source="kaken", form=form, record_id=record_id, content_hash="0" * 64, retrieved="2026-01-01T00:00:00Z"
    )


def read(piece: Piece) -> list[Row | Skipped]:
    return list(kaken.to_records(piece.raw, ref(piece.form, piece.record_id)))


def award(inner: str, attributes: str = 'id="KAKENHI-PROJECT-22K00001" awardNumber="22K00001"') -> list[Any]:
    return list(kaken.to_records(f"<grantAward {attributes}>{inner}</grantAward>".encode(), ref("project")))


def summary(inner: str) -> list[Any]:
    return award(f'<summary xml:lang="ja">{inner}</summary>')


def researcher(**values: Any) -> list[Any]:
    native = {"id:person:erad": ["10000001"], **{k.replace("__", ":"): v for k, v in values.items()}}
    return list(kaken.to_records(json.dumps(native).encode(), ref("researcher", "10000001")))


# --- documents -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "count"), RECORD_FILES.items())
def test_every_sample_loads_without_loss(samples: Path, name: str, count: int):
    """Each record of each file gives its `Record` row, unique keys and nothing skipped."""
    found = sample(samples / name)
    assert len(found) == count
    for piece in found:
        rows = read(piece)
        assert [r for r in rows if isinstance(r, Skipped)] == []
        assert [r.id for r in of(Record, rows)] == [f"kaken:{piece.form}:{piece.record_id}"]
        keys = Counter((r.table, *(getattr(r, k) for k in r.key)) for r in rows if isinstance(r, Row))
        assert [k for k, n in keys.items() if n > 1] == []


def test_local_keys_that_are_used_are_written(samples: Path):
    """Whatever a row points to within the record has its own row."""
    for name in RECORD_FILES:
        for piece in sample(samples / name):
            rows = read(piece)
            written = {r.id for r in rows if isinstance(r, Person | Organization | Work | Project | Venue)}
            for row in rows:
                for column in ("person", "organization", "work", "project", "venue", "subject"):
                    assert getattr(row, column, None) is None or getattr(row, column) in written


def test_record_ids_are_the_sources_own(samples: Path):
    """An award goes by its id, a researcher by the e-Rad number, both in one spelling for all forms."""
    ids = [p.record_id for p in sample(samples / "kaken/grantawards_shape_checked_against_live.xml")]
    assert ids == ["KAKENHI-PROJECT-22K07777", "KAKENHI-PROJECT-23H99999"]
    ids = [p.record_id for p in sample(samples / "nrid/nrid_researchers_7_download.json")]
    assert ids == ["50283734", "30273569", "70294014", "60242038", "20587589", "40395124", "60339140"]


def test_researchers_load_one_per_line(samples: Path):
    """JSON lines give the same records as the search answer, single objects and whole answers alike."""
    answer = json.loads((samples / "nrid/nrid_researchers_7_download.json").read_bytes())
    lines = "\n".join(json.dumps(r, ensure_ascii=False) for r in answer["researchers"]).encode()
    found = pieces(lines)
    assert [(p.record_id, p.path) for p in found if isinstance(p, Piece)][:2] == [
        ("50283734", "line 1"),
        ("30273569", "line 2"),
    ]
    assert len(found) == 7
    answers = b'{"researchers": [{"accn": "1"}, {"accn": "2"}]}\n{"researchers": [{"accn": "3"}]}\n'
    assert [p.record_id for p in pieces(answers) if isinstance(p, Piece)] == ["1", "2", "3"]


def test_a_record_without_any_id_goes_by_its_hash():
    """No id, no number: the bytes name the record."""
    (piece,) = pieces(b"<grantAwards><grantAward><summary/></grantAward></grantAwards>")
    assert isinstance(piece, Piece)
    assert piece.record_id.startswith("sha256-")


@pytest.mark.parametrize(
    "name", ["master_category_kakenhi.xml", "master_code_kakenhi.xml", "master_country_name_kakenhi.xml"]
)
def test_code_tables_are_named_for_what_they_are(samples: Path, name: str):
    """Tables of codes hold no records; the message says so."""
    with pytest.raises(NothingUsable, match="master table"):
        pieces((samples / "kaken" / name).read_bytes(), name)


def test_the_agency_table_gives_funders(samples: Path):
    """Thirty tables of periods, 248 distinct funders; a Japanese name repeated as English is none."""
    found = sample(samples / "kaken/master_agency_kakenhi.xml")
    assert len(found) == 248
    by_id = {p.record_id: p for p in found}
    kakenhi = read(by_id["kakenhi"])
    assert of(Organization, kakenhi) == [
        Organization(
            id="kaken:agency:kakenhi",
            name_ja="科学研究費助成事業",
            name_en="Grants-in-Aid for Scientific Research",
            kind="funder",
        )
    ]
    assert [(i.scheme, i.value) for i in of(Identifier, kakenhi)] == [
        ("kaken_agency", "kakenhi"),
        ("jst_agency", "2"),
    ]
    assert of(Organization, read(by_id["2"]))[0].name_en is None


def test_master_tables_can_be_looked_up(samples: Path):
    """Codes of roles and categories have their labels."""
    with (samples / "kaken/master_code_kakenhi.xml").open("rb") as stream:
        assert masters.lookup(stream)["role:co_investigator_buntan"]["ja"] == "研究分担者"
    with (samples / "kaken/master_category_kakenhi.xml").open("rb") as stream:
        assert masters.lookup(stream)["69"]["ja"] == "基盤研究(B)"


def test_format_definitions_are_named_for_what_they_are(samples: Path):
    """NII's YAML tables define the formats; nothing is imported from them."""
    for file in sorted((samples / "kaken/definitions").iterdir()):
        with pytest.raises(NothingUsable, match="definition"):
            pieces(file.read_bytes(), file.name)


@pytest.mark.parametrize(
    "content",
    [b"", b"  \n", b"a,b,c\n1,2,3\n", b"<html><body>error</body></html>", b"<rss/>", b"<grantAwards></grantAwards>",
     b'{"researchers": []}', b"[]"],
)  # fmt: skip
def test_documents_without_records_are_refused(content: bytes):
    """Empty answers, CSV, pages and other formats hold nothing that is read."""
    with pytest.raises(NothingUsable):
        pieces(content)


def test_a_truncated_answer_keeps_its_whole_records(samples: Path):
    """What was cut off is one broken part; the records before it load."""
    xml = (samples / "kaken/grantawards_shape_checked_against_live.xml").read_bytes()
    whole, broken = pieces(xml[: xml.index(b"KAKENHI-PROJECT-23H99999") + 60])
    assert isinstance(whole, Piece)
    assert isinstance(broken, Broken)
    text = (samples / "nrid/nrid_researchers_7_download.json").read_bytes()
    found = pieces(text[: len(text) // 2])
    assert [type(p) for p in found[-2:]] == [Piece, Broken]


# --- one project, field by field -----------------------------------------------------------------------------


def test_19KK0341_row_by_row(samples: Path):
    """Two languages, one project: bilingual title, one member with each year's affiliation, section, cost, products."""
    (piece,) = sample(samples / "kaken/kaken_19KK0341.xml")
    P = "kaken:project:KAKENHI-PROJECT-19KK0341"
    skip = tuple(f"productList/product[{i}]" for i in (1, 2, 3, 5, 6, 7, 8, 9, 10, 11, 12, 14))
    rows = [r for r in read(piece) if "paragraphList" not in str(r) and not any(s in str(r) for s in skip)]
    assert rows == [
        Record(
            id=P,
            kind="project",
            about=P,
            url="https://kaken.nii.ac.jp/grant/KAKENHI-PROJECT-19KK0341/",
            created="2020-02-06T07:42:42Z",
            modified="2026-01-16T00:19:41Z",
        ),
        Project(
            id=P,
            award_number="19KK0341",
            title_ja="マダガスカル農村部における食環境の評価と食生活指針",
            title_en="Evaluation of food environment and dietary guidelines in rural Madagascar",
            category_ja="国際共同研究加速基金(国際共同研究強化(A))",
            category_en="Fund for the Promotion of Joint International Research (Fostering Joint International Research (A))",
            funder_ja="科学研究費助成事業",
            funder_en="Grants-in-Aid for Scientific Research",
            start_fiscal_year=2021,
            end_fiscal_year=2024,
            end_estimated=False,
            status="project_closed",
            direct_cost=11400000,
            indirect_cost=3420000,
            total_cost=14820000,
            currency="JPY",
            institution_ja="国立研究開発法人国際農林水産業研究センター",
            institution_en="Japan International Research Center for Agricultural Sciences",
            source_type="project",
        ),
        Identifier(subject=P, kind="project", scheme="kaken", value="KAKENHI-PROJECT-19KK0341"),
        Identifier(subject=P, kind="project", scheme="award", value="19KK0341"),
        Identifier(subject=P, kind="project", scheme="jgn", value="JP19KK0341"),
        TextUnit(
            record=P,
            subject=P,
            subject_kind="project",
            field="summary[0]/title[0]",
            role="title",
            lang="ja",
            text="マダガスカル農村部における食環境の評価と食生活指針",
            text_hash=text_hash("マダガスカル農村部における食環境の評価と食生活指針"),
        ),
        TextUnit(
            record=P,
            subject=P,
            subject_kind="project",
            field="summary[1]/title[0]",
            role="title",
            lang="en",
            text="Evaluation of food environment and dietary guidelines in rural Madagascar",
            text_hash=text_hash("Evaluation of food environment and dietary guidelines in rural Madagascar"),
        ),
        InField(
            subject=P,
            subject_kind="project",
            scheme="kaken-section",
            notation="41010",
            label="食料農業経済関連",
            lang="ja",
            level="小区分",
            basis="project_section",
            label_en="Agricultural and food economics-related",
            source_code="227",
        ),
        Affiliation(
            person=f"{P}#summary[0]/member[0]",
            path="memberList/member[0]/affiliation[0]",
            kind="as_member",
            organization=f"{P}#summary[0]/institution[0]",
            organization_ja="国立研究開発法人国際農林水産業研究センター",
            department="情報広報室",
            title="プロジェクトリーダー",
            observed="2024",
        ),
        Affiliation(
            person=f"{P}#summary[0]/member[0]",
            path="memberList/member[2]/affiliation[0]",
            kind="as_member",
            organization=f"{P}#summary[0]/institution[0]",
            organization_ja="国立研究開発法人国際農林水産業研究センター",
            department="情報広報室",
            title="プロジェクトリーダー",
            observed="2024",
        ),
        Affiliation(
            person=f"{P}#summary[0]/member[0]",
            path="memberList/member[4]/affiliation[0]",
            kind="as_member",
            organization=f"{P}#summary[0]/institution[0]",
            organization_ja="国立研究開発法人国際農林水産業研究センター",
            department="情報広報室",
            title="主任研究員",
            observed="2023",
        ),
        Affiliation(
            person=f"{P}#summary[0]/member[0]",
            path="memberList/member[6]/affiliation[0]",
            kind="as_member",
            organization=f"{P}#summary[0]/institution[0]",
            organization_ja="国立研究開発法人国際農林水産業研究センター",
            department="情報広報室",
            title="主任研究員",
            observed="2022",
        ),
        Affiliation(
            person=f"{P}#summary[0]/member[0]",
            path="memberList/member[8]/affiliation[0]",
            kind="as_member",
            organization=f"{P}#summary[0]/institution[0]",
            organization_ja="国立研究開発法人国際農林水産業研究センター",
            department="情報広報室",
            title="主任研究員",
            observed="2021",
        ),
        Affiliation(
            person=f"{P}#summary[0]/member[0]",
            path="memberList/member[10]/affiliation[0]",
            kind="as_member",
            organization=f"{P}#summary[0]/institution[0]",
            organization_ja="国立研究開発法人国際農林水産業研究センター",
            department="その他部局等",
            title="研究員",
            observed="2019",
        ),
        Affiliation(
            person=f"{P}#summary[0]/member[0]",
            path="summary[0]/member[0]/affiliation[0]",
            kind="as_member",
            organization=f"{P}#summary[0]/institution[0]",
            organization_ja="国立研究開発法人国際農林水産業研究センター",
            department="情報広報室",
            title="プロジェクトリーダー",
            observed="2024",
        ),
        MemberOf(
            project=P,
            path="summary[0]/member[0]",
            person=f"{P}#summary[0]/member[0]",
            role="principal_investigator",
            role_as_written="principal_investigator",
            position=1,
            fiscal_years="2019;2021-2024",
            name_as_written="白鳥 佐紀子",
            name_en="Shiratori Sakiko",
            name_kana="シラトリ サキコ",
            affiliation_as_written="国立研究開発法人国際農林水産業研究センター",
            department_as_written="情報広報室",
            title_as_written="プロジェクトリーダー",
            organization=f"{P}#summary[0]/institution[0]",
        ),
        TextUnit(
            record=P,
            subject=P,
            subject_kind="project",
            field="summary[0]/keywordList[0]/keyword[0]",
            role="keyword",
            lang="ja",
            text="栄養改善",
            text_hash=text_hash("栄養改善"),
        ),
        TextUnit(
            record=P,
            subject=P,
            subject_kind="project",
            field="summary[0]/keywordList[0]/keyword[1]",
            role="keyword",
            lang="ja",
            text="食環境",
            text_hash=text_hash("食環境"),
        ),
        TextUnit(
            record=P,
            subject=P,
            subject_kind="project",
            field="summary[0]/keywordList[0]/keyword[2]",
            role="keyword",
            lang="ja",
            text="マダガスカル",
            text_hash=text_hash("マダガスカル"),
        ),
        TextUnit(
            record=P,
            subject=P,
            subject_kind="project",
            field="summary[0]/keywordList[0]/keyword[3]",
            role="keyword",
            lang="ja",
            text="食生活指針",
            text_hash=text_hash("食生活指針"),
        ),
        TextUnit(
            record=P,
            subject=P,
            subject_kind="project",
            field="summary[0]/keywordList[0]/keyword[4]",
            role="keyword",
            lang="ja",
            text="開発途上地域",
            text_hash=text_hash("開発途上地域"),
        ),
        Link(
            subject=P,
            kind="project",
            url="https://kaken.nii.ac.jp/file/KAKENHI-PROJECT-19KK0341/19KK0341seika.pdf",
            role="fulltext",
            label="PDF",
        ),
        Work(
            id=f"{P}#productList/product[0]",
            type="article",
            title_en="Effects of Risk and Time Preferences on Diet Quality: Empirical Evidence from Rural Madagascar",
            year=2024,
            volume="13",
            issue="19",
            first_page="3147",
            last_page="3147",
            refereed=True,
            international=True,
            open_access=True,
            source_type="journal_article",
        ),
        Identifier(subject=f"{P}#productList/product[0]", kind="work", scheme="doi", value="10.3390/foods13193147"),
        Identifier(subject=f"{P}#productList/product[0]", kind="work", scheme="kaken_product", value="25581597"),
        TextUnit(
            record=P,
            subject=f"{P}#productList/product[0]",
            subject_kind="work",
            field="productList/product[0]/title[0]",
            role="title",
            lang="",
            text="Effects of Risk and Time Preferences on Diet Quality: Empirical Evidence from\n                    Rural Madagascar",
            text_hash=text_hash(
                "Effects of Risk and Time Preferences on Diet Quality: Empirical Evidence from\n                    Rural Madagascar"
            ),
        ),
        Venue(id=f"{P}#productList/product[0]/journalTitle", name_en="Foods"),
        PublishedIn(work=f"{P}#productList/product[0]", venue=f"{P}#productList/product[0]/journalTitle"),
        Authored(
            work=f"{P}#productList/product[0]",
            path="productList/product[0]/author[0]#1",
            position=1,
            name_as_written="Shiratori Sakiko",
        ),
        Authored(
            work=f"{P}#productList/product[0]",
            path="productList/product[0]/author[0]#2",
            position=2,
            name_as_written="Abeysekara Mudduwa Gamaethige Dilini",
        ),
        Authored(
            work=f"{P}#productList/product[0]",
            path="productList/product[0]/author[0]#3",
            position=3,
            name_as_written="Ozaki Ryosuke",
        ),
        Authored(
            work=f"{P}#productList/product[0]",
            path="productList/product[0]/author[0]#4",
            position=4,
            name_as_written="Rafalimanantsoa Jules",
        ),
        Authored(
            work=f"{P}#productList/product[0]",
            path="productList/product[0]/author[0]#5",
            position=5,
            name_as_written="Rasolonirina Andrianjanaka Britney Havannah",
        ),
        OutputOf(work=f"{P}#productList/product[0]", project=P),
        MemberOf(
            project=P,
            path="productList/product[4]",
            role="collaborator",
            role_as_written="coinvestigatorOverseas",
            start="2022-06-08",
            end="2023-02-21",
            name_as_written="Bhavani Shankar",
            name_en="Bhavani Shankar",
            affiliation_as_written="University of Sheffield",
            department_as_written="Department of Geography",
            title_as_written="Professor",
            organization=f"{P}#productList/product[4]/counterpartInstitution",
        ),
        TextUnit(
            record=P,
            subject=P,
            subject_kind="project",
            field="productList/product[4]/title[0]",
            role="note",
            lang="",
            text="University of Sheffield(英国)",
            text_hash=text_hash("University of Sheffield(英国)"),
        ),
        Work(
            id=f"{P}#productList/product[13]",
            type="article",
            title_en="Seasonal energy deficiency of rural rice farmers in Madagascar",
            year=2023,
            date="2023-03-31",
            language="en",
            volume="25",
            issue="0",
            first_page="13",
            last_page="16",
            refereed=True,
            international=True,
            open_access=True,
            source_type="journal_article",
        ),
        Identifier(subject=f"{P}#productList/product[13]", kind="work", scheme="doi", value="10.18480/jjae.25.0_13"),
        Identifier(subject=f"{P}#productList/product[13]", kind="work", scheme="kaken_product", value="24340973"),
        TextUnit(
            record=P,
            subject=f"{P}#productList/product[13]",
            subject_kind="work",
            field="productList/product[13]/title[0]",
            role="title",
            lang="",
            text="Seasonal energy deficiency of rural rice farmers in Madagascar",
            text_hash=text_hash("Seasonal energy deficiency of rural rice farmers in Madagascar"),
        ),
        TextUnit(
            record=P,
            subject=f"{P}#productList/product[13]",
            subject_kind="work",
            field="productListEnriched/product[13]/title[0]",
            role="title",
            lang="en",
            text="Seasonal Energy Deficiency of Rural Rice Farmers in Madagascar",
            text_hash=text_hash("Seasonal Energy Deficiency of Rural Rice Farmers in Madagascar"),
        ),
        Venue(id=f"{P}#productList/product[13]/journalTitle", name_en="Japanese Journal of Agricultural Economics"),
        Identifier(subject=f"{P}#productList/product[13]/journalTitle", kind="venue", scheme="issn", value="2432-2385"),
        PublishedIn(work=f"{P}#productList/product[13]", venue=f"{P}#productList/product[13]/journalTitle"),
        Authored(
            work=f"{P}#productList/product[13]",
            path="productList/product[13]/author[0]#1",
            position=1,
            name_as_written="Shiratori, Sakiko",
        ),
        Authored(
            work=f"{P}#productList/product[13]",
            path="productList/product[13]/author[0]#2",
            position=2,
            name_as_written="Narmandakh,Davaatseren",
        ),
        Authored(
            work=f"{P}#productList/product[13]",
            path="productList/product[13]/author[0]#3",
            position=3,
            name_as_written="Rafalimanantsoa,Jules",
        ),
        OutputOf(work=f"{P}#productList/product[13]", project=P),
        Organization(
            id=f"{P}#summary[0]/institution[0]",
            name_ja="国立研究開発法人国際農林水産業研究センター",
            name_en="Japan International Research Center for Agricultural Sciences",
        ),
        Identifier(subject=f"{P}#summary[0]/institution[0]", kind="organization", scheme="nii", value="382749"),
        Identifier(subject=f"{P}#summary[0]/institution[0]", kind="organization", scheme="mext", value="82104"),
        Organization(
            id=f"{P}#productList/product[4]/counterpartInstitution",
            name_en="University of Sheffield",
            country="UNITED KINGDOM",
        ),
        Person(
            id=f"{P}#summary[0]/member[0]",
            name_ja="白鳥 佐紀子",
            name_kana="シラトリ サキコ",
            name_en="Shiratori Sakiko",
        ),
        Identifier(subject=f"{P}#summary[0]/member[0]", kind="person", scheme="erad", value="60746486"),
    ]


def test_19KK0341_texts(samples: Path):
    """Each paragraph once, exactly as written, by what it is: the yearly lists repeat the summary's."""
    (piece,) = sample(samples / "kaken/kaken_19KK0341.xml")
    texts = [t for t in of(TextUnit, read(piece)) if "paragraphList" in t.field]
    assert Counter(t.role for t in texts) == {"achievement": 16, "note": 4, "summary": 1, "keyword": 1}
    source = etree.fromstring(piece.raw)
    for text in texts:
        element = source.find(
            "/".join(
                part.partition("[")[0] + f"[{int(part.partition('[')[2][:-1]) + 1}]" for part in text.field.split("/")
            )
        )
        assert element is not None
        assert element.text == text.text


def test_products_come_once(samples: Path):
    """Fifteen products in two lists are fourteen works and one partner abroad; NII's numbers of both twins are kept."""
    (piece,) = sample(samples / "kaken/kaken_19KK0341.xml")
    rows = read(piece)
    assert len(of(Work, rows)) == 14
    numbers = {
        i.value for i in of(Identifier, rows) if i.subject.endswith("product[12]") and i.scheme == "kaken_product"
    }
    assert numbers == {"24340972", "24298848"}
    (work,) = [w for w in of(Work, rows) if w.id.endswith("product[12]")]
    assert (work.volume, work.issue, work.first_page, work.last_page) == (None, "3", "823", "838")


# --- one researcher, field by field --------------------------------------------------------------------------


def test_a_compact_researcher_row_by_row(samples: Path):
    """The shape of single NRID documents: names, an affiliation seen from 1999 to 2001, two projects without roles."""
    (piece,) = sample(samples / "nrid/nrid_single_resource_sync_shape.json")
    P = "kaken:researcher:12345678"
    assert read(piece) == [
        Record(id=P, kind="person", about=P, url="https://nrid.nii.ac.jp/nrid/1000012345678"),
        Identifier(subject=P, kind="person", scheme="erad", value="12345678"),
        Identifier(subject=P, kind="person", scheme="nrid", value="1000012345678"),
        Identifier(subject=P, kind="person", scheme="kakenhi", value="12345"),
        Identifier(subject=P, kind="person", scheme="kakenhi", value="67890", relation="related"),
        Person(id=P, name_ja="山田 太郎", name_en="YAMADA Taro", profile=True),
        PersonName(person=P, name="山田 太郎", lang="ja", family="山田", given="太郎"),
        PersonName(person=P, name="YAMADA Taro", lang="en", family="YAMADA", given="Taro"),
        Affiliation(
            person=P,
            path="affiliations:history[0]",
            kind="employment",
            organization=f"{P}#affiliations:history[0].affiliation:institution",
            organization_ja="テスト大学",
            organization_en="Test University",
            department="研究所",
            title="教授",
            start="1999-04-01",
            observed="2001-04-01",
        ),
        Project(
            id=f"{P}#work:project[0]",
            award_number="11111111",
            title_ja="テスト研究プロジェクト１",
            title_en="Test Research Project 1",
            category_ja="一般研究(C)",
            category_en="Grant-in-Aid for General Scientific Research (C)",
            start_fiscal_year=1989,
            end_fiscal_year=1989,
            institution_ja="テスト大学",
            institution_en="Test University",
        ),
        Identifier(subject=f"{P}#work:project[0]", kind="project", scheme="kaken", value="KAKENHI-PROJECT-11111111"),
        Identifier(subject=f"{P}#work:project[0]", kind="project", scheme="award", value="11111111"),
        TextUnit(
            record=P,
            subject=f"{P}#work:project[0]",
            subject_kind="project",
            field="work:project[0].title[0].humanReadableValue[0]",
            role="title",
            lang="ja",
            text="テスト研究プロジェクト１",
            text_hash=text_hash("テスト研究プロジェクト１"),
        ),
        TextUnit(
            record=P,
            subject=f"{P}#work:project[0]",
            subject_kind="project",
            field="work:project[0].title[0].humanReadableValue[1]",
            role="title",
            lang="en",
            text="Test Research Project 1",
            text_hash=text_hash("Test Research Project 1"),
        ),
        MemberOf(project=f"{P}#work:project[0]", path="work:project[0].role", person=P, role="member"),
        Project(
            id=f"{P}#work:project[1]",
            award_number="22222222",
            title_ja="テスト研究プロジェクト２",
            start_fiscal_year=1990,
            end_fiscal_year=1990,
        ),
        Identifier(subject=f"{P}#work:project[1]", kind="project", scheme="kaken", value="KAKENHI-PROJECT-22222222"),
        Identifier(subject=f"{P}#work:project[1]", kind="project", scheme="award", value="22222222"),
        TextUnit(
            record=P,
            subject=f"{P}#work:project[1]",
            subject_kind="project",
            field="work:project[1].title[0].humanReadableValue[0]",
            role="title",
            lang="ja",
            text="テスト研究プロジェクト２",
            text_hash=text_hash("テスト研究プロジェクト２"),
        ),
        MemberOf(project=f"{P}#work:project[1]", path="work:project[1].role", person=P, role="member"),
        Organization(
            id=f"{P}#affiliations:history[0].affiliation:institution", name_ja="テスト大学", name_en="Test University"
        ),
    ]


SEVEN = {
    # number: name, projects, works
    "50283734": ("野村 泰伸", 26, 197),
    "30273569": ("三浦 麻子", 21, 103),
    "70294014": ("平井 啓", 20, 141),
    "60242038": ("村田 昇", 18, 89),
    "20587589": ("田栗 正隆", 10, 70),
    "40395124": ("春野 雅彦", 10, 79),
    "60339140": ("橋口 陽子", 7, 45),
}


@pytest.mark.parametrize("number", SEVEN)
def test_the_seven_researchers_have_their_projects_roles_and_affiliations(samples: Path, number: str):
    """Everything the profile lists is there: each project with the owner's role, each affiliation with its time."""
    (piece,) = [p for p in sample(samples / "nrid/nrid_researchers_7_download.json") if p.record_id == number]
    native, rows = json.loads(piece.raw), read(piece)
    name, projects, works = SEVEN[number]
    owner = f"kaken:researcher:{number}"
    (profile,) = [p for p in of(Person, rows) if p.profile]
    assert (profile.id, profile.name_ja) == (owner, name)
    members = {m.project: m for m in of(MemberOf, rows) if m.person == owner}
    assert len(members) == projects == len(native["work:project"])
    for i, project in enumerate(native["work:project"]):
        code = project["role"][0]["code:roleInProject:kakenhi"]
        assert members[f"{owner}#work:project[{i}]"].role_as_written == code
    others = {i.value for i in of(Identifier, rows) if i.scheme == "erad" and i.subject != owner}
    numbers = {m.get("id:person:erad") for p in native["work:project"] for m in p["member"]}
    assert others == numbers - {number, None}
    places = [a for a in of(Affiliation, rows) if a.kind == "employment"]
    assert len(places) == len(native["affiliations:history"]) + len(native["affiliations:current"])
    assert all(a.observed and a.end is None for a in places)
    assert len(of(Work, rows)) == works
    assert len([a for a in of(Authored, rows) if a.person == owner]) == works


# --- oddities of projects ------------------------------------------------------------------------------------


def test_members_of_two_summaries_join_by_number_or_sequence():
    """The English twin adds a name, not a member; without a number `sequence` joins, a different number never."""
    rows = award(
        """<summary xml:lang="ja"><member sequence="1" eradCode="10000001" role="principal_investigator"><personalName>
        <fullName>山田 太郎</fullName></personalName></member><member sequence="2" role="research_collaborator">
        <personalName><fullName>鈴木 花子</fullName></personalName></member></summary>
        <summary xml:lang="en"><member sequence="2" role="research_collaborator"><personalName>
        <fullName>Suzuki Hanako</fullName></personalName></member><member sequence="1" eradCode="10000001"
        role="principal_investigator"><personalName><fullName>Yamada Taro</fullName></personalName></member>
        <member sequence="3" eradCode="10000003" role="host_researcher"/></summary>"""
    )
    found = [(m.name_as_written, m.name_en, m.role, bool(m.person)) for m in of(MemberOf, rows)]
    assert found == [
        ("山田 太郎", "Yamada Taro", "principal_investigator", True),
        ("鈴木 花子", "Suzuki Hanako", "collaborator", False),
        (None, None, "other", True),
    ]


def test_a_member_without_number_stays_a_name(samples: Path):
    """神田 哲也 has no e-Rad number: a member, no person."""
    rows = read(sample(samples / "kaken/jp-lit-mcp_search_xml.xml")[1])
    assert [(m.name_as_written, m.person, m.affiliation_as_written) for m in of(MemberOf, rows)] == [
        ("神田 哲也", None, "大阪大学")
    ]
    assert of(Person, rows) == []


def test_members_without_names_are_still_members(samples: Path):
    """Numbers alone make persons."""
    rows = read(sample(samples / "kaken/grantaward_single_atlas_fixture.xml")[0])
    assert [(m.role, m.name_as_written) for m in of(MemberOf, rows)] == [
        ("principal_investigator", None),
        ("co_investigator", None),
    ]
    assert len(of(Person, rows)) == 2
    assert [(f.level, f.notation) for f in of(InField, rows)] == [("小区分", "37010"), ("中区分", "43")]


def test_membership_by_year_and_a_role_held_for_a_time():
    """`participate` gives years; a role that only a yearly list knows becomes a membership of its own."""
    rows = award(
        """<summary xml:lang="ja"><member sequence="1" eradCode="10000001" role="co_investigator_buntan"
        participate="2000,2002"><affiliation><institution>甲大学</institution></affiliation></member></summary>
        <grantList><grant id="g1" fiscalYear="2001"/><grant id="g2" fiscalYear="2003"/></grantList>
        <memberList><member eradCode="10000001" role="principal_investigator"><parent id="g1"/></member>
        <member eradCode="10000001" role="principal_investigator"><parent id="g2"/><attribute><affiliation>
        <institution>乙大学</institution></affiliation></attribute></member></memberList>"""
    )
    assert [(m.role, m.fiscal_years) for m in of(MemberOf, rows)] == [
        ("co_investigator", "2000;2002"),
        ("principal_investigator", "2001;2003"),
    ]
    assert sorted((a.organization_ja, a.observed) for a in of(Affiliation, rows)) == [
        ("乙大学", "2003"),
        ("甲大学", "2002"),
    ]
    assert len({m.person for m in of(MemberOf, rows)}) == 1


def test_a_name_that_changed_is_kept_with_its_year():
    """A yearly list with another family name gives a variant, not another person."""
    rows = award(
        """<summary xml:lang="ja"><member eradCode="10000001" role="principal_investigator"><personalName><fullName>新田 花子
        </fullName></personalName></member></summary><memberList><member fiscalYear="2010" eradCode="10000001"
        role="principal_investigator"><personalName><fullName>旧川 花子</fullName></personalName></member></memberList>"""
    )
    (name,) = of(PersonName, rows)
    assert (name.name, name.kind, name.period) == ("旧川 花子", "variant", "2010")
    assert len(of(Person, rows)) == 1


def test_costs_by_year_prefer_what_was_given():
    """Direct and indirect cost per fiscal year; a plan counts only where nothing was given; a contradiction is named."""
    rows = award(
        """<awardAmountList><awardAmount fiscalYear="2020" planned="true"><totalCost>9</totalCost></awardAmount>
        <awardAmount fiscalYear="2020" planned="false"><directCost>1,000</directCost><indirectCost>300</indirectCost>
        <totalCost>1300</totalCost></awardAmount><awardAmount fiscalYear="2021" planned="true"><totalCost>5</totalCost>
        </awardAmount><awardAmount fiscalYear="2020"><totalCost>7</totalCost></awardAmount>
        <awardAmount><totalCost>1</totalCost></awardAmount></awardAmountList>"""
    )
    assert of(ProjectCost, rows) == [
        ProjectCost(project="kaken:project:X", fiscal_year=2020, direct=1000, indirect=300, total=1300),
        ProjectCost(project="kaken:project:X", fiscal_year=2021, total=5, planned=True),
    ]
    assert [s.path for s in of(Skipped, rows)] == [
        "awardAmountList[0]/awardAmount[3]",
        "awardAmountList[0]/awardAmount[4]",
    ]


def test_money_in_another_currency_keeps_it():
    """The unit says the currency; the converted total is used where there is nothing else."""
    rows = summary(
        "<overallAwardAmount><totalCost>10</totalCost><unit><normalizedValue>USD</normalizedValue></unit></overallAwardAmount>"
    )
    assert (of(Project, rows)[0].total_cost, of(Project, rows)[0].currency) == (10, "USD")
    rows = summary("<overallAwardAmount><convertedJpyTotalCost>99</convertedJpyTotalCost></overallAwardAmount>")
    assert (of(Project, rows)[0].total_cost, of(Project, rows)[0].currency) == (99, "JPY")


def test_an_end_that_is_not_public_is_left_out():
    """`nondisclosure` keeps the end of a project out of the rows."""
    rows = summary(
        '<periodOfAward searchEndFiscalYear="2024"><startDate>2020-04-01</startDate>'
        '<endDate nondisclosure="true">2025-03-31</endDate></periodOfAward>'
    )
    (project,) = of(Project, rows)
    assert (project.start, project.end, project.end_fiscal_year) == ("2020-04-01", None, None)


def test_a_project_of_an_area_belongs_to_it():
    """The parent award is a project of its own, with its id of any prefix."""
    rows = award('<parentAward id="KAKENHI-AREA-2701"><title xml:lang="ja">領域</title></parentAward>')
    (relation,) = of(ProjectRelation, rows)
    assert (relation.project, relation.kind) == ("kaken:project:X", "part_of")
    assert ("kaken", "KAKENHI-AREA-2701") in {
        (i.scheme, i.value) for i in of(Identifier, rows) if i.subject == relation.other
    }


def test_of_levels_with_one_name_the_finest_is_the_field():
    """政治学 is both a 分科 and a 細目: the 細目 stays, in whichever order the two come."""
    broad = '<field sequence="{}" path="000621000630000631" fieldTable="saimoku">政治学</field>'
    fine = '<field sequence="{}" path="000621000630000631000632" fieldTable="saimoku">政治学</field>'
    for first, second in ((broad, fine), (fine, broad)):
        rows = award(f'<summary xml:lang="ja">{first.format(1)}{second.format(2)}</summary>')
        (found,) = of(InField, rows)
        assert (found.label, found.level, found.source_code) == ("政治学", "細目", "000621000630000631000632")


def test_old_fields_keep_level_label_and_path():
    """Depth in the table gives the level; tables before 2003 begin at 部; other tables are named."""
    levels = ["000556", "000556000557", "000556000557000558", "000556000557000558000563"]
    assert [saimoku_level(p) for p in levels] == ["系", "分野", "分科", "細目"]
    assert [saimoku_level(p) for p in ("000206", "000206000509000511", "1/2", "")] == ["部", "細目", None, None]
    rows = award(
        """<summary xml:lang="ja"><field sequence="1" path="000206000509" niiCode="509" fieldTable="saimoku">情報科学</field>
        <field sequence="2" niiCode="9" fieldTable="tokusetsu_bunya">特設</field></summary><summary xml:lang="en">
        <field sequence="1" path="000206000509" niiCode="509" fieldTable="saimoku">Information</field></summary>"""
    )
    assert [(f.scheme, f.label, f.label_en, f.level, f.source_code) for f in of(InField, rows)] == [
        ("kaken-saimoku", "情報科学", "Information", "分科", "000206000509"),
        ("kaken-ryoiki", "特設", None, "特設分野", "9"),
    ]


@pytest.mark.parametrize(
    ("ja", "en", "expected"),
    [
        ("中区分7:経済学", "Medium-sized Section 7:Economics", ("kaken-section", "07", "経済学", "中区分", "Economics")),
        ("大区分A", "Broad Section A", ("kaken-section", "A", "大区分A", "大区分", "Broad Section A")),
        ("", "Basic Section 08010:Sociology", ("kaken-section", "08010", "Sociology", "小区分", "Sociology")),
        ("小区分59020：スポーツ科学関連", "", ("kaken-section", "59020", "スポーツ科学関連", "小区分", None)),
        ("理工系", "Science", ("kaken-ryoiki", "", "理工系", "審査希望部門(特定領域研究)", "Science")),
    ],
)  # fmt: skip
def test_review_sections_in_all_wordings(ja: str, en: str, expected: tuple[Any, ...]):
    """Level and padded number come from the wording in either language; other tables stay 領域."""
    table = "review_section_ryoiki" if ja == "理工系" else "review_section"
    row = review_section("p", table, ja, en, "1")
    assert row is not None
    assert (row.scheme, row.notation, row.label, row.level, row.label_en) == expected


def test_remarks_are_notes_and_links():
    """A 備考 «product» is no work."""
    rows = award(
        '<productList><product id="PRODUCT-1" type="note"><title>研究室</title><url>http://example.jp/</url></product></productList>'
    )
    assert of(Work, rows) == []
    assert [(link.url, link.label) for link in of(Link, rows)] == [("http://example.jp/", "研究室")]
    assert [(t.role, t.text) for t in of(TextUnit, rows)] == [("note", "研究室")]


def test_two_reported_products_that_nii_joined_are_one_work():
    """An enriched product with two refs is one work with three numbers; an enriched one without twin is a work too."""
    rows = award(
        """<productList><product id="PRODUCT-1" type="book"><title>本</title><isbn>4489023375</isbn></product>
        <product id="PRODUCT-2" type="book"><title>本</title></product></productList>
        <productListEnriched><product id="PRODUCT-id_product_kakenhi--9" type="book"><ref id="PRODUCT-1"/>
        <ref id="PRODUCT-2"/><title>本</title></product><product id="PRODUCT-id_product_kakenhi--8" type="patent">
        <title>装置</title><patentInventor>山田太郎、鈴木花子</patentInventor><patentApplicationNumber>2019-1</patentApplicationNumber>
        <patentApplicationDate>2019-05-01</patentApplicationDate></product></productListEnriched>"""
    )
    book, patent = of(Work, rows)
    assert [i.value for i in of(Identifier, rows) if i.subject == book.id] == ["9784489023378", "1", "2", "9"]
    assert (patent.type, patent.date) == ("patent", "2019-05-01")
    assert [(a.role, a.name_as_written) for a in of(Authored, rows)] == [
        ("inventor", "山田太郎"),
        ("inventor", "鈴木花子"),
    ]


# --- oddities of researchers ---------------------------------------------------------------------------------


def test_full_width_signs_make_no_japanese_title():
    """An English title with full-width brackets under the tag `ja` is English."""
    rows = summary("<title>Spread of COVID-19（SARS-CoV-2）</title>")
    assert (of(Project, rows)[0].title_ja, of(Project, rows)[0].title_en) == (
        None,
        "Spread of COVID-19（SARS-CoV-2）",
    )


def test_a_name_in_a_third_language_is_named_as_lost():
    """There are columns for Japanese and English names; a Chinese one is neither."""
    rows = researcher(
        affiliations__current=[
            {"affiliation:institution": {"humanReadableValue": [{"text": "北京大学", "lang": "zh"}]},
             "affiliation:jobTitle": {"humanReadableValue": [{"text": "教授", "lang": "ja"}]}}
        ]
    )  # fmt: skip
    assert [(a.organization_ja, a.title) for a in of(Affiliation, rows)] == [(None, "教授")]
    assert [s.value for s in of(Skipped, rows)] == ["北京大学"]


def test_an_alias_in_parentheses_is_another_name(samples: Path):
    """橋口 陽子 (小野 陽子): one person, the name in parentheses a variant, the whole kept as written."""
    piece = sample(samples / "nrid/nrid_researchers_7_download.json")[6]
    names = {(n.name, n.kind) for n in of(PersonName, read(piece)) if n.person == "kaken:researcher:60339140"}
    assert {
        ("橋口 陽子", "preferred"),
        ("小野 陽子", "variant"),
        ("橋口 陽子 (小野 陽子)", "as_written"),
        ("Hashiguchi Yoko", "preferred"),
        ("Ono Yoko", "variant"),
    } <= names


def test_names_kana_and_latin_are_told_apart():
    """A `ja-Kana` text is the reading, a Latin text tagged `ja` is the Latin form."""
    rows = researcher(
        name={
            "humanReadableValue": [{"text": "山田 太郎", "lang": "ja"}, {"text": "ヤマダ タロウ", "lang": "ja-Kana"}],
            "name:familyName": [{"text": "Yamada", "lang": "ja"}],
        }
    )
    (person,) = of(Person, rows)
    assert (person.name_ja, person.name_kana, person.name_en) == ("山田 太郎", "ヤマダ タロウ", "Yamada")


def place(since: Any, until: Any) -> dict[str, Any]:
    def day(value: Any) -> Any:
        return dict(zip(("commonEra:year", "month", "day"), value, strict=False)) if isinstance(value, tuple) else value

    return {
        "since": day(since),
        "until": day(until),
        "affiliation:institution": {"humanReadableValue": [{"text": "例大学", "lang": "ja"}]},
    }


@pytest.mark.parametrize(
    ("since", "until", "expected"),
    [
        ((2022, 4, 1), (2022, 4, 1), (None, None, "2022-04-01")),
        ((2015, 4, 1), (2018, 4, 1), ("2015-04-01", None, "2018-04-01")),
        ((2015, 4, 1), (2018, 3, 31), ("2015-04-01", "2018-03-31", None)),
        (("2015",), None, ("2015", None, None)),
    ],
)
def test_the_end_of_an_affiliation_is_believed_only_where_it_is_one(since: Any, until: Any, expected: tuple[Any, ...]):
    """Equal days are one observation; an `until` on 1 April is the last fiscal year seen; other days are ends."""
    (row,) = of(Affiliation, researcher(affiliations__history=[place(since, until)]))
    assert (row.start, row.end, row.observed) == expected


def test_dois_that_nii_could_not_confirm_do_not_join():
    """`id:doi` and confirmed candidates identify; an unconfirmed one is only related; so is a NAID by title."""
    product = {
        "title:main": {"text": "x", "lang": "ja"},
        "id:doi": [{"value": "10.1/A"}],
        "attribute:id:doi:asWritten": [
            {"text": "10.1234/b", "valueExtracted": [{"value": "10.1234/B", "existenceConfirmed": True}]},
            {"text": "10.1234/c", "valueExtracted": [{"value": "10.1234/c", "existenceConfirmed": False}]},
        ],
        "id:naid": [
            {"value": "110001276024", "reason": "title_exact_match"},
            {"value": "110004751550", "reason": "doi"},
        ],
    }
    rows = researcher(work__product=[product])
    found = {(i.scheme, i.value, i.relation) for i in of(Identifier, rows) if i.kind == "work"}
    assert found == {
        ("doi", "10.1234/b", "self"),
        ("doi", "10.1234/c", "related"),
        ("naid", "110001276024", "related"),
        ("naid", "110004751550", "self"),
    }
    assert [s.value for s in of(Skipped, rows)] == ["10.1/A"]


def test_only_the_owner_is_a_person_among_the_authors():
    """A candidate is an estimate: the owner's place is found by name, the others stay names."""
    rows = researcher(
        accn="id:person:kakenhi**7",
        name={"humanReadableValue": [{"text": "山田 太郎", "lang": "ja"}, {"text": "YAMADA Taro", "lang": "en"}],
              "name:familyName": [{"text": "YAMADA", "lang": "en"}], "name:givenName": [{"text": "Taro", "lang": "en"}]},
        work__product=[
            {
                "title:main": {"text": "A study", "lang": "ja"},
                "creator:unparsed": [{"text": "H. Suzuki, T. Yamada", "lang": "ja"}],
                "attribute:creator:candidate": [
                    {"estimated": True, "list": [{"person:name": [{"text": "鈴木 花子", "lang": "ja"}],
                                                  "accn": ["id:person:kakenhi**8"]}]},
                    {"estimated": True, "list": [{"person:name": [{"text": "山田 太郎", "lang": "ja"}],
                                                  "accn": ["id:person:kakenhi**7"]}]},
                ],
            }
        ],
    )  # fmt: skip
    found = [(a.name_as_written, a.person, a.position, a.role, a.roles) for a in of(Authored, rows)]
    assert found == [
        ("H. Suzuki", None, 1, "author", None),
        ("T. Yamada", "kaken:researcher:10000001", 2, "author", "estimated"),
    ]
    assert of(Work, rows)[0].title_en == "A study"


def test_a_string_that_cannot_be_divided_stays_a_note():
    """«ほか», «et al.» and affiliations in parentheses say that the list is not one; the owner is still there."""
    rows = researcher(
        work__product=[{"title:main": {"text": "論文", "lang": "ja"}, "creator:unparsed": [{"text": "和田, 平井, 他"}]}]
    )
    assert [(a.role, a.person) for a in of(Authored, rows)] == [("owner", "kaken:researcher:10000001")]
    assert ("note", "和田, 平井, 他") in [(t.role, t.text) for t in of(TextUnit, rows)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("三浦麻子・鳥海不二夫・平石界", ["三浦麻子", "鳥海不二夫", "平石界"]),
        ("Taguri M, Chiba Y", ["Taguri M", "Chiba Y"]),
        ("Matsui, T., Hirai, K., & Tokuyama, M", ["Matsui, T.", "Hirai, K.", "Tokuyama, M"]),
        ("Shiratori, Sakiko; Narmandakh,Davaatseren", ["Shiratori, Sakiko", "Narmandakh,Davaatseren"]),
        ("ジャン・ポール", ["ジャン・ポール"]),
        ("ジャン・ポール、野村泰伸", ["ジャン・ポール", "野村泰伸"]),
        ("野村泰伸・ジャン", None),
        ("楠見孝・道田泰司、三浦麻子", None),
        ("野村,泰伸", None),
        ("Nomura, Taishin", None),
        ("野村泰伸、他3名", None),
        ("Hirai K, et al.", None),
        ("佐倉統（司会）、平石界", None),
        ("", None),
    ],
)
def test_author_strings_are_divided_only_where_it_is_certain(text: str, expected: list[str] | None):
    """A comma may divide a name, a middle dot a foreign one; then the string stays whole."""
    assert split_names(text) == expected


def test_the_same_project_of_two_products_is_one(samples: Path):
    """A project that only a product names is bare, and written once."""
    product = {
        "title:main": {"text": "x"},
        "relation:relatedResource": [{"id:project:kakenhi": "KAKENHI-PROJECT-20K00001"}],
    }
    rows = researcher(work__product=[product, product])
    assert [p.award_number for p in of(Project, rows)] == ["20K00001"]
    assert len(of(OutputOf, rows)) == 2


def test_wrong_types_on_purpose(samples: Path):
    """A string where a list is expected is read; null is nothing."""
    rows = read(sample(samples / "nrid/nrid_malformed_types.json")[0])
    assert [p.name_en for p in of(Person, rows)] == ["Test Name"]
    assert ("erad", "99999999") in {(i.scheme, i.value) for i in of(Identifier, rows)}


# --- robustness ----------------------------------------------------------------------------------------------

ODD = [None, 0, -1, 1e300, True, "", "x", "\ud800", [], [[]], [None], ["x", 1], {}, {"text": 5}, {"text": ["x"]}]


def spoiled(value: Any, at: int, odd: Any) -> Any:
    """A copy in which the `at`-th value of the tree is another."""
    counter = iter(range(1 << 30))

    def walk(node: Any) -> Any:
        if next(counter) == at:
            return odd
        if isinstance(node, dict):
            return {k: walk(v) for k, v in node.items()}
        return [walk(v) for v in node] if isinstance(node, list) else node

    return walk(value)


def test_any_value_may_be_of_any_type(samples: Path):
    """Every value of a researcher replaced by fifteen odd ones: rows, losses or a refusal, nothing else."""
    native = compact(json.loads(sample(samples / "nrid/nrid_researchers_7_download.json")[6].raw), set(), 1)
    for at in range(0, 700, 3):
        raw = json.dumps(spoiled(native, at, ODD[at % len(ODD)])).encode()
        try:
            rows = list(kaken.to_records(raw, ref("researcher")))
        except BadRecord:
            continue
        for row in rows:
            for column in dataclasses.fields(row):
                value = getattr(row, column.name)
                assert value is None or isinstance(value, str | int | bool)
                assert not isinstance(value, str) or value.encode("utf-8") is not None


@pytest.mark.parametrize(
    "raw",
    [b"", b"null", b"[]", b"{}", b'{"name": null}', b"{" * 300, b"\xff\xfe\x00", b'{"accn": ' + b"[" * 500 + b"]" * 500 + b"}"],
)  # fmt: skip
def test_what_is_no_researcher_is_refused(raw: bytes):
    """Nothing to read: a refusal with a reason."""
    with pytest.raises(BadRecord):
        list(kaken.to_records(raw, ref("researcher")))


@pytest.mark.parametrize(
    "raw", [b"", b"<grantAward", b"<x/>", b"<grantAward/>", b"<!DOCTYPE a [<!ENTITY b 'c'>]><grantAward id='1'>&b;</grantAward>"]
)  # fmt: skip
def test_what_is_no_award_is_refused(raw: bytes):
    """Nothing to read: a refusal with a reason."""
    with pytest.raises(BadRecord):
        list(kaken.to_records(raw, ref("project")))


def test_an_unknown_form_is_refused():
    """The store may hold a form of a later version."""
    with pytest.raises(BadRecord):
        kaken.to_records(b"{}", ref("grant"))


def test_bad_values_of_an_award_are_named():
    """A loss has its path and value; the rest of the award loads."""
    rows = award(
        """<identifier type="doi"><normalizedValue>no</normalizedValue></identifier><summary xml:lang="ja"><title>題</title>
        <member eradCode="ABC" role="principal_investigator"/><review_section niiCode="1"/>
        <overallAwardAmount><totalCost>many</totalCost></overallAwardAmount></summary>
        <fileList><file><path>javascript:x</path></file></fileList>"""
    )
    assert of(Project, rows)[0].title_ja == "題"
    assert {(s.path, s.value) for s in of(Skipped, rows)} == {
        ("identifier[0]", "no"),
        ("summary[0]/member[0]/@eradCode", "ABC"),
        ("summary[0]/review_section[0]", "1"),
        ("summary[0]/overallAwardAmount[0]/totalCost", "many"),
        ("fileList[0]/file[0]/path", "javascript:x"),
    }


# --- the list of fields --------------------------------------------------------------------------------------


def test_the_list_is_well_formed():
    """A known use, a note, no wildcard."""
    for (_, path), (use, note) in listed_fields("kaken").items():
        assert use in USES
        assert note
        assert "*" not in path


def test_coverage_of_the_samples(samples: Path):
    """No field of the samples is unknown; at least 85 % of the occurrences are read."""
    counts: Counter[str] = Counter()
    for name in RECORD_FILES:
        for piece in sample(samples / name):
            for path, n in occurrences(piece.raw, piece.form, "kaken").items():
                counts[listed_fields("kaken").get((piece.form, path), ("unknown", ""))[0]] += n
    assert counts["unknown"] == 0
    assert counts["read"] / counts.total() >= 0.85


def compact(native: dict[str, Any], seen: set[str], least: int) -> dict[str, Any]:
    """A researcher with only those projects, products, names and affiliations that show a path not seen before."""
    small = dict(native)
    for key in ("work:project", "work:product", "names", "affiliations:history"):
        kept: list[Any] = []
        for element in native.get(key) or []:
            paths = {f"{key}[].{p}" for p, _ in leaves(element)}
            if len(kept) < least or paths - seen or "source:alternativeTitle" in element:
                kept.append({k: v[:2] if k == "keyword" else v for k, v in element.items()})
                seen |= paths
        small[key] = kept
    small["recordSource"] = {k: v[:2] for k, v in (native.get("recordSource") or {}).items()}
    small["relation:relatedResource"] = (native.get("relation:relatedResource") or [])[:2]
    return small


def compact_award(raw: bytes) -> bytes:
    """An award without the repetitions of its long lists."""
    root = copy.deepcopy(etree.fromstring(raw))
    for name, kept in (
        ("productList", {0, 4, 12, 13}), ("productListEnriched", {0, 4, 12, 13}), ("grantList", {0, 1, 2}),
        ("reportList", {0, 8}), ("memberList", {0, 1, 8, 10}),
    ):  # fmt: skip
        for group in root.iterfind(name):
            for i, element in enumerate(list(group)):
                if i not in kept:
                    group.remove(element)
    for element in [*root.findall("paragraphList")[2:], *root.findall("keywordList")[1:]]:
        root.remove(element)
    for status in root.findall("summary/projectStatus")[1:]:
        status.getparent().remove(status)
    for keyword in root.findall(".//keyword")[1:]:
        keyword.getparent().remove(keyword)
    return bytes(etree.tostring(root))


def compact_samples(samples: Path) -> Iterator[Piece]:
    seen: set[str] = set()
    for name in RECORD_FILES:
        for piece in sample(samples / name):
            if piece.form == "researcher":
                small = compact(json.loads(piece.raw), seen, 1)
                yield piece._replace(raw=json.dumps(small, ensure_ascii=False).encode())
            else:
                yield piece._replace(raw=compact_award(piece.raw))
    yield sample(samples / "kaken/master_agency_kakenhi.xml")[0]


def test_what_is_said_to_be_read_is_read(samples: Path):
    """Changing a value of any path listed as read changes the rows."""
    reads = {where for where, (use, _) in listed_fields("kaken").items() if use == "read"}
    assert silent(kaken, compact_samples(samples), reads) == set()
