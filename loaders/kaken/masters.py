"""What do KAKEN's master tables hold, and how are they used?

`agency_master` lists the funders (`kakenhi`, JST, foundations) in one table per period: each distinct code and
name is an organisation. The other tables (categories, countries, code labels) explain codes whose labels stand
beside them in every project, so nothing is imported from them; `lookup` reads them for whoever needs the labels.

    >>> import io
    >>> code = '<code key="role"><valueCode key="x"><name lang="ja">役</name></valueCode></code>'
    >>> lookup(io.BytesIO(f"<codeList><codeTable>{code}</codeTable></codeList>".encode()))
    {'role:x': {'ja': '役'}}
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, BinaryIO

from kg.errors import BadRecord
from kg.records import Identifier, Organization, Record, Row, Skipped, SourceRef
from loaders.kaken.sheet import fold
from loaders.native import MAX_BYTES, parse_xml

LANG = "{http://www.w3.org/XML/1998/namespace}lang"
TABLES: dict[str, str] = {
    "category_table_list": "research categories (研究種目) and their codes",
    "country_name_table_list": "country names and their codes",
    "codeList": "labels of code values (roles, status, product and section types)",
    "field_table_list": "older fields (系・分野・分科・細目) and their codes",
    "review_section_table_list": "review sections and their codes",
    "institution_table_list": "research institutions and their codes",
    "section_table_list": "sections of calls (応募区分) and their codes",
}
"""Root element of a table that is not imported → what it explains."""


def agency_key(agency: Any) -> tuple[tuple[tuple[str, str], ...], tuple[tuple[str, str], ...]]:
    """Codes and names of an `agency` element: what makes it one and the same in tables of several periods."""
    return tuple(sorted(_codes(agency).items())), tuple(sorted(_names(agency).items()))


def agency_id(agency: Any) -> str | None:
    """Record id of an agency: its NII code (else its first code); None where it has none."""
    codes = _codes(agency)
    return codes.get("nii") or next(iter(codes.values()), None)


def agency_records(raw: bytes, ref: SourceRef) -> list[Row | Skipped]:
    """An `Organization` with its codes. Raises `BadRecord` where the element is not an agency with a name."""
    agency = parse_xml(raw)
    names = _names(agency)
    if not names:
        raise BadRecord("/agency", "no name")
    rows: list[Row | Skipped] = [
        Record(id=ref.record, kind="organization", about=ref.record),
        Organization(id=ref.record, name_ja=names.get("ja"), name_en=_english(names), kind="funder"),
    ]
    for scheme, code in _codes(agency).items():
        rows.append(Identifier(subject=ref.record, kind="organization", scheme=_scheme(scheme), value=code))
    return rows


def _scheme(code_type: str) -> str:
    """Codes of funders have a number range of their own: the agency `14` is not the institution `14`."""
    return "kaken_agency" if code_type == "nii" else f"{code_type}_agency"


def _english(names: dict[str, str]) -> str | None:
    """The table repeats the Japanese name under `en` where there is no English one."""
    return names.get("en") if names.get("en") != names.get("ja") else None


def _codes(element: Any) -> dict[str, str]:
    return {e.get("type") or "nii": v for e in element.iterfind("code") if (v := fold(e.text))}


def _names(element: Any) -> dict[str, str]:
    found: dict[str, str] = {}
    for name in element.iterfind("name"):
        if value := fold(name.text):
            found.setdefault(name.get("lang") or name.get(LANG) or "", value)
    return found


def lookup(stream: BinaryIO) -> dict[str, dict[str, str]]:
    """Code → names by language, of any master table; the newest table wins.

    Codes of `codeList` come as `list:value`, the others as their NII code. Raises `BadRecord` for anything else.
    """
    root = parse_xml(stream.read(MAX_BYTES + 1))
    if root.tag == "codeList":
        labels = ((code, value) for code in root.iter("code") for value in code.iterfind("valueCode"))
        return {f"{code.get('key')}:{value.get('key')}": _names(value) for code, value in labels}
    if not str(root.tag).endswith("_table_list"):
        raise BadRecord("/", f"<{root.tag}> is not a master table")
    return dict(_entries(root))


def _entries(root: Any) -> Iterator[tuple[str, dict[str, str]]]:
    for table in root:
        for entry in table:
            code = _codes(entry).get("nii")
            if code and (names := _names(entry)):
                yield code, names
