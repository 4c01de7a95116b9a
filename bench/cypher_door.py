"""How much do hostile queries slow honest ones at the Cypher door? 20 clients, in one run:

    python -m bench.cypher_door --home HOME          # a home with a release; writes docs/benchmarks-cypher-door.md

Quiet: 10 honest clients alone. Mixed: the same 10 and 10 hostile ones, which ask bombs without pause.
"""

from __future__ import annotations

import argparse
import datetime
import math
import os
import random
import statistics
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from kg.cypher.door import Door, Limits
from kg.cypher.keeper import door_folder
from kg.errors import KgError
from kg.release import open_release
from kg.settings import load

PAGE = Path(__file__).parent.parent / "docs" / "benchmarks-cypher-door.md"
HONEST = [
    "MATCH (p:Person {id: $id}) RETURN p",
    "MATCH (p:Person {id: $id})-[:AUTHORED]->(w:Work) RETURN w.id, w.title_ja, w.year ORDER BY w.year DESC LIMIT 50",
    "MATCH (p:Person {id: $id})-[c:COLLABORATED]-(q:Person) RETURN q.id, q.name_ja, c.works ORDER BY c.works DESC LIMIT 20",
    "MATCH (p:Person {id: $id})-[:MEMBER_OF]->(r:Project) RETURN r.id, r.title_ja",
    "MATCH (p:Person {id: $id})-[:HAS_NAME]->(n) RETURN collect(n.name) AS names",
    "MATCH (f:Field {id: 'kaken-section:25030'})<-[:HAS_FIELD_EVIDENCE]-(p:Person) RETURN DISTINCT p.id LIMIT 50",
    "CALL db.index.fulltext.queryNodes('text_person', $name) YIELD node, score RETURN node.id, score LIMIT 10",
    "MATCH (p:Person {id: $id})-[:COLLABORATED]-(q)-[:COLLABORATED]-(r) WHERE r <> p RETURN r.id, count(*) AS n ORDER BY n DESC LIMIT 10",
]
HOSTILE = [
    "RETURN size([x IN range(1, 50000000) | x * {n}]) AS n",
    "UNWIND range(1, 300000000) AS x RETURN count(x + {n})",
    "MATCH (a), (b), (c) RETURN count(a.id + b.id + c.id + {n})",
    "MATCH (n) SET n.x = {n}",
    "MATCH p = (a)-[*1..12]-(b) RETURN count(p) + {n}",
    "LOAD CSV FROM 'file:///etc/passwd' AS r RETURN r, {n}",
    "RETURN reduce(s = 'a', x IN range(1, 40) | s + s) + {n}",
    "UNWIND range(1, 100000000) AS x RETURN collect(x + {n})",
    "CALL dbms.listConfig() YIELD name RETURN name, {n}",
    "RETURN 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!' =~ ('(a|aa)+$' + '') AS x, {n}",
]


@dataclass(slots=True)
class Seen:
    """What clients of one kind met with."""

    seconds: list[float] = field(default_factory=list)
    refused: Counter[str] = field(default_factory=Counter)
    answered: int = 0


def client(door: Door, people: list[tuple[str, str]], hostile: bool, seed: int, until: float, seen: Seen) -> None:
    """Asks without pause (honest ones rest a moment as people do) until the time is over. A call that has to be repeated counts from its first try."""
    rng = random.Random(seed)
    while time.monotonic() < until:
        if hostile:
            text, given = rng.choice(HOSTILE).replace("{n}", str(rng.randrange(10**9))), {}
        else:
            person, name = rng.choice(people)
            text, given = rng.choice(HONEST), {"id": person, "name": name}
            given = {k: v for k, v in given.items() if f"${k}" in text}
        begun = time.monotonic()
        while True:
            try:
                door.query(text, given, limits=Limits(seconds=5, rows=1000))
                seen.answered += 1
            except KgError as e:
                seen.refused[type(e).__name__] += 1
                if not hostile and time.monotonic() < until:
                    time.sleep(0.2)
                    continue
                if hostile:
                    time.sleep(0.2)
            break
        seen.seconds.append(time.monotonic() - begun)
        if not hostile:
            time.sleep(0.1)


def crowd(door: Door, people: list[tuple[str, str]], honest: int, hostile: int, seconds: float) -> tuple[Seen, Seen]:
    """Both kinds of clients for some seconds."""
    good, bad, until = Seen(), Seen(), time.monotonic() + seconds
    threads = [
        threading.Thread(target=client, args=(door, people, i >= honest, i, until, bad if i >= honest else good))
        for i in range(honest + hostile)
    ]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    return good, bad


def p95(values: list[float]) -> float:
    """The 95th percentile, in milliseconds."""
    return sorted(values)[max(0, math.ceil(len(values) * 0.95) - 1)] * 1000


def main() -> None:
    """Measure and write the page."""
    parser = argparse.ArgumentParser(prog="python -m bench.cypher_door")
    parser.add_argument("--home", required=True)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--out", type=Path, default=PAGE)
    options = parser.parse_args()
    settings = load(home=options.home)
    release = open_release(settings, "current")
    with Door(door_folder(settings.home), release) as door:
        rows = door.query(
            "MATCH (p:Person) WHERE p.name_ja IS NOT NULL RETURN p.id, p.name_ja ORDER BY p.id LIMIT 500"
        ).rows
        people = [(str(i), str(n)) for i, n in rows]
        crowd(door, people, 10, 0, options.seconds / 3)  # warm
        quiet, _ = crowd(door, people, 10, 0, options.seconds)
        restarts = {n: x.restarts for n, x in door.lanes.items()}
        mixed, hostile = crowd(door, people, 10, 10, options.seconds)
        begun = time.monotonic()
        while not all(x.state == "ready" for x in door.lanes.values()):
            time.sleep(0.1)
        back = time.monotonic() - begun
        fallen = {n: x.restarts - restarts[n] for n, x in door.lanes.items()}
    text = page(release.id, release.manifest["counts"]["person"], quiet, mixed, hostile, fallen, back)
    options.out.write_text(text, encoding="utf-8")
    print(text)


def page(
    release: str, people: int, quiet: Seen, mixed: Seen, hostile: Seen, fallen: dict[str, int], back: float
) -> str:
    """The Markdown page."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    load_now = os.getloadavg()[0]
    ratio = p95(mixed.seconds) / p95(quiet.seconds)
    told = ", ".join(f"{n} {c}" for n, c in hostile.refused.most_common()) or "none"
    again = sum(mixed.refused.values())
    return f"""# Benchmarks: the Cypher door

Written by `python -m bench.cypher_door` on {datetime.datetime.now(datetime.UTC).date().isoformat()}: {cores} cores, load {load_now:.0f} (other work on the machine
included), {people:,} people ({release}). Ten honest clients ask eight kinds of question with a rest of 0.1 s; ten hostile ones ask
bombs, writes and files without pause. A question that has to be repeated counts from its first try.

| | honest alone | with ten hostile clients | ratio |
| --- | ---: | ---: | ---: |
| questions answered | {quiet.answered:,} | {mixed.answered:,} | |
| p50 ms | {statistics.median(quiet.seconds) * 1000:.0f} | {statistics.median(mixed.seconds) * 1000:.0f} | {statistics.median(mixed.seconds) / statistics.median(quiet.seconds):.2f} |
| p95 ms | {p95(quiet.seconds):.0f} | {p95(mixed.seconds):.0f} | **{ratio:.2f}** (at most 3) |
| had to be repeated | {sum(quiet.refused.values())} | {again} | |

Hostile calls: {len(hostile.seconds):,}, answered {hostile.answered}, refused or stopped: {told}. Servers that fell and came back meanwhile: plain
{fallen.get("plain", 0)}, heavy {fallen.get("heavy", 0)}; both answered {back:.0f} s after the last call.
"""


if __name__ == "__main__":
    main()
