"""Who wrote a product, when KAKEN gives all names in one string?

The string is cut only where its separators cannot mean anything else; otherwise it stays whole and the caller
keeps it as a note.

    >>> split_names("白鳥 佐紀子、小野陽子"), split_names("Sakiko Shiratori, Risa Nomura, and Takeshi Sakurai")
    (['白鳥 佐紀子', '小野陽子'], ['Sakiko Shiratori', 'Risa Nomura', 'Takeshi Sakurai'])
    >>> split_names("Kobayashi, T., Miura, A., & Inamasu, K."), split_names("Shiratori, Sakiko")
    (['Kobayashi, T.', 'Miura, A.', 'Inamasu, K.'], None)
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from kg.text import match_key

_UNCERTAIN = re.compile(r"[0-9０-９()（）\[\]［］<>＜＞「」『』:：/／|｜\n]|et\.?\s*al", re.I)
_OTHERS = re.compile(r"(?:^|\s)(?:他|ほか|外|等|ら)$|(?:ほか|など|[^\s]{2,}他)$")
_AND = re.compile(r"\s+(?:and|＆|&)\s+|\s*[&＆]\s*", re.I)
_LATIN = re.compile(r"[A-Za-zÀ-ɏ]")
_FOREIGN = re.compile(r"[ァ-ヺー・･ ]+")
_KATAKANA = re.compile(r"[ァ-ヺ]")
_INITIALS = re.compile(r"(?:[A-Z]\.?[\s-]?){1,4}")
_LOWER = re.compile(r"[a-zà-ɏ]+")
_WORDS = re.compile(r"[^\s.,]+")
_SEMICOLON, _IDEOGRAPHIC, _COMMA, _DOT = (re.compile(p) for p in ("[;；]", "、", "[,，]", r"\s*[・･·]\s*"))
_LEADING_AND = re.compile(r"\s*(?:and\s+|[&＆]\s*)", re.I)


def split_names(text: str) -> list[str] | None:
    """The names in order, or None where the string does not say for sure where one ends."""
    text = text.strip(" \t\r\n\u3000,、，;；。")
    if not text or len(text) > 20_000:
        return None
    text = " ".join(text.split())
    if _UNCERTAIN.search(text):
        return None
    for separators in (_SEMICOLON, _IDEOGRAPHIC):
        if separators.search(text):
            return _checked(separators.split(text), _clear)
    if _COMMA.search(text):
        return _comma_separated(text)
    if _DOT.search(text) and not _LATIN.search(text) and not _KATAKANA.search(text):
        return _checked(_DOT.split(text), _whole)
    return _checked([text], _single)


def _pieces(parts: list[str]) -> list[str]:
    """Parts without a leading «and», cut again at an inner one."""
    pieces: list[str] = []
    for part in parts:
        if leading := _LEADING_AND.match(part):
            part = part[leading.end() :]
        if "&" in part or "＆" in part or "and" in part.lower():
            pieces += [piece.strip(" \u3000") for piece in _AND.split(part)]
        else:
            pieces.append(part.strip(" \u3000"))
    return pieces


def _checked(parts: list[str], certain: Callable[[str], bool]) -> list[str] | None:
    pieces = _pieces(parts)
    if len(pieces) == 1 and certain is _clear:
        certain = _single
    if not pieces or any(not p or len(p) > 80 or _OTHERS.search(p) or not (_one(p) and certain(p)) for p in pieces):
        return None
    return pieces


def _comma_separated(text: str) -> list[str] | None:
    pieces = _pieces(_COMMA.split(text))
    if len(pieces) % 2 == 0 and all(
        _INITIALS.fullmatch(given) and not _INITIALS.fullmatch(family) and _LATIN.search(family)
        for family, given in zip(pieces[::2], pieces[1::2], strict=True)
    ):
        return [f"{family}, {given}" for family, given in zip(pieces[::2], pieces[1::2], strict=True)]
    if not _LATIN.search(text) and not _KATAKANA.search(text):
        pieces = [p for piece in pieces for p in _DOT.split(piece)]
    return _checked(pieces, _whole)


def _one(piece: str) -> bool:
    """No middle dot, or one that divides a foreign name in katakana."""
    return not _DOT.search(piece) or bool(_FOREIGN.fullmatch(piece))


def _clear(piece: str) -> bool:
    """Between separators that only stand between people: at most one comma (family, given) inside."""
    if _LATIN.search(piece):
        return piece.count(",") + piece.count("，") <= 1
    return piece.count(" ") <= 1 and not _COMMA.search(piece)


def _whole(piece: str) -> bool:
    """Family *and* given name, so that the separator before it cannot stand between the two."""
    if _LATIN.search(piece):
        words = _WORDS.findall(piece)
        return 2 <= len(words) <= 6 and any(len(w) > 1 for w in words)
    spaces = piece.count(" ")
    return spaces == 1 or (spaces == 0 and len(piece) >= 3)


def _single(piece: str) -> bool:
    if _COMMA.search(piece):
        return False
    if _LATIN.search(piece):
        return 2 <= len(_WORDS.findall(piece)) <= 6
    return piece.count(" ") <= 1 and 2 <= len(piece) <= 24


class Known(NamedTuple):
    """Somebody whose names are known, to be found among names as written."""

    ja: frozenset[str]
    """Match keys of the Japanese forms."""
    latin: tuple[tuple[str, str], ...]
    """(family, given) in lower case."""

    @classmethod
    def of(cls, ja: list[str], latin: list[tuple[str, str]]) -> Known:
        return cls(
            frozenset(match_key(n) for n in ja if n),
            tuple((f.lower(), g.lower()) for f, g in latin if f and g),
        )

    def matches(self, written: Written) -> bool:
        """The same Japanese form, or family name with given name or its initial."""
        if not written.words:
            return written.key in self.ja
        return any(_same_latin(written.words, family, given) for family, given in self.latin)


class Written(NamedTuple):
    """A name as it stands in a string, ready to be compared."""

    key: str
    words: tuple[str, ...]
    """In lower case; empty where the name is not in Latin script."""

    @classmethod
    def of(cls, name: str) -> Written:
        if _LATIN.search(name):
            return cls("", tuple(_LOWER.findall(name.lower())))
        return cls(match_key(name), ())


def _same_latin(words: tuple[str, ...], family: str, given: str) -> bool:
    if family not in words:
        return False
    rest = list(words)
    rest.remove(family)
    return bool(rest) and ("".join(rest) == given.replace(" ", "") or (len(rest) == 1 and rest[0] == given[0]))


def only_match(names: list[Written], known: Known) -> int | None:
    """Index of the one name that is this person's; None where none is or several are."""
    found = [i for i, name in enumerate(names) if known.matches(name)]
    return found[0] if len(found) == 1 else None


_PARENTHESES = re.compile(r"\s*[(（]([^()（）]*)[)）]\s*")


def without_alias(name: str) -> tuple[str, list[str]]:
    """A name without what stands in parentheses, and that.

    >>> without_alias("橋口 陽子 (小野 陽子)"), without_alias("Hashiguchi(Ono) Yoko")
    (('橋口 陽子', ['小野 陽子']), ('Hashiguchi Yoko', ['Ono']))
    """
    if "(" not in name and "（" not in name:
        return name, []
    inside = [" ".join(a.split()) for a in _PARENTHESES.findall(name)]
    return " ".join(_PARENTHESES.sub(" ", name).split()), [a for a in inside if a]
