"""The measure of honesty itself can fail: it finds a field that a loader only claims to read."""

from __future__ import annotations

import types
from collections.abc import Iterator

import pytest

from kg.records import LoaderOutput, SourceRef, Work
from loaders.base import Piece
from loaders.native import decode, parse_json, parse_xml
from tests.loaders.honesty import silent

JSON = Piece("item", "1", b'{"title": "x", "sub": [{"note": "y"}], "refereed": true}', "$")
XML = Piece("item", "1", b'<r k="1"><title>x</title><note>y</note></r>', "/r")
CSV = Piece("awards.csv", "1", b"x,y", "line 2", '{"section": "awards", "header": ["title", "note"]}')


def reader(raw: bytes, ref: SourceRef, context: str = "") -> LoaderOutput:
    """Reads the title only, whatever the form."""
    if raw.startswith(b"{"):
        title = parse_json(raw)["title"]
    elif raw.startswith(b"<"):
        title = parse_xml(raw).findtext("title")
    else:
        title = decode(raw).split(",")[0]
    yield Work(id=ref.record, type="article", title_en=title)


def split(document: object) -> Iterator[Piece]:
    yield from ()


@pytest.mark.parametrize(
    ("piece", "read", "claimed"),
    [
        (JSON, ["title"], ["sub[].note", "refereed"]),
        (XML, ["/r/title"], ["/r/note", "/r/@k"]),
        (CSV, ["awards/title"], ["awards/note"]),
    ],
    ids=["json", "xml", "csv"],
)
def test_a_claim_without_effect_is_found(piece: Piece, read: list[str], claimed: list[str]):
    loader = types.SimpleNamespace(SOURCE="cinii", VERSION=1, split=split, to_records=reader)
    reads = {(piece.form, path) for path in [*read, *claimed, "not met"]}
    assert silent(loader, [piece], reads) == {(piece.form, path) for path in claimed}
