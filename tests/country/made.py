"""Countries for tests: invented, imported, built and opened, and the way back from our ids to the truth's people."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from kg.graph.embedded import EmbeddedStore
from kg.importing import import_records
from kg.release import Release
from kg.release.build import build
from kg.search import SearchIndex
from kg.service import Service
from kg.settings import Settings
from kg.synth.country import generate

SOURCES = ("cinii", "researchmap", "orcid", "kaken")


@dataclass(frozen=True)
class Country:
    """An open release with the files it was made from."""

    folder: Path
    settings: Settings
    release: Release
    store: EmbeddedStore
    search: SearchIndex

    def truth(self, name: str) -> list[dict[str, Any]]:
        """Lines of `truth/<name>.jsonl`."""
        lines = (self.folder / "truth" / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
        return [json.loads(x) for x in lines]

    def people_of_truth(self) -> dict[str, set[str]]:
        """Our person id → the truth's people whose mentions it holds; more than one would be a wrong merge."""
        owner = {(m[0], m[1], m[2]): p["person"] for p in self.truth("people") for m in p["mentions"]}
        query = "SELECT entity, mention, record FROM entity_record WHERE kind = 'person'"
        found: defaultdict[str, Counter[str]] = defaultdict(Counter)
        with duckdb.connect(str(self.release.duckdb), read_only=True) as c:
            for entity, mention, record in c.execute(query).fetchall():
                source, _, record_id = record.split(":", 2)
                path = mention[len(record) + 1 :].removeprefix("summary[0]/").removeprefix("summary[1]/")
                person = owner.get((source, record_id, path))
                if person is not None:
                    found[entity][person] += 1
        return {entity: set(people) for entity, people in found.items()}


def take_in(settings: Settings, country: Path, sources: Iterable[str] = SOURCES) -> None:
    """Import all files of a country."""
    for source in sources:
        import_records(settings, source, (str(country / source),))


@contextmanager
def opened(folder: Path, *, people: int, works: int, seed: int, mix: str = "real") -> Iterator[Country]:
    """A country from nothing to an open release."""
    settings = Settings(home=folder / "home", workers=2)
    generate(folder / "country", people=people, works=works, seed=seed, mix=mix, workers=1)
    take_in(settings, folder / "country")
    build(settings)
    with Service(settings).use() as o:
        yield Country(folder / "country", settings, o.release, o.store, o.search)
