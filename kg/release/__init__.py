"""Releases: immutable folders that are built, opened, listed, compared, checked and switched.

Comes in: the raw store, the ledger, the vocabulary. Goes out: Parquet tables with their changes, one DuckDB file,
arrays and an index, always opened by the release's own resolved path. `kg.release.build` makes one, `kg.release.compare`
compares and checks; both are imported where they are used, so that a question does not wait for them.
"""

from kg.release.layout import Release, current_id, list_releases, open_release, release_ids, use

__all__ = ["Release", "current_id", "list_releases", "open_release", "release_ids", "use"]
