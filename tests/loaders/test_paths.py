"""Field paths are counted as the fields lists name them."""

from __future__ import annotations

from collections import Counter

import pytest

from kg.errors import BadRecord
from loaders.paths import occurrences


def test_json_scalars_are_counted_by_path_without_indices():
    """Null and '' say nothing; false and 0 do."""
    raw = '{"a": [{"ja": "x", "en": ""}, {"ja": "y"}], "b": null, "c": false, "d": 0, "e": [[1], []], "f": {}}'
    assert occurrences(raw.encode(), "item", "cinii") == Counter({"a[].ja": 2, "c": 1, "d": 1, "e[][]": 1})
    assert occurrences(b'[{"a": 1}]', "item", "cinii") == Counter({"[].a": 1})


def test_xml_text_attributes_and_tails_are_counted():
    raw = b'<p:a xmlns:p="u" xmlns="d" k=" " j="1"><b xml:lang="ja">x</b> tail <b> </b><p:c p:k="2"/></p:a>'
    assert occurrences(raw, "project", "kaken") == Counter(
        {"/p:a/@j": 1, "/p:a/b": 1, "/p:a/b/@xml:lang": 1, "/p:a": 1, "/p:a/p:c/@p:k": 1}
    )


def test_csv_cells_need_their_header():
    """The header stands in the context, plain or in JSON with section and encoding; `null` says nothing."""
    counted = Counter({"awards/タイトル": 1, "awards/年": 1})
    context = '{"section": "awards", "header": ["タイトル", "年", "ID"], "encoding": "cp932"}'
    row = '"架空,賞",2020,null'
    assert occurrences(row.encode("cp932"), "awards.csv", "researchmap", context) == counted
    assert occurrences(row.encode(), "csv:awards", "researchmap", "タイトル,年,ID") == counted
    with pytest.raises(BadRecord, match="without its header"):
        occurrences(b"a,b", "awards.csv", "researchmap")
