"""What does an item of `research_projects` say: funder, period, money, who took part?

The owner is a member in the role that the item gives; the other investigators stay names. A number counts as an
award number of KAKENHI where the item says that it is one (a national number, a link to KAKEN, the programme),
else as a grant number of its funder, because funders number alike.
"""

from __future__ import annotations

from kg.records import MemberOf, Project
from kg.text.dates import fiscal_year
from loaders.researchmap.identity import Owner, add_project_identifiers, plain_id
from loaders.researchmap.reading import Bilingual, Part, bilingual

_ROLES = {
    "principal_investigator": "principal_investigator",
    "coinvestigator": "co_investigator",
    "coinvestigator_not_use_grants": "collaborator",
    "collaborating_investigator": "collaborator",
    "others": "other",
}
_KAKENHI_WORDS = ("科学研究費", "科研費", "kakenhi", "grants-in-aid for scientific research", "grant-in-aid for")


def add_project(part: Part, project: str, owner: Owner) -> None:
    """All rows of one research project. `project` is its local key."""
    rows = part.rows
    number = add_project_identifiers(part, project, kakenhi=_is_kakenhi(part))
    titles = part.worded("research_project_title")
    rows.add(_project(part, project, number, bilingual(titles)))
    if (own := owner.item("research_projects", plain_id(part.data.get("rm:id")))) is not None:
        rows.identifier(project, "project", "researchmap", own, url=f"https://researchmap.jp/{own}")
    for worded in titles:
        rows.text(project, "project", "title", worded)
    for worded in part.worded("description"):
        rows.text(project, "project", "summary", worded)
    _add_members(part, project, owner)
    for link in part.parts("see_also"):
        label = link.text("label")
        if (label is None or not label.startswith("rm:")) and (url := link.url("@id")) is not None:
            rows.link(project, "project", url, "see_also", label)


def _is_kakenhi(part: Part) -> bool:
    for name in ("system_name", "category"):
        for worded in part.worded(name):
            said = worded.text.lower()
            if any(word in said for word in _KAKENHI_WORDS):
                return True
    links = part.data.get("see_also")
    return isinstance(links, list) and any(
        isinstance(link, dict) and "kaken.nii.ac.jp" in str(link.get("@id")) for link in links
    )


def _project(part: Part, project: str, number: str | None, title: Bilingual) -> Project:
    funder = part.bilingual("offer_organization")
    category = part.bilingual("category")
    institution = part.bilingual("institution_name")
    money = part.part("overall_grant_amount")
    direct, indirect, total = money.whole("direct_cost"), money.whole("indirect_cost"), money.whole("total_cost")
    start, end = part.date("from_date"), part.date("to_date")
    return Project(
        id=project,
        award_number=number,
        title_ja=title.ja,
        title_en=title.en or title.other,
        category_ja=category.ja,
        category_en=category.en or category.other,
        funder_ja=funder.ja,
        funder_en=funder.en or funder.other,
        program=part.bilingual("system_name").any,
        start=start,
        end=end,
        start_fiscal_year=fiscal_year(start),
        end_fiscal_year=fiscal_year(end),
        direct_cost=direct,
        indirect_cost=indirect,
        total_cost=total,
        currency="JPY" if (direct, indirect, total) != (None, None, None) else None,
        institution_ja=institution.ja,
        institution_en=institution.en or institution.other,
        source_type=part.text("fund_type"),
        major=part.flag("major_achievement"),
        international_collaboration=part.flag("is_international_collaboration"),
    )


def _add_members(part: Part, project: str, owner: Owner) -> None:
    written = part.text("research_project_owner_role")
    if owner.known:
        part.rows.add(
            MemberOf(
                project=project,
                path=part.path("research_project_owner_role"),
                person=owner.key,
                role=_ROLES.get(written or "", "other" if written else "member"),
                role_as_written=written,
                start=part.date("from_date"),
                end=part.date("to_date"),
            )
        )
    for path, position, name, name_en in part.names("investigators"):
        part.rows.add(
            MemberOf(
                project=project, path=path, role="member", position=position, name_as_written=name, name_en=name_en
            )
        )
