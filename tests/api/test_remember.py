"""The same question on the same release is worked out once; errors are not kept; the store of answers is bounded."""

from __future__ import annotations

import pytest

from kg.service import REMEMBERED, Opened


@pytest.fixture
def opened() -> Opened:
    return Opened(release=None, store=None, search=None)  # type: ignore[arg-type]  # nothing of them is touched


def test_the_same_question_is_worked_out_once(opened):
    calls = []
    for _ in range(3):
        assert opened.remember("q", lambda: calls.append(1) or "answer") == "answer"
    assert calls == [1]


def test_what_raises_is_not_kept(opened):
    with pytest.raises(ZeroDivisionError):
        opened.remember("q", lambda: 1 // 0)
    assert opened.remember("q", lambda: "answer") == "answer"


def test_the_oldest_answers_go_first(opened):
    for n in range(REMEMBERED + 10):
        opened.remember(n, lambda n=n: n)
    again = []
    opened.remember(0, lambda: again.append(1))
    opened.remember(REMEMBERED + 9, lambda: again.append(2))
    assert again == [1]
