"""500 damaged records a source: each is refused with a reason or loads with the loss named; nothing else happens.

The damage: cut short, wrong types, huge values, deep nesting, wrong encodings, lone surrogates, changed bytes.
"""

from __future__ import annotations

import dataclasses
import json
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from kg.errors import BadRecord
from kg.importing import import_records
from kg.raw import Quarantine, RawStore
from kg.records import Skipped, columns
from kg.settings import Settings
from loaders.base import Piece
from loaders.native import parse_json
from loaders.registry import BUILT_IN, loader
from tests.loaders.pieces import ref_of, sample_pieces

COUNT = 500
ENVELOPE = {"work", "orcid-profile", "path", "@id", "@reverse"}
"""Members that say what a document is: with another value there it is another document, not one with a loss."""
Damage = Callable[[bytes, random.Random], bytes]


def cut_short(raw: bytes, draw: random.Random) -> bytes:
    return raw[: draw.randrange(len(raw))]


def changed_bytes(raw: bytes, draw: random.Random) -> bytes:
    changed = bytearray(raw)
    for _ in range(draw.randint(1, 8)):
        changed[draw.randrange(len(changed))] = draw.randrange(256)
    return bytes(changed)


def wrong_encoding(raw: bytes, draw: random.Random) -> bytes:
    encoding = draw.choice(["cp932", "euc_jp", "utf-16", "utf-16-be", "latin-1", "utf-7", "utf-32"])
    return raw.decode("utf-8", "replace").encode(encoding, "replace")


def lone_surrogates(raw: bytes, draw: random.Random) -> bytes:
    return _into_text(
        raw, draw, "\\ud800" if raw.lstrip()[:1] in b"{[" else b"\xed\xa0\x80".decode("utf-8", "surrogatepass")
    )


def huge(raw: bytes, draw: random.Random) -> bytes:
    return _into_text(raw, draw, draw.choice(["長", "x", "1", " ", "\\n"]) * draw.choice([10_000, 200_000]))


def deep(raw: bytes, draw: random.Random) -> bytes:
    levels = draw.choice([50, 190, 300, 100_000])
    if raw.lstrip()[:1] == b"<":
        return raw.replace(b">", b">" + b"<x>" * levels + b"</x>" * levels, 1)
    return raw.replace(b":", b":" + b"[" * levels + b"1" + b"]" * levels + b',"x":', 1)


def wrong_types(raw: bytes, draw: random.Random) -> bytes:
    if raw.lstrip()[:1] not in (b"{", b"["):
        return changed_bytes(raw, draw)
    value = parse_json(raw)
    for _ in range(draw.randint(1, 6)):
        _spoil(value, draw)
    return json.dumps(value, ensure_ascii=draw.random() < 0.5).encode()


def nothing_left(raw: bytes, draw: random.Random) -> bytes:
    return draw.choice(
        [b"", b" ", b"null", b"[]", b"{}", b"0", b'""', b"<a/>", b"[[]]", b'{"a": {}}', b"\0", b"\xff\xfe"]
    )


DAMAGES: tuple[Damage, ...] = (
    cut_short, changed_bytes, wrong_encoding, lone_surrogates, huge, deep, wrong_types, wrong_types, wrong_types,
    nothing_left,
)  # fmt: skip


def _into_text(raw: bytes, draw: random.Random, text: str) -> bytes:
    places = [i for i in range(1, len(raw)) if raw[i - 1 : i] in (b'"', b">", b",")]
    at = draw.choice(places) if places else 0
    return raw[:at] + text.encode("utf-8", "surrogatepass") + raw[at:]


def _spoil(value: Any, draw: random.Random) -> None:
    """Replaces something in a JSON value by something of another kind."""
    while isinstance(value, dict | list) and value:
        key = draw.choice(list(value)) if isinstance(value, dict) else draw.randrange(len(value))
        inner = value[key]
        if not isinstance(inner, dict | list) or not inner or draw.random() < 0.3:
            odd = [
                None,
                True,
                0,
                -1.5,
                10**30,
                "",
                "x",
                [],
                {},
                [[]],
                ["x"],
                {"x": "y"},
                {"ja": 1},
                [{"@value": []}, None],
            ]
            value[key] = draw.choice(odd)
            return
        value = inner


def mutated(source: str, samples: Path) -> Iterator[tuple[str, Piece]]:
    """(name of the damage, damaged piece): always the same for the same samples."""
    draw = random.Random(f"{source} 1")
    pieces = [p for p in sample_pieces(source, samples) if p.raw]
    for i in range(COUNT):
        damage = DAMAGES[i % len(DAMAGES)]
        piece = draw.choice(pieces)
        yield damage.__name__, piece._replace(raw=damage(piece.raw, draw))


@pytest.mark.parametrize("source", BUILT_IN)
def test_a_damaged_record_is_refused_or_read_into_valid_rows(source: str, samples: Path):
    """`to_records` raises `BadRecord` or nothing; its rows have the types of their columns and can be stored as UTF-8."""
    reader = loader(source)
    refused = read = 0
    for name, piece in mutated(source, samples):
        where = f"{name}: {piece.raw[:200]!r}"
        try:
            rows = list(reader.to_records(piece.raw, ref_of(source, piece), piece.context))
        except BadRecord as e:
            refused += 1
            assert_reason(e, where)
            continue
        read += 1
        assert rows, where
        for row in rows:
            assert_storable(row, where)
    assert refused > COUNT // 10
    assert read > COUNT // 10


def assert_reason(refusal: BadRecord, where: str) -> None:
    assert refusal.reason, where
    assert len(refusal.reason) < 2_000, where


def assert_storable(row: Any, where: str) -> None:
    if isinstance(row, Skipped):
        assert row.path, where
        assert row.reason, where
        assert len(row.value) <= 200, where
    else:
        for column in columns(type(row)):
            value = getattr(row, column.name)
            assert value is not None or column.nullable, f"{where} {row.table}.{column.name}"
            assert value is None or type(value) is column.type, f"{where} {row.table}.{column.name}: {value!r}"
            assert not isinstance(value, int) or abs(value) < 2**63, f"{where} {row.table}.{column.name}: {value!r}"
    for field in dataclasses.fields(row):
        value = getattr(row, field.name)
        if isinstance(value, str):
            value.encode("utf-8")


@pytest.mark.parametrize("source", BUILT_IN)
def test_a_value_of_the_wrong_type_is_read_or_named(source: str, samples: Path):
    """Where a spoiled value costs rows, the record says so: by `Skipped`, or by being refused."""
    reader = loader(source)
    draw = random.Random(f"{source} 2")
    pieces = [p for p in sample_pieces(source, samples) if p.raw.lstrip()[:1] == b"{" and len(p.raw) < 20_000]
    silent = []
    for piece in draw.choices(pieces, k=150):
        value = parse_json(piece.raw)
        keys = [k for k, v in value.items() if isinstance(v, str | list | dict) and v and k not in ENVELOPE]
        if not keys:
            continue
        before = list(reader.to_records(piece.raw, ref_of(source, piece), piece.context))
        key = draw.choice(keys)
        value[key] = True if isinstance(value[key], list | dict) else {"unexpected": [1]}
        spoiled = json.dumps(value, ensure_ascii=False).encode()
        try:
            after = list(reader.to_records(spoiled, ref_of(source, piece), piece.context))
        except BadRecord:
            continue
        rows = sum(not isinstance(r, Skipped) for r in before), sum(not isinstance(r, Skipped) for r in after)
        if rows[1] < rows[0] and not any(isinstance(r, Skipped) for r in after):
            silent.append(f"{piece.form} {key}")
    assert silent == []


@pytest.mark.parametrize("source", BUILT_IN)
def test_damaged_documents_are_imported_quarantined_or_named(
    source: str, samples: Path, settings: Settings, tmp_path: Path
):
    """As files, each is at least one of: a record in the store, an entry in quarantine, a document named as unusable."""
    folder = tmp_path / "in"
    folder.mkdir()
    count = 0
    for i, (name, piece) in enumerate(mutated(source, samples)):
        if len(piece.raw) < 400_000:
            count += 1
            (folder / f"{i:03d} {name}").write_bytes(piece.raw)
    result = import_records(settings, source, (str(folder),))
    entries = Quarantine(settings.quarantine).entries()
    assert not [e for e in entries if "please report" in e.reason]
    assert result.documents == count
    assert len(result.unusable) == result.unusable_documents
    assert result.records + result.quarantined + result.unusable_documents >= count
    assert RawStore(settings.raw).entries().num_rows == result.new
