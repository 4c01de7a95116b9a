"""The first lock of the Cypher door: honest questions pass, everything else is refused with its place, without a server."""

from __future__ import annotations

import time

import pytest

from kg.cypher import guard, values
from kg.cypher.lexing import place, shown, tokens
from kg.errors import FixInput, KgError, NotAllowed
from tests.cypher.attacks import ATTACKS, GROUPS, INJECTIONS, NO_VALUES
from tests.cypher.honest import HONEST, WITH_ROWS


def test_the_corpora_are_large_and_without_repeats():
    assert len({t for _, t in ATTACKS}) == len(ATTACKS) >= 250
    assert len(set(HONEST)) == len(HONEST) >= 100
    assert len(WITH_ROWS) >= 30
    assert len(GROUPS) == 13


@pytest.mark.parametrize(("group", "text"), ATTACKS, ids=[f"{g}-{i}" for i, (g, _) in enumerate(ATTACKS)])
def test_attacks_are_refused_by_the_words_alone(group: str, text: str):
    """Each is refused quickly and with a reason, before any server sees it."""
    started = time.monotonic()
    with pytest.raises((NotAllowed, FixInput)) as refused:
        guard.check(text)
    assert str(refused.value)
    assert time.monotonic() - started < 2


@pytest.mark.parametrize("text", HONEST, ids=range(len(HONEST)))
def test_honest_questions_pass(text: str):
    assert guard.check(text).kind in ("read", "explain", "profile")


@pytest.mark.parametrize("text", HONEST, ids=range(len(HONEST)))
def test_an_honest_question_with_a_write_at_its_end_is_refused(text: str):
    """Whatever a question looks like, no clause can be hung on it."""
    for tail in ("DETACH DELETE n", "SET n.x = 1", "CREATE (m)", "MERGE (m:X)", "REMOVE n.x", "; CREATE (m)"):
        with pytest.raises(KgError):
            guard.check(f"{text}\n{tail}")
        with pytest.raises(KgError):
            guard.check(f"{tail} {text}")


@pytest.mark.parametrize(
    ("text", "line", "column", "said"),
    [
        ("MATCH (n) SET n.x = 1", 1, 11, "«SET» is not among the clauses"),
        ("MATCH (n)\nWHERE n.x = 1\nDELETE n", 3, 1, "«DELETE» is not among the clauses"),
        ("MATCH (人:Person) RETURN siz(人)", 1, 25, "Function siz is not on the list"),
        ("RETURN 1; RETURN 2", 1, 9, "One statement at a time"),
        ("MATCH (n RETURN n", 1, 7, "is not closed"),
        ("MATCH (a)–[r]-(b) RETURN r", 1, 10, "en dash"),
        ("CALL db.label()", 1, 6, "Procedure db.label is not on the list"),
        ("MATCH (n)\r\nSET n.x = 1", 2, 1, "«SET»"),
    ],
)
def test_refusals_name_the_place(text: str, line: int, column: int, said: str):
    with pytest.raises(KgError, match=said) as refused:
        guard.check(text)
    assert (refused.value.facts["line"], refused.value.facts["column"]) == (line, column)
    assert refused.value.facts["shown"].endswith("^")


def test_refusals_say_what_may_be_meant():
    with pytest.raises(NotAllowed) as function:
        guard.check("RETURN siz([1])")
    assert "size()" in function.value.next_step
    with pytest.raises(NotAllowed) as procedure:
        guard.check("CALL db.label()")
    assert "db.labels" in procedure.value.next_step
    with pytest.raises(NotAllowed) as clause:
        guard.check("MATCH (n) RETRUN n")
    assert "RETURN" in clause.value.next_step


def test_the_caret_stands_under_full_width_characters():
    assert shown("RETURN 山田 + x", 12) == "RETURN 山田 + x\n" + " " * 14 + "^"
    assert place("a\nb\r\nc", 5) == (3, 1)


def test_tokens_leave_out_comments_and_keep_texts_whole():
    assert [t.text for t in tokens("RETURN '//' /* x */ + \"/*\" // y")] == ["RETURN", "'//'", "+", '"/*"']


@pytest.mark.parametrize(
    ("text", "heavy"),
    [
        ("MATCH (p:Person) RETURN count(p)", False),
        ("UNWIND range(1, 100) AS x RETURN x", False),
        ("UNWIND range(1, 50000000) AS x RETURN x", True),
        ("UNWIND range(1, $n) AS x RETURN x", True),
        ("RETURN [x IN range(1, 1000) | [y IN range(1, 1000) | y]]", True),
        ("RETURN reduce(s = 'a', x IN [1, 2] | s + s)", True),
        ("MATCH (w) WHERE w.t =~ $p RETURN w", True),
        ("MATCH (w) WHERE w.t =~ '(a+)+' RETURN w", True),
        ("MATCH (w) WHERE w.t =~ '(?i).*disaster.*' RETURN w", False),
        ("RETURN `range`(1, 5)", True),
        ("WITH 'a' AS s " + "WITH s + s AS s " * 20 + "RETURN s", True),
    ],
)
def test_what_may_keep_a_server_busy_is_told_apart(text: str, heavy: bool):
    assert (guard.check(text).heavy is not None) == heavy


@pytest.mark.parametrize("value", INJECTIONS, ids=range(len(INJECTIONS)))
def test_json_values_are_taken_as_they_are(value: object):
    assert values.parameters({"x": value}) == {"x": value}


@pytest.mark.parametrize("value", NO_VALUES, ids=range(len(NO_VALUES)))
def test_what_json_does_not_know_is_refused(value: object):
    with pytest.raises(FixInput, match="Parameter x"):
        values.parameters({"x": value})


@pytest.mark.parametrize("name", ["", "1x", "a b", "`x`", "x) SET", "$x", "x\n"])
def test_a_parameter_cannot_take_a_bad_name(name: str):
    with pytest.raises(FixInput):
        values.parameters({name: 1})
