"""docs/analysis.ipynb runs from its first cell to its last and prints what it shows, without jupyter.

`make docs-cypher` (KG_WRITE_DOCS=1) writes what the cells print into the page. A cell marked `varies` only has to run.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
from pathlib import Path
from typing import Any

import pytest

from tests.neo4j.conftest import Loaded

PAGE = Path(__file__).parent.parent.parent / "docs" / "analysis.ipynb"
NOTEBOOK: dict[str, Any] = json.loads(PAGE.read_text(encoding="utf-8"))
ROOT = Path(__file__).parent.parent.parent


def text(cell: dict[str, Any]) -> str:
    return "".join(cell["source"])


def test_it_is_a_notebook() -> None:
    assert (NOTEBOOK["nbformat"], NOTEBOOK["nbformat_minor"]) == (4, 5)
    assert len({c["id"] for c in NOTEBOOK["cells"]}) == len(NOTEBOOK["cells"])
    for cell in NOTEBOOK["cells"]:
        assert cell["cell_type"] in ("markdown", "code")
        assert (cell["cell_type"] == "code") == ("outputs" in cell) == ("execution_count" in cell)
    links = [t for c in NOTEBOOK["cells"] if c["cell_type"] == "markdown" for t in text(c).split("](")[1:]]
    assert all((PAGE.parent / link.split(")")[0]).exists() for link in links)


def test_every_cell_runs_and_prints_what_it_shows(
    loaded_country: Loaded, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("networkx", reason="networkx is a development dependency: make setup-dev")
    access = loaded_country.server.access()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]))
    monkeypatch.setenv("KG_HOME", str(loaded_country.country.settings.home))
    monkeypatch.setenv("NEO4J_URI", access.address)
    monkeypatch.setenv("NEO4J_PASSWORD", access.password)
    names: dict[str, Any] = {"__name__": "__main__"}
    for cell in NOTEBOOK["cells"]:
        if cell["cell_type"] != "code":
            continue
        said = io.StringIO()
        with contextlib.redirect_stdout(said):
            exec(compile(text(cell), f"{PAGE.name}:{cell['id']}", "exec"), names)
        shown = [{"name": "stdout", "output_type": "stream", "text": said.getvalue().splitlines(True)}]
        if os.environ.get("KG_WRITE_DOCS") == "1":
            cell["outputs"] = shown if said.getvalue() else []
        elif cell["metadata"].get("varies"):
            assert said.getvalue()
        else:
            assert cell["outputs"] == (shown if said.getvalue() else []), "stale: make docs-cypher"
    if os.environ.get("KG_WRITE_DOCS") == "1":
        PAGE.write_text(json.dumps(NOTEBOOK, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
