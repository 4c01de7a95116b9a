"""KAKEN projects and NRID researchers: grants with members, fields and money; profiles with projects and products.

`documents` cuts records, `project` and `product` read the XML of one award, `researcher` and `work` the JSON of
one researcher, `masters` the agency table; `vocabulary` says what codes mean. docs/sources/kaken.md has the map.
"""

from __future__ import annotations

from kg.errors import BadRecord
from kg.records import LoaderOutput, Source, SourceRef
from loaders.kaken.documents import split
from loaders.kaken.masters import agency_records
from loaders.kaken.project import project_records
from loaders.kaken.researcher import researcher_records

__all__ = ["SOURCE", "VERSION", "split", "to_records"]

SOURCE: Source = "kaken"
VERSION = 3

_FORMS = {"project": project_records, "researcher": researcher_records, "agency": agency_records}


def to_records(raw: bytes, ref: SourceRef, context: str = "") -> LoaderOutput:
    """Rows of one record of the forms `project` (XML), `researcher` (JSON) and `agency` (master table)."""
    read = _FORMS.get(ref.form)
    if read is None:
        raise BadRecord("$", f"KAKEN has no form «{ref.form}»")
    return iter(read(raw, ref))
