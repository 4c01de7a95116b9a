"""Rows gathered from one native record, and typed access to its parts that never fails.

Every reader of this source holds one `Reading`: it asks for parts (`text`, `phrases`, `members`), adds rows, and
what has the wrong shape becomes a `Skipped` with its path while the rest goes on.

    >>> ref = SourceRef(source="cinii", form="item", record_id="1", content_hash="", retrieved="")
    >>> reading = Reading(ref, "work")
    >>> reading.phrases([{"@language": "ja", "@value": "標本管理"}, 7, True], "dc:title")
    [Phrase(path='dc:title[0]', lang='ja', text='標本管理'), Phrase(path='dc:title[1]', lang='', text='7')]
    >>> reading.rows
    [Skipped(path='dc:title[2]', reason='text expected, found bool', value='True')]
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Collection, Mapping
from functools import partial
from typing import Any, NamedTuple

from kg.records import EntityKind, Identifier, Link, Organization, Row, Skipped, SourceRef, TextUnit
from kg.text import dates, language_of, text_hash
from kg.text.identifiers import award_number, erad_from_nrid
from loaders.cinii.vocabulary import MONEY_UNITS, Scheme, is_researchmap_user, type_key

Native = Mapping[str, Any]
"""A JSON object of the source."""

_AMOUNT = re.compile(r"^\d{1,18}(?:\.0+)?$")
_WEB = re.compile(r"^(?:https?|ftp)://\S", re.I)
_TRUE = frozenset({"true", "1", "有", "yes"})
_FALSE = frozenset({"false", "0", "無", "no"})


class Phrase(NamedTuple):
    """One text of the record: where it stands, its language tag as given ('' for none), the text as given."""

    path: str
    lang: str
    text: str


_phrase: Callable[[tuple[str, str, str]], Phrase] = partial(tuple.__new__, Phrase)
"""What `Phrase(…)` does, for a third of its cost; a record has a dozen."""


class Reading:
    """What has been read of one record so far. `kind` is what the record is about; its local key is `key`."""

    __slots__ = ("_identifiers", "_once", "_organizations", "add", "key", "kind", "rows")

    def __init__(self, ref: SourceRef, kind: EntityKind) -> None:
        self.key = ref.record
        self.kind: EntityKind = kind
        self.rows: list[Row | Skipped] = []
        self.add: Callable[[Row], None] = self.rows.append
        """Keep one row."""
        self._identifiers: dict[tuple[str, str, str, str], None] = {}
        self._once: set[tuple[object, ...]] = set()
        self._organizations: dict[tuple[str | None, str | None, tuple[tuple[str, str], ...]], str] = {}

    def add_once(self, row: Row) -> None:
        """Keep a row unless one of the same key is there: for what sources like to repeat."""
        key = (row.table, *(getattr(row, column) for column in row.key))
        if key not in self._once:
            self._once.add(key)
            self.rows.append(row)

    def skip(self, path: str, reason: str, value: object = "") -> None:
        """Say that a part is lost, and why."""
        self.rows.append(Skipped(path=path, reason=reason, value=str(value)[:200]))

    def part(self, path: str) -> str:
        """Local key of the thing that stands at `path`."""
        return f"{self.key}#{path}"

    # --- typed access ----------------------------------------------------------------------------------------

    def mapping(self, value: object, path: str) -> Native:
        """The object at `path`; an empty one for null, or (said) for anything else."""
        if isinstance(value, dict):
            return value
        if value is not None:
            self.skip(path, f"object expected, found {type(value).__name__}", value)
        return {}

    def members(self, value: object, path: str) -> list[tuple[str, Native]]:
        """The objects of a list with their paths; a single object counts as a list of one."""
        if value is None:
            return []
        pairs = [(f"{path}[{i}]", v) for i, v in enumerate(value)] if isinstance(value, list) else [(path, value)]
        found: list[tuple[str, Native]] = []
        for here, native in pairs:
            if isinstance(native, dict) or (native := self.mapping(native, here)):
                found.append((here, native))
        return found

    def coded(self, value: object, path: str) -> list[tuple[str, str, str]]:
        """Path, type and value of each `{@type, @value}` in a list; type '' where there is none."""
        found: list[tuple[str, str, str]] = []
        if value is None:
            return found
        for i, element in enumerate(value) if type(value) is list else ((-1, value),):
            here = f"{path}[{i}]" if i >= 0 else path
            native = element if type(element) is dict else self.mapping(element, here)
            text, name = native.get("@value"), native.get("@type", "")
            if type(text) is not str or type(name) is not str:
                text = self.text(text, f"{here}.@value")
                name = self.text(name, f"{here}.@type") or ""
            if text and (text := text.strip()):
                found.append((here, name.strip(), text))
        return found

    def phrases(self, value: object, path: str) -> list[Phrase]:
        """Every text in a string, a language object, or any list of these, in order; blank ones left out."""
        found: list[Phrase] = []
        if not isinstance(value, list):
            if value is not None:
                self._gather(value, path, found)
            return found
        for i, element in enumerate(value):
            if type(element) is dict:  # the shape of nearly all texts, read without a call
                text, lang = element.get("@value"), element.get("@language", "")
                if type(text) is str and type(lang) is str:
                    if text and not text.isspace():
                        found.append(_phrase((f"{path}[{i}]", lang, text)))
                    continue
            self._gather(element, f"{path}[{i}]", found)
        return found

    def _gather(self, value: Any, path: str, found: list[Phrase]) -> None:
        if isinstance(value, str):
            if value and not value.isspace():
                found.append(Phrase(path, "", value))
        elif isinstance(value, list):
            for i, element in enumerate(value):
                self._gather(element, f"{path}[{i}]", found)
        elif isinstance(value, dict):
            self._gather_tagged(value, path, found)
        elif isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value):
            found.append(Phrase(path, "", str(value)))
        elif value is not None:
            self.skip(path, f"text expected, found {type(value).__name__}", value)

    def _gather_tagged(self, value: Native, path: str, found: list[Phrase]) -> None:
        text = value.get("@value")
        if isinstance(text, str):
            lang = value.get("@language")
            if lang is not None and not isinstance(lang, str):
                self.skip(f"{path}.@language", f"text expected, found {type(lang).__name__}", lang)
                lang = None
            if text and not text.isspace():
                found.append(Phrase(path, lang or "", text))
        elif text is not None:
            self._gather(text, path, found)
        elif "name" in value:
            self._gather(value["name"], path, found)
        elif value and "@value" not in value:
            self.skip(path, "text expected, found an object without @value", value)

    def text(self, value: object, path: str) -> str | None:
        """One trimmed text; of several the first is taken and the others are said to be lost."""
        if isinstance(value, str):
            return value.strip() or None
        if value is None:
            return None
        found = self.phrases(value, path)
        for phrase in found[1:]:
            self.skip(phrase.path, "one text expected, found another", phrase.text)
        return found[0].text.strip() if found else None

    def texts(self, value: object, path: str) -> str | None:
        """All texts of a part, joined by `; `; None where there are none."""
        if value is None:
            return None
        return "; ".join(p.text.strip() for p in self.phrases(value, path)) or None

    def first(self, value: object, path: str, lang: str = "ja") -> str | None:
        """The texts in one language joined by `; `, or all of them where none is in it."""
        if value is None:
            return None
        found = self.phrases(value, path)
        if len(found) == 1:
            return found[0].text.strip()
        chosen = [p for p in found if language_of(p.text, p.lang) == lang] or found
        return "; ".join(dict.fromkeys(p.text.strip() for p in chosen)) or None

    def date(self, value: object, path: str) -> str | None:
        """A partial date; one that cannot be read is said."""
        if value is None or (text := self.text(value, path)) is None:
            return None
        date = dates.partial(text)
        if not date:
            self.skip(path, "no date can be read", text)
        return date

    def flag(self, value: object, path: str) -> bool | None:
        """A truth value, which the source writes as a boolean or as text."""
        if value is None or isinstance(value, bool):
            return value
        text = self.text(value, path)
        if text is None:
            return None
        word = text.lower()
        if word not in _TRUE and word not in _FALSE:
            self.skip(path, "true or false expected", text)
            return None
        return word in _TRUE

    def amount(self, value: object, unit: object, path: str) -> int | None:
        """Money in whole currency units; `unit` may say that it is counted in thousands."""
        text = self.text(value, path)
        if text is None:
            return None
        digits = text.replace(",", "")
        scale = MONEY_UNITS.get((self.text(unit, f"{path}.unit") or "").lower())
        if scale is None or not _AMOUNT.match(digits):
            self.skip(path, "no amount of money can be read", f"{text} {unit or ''}".strip())
            return None
        return int(digits.partition(".")[0]) * scale

    # --- rows that every reader makes ------------------------------------------------------------------------

    def unit(self, phrase: Phrase, role: str, subject: str | None = None, kind: EntityKind | None = None) -> None:
        """Keep a text exactly as given, about the record's own thing unless another subject is named."""
        self.rows.append(
            TextUnit(
                record=self.key,
                subject=subject or self.key,
                subject_kind=kind or self.kind,
                field=phrase.path,
                role=role,
                lang=phrase.lang,
                text=phrase.text,
                text_hash=text_hash(phrase.text),
            )
        )

    def units(self, value: object, path: str, role: str) -> list[Phrase]:
        """Keep all texts of a part in one role."""
        if value is None:
            return []
        found = self.phrases(value, path)
        for phrase in found:
            self.unit(phrase, role)
        return found

    def link(self, url: str | None, path: str, role: str, label: str | None) -> None:
        """Keep a web page of the record's thing; an address that is none is said."""
        if url and not _WEB.match(url):
            self.skip(path, "not the address of a web page", url)
        elif url:
            key = ("link", self.key, url, role)
            if key not in self._once:
                self._once.add(key)
                self.rows.append(Link(subject=self.key, kind=self.kind, url=url, role=role, label=label))

    def identify(
        self,
        subject: str,
        kind: EntityKind,
        scheme: str,
        value: str,
        relation: str = "self",
        url: str | None = None,
    ) -> None:
        """Give `subject` an identifier once, and with it the one that follows from it."""
        key = (subject, scheme, value, relation)
        if key in self._identifiers:
            return
        self._identifiers[key] = None
        self.rows.append(Identifier(subject=subject, kind=kind, scheme=scheme, value=value, relation=relation, url=url))
        if scheme == "nrid" and (number := erad_from_nrid(value)):
            self.identify(subject, kind, "erad", number, relation)
        elif scheme == "jgn" and (award := award_number(value)):
            self.identify(subject, kind, "award", award, relation)

    def identifier_of(self, subject: str, scheme: str) -> str | None:
        """The first identifier of a scheme that `subject` was given."""
        return next((value for who, name, value, _ in self._identifiers if who == subject and name == scheme), None)

    def identifiers(
        self,
        value: object,
        path: str,
        schemes: Mapping[str, Scheme],
        subject: str,
        kind: EntityKind,
        relation: str | None = None,
    ) -> int:
        """Read a list of `{@type, @value}` for `subject`; returns how many were good."""
        good = 0
        for here, name, text in self.coded(value, path):
            scheme = schemes.get(name) or schemes.get(type_key(name))
            if scheme is None:
                self.skip(here, f"identifier type «{name}» is not known for a {kind}", text)
                continue
            normal = scheme.normal(text)
            if normal is None:
                self.skip(f"{here}.@value", f"not a valid {scheme.scheme}", text)
                continue
            name = scheme.scheme
            if name == "researchmap" and is_researchmap_user(normal):
                name = "rm_user"
            url = text if name in ("uri", "kaken") else None
            self.identify(subject, kind, name, normal, relation or scheme.relation, url)
            good += 1
        return good

    def organization(
        self,
        path: str,
        ja: str | None,
        en: str | None,
        codes: Collection[tuple[str, str]] = (),
        kind: str | None = None,
    ) -> str:
        """Local key of an organisation; the same codes and names within a record are one row."""
        known = (ja, en, tuple(sorted(codes)) if codes else ())
        key = self._organizations.get(known)
        if key is None:
            key = self._organizations[known] = self.part(path)
            self.rows.append(Organization(id=key, name_ja=ja, name_en=en, kind=kind))
            for scheme, value in known[2]:
                self.identify(key, "organization", scheme, value)
        return key
