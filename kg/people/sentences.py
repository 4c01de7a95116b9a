"""The typed question in words, so that the asker sees what was understood.

>>> sentences(PeopleQuery(field="防災", worked_with=WorkedWith(field="情報")))[0]
'分野が「防災」で、「情報」分野の研究者との共同の業績・研究課題が1件以上ある人'
"""

from __future__ import annotations

from collections.abc import Iterable

from kg.graph.port import ALL_BASES, Basis, YearKind
from kg.messages import label
from kg.people.query import PeopleQuery, WorkedWith


def sentences(query: PeopleQuery) -> tuple[str, str]:
    """The query in plain Japanese and English, so that the asker sees what was understood.

    >>> sentences(PeopleQuery(field="防災", worked_with=WorkedWith(field="情報")))[0]
    '分野が「防災」で、「情報」分野の研究者との共同の業績・研究課題が1件以上ある人'
    """
    return _sentence_ja(query), _sentence_en(query)


def _sentence_ja(q: PeopleQuery) -> str:
    clauses = list(_clauses_ja(q))
    linked = [linking for linking, _ in clauses[:-1]] + [ending for _, ending in clauses[-1:]]
    when = f"（{q.as_of}の時点）" if q.as_of else ""
    return ("、".join(linked) or "すべての") + "人" + when


def _clauses_ja(q: PeopleQuery) -> Iterable[tuple[str, str]]:
    """Each clause twice: as it leads on to the next («…で»), and as it ends before 「人」."""
    if q.field:
        yield f"分野が「{q.field}」{_bases_ja(q.bases)}で", f"分野が「{q.field}」{_bases_ja(q.bases)}の"
    if q.topic:
        yield f"研究キーワードが「{q.topic}」で", f"研究キーワードが「{q.topic}」の"
    if q.institution:
        yield f"所属が「{q.institution}」で", f"所属が「{q.institution}」の"
    span = _span_ja(q.since, q.until, q.years)
    if q.role:
        role = "研究課題に" + label("role", q.role, "ja") + "として加わったことが"
        yield f"{span}{role}あり", f"{span}{role}ある"
    elif span:
        yield f"{span}活動が見られ", f"{span}活動が見られる"
    if q.worked_with:
        yield _worked_ja(q.worked_with) + "あり", _worked_ja(q.worked_with) + "ある"
    if who := q.exclude_coauthors_of:
        yield f"「{who}」本人でもその共同研究者でもなく", f"「{who}」本人でもその共同研究者でもない"
    if q.among is not None:
        yield f"指定の{len(q.among)}人に含まれ", f"指定の{len(q.among)}人に含まれる"


def _bases_ja(bases: tuple[Basis, ...]) -> str:
    if set(bases) == set(ALL_BASES):
        return ""
    return "（根拠は" + "・".join(label("basis", b, "ja") for b in bases) + "に限る）"


def _span_ja(first: int | None, last: int | None, years: YearKind) -> str:
    unit = "年度" if years == "fiscal" else "年"
    if first and last:
        return f"{first}{unit}に" if first == last else f"{first}{unit}から{last}{unit}までに"
    return f"{first}{unit}以降に" if first else f"{last}{unit}以前に" if last else ""


_KINDS_JA: dict[tuple[str, ...], str] = {("work",): "共同の業績", ("project",): "共同の研究課題"}
_KINDS_EN: dict[tuple[str, ...], tuple[str, str]] = {
    ("work",): ("joint work", "joint works"),
    ("project",): ("joint project", "joint projects"),
}


def _worked_ja(w: WorkedWith) -> str:
    if w.person:
        who = f"「{w.person}」"
    else:
        who = f"「{w.institution}」の" * bool(w.institution) + f"「{w.field}」分野の" * bool(w.field) + "研究者"
        who = who if w.institution or w.field else "ほかの研究者"
    span = _span_ja(w.after, w.before, w.years)
    what = _KINDS_JA.get(w.kinds, "共同の業績・研究課題")
    return f"{who}{_bases_ja(w.bases)}との{span[:-1] + 'の' if span else ''}{what}が{w.at_least}件以上"


def _sentence_en(q: PeopleQuery) -> str:
    clauses = list(_clauses_en(q))
    return "People " + ", ".join(clauses) if clauses else "Everybody"


def _clauses_en(q: PeopleQuery) -> Iterable[str]:
    if q.field:
        yield f"whose field is “{q.field}”{_bases_en(q.bases)}"
    if q.topic:
        yield f"whose interest is “{q.topic}”"
    if q.institution:
        yield f"at “{q.institution}”"
    span = _span_en(q.since, q.until, q.years)
    if q.role:
        yield f"who were in a project as {label('role', q.role, 'en')}{span}"
    elif span:
        yield f"active{span}"
    if q.worked_with:
        yield "with " + _worked_en(q.worked_with)
    if q.exclude_coauthors_of:
        yield f"other than “{q.exclude_coauthors_of}” and collaborators"
    if q.among is not None:
        yield f"among {len(q.among)} given people"
    if q.as_of:
        yield f"as of {q.as_of}"


def _bases_en(bases: tuple[Basis, ...]) -> str:
    if set(bases) == set(ALL_BASES):
        return ""
    return " (evidence: " + ", ".join(label("basis", b, "en") for b in bases) + " only)"


def _span_en(first: int | None, last: int | None, years: YearKind) -> str:
    unit = "fiscal year " if years == "fiscal" else ""
    if first and last:
        return f" in {unit}{first}" if first == last else f" from {unit}{first} to {last}"
    return f" since {unit}{first}" if first else f" until {unit}{last}" if last else ""


def _worked_en(w: WorkedWith) -> str:
    if w.person:
        who = f"“{w.person}”"
    else:
        who = "researchers" if w.institution or w.field else "other researchers"
        who += f" in “{w.field}”" * bool(w.field) + _bases_en(w.bases) + f" at “{w.institution}”" * bool(w.institution)
    one, many = _KINDS_EN.get(w.kinds, ("joint work or project", "joint works or projects"))
    what = one if w.at_least == 1 else many
    return f"at least {w.at_least} {what} with {who}{_span_en(w.after, w.before, w.years)}"
