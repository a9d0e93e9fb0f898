"""Untrusted text in Markdown stays text: what a forge would make a link, a mention or HTML of stands in code."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rempart_reports.writing.markdown_text import write_block, write_code, write_prose

HOSTILE = [
    "[click](http://evil)",
    "![x](http://evil/p.png)",
    "<img src=x onerror=1>",
    "http://evil.example",
    "www.evil.example",
    "@admins",
    "#1",
    "!7",
    "GH-12",
    "deadbeef1234567",
    ":warning:",
    "**bold**",
    "_under_",
    "~~gone~~",
    "a|b",
    "a\\b",
    "&lt;",
    "# heading",
    "- [ ] task",
    "user@example.org",
]


def outside(text: str) -> str:
    """Return what a renderer reads: all but code spans."""
    return re.sub(r"(`+)(?!`).*?(?<!`)\1(?!`)", "", text)


@pytest.mark.parametrize("word", HOSTILE)
def test_a_word_that_is_more_than_a_word_is_code(word: str) -> None:
    left = outside(write_prose(f"it says {word} here", "en"))
    assert not re.search(r"[\[\]<>@#*_~|\\&]|http|www|GH-|deadbeef|:\w+:", left)
    assert "it says" in left


@pytest.mark.parametrize(
    "text", ["No account can log in.", "it’s “so”: 12:30 5 %", "l’accès (root) n’est pas ouvert !"]
)
def test_plain_words_stay_as_they_are(text: str) -> None:
    assert write_prose(text, "en") == text


@pytest.mark.parametrize("text", ["1. a", "10) a", "+ a", "= a"])
def test_what_begins_a_list_does_not_begin_a_text(text: str) -> None:
    assert write_prose(text, "en").startswith("`")


@pytest.mark.parametrize("text", ["a`b", "``", "`", "a``b`c", "```"])
def test_backticks_do_not_end_the_code_around_them(text: str) -> None:
    code = write_code(text, "en")
    fence = re.match(r"`+", code)
    assert fence is not None
    assert code.endswith(fence.group())
    assert fence.group() not in code[len(fence.group()) : -len(fence.group())]


def test_a_bar_does_not_end_a_cell() -> None:
    assert write_code("a|b", "en") == "`a│b`"


def test_a_block_is_not_ended_by_what_is_in_it() -> None:
    block = write_block("first\n```\n# heading\n````", "en")
    assert block.startswith("`````sh\n")
    assert block.rstrip("\n").endswith("\n`````")


@given(st.text(st.sampled_from("ab`[]()<>@#!*_~|\\&: \n.-1/"), max_size=40))
def test_nothing_gets_out(text: str) -> None:
    left = outside(write_prose(text, "en"))
    assert not re.search(r"[\[\]<>@#*_~|\\&`]", left)
    assert "\n" not in left
