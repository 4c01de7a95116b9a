"""How people, works and places are called in an answer."""

from __future__ import annotations

from kg import messages
from kg.graph.port import Row
from kg.messages import Lang
from kg.people.answer import Affiliation


def display_name(person: Row, identifiers: list[Row]) -> str:
    """Japanese name, else kana, else Latin, else the identifier that sources know somebody by."""
    for column in ("name_ja", "name_kana", "name_en"):
        if person.get(column):
            return str(person[column])
    known = group_identifiers(identifiers)
    for scheme in ("researchmap", "orcid", "erad", "nrid", "rm_user", "crid"):
        if scheme in known:
            return known[scheme][0]
    return str(person.get("id", "?"))


def group_identifiers(rows: list[Row]) -> dict[str, list[str]]:
    """Identifiers by scheme."""
    out: dict[str, list[str]] = {}
    for r in rows:
        out.setdefault(r["scheme"], []).append(r["value"])
    return out


_TITLES = ("title_ja", "title_en", "title_other", "title_kana", "name_ja", "name_en", "label_ja", "label_en")
_TITLES_EN = ("title_en", "title_ja", "title_other", "title_kana", "name_en", "name_ja", "label_en", "label_ja")


def title_of(entity: Row, lang: Lang = "ja") -> str | None:
    """Title or name of a work, project or organisation, in this language where it has one."""
    for column in _TITLES if lang == "ja" else _TITLES_EN:
        if entity.get(column):
            return str(entity[column])
    return entity.get("award_number")


def place_text(place: Row | None, lang: Lang = "ja") -> str | None:
    """`東北大学 災害科学国際研究所 教授`, or None."""
    if not place:
        return None
    organization = messages.pick(place["organization_ja"], place["organization_en"], lang)
    return " ".join(p for p in (organization, place["department"], place["title"]) if p) or None


def affiliation_of(place: Row | None, lang: Lang = "ja") -> Affiliation | None:
    """A row of the store's current affiliations as part of an answer."""
    if not place:
        return None
    return Affiliation(
        organization=messages.pick(place["organization_ja"], place["organization_en"], lang),
        organization_id=place["organization"],
        department=place["department"] or None,
        title=place["title"] or None,
        last_seen=place["last_seen"] or place["first_seen"],
    )


def last_seen_year(place: Row | None) -> int | None:
    """Year in which somebody was last seen at a place; None where it is not known."""
    seen = (place or {}).get("last_seen") or (place or {}).get("first_seen")
    return int(seen[:4]) if seen else None
