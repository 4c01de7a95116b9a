"""How do ORCID's other shapes read as version 3?

Messages of version 1.2, the `record-summary`, hits of the expanded search and the schema.org form of a page say the
same things under other names. Each becomes a version 3 `record`, so that the mapping knows one shape only.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from loaders.orcid.tree import EMPTY, Node


def _node(node: Node, *names: str) -> Node:
    """The object at the end of a way of names; an empty one where the way ends early."""
    for name in names:
        inner = node.get(name)
        if not isinstance(inner, dict):
            return EMPTY
        node = inner
    return node


def _each(value: Any) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _nodes(value: Any) -> list[Node]:
    return [v for v in _each(value) if isinstance(v, dict)]


def _renamed(node: Node, names: dict[str, str]) -> Node:
    return {names.get(name, name): value for name, value in node.items()}


# --- version 1.2 ---------------------------------------------------------------------------------------------


def from_profile(document: Node) -> Node:
    """An `orcid-profile` of version 1.2, bare or within its message."""
    profile = _node(document, "orcid-message") or document
    profile = _node(profile, "orcid-profile") or profile
    bio, activities = _node(profile, "orcid-bio"), _node(profile, "orcid-activities")
    details = _node(bio, "personal-details")
    return {
        "orcid-identifier": profile.get("orcid-identifier"),
        "history": profile.get("orcid-history"),
        "person": {
            "name": {k: details.get(k) for k in ("given-names", "family-name", "credit-name")},
            "other-names": details.get("other-names"),
            "biography": bio.get("biography"),
            "researcher-urls": bio.get("researcher-urls"),
            "addresses": {"address": _node(bio, "contact-details").get("address")},
            "keywords": bio.get("keywords"),
            "external-identifiers": _old_identifiers(_node(bio, "external-identifiers")),
        },
        "activities-summary": {
            "works": {"work": [_old_work(w) for w in _nodes(_node(activities, "orcid-works").get("orcid-work"))]},
            "fundings": {
                "funding": [_old_funding(f) for f in _nodes(_node(activities, "funding-list").get("funding"))]
            },
            **_old_affiliations(_nodes(_node(activities, "affiliations").get("affiliation"))),
        },
    }


def _old_identifiers(section: Node) -> Node:
    names = {"external-id-common-name": "external-id-type", "external-id-reference": "external-id-value"}
    items = [_renamed(i, names) for i in _nodes(section.get("external-identifier"))]
    return {**section, "external-identifier": items}


def _old_affiliations(items: list[Node]) -> Node:
    """One list with types becomes a section for each type."""
    sections: Node = {}
    for name in ("employment", "education"):
        sections[f"{name}s"] = {name: [{**i, "type": None} for i in items if _is_type(i, name)]}
    return sections


def _is_type(item: Node, name: str) -> bool:
    kind = item.get("type")
    return isinstance(kind, str) and kind.lower() == name


def _old_ids(section: Node, item: str, kind: str, value: str, url: str) -> Node:
    names = {kind: "external-id-type", value: "external-id-value", url: "external-id-url"}
    return {"external-id": [_old_relation(_renamed(i, names)) for i in _nodes(section.get(item))]}


def _old_relation(item: Node) -> Node:
    """An ISBN or ISSN told without a relation may be its container's, every other identifier is the work's own."""
    kind = item.get("external-id-type")
    item["external-id-type"] = "doi" if kind == "DOI" else kind.lower() if isinstance(kind, str) else kind
    return item


def _old_work(work: Node) -> Node:
    title = _node(work, "work-title")
    citation = _node(work, "work-citation")
    names = {"work-type": "type", "work-contributors": "contributors"}
    return {
        **_renamed(work, names),
        "title": title or None,
        "citation": _renamed(citation, {"work-citation-type": "citation-type", "citation": "citation-value"}) or None,
        "external-ids": _old_ids(
            _node(work, "work-external-identifiers"),
            "work-external-identifier",
            "work-external-identifier-type",
            "work-external-identifier-id",
            "url",
        ),
    }


def _old_funding(funding: Node) -> Node:
    names = {"funding-type": "type", "funding-title": "title", "funding-contributors": "contributors"}
    contributors = _node(funding, "funding-contributors")
    found = _renamed(funding, names)
    found["external-ids"] = _old_ids(
        _node(funding, "funding-external-identifiers"),
        "funding-external-identifier",
        "funding-external-identifier-type",
        "funding-external-identifier-value",
        "funding-external-identifier-url",
    )
    if contributors:
        found["contributors"] = {
            "contributor": [
                _renamed(
                    c,
                    {
                        "funding-contributor-attributes": "contributor-attributes",
                        "contributor-credit-name": "credit-name",
                    },
                )
                for c in _nodes(contributors.get("contributor") or contributors.get("funding-contributor"))
            ]
        }
    return found


# --- the summary of a record ---------------------------------------------------------------------------------

_SUMMARY_SECTIONS = (
    ("employments", "employment"),
    ("professional-activities", "professional-activity"),
    ("education-qualifications", "education-qualification"),
)
_SUMMARY_NAMES = {"role": "role-title"}


def from_summary(document: Node) -> Node:
    """A `record-summary`: names, identifiers and the first few affiliations; of works and grants only counts."""
    sections: Node = {}
    for section, item in _SUMMARY_SECTIONS:
        for one in _nodes(_node(document, section).get(item)):
            kind = one.get("type")
            if not isinstance(kind, str):
                kind = "employment" if section == "employments" else ""
            name = kind.lower().replace("_", "-")
            found = _renamed(one, _SUMMARY_NAMES)
            found["organization"] = {"name": one.get("organization-name")}
            sections.setdefault(f"{name}s", {}).setdefault(name, []).append(found)
    return {
        "orcid-identifier": document.get("orcid-identifier"),
        "created-date": document.get("created-date"),
        "last-modified-date": document.get("last-modified-date"),
        "person": {
            "name": {"credit-name": document.get("credit-name")},
            "external-identifiers": document.get("external-identifiers"),
        },
        "activities-summary": sections,
    }


# --- search --------------------------------------------------------------------------------------------------


def from_hit(document: Node) -> Node:
    """A hit of the search: an iD and nothing else, or with the names of the expanded search."""
    if "orcid-identifier" in document:
        return {"orcid-identifier": document["orcid-identifier"]}
    return {
        "orcid-identifier": {"path": document.get("orcid-id")},
        "person": {
            "name": {
                "given-names": document.get("given-names"),
                "family-name": document.get("family-names", document.get("family-name")),
                "credit-name": document.get("credit-name"),
            },
            "other-names": {"other-name": [{"content": n} for n in _each(document.get("other-name"))]},
        },
        "activities-summary": {
            "employments": {
                "employment": [{"organization": {"name": n}} for n in _each(document.get("institution-name"))]
            }
        },
    }


# --- schema.org ----------------------------------------------------------------------------------------------


def from_schema_org(document: Node) -> Node:
    """The JSON-LD of an ORCID page."""
    reverse = _node(document, "@reverse")
    address = _node(document, "address")
    return {
        "orcid-identifier": {"path": document.get("@id"), "uri": document.get("mainEntityOfPage")},
        "person": {
            "name": {
                "given-names": document.get("givenName"),
                "family-name": document.get("familyName"),
                "credit-name": document.get("name"),
            },
            "other-names": {"other-name": [{"content": n} for n in _each(document.get("alternateName"))]},
            "biography": {"content": document.get("description")},
            "addresses": {"address": [{"country": address.get("addressCountry")}]},
            "researcher-urls": {"researcher-url": [{"url": u} for u in _each(document.get("url"))]},
            "external-identifiers": {
                "external-identifier": [
                    {"external-id-type": i.get("propertyID"), "external-id-value": i.get("value")}
                    for i in _nodes(document.get("identifier"))
                ]
            },
        },
        "activities-summary": {
            "employments": {"employment": [_schema_position(o) for o in _nodes(document.get("affiliation"))]},
            "educations": {"education": [_schema_position(o) for o in _nodes(document.get("alumniOf"))]},
            "fundings": {"funding": [_schema_funding(f) for f in _nodes(reverse.get("funder"))]},
            "works": {"work": [_schema_work(w) for w in _nodes(reverse.get("creator"))]},
        },
    }


def _schema_organization(node: Node) -> Node:
    code = next(iter(_nodes(node.get("identifier"))), EMPTY)
    return {
        "name": node.get("name"),
        "disambiguated-organization": {
            "disambiguated-organization-identifier": code.get("value"),
            "disambiguation-source": code.get("propertyID"),
        },
    }


def _schema_position(node: Node) -> Node:
    return {
        "organization": _schema_organization(node),
        "role-title": node.get("roleName"),
        "start-date": _schema_date(node.get("startDate")),
        "end-date": _schema_date(node.get("endDate")),
    }


def _schema_date(value: Any) -> Node | None:
    found = re.match(r"(\d{4})(?:-(\d\d))?(?:-(\d\d))?", value) if isinstance(value, str) else None
    return {"year": found[1], "month": found[2], "day": found[3]} if found else None


def _schema_funding(node: Node) -> Node:
    ids = [i for i in _each(node.get("identifier")) if i is not None]
    return {
        "organization": _schema_organization(node),
        "title": {"title": node.get("alternateName")},
        "external-ids": {
            "external-id": [
                {"external-id-type": i.get("propertyID"), "external-id-value": i.get("value")} for i in _nodes(ids)
            ]
        },
    }


def _schema_work(node: Node) -> Node:
    codes = [
        {
            "external-id-type": i.get("propertyID"),
            "external-id-value": i.get("value"),
            "external-id-relationship": "self",
        }
        for i in _nodes(node.get("identifier"))
    ]
    page = node.get("@id")
    links = [u for u in (page, *_each(node.get("sameAs"))) if isinstance(u, str)]
    return {
        "title": {"title": node.get("name")},
        "type": None if node.get("@type") == "CreativeWork" else node.get("@type"),
        "external-ids": {"external-id": codes},
        "url": links[0] if links else None,
        "more-urls": links[1:],
    }


SHAPES: dict[str, Callable[[Node], Node]] = {
    "profile": from_profile,
    "summary": from_summary,
    "hit": from_hit,
    "schema-org": from_schema_org,
}
"""Forms whose shape is not version 3."""
