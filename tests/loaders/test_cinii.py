"""CiNii Research: every sample loads, each part lands where it belongs, and nothing is lost in silence."""

from __future__ import annotations

import copy
import csv
import hashlib
import json
import random
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

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
    ProjectRelation,
    PublishedIn,
    Record,
    Row,
    Skipped,
    TextUnit,
    Venue,
    Work,
    WorkRelation,
    columns,
)
from loaders import cinii
from loaders.base import Broken, Document, Piece
from loaders.paths import occurrences
from tests.loaders.pieces import document, listed_fields, ref_of

PAGE = "https://cir.nii.ac.jp/crid/"


# --- invented records in the shape of NII's field table -------------------------------------------------------


def lang(tag: str, value: str) -> dict[str, str]:
    return {"@language": tag, "@value": value}


def code(kind: str, value: str) -> dict[str, str]:
    return {"@type": kind, "@value": value}


ARTICLE: dict[str, Any] = {
    "@context": {"@vocab": "https://cir.nii.ac.jp/schema/1.0/"},
    "@id": f"{PAGE}1390000000000000001.json",
    "@type": "Article",
    "productIdentifier": [
        {"identifier": code("DOI", "10.99999/EXAMPLE.1")},
        {"identifier": code("ISSN", "0024-0974"), "extra": {"type": "title", "value": "第1巻"}},
    ],
    "resourceType": "学術雑誌論文(journal article)",
    "dc:title": [lang("ja", "河川堤防の模型実験"), lang("ja-Kana", "カセン テイボウ ノ モケイ ジッケン")],
    "dcterms:alternative": [lang("en", "Model tests of river levees")],
    "dc:language": "jpn",
    "description": [
        {"type": "abstract", "notation": [lang("ja", "堤防を調べた。")], "abstractLicenseFlag": {"@value": "allow"}}
    ],
    "creator": [
        {
            "@id": f"{PAGE}1420000000000000002",
            "@type": "Researcher",
            "personIdentifier": [
                code("NRID", "1000090000012"),
                code("KAKEN_RESEARCHERS", "90000012"),
                code("CINII_AUTHOR_ID", "DA99999999"),
                code("RESEARCHMAP", "https://researchmap.jp/example_kawa"),
                code("ORCID", "0000-0002-1825-0097"),
                code("VIAF", "99999"),
            ],
            "foaf:name": [lang("ja", "川野 例子"), lang("en", "KAWANO Reiko"), lang("ja-Kana", "カワノ レイコ")],
            "jpcoar:affiliationName": [lang("ja", "架空大学"), lang("en", "Kakuu University")],
            "role": "著者",
        }
    ],
    "contributor": [
        {"foaf:name": [lang("ja", "山田 仮名")], "role": "編集者"},
        {"@id": f"{PAGE}1070000000000000009", "@type": "Researcher", "foaf:name": [lang("ja", "海野 架空")]},
    ],
    "publication": {
        "publicationIdentifier": [code("LISSN", "0024-0974"), code("ISBN", "9784000000000")],
        "prism:publicationName": [lang("ja", "架空河川学会誌")],
        "dc:publisher": [lang("ja", "架空河川学会")],
        "prism:publicationDate": "2021-05",
        "prism:volume": "3",
        "prism:number": "2",
        "prism:startingPage": "11",
        "prism:endingPage": "19",
        "jpcoar:numPages": "9",
        "foreign": "false",
        "jointInternationalResearch": "true",
    },
    "reviewed": "true",
    "dcterms:accessRights": "open access",
    "jpcoar:conferenceName": "架空河川討論会",
    "jpcoar:conferencePlace": "架空市",
    "jpcoar:conferenceDate": {
        "jpcoar:startYear": "2021",
        "jpcoar:startMonth": "4",
        "jpcoar:startDay": "30",
        "jpcoar:endYear": "2021",
        "jpcoar:endMonth": "5",
        "jpcoar:endDay": "2",
    },
    "jpcoar:conferenceSponsor": "架空河川学会",
    "invited": "false",
    "dc:rights": ["CC BY 4.0"],
    "url": [{"@id": "https://example.org/levee", "notation": [lang("ja", "本文"), lang("en", "Text")]}],
    "createdAt": "2021-06-01",
    "modifiedAt": "2022-07-02",
    "foaf:topic": [{"@id": "https://cir.nii.ac.jp/all?q=levee", "dc:title": [lang("ja", "堤防")]}],
    "dcterms:subject": [
        {"subjectScheme": "NDC9", "notation": [lang("ja", "517.5")]},
        {"subjectScheme": "BSH", "notation": [lang("ja", "洪水")]},
    ],
    "cinii:note": [lang("ja", "英文要旨あり")],
    "project": [
        {
            "@id": f"{PAGE}1040000000000000003",
            "@type": "Project",
            "projectIdentifier": [code("KAKEN", "99K99999")],
            "notation": [lang("ja", "堤防の研究"), lang("en", "Levees")],
            "role": "研究代表者",
        }
    ],
    "relatedProduct": [
        {
            "@id": f"{PAGE}1390000000000000004",
            "@type": "Article",
            "productIdentifier": [code("DOI", "10.99999/example.2")],
            "resourceType": "学術雑誌論文(journal article)",
            "relationType": ["references"],
            "jpcoar:relatedTitle": [lang("ja", "堤防の先行研究")],
        }
    ],
    "dataSourceIdentifier": [code("IRDB", "oai:irdb.nii.ac.jp:99999:1")],
}

BOOK: dict[str, Any] = {
    "@id": f"{PAGE}1130000000000000005.json",
    "@type": "Book",
    "productIdentifier": [{"identifier": code("NCID", "BB99999999")}],
    "dc:title": [lang("ja", "架空の本")],
    "creator": [{"foaf:name": [lang("ja", "仮野 著子")]}],
    "prism:edition": "第2版",
    "printing": "第3刷",
    "dc:date": "2015-04",
    "dcterms:medium": {"generalMaterialDesignationCode": "h", "specificMaterialDesignationCode": "d"},
    "dc:creator": "仮野著子著",
    "publicationCountryCode": "ja",
    "dcterms:publisher": [{"dc:publisher": "架空書房", "publicationPlace": "東京", "prism:publicationDate": "2015.3"}],
    "dc:subject": ["NDC8:913.6", {"NDLC": "KH1"}, "小説"],
    "cinii:size": "22cm",
    "dcterms:extent": "xii, 320p",
    "publicationStatusCode": "c",
    "publicationPeriodicityCode": "m",
    "publicationRegularityCode": "r",
    "serialsTypeCode": "p",
    "dcterms:tableOfContents": [{"language": "ja", "dcterms:title": ["序章", "終章"]}],
    "dataSourceIdentifier": [code("CIB", "BB99999999")],
}

DISSERTATION: dict[str, Any] = {
    "@id": f"{PAGE}1910000000000000006.json",
    "@type": "Dissertation",
    "dc:title": [lang("ja", "架空の学位論文")],
    "creator": [{"foaf:name": [lang("ja", "仮野 博子")]}],
    "ndl:dissertationNumber": "甲第999号",
    "ndl:dateGranted": "2019-03-25",
    "ndl:degreeName": "博士(工学)",
    "degreeAwardInstitution": {
        "institutionIdentifier": [code("KAKEN", "99999")],
        "jpcoar:degreeGrantorName": [lang("ja", "架空大学"), lang("en", "Kakuu University")],
    },
}

DATASET: dict[str, Any] = {
    "@id": f"{PAGE}1880000000000000007.json",
    "@type": "Dataset",
    "resourceType": "データセット(dataset)",
    "dc:title": [lang("en", "Levee measurements")],
    "creator": [{"foaf:name": [lang("en", "Reiko Kawano")]}],
    "jpcoar:extent": ["12 MB"],
    "format": ["text/csv"],
    "datacite:version": "1.2",
    "dcterms:publisher": [{"dc:publisher": "架空データ館", "prism:publicationDate": "[2020]"}],
}

PROJECT: dict[str, Any] = {
    "@id": f"{PAGE}1040000000000000003.json",
    "@type": "Project",
    "projectIdentifier": [code("KAKEN", "99K99999"), code("JGN", "JP99K99999")],
    "jpcoar:awardTitle": [lang("ja", "堤防の研究"), lang("en", "Levees")],
    "description": [{"notation": [lang("ja", "堤防を研究する。")]}],
    "researcher": [
        {
            "@id": f"{PAGE}1420000000000000002",
            "@type": "Researcher",
            "personIdentifier": [code("KAKEN_RESEARCHERS", "90000012")],
            "name": [lang("ja", "川野 例子"), lang("en", "KAWANO Reiko")],
            "affiliation": [lang("ja", "架空大学"), lang("en", "Kakuu University")],
            "role": "principal_investigator",
        },
        {"name": [lang("ja", "山田 仮名")], "role": "co_investigator_buntan"},
    ],
    "since": "2019-04-01",
    "until": "2022-03-31",
    "institution": [
        {"institutionIdentifier": [code("KAKEN", "99999")], "notation": [lang("ja", "架空大学")]},
        {"institutionIdentifier": [code("KAKEN", "99999")], "notation": [lang("en", "Kakuu University")]},
    ],
    "fundingProgram": [{"notation": [lang("ja", "架空学術振興会"), lang("en", "Kakuu Society")]}],
    "grant": {
        "grantIdentifier": [code("KAKEN", "G1")],
        "jpcoar:fundingStream": [lang("ja", "基盤研究(C)"), lang("en", "Scientific Research (C)")],
    },
    "field": [
        {
            "keyword": [
                {"language": "ja", "textList": ["小区分25030:防災工学関連"]},
                {"language": "en", "textList": ["Basic Section 25030:Disaster prevention engineering-related"]},
            ]
        }
    ],
    "allocationClassification": [{"notation": [lang("ja", "基金"), lang("en", "Fund")]}],
    "allocationAmount": {
        "totalCost": {"amount": "4,290", "unit": "千円", "currency": "JPY"},
        "breakdownCost": [
            {"notation": [lang("ja", "直接経費")], "amount": "3300000", "unit": "円", "currency": "JPY"},
            {"notation": [lang("ja", "間接経費")], "amount": "990000", "unit": "円", "currency": "JPY"},
        ],
    },
    "foaf:topic": [{"dc:title": ["堤防", "防災"]}],
    "cinii:note": [lang("ja", "備考")],
    "url": [{"@id": "https://kaken.nii.ac.jp/grant/KAKENHI-PROJECT-99K99999/"}],
    "relatedProject": [
        {
            "@id": f"{PAGE}1040000000000000008",
            "@type": "Project",
            "projectIdentifier": [code("KAKEN", "98H00001")],
            "relationType": "isPartOf",
            "notation": [lang("ja", "親課題")],
        }
    ],
    "product": [
        {
            "@id": f"{PAGE}1390000000000000001",
            "@type": "Article",
            "resourceType": "学術雑誌論文(journal article)",
            "productIdentifier": [code("DOI", "10.99999/example.1")],
            "notation": [lang("ja", "河川堤防の模型実験")],
        },
        {"@type": "Book", "notation": [lang("ja", "堤防の本")]},
    ],
    "dataSourceIdentifier": [code("KAKEN", "KAKENHI-PROJECT-99K99999")],
}

RESEARCHER: dict[str, Any] = {
    "@id": f"{PAGE}1420000000000000002.json",
    "@type": "Researcher",
    "personIdentifier": [code("NRID", "1000090000012"), code("RESEARCHMAP", "R000099999")],
    "foaf:Person": [
        {
            "foaf:name": [lang("ja", "川野例子"), lang("ja-Kana", "カワノ レイコ"), lang("en", "Reiko Kawano")],
            "foaf:familyName": [lang("ja", "川野"), lang("ja-Kana", "カワノ"), lang("en", "Kawano")],
            "foaf:givenName": [lang("ja", "例子"), lang("ja-Kana", "レイコ"), lang("en", "Reiko")],
            "foaf:middleName": [lang("en", "K.")],
        }
    ],
    "career": [
        {
            "institution": {
                "institutionIdentifier": [code("KAKEN", "99999")],
                "notation": [lang("ja", "架空大学"), lang("en", "Kakuu University")],
            },
            "department": {"notation": [lang("ja", "工学部"), lang("en", "Faculty of Engineering")]},
            "jobTitle": {"notation": [lang("ja", "教授"), lang("en", "Professor")]},
            "since": "2018-04-01",
            "until": "2022-03-31",
        }
    ],
    "field": [{"notation": [lang("ja", "社会基盤 / 防災工学"), lang("en", "Infrastructure / Disaster prevention")]}],
    "foaf:topic": [{"dc:title": ["堤防"]}],
    "description": [{"notation": [lang("ja", "河川の研究者。")]}],
    "url": [{"@id": "https://example.org/kawano"}],
    "project": [
        {
            "@id": f"{PAGE}1040000000000000003",
            "@type": "Project",
            "projectIdentifier": [code("KAKEN", "99K99999")],
            "notation": [lang("ja", "堤防の研究")],
            "role": "研究代表者",
        }
    ],
    "product": [
        {
            "@id": f"{PAGE}1390000000000000001",
            "@type": "Article",
            "resourceType": "学術雑誌論文(journal article)",
            "productIdentifier": [code("DOI", "10.99999/example.1")],
            "notation": [lang("ja", "河川堤防の模型実験")],
            "relation": [{"type": "author", "detail": "筆頭著者"}],
        }
    ],
}

ITEM: dict[str, Any] = {
    "@id": f"{PAGE}1390000000000000001",
    "@type": "item",
    "title": "河川堤防の模型実験",
    "link": {"@id": f"{PAGE}1390000000000000001"},
    "rdfs:seeAlso": {"@id": f"{PAGE}1390000000000000001.json"},
    "dc:creator": ["川野 例子"],
    "dc:publisher": "架空河川学会",
    "dc:type": "Article",
    "prism:publicationName": "架空河川学会誌",
    "prism:issn": "0024-0974",
    "prism:volume": "3",
    "prism:number": "2",
    "prism:startingPage": "11",
    "prism:endingPage": "19",
    "prism:pageRange": "9",
    "prism:publicationDate": "2021-05",
    "description": "<jats:p>堤防を調べた。</jats:p>",
    "abstractLicenseFlag": "allow",
    "dc:identifier": [code("cir:DOI", "10.99999/example.1")],
    "dc:subject": ["堤防"],
    "dc:source": [{"@id": "https://example.org/levee", "dc:title": "架空リポジトリ"}],
}

DISSERTATION_ITEM: dict[str, Any] = {
    "@id": f"{PAGE}1910000000000000006",
    "title": "架空の学位論文",
    "dc:creator": "仮野 博子",
    "dc:type": "Doctoral Dissertation",
    "dc:publisher": "架空大学",
    "dc:date": "2019-03-25",
    "ndl:degreeName": "博士(工学)",
    "ndl:dissertationNumber": "甲第999号",
}

RESEARCHER_ITEM: dict[str, Any] = {
    "@id": f"{PAGE}1420000000000000002",
    "title": "川野 例子",
    "description": "架空大学 工学部",
    "dc:type": "Researcher",
    "dc:identifier": [code("cir:NRID", "1000090000012")],
}

OLD_RECORD: dict[str, Any] = {
    "@id": "https://ci.nii.ac.jp/naid/999999999999#article",
    "@type": "bibo:Thesis",
    "dc:title": [lang("ja", "架空の学位論文")],
    "dc:creator": [[lang("ja", "海野 架空"), lang("ja-Kana", "ウミノ カクウ")]],
    "dc:date": "2018",
    "foaf:maker": [
        {
            "@id": "https://ci.nii.ac.jp/nrid/1000090000012#me",
            "@type": "foaf:Person",
            "foaf:name": [lang("ja", "川野, 例子")],
            "con:organization": [{"@type": "foaf:Organization", "foaf:name": [lang("ja", "架空大学")]}],
        }
    ],
}

OLD_GRANTED: dict[str, Any] = {"@type": "bibo:Thesis", "dc:title": ["甲"], "ndl:dateGranted": "2018-03-02"}

SCHEMA_ORG: dict[str, Any] = {
    "@type": "ScholarlyArticle",
    "name": "河川堤防の模型実験",
    "author": [{"@type": "Person", "name": "川野 例子"}],
    "identifier": {"@type": "DOI", "text": "10.99999/example.1"},
    "keywords": "堤防, 河川",
    "datePublished": "2021-05",
    "publication": {"@type": "Periodical", "name": "架空河川学会誌"},
    "volumeNumber": "3",
    "issueNumber": "2",
    "url": f"{PAGE}1390000000000000001",
}

RSS = """<rdf:RDF xmlns="http://purl.org/rss/1.0/" xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
 xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:prism="http://prismstandard.org/namespaces/basic/2.0/">
<item rdf:about="https://cir.nii.ac.jp/crid/1390000000000000001"><title>河川堤防の模型実験</title>
<description>堤防を調べた。</description><dc:creator>川野 例子</dc:creator><dc:creator>山田 仮名</dc:creator>
<dc:subject>堤防</dc:subject><dc:identifier rdf:datatype="cir:DOI">10.99999/example.1</dc:identifier>
</item></rdf:RDF>"""

ATOM = """<feed xmlns="http://www.w3.org/2005/Atom" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:prism="http://prismstandard.org/namespaces/basic/2.0/"><title>CiNii Research</title>
<entry><title>河川堤防の模型実験</title><link href="https://cir.nii.ac.jp/crid/1390000000000000001"/>
<link rel="alternate" type="application/rdf+xml" href="https://cir.nii.ac.jp/crid/1390000000000000001.rdf"/>
<id>https://cir.nii.ac.jp/crid/1390000000000000001</id><updated>2026-01-01T00:00:00+09:00</updated>
<author><name>川野 例子</name></author><content>堤防を調べた。</content><dc:publisher>架空河川学会</dc:publisher>
<prism:publicationDate>2021-05</prism:publicationDate></entry></feed>"""

INVENTED: dict[str, list[dict[str, Any]]] = {
    "record": [ARTICLE, BOOK, DISSERTATION, DATASET, PROJECT, RESEARCHER],
    "item": [ITEM, DISSERTATION_ITEM, RESEARCHER_ITEM],
    "old_record": [OLD_RECORD, OLD_GRANTED],
    "schema_org": [SCHEMA_ORG],
}


# --- helpers -------------------------------------------------------------------------------------------------


def rows_of(raw: bytes, form: str, record_id: str = "1") -> list[Row | Skipped]:
    return list(cinii.to_records(raw, ref_of("cinii", Piece(form, record_id, raw, "$"))))


def read(native: object, form: str = "record") -> list[Row | Skipped]:
    return rows_of(json.dumps(native, ensure_ascii=False).encode(), form)


def pick(rows: list[Row | Skipped], class_: type[Any], /, **wanted: object) -> list[Any]:
    return [r for r in rows if isinstance(r, class_) and all(getattr(r, k) == v for k, v in wanted.items())]


def one(rows: list[Row | Skipped], class_: type[Any], /, **wanted: object) -> Any:
    found = pick(rows, class_, **wanted)
    assert len(found) == 1, found
    return found[0]


def ids_of(rows: list[Row | Skipped], subject: str) -> dict[str, str]:
    return {r.scheme: r.value for r in pick(rows, Identifier, subject=subject)}


def pieces(text: str | bytes, name: str = "x") -> list[Piece | Broken]:
    raw = text.encode() if isinstance(text, str) else text
    return list(cinii.split(document(raw, name)))


def file_pieces(path: Path) -> list[Piece | Broken]:
    return list(cinii.split(Document(str(path), lambda: path.open("rb"))))


def manifest(samples: Path) -> list[dict[str, str]]:
    with (samples / "MANIFEST.tsv").open(encoding="utf-8", newline="") as f:
        rows = csv.DictReader(f, delimiter="\t", quoting=csv.QUOTE_NONE)
        return [row for row in rows if row["source"] == "cinii"]


def is_definition(row: dict[str, str]) -> bool:
    return row["record_type"].startswith("FORMAT DEFINITION")


def sample_records(samples: Path) -> list[Piece]:
    files = [samples / row["path"] for row in manifest(samples) if not is_definition(row)]
    return [p for f in files for p in file_pieces(f) if isinstance(p, Piece)]


def unit(record: str, subject: str, kind: Any, field: str, role: str, tag: str, text: str) -> TextUnit:
    return TextUnit(
        record=record,
        subject=subject,
        subject_kind=kind,
        field=field,
        role=role,
        lang=tag,
        text=text,
        text_hash=hashlib.sha256(text.encode()).hexdigest(),
    )


# --- the samples ---------------------------------------------------------------------------------------------


def test_every_sample_loads(samples: Path) -> None:
    """Each record file of the manifest gives at least the records that the manifest counts, each with one Record."""
    for row in manifest(samples):
        if is_definition(row):
            continue
        found = file_pieces(samples / row["path"])
        assert [p for p in found if isinstance(p, Broken)] == [], row["path"]
        assert len(found) >= int(row["n_records"]), row["path"]
        for piece in found:
            assert isinstance(piece, Piece)
            rows = rows_of(piece.raw, piece.form, piece.record_id)
            record = one(rows, Record)
            assert record.id == record.about == f"cinii:{piece.form}:{piece.record_id}"


def test_definitions_are_named_as_such(samples: Path) -> None:
    """The table of fields, the JSON Schema and the list of parameters hold no records, and the error says so."""
    rows = [row for row in manifest(samples) if is_definition(row)]
    assert len(rows) == 3
    for row in rows:
        with pytest.raises(NothingUsable, match="a definition of the format, not records"):
            file_pieces(samples / row["path"])


def test_article_field_by_field(samples: Path) -> None:
    """The JSON-LD record 1390282680241132288 gives exactly these rows."""
    (piece,) = file_pieces(samples / "cinii" / "crid_1390282680241132288.json")
    assert isinstance(piece, Piece)
    native = json.loads(piece.raw)
    en, ja = (n["@value"] for n in native["description"][0]["notation"])
    w = "cinii:record:1390282680241132288"
    a, v, o = f"{w}#creator[0]", f"{w}#publication", f"{w}#creator[0].jpcoar:affiliationName[0]"
    title_ja = "日本産Stenolechia属キバガの再検討"
    title_en = "A Revision of the Genus Stenolechia MEYRICK from Japan (Lepidoptera, Gelechiidae)"
    kana = "ニホンサンStenolechiaゾク キバガ ノ サイケントウ エイブン"
    laboratory = "Entomological Laboratory, Faculty of Agriculture, Kyushu University"
    page = "http://id.ndl.go.jp/bib/3022597"
    names = "publication.prism:publicationName"
    expected: list[Row] = [
        Record(id=w, kind="work", about=w, url=f"{PAGE}1390282680241132288", data_sources="JALC; CIA; NDL"),
        Identifier(subject=w, kind="work", scheme="crid", value="1390282680241132288"),
        Identifier(subject=w, kind="work", scheme="oai", value="oai:japanlinkcenter.org:2003075338"),
        Identifier(subject=w, kind="work", scheme="oai", value="oai:iss.ndl.go.jp:R000000004-I3022597-00"),
        Identifier(subject=w, kind="work", scheme="doi", value="10.18984/lepid.35.3_93"),
        Identifier(subject=w, kind="work", scheme="naid", value="110007707553"),
        Identifier(subject=w, kind="work", scheme="ndl_bib", value="3022597"),
        Identifier(subject=w, kind="work", scheme="uri", value=page, url=page),
        Work(
            id=w,
            type="article",
            title_ja=title_ja,
            title_en=title_en,
            title_kana=kana,
            year=1984,
            date="1984",
            language="en",
            publisher="日本鱗翅学会",
            volume="35",
            issue="3",
            first_page="93",
            last_page="120",
            source_type="Article",
        ),
        unit(w, w, "work", "dc:title[0]", "title", "ja", title_ja),
        unit(w, w, "work", "dc:title[1]", "title", "en", title_en),
        unit(w, w, "work", "dc:title[2]", "title", "", "日本産Stenolechia属キバガの再検討〔英文〕"),
        unit(w, w, "work", "dc:title[3]", "title", "ja-Kana", kana),
        unit(w, w, "work", "description[0].notation[0]", "abstract", "en", en),
        unit(w, w, "work", "description[0].notation[1]", "abstract", "ja", ja),
        Person(id=a, name_ja="金沢 至", name_en="KANAZAWA Itaru"),
        Identifier(subject=a, kind="person", scheme="crid", value="1410001205410563840"),
        Identifier(subject=a, kind="person", scheme="nrid", value="1000004760041"),
        Identifier(subject=a, kind="person", scheme="erad", value="04760041"),
        Organization(id=o, name_en=laboratory),
        Affiliation(
            person=a,
            path="creator[0].jpcoar:affiliationName[0]",
            kind="as_author",
            organization=o,
            organization_en=laboratory,
            observed="1984",
        ),
        Authored(
            work=w,
            path="creator[0]",
            person=a,
            position=1,
            name_as_written="金沢 至",
            name_en="KANAZAWA Itaru",
            affiliation_as_written=laboratory,
            organization=o,
        ),
        Venue(id=v, name_ja="蝶と蛾", name_en="Lepidoptera Science", publisher="日本鱗翅学会"),
        Identifier(subject=v, kind="venue", scheme="issn", value="0024-0974"),
        Identifier(subject=v, kind="venue", scheme="eissn", value="1880-8077"),
        Identifier(subject=v, kind="venue", scheme="ndl_bib", value="000000015264"),
        Identifier(subject=v, kind="venue", scheme="ncid", value="AN0040888X"),
        unit(w, v, "venue", f"{names}[2]", "title", "en", "Cho to Ga"),
        unit(w, v, "venue", f"{names}[3]", "title", "en", "Trans. lepid. Soc. Japan"),
        unit(w, v, "venue", f"{names}[4]", "title", "en", "Tyo to Ga"),
        unit(w, v, "venue", f"{names}[5]", "title", "ja", "蝶と蛾"),
        unit(w, v, "venue", f"{names}[6]", "title", "en", "Transaction of the Lepidopterological Society of Japan"),
        PublishedIn(work=w, venue=v),
        Link(subject=w, kind="work", url=page),
    ]
    assert Counter(rows_of(piece.raw, piece.form, piece.record_id)) == Counter(expected)


def test_project_item_field_by_field(samples: Path) -> None:
    """The search item of project 19KK0341 gives exactly these rows; its investigator is a name, not a person."""
    (piece,) = file_pieces(samples / "cinii" / "opensearch_v2_projects_19KK0341_ja.json")
    assert isinstance(piece, Piece)
    assert (piece.form, piece.path) == ("item", "$.items[0]")
    p = "cinii:item:1040848250614322432"
    title = "マダガスカル農村部における食環境の評価と食生活指針"
    kaken = "https://kaken.nii.ac.jp/grant/KAKENHI-PROJECT-19KK0341/"
    summary = (
        "マダガスカルの食事はコメの消費に偏っており、栄養不足や栄養バランスの不均衡がみられる。"
        "消費者の嗜好や行動に注目し栄養改善のモチベーションを探る基課題に対し、本国際共同研究では、"
        "実際に消費している食品をベースとして栄養改善に貢献する食生活指針を策定することを目的とする。"
        "つまり現在の食環境の特性を示し、栄養素供給の過不足を同定し、建設的な解決策を導く。"
        "各国・地域に固有の食環境に注目し、発育阻害の軽減に取り組む研究者と共同研究を行うことで、"
        "食環境評価の精度向上や効率化がみこめる。"
    )
    keywords = ["栄養改善", "食環境", "マダガスカル", "食生活指針", "開発途上地域"]
    expected: list[Row] = [
        Record(id=p, kind="project", about=p, url=f"{PAGE}1040848250614322432"),
        Identifier(subject=p, kind="project", scheme="crid", value="1040848250614322432"),
        Identifier(subject=p, kind="project", scheme="award", value="19KK0341"),
        Identifier(subject=p, kind="project", scheme="jgn", value="JP19KK0341"),
        Identifier(subject=p, kind="project", scheme="kaken", value="KAKENHI-PROJECT-19KK0341", url=kaken),
        Project(id=p, award_number="19KK0341", title_ja=title, source_type="Project"),
        unit(p, p, "project", "title", "title", "", title),
        unit(p, p, "project", "description", "summary", "", summary),
        *(unit(p, p, "project", f"dc:subject[{i}]", "keyword", "", k) for i, k in enumerate(keywords)),
        MemberOf(project=p, path="dc:creator[0]", role="member", position=1, name_as_written="白鳥 佐紀子"),
        Link(subject=p, kind="project", url=kaken, label="KAKEN"),
    ]
    assert Counter(rows_of(piece.raw, piece.form, piece.record_id)) == Counter(expected)


# --- single records by the field table ------------------------------------------------------------------------


def test_article_by_the_table() -> None:
    """Every field that the table gives for articles reaches its column."""
    rows = read(ARTICLE)
    key = "cinii:record:1"
    assert pick(rows, Skipped) == []
    assert one(rows, Work, id=key) == Work(
        id=key,
        type="article",
        title_ja="河川堤防の模型実験",
        title_en="Model tests of river levees",
        title_kana="カセン テイボウ ノ モケイ ジッケン",
        year=2021,
        date="2021-05",
        language="ja",
        publisher="架空河川学会",
        volume="3",
        issue="2",
        first_page="11",
        last_page="19",
        page_count="9",
        refereed=True,
        invited=False,
        international=False,
        international_collaboration=True,
        open_access=True,
        rights="CC BY 4.0",
        source_type="学術雑誌論文(journal article)",
        event="架空河川討論会",
        event_place="架空市",
        event_start="2021-04-30",
        event_end="2021-05-02",
    )
    assert one(rows, Record) == Record(
        id=key,
        kind="work",
        about=key,
        url=f"{PAGE}1390000000000000001",
        created="2021-06-01",
        modified="2022-07-02",
        data_sources="IRDB",
    )
    assert one(rows, Link) == Link(subject=key, kind="work", url="https://example.org/levee", label="本文")
    assert one(rows, InField).notation == "517.5"
    assert one(rows, InField).scheme == "ndc"
    assert {(u.role, u.text) for u in pick(rows, TextUnit) if u.role in ("keyword", "note")} == {
        ("keyword", "堤防"),
        ("keyword", "洪水"),
        ("note", "架空河川学会"),
        ("note", "英文要旨あり"),
        ("note", "第1巻"),
    }
    project = one(rows, OutputOf).project
    assert one(rows, Project) == Project(
        id=project, award_number="99K99999", title_ja="堤防の研究", title_en="Levees", source_type="Project"
    )
    assert ids_of(rows, project) == {"award": "99K99999", "crid": "1040000000000000003"}
    relation = one(rows, WorkRelation)
    assert (relation.kind, ids_of(rows, relation.other)["doi"]) == ("cites", "10.99999/example.2")


def test_creator_identifiers_of_every_kind() -> None:
    """All identifier types of a creator are kept, an NRID with its researcher number, and the CRID of the creator."""
    rows = read(ARTICLE)
    person = one(rows, Authored, path="creator[0]").person
    assert ids_of(rows, person) == {
        "crid": "1420000000000000002",
        "nrid": "1000090000012",
        "erad": "90000012",
        "cinii_author": "DA99999999",
        "researchmap": "example_kawa",
        "orcid": "0000-0002-1825-0097",
        "viaf": "99999",
    }
    assert one(rows, Person, id=person) == Person(
        id=person, name_ja="川野 例子", name_kana="カワノ レイコ", name_en="KAWANO Reiko"
    )


def test_affiliation_in_two_languages_is_one() -> None:
    """Japanese and English name of one affiliation are one organisation and one observation."""
    rows = read(ARTICLE)
    seen = one(rows, Affiliation)
    assert (seen.organization_ja, seen.organization_en, seen.observed) == ("架空大学", "Kakuu University", "2021-05")
    assert one(rows, Organization).id == seen.organization == one(rows, Authored, path="creator[0]").organization


def test_roles_are_read_where_given() -> None:
    """A creator is an author and a contributor a contributor unless the role says more; the words are kept."""
    rows = read(ARTICLE)
    assert one(rows, Authored, path="creator[0]").role == "author"
    editor = one(rows, Authored, path="contributor[0]")
    assert (editor.role, editor.roles, editor.person, editor.position) == ("editor", "編集者", None, 1)


def test_book_by_the_table() -> None:
    """Edition, extent, publisher, date and classifications of a book; what is no column is kept as a note."""
    rows = read(BOOK)
    work = one(rows, Work)
    assert (work.type, work.edition, work.date, work.country) == ("book", "第2版", "2015-04", "ja")
    assert (work.publisher, work.page_count) == ("架空書房", "xii, 320p ; 22cm")
    assert {(f.scheme, f.notation, f.level) for f in pick(rows, InField)} == {
        ("ndc", "913.6", "NDC8"),
        ("ndlc", "KH1", None),
    }
    assert {u.text for u in pick(rows, TextUnit, role="note")} == {"第3刷", "仮野著子著", "東京"}
    assert [u.text for u in pick(rows, TextUnit, role="description")] == ["序章", "終章"]
    assert one(rows, TextUnit, role="keyword").text == "小説"
    assert ids_of(rows, "cinii:record:1")["ncid"] == "BB99999999"


def test_dissertation_by_the_table() -> None:
    """Degree, number, day and granting institution of a dissertation."""
    rows = read(DISSERTATION)
    work = one(rows, Work)
    assert (work.type, work.degree, work.degree_institution) == ("dissertation", "博士(工学)", "架空大学")
    assert (work.date, work.year) == ("2019-03-25", 2019)
    grantor = one(rows, Organization)
    assert (grantor.name_en, ids_of(rows, grantor.id)) == ("Kakuu University", {"nii": "99999"})
    assert [u.text for u in pick(rows, TextUnit, role="note")] == ["甲第999号"]


def test_dataset_by_the_table() -> None:
    """Size, format and version of a dataset."""
    rows = read(DATASET)
    work = one(rows, Work)
    assert (work.type, work.page_count, work.edition) == ("dataset", "12 MB", "1.2")
    assert (work.publisher, work.date) == ("架空データ館", "2020")
    assert one(rows, TextUnit, role="note").text == "text/csv"
    assert one(rows, Authored).name_as_written == "Reiko Kawano"


def test_project_by_the_table() -> None:
    """Funding, period, costs, institution, members and section of a project."""
    rows = read(PROJECT)
    key = "cinii:record:1"
    assert pick(rows, Skipped) == []
    assert one(rows, Project, id=key) == Project(
        id=key,
        award_number="99K99999",
        title_ja="堤防の研究",
        title_en="Levees",
        category_ja="基盤研究(C)",
        category_en="Scientific Research (C)",
        funder_ja="架空学術振興会",
        funder_en="Kakuu Society",
        program="基金",
        start="2019-04-01",
        end="2022-03-31",
        start_fiscal_year=2019,
        end_fiscal_year=2021,
        direct_cost=3_300_000,
        indirect_cost=990_000,
        total_cost=4_290_000,
        currency="JPY",
        institution_ja="架空大学",
        institution_en="Kakuu University",
        source_type="Project",
    )
    leader, member = pick(rows, MemberOf)
    assert (leader.role, leader.role_as_written) == ("principal_investigator", "principal_investigator")
    assert ids_of(rows, leader.person) == {"crid": "1420000000000000002", "erad": "90000012"}
    assert (member.role, member.person, member.name_as_written) == ("co_investigator", None, "山田 仮名")
    assert one(rows, Affiliation).kind == "as_member"
    assert one(rows, InField) == InField(
        subject=key,
        subject_kind="project",
        scheme="kaken-section",
        notation="25030",
        label="防災工学関連",
        lang="ja",
        level="小区分",
        basis="project_section",
        label_en="Disaster prevention engineering-related",
    )
    relation = one(rows, ProjectRelation)
    assert (relation.kind, ids_of(rows, relation.other)["award"]) == ("part_of", "98H00001")
    article, book = pick(rows, OutputOf, project=key)
    assert ids_of(rows, article.work)["doi"] == "10.99999/example.1"
    assert one(rows, Work, id=book.work).type == "book"
    assert [u.text for u in pick(rows, TextUnit, role="keyword")] == ["堤防", "防災"]
    assert one(rows, TextUnit, role="summary").text == "堤防を研究する。"


def test_researcher_by_the_table() -> None:
    """Names with parts, identifiers, posts, fields, projects and works of a researcher's own page."""
    rows = read(RESEARCHER)
    key = "cinii:record:1"
    assert pick(rows, Skipped) == []
    assert one(rows, Record).kind == "person"
    assert one(rows, Person) == Person(
        id=key, name_ja="川野 例子", name_kana="カワノ レイコ", name_en="Reiko Kawano", profile=True
    )
    assert one(rows, PersonName, lang="ja") == PersonName(
        person=key, name="川野例子", lang="ja", family="川野", given="例子", family_kana="カワノ", given_kana="レイコ"
    )
    assert one(rows, PersonName, lang="en").middle == "K."
    assert ids_of(rows, key) == {
        "crid": "1420000000000000002",
        "nrid": "1000090000012",
        "erad": "90000012",
        "rm_user": "R000099999",
    }
    post = one(rows, Affiliation)
    assert post == Affiliation(
        person=key,
        path="career[0]",
        kind="employment",
        organization=one(rows, Organization).id,
        organization_ja="架空大学",
        organization_en="Kakuu University",
        department="工学部",
        department_en="Faculty of Engineering",
        title="教授",
        title_en="Professor",
        start="2018-04-01",
        end="2022-03-31",
    )
    area = one(rows, InField)
    assert (area.scheme, area.label, area.label_en) == (
        "researchmap-area",
        "社会基盤 / 防災工学",
        "Infrastructure / Disaster prevention",
    )
    assert one(rows, TextUnit, role="interest").text == "堤防"
    assert one(rows, MemberOf).role == "principal_investigator"
    assert (one(rows, Authored).role, one(rows, Authored).roles) == ("author", "author; 筆頭著者")


# --- search answers ------------------------------------------------------------------------------------------


def test_item_of_an_article() -> None:
    """All fields that the answers' schema gives for a work; abstracts stay as they are, tags included."""
    rows = read(ITEM, "item")
    assert pick(rows, Skipped) == []
    work = one(rows, Work)
    assert one(rows, Record).url == ITEM["link"]["@id"]
    assert (work.title_ja, work.volume, work.first_page, work.page_count) == ("河川堤防の模型実験", "3", "11", "9")
    assert one(rows, TextUnit, role="abstract").text == "<jats:p>堤防を調べた。</jats:p>"
    assert one(rows, Identifier, kind="venue").value == "0024-0974"
    assert one(rows, Link).role == "fulltext"
    assert pick(rows, Person) == []


def test_publisher_of_a_dissertation_is_who_granted_it() -> None:
    """Search answers put the granting institution into dc:publisher."""
    work = one(read(DISSERTATION_ITEM, "item"), Work)
    assert (work.degree_institution, work.publisher, work.type) == ("架空大学", None, "dissertation")


def test_researcher_item_is_a_profile() -> None:
    """Title = name, description = where the person is."""
    rows = read(RESEARCHER_ITEM, "item")
    assert one(rows, Person).profile
    assert one(rows, Affiliation).organization_ja == "架空大学 工学部"
    assert ids_of(rows, "cinii:item:1")["erad"] == "90000012"


def test_kind_of_an_item_without_type_from_its_crid() -> None:
    """Cut-down answers lose dc:type; 1040… is a project, 1410… and 1420… are researchers."""
    for number, kind in (("1040", "project"), ("1420", "person"), ("1390", "work")):
        rows = read({"@id": f"{PAGE}{number}000000000000009", "title": "甲"}, "item")
        assert one(rows, Record).kind == kind


def test_atom_entry() -> None:
    """Atom answers give the same item: id, author and content are its address, creator and description."""
    (piece,) = pieces(ATOM)
    assert isinstance(piece, Piece)
    assert (piece.form, piece.record_id) == ("atom_entry", "1390000000000000001")
    rows = rows_of(piece.raw, piece.form)
    assert one(rows, Record).url == f"{PAGE}1390000000000000001"
    assert one(rows, Authored).name_as_written == "川野 例子"
    assert one(rows, TextUnit, role="abstract").text == "堤防を調べた。"
    assert (one(rows, Work).date, one(rows, Work).publisher) == ("2021-05", "架空河川学会")


def test_rss_item_has_several_creators() -> None:
    """Repeated elements are a list; one element alone is a single value."""
    (piece,) = pieces(RSS)
    assert isinstance(piece, Piece)
    rows = rows_of(piece.raw, piece.form)
    assert [a.name_as_written for a in pick(rows, Authored)] == ["川野 例子", "山田 仮名"]
    assert ids_of(rows, "cinii:rss_item:1") == {"crid": "1390000000000000001", "doi": "10.99999/example.1"}


def test_schema_org_with_nested_names() -> None:
    """Authors and journals of page descriptions are texts or objects with a name."""
    rows = read(SCHEMA_ORG, "schema_org")
    assert one(rows, Authored).name_as_written == "川野 例子"
    assert one(rows, Venue).name_ja == "架空河川学会誌"
    assert one(rows, TextUnit, role="keyword").text == "堤防, 河川"


# --- documents -----------------------------------------------------------------------------------------------


def as_line(native: object) -> str:
    return json.dumps(native, ensure_ascii=False)


def test_lines_of_any_form() -> None:
    """One document a line: records, items, whole answers and wrapped records side by side; a bad line stays alone."""
    lines = [
        as_line(ARTICLE),
        as_line(ITEM),
        "{broken",
        as_line({"items": [ITEM, RESEARCHER_ITEM]}),
        as_line({"response": PROJECT}),
        as_line({"@context": "http://schema.org", "@graph": [SCHEMA_ORG]}),
    ]
    found = pieces("\n".join(lines) + "\n")
    assert [(p.form if isinstance(p, Piece) else "broken", p.path) for p in found] == [
        ("record", "line 1"),
        ("item", "line 2"),
        ("broken", "line 3"),
        ("item", "line 4, $.items[0]"),
        ("item", "line 4, $.items[1]"),
        ("record", "line 5, $.response"),
        ("schema_org", "line 6, $.@graph[0]"),
    ]


def test_wrapped_record_is_cut_out_exactly() -> None:
    """The bytes under `response` are the record; the wrapper around them is not."""
    inner = as_line(ARTICLE)
    (piece,) = pieces('{"status": "response", "response" : ' + inner + "}")
    assert (piece.raw, piece.path) == (inner.encode(), "$.response")


def test_list_of_records() -> None:
    """A bare list of records and items is read element by element."""
    found = pieces(as_line([ARTICLE, ITEM]))
    assert [(p.form, p.path) for p in found if isinstance(p, Piece)] == [("record", "$[0]"), ("item", "$[1]")]


def test_answer_larger_than_the_window_is_streamed() -> None:
    """An answer over 8 MB is read item by item; nothing of it is lost."""
    item = ITEM | {"description": "長" * 30_000}
    found = pieces(as_line({"@type": "channel", "items": [item] * 100}))
    assert [p.form for p in found if isinstance(p, Piece)] == ["item"] * 100


def test_damaged_answer_keeps_its_whole_items() -> None:
    """Of an answer cut off in the middle, the items before the cut load and the rest is named."""
    text = as_line({"@type": "channel", "items": [ITEM, ITEM, ITEM]})
    found = pieces(text[: int(len(text) * 0.8)])
    assert [type(p) for p in found[:2]] == [Piece, Piece]
    assert any(isinstance(p, Broken) for p in found)


def test_empty_answer_is_no_error() -> None:
    """A search that found nothing gives no record and no complaint."""
    assert pieces(as_line({"@type": "channel", "opensearch:totalResults": 0})) == []


@pytest.mark.parametrize(
    "text",
    ["", "ID,title\n1,x\n", "<html><body>503</body></html>", "<a><b/></a>", '{"error": "x"}', '{"title": "x"}', "7"],
)
def test_other_documents_are_refused(text: str) -> None:
    """What is nothing of CiNii's is refused as a whole, with what to bring instead."""
    with pytest.raises(NothingUsable, match="holds no CiNii records") as refused:
        pieces(text)
    assert "/crid/" in refused.value.next_step


def test_strange_elements_are_quarantined_one_by_one() -> None:
    """Elements of a list that are no records stay out; the record between them loads."""
    assert [type(p) for p in pieces(as_line([1, ITEM, {"x": 1}]))] == [Broken, Piece, Broken]


# --- oddities met in the source -------------------------------------------------------------------------------


def test_creator_with_only_a_crid_is_a_mention() -> None:
    """IRDB creators have a CRID of their own per paper and no other identifier: kept, for identity to judge."""
    creator = {"@id": f"{PAGE}1070000000000000001", "@type": "Researcher", "foaf:name": [{"@value": "椎原,蓮水"}]}
    rows = read({"@type": "Article", "creator": [creator]})
    author = one(rows, Authored)
    assert author.name_as_written == "椎原,蓮水"
    assert one(rows, Person, id=author.person).name_ja == "椎原 蓮水"
    assert ids_of(rows, author.person) == {"crid": "1070000000000000001"}


def test_creator_without_any_id_is_only_a_name() -> None:
    """Creators of cut-down records and cited-reference stubs are names; both languages are one author."""
    rows = read({"creator": [{"foaf:name": [lang("en", "Saito Takako"), lang("ja", "齊藤 崇子")]}]})
    author = one(rows, Authored)
    assert (author.person, author.name_as_written, author.name_en) == (None, "齊藤 崇子", "Saito Takako")
    assert pick(rows, Person) == []


def test_translator_listed_as_creator_stays_author() -> None:
    """A translation lists translator and author alike; nothing tells them apart."""
    rows = read({"title": "我是猫", "dc:type": "Book", "dc:creator": ["于雷", "夏目漱石"]}, "item")
    assert [(a.name_as_written, a.role) for a in pick(rows, Authored)] == [("于雷", "author"), ("夏目漱石", "author")]


def test_one_creator_with_many_nrids_keeps_them_all() -> None:
    """Contaminated creators carry many NRIDs; the loader does not choose, identity does."""
    numbers = [f"10000900000{i:02d}" for i in range(12)]
    creator = {"foaf:name": ["甲 乙"], "personIdentifier": [code("NRID", n) for n in numbers]}
    rows = read({"@type": "Article", "creator": [creator]})
    assert [i.value for i in pick(rows, Identifier, scheme="nrid")] == numbers
    assert len(pick(rows, Person)) == 1


def test_internal_nrid_has_no_researcher_number() -> None:
    """NRIDs that begin with 9000 are internal and give no e-Rad number."""
    creator = {"foaf:name": ["甲 乙"], "personIdentifier": [code("NRID", "9000012345678")]}
    rows = read({"@type": "Article", "creator": [creator]})
    assert pick(rows, Identifier, scheme="erad") == []
    assert one(rows, Identifier, scheme="nrid").value == "9000012345678"


def test_creator_that_is_no_person_stays_a_name() -> None:
    """A contributor typed as anything but a person is kept as a name, and said."""
    creator = {"@id": f"{PAGE}1070000000000000001", "@type": "Organization", "foaf:name": ["架空学会"]}
    rows = read({"@type": "Article", "creator": [creator]})
    assert one(rows, Authored).person is None
    assert one(rows, Skipped).path == "creator[0].@type"


def test_live_project_type_kaken() -> None:
    """Live records say `KAKEN` where the table says `Project`."""
    rows = read(PROJECT | {"@type": "KAKEN"})
    assert one(rows, Record).kind == "project"


def test_older_field_is_a_label_without_notation() -> None:
    """Fields before 2018 are labels of older schemes."""
    rows = read(PROJECT | {"field": [{"notation": [lang("ja", "自然災害科学・防災学")]}]})
    found = one(rows, InField)
    assert (found.scheme, found.notation, found.label) == ("kaken-saimoku", "", "自然災害科学・防災学")


@pytest.mark.parametrize(
    ("text", "notation", "level"),
    [
        ("大区分J", "J", "大区分"),
        ("中区分25：社会基盤", "25", "中区分"),
        ("Medium-sized Section 9:Education", "09", "中区分"),
    ],
)
def test_sections_of_every_level(text: str, notation: str, level: str) -> None:
    """Sections are read at all three levels, in both languages, with either colon."""
    found = one(read(PROJECT | {"field": [text]}), InField)
    assert (found.notation, found.level) == (notation, level)


def test_resource_type_is_finer_than_the_kind_of_record() -> None:
    """A conference paper of a repository comes as Article; the resource type in two languages says which."""
    rows = read({"@type": "Article", "resourceType": "会議発表資料(conference paper)", "dc:title": ["甲"]})
    assert one(rows, Work).type == "conference_paper"


def test_english_title_tagged_japanese() -> None:
    """A tag is believed only where the script allows it."""
    assert one(read({"dc:title": [lang("ja", "Levees")]}), Work).title_en == "Levees"


def test_forbidden_abstract_is_not_taken() -> None:
    """An abstract whose licence flag says `disallow` is left out, and the loss is said."""
    rows = read(ITEM | {"abstractLicenseFlag": "disallow"}, "item")
    assert pick(rows, TextUnit, role="abstract") == []
    assert "abstractLicenseFlag" in one(rows, Skipped).reason
    rows = read({"description": [{"notation": [lang("ja", "秘")], "abstractLicenseFlag": "disallow"}]})
    assert (pick(rows, TextUnit), one(rows, Skipped).path) == ([], "description[0]")


def test_isbn_of_one_volume_is_not_the_whole_set() -> None:
    """An identifier with a volume beside it is related, so that it never joins set and volume."""
    extra = {"identifier": code("ISBN", "9784101010014"), "extra": {"type": "title", "value": "上"}}
    rows = read({"@type": "Book", "productIdentifier": [extra, {"identifier": code("ISBN", "9784101010021")}]})
    found = {i.value: i.relation for i in pick(rows, Identifier, scheme="isbn")}
    assert found == {"9784101010014": "related", "9784101010021": "self"}


def test_issn_on_a_work_never_joins_works() -> None:
    """An ISSN among the identifiers of a work is the journal's."""
    rows = read({"@type": "Article", "productIdentifier": [{"identifier": code("PISSN", "0024-0974")}]})
    assert one(rows, Identifier).relation == "part_of"


def test_one_string_creator_and_nested_creators() -> None:
    """The old service gave creators as one string, as objects and as lists of one name's forms."""
    for value in ("山田太郎", [{"@value": "山田太郎"}], [{"name": "山田太郎"}], [["山田太郎"]]):
        assert one(read({"title": "甲", "dc:creator": value}, "old_item"), Authored).name_as_written == "山田太郎"
    both = [[{"@value": "山田 太郎"}, lang("en", "Yamada Taro")]]
    assert one(read({"dc:title": ["甲"], "dc:creator": both}, "old_record"), Authored).name_en == "Yamada Taro"


def test_old_maker_and_creator_are_one_author() -> None:
    """Old single records name their authors twice; a creator that no maker names is one more author."""
    maker = {"@id": "https://ci.nii.ac.jp/nrid/1000090000012#me", "foaf:name": [{"@value": "川野, 例子"}]}
    rows = read({"foaf:maker": [maker, maker], "dc:creator": ["川野 例子", "山田 仮名"]}, "old_record")
    first, second = pick(rows, Authored)
    assert (first.path, second.path, second.person) == ("foaf:maker[0]", "dc:creator[1]", None)
    assert ids_of(rows, first.person) == {"nrid": "1000090000012", "erad": "90000012"}


def test_date_of_unknown_decade_is_said() -> None:
    """`19--` is no date; the book loads without one."""
    rows = read({"title": "甲", "dc:date": "19--"}, "old_item")
    assert (one(rows, Work).date, one(rows, Skipped).value) == (None, "19--")


def test_series_of_an_old_book() -> None:
    """The set around a book gives its series and an identifier that is not the book's own."""
    whole = {"@id": "http://ci.nii.ac.jp/ncid/BN99999999", "dc:title": "架空新書, 7"}
    native = {"@id": "http://ci.nii.ac.jp/ncid/BB99999999", "title": "甲", "dcterms:isPartOf": [whole]}
    rows = read(native, "old_item")
    assert (one(rows, Work).series, one(rows, Work).type) == ("架空新書, 7", "book")
    assert one(rows, Identifier, relation="part_of").value == "BN99999999"


def test_several_isbns_of_an_old_set_are_related() -> None:
    """One ISBN is the book's own, several are those of its volumes, an ISSN is a serial's."""
    parts = [{"@id": f"urn:isbn:{n}"} for n in ("9784101010014", "9784101010021")]
    rows = read({"title": "甲", "dcterms:hasPart": parts}, "old_item")
    assert {i.relation for i in pick(rows, Identifier)} == {"related"}
    rows = read({"title": "甲", "dcterms:hasPart": parts[:1]}, "old_item")
    assert one(rows, Identifier).relation == "self"


def test_library_that_holds_a_book() -> None:
    """Answers of the holdings search list libraries: organisations, not works."""
    native = {"@id": "https://ci.nii.ac.jp/library/FA999999", "@type": "item", "title": "架空図書館"}
    (piece,) = pieces(as_line({"@graph": [{"@type": "channel", "items": [native]}]}))
    assert isinstance(piece, Piece)
    assert (piece.form, piece.record_id) == ("old_holder", "FA999999")
    assert one(rows_of(piece.raw, piece.form), Organization).name_ja == "架空図書館"


def test_address_that_is_no_crid_gives_a_hash_id() -> None:
    """Without an id of the source the record is known by its bytes."""
    (piece,) = pieces(as_line({"@id": f"{PAGE}1", "@type": "item", "title": "甲"}))
    assert isinstance(piece, Piece)
    assert piece.record_id == "sha256-" + hashlib.sha256(piece.raw).hexdigest()[:32]


def test_address_that_is_no_web_page_is_no_link() -> None:
    """Only web addresses become links; what a browser would run is said and left out."""
    rows = read({"title": "甲", "dc:source": [{"@id": "javascript:alert(1)"}, {"@id": "https://example.org"}]}, "item")
    assert one(rows, Link).url == "https://example.org"
    assert one(rows, Skipped).path == "dc:source[0]"


def test_amounts_that_cannot_be_read_are_said() -> None:
    """An unknown unit or a text in place of a number gives no amount, and the loss has its path."""
    for cost in ({"amount": "1.5", "unit": "円"}, {"amount": "100", "unit": "万ドル"}, {"amount": "9" * 30}):
        rows = read(PROJECT | {"allocationAmount": {"totalCost": cost}})
        assert one(rows, Project, id="cinii:record:1").total_cost is None
        assert one(rows, Skipped).path == "allocationAmount.totalCost.amount"


# --- whatever the bytes --------------------------------------------------------------------------------------

WRONG: tuple[Any, ...] = (
    None, "", " ", 0, -1, 1.5, True, [], {}, [[]], [None], {"x": 1}, ["a", 1, {}], "\u0000", "x" * 5000, 10**40,
)  # fmt: skip


def paths_in(value: Any, here: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if here:
        yield here
    if isinstance(value, dict):
        for k, v in value.items():
            yield from paths_in(v, (*here, k))
    elif isinstance(value, list):
        for i, v in enumerate(value):
            yield from paths_in(v, (*here, i))


def replaced(native: dict[str, Any], where: tuple[Any, ...], value: object) -> dict[str, Any]:
    changed: Any = copy.deepcopy(native)
    inner = changed
    for step in where[:-1]:
        inner = inner[step]
    inner[where[-1]] = value
    return changed  # type: ignore[no-any-return]  # a copy of `native`


def all_natives(samples: Path | None = None) -> list[tuple[str, dict[str, Any]]]:
    found = [(form, native) for form, natives in INVENTED.items() for native in natives]
    if samples:
        found += [(p.form, json.loads(p.raw)) for p in sample_records(samples) if not p.raw.startswith(b"<")]
    return found


def test_wrong_values_anywhere_never_raise() -> None:
    """Any value in any place: the record loads, in part, and every row can be stored."""
    for form, native in all_natives():
        for i, where in enumerate(paths_in(native)):
            for value in WRONG[i % 3 :: 3]:
                rows = read(replaced(native, where, value), form)
                assert storable(rows) == [], (form, where, value)


def test_repeated_parts_are_stored_once() -> None:
    """Whatever list holds everything twice, no key of a table occurs twice."""
    for form, native in all_natives():
        for where in paths_in(native):
            value = value_at(native, where)
            if isinstance(value, list):
                assert storable(read(replaced(native, where, value * 2), form)) == [], (form, where)


def storable(rows: list[Row | Skipped]) -> list[object]:
    """What could not be stored: values of another type than the column's, null where none may be, a key twice."""
    wrong: list[object] = []
    keys: Counter[tuple[object, ...]] = Counter()
    for row in rows:
        if isinstance(row, Skipped):
            wrong += [row] if not row.path or not row.reason else []
            continue
        keys[(row.table, *(getattr(row, k) for k in row.key))] += 1
        for column in columns(type(row)):
            value = getattr(row, column.name)
            if value is None:
                wrong += [] if column.nullable else [(row, column)]
            elif type(value) is not column.type or (column.type is int and not -(2**63) <= value < 2**63):
                wrong.append((row, column))
            elif isinstance(value, str):
                value.encode("utf-8")
    return wrong + [key for key, n in keys.items() if n > 1]


def test_sample_rows_can_be_stored(samples: Path) -> None:
    """Rows of every sample have the columns' types and keys that occur once."""
    for piece in sample_records(samples):
        assert storable(rows_of(piece.raw, piece.form, piece.record_id)) == []


def test_wrong_type_of_a_text_is_said() -> None:
    """A text replaced by an object without text comes out as Skipped with its path."""
    for where in (("dc:title", 0), ("creator", 0, "foaf:name", 0), ("publication", "prism:volume"), ("resourceType",)):
        path = "".join(f"[{s}]" if isinstance(s, int) else f".{s}" for s in where).lstrip(".")
        assert path in {s.path for s in pick(read(replaced(ARTICLE, where, {"x": 1})), Skipped)}


def test_null_everywhere_is_an_empty_record() -> None:
    """A record whose values are all null loads without losses."""
    for form, native in all_natives():
        rows = read(dict.fromkeys(native), form)
        assert one(rows, Record)
        assert pick(rows, Skipped) == []


def test_lone_surrogates_are_replaced_and_said() -> None:
    """A half character cannot be stored: it becomes U+FFFD and its place is named."""
    raw = json.dumps({"@type": "Article", "dc:title": [{"@value": "A\ud800B"}]}).encode()
    rows = rows_of(raw, "record")
    assert one(rows, Work).title_en == "A\ufffdB"
    assert one(rows, Skipped).path == "dc:title[0].@value"


def test_mutated_bytes_load_or_are_refused() -> None:
    """Cut, swapped and doubled bytes give pieces, broken parts or NothingUsable; records give rows or BadRecord."""
    chance = random.Random(7)
    bodies = [as_line({"items": [ITEM, DISSERTATION_ITEM]}).encode(), as_line(ARTICLE).encode(), RSS.encode()]
    outcomes: Counter[str] = Counter()
    for _ in range(500):
        raw = bytearray(chance.choice(bodies))
        for _ in range(chance.randint(1, 4)):
            at = chance.randrange(len(raw))
            match chance.randrange(4):
                case 0:
                    del raw[at:]
                    raw = raw or bytearray(b" ")
                case 1:
                    raw[at] = chance.randrange(256)
                case 2:
                    raw[at:at] = raw[max(0, at - 50) : at]
                case _:
                    raw[at:at] = b"[" * chance.choice((1, 300))
        outcomes[outcome(bytes(raw))] += 1
    assert set(outcomes) == {"loaded", "quarantined", "refused"}


def outcome(raw: bytes) -> str:
    try:
        found = pieces(raw)
    except NothingUsable:
        return "refused"
    for piece in found:
        if isinstance(piece, Piece):
            try:
                rows_of(piece.raw, piece.form, piece.record_id)
            except BadRecord:
                return "quarantined"
    return "quarantined" if any(isinstance(p, Broken) for p in found) else "loaded"


@pytest.mark.parametrize("raw", [b"", b"[]", b"null", b'"x"', b"{}", b"{", b"\xff\xfe", b"[" * 1000, b"<a/>"])
@pytest.mark.parametrize("form", ["record", "item", "schema_org", "rss_item", "unheard_of"])
def test_what_is_no_record_is_a_bad_record(raw: bytes, form: str) -> None:
    """Bytes without an object in them are refused with a reason, in every form."""
    if (raw, form) == (b"<a/>", "rss_item"):
        return
    with pytest.raises(BadRecord):
        rows_of(raw, form)


# --- the list of fields ---------------------------------------------------------------------------------------


def normal(where: tuple[Any, ...]) -> str:
    return "".join("[]" if isinstance(s, int) else f".{s}" for s in where).lstrip(".")


def alternatives(value: Any) -> list[Any]:
    if isinstance(value, str):
        return [f"{value}9", "zh", "ja-Kana", "2001-02", "9", "disallow", "Book", "https://example.org/x", "false"]
    return [value + 1] if isinstance(value, int) else []


def test_every_read_field_changes_the_rows(samples: Path) -> None:
    """The list is honest: for each path that it calls read, another value there gives other rows, in some record."""
    listed = listed_fields("cinii")
    met: set[tuple[str, str]] = set()
    moved: set[tuple[str, str]] = set()
    for form, native in all_natives(samples):
        before = substance(read(native, form))
        for where in paths_in(native):
            path, value = (form, normal(where)), value_at(native, where)
            if isinstance(value, (dict, list)) or value in (None, "") or listed.get(path, ("",))[0] != "read":
                continue
            met.add(path)
            if path not in moved and any(
                substance(read(replaced(native, where, other), form)) != before for other in alternatives(value)
            ):
                moved.add(path)
    assert met - moved == set()
    assert len(met) > 150


def substance(rows: list[Row | Skipped]) -> list[Row]:
    return [r for r in rows if isinstance(r, Row)]


def value_at(native: Any, where: tuple[Any, ...]) -> Any:
    for step in where:
        native = native[step]
    return native


def test_every_field_met_is_listed(samples: Path) -> None:
    """No path of a sample or of an invented record is missing from the list."""
    listed = listed_fields("cinii")
    raws = [(p.form, p.raw) for p in sample_records(samples)]
    raws += [(form, as_line(n).encode()) for form, natives in INVENTED.items() for n in natives]
    raws += [(p.form, p.raw) for text in (RSS, ATOM) for p in pieces(text) if isinstance(p, Piece)]
    missing = {(form, path) for form, raw in raws for path in occurrences(raw, form, "cinii")} - set(listed)
    assert missing == set()


def test_uses_are_of_the_agreed_kinds() -> None:
    """Read, or ignored for one of four reasons and with words."""
    uses = {"read", "private", "presentation", "duplicate", "no_scholarly_content"}
    assert all(use in uses and note for use, note in listed_fields("cinii").values())
    assert not any("*" in path for _, path in listed_fields("cinii"))


def test_coverage_of_the_samples(samples: Path) -> None:
    """At least 85 % of all values in the samples are read, 95 % with those ignored for a reason."""
    listed = listed_fields("cinii")
    total: Counter[str] = Counter()
    for piece in sample_records(samples):
        for path, n in occurrences(piece.raw, piece.form, "cinii").items():
            use = listed.get((piece.form, path), ("new", ""))[0]
            total["read" if use == "read" else "new" if use == "new" else "ignored"] += n
    values = sum(total.values())
    assert total["read"] / values >= 0.85
    assert (total["read"] + total["ignored"]) / values >= 0.95
