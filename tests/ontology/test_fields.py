"""Labels find the fields they mean, and closures hold what lies within them, from the curated Turtle alone."""

import csv
import time
from pathlib import Path

import pyarrow as pa
import pytest

from kg.records import Broader, Field, FieldLabel, FieldMatch, columns
from ontology.fields import FieldTables, closure, locate, read, resolve, shortened

SYNTH = Path(__file__).parents[2] / "kg" / "synth" / "tables" / "fields.tsv"


@pytest.fixture(scope="module")
def tables() -> FieldTables:
    return read()


def fields_of(label: str, tables: FieldTables) -> set[str]:
    return {m.field for m in resolve(label, tables)}


def meant_by(label: str, tables: FieldTables) -> set[str]:
    return closure(fields_of(label, tables), tables)


def generator_rows() -> list[dict[str, str]]:
    with SYNTH.open(encoding="utf-8") as file:
        return list(csv.DictReader(file, delimiter="\t"))


def test_tables_have_the_columns_of_the_records(tables: FieldTables) -> None:
    """Each table has the columns of its record class, in order, nullable where the class says so."""
    for row, table in (
        (Field, tables.field),
        (FieldLabel, tables.field_label),
        (Broader, tables.broader),
        (FieldMatch, tables.field_match),
    ):
        assert [(f.name, f.nullable) for f in table.schema] == [(c.name, c.nullable) for c in columns(row)]
        assert set(table.schema.types) == {pa.string()}
        keys = list(zip(*(table[k].to_pylist() for k in row.key), strict=True))
        assert keys == sorted(set(keys)), row.table


def test_every_section_is_there_in_both_languages(tables: FieldTables) -> None:
    """11 大区分, 65 中区分, 306 小区分, each with a Japanese and an English name and the status of the latter."""
    sections = [f for f in tables.field.to_pylist() if f["scheme"] == "kaken-section"]
    levels = [f["level"] for f in sections]
    assert (levels.count("大区分"), levels.count("中区分"), levels.count("小区分")) == (11, 65, 306)
    assert all(f["label_ja"] and f["label_en"] for f in sections)
    assert {f["label_en_status"] for f in sections} == {"source", "our_translation"}
    assert sum(f["label_en_status"] == "source" for f in sections) == 18


def test_sections_agree_with_the_official_table(tables: FieldTables, request: pytest.FixtureRequest) -> None:
    """Codes, names and parents are those of the table of review sections, with every parent of the 14 that share."""
    path = request.getfixturevalue("samples") / "reference" / "kaken-review-sections.csv"
    with path.open(encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    names = {f["notation"]: f["label_ja"] for f in tables.field.to_pylist() if f["scheme"] == "kaken-section"}
    wanted = set()
    for row in rows:
        large, medium, small = row["大区分"][-1], row["中区分コード"].zfill(2), row["小区分コード"]
        assert (names[large], names[medium], names[small]) == (row["大区分"], row["中区分"], row["小区分"])
        wanted |= {(small, medium), (medium, large)}
    found = {
        (b["narrower"].partition(":")[2], b["broader"].partition(":")[2])
        for b in tables.broader.to_pylist()
        if b["narrower"].startswith("kaken-section:")
    }
    assert found == wanted
    large_of = {s: {r["大区分"] + r["中区分コード"] for r in rows if r["小区分コード"] == s} for s in names}
    assert sum(len(v) > 1 for v in large_of.values()) == 14


def test_bosai_leads_to_every_scheme(tables: FieldTables) -> None:
    """防災 means 25030, the researchmap area of that name and the old 細目 自然災害科学・防災学."""
    assert fields_of("防災", tables) == {"kaken-section:25030"}
    assert meant_by("防災", tables) == {
        "kaken-section:25030",
        "researchmap-area:防災工学",
        "kaken-saimoku:自然災害科学・防災学",
    }


def test_joho_is_all_of_j(tables: FieldTables) -> None:
    """情報 means 大区分J with all below, those with several parents too, and nothing of another 大区分."""
    found = {f.partition(":")[2] for f in meant_by("情報", tables) if f.startswith("kaken-section:")}
    assert {"J", "60", "61", "62", "90010", "90020", "90030"} <= found
    assert {f for f in found if len(f) == 5 and f[0] != "6"} == {"90010", "90020", "90030"}
    assert len([f for f in found if len(f) == 5]) == 23
    assert "kaken-saimoku:統計科学" in meant_by("情報", tables)
    assert "researchmap-area:ロボティクス、知能機械システム" not in meant_by("情報", tables)


@pytest.mark.parametrize(
    ("label", "field"),
    [
        ("防災分野", "kaken-section:25030"),
        ("災害", "kaken-section:25030"),
        ("Disaster Risk Reduction", "kaken-section:25030"),
        ("ＤＩＳＡＳＴＥＲ　ＰＲＥＶＥＮＴＩＯＮ", "kaken-section:25030"),
        ("防災工学関連分野", "kaken-section:25030"),
        ("小区分25030", "kaken-section:25030"),
        ("25030", "kaken-section:25030"),
        ("kaken-section:25030", "kaken-section:25030"),
        ("情報分野", "kaken-section:J"),
        ("情報学", "kaken-section:J"),
        ("informatics", "kaken-section:J"),
        ("computer science", "kaken-section:J"),
        ("大区分J", "kaken-section:J"),
        ("中区分7", "kaken-section:07"),
        ("日本文学", "kaken-section:02010"),
        ("60030", "kaken-section:60030"),
        ("自然言語処理", "kaken-section:61030"),
        ("natural language processing", "kaken-section:61030"),
        ("自然災害科学・防災学", "kaken-saimoku:自然災害科学・防災学"),
        ("情報通信 / 知能情報学", "researchmap-area:知能情報学"),
    ],
)
def test_a_label_finds_its_field(tables: FieldTables, label: str, field: str) -> None:
    """Preferred and other labels, codes and ids are found whatever their width, case and spaces."""
    assert field in fields_of(label, tables)


def test_a_whole_label_wins_over_endings_and_parts(tables: FieldTables) -> None:
    """防災 is contained in other names; since one field is called so, these are not meant. `how` says what matched."""
    assert [m.how for m in resolve("防災", tables)] == ["alternative"]
    assert {m.how for m in resolve("防災工学分野", tables)} == {"ending"}
    assert {m.how for m in resolve("宇宙惑星", tables)} <= {"ending", "contained"}
    assert {m.how for m in resolve("25030", tables)} == {"notation"}


def test_parts_of_latin_words_do_not_match(tables: FieldTables) -> None:
    """`art` is not in `earth`, and what no label knows finds nothing."""
    assert not any("earth" in m.label.casefold() for m in resolve("art", tables))
    assert resolve("xyzzy", tables) == []
    assert resolve("", tables) == []
    assert resolve("　", tables) == []


def test_the_inner_namesake_is_meant(tables: FieldTables) -> None:
    """政治学 is a 分科 and a 細目 within it: the 細目 is meant, so 国際関係論 is not."""
    found = meant_by("政治学", tables)
    assert "kaken-saimoku:政治学" in found
    assert "kaken-saimoku:分科:政治学" not in found
    assert "kaken-section:06020" not in found


def test_only_roots_are_returned(tables: FieldTables) -> None:
    """A field that lies within another one found is left to the closure."""
    for label in ("情報", "工学", "science", "物理", "医学"):
        roots = fields_of(label, tables)
        for root in roots:
            assert not (tables.index.below([root]) - {root}) & roots


def test_endings_leave_two_characters() -> None:
    """農学 does not become 農; 情報学分野 becomes 情報学, then 情報."""
    assert shortened("農学") == []
    assert shortened("情報学分野") == ["情報学", "情報"]


def test_closure_takes_one_step_of_matches(tables: FieldTables) -> None:
    """From a researchmap area to the section and down from there; not on to what is mapped to the section."""
    assert closure(["researchmap-area:防災工学"], tables) == {"researchmap-area:防災工学", "kaken-section:25030"}
    assert closure([], tables) == set()


def test_generator_fields_are_mapped_exactly(tables: FieldTables) -> None:
    """Each row of the generator's table: area and 細目 are mapped to the row's section, and the closure of the section
    holds both and no other section."""
    rows = generator_rows()
    assert len(rows) >= 60
    matches = {(m["field"], m["other"]) for m in tables.field_match.to_pylist()}
    for row in rows:
        section = f"kaken-section:{row['code']}"
        area = f"researchmap-area:{row['rm_area_label']}"
        old = f"kaken-saimoku:{row['old_saimoku_label']}"
        assert {b for a, b in matches if a == area} == {section}, area
        assert (old, section) in matches, old
        assert (section, old) in matches, old
        found = closure([section], tables)
        assert {area, old} <= found
        assert {f for f in found if f.startswith("kaken-section:")} == {section}


def test_generator_labels_are_located(tables: FieldTables) -> None:
    """What records of the generator write about fields is located: codes, names, old 細目, interests."""
    for row in generator_rows():
        section = f"kaken-section:{row['code']}"
        area = f"researchmap-area:{row['rm_area_label']}"
        assert locate("kaken-section", row["code"], "", tables) == section
        assert locate("kaken-section", "", row["label_ja"], tables) == section
        assert locate("researchmap-area", row["rm_area_code"], "", tables) == area
        assert locate("researchmap-area", "", f"{row['rm_discipline_ja']} / {row['rm_area_label']}", tables) == area
        assert locate("kaken-saimoku", "", row["old_saimoku_label"], tables, level="細目") == (
            f"kaken-saimoku:{row['old_saimoku_label']}"
        )
        for interest in row["interest_labels"].split("|"):
            assert section in closure(fields_of(interest, tables), tables), interest


def test_the_field_of_the_generator_is_joho_only_where_it_should_be(tables: FieldTables) -> None:
    """情報 holds the section, area and 細目 of a row exactly where the row's section lies in 大区分J."""
    found = meant_by("情報", tables)
    for row in generator_rows():
        inside = "J" in row["daikubun"].split("|")
        ids = (
            f"kaken-section:{row['code']}",
            f"researchmap-area:{row['rm_area_label']}",
            f"kaken-saimoku:{row['old_saimoku_label']}",
        )
        assert [i in found for i in ids] == [inside] * 3, row["code"]


def test_level_decides_between_namesakes(tables: FieldTables) -> None:
    """A label with its level is located at that level; without, at the finest; an unknown one nowhere."""
    assert locate("kaken-saimoku", "", "政治学", tables, level="分科") == "kaken-saimoku:分科:政治学"
    assert locate("kaken-saimoku", "", "政治学", tables) == "kaken-saimoku:政治学"
    assert locate("kaken-saimoku", "", "情報学", tables, level="分野") == "kaken-saimoku:分野:情報学"
    assert locate("kaken-section", "7", "", tables) == "kaken-section:07"
    assert locate("kaken-section", "99999", "そんな区分", tables) is None
    assert locate("no-such-scheme", "25030", "防災工学関連", tables) is None


def test_the_graph_of_broader_has_no_circle(tables: FieldTables) -> None:
    """No field lies within itself, and every edge and label belongs to a field of the tables."""
    index = tables.index
    known = set(index.scheme)
    for pair in tables.broader.to_pylist() + tables.field_match.to_pylist():
        assert set(pair.values()) <= known, pair
    assert {x.field for x in index.labels} <= known
    for field in known:
        assert field not in index.below(index.narrower.get(field, ())), field


def test_matches_join_different_schemes(tables: FieldTables) -> None:
    """closeMatch joins a field of an older or open scheme with a section; it is stored both ways."""
    pairs = {(m["field"], m["other"]) for m in tables.field_match.to_pylist()}
    for a, b in pairs:
        assert a.partition(":")[0] != b.partition(":")[0]
        assert "kaken-section" in (a.partition(":")[0], b.partition(":")[0])
        assert (b, a) in pairs


def test_looking_up_is_quick(tables: FieldTables) -> None:
    """A hundred questions take less than a second once the tables are read."""
    began = time.perf_counter()
    for _ in range(50):
        meant_by("情報", tables)
        meant_by("災害に強いまちづくり分野", tables)
    assert time.perf_counter() - began < 1
