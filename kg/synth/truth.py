"""Who is who, who worked with whom, which works are the same? The truth beside the sources, as JSON lines.

A mention is `[source, record_id, path, has_hard_id]`: where somebody stands in a native record, with the source's
own id of the record. Names without identifier inside profiles and product lists are not listed: they repeat works
that are. `wrong_identifiers.jsonl` lists the mentions that carry a wrong one.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

import numpy as np

from kg.synth import marks
from kg.synth.answers import Answer
from kg.synth.voice import Voice
from kg.synth.world import (
    IN_CINII,
    LARGE,
    MALFORMED,
    ORCID_LISTED,
    OTHERS,
    PRODUCT,
    RIGHT,
    RM_LISTED,
    ROLES,
    SEARCHED,
    STUB,
    TYPE_NAMES,
    owner_of,
)
from kg.synth.write_cinii import PROJECT_SHARE, work_crid
from kg.synth.write_kaken import number_of, product_id, project_id
from kg.synth.write_orcid import put_code
from kg.synth.write_researchmap import item_id


def person_id(person: int) -> str:
    """Truth id of a person."""
    return f"p{person:07d}"


def work_id(work: int) -> str:
    """Truth id of a work."""
    return f"w{work:07d}"


def project_truth_id(project: int) -> str:
    """Truth id of a project."""
    return f"r{project:07d}"


def organization_id(organization: int) -> str:
    """Truth id of an institution."""
    return f"o{organization:04d}"


def topic_id(pair: tuple[int, int]) -> str:
    """Truth id of a topic."""
    return f"t{pair[0] * 5 + pair[1]:03d}"


def people(voice: Voice, begin: int, end: int) -> Iterator[bytes]:
    """Lines of `people.jsonl`."""
    p = voice.world.people
    for person in range(begin, end):
        fields = [voice.lexicon.fields[i].code for i in (voice.field1[person], voice.field2[person]) if i >= 0]
        row = {
            "person": person_id(person),
            "names": _names(voice, person),
            "fields": fields,
            "identifiers": _identifiers(voice, person),
            "institution": organization_id(voice.now[person]),
            "first_year": int(p.start[person]),
            "mentions": list(mentions(voice, person)),
        }
        yield _line(row)


def _names(voice: Voice, person: int) -> list[dict[str, str]]:
    out = [
        {"name": " ".join(voice.kanji(person)), "lang": "ja"},
        {"name": " ".join(voice.kana(person)), "lang": "ja-Kana"},
        {"name": " ".join(voice.latin(person)), "lang": "en"},
    ]
    if voice.former[person] >= 0:
        until = str(int(voice.world.people.changed[person]))
        out += [
            {"name": " ".join(voice.kanji(person, 16)), "lang": "ja", "until": until},
            {"name": " ".join(voice.latin(person, 16)), "lang": "en", "until": until},
        ]
    return out


def _identifiers(voice: Voice, person: int) -> dict[str, str]:
    p, out = voice.world.people, {}
    if p.has_erad[person]:
        out["erad"] = marks.erad(person)
        out["nrid"] = marks.nrid(marks.erad(person))
    if p.has_orcid[person]:
        out["orcid"] = marks.orcid(person)
    if p.has_rm[person]:
        out["researchmap"] = marks.permalink(person)
        out["rm_user"] = marks.rm_user(person)
    return out


def mentions(voice: Voice, person: int) -> Iterator[tuple[str, str, str, bool]]:
    """Where a person stands in the native records."""
    world = voice.world
    p, w, r = world.people, world.works, world.projects
    if p.has_rm[person]:
        yield "researchmap", marks.permalink(person), "", True
    if p.has_orcid[person]:
        yield "orcid", marks.orcid(person), "", True
    if p.has_nrid[person]:
        yield "kaken", marks.erad(person), "", True
    if p.has_cinii[person]:
        yield "cinii", marks.crid("researcher", person), "", True
    offsets, authorships = world.works_of
    for a in authorships[offsets[person] : offsets[person + 1]].tolist():
        work = int(w.offsets.searchsorted(a, side="right")) - 1
        flags, position = int(w.flags[work]), a - int(w.offsets[work])
        crid = work_crid(int(w.type[work]), work)
        if flags & IN_CINII:
            yield "cinii", crid, f"creator[{position}]", int(w.author_id[a]) & 3 == RIGHT
        if flags & SEARCHED:
            yield "cinii", crid, f"dc:creator[{position}]", False
        if flags & STUB and position == 0:
            yield "cinii", marks.crid("stub", work), "dc:creator", False
    offsets, memberships = world.projects_of
    for m in memberships[offsets[person] : offsets[person + 1]].tolist():
        project = int(r.offsets.searchsorted(m, side="right")) - 1
        position = m - int(r.offsets[project])
        yield "kaken", project_id(voice, project), f"member[{position}]", int(r.member_flags[m]) & 3 == RIGHT
        if position == 0 and project % PROJECT_SHARE == 0:
            yield "cinii", marks.crid("project", project), "dc:creator[0]", False


def works(voice: Voice, begin: int, end: int, topics: Counter[str]) -> Iterator[bytes]:
    """Lines of `works.jsonl`; `topics` counts the works of each topic."""
    world = voice.world
    w = world.works
    for work in range(begin, end):
        field, flags, kind, project = int(w.field[work]), int(w.flags[work]), int(w.type[work]), int(w.project[work])
        words = voice.work(work, field)
        about = [topic_id(k) for k in words.keywords]
        topics.update(about)
        lo, hi = int(w.offsets[work]), int(w.offsets[work + 1])
        authors, lists = w.author[lo:hi].tolist(), w.author_lists[lo:hi].tolist()
        records: list[list[str]] = []
        if flags & (IN_CINII | SEARCHED):
            records.append(["cinii", work_crid(kind, work)])
        if flags & STUB:
            records.append(["cinii", marks.crid("stub", work)])
        for k, (person, listed) in enumerate(zip(authors, lists, strict=True)):
            if listed & RM_LISTED:
                records.append(["researchmap", marks.permalink(person), item_id(lo + k)])
            if listed & ORCID_LISTED:
                records.append(["orcid", marks.orcid(person), str(put_code(lo + k))])
        if flags & PRODUCT and project >= 0:
            records.append(["kaken", project_id(voice, project), product_id(work)])
        row: dict[str, Any] = {
            "work": work_id(work), "title_ja": words.title_ja, "title_en": words.title_en, "year": int(w.year[work]),
            "type": TYPE_NAMES[kind], "field": voice.lexicon.fields[field].code,
            "authors": [person_id(q) for q in authors],
            "project": project_truth_id(project) if project >= 0 else None, "topics": about, "records": records,
        }  # fmt: skip
        yield _line(row)


def projects(voice: Voice, begin: int, end: int) -> Iterator[bytes]:
    """Lines of `projects.jsonl`."""
    p = voice.world.projects
    for project in range(begin, end):
        field, lo, hi = int(p.field[project]), int(p.offsets[project]), int(p.offsets[project + 1])
        words = voice.project(project, field)
        records = [["kaken", project_id(voice, project)]]
        if project % PROJECT_SHARE == 0:
            records.append(["cinii", marks.crid("project", project)])
        start = int(p.start[project])
        members = [
            [person_id(q), ROLES[r]] for q, r in zip(p.member[lo:hi].tolist(), p.role[lo:hi].tolist(), strict=True)
        ]
        yield _line({
            "project": project_truth_id(project), "title_ja": words.title_ja, "field": voice.lexicon.fields[field].code,
            "start_fiscal_year": start, "end_fiscal_year": start + int(p.years[project]) - 1,
            "organization": organization_id(int(p.org[project])), "members": members, "records": records,
        })  # fmt: skip


def organizations(voice: Voice) -> Iterator[bytes]:
    """Lines of `organizations.jsonl`: projects held there and NRID pages of people who are there now."""
    world = voice.world
    held = np.argsort(world.projects.org, kind="stable")
    here = np.argsort(np.frombuffer(voice.now, np.int16), kind="stable")
    held_at = np.searchsorted(world.projects.org[held], np.arange(world.organizations + 1))
    here_at = np.searchsorted(np.frombuffer(voice.now, np.int16)[here], np.arange(world.organizations + 1))
    for o in voice.organizations:
        i = o.number
        records = [["kaken", project_id(voice, r)] for r in held[held_at[i] : held_at[i + 1]].tolist()]
        nrid = world.people.has_nrid
        records += [["kaken", marks.erad(q)] for q in here[here_at[i] : here_at[i + 1]].tolist() if nrid[q]]
        yield _line({
            "organization": organization_id(i), "name_ja": o.ja, "name_en": o.en, "kind": o.kind,
            "identifiers": {"ror": o.ror, "nii": o.nii, "erad_org": o.erad, "mext": o.mext}, "records": records,
        })  # fmt: skip


def collaborations(voice: Voice, begin: int, end: int) -> Iterator[bytes]:
    """Lines of `collaborations.jsonl` whose first person is in the range; items of more than 100 people make none."""
    world = voice.world
    n = len(world.people)
    counts: list[tuple[np.ndarray, np.ndarray]] = []
    for (offsets, entries), items, person in (
        (world.works_of, world.works.offsets, world.works.author),
        (world.projects_of, world.projects.offsets, world.projects.member),
    ):
        a = owner_of(offsets[begin : end + 1] - offsets[begin]) + begin
        item = np.searchsorted(items, entries[offsets[begin] : offsets[end]], side="right") - 1
        size = items[item + 1] - items[item]
        size[size > LARGE] = 0
        left = np.repeat(a, size)
        step = np.arange(len(left)) - np.repeat(np.cumsum(size) - size, size)
        right = person[np.repeat(items[item], size) + step]
        key = left[right > left].astype(np.int64) * n + right[right > left]
        key.sort()
        first = np.flatnonzero(np.concatenate([[True], key[1:] != key[:-1]])) if len(key) else key
        counts.append((key[first], np.diff(np.concatenate([first, [len(key)]]))))
    (wk, wn), (pk, pn) = counts
    keys = np.union1d(wk, pk)
    works_, projects_ = np.zeros(len(keys), np.int64), np.zeros(len(keys), np.int64)
    works_[np.searchsorted(keys, wk)] = wn
    projects_[np.searchsorted(keys, pk)] = pn
    for key, w_, p_ in zip(keys.tolist(), works_.tolist(), projects_.tolist(), strict=True):
        yield f'{{"a":"{person_id(key // n)}","b":"{person_id(key % n)}","works":{w_},"projects":{p_}}}\n'.encode()


def topics(voice: Voice, counted: Counter[str]) -> Iterator[bytes]:
    """Lines of `topics.jsonl`."""
    for i, f in enumerate(voice.lexicon.fields):
        for k, (ja, en) in enumerate(zip(f.keywords_ja, f.keywords_en, strict=True)):
            topic = topic_id((i, k))
            yield _line({"topic": topic, "ja": ja, "en": en, "field": f.code, "works": counted[topic]})


def wrong_identifiers(voice: Voice) -> Iterator[bytes]:
    """Lines of `wrong_identifiers.jsonl`."""
    world = voice.world
    p, w, r = world.people, world.works, world.projects
    wrong = np.isin(w.author_id & 3, (MALFORMED, OTHERS))
    for a in np.flatnonzero(wrong).tolist():
        work = int(w.offsets.searchsorted(a, side="right")) - 1
        if not int(w.flags[work]) & IN_CINII:
            continue
        person, other = int(w.author[a]), w.author_other.get(a)
        value = marks.nrid(marks.erad(person))[:-1] if other is None else marks.nrid(marks.erad(other))
        where = ["cinii", work_crid(int(w.type[work]), work), f"creator[{a - int(w.offsets[work])}]"]
        yield _wrong(where, person, value, other)
    for m in np.flatnonzero(np.isin(r.member_flags & 3, (MALFORMED, OTHERS))).tolist():
        project = int(r.offsets.searchsorted(m, side="right")) - 1
        where = ["kaken", project_id(voice, project), f"member[{m - int(r.offsets[project])}]"]
        yield _wrong(where, int(r.member[m]), number_of(voice, m), r.member_other.get(m))
    for person in np.flatnonzero(p.has_rm & np.isin(p.rm_erad, (MALFORMED, OTHERS))).tolist():
        other = int(p.rm_erad_other[person]) if p.rm_erad[person] == OTHERS else None
        value = marks.erad(person)[:-1] if other is None else marks.erad(other)
        yield _wrong(["researchmap", marks.permalink(person), "identifiers.erad_id[0]"], person, value, other)


def _wrong(where: list[str], person: int, value: str, other: int | None) -> bytes:
    kind = "malformed" if other is None else "other_person"
    row = {"mention": where, "person": person_id(person), "kind": kind, "value": value}
    return _line(row | ({} if other is None else {"belongs_to": person_id(other)}))


def answers(voice: Voice, found: list[Answer]) -> Iterator[bytes]:
    """Lines of `answers.jsonl`."""
    for answer in found:
        q = answer.question
        name = "" if answer.institution is None else voice.organizations[answer.institution].ja
        query = json.loads(json.dumps(q.query, ensure_ascii=False).replace("{institution}", name))
        yield _line({
            "code": q.code, "question": q.text.replace("{institution}", name), "query": query,
            "expected": [person_id(x) for x in answer.expected.tolist()],
            "hard": [person_id(x) for x in answer.hard.tolist()],
            "unknown_reasons": answer.reasons,
            "unknown": {person_id(x): why for x, why in answer.unknown.items()},
        })  # fmt: skip


def planted(voice: Voice) -> Iterator[bytes]:
    """Lines of `planted.jsonl`: the cases put in on purpose."""
    for case in voice.world.planted:
        who, which = case["people"], case["projects"]
        assert isinstance(who, list)
        assert isinstance(which, list)
        yield _line({
            "case": case["case"], "people": [person_id(x) for x in who],
            "projects": [project_truth_id(x) for x in which],
        })  # fmt: skip


def _line(row: dict[str, Any]) -> bytes:
    return (json.dumps(row, ensure_ascii=False, separators=(",", ":")) + "\n").encode()
