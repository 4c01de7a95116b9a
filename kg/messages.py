"""In which words does an answer speak? Every sentence and label for people, once, in Japanese and in English.

    >>> say("no_match", "en")
    'Nobody matches. Loosen a condition, or look at the near misses.'
    >>> label("reason", "single_role", "ja")
    '本人の分野の根拠が1件だけ'

Values are put into a sentence by name (`{n:,}`), never by joining pieces, so that each language keeps its own order of
words. Pure: no release, no storage.
"""

from __future__ import annotations

import re
from typing import Any, Literal, get_args

Lang = Literal["ja", "en"]
LANGS: tuple[Lang, ...] = get_args(Lang)

SENTENCES: dict[str, tuple[str, str]] = {
    # what the data cannot tell
    "names_only": (
        "著者のうち延べ{n:,}件（{share:.0%}）は識別子のない名前だけの記載で、誰の業績かを確かめられず、数えていません。",
        "Authorships by a name without any identifier: {n:,} ({share:.0%}). Whose they are cannot be checked, so they are not counted.",
    ),
    "members_by_name_only": (
        "研究課題の参加者のうち延べ{n:,}件は識別子がなく、数えていません。",
        "Project memberships without an identifier, not counted: {n:,}.",
    ),
    "projects_without_field": (
        "分野の記載がない研究課題が{n:,}件あります。",
        "Projects that state no field of research: {n:,}.",
    ),
    "identity_conflicts": (
        "識別子と氏名が食い違うなどの理由で結び付けを保留した記載が{n:,}件あります。",
        "Mentions left unlinked, for instance because identifier and name disagree: {n:,}.",
    ),
    "not_in_sources": (
        "公開されていない共同研究、応募のみの課題（採択率など）は、元のデータにありません。",
        "Unpublished collaboration and applications that were not adopted (success rates) are in none of the sources.",
    ),
    "same_name": (
        "この回答には、同じ名前で同じ機関にいた人の組が{n:,}組あります。同一人物かどうかは、識別子だけでは決められません。",
        "Groups of people in this answer who share a name and an institution: {n:,}. Whether each is one person, identifiers alone cannot decide.",
    ),
    # messages
    "no_match": (
        "該当する人は見つかりませんでした。条件をゆるめるか、近い候補をご覧ください。",
        "Nobody matches. Loosen a condition, or look at the near misses.",
    ),
    "ambiguous": (
        "「{label}」に当たる人が{n}人います。idを指定してください。",
        "“{label}” may be any of {n} people. Name one by its id.",
    ),
    "namesakes": (
        "「{label}」という名の人が{n}人います。合算はしません。所属と識別子で見分けてください。",
        "{n} people are called “{label}”. They are not added up; affiliation and identifiers tell them apart.",
    ),
    "more_namesakes": ("先頭の{shown}人を示しています。", "The first {shown} are shown."),
    "unresolved": (
        "{labels}に当たる分野・機関・人がこのリリースにありません。別の言い方か識別子でお試しください。",
        "This release has no field, institution or person called {labels}. Try other words or an identifier.",
    ),
    "unread": ("読み取れなかった語：{labels}。", "Words that were not understood: {labels}."),
    "unusable": (
        "質問の中の{labels}は、条件として使えない値です。年は1500〜2200、件数は1〜10,000でお尋ねください。",
        "{labels} in the question cannot be used as a condition. Years run from 1500 to 2200, numbers from 1 to 10,000.",
    ),
    "not_found": (
        "「{label}」に当たる人・課題・業績・分野は見つかりませんでした。{hint}例：「{example}」",
        "No person, project, work or field called “{label}” was found. {hint}Example: “{example}”",
    ),
    "similar_fields": ("近い分野名：{labels}。", "Fields with a similar name: {labels}. "),
    "example": (
        "防災の研究者で、情報分野の研究者と共同研究を行っている人",
        "disaster prevention researchers who have worked with informatics researchers",
    ),
    "empty_question": (
        "質問に文字がありません。例：「{example}」",
        "The question holds no words. Example: “{example}”",
    ),
    "by_search": (
        "名前や番号がぴったり一致するものはありません。題名などの言葉が近いものを示しています。",
        "Nothing bears exactly this name or number; shown is what comes near in words.",
    ),
    # what was understood, where no question about people was
    "look_up": ("「{label}」を調べる", "Look up “{label}”"),
    "success_rate": ("採択率", "success rate"),
    "success_rate_of": ("「{label}」の採択率", "success rate of “{label}”"),
    "success_rate_why": (
        "応募の記録は公開データに含まれないため、採択率は計算できません（採択された課題だけが分かります）。",
        "Applications are in no public source, so a success rate cannot be computed; only adopted projects are known.",
    ),
    "success_rate_message": (
        "採択率はこのデータからは分かりません。分かるのは採択された課題の数です。",
        "These data cannot tell a success rate. What they tell is the number of adopted projects.",
    ),
    # terminal
    "understood": ("解釈：{sentence}", "Understood: {sentence}"),
    "resolved": ("　「{label}」＝ {roots}", "  “{label}” = {roots}"),
    "one_of": ("「{label}」は次の{n}人のいずれかです：", "“{label}” is one of these {n} people:"),
    "total": ("該当：{n:,}人", "Matching: {n:,}"),
    "total_shown": ("該当：{n:,}人（うち{shown:,}人を表示）", "Matching: {n:,} ({shown:,} shown)"),
    "near": ("近い候補（条件を一つだけ満たさない人）：{totals}", "Near misses (one condition fails): {totals}"),
    "near_total": ("{reason} {n:,}人", "{n:,} {reason}"),
    "near_one": ("　{name}（{place}）… {why}", "  {name} ({place}) … {why}"),
    "more_proofs": ("ほか{n:,}件の根拠（--jsonで全件）", "{n:,} more proofs (all with --json)"),
    "note": ("※ {text}", "* {text}"),
    "footer": ("リリース {release} · 照会番号 {receipt}", "release {release} · receipt {receipt}"),
    "place_unknown": ("所属不明", "affiliation unknown"),
    "name_only": ("名前のみ", "name only"),
    "now": ("現在", "current"),
    "with_partner": ("{name}（{place}）と", "{name} ({place}):"),
    "yen": ("{n:,}円", "{n:,} yen"),
    "quoted": ("「{text}」", "“{text}”"),
    "in_brackets": ("{text}（{note}）", "{text} ({note})"),
}

_LABELS: dict[str, dict[str, tuple[str, str]]] = {
    "clause": {
        "field": ("分野", "field"),
        "topic": ("研究キーワード", "interest"),
        "worked_with": ("共同研究", "worked with"),
        "institution": ("所属", "institution"),
        "role": ("役割", "role"),
        "period": ("時期", "period"),
        "joint": ("共同研究", "worked with"),
        "is": ("本人の記録", "own record"),
    },
    "basis": {
        "researchmap_area": ("researchmapの研究分野", "researchmap research area"),
        "interest": ("研究キーワード", "research interest"),
        "principal_investigator": ("研究代表者", "principal investigator"),
        "member": ("研究課題への参加", "member of a project"),
        "work": ("分野の課題から出た業績", "work from a project of the field"),
        "project_section": ("研究課題の審査区分", "review section of the project"),
        "members_or_works": ("研究課題への参加や業績", "project roles or works"),
    },
    "role": {
        "principal_investigator": ("研究代表者", "principal investigator"),
        "co_investigator": ("研究分担者", "co-investigator"),
        "collaborator": ("連携研究者・研究協力者", "collaborator"),
        "research_fellow": ("特別研究員", "research fellow"),
        "member": ("参加者", "member"),
        "other": ("その他の参加者", "other participant"),
        "author": ("著者", "author"),
        "presenter": ("発表者", "presenter"),
        "inventor": ("発明者", "inventor"),
        "editor": ("編者", "editor"),
        "translator": ("訳者", "translator"),
        "owner": ("記録の本人", "owner of the record"),
        "contributor": ("協力者", "contributor"),
        "supervisor": ("指導教員", "supervisor"),
    },
    "kind": {
        "person": ("研究者", "person"),
        "work": ("業績", "work"),
        "project": ("研究課題", "project"),
        "organization": ("機関", "organisation"),
        "venue": ("掲載誌", "venue"),
        "topic": ("キーワード", "topic"),
        "field": ("分野", "field"),
        "unknown": ("不明", "unknown"),
    },
    "reason": {  # short, beside a number of people
        "single_role": ("本人の分野の根拠が1件だけ", "with a single role or work in the field"),
        "partner_field_only_joint": (
            "相手の分野の根拠がその共同研究だけ",
            "whose partner's field rests on the joint items",
        ),
        "partner_single_role": ("相手の分野の根拠が1件だけ", "whose partner has a single role or work in the field"),
        "outside_years": ("共同研究が指定の期間の外", "with joint items outside the years"),
        "other_kind": ("共同研究が指定の種類でない", "with joint items of another kind"),
        "too_few_joint": ("共同研究の件数が足りない", "with too few joint items"),
        "only_large_group": ("100人を超える集まりの中だけで一緒", "together only in groups of more than 100"),
    },
    "explanation": {  # the same, as a sentence about one person
        "single_role": (
            "本人の分野の根拠が分担・著作1件のみ（2件以上が必要）",
            "own field rests on a single role or work; two are needed",
        ),
        "partner_field_only_joint": (
            "相手の分野の根拠が、その共同研究自体のほかにない",
            "the partner's field rests only on the joint items themselves",
        ),
        "partner_single_role": (
            "相手の分野の根拠が分担・著作1件のみ（2件以上が必要）",
            "the partner's field rests on a single role or work; two are needed",
        ),
        "outside_years": ("共同研究はあるが、指定の期間の外", "joint items exist, but outside the years asked for"),
        "other_kind": (
            "共同研究はあるが、指定の種類（業績・研究課題）ではない",
            "joint items exist, but not of the kind asked for",
        ),
        "too_few_joint": ("共同研究はあるが、指定の件数に足りない", "joint items exist, but fewer than asked for"),
        "only_large_group": (
            "100人を超える業績・研究課題の中でのみ一緒",
            "together only in works or projects of more than 100 people",
        ),
    },
    "scheme": {
        "erad": ("e-Rad研究者番号", "e-Rad number"),
        "nrid": ("NRID", "NRID"),
        "orcid": ("ORCID", "ORCID"),
        "researchmap": ("researchmap", "researchmap"),
        "rm_user": ("researchmap（利用者番号）", "researchmap user"),
        "doi": ("DOI", "DOI"),
        "crid": ("CRID", "CRID"),
        "naid": ("NAID", "NAID"),
        "award": ("研究課題番号", "award number"),
        "ror": ("ROR", "ROR"),
        "nii": ("NII機関コード", "NII code"),
        "issn": ("ISSN", "ISSN"),
        "isbn": ("ISBN", "ISBN"),
        "kaken": ("KAKEN", "KAKEN"),
        "jgn": ("体系的番号", "Japan grant number"),
    },
    "source": {
        "cinii": ("CiNii Research", "CiNii Research"),
        "kaken": ("KAKEN", "KAKEN"),
        "orcid": ("ORCID", "ORCID"),
        "researchmap": ("researchmap", "researchmap"),
    },
    "type": {
        "article": ("論文", "article"),
        "conference_paper": ("会議論文", "conference paper"),
        "review": ("総説・書評", "review"),
        "book": ("図書", "book"),
        "book_chapter": ("図書の章", "book chapter"),
        "dissertation": ("学位論文", "dissertation"),
        "dataset": ("研究データ", "dataset"),
        "presentation": ("発表", "presentation"),
        "report": ("報告書", "report"),
        "patent": ("特許", "patent"),
        "software": ("ソフトウェア", "software"),
        "misc": ("その他の記事", "miscellaneous"),
        "other": ("その他", "other"),
    },
    "status": {
        "project_closed": ("終了", "closed"),
        "completed": ("終了", "closed"),
        "granted": ("交付", "granted"),
        "adopted": ("採択", "adopted"),
        "ceased": ("中断", "ceased"),
        "discontinued": ("廃止", "discontinued"),
        "declined": ("辞退", "declined"),
    },
    "about": {
        "question": ("質問", "Question"),
        "understood": ("解釈", "Understood"),
        "release": ("リリース", "Release"),
        "total": ("該当者数", "People who match"),
        "shown": ("この表の人数", "People in this table"),
        "receipt": ("照会番号", "Receipt"),
        "cannot_know": ("分からないこと", "What the data cannot tell"),
        "coverage": ("データの範囲", "Coverage"),
    },
    "flag": {"True": ("はい", "yes"), "False": ("いいえ", "no")},
    "fact": {
        "name_ja": ("名称", "Name in Japanese"),
        "name_kana": ("よみ", "Reading"),
        "name_en": ("英語名", "Name in English"),
        "title_ja": ("題名", "Title in Japanese"),
        "title_en": ("英語の題名", "Title in English"),
        "title_other": ("ほかの言語の題名", "Title in another language"),
        "title_kana": ("題名のよみ", "Reading of the title"),
        "label_ja": ("名称", "Label in Japanese"),
        "label_en": ("英語名", "Label in English"),
        "kind": ("種別", "Kind"),
        "type": ("種別", "Type"),
        "source_type": ("元の記録での種別", "Type in the source"),
        "year": ("年", "Year"),
        "date": ("日付", "Date"),
        "language": ("言語", "Language"),
        "publisher": ("出版者", "Publisher"),
        "volume": ("巻", "Volume"),
        "issue": ("号", "Issue"),
        "first_page": ("開始ページ", "First page"),
        "last_page": ("終了ページ", "Last page"),
        "page_count": ("ページ数・大きさ", "Extent"),
        "edition": ("版", "Edition"),
        "series": ("シリーズ", "Series"),
        "refereed": ("査読", "Refereed"),
        "invited": ("招待", "Invited"),
        "international": ("国際誌・国際会議", "International journal or conference"),
        "open_access": ("オープンアクセス", "Open access"),
        "rights": ("権利", "Rights"),
        "degree": ("学位", "Degree"),
        "degree_institution": ("学位授与機関", "Awarding institution"),
        "event": ("会議・催し", "Event"),
        "event_place": ("開催地", "Place"),
        "event_start": ("開催開始日", "Event begins"),
        "event_end": ("開催終了日", "Event ends"),
        "country": ("国", "Country"),
        "region": ("地域", "Region"),
        "city": ("市区町村", "City"),
        "major": ("主要な業績", "Main achievement"),
        "international_collaboration": ("国際共同研究", "International collaboration"),
        "award_number": ("研究課題番号", "Award number"),
        "category_ja": ("研究種目", "Category in Japanese"),
        "category_en": ("研究種目（英語）", "Category"),
        "funder_ja": ("助成", "Funder in Japanese"),
        "funder_en": ("助成（英語）", "Funder"),
        "program": ("事業", "Programme"),
        "institution_ja": ("研究機関", "Institution in Japanese"),
        "institution_en": ("研究機関（英語）", "Institution"),
        "status": ("状況", "Status"),
        "start": ("開始日", "Start"),
        "end": ("終了日", "End"),
        "start_fiscal_year": ("開始年度", "First fiscal year"),
        "end_fiscal_year": ("終了年度", "Last fiscal year"),
        "direct_cost": ("直接経費", "Direct cost"),
        "indirect_cost": ("間接経費", "Indirect cost"),
        "total_cost": ("配分額", "Total cost"),
        "currency": ("通貨", "Currency"),
        "scheme": ("分類", "Scheme"),
        "notation": ("記号", "Notation"),
        "level": ("階層", "Level"),
        "works": ("業績の数", "Works"),
        "projects": ("研究課題の数", "Projects"),
        "fields": ("分野", "Fields"),
    },
}

NOT_SHOWN = frozenset({"costs", "profile", "label_en_status", "end_estimated", "source_type", "currency"})
"""Facts of an entity that a reader sees elsewhere or has no use for."""


def say(key: str, lang: Lang, **values: Any) -> str:
    """A sentence with its values."""
    return SENTENCES[key][LANGS.index(lang)].format(**values)


def label(kind: str, value: str | None, lang: Lang) -> str:
    """What a code of the answer (`clause`, `basis`, `role`, `kind`, `reason`, `explanation`, `scheme`, `source`, `fact`)
    is called; a code without a label stands for itself.
    """
    if value is None:
        return ""
    found = _LABELS[kind].get(value)
    return found[LANGS.index(lang)] if found else value


def listed(items: list[str], lang: Lang) -> str:
    """`「a」、「b」` or `“a”, “b”`."""
    return ("、" if lang == "ja" else ", ").join(say("quoted", lang, text=x) for x in items)


def pick(ja: str | None, en: str | None, lang: Lang) -> str | None:
    """The form in this language, else the other."""
    return (ja or en) if lang == "ja" else (en or ja)


def language_of_question(text: str) -> Lang:
    """`ja` where kana or kanji occur, `en` where only Latin words do; a bare number, DOI or address tells nothing: `ja`.

    >>> language_of_question("防災の研究者"), language_of_question("informatics researchers"), language_of_question("19KK0341")
    ('ja', 'en', 'ja')
    """
    if re.search(r"[\u3040-\u30ff\u3400-\u9fff]", text):
        return "ja"
    return "en" if any(re.fullmatch(r"[\W_]*[^\W\d_]{2,}[^\d/]*", word) for word in text.split()) else "ja"
