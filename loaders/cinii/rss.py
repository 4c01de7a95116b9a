"""RSS 1.0 and Atom answers: one XML item in, the same item as the JSON answers have it out.

    >>> from loaders.native import parse_xml
    >>> xml = b'<item xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/">'
    >>> as_item(parse_xml(xml + b"<title>A</title><dc:creator>B</dc:creator><dc:creator>C</dc:creator></item>"))
    {'title': 'A', 'dc:creator': ['B', 'C']}

A key that stands once has its value, one that stands several times the list of its values.
"""

from __future__ import annotations

from typing import Any

_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_LANG = "{http://www.w3.org/XML/1998/namespace}lang"

PREFIXES = {
    "http://purl.org/rss/1.0/": "",
    "http://www.w3.org/2005/Atom": "",
    _RDF: "rdf:",
    "http://www.w3.org/2000/01/rdf-schema#": "rdfs:",
    "http://purl.org/dc/elements/1.1/": "dc:",
    "http://purl.org/dc/terms/": "dcterms:",
    "http://prismstandard.org/namespaces/basic/2.0/": "prism:",
    "http://ndl.go.jp/dcndl/terms": "ndl:",
    "http://ndl.go.jp/dcndl/terms/": "ndl:",
    "http://ci.nii.ac.jp/ns/1.0/": "cinii:",
    "https://cir.nii.ac.jp/schema/1.0/": "",
    "http://xmlns.com/foaf/0.1/": "foaf:",
}
"""Name spaces by address: a document may bind any prefix to them."""

ATOM_KEYS = {"id": "@id", "author": "dc:creator", "content": "description", "summary": "description"}


def as_item(element: Any) -> dict[str, Any]:
    """An `<item>` or `<entry>` in the shape of a JSON item."""
    item: dict[str, Any] = {}
    if about := element.get(f"{{{_RDF}}}about"):
        item["@id"] = about
    atom = _name(element.tag) == "entry"
    for child in element:
        name = _name(child.tag)
        key = ATOM_KEYS.get(name, name) if atom else name
        value = _value(child, key, atom)
        if value is not None:
            _append(item, key, value)
    return item


def _append(item: dict[str, Any], key: str, value: Any) -> None:
    if key not in item:
        item[key] = value
    elif isinstance(item[key], list):
        item[key].append(value)
    else:
        item[key] = [item[key], value]


def _name(tag: str) -> str:
    space, _, local = tag.rpartition("}")
    return PREFIXES.get(space[1:], "?:") + local


def _value(child: Any, key: str, atom: bool) -> Any:
    text = "".join(child.itertext()).strip()
    if atom and key == "link":
        page = child.get("rel") in (None, "alternate") and child.get("type") in (None, "text/html")
        return {"@id": child.get("href", "")} if page else None
    if resource := child.get(f"{{{_RDF}}}resource"):
        title = child.get("{http://purl.org/dc/elements/1.1/}title")
        return {"@id": resource, "dc:title": title} if title else {"@id": resource}
    if not text:
        return None
    if datatype := child.get(f"{{{_RDF}}}datatype"):
        return {"@type": datatype, "@value": text}
    if language := child.get(_LANG):
        return {"@language": language, "@value": text}
    return text
