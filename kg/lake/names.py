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
from collections.abc import Iterable, Iterator, Mapping
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


class _Spelling(NamedTuple):
    """A name as a row gives it to a person."""

    mention: str
    name: str
    family: str | None = None
    given: str | None = None


def name_forms(rows: Mapping[type[Row], list[Any]]) -> list[Row]:
    """Comparable names of one record's people, organisations and venues; a profile's owner is marked as such.

    Of a venue one form is enough: it is looked for only where it has no ISSN.
    """
    owners = {row.id for row in rows.get(Person, ()) if row.profile}
    people = dict.fromkeys(_spellings(rows))  # a profile's owner stands on each of hundreds of works with one name
    return [*_person_forms(people, owners), *_label_forms(rows)]


def _spellings(rows: Mapping[type[Row], list[Any]]) -> Iterator[_Spelling]:
    """Divided names first: of equal forms the first is kept."""
    for row in rows.get(PersonName, ()):
        yield _Spelling(row.person, row.name, row.family, row.given)
        if row.family_kana and row.given_kana:
            yield _Spelling(row.person, f"{row.family_kana} {row.given_kana}", row.family_kana, row.given_kana)
    for row in rows.get(Person, ()):
        for name in (row.name_ja, row.name_kana, row.name_en):
            if name:
                yield _Spelling(row.id, name)
    for kind in (Authored, MemberOf):
        for row in rows.get(kind, ()):
            if row.person is not None:
                for name in (row.name_as_written, row.name_en, row.name_kana):
                    if name:
                        yield _Spelling(row.person, name)


def _person_forms(people: Iterable[_Spelling], owners: set[str]) -> Iterator[NameForm]:
    for mention, name, family, given in people:
        found = form(name, family, given)
        if found is not None:
            yield NameForm(
                mention=mention, kind="person", script=found.script, whole=found.whole, family=found.family,
                given=found.given, profile=mention in owners,
            )  # fmt: skip


def _label_forms(rows: Mapping[type[Row], list[Any]]) -> Iterator[NameForm]:
    for organization in rows.get(Organization, ()):
        for language, name in (("ja", organization.name_ja), ("en", organization.name_en)):
            if name and (key := label_key(name)):
                yield NameForm(mention=organization.id, kind="organization", script=language, whole=key)
    for venue in rows.get(Venue, ()):
        name = venue.name_ja or venue.name_en
        if name and (key := label_key(name)):
            yield NameForm(mention=venue.id, kind="venue", script="ja" if venue.name_ja else "en", whole=key)
