"""Keyword strings and interests become topics: each label with the span that it was read from."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors import keywords
from kg.records import Assertion, TextUnit
from kg.text import match_key, text_hash


def unit(text: str, lang: str = "ja") -> TextUnit:
    """A keyword field of a work."""
    return TextUnit(
        record="cinii:item:1", subject="W1", subject_kind="work", field="foaf:topic[0]", role="keyword", lang=lang,
        text=text, text_hash=text_hash(text),
    )  # fmt: skip


def labels(text: str) -> list[str]:
    """What `spans` reads, in order."""
    return [label for _, _, label in keywords.spans(text)]


def topics(text: str, lang: str = "ja") -> list[Assertion]:
    return list(keywords.extract(unit(text, lang)))


# --- where a string is cut -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("mark", ["|", "｜", ";", "；", "、", "\t", "\n", "\r\n", " ; ", " ／ ", "／", " / "])
def test_a_mark_that_separates_for_certain_cuts(mark: str):
    """One such mark is enough, with or without spaces around it."""
    assert labels(f"機械学習{mark}情報検索") == ["機械学習", "情報検索"]


@pytest.mark.parametrize(
    "term",
    ["1,2-dichloroethane", "TCP/IP", "input/output", "Tokyo, Japan", "東京，日本", "self-organizing map", "C++", "源氏物語・注釈", "R&D"],
)  # fmt: skip
def test_a_mark_within_a_term_does_not_cut(term: str):
    """A comma without a space, a single comma, a slash or hyphen within a word belong to the term."""
    assert labels(term) == [term]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("flood, drought, storm", ["flood", "drought", "storm"]),
        ("洪水，干ばつ，暴風", ["洪水", "干ばつ", "暴風"]),
        ("1,2-dichloroethane, 1,1-dichloroethane, benzene", ["1,2-dichloroethane", "1,1-dichloroethane", "benzene"]),
        ("Tokyo, Japan; Kyoto, Japan", ["Tokyo, Japan", "Kyoto, Japan"]),
    ],
)
def test_two_commas_make_a_list(text: str, expected: list[str]):
    """Counted between the marks that separate for certain."""
    assert labels(text) == expected


def test_a_slash_between_japanese_words_cuts():
    assert labels("防災/減災/TCP/IP") == ["防災", "減災/TCP/IP"]


@pytest.mark.parametrize(
    "text", ["「防災」", "・防災・", "－防災", "防災。", "  防災　", "“防災”", "防災;", ";;防災;;"]
)
def test_quotes_and_bullets_around_a_label_are_left_out(text: str):
    wanted = ["防災"] if "－" not in text else ["－防災"]  # a full-width minus is no bullet
    assert labels(text) == wanted


# --- spans and what an assertion says --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    ["機械学習; 自然言語処理／情報検索", " a, b, c ", "𠮷野家; 𩸽の研究", "e\u0301tude; ﾃﾞｰﾀ", "「防災」、『減災』"],
)
def test_a_span_gives_back_its_label(text: str):
    """Spans count code points of the text as stored, not of a normalised one."""
    found = topics(text)
    assert found
    assert all(text[a.start : a.end] == a.label for a in found)


@given(st.text(alphabet=st.one_of(st.characters(), st.sampled_from(" ,，;；、/／|\t\n「」・.。-aあ防")), max_size=300))
def test_spans_of_any_text(text: str):
    """They reproduce their labels, stand in order, do not overlap, and are never empty, blank at the ends or too long."""
    end = 0
    for start, stop, label in keywords.spans(text):
        assert end <= start < stop
        assert text[start:stop] == label
        assert label == label.strip(" \t\r\n")
        assert len(label) <= 200
        end = stop


@given(st.text(max_size=300))
def test_extraction_of_any_text(text: str):
    """Never fails, whatever the text; each topic once, each with its own words behind it."""
    found = topics(text)
    assert len({a.object for a in found}) == len(found)
    assert all(a.object == "topic:" + match_key(text[a.start : a.end]) for a in found)


def test_everything_that_an_assertion_says():
    """Subject, record, field, language and text hash are the text unit's; accepted at once, since deterministic."""
    text = "Flood; 洪水"
    first, second = topics(text, "en")
    assert first == Assertion(
        subject="W1", subject_kind="work", predicate="has_topic", object="topic:flood", label="Flood", lang="en",
        record="cinii:item:1", field="foaf:topic[0]", start=0, end=5, text_hash=text_hash(text), confidence=1.0,
        status="accepted", producer="keywords@1", settings_hash=keywords.SETTINGS_HASH,
    )  # fmt: skip
    assert (second.object, second.label, second.start, second.end) == ("topic:洪水", "洪水", 7, 9)


@pytest.mark.parametrize("lang", ["", "ja", "en", "ja-Kana", "zh"])
def test_the_language_is_the_sources_own(lang: str):
    """Not guessed from the script, and of no influence on what is cut."""
    assert [(a.lang, a.label) for a in topics("データ, 情報, 検索", lang)] == [
        (lang, "データ"),
        (lang, "情報"),
        (lang, "検索"),
    ]


def test_each_topic_once_a_text_unit():
    """Width, case and white space do not make another topic; the first spelling stands."""
    found = topics("Machine Learning; machine learning; ＭＡＣＨＩＮＥ　ＬＥＡＲＮＩＮＧ; machinelearning")
    assert [(a.label, a.start, a.object) for a in found] == [("Machine Learning", 0, "topic:machinelearning")]


def test_the_same_text_gives_the_same_topics_in_another_field():
    """What is remembered about a text is its labels, never whose text it was."""
    first = unit("防災")
    other = TextUnit(**{n: getattr(first, n) for n in TextUnit.__slots__} | {"subject": "P1", "subject_kind": "person", "field": "x"})  # fmt: skip
    (a,), (b,) = keywords.extract(first), keywords.extract(other)
    assert (a.subject, b.subject, b.field, b.object) == ("W1", "P1", "x", a.object)


# --- odd texts ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["", " ", "　", ";;;", "、、", "・", "\n\n", ", , ,", "「」"])
def test_nothing_to_read_gives_nothing(text: str):
    assert topics(text) == []


def test_a_sentence_is_no_label():
    """200 characters are a label, 201 a sentence that somebody put into a keyword field; its neighbours stay."""
    assert labels("あ" * 200) == ["あ" * 200]
    assert labels("あ" * 201) == []
    assert labels(f"防災;{'あ' * 201};減災") == ["防災", "減災"]
    assert [a.label for a in topics(f"防災;{'あ' * 201};減災")] == ["防災", "減災"]


@pytest.mark.parametrize("text", ["\ud800", "防災;\udfff;\x00", "\u202e防災", "\u200b", "🌊; 🌋"])
def test_odd_characters_do_no_harm(text: str):
    assert all(text[a.start : a.end] == a.label for a in topics(text))


def test_a_very_long_list_is_read_to_its_end():
    text = "; ".join(f"語{i}" for i in range(20_000))
    assert len(topics(text)) == 20_000


# --- settings ------------------------------------------------------------------------------------------------------


def run(source: str) -> dict[str, Any]:
    """The names of a module with this text."""
    names: dict[str, Any] = {"__name__": "other"}
    exec(source, names)
    return names


SOURCE = Path(str(keywords.__file__)).read_text(encoding="utf-8")
SETTINGS = {
    "PRODUCER": ('"keywords@1"', '"keywords@2"'),
    "_LONGEST": ("_LONGEST = 200", "_LONGEST = 201"),
    "_CLEAR": (r"\s*[|｜;；、\t", r"\s*[|｜;；\t"),
    "_COMMAS": (r",(?=\s))", r",(?=\s|$))"),
    "_SLASHES": (r"\s*／\s*|", r"／|"),
    "_EDGES": ('_EDGES = " ', '_EDGES = "*'),
}
"""Setting → its text in the module, and another."""


def test_the_settings_hash_is_the_same_every_time():
    assert run(SOURCE)["SETTINGS_HASH"] == keywords.SETTINGS_HASH
    assert len(keywords.SETTINGS_HASH) == 64


@pytest.mark.parametrize("setting", SETTINGS)
def test_the_settings_hash_changes_with_each_setting(setting: str):
    """What was extracted under other settings can be told apart, and is extracted again."""
    was, becomes = SETTINGS[setting]
    assert SOURCE.count(was) == 1, f"«{was}» is no longer in the module"
    other = run(SOURCE.replace(was, becomes))
    assert getattr(keywords, setting) != other[setting]
    assert other["SETTINGS_HASH"] != keywords.SETTINGS_HASH
