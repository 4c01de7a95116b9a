"""Which names, places, fields and funding lines may the generator use? Everything it draws from, read once.

The tables under `kg/synth/tables/` are TSV with a header. Texts hold no quotes, backslashes or angle brackets, so
that the writers may put them into JSON and XML as they are; `read` checks it.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from kg.synth.romaji import hepburn

_FORBIDDEN = frozenset('"\\<>')


@dataclass(frozen=True, slots=True)
class Name:
    """A family or given name: kanji ('' where there is none), kana readings, and one Latin form a reading."""

    kanji: str
    kana: tuple[str, ...]
    latin: tuple[str, ...]
    variants: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ResearchField:
    """A 小区分 with what older and other schemes call it."""

    code: str
    label_ja: str
    label_en: str
    daikubun: tuple[str, ...]
    chukubun: tuple[str, ...]
    rm_discipline_code: str
    rm_discipline_ja: str
    rm_discipline_en: str
    rm_area_code: str
    rm_area_label: str
    rm_area_label_en: str
    old: tuple[str, str, str, str]
    """系, 分野, 分科, 細目."""
    interest_labels: tuple[str, ...]
    weight: float
    authors_mean: float
    book_share: float
    keywords_ja: tuple[str, ...]
    keywords_en: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Category:
    """A funding line: KAKEN's 研究種目."""

    ja: str
    en: str
    nii_code: str
    letter: str
    weight: float
    years: int
    direct_cost: int
    members_mean: float


@dataclass(frozen=True, slots=True)
class Lexicon:
    """All tables. `families` and `givens` hold, in this order: table names, composed names, foreign Latin, foreign Han;
    the counts say where each block ends."""

    fields: tuple[ResearchField, ...]
    families: tuple[Name, ...]
    family_weights: tuple[float, ...]
    family_blocks: tuple[int, int, int, int]
    givens: tuple[Name, ...]
    given_weights: tuple[float, ...]
    given_blocks: tuple[int, int, int, int]
    places: tuple[tuple[str, str], ...]
    institution_kinds: tuple[tuple[str, str, float, str], ...]
    departments: dict[str, tuple[tuple[str, str], ...]]
    titles: tuple[tuple[str, str, int], ...]
    categories: tuple[Category, ...]
    chukubun: dict[str, tuple[str, str]]


def read(table: str) -> list[dict[str, str]]:
    """Rows of one table. Raises `ValueError` where a text could break a writer."""
    text = files("kg.synth.tables").joinpath(f"{table}.tsv").read_text(encoding="utf-8")
    rows = list(csv.DictReader(text.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE))
    for row in rows:
        if _FORBIDDEN & set("".join(row.values())):
            raise ValueError(f"{table}.tsv: {row} holds a character that writers cannot use.")
    return rows


@cache
def lexicon() -> Lexicon:
    """The tables of this installation."""
    families, family_weights, family_blocks = _names("family")
    givens, given_weights, given_blocks = _names("given")
    departments: dict[str, list[tuple[str, str]]] = {}
    for r in read("departments"):
        departments.setdefault(r["daikubun"], []).append((r["ja"], r["en"]))
    return Lexicon(
        fields=tuple(_field(r) for r in read("fields")),
        families=families,
        family_weights=family_weights,
        family_blocks=family_blocks,
        givens=givens,
        given_weights=given_weights,
        given_blocks=given_blocks,
        places=tuple((r["ja"], hepburn(r["kana"])) for r in read("places")),
        institution_kinds=tuple((r["ja"], r["en"], float(r["weight"]), r["kind"]) for r in read("institution_kinds")),
        departments={k: tuple(v) for k, v in departments.items()},
        titles=tuple((r["ja"], r["en"], int(r["from_year"])) for r in read("titles")),
        categories=tuple(
            Category(r["ja"], r["en"], r["nii_code"], r["letter"], float(r["weight"]), int(r["years"]),
                     int(r["direct_cost"]), float(r["members_mean"]))
            for r in read("categories")
        ),
        chukubun={r["code"]: (r["ja"], r["en"]) for r in read("chukubun")},
    )  # fmt: skip


def _field(r: dict[str, str]) -> ResearchField:
    return ResearchField(
        code=r["code"],
        label_ja=r["label_ja"],
        label_en=r["label_en"],
        daikubun=tuple(r["daikubun"].split("|")),
        chukubun=tuple(r["chukubun"].split("|")),
        rm_discipline_code=r["rm_discipline_code"],
        rm_discipline_ja=r["rm_discipline_ja"],
        rm_discipline_en=r["rm_discipline_en"],
        rm_area_code=r["rm_area_code"],
        rm_area_label=r["rm_area_label"],
        rm_area_label_en=r["rm_area_label_en"],
        old=(r["old_kei"], r["old_bunya"], r["old_bunka"], r["old_saimoku_label"]),
        interest_labels=tuple(r["interest_labels"].split("|")),
        weight=float(r["weight"]),
        authors_mean=float(r["authors_mean"]),
        book_share=float(r["book_share"]),
        keywords_ja=tuple(r["keywords_ja"].split("|")),
        keywords_en=tuple(r["keywords_en"].split("|")),
    )


def _names(kind: str) -> tuple[tuple[Name, ...], tuple[float, ...], tuple[int, int, int, int]]:
    rows = read(kind)
    names = [_japanese(r["kanji"], tuple(r["kana"].split("|")), r.get("variants", "")) for r in rows]
    weights = [float(r["weight"]) for r in rows]
    known = {n.kanji for n in names}
    for first in read(f"{kind}_first"):
        for last in read_cached(f"{kind}_last"):
            kanji = first["kanji"] + last["kanji"]
            if kanji in known or first["kanji"] == last["kanji"]:
                continue
            known.add(kanji)
            names.append(_japanese(kanji, (first["kana"] + last["kana"],), ""))
    composed = len(names)
    foreign = read(f"foreign_{kind}")
    latin = [Name("", (r["kana"],), (r["latin"],)) for r in foreign if not r["kanji"]]
    han = [Name(r["kanji"], (r["kana"],), (r["latin"],)) for r in foreign if r["kanji"]]
    blocks = (len(rows), composed, composed + len(latin), composed + len(latin) + len(han))
    return (*names, *latin, *han), tuple(weights), blocks


@cache
def read_cached(table: str) -> tuple[dict[str, str], ...]:
    """`read`, once a process."""
    return tuple(read(table))


def _japanese(kanji: str, kana: tuple[str, ...], variants: str) -> Name:
    return Name(kanji, kana, tuple(hepburn(k) for k in kana), tuple(v for v in variants.split("|") if v))
