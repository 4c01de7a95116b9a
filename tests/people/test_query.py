"""A typed question refuses what no answer could be given to, and says what is wrong with it."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from kg.people import PeopleQuery, wrong


@pytest.mark.parametrize("value", ["2020-13", "2020-13-01", "2021-02-29", "2020-00-10"])
def test_a_day_that_there_is_not_is_refused(value: str) -> None:
    with pytest.raises(ValidationError) as error:
        PeopleQuery(as_of=value)
    assert wrong(error.value).startswith("as_of: ")


@pytest.mark.parametrize("value", ["2020", "2020-12", "2020-02-29"])
def test_a_year_a_month_or_a_day_is_taken_as_it_is(value: str) -> None:
    assert PeopleQuery(as_of=value).as_of == value


def test_a_span_without_years_is_refused_since_its_answer_would_look_like_nobody() -> None:
    with pytest.raises(ValidationError) as error:
        PeopleQuery(since=2020, until=2010)
    assert wrong(error.value) == "since 2020 is later than until 2010"
    with pytest.raises(ValidationError) as error:
        PeopleQuery(worked_with={"after": 2020, "before": 2010})
    assert wrong(error.value) == "worked_with: after 2020 is later than before 2010"
    assert PeopleQuery(since=2010, until=2010).since == 2010
