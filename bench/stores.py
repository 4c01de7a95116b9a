"""How fast are product queries on Neo4j, beside Cypher written by hand for the same question?

    python -m bench.stores --home HOME          # an installation whose server holds its current release
    python -m bench.stores --home HOME --times 40 --json

Both run on the same server in turns, so that what else the machine does meets both. `cpu` is this process alone.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kg.graph.bolt import Bolt
from kg.graph.embedded import EmbeddedStore
from kg.graph.neo4j import Neo4jStore
from kg.graph.port import Joint, Selection
from kg.people import PeopleQuery, WorkedWith, find
from kg.release import open_release
from kg.service import graph_address
from kg.settings import Settings
from ontology import fields as vocabulary

FOLDER = Path(__file__).parent / "cypher"


@dataclass(frozen=True, slots=True)
class Compared:
    """Milliseconds: half of the calls take less."""

    question: str
    ours: float
    by_hand: float
    cpu: float
    """CPU milliseconds of a call of ours in this process."""

    @property
    def ratio(self) -> float:
        return self.ours / self.by_hand


def compare(question: str, ours: Callable[[], Any], by_hand: Callable[[], Any], times: int) -> Compared:
    """Both in turns, after as many turns that warm up as a quarter."""
    taken: tuple[list[float], list[float]] = ([], [])
    cpu = 0.0
    for n in range(times + max(3, times // 4)):
        for calls, call in zip(taken, (ours, by_hand), strict=True):
            begun, used = time.perf_counter(), time.process_time()
            call()
            if n >= max(3, times // 4):
                calls.append((time.perf_counter() - begun) * 1000)
                cpu += (time.process_time() - used) * 1000 if calls is taken[0] else 0.0
    return Compared(question, statistics.median(taken[0]), statistics.median(taken[1]), cpu / times)


def by_hand(bolt: Bolt, file: str, parameters: dict[str, Any]) -> Callable[[], Any]:
    """The statement of `bench/cypher/`, as an analyst would write it and the driver runs it."""
    text = (FOLDER / f"{file}.cypher").read_text(encoding="utf-8")
    return lambda: bolt.rows(text, parameters)


def measure(home: Path, times: int) -> dict[str, Any]:
    """All comparisons, and the seed question whole: on the server and from the files."""
    settings = Settings(home=home, graph="neo4j")
    release = open_release(settings)
    where = graph_address(settings)
    assert where is not None
    local = EmbeddedStore(release.duckdb, release.arrays, release.id)
    store, bolt = Neo4jStore(where(), release.id), Bolt(where())
    try:
        return {
            "release": release.id,
            "people": local.coverage()["people"],
            "queries": [_told(c) for c in _queries(store, bolt, local, times)],
            "seed": _seed(store, local, times),
        }
    finally:
        store.close()
        bolt.close()
        local.close()


def _told(c: Compared) -> dict[str, Any]:
    return {
        "question": c.question, "ours_ms": round(c.ours, 1), "by_hand_ms": round(c.by_hand, 1),
        "ratio": round(c.ratio, 2), "cpu_ms": round(c.cpu, 1),
    }  # fmt: skip


def _queries(store: Neo4jStore, bolt: Bolt, local: EmbeddedStore, times: int) -> list[Compared]:
    tables = local.field_tables()
    disaster, informatics = (
        sorted(vocabulary.closure([m.field for m in vocabulary.resolve(x, tables)], tables)) for x in ("防災", "情報")
    )
    seed = Selection(fields=tuple(disaster), joint=Joint(fields=tuple(informatics)))
    page = [f.person for f in local.people(seed).page]
    one, other = page[0], page[-1]
    work = local.works_of(one)[0]["id"]
    project = next(p["id"] for i in page for p in local.projects_of(i))
    organization = next(r["organization"] for r in local.current_affiliations(page).values())
    pairs: list[tuple[str, Callable[[], Any], str, dict[str, Any]]] = [
        ("works of a person", lambda: store.works_of(one), "works_of", {"person": one}),
        ("projects of a person", lambda: store.projects_of(one), "projects_of", {"person": one}),
        ("collaborators of a person", lambda: store.coauthors(one), "coauthors", {"person": one}),
        ("contributors of a work", lambda: store.authors_of(work), "authors_of", {"work": work}),
        ("members of a project", lambda: store.members_of(project), "members_of", {"project": project}),
        ("periods of a person", lambda: store.affiliations(one), "affiliations", {"person": one}),
        ("20 people of a page", lambda: store.entities(page), "entities", {"people": page}),
        ("records of 20 people", lambda: store.records_of(page), "records_of", {"people": page}),
        ("shortest chain", lambda: store.path(one, other), "path", {"a": one, "b": other}),
        (
            "people of a name",
            lambda: store.people_by_names([local.entities([one])[one]["name_ja"] or ""]),
            "people_by_name",
            {"name": (local.entities([one])[one]["name_ja"] or "").replace(" ", "")},
        ),
        (
            "people of a field",
            lambda: store.people(Selection(fields=tuple(disaster))),
            "people_of_a_field",
            {"fields": disaster},
        ),
        (
            "people at an institution",
            lambda: store.people(Selection(organizations=(organization,))),
            "people_at",
            {"organization": organization},
        ),
        ("seed question: who", lambda: store.people(seed), "seed", {"disaster": disaster, "informatics": informatics}),
    ]
    return [compare(name, ours, by_hand(bolt, file, values), times) for name, ours, file, values in pairs]


def _seed(store: Neo4jStore, local: EmbeddedStore, times: int) -> dict[str, Any]:
    """The whole first page with proofs, ten a person, as the API answers it; and who alone."""
    query = PeopleQuery(field="防災", worked_with=WorkedWith(field="情報"))

    def whole(of: Any) -> Callable[[], Any]:
        return lambda: find(of, query, proofs_per_person=10)

    c = compare("seed", whole(store), whole(local), times)
    answer = find(store, query)
    return {
        "total": answer.total, "neo4j_ms": round(c.ours, 1), "embedded_ms": round(c.by_hand, 1),
        "cpu_ms": round(c.cpu, 1),
    }  # fmt: skip


def main() -> None:
    """Prints a table, or JSON."""
    parser = argparse.ArgumentParser(prog="python -m bench.stores")
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--times", type=int, default=20)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    found = measure(options.home, options.times)
    if options.json:
        print(json.dumps(found, ensure_ascii=False, indent=2))
        return
    print(f"{found['people']:,} people, release {found['release']}, p50 of {options.times}")
    for row in found["queries"]:
        print(
            f"{row['question']:<28}{row['ours_ms']:>9.1f} ms{row['by_hand_ms']:>9.1f} by hand{row['ratio']:>7.2f}"
            f"{row['cpu_ms']:>8.1f} CPU"
        )
    seed = found["seed"]
    print(
        f"seed question, page and proofs: {seed['neo4j_ms']} ms (files: {seed['embedded_ms']}), {seed['total']:,} people"
    )


if __name__ == "__main__":
    main()
