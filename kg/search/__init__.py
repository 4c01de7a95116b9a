"""Search: the port, and its lexical implementation over a release's `search_document` table.

Comes in: rows of `search_document` (built by the release) and a question in words. Goes out: ids with scores and a total.
"""

from __future__ import annotations

from kg.search.lexical import build_index, open_index
from kg.search.port import Hit, Hits, SearchIndex

__all__ = ["Hit", "Hits", "SearchIndex", "build_index", "open_index"]
