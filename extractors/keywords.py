"""Which topics do a source's own keywords and a person's stated interests name?

    >>> [label for _, _, label in spans("機械学習; 自然言語処理／情報検索")]
    ['機械学習', '自然言語処理', '情報検索']
    >>> [label for _, _, label in spans("1,2-dichloroethane")], [label for _, _, label in spans("flood, drought, storm")]
    (['1,2-dichloroethane'], ['flood', 'drought', 'storm'])

A keyword string is cut only at marks that separate for certain: a comma needs a space behind it, a slash must not
stand within a Latin word (`TCP/IP`). Each assertion keeps the exact span. Deterministic, so accepted at once.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from kg.records import Assertion, TextUnit
from kg.text import match_key, text_hash

PRODUCER = "keywords@1"
ROLES = frozenset({"keyword", "interest"})

_LONGEST = 200
"""Characters of a label; longer ones are sentences that somebody put into a keyword field."""

_CLEAR = re.compile(r"\s*[|｜;；、\t\n\r]\s*")
_COMMAS = re.compile(r"\s*(?:[，]|,(?=\s))\s*")
_SLASHES = re.compile(r"\s*／\s*|\s+/\s+|(?<=[^\x00-\x7f])/(?=[^\x00-\x7f])")
_ANY_MARK = re.compile(r"[|｜;；、\t\n\r，,／/]")
"""Most keyword strings hold none of the marks above and are one label."""
_EDGES = " \t\r\n　・･.。,，;；:：\"'“”「」『』-–—"

SETTINGS_HASH = text_hash(
    "|".join([PRODUCER, _CLEAR.pattern, _COMMAS.pattern, _SLASHES.pattern, _EDGES, str(_LONGEST)])
)


def extract(unit: TextUnit) -> Iterator[Assertion]:
    """One `has_topic` assertion a label, each label once a text unit."""
    for start, end, label, topic in _topics(unit.text) if len(unit.text) <= _LONGEST else _find_topics(unit.text):
        yield Assertion(
            subject=unit.subject, subject_kind=unit.subject_kind, predicate="has_topic", object=topic,
            label=label, lang=unit.lang, record=unit.record, field=unit.field, start=start, end=end,
            text_hash=unit.text_hash, confidence=1.0, status="accepted", producer=PRODUCER,
            settings_hash=SETTINGS_HASH,
        )  # fmt: skip


def _find_topics(text: str) -> tuple[tuple[int, int, str, str], ...]:
    """(start, end, label, topic key) of each label, each topic once."""
    found: dict[str, tuple[int, int, str, str]] = {}
    for start, end, label in spans(text):
        if (key := match_key(label)) and key not in found:
            found[key] = (start, end, label, "topic:" + key)
    return tuple(found.values())


_topics = lru_cache(maxsize=50_000)(_find_topics)
"""Remembered, since keywords repeat; not for texts longer than a label, which would fill the memory."""


def spans(text: str) -> Iterator[tuple[int, int, str]]:
    """(start, end, label) of each label in a keyword string, in code points."""
    if not _ANY_MARK.search(text):
        start, end = _trim(text, 0, len(text))
        if 0 < end - start <= _LONGEST:
            yield start, end, text[start:end]
        return
    for start, end in _pieces(text, 0, len(text), _CLEAR):
        for inner_start, inner_end in _by_commas(text, start, end):
            for a, b in _pieces(text, inner_start, inner_end, _SLASHES):
                a, b = _trim(text, a, b)
                if 0 < b - a <= _LONGEST:
                    yield a, b, text[a:b]


def _by_commas(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """A single comma may belong to the term (`Tokyo, Japan`); two or more make a list."""
    pieces = list(_pieces(text, start, end, _COMMAS))
    return pieces if len(pieces) > 2 else [(start, end)]


def _pieces(text: str, start: int, end: int, mark: re.Pattern[str]) -> Iterator[tuple[int, int]]:
    for match in mark.finditer(text, start, end):
        yield start, match.start()
        start = match.end()
    yield start, end


def _trim(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start] in _EDGES:
        start += 1
    while end > start and text[end - 1] in _EDGES:
        end -= 1
    return start, end
