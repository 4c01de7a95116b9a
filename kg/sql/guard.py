"""May this text run? One statement of an allow-list, decided on DuckDB's own parse tree, never on words.

    >>> check("SELECT count(*) FROM person", {"person"}).kind
    'select'
    >>> check("SELECT * FROM read_csv('x')", {"person"})
    Traceback (most recent call last):
    kg.errors.NotAllowed: Function read_csv is not on the list (at character 14). See docs/sql.md#functions for what is.

The tree comes from `json_serialize_sql` of the engine that runs the query, so there is no second dialect to disagree with it.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import duckdb

from kg.errors import FixInput, NotAllowed

MAX_CHARACTERS = 50_000
MAX_NODES = 20_000
TABLE_FUNCTIONS = frozenset({"unnest", "range", "generate_series"})
_VALUE_FUNCTIONS = frozenset(
    {"current_user", "session_user", "user", "current_role", "current_database", "current_schema", "current_catalog"}
)
"""Functions that SQL lets one call without brackets; the parser takes them for columns."""
_EXPLAIN = re.compile(r"^\s*(?:(?:--[^\n]*\n|/\*.*?\*/)\s*)*explain\s+(?:analyze\s+)?", re.I | re.S)
_LOCK = threading.Lock()


@dataclass(frozen=True, slots=True)
class Allowed:
    """A text that may run."""

    kind: str
    """`select`, `explain`, `describe`, `summarize`."""
    text: str
    tables: tuple[str, ...]


@cache
def functions() -> frozenset[str]:
    """Names of functions that a query may call (`functions.txt`)."""
    lines = files("kg.sql").joinpath("functions.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(x for x in lines if x and not x.startswith("# "))


@cache
def _parser() -> duckdb.DuckDBPyConnection:
    """A connection that only ever parses: nothing is attached, nothing outside can be reached."""
    return duckdb.connect(":memory:", config={"enable_external_access": False, "lock_configuration": True})


def check(text: str, tables: set[str] | frozenset[str]) -> Allowed:
    """The statement if it may run on these tables.

    Raises `FixInput` for text that does not parse (with the place), `NotAllowed` for anything outside the list.
    """
    if len(text) > MAX_CHARACTERS:
        raise NotAllowed(f"The query has {len(text):,} characters; {MAX_CHARACTERS:,} are allowed.")
    if "\x00" in text:
        raise FixInput("The query contains a NUL character.")
    inner = _EXPLAIN.sub("", text)
    explain = inner != text
    statement = _single(inner)
    seen = _walk_statement(statement, tables)
    kind = "explain" if explain else _kind(statement)
    return Allowed(kind=kind, text=text.strip().rstrip(";"), tables=tuple(sorted(seen)))


def _single(text: str) -> dict[str, Any]:
    query = "SELECT json_serialize_sql($1, skip_null := true, skip_empty := true, skip_default := true)"
    with _LOCK:
        try:
            tree = json.loads((_parser().execute(query, [text]).fetchone() or ("{}",))[0])
        except (duckdb.Error, UnicodeEncodeError, RecursionError) as e:
            raise FixInput(f"The query cannot be parsed: {str(e)[:300]}.") from e
    if tree.get("error"):
        message = str(tree.get("error_message", "unknown error"))
        if "Only SELECT" in message:
            raise NotAllowed(
                "Only one SELECT, EXPLAIN, DESCRIBE or SUMMARIZE is allowed here.",
                next_step="Releases are read-only; change data by import and build.",
            )
        where = f" (at character {tree['position']})" if "position" in tree else ""
        raise FixInput(f"The query cannot be parsed{where}: {message}", next_step="Tables and columns: kg schema.")
    statements = tree["statements"]
    if len(statements) != 1:
        raise NotAllowed(f"One statement at a time; this text has {len(statements)}.")
    return dict(statements[0])


def _kind(statement: dict[str, Any]) -> str:
    show: Any = (statement["node"].get("from_table") or {}).get("show_type")
    return {"DESCRIBE": "describe", "SUMMARY": "summarize"}.get(show, "select")


def _walk_statement(statement: dict[str, Any], tables: set[str] | frozenset[str]) -> set[str]:
    """Names of release tables that are read. Raises `NotAllowed` at the first node outside the list."""
    nodes = list(_nodes(statement))
    ctes = {str(n["key"]).lower() for n in nodes if "key" in n and isinstance(n.get("value"), dict)}
    known = {t.lower() for t in tables}
    seen: set[str] = set()
    for n in nodes:
        kind = n.get("type")
        if kind == "BASE_TABLE":
            seen |= _table(n, known, ctes)
        elif kind == "TABLE_FUNCTION":
            _function(n["function"], TABLE_FUNCTIONS)
        elif kind == "SHOW_REF":
            _show(n, known)
        elif "function_name" in n:
            _function(n, functions() | TABLE_FUNCTIONS)
        elif kind == "COLUMN_REF" and str(n["column_names"][-1]).lower() in _VALUE_FUNCTIONS:
            raise NotAllowed(f"{n['column_names'][-1]} is not on the list{_at(n)}.")
        elif n.get("class") == "PARAMETER":
            raise NotAllowed("Parameters ($1, ?) have no value here; write the value.")
        elif kind in ("DELIM_GET", "BOUND_REF", "COLUMN_DATA"):
            raise NotAllowed("This form of FROM is not allowed.")
    return seen


def _nodes(root: Any) -> Iterator[dict[str, Any]]:
    """All objects of the tree, without recursion."""
    stack, count = [root], 0
    while stack:
        node = stack.pop()
        if isinstance(node, dict):
            count += 1
            if count > MAX_NODES:
                raise NotAllowed("The query is too large.")
            yield node
            stack.extend(node.values())
        elif isinstance(node, list):
            stack.extend(node)


def _table(n: dict[str, Any], known: set[str], ctes: set[str]) -> set[str]:
    path = (n.get("qualified_name") or {}).get("path") or [n.get("table_name", "")]
    name = str(path[-1]).lower()
    if len(path) == 1 and name in ctes:
        return set()
    if name in known and [str(p).lower() for p in path[:-1]] in ([], ["main"]):
        return {name}
    raise NotAllowed(f"No table «{'.'.join(map(str, path))}» in this release{_at(n)}.", next_step="Tables: kg schema.")


def _show(n: dict[str, Any], known: set[str]) -> None:
    if n.get("show_type") in ("DESCRIBE", "SUMMARY") and n.get("query"):
        return
    name = str(n.get("table_name", "")).strip('"').lower()
    if n.get("show_type") in ("DESCRIBE", "SUMMARY") and name in known:
        return
    raise NotAllowed("SHOW is not allowed.", next_step="Tables and columns: kg schema.")


def _function(n: dict[str, Any], allowed: frozenset[str]) -> None:
    name = str(n.get("function_name", "")).lower()
    path = (n.get("qualified_name") or {}).get("path") or [name]
    if name not in allowed or len(path) > 1:
        raise NotAllowed(
            f"Function {name} is not on the list{_at(n)}.", next_step="See docs/sql.md#functions for what is."
        )


def _at(n: dict[str, Any]) -> str:
    return f" (at character {n['query_location']})" if "query_location" in n else ""
