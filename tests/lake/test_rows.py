"""Rows of a record become columns: keys are unique, what does not fit is named, nothing else moves."""

from __future__ import annotations

import pytest

from kg.lake import rows
from kg.lake.rows import Batch, with_unique_keys
from kg.lake.schema import SkippedPart
from kg.records import Identifier, Row, TextUnit, Work


def identifier(value: str, url: str | None = None, subject: str = "s:f:1") -> Identifier:
    return Identifier(subject=subject, kind="work", scheme="doi", value=value, relation="self", url=url)


def work(id: str = "s:f:1", **columns: object) -> Work:
    return Work(id=id, type="article", **columns)  # type: ignore[arg-type]  # wrong on purpose in some tests


def test_of_equal_keys_the_first_row_is_kept() -> None:
    first, other, again = identifier("10.1/b", url="first"), identifier("10.1/a"), identifier("10.1/b", url="again")
    assert with_unique_keys(Identifier, [first, other, again]) == [first, other]


def test_rows_stay_in_the_order_of_the_loader() -> None:
    some: list[Row] = [identifier(f"10.1/{n}") for n in (3, 1, 2)]
    assert with_unique_keys(Identifier, some) == some


def test_each_row_knows_the_record_it_came_from() -> None:
    batch = Batch()
    batch.add(4, {Work: [work("s:f:4")], Identifier: [identifier("10.1/4", subject="s:f:4")]})
    batch.add(7, {Identifier: [identifier("10.1/7", subject="s:f:7"), identifier("10.1/8", subject="s:f:7")]})
    assert batch.table(Work).to_pylist()[0]["rank"] == 4
    assert batch.table(Identifier).select(["value", "rank"]).to_pylist() == [
        {"value": "10.1/4", "rank": 4}, {"value": "10.1/7", "rank": 7}, {"value": "10.1/8", "rank": 7},
    ]  # fmt: skip


def test_local_keys_are_numbered_within_their_record() -> None:
    batch = Batch()
    for n in range(2):
        key = f"s:f:{n}"
        some = [identifier("10.1/a", subject=f"{key}#venue"), identifier("10.1/b", subject=key)]
        batch.add(n, {Work: [work(key)], Identifier: some})
    number = {row["subject"]: row["subject_n"] for row in batch.table(Identifier).to_pylist()}
    for row in batch.table(Work).to_pylist():
        assert number[row["id"]] == row["id_n"]
        assert {row["id_n"], number[row["id"] + "#venue"]} == {0, 1}


def test_tables_do_not_depend_on_when_rows_are_settled(monkeypatch: pytest.MonkeyPatch) -> None:
    def made() -> Batch:
        batch = Batch()
        for n in range(25):
            key = f"s:f:{n}"
            batch.add(n, {Work: [work(key, year=n)], Identifier: [identifier(str(n), subject=key)] * 2})
        return batch

    at_once = made()
    monkeypatch.setattr(rows, "SETTLED_ROWS", 7)
    in_steps = made()
    for kind in (Work, Identifier, TextUnit):
        assert in_steps.table(kind).equals(at_once.table(kind))


@pytest.mark.parametrize(
    ("columns", "named"), [({"year": "twenty"}, "year"), ({"year": 2**70}, "year"), ({"title_ja": 5}, "title_ja")]
)
def test_a_row_that_its_table_cannot_hold_is_a_skipped_part(columns: dict[str, object], named: str) -> None:
    batch = Batch()
    batch.add(0, {Work: [work("s:f:0", year=2001)]})
    batch.add(1, {Work: [work("s:f:1", **columns)], Identifier: [identifier("10.1/1", subject="s:f:1")]})
    assert batch.table(Work)["id"].to_pylist() == ["s:f:0"]
    assert batch.table(Identifier)["rank"].to_pylist() == [1]
    (part,) = batch.table(SkippedPart).to_pylist()
    assert (part["path"], part["rank"]) == ("work", 1)
    assert part["reason"].startswith(f"{named}: ")


def test_no_value_where_one_is_required_is_a_skipped_part() -> None:
    batch = Batch()
    batch.add(0, {Work: [Work(id="s:f:0", type=None)]})  # type: ignore[arg-type]  # a loader's mistake
    assert batch.table(Work).num_rows == 0
    assert batch.table(SkippedPart)["reason"].to_pylist() == ["type: no value where one is required"]


def test_lone_surrogates_are_left_out_and_the_row_is_kept() -> None:
    batch = Batch()
    batch.add(0, {Work: [work(title_ja="標本\ud800管理")]})
    (title,) = batch.table(Work)["title_ja"].to_pylist()
    assert "標本" in title
    assert "管理" in title
    title.encode("utf-8")
