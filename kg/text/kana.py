"""How does a Japanese name sound, in Latin letters? Rough on purpose: good enough to choose between two names.

>>> romaji("タカハシ ジュンイチ"), romaji("おおの"), sounds_like("高橋 花子", "takahashi hanako")
('takahashi junichi', 'ono', True)
"""

from __future__ import annotations

import re
import unicodedata

_VOWELS = "aiueo"
_ROWS = {
    "": "アイウエオ", "k": "カキクケコ", "s": "サシスセソ", "t": "タチツテト", "n": "ナニヌネノ", "h": "ハヒフヘホ",
    "m": "マミムメモ", "r": "ラリルレロ", "g": "ガギグゲゴ", "z": "ザジズゼゾ", "d": "ダヂヅデド", "b": "バビブベボ",
    "p": "パピプペポ",
}  # fmt: skip
_SOUNDS = {
    **{kana: row + vowel for row, line in _ROWS.items() for kana, vowel in zip(line, _VOWELS, strict=True)},
    "シ": "shi", "チ": "chi", "ツ": "tsu", "フ": "fu", "ジ": "ji", "ヂ": "ji", "ヅ": "zu", "ヤ": "ya", "ユ": "yu",
    "ヨ": "yo", "ワ": "wa", "ヲ": "o", "ン": "n", "ヴ": "vu",
}  # fmt: skip
_SMALL = {"ャ": "a", "ュ": "u", "ョ": "o", "ァ": "a", "ィ": "i", "ゥ": "u", "ェ": "e", "ォ": "o"}
_LONG = re.compile(r"ou|oo|uu|([aiueo])-")


def romaji(kana: str) -> str:
    """Hepburn in lower case, long vowels short; anything but kana as it is."""
    out: list[str] = []
    double = False
    for c in unicodedata.normalize("NFKC", kana).translate(_TO_KATAKANA):
        if c == "ッ":
            double = True
        elif c in _SMALL and out:
            out[-1] = _with_small(out[-1], c)
        else:
            sound = _SOUNDS.get(c, "-" if c == "ー" else c.lower())
            out.append(("t" if sound.startswith("ch") else sound[0]) + sound if double else sound)
            double = False
    return _LONG.sub(lambda m: m.group(1) or m.group(0)[0], "".join(out)).replace("-", "")


_TO_KATAKANA = {code: code + 0x60 for code in range(0x3041, 0x3097)}


def _with_small(sound: str, small: str) -> str:
    if small not in "ャュョ":
        return sound[:-1] + _SMALL[small]
    stem = sound[:-1]
    return stem + ("" if stem.endswith(("sh", "ch", "j")) else "y") + _SMALL[small]


def sounds_like(name: str, latin: str) -> bool:
    """Whether a name in kanji or kana, its parts divided by a space, may be read as one of the Latin words."""
    from kg.text.tokens import reading

    words = set(latin.casefold().split())
    parts = (romaji(reading(part)) for part in re.split(r"[\s　]+", name.strip()))
    return any(len(part) > 1 and part in words for part in parts)
