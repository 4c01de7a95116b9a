"""CiNii's words and ours: types, roles, relations and identifier schemes, as data.

    >>> work_type("会議発表資料(conference paper)", "Article"), work_type(None, "Doctoral Dissertation")
    ('conference_paper', 'dissertation')
    >>> WORK_IDENTIFIERS["DOI"].scheme
    'doi'

Words come from NII's table of JSON-LD fields and from records; a word that is in no map is kept as the source
writes it (`source_type`, `role_as_written`) and read as the most general of ours.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import NamedTuple

from kg.text import identifiers as ids
from kg.text import nfkc

# --- identifiers ---------------------------------------------------------------------------------------------


class Scheme(NamedTuple):
    """One of our identifier schemes and how its values are brought into one spelling (None: not such a value)."""

    scheme: str
    normal: Callable[[str], str | None]
    relation: str = "self"


_NCID = re.compile(r"(?<![A-Z0-9])([A-Z]{2}\d{7}[\dX])(?![A-Z0-9])")
_HDL = re.compile(r"^(?:https?://hdl\.handle\.net/|info:hdl/|hdl:)?([^\s/]+/\S+)$", re.I)
_PMCID = re.compile(r"(?:PMC)?(\d+)/?$", re.I)
_DIGITS = re.compile(r"(\d+)/?$")
_RM_USER = re.compile(r"^(?:[RB]\d{9}|\d{10})$")
_RM_URL = re.compile(r"^https?://(?:api\.)?researchmap\.jp/", re.I)
_KAKEN_ID = re.compile(r"(KAKENHI-[A-Z]+-[0-9A-Z]+)")


def plain(value: str) -> str | None:
    """The value as it is, trimmed."""
    return value.strip() or None


def ncid(value: str) -> str | None:
    """NACSIS-CAT id: two letters, seven digits and a check character, with or without its URL."""
    found = _NCID.search(nfkc(value).upper())
    return found.group(1) if found else None


def hdl(value: str) -> str | None:
    """Handle without resolver."""
    found = _HDL.match(value.strip())
    return found.group(1) if found else None


def uri(value: str) -> str | None:
    """Anything with a URI scheme."""
    text = value.strip()
    return text if re.match(r"^[A-Za-z][A-Za-z0-9+.-]*:\S+$", text) else None


def number(value: str) -> str | None:
    """The digits at the end of the value or its URL."""
    found = _DIGITS.search(nfkc(value))
    return found.group(1) if found else None


def pmcid(value: str) -> str | None:
    """`PMC` and digits."""
    found = _PMCID.search(nfkc(value))
    return f"PMC{found.group(1)}" if found else None


def jgn(value: str) -> str | None:
    """National award number, with its `JP`."""
    text = nfkc(value).upper()
    return text if re.match(r"^JP[0-9A-Z]{5,}$", text) else None


def kaken_id(value: str) -> str | None:
    """`KAKENHI-PROJECT-…` out of a KAKEN address."""
    found = _KAKEN_ID.search(value)
    return found.group(1) if found else None


def researchmap(value: str) -> str | None:
    """Permalink or user id without the address before it."""
    return _RM_URL.sub("", value.strip()).strip("/") or None


def is_researchmap_user(value: str) -> bool:
    """True for the internal user ids (`R000…`, `B000…`, ten digits), which are no permalinks."""
    return bool(_RM_USER.match(value))


def _researcher_number(value: str) -> str | None:
    return ids.erad(value) or ids.erad_from_nrid(value)


issn = lru_cache(maxsize=1 << 16)(ids.issn)
"""Journals repeat over millions of records; the check of the last digit is what costs."""

_ISSN = Scheme("issn", issn, "part_of")
"""An ISSN on a work names the journal or series around it, never the work: it must not join two volumes."""

WORK_IDENTIFIERS: Mapping[str, Scheme] = {
    "DOI": Scheme("doi", ids.doi),
    "NAID": Scheme("naid", ids.naid),
    "CRID": Scheme("crid", ids.crid),
    "NCID": Scheme("ncid", ncid),
    "ISBN": Scheme("isbn", ids.isbn),
    "ISSN": _ISSN,
    "PISSN": _ISSN,
    "EISSN": _ISSN,
    "LISSN": _ISSN,
    "NDL_BIB_ID": Scheme("ndl_bib", plain),
    "HDL": Scheme("hdl", hdl),
    "HANDLE": Scheme("hdl", hdl),
    "PMID": Scheme("pmid", number),
    "PMCID": Scheme("pmcid", pmcid),
    "ARXIV": Scheme("arxiv", plain),
    "WOS": Scheme("wos", plain),
    "SCOPUS": Scheme("scopus", plain),
    "URI": Scheme("uri", uri),
    "URL": Scheme("uri", uri),
    "PURL": Scheme("uri", uri),
    "W3ID": Scheme("uri", uri),
    "ARK": Scheme("ark", plain),
    "BIBCODE": Scheme("bibcode", plain),
    "CODEN": Scheme("coden", plain),
    "COI": Scheme("coi", plain),
    "EAN13": Scheme("ean13", plain),
    "IGSN": Scheme("igsn", plain),
    "JST": Scheme("jst", plain),
    "LCCN": Scheme("lccn", plain),
    "LOCAL": Scheme("local", plain),
    "LSID": Scheme("lsid", plain),
    "MRID": Scheme("mrid", plain),
    "UPC": Scheme("upc", plain),
}

VENUE_IDENTIFIERS: Mapping[str, Scheme] = {
    "ISSN": Scheme("issn", issn),
    "PISSN": Scheme("issn", issn),
    "EISSN": Scheme("eissn", issn),
    "LISSN": Scheme("issn_l", issn),
    "NCID": Scheme("ncid", ncid),
    "ISBN": Scheme("isbn", ids.isbn),
    "NDL_BIB_ID": Scheme("ndl_bib", plain),
    "DOI": Scheme("doi", ids.doi),
    "URI": Scheme("uri", uri),
    "URL": Scheme("uri", uri),
    "CODEN": Scheme("coden", plain),
}

PERSON_IDENTIFIERS: Mapping[str, Scheme] = {
    "NRID": Scheme("nrid", ids.nrid),
    "KAKEN_RESEARCHERS": Scheme("erad", _researcher_number),
    "ERAD": Scheme("erad", _researcher_number),
    "E-RAD": Scheme("erad", _researcher_number),
    "E_RAD": Scheme("erad", _researcher_number),
    "CINII_AUTHOR_ID": Scheme("cinii_author", plain),
    "RESEARCHMAP": Scheme("researchmap", researchmap),
    "ORCID": Scheme("orcid", ids.orcid),
    "ISNI": Scheme("isni", ids.isni),
    "VIAF": Scheme("viaf", number),
    "NDL": Scheme("ndl", plain),
    "JGLOBAL": Scheme("jglobal", plain),
    "SCOPUS": Scheme("scopus", plain),
    "CRID": Scheme("crid", ids.crid),
}

PROJECT_IDENTIFIERS: Mapping[str, Scheme] = {
    "KAKEN": Scheme("award", ids.award_number),
    "KAKENHI": Scheme("award", ids.award_number),
    "JGN": Scheme("jgn", jgn),
    "CRID": Scheme("crid", ids.crid),
    "URI": Scheme("kaken", kaken_id),
    "URL": Scheme("kaken", kaken_id),
}

ORGANIZATION_IDENTIFIERS: Mapping[str, Scheme] = {
    "ROR": Scheme("ror", ids.ror),
    "NII": Scheme("nii", plain),
    "NIICODE": Scheme("nii", plain),
    "ERAD": Scheme("erad_org", plain),
    "E-RAD": Scheme("erad_org", plain),
    "E_RAD": Scheme("erad_org", plain),
    "KAKEN": Scheme("nii", plain),
    "KAKENHI": Scheme("nii", plain),
    "JSPS": Scheme("jsps", plain),
    "MEXT": Scheme("mext", plain),
    "GRID": Scheme("grid", plain),
    "ISNI": Scheme("isni", ids.isni),
    "FUNDREF": Scheme("fundref", plain),
    "RINGGOLD": Scheme("ringgold", plain),
}
"""`KAKEN` numbers of institutions are those that KAKEN itself calls `niiCode`."""

DATA_SOURCES: Mapping[str, Scheme] = {
    "CIA": Scheme("naid", ids.naid),
    "CIB": Scheme("ncid", ncid),
    "NACSIS_CAT": Scheme("ncid", ncid),
    "CROSSREF": Scheme("doi", ids.doi),
}
"""Ids of upstream records that are identifiers of the thing too; others keep the upstream's name as scheme."""


def type_key(value: str) -> str:
    """Identifier type as the maps spell it: search answers write `cir:DOI` for a record's `DOI`."""
    return value.strip().removeprefix("cir:").upper()


# --- types of works ------------------------------------------------------------------------------------------

_RESOURCE = re.compile(r"^(.*?)\s*[(（]([^()（）]+)[)）]\s*$")

RESOURCE_TYPES: Mapping[str, str] = {
    "article": "article",
    "journal article": "article",
    "departmental bulletin paper": "article",
    "data paper": "article",
    "preprint": "article",
    "research paper": "article",
    "学術雑誌論文": "article",
    "紀要論文": "article",
    "論文": "article",
    "雑誌記事": "article",
    "review": "review",
    "review article": "review",
    "conference paper": "conference_paper",
    "conference proceedings": "conference_paper",
    "会議発表論文": "conference_paper",
    "conference object": "presentation",
    "conference output": "presentation",
    "conference poster": "presentation",
    "conference presentation": "presentation",
    "lecture": "presentation",
    "presentation": "presentation",
    "会議発表資料": "presentation",
    "会議発表用資料": "presentation",
    "学会発表": "presentation",
    "book": "book",
    "図書": "book",
    "本": "book",
    "journal": "book",
    "periodical": "book",
    "雑誌": "book",
    "book part": "book_chapter",
    "図書の一部": "book_chapter",
    "thesis": "dissertation",
    "bachelor thesis": "dissertation",
    "master thesis": "dissertation",
    "doctoral thesis": "dissertation",
    "学位論文": "dissertation",
    "博士論文": "dissertation",
    "dataset": "dataset",
    "data": "dataset",
    "research data": "dataset",
    "データセット": "dataset",
    "研究データ": "dataset",
    "report": "report",
    "research report": "report",
    "technical report": "report",
    "working paper": "report",
    "テクニカルレポート": "report",
    "研究報告書": "report",
    "patent": "patent",
    "特許": "patent",
    "software": "software",
    "ソフトウェア": "software",
    "learning material": "misc",
    "教材": "misc",
    "文献書誌": "misc",
    "other": "other",
    "その他": "other",
}

WORK_TYPES: Mapping[str, str] = {
    "Article": "article",
    "AcademicArticle": "article",
    "ScholarlyArticle": "article",
    "Book": "book",
    "Dissertation": "dissertation",
    "Doctoral Dissertation": "dissertation",
    "Thesis": "dissertation",
    "Dataset": "dataset",
    "Data": "dataset",
    "Research Data": "dataset",
    "SoftwareSourceCode": "software",
    "Product": "other",
}
"""Kinds of records (`@type`, `dc:type`), where no finer `resourceType` is given."""

PROJECT_TYPES = frozenset({"Project", "KAKEN"})
"""The table says `Project`; live answers have been seen to say `KAKEN`."""

PERSON_TYPES = frozenset({"Researcher", "Person"})

KINDS_BY_CRID: Mapping[str, str] = {"1040": "Project", "1410": "Researcher", "1420": "Researcher"}
"""What the first digits of a CRID tell where a cut-down answer has no type."""


def bare_type(value: str) -> str:
    """A type without the prefix of its vocabulary."""
    return value.strip().rpartition(":")[2]


@lru_cache(maxsize=1 << 10)
def work_type(resource: str | None, kind: str | None) -> str:
    """Our type of a work, from the resource type where it says something, else from the kind of record."""
    if resource:
        found = _RESOURCE.match(resource)
        words = (found.group(2), found.group(1)) if found else (resource,)
        for word in words:
            if known := RESOURCE_TYPES.get(word.strip().lower()):
                return known
    return WORK_TYPES.get(bare_type(kind), "other") if kind else "article"


# --- roles, relations, languages -----------------------------------------------------------------------------

CONTRIBUTOR_ROLES: Mapping[str, str] = {
    "author": "author",
    "creator": "author",
    "著者": "author",
    "editor": "editor",
    "編者": "editor",
    "編集者": "editor",
    "translator": "translator",
    "訳者": "translator",
    "翻訳者": "translator",
    "supervisor": "supervisor",
    "指導教員": "supervisor",
    "contributor": "contributor",
    "寄与者": "contributor",
    "inventor": "inventor",
    "発明者": "inventor",
    "presenter": "presenter",
    "発表者": "presenter",
}

PROJECT_ROLES: Mapping[str, str] = {
    "principal_investigator": "principal_investigator",
    "研究代表者": "principal_investigator",
    "代表者": "principal_investigator",
    "co_investigator": "co_investigator",
    "co_investigator_buntan": "co_investigator",
    "研究分担者": "co_investigator",
    "分担者": "co_investigator",
    "co_investigator_renkei": "collaborator",
    "連携研究者": "collaborator",
    "research_collaborator": "collaborator",
    "collaborator": "collaborator",
    "研究協力者": "collaborator",
    "research_fellow": "research_fellow",
    "principal_investigator_foreign": "research_fellow",
    "foreign_research_fellow": "research_fellow",
    "特別研究員": "research_fellow",
    "外国人特別研究員": "research_fellow",
    "member": "member",
}

RELATIONS: Mapping[str, str] = {
    "cites": "cites",
    "references": "cites",
    "iscitedby": "cited_by",
    "isreferencedby": "cited_by",
    "isversionof": "version_of",
    "hasversion": "version_of",
    "isformatof": "version_of",
    "hasformat": "version_of",
    "isidenticalto": "version_of",
    "isvariantformof": "version_of",
    "istranslationof": "translation_of",
    "ispartof": "part_of",
    "haspart": "has_part",
    "reviews": "review_of",
    "isreviewof": "review_of",
}
"""Relations between works, lower case; anything else is `related`."""

LANGUAGES: Mapping[str, str] = {
    "jpn": "ja",
    "eng": "en",
    "chi": "zh",
    "zho": "zh",
    "kor": "ko",
    "ger": "de",
    "deu": "de",
    "fre": "fr",
    "fra": "fr",
    "rus": "ru",
    "spa": "es",
    "ita": "it",
}

MONEY_UNITS: Mapping[str, int] = {"": 1, "円": 1, "yen": 1, "jpy": 1, "千円": 1_000, "百万円": 1_000_000}

COST_COLUMNS: Mapping[str, str] = {
    "直接経費": "direct_cost",
    "direct cost": "direct_cost",
    "direct costs": "direct_cost",
    "間接経費": "indirect_cost",
    "indirect cost": "indirect_cost",
    "indirect costs": "indirect_cost",
}

CLASSIFICATIONS = re.compile(r"^(NDC|NDLC|UDC|DDC|LCC|JEL|MSC)(\d*)$", re.I)
"""Subject schemes that are classifications (their values are notations); all others are headings or free words."""
