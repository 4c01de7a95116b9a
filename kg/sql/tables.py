"""A person's own table, read for one question: CSV in the encodings that Japanese spreadsheets write, XLSX, Parquet.

Every CSV and XLSX column that holds something like an identifier stays text, so that `00123456` keeps its zeros.
"""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from kg.errors import FixInput

MAX_BYTES = 512 * 1024 * 1024
_ENCODINGS = ("utf-8-sig", "cp932", "euc-jp", "utf-16")


def read_table(path: Path) -> pa.Table:
    """Columns as written in the first row, all cells text (Parquet keeps its types).

    Raises `FixInput` for a missing file, an unknown kind, a file over 512 MB, or a table without a header.
    """
    if not path.is_file():
        raise FixInput(f"No file {path.name}.", next_step="Check the path.")
    if path.stat().st_size > MAX_BYTES:
        raise FixInput(f"{path.name} is larger than 512 MB.", next_step="Import it as a source instead.")
    kind = path.suffix.lower()
    if kind == ".parquet":
        return pq.read_table(path)
    if kind in (".csv", ".tsv", ".txt"):
        return _text_table(_csv_rows(path, "\t" if kind == ".tsv" else ","), path.name)
    if kind in (".xlsx", ".xlsm"):
        return _text_table(_xlsx_rows(path), path.name)
    raise FixInput(f"{path.name}: {kind or 'no ending'} is not known.", next_step="Use csv, tsv, xlsx or parquet.")


def _csv_rows(path: Path, delimiter: str) -> list[list[str]]:
    data = path.read_bytes()
    for encoding in _ENCODINGS:
        try:
            text = data.decode(encoding)
        except UnicodeError:
            continue
        return [row for row in csv.reader(io.StringIO(text), delimiter=delimiter) if any(c.strip() for c in row)]
    raise FixInput(f"{path.name}: neither UTF-8, CP932, EUC-JP nor UTF-16.", next_step="Save it as CSV UTF-8.")


def _xlsx_rows(path: Path) -> list[list[str]]:
    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        book = load_workbook(path, read_only=True, data_only=True)
    except (InvalidFileException, KeyError, ValueError, OSError) as e:
        raise FixInput(f"{path.name} is not a workbook: {e}.", next_step="Save it as .xlsx.") from e
    try:
        sheet = book.worksheets[0]
        rows = [[_cell(c) for c in row] for row in sheet.iter_rows(values_only=True)]
    finally:
        book.close()
    return [r for r in rows if any(r)]


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()


def _text_table(rows: list[list[str]], name: str) -> pa.Table:
    if not rows:
        raise FixInput(f"{name} is empty.", next_step="The first row names the columns.")
    header = [h.strip() or f"column{i + 1}" for i, h in enumerate(rows[0])]
    if len({h.lower() for h in header}) < len(header):
        raise FixInput(f"{name}: two columns have the same name.", next_step="Rename one in the first row.")
    body = [r + [""] * (len(header) - len(r)) for r in rows[1:]]
    columns = {h: pa.array([r[i].strip() or None for r in body], pa.string()) for i, h in enumerate(header)}
    return pa.table(columns)
