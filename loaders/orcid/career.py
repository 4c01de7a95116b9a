"""Where was the owner, and what else did they do?

Employments, educations and qualifications become affiliations; invited positions, distinctions, memberships,
services, peer reviews and research resources become activities. A section lists its items in groups, and how it
does so changed with every version and differs between JSON and XML: `items_of` evens that out.
"""

from __future__ import annotations

from collections.abc import Iterator

from kg.records import Activity, Affiliation
from loaders.orcid.codes import spelled
from loaders.orcid.sheet import Sheet, by_language
from loaders.orcid.tree import Node

AFFILIATIONS = {"employment": "employment", "education": "education", "qualification": "education"}
"""Item name → `Affiliation.kind`."""
ACTIVITIES = {
    "distinction": "distinction",
    "invited-position": "invited_position",
    "membership": "membership",
    "service": "service",
    "peer-review": "peer_review",
    "research-resource": "research_resource",
}
"""Item name → `Activity.kind`."""


def items_of(sheet: Sheet, section: Node, name: str, path: str) -> Iterator[Node]:
    """The items of a section, whatever groups it puts them in."""
    sheet.seen(section, path)
    yield from _named(sheet, section, name, path)
    for outer in ("affiliation-group", "group"):
        for group in sheet.items(section, outer, path):
            sheet.seen(group, path)
            yield from _named(sheet, group, name, path)
            for inner in sheet.items(group, "summaries", path):
                yield from _named(sheet, inner, name, path)
            for inner in sheet.items(group, f"{name}-group", path):
                yield from _named(sheet, inner, name, path)


def _named(sheet: Sheet, node: Node, name: str, path: str) -> Iterator[Node]:
    for word in (f"{name}-summary", name, "summary"):
        if word in node:
            yield from sheet.items(node, word, path)


def read_section(sheet: Sheet, section: Node, name: str) -> None:
    """Rows of all public items of a section: `name` is the item's, `employment` for `employments`."""
    for index, item in enumerate(items_of(sheet, section, name, f"{name}s")):
        read_item(sheet, item, name, index)


def read_item(sheet: Sheet, item: Node, name: str, index: int = 0) -> None:
    """Rows of one item, as a summary or in full."""
    path = sheet.path(item, name, index)
    if sheet.owner is None or not sheet.public(item, path):
        return
    if name in AFFILIATIONS:
        _affiliation(sheet, item, AFFILIATIONS[name], path)
    elif name == "peer-review":
        _peer_review(sheet, item, path)
    elif name == "research-resource":
        _research_resource(sheet, item, path)
    else:
        _activity(sheet, item, ACTIVITIES[name], path)


def _affiliation(sheet: Sheet, item: Node, kind: str, path: str) -> None:
    organization, ja, en = sheet.organization(sheet.child(item, "organization", path), f"{path}/organization")
    start, end = sheet.date(item, "start-date", path), sheet.date(item, "end-date", path)
    role = sheet.text(item, "role-title", path)
    told = sheet.told(item, path)
    employed = kind == "employment"
    sheet.rows.append(
        Affiliation(
            person=sheet.owner or sheet.about,
            path=path,
            kind=kind,
            organization=organization,
            organization_ja=ja,
            organization_en=en,
            department=sheet.text(item, "department-name", path),
            title=role if employed else None,
            start=start,
            end=end,
            ongoing=True if employed and start and not end else None,
            observed=None if end else told.revised,
            degree=None if employed else role,
            asserted_by=told.asserted_by,
            asserted=told.asserted,
            revised=told.revised,
        )
    )
    sheet.link(sheet.owner or sheet.about, "person", sheet.text(item, "url", path), label=role)


def _activity(sheet: Sheet, item: Node, kind: str, path: str) -> None:
    organization, ja, en = sheet.organization(sheet.child(item, "organization", path), f"{path}/organization")
    role = sheet.text(item, "role-title", path)
    title_ja, title_en = by_language(role)
    told = sheet.told(item, path)
    sheet.rows.append(
        Activity(
            id=sheet.key(path),
            person=sheet.owner or sheet.about,
            kind=kind,
            title_ja=title_ja,
            title_en=title_en,
            organization_ja=ja,
            organization_en=en,
            organization=organization,
            role=None if kind == "distinction" else role,
            start=sheet.date(item, "start-date", path),
            end=sheet.date(item, "end-date", path),
            url=sheet.text(item, "url", path),
            department=sheet.text(item, "department-name", path),
            identifiers=_identifiers(sheet, item, "external-ids", path),
            asserted_by=told.asserted_by,
            asserted=told.asserted,
            revised=told.revised,
        )
    )


def _peer_review(sheet: Sheet, item: Node, path: str) -> None:
    organization, ja, en = sheet.organization(
        sheet.child(item, "convening-organization", path), f"{path}/convening-organization"
    )
    subject = sheet.child(item, "subject-name", path)
    title = sheet.text(subject, "title", f"{path}/subject-name")
    other = sheet.text(subject, "translated-title", f"{path}/subject-name")
    container = sheet.text(item, "subject-container-name", path)
    title_ja, title_en = by_language(title or container)
    if other:
        other_ja, other_en = by_language(other)
        title_ja, title_en = title_ja or other_ja, title_en or other_en
    told = sheet.told(item, path)
    done = "review-completion-date" if "review-completion-date" in item else "completion-date"
    kinds = (spelled(sheet.text(item, "review-type", path)), spelled(sheet.text(item, "subject-type", path)))
    sheet.rows.append(
        Activity(
            id=sheet.key(path),
            person=sheet.owner or sheet.about,
            kind="peer_review",
            title_ja=title_ja,
            title_en=title_en,
            organization_ja=ja,
            organization_en=en,
            organization=organization,
            role=spelled(sheet.text(item, "reviewer-role", path)),
            event=container if title else None,
            category=" of ".join(k for k in kinds if k) or None,
            end=sheet.date(item, done, path),
            description=sheet.text(item, "review-group-id", path),
            url=sheet.text(item, "review-url", path) or sheet.text(item, "subject-url", path),
            identifiers=_joined(
                _identifiers(sheet, item, "review-identifiers", path),
                _identifiers(sheet, item, "external-ids", path),
                _identifier(sheet, sheet.child(item, "subject-external-identifier", path), path),
            ),
            asserted_by=told.asserted_by,
            asserted=told.asserted,
            revised=told.revised,
        )
    )


def _research_resource(sheet: Sheet, item: Node, path: str) -> None:
    told = sheet.told(item, path)
    proposal = sheet.child(item, "proposal", path)
    here = f"{path}/proposal"
    names = sheet.child(proposal, "title", here)
    parts: list[tuple[Node, str, str | None, str | None]] = [
        (proposal, here, sheet.text(names, "title", f"{here}/title"), None)
    ]
    other = sheet.text(names, "translated-title", f"{here}/title")
    items = sheet.child(item, "resource-items", path) if isinstance(item.get("resource-items"), dict) else item
    name = "resource-item" if items is not item else "resource-items"
    for index, part in enumerate(sheet.items(items, name, path)):
        place = f"{path}/resource-item[{index}]"
        parts.append((part, place, sheet.text(part, "resource-name", place), sheet.text(part, "resource-type", place)))
    for part, place, title, category in parts:
        title_ja, title_en = by_language(title)
        if part is proposal and other:
            other_ja, other_en = by_language(other)
            title_ja, title_en = title_ja or other_ja, title_en or other_en
        organization, ja, en = _hosts(sheet, part, place)
        sheet.rows.append(
            Activity(
                id=sheet.key(path if part is proposal else place),
                person=sheet.owner or sheet.about,
                kind="research_resource",
                title_ja=title_ja,
                title_en=title_en,
                organization_ja=ja,
                organization_en=en,
                organization=organization,
                category=category,
                start=sheet.date(part, "start-date", place),
                end=sheet.date(part, "end-date", place),
                url=sheet.text(part, "url", place),
                identifiers=_identifiers(sheet, part, "external-ids", place),
                asserted_by=told.asserted_by,
                asserted=told.asserted,
                revised=told.revised,
            )
        )


def _hosts(sheet: Sheet, part: Node, path: str) -> tuple[str | None, str | None, str | None]:
    """The first host; the others get their own Organization rows."""
    first: tuple[str | None, str | None, str | None] = (None, None, None)
    hosts = sheet.child(part, "hosts", path)
    for index, node in enumerate(sheet.items(hosts, "organization", path)):
        found = sheet.organization(node, f"{path}/hosts[{index}]")
        first = found if index == 0 else first
    return first


def _identifiers(sheet: Sheet, item: Node, name: str, path: str) -> str | None:
    """Identifiers of an activity as `type:value`, joined by `; `."""
    section = sheet.child(item, name, path)
    return _joined(*(_identifier(sheet, one, path) for one in sheet.items(section, "external-id", path)))


def _identifier(sheet: Sheet, node: Node, path: str) -> str | None:
    kind, value = sheet.text(node, "external-id-type", path), sheet.text(node, "external-id-value", path)
    return f"{kind}:{value}" if kind and value else None


def _joined(*parts: str | None) -> str | None:
    return "; ".join(dict.fromkeys(p for p in parts if p)) or None
