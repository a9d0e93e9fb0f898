"""Reasons and errors: English words that know the sentence they were made of."""

from __future__ import annotations

import json

import pytest

from rempart_agent.said import Said, SaidError, Why, enumerated, listed
from rempart_agent.source.contract import Malformed, Unfit


class Refused(SaidError):
    """As models have them."""


def test_a_reason_is_its_english_words_and_knows_its_sentence() -> None:
    why = Why("line {line}: {word} expected", line=3, word="fi")
    assert why == "line 3: fi expected"
    assert isinstance(why, str)
    assert why.said == Said("line {line}: {word} expected", {"line": 3, "word": "fi"})
    assert json.loads(json.dumps([why, why.said])) == ["line 3: fi expected", [*why.said]]


def test_what_is_made_of_a_reason_by_other_means_is_a_text_and_no_reason() -> None:
    """A text that was put together has no sentence: it must not carry that of a part of it."""
    why = Why("no file")
    for text in (why + "!", f"{why}", why[:3], why.strip(), why.upper()):
        assert type(text) is str


def test_errors_and_reasons_stand_in_one_another_and_say_their_own() -> None:
    error = Refused("{path}: {error}", path="/a", error=Malformed("no JSON"))
    why = Why("sshd refuses {error}", error=error)
    assert why == "sshd refuses /a: no JSON"
    inner = Said("{path}: {error}", {"path": "/a", "error": Said("no JSON", {})})
    assert why.said == Said("sshd refuses {error}", {"error": inner})
    assert error.why == "/a: no JSON"
    assert error.why.said == inner


def test_places_in_data_are_data() -> None:
    assert Why("{a} {b}", a="{b}", b="{a}") == "{b} {a}"
    assert Why("a block {") == "a block {"


@pytest.mark.parametrize(
    ("join", "mark", "sentence"), [(listed, "; ", "{first}; {rest}"), (enumerated, ", ", "{first}, {rest}")]
)
def test_several_reasons_are_one(join: object, mark: str, sentence: str) -> None:
    assert callable(join)
    assert join([]) == ""
    one = Why("no file")
    assert join([one]) is one
    both = join([one, "data"])
    assert both == f"no file{mark}data"
    assert both.said == Said(sentence, {"first": Said("no file", {}), "rest": "data"})
    assert join([one, one, one]) == mark.join(["no file"] * 3)


def test_an_error_says_what_another_one_says() -> None:
    again = Refused.of(Unfit("{path}: a folder", path="/a"))
    assert (type(again), str(again), again.values) == (Refused, "/a: a folder", {"path": "/a"})
    assert str(Refused.of(ValueError("x"))) == "x"


def test_a_reason_comes_back_from_plain_data() -> None:
    why = Why("{count} {what}", count=3, what=Why("with read errors"))
    assert Why.again(json.loads(json.dumps(why.said))) == why
    assert Why.again(json.loads(json.dumps(why.said))).said == why.said
