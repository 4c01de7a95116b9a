"""Which projects did the owner get money for?

A grant becomes a Project with its funder; its number joins it with the same project in other sources where it is a
Japanese award number (`loaders.orcid.codes.project_identifier`).
"""

from __future__ import annotations

import re

from kg.records import MemberOf, Person, Project
from kg.text import language_of
from loaders.orcid.career import items_of
from loaders.orcid.codes import funding_role, project_identifier, spelled
from loaders.orcid.sheet import Sheet, by_language
from loaders.orcid.tree import Node


def read_fundings(sheet: Sheet, section: Node) -> None:
    """Rows of all public grants of a `fundings` section."""
    for index, item in enumerate(items_of(sheet, section, "funding", "fundings")):
        read_funding(sheet, item, index=index)


def read_funding(sheet: Sheet, funding: Node, *, index: int = 0, key: str | None = None) -> None:
    """Rows of one grant, summary or full; `key` where it is what the record is about."""
    path = sheet.path(funding, "funding", index)
    if not sheet.public(funding, path):
        return
    project = key or sheet.key(path)
    node = sheet.child(funding, "organization", path)
    _, funder_ja, funder_en = sheet.organization(node, f"{path}/organization")
    titles = _titles(sheet, funding, project, path)
    numbers = _identifiers(sheet, funding, project, funder_ja or funder_en, _funder_code(sheet, node, path), path)
    amount, currency = _amount(sheet, funding, path)
    told = sheet.told(funding, path)
    sheet.rows.append(
        Project(
            id=project,
            award_number=numbers[0] if numbers else None,
            title_ja=titles.get("ja"),
            title_en=titles.get("en"),
            funder_ja=funder_ja,
            funder_en=funder_en,
            program=sheet.text(funding, "organization-defined-type", path),
            start=sheet.date(funding, "start-date", path),
            end=sheet.date(funding, "end-date", path),
            total_cost=amount,
            currency=currency,
            source_type=spelled(sheet.text(funding, "type", path)),
        )
    )
    summary = sheet.exact(funding, "short-description", path)
    if summary:
        sheet.write(project, "project", f"{path}/short-description", "summary", summary)
    sheet.link(project, "project", sheet.text(funding, "url", path))
    role = _contributors(sheet, funding, project, path)
    if sheet.owner:
        sheet.rows.append(
            MemberOf(
                project=project,
                path=f"{path}/owner",
                person=sheet.owner,
                role=role or "member",
                asserted_by=told.asserted_by,
                asserted=told.asserted,
                revised=told.revised,
            )
        )


def _titles(sheet: Sheet, funding: Node, project: str, path: str) -> dict[str, str]:
    here = f"{path}/title"
    names = sheet.child(funding, "title", path)
    found: dict[str, str] = {}
    title = sheet.exact(names, "title", here)
    if title:
        found["ja" if language_of(title) == "ja" else "en"] = title.strip()
        sheet.write(project, "project", f"{here}/title", "title", title)
    translated = sheet.exact(names, "translated-title", here)
    if translated:
        lang = sheet.text(sheet.child(names, "translated-title", here), "language-code", here) or ""
        found.setdefault("ja" if language_of(translated, lang) == "ja" else "en", translated.strip())
        sheet.write(project, "project", f"{here}/translated-title", "title", translated, lang)
    return found


def _funder_code(sheet: Sheet, organization: Node, path: str) -> str | None:
    """The funder's DOI, which grants are counted under."""
    node = organization.get("disambiguated-organization")
    value = sheet.text(node, "disambiguated-organization-identifier", path) if isinstance(node, dict) else None
    found = re.search(r"10\.13039/\d+", value) if value else None
    return found.group() if found else None


def _identifiers(
    sheet: Sheet, funding: Node, project: str, funder: str | None, funder_code: str | None, path: str
) -> list[str]:
    """Identifier rows of a grant; back come its numbers, award numbers first."""
    awards: dict[str, None] = {}
    grants: dict[str, None] = {}
    section = sheet.child(funding, "external-ids", path)
    for item in sheet.items(section, "external-id", f"{path}/external-ids"):
        kind, value = sheet.text(item, "external-id-type", path), sheet.text(item, "external-id-value", path)
        given = sheet.text(item, "external-id-relationship", path)
        url = sheet.text(item, "external-id-url", path)
        if not kind or not value:
            sheet.skip(f"{path}/external-ids", "an identifier has no type or no value")
            continue
        found = project_identifier(kind, value, funder, funder_code)
        if found is None:
            sheet.skip(f"{path}/external-ids/{kind}", f"is no {kind}", value)
            continue
        scheme, code, how = found
        if given and given.lower() != "self":
            how = "part_of" if given.lower().replace("_", "-") == "part-of" else "related"
        if scheme == "award" and how == "self":
            awards[code] = None
        elif scheme in ("grant", "proposal_id"):
            grants[value] = None
        sheet.identify(project, "project", scheme, code, how, url)
    return [*awards, *grants]


def _amount(sheet: Sheet, funding: Node, path: str) -> tuple[int | None, str | None]:
    text = sheet.text(funding, "amount", path)
    if not text:
        return None, None
    node = funding.get("amount")
    currency = sheet.text(node, "currency-code", f"{path}/amount") if isinstance(node, dict) else None
    plain = re.sub(r"[\s,，]", "", text)
    if not re.fullmatch(r"\d{1,15}(\.\d*)?", plain):
        sheet.skip(f"{path}/amount", "is no amount", text)
        return None, currency
    return int(plain.partition(".")[0]), currency


def _contributors(sheet: Sheet, funding: Node, project: str, path: str) -> str | None:
    """Other members of the project; back comes the owner's own role, where they are among them."""
    own: str | None = None
    section = sheet.child(funding, "contributors", path)
    for index, item in enumerate(sheet.items(section, "contributor", f"{path}/contributors")):
        here = f"{path}/contributors[{index}]"
        given = sheet.text(sheet.child(item, "contributor-attributes", here), "contributor-role", here)
        credit = item.get("credit-name")
        public = not isinstance(credit, dict) or sheet.public(credit, f"{here}/credit-name")
        name = sheet.text(item, "credit-name", here) if public else None
        code = sheet.orcid_of(sheet.child(item, "contributor-orcid", here), here)
        if code is not None and code == sheet.orcid:
            own = funding_role(given)
            continue
        person = None
        if code is not None:
            person = sheet.key(here)
            ja, en = by_language(name)
            sheet.rows.append(Person(id=person, name_ja=ja, name_en=en))
            sheet.identify(person, "person", "orcid", code)
        if name or person:
            sheet.rows.append(
                MemberOf(
                    project=project,
                    path=here,
                    person=person,
                    role=funding_role(given),
                    role_as_written=spelled(given),
                    position=index + 1,
                    name_as_written=name,
                )
            )
    return own
