"""ORCID: a person's record, or a part of it, in JSON or XML; person, career, grants and works out.

`cut` makes records of a document, `mapping` makes rows of a record; `tree` is the one shape of JSON and XML,
`older` brings other shapes to it. What is not public never becomes a row.
"""

from __future__ import annotations

from typing import Final

from kg.records import Source
from loaders.orcid.cut import split
from loaders.orcid.mapping import to_records

SOURCE: Final[Source] = "orcid"
VERSION: Final = 2

__all__ = ["SOURCE", "VERSION", "split", "to_records"]
