"""How do claims become the tables of a release? Runs the stages of `kg/derive/sql/` in order.

Where several mentions are one entity, its row takes each column from the best mention that has it. What is best is
decided by `SOURCE_ORDER` and then by the record's name, so that it never depends on the order of import.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import duckdb
import pyarrow as pa

from kg.derive.fields import add_met_fields
from kg.identity.resolve import put
from kg.stages import read_stages, run
from ontology.fields import FieldTables

PACKAGE = "kg.derive"

SOURCE_ORDER: dict[str, tuple[str, ...]] = {
    # people describe themselves best, and bibliographies describe works best; the funder knows its projects
    "person": ("researchmap", "kaken", "orcid", "cinii"),
    "work": ("cinii", "orcid", "researchmap", "kaken"),
    "venue": ("cinii", "orcid", "researchmap", "kaken"),
    "project": ("kaken", "cinii", "researchmap", "orcid"),
    "organization": ("kaken", "cinii", "orcid", "researchmap"),
}
"""Whose word counts first, by kind; sources from outside come after these, by name."""

CLAIM_STAGES = (
    "record", "person", "person_name", "organization", "work", "venue", "project",
    "identifier", "text_unit", "topic_key", "assertion", "topic", "link", "project_cost", "activity",
    "affiliation", "known_name", "contribution", "authored", "membership", "member_of", "output_of", "published_in",
    "work_relation", "project_relation", "organization_part", "in_field",
)  # fmt: skip
DERIVED_STAGES = (
    "project_year", "field_evidence", "affiliated_with", "group_member", "large_group", "collaboration_proof",
    "collaborated", "document",
)  # fmt: skip
STAGES = (*CLAIM_STAGES, *DERIVED_STAGES)


def source_rank(sources: Sequence[str]) -> pa.Table:
    """Table `source_rank`: kind, source, base. `base` added to a row's number orders rows by source, then by record."""
    rows = []
    for kind, order in SOURCE_ORDER.items():
        others = tuple(sorted(set(sources) - set(order)))
        rows += [{"kind": kind, "source": s, "base": n << 53} for n, s in enumerate((*order, *others))]
    return pa.Table.from_pylist(rows)


def derive(
    db: duckdb.DuckDBPyConnection,
    vocabulary: FieldTables,
    sources: Sequence[str],
    report: Callable[[str], None] | None = None,
) -> None:
    """Makes all tables of a release but `search_document`, whose texts `document` holds."""
    put(db, "source_rank", source_rank(sources))
    add_met_fields(db, vocabulary)
    run(db, read_stages(PACKAGE, STAGES), report)
