"""How is a part of a researchmap item read safely, whatever stands there?

A `Part` is one JSON object of a record (an item, a profile, an affiliation within it) together with the rows
gathered so far. Its methods return a value in the wanted type or None; what stands there in another type comes
out as `Skipped` with its path, so that nothing is lost in silence. `null`, empty text and the words `null` and
`NULL` (which exports write for «empty») are nothing at all. Texts come from `loaders.native`, which leaves no lone
surrogates in them.

Paths are as in the native record: `paper_title.ja`, `authors.en[3].name`; within a profile they start with the
section (`published_papers[3].paper_title.ja`); of a CSV row they are the column's heading.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from kg.records import EntityKind, Identifier, Link, PartialDate, Row, Skipped, TextUnit
from kg.text import language_of, text_hash, without_surrogates
from kg.text.dates import partial

_EMPTY = frozenset({"", "null", "NULL"})
_FLAGS = {"true": True, "false": False, "1": True, "0": False}
_LINK_SCHEMES = ("http://", "https://", "ftp://")
PUBLIC = frozenset({"disclosed", "public"})
PRESENT = "9999"
"""`to_date` of what goes on to the present."""


class Worded(NamedTuple):
    """One language of a text: tag as given ('' for none), exact text, path."""

    lang: str
    text: str
    path: str


_worded: Callable[[tuple[str, str, str]], Worded] = functools.partial(tuple.__new__, Worded)
"""What `Worded(…)` does, for a third of its cost; a profile has a hundred."""


class Named(NamedTuple):
    """One name of a list of people: path, position from 1, name as written, its Latin form where paired."""

    path: str
    position: int
    name: str
    name_en: str | None


_named: Callable[[tuple[str, int, str, str | None]], Named] = functools.partial(tuple.__new__, Named)


class Bilingual(NamedTuple):
    """A text by language of its script, not of its tag."""

    ja: str | None
    en: str | None
    other: str | None

    @property
    def any(self) -> str | None:
        return self.ja or self.en or self.other


_NOTHING = Bilingual(None, None, None)


def clean(text: str) -> str:
    """The text as UTF-8 can hold it."""
    return text if text.isascii() or text.isprintable() else without_surrogates(text)


@dataclass(slots=True)
class Rows:
    """What one native record has yielded so far; identifiers and links at most once each."""

    record: str
    out: list[Row | Skipped] = field(default_factory=list)
    seen: set[tuple[str, ...]] = field(default_factory=set)

    def add(self, row: Row) -> None:
        self.out.append(row)

    def skip(self, path: str, reason: str, value: object = "") -> None:
        shown = value if isinstance(value, str) else repr(value)[:400]
        self.out.append(Skipped(path=clean(path), reason=reason, value=clean(shown[:200])))

    def first(self, *mark: str) -> bool:
        """Whether this is said for the first time in the record: what is said twice is one row."""
        if mark in self.seen:
            return False
        self.seen.add(mark)
        return True

    def identifier(
        self, subject: str, kind: EntityKind, scheme: str, value: str, relation: str = "self", url: str | None = None
    ) -> None:
        mark = (subject, scheme, relation, value)
        if mark not in self.seen:
            self.seen.add(mark)
            self.out.append(
                Identifier(subject=subject, kind=kind, scheme=scheme, value=value, relation=relation, url=url)
            )

    def link(self, subject: str, kind: EntityKind, url: str, role: str, label: str | None) -> None:
        if self.first(subject, f"link {role}", url):
            self.out.append(Link(subject=subject, kind=kind, url=url, role=role, label=label))

    def text(self, subject: str, kind: EntityKind, role: str, worded: Worded) -> None:
        self.out.append(
            TextUnit(
                record=self.record,
                subject=subject,
                subject_kind=kind,
                field=worded.path,
                role=role,
                lang=worded.lang,
                text=worded.text,
                text_hash=text_hash(worded.text),
            )
        )


@dataclass(slots=True)
class Part:
    """One JSON object of a record, where it stands, and the rows it adds to."""

    data: Mapping[str, Any]
    rows: Rows
    prefix: str = ""
    labels: Mapping[str, str] | None = None
    """CSV only: path within the item -> heading of the column it came from."""

    def path(self, name: str) -> str:
        if self.labels is not None:
            return self.labels.get(name, name)
        return self.prefix + name

    def scalar(self, value: object, name: str) -> str | None:
        """Text or number as trimmed text; anything else is skipped."""
        if isinstance(value, str):
            text = value.strip()
            return None if text in _EMPTY else text
        if value is None:
            return None
        if isinstance(value, int | float) and not isinstance(value, bool):
            return str(value)
        self.rows.skip(self.path(name), f"text expected, {type(value).__name__} found", value)
        return None

    def text(self, name: str) -> str | None:
        value = self.data.get(name)
        if value is None:
            return None
        if type(value) is str:
            value = value.strip()
            return None if value in _EMPTY else value
        return self.scalar(value, name)

    def flag(self, name: str) -> bool | None:
        value = self.data.get(name)
        if value is None or value is True or value is False:
            return value
        if isinstance(value, str):
            word = value.strip()
            if word in _EMPTY:
                return None
            if word.lower() in _FLAGS:
                return _FLAGS[word.lower()]
        self.rows.skip(self.path(name), "true or false expected", value)
        return None

    def date(self, name: str) -> PartialDate | None:
        """A partial date; None also for «to the present»."""
        text = self.text(name)
        if text is None or text == PRESENT:
            return None
        found = partial(text)
        if found is None:
            self.rows.skip(self.path(name), "no year can be read in this date", text)
        return found

    def to_present(self, name: str = "to_date") -> bool | None:
        return True if self.text(name) == PRESENT else None

    def whole(self, name: str) -> int | None:
        """A whole number such as an amount of money; commas are allowed."""
        text = self.text(name)
        if text is None:
            return None
        digits = text.replace(",", "").removesuffix(".0")
        if digits.isascii() and digits.isdigit() and len(digits) <= 18:
            return int(digits)
        self.rows.skip(self.path(name), "whole number expected", text)
        return None

    def words(self, name: str) -> list[str]:
        """A list of texts; one text alone counts as a list of one."""
        return [text for text, _ in self.tokens(name)] if name in self.data else []

    def tokens(self, name: str) -> list[tuple[str, str]]:
        """Texts of a list with their paths."""
        value = self.data.get(name)
        if value is None:
            return []
        if not isinstance(value, list):
            return [] if (text := self.scalar(value, name)) is None else [(text, name)]
        found = []
        for i, entry in enumerate(value):
            at = f"{name}[{i}]"
            if (text := self.scalar(entry, at)) is not None:
                found.append((text, at))
        return found

    def part(self, name: str) -> Part:
        """The object under `name`; an empty one where there is none."""
        value = self.data.get(name)
        if value is not None and not isinstance(value, dict):
            self.rows.skip(self.path(name), f"object expected, {type(value).__name__} found", value)
            value = None
        if self.labels is None:
            return Part(value or {}, self.rows, f"{self.prefix}{name}.")
        return Part(value or {}, self.rows, f"{self.prefix}{name}.", self._inner_labels(name))

    def _inner_labels(self, name: str) -> Mapping[str, str]:
        head = f"{name}."
        return {k[len(head) :]: v for k, v in (self.labels or {}).items() if k.startswith(head)}

    def parts(self, name: str) -> Iterator[Part]:
        """The objects of a list; one object alone counts as a list of one."""
        value = self.data.get(name)
        if value is None:
            return
        for i, entry in enumerate(value if isinstance(value, list) else [value]):
            if isinstance(entry, dict):
                if self.labels is None:
                    yield Part(entry, self.rows, f"{self.prefix}{name}[{i}].")
                    continue
                yield Part(entry, self.rows, f"{self.prefix}{name}[{i}].", self._inner_labels(f"{name}[{i}]"))
            elif entry is not None:
                self.rows.skip(self.path(f"{name}[{i}]"), f"object expected, {type(entry).__name__} found", entry)

    def worded(self, name: str) -> list[Worded]:
        """A text in its languages, each exactly as stored."""
        value = self.data.get(name)
        if value is None:
            return []
        if not isinstance(value, dict):
            return [] if (text := self._exact(value, name)) is None else [Worded("", text, self.path(name))]
        found = []
        labels, prefix = self.labels, self.prefix
        for lang, entry in value.items():
            at = f"{name}.{lang}"
            text = self._exact(entry, at) if type(entry) is not str else None if entry.strip() in _EMPTY else entry
            if text is not None:
                found.append(_worded((lang, text, prefix + at if labels is None else labels.get(at, at))))
        return found

    def _exact(self, value: object, name: str) -> str | None:
        if isinstance(value, str):
            return None if value.strip() in _EMPTY else value
        return self.scalar(value, name)

    def bilingual(self, name: str) -> Bilingual:
        return bilingual(self.worded(name)) if self.data.get(name) is not None else _NOTHING

    def names(self, name: str) -> list[Named]:
        """People of `{"ja": [{"name"}], "en": [{"name"}]}`.

        Two lists of equal length are taken as the same people in the same order; of two that differ the longer
        one is read and the other skipped, since no pairing would be safe.
        """
        lists = self._name_lists(name) if name in self.data else None
        if not lists:
            return []
        ja, en = lists.get("ja", []), lists.get("en", [])
        for lang in [lang for lang in lists if lang not in ("ja", "en")]:
            self.rows.skip(self.path(f"{name}.{lang}"), "people in a language other than ja and en", lang)
        if ja and len(ja) == len(en):
            return [_named((p, i, n, e)) for i, ((p, n), (_, e)) in enumerate(zip(ja, en, strict=True), 1)]
        if ja and en:
            shorter = "en" if len(ja) > len(en) else "ja"
            reason = f"{len(ja)} ja and {len(en)} en names cannot be paired; the longer list is read"
            self.rows.skip(self.path(f"{name}.{shorter}"), reason, "; ".join(n for _, n in lists[shorter]))
        chosen = ja if len(ja) >= len(en) else en
        return [_named((p, i, n, None)) for i, (p, n) in enumerate(chosen, 1)]

    def _name_lists(self, name: str) -> dict[str, list[tuple[str, str]]]:
        value = self.data.get(name)
        if value is None:
            return {}
        if not isinstance(value, dict):
            value = {"ja": value}
        lists = {}
        for lang, people in value.items():
            if found := self._people(people, f"{name}.{lang}"):
                lists[lang] = found
        return lists

    def _people(self, people: object, at: str) -> list[tuple[str, str]]:
        """Path and name of each person of a list."""
        if people is None:
            return []
        found = []
        shown = self.path(at)
        for i, person in enumerate(people if isinstance(people, list) else [people]):
            written = person.get("name") if isinstance(person, dict) else person
            if type(written) is str:
                if (written := written.strip()) not in _EMPTY:
                    found.append((f"{shown}[{i}]", written))
            elif written is None and isinstance(person, dict) and person:
                self.rows.skip(f"{shown}[{i}]", "person without a name", person)
            elif (text := self.scalar(written, f"{at}[{i}]")) is not None:
                found.append((f"{shown}[{i}]", text))
        return found

    def url(self, name: str) -> str | None:
        """A web address; other schemes (`javascript:` …) are skipped."""
        text = self.text(name)
        if text is None:
            return None
        if text.lower().startswith(_LINK_SCHEMES):
            return text
        self.rows.skip(self.path(name), "not a web address")  # the value may be somebody's mail address
        return None

    def is_public(self, name: str = "display") -> bool:
        """Whether this part may be shown; where nothing is said it stands in a public answer and may."""
        value = self.data.get(name)
        if (
            value is None
            or value == "disclosed"
            or (isinstance(value, str) and (value.strip() in PUBLIC or value.strip() in _EMPTY))
        ):
            return True
        shown = value if isinstance(value, str) else type(value).__name__
        self.rows.skip(self.path(name), f"private: {name} is {clean(shown[:40])}")
        return False


def bilingual(entries: list[Worded]) -> Bilingual:
    """Which text is Japanese and which English. A tag wins over a guess where both are possible."""
    if not entries:
        return _NOTHING
    ja = en = other = None
    for lang, text, _ in entries:
        plain = text.strip()
        by_script = language_of(plain, lang)
        if by_script == "ja" and (ja is None or lang == "ja"):
            ja = plain
        elif by_script == "en" and (en is None or lang == "en"):
            en = plain
        elif by_script not in ("ja", "en") and other is None:
            other = plain
    return Bilingual(ja, en, other)
