"""In which forms can a name be compared? Row-wise, because Unicode rules differ between SQL engines; each spelling once.

    >>> form("高畑 一夫")
    Form(script='han', whole='高畑一夫', family='高畑', given='一夫')
    >>> form("Takahata, Kazuo") == form("TAKAHATA, Kazuo"), form("Kazuo Takahata").whole == form("Takahata Kazuo").whole
    (True, True)

Forms of different scripts are never compared. Latin names are compared as sets of words, since sources disagree on
their order; `family` is known there only from a comma or from the source.
"""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from kg.text import match_key, script

_WORDS = re.compile(r"[\s.,，．・·]+")
_COMMA = re.compile(r"\s*[,，]\s*")


class Form(NamedTuple):
    """A name as it is compared."""

    script: str
    whole: str
    family: str | None
    given: str | None


def _fold(text: str) -> str:
    """NFKC, case folded, Latin letters without their marks: `Müller` is `muller`, `Sato` and `Satô` are one."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return "".join(c for c in unicodedata.normalize("NFD", plain) if not unicodedata.combining(c))


def _words(text: str) -> list[str]:
    return [w for w in _WORDS.split(_fold(text).replace("'", "").replace("’", "").replace("-", " ")) if w]


def _latin_part(text: str | None) -> str | None:
    return " ".join(_words(text)) or None if text else None


def form(name: str, family: str | None = None, given: str | None = None) -> Form | None:
    """The comparable form of a name; None where nothing is left of it. Parts may be given by the source."""
    kind = script(name)
    if kind == "mixed":
        kind = "han"
    if kind == "latin":
        return _latin(name, family, given)
    if not (family or given):
        parts = [p for p in re.split(r"[\s,，　]+", name.strip()) if p]
        if len(parts) == 2:
            family, given = parts
    whole = _WORDS.sub("", match_key(name))
    return Form(kind, whole, _key(family), _key(given)) if whole else None


def _latin(name: str, family: str | None, given: str | None) -> Form | None:
    if not (family or given):
        parts = _COMMA.split(name.strip())
        if len(parts) == 2 and all(parts):
            family, given = parts
    whole = " ".join(sorted(_words(name)))
    return Form("latin", whole, _latin_part(family), _latin_part(given)) if whole else None


def _key(part: str | None) -> str | None:
    return match_key(part) or None if part else None


# --- tables --------------------------------------------------------------------------------------------------


def text_of(form: Form) -> str:
    """A form as one text: its parts divided by U+001F."""
    return "\x1f".join((form.script, form.whole, form.family or "", form.given or ""))


def read_spellings(spellings: pa.Table) -> tuple[pa.Table, pa.Table]:
    """Row-wise stage: `spelling` rows (name, family, given; '' for none) in, tables `spelled` and `form` out.

    `spelled` adds to each spelling of which anything is left the numbers `form` and `bare`: the number of the first
    form with that script and whole. `form` holds form, script, whole and text. Numbers follow the order of the texts,
    so that of forms with one `bare` the last says how the name is divided, if any does.
    """
    columns = (spellings[n].to_pylist() for n in ("name", "family", "given"))
    found = (form(name, family or None, given or None) for name, family, given in zip(*columns, strict=True))
    texts = pa.array([text_of(f) if f else None for f in found], pa.string())
    forms = pc.unique(texts.drop_null()).sort()
    parts = [text.split("\x1f") for text in forms.to_pylist()]
    first: dict[tuple[str, str], int] = {}
    bare = [first.setdefault((script, whole), n) for n, (script, whole, _, _) in enumerate(parts)]
    numbers = pc.index_in(texts, value_set=forms).cast(pa.int64())
    spelled = spellings.append_column("form", numbers).append_column("bare", pa.array(bare, pa.int64()).take(numbers))
    table = {
        "form": pa.array(range(len(forms)), pa.int64()),
        "script": pa.array([script for script, *_ in parts], pa.string()),
        "whole": pa.array([whole for _, whole, *_ in parts], pa.string()),
        "text": forms,
    }
    return spelled.filter(pc.is_valid(numbers)), pa.table(table)


def labels(names: pa.Table) -> pa.Table:
    """Row-wise stage: names of organisations and venues in, (name, label) out, where anything is left of the name."""
    rows = [(name, key) for name in names["name"].to_pylist() if (key := match_key(name))]
    columns = {"name": [name for name, _ in rows], "label": [key for _, key in rows]}
    return pa.table({n: pa.array(c, pa.string()) for n, c in columns.items()})
