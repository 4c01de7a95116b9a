"""How does a kana reading look in Latin letters, as sources write names?

>>> hepburn("サトウ"), hepburn("オオノ"), hepburn("ジュンイチ"), hepburn("ハットリ")
('Sato', 'Ono', 'Junichi', 'Hattori')
"""

from __future__ import annotations

_TWO = {
    "キャ": "kya", "キュ": "kyu", "キョ": "kyo", "シャ": "sha", "シュ": "shu", "ショ": "sho",
    "チャ": "cha", "チュ": "chu", "チョ": "cho", "ニャ": "nya", "ニュ": "nyu", "ニョ": "nyo",
    "ヒャ": "hya", "ヒュ": "hyu", "ヒョ": "hyo", "ミャ": "mya", "ミュ": "myu", "ミョ": "myo",
    "リャ": "rya", "リュ": "ryu", "リョ": "ryo", "ギャ": "gya", "ギュ": "gyu", "ギョ": "gyo",
    "ジャ": "ja", "ジュ": "ju", "ジョ": "jo", "ビャ": "bya", "ビュ": "byu", "ビョ": "byo",
    "ピャ": "pya", "ピュ": "pyu", "ピョ": "pyo",
}  # fmt: skip
_ONE = dict(zip(
    "アイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワヲンガギグゲゴザジズゼゾダヂヅデドバビブベボパピプペポ",
    ["a", "i", "u", "e", "o", "ka", "ki", "ku", "ke", "ko", "sa", "shi", "su", "se", "so", "ta", "chi", "tsu", "te", "to", "na", "ni", "nu", "ne", "no", "ha", "hi", "fu", "he", "ho", "ma", "mi", "mu", "me", "mo", "ya", "yu", "yo", "ra", "ri", "ru", "re", "ro", "wa", "o", "n", "ga", "gi", "gu", "ge", "go", "za", "ji", "zu", "ze", "zo", "da", "ji", "zu", "de", "do", "ba", "bi", "bu", "be", "bo", "pa", "pi", "pu", "pe", "po"],
    strict=True,
))  # fmt: skip


def hepburn(kana: str) -> str:
    """Hepburn without long vowels, first letter a capital. Raises `KeyError` for anything but katakana."""
    out, i, double = [], 0, False
    while i < len(kana):
        if kana[i] == "ッ":
            double, i = True, i + 1
            continue
        step = 2 if kana[i : i + 2] in _TWO else 1
        syllable = _TWO[kana[i : i + 2]] if step == 2 else _ONE[kana[i]]
        out.append(("t" if syllable.startswith("ch") else syllable[0]) + syllable if double else syllable)
        double, i = False, i + step
    text = "".join(out).replace("oo", "o").replace("ou", "o").replace("uu", "u")
    return text[:1].upper() + text[1:]
