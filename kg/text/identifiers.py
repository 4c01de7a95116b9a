"""Identifiers in one spelling each, or None where the value cannot be one.

    >>> doi("https://doi.org/10.1016/J.ADVNUT.2025.100480"), orcid("0000000332853633"), erad("80802743")
    ('10.1016/j.advnut.2025.100480', '0000-0003-3285-3633', '80802743')
    >>> erad_from_nrid("1000080802743"), award_number("JP19KK0341"), issn("03875911")
    ('80802743', '19KK0341', '0387-5911')

Sources: DOI Handbook (case does not matter), ISO 7064 MOD 11-2 for ORCID and ISNI, ISO 3297 for ISSN,
ISO 2108 for ISBN; e-Rad numbers have 8 digits, NRID is `1000` before the zero-padded number.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache

_DOI = re.compile(r"(10\.\d{4,9}/\S+)", re.I)
_ORCID = re.compile(r"(\d{4})-?(\d{4})-?(\d{4})-?(\d{3}[\dXx])")
_DIGITS = re.compile(r"\D")
_SEPARATORS = re.compile(r"[\s-]")
_ERAD = re.compile(r"[0-9]{8}")
_ERAD_IN_NRID = re.compile(r"(?<!\d)1000(\d{9})(?!\d)")
_NRID = re.compile(r"(?<!\d)([19]000\d{9})(?!\d)")
_ISSN = re.compile(r"\d{7}[\dX]")
_CRID_PAGE = re.compile(r"https://cir\.nii\.ac\.jp/crid/(1\d{18})(?!\d)")
_CRID = re.compile(r"(?<!\d)(1\d{18})(?!\d)")
_NAID = re.compile(r"(?:https?://ci\.nii\.ac\.jp/naid/)?(\d{8,14})/?(?:#.*)?")
_AWARD = re.compile(r"^[0-9A-Z]{2,3}[A-Z]{0,4}[0-9]{3,8}[A-Z0-9]*$")


def _plain(value: str) -> str:
    if value.isascii():  # nearly all; NFKC changes nothing in it
        return value.strip()
    return unicodedata.normalize("NFKC", value).strip()


def _remembered(function: Callable[[str], str | None]) -> Callable[[str], str | None]:
    """The function with its last answers kept: numbers of people, awards and journals repeat within a source."""
    return lru_cache(maxsize=1 << 15)(function)


def doi(value: str) -> str | None:
    """Lower case, without resolver, scheme or closing punctuation."""
    plain = _plain(value)
    if "%2" in plain:
        plain = plain.replace("%2F", "/").replace("%2f", "/")
    found = _DOI.search(plain)
    return found.group(1).rstrip(".,;)]}>\"'").lower() if found else None


def _mod_11_2(digits: str) -> str:
    total = 0
    for d in digits:
        total = (total + int(d)) * 2
    check = (12 - total % 11) % 11
    return "X" if check == 10 else str(check)


@_remembered
def orcid(value: str) -> str | None:
    """Sixteen characters with hyphens; None where the check digit is wrong."""
    found = _ORCID.search(_plain(value))
    if not found:
        return None
    joined = "".join(found.groups()).upper()
    return "-".join(found.groups()).upper() if _mod_11_2(joined[:15]) == joined[15] else None


@_remembered
def isni(value: str) -> str | None:
    """Sixteen characters without separators; None where the check digit is wrong."""
    joined = re.sub(r"[\s-]", "", _plain(value)).upper().removeprefix("HTTPS://ISNI.ORG/ISNI/")
    if not re.fullmatch(r"\d{15}[\dX]", joined):
        return None
    return joined if _mod_11_2(joined[:15]) == joined[15] else None


@_remembered
def erad(value: str) -> str | None:
    """Researcher number of e-Rad and KAKEN: exactly 8 digits.

    Fewer are an error of the source, never padded: all numbers met in records have 8, leading zeros included, and a
    number that lost its last digit would become the number of somebody else.
    """
    digits = _plain(value)
    return digits if _ERAD.fullmatch(digits) and int(digits) else None


def erad_from_spreadsheet(value: str) -> str | None:
    """The same from a table that people keep: a spreadsheet takes `00399271` for a number and stores 399271.

    Only for lists in which a name stands beside the number, since a number that was cut short looks alike.
    """
    digits = _plain(value).removesuffix(".0")  # a column of numbers with gaps reads as decimals
    return erad(digits.zfill(8))


def _is_bare_nrid(value: str) -> bool:
    return len(value) == 13 and value.isascii() and value.isdigit() and value.startswith(("1000", "9000"))


def erad_from_nrid(value: str) -> str | None:
    """The researcher number inside an NRID or its URL; None for internal ids (`9000…`)."""
    if _is_bare_nrid(value):  # nearly all
        return value[5:] if value[:5] == "10000" and value[5:] != "00000000" else None
    found = _ERAD_IN_NRID.search(_plain(value))
    return erad(found.group(1)[1:]) if found and found.group(1)[0] == "0" else None


def nrid(value: str) -> str | None:
    """13 digits of a Researcher Name Resolver id, with or without its URL."""
    if _is_bare_nrid(value):
        return value
    found = _NRID.search(_plain(value))
    return found.group(1) if found else None


@_remembered
def award_number(value: str) -> str | None:
    """KAKENHI or national award number without the prefixes `JP` and `KAKENHI-PROJECT-`."""
    plain = re.sub(r"^(KAKENHI-(PROJECT|PLANNED|ORGANIZER|INTERNATIONAL|PUBLICLY)-)", "", _plain(value).upper())
    plain = re.sub(r"^JP(?=[0-9A-Z]{5,})", "", plain.replace(" ", ""))
    return plain if _AWARD.match(plain) else None


@_remembered
def issn(value: str) -> str | None:
    """With hyphen; None where the check digit is wrong."""
    joined = _SEPARATORS.sub("", _plain(value)).upper().removeprefix("ISSN").lstrip(":")
    if not _ISSN.fullmatch(joined):
        return None
    total = sum(int(d) * w for d, w in zip(joined[:7], range(8, 1, -1), strict=True))
    check = (11 - total % 11) % 11
    return f"{joined[:4]}-{joined[4:]}" if joined[7] == ("X" if check == 10 else str(check)) else None


@_remembered
def isbn(value: str) -> str | None:
    """ISBN-13 without hyphens (ISBN-10 is converted); None where the check digit is wrong."""
    joined = re.sub(r"[\s-]", "", _plain(value)).upper().removeprefix("ISBN").lstrip(":")
    if re.fullmatch(r"\d{13}", joined):
        total = sum(int(d) * (3 if i % 2 else 1) for i, d in enumerate(joined))
        return joined if total % 10 == 0 else None
    if re.fullmatch(r"\d{9}[\dX]", joined):
        total = sum((10 - i) * (10 if c == "X" else int(c)) for i, c in enumerate(joined))
        if total % 11:
            return None
        body = "978" + joined[:9]
        check = (10 - sum(int(d) * (3 if i % 2 else 1) for i, d in enumerate(body)) % 10) % 10
        return body + str(check)
    return None


def crid(value: str) -> str | None:
    """19 digits of a CiNii Research id, with or without its URL."""
    found = _CRID_PAGE.match(value) if value.isascii() else None  # nearly all; a match costs less than a search
    found = found or _CRID.search(_plain(value))
    return found.group(1) if found else None


def naid(value: str) -> str | None:
    """CiNii article id, digits only."""
    found = _NAID.fullmatch(_plain(value))
    return found.group(1) if found else None


@_remembered
def ror(value: str) -> str | None:
    """The nine characters of a ROR id."""
    found = re.search(r"(?:ror\.org/|^)(0[a-hj-km-np-tv-z0-9]{6}\d{2})$", _plain(value).lower())
    return found.group(1) if found else None
