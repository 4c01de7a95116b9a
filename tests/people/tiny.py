"""A release of a dozen people, written row by row, so that each test sees why an answer must be what it is."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import duckdb

from kg.arrays.write import write_arrays
from kg.graph.embedded import EmbeddedStore
from kg.records import (
    LAKE,
    PROVENANCE,
    RELEASE,
    AffiliatedWith,
    Assertion,
    Authored,
    Broader,
    Collaborated,
    CollaborationProof,
    EntityRecord,
    Field,
    FieldEvidence,
    FieldLabel,
    FieldMatch,
    Identifier,
    InField,
    LargeGroup,
    MemberOf,
    Organization,
    Person,
    PersonName,
    Project,
    Record,
    Redirect,
    Row,
    Topic,
    Work,
    columns,
)

_SQL = {str: "VARCHAR", int: "BIGINT", float: "DOUBLE", bool: "BOOLEAN"}
BOSAI, JOHO, NLP, BUNGAKU = "kaken-section:25030", "kaken-section:J", "kaken-section:61030", "kaken-section:02010"


def write(path: Path, rows: Iterable[Row]) -> Path:
    """`graph.duckdb` with every release table, filled with these rows, and `arrays` beside it."""
    by_table: dict[str, list[Row]] = {}
    for r in rows:
        by_table.setdefault(r.table, []).append(r)
    with duckdb.connect(str(path)) as c:
        for cls in RELEASE:
            names = columns(cls)
            every = names + (PROVENANCE if cls in LAKE else ())
            definition = ", ".join(f'"{x.name}" {_SQL[x.type]}' for x in every)
            c.execute(f'CREATE TABLE "{cls.table}" ({definition})')
            for r in by_table.get(cls.table, []):
                values = [getattr(r, x.name) for x in names]
                if cls in LAKE:
                    record = str(getattr(r, "id", "")) if cls is Record else "kaken:project:x"
                    values += [record.split(":")[0], record, "hash", "2026-01-01T00:00:00Z"]
                c.execute(f'INSERT INTO "{cls.table}" VALUES ({", ".join("?" for _ in every)})', values)
        write_arrays(c, path.parent / "arrays")
    return path


def person(i: str, ja: str, en: str | None = None) -> list[Row]:
    """A person with a name and a researchmap profile record."""
    rec = f"researchmap:profile:{i}"
    return [
        Person(id=i, name_ja=ja, name_en=en, profile=True),
        PersonName(person=i, name=ja, lang="ja"),
        Identifier(subject=i, kind="person", scheme="researchmap", value=f"synth_{i}"),
        Record(id=rec, kind="person", about=i, url=f"https://researchmap.jp/synth_{i}"),
        EntityRecord(mention=rec, entity=i, kind="person", record=rec),
    ]


def area(p: str, field: str) -> FieldEvidence:
    return FieldEvidence(person=p, field=field, basis="researchmap_area", via=p, via_kind="person")


def role(p: str, project: str, field: str, *, lead: bool = False, year: int = 2019) -> list[Row]:
    """Membership in a project of a field, as evidence and as an edge."""
    basis = "principal_investigator" if lead else "member"
    return [
        FieldEvidence(person=p, field=field, basis=basis, via=project, via_kind="project", year=year),
        MemberOf(
            project=project, path=f"member[{p}]", person=p, role="principal_investigator" if lead else "co_investigator"
        ),
    ]


def project(i: str, award: str, title: str, start: int, end: int, field: str | None = None) -> list[Row]:
    rec = f"kaken:project:KAKENHI-PROJECT-{award}"
    rows: list[Row] = [
        Project(id=i, award_number=award, title_ja=title, start_fiscal_year=start, end_fiscal_year=end),
        Identifier(subject=i, kind="project", scheme="award", value=award),
        Record(id=rec, kind="project", about=i, url=f"https://kaken.nii.ac.jp/grant/KAKENHI-PROJECT-{award}/"),
        EntityRecord(mention=rec, entity=i, kind="project", record=rec),
    ]
    if field:
        scheme, notation = field.split(":")
        rows.append(
            InField(
                subject=i, subject_kind="project", scheme=scheme, notation=notation, label="", basis="project_section"
            )
        )
    return rows


def work(i: str, title: str, date: str) -> list[Row]:
    rec = f"cinii:record:{i}"
    return [
        Work(id=i, type="article", title_ja=title, year=int(date[:4]), date=date),
        Record(id=rec, kind="work", about=i, url=f"https://cir.nii.ac.jp/crid/{i}"),
        EntityRecord(mention=rec, entity=i, kind="work", record=rec),
    ]


def together(a: str, b: str, *proofs: tuple[str, str, int]) -> list[Row]:
    """Two people share works and projects: `(id, kind, year)` each."""
    a, b = sorted((a, b))
    works = [p for p in proofs if p[1] == "work"]
    rows: list[Row] = [CollaborationProof(a=a, b=b, via=v, via_kind=k, year=y) for v, k, y in proofs]  # type: ignore[arg-type]
    years = [y for _, _, y in proofs]
    rows.append(
        Collaborated(
            a=a, b=b, works=len(works), projects=len(proofs) - len(works), first_year=min(years), last_year=max(years)
        )
    )
    return rows + [Authored(work=v, path=f"creator[{p}]", person=p, position=1) for v, _, _ in works for p in (a, b)]


def at(
    p: str, org: str, last: str, *, title: str = "教授", current: bool = True, first: str = "2010"
) -> AffiliatedWith:
    return AffiliatedWith(
        person=p, organization=org, department="工学部", title=title, kind="employment", first_seen=first,
        last_seen=last, observations=1, current=current,
    )  # fmt: skip


def vocabulary() -> list[Row]:
    fields = [(BOSAI, "防災工学関連"), (JOHO, "大区分J"), (NLP, "知能情報学関連"), (BUNGAKU, "日本文学関連")]
    rows: list[Row] = [
        Field(id=i, scheme=i.split(":")[0], notation=i.split(":")[1], label_ja=label) for i, label in fields
    ]
    rows += [FieldLabel(field=i, lang="ja", label=label, kind="preferred") for i, label in fields]
    rows += [
        FieldLabel(field=BOSAI, lang="ja", label="防災", kind="alternative"),
        FieldLabel(field=BOSAI, lang="en", label="disaster prevention", kind="alternative"),
        FieldLabel(field=JOHO, lang="ja", label="情報", kind="alternative"),
        Field(id="researchmap-area:防災工学", scheme="researchmap-area", notation="防災工学", label_ja="防災工学"),
        FieldMatch(field="researchmap-area:防災工学", other=BOSAI),
        FieldMatch(field=BOSAI, other="researchmap-area:防災工学"),
    ]
    return [*rows, Broader(narrower=NLP, broader=JOHO)]


def country() -> list[Row]:
    """
    P1 青木 (防災) has a joint work W1 with P2 石川, whose researchmap area is 情報: a match.
    P3 上田 (防災) is in project R1 of 情報 led by P4 江藤, who has nothing else in 情報: only the joint item proves it.
    P5 岡 has one role in a project of 防災 and works with P2: own field too thin.
    P6 加藤 (防災) works with P7 木村, who has two roles in 情報 projects that P6 is not in: a match.
    P8 久保 (防災) works with P9 剣持, who has two roles in 情報, one of them shared with P8: too thin without it.
    P10 and P11 are both 山田 太郎.
    """
    rows: list[Row] = vocabulary()
    names = [
        "青木 一",
        "石川 二",
        "上田 三",
        "江藤 四",
        "岡 五",
        "加藤 六",
        "木村 七",
        "久保 八",
        "剣持 九",
        "山田 太郎",
        "山田 太郎",
    ]
    for n, ja in enumerate(names, 1):
        rows += person(f"P{n:02d}", ja)
    rows += [
        Organization(id="O1", name_ja="架空東都大学"), Organization(id="O2", name_ja="架空西海大学"),
        at("P01", "O1", "2024"), at("P06", "O2", "2023"), at("P02", "O2", "2024", title="准教授"),
        AffiliatedWith(person="P01", organization="O2", kind="employment", first_seen="2005", last_seen="2009", asserted_end="2010-03-31", observations=1),
        at("P10", "O1", "2020"), at("P11", "O2", "2021"),
        area("P01", BOSAI), area("P03", "researchmap-area:防災工学"), area("P06", BOSAI), area("P08", BOSAI), area("P02", NLP),
        *work("W01", "避難所の機械学習", "2020-02-10"), *work("W05", "豪雨と言語処理", "2018"), *work("W06", "津波の語彙", "2016-06"),
        *work("W08", "火山の画像認識", "2017"), *work("W09", "地震の共著", "2021"),
        *project("R01", "19K00001", "災害情報の統合", 2019, 2022, NLP), *project("R02", "15K00002", "言語資源", 2015, 2017, NLP),
        *project("R03", "16K00003", "検索技術", 2016, 2018, NLP), *project("R04", "12K00004", "堤防", 2012, 2014, BOSAI),
        *project("R05", "20K00005", "対話", 2020, 2022, NLP), *project("R06", "21K00006", "分野なし", 2021, 2023),
        *role("P04", "R01", NLP, lead=True), *role("P03", "R01", NLP), *role("P05", "R04", BOSAI, year=2012),
        *role("P07", "R02", NLP, year=2015), *role("P07", "R03", NLP, year=2016),
        *role("P09", "R05", NLP, year=2020), *role("P09", "R02", NLP, year=2015), *role("P08", "R05", NLP, year=2020),
        *together("P01", "P02", ("W01", "work", 2020), ("W09", "work", 2021)),
        *together("P03", "P04", ("R01", "project", 2019)),
        *together("P05", "P02", ("W05", "work", 2018)),
        *together("P06", "P07", ("W06", "work", 2016)),
        *together("P08", "P09", ("W08", "work", 2017), ("R05", "project", 2020)),
        Topic(id="T1", label_ja="津波"),
        Assertion(
            subject="P06", subject_kind="person", predicate="has_topic", object="T1", label="津波", lang="ja",
            record="researchmap:profile:P06", field="interests", start=0, end=2, text_hash="x", confidence=1.0,
            status="accepted", producer="keywords@1", settings_hash="x",
        ),
        Redirect(old="P99", new="P01", reason="merged"), Redirect(old="P98", new=None, reason="erased"),
    ]  # fmt: skip
    return rows


def large_group() -> list[Row]:
    """W50 has more than 100 authors, among them P08 (防災) and P02 (情報), who share nothing else."""
    return [
        *work("W50", "巨大共同実験", "2022"),
        LargeGroup(via="W50", via_kind="work", people=150),
        Authored(work="W50", path="creator[0]", person="P08", position=1),
        Authored(work="W50", path="creator[1]", person="P02", position=2),
    ]


def store(folder: Path, rows: Iterable[Row] | None = None) -> EmbeddedStore:
    """The store over `country()` or other rows."""
    database = write(folder / "graph.duckdb", country() if rows is None else rows)
    return EmbeddedStore(database, folder / "arrays", "r-tiny")
