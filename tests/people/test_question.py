"""Sentences in Japanese and English become typed values by rules; what is not read is said."""

from __future__ import annotations

import math
import time

import pytest

from kg.question import LONGEST, parse

PEOPLE = [
    ("防災の研究者で、すでに情報分野の研究者と共同研究を行っている人を教えてください", {"field": "防災", "worked_with": {"field": "情報"}}),
    ("すでに情報分野の研究者と共同研究を行っている防災の研究者を教えてください", {"field": "防災", "worked_with": {"field": "情報"}}),
    ("防災の研究者のうち、情報学の研究者と共著論文がある人は何人いますか", {"field": "防災", "worked_with": {"field": "情報学", "kinds": ("work",)}}),
    ("日本文学の研究者のうち情報学の研究者と共同の研究課題がある人", {"field": "日本文学", "worked_with": {"field": "情報学", "kinds": ("project",)}}),
    (
        "東北大学の防災の研究者で、2020年以降に情報学の研究者と2件以上共同研究をしている人",
        {"field": "防災", "institution": "東北大学", "worked_with": {"field": "情報学", "after": 2020, "at_least": 2}},
    ),
    ("防災の研究者で、情報分野の研究者との共同研究が2件以上ある人", {"field": "防災", "worked_with": {"field": "情報", "at_least": 2}}),
    ("防災分野の研究者で、2019年以降に情報分野の研究者と共同研究を行った人", {"field": "防災", "worked_with": {"field": "情報", "after": 2019}}),
    ("防災の研究者で鈴木太郎さんの共同研究者を除く人", {"field": "防災", "exclude_coauthors_of": "鈴木太郎"}),
    ("情報検索を研究している研究者", {"field": "情報検索"}),
    ("日本文学の専門家", {"field": "日本文学"}),
    (
        "防災の研究者で、研究代表者として2015年度から2020年度に活動した人",
        {"field": "防災", "role": "principal_investigator", "since": 2015, "until": 2020, "years": "fiscal"},
    ),
    (
        "防災の研究者で、情報分野の研究者と研究課題を一緒に行った人を教えてください（課題のみ）",
        {"field": "防災", "worked_with": {"field": "情報", "kinds": ("project",)}},
    ),
    (
        "研究代表者を務めたことのある防災の研究者で、情報分野の研究者と共同研究を行っている人",
        {"field": "防災", "role": "principal_investigator", "worked_with": {"field": "情報"}},
    ),
    (
        "Which disaster prevention researchers have worked with informatics researchers since 2018?",
        {"field": "disaster prevention", "worked_with": {"field": "informatics", "after": 2018}},
    ),
    (
        "researchers in disaster prevention who have published with researchers in informatics",
        {"field": "disaster prevention", "worked_with": {"field": "informatics", "kinds": ("work",)}},
    ),
    ("researchers in natural language processing", {"field": "natural language processing"}),
    ("researchers in informatics from 2015 to 2018", {"field": "informatics", "since": 2015, "until": 2018}),
    (
        "disaster prevention researchers who worked with informatics researchers between 2015 and 2018",
        {"field": "disaster prevention", "worked_with": {"field": "informatics", "after": 2015, "before": 2018}},
    ),
    (
        "Which researchers at 架空東都大学 work on disaster prevention?",
        {"field": "disaster prevention", "institution": "架空東都大学"},
    ),
    ("防災の研究者と情報の研究者の共同研究", {"field": "防災", "worked_with": {"field": "情報"}}),
    ("人工知能に詳しい人", {"field": "人工知能"}),
    ("List PIs in Japanese literature", {"field": "Japanese literature", "role": "principal_investigator"}),
]  # fmt: skip


@pytest.mark.parametrize(("sentence", "expected"), PEOPLE, ids=[s for s, _ in PEOPLE])
def test_sentence_becomes_the_typed_value(sentence, expected):
    question = parse(sentence)
    assert question.people is not None
    assert question.people.model_dump(exclude_defaults=True) == expected


@pytest.mark.parametrize(
    ("sentence", "about"),
    [
        ("春野雅彦の研究課題は？", "春野雅彦"),
        ("19KK0341", "19KK0341"),
        ("19KK0341の研究課題について教えてください", "19KK0341"),
        ("10.1093/scan/nsy109 について", "10.1093/scan/nsy109"),
        ("「津波の語彙」", "津波の語彙"),
        ("源氏物語の受容と注釈", "源氏物語の受容と注釈"),
    ],
)
def test_what_is_no_question_about_people_is_looked_up(sentence, about):
    question = parse(sentence)
    assert question.people is None
    assert question.about == about


@pytest.mark.parametrize(
    ("sentence", "worked"),
    [
        ("2015年以降に共同研究をした防災の研究者", {"after": 2015}),
        ("防災の研究者で共同研究を行っている人", {}),
        ("共同研究をしたことがある防災の研究者を教えてください", {}),
    ],
)
def test_joint_work_without_a_partner_is_joint_work_with_anybody(sentence, worked):
    question = parse(sentence)
    assert question.people.model_dump(exclude_defaults=True) == {"field": "防災", "worked_with": worked}
    assert question.unread == []


def test_success_rate_is_recognised_as_not_knowable():
    assert parse("防災分野の科研費の採択率は?").not_knowable == "success_rate"
    assert parse("What is the success rate in informatics?").not_knowable == "success_rate"


def test_words_that_no_rule_reads_are_named():
    assert parse("防災の研究者で、とても背の高い人").unread == ["とても背の高い人"]


@pytest.mark.parametrize(
    ("sentence", "field", "unread"),
    [
        (
            "防災の研究者で情報分野の研究者と共同研究をしたことがない人",
            "防災",
            "情報分野の研究者と共同研究をしたことがない",
        ),
        ("防災の研究者のうち、情報学の研究者と共著がない人", "防災", "情報学の研究者と共著がない"),
        ("情報の研究者と共同研究をしていない防災の研究者", "防災", "情報の研究者と共同研究をしていない"),
        ("防災の研究者で共同研究をしたことがない人", "防災", "共同研究をしたことがない"),
        ("共同研究がない防災の研究者", "防災", "共同研究がない"),
        (
            "informatics researchers who have never worked with economists",
            "informatics",
            "who have never worked with economists",
        ),
        (
            "researchers in informatics who haven't published with economists",
            "informatics",
            "who haven't published with economists",
        ),
    ],
)
def test_a_denial_is_never_answered_with_its_opposite(sentence, field, unread):
    """No clause can say it yet: the rest is asked, and the words come back as unread."""
    question = parse(sentence)
    assert question.people.model_dump(exclude_defaults=True) == {"field": field}
    assert question.unread == [unread]


@pytest.mark.parametrize(
    "nonsense", ["", "。。。", "？", "asdf qwerty", "𠮷" * 2000, "の" * 500, "と共同研究" * 100, "\u202e防災"]
)
def test_nonsense_never_fails(nonsense):
    question = parse(nonsense)
    assert question.people is not None or question.about is not None


HOSTILE = {
    "lead words": "find ", "articles": "the ", "lead words mixed": "find show list all me ", "question words": "who ",
    "letters": "a ", "hyphens": "a-", "one word": "a", "joint": "worked with ", "joint papers": "joint papers ",
    "fields": "researchers in of ", "places": "at University of A ", "commas": "x,", "rates": "success rate of the ",
    "digits": "1", "dois": "10.1234/", "共同": "と共同研究", "の": "の", "大学": "東京大学", "大学の": "大学の", "一字": "あ",
    "研究者": "防災の研究者", "研究者と": "あの研究者と", "除く": "の共著者以外", "年度": "2020年度から", "さん": "鈴木太郎さんと",
    "教えて": "教えて", "専門": "を専門", "分野": "分野", "すでに": "すでに", "括弧": "(", "かぎ": "「", "件以上": "2件以上",
}  # fmt: skip
"""Repeated, these ask rules to try every beginning with every end."""


def seconds(text: str) -> float:
    """CPU time of reading a text; the best of three, since others use the machine too."""
    best = math.inf
    for _ in range(3):
        begun = time.process_time()
        parse(text)
        best = min(best, time.process_time() - begun)
    return best


@pytest.mark.parametrize("piece", HOSTILE.values(), ids=HOSTILE)
def test_hostile_sentences_take_no_longer_than_their_length_allows(piece):
    """Four times as long: 4 × where time grows with the length, 16 × with its square, 64 × with its cube."""
    long, short = (piece * LONGEST)[:LONGEST], (piece * LONGEST)[: LONGEST // 4]
    for end in ("", " researcher", "の研究者と"):
        assert seconds(long[: -len(end) or None] + end) < 25 * seconds(short[: -len(end) or None] + end) + 0.005


@pytest.mark.parametrize(
    "piece", ["find the ", "防災の研究者と", "\ufdfa"], ids=["en", "ja", "eighteen letters in one"]
)
def test_a_sentence_of_a_megabyte_costs_no_more_than_its_beginning(piece):
    assert seconds(piece * (1_000_000 // len(piece))) < 10 * seconds(piece * (4 * LONGEST // len(piece) + 1)) + 0.005


def test_the_longest_sentence_is_still_read():
    """What is asked in the first thousand characters counts."""
    padded = " " * 300 + "researchers in natural language processing" + " " * 300
    assert parse(padded).people.field == "natural language processing"
    assert parse("find all the researchers in informatics").people.field == "informatics"
    assert parse("Show me all disaster prevention researchers").people.field == "disaster prevention"
