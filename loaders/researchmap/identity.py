"""Which identifiers does researchmap know, under which key, and what do they name?

`identifiers` of an item or profile is an object of lists (`{"doi": ["10.…"]}`); strings in place of lists are
read as well. Each key has a scheme of `kg.records.Identifier` and a normal form; a value that cannot be one is
skipped, a key that nobody knows is skipped with its name, so that a new one becomes visible.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from typing import NamedTuple

from kg.records import OutputOf, Person, Project
from kg.text import identifiers as ids
from loaders.researchmap.reading import Part, Rows

_PERMALINK = re.compile(r"^https?://api(?:-trial)?\.researchmap\.jp/([^/?#\s]+)(?:/([^/?#\s]+))?(?:/([^/?#\s]+))?")
_PLAIN_ID = re.compile(r"[\w.\-]{1,100}")
_KAKENHI = re.compile(r"(?:JP)?\d{2}[A-Z]{1,2}\d{4,5}")


def _plain(value: str) -> str:
    return unicodedata.normalize("NFKC", value).strip()


def _token(value: str) -> str | None:
    """A value without spaces of at most 200 characters."""
    plain = _plain(value)
    return plain if plain and len(plain) <= 200 and not re.search(r"\s", plain) else None


def _digits(value: str) -> str | None:
    plain = _plain(value)
    return plain if plain.isascii() and plain.isdigit() and len(plain) <= 20 else None


def _pmcid(value: str) -> str | None:
    found = re.fullmatch(r"(?:PMC)?(\d{1,9})", _plain(value).upper())
    return f"PMC{found.group(1)}" if found else None


def _arxiv(value: str) -> str | None:
    found = re.fullmatch(
        r"(?:HTTPS?://ARXIV\.ORG/ABS/|ARXIV:)?(\d{4}\.\d{4,5}|[A-Z\-]+(?:\.[A-Z]{2})?/\d{7})(?:V\d+)?",
        _plain(value).upper(),
    )
    return found.group(1).lower() if found else None


def _wos(value: str) -> str | None:
    plain = _plain(value).upper().removeprefix("WOS:")
    return plain if re.fullmatch(r"[A-Z0-9]{10,20}", plain) else None


def _scopus(value: str) -> str | None:
    return _digits(_plain(value).lower().removeprefix("2-s2.0-"))


def _ncid(value: str) -> str | None:
    plain = _plain(value).upper()
    return plain if re.fullmatch(r"[A-Z]{2}[0-9A-Z]{8}", plain) else None


class Scheme(NamedTuple):
    """Scheme of our records, its normal form, and whether it names the venue rather than the work."""

    name: str
    normal: Callable[[str], str | None]
    of_venue: bool = False


WORK: dict[str, Scheme] = {
    "doi": Scheme("doi", ids.doi),
    "cinii_na_id": Scheme("naid", ids.naid),
    "cinii_cr_id": Scheme("crid", ids.crid),
    "cinii_nc_id": Scheme("ncid", _ncid, of_venue=True),
    "issn": Scheme("issn", ids.issn, of_venue=True),
    "e_issn": Scheme("eissn", ids.issn, of_venue=True),
    "isbn": Scheme("isbn", ids.isbn),
    "asin": Scheme("asin", _token),
    "pm_id": Scheme("pmid", _digits),
    "pmc_id": Scheme("pmcid", _pmcid),
    "arxiv_id": Scheme("arxiv", _arxiv),
    "wos_id": Scheme("wos", _wos),
    "scopus_id": Scheme("scopus", _scopus),
    "dblp_id": Scheme("dblp", _token),
    "j_global_id": Scheme("jglobal", _token),
    "jamas_id": Scheme("jamas", _token),
    "orcid_put_cd": Scheme("orcid_put_cd", _digits),
    "ndl_bib_id": Scheme("ndl_bib", _token),
    "hdl": Scheme("hdl", _token),
}
PERSON: dict[str, Scheme] = {
    "orc_id": Scheme("orcid", ids.orcid),
    "erad_id": Scheme("erad", ids.erad),
    "researcher_id": Scheme("researcherid", _token),
    "j_global_id": Scheme("jglobal", _token),
    "scopus_id": Scheme("scopus", _token),
}
_PROJECT = {k: WORK[k] for k in ("doi", "j_global_id")}
_GRANTS = frozenset({"grant_number", "national_grant_number"})
_BACK_LINKS = frozenset(
    {"rm:published_paper_id", "rm:misc_id", "rm:books_etc_id", "rm:presentation_id", "rm:work_id",
     "rm:industrial_property_right_id", "rm:award_id", "rm:media_coverage_id", "rm:social_contribution_id",
     "rm:academic_contribution_id", "rm:research_data_id", "rm:other_id"}
)  # fmt: skip
"""What a project lists as its output: the output's own item names the project, so this is read there."""
_OF_PROJECTS = _GRANTS | _BACK_LINKS | {"rm:research_project_id"}


class Owner(NamedTuple):
    """Whose item it is, as far as is known, and the local key of the mention ('' where nothing is known)."""

    permalink: str
    user_id: str
    key: str

    @property
    def known(self) -> bool:
        return bool(self.permalink or self.user_id)

    def item(self, section: str, item_id: str | None) -> str | None:
        """`{permalink}/{section}/{id}`: the item's identifier on researchmap, or None."""
        return f"{self.permalink}/{section}/{item_id}" if self.permalink and item_id else None


def address(value: object) -> tuple[str, str, str]:
    """Permalink, section and id of an API address (`@id`, `@reverse`); '' for each part that is not there."""
    found = _PERMALINK.match(value) if isinstance(value, str) else None
    return (plain_id(found.group(1)), plain_id(found.group(2)), plain_id(found.group(3))) if found else ("", "", "")


def plain_id(value: object) -> str:
    """An id that can stand in a key or address; '' for anything else."""
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    return value if isinstance(value, str) and value.isascii() and _PLAIN_ID.fullmatch(value) else ""


def add_owner(rows: Rows, owner: Owner, *, profile: bool = False) -> None:
    """Person and identifiers of the owner of an item."""
    if not owner.known:
        return
    if not profile:
        rows.add(Person(id=owner.key))
    if owner.permalink:
        url = f"https://researchmap.jp/{owner.permalink}"
        rows.identifier(owner.key, "person", "researchmap", owner.permalink, url=url)
    if owner.user_id:
        rows.identifier(owner.key, "person", "rm_user", owner.user_id)


def _values(found: Part, known: frozenset[str], schemes: dict[str, Scheme]) -> Iterator[tuple[str, Scheme, str]]:
    for key in found.data:
        if key in schemes:
            scheme = schemes[key]
            for text, path in found.tokens(key):
                value = scheme.normal(text)
                if value is None:
                    found.rows.skip(found.path(path), f"not a valid {scheme.name}", text)
                else:
                    yield key, scheme, value
        elif key not in known:
            found.rows.skip(found.path(key), "identifier of an unknown kind", found.data[key])


def add_person_identifiers(part: Part, subject: str) -> None:
    """ORCID, researcher number and further identifiers of a profile, each only where its owner shows it."""
    found = part.part("identifiers")
    shown = {k: v for k, v in found.data.items() if f"display_{k}" not in part.data or part.is_public(f"display_{k}")}
    public = Part(shown, found.rows, found.prefix, found.labels)
    for _, scheme, value in _values(public, frozenset(), PERSON):
        part.rows.identifier(subject, "person", scheme.name, value)


def add_work_identifiers(part: Part, work: str, venue: str | None, owner: Owner, *, book: bool) -> None:
    """Identifiers of a work; those of the journal go to the venue, an ISBN to the book that contains it."""
    found = part.part("identifiers")
    if not found.data:
        return
    for _, scheme, value in _values(found, _OF_PROJECTS, WORK):
        if scheme.of_venue and not (book and scheme.name == "ncid"):
            if venue:
                part.rows.identifier(venue, "venue", scheme.name, value)
            else:
                part.rows.identifier(work, "work", scheme.name, value, "part_of")
        else:
            relation = "part_of" if scheme.name == "isbn" and not book else "self"
            part.rows.identifier(work, "work", scheme.name, value, relation)
    _add_projects_of_work(found, work, owner)


def _add_projects_of_work(found: Part, work: str, owner: Owner) -> None:
    awards: set[str] = set()
    for key in ("national_grant_number", "grant_number"):
        for text, path in found.tokens(key):
            scheme, value = award(text, national=key.startswith("national"))
            if value in awards:
                continue
            awards.add(value)
            _add_bare_project(found, work, path, scheme, value)
    for text, path in found.tokens("rm:research_project_id"):
        if (own := owner.item("research_projects", plain_id(text))) is not None:
            _add_bare_project(found, work, path, "researchmap", own)
        else:
            found.rows.skip(found.path(path), "project of an unknown owner", text)


def _add_bare_project(found: Part, work: str, path: str, scheme: str, value: str) -> None:
    project = f"{found.rows.record}#{found.path(path)}"
    number = value if scheme != "researchmap" else None
    found.rows.add(Project(id=project, award_number=number))
    found.rows.identifier(project, "project", scheme, value)
    found.rows.add(OutputOf(work=work, project=project))


def award(text: str, *, national: bool) -> tuple[str, str]:
    """Scheme and value of a grant number: `award` where it is a KAKENHI or national number, else `grant`."""
    number = ids.award_number(text)
    if number is not None and (national or _KAKENHI.fullmatch(_plain(text).upper())):
        return "award", number
    return "grant", _plain(text)


def add_project_identifiers(part: Part, project: str, *, kakenhi: bool) -> str | None:
    """Award and grant numbers of a project; returns the number to show."""
    found = part.part("identifiers")
    shown = None
    for key in ("national_grant_number", "grant_number"):
        for text, _ in found.tokens(key):
            scheme, value = award(text, national=kakenhi or key.startswith("national"))
            part.rows.identifier(project, "project", scheme, value)
            shown = shown or value
    known = _GRANTS | _BACK_LINKS | {"rm:research_project_id"}
    for _, of_project, value in _values(found, known, _PROJECT):
        part.rows.identifier(project, "project", of_project.name, value)
    return shown
