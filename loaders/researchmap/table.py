"""How does a row of a CSV export become an item like those of the API?

An export has the section on its first line (padded with commas where a spreadsheet saved it), Japanese headings
on the second, and one item a row. Each heading stands for a path within the API's item; the row is turned into
such an item and read by the same functions, with the heading kept as the path that is reported.

    >>> row_item("awards", ("ID", "賞名(日本語)", "受賞年月"), ["7", "奨励賞", "2020-03"]).data
    {'rm:id': '7', 'award_name': {'ja': '奨励賞'}, 'award_date': '2020-03'}
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Literal, NamedTuple

from loaders.researchmap.works import SECTIONS

Kind = Literal["text", "names", "list", "link"]

_EMPTY = frozenset({"", "null", "NULL"})
INSTRUCTIONS = frozenset({"アクション名", "アクションタイプ", "類似業績マージ優先度"})
"""Columns that tell an import what to do with the row; nothing about the work."""


def _both(heading: str, name: str, kind: Kind = "text") -> dict[str, tuple[str, Kind]]:
    return {f"{heading}(日本語)": (f"{name}.ja", kind), f"{heading}(英語)": (f"{name}.en", kind)}


def _one(**names: tuple[str, Kind] | str) -> dict[str, tuple[str, Kind]]:
    return {h: (v, "text") if isinstance(v, str) else v for h, v in names.items()}


_EVERY = _one(ID="rm:id", 主要な業績かどうか="major_achievement", 公開の有無="display", URL=("see_also[0]", "link"))
_OF_WORKS = _one(
    URL2=("see_also[1]", "link"),
    DOI=("identifiers.doi", "list"),
    ISSN=("identifiers.issn", "list"),
    eISSN=("identifiers.e_issn", "list"),
    ISBN=("identifiers.isbn", "list"),
    記述言語=("languages", "list"),
    査読の有無="referee",
    招待の有無="invited",
    国際共著="is_international_collaboration",
)
_PAPER = {
    **_both("タイトル", "paper_title"),
    **_both("著者", "authors", "names"),
    **_both("概要", "description"),
    **_both("出版者・発行元", "publisher"),
    **_both("誌名", "publication_name"),
    **_one(
        担当区分=("published_paper_owner_roles", "list"),
        出版年月="publication_date",
        巻="volume",
        号="number",
        開始ページ="starting_page",
        終了ページ="ending_page",
    ),
    "国際・国内誌": ("is_international_journal", "text"),
}
COLUMNS: dict[str, dict[str, tuple[str, Kind]]] = {
    "published_papers": {**_PAPER, **_one(掲載種別="published_paper_type")},
    "misc": {**_PAPER, **_one(掲載種別="misc_type")},
    "books_etc": {
        **_both("タイトル", "book_title"),
        **_both("著者", "authors", "names"),
        **_both("担当範囲", "book_owner_range"),
        **_both("概要", "description"),
        **_both("出版者・発行元", "publisher"),
        **_one(
            担当区分="book_owner_role",
            出版年月="publication_date",
            総ページ数="total_page",
            担当ページ="rep_page",
            書籍種別="book_type",
        ),
    },
    "presentations": {
        **_both("タイトル", "presentation_title"),
        **_both("講演者", "presenters", "names"),
        **_both("会議名", "event"),
        **_both("開催地", "location"),
        **_both("主催者", "promoter"),
        **_both("概要", "description"),
        **_one(発表年月日="publication_date", 会議種別="presentation_type"),
        "開催年月日(From)": ("from_event_date", "text"),
        "開催年月日(To)": ("to_event_date", "text"),
        "国・地域": ("address_country", "text"),
        "国際・国内会議": ("is_international_presentation", "text"),
    },
    "works": {
        **_both("作品名", "work_title"),
        **_both("発表者", "creators", "names"),
        **_both("発表場所", "location"),
        **_both("発表内容", "description"),
        **_one(作品分類="work_type"),
        "年月(From)": ("from_date", "text"),
        "年月(To)": ("to_date", "text"),
    },
    "industrial_property_rights": {
        **_both("産業財産権名", "industrial_property_right_title"),
        **_both("発明者/考案者/創作者", "inventors", "names"),
        **_both("出願人(機関)", "applicants[0].applicant"),
        **_both("権利者", "right_holder"),
        **_both("概要", "description"),
        **_one(
            産業財産権の種類="industrial_property_right_type",
            出願番号="application_number",
            出願日="application_date",
            公開番号="patent_announcement_number",
            公開日="patent_announcement_date",
            公表番号="patent_publication_number",
            公表日="patent_publication_date",
            登録日="registration_date",
            発行日="issue_date",
            出願国="applicant_country",
            取得国="acquisition_country",
        ),
        "特許番号/登録番号": ("patent_number", "text"),
    },
    "research_projects": {
        **_both("タイトル", "research_project_title"),
        **_both("担当研究者", "investigators", "names"),
        **_both("提供機関", "offer_organization"),
        **_both("制度名", "system_name"),
        **_both("研究種目", "category"),
        **_both("研究機関名", "institution_name"),
        **_both("研究概要", "description"),
        **_one(
            担当区分="research_project_owner_role",
            資金種別="fund_type",
            課題番号=("identifiers.grant_number", "list"),
        ),
        **_one(国際共著="is_international_collaboration", 国際共同研究="is_international_collaboration"),
        "研究期間(From)": ("from_date", "text"),
        "研究期間(To)": ("to_date", "text"),
        "配分額(総額)": ("overall_grant_amount.total_cost", "text"),
        "配分額(直接経費)": ("overall_grant_amount.direct_cost", "text"),
        "配分額(間接経費)": ("overall_grant_amount.indirect_cost", "text"),
    },
    "awards": {
        **_both("賞名", "award_name"),
        **_both("受賞者・グループ", "winners", "names"),
        **_both("タイトル", "award_title"),
        **_both("授与機関", "association"),
        **_both("概要", "description"),
        **_one(受賞年月="award_date", 受賞区分="award_type"),
        "受賞国・地域": ("address_country", "text"),
    },
    "education": {
        **_both("学校名", "affiliation"),
        **_both("学部・研究科等", "department"),
        **_both("学科等", "course"),
        **_both("備考", "note"),
        "年月(From)": ("from_date", "text"),
        "年月(To)": ("to_date", "text"),
        "国・地域": ("address_country", "text"),
    },
    "research_experience": {
        **_both("所属", "affiliation"),
        **_both("部署", "section"),
        **_both("職名", "job"),
        **_both("称号", "job_title"),
        **_both("備考", "note"),
        **_one(職階="job_class"),
        "年月(From)": ("from_date", "text"),
        "年月(To)": ("to_date", "text"),
        "国・地域": ("address_country", "text"),
    },
    "research_areas": {
        **_both("大分類名", "discipline"),
        **_both("小分類名", "research_field"),
        **_both("キーワード", "research_keyword"),
        **_one(大分類番号="discipline_number", 小分類番号="item_number"),
    },
    "research_interests": _both("キーワード", "keyword"),
    "committee_memberships": {
        **_both("委員名", "committee_name"),
        **_both("団体名", "association"),
        **_both("特記事項", "note"),
        **_one(団体区分="committee_type"),
        "年月(From)": ("from_date", "text"),
        "年月(To)": ("to_date", "text"),
    },
    "association_memberships": {
        **_both("所属学協会名", "academic_society_name"),
        "年月(From)": ("from_date", "text"),
        "年月(To)": ("to_date", "text"),
    },
    "teaching_experience": {
        **_both("科目", "subject_name"),
        **_both("機関名", "institution_name"),
        **_both("概要", "description"),
        **_one(科目区分="teaching_experience_type"),
        "年月(From)": ("from_date", "text"),
        "年月(To)": ("to_date", "text"),
        "国・地域": ("address_country", "text"),
    },
    "social_contribution": {
        **_both("タイトル", "social_contribution_title"),
        **_both("主催者・発行元", "promoter"),
        **_both("イベント・番組・新聞雑誌名", "event"),
        **_both("場所・掲載箇所", "location"),
        **_both("概要", "description"),
        **_one(役割=("social_contribution_roles", "list"), 種別="social_contribution_type", 対象=("audience", "list")),
        "年月日(From)": ("from_event_date", "text"),
        "年月日(To)": ("to_event_date", "text"),
    },
    "media_coverage": {
        **_both("タイトル", "media_coverage_title"),
        **_both("発行元・放送局", "publisher"),
        **_both("番組・新聞雑誌名", "event"),
        **_both("掲載箇所", "location"),
        **_both("概要", "description"),
        **_one(執筆者="writer_myself", 報道年月="publication_date", 種別="media_coverage_type"),
    },
    "academic_contribution": {
        **_both("タイトル", "academic_contribution_title"),
        **_both("主催者・責任者", "promoter"),
        **_both("場所", "location"),
        **_both("概要", "description"),
        **_one(
            種別="academic_contribution_type",
            役割=("academic_contribution_roles", "list"),
            国際学術貢献="is_international_collaboration",
        ),
        "実施年月日(From)": ("from_event_date", "text"),
        "実施年月日(To)": ("to_event_date", "text"),
    },
    "others": {
        **_both("タイトル", "other_title"),
        **_both("内容", "description"),
        "年月(From)": ("from_date", "text"),
        "年月(To)": ("to_date", "text"),
    },
}


def columns(section: str) -> dict[str, tuple[str, Kind]]:
    """Path within the item and kind of value of each heading that an export of the section may have."""
    return {**_EVERY, **(_OF_WORKS if section in SECTIONS else {}), **COLUMNS.get(section, {})}


class RowItem(NamedTuple):
    """A row as an item of the API, and the heading that each of its paths came from."""

    data: dict[str, Any]
    labels: dict[str, str]
    unknown: list[tuple[str, str]]
    """Filled cells under no known heading: heading (or number of the column) and value."""


def section_of(header: tuple[str, ...], name: str) -> str | None:
    """Which section these headings belong to, where the file does not say: by most known headings, then by its name.

    Papers and `misc` have the same headings, so the name of the file decides between them, else `published_papers`.
    """
    known = {s: sum(h in c for h in header) for s, c in COLUMNS.items()}
    most = max(known.values())
    if most < 2:
        return None
    best = [s for s, n in known.items() if n == most]
    named = [s for s in best if s in name.rpartition("/")[2]]
    return (named or best)[0]


@lru_cache(maxsize=256)
def _plan(section: str, header: tuple[str, ...]) -> tuple[tuple[str, str, Kind], ...]:
    """Path and kind of each column; path '' for instructions, `?` for headings that nobody knows."""
    known = columns(section)
    plan: list[tuple[str, str, Kind]] = []
    for heading in header:
        if heading in INSTRUCTIONS:
            plan.append((heading, "", "text"))
        else:
            path, kind = known.get(heading, ("?", "text"))
            plan.append((heading, path, kind))
    return tuple(plan)


def row_item(section: str, header: tuple[str, ...], cells: list[str]) -> RowItem:
    """The item that a row describes. Missing cells count as empty."""
    found = RowItem({}, {}, [])
    plan = _plan(section, header)
    for i, cell in enumerate(cells):
        value = cell.strip()
        if value in _EMPTY:
            continue
        if i >= len(plan):
            found.unknown.append((f"column {i + 1}", value))
            continue
        heading, path, kind = plan[i]
        if path == "?":
            found.unknown.append((heading, value))
        elif path:
            _put(found, path, heading, cell if kind == "text" else _value(value, kind))
    return found


def _value(value: str, kind: Kind) -> Any:
    if kind == "link":
        return {"@id": value, "label": "url"}
    entries = _entries(value)
    return [{"name": e} for e in entries] if kind == "names" else entries


def _entries(value: str) -> list[str]:
    """`[A,B,C]` as a list; a value without brackets is one entry, since names hold commas of their own."""
    if value.startswith("[") and value.endswith("]"):
        return [e.strip() for e in value[1:-1].split(",") if e.strip()]
    return [value]


def _put(found: RowItem, path: str, heading: str, value: Any) -> None:
    found.labels[path] = heading
    first, *rest = path.split(".")
    target, key = found.data, first
    if first.endswith("]"):
        name, index = first[:-1].split("[")
        entries: list[Any] = target.setdefault(name, [])
        while len(entries) <= int(index):
            entries.append(None)
        if not rest:
            entries[int(index)] = value
            found.labels[f"{path}.@id"] = heading
            return
        entries[int(index)] = entries[int(index)] or {}
        target, key = entries[int(index)], rest.pop(0)
    for name in rest:
        target, key = target.setdefault(key, {}), name
    target[key] = value
