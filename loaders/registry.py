"""Which loaders there are: ours by name, others by the entry point group `kg.loaders`."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from importlib.metadata import entry_points
from typing import cast

from kg.errors import FixInput
from loaders.base import Loader

BUILT_IN = ("cinii", "researchmap", "orcid", "kaken")


@cache
def names() -> tuple[str, ...]:
    """Names of all sources that can be imported, ours first."""
    return BUILT_IN + tuple(sorted(e.name for e in entry_points(group="kg.loaders") if e.name not in BUILT_IN))


@cache
def loader(source: str) -> Loader:
    """The loader of a source. Raises `FixInput` for a name that nobody registered."""
    if source in BUILT_IN:
        return cast(Loader, import_module(f"loaders.{source}"))
    for entry in entry_points(group="kg.loaders"):
        if entry.name == source:
            return cast(Loader, entry.load())
    raise FixInput(f"Unknown source «{source}».", next_step=f"Known sources: {', '.join(names())}.")
