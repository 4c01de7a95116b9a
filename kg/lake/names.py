"""In which forms can a name be compared? Row-wise, because Unicode rules differ between SQL engines.

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
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from typing import Any, NamedTuple

from kg.lake.schema import NameForm
from kg.records import Authored, MemberOf, Organization, Person, PersonName, Row, Venue
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


@lru_cache(maxsize=100_000)
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


@lru_cache(maxsize=100_000)
def label_key(label: str) -> str:
    """`match_key`, remembered: names of organisations and journals repeat."""
    return match_key(label)


# --- rows ----------------------------------------------------------------------------------------------------


def _person_forms(row: Person) -> Iterator[NameForm]:
    for name in (row.name_ja, row.name_kana, row.name_en):
        if name:
            yield from _named(row.id, name, profile=row.profile)


def _name_forms(row: PersonName) -> Iterator[NameForm]:
    yield from _named(row.person, row.name, row.family, row.given)
    if row.family_kana and row.given_kana:
        yield from _named(row.person, f"{row.family_kana} {row.given_kana}", row.family_kana, row.given_kana)


def _contributor_forms(row: Authored | MemberOf) -> Iterator[NameForm]:
    if row.person is not None:
        for name in (row.name_as_written, row.name_en, row.name_kana):
            if name:
                yield from _named(row.person, name)


def _named(
    mention: str, name: str, family: str | None = None, given: str | None = None, profile: bool = False
) -> Iterator[NameForm]:
    found = form(name, family, given)
    if found is not None:
        yield NameForm(
            mention=mention, kind="person", script=found.script, whole=found.whole, family=found.family,
            given=found.given, profile=profile,
        )  # fmt: skip


def _label_forms(row: Organization | Venue) -> Iterator[NameForm]:
    for language, name in (("ja", row.name_ja), ("en", row.name_en)):
        if name and (key := label_key(name)):
            yield NameForm(mention=row.id, kind=row.table, script=language, whole=key)


_FORMS: dict[type[Row], Callable[[Any], Iterator[NameForm]]] = {
    Person: _person_forms,
    PersonName: _name_forms,
    Authored: _contributor_forms,
    MemberOf: _contributor_forms,
    Organization: _label_forms,
    Venue: _label_forms,
}


def name_forms(rows: Iterable[tuple[type[Row], list[Row]]]) -> list[NameForm]:
    """Name forms of one record's rows; those of a profile's owner are marked as such."""
    forms = [f for kind, some in rows if kind in _FORMS for row in some for f in _FORMS[kind](row)]
    owners = {f.mention for f in forms if f.profile}
    if not owners:
        return forms
    return [_as_profile(f) if f.mention in owners and not f.profile else f for f in forms]


def _as_profile(f: NameForm) -> NameForm:
    return NameForm(
        mention=f.mention, kind=f.kind, script=f.script, whole=f.whole, family=f.family, given=f.given, profile=True
    )
