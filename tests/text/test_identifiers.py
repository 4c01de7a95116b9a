"""Identifiers in one spelling each; what cannot be one is none."""

from __future__ import annotations

import pytest

from kg.text import identifiers as ids


@pytest.mark.parametrize(("given", "number"), [("80802743", "80802743"), (" ００３９９２７１ ", "00399271")])
def test_a_researcher_number_has_eight_digits(given: str, number: str):
    """Leading zeros are part of it: the samples hold e-Rad 00399271."""
    assert ids.erad(given) == number


@pytest.mark.parametrize(
    "given", ["", "8080274", "399271", "0", "00000000", "808027430", "8080274X", "-8080274", "８０８０２７４"]
)
def test_a_shorter_number_of_a_source_is_an_error(given: str):
    """Padded, a number without its last digit would be somebody else's: two people lost in one."""
    assert ids.erad(given) is None


@pytest.mark.parametrize(
    ("given", "number"),
    [("399271", "00399271"), ("399271.0", "00399271"), ("80802743", "80802743"), ("", None), ("x", None)],
)
def test_a_spreadsheet_may_have_taken_the_zeros(given: str, number: str | None):
    assert ids.erad_from_spreadsheet(given) == number


@pytest.mark.parametrize(
    ("given", "number"),
    [
        ("1000080802743", "80802743"),
        ("https://nrid.nii.ac.jp/nrid/1000000399271/", "00399271"),
        ("100008080274", None),
        ("10000808027431", None),
        ("1000123456789", None),
        ("9000018506338", None),
        ("1000000000000", None),
    ],
)
def test_the_number_within_an_nrid(given: str, number: str | None):
    """Only where the NRID has its 13 digits; an internal id (`9000…`) holds none."""
    assert ids.erad_from_nrid(given) == number
