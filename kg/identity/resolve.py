"""Who and what is the same? Runs the identity stages on the lake's tables, with the ledger's ids.

Needs the lake's tables as `lake_<table>` in the database. Leaves `entity_record`, `identity_conflict`, `redirect`
for the release, `<kind>_of` and `foreign_identifier` for the stages that follow, `fresh_anchor` for the ledger.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

import duckdb
import numpy as np
import pyarrow as pa

from kg.identity.components import components
from kg.identity.forms import labels, read_spellings
from kg.identity.names import contradictions
from kg.identity.news import News
from kg.identity.schemes import hard_scheme, kind_letter, preference
from kg.stages import read_stages, run

SPELLINGS = ("extra_name", "called", "spelling", "label_spelling")
BEFORE_NAMES = ("name_form", "mention", "carried", "node", "borne", "several_values", "signature", "suspect")
BEFORE_COMPONENTS = ("cut", "usable", "edge")
AFTER_COMPONENTS = (
    "broken", "node_cluster", "two_identifiers", "identified", "unnamed", "labelled", "coded_name", "by_name",
    "clustered", "cluster_anchor", "pick", "entity", "entity_of", "person_of", "work_of", "project_of", "organization_of",
    "venue_of", "redirect", "identity_conflict", "foreign_identifier", "fresh_anchor", "lost_anchor",
)  # fmt: skip
AT_LAST = ("entity_record",)
STAGES = (*SPELLINGS, *BEFORE_NAMES, *BEFORE_COMPONENTS, *AFTER_COMPONENTS, *AT_LAST)

PACKAGE = "kg.identity"
SPENT_BY_COMPONENTS = (
    "extra_name", "called", "spelling", "label_spelling", "spelled", "carried", "signature", "suspect",
    "contradiction",
)  # fmt: skip
SPENT = (
    "minted", "mention", "node", "borne", "several_values", "cut", "usable", "component", "broken", "node_cluster",
    "two_identifiers", "identified", "unnamed", "labelled", "coded_name", "name_label", "by_name", "clustered",
    "cluster_anchor", "pick", "edge",
)  # fmt: skip
"""Tables that nothing asks for any longer: they would fill the memory that the stages of derive need."""


def put(db: duckdb.DuckDBPyConnection, name: str, table: pa.Table) -> None:
    """An Arrow table as a table of the database."""
    db.register("incoming", table)
    db.execute(f'CREATE OR REPLACE TABLE "{name}" AS SELECT * FROM incoming')
    db.unregister("incoming")


def drop(db: duckdb.DuckDBPyConnection, names: Iterable[str]) -> None:
    """Lets go of tables of the database."""
    for name in names:
        db.execute(f'DROP TABLE "{name}"')


def resolve(db: duckdb.DuckDBPyConnection, minted: pa.Table, report: Callable[[str], None] | None = None) -> None:
    """Makes the identity tables. Deterministic: depends on the lake's rows and on `minted` only."""
    put(db, "hard_scheme", hard_scheme())
    put(db, "preference", preference())
    put(db, "kind_letter", kind_letter())
    put(db, "minted", minted)
    run(db, read_stages(PACKAGE, SPELLINGS), report)
    put_forms(db)
    run(db, read_stages(PACKAGE, BEFORE_NAMES), report)
    put(db, "contradiction", contradictions(db.sql("SELECT * FROM suspect").to_arrow_table()))
    run(db, read_stages(PACKAGE, BEFORE_COMPONENTS), report)
    put(db, "component", component_table(db))
    drop(db, SPENT_BY_COMPONENTS)
    run(db, read_stages(PACKAGE, AFTER_COMPONENTS), report)
    drop(db, SPENT)
    run(db, read_stages(PACKAGE, AT_LAST), report)


def put_forms(db: duckdb.DuckDBPyConnection) -> None:
    """Makes `spelled`, `form` and `name_label`: what Python makes of each spelling, and of each name that is no person's."""
    spelled, forms = read_spellings(db.sql("SELECT name, family, given FROM spelling").to_arrow_table())
    put(db, "spelled", spelled)
    put(db, "form", forms)
    put(db, "name_label", labels(db.sql("SELECT name FROM label_spelling").to_arrow_table()))


def component_table(db: duckdb.DuckDBPyConnection) -> pa.Table:
    """Table `component`: the first node of each node's component."""
    (count,) = db.execute("SELECT count(*) FROM node").fetchall()[0]
    edges = db.execute("SELECT a, b FROM edge").fetchnumpy()
    label = components(count, np.asarray(edges["a"], np.int64), np.asarray(edges["b"], np.int64))
    return pa.table({"node": pa.array(np.arange(count), pa.int64()), "component": pa.array(label, pa.int64())})


def ledger_news(db: duckdb.DuckDBPyConnection, redirects: pa.Table) -> News:
    """What the ledger must take over. `redirects` (old, new) is what it knows of these already."""
    put(db, "redirected", redirects)
    return News(
        anchors=db.sql("SELECT id, kind, anchor, origin FROM fresh_anchor").to_arrow_table(),
        lost=db.sql("SELECT id, kind, anchor FROM lost_anchor").to_arrow_table(),
        joined=db.sql(
            "SELECT r.old, r.new, e.kind FROM redirect r JOIN entity e ON e.id = r.new "
            "LEFT JOIN redirected d ON d.old = r.old AND d.new = r.new WHERE d.old IS NULL"
        ).to_arrow_table(),
    )
