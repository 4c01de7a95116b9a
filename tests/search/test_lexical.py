"""The lexical index finds what was written, exact names first, and survives any text."""

from __future__ import annotations

import os
import random
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pytest

from kg.errors import FixSetup
from kg.search import build_index, open_index
from kg.text import match_key, text_hash
from kg.text.tokens import tokenizer_name, tokens

DOCUMENTS = [
    ("P1", "person", "青木 一", ["青木 一", "アオキ ハジメ", "Aoki, Hajime", "0000-0003-3285-3633"], None),
    ("P2", "person", "青木 二", ["青木 二"], None),
    ("R1", "project", "災害情報の統合に関する研究", ["19K00001"], 2019),
    ("W1", "work", "避難所における機械学習の応用", ["10.5555/w1"], 2020),
    ("W2", "work", "Deep learning for evacuation shelters", ["10.5555/w2"], 2018),
    ("W3", "work", "源氏物語の受容と注釈", [], 2001),
]


@dataclass(frozen=True)
class Release:
    id: str
    search: Path


def batch() -> pa.RecordBatch:
    rows = []
    for n, (i, kind, title, names, year) in enumerate(DOCUMENTS):
        cut = tokens(title)
        rows.append(
            {"id": i, "row": n, "kind": kind, "title": title, "tokens_ja": " ".join(cut.ja), "tokens_en": " ".join(cut.en),
             "names": " ".join(match_key(x) for x in names), "year": year, "text_hash": text_hash(title)}
        )  # fmt: skip
    return pa.RecordBatch.from_pylist(rows)


@pytest.fixture(scope="module")
def release(tmp_path_factory):
    folder = tmp_path_factory.mktemp("検索 索引") / "search"
    assert build_index([batch()], folder) == len(DOCUMENTS)
    return Release("r-test", folder)


@pytest.fixture(scope="module")
def index(release):
    opened = open_index(release)
    yield opened
    opened.close()


def found(index, text, **filters):
    return [h.id for h in index.search(text, **filters).hits]


def test_words_of_a_title_find_it(index):
    assert found(index, "機械学習 避難") == ["W1"]
    assert found(index, "deep learning") == ["W2"]
    assert found(index, "災害") == ["R1"]


@pytest.mark.parametrize(
    "text", ["青木一", "青木　一", "ｱｵｷ ﾊｼﾞﾒ", "aoki, hajime", "https://orcid.org/0000-0003-3285-3633"]
)
def test_a_whole_name_or_identifier_comes_first(index, text):
    hits = index.search(text).hits
    assert hits[0].id == "P1"
    assert hits[0].exact


def test_filters(index):
    assert found(index, "学習 learning", since=2019) == ["W1"]
    assert found(index, "学習 learning", until=2018) == ["W2"]
    assert found(index, "災害 学習", kinds=("project",)) == ["R1"]


def test_total_counts_beyond_the_page_and_pages_do_not_repeat(index):
    first = index.search("青木", limit=1)
    second = index.search("青木", limit=1, offset=1)
    assert first.total == 2
    assert {first.hits[0].id, second.hits[0].id} == {"P1", "P2"}


def test_nothing_found_is_an_empty_answer_with_the_terms(index):
    hits = index.search("量子重力")
    assert hits.total == 0
    assert hits.terms


def test_any_text_is_survived(index):
    """Operators, nesting, NUL, lone surrogates, emoji, thousands of words: an answer each time."""
    rng = random.Random(1)
    alphabet = [*"()[]{}\"'+-:^~*?\\/|&! AND OR NOT 青木あア𠮷", "\x00", "\ud800", "\U0001f600", "\u202e"]
    for _ in range(300):
        index.search("".join(rng.choice(alphabet) for _ in range(rng.randint(0, 400))))
    for text in ["(" * 5000 + "a" + ")" * 5000, "NOT " * 50_000, "語 " * 6000, ""]:
        assert index.search(text).total >= 0


def test_a_read_only_folder_can_be_opened(release, monkeypatch):
    monkeypatch.setattr(os, "access", lambda *_: False)
    opened = open_index(release)
    assert found(opened, "源氏物語") == ["W3"]
    farm = opened._farm
    opened.close()
    assert farm is not None
    assert not farm.exists()


def test_an_index_cut_by_another_tokenizer_is_refused(release, tmp_path):
    import shutil

    other = Release("r-old", tmp_path / "search")
    shutil.copytree(release.search, other.search)
    (other.search / "tokenizer.txt").write_text("sudachi-0.0", encoding="utf-8")
    with pytest.raises(FixSetup, match=r"sudachi-0\.0"):
        open_index(other)
    assert tokenizer_name() != "sudachi-0.0"
