"""May this text run? One reading statement, by the server's own plan and, before it, by a list of words in their places.

    >>> check("MATCH (p:Person) RETURN p.id LIMIT 3").kind
    'read'
    >>> check("MATCH (p:Person) SET p.id = 1")
    Traceback (most recent call last):
    kg.cypher.guard.Refused: «SET» is not among the clauses that may run here (line 1, column 18). Releases are read-only.

Two locks, each enough alone. `check` reads tokens: a word may follow a value only where it is on the list of words that
join (`WHERE`, `AND`, `RETURN`, …), which leaves no place for another clause; functions and procedures stand in lists.
`check_plan` takes what the server says to EXPLAIN: the kind of the statement, each operator of the plan, each procedure.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Literal

from kg.cypher.lexing import Misplaced, Token, place, shown, tokens
from kg.errors import FixInput, NotAllowed

MAX_CHARACTERS = 20_000
MAX_TOKENS = 4_000
MAX_DEPTH = 40
MAX_JOINED = 400
"""Words AND, OR, XOR, NOT: the server rewrites them in normal form, which can grow without end."""
MAX_RELATIONSHIPS = 30
"""In the whole text: the planner's work grows steeply with them."""

PROCEDURES = frozenset(
    {
        "db.index.fulltext.queryNodes", "db.index.fulltext.queryRelationships", "db.index.vector.queryNodes",
        "db.labels", "db.relationshipTypes", "db.propertyKeys", "db.schema.visualization",
        "db.schema.nodeTypeProperties", "db.schema.relTypeProperties",
    }
)  # fmt: skip
CLAUSES = frozenset(
    [
        "match",
        "optional",
        "where",
        "with",
        "unwind",
        "return",
        "call",
        "yield",
        "union",
        "order",
        "by",
        "skip",
        "offset",
        "limit",
        "using",
        "distinct",
    ]
)
_JOINING = CLAUSES - {"distinct", "by"} | frozenset(
    [
        "and",
        "or",
        "xor",
        "in",
        "is",
        "starts",
        "ends",
        "contains",
        "as",
        "asc",
        "ascending",
        "desc",
        "descending",
        "when",
        "then",
        "else",
        "end",
        "all",
        "any",
    ]
)
"""Words that may come after a value."""
_LEADING = (
    _JOINING
    | CLAUSES
    | frozenset(
        [
            "not",
            "case",
            "distinct",
            "shortest",
            "all",
            "any",
            "none",
            "single",
            "exists",
            "count",
            "collect",
            "on",
            "index",
            "scan",
            "seek",
            "join",
            "text",
        ]
    )
    | frozenset(
        [
            "range",
            "point",
            "typed",
            "nfc",
            "nfd",
            "nfkc",
            "nfkd",
            "normalized",
            "path",
            "paths",
            "group",
            "groups",
            "explain",
            "profile",
        ]
    )
)
"""Words after which another word may come."""
_EXPECTING = frozenset(
    [
        "with",
        "return",
        "unwind",
        "where",
        "and",
        "or",
        "xor",
        "not",
        "in",
        "by",
        "contains",
        "when",
        "then",
        "else",
        "skip",
        "limit",
        "offset",
        "distinct",
        "as",
        "yield",
        "on",
    ]
)
"""Words after which a value comes: a word that joins is a name there, however odd (`WITH n AS limit`)."""
_UNFINISHED = _EXPECTING | frozenset(["match", "optional", "union", "order", "starts", "ends", "call", "using"])
"""Words that nothing can end with."""
_NAMES_TOO = _JOINING - {"all", "any"}
_AFTER_NUMBER = frozenset(["path", "paths", "group", "groups"])
_TYPE_WORDS = frozenset(
    [
        "any",
        "array",
        "bool",
        "boolean",
        "date",
        "datetime",
        "duration",
        "edge",
        "float",
        "int",
        "integer",
        "list",
        "local",
        "map",
        "node",
        "not",
        "nothing",
        "null",
        "number",
        "path",
        "point",
        "property",
        "relationship",
        "signed",
        "string",
        "time",
        "timestamp",
        "value",
        "varchar",
        "vertex",
        "with",
        "without",
        "zone",
        "zoned",
    ]
)
_BEFORE_BRACKET = CLAUSES | frozenset(
    [
        "and",
        "or",
        "xor",
        "not",
        "in",
        "is",
        "when",
        "then",
        "else",
        "case",
        "as",
        "path",
        "paths",
        "group",
        "groups",
        "contains",
        "starts",
        "ends",
        "shortest",
        "on",
        "end",
    ]
)
"""Words before `(` that do not call anything."""
_HEAVY_ROWS = 2_000_000
_WIDE = {"VarLengthExpand", "PruningVarLengthExpand", "BFSPruningVarLengthExpand", "ShortestPath", "Repeat"} | {
    "StatefulShortestPath", "PathPropagatingBFS",
}  # fmt: skip
_NESTED_REPEAT = re.compile(r"[)\]][*+{?].*[*+{]|[*+}][^)]*\)\s*[*+{]|\|.*\)\s*[*+{]")
_REASONS = {
    "create": "Releases are read-only", "merge": "Releases are read-only", "delete": "Releases are read-only",
    "detach": "Releases are read-only", "set": "Releases are read-only", "remove": "Releases are read-only",
    "foreach": "Releases are read-only", "insert": "Releases are read-only", "drop": "Releases are read-only",
    "alter": "Releases are read-only", "load": "No file and no network is read from inside a query",
    "use": "There is one graph here", "show": "What there is: kg schema, or CALL db.labels()",
    "cypher": "Options before a query are not taken", "terminate": "Your own query ends when you go away",
}  # fmt: skip
DOCS = "What is allowed: docs/cypher-door.md."

Kind = Literal["read", "explain", "profile"]


@dataclass(frozen=True, slots=True)
class Checked:
    """A text that has passed the first lock."""

    kind: Kind
    text: str
    """Without EXPLAIN or PROFILE and without the semicolon at its end."""
    parameters: tuple[str, ...]
    heavy: str | None
    """Why it goes to the server for heavy queries, in words; None where nothing speaks for it."""


@dataclass(frozen=True, slots=True)
class Note:
    """Something that the server remarks about a query which may run."""

    code: str
    text: str
    line: int | None = None
    column: int | None = None


@cache
def functions() -> frozenset[str]:
    """Names of functions that a query may call, lower case (`functions.txt`)."""
    return _list("functions.txt")


@cache
def operators() -> frozenset[str]:
    """Operators that a plan may hold (`operators.txt`)."""
    return _list("operators.txt")


def _list(name: str) -> frozenset[str]:
    lines = files("kg.cypher").joinpath(name).read_text(encoding="utf-8").splitlines()
    return frozenset(x for x in lines if x and not x.startswith("#"))


class Refused(NotAllowed):
    """Not allowed at one place of the text."""

    def __init__(self, message: str, text: str, at: int, *, next_step: str = DOCS) -> None:
        line, column = place(text, at)
        super().__init__(
            f"{message} (line {line}, column {column}).", next_step=next_step, line=line, column=column,
            shown=shown(text, at),
        )  # fmt: skip


# --- the first lock: words in their places -------------------------------------------------------------------


def check(text: str) -> Checked:
    """The text, if its words are all on the lists.

    Raises `FixInput` for what cannot be read, `NotAllowed` for what is outside the lists; both say the place.
    """
    if len(text) > MAX_CHARACTERS:
        raise NotAllowed(f"The query has {len(text):,} characters; {MAX_CHARACTERS:,} are allowed.", next_step=DOCS)
    if (at := text.find("\x00")) >= 0:
        raise Misplaced("The query contains a NUL character", text, at)
    if (found := re.search("[\ud800-\udfff]", text)) is not None:
        raise Misplaced("The query contains half a character (a lone surrogate)", text, found.start())
    if (found := re.search(r"\\[uU]", text)) is not None:
        step = "Write the character itself, or pass it as a parameter."
        raise Refused("Escapes by number (\\u…) are not taken", text, found.start(), next_step=step)
    words = tokens(text)
    start = words[0].at if words else 0
    kind: Kind = "read"
    if words and words[0].word in ("explain", "profile"):
        kind = "explain" if words[0].word == "explain" else "profile"
        start = words[0].at + len(words[0].text)
        words = words[1:]
    words = _single(text, words)
    _check_size(text, words)
    _check_words(text, words)
    # Lines and columns of the server's messages stay those of the caller's text: what was cut off leaves its space.
    kept = text[:start]
    blank = "".join(c if c in "\r\n" else " " for c in kept) if kind != "read" else kept
    end = words[-1].at + len(words[-1].text)
    return Checked(
        kind=kind,
        text=blank + text[start:end],
        parameters=tuple(dict.fromkeys(w.plain for w in words if w.kind == "parameter")),
        heavy=_heavy(words, text),
    )


def _single(text: str, words: list[Token]) -> list[Token]:
    while words and words[-1].text == ";" and words[-1].kind == "mark":
        words = words[:-1]
    if not words:
        raise FixInput("The query is empty.", next_step="Example: MATCH (p:Person) RETURN p.name_ja LIMIT 3")
    for w in words:
        if w.kind == "mark" and w.text == ";":
            raise Refused("One statement at a time; another begins here", text, w.at)
    return words


def _check_size(text: str, words: list[Token]) -> None:
    if len(words) > MAX_TOKENS:
        raise NotAllowed(f"The query has {len(words):,} words and signs; {MAX_TOKENS:,} are allowed.", next_step=DOCS)
    depth = joined = edges = 0
    for before, w in zip([None, *words], words, strict=False):
        if w.kind == "mark" and w.text in "([{":
            depth += 1
            edges += w.text == "[" and before is not None and before.text == "-"
        elif w.kind == "mark" and w.text in ")]}":
            depth -= 1
        edges += w.text == "-" and before is not None and before.text == "-"
        joined += w.word in ("and", "or", "xor", "not")
        if depth > MAX_DEPTH:
            raise Refused(f"Brackets are nested more than {MAX_DEPTH} deep", text, w.at)
        if joined > MAX_JOINED:
            raise Refused(f"More than {MAX_JOINED} conditions are joined", text, w.at, next_step="Use IN with a list.")
        if edges > MAX_RELATIONSHIPS:
            raise Refused(f"More than {MAX_RELATIONSHIPS} relationships in one query", text, w.at)


def _check_words(text: str, words: list[Token]) -> None:
    """Walks over the words; each must be where the lists allow it."""
    maps: list[bool] = []
    """Of each open bracket: whether it is the `{` of a map."""
    value = False
    """Whether the token before ends a value."""
    typed = False
    joins = False
    """Whether the token before is a word after which something must come."""
    if words[0].word not in CLAUSES:
        raise _refused_word(text, words[0])
    for i, w in enumerate(words):
        before = words[i - 1] if i else None
        after = words[i + 1] if i + 1 < len(words) else None
        if w.kind == "mark":
            if joins and w.text in ".=,:)]}" and not (w.text == "." and after is not None and after.kind == "number"):
                raise Misplaced(f"Something is missing before «{w.text}»", text, w.at)
            joins = False
            if w.text in "([{":
                maps.append(w.text == "{" and not _opens_subquery(words, i))
                value = False
            elif w.text in ")]}":
                maps.pop()
                value = True
            else:
                value = False
            value = value or (typed and w.text == ">")
            typed = (w.text == ":" and before is not None and before.text == ":") or (typed and w.text in "<>|")
        elif w.kind != "word":
            if w.kind == "name" and after is not None and after.text == "(":
                _check_call(text, words, i, in_map=bool(maps and maps[-1]))
            if value:
                raise Misplaced(f"Something is missing before «{w.text[:40]}»", text, w.at)
            value, typed, joins = True, False, False
        else:
            named = _is_named(words, i, value=value, in_map=bool(maps and maps[-1]))
            if typed and w.word in _TYPE_WORDS:
                value, joins = True, False
                continue
            typed = w.word == "typed"
            if value and not named:
                fits = w.word in _JOINING or (
                    w.word in _AFTER_NUMBER and before is not None and before.kind == "number"
                )
                if not fits:
                    raise _refused_word(text, w)
            if after is not None and after.text == "(":
                _check_call(text, words, i, in_map=bool(maps and maps[-1]))
            if w.word == "call" and not named:
                _check_procedure(text, words, i)
            if w.word in ("transactions", "concurrent") and before is not None and not named:
                raise Refused("Transactions of one's own are not allowed", text, w.at)
            value = named or w.word not in _LEADING
            joins = not value and w.word in _UNFINISHED
    if joins:
        raise Misplaced("The query ends too early", text, words[-1].at)


def _opens_subquery(words: list[Token], i: int) -> bool:
    """Whether the `{` here begins a query: CALL {, CALL (…) {, EXISTS {, COUNT {, COLLECT {."""
    before = words[i - 1] if i else None
    if before is None:
        return False
    if before.word in ("call", "exists", "count", "collect"):
        return True
    if before.text != ")":
        return False
    depth = 0
    for j in range(i - 1, -1, -1):
        if words[j].kind != "mark":
            continue
        depth += (words[j].text == ")") - (words[j].text == "(")
        if depth == 0:
            return j > 0 and words[j - 1].word == "call"
    return False


def _is_named(words: list[Token], i: int, *, value: bool, in_map: bool) -> bool:
    """Whether the word here is a name whatever it says: a property, a label, a type, a key of a map."""
    before = words[i - 1] if i else None
    after = words[i + 1] if i + 1 < len(words) else None
    if before is None:
        return False
    word = words[i].word
    if before.kind != "mark":
        return not value and word in _NAMES_TOO and before.word in _EXPECTING
    if not value and word in _NAMES_TOO and before.text not in "{*+:":
        return True
    if before.text == ".":
        two = words[i - 2] if i > 1 else None
        return two is not None and not (two.text == "." and two.kind == "mark")
    if before.text == ":" and not (i > 1 and words[i - 2].text == ":"):
        return not in_map
    return in_map and before.text in "{," and after is not None and after.text == ":"


def _check_call(text: str, words: list[Token], i: int, *, in_map: bool) -> None:
    """The function called here, with all that stands before its last point."""
    name, at = _path(words, i)
    if i and words[i - 1].text == ":" and not in_map and "." not in name:
        return  # USING INDEX n:Label(property)
    if "." not in name and words[i].word in _BEFORE_BRACKET:
        return
    first = i - 2 * name.count(".") if words[i].kind == "word" else i
    if first > 0 and words[first - 1].word == "call":
        return  # a procedure: looked at where CALL stands
    if name.isascii() and name.lower() in functions():
        return
    near = difflib.get_close_matches(name.lower(), functions(), n=1, cutoff=0.75)
    hint = f"Did you mean {near[0]}()? " if near else ""
    if words[i].word in _REASONS:
        raise _refused_word(text, words[i])
    raise Refused(f"Function {name} is not on the list", text, at, next_step=hint + DOCS)


def _path(words: list[Token], i: int) -> tuple[str, int]:
    """A name with points that ends at `i`: `date.truncate`."""
    parts, at = [words[i].plain], words[i].at
    while i >= 2 and words[i - 1].text == "." and words[i - 2].kind in ("word", "name"):
        i -= 2
        parts.append(words[i].plain)
        at = words[i].at
    return ".".join(reversed(parts)), at


def _check_procedure(text: str, words: list[Token], i: int) -> None:
    """What stands after CALL: a subquery, or a procedure of the list."""
    after = words[i + 1] if i + 1 < len(words) else None
    if after is None or after.text in ("{", "("):
        return
    if after.kind not in ("word", "name"):
        raise Misplaced("CALL needs a subquery or a procedure", text, after.at)
    j = i + 1
    while j + 2 < len(words) and words[j + 1].text == "." and words[j + 2].kind in ("word", "name"):
        j += 2
    name, _ = _path(words, j)
    if name not in PROCEDURES:
        near = difflib.get_close_matches(name, PROCEDURES, n=1, cutoff=0.75)
        hint = f"Did you mean {near[0]}? " if near else f"There are: {', '.join(sorted(PROCEDURES))}. "
        raise Refused(f"Procedure {name} is not on the list", text, after.at, next_step=hint)


def _refused_word(text: str, w: Token) -> NotAllowed:
    if reason := _REASONS.get(w.word):
        return Refused(f"«{w.text}» is not among the clauses that may run here", text, w.at, next_step=reason + ".")
    near = difflib.get_close_matches(w.word, _JOINING | CLAUSES, n=1, cutoff=0.7) if w.word else []
    hint = f"Did you mean {near[0].upper()}? " if near else ""
    return Refused(f"«{w.text[:40]}» may not stand here", text, w.at, next_step=hint + DOCS)


# --- what may be heavy ---------------------------------------------------------------------------------------


def _heavy(words: list[Token], text: str) -> str | None:
    """Why a text may keep a server busy inside a single value, where no time-out of the server reaches."""
    if len(text) > 5_000 or len(words) > 1_000:
        return "it is long"
    spans, comprehensions, pieces = [], 0, 0
    for i, w in enumerate(words):
        following = words[i + 1].text if i + 1 < len(words) else ""
        if w.kind == "name" and following == "(":
            return "it calls a function by a quoted name"
        if w.word == "range" and following == "(":
            spans.append(_span(words[i + 2 : i + 9]))
        if w.word == "reduce" and following == "(":
            return "it uses reduce()"
        if w.text == "=" and following == "~":
            pattern = words[i + 2] if i + 2 < len(words) else None
            if pattern is None or pattern.kind != "text" or _NESTED_REPEAT.search(pattern.text):
                return "it matches a pattern that may take long"
        if w.word == "in" and i > 1 and words[i - 2].text in "[(" and words[i - 1].kind in ("word", "name"):
            comprehensions += 1
        pieces += w.word in ("replace", "with", "split")
    if any(s is None or s > 10_000 for s in spans) or _product(s for s in spans if s) > 100_000:
        return "it makes a long list"
    if comprehensions > 1:
        return "it works on lists in lists"
    return "it has many steps" if pieces > 8 else None


def _span(words: list[Token]) -> int | None:
    """How many numbers `range(` gives, where its bounds are written as plain numbers; else None."""
    bounds = []
    for w in words:
        if w.text == ")":
            break
        if w.kind == "number" and w.text.isdecimal():
            bounds.append(int(w.text[:20]))
        elif w.text != ",":
            return None
    return abs(bounds[1] - bounds[0]) + 1 if len(bounds) in (2, 3) else None


def _product(values: Iterator[int]) -> int:
    product = 1
    for v in values:
        product *= max(1, v)
    return product


# --- the second lock: the server's plan ----------------------------------------------------------------------


def check_plan(query_type: str | None, plan: Mapping[str, Any] | None) -> str | None:
    """Raises `NotAllowed` where the server would do anything but read; else says why the plan is heavy, or None."""
    if query_type != "r" or plan is None:
        raise NotAllowed("The server takes this for more than a question.", next_step="Releases are read-only. " + DOCS)
    heavy = None
    for step in steps(plan):
        name = operator(step)
        if name not in operators():
            raise NotAllowed(f"The plan holds {name}, which is not on the list.", next_step=DOCS)
        details = str(step["args"].get("Details", ""))
        if name == "ProcedureCall" and details.split("(")[0].strip().replace("`", "") not in PROCEDURES:
            raise NotAllowed(f"Procedure {details.split('(')[0][:80]} is not on the list.", next_step=DOCS)
        if float(step["args"].get("EstimatedRows", 0)) > _HEAVY_ROWS:
            heavy = "the server expects very many rows"
        elif name in _WIDE and not re.search(r"\*(?:[0-9]+)?\.\.[1-5]\b|\*[1-5]\b|\{[0-9]*, ?[1-5]\}", details):
            heavy = heavy or "it follows paths of any length"
    return heavy


def steps(plan: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """All operators of a plan, from the last to the first."""
    stack = [plan]
    while stack:
        step = stack.pop()
        yield step
        stack.extend(reversed(step.get("children", [])))


def operator(step: Mapping[str, Any]) -> str:
    """`VarLengthExpand` of `VarLengthExpand(All)@neo4j`."""
    return re.split(r"[@(]", str(step["operatorType"]))[0]
