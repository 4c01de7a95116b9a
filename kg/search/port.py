"""What can be asked of an index, whatever engine keeps it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """One thing found."""

    id: str
    kind: str
    title: str
    year: int | None
    score: float
    exact: bool = False
    """Found by a whole name or an identifier."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hits:
    """A page of what was found. `total` counts everything that matched."""

    total: int
    hits: list[Hit] = field(default_factory=list)
    terms: list[str] = field(default_factory=list)
    """What the question was cut into."""


class SearchIndex(Protocol):
    """An index of one release."""

    def search(
        self,
        text: str,
        *,
        limit: int = 10,
        offset: int = 0,
        kinds: tuple[str, ...] | None = None,
        since: int | None = None,
        until: int | None = None,
    ) -> Hits:
        """Best first; equal scores by id. `kinds`, `since` and `until` filter. Never fails for any text."""
        ...

    def close(self) -> None:
        """Gives files back."""
        ...
