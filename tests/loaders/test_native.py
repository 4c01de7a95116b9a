"""Native bytes are read or refused with a reason; nothing else happens, whatever they are."""

from __future__ import annotations

import codecs
import json
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.errors import BadRecord
from kg.records import Skipped
from loaders.native import decode, mapping, mappings, parse_json, parse_xml, text

quick = settings(max_examples=200, deadline=None, database=None)
TITLE = "標本管理の実際カナ"


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp932", "euc_jp"]
)
def test_every_encoding_met_in_japan_is_read(encoding: str):
    raw = json.dumps({"title": TITLE}, ensure_ascii=False).encode(encoding)
    assert parse_json(raw) == {"title": TITLE}
    assert decode(f"a {TITLE}".encode(encoding)) == f"a {TITLE}"


def test_lone_surrogates_are_replaced_and_named():
    skipped: list[Skipped] = []
    assert parse_json(b'{"a": [{"b": "\\ud800x"}], "c": NaN}', skipped)["a"] == [{"b": "\ufffdx"}]
    assert [(s.path, s.value) for s in skipped] == [("a[0].b", "\ufffdx")]


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"", "ends early"),
        (b'{"a": ', "not JSON"),
        (b"[" * 300 + b"]" * 300, "deeper than 200"),
        (b"[" * 300_000, "deeper than 200"),
        (b"\x81", "no known encoding"),
        (codecs.BOM_UTF16_LE + b"\x00", "not utf-16"),
        (b"1" * 5000, "not JSON"),
    ],
)
def test_what_cannot_be_read_has_a_reason(raw: bytes, reason: str):
    with pytest.raises(BadRecord, match=reason):
        parse_json(raw)


def test_200_levels_are_read():
    assert parse_json(b"[" * 200 + b"]" * 200)


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"", "ends early"),
        (b"<a>", "not XML"),
        (b"<a>&nbsp;</a>", "not XML"),
        (b'<!DOCTYPE a [<!ENTITY e "x">]><a>&e;</a>', "entities"),
        ('<!DOCTYPE a [<!ENTITY e "x">]><a>&e;</a>'.encode("utf-16"), "entities"),
        (b"<a>" * 400 + b"</a>" * 400, "not XML"),
        (b'<?xml version="1.0" encoding="klingon"?><a/>', "not XML"),
    ],
)
def test_xml_that_cannot_be_read_has_a_reason(raw: bytes, reason: str):
    with pytest.raises(BadRecord, match=reason):
        parse_xml(raw)


@quick
@given(st.binary(max_size=100))
def test_any_bytes_are_read_or_refused(raw: bytes):
    for parse in (parse_json, parse_xml, decode):
        with suppress(BadRecord):
            parse(raw)


def test_values_of_the_wrong_kind_are_named():
    skipped: list[Skipped] = []
    assert [text(v, "p", skipped) for v in (" a ", "", None, 7, 1.5)] == ["a", None, None, "7", "1.5"]
    assert skipped == []
    assert text(["x"], "title", skipped) is None
    assert mapping("x", "link", skipped) == {}
    assert list(mappings([{"a": 1}, 2, None], "list", skipped)) == [("list[0]", {"a": 1})]
    assert [(s.path, s.reason) for s in skipped] == [
        ("title", "a list where text is expected"),
        ("link", "text where an object is expected"),
        ("list[1]", "a number where an object is expected"),
    ]
