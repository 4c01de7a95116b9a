"""Countries that several tests read; none changes them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from kg.synth.country import Summary, generate

PEOPLE, WORKS = 1500, 7000


@dataclass(frozen=True)
class Country:
    """A folder that `kg synth` filled."""

    folder: Path
    mix: str
    summary: Summary

    def truth(self, name: str) -> list[dict[str, Any]]:
        """Rows of one truth file."""
        return read_lines(self.folder / "truth" / f"{name}.jsonl")

    def lines(self, pattern: str) -> Iterator[dict[str, Any]]:
        """Native JSON lines that can be read; the planted broken ones are left out."""
        for file in sorted(self.folder.glob(pattern)):
            for line in file.read_text(encoding="utf-8").splitlines():
                try:
                    yield json.loads(line)
                except ValueError:
                    assert "途切れた" in line or "synth_broken" in line


def read_lines(file: Path) -> list[dict[str, Any]]:
    """All rows of a JSON lines file."""
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


@pytest.fixture(scope="session", params=["easy", "real", "hard"])
def country(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Country:
    """One country of each mix."""
    folder = tmp_path_factory.mktemp(request.param) / "country"
    return Country(folder, request.param, generate(folder, people=PEOPLE, works=WORKS, seed=5, mix=request.param))
