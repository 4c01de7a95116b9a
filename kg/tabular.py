"""Tables out: CSV and XLSX that open correctly in Japanese Excel, Parquet, JSON, text.

CSV is UTF-8 with a byte order mark and CRLF (RFC 4180), which Excel needs to read Japanese. Ids and numbers that look like ids
stay text. In CSV and XLSX a cell that begins with `= + - @` gets a leading apostrophe or is stored as a string, so that source text
never becomes a formula.
"""

from __future__ import annotations

import csv
import io
import json
import sys
import unicodedata
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from kg.errors import FixInput

_XLSX_ROWS = 1_048_576
_XLSX_CELL = 32_767
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def table(rows: Sequence[dict[str, Any]]) -> pa.Table:
    """Arrow table of dictionaries with the same keys; a column of nothing but None is text."""
    if not rows:
        return pa.table({})
    arrow = pa.Table.from_pylist(list(rows))
    for i, f in enumerate(arrow.schema):
        if pa.types.is_null(f.type):
            arrow = arrow.set_column(i, f.name, arrow.column(i).cast(pa.string()))
    return arrow


def write(rows: pa.Table, fmt: str, out: str | None, *, about: Sequence[tuple[str, str]] = ()) -> None:
    """Write a table as `csv`, `xlsx`, `parquet`, `json` or `text`, to a file or (text formats) to stdout.

    `about` becomes the first sheet of a workbook and the metadata of a Parquet file. Raises `FixInput` where a format needs
    a file and none is named, or holds fewer rows than there are.
    """
    if fmt in ("xlsx", "parquet") and out is None:
        raise FixInput(f"{fmt} needs a file.", next_step=f"Add --out FILE.{fmt}.")
    if fmt == "csv":
        _emit(to_csv(rows), out)
    elif fmt == "json":
        _emit((json.dumps(rows.to_pylist(), ensure_ascii=False, default=str) + "\n").encode(), out)
    elif fmt == "text":
        _emit(to_text(rows).encode(), out)
    elif fmt == "parquet":
        metadata = {k.encode(): v.encode() for k, v in _joined(about).items()}
        pq.write_table(rows.replace_schema_metadata(metadata), out)
    elif fmt == "xlsx":
        _write_xlsx(rows, str(out), about)
    else:
        raise FixInput(f"Unknown format «{fmt}».", next_step="text, json, csv, xlsx or parquet.")


def _emit(data: bytes, out: str | None) -> None:
    if out:
        Path(out).write_bytes(data)
    else:
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()


def _joined(about: Sequence[tuple[str, str]]) -> dict[str, str]:
    joined: dict[str, str] = {}
    for k, v in about:
        joined[k] = f"{joined[k]}\n{v}" if k in joined else v
    return joined


def to_csv(rows: pa.Table) -> bytes:
    """UTF-8 with BOM, CRLF, every text quoted as text where a spreadsheet would take it for a formula."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(rows.column_names)
    for row in zip(*(c.to_pylist() for c in rows.columns), strict=True):
        writer.writerow(["" if v is None else _safe(v) for v in row])
    return b"\xef\xbb\xbf" + text.getvalue().encode("utf-8", "replace")


def _safe(value: Any) -> Any:
    if isinstance(value, str) and value.startswith(_FORMULA):
        return "'" + value
    return value


def _write_xlsx(rows: pa.Table, out: str, about: Sequence[tuple[str, str]]) -> None:
    import xlsxwriter

    if rows.num_rows >= _XLSX_ROWS:
        raise FixInput(
            f"A sheet holds {_XLSX_ROWS:,} rows; there are {rows.num_rows:,}.", next_step="Use csv or parquet."
        )
    book = xlsxwriter.Workbook(
        out,
        {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "constant_memory": True},
    )
    bold = book.add_format({"bold": True})
    if about:
        sheet = book.add_worksheet("この表について")
        sheet.set_column(0, 0, 18)
        sheet.set_column(1, 1, 100)
        for i, (k, v) in enumerate(about):
            sheet.write_string(i, 0, k, bold)
            sheet.write_string(i, 1, v[:_XLSX_CELL])
    sheet = book.add_worksheet("データ")
    sheet.freeze_panes(1, 0)
    for j, name in enumerate(rows.column_names):
        sheet.write_string(0, j, name, bold)
    for i, row in enumerate(zip(*(c.to_pylist() for c in rows.columns), strict=True), 1):
        for j, value in enumerate(row):
            _cell(sheet, i, j, value)
    book.close()


def _cell(sheet: Any, i: int, j: int, value: Any) -> None:
    if value is None:
        return
    if isinstance(value, bool):
        sheet.write_boolean(i, j, value)
    elif isinstance(value, int | float) and abs(value) < 10**15:
        sheet.write_number(i, j, value)
    else:
        sheet.write_string(i, j, str(value)[:_XLSX_CELL])


def to_text(rows: pa.Table, *, widest: int = 40) -> str:
    """Aligned columns for a terminal; full-width characters count as two."""
    names = rows.column_names
    cells = [names] + [
        ["" if v is None else str(v).replace("\n", " ") for v in row]
        for row in zip(*(c.to_pylist() for c in rows.columns), strict=True)
    ]
    cells = [[_cut(c, widest) for c in row] for row in cells]
    widths = [max(_width(row[j]) for row in cells) for j in range(len(names))]
    lines = ["  ".join(c + " " * (w - _width(c)) for c, w in zip(row, widths, strict=True)).rstrip() for row in cells]
    if names:
        lines.insert(1, "  ".join("─" * w for w in widths))
    return "\n".join(lines) + "\n"


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def _cut(text: str, widest: int) -> str:
    if _width(text) <= widest:
        return text
    out = ""
    for c in text:
        if _width(out + c) > widest - 1:
            break
        out += c
    return out + "…"
