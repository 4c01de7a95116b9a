"""`kg coverage` counts every value, knows why a field is ignored, and is loud about a field it has not met."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from kg.cli import cli
from kg.coverage import IGNORED, coverage, listed
from kg.errors import NothingUsable
from loaders.registry import BUILT_IN
from tests.raw.cinii import answer, item


@pytest.fixture
def document(tmp_path: Path) -> Path:
    """Two items, one of them with a field that CiNii does not have."""
    path = tmp_path / "answer.json"
    path.write_bytes(answer([item(1), item(2).replace(b'"title"', b'"cir:brandNew": {"@value": "x"}, "title"')]))
    return path


def test_a_new_field_is_counted_and_a_warning(document: Path):
    """The new field is named on stderr, the other fields are read or ignored, and the exit code stays 0."""
    result = CliRunner().invoke(cli, ["coverage", "cinii", str(document)], standalone_mode=False)
    assert result.return_value == 0
    assert "new field: cinii item cir:brandNew.@value (1 times)" in result.stderr
    counted = coverage("cinii", (str(document),))
    uses = {f.path: f.use for f in counted.fields}
    assert uses["cir:brandNew.@value"] == "new"
    assert uses["title"] == "read"
    assert [f.path for f in counted.new] == ["cir:brandNew.@value"]


def test_totals_add_up(document: Path):
    """Percentages are of the values counted; JSON says the same as the function."""
    result = CliRunner().invoke(cli, ["coverage", "cinii", str(document), "--json"], standalone_mode=False)
    shown = json.loads(result.stdout)
    totals = shown["occurrences"]
    assert sum(totals.values()) == sum(f["occurrences"] for f in shown["fields"])
    assert totals["new"] == 1
    assert shown["known_percent"] == round(100 - 100 / sum(totals.values()), 2)
    assert shown["read_percent"] <= shown["known_percent"]
    assert (shown["records"], shown["documents"], shown["unparsed"]) == (2, 1, 0)


def test_nothing_of_the_source_is_an_error(tmp_path: Path):
    path = tmp_path / "x.txt"
    path.write_text("nothing", encoding="utf-8")
    with pytest.raises(NothingUsable):
        CliRunner().invoke(cli, ["coverage", "cinii", str(path)], standalone_mode=False, catch_exceptions=False)


@pytest.mark.parametrize("source", BUILT_IN)
def test_lists_give_a_column_or_one_of_four_reasons(source: str):
    """No wildcard, no other use, no use without a note."""
    assert listed(source)
    for (form, path), (use, note) in listed(source).items():
        assert use == "read" or use in IGNORED, f"{form} {path}"
        assert note.strip(), f"{form} {path}"
        assert "*" not in path
        assert form


@pytest.mark.parametrize("source", BUILT_IN)
def test_samples_are_covered(source: str, samples: Path):
    """At least 95 % of the values in the samples are read or ignored with a reason."""
    folders = ("kaken", "nrid") if source == "kaken" else (source,)
    counted = coverage(source, tuple(str(samples / f) for f in folders))
    assert counted.known_share >= 95
    assert counted.records > 50
