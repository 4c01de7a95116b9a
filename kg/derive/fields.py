"""Which field of the vocabulary does a source mean, and which fields are met in records only?

The vocabulary answers by notation or label (`ontology.fields.locate`). What it does not know becomes a field of its
own: `{scheme}:{notation}`, or `{scheme}:={label}` where the source gives no notation.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import duckdb
import pyarrow as pa

from kg.identity.resolve import put
from kg.lake.schema import own_schema
from kg.records import Field, FieldLabel
from kg.text import language_of, match_key
from ontology.fields import FieldTables, locate


class Met(NamedTuple):
    """A field as sources write it, and how many rows do."""

    scheme: str
    notation: str
    label: str
    level: str
    label_en: str
    rows: int


LOCATED = pa.schema([(n, pa.string()) for n in ("scheme", "given", "label", "level", "label_en", "notation")])


def add_met_fields(db: duckdb.DuckDBPyConnection, vocabulary: FieldTables) -> None:
    """Makes `located`, `field`, `field_label`, `broader`, `field_match` and `field_key` from the vocabulary and the lake."""
    met = [Met(*row) for row in db.execute(_MET).fetchall()]
    known = dict(zip(vocabulary.field["id"].to_pylist(), vocabulary.field["notation"].to_pylist(), strict=True))
    places: list[tuple[str, str]] = []
    fresh: dict[str, list[Met]] = {}
    for m in met:
        found = locate(m.scheme, m.notation, m.label, vocabulary, level=m.level or None, label_en=m.label_en)
        notation = found.partition(":")[2] if found else (m.notation or f"={m.label}")
        if found is None or found not in known:
            fresh.setdefault(f"{m.scheme}:{notation}", []).append(m)
        places.append((m.scheme, notation))
    _put_located(db, met, places)
    rows = [_field_row(field, some) for field, some in sorted(fresh.items())]
    labels = [label for row in rows for label in _label_rows(row)]
    _put_fields(db, vocabulary, rows, labels)


_MET = """
SELECT scheme, notation, label, coalesce(level, '') AS level, coalesce(label_en, '') AS label_en, count(*) AS n
FROM lake_in_field GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3, 4, 5
"""


def _put_located(db: duckdb.DuckDBPyConnection, met: list[Met], places: list[tuple[str, str]]) -> None:
    columns: list[list[Any]] = [
        [m.scheme for m in met], [m.notation for m in met], [m.label for m in met], [m.level for m in met],
        [m.label_en for m in met], [notation for _, notation in places],
    ]  # fmt: skip
    put(db, "located", pa.table([pa.array(c, pa.string()) for c in columns], schema=LOCATED))


def _field_row(field: str, met: list[Met]) -> dict[str, str | None]:
    """One row of a field that only records know; of several spellings the one that most rows have."""
    best = min(met, key=lambda m: (-m.rows, m.label, m.label_en))
    scheme, _, notation = field.partition(":")
    english = best.label_en or (best.label if language_of(best.label) == "en" else "")
    japanese = best.label if best.label and language_of(best.label) != "en" else ""
    return {
        "id": field, "scheme": scheme, "notation": notation, "label_ja": japanese or None, "label_en": english or None,
        "label_en_status": "source" if english else None, "level": best.level or None,
    }  # fmt: skip


def _label_rows(row: dict[str, str | None]) -> list[dict[str, str | None]]:
    return [
        {"field": row["id"], "lang": lang, "label": row[f"label_{lang}"], "kind": "preferred"}
        for lang in ("en", "ja")
        if row[f"label_{lang}"]
    ]


def _put_fields(
    db: duckdb.DuckDBPyConnection, vocabulary: FieldTables, rows: list[dict[str, Any]], labels: list[dict[str, Any]]
) -> None:
    fields, names = own_schema(Field), own_schema(FieldLabel)
    label_table = pa.concat_tables(
        [vocabulary.field_label.select(names.names).cast(names), pa.Table.from_pylist(labels, schema=names)]
    )
    met = pa.Table.from_pylist(rows, schema=fields)
    put(db, "field", pa.concat_tables([vocabulary.field.select(fields.names).cast(fields), met]))
    put(db, "field_label", label_table)
    put(db, "broader", vocabulary.broader)
    put(db, "field_match", vocabulary.field_match)
    pairs = zip(label_table["field"].to_pylist(), label_table["label"].to_pylist(), strict=True)
    keys = sorted({(field, match_key(label)) for field, label in pairs})
    put(db, "field_key", pa.table({"field": [f for f, _ in keys], "label_key": [k for _, k in keys]}))
