"""Which of ORCID's documents is this, and whose?

A document is known by the name of its root element, in JSON by its members; single sections, whose members repeat
between sections, also by their own path (`/0000-0001-7701-701X/employments`).

    >>> form_of_json({"orcid-identifier": {}, "person": {}}), form_of_json({"group": [], "path": "/x/works"})
    ('record', 'works')
    >>> iD_in("summaries/097/0000-0002-1825-0097.xml")
    '0000-0002-1825-0097'
"""

from __future__ import annotations

import re
from typing import Any

from loaders.orcid.career import ACTIVITIES, AFFILIATIONS
from loaders.orcid.sheet import PRODUCTION
from loaders.orcid.tree import Node

ITEMS = (*AFFILIATIONS, *ACTIVITIES, "funding", "work")
"""Single activities."""
SECTIONS = {f"{name}s": name for name in ITEMS}
"""Sections of activities and what their items are called."""
PERSON_SECTIONS = {
    "other-names": "other-name",
    "researcher-urls": "researcher-url",
    "addresses": "address",
    "keywords": "keyword",
    "external-identifiers": "external-identifier",
    "emails": "email",
}
PERSON_ITEMS = {item: section for section, item in PERSON_SECTIONS.items()}
PERSON_PARTS = ("name", "credit-name", "biography", "personal-details")
ABOUT_RECORD = ("history", "preferences", "deprecated")
"""Documents about the record itself, which name nobody and nothing."""
WHOLE = ("record", "person", "activities", "summary", "profile", "hit", "schema-org")

FORMS = frozenset((*WHOLE, *SECTIONS, *ITEMS, *PERSON_SECTIONS, *PERSON_ITEMS, *PERSON_PARTS, *ABOUT_RECORD))
"""All forms that `to_records` reads."""

_BY_ROOT = {
    "activities-summary": "activities",
    "record-summary": "summary",
    "orcid-profile": "profile",
    "expanded-result": "hit",
    "result": "hit",
}
_BY_PATH = {"address": "addresses", "email": "emails", "personal-details": "personal-details"}

_ID = re.compile(r"(?<!\d)(\d{4}-\d{4}-\d{4}-\d{3}[\dXx])(?!\d)")


def iD_in(text: str) -> str | None:
    """The last thing that looks like an iD; whether it is one, the check digit says later."""
    found = _ID.findall(text)
    return found[-1].upper() if found else None


def form_of_root(name: str) -> str | None:
    """Form by the local name of the root element; None for one that no record has."""
    form = _BY_ROOT.get(name, name)
    return form if form in FORMS else None


def form_of_json(document: Node) -> str | None:
    """Form by members and path; None for an object that is none of ORCID's."""
    if "orcid-profile" in document or "orcid-bio" in document:
        return "profile"
    if "@reverse" in document or ("givenName" in document and "@context" in document):
        return "schema-org"
    if "orcid-id" in document:
        return "hit"
    if "orcid-identifier" in document:
        return "record" if len(document) > 1 else "hit"
    if "orcid-message" in document:
        return "profile"
    return _by_path(document) or _by_members(document)


def _by_path(document: Node) -> str | None:
    path = document.get("path")
    found = re.fullmatch(r"/?[\d-]+[Xx]?/([a-z-]+)(/[\w-]+)?", path) if isinstance(path, str) else None
    if not found:
        return None
    name, item = found.groups()
    name = PERSON_SECTIONS.get(name, name) if item else _BY_PATH.get(name, name)
    return name if name in FORMS else None


def _by_members(document: Node) -> str | None:
    if "external-identifiers" in document or "researcher-urls" in document or "addresses" in document:
        return "person"
    if "employments" in document or "works" in document:
        return "activities"
    for section, item in (*SECTIONS.items(), *PERSON_SECTIONS.items()):
        if isinstance(document.get(item), list) or f"{item}-summary" in document:
            return section
    groups = document.get("affiliation-group") or document.get("group")
    if isinstance(groups, list) and groups:
        return _by_group(groups[0])
    return _by_item(document)


def _by_group(group: Any) -> str | None:
    if not isinstance(group, dict):
        return None
    for inner in ("summaries", "peer-review-group"):
        nested = group.get(inner)
        if isinstance(nested, list) and nested and isinstance(nested[0], dict):
            group = nested[0]
    return next((s for s, item in SECTIONS.items() if f"{item}-summary" in group), None)


_TELLING = (
    ("work", ("journal-title", "citation", "publication-date", "work-type")),
    ("funding", ("organization-defined-type", "amount")),
    ("peer-review", ("reviewer-role", "review-group-id")),
    ("research-resource", ("proposal",)),
    ("name", ("given-names", "family-name")),
    ("external-identifier", ("external-id-type",)),
    ("researcher-url", ("url-name",)),
    ("history", ("creation-method", "submission-date")),
    ("preferences", ("locale",)),
    ("personal-details", ("name", "biography")),
    ("employment", ("role-title", "department-name")),
    ("address", ("country",)),
    ("works", ("group",)),
    ("employments", ("affiliation-group",)),
)


def _by_item(document: Node) -> str | None:
    if "title" in document and "type" in document:
        return "funding" if "organization" in document else "work"
    return next((form for form, names in _TELLING if any(n in document for n in names)), None)


def record_id(form: str, orcid: str | None, host: str | None, node: Node) -> str | None:
    """The source's own id of a document: the iD, for single items with their path; None where it says none."""
    if orcid is None:
        return None
    if host:
        orcid = f"{host}/{orcid}"
    if form not in ITEMS and form not in PERSON_ITEMS:
        return orcid
    code = node.get("put-code")
    if not isinstance(code, int | str) or isinstance(code, bool) or not re.fullmatch(r"\w{1,20}", str(code)):
        return None
    return f"{orcid}/{PERSON_ITEMS.get(form, form)}/{code}"


def orcid_in(document: Node, form: str) -> tuple[str | None, str | None]:
    """Whose document it is: the iD as written, and the host it is of where that is not the real registry.

    Looks at the owner's places only, never at who told something or who else contributed.
    """
    if form == "profile":
        document = unwrapped(unwrapped(document, "orcid-message"), "orcid-profile")
    identifier = document.get("orcid-identifier")
    if isinstance(identifier, dict):
        host = identifier.get("host")
        strange = host.strip() if isinstance(host, str) and host.strip().lower() not in PRODUCTION else None
        return _first_id(identifier.get("path"), identifier.get("uri")), strange
    found = _first_id(document.get("orcid-id"), document.get("@id"), document.get("path"))
    return found or _id_below(document), None


def unwrapped(document: Node, name: str) -> Node:
    """What stands under `name`, or the document itself where nothing does."""
    inner = document.get(name)
    return inner if isinstance(inner, dict) else document


def _first_id(*values: Any) -> str | None:
    return next((i for v in values if isinstance(v, str) and (i := iD_in(v))), None)


def _id_below(document: Node) -> str | None:
    """The iD in the paths of a section's parts, one level down, where the section itself has no path."""
    for value in document.values():
        for part in value if isinstance(value, list) else (value,):
            if isinstance(part, dict) and (found := _first_id(part.get("path"))):
                return found
    return None
