"""The truth agrees with the files, with the frozen shares, and with its own definition of the answers."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import pytest

from kg.synth.answers import QUESTIONS
from kg.synth.country import generate
from kg.synth.evidence import group_of
from kg.synth.lexicon import lexicon
from kg.synth.mixes import MIXES
from tests.synth.conftest import Country
from tests.synth.test_shapes import orcid_records

KANJI_OR_KANA = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\U00020000-\U000323af]")


def creators(country: Country) -> dict[tuple[str, str], dict[str, Any]]:
    """CiNii creators by record id and path."""
    return {
        (record["@id"][-24:-5], f"creator[{i}]"): creator
        for record in country.lines("cinii/articles-*.jsonl")
        for i, creator in enumerate(record["creator"])
    }


def members(country: Country) -> dict[tuple[str, str], ET.Element]:
    """KAKEN members (Japanese summary) by record id and path."""
    out = {}
    for file in sorted(country.folder.glob("kaken/projects-[0-9]*.xml")):
        for award in ET.parse(file).getroot().iter("grantAward"):
            for i, member in enumerate(award.findall("summary")[0].findall("member")):
                out[str(award.get("id")), f"member[{i}]"] = member
    return out


def test_every_mention_exists(country: Country) -> None:
    """Each mention leads to a place in a native record, and says rightly whether a right identifier stands there."""
    written, joined = creators(country), members(country)
    items = {
        i["@id"].rsplit("/", 1)[1]: i["dc:creator"]
        for pattern in ("cinii/search-*.json", "cinii/projects-*.json")
        for f in country.folder.glob(pattern)
        for i in json.loads(f.read_bytes())["items"]
    }
    profiles = {
        "researchmap": {r["permalink"] for r in country.lines("researchmap/*.jsonl")},
        "kaken": {r["id:person:erad"][0] for r in country.lines("kaken/researchers-*.jsonl")},
        "orcid": {n.rsplit("/", 1)[1][:-4] for n in orcid_records(country.folder)},
        "cinii": {r["@id"][-24:-5] for r in country.lines("cinii/researchers-*.jsonl")},
    }
    seen: set[tuple[str, str, str]] = set()
    for person in country.truth("people"):
        own = person["identifiers"]
        for source, record, path, hard in person["mentions"]:
            assert (source, record, path) not in seen
            seen.add((source, record, path))
            if path == "":
                assert record in profiles[source]
                assert hard
            elif path.startswith("creator"):
                numbers = [x["@value"] for x in written[record, path].get("personIdentifier", [])]
                assert hard == (numbers == [own.get("nrid")])
            elif path.startswith("member"):
                assert hard == (joined[record, path].get("eradCode") == own["erad"])
            elif path == "dc:creator":
                assert isinstance(items[record], str)
            else:
                assert items[record][int(path[11:-1])]
                assert not hard
    assert {("cinii", *k) for k in written} <= seen
    assert {("kaken", *k) for k in joined} <= seen


def test_shares_are_those_of_the_mix(country: Country) -> None:
    """What is missing, wrong, changed or ambiguous in the files is what the mix promises."""
    mix, people = MIXES[country.mix], country.truth("people")
    written, joined = creators(country), members(country)
    names = Counter(p["names"][0]["name"] for p in people if p["names"][0]["lang"] == "ja" and _kanji(p))
    shared = sum(1 for p in people if _kanji(p) and names[p["names"][0]["name"]] > 1) / len(people)
    assert shared == pytest.approx(mix.homonyms, abs=0.01)
    assert sum(len(p["names"]) > 3 for p in people) / len(people) == pytest.approx(mix.changed, abs=0.005)
    latin = sum(not any(KANJI_OR_KANA.search(n["@value"]) for n in c["foaf:name"]) for c in written.values())
    assert latin / len(written) == pytest.approx(mix.romaji_only, abs=0.025)
    missing = sum("jpcoar:affiliationName" not in c for c in written.values()) / len(written)
    assert missing == pytest.approx(mix.affiliation_missing, abs=0.01)
    wrong = country.truth("wrong_identifiers")
    mentions = [w for w in wrong if w["mention"][0] != "researchmap"]
    share = len(mentions) / (len(written) + len(joined))
    assert share == pytest.approx(mix.creator_wrong, abs=0.008)
    hard = [m[3] for p in people for m in p["mentions"]]
    bare = 1 - sum(hard) / len(hard)
    low, high = {"easy": (0.0, 0.17), "real": (0.25, 0.45), "hard": (0.40, 0.65)}[country.mix]
    assert low <= bare <= high
    if country.mix == "easy":
        assert not wrong
    if country.mix == "hard":
        assert latin / len(written) >= 0.25
        assert share >= 0.025
        assert mix.affiliation_missing + mix.affiliation_wrong >= 0.10


def _kanji(person: dict[str, Any]) -> bool:
    return bool(re.search(r"[\u3005\u3400-\u9fff\U00020000-\U000323af]", person["names"][0]["name"]))


def test_wrong_identifiers_belong_to_people_of_another_name(country: Country) -> None:
    """Somebody else's number stands only where neither family nor given name agrees in any script."""
    names = {p["person"]: [n["name"].split(" ") for n in p["names"]] for p in country.truth("people")}
    others = [w for w in country.truth("wrong_identifiers") if w["kind"] == "other_person"]
    assert bool(others) == (country.mix != "easy")
    for w in others:
        mine, theirs = names[w["person"]], names[w["belongs_to"]]
        assert not {part for n in mine for part in n} & {part for n in theirs for part in n}


def test_hard_is_part_of_expected_and_reasons_are_given(country: Country) -> None:
    """Identifiers never know more than the truth; everybody they cannot know has a reason."""
    answers = country.truth("answers")
    assert [a["code"] for a in answers] == [q.code for q in QUESTIONS]
    for a in answers:
        assert set(a["hard"]) <= set(a["expected"])
        assert set(a["unknown"]) == set(a["expected"]) - set(a["hard"])
        assert sum(a["unknown_reasons"].values()) == len(a["unknown"])
        assert "{" not in a["question"] + json.dumps(a["query"], ensure_ascii=False).replace('{"', "")
    seed = answers[0]
    assert seed["question"] == "防災の研究者で、すでに情報分野の研究者と共同研究を行っている人を教えてください"
    assert len(seed["hard"]) >= 3
    assert answers[7]["expected"] == seed["expected"]


class Definition:
    """The definition once more, over truth files, one person at a time."""

    def __init__(self, country: Country) -> None:
        self.fields = {p["person"]: set(p["fields"]) for p in country.truth("people")}
        self.items: dict[str, set[str]] = {}
        self.roles: dict[str, dict[str, str]] = {}
        self.field_of: dict[str, str] = {}
        self.outputs: dict[str, str] = {}
        for r in country.truth("projects"):
            self.items[r["project"]] = {m[0] for m in r["members"]}
            self.roles[r["project"]] = {m[0]: m[1] for m in r["members"]}
            self.field_of[r["project"]] = r["field"]
        for w in country.truth("works"):
            self.items[w["work"]] = set(w["authors"])
            if w["project"]:
                self.outputs[w["work"]] = w["project"]
        self.of: dict[str, set[str]] = defaultdict(set)
        for item, people in self.items.items():
            for p in people:
                self.of[p].add(item)

    def holds(self, person: str, field: set[str], without: frozenset[str] = frozenset()) -> bool:
        """Whether a person is of a field, some items left out."""
        if self.fields[person] & field:
            return True
        count = 0
        for item in self.of[person] - without:
            if item in self.roles:
                if self.field_of[item] in field:
                    if self.roles[item][person] == "principal_investigator":
                        return True
                    count += 1
            elif item in self.outputs and self.field_of[self.outputs[item]] in field:
                count += 1
        return count >= 2

    def answer(self, mine: set[str], theirs: set[str]) -> set[str]:
        """Everybody of one field who has worked with somebody else of the other."""
        able = {p for p in self.fields if self.holds(p, theirs)}
        out = set()
        for x in (p for p in self.fields if self.holds(p, mine)):
            partners = {
                y for i in self.of[x] if len(self.items[i]) <= 100 for y in self.items[i] if y != x and y in able
            }
            if any(self.holds(y, theirs, frozenset(self.of[x] & self.of[y])) for y in partners):
                out.add(x)
        return out


def codes(code: str) -> set[str]:
    """Codes of a 小区分 or 大区分."""
    return {lexicon().fields[i].code for i in group_of(code)}


def test_expected_is_what_the_definition_says(country: Country) -> None:
    """A second, slow reading of the definition finds the same people."""
    definition = Definition(country)
    for a, q in zip(country.truth("answers"), QUESTIONS, strict=True):
        if q.code in ("seed", "literature", "emergency"):
            assert set(a["expected"]) == definition.answer(codes(q.mine), codes(q.theirs)), q.code


def test_planted_cases_are_there_and_count_as_they_should(country: Country) -> None:
    """A partner of the joint project only does not count; one role is not enough; leading one or two roles are."""
    definition = Definition(country)
    planted: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for case in country.truth("planted"):
        planted[case["case"]].append(case)
    assert set(planted) == {"joint_only", "single_role", "leads", "two_roles"}
    informatics, disaster = codes("J"), codes("25030")
    only = [
        c for c in planted["joint_only"] if not definition.holds(c["people"][1], informatics, frozenset(c["projects"]))
    ]
    assert only, "nobody whose field rests on the joint project alone"
    assert all(definition.holds(c["people"][1], informatics) for c in only)
    single = [c for c in planted["single_role"] if not definition.holds(c["people"][0], disaster)]
    assert single, "nobody with a single role"
    expected = set(country.truth("answers")[0]["expected"])
    assert not {c["people"][0] for c in single} & expected
    for case in ("leads", "two_roles"):
        assert all(definition.holds(c["people"][0], disaster) for c in planted[case])
        assert {c["people"][0] for c in planted[case]} & expected


def test_collaborations_are_those_of_works_and_projects(country: Country) -> None:
    """Pairs and counts follow from the members of works and projects of at most 100 people; larger ones exist."""
    counted: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0])
    large = 0
    for kind, rows, key in ((0, country.truth("works"), "authors"), (1, country.truth("projects"), "members")):
        for row in rows:
            people = sorted(m if isinstance(m, str) else m[0] for m in row[key])
            if len(people) > 100:
                large += 1
                continue
            for i, a in enumerate(people):
                for b in people[i + 1 :]:
                    counted[a, b][kind] += 1
    assert large >= 2
    assert {(r["a"], r["b"]): [r["works"], r["projects"]] for r in country.truth("collaborations")} == counted


def test_works_are_in_the_records_they_name(country: Country) -> None:
    """The records of a work hold it; every work is in one at least."""
    crids = {r["@id"][-24:-5] for r in country.lines("cinii/articles-*.jsonl")}
    items = {
        (r["permalink"], i["rm:id"]) for r in country.lines("researchmap/*.jsonl")
        for s in r["@graph"] for i in s["items"]
    }  # fmt: skip
    products = set()
    for file in sorted(country.folder.glob("kaken/projects-[0-9]*.xml")):
        for award in ET.parse(file).getroot().iter("grantAward"):
            products |= {(award.get("id"), p.get("id")) for p in award.iter("product")}
    several = 0
    for work in country.truth("works"):
        assert work["records"]
        several += len(work["records"]) > 1
        for source, record, *rest in work["records"]:
            if source == "cinii" and not record.startswith("1572"):
                assert record in crids
            elif source == "researchmap":
                assert (record, rest[0]) in items
            elif source == "kaken":
                assert (record, rest[0]) in products
    assert several > len(country.truth("works")) / 3


def test_lone_country_is_made_in_seconds(tmp_path: Path) -> None:
    """300 people take less than three seconds."""
    import time

    begin = time.process_time()
    summary = generate(tmp_path / "country", people=300, works=1200, seed=2)
    assert time.process_time() - begin < 3
    assert summary.people == 300
