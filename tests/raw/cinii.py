"""Invented CiNii search items, for tests that need many native records."""

from __future__ import annotations

import json
from collections.abc import Iterable


def item(number: int, title: str = "標本管理の実際") -> bytes:
    """One search item as it stands in a JSON answer."""
    crid = f"https://cir.nii.ac.jp/crid/{1390000000000000000 + number}"
    fields = {
        "@id": crid,
        "@type": "item",
        "title": title,
        "link": {"@id": crid},
        "dc:creator": ["架空 太郎", "架空 花子"],
        "dc:type": "Article",
        "prism:publicationDate": "2020-04",
        "dc:identifier": [{"@type": "cir:DOI", "@value": f"10.99999/{number}"}],
    }
    return json.dumps(fields, ensure_ascii=False).encode()


def answer(items: Iterable[bytes]) -> bytes:
    """A search answer that holds the items."""
    head = b'{"@type": "channel", "opensearch:totalResults": 1, "items": [\n'
    return head + b",\n".join(items) + b"\n]}"


def lines(items: Iterable[bytes]) -> bytes:
    """JSON lines."""
    return b"".join(i + b"\n" for i in items)


def record_id(number: int) -> str:
    return str(1390000000000000000 + number)
