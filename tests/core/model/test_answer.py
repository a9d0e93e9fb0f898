"""Answers: an item fits as SQLite's LIKE has it, and a laxer value never holds."""

from __future__ import annotations

import sqlite3

from hypothesis import given
from hypothesis import strategies as st

from rempart_core.model.answer import Answer, Bound, fits
from rempart_core.text import Text

SIGNS = st.text(st.sampled_from("aAzZéÉ%_.*[\\\n "), max_size=6)


@given(SIGNS, SIGNS)
def test_a_pattern_fits_what_sqlite_says_it_fits(pattern: str, item: str) -> None:
    database = sqlite3.connect(":memory:")
    (theirs,) = database.execute("SELECT ? LIKE ?", (item, pattern)).fetchone()
    database.close()
    assert fits(pattern, item) == bool(theirs)


def test_a_laxer_value_does_not_hold() -> None:
    assert Bound(least=2).holds(2)
    assert not Bound(least=2).holds(1)
    assert Bound(least=1, most=365).holds(365)
    assert not Bound(least=1, most=365).holds(0)
    assert not Bound(least=1, most=365).holds(366)
    assert Bound(exact="sha512").holds("sha512")
    assert not Bound(exact="sha512").holds("md5")
    assert Bound(has=("a", "b")).holds(["b", "c", "a"])
    assert not Bound(has=("a", "b")).holds(["a"])
    assert Bound(within=("a", "b")).holds(["b"])
    assert not Bound(within=("a", "b")).holds(["b", "c"])
    assert not Bound(within=("a",)).holds([])
    assert not Bound(within=("a",)).holds("a")
    assert not Bound(least=2).holds("2")
    assert not Bound(has=("a",)).holds("a")


def test_every_bound_has_to_hold_and_a_value_that_is_not_there_does_not() -> None:
    answer = Answer("ssg", "x", "%", {"days": Bound(most=90), "files": Bound(has=("/etc/x",))})
    assert answer.name == "ssg:x"
    assert answer.is_whole
    assert answer.holds({"days": 30, "files": ["/etc/x"]})
    assert not answer.holds({"days": 91, "files": ["/etc/x"]})
    assert not answer.holds({"days": 30})


def test_what_says_what_is_not_asked_is_no_answer_in_full() -> None:
    assert not Answer("ssg", "x", "%", part=Text("keys", "clés")).is_whole
