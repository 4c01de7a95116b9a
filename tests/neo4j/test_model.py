"""The graph's model follows from the records: nothing is forgotten, and no two rows make one node."""

from __future__ import annotations

from itertools import product

import pytest

from kg import records, schema
from kg.neo4j import files, model
from kg.records import RELEASE, columns


def test_every_table_is_in_the_graph_or_left_out_on_purpose() -> None:
    tables = {n.table for n in model.NODES} | {e.table for e in model.EDGES}
    assert tables == {row.table for row in RELEASE if row not in model.LEFT_OUT}
    assert {n.label for n in model.NODES} >= {c.__name__ for c in schema.NODES}


def test_every_column_is_a_property_or_an_end() -> None:
    """Nothing that a table says is lost on the way, but for where and when a record was fetched."""
    for row in RELEASE:
        if row in model.LEFT_OUT:
            continue
        own = {c.name for c in columns(row)}
        shown = {p.name for n in model.NODES if n.table == row.table for p in n.properties}
        shown |= {p.name for e in model.EDGES if e.table == row.table for p in e.properties}
        shown |= {end.column for e in model.EDGES if e.table == row.table for end in e.ends}
        assert own <= shown, row.table


def test_ends_that_may_be_missing_are_those_that_may_be_null() -> None:
    """A null end of an edge always has a name to stand for it."""
    for row, edge in schema.EDGES.items():
        nullable = {c.name for c in columns(row) if c.nullable}
        for name in (edge.source, edge.target):
            assert name not in nullable or (row.table, name) in model.NAMES


def test_no_two_keys_make_one_id() -> None:
    """Whatever stands in the columns, the separator itself included."""
    texts = ["", "a", "\x1f", "\x1e", "\x1e\x1f", "a\x1f", "\x1fa", "日本"]
    with files.connect() as db:
        db.execute("CREATE TABLE t (field VARCHAR, lang VARCHAR, label VARCHAR)")
        db.executemany("INSERT INTO t VALUES (?, ?, ?)", list(product(texts, repeat=3)))
        ((rows, ids),) = db.execute(
            f"SELECT count(*), count(DISTINCT {model.key_sql(records.FieldLabel)}) FROM t"
        ).fetchall()
    assert rows == ids == len(texts) ** 3


def test_a_long_id_is_cut_and_stays_unique() -> None:
    """An index holds no more than about 8,000 bytes of a text."""
    with files.connect() as db:
        ids = [db.execute("SELECT short(?)", ["長" * 2000 + end]).fetchall()[0][0] for end in ("", "a", "b")]
    assert len(set(ids)) == 3
    assert all(len(i.encode()) < model.LONGEST for i in ids)
    assert ids[0].startswith("長" * 500)


@pytest.mark.parametrize("number", [0, 1, 2**63 - 1, 2**63, 2**64 - 1])
def test_a_hash_keeps_its_bits(number: int) -> None:
    with files.connect() as db:
        ((signed,),) = db.execute("SELECT signed(?::UBIGINT)", [number]).fetchall()
    assert signed % 2**64 == number
    assert -(2**63) <= signed < 2**63


def test_files_have_names_of_their_own() -> None:
    names = [f.name for f in files.files()]
    assert len(names) == len(set(names))


def test_the_schema_can_be_shown_with_counts() -> None:
    told = model.as_text({"Person": 1234, "AUTHORED": 5})
    assert "(:Person)  1,234" in told
    assert "(:Person|Name)-[:AUTHORED]->(:Work)  5" in told
    assert {n["label"] for n in model.as_data()["nodes"]} == {*model.LABELS} - {model.RELEASE, model.LOADING}
