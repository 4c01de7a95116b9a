"""Countries that tests of rebuilding and of kills share, each built once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from kg.release import Release, open_release
from kg.release.build import build
from kg.settings import Settings
from kg.synth.country import generate
from tests.country import homes


@dataclass(frozen=True)
class Base:
    """An installation with one release, and the files that it was made from."""

    settings: Settings
    release: Release
    first: Path
    """What was imported."""
    whole: Path
    """The country from which `homes.next_state` draws what comes."""


@pytest.fixture(scope="session")
def base(tmp_path_factory: pytest.TempPathFactory) -> Base:
    """A country of 120 people in its first state, built. Copy it (`homes.copied`) before changing it."""
    folder = tmp_path_factory.mktemp("base 基")
    generate(folder / "country", people=120, works=300, seed=3, workers=1)
    first = homes.first_state(folder / "country", folder / "first")
    settings = homes.home(folder / "home", first)
    build(settings)
    return Base(settings, open_release(settings), first, folder / "country")


@pytest.fixture(scope="session")
def evolutions(base: Base, tmp_path_factory: pytest.TempPathFactory) -> list[homes.Evolution]:
    """Three random sets of changes, one after the other, each imported into a copy of the base and built."""
    return list(chain(base, tmp_path_factory.mktemp("evolutions"), range(1, 4)))


def chain(base: Base, folder: Path, seeds: range) -> Iterator[homes.Evolution]:
    """A copy of the base that follows one set of changes a seed."""
    settings, files = homes.copied(base.settings, folder / "home"), base.first
    for seed in seeds:
        files = homes.next_state(base.whole, files, folder / f"files {seed}", seed)
        yield homes.follow(settings, files)
