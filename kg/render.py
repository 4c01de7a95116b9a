"""Answers as text for a terminal and as flat tables for spreadsheets. Pure: data in, text or rows out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from kg.ask import Answer, Card
from kg.people import PeopleAnswer, PersonHit, Proof

CLAUSES_JA = {
    "field": "分野",
    "topic": "キーワード",
    "worked_with": "共同研究",
    "institution": "所属",
    "role": "役割",
    "is": "本人の記録",
}
BASES_JA = {
    "researchmap_area": "researchmapの研究分野",
    "interest": "研究キーワード",
    "principal_investigator": "研究代表者",
    "member": "研究課題への参加",
    "work": "分野の課題から出た業績",
}


def people_rows(answer: PeopleAnswer) -> list[dict[str, Any]]:
    """One row a proof, person columns repeated: what CSV, XLSX and Parquet hold."""
    rows = []
    for p in answer.people:
        base = {
            "id": p.id,
            "name": p.name,
            "name_kana": p.name_kana,
            "name_en": p.name_en,
            "organization": p.affiliation.organization if p.affiliation else None,
            "department": p.affiliation.department if p.affiliation else None,
            "title": p.affiliation.title if p.affiliation else None,
            "last_year": p.last_year,
            "erad": "; ".join(p.identifiers.get("erad", [])) or None,
            "orcid": "; ".join(p.identifiers.get("orcid", [])) or None,
            "joint_works": p.joint_works,
            "joint_projects": p.joint_projects,
        }
        rows += [base | _proof_columns(x) for x in p.proofs] or [base | _proof_columns(None)]
    return rows


def _proof_columns(x: Proof | None) -> dict[str, Any]:
    return {
        "clause": x.clause if x else None,
        "basis": x.basis if x else None,
        "field": x.field.label if x and x.field else None,
        "partner": x.partner.name if x and x.partner else None,
        "partner_id": x.partner.id if x and x.partner else None,
        "via": x.via.title if x and x.via else None,
        "via_id": x.via.id if x and x.via else None,
        "via_kind": x.via.kind if x and x.via else None,
        "year": x.via.year if x and x.via else None,
        "records": " ".join(r.url or r.id for r in x.records) if x else None,
    }


def about_rows(answer: PeopleAnswer, question: str) -> list[tuple[str, str]]:
    """First sheet of a workbook: question, release, coverage and limits."""
    rows = [
        ("質問", question),
        ("解釈", answer.understood.sentence_ja),
        ("リリース", answer.release),
        ("該当者数", str(answer.total)),
        ("この表の人数", str(len(answer.people))),
        ("照会番号", answer.receipt),
    ]
    rows += [("分からないこと", x) for x in answer.cannot_know]
    return rows + [("データの範囲", f"{k}: {v}") for k, v in answer.coverage.items()]


def text(answer: PeopleAnswer, *, proofs: int = 3) -> Iterator[str]:
    """Lines for a terminal."""
    yield f"解釈：{answer.understood.sentence_ja}"
    for label, roots in answer.understood.fields.items():
        yield (
            f"　「{label}」＝ "
            + "、".join(f"{r['label']} ({r['id']})" for r in roots[:6])
            + (" ほか" if len(roots) > 6 else "")
        )
    for a in answer.ambiguous:
        yield f"「{a.label}」は次の{len(a.candidates)}人のいずれかです："
        yield from (f"　{c.id}  {c.name}  {c.affiliation or ''}  {_ids(c.identifiers)}" for c in a.candidates)
    if isinstance(answer, Answer) and answer.entities:
        for c in answer.entities:
            yield from card_text(c)
    elif answer.understood.kind == "people":
        yield f"該当：{answer.total:,}人" + (
            f"（うち{len(answer.people):,}人を表示）" if len(answer.people) < answer.total else ""
        )
        for n, p in enumerate(answer.people, 1):
            yield from _person(n, p, proofs)
    if answer.near_miss_totals:
        yield ""
        yield "近い候補（条件を一つだけ満たさない人）：" + "、".join(
            f"{v:,}人 {k}" for k, v in answer.near_miss_totals.items()
        )
        for m in answer.near_misses[:5]:
            yield f"　{m.name}（{m.affiliation or '所属不明'}）… {m.explanation}"
    if answer.message:
        yield answer.message
    yield ""
    yield from (f"※ {x}" for x in answer.cannot_know)
    yield f"リリース {answer.release} · 照会番号 {answer.receipt}"


def _person(n: int, p: PersonHit, most: int) -> Iterator[str]:
    place = p.affiliation
    where = " ".join(filter(None, [place.organization, place.department, place.title])) if place else "所属不明"
    yield ""
    yield f"{n:>3}. {p.name}（{where}）  {p.id}  {_ids(p.identifiers)}"
    shown: dict[str, int] = {}
    for x in p.proofs:
        shown[x.clause] = shown.get(x.clause, 0) + 1
        if shown[x.clause] <= most:
            yield f"     {proof_line(x)}"
    hidden = p.proofs_total - sum(min(v, most) for v in shown.values())
    if hidden > 0:
        yield f"     ほか {hidden} 件の根拠（--json で全件）"


def proof_line(x: Proof) -> str:
    """One proof in one line: clause, what it rests on, where to open it."""
    parts = [CLAUSES_JA.get(x.clause, x.clause) + "："]
    if x.field:
        parts.append(f"{x.field.label}（{BASES_JA.get(x.basis or '', x.basis or '')}）")
    if x.partner:
        parts.append(f"{x.partner.name}（{x.partner.affiliation or '所属不明'}）と")
    if x.via:
        parts.append(f"「{x.via.title or x.via.id}」" + (f" {x.via.year}" if x.via.year else ""))
    if x.records:
        parts.append(f"<{x.records[0].url or x.records[0].id}>")
    return " ".join(parts)


def _ids(ids: dict[str, list[str]]) -> str:
    return " ".join(f"{k}:{ids[k][0]}" for k in ("erad", "orcid", "researchmap") if k in ids)


def card_text(c: Card) -> Iterator[str]:
    """An entity for a terminal."""
    yield ""
    yield f"■ {c.title or c.id}  [{c.kind}] {c.id}  {_ids(c.identifiers)}"
    for key in (
        "award_number",
        "category_ja",
        "year",
        "start_fiscal_year",
        "end_fiscal_year",
        "fields",
        "works",
        "projects",
    ):
        if c.facts.get(key) not in (None, [], ""):
            yield f"  {key}: {c.facts[key]}"
    for a in c.affiliations[:10]:
        span = f"{a['first_seen'] or '?'} – {a['asserted_end'] or a['last_seen'] or '?'}"
        where = " ".join(filter(None, [a["organization_ja"] or a["organization_en"], a["department"], a["title"]]))
        yield f"  所属 {span}  {where}" + ("（現在）" if a["current"] else "")
    for m in c.members[:20]:
        yield f"  {m['role']}  {m.get('name_ja') or m.get('name_as_written') or m.get('name_en')}  {m.get('person') or '（名前のみ）'}"
    for p in c.projects[:20]:
        url = p["records"][0]["url"] if p["records"] else ""
        yield f"  課題 {p.get('start_fiscal_year', '')}  {p.get('title_ja') or p.get('title_en')}（{p['role']}） <{url}>"
    for w in c.works[:10]:
        url = w["records"][0]["url"] if w["records"] else ""
        yield f"  業績 {w.get('year', '')}  {w.get('title_ja') or w.get('title_en') or w.get('title_other')} <{url}>"
    yield from (f"  記録 {r.id} <{r.url}>" for r in c.records[:5])
