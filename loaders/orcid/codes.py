"""What do ORCID's own words mean in ours: identifier types, work types, roles?

    >>> person_identifiers("KAKEN", "1000080802743", None)
    [('nrid', '1000080802743'), ('erad', '80802743')]
    >>> project_identifier("grant_number", "JP19KK0341", None, None)
    ('award', '19KK0341', 'self')

Types that only their sender understands (`source-work-id`, `other-id`) are kept with the relation `related`, so that
two strangers with the same running number never become one work.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

from kg.text import identifiers as ids
from kg.text import match_key

Found = tuple[str, str, str]
"""Scheme, value, relation."""


def _plain(value: str) -> str | None:
    return value.strip() or None


def _pmid(value: str) -> str | None:
    found = re.search(r"(?<!\d)(\d{1,9})/?$", value.strip())
    return found.group(1) if found else None


def _pmcid(value: str) -> str | None:
    found = re.search(r"(\d{3,9})/?$", value.strip())
    return f"PMC{found.group(1)}" if found else None


def _arxiv(value: str) -> str | None:
    found = re.search(r"(\d{4}\.\d{4,5}|[a-z-]+(?:\.[A-Z]{2})?/\d{7})", value)
    return found.group(1) if found else None


def _scopus_work(value: str) -> str | None:
    found = re.search(r"(2-s2\.0-\d+)", value)
    return found.group(1) if found else None


def _handle(value: str) -> str | None:
    return re.sub(r"^(https?://hdl\.handle\.net/|hdl:)", "", value.strip(), flags=re.I) or None


_WORK: dict[str, tuple[str, Callable[[str], str | None]]] = {
    "doi": ("doi", ids.doi),
    "pmid": ("pmid", _pmid),
    "pmc": ("pmcid", _pmcid),
    "arxiv": ("arxiv", _arxiv),
    "eid": ("scopus", _scopus_work),
    "wosuid": ("wos", _plain),
    "isbn": ("isbn", ids.isbn),
    "issn": ("issn", ids.issn),
    "handle": ("hdl", _handle),
    "uri": ("uri", _plain),
    "jpno": ("ndl_bib", _plain),
}
_OPAQUE = frozenset({"source-work-id", "other-id", "agr", "cit", "peer-review"})
_RELATIONS = {
    "self": "self",
    "part-of": "part_of",
    "part_of": "part_of",
    "version-of": "version_of",
    "version_of": "version_of",
    "funded-by": "funded_by",
    "funded_by": "funded_by",
}


def relation(given: str | None) -> str:
    """Our word for ORCID's relationship; where it gives none (versions before 2.0), the thing itself is meant."""
    if not given or given == "self":
        return "self"
    return _RELATIONS.get(given.lower(), "related")


@lru_cache(maxsize=1 << 12)
def slug(kind: str) -> str:
    """A type in the source's words as a scheme name: `Loop profile` → `loop_profile`."""
    return re.sub(r"[^\w]+", "_", kind.strip().lower()).strip("_")[:60] or "other"


def work_identifier(kind: str, value: str, given: str | None, contained: bool) -> Found | None:
    """Identifier of a work; None where the value cannot be one.

    `contained`: the work is an article, chapter or paper, so that an ISBN is its book's whatever the source says.
    """
    word = kind.strip().lower().replace("_", "-")
    how = relation(given)
    scheme, read = _WORK.get(word) or (slug(kind), _plain)
    found = read(value)
    if not found:
        return None
    if word in _OPAQUE and how == "self":
        how = "related"
    if scheme == "issn" or (scheme == "isbn" and contained and how == "self"):
        how = "part_of"
    return scheme, found, how


def person_identifiers(kind: str, value: str, url: str | None) -> list[tuple[str, str]]:
    """Identifiers of a person: the resolver id of KAKEN also gives the e-Rad number inside it."""
    word = slug(kind)
    text = value.strip()
    if word in ("kaken", "nrid", "researcher_name_resolver_id", "researcher_name_resolver", "kakenhi", "e_rad", "erad"):
        resolver = ids.nrid(text) or ids.nrid(url or "")
        number = ids.erad_from_nrid(resolver) if resolver else ids.erad(text)
        return [*([("nrid", resolver)] if resolver else []), *([("erad", number)] if number else [])]
    if "scopus" in word:
        return [("scopus", text)] if text.isdigit() else []
    if "researcherid" in word or word == "web_of_science_researcher_id":
        return [("researcherid", text.upper())]
    if word == "isni":
        found = ids.isni(text)
        return [("isni", found)] if found else []
    if word in ("researchmap", "researchmap_id", "researchmap_permalink"):
        link = re.search(r"researchmap\.jp/(?:read)?([\w.-]+)/?$", url or "") or re.fullmatch(r"([\w.-]+)", text)
        return [("researchmap", link.group(1))] if link else []
    if word in ("j_global_id", "jglobal", "j_global"):
        return [("jglobal", text)]
    return [(word, text)] if text else []


_ORGANIZATION: dict[str, Callable[[str], str | None]] = {
    "ror": ids.ror,
    "isni": ids.isni,
}


def organization_identifier(source: str, value: str) -> tuple[str, str] | None:
    """Scheme and value of a disambiguated organisation; None where the value cannot be one."""
    scheme, text = slug(source), value.strip()
    if scheme == "fundref":
        found = re.search(r"10\.13039/(\d+)", text) or re.fullmatch(r"(\d{9,})", text)
        return ("fundref", f"10.13039/{found.group(1)}") if found else None
    if scheme == "grid":
        return ("grid", text.lower()) if text.lower().startswith("grid.") else None
    if scheme == "ringgold":
        return ("ringgold", text) if text.isdigit() else None
    read = _ORGANIZATION.get(scheme, _plain)
    found_value = read(text)
    return (scheme, found_value) if found_value else None


_KAKENHI = re.compile(r"\d{2}[A-Z]\d{5}|\d{2}(?:KK|KJ|HP|HJ)\d{4}")
_PREFIXED = re.compile(
    r"JP\s?(?:[0-9]{2}[A-Z]{1,2}[0-9]{3,5}|[0-9]{8}|MJ[A-Z]{2}[0-9A-Z]{3,6}|[0-9]{2}[a-z]{2}[0-9]{7})", re.I
)
_JAPANESE_FUNDER = re.compile(
    r"japan society for the promotion of science|\bJSPS\b|\bMEXT\b|KAKENHI|日本学術振興会|文部科学省|科学研究費"
    r"|ministry of education, culture, sports, science and technology",
    re.I,
)


def project_identifier(kind: str, value: str, funder: str | None, funder_code: str | None) -> Found | None:
    """Identifier of a funded project.

    Japanese award numbers (by their shape, or because the funder is one of the KAKENHI) are `award`, written as all
    sources of Japan write them. Others are `grant`, with the funder before the number, since numbers repeat between
    funders; without a known funder they join nothing.
    """
    word, text = slug(kind), value.strip()
    if word == "doi":
        found = ids.doi(text)
        return ("doi", found, "self") if found else None
    if word not in ("grant_number", "proposal_id"):
        return (word, text, "related") if text else None
    bare = text.replace(" ", "")
    japanese = bool(_JAPANESE_FUNDER.search(funder or "")) or funder_code == "10.13039/501100001691"
    if japanese or _KAKENHI.fullmatch(bare.upper()) or _PREFIXED.fullmatch(bare):
        number = ids.award_number(
            re.sub(r"^(?:JSPS\s*)?KAKENHI\s*(?:Grant\s*(?:Number|No\.?)\s*)?", "", text, flags=re.I)
        )
        if number:
            return "award", number, "self"
    if not text:
        return None
    owner = funder_code or (match_key(funder) if funder else None)
    return ("grant", f"{owner}:{text}", "self") if owner else ("grant", text, "related")


_WORK_TYPES = {
    "journal_article": "article",
    "article_journal": "article",
    "magazine_article": "misc",
    "newspaper_article": "misc",
    "newsletter_article": "misc",
    "journal_issue": "misc",
    "conference_paper": "conference_paper",
    "conference_proceedings": "conference_paper",
    "conference_abstract": "presentation",
    "conference_poster": "presentation",
    "conference_presentation": "presentation",
    "conference_output": "presentation",
    "lecture_speech": "presentation",
    "public_speech": "presentation",
    "review": "review",
    "book_review": "review",
    "book": "book",
    "edited_book": "book",
    "manual": "book",
    "book_chapter": "book_chapter",
    "dictionary_entry": "book_chapter",
    "encyclopedia_entry": "book_chapter",
    "dissertation": "dissertation",
    "dissertation_thesis": "dissertation",
    "data_set": "dataset",
    "dataset": "dataset",
    "report": "report",
    "working_paper": "report",
    "preprint": "misc",
    "technical_standard": "report",
    "standards_and_policy": "report",
    "patent": "patent",
    "software": "software",
}
CONTAINED = frozenset({"article", "conference_paper", "book_chapter", "review", "presentation", "misc"})
"""Types that appear inside something with an ISBN of its own."""


def spelled(given: str | None) -> str | None:
    """A word of ORCID's lists as version 3 spells it: `JOURNAL_ARTICLE` of JSON 2.0 is `journal-article`."""
    return given.lower().replace("_", "-") if given and given.isupper() else given


def work_type(given: str | None) -> str:
    """Our type for ORCID's, upper or lower case, with hyphens or underscores."""
    return _WORK_TYPES.get(given.strip().lower().replace("-", "_"), "other") if given else "other"


_WORK_ROLES = {
    "author": "author",
    "writing_original_draft": "author",
    "writing_review_editing": "author",
    "editor": "editor",
    "chair_or_translator": "translator",
    "co_inventor": "inventor",
    "principal_investigator": "author",
}


def work_role(given: str | None) -> str:
    """Our role for a contributor's; an unknown one is `contributor`, none at all is `author`."""
    return _WORK_ROLES.get(slug(given.rstrip("/").rpartition("/")[2]), "contributor") if given else "author"


_FUNDING_ROLES = {
    "lead": "principal_investigator",
    "principal_investigator": "principal_investigator",
    "co_lead": "co_investigator",
    "co_investigator": "co_investigator",
    "supported_by": "research_fellow",
    "other_contribution": "other",
}


def funding_role(given: str | None) -> str:
    """Our role in a project; ORCID rarely says one."""
    return _FUNDING_ROLES.get(slug(given), "other") if given else "member"
