"""Which extractors there are: ours first, then what other packages bring."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib.metadata import EntryPoint
from types import ModuleType

import pytest

from extractors import keywords, registry
from kg.records import Assertion, TextUnit
from kg.text import text_hash


class Outside:
    """An extractor of another package, as its entry point loads it."""

    PRODUCER = "letters@3"
    SETTINGS_HASH = text_hash("letters@3")
    ROLES = frozenset({"title"})

    @staticmethod
    def extract(unit: TextUnit) -> Iterator[Assertion]:
        yield from ()


OTHER = Outside()


@pytest.fixture
def found(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[EntryPoint]]:
    """What installed packages offer; the registry asks once, so it forgets before and after."""
    offers: list[EntryPoint] = []
    monkeypatch.setattr(registry, "entry_points", lambda *, group: [e for e in offers if e.group == group])
    registry.extractors.cache_clear()
    yield offers
    registry.extractors.cache_clear()


def offer(name: str, value: str = "tests.extractors.test_registry:OTHER", group: str = "kg.extractors") -> EntryPoint:
    return EntryPoint(name=name, value=value, group=group)


def test_ours_are_there_by_name(found: list[EntryPoint]):
    assert registry.extractors() == (keywords,)
    assert [m.__name__ for m in registry.extractors() if isinstance(m, ModuleType)] == ["extractors.keywords"]


def test_others_come_after_ours_in_the_order_of_their_names(found: list[EntryPoint]):
    """Not in the order in which packages happen to be installed."""
    found += [offer("zeta"), offer("alpha", "extractors.keywords"), offer("else", group="another.group")]
    assert registry.extractors() == (keywords, keywords, OTHER)


def test_nobody_takes_the_place_of_ours(found: list[EntryPoint]):
    found.append(offer("keywords"))
    assert registry.extractors() == (keywords,)


def test_packages_are_asked_once(found: list[EntryPoint]):
    first = registry.extractors()
    found.append(offer("late"))
    assert registry.extractors() is first


@pytest.mark.parametrize("extractor", [keywords, OTHER], ids=["keywords", "outside"])
def test_an_extractor_says_what_the_interface_asks(extractor: registry.Extractor):
    """Name with version, hash of its settings, roles, and a function that gives assertions under that name."""
    assert re.fullmatch(r"[a-z_]+@\d+", extractor.PRODUCER)
    assert re.fullmatch(r"[0-9a-f]{64}", extractor.SETTINGS_HASH)
    assert extractor.ROLES
    unit = TextUnit(
        record="r", subject="s", subject_kind="work", field="f", role=min(extractor.ROLES), lang="ja",
        text="防災; 減災", text_hash=text_hash("防災; 減災"),
    )  # fmt: skip
    told = list(extractor.extract(unit))
    assert {(a.producer, a.settings_hash) for a in told} <= {(extractor.PRODUCER, extractor.SETTINGS_HASH)}
    assert [a.start for a in told] == sorted(a.start for a in told)
