"""Answers as text for a terminal and as flat tables for spreadsheets. Pure: data in, text or rows out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from kg.ask import Answer, Card
from kg.messages import NOT_SHOWN, Lang, label, pick, say
from kg.people import PeopleAnswer, PersonHit, Proof, RecordRef


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
    """First sheet of a workbook: question, release, coverage and limits, in the language of the answer."""
    lang, understood = answer.lang, answer.understood
    rows = [
        ("question", question),
        ("understood", understood.sentence_ja if lang == "ja" else understood.sentence_en),
        ("release", answer.release),
        ("total", str(answer.total)),
        ("shown", str(len(answer.people))),
        ("receipt", answer.receipt),
        *(("cannot_know", x) for x in answer.cannot_know),
        *(("coverage", f"{k}: {v}") for k, v in answer.coverage.items()),
    ]
    return [(label("about", key, lang), value) for key, value in rows]


def text(answer: PeopleAnswer, *, proofs: int = 3) -> Iterator[str]:
    """Lines for a terminal, in the language of the answer. Control characters of sources are shown as �."""
    yield from (plain(line) for line in _lines(answer, proofs))


def plain(line: str) -> str:
    """One line without control and direction characters, so that source text cannot steer a terminal."""
    return _STEERING.sub("\ufffd", line)


_STEERING = re.compile("[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def _lines(answer: PeopleAnswer, proofs: int) -> Iterator[str]:
    lang, understood = answer.lang, answer.understood
    yield say("understood", lang, sentence=understood.sentence_ja if lang == "ja" else understood.sentence_en)
    for name, roots in understood.fields.items():
        shown = [f"{r['label']} ({r['id']})" for r in roots[:6]] + ["…"] * (len(roots) > 6)
        yield say("resolved", lang, label=name, roots=("、" if lang == "ja" else ", ").join(shown))
    for a in answer.ambiguous:
        yield say("one_of", lang, label=a.label, n=len(a.candidates))
        yield from (f"　{c.id}  {c.name}  {c.affiliation or ''}  {_ids(c.identifiers)}" for c in a.candidates)
    if isinstance(answer, Answer) and answer.entities:
        for card in answer.entities:
            yield from card_text(card, lang)
    elif understood.kind == "people":
        yield from _people(answer, proofs, lang)
    if answer.message and understood.kind != "people":
        yield answer.message
    yield from _near(answer, lang)
    yield ""
    yield from (say("note", lang, text=x) for x in answer.cannot_know)
    yield say("footer", lang, release=answer.release, receipt=answer.receipt)


def _people(answer: PeopleAnswer, proofs: int, lang: Lang) -> Iterator[str]:
    shown = len(answer.people)
    yield say("total_shown" if shown < answer.total else "total", lang, n=answer.total, shown=shown)
    if answer.message:  # above the people: what was not understood must not be found below a long list
        yield answer.message
    for n, p in enumerate(answer.people, 1):
        yield from _person(n, p, proofs, lang)


def _near(answer: PeopleAnswer, lang: Lang) -> Iterator[str]:
    if not answer.near_miss_totals:
        return
    totals = [say("near_total", lang, n=n, reason=label("reason", r, lang)) for r, n in answer.near_miss_totals.items()]
    yield ""
    yield say("near", lang, totals=("、" if lang == "ja" else "; ").join(totals))
    for m in answer.near_misses[:5]:
        place = m.affiliation or say("place_unknown", lang)
        yield say("near_one", lang, name=m.name, place=place, why=m.explanation)


def _person(n: int, p: PersonHit, most: int, lang: Lang) -> Iterator[str]:
    place = p.affiliation
    where = " ".join(filter(None, [place.organization, place.department, place.title])) if place else ""
    name = say("in_brackets", lang, text=p.name, note=where or say("place_unknown", lang))
    yield ""
    yield f"{n:>3}. {name}  {p.id}  {_ids(p.identifiers)}".rstrip()
    shown: dict[str, int] = {}
    for x in p.proofs:
        shown[x.clause] = shown.get(x.clause, 0) + 1
        if shown[x.clause] <= most:
            yield f"     {proof_line(x, lang)}"
    hidden = p.proofs_total - sum(min(v, most) for v in shown.values())
    if hidden > 0:
        yield "     " + say("more_proofs", lang, n=hidden)


def proof_line(x: Proof, lang: Lang = "ja") -> str:
    """One proof in one line: clause, what it rests on, where to open it."""
    parts = [label("clause", x.clause, lang) + ("：" if lang == "ja" else ":")]
    if x.field:
        parts.append(say("in_brackets", lang, text=x.field.label, note=label("basis", x.basis, lang)))
    if x.partner:
        place = x.partner.affiliation or say("place_unknown", lang)
        parts.append(say("with_partner", lang, name=x.partner.name, place=place))
    if x.via:
        parts.append(say("quoted", lang, text=x.via.title or x.via.id) + (f" {x.via.year}" if x.via.year else ""))
    if x.records:
        parts.append(f"<{x.records[0].url or x.records[0].id}>")
    return " ".join(parts)


def _ids(ids: dict[str, list[str]]) -> str:
    return " ".join(f"{k}:{ids[k][0]}" for k in ("erad", "orcid", "researchmap", "doi", "award", "crid") if ids.get(k))


def fact_lines(card: Card, lang: Lang) -> Iterator[tuple[str, str]]:
    """Facts of an entity as (label, value) in words, in the order of the record; years and money as a reader writes them."""
    currency = str(card.facts.get("currency") or "")
    for key, value in card.facts.items():
        if key in NOT_SHOWN or value in (None, "", []):
            continue
        yield label("fact", key, lang), fact_value(key, value, lang, currency)


def fact_value(key: str, value: Any, lang: Lang, currency: str = "") -> str:
    """One fact in words."""
    if isinstance(value, bool):
        return label("flag", str(value), lang)
    if key.endswith("_cost") and isinstance(value, int):
        return say("yen", lang, n=value) if currency in ("JPY", "") else f"{value:,} {currency}"
    if isinstance(value, list):
        return ("、" if lang == "ja" else ", ").join(str(v) for v in value)
    return label(key, str(value), lang) if key in ("type", "status") else str(value)


def card_text(c: Card, lang: Lang = "ja") -> Iterator[str]:
    """An entity for a terminal."""
    yield ""
    yield f"■ {c.title or c.id}  [{label('kind', c.kind, lang)}] {c.id}  {_ids(c.identifiers)}".rstrip()
    yield from (f"  {name}: {value}" for name, value in fact_lines(c, lang) if value != c.title)
    for a in c.affiliations[:10]:
        yield "  " + " ".join(filter(None, [label("clause", "institution", lang), period(a), place(a, lang)]))
    for m in c.members[:20]:
        name = pick(m.get("name_ja") or m.get("name_as_written"), m.get("person_name_en") or m.get("name_en"), lang)
        who = m.get("person") or "(" + say("name_only", lang) + ")"
        yield f"  {label('role', m['role'], lang)}  {name or ''}  {who}"
    for p in c.projects[:20]:
        title = pick(p.get("title_ja"), p.get("title_en"), lang) or p.get("award_number")
        role = say("in_brackets", lang, text=title, note=label("role", p["role"], lang))
        yield f"  {label('kind', 'project', lang)} {p.get('start_fiscal_year', '')} {role}{_first_url(p)}"
    for w in c.works[:10]:
        title = pick(w.get("title_ja"), w.get("title_en"), lang) or w.get("title_other") or w["id"]
        yield f"  {label('kind', 'work', lang)} {w.get('year', '')} {title}{_first_url(w)}"
    yield from (f"  {label('source', r.source, lang)} {r.id}" + (f" <{r.url}>" if r.url else "") for r in c.records[:5])


def period(a: dict[str, Any]) -> str:
    """`2015-04 – 2019-03`, from a row of affiliations; one date where both are the same."""
    first, last = a["first_seen"], a["asserted_end"] or a["last_seen"]
    return str(first or last or "?") if first == last or not (first and last) else f"{first} – {last}"


def place(a: dict[str, Any], lang: Lang) -> str:
    """Where, and whether it is the current place, from a row of affiliations."""
    where = " ".join(
        filter(None, [pick(a["organization_ja"], a["organization_en"], lang), a["department"], a["title"]])
    )
    return say("in_brackets", lang, text=where, note=say("now", lang)) if a["current"] else where


def _first_url(row: dict[str, Any]) -> str:
    records = row.get("records") or []
    url = records[0].url if records and isinstance(records[0], RecordRef) else records[0]["url"] if records else None
    return f" <{url}>" if url else ""
