"""A staff list is matched by identifier first; a shared name never decides."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest

from kg.errors import FixInput
from kg.records import Identifier, PersonName
from kg.sql.tables import read_table
from kg.staff import resolve
from tests.people import tiny


@pytest.fixture
def store(tmp_path: Path):
    numbered = [
        Identifier(subject="P01", kind="person", scheme="erad", value="00012345"),
        Identifier(subject="P02", kind="person", scheme="orcid", value="0000-0003-3285-3633"),
        PersonName(person="P01", name="アオキ ハジメ", lang="ja-Kana"),
    ]
    opened = tiny.store(tmp_path, [*tiny.country(), *numbered])
    yield opened
    opened.close()


def test_each_row_gets_a_person_a_confidence_and_a_reason(store):
    table = pa.table(
        {
            "氏名": ["青木一", "石川 二", "青木 一", "山田太郎", "山田　太郎", "誰 でもない", "上田三"],
            "研究者番号": ["12345", None, None, None, None, None, "12345"],
            "ORCID": [None, "0000000332853633", None, None, None, None, None],
            "所属": [None, None, None, None, "架空西海大学", None, None],
        }
    )
    found = [(r.row, r.person, r.confidence, r.reason) for r in resolve(store, table)]
    assert found == [
        (2, "P01", 1.0, "identifier"),
        (3, "P02", 1.0, "identifier"),
        (4, "P01", 0.6, "name"),
        (5, None, 0.0, "several"),
        (6, "P11", 0.85, "name_and_department"),
        (7, None, 0.0, "none"),
        (8, "P01", 0.5, "identifier_other_name"),
    ]


@pytest.mark.parametrize("column", [["00012345"], ["12345"], ["12345.0"], [12345], [12345.0]], ids=repr)
def test_a_number_that_a_spreadsheet_has_shortened_is_understood(store, column):
    """Excel and pandas store 00012345 as a number; the zeros are put back, since a name stands beside it."""
    (row,) = resolve(store, pa.table({"氏名": ["青木一"], "研究者番号": column}))
    assert (row.person, row.confidence, row.reason) == ("P01", 1.0, "identifier")


def test_homonyms_come_back_as_candidates(store):
    row = resolve(store, pa.table({"name": ["山田太郎"]}))[0]
    assert [c.id for c in row.candidates] == ["P10", "P11"]


def test_kana_and_kanji_together_must_agree(store):
    rows = resolve(store, pa.table({"氏名": ["青木一", "石川二"], "カナ": ["アオキハジメ", "アオキハジメ"]}))
    assert [r.person for r in rows] == ["P01", None]


def test_list_without_a_known_column_is_refused_with_the_next_step(store):
    with pytest.raises(FixInput, match="氏名"):
        resolve(store, pa.table({"x": ["y"]}))


def test_csv_of_excel_in_cp932_keeps_leading_zeros(tmp_path: Path):
    file = tmp_path / "名簿.csv"
    file.write_bytes("氏名,研究者番号\r\n青木一,00012345\r\n".encode("cp932"))
    assert read_table(file).to_pylist() == [{"氏名": "青木一", "研究者番号": "00012345"}]
