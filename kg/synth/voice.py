"""In which words do sources speak of the invented things? Names, titles, abstracts, institutions, dates.

All words follow from numbers through `scramble`, so that any process can say them again. Every institution,
journal and publisher says 架空 or Fictional.
"""

from __future__ import annotations

from array import array
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kg.synth import marks
from kg.synth.lexicon import Lexicon, Name, lexicon
from kg.synth.world import DIRTY, FORMER_BIT, VARIANT_BIT, World, current_organization

NOTE_JA = "合成データ（実在しません）"
NOTE_EN = "Synthetic data; does not exist"
_MASK = (1 << 64) - 1

_STUDY_JA = ("実証的研究", "比較研究", "基礎的検討", "定量的評価", "長期的分析", "実態調査", "方法論的考察", "再検討",
             "数値的検討", "予備的調査", "総合的研究", "理論的考察")  # fmt: skip
_STUDY_EN = ("An empirical study", "A comparative study", "A basic study", "A quantitative evaluation",
             "A long-term analysis", "A field survey", "A methodological note", "A reconsideration",
             "A numerical study", "A preliminary survey", "A comprehensive study", "A theoretical note")  # fmt: skip


def scramble(seed: int, stage: int, number: int) -> int:
    """A fixed 64-bit value for a number: the source of every small choice."""
    x = (number * 0x9E3779B97F4A7C15 + seed * 0xBF58476D1CE4E5B9 + stage * 0x94D049BB133111EB) & _MASK
    x = ((x ^ (x >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
    x = ((x ^ (x >> 27)) * 0x94D049BB133111EB) & _MASK
    return x ^ (x >> 31)


@dataclass(frozen=True, slots=True)
class Organization:
    """An invented institution with its codes."""

    number: int
    ja: str
    en: str
    kind: str
    ror: str
    nii: str
    erad: str
    mext: str
    rm: str
    city: str


@dataclass(frozen=True, slots=True)
class Words:
    """What one work or project is called and about."""

    title_ja: str
    title_en: str
    keywords: tuple[tuple[int, int], ...]
    """(field, keyword) pairs."""


class Voice:
    """Words for one world."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.lexicon: Lexicon = lexicon()
        self.organizations = invent_organizations(self.lexicon, world.seed, world.organizations)
        p = world.people
        self.family, self.given, self.reading = _packed(p.family), _packed(p.given), _packed(p.reading)
        self.former, self.start = _packed(p.former), _packed(p.start)
        self.field1, self.field2 = _packed(p.field1), _packed(p.field2)
        self.now = _packed(current_organization(p))
        self.journals = [_journals(f.rm_area_label, f.rm_area_label_en, i) for i, f in enumerate(self.lexicon.fields)]

    # --- people -----------------------------------------------------------------------------------------------

    def family_name(self, person: int, former: bool = False) -> Name:
        """Family name, optionally the one before a change."""
        index = self.former[person] if former and self.former[person] >= 0 else self.family[person]
        return self.lexicon.families[index]

    def kanji(self, person: int, bits: int = 0) -> tuple[str, str]:
        """Family and given name in Japanese script; `bits` as in `Works.author_id`."""
        family = self.family_name(person, bool(bits & FORMER_BIT))
        given = self.lexicon.givens[self.given[person]]
        written = family.kanji
        if bits & VARIANT_BIT and family.variants:
            written = family.variants[scramble(1, 1, person) % len(family.variants)]
        return written or family.kana[0], given.kanji or given.kana[0]

    def kana(self, person: int, bits: int = 0) -> tuple[str, str]:
        """Family and given name in katakana."""
        given = self.lexicon.givens[self.given[person]]
        return self.family_name(person, bool(bits & FORMER_BIT)).kana[0], given.kana[self.reading[person]]

    def latin(self, person: int, bits: int = 0) -> tuple[str, str]:
        """Family and given name in Latin letters."""
        given = self.lexicon.givens[self.given[person]]
        return self.family_name(person, bool(bits & FORMER_BIT)).latin[0], given.latin[self.reading[person]]

    def title_at(self, person: int, year: int) -> tuple[str, str]:
        """Job title in a year."""
        age = year - self.start[person]
        for ja, en, since in self.lexicon.titles:
            if age >= since + (person % 3):
                return ja, en
        return self.lexicon.titles[-1][0], self.lexicon.titles[-1][1]

    def department(self, person: int, organization: int) -> tuple[str, str]:
        """Department in an institution: of the person's field, the same for colleagues."""
        field = self.lexicon.fields[self.field1[person]]
        choices = self.lexicon.departments[field.daikubun[0]]
        return choices[(organization + self.field1[person]) % len(choices)]

    # --- works and projects -------------------------------------------------------------------------------------

    def work(self, number: int, field: int) -> Words:
        """Title and keywords of a work."""
        return self._words(scramble(self.world.seed, 11, number), field)

    def project(self, number: int, field: int) -> Words:
        """Title and keywords of a project."""
        return self._words(scramble(self.world.seed, 12, number), field)

    def _words(self, x: int, field: int) -> Words:
        fields, places = self.lexicon.fields, self.lexicon.places
        own = fields[field]
        k1, x = x % 5, x // 5
        step, x = 1 + x % 4, x // 4
        k2 = (k1 + step) % 5
        place, x = places[x % len(places)], x // len(places)
        study, x = x % len(_STUDY_JA), x // len(_STUDY_JA)
        form, x = x % 5, x // 5
        part, x = 1 + x % 9, x // 9
        a_ja, b_ja, a_en, b_en = own.keywords_ja[k1], own.keywords_ja[k2], own.keywords_en[k1], own.keywords_en[k2]
        where = f"架空{place[0]}"
        if form == 0:
            ja, en = (
                f"{a_ja}に関する{_STUDY_JA[study]}：{where}の場合",
                f"{_STUDY_EN[study]} of {a_en}: the case of fictional {place[1]}",
            )
        elif form == 1:
            ja, en = (
                f"{where}における{a_ja}と{b_ja}の{_STUDY_JA[study]}",
                f"{_STUDY_EN[study]} of {a_en} and {b_en} in fictional {place[1]}",
            )
        elif form == 2:
            ja, en = (
                f"{a_ja}の{_STUDY_JA[study]}（第{part}報）：{where}を例に",
                f"{_STUDY_EN[study]} of {a_en} in fictional {place[1]}, part {part}",
            )
        elif form == 3:
            ja, en = (
                f"{b_ja}からみた{a_ja}：{where}での{_STUDY_JA[study]}",
                f"{a_en[:1].upper() + a_en[1:]} seen from {b_en}: {_STUDY_EN[study].lower()} in fictional {place[1]}",
            )
        else:
            ja, en = (
                f"{where}の{a_ja}をめぐる{_STUDY_JA[study]} 第{part}報",
                f"On {a_en} in fictional {place[1]}: {_STUDY_EN[study].lower()} ({part})",
            )
        keywords = ((field, k1), (field, k2)) if x % 3 else ((field, k1), (field, k2), (x % len(fields), x % 5))
        return Words(ja, en, keywords)

    def keyword(self, pair: tuple[int, int], japanese: bool) -> str:
        """A keyword as text."""
        field = self.lexicon.fields[pair[0]]
        return (field.keywords_ja if japanese else field.keywords_en)[pair[1]]

    def abstract(self, words: Words, japanese: bool) -> str:
        """Three sentences about nothing real."""
        a, b = self.keyword(words.keywords[0], japanese), self.keyword(words.keywords[1], japanese)
        if japanese:
            return (
                f"本稿は{a}を対象に、架空の地域で集めた資料と観測から{b}との関係を調べたものである。"
                f"三つの時期について同じ手順で比較し、条件の違いによる差とその理由を示した。"
                f"あわせて、{a}を扱う際に残る課題と今後の調査の進め方を述べる。"
            )
        return (
            f"This paper examines {a} and its relation to {b}, using material collected in a fictional region. "
            f"Three periods were compared by the same procedure, and differences between conditions are explained. "
            f"Remaining problems in dealing with {a} and plans for further surveys are discussed."
        )

    def date(self, number: int, year: int, flags: int) -> str:
        """Publication date as a source writes it: of varying precision, and dirty where the work is marked so."""
        x = scramble(self.world.seed, 13, number)
        month, day = 1 + x % 12, 1 + (x >> 8) % 28
        if flags & DIRTY:
            return (f"{year}年{month}月", f"[{year}]", f"{year}-00", "", f"{year}.{month:02d}.{day:02d}")[(x >> 16) % 5]
        return (f"{year}", f"{year}-{month:02d}", f"{year}-{month:02d}-{day:02d}")[(x >> 20) % 3]

    def day(self, number: int, year: int) -> tuple[int, int]:
        """Month and day of the same date."""
        x = scramble(self.world.seed, 13, number)
        return 1 + x % 12, 1 + (x >> 8) % 28


def _packed(values: NDArray[Any]) -> array[int]:
    """Numbers in two bytes each that read as plain ints."""
    out = array("h")
    out.frombytes(values.astype(np.int16).tobytes())
    return out


def _journals(ja: str, en: str, number: int) -> tuple[tuple[str, str, str, str], ...]:
    short = ja.split("：")[0]
    return tuple(
        (
            f"架空{short}{word}",
            f"Fictional {word_en} {en}",
            marks.issn(number * 6 + 2 * k),
            marks.issn(number * 6 + 2 * k + 1),
        )
        for k, (word, word_en) in enumerate((("論文集", "Journal of"), ("年報", "Annals of"), ("紀要", "Bulletin of")))
    )


def invent_organizations(words: Lexicon, seed: int, count: int) -> list[Organization]:
    """Institutions with distinct names."""
    out: list[Organization] = []
    used: set[str] = set()
    prefixes = (("", ""), ("東", "East "), ("西", "West "), ("南", "South "), ("北", "North "), ("新", "New "))
    total = sum(k[2] for k in words.institution_kinds)
    number = 0
    while len(out) < count:
        x, number = scramble(seed, 14, number), number + 1
        place = words.places[x % len(words.places)]
        prefix = prefixes[(x >> 8) % len(prefixes)] if len(out) >= 40 else prefixes[0]
        at, kind = ((x >> 16) % 10_000) / 10_000 * total, words.institution_kinds[0]
        for kind in words.institution_kinds:
            at -= kind[2]
            if at < 0:
                break
        ja = f"架空{prefix[0]}{place[0]}{kind[0]}"
        if ja in used:
            continue
        used.add(ja)
        i = len(out)
        out.append(
            Organization(
                number=i, ja=ja, en=f"Fictional {kind[1].format(prefix[1] + place[1])}", kind=kind[3], ror=marks.ror(i),
                nii=marks.nii_code(i), erad=marks.erad_org(i), mext=marks.mext_code(i), rm=f"0199{i:04d}00",
                city=place[1],
            )
        )  # fmt: skip
    return out
