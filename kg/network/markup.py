"""A network as GraphML or GEXF 1.3, written row by row.

GraphML: http://graphml.graphdrawing.org/primer/graphml-primer.html · GEXF: https://gexf.net/schema.html. Every attribute is
declared with its type; what a row does not say has no element. XML 1.0 cannot hold control characters, not even escaped:
they become their pictures (U+0001 → ␁), other characters that it forbids become U+FFFD.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import IO, Any

import pyarrow as pa

from kg.errors import OurBug
from kg.network.select import Network, Part

Progress = Callable[[int], None]
"""Hears how many rows were written in one go."""

_SPECIAL = re.compile('[&<>"\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]')
_ESCAPES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\t": "&#9;", "\n": "&#10;", "\r": "&#13;"}


def escape(text: str) -> str:
    """Text for XML, between tags or within double quotes; comes back from a reader as it was, line ends included.

    >>> escape('a<b & "c"'), escape("津波\\x01\\n")
    ('a&lt;b &amp; &quot;c&quot;', '津波␁&#10;')
    """
    return _SPECIAL.sub(_escape, text)


def _escape(found: re.Match[str]) -> str:
    char = found[0]
    if char in _ESCAPES:
        return _ESCAPES[char]
    if char < " ":
        return chr(0x2400 + ord(char))
    return f"&#{ord(char)};" if "\x7f" <= char < "\ud800" else "\ufffd"


# --- GraphML -------------------------------------------------------------------------------------------------


def write_graphml(network: Network, out: IO[bytes], progress: Progress = lambda rows: None) -> None:
    """The network as one GraphML document."""
    nodes, edges = network.nodes, network.edges
    head = [
        '<?xml version="1.0" encoding="UTF-8"?>\n',
        '<graphml xmlns="http://graphml.graphdrawing.org/xmlns" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
        'xsi:schemaLocation="http://graphml.graphdrawing.org/xmlns http://graphml.graphdrawing.org/xmlns/1.0/graphml.xsd">\n',
        f"<desc>{escape(_about(network))}</desc>\n",
    ]
    for prefix, owner, part, first in (("n", "node", nodes, 1), ("e", "edge", edges, 2)):
        for i, f in enumerate(part.schema):
            if i >= first:
                kind = _type(f, _GRAPHML)
                head.append(f'<key id="{prefix}{i}" for="{owner}" attr.name="{f.name}" attr.type="{kind}"/>\n')
    head.append('<graph id="G" edgedefault="undirected">\n')
    out.write("".join(head).encode())
    _emit(nodes, out, lambda c: _graphml_rows('<node id="', 1, "n", "node", c), progress)
    _emit(edges, out, lambda c: _graphml_rows('<edge source="', 2, "e", "edge", c), progress)
    out.write(b"</graph>\n</graphml>\n")


def _graphml_rows(start: str, ends: int, prefix: str, name: str, columns: list[list[str | None]]) -> Iterator[str]:
    keys = [f'<data key="{prefix}{i}">' for i in range(ends, len(columns))]
    for row in zip(*columns, strict=True):
        data = "".join(f"{key}{v}</data>" for key, v in zip(keys, row[ends:], strict=True) if v is not None)
        to = f'" target="{row[1]}' if ends == 2 else ""
        yield f'{start}{row[0]}{to}">{data}</{name}>\n'


# --- GEXF ----------------------------------------------------------------------------------------------------


def write_gexf(network: Network, out: IO[bytes], progress: Progress = lambda rows: None) -> None:
    """The network as one GEXF 1.3 document; `weight` and `label` are the format's own."""
    nodes, edges = network.nodes, network.edges
    head = [
        '<?xml version="1.0" encoding="UTF-8"?>\n',
        '<gexf xmlns="http://gexf.net/1.3" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
        'xsi:schemaLocation="http://gexf.net/1.3 http://gexf.net/1.3/gexf.xsd" version="1.3">\n',
        f"<meta><creator>kg export gexf</creator><description>{escape(_about(network))}</description></meta>\n",
        '<graph defaultedgetype="undirected" mode="static">\n',
    ]
    for owner, part, first in (("node", nodes, 2), ("edge", edges, 3)):
        head.append(f'<attributes class="{owner}">\n')
        for i, f in enumerate(part.schema):
            if i >= first:
                head.append(f'<attribute id="{i}" title="{f.name}" type="{_type(f, _GEXF)}"/>\n')
        head.append("</attributes>\n")
    head.append(f'<nodes count="{nodes.rows}">\n')
    out.write("".join(head).encode())
    _emit(nodes, out, _gexf_nodes, progress)
    out.write(f'</nodes>\n<edges count="{edges.rows}">\n'.encode())
    numbers = iter(range(edges.rows))
    _emit(edges, out, lambda c: _gexf_edges(numbers, c), progress)
    out.write(b"</edges>\n</graph>\n</gexf>\n")


def _gexf_nodes(columns: list[list[str | None]]) -> Iterator[str]:
    keys = [f'<attvalue for="{i}" value="' for i in range(2, len(columns))]
    for row in zip(*columns, strict=True):
        yield f'<node id="{row[0]}" label="{row[1]}">{_values(keys, row[2:])}</node>\n'


def _gexf_edges(numbers: Iterator[int], columns: list[list[str | None]]) -> Iterator[str]:
    keys = [f'<attvalue for="{i}" value="' for i in range(3, len(columns))]
    for number, row in zip(numbers, zip(*columns, strict=True), strict=False):
        ends = f'id="{number}" source="{row[0]}" target="{row[1]}" weight="{row[2]}"'
        yield f"<edge {ends}>{_values(keys, row[3:])}</edge>\n"


def _values(keys: list[str], row: tuple[str | None, ...]) -> str:
    said = "".join(f'{key}{v}"/>' for key, v in zip(keys, row, strict=True) if v is not None)
    return f"<attvalues>{said}</attvalues>" if said else ""


# --- both ----------------------------------------------------------------------------------------------------

_GRAPHML = ("string", "int", "double", "boolean")
_GEXF = ("string", "integer", "double", "boolean")


def _type(f: pa.Field, names: tuple[str, str, str, str]) -> str:
    tests = (pa.types.is_string, pa.types.is_integer, pa.types.is_floating, pa.types.is_boolean)
    for test, name in zip(tests, names, strict=True):
        if test(f.type):
            # A sum of yen goes beyond 32 bits.
            return "long" if test is pa.types.is_integer and f.name.endswith("cost") else name
    raise OurBug(f"Column {f.name} of a network is {f.type}, which GraphML and GEXF do not know.")


def _about(network: Network) -> str:
    return f"Release {network.release}: {network.about}. {network.nodes.rows} nodes, {network.edges.rows} edges."


def _emit(
    part: Part, out: IO[bytes], rows: Callable[[list[list[str | None]]], Iterator[str]], progress: Progress
) -> None:
    for batch in part.batches():
        out.write("".join(rows([_texts(c) for c in batch.columns])).encode())
        progress(batch.num_rows)


def _texts(column: pa.Array) -> list[str | None]:
    """A column as XML text."""
    values: list[Any] = column.to_pylist()
    if pa.types.is_string(column.type):
        return [None if v is None else escape(v) for v in values]
    if pa.types.is_boolean(column.type):
        return [None if v is None else "true" if v else "false" for v in values]
    return [None if v is None else str(v) for v in values]
