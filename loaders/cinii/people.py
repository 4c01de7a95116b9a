"""People as records name them: one contributor in, its name forms, identifiers and organisations out.

Somebody with an identifier (`personIdentifier`, or only the CRID of the contributor) is a `Person` mention with
the local key ``{record}#creator[2]``; a bare name is nobody in particular and stays a name.

    >>> forms = name_forms([Phrase("a", "en", "KANAZAWA Itaru"), Phrase("b", "ja", "金沢 至")])
    >>> forms.written, forms.ja, forms.en
    ('金沢 至', '金沢 至', 'KANAZAWA Itaru')
    >>> divided("椎原,蓮水"), divided("滝上, 慧"), divided("齊藤崇子")
    ('椎原 蓮水', '滝上 慧', '齊藤崇子')
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from kg.records import Affiliation, Authored, Person, PersonName
from kg.text import identifiers as ids
from kg.text import is_latin, language_of
from loaders.cinii.reading import Native, Phrase, Reading
from loaders.cinii.vocabulary import CONTRIBUTOR_ROLES, PERSON_IDENTIFIERS, PERSON_TYPES, bare_type

NAME_KEYS = ("foaf:name", "name", "notation")
AFFILIATION_KEYS = ("jpcoar:affiliationName", "affiliation")

_WRITTEN_FOR_PERSON = (None, "Researcher", "Person")
"""`@type` of nearly all contributors, told apart from the others without taking the word apart."""

_language = lru_cache(maxsize=1 << 14)(language_of)
"""The same few thousand institutions stand beside most names."""

_COMMA = re.compile(r"\s*[,，、]\s*")


class Names(NamedTuple):
    """Forms of one name. `written` is exactly as given; `others` are further forms of a slot already filled."""

    written: str | None = None
    ja: str | None = None
    en: str | None = None
    kana: str | None = None
    others: tuple[Phrase, ...] = ()


class Mention(NamedTuple):
    """Somebody as one place in a record names them. `person` is the local key, None for a bare name."""

    names: Names
    person: str | None
    affiliation: str | None
    organization: str | None


def divided(name: str) -> str:
    """A Japanese name as «姓 名» with one space, where the source divides it by a space or one comma."""
    if ("," in name or "，" in name or "、" in name) and len(parts := _COMMA.split(name.strip())) == 2:
        name = " ".join(parts)
    return " ".join(name.split())


def _slot(phrase: Phrase) -> str:
    if phrase.lang.endswith("-Kana"):
        return "kana"
    if phrase.lang == "ja-Latn" or is_latin(phrase.text):
        return "en"
    return "ja"


def name_forms(phrases: Sequence[Phrase]) -> Names:
    """Sort the texts of one name by script and tag; the first of each kind wins."""
    slots: dict[str, str] = {}
    others: list[Phrase] = []
    for phrase in phrases:
        if slots.setdefault(_slot(phrase), phrase.text) != phrase.text:
            others.append(phrase)
    ja, en, kana = slots.get("ja"), slots.get("en"), slots.get("kana")
    return Names(
        ja or en or kana,
        divided(ja) if ja else None,
        " ".join(en.split()) if en else None,
        divided(kana) if kana else None,
        tuple(others),
    )


def paired(phrases: Sequence[Phrase]) -> list[tuple[Phrase | None, Phrase | None]]:
    """Japanese and other texts of the same things, side by side where their numbers allow it."""
    ja: list[Phrase] = []
    en: list[Phrase] = []
    for phrase in phrases:
        (ja if _language(phrase.text, phrase.lang) == "ja" else en).append(phrase)
    if not en:
        return [(p, None) for p in ja]
    if len(ja) == len(en):
        return list(zip(ja, en, strict=True))
    return [(p, None) for p in ja] + [(None, p) for p in en]


def mention(reading: Reading, native: Native, path: str, observed: str | None, as_: str) -> Mention:
    """Read one contributor object. `observed` dates the affiliations that are seen here, `as_` is their kind."""
    name_key = _present(native, NAME_KEYS)
    names = name_forms(reading.phrases(native.get(name_key), f"{path}.{name_key}"))
    person = identified(reading, native, path, names)
    where_key = _present(native, AFFILIATION_KEYS)
    organizations = reading.phrases(native.get(where_key), f"{path}.{where_key}")
    return with_affiliations(reading, names, person, [organizations], observed, as_)


def _present(native: Native, keys: tuple[str, ...]) -> str:
    """The first of `keys` that has a value, else the first."""
    for key in keys:
        if native.get(key):
            return key
    return keys[0]


def identified(reading: Reading, native: Native, path: str, names: Names) -> str | None:
    """Local key of the person if any identifier is good, with the `Person` row; None for a bare name.

    Something that its `@type` calls other than a person stays a name, whatever identifiers it has.
    """
    given = native.get("@type")
    if given not in _WRITTEN_FOR_PERSON:
        kind = reading.text(given, f"{path}.@type")
        if kind and bare_type(kind) not in PERSON_TYPES:
            reading.skip(f"{path}.@type", "a contributor that is not a person is kept as a name", kind)
            return None
    key = reading.part(path)
    own, numbers = native.get("@id"), native.get("personIdentifier")
    good = _own_id(reading, own, path, key) if own is not None else 0
    if numbers:
        good += reading.identifiers(numbers, f"{path}.personIdentifier", PERSON_IDENTIFIERS, key, "person")
    if not good:
        for phrase in names.others:
            reading.skip(phrase.path, "a further form of a name without identifier", phrase.text)
        return None
    reading.add(Person(id=key, name_ja=names.ja, name_kana=names.kana, name_en=names.en))
    for phrase in names.others:
        reading.add_once(PersonName(person=key, name=phrase.text, lang=phrase.lang, kind="variant"))
    return key


def _own_id(reading: Reading, value: object, path: str, key: str) -> int:
    text = value if type(value) is str else reading.text(value, f"{path}.@id") or ""
    if found := ids.crid(text):
        reading.identify(key, "person", "crid", found)
    elif "nrid" in text and (found := ids.nrid(text)):
        reading.identify(key, "person", "nrid", found)
    elif text := text.strip():
        reading.skip(f"{path}.@id", "neither a CRID nor an NRID", text)
    return 1 if found else 0


def with_affiliations(
    reading: Reading,
    names: Names,
    person: str | None,
    groups: Sequence[Sequence[Phrase]],
    observed: str | None,
    as_: str,
) -> Mention:
    """Add the organisations that a mention names; each group is one place with its texts."""
    written: list[str] = []
    organization: str | None = None
    for group in groups:
        for ja, en in paired(group):
            first = ja or en
            if first is None:
                continue
            ja_text, en_text = ja and ja.text.strip(), en and en.text.strip()
            written.append(first.text)
            here = reading.organization(first.path, ja_text, en_text)
            organization = organization or here
            if person:
                reading.rows.append(
                    Affiliation(
                        person=person,
                        path=first.path,
                        kind=as_,
                        organization=here,
                        organization_ja=ja_text,
                        organization_en=en_text,
                        observed=observed,
                    )
                )
    return Mention(names, person, "; ".join(written) or None, organization)


def authored(reading: Reading, found: Mention, path: str, position: int | None, role: str, words: str | None) -> None:
    """Keep one contributor of the record's work; `words` is the role in the source's own words."""
    names = found.names
    reading.add(
        Authored(
            work=reading.key,
            path=path,
            person=found.person,
            position=position,
            role=CONTRIBUTOR_ROLES.get(words.lower(), role) if words else role,
            roles=words,
            name_as_written=names.written,
            name_en=names.en,
            name_kana=names.kana,
            affiliation_as_written=found.affiliation,
            organization=found.organization,
        )
    )


def contributors(reading: Reading, value: object, path: str, role: str, observed: str | None, start: int = 1) -> int:
    """Read a list of contributors, objects or bare names; returns the position after the last."""
    position = start
    for here, native in elements(value, path):
        if isinstance(native, dict):
            found = mention(reading, native, here, observed, "as_author")
            words = native.get("role")
            if words is not None:
                words = reading.text(words, f"{here}.role")
        else:
            found, words = bare(reading, native, here), None
        if found.names.written or found.person:
            authored(reading, found, here, position, role, words)
            position += 1
        elif found.affiliation:
            reading.skip(here, "a contributor without name and identifier", found.affiliation)
    return position


def elements(value: object, path: str) -> list[tuple[str, Any]]:
    """Elements of a list with their paths; anything else but null is a list of one."""
    if isinstance(value, list):
        return [(f"{path}[{i}]", v) for i, v in enumerate(value) if v is not None]
    return [] if value is None else [(path, value)]


def bare(reading: Reading, value: object, path: str) -> Mention:
    """A name that nobody is known by: a text, a language object, or a list of one name's forms."""
    if not isinstance(value, (str, dict, list)):
        reading.skip(path, f"name expected, found {type(value).__name__}", value)
        return Mention(Names(), None, None, None)
    names = name_forms(reading.phrases(value, path))
    for phrase in names.others:
        reading.skip(phrase.path, "a further form of a name without identifier", phrase.text)
    return Mention(names, None, None, None)
