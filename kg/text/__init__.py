"""Text basics shared by all rooms: normal forms, hashes, scripts, identifiers, dates, tokens.

Comes in: strings from sources. Goes out: the same strings cleaned, compared, split or hashed; nothing here
knows about records or storage. `kg.text.tokens` (Sudachi) is imported only where it is needed.
"""

from __future__ import annotations

import re
import unicodedata
from hashlib import sha256

_KANA = re.compile(r"[\u3040-\u30ff\uff66-\uff9f]")
_HAN = re.compile(r"[\u3005\u3400-\u9fff\uf900-\ufaff\U00020000-\U000323af]")
_LATIN = re.compile(r"[A-Za-z\u00c0-\u024f]")
_JAPANESE = re.compile(f"{_HAN.pattern}|{_KANA.pattern}".replace("]|[", ""))
"""Chinese characters or kana."""
_SURROGATE = re.compile(r"[\ud800-\udfff]")


def nfkc(text: str) -> str:
    """NFKC, white space folded to single spaces, ends trimmed."""
    return " ".join(unicodedata.normalize("NFKC", text).split())


def match_key(text: str) -> str:
    """Form under which labels and names are compared: NFKC, case folded, without any white space."""
    return "".join(unicodedata.normalize("NFKC", text).split()).casefold()


def text_hash(text: str) -> str:
    """sha256 (hex) of the text in UTF-8."""
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def without_surrogates(text: str) -> str:
    """The text with lone surrogates replaced by U+FFFD, so that it can be stored as UTF-8."""
    return _SURROGATE.sub("\ufffd", text)


def script(text: str) -> str:
    """`han`, `kana`, `latin`, `mixed` or `other`: which scripts a name or title is written in.

    Japanese text that mixes kanji and kana counts as `han`.

    >>> script("高畑一夫"), script("タカハタ カズオ"), script("Kazuo Takahata"), script("3次元CT画像")
    ('han', 'kana', 'latin', 'mixed')
    """
    if text.isascii():  # most English text; saves two searches that cannot find anything
        return "latin" if _LATIN.search(text) else "other"
    found = "han" if _HAN.search(text) else "kana" if _KANA.search(text) else ""
    if _LATIN.search(text):
        return "mixed" if found else "latin"
    return found or "other"


def is_latin(text: str) -> bool:
    """Whether `script` of the text is `latin`, for less than `script` costs."""
    if not text.isascii() and _JAPANESE.search(text):
        return False
    return bool(_LATIN.search(text))


def language_of(text: str, given: str = "") -> str:
    """`ja`, `en` or '': a given tag reduced to its language, else a guess by script.

    Sources tag English titles `ja`; a tag is believed only where the script allows it.
    """
    tag = given.partition("-")[0] if "-" in given else given
    if not text.isascii() and _JAPANESE.search(text):
        return tag if tag in ("zh", "ko") else "ja"
    if _LATIN.search(text):
        return tag if tag not in ("", "ja", "jp") else "en"
    return tag
