"""What are the words of a Cypher text? A small reader of tokens, stricter than the server's.

    >>> [t.text for t in tokens("MATCH (n:Person) // all\\nRETURN n.name")]
    ['MATCH', '(', 'n', ':', 'Person', ')', 'RETURN', 'n', '.', 'name']

It is the second lock of the door: what it cannot read for certain is refused, whatever the server would make of it.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Literal

from kg.errors import FixInput

Kind = Literal["word", "name", "text", "number", "parameter", "mark"]

_TOKEN = re.compile(
    r"""
    (?P<space>[\s\u180e]+ | //[^\n\r]* | /\*.*?\*/)
  | (?P<text>'(?:[^'\\]|\\.)*' | "(?:[^"\\]|\\.)*")
  | (?P<name>`(?:[^`]|``)+`)
  | (?P<parameter>\$(?:[^\W\d]\w*|\d+|`(?:[^`]|``)+`))
  | (?P<number>0[xXoO][0-9a-fA-F_]+ | \d[\d_]*(?:\.\d[\d_]*)?(?:[eE][+-]?\d+)?)
  | (?P<word>[^\W\d]\w*)
  | (?P<mark>[()\[\]{}.,:;|+\-*/%^=<>!&~$])
    """,
    re.X | re.S,
)
_UNCLOSED = {"'": "This text is not closed", '"': "This text is not closed", "`": "This name is not closed"}
_OPENING = {")": "(", "]": "[", "}": "{"}


@dataclass(frozen=True, slots=True)
class Token:
    """One piece of a text. `word` is lower case where it may be a keyword (plain ASCII), else ''."""

    kind: Kind
    text: str
    at: int

    @property
    def word(self) -> str:
        return self.text.lower() if self.kind == "word" and self.text.isascii() else ""

    @property
    def plain(self) -> str:
        """The name that it stands for, without backticks and without the `$` of a parameter."""
        text = self.text.removeprefix("$")
        return text[1:-1].replace("``", "`") if text.startswith("`") else text


class Misplaced(FixInput):
    """A text that is wrong or not allowed at one place; the message shows it."""

    def __init__(self, message: str, text: str, at: int, *, next_step: str = "") -> None:
        line, column = place(text, at)
        super().__init__(
            f"{message} (line {line}, column {column}).", next_step=next_step, line=line, column=column,
            shown=shown(text, at),
        )  # fmt: skip


def place(text: str, at: int) -> tuple[int, int]:
    """Line and column, from 1, of a character."""
    before = text[:at].replace("\r\n", " \n").replace("\r", "\n")
    return before.count("\n") + 1, at - (before.rfind("\n") + 1) + 1


def shown(text: str, at: int) -> str:
    """The line of a place and under it a caret, for a terminal: full-width characters count as two.

    >>> print(shown("RETURN 山田 + x", 12))
    RETURN 山田 + x
                  ^
    """
    line, column = place(text, at)
    whole = (text.replace("\r\n", " \n").replace("\r", "\n").split("\n") or [""])[line - 1].replace("\t", " ")
    start = max(0, column - 61)
    width = sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in whole[start : column - 1])
    return f"{whole[start : start + 110]}\n{' ' * width}^"


def tokens(text: str) -> list[Token]:
    """All tokens, comments and space left out, brackets matched.

    Raises `Misplaced` at the first character that no token begins with.
    """
    found: list[Token] = []
    open_: list[Token] = []
    at = 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise _unread(text, at)
        kind = match.lastgroup
        if kind == "mark" and match[0] == "/" and text.startswith("/*", at):
            raise Misplaced("This comment is not closed", text, at)
        if kind != "space":
            token = Token(kind, match[0], at)  # type: ignore[arg-type]  # the groups are named as the kinds
            _match_brackets(text, token, open_)
            found.append(token)
        at = match.end()
    if open_:
        raise Misplaced(f"This «{open_[-1].text}» is not closed", text, open_[-1].at)
    return found


def _match_brackets(text: str, token: Token, open_: list[Token]) -> None:
    if token.kind != "mark":
        return
    if token.text in "([{":
        open_.append(token)
    elif token.text in _OPENING:
        if not open_ or open_[-1].text != _OPENING[token.text]:
            raise Misplaced(f"This «{token.text}» closes nothing", text, token.at)
        open_.pop()


def _unread(text: str, at: int) -> Misplaced:
    character = text[at]
    if character in _UNCLOSED:
        return Misplaced(_UNCLOSED[character], text, at)
    same = unicodedata.normalize("NFKC", character)
    if unicodedata.category(character) == "Pd":
        same = "-"
    name = unicodedata.name(character, f"U+{ord(character):04X}").lower()
    step = f"Write the plain «{same}»." if same != character and same.isascii() else "Names with it: in `backticks`."
    return Misplaced(f"«{character}» ({name}) has no meaning in Cypher here", text, at, next_step=step)
