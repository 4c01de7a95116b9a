"""Text cut into search terms: the same function when an index is built and when it is asked.

    >>> tokens("避難所における3次元CT画像の深層学習")          # doctest: +SKIP
    Tokens(ja=['避難', '所', '3', '次元', '画像', '深層', '学習'], en=['ct'])

Japanese by SudachiPy, mode A, normalised forms, without particles, auxiliaries and symbols; Latin words in lower case. `TOKENIZER`
names library, dictionary and rules: an index refuses a question that was cut by another.
"""

from __future__ import annotations

import re
import threading
import unicodedata
from functools import cache
from importlib.metadata import version
from typing import Any, NamedTuple

from kg.text import without_surrogates

_LATIN = re.compile(r"[a-z0-9\u00df-\u024f]+(?:['’-][a-z0-9\u00df-\u024f]+)*")
_JAPANESE = re.compile(r"[\u3005-\u3007\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U000323af]+")
_DROPPED = ("助詞", "助動詞", "補助記号", "記号", "空白")
_CHUNK = 12_000
"""Characters a call; Sudachi takes at most 49,149 bytes."""
_STOP = frozenset(
    (
        "a",
        "an",
        "and",
        "as",
        "at",
        "by",
        "for",
        "from",
        "in",
        "into",
        "is",
        "of",
        "on",
        "or",
        "the",
        "to",
        "using",
        "with",
    )
)
_REMEMBERED = 60_000
"""Runs of characters whose terms a thread keeps: names, places and set phrases come again and again."""
_LONGEST = 40
"""Characters of a run that is worth keeping."""
_local = threading.local()


class Tokens(NamedTuple):
    """Terms of one text, in order, repetitions kept."""

    ja: list[str]
    en: list[str]


@cache
def tokenizer_name() -> str:
    """Library, dictionary and rules in one string."""
    return f"sudachi-{version('sudachipy')}+core-{version('sudachidict-core')}+A+latin-2"


def _sudachi() -> Any:
    """One tokenizer a thread: Sudachi's are not shared between threads."""
    if not hasattr(_local, "tokenizer"):
        import sudachipy

        dictionary = _dictionary()
        _local.tokenizer = dictionary.tokenizer(mode=sudachipy.SplitMode.A)
        _local.morphemes = _local.tokenizer.tokenize("")
        _local.terms = {}
    return _local.tokenizer


@cache
def _dictionary() -> Any:
    import sudachipy

    return sudachipy.Dictionary(dict="core")


@cache
def _is_dropped() -> Any:
    """Function of a morpheme: compares numbers of parts of speech, without making a tuple of texts for each morpheme."""
    return _dictionary().pos_matcher(lambda pos: pos[0] in _DROPPED)


def tokens(text: str) -> Tokens:
    """Terms of a text. Lone surrogates and control characters are left out; empty text gives none."""
    plain = unicodedata.normalize("NFKC", without_surrogates(text)).lower()
    en = [w for w in _LATIN.findall(plain) if w not in _STOP]
    ja: list[str] = []
    for run in _JAPANESE.findall(plain):
        for start in range(0, len(run), _CHUNK):
            ja.extend(_japanese(run[start : start + _CHUNK]))
    return Tokens(ja, en)


def _japanese(run: str) -> tuple[str, ...]:
    tokenizer, terms = _sudachi(), _local.terms
    known: tuple[str, ...] | None = terms.get(run)
    if known is not None:
        return known
    dropped = _is_dropped()
    found = tuple(m.normalized_form() for m in tokenizer.tokenize(run, out=_local.morphemes) if not dropped(m))
    if len(run) <= _LONGEST:
        if len(terms) >= _REMEMBERED:
            terms.clear()
        terms[run] = found
    return found


def reading(text: str) -> str:
    """How the dictionary reads a text, in katakana; kana as they are."""
    return "".join(m.reading_form() or m.surface() for m in _sudachi().tokenize(text[:_CHUNK]))
