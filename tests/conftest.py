"""What all tests share: where the real samples are, and an installation of one's own."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from kg.settings import Settings
from tests.country import made

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="session")
def samples() -> Path:
    """Folder of real native records (`KG_SAMPLES`, else `shared/data` beside the repository)."""
    folder = Path(os.environ.get("KG_SAMPLES") or ROOT.parent / "shared" / "data")
    if not folder.is_dir():
        pytest.skip(f"no samples in {folder}; set KG_SAMPLES")
    return folder


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """An empty installation in a path with spaces and Japanese characters."""
    return Settings(home=tmp_path / "研究 データ" / "home", workers=1)


@pytest.fixture(scope="session")
def small_country(tmp_path_factory: pytest.TempPathFactory) -> Iterator[made.Country]:
    """An invented country of 600 people, built once: for tests that read a release and change nothing."""
    with made.opened(tmp_path_factory.mktemp("country"), people=600, works=2400, seed=7) as country:
        yield country
