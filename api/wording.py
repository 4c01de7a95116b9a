"""The words of the pages that are no part of an answer, in Japanese and English, and which of the two a reader wants."""

from __future__ import annotations

from kg.messages import LANGS, Lang

WORDS: dict[str, tuple[str, str]] = {
    "brand": ("学術知識グラフ", "Scholarly knowledge graph"),
    "claim": (
        "日本の研究者・研究課題・業績を、根拠の記録とともに答えます。",
        "Japan's researchers, projects and works, each answer with the records that prove it.",
    ),
    "skip": ("本文へ移動", "Skip to content"),
    "language": ("言語", "Language"),
    "ask_label": ("研究者・研究課題・業績についての質問", "A question about researchers, projects or works"),
    "ask_hint": (
        "文で尋ねるか、氏名・研究課題番号・DOIを入れてください。",
        "Ask in a sentence, or give a name, an award number or a DOI.",
    ),
    "ask_button": ("調べる", "Ask"),
    "examples": ("質問の例", "Examples"),
    "covered": ("収録している記録", "What is covered"),
    "people": ("研究者", "people"),
    "works": ("業績", "works"),
    "projects": ("研究課題", "projects"),
    "counted_people": ("{n:,}人", "{n:,}"),
    "counted_things": ("{n:,}件", "{n:,}"),
    "answer_to": ("質問：{q}", "Question: {q}"),
    "understood": ("このように解釈しました", "Understood as"),
    "typed": ("型付きの問い（APIに送れる形）", "The typed question (as the API takes it)"),
    "matching": ("該当する人：{n:,}人", "People who match: {n:,}"),
    "found": ("見つかったもの：{n:,}件", "Found: {n:,}"),
    "evidence": ("根拠", "Evidence"),
    "more_proofs": ("ほか{n:,}件の根拠", "{n:,} more proofs"),
    "next_page": ("次の{n}人", "Next {n} people"),
    "near": ("近い候補（条件を一つだけ満たさない人）", "Near misses (one condition fails)"),
    "near_shown": ("先頭の{n}人を示しています。", "The first {n} are shown."),
    "same_name": ("同一人物かもしれない組", "Perhaps one person"),
    "not_known": ("このデータから分からないこと", "What these data cannot tell"),
    "candidates": ("「{label}」は{n}人います", "“{label}” may be any of {n} people"),
    "receipt": ("照会番号", "Receipt"),
    "release": ("リリース", "Release"),
    "footer": (
        "回答はすべて公開された記録に基づきます。名前だけの記載は、誰のものか確かめられないため数えていません。",
        "Every answer rests on public records. Mentions by name only are not counted, since whose they are cannot be checked.",
    ),
    "api": ("APIの説明", "API"),
    "basics": ("基本の情報", "Basics"),
    "affiliations": ("所属の記録", "Affiliations"),
    "members": ("参加者", "Members"),
    "authors": ("著者・発表者など", "Contributors"),
    "costs": ("年度ごとの配分額", "Costs by fiscal year"),
    "fiscal_year": ("年度", "Fiscal year"),
    "direct": ("直接経費", "Direct"),
    "indirect": ("間接経費", "Indirect"),
    "total": ("合計", "Total"),
    "planned": ("予定", "planned"),
    "some_works": ("{n:,}件のうち新しい{shown}件", "the newest {shown} of {n:,}"),
    "coauthors": ("共同研究者", "Collaborators"),
    "coauthors_shown": ("多い順に{n}人まで", "at most {n}, most joint items first"),
    "name": ("名前", "Name"),
    "years": ("期間", "Years"),
    "records": ("出典の記録", "Source records"),
    "record": ("記録", "record"),
    "as_of": ("{date}時点", "as of {date}"),
    "known_adopted": ("採択された研究課題（開始年度別）", "Adopted projects by first fiscal year"),
    "count": ("件数", "Number"),
    "ask_about_place": ("この機関に所属する研究者を調べる", "Find researchers at this institution"),
    "ask_about_field": ("この分野の研究者を調べる", "Find researchers in this field"),
    "place_question": ("{name}に所属する研究者", "researchers at {name}"),
    "field_question": ("{name}の研究者", "{name} researchers"),
    "missing": ("見つかりません", "Not found"),
    "missing_text": ("{id} は、このリリースにありません。", "{id} is not in this release."),
    "gone": ("取り除かれました", "Removed"),
    "gone_text": ("{id} は、今は使われていません。", "{id} is no longer used."),
    "to_start": ("質問からお探しください", "Ask a question instead"),
    "error": ("お答えできませんでした", "No answer"),
    "error_404": ("このページはありません。", "There is no such page."),
    "error_405": ("この方法では開けません。", "This page cannot be opened in that way."),
    "error_422": ("この内容では調べられません。", "This cannot be answered as it is."),
    "error_503": (
        "いまは答えられるリリースがありません。しばらくしてからもう一度開いてください。",
        "No release is ready to answer. Please open this page again later.",
    ),
    "next_step": ("次にできること", "Next step"),
    "docs_intro": (
        "ここにある呼び出しはすべて読み取りだけです。機械可読な説明（OpenAPI 3.1）：",
        "All calls only read. The same for machines (OpenAPI 3.1):",
    ),
    "docs_errors": (
        "誤りはRFC 9457の問題文書（application/problem+json）で返ります。",
        "Errors are RFC 9457 problem documents (application/problem+json).",
    ),
    "parameters": ("引数", "Parameters"),
    "meaning": ("意味", "Meaning"),
    "body": ("本文", "Body"),
    "statuses": ("応答", "Responses"),
}

EXAMPLES: dict[Lang, tuple[str, ...]] = {
    "ja": (
        "防災の研究者で、すでに情報分野の研究者と共同研究を行っている人を教えてください",
        "日本文学の研究者で、情報学の研究者と共同の研究課題がある人",
        "防災の研究者で、2020年以降に情報分野の研究者と2件以上共同研究をしている人",
        "情報検索を研究している研究者",
        "防災の採択率は？",
    ),
    "en": (
        "Which disaster prevention researchers have worked with informatics researchers?",
        "disaster prevention researchers who have worked with informatics researchers since 2020",
        "informatics researchers",
        "What is the success rate of disaster prevention?",
    ),
}


def preferred(accept_language: str) -> Lang:
    """The language of a reader by the Accept-Language header: the weightier of the two, Japanese where it tells nothing.

    >>> preferred("en-GB,en;q=0.9,ja;q=0.5"), preferred("fr"), preferred("ja,en;q=0.9")
    ('en', 'ja', 'ja')
    """
    weights: dict[Lang, float] = dict.fromkeys(LANGS, 0.0)
    for part in accept_language[:500].split(","):
        tag, _, weight = part.strip().partition(";q=")
        for lang in LANGS:
            if tag.split("-")[0].lower() == lang:
                weights[lang] = max(weights[lang], _number(weight))
    return "en" if weights["en"] > weights["ja"] else "ja"


def _number(weight: str) -> float:
    try:
        return float(weight) if weight else 1.0
    except ValueError:
        return 0.0
