"""A question in plain Japanese or English, as a typed value: rules only, no model.

    >>> understood = parse("防災の研究者で、すでに情報分野の研究者と共同研究を行っている人を教えてください")
    >>> understood.people.field, understood.people.worked_with.field
    ('防災', '情報')
    >>> parse("Which disaster prevention researchers have worked with informatics researchers since 2018?").people.worked_with.after
    2018
    >>> parse("19KK0341の研究課題について教えてください").about
    '19KK0341'

What the rules read is shown to the asker, who can correct it and send the typed value. Words that no rule reads stand in
`unread`, so that nothing of a question is dropped silently. A sentence without any clause is looked up as
a name, a number or a topic (`about`).
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from kg.people import PeopleQuery, WorkedWith, wrong

_PERSON_JA = r"(?:研究者|専門家|学者|先生|教員|研究員|人たち|人々|人|方|メンバー)"
_JOINT_JA = r"(?:共同研究|共同で研究|共著論文|共著|共同プロジェクト|共同の?(?:研究)?課題|協働|連携|協力|(?:研究課題|課題|研究|論文|仕事)を一緒に|一緒に(?:研究|仕事)|論文を(?:共著|一緒に))"
_DONE_JA = (
    r"(?:(?:だけ|のみ)?(?:を|が|の|も)?(?:実績|経験|関係)?(?:を|が|の)?(?:\d+\s*(?:件|本|編|回|つ)以上)?(?:すでに|既に)?"
    r"(?:(?:行|お?こな)(?:って(?:いる|いた|きた)|った(?:ことがある)?|う)|して(?:いる|いた|きた)|した(?:ことがある)?|する|"
    r"ある|あり|持って(?:いる)?|持つ|続けて(?:いる)?|書いて(?:いる)?|書いた|出して(?:いる)?))?"
)
_JOINT_ALONE_JA = (
    rf"{_JOINT_JA}(?:を|が|も)(?:すでに|既に)?(?:(?:行|お?こな)(?:って(?:いる|いた|きた)|った(?:ことがある)?)|"
    r"して(?:いる|いた|きた)|した(?:ことがある)?|ある)"
)
"""Joint work without a partner: with anybody."""
_ORG_JA = r"[^\s、。「」『』]{1,40}?(?:大学院大学|大学校|大学|高等専門学校|高専|研究所|研究機構|機構|研究センター|センター|研究院|学院|博物館|病院|財団)"
_AREA = r"(?:分野|領域|系|学界)?"
_NOISE_JA = re.compile(
    r"(?:を|に(?:ついて)?|は|が)?(?:すべて|全員|全部)?(?:を)?"
    r"(?:教えて(?:ください|下さい|ほしい|欲しい)?|知りたい(?:です)?|探して(?:ください|下さい|います)?|挙げて(?:ください)?|"
    r"リストアップして(?:ください)?|一覧(?:を(?:ください|見せて))?|見せて(?:ください)?|誰(?:ですか|か|です)?|だれ(?:ですか)?|"
    r"何人(?:いますか|ですか|いる)?|いますか|いる|お願いします|ください)[?？。!！]*$"
)
_COUNT = re.compile(r"何人|how many", re.I)
_SUCCESS_RATE = re.compile(r"採択率|採択の割合|success rate|acceptance rate|funding rate", re.I)


LONGEST = 1000
"""Characters of a sentence that are read; what stands behind them is not."""
LABEL = 80
"""Characters of a field in an English sentence."""


@dataclass(slots=True)
class Question:
    """What the rules read out of a sentence."""

    text: str
    people: PeopleQuery | None = None
    about: str | None = None
    """A name, number or topic to look up, where the sentence asks no question about people."""
    not_knowable: str | None = None
    """`success_rate`: asked for something that the sources cannot know."""
    count_only: bool = False
    unread: list[str] = field(default_factory=list)
    lang: str = "ja"


class _Reader:
    """The sentence as it is eaten up: each rule takes away what it has read."""

    def __init__(self, text: str) -> None:
        self.rest = text

    def take(self, pattern: str, flags: int = 0) -> re.Match[str] | None:
        found = re.search(pattern, self.rest, flags)
        if found:
            self.rest = self.rest[: found.start()] + "〓" + self.rest[found.end() :]
        return found


def parse(text: str) -> Question:
    """The typed value of a sentence. Never fails: what no rule reads comes back in `about` or `unread`."""
    plain = (
        re.sub(r"\s+", " ", unicodedata.normalize("NFKC", text[: 4 * LONGEST])).strip().strip("「」『』\"'")[:LONGEST]
    )
    question = Question(text=text, lang=_language(plain))
    question.count_only = bool(_COUNT.search(plain))
    if _SUCCESS_RATE.search(plain):
        question.not_knowable = "success_rate"
        question.about = _rate_of(plain)
        return question
    try:
        (_japanese if question.lang == "ja" else _english)(plain, question)
    except ValidationError as e:  # a year, number or label that no typed question may hold
        question.people = None
        question.unread = [wrong(e) if isinstance(x["input"], dict) else str(x["input"])[:40] for x in e.errors()]
    if question.people is None:
        question.about = _subject(plain)
    return question


def _language(plain: str) -> str:
    """Japanese where there is any; but an English sentence may name a Japanese university."""
    english = not re.search(r"[\u3040-\u309f]", plain) and len(re.findall(r"[A-Za-z]{2,}", plain)) >= 3
    return "ja" if re.search(r"[\u3040-\u30ff\u3400-\u9fff]", plain) and not english else "en"


def _rate_of(plain: str) -> str:
    """Whose rate is asked for: 「防災の採択率」, `success rate of disaster prevention`, `disaster prevention success rate`."""
    if found := re.search(r"\brates?\s+(?:of|in|for)\s+(?:the\s+)?(?:field of\s+)?(.+?)[\s?.!]*$", plain, re.I):
        return found.group(1)
    before = re.sub(r"の?(?:採択率|採択の割合).*$|(?:success|acceptance|funding) rate.*$", "", plain, flags=re.I)
    return re.sub(r"^(?:(?:what|which|how|show|tell|me|is|are|was|the|high)\b\s*)+", "", before, flags=re.I).strip()


def _subject(plain: str) -> str:
    """The thing asked about: a quoted name, an identifier, else the sentence without its polite ending."""
    if quoted := re.search(r"[「『\"]([^」』\"]+)[」』\"]", plain):
        return quoted.group(1).strip()
    if identifier := re.search(
        r"10\.\d{4,9}/\S+|\b\d{4}-\d{4}-\d{4}-\d{3}[\dX]\b|\b(?:JP)?\d{2}[A-Z]{1,2}\d{4,6}\b|\b1\d{18}\b|\b\d{8}\b",
        plain,
    ):
        return identifier.group(0).rstrip("?.,")
    stripped = _NOISE_JA.sub("", plain)
    stripped = re.sub(
        r"(?:さん|氏|先生|教授|博士)?の(?:業績|論文|研究課題|研究|所属|経歴|プロジェクト|共同研究者|科研費?)(?:一覧)?(?:は|を|について|とは)?[?？。]*$",
        "", stripped,
    )  # fmt: skip
    stripped = re.sub(
        r"^(?:who is|what about|tell me about|show me|find)\s+|[?？。.!]+$|(?:さん|氏|とは|は)$",
        "",
        stripped,
        flags=re.I,
    )
    return stripped.strip(" 、。?？")


# --- Japanese ------------------------------------------------------------------------------------------------


def _japanese(plain: str, question: Question) -> None:
    note = re.search(r"\(([^()]*)\)[。?!]*$", plain)
    reader = _Reader(
        _NOISE_JA.sub("", plain[: note.start()] if note else plain) + (f"、{note.group(1)}" if note else "")
    )
    clauses: dict[str, Any] = {}
    worked: dict[str, Any] = {}
    denied = _denied(reader, _DENIED_JA) or _denied(reader, _DENIED_ALONE_JA)
    _two_groups_ja(reader)
    joint = _joint_ja(reader, worked)
    _excluded_ja(reader, clauses)
    target = worked if joint else clauses
    _numbers_ja(reader, target, worked, joint)
    _role_ja(reader, clauses, worked, joint)
    _place_ja(reader, clauses)
    _field_ja(reader, clauses)
    if joint:
        clauses["worked_with"] = WorkedWith(**worked)
    if set(clauses) - {"since", "until", "years"} or (clauses and re.search(_PERSON_JA, plain)):
        question.people = PeopleQuery(**clauses)
        question.unread = [*denied, *_left_over(reader.rest)]


_DENIED_JA = rf"[^、。〓]{{1,60}}?と(?:は|も|の)?[^、。と]{{0,40}}?{_JOINT_JA}[^、。〓]{{0,20}}?(?:(?:い|こ)?ない|なかった|ません|未経験)"

_DENIED_ALONE_JA = rf"{_JOINT_JA}(?:を|が|も|は)?[^、。〓で]{{0,12}}?(?:(?:い|こ)?ない|なかった|ません|未経験)"


def _denied(reader: _Reader, pattern: str) -> list[str]:
    """Takes away 「…と共同研究をしたことがない」: no clause can say so, and the opposite must not be answered."""
    if not (found := reader.take(pattern, re.I)):
        return []
    said = found.group(0)
    if start := re.match(rf".+?(?:の{_PERSON_JA})?(?:のうち|の中で|で)[、\s]*", said):
        reader.rest = reader.rest.replace("〓", start.group(0) + "〓", 1)
        said = said[start.end() :]
    return [said.strip()]


def _two_groups_ja(reader: _Reader) -> None:
    """「AとBの研究者の共同研究」 asks for the researchers of the first who work with those of the second."""
    reader.rest = re.sub(
        rf"^([^、。〓と]{{1,60}}?の{_PERSON_JA})と([^、。〓と]{{1,60}}?の{_PERSON_JA})(?:の間)?(?:の|による|との)?({_JOINT_JA})",
        r"\1で、\2と\3をしている人",
        reader.rest,
    )


def _joint_ja(reader: _Reader, worked: dict[str, Any]) -> bool:
    """「…分野の研究者と共同研究を行っている」, 「…さんと共著がある」, 「…大学の研究者と…」."""
    tail = rf"と(?:も|の(?:間で)?)?[^、。と]{{0,40}}?{_JOINT_JA}{_DONE_JA}"
    who = rf"([^、。〓]{{1,60}}?){_AREA}の{_PERSON_JA}{tail}"
    if found := reader.take(who):
        label = re.sub(r"^(?:すでに|既に|もう|これまでに|過去に|実際に)+", "", found.group(1)).strip()
        label = _after_topic_marker(reader, label)
        _partner_label(label, worked)
    elif found := reader.take(rf"([^、。〓\s]{{2,30}}?)(?:さん|氏|先生|教授|博士){tail}"):
        worked["person"] = re.sub(r"^(?:すでに|既に)", "", found.group(1))
    elif not (found := reader.take(_JOINT_ALONE_JA)):
        return False
    said = found.group(0)
    if years := re.search(r"(\d{4})年(度)?(以降|から|以後|より後)", said):
        worked["after"] = int(years.group(1))
        if years.group(2):
            worked["years"] = "fiscal"
    if years := re.search(r"(\d{4})年(度)?(以前|まで)", said):
        worked["before"] = int(years.group(1))
        if years.group(2):
            worked["years"] = "fiscal"
    if least := re.search(r"(\d+)\s*(?:件|本|編|回|つ)以上", said):
        worked["at_least"] = int(least.group(1))
    if re.search(r"課題|プロジェクト|科研", said):
        worked["kinds"] = ("project",)
    elif re.search(r"共著|論文", said):
        worked["kinds"] = ("work",)
    return True


def _after_topic_marker(reader: _Reader, label: str) -> str:
    """Keeps 「防災の研究者で情報」 apart: what stands before 「の研究者で」 goes back to the sentence."""
    if found := re.match(
        rf"(.+?の{_PERSON_JA})(?:のうち|の中で|で|であって|として)[、\s]*(?:すでに|既に)?(.+)$", label
    ):
        reader.rest = reader.rest.replace("〓", found.group(1) + "〓", 1)
        return found.group(2)
    return label


def _partner_label(label: str, worked: dict[str, Any]) -> None:
    place = re.match(rf"({_ORG_JA})(?:の|に所属する)?(.*)$", label)
    if place:
        worked["institution"] = place.group(1)
        label = place.group(2).strip()
    label = re.sub(r"^(?:の|、|\d{4}年度?(?:以降|から|以前|まで)(?:に|、|,)?)+", "", label)
    if found := re.match(r"(\d{4})年(度)?(以降|から)に?(.*)", label):
        worked["after"], label = int(found.group(1)), found.group(4)
    label = re.sub(r"(?:分野|領域)$", "", label).strip("、 ")
    if label and label not in ("他", "ほか", "別", "他分野"):
        worked["field"] = label


def _excluded_ja(reader: _Reader, clauses: dict[str, Any]) -> None:
    pattern = r"[「『]?([^、。〓「」『』]{1,40}?)[」』]?(?:さん|氏|先生|教授)?の(?:共著者|共同研究者)(?:以外|を除(?:く|いて|き)|は除(?:く|いて))"
    if found := reader.take(pattern):
        before, name = re.match(r"(.*?(?:で|から|は)|)(.+)$", found.group(1)).groups()  # type: ignore[union-attr]  # always matches
        reader.rest = reader.rest.replace("〓", before + "〓", 1) if before else reader.rest
        clauses["exclude_coauthors_of"] = name


def _numbers_ja(reader: _Reader, target: dict[str, Any], worked: dict[str, Any], joint: bool) -> None:
    after, before = ("after", "before") if joint else ("since", "until")
    if found := reader.take(r"(\d{4})年(度)?(?:から|[〜~ー-])(\d{4})年(度)?(?:まで|の間)?(?:に|の)?"):
        target[after], target[before] = int(found.group(1)), int(found.group(3))
        if found.group(2) or found.group(4):
            target["years"] = "fiscal"
    if found := reader.take(r"(\d{4})年(度)?(?:以降|から|以後)(?:に|の)?"):
        target[after] = int(found.group(1))
        if found.group(2):
            target["years"] = "fiscal"
    if found := reader.take(r"(\d{4})年(度)?(?:以前|まで)(?:に|の)?"):
        target[before] = int(found.group(1))
        if found.group(2):
            target["years"] = "fiscal"
    if joint and (found := reader.take(r"(\d+)\s*(?:件|本|編|回|つ)以上(?:の)?")):
        worked["at_least"] = int(found.group(1))


def _role_ja(reader: _Reader, clauses: dict[str, Any], worked: dict[str, Any], joint: bool) -> None:
    if reader.take(
        r"(?:研究)?代表者?(?:を(?:務め|つとめ)(?:ている|たことの?がある|たことのある|た)|として|である|の経験がある)?(?:の)?"
    ):
        clauses["role"] = "principal_investigator"
    elif reader.take(r"(?:研究)?分担者(?:として|である)?(?:の)?"):
        clauses["role"] = "co_investigator"
    if joint and reader.take(r"(?:研究課題|課題|プロジェクト|科研費?)(?:だけ|のみ|に限(?:って|る))"):
        worked["kinds"] = ("project",)
    elif joint and reader.take(r"(?:論文|業績|共著)(?:だけ|のみ|に限(?:って|る))"):
        worked["kinds"] = ("work",)


def _place_ja(reader: _Reader, clauses: dict[str, Any]) -> None:
    found = reader.take(rf"({_ORG_JA})(?:に所属する|に所属している|所属の|に在籍する|にいる|の)(?=.)")
    if found:
        clauses["institution"] = re.sub(r"^.*[、。〓で]", "", found.group(1))


def _field_ja(reader: _Reader, clauses: dict[str, Any]) -> None:
    patterns = (
        rf"([^、。〓]{{1,60}}?){_AREA}(?:を(?:専門(?:と(?:する|している)|に(?:する|している))|研究(?:する|している)|扱う)|に(?:詳しい|関する|強い))(?:{_PERSON_JA})?",
        rf"([^、。〓]{{1,60}}?){_AREA}の(?:{_PERSON_JA})(?:のうち|の中で|で|であって)?",
        r"([^、。〓\s]{1,40}?)(?:研究者|専門家)(?:のうち|の中で|で)?",
    )
    for pattern in patterns:
        if found := reader.take(pattern):
            label = re.sub(r"^(?:の|に|は|で|と)+|(?:分野|領域)$", "", found.group(1).strip("、 ")).strip()
            if label and label not in ("日本", "他", "ほか", "全て", "すべて"):
                clauses["field"] = label
            return


def _left_over(rest: str) -> list[str]:
    """Words that no rule has read, without particles and closing words."""
    parts = re.split(r"[〓、。?？!！\s]+", rest)
    noise = rf"^(?:の|を|は|が|に|で|と|も|や|すでに|既に|いる|ある|した|している|{_PERSON_JA})*$"
    return [p for p in parts if p and not re.match(noise, p)]


# --- English -------------------------------------------------------------------------------------------------

_PERSON_EN = r"(?:researchers?|scientists?|scholars?|experts?|people|professors?|academics?|specialists?)"
_JOINT_EN = (
    r"(?:work(?:ed|s|ing)?|collaborat(?:e|ed|es|ing)|publish(?:ed|es|ing)?|co-?author(?:ed|s)?|written|joint (?:work|projects?|papers?))"
    r"(?: (?:together|jointly|papers?|projects?|research|on \w+))*"
)


def _english(plain: str, question: Question) -> None:
    reader = _Reader(plain.rstrip("?.! "))
    clauses: dict[str, Any] = {}
    worked: dict[str, Any] = {}
    denied = _denied(
        reader,
        rf"\b(?:who |that )?(?:have|has|had|did|do|does)? ?(?:not|never|n['’]t|without) (?:yet |ever )?{_JOINT_EN} with [^,]+",
    )
    said = reader.take(
        rf"(?:who |that )?(?:have |has |had |are |is )?(?:already |ever |previously )?{_JOINT_EN} with (?P<who>.+?)"
        r"(?=,| (?:since|after|before|until|from|in \d{4}|between|at least)\b|$)",
        re.I,
    )
    if said:
        _partner_en(said.group("who"), worked)
        if re.search(r"project|grant", said.group(0), re.I):
            worked["kinds"] = ("project",)
        elif re.search(r"paper|publish|author|written", said.group(0), re.I):
            worked["kinds"] = ("work",)
    target, after, before = (worked, "after", "before") if said else (clauses, "since", "until")
    if found := reader.take(r"(?:between|from) (?:FY ?)?(\d{4}) (?:and|to|until|through) (?:FY ?)?(\d{4})", re.I):
        target[after], target[before] = int(found.group(1)), int(found.group(2))
    if found := reader.take(r"(?:since|from|after) (?:fiscal (?:year )?|FY ?)?(\d{4})", re.I):
        target[after] = int(found.group(1)) + (1 if found.group(0).lower().startswith("after") else 0)
    if found := reader.take(r"(?:until|up to|before|to) (?:fiscal (?:year )?|FY ?)?(\d{4})", re.I):
        target[before] = int(found.group(1)) - (1 if found.group(0).lower().startswith("before") else 0)
    if re.search(r"fiscal|FY ?\d", plain, re.I) and (after in target or before in target):
        target["years"] = "fiscal"
    if said and (found := reader.take(r"at least (\d+)(?: joint)?(?: (?:papers?|projects?|works?|times))?", re.I)):
        worked["at_least"] = int(found.group(1))
    if reader.take(r"\b(?:as )?(?:principal investigators?|PIs?)\b", re.I):
        clauses["role"] = "principal_investigator"
    if found := reader.take(r"(?:except|excluding|not) (?:co-?authors|collaborators) of ([^,]+)", re.I):
        clauses["exclude_coauthors_of"] = found.group(1).strip()
    _field_en(reader, clauses)
    if said:
        clauses["worked_with"] = WorkedWith(**worked)
    if clauses:
        question.people = PeopleQuery(**clauses)
        left = re.sub(
            r"\b(?:which|who|what|find|show|list|me|all|the|are|is|of|and|how many|have|has|been|please|active|there)\b",
            "",
            reader.rest,
            flags=re.I,
        )
        words = [p for p in re.split(r"[〓,\s]+", left) if len(p) > 1 and not re.fullmatch(_PERSON_EN, p, re.I)]
        question.unread = [*denied, *words]


def _partner_en(who: str, worked: dict[str, Any]) -> None:
    who = re.sub(r"^(?:the |an? |other )+", "", who.strip(), flags=re.I)
    if found := re.match(rf"(?:{_PERSON_EN} )?(?:at|from) (.+)$", who, re.I):
        worked["institution"] = found.group(1).strip()
    elif found := re.match(rf"{_PERSON_EN} (?:in|of|on) (?:the field of )?(.+)$", who, re.I):
        worked["field"] = found.group(1).strip()
    elif found := re.match(rf"(.+?) {_PERSON_EN}(?: (?:at|from) (.+))?$", who, re.I):
        worked["field"] = found.group(1).strip()
        if found.group(2):
            worked["institution"] = found.group(2).strip()
    elif re.fullmatch(_PERSON_EN, who, re.I):
        return
    else:
        worked["person"] = who


def _field_en(reader: _Reader, clauses: dict[str, Any]) -> None:
    place = reader.take(
        r"\b(?:at|from|of) ((?:the )?(?:University of [A-Z][\w ]+|[A-Z][\w&. -]*? (?:University|Institute[\w ]*|Center|Agency)|[\u3040-\u9fff]{2,40}))\b"
    )
    if place:
        clauses["institution"] = re.sub(r"^the ", "", place.group(1), flags=re.I).strip()
    lead = r"(?:(?:which|what|who are|who is|find|show|list|all|the|me|how many|are there) ){0,6}"
    patterns = (  # counts are limited: without, hostile sentences took time with the cube of their length
        rf"{lead}(?:{_PERSON_EN}|〓) (?:in|of|on|(?:who )?work(?:ing|s)? (?:on|in)|studying|who study) (?:the field of )?([^,〓]+)",
        rf"{lead}(?<![\w&/-])(\w[\w &/-]{{0,{LABEL}}}?) {_PERSON_EN}\b",
    )
    for pattern in patterns:
        if found := reader.take(pattern, re.I):
            label = found.group(1).strip()
            if label and label.lower() not in ("japanese", "all", "other", "which", "the"):
                clauses["field"] = label
            return
