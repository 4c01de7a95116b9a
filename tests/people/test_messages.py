"""Answers speak two languages from one table, in sentences that read well."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from kg import messages, render
from kg.ask import ask
from kg.messages import SENTENCES, label, language_of_question, say
from kg.people import PeopleQuery, WorkedWith, find, sentences
from kg.records import RELEASE, Field, Organization, Person, Project, Topic, Venue, Work, columns
from tests.people import tiny

SEED = PeopleQuery(field="防災", worked_with=WorkedWith(field="情報"))


@pytest.mark.parametrize(
    ("query", "ja"),
    [
        ({}, "すべての人"),
        ({"field": "防災"}, "分野が「防災」の人"),
        ({"field": "防災", "institution": "東北大学"}, "分野が「防災」で、所属が「東北大学」の人"),
        ({"worked_with": {}}, "ほかの研究者との共同の業績・研究課題が1件以上ある人"),
        (
            {"field": "防災", "worked_with": {"field": "情報"}},
            "分野が「防災」で、「情報」分野の研究者との共同の業績・研究課題が1件以上ある人",
        ),
        (
            {"worked_with": {"field": "情報", "after": 2020, "years": "fiscal", "kinds": ["project"], "at_least": 2}},
            "「情報」分野の研究者との2020年度以降の共同の研究課題が2件以上ある人",
        ),
        ({"role": "principal_investigator", "since": 2015}, "2015年以降に研究課題に研究代表者として加わったことがある人"),
        ({"since": 2015, "until": 2016, "topic": "津波"}, "研究キーワードが「津波」で、2015年から2016年までに活動が見られる人"),
        ({"exclude_coauthors_of": "石川 二", "field": "防災"}, "分野が「防災」で、「石川 二」本人でもその共同研究者でもない人"),
        ({"field": "防災", "bases": ["interest"]}, "分野が「防災」（根拠は研究キーワードに限る）の人"),
        ({"field": "防災", "as_of": "2017-12-31"}, "分野が「防災」の人（2017-12-31の時点）"),
    ],
)  # fmt: skip
def test_sentence_is_japanese_a_person_would_write(query, ja):
    """Each clause leads on to the next; the last ends before 「人」."""
    assert sentences(PeopleQuery.model_validate(query))[0] == ja


def test_both_languages_take_the_same_values():
    for key, (ja, en) in SENTENCES.items():
        assert set(re.findall(r"\{(\w+)", ja)) - {"example"} == set(re.findall(r"\{(\w+)", en)) - {"example"}, key


def test_every_sentence_is_used():
    room = Path(__file__).parents[2]
    code = "".join(
        p.read_text(encoding="utf-8")
        for folder in ("kg", "api")
        for p in (room / folder).rglob("*.py")
        if p.name != "messages.py"
    )
    code += "".join(p.read_text(encoding="utf-8") for p in (room / "api" / "web").glob("*.html"))
    assert [k for k in SENTENCES if f'"{k}"' not in code and f"'{k}'" not in code] == []


def test_every_column_a_reader_sees_has_a_name():
    """Facts of all nodes, in both languages; what has none is left out on purpose."""
    nodes = (Person, Organization, Work, Venue, Project, Field, Topic)
    assert set(nodes) <= set(RELEASE)
    names = {c.name for n in nodes for c in columns(n)} - {"id"} - messages.NOT_SHOWN
    assert [n for n in sorted(names) if label("fact", n, "ja") == n] == []


@pytest.mark.parametrize(
    ("text", "lang"),
    [("防災の研究者", "ja"), ("informatics researchers", "en"), ("19KK0341", "ja"), ("10.1093/scan/nsy109", "ja"),
     ("https://doi.org/10.1/x", "ja"), ("Wei Sun", "en"), ("", "ja"), ("0000-0001-9884-1913", "ja")],
)  # fmt: skip
def test_language_of_a_question(text, lang):
    assert language_of_question(text) == lang


@pytest.fixture
def store(tmp_path):
    """The tiny country, and two pairs of one name in the field 防災: only the first pair shares an institution."""
    rows = [
        *tiny.country(),
        *[r for i, name in (("P70", "双葉 葵"), ("P71", "双葉　葵"), ("P72", "北 南"), ("P73", "北 南")) for r in tiny.person(i, name)],
        *[tiny.area(i, tiny.BOSAI) for i in ("P70", "P71", "P72", "P73")],
        tiny.at("P70", "O1", "2020"), tiny.at("P71", "O1", "2011", current=False), tiny.at("P72", "O1", "2020"), tiny.at("P73", "O2", "2020"),
    ]  # fmt: skip
    opened = tiny.store(tmp_path, rows)
    yield opened
    opened.close()


def test_possible_duplicates_of_an_answer_are_named(store):
    """Of the whole answer, whatever page is asked for; and said among what cannot be known."""
    answer = find(store, PeopleQuery(field="防災"), limit=1)
    assert (answer.same_name, answer.same_name_total) == ([["P70", "P71"]], 1)
    assert answer.cannot_know[0] == say("same_name", "ja", n=1)
    assert find(store, SEED).same_name == []


def test_a_name_that_is_looked_up_says_who_may_be_one_person(store):
    assert ask(store, "双葉葵").same_name == [["P70", "P71"]]
    assert ask(store, "北南").same_name == []


@pytest.mark.parametrize(
    ("lang", "words"), [("ja", "本人の分野の根拠が1件だけ 1人"), ("en", "1 with a single role or work in the field")]
)
def test_terminal_speaks_in_words_not_codes(store, lang, words):
    shown = "\n".join(render.text(find(store, SEED, lang=lang)))
    assert words in shown
    assert "single_role" not in shown
    assert "partner_field_only_joint" not in shown


def test_source_text_cannot_steer_a_terminal(tmp_path):
    """Escape sequences and direction overrides of a title come out as �."""
    nasty = "\x1b[2J\u202eevil\r"
    opened = tiny.store(
        tmp_path,
        [*tiny.country(), *tiny.work("W77", nasty, "2020"), *tiny.together("P01", "P02", ("W77", "work", 2020))],
    )
    shown = "\n".join(render.text(find(opened, SEED), proofs=9))
    opened.close()
    assert "�[2J�evil�" in shown
    assert not re.search("[\x1b\u202e\r]", shown)
