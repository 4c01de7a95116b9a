"""What do KAKEN's codes and labels mean in our terms?

Sources: NII's tables of the project XML and researcher JSON formats, and its master table of codes (roles,
project status, product types, field and review section tables).

    >>> section("小区分41010:食料農業経済関連"), section("Medium-sized Section 7:Economics and related fields")
    (('小区分', '41010', '食料農業経済関連'), ('中区分', '07', 'Economics and related fields'))
    >>> fiscal_years("2000,2002"), year_ranges({2019, 2020, 2022})
    ('2000;2002', '2019-2020;2022')
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from kg.records import InField

ROLES: dict[str, str] = {
    "principal_investigator": "principal_investigator",
    "principal_investigator_support": "principal_investigator",
    "research_responsibility": "principal_investigator",
    "area_organizer": "principal_investigator",
    "co_investigator_buntan": "co_investigator",
    "co_investigator_buntan_support": "co_investigator",
    "co_investigator_renkei": "co_investigator",
    "co_investigator_renkei_support": "co_investigator",
    "research_collaborator": "collaborator",
    "research_collaborator_support": "collaborator",
    "research_fellow": "research_fellow",
    "foreign_research_fellow": "research_fellow",
    "unknown": "member",
    "": "member",
}
"""Role code → `MemberOf.role`; every other code (hosts, advisers, committees) is `other`."""


def role(code: str) -> str:
    """`MemberOf.role` of a KAKEN role code."""
    return ROLES.get(code, "other")


WORK_TYPES: dict[str, str | None] = {
    "journalarticle": "article",
    "presentation": "presentation",
    "book": "book",
    "patent": "patent",
    "patentindustrialpropertyright": "patent",
    "patentindustrialpropertyrights": "patent",
    "symposium": "other",
    "fundedworkshop": "other",
    "press": "misc",
    "pressrelease": "misc",
    "publication": "misc",
    "publications": "misc",
    "database": "dataset",
    "award": "other",
    "other": "other",
    "note": None,
    "notes": None,
    "remarks": None,
    "jointinternational": None,
    "internationaljointresearch": None,
    "intljointresearch": None,
}
"""Product type → `Work.type`; None where the «product» is a remark or a partner abroad, not a work."""

_LETTERS = re.compile(r"[^a-z]")


def work_type(source_type: str) -> str | None:
    """`Work.type` of a product type in either spelling (`journal_article`, `Journal Article`)."""
    return WORK_TYPES.get(_LETTERS.sub("", source_type.lower()), "other")


PARAGRAPH_ROLES: dict[str, str] = {
    "abstract": "summary",
    "purpose": "summary",
    "outline_of_research_initial": "summary",
    "outline_of_research_screening": "summary",
    "outline_of_research_achievement": "achievement",
    "outline_of_research_performance": "achievement",
    "significance_of_research_achievement": "achievement",
    "progress": "achievement",
    "conclusion": "achievement",
    "free_research_field": "keyword",
}
"""Paragraph type → `TextUnit.role`; plans, remarks, assessments and notes are `note`."""

LANGUAGES = {"jpn": "ja", "eng": "en", "deu": "de", "ger": "de", "fra": "fr", "fre": "fr", "zho": "zh", "chi": "zh"}
"""ISO 639-2 codes of products → BCP 47."""

FIELD_TABLES: dict[str, tuple[str, str | None]] = {
    "saimoku": ("kaken-saimoku", None),
    "jigentsuki_saimoku": ("kaken-saimoku", "時限付細目"),
    "tokusetsu_bunya": ("kaken-ryoiki", "特設分野"),
    "kenkyu_ryoiki": ("kaken-ryoiki", "研究領域"),
    "senmon_bunya": ("kaken-ryoiki", "専門分野"),
    "tokubetsu_kenkyu": ("kaken-ryoiki", "特別研究員"),
    "zantei_bunya": ("kaken-ryoiki", "暫定総合審査希望分野"),
}
"""Field table → scheme and level; `saimoku` finds its level by depth, an unknown table is named as the level."""

SECTION_TABLES: dict[str, str] = {
    "review_section": "審査区分",
    "review_section_tokusui": "審査区分(特別推進研究)",
    "review_section_kensuta": "審査区分(研究活動スタート支援)",
    "review_section_shourei": "審査区分(奨励研究)",
    "review_section_shingaku": "審査希望区分(新学術領域研究)",
    "review_section_ryoiki": "審査希望部門(特定領域研究)",
    "tokusetsu_ryoiki": "特設審査領域",
    "review_section_tokken": "審査区分(特別研究員奨励費)",
    "review_section_gakuhen": "審査区分(学術変革領域研究)",
    "review_section_kikoku": "審査区分(帰国発展研究)",
}

_SECTION = re.compile(
    r"(小区分|中区分|大区分|Basic Section|Medium-sized Section|Broad Section)\s*([0-9]{1,5}|[A-K])\s*(?:[:：]\s*(.*))?$"
)
_LEVELS = {"Basic Section": "小区分", "Medium-sized Section": "中区分", "Broad Section": "大区分"}
_WIDTH = {"小区分": 5, "中区分": 2}
_SYSTEM_ROOTS = frozenset({"000556", "000621", "000682", "000770", "000939"})
"""Roots of the field tables from 2003 on (総合・新領域系, 人文社会系, 理工系, 生物系, 総合系): four levels."""


def section(text: str) -> tuple[str, str, str] | None:
    """Level, notation and label of a review section (2018–) in Japanese or English; None for other wording."""
    found = _SECTION.match(" ".join(unicodedata.normalize("NFKC", text).split()))
    if not found:
        return None
    level = _LEVELS.get(found.group(1), found.group(1))
    notation = found.group(2).zfill(_WIDTH.get(level, 1))
    if (level == "大区分") != notation.isalpha():
        return None
    return level, notation, (found.group(3) or "").strip()


def review_section(subject: str, table: str, ja: str, en: str, code: str) -> InField | None:
    """The field link of one `review_section`; None where it has no text. Sections of other tables are 領域."""
    text = ja or en
    if not text:
        return None
    found = section(text)
    english = section(en) if en else None
    if found:
        level, notation, label = found
        return InField(
            subject=subject,
            subject_kind="project",
            scheme="kaken-section",
            notation=notation,
            label=label or text,
            lang="ja" if ja else "en",
            level=level,
            basis="project_section",
            label_en=(english[2] or en) if english else None,
            source_code=code or None,
        )
    return _labelled(subject, "kaken-ryoiki", SECTION_TABLES.get(table, table or None), ja, en, code)


def old_field(subject: str, table: str, path: str, ja: str, en: str, code: str) -> InField | None:
    """The field link of one `field` (–2017); None where it has no text."""
    if not (ja or en):
        return None
    scheme, level = FIELD_TABLES.get(table or "saimoku", ("kaken-saimoku", table))
    if scheme == "kaken-saimoku" and level is None:
        level = saimoku_level(path)
    return _labelled(subject, scheme, level, ja, en, path or code)


def _labelled(subject: str, scheme: str, level: str | None, ja: str, en: str, code: str) -> InField:
    return InField(
        subject=subject,
        subject_kind="project",
        scheme=scheme,
        label=ja or en,
        lang="ja" if ja else "en",
        level=level,
        basis="project_section",
        label_en=en or None,
        source_code=code or None,
    )


_BROAD_TO_FINE = ("系", "部", "分野", "分科", "細目")


def finer(level: str | None, than: str | None) -> bool:
    """Whether a level of the old field table lies below another; one that is not of the table lies above all.

    >>> finer("細目", "分科"), finer("分科", "細目"), finer("分科", None)
    (True, False, True)
    """
    ranks = [_BROAD_TO_FINE.index(x) if x in _BROAD_TO_FINE else -1 for x in (level, than)]
    return ranks[0] > ranks[1]


def saimoku_level(path: str) -> str | None:
    """Level by depth in the table: six digits a step; older tables begin at 部 and have no 系."""
    if not path or len(path) % 6 or not path.isdigit():
        return None
    levels = ("系", "分野", "分科", "細目") if path[:6] in _SYSTEM_ROOTS else ("部", "分科", "細目")
    depth = len(path) // 6 - 1
    return levels[depth] if depth < len(levels) else None


_YEARS = re.compile(r"(?:1[89]|20)\d\d(?:\s*-\s*(?:1[89]|20)\d\d)?")


def fiscal_years(participate: str | None) -> str | None:
    """`2019-2021` or `2000;2002` of KAKEN's `2019-2021`, `2000,2002`."""
    found = _YEARS.findall(participate or "")
    return ";".join(y.replace(" ", "") for y in found) or None


def last_year(years: str | None) -> str | None:
    """The last fiscal year of `fiscal_years`."""
    return years[-4:] if years else None


def year_ranges(years: Iterable[int]) -> str | None:
    """Years as `2019-2020;2022`."""
    ranges: list[list[int]] = []
    for year in sorted(set(years)):
        if ranges and ranges[-1][1] == year - 1:
            ranges[-1][1] = year
        else:
            ranges.append([year, year])
    return ";".join(str(a) if a == b else f"{a}-{b}" for a, b in ranges) or None
