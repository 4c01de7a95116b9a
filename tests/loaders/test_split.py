"""Splitters cut exactly the bytes that stand there, in bounded memory, whatever is around them."""

from __future__ import annotations

import io
import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from kg.errors import BadRecord
from loaders import split
from loaders.native import parse_json, parse_xml
from loaders.split import CUT, json_items, kind, lines, peek, xml_elements

quick = settings(max_examples=150, deadline=None, database=None)
scalars = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20)
values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4)
)


class Dribble(io.BytesIO):
    """A stream that gives at most 7 bytes at a time, as a slow pipe may."""

    def read(self, size: int | None = -1, /) -> bytes:
        return super().read(min(size, 7) if size and size > 0 else 7)


def items(raw: bytes, *keys: str) -> list[bytes]:
    return [piece for _, piece in json_items(io.BytesIO(raw), keys)]


def elements(raw: bytes, *names: str) -> list[tuple[str, bytes]]:
    return list(xml_elements(io.BytesIO(raw), frozenset(names)))


# --- JSON ----------------------------------------------------------------------------------------------------


@quick
@given(st.lists(values, max_size=6), st.sampled_from([None, 1]), st.booleans(), st.booleans())
def test_slices_of_a_list_parse_to_its_elements(found: list[Any], indent: int | None, ascii_only: bool, slow: bool):
    """Any JSON list: each slice is the text of one element, however the list is written and read."""
    raw = json.dumps({"before": found, "items": found, "after": "]}"}, indent=indent, ensure_ascii=ascii_only)
    stream = (Dribble if slow else io.BytesIO)(raw.encode("utf-8", "surrogatepass"))
    got = list(json_items(stream, ("items",)))
    assert [json.loads(piece) for _, piece in got] == found
    assert [path for path, _ in got] == [f"$.items[{i}]" for i in range(len(found))]
    top = items(json.dumps(found, indent=indent).encode())
    assert [json.loads(piece) for piece in top] == found


@quick
@given(st.lists(st.dictionaries(st.text(max_size=5), values, max_size=3), min_size=1, max_size=5), st.data())
def test_a_cut_document_gives_its_whole_elements_and_one_that_no_parser_accepts(found: list[Any], data: st.DataObject):
    """Cut anywhere: the elements before the cut come whole, and exactly one refusal says that something is missing."""
    raw = json.dumps({"items": found}).encode()
    cut = raw[: data.draw(st.integers(raw.index(b"[") + 1, len(raw) - 1))]
    got = items(cut, "items")
    good = []
    for piece in got:
        try:
            good.append(parse_json(piece))
        except BadRecord:
            assert piece is got[-1]
    assert good == found[: len(good)]
    assert len(got) == len(good) + 1


@quick
@given(st.binary(max_size=200))
def test_any_bytes_end(raw: bytes):
    """Garbage never hangs and never raises anything but `BadRecord`."""
    for head in (b'{"items": [', b"[", b"", b"\xff\xfe"):
        for keys in (("items",), ()):
            with suppress(BadRecord):
                assert len(items(head + raw, *keys)) <= len(raw) + 2


def test_bytes_of_an_element_are_not_touched():
    """White space, escapes, duplicate keys, invalid UTF-8 and unknown literals inside an element stay as they are."""
    pieces = [
        b'{ "a" :\t1 ,"a":2 }',
        b'"\\ud800"',
        b'{"x": "\xff\xfe"}',
        b'["]", "\\"}", {}]',
        b"NaN",
        b"-0.10e5",
        b"null",
    ]
    assert items(b'{"items":[ ' + b" , ".join(pieces) + b"\n]}", "items") == pieces


def test_what_is_no_list_and_what_is_missing():
    """A single object under the key is one element; a missing key gives nothing; the wrong top level gives nothing."""
    assert list(json_items(io.BytesIO(b'{"items": {"a": 1}}'), ("items",))) == [("$.items", b'{"a": 1}')]
    assert items(b'{"other": [1]}', "items") == []
    assert items(b"[1]", "items") == []
    assert items(b'{"items": [1]}') == []
    assert items(b'{"a": [1], "b": [2], "c": {"a": [3]}}', "a", "b") == [b"1", b"2"]


def test_text_behind_the_document_is_not_lost_in_silence():
    assert list(json_items(io.BytesIO(b"[1] [2]"), ())) == [("$[0]", b"1"), ("$ (after the end)", b"[2]")]


def test_utf_16_comes_out_as_utf_8():
    for encoding in ("utf-16", "utf-16-le", "utf-16-be", "utf-8-sig"):
        assert items('{"items": ["防災"]}'.encode(encoding), "items") == ['"防災"'.encode()]


def test_elements_deeper_and_longer_than_the_window():
    """Depth 5,000 and 5 MB in one element: cut exactly, without recursion."""
    deep = b'{"a":' * 5000 + b"1" + b"}" * 5000
    long = b'["' + "長".encode() * 1_700_000 + b'"]'
    assert items(b"[1," + deep + b"," + long + b",2]") == [b"1", deep, long, b"2"]


def test_an_element_over_the_limit_is_cut_and_the_next_still_comes(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(split, "LIMIT", 100_000)
    monkeypatch.setattr(split, "CHUNK", 10_000)
    huge = b'{"a": [' + b"1, " * 100_000 + b"1]}"
    got = items(b"[" + huge + b', {"b": 2}]')
    assert got == [huge[:CUT], b'{"b": 2}']


# --- XML -----------------------------------------------------------------------------------------------------


def trees() -> st.SearchStrategy[str]:
    text = st.text(st.characters(codec="utf-8", exclude_categories=["C"], exclude_characters="<>&\r"), max_size=8)
    leaf = text | st.sampled_from(["&amp;", "<!-- </x> -->", "<![CDATA[</x><x>]]>", "<?p </x>?>", "<e/>", '<e a=">"/>'])
    return st.recursive(
        leaf,
        lambda inner: st.lists(inner, max_size=3).map("".join).map(lambda t: f"<n:b xml:lang='ja'>{t}</n:b>"),
        max_leaves=8,
    )


@quick
@given(st.lists(trees(), max_size=5), st.booleans(), st.sampled_from(["utf-8", "utf-16", "euc-jp"]))
def test_slices_of_xml_mean_what_they_meant_in_place(found: list[str], slow: bool, encoding: str):
    """Any elements: each slice parses alone to the same canonical XML as the element in its document."""
    body = "".join(f"<x k='{i}'>{t}</x>" for i, t in enumerate(found))
    raw = f"<?xml version='1.0' encoding='{encoding}'?><r xmlns:n='urn:n' xmlns='urn:d'><m>{body}</m></r>".encode(
        encoding, "xmlcharrefreplace"
    )
    whole = etree.fromstring(raw)
    wanted = [etree.tostring(e, method="c14n", exclusive=True, with_tail=False) for e in whole.iter("{urn:d}x")]
    stream = (Dribble if slow else io.BytesIO)(raw)
    got = list(xml_elements(stream, frozenset({"x"})))
    assert [etree.tostring(etree.fromstring(piece), method="c14n", exclusive=True) for _, piece in got] == wanted
    assert [path for path, _ in got] == [f"/r/m/x[{i + 1}]" for i in range(len(found))]


def test_the_root_itself_and_names_with_prefixes():
    raw = b'<p:record xmlns:p="u" xmlns:q="v"><p:record/></p:record>'
    assert elements(raw, "record") == [("/p:record", raw)]
    assert elements(b'<r xmlns:p="u&amp;v" xmlns:q="w"><p:x/></r>', "x") == [("/r/p:x[1]", b'<p:x xmlns:p="u&amp;v"/>')]


def test_cutting_goes_on_after_an_element_that_is_not_well_formed():
    """A damaged element comes out as it stands and is refused; its neighbours come whole, with their name spaces."""
    raw = b'<r xmlns="d"><x>1</x><x>2 & </y></x><m/><x>3</x></r>'
    got = elements(raw, "x")
    assert [piece for _, piece in got] == [b'<x xmlns="d">1</x>', b"<x>2 & </y></x><m/>", b'<x xmlns="d">3</x>']
    with pytest.raises(BadRecord, match="not XML"):
        parse_xml(got[1][1])


def test_a_document_cut_short_is_told():
    assert [piece for _, piece in elements(b"<r><x>1</x><x>2", "x")] == [b"<x>1</x>", b"<x>2"]
    assert elements(b"<r><x>1</x>", "x")[1][1] == b""


def test_entities_and_unknown_encodings_are_refused():
    """A document that declares entities, or an encoding nobody knows, is refused before anything expands."""
    bomb = b'<!DOCTYPE r [<!ENTITY a "xx"><!ENTITY b "&a;&a;">]><r><x>&b;</x></r>'
    with pytest.raises(BadRecord, match="entity"):
        elements(bomb, "x")
    with pytest.raises(BadRecord, match="unknown encoding"):
        elements(b'<?xml version="1.0" encoding="klingon"?><r/>', "x")


@quick
@given(st.binary(max_size=120), st.sampled_from([b"", b"<r><x>1</x>", b"<?xml version='1.0'?><r><x", b"<r>&"]))
def test_any_bytes_end_as_xml(raw: bytes, head: bytes):
    """Garbage never hangs and never raises anything but `BadRecord`."""
    with suppress(BadRecord):
        assert len(elements(head + raw, "x")) < 200


# --- the rest ------------------------------------------------------------------------------------------------


def test_lines_are_numbered_as_a_person_counts_them(monkeypatch: pytest.MonkeyPatch):
    """Empty lines count but do not come; the byte order mark and line ends are not part of a line."""
    assert list(lines(io.BytesIO(b"\xef\xbb\xbfa\r\n\n b \nc"))) == [(1, b"a"), (3, b" b "), (4, b"c")]
    monkeypatch.setattr(split, "LIMIT", 10)
    with pytest.raises(ValueError, match="line 2 is longer"):
        list(lines(io.BytesIO(b"short\n" + b"x" * 50 + b"\n")))


def test_peek_takes_nothing_away():
    head, stream = peek(Dribble(b"0123456789" * 3), 12)
    assert head == b"012345678901"
    assert stream.read() == b"0123456789" * 3


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (b'{"a": 1}\n{"a": 2}', "jsonl"),
        (b'[1]\n[2]\n', "jsonl"),
        (b'\xef\xbb\xbf {"a":\n 1}', "json"),
        (b'{"a": 1}\n', "json"),
        ('{"a": 1}'.encode("utf-16"), "json"),
        (b" \n<a/>", "xml"),
        ("<a/>".encode("utf-16-be"), "xml"),
        (b"ID,x\n1,2\n", "text"),
        (b" \n", "empty"),
    ],
)  # fmt: skip
def test_what_a_document_is_follows_from_its_bytes(head: bytes, expected: str):
    assert kind(head) == expected
