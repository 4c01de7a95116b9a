"""How is one record cut out of a document, byte by byte, without holding the document in memory?

    >>> import io
    >>> list(json_items(io.BytesIO(b'{"total": 2, "items": [{"a": 1}, {"a": "]"}]}'), ("items",)))
    [('$.items[0]', b'{"a": 1}'), ('$.items[1]', b'{"a": "]"}')]
    >>> list(xml_elements(io.BytesIO(b'<r xmlns:d="u"><d:x>1</d:x></r>'), frozenset({"x"})))
    [('/r/d:x[1]', b'<d:x xmlns:d="u">1</d:x>')]

Splitters cut; they do not judge. A damaged element comes out as the bytes that stand there (at most the first
`CUT` of them where its end cannot be found), and the parser of the loader refuses it with a reason. So a loader
parses each slice and turns `BadRecord` into `Broken`; the elements after it still come. Only what leaves nothing
to cut (an unknown encoding, entity declarations) raises `BadRecord`.
"""

from __future__ import annotations

import codecs
import io
import json
import re
from collections import Counter
from collections.abc import Generator, Iterator
from typing import BinaryIO, Literal
from xml.parsers import expat
from xml.sax.saxutils import quoteattr

from kg.errors import BadRecord

LIMIT = 64 << 20
"""No line, element or record is longer than this many bytes."""
CUT = 64 << 10
"""What is shown of bytes that cannot be cut properly."""
CHUNK = 1 << 20

Kind = Literal["json", "jsonl", "xml", "text", "empty"]


# --- looking ahead -------------------------------------------------------------------------------------------


class _Prepended(io.RawIOBase):
    def __init__(self, head: bytes, rest: BinaryIO) -> None:
        self._head, self._rest = memoryview(head), rest

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        view = memoryview(buffer).cast("B")  # type: ignore[arg-type]  # the io protocol passes a writable buffer
        part = self._head[: len(view)] if self._head else self._rest.read(len(view))
        view[: len(part)] = part
        self._head = self._head[len(part) :]
        return len(part)


def peek(stream: BinaryIO, n: int) -> tuple[bytes, BinaryIO]:
    """The first `n` bytes (fewer at the end) and a stream that still starts with them."""
    parts: list[bytes] = []
    missing = n
    while missing > 0 and (part := stream.read(missing)):
        parts.append(part)
        missing -= len(part)
    head = b"".join(parts)
    return head, io.BufferedReader(_Prepended(head, stream), CHUNK)


def kind(head: bytes) -> Kind:
    """What a document is, by its first bytes (give it 1 MB where you can): `text` is CSV or anything else.

    >>> kind(b'{"a": 1}\\n{"a": 2}\\n'), kind(b'{\\n"a": 1}'), kind(b"<?xml ?>"), kind(b"ID,x\\n")
    ('jsonl', 'json', 'xml', 'text')
    """
    if head[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE) or head[1:2] == b"\0" or head[:1] == b"\0":
        head = head[: len(head) // 2 * 2].decode(_utf16(head), "ignore").encode("utf-8", "ignore")
    head = head.removeprefix(codecs.BOM_UTF8).lstrip()
    if not head:
        return "empty"
    if head[:1] == b"<":
        return "xml"
    if head[:1] not in (b"{", b"["):
        return "text"
    first = [line for line in head.split(b"\n", 8)[:8] if line.strip()]
    whole = [_is_whole(line) for line in first]
    following = first[1].lstrip()[:1] if len(first) > 1 else b""
    if (whole[0] and following in (b"{", b"[")) or whole[1:3] == [True, True]:
        return "jsonl"
    return "json"


def _is_whole(line: bytes) -> bool:
    """Whether a line is a bracketed value and nothing else. Two such lines in a row are in no JSON document."""
    line = line.strip()
    match = _NESTED.match(line)
    return match is not None and match.end() == len(line)


def _utf16(head: bytes) -> str:
    if head[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        return "utf-16"
    return "utf-16-be" if head[:1] == b"\0" else "utf-16-le"


# --- lines ---------------------------------------------------------------------------------------------------


def lines(stream: BinaryIO) -> Iterator[tuple[int, bytes]]:
    """Non-empty lines with their number (first = 1), without line ends and byte order mark.

    Raises `ValueError` naming the line where one is longer than `LIMIT`.
    """
    if not isinstance(stream, io.BufferedReader | io.BytesIO):
        stream = io.BufferedReader(_Prepended(b"", stream), CHUNK)
    number = 0
    while line := stream.readline(LIMIT + 1):
        number += 1
        if len(line) > LIMIT:
            raise ValueError(f"line {number} is longer than {LIMIT >> 20} MB")
        if number == 1:
            line = line.removeprefix(codecs.BOM_UTF8)
        if line := line.rstrip(b"\r\n"):
            yield number, line


# --- JSON ----------------------------------------------------------------------------------------------------

_STRING = rb'"[^"\\]*(?:\\.[^"\\]*)*"'


def _nested(depth: int) -> bytes:
    """Pattern of a bracketed value up to `depth` levels. Unambiguous, so that a failing match stays linear."""
    inner = _STRING
    for _ in range(depth):
        inner = rb'(?:%s|[{\[][^"{}\[\]]*(?:%s[^"{}\[\]]*)*[}\]])' % (_STRING, inner)
    return rb'[{\[][^"{}\[\]]*(?:%s[^"{}\[\]]*)*[}\]]' % inner


_NESTED = re.compile(_nested(8), re.DOTALL)
_SCAN = json.JSONDecoder(strict=False).scan_once  # type: ignore[attr-defined]  # public in all but its stub
_TOKEN = re.compile(rb"%s|[{}\[\]]" % _STRING, re.DOTALL)
_PLAIN = re.compile(rb'[^"{}\[\]]*')
_SPACE = re.compile(rb"[ \t\r\n]*")
_SCALAR = re.compile(rb'%s|[^\s,:"{}\[\]]+' % _STRING, re.DOTALL)


class _Window:
    """The part of a stream that is being looked at: `buf` from `pos` on is not yet consumed."""

    def __init__(self, stream: BinaryIO) -> None:
        self.stream, self.buf, self.pos, self.ended = stream, b"", 0, False
        self._text, self._byte, self._char = "", 0, 0
        """`buf` decoded from byte `_byte` on, which is character `_char` of it; '' until the scanner needs it."""

    def fill(self) -> bool:
        """Adds more bytes behind `buf`; what was consumed before `pos` is dropped. False at the end."""
        if self.ended:
            return False
        waiting = len(self.buf) - self.pos
        more = self.stream.read(max(CHUNK, waiting))
        self.ended = not more
        if more:
            self.buf, self.pos = self.buf[self.pos :] + more, 0
            self._text = ""
        return bool(more)

    def next_byte(self) -> bytes:
        """The next byte that is not white space, not consumed; b'' at the end."""
        while True:
            match = _SPACE.match(self.buf, self.pos)
            self.pos = match.end() if match else self.pos
            if self.pos < len(self.buf):
                return self.buf[self.pos : self.pos + 1]
            if not self.fill():
                return b""

    def take_value(self) -> tuple[bytes, bool]:
        """Consumes one JSON value that starts at `pos`: its bytes, and whether its end was found.

        A value over `LIMIT` is consumed to its end and comes back cut.
        """
        if self.buf[self.pos] not in b"{[":
            return self._take_scalar()
        if value := self._scanned():
            return value, True
        if match := _NESTED.match(self.buf, self.pos):
            self.pos = match.end()
            return match.group(), True
        return self._take_long()

    def _scanned(self) -> bytes:
        """A valid value that ends within the window, found by the C scanner (4 times as fast); else b''."""
        if not self._text:
            if len(self.buf) - self.pos > 4 * CHUNK:
                return b""
            self._text = self.buf[self.pos :].decode("utf-8", "surrogateescape")
            self._byte, self._char = self.pos, 0
        elif self._byte != self.pos:
            self._char += len(self.buf[self._byte : self.pos].decode("utf-8", "surrogateescape"))
            self._byte = self.pos
        try:
            _, end = _SCAN(self._text, self._char)
        except (ValueError, StopIteration, RecursionError):
            return b""
        value = self._text[self._char : end].encode("utf-8", "surrogateescape")
        self.pos += len(value)
        self._byte, self._char = self.pos, end
        return value

    def _take_scalar(self) -> tuple[bytes, bool]:
        while True:
            match = _SCALAR.match(self.buf, self.pos)
            if match and (match.end() < len(self.buf) or self.ended):
                self.pos = match.end()
                return match.group(), True
            stray = match is None and self.buf[self.pos : self.pos + 1] != b'"'
            if stray or len(self.buf) - self.pos > LIMIT or not self.fill():
                if match:  # the document is this one scalar
                    continue
                tail, self.pos = self.buf[self.pos : self.pos + CUT], len(self.buf)
                return tail, False

    def _take_long(self) -> tuple[bytes, bool]:
        """Walks token by token, for values deeper or longer than the window; remembers where it was over refills."""
        depth, at, cut = 0, self.pos, b""
        while True:
            plain = _PLAIN.match(self.buf, at)
            at = plain.end() if plain else at
            match = _TOKEN.match(self.buf, at)
            if match:
                at = match.end()
                token = self.buf[at - 1]
                depth += (token in b"{[") - (token in b"}]")
                if depth == 0:
                    value = self.buf[self.pos : at]
                    self.pos = at
                    return cut or value, True
                continue
            if at - self.pos > LIMIT:
                cut = cut or self.buf[self.pos : self.pos + CUT]
                self.pos = at
            if len(self.buf) - at > LIMIT:  # one string over the limit: nothing after it can be trusted
                cut, self.pos = cut or self.buf[self.pos : self.pos + CUT], len(self.buf)
                return cut, False
            behind = at - self.pos
            if not self.fill():
                tail = cut or self.buf[self.pos : self.pos + CUT]
                self.pos = len(self.buf)
                return tail, False
            at = self.pos + behind


def json_items(stream: BinaryIO, keys: tuple[str, ...]) -> Iterator[tuple[str, bytes]]:
    """Elements of the list under one of `keys` of the top-level object, or of the top-level list where `keys` is ().

    Exact bytes (UTF-16 comes out as UTF-8), in order, with paths like `$.items[3]`. A value under a key that is no
    list comes out whole as `$.items`. Yields nothing where the key is missing. A document cut short yields its
    rest as the last element; text behind the document comes out with the path `$ (after the end)`.
    """
    window = _Window(_as_utf8_json(stream))
    first = window.next_byte()
    if first == b"[" and not keys:
        yield from _elements(window, "$")
    elif first == b"{" and keys:
        yield from _members(window, frozenset(keys))
    else:
        return
    if window.next_byte():
        yield "$ (after the end)", window.buf[window.pos : window.pos + CUT]


def _as_utf8_json(stream: BinaryIO) -> BinaryIO:
    head, stream = peek(stream, 4)
    if head.startswith(codecs.BOM_UTF8):
        stream.read(len(codecs.BOM_UTF8))
    elif b"\0" in head[:2] or head[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        return _transcoded(stream, _utf16(head))
    return stream


def _elements(window: _Window, path: str) -> Generator[tuple[str, bytes], None, bool]:
    """Elements of the list at `pos`; returns whether its end was found."""
    window.pos += 1
    index = 0
    while byte := window.next_byte():
        if byte in b",]":
            window.pos += 1
            if byte == b"]":
                return True
            continue
        value, complete = window.take_value()
        yield f"{path}[{index}]", value
        if not complete:
            return False
        index += 1
    yield f"{path}[{index}]", b""
    return False


def _members(window: _Window, keys: frozenset[str]) -> Iterator[tuple[str, bytes]]:
    window.pos += 1
    while byte := window.next_byte():
        if byte != b'"':  # `,` and `}`; anything else is damage between members, which loses no record
            window.pos += 1
            if byte == b"}":
                return
            continue
        key = window.take_value()[0][1:-1].decode("utf-8", "replace")
        if window.next_byte() != b":":
            continue
        window.pos += 1
        if window.next_byte() == b"[" and key in keys:
            if not (yield from _elements(window, f"$.{key}")):
                return
        elif window.next_byte():
            value, complete = window.take_value()
            if key in keys or not complete:
                yield f"$.{key}", value
            if not complete:
                return
    yield "$ (the document ends early)", b""


# --- XML -----------------------------------------------------------------------------------------------------

_DECLARED = re.compile(rb"""^\s*<\?xml[^>]*?encoding\s*=\s*["']([A-Za-z0-9._:-]+)["']""")
_TAG = re.compile(rb"""<(?:[^>"']|"[^"]*"|'[^']*')*>""")
_NAME = re.compile(rb"<[^\s/>]+")


class _Recoded(io.RawIOBase):
    def __init__(self, stream: BinaryIO, encoding: str) -> None:
        self._stream, self._encoding, self._left = stream, encoding, b""
        self._decoder = codecs.getincrementaldecoder(encoding)()
        self._done = False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        view = memoryview(buffer).cast("B")  # type: ignore[arg-type]  # the io protocol passes a writable buffer
        while not self._left and not self._done:
            chunk = self._stream.read(CHUNK)
            self._done = not chunk
            try:
                self._left = self._decoder.decode(chunk, final=self._done).encode("utf-8", "replace")
            except UnicodeDecodeError as e:
                raise BadRecord("$", f"bytes that are not {self._encoding}: {e.reason}") from e
        part = self._left[: len(view)]
        self._left = self._left[len(part) :]
        view[: len(part)] = part
        return len(part)


def _transcoded(stream: BinaryIO, encoding: str) -> BinaryIO:
    return io.BufferedReader(_Recoded(stream, encoding), CHUNK)


def _as_utf8_xml(stream: BinaryIO) -> BinaryIO:
    head, stream = peek(stream, 1024)
    if head[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE) or head[:2] in (b"<\0", b"\0<"):
        return _transcoded(stream, _utf16(head))
    declared = _DECLARED.match(head.removeprefix(codecs.BOM_UTF8))
    if not declared or head.startswith(codecs.BOM_UTF8):
        return stream
    label = declared.group(1).decode("ascii")
    try:
        encoding = codecs.lookup(label).name
    except LookupError as e:
        raise BadRecord("/", f"declares the unknown encoding «{label}»") from e
    if encoding in ("utf-8", "ascii") or encoding.startswith("utf-16"):  # ASCII bytes cannot be UTF-16
        return stream
    return _transcoded(stream, "cp932" if encoding == "shift_jis" else encoding)


class _Cutter:
    """One pass of the XML parser that remembers where wanted elements start and end."""

    def __init__(self, names: frozenset[str], wanted: re.Pattern[bytes], counts: Counter[str]) -> None:
        self.names, self.wanted, self.counts = names, wanted, counts
        self.scope: list[dict[str, str]] = [{}]
        self.ancestors: list[str] = []
        self.depth = 0
        """Open elements inside the wanted one, itself included; 0 = outside."""
        self.start = 0
        self.own: frozenset[str] = frozenset()
        self.name = ""
        self.found: list[tuple[int, int, str, dict[str, str]]] = []
        self.parser = parser = expat.ParserCreate("UTF-8")
        parser.StartElementHandler = self._open
        parser.EndElementHandler = self._close
        parser.EntityDeclHandler = self._entity

    def _open(self, name: str, attributes: dict[str, str]) -> None:
        if self.depth:
            self.depth += 1
        elif name.rpartition(":")[2] in self.names:
            self.depth, self.start, self.name = 1, self.parser.CurrentByteIndex, name
            self.own = frozenset(a for a in attributes if a == "xmlns" or a.startswith("xmlns:"))
        else:
            self.ancestors.append(name)
            here = {k: v for k, v in attributes.items() if k == "xmlns" or k.startswith("xmlns:")}
            self.scope.append({**self.scope[-1], **here} if here else self.scope[-1])

    def _close(self, name: str) -> None:
        if self.depth:
            self.depth -= 1
            if not self.depth:
                self.found.append((self.start, self.parser.CurrentByteIndex, self.path(), self.missing()))
        elif len(self.scope) > 1:
            self.ancestors.pop()
            self.scope.pop()

    def path(self) -> str:
        """Path of the wanted element that is open or has just been closed; counts it."""
        path = "/".join(["", *self.ancestors, self.name])
        self.counts[path] += 1
        return f"{path}[{self.counts[path]}]" if self.ancestors else path

    def missing(self) -> dict[str, str]:
        """Name-space declarations that the wanted element inherits."""
        return {k: v for k, v in self.scope[-1].items() if k not in self.own}

    def _entity(self, name: str, *_: object) -> None:
        raise BadRecord("/", f"declares the entity «{name}»; documents with own entities are refused")


def xml_elements(stream: BinaryIO, names: frozenset[str]) -> Iterator[tuple[str, bytes]]:
    """Elements with these local names, at any depth, not inside one another; each slice parses alone.

    Bytes as they stand (other encodings come out as UTF-8), plus the name-space declarations of ancestors that the
    slice uses. Paths count per name: `/grantAwards/grantAward[2]`; the root element itself is `/record`.
    After a part that is not well-formed, cutting goes on at the next wanted start tag.
    """
    source = _as_utf8_xml(stream)
    either = b"|".join(re.escape(n.encode()) for n in sorted(names))
    wanted = re.compile(rb"""<(?:[^\s<>/"'=:]+:)?(?:%s)(?=[\s/>])""" % either)
    counts: Counter[str] = Counter()
    rest = b""
    while True:
        cutter = _Cutter(names, wanted, counts)
        broken = yield from _one_pass(source, rest, cutter)
        following = wanted.search(broken, 1)
        while following is None and (more := source.read(CHUNK)):
            broken = broken[-1024:] + more
            following = wanted.search(broken)
        if following is None:
            return
        rest = _reopened(cutter) + broken[following.start() :]


def _one_pass(source: BinaryIO, rest: bytes, cutter: _Cutter) -> Generator[tuple[str, bytes], None, bytes]:
    """Feeds the parser until the end (returns b'') or damage (returns the bytes from the damaged element on)."""
    buffer, base = b"", 0
    parser = cutter.parser
    while True:
        chunk = rest or source.read(CHUNK)
        rest = b""
        buffer += chunk
        error: expat.ExpatError | None = None
        try:
            parser.Parse(chunk, not chunk)
        except expat.ExpatError as e:
            error = e
        for start, end, path, missing in cutter.found:
            yield path, _slice(buffer, start - base, end - base, missing)
        cutter.found.clear()
        if error is not None and cutter.depth:
            damaged = buffer[cutter.start - base :]
            following = cutter.wanted.search(damaged, 1)
            yield cutter.path(), damaged[: min(CUT, following.start() if following else CUT)]
            return damaged
        if error is not None:
            damaged = buffer[max(0, parser.ErrorByteIndex - base) :]
            if damaged.strip() or cutter.ancestors:
                yield "/".join(["", *cutter.ancestors]) + f" (line {error.lineno})", damaged[:CUT]
            return damaged
        if not chunk:
            return b""
        keep = cutter.start if cutter.depth else parser.CurrentByteIndex
        if keep > base:
            buffer, base = buffer[keep - base :], keep
        if len(buffer) > LIMIT + 2 * CHUNK:
            yield cutter.path(), buffer[:CUT]
            return buffer[CUT:]


def _reopened(cutter: _Cutter) -> bytes:
    """Start tags of the elements that were open around the damage, so that their end tags still fit."""
    first = _declarations(cutter.scope[-1])
    return b"".join(f"<{name}{'' if i else first}>".encode() for i, name in enumerate(cutter.ancestors))


def _slice(buffer: bytes, start: int, end: int, missing: dict[str, str]) -> bytes:
    tag = _TAG.match(buffer, start)
    empty = tag is not None and tag.group().endswith(b"/>")
    piece = tag.group() if tag and empty else buffer[start : buffer.index(b">", end) + 1]
    used = {k: v for k, v in missing.items() if k == "xmlns" or k[6:].encode() + b":" in piece}
    if not used:
        return piece
    name = _NAME.match(piece)
    at = name.end() if name else len(piece)
    return piece[:at] + _declarations(used).encode() + piece[at:]


def _declarations(scope: dict[str, str]) -> str:
    return "".join(f" {k}={quoteattr(v)}" for k, v in sorted(scope.items()))
