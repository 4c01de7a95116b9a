"""Where the real sample files are."""

import os
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def samples() -> Path:
    """Folder of sample files: KG_SAMPLES, else beside the repository; skips where there is none."""
    folder = Path(os.environ.get("KG_SAMPLES") or Path(__file__).parents[3] / "shared" / "data")
    if not folder.is_dir():
        pytest.skip("no sample files: set KG_SAMPLES to their folder")
    return folder
