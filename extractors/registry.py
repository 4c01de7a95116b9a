"""Which extractors there are: ours by name, others by the entry point group `kg.extractors`."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from importlib import import_module
from importlib.metadata import entry_points
from typing import Protocol, cast

from kg.records import Assertion, TextUnit

BUILT_IN = ("keywords",)


class Extractor(Protocol):
    """The interface of an extractor *module*."""

    PRODUCER: str
    """Name and version (`keywords@1`): raised whenever the same text would give other assertions."""
    SETTINGS_HASH: str
    """sha256 (hex) of everything that configures it."""
    ROLES: frozenset[str]
    """Roles of text units that it reads."""

    def extract(self, unit: TextUnit) -> Iterator[Assertion]:
        """Assertions of one text unit, in the order of their spans. Never raises, whatever the text."""
        ...


@cache
def extractors() -> tuple[Extractor, ...]:
    """All extractors, ours first, others by name."""
    ours = [cast(Extractor, import_module(f"extractors.{name}")) for name in BUILT_IN]
    outside = sorted((e for e in entry_points(group="kg.extractors") if e.name not in BUILT_IN), key=lambda e: e.name)
    return (*ours, *(cast(Extractor, e.load()) for e in outside))
