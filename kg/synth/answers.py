"""What is the right answer to each question, and how much of it can hard identifiers know?

    >>> [q.code for q in QUESTIONS][:3]
    ['seed', 'literature', 'since']

`expected` is the truth; `hard` is what records with right identifiers show. Where they would show somebody whom the
truth denies (a hidden joint project behind the partner's evidence), `settle` corrects the identifiers of those
concerned before anything is written, so that `hard` is always part of `expected`.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from kg.synth.evidence import Evidence, Joint, View, group_of, shown_view, true_view, years
from kg.synth.world import (
    AFFILIATION_SHIFT,
    AFFILIATION_WRONG,
    I32,
    RIGHT,
    THIS_YEAR,
    Bool,
    World,
    current_organization,
)


@dataclass(frozen=True, slots=True)
class Question:
    """A question in words, its typed value, and what it means here."""

    code: str
    text: str
    query: dict[str, Any]
    mine: str
    theirs: str
    after: int | None = None
    projects_only: bool = False
    at_least: int = 1
    at_institution: bool = False
    leads: bool = False


_WITH = {"worked_with": {"field": "情報"}}
QUESTIONS: tuple[Question, ...] = (
    Question("seed", "防災の研究者で、すでに情報分野の研究者と共同研究を行っている人を教えてください",
             {"field": "防災", **_WITH}, "25030", "J"),
    Question("literature", "日本文学の研究者で、情報分野の研究者と共同研究を行っている人を教えてください",
             {"field": "日本文学", **_WITH}, "02010", "J"),
    Question("since", "防災の研究者で、2020年以降に情報分野の研究者と共同研究を行っている人を教えてください",
             {"field": "防災", "worked_with": {"field": "情報", "after": 2020}}, "25030", "J", after=2020),
    Question("projects", "防災の研究者で、情報分野の研究者と研究課題を一緒に行った人を教えてください（課題のみ）",
             {"field": "防災", "worked_with": {"field": "情報", "kinds": ["project"]}}, "25030", "J", projects_only=True),
    Question("two", "防災の研究者で、情報分野の研究者と2件以上の共同研究がある人を教えてください",
             {"field": "防災", "worked_with": {"field": "情報", "at_least": 2}}, "25030", "J", at_least=2),
    Question("institution", "{institution}に所属する防災の研究者で、情報分野の研究者と共同研究を行っている人を教えてください",
             {"field": "防災", "institution": "{institution}", **_WITH}, "25030", "J", at_institution=True),
    Question("leads", "研究代表者を務めたことのある防災の研究者で、情報分野の研究者と共同研究を行っている人を教えてください",
             {"field": "防災", "role": "principal_investigator", **_WITH}, "25030", "J", leads=True),
    Question("english", "Which researchers in disaster prevention have already worked with researchers in informatics?",
             {"field": "disaster prevention", "worked_with": {"field": "informatics"}}, "25030", "J"),
    Question("emergency", "救急医学の研究者で、防災の研究者と共同研究を行っている人を教えてください",
             {"field": "救急医学", "worked_with": {"field": "防災"}}, "55060", "25030"),
)  # fmt: skip


@dataclass(slots=True)
class Answer:
    """Numbers of people, ascending."""

    question: Question
    institution: int | None
    expected: I32
    hard: I32
    unknown: dict[int, str] = field(default_factory=dict)
    """Person of `expected` → why hard identifiers cannot know."""

    @property
    def reasons(self) -> dict[str, int]:
        return dict(sorted(Counter(self.unknown.values()).items()))


def settle(world: World) -> tuple[list[Answer], int]:
    """Answers to all questions, after as many corrections as `hard` ⊆ `expected` needs; returns how many people."""
    groups = sorted({group_of(c) for q in QUESTIONS for c in (q.mine, q.theirs)}, key=sorted)
    truth = Evidence(true_view(world), groups)
    true_joints = _joints(truth)
    place = _busiest(world, truth, true_joints)
    expected = [_select(world, truth, true_joints, q, place)[0] for q in QUESTIONS]
    corrected: set[int] = set()
    while True:
        shown = Evidence(shown_view(world), groups)
        joints = _joints(shown)
        found = [_select(world, shown, joints, q, place) for q in QUESTIONS]
        wrong = {int(p) for (hard, _), e in zip(found, expected, strict=True) for p in np.setdiff1d(hard, e)}
        if not wrong - corrected:
            break
        wrong |= {
            int(p)
            for j in joints.values()
            for p in shown.view.person(j.partner[np.isin(shown.view.person(j.node), np.array(sorted(wrong)))])
        }
        _make_known(world, np.array(sorted(wrong), np.int64))
        corrected |= wrong
    answers = []
    for q, e, (hard, _) in zip(QUESTIONS, expected, found, strict=True):
        answer = Answer(q, place if q.at_institution else None, e, np.intersect1d(hard, e).astype(np.int32))
        answer.unknown = _reasons(world, shown, joints, answer)
        answers.append(answer)
    return answers, len(corrected)


Joints = dict[tuple[str, str], Joint]


def _joints(evidence: Evidence) -> Joints:
    pairs = sorted({(q.mine, q.theirs) for q in QUESTIONS})
    return {(a, b): evidence.joint(group_of(a), group_of(b)) for a, b in pairs}


def _busiest(world: World, truth: Evidence, joints: Joints) -> int:
    """The institution with most people in the answer to the first question."""
    people = np.unique(joints["25030", "J"].node)
    here = current_organization(world.people)[people]
    return int(np.bincount(here, minlength=world.organizations).argmax())


def _select(world: World, evidence: Evidence, joints: Joints, q: Question, place: int) -> tuple[I32, Joint]:
    view, joint = evidence.view, joints[q.mine, q.theirs]
    keep = np.ones(len(joint.node), np.bool_)
    if q.projects_only:
        keep &= joint.project
    if q.after is not None:
        keep &= years(view, joint) >= q.after
    if q.leads:
        keep &= _leaders(view)[joint.node]
    if q.at_institution:
        keep &= _at(world, view, place)[joint.node]
    rows = Joint(joint.node[keep], joint.partner[keep], joint.item[keep], joint.project[keep])
    if q.at_least > 1:
        item = np.unique(rows.node.astype(np.int64) << 32 | rows.item.astype(np.int64) << 1 | rows.project)
        node, times = np.unique(item >> 32, return_counts=True)
        nodes = node[times >= q.at_least]
    else:
        nodes = np.unique(rows.node)
    return np.unique(view.person(nodes.astype(np.int32))), rows


def _leaders(view: View) -> Bool:
    """Nodes that have led any project."""
    out = np.zeros(view.nodes, np.bool_)
    for block in view.blocks():
        if block.projects:
            out[block.node[block.led]] = True
    return out


def _at(world: World, view: View, place: int) -> Bool:
    """Nodes that are at the institution now; shown where a researchmap profile says so and nothing contradicts it."""
    p, w = world.people, world.works
    here = current_organization(p) == place
    if not view.shown:
        return np.asarray(here)
    recent = np.repeat(w.year >= THIS_YEAR - 2, np.diff(w.offsets))
    strange = recent & (w.author_id >> AFFILIATION_SHIFT & 3 == AFFILIATION_WRONG)
    here[w.author[strange]] = False
    out = np.zeros(view.nodes, np.bool_)
    out[view.islands[1][here & p.has_rm]] = True
    return out


def _make_known(world: World, people: np.ndarray) -> None:
    """Gives people right identifiers everywhere, and profiles that name them all."""
    p, w, r = world.people, world.works, world.projects
    p.has_erad[people] = True
    p.rm_erad[people] = np.where(p.has_rm[people], RIGHT, p.rm_erad[people])
    p.rm_orcid[people] = p.has_rm[people] & p.has_orcid[people]
    p.orcid_nrid[people] = p.has_orcid[people]
    for offsets, entries, states, others in (
        (*world.works_of, w.author_id, w.author_other), (*world.projects_of, r.member_flags, r.member_other),
    ):  # fmt: skip
        for person in people.tolist():
            at = entries[offsets[person] : offsets[person + 1]]
            states[at] = states[at] & 252 | RIGHT
            for a in at.tolist():
                others.pop(a, None)


def _reasons(world: World, shown: Evidence, joints: Joints, answer: Answer) -> dict[int, str]:
    q, view = answer.question, shown.view
    missing = np.setdiff1d(answer.expected, answer.hard)
    known = np.zeros(len(world.people), np.bool_)
    for block in view.blocks():
        known[view.person(block.node)] = True
    of_field = np.zeros(len(world.people), np.bool_)
    of_field[view.person(np.flatnonzero(shown.holds(group_of(q.mine))).astype(np.int32))] = True
    paired = np.zeros(len(world.people), np.bool_)
    paired[view.person(joints[q.mine, q.theirs].node)] = True
    return {
        person: "clause_not_shown" if paired[person]
        else "partner_or_joint_item_not_shown" if of_field[person]
        else "own_field_not_shown" if known[person]
        else "no_right_identifier"
        for person in missing.tolist()
    }  # fmt: skip
