"""A message is what it says: an id and values."""

from __future__ import annotations

import pytest
from rempart_testing.spaces import plain

from rempart_core.error import ContentError, EndpointError, Mistake, RempartError, UsageError
from rempart_core.messages.message import NOTHING, Message, as_is, lines, listed, mistakes, points
from rempart_core.messages.say import say


def test_two_that_say_the_same_are_one() -> None:
    assert Message("host.deadline") == Message("host.deadline")
    assert len({Message("host.ended", error="x"), Message("host.ended", error="x")}) == 1
    assert Message("host.ended", error="x") != Message("host.ended", error="y")
    assert repr(Message("host.ended", error="x")) == "Message('host.ended', error='x')"


def test_what_a_file_gave_becomes_text() -> None:
    assert Message("host.variable_text", name=["a", 1.5]).values == {"name": "['a', 1.5]"}


def test_several_are_one() -> None:
    some = [as_is("a"), Message("host.deadline"), as_is("c")]
    assert say(listed(some)) == "a; no answer before the deadline; c"
    assert plain(say(listed(some), "fr")) == "a ; pas de réponse avant le délai ; c"
    assert say(listed(some[:1])) == "a"
    assert say(points(as_is("head:"), some)) == "head:\n  - a\n  - no answer before the deadline\n  - c"
    assert say(mistakes(some)).splitlines()[1] == "rempart: no answer before the deadline"


def test_thousands_of_messages_in_one_are_said() -> None:
    many = [as_is(str(number)) for number in range(5000)]
    assert say(lines(many)) == "\n".join(map(str, range(5000)))
    assert lines([]) == NOTHING


def test_mistakes_of_content_are_said_in_french_by_the_error_itself() -> None:
    wrong = [Mistake("a.yaml", 2, 1, Message("host.deadline")), Mistake("b.yaml", 0, 0, Message("host.deadline"))]
    error = ContentError(wrong)
    assert str(error) == "a.yaml:2:1: no answer before the deadline\nb.yaml: no answer before the deadline"
    assert plain(say(error.message, "fr")).splitlines()[1] == "b.yaml : pas de réponse avant le délai"


@pytest.mark.parametrize("kind", [RempartError, UsageError, EndpointError])
def test_an_error_carries_its_message_and_says_it_in_english(kind: type[RempartError]) -> None:
    error = kind(Message("host.ended", error="x"))
    assert (str(error), plain(say(error.message, "fr"))) == (
        "the connection was lost: x",
        "la connexion a été perdue : x",
    )
    bare = kind(as_is("x: y"))  # another's words are data, in every language
    assert (str(bare), say(bare.message, "fr")) == ("x: y", "x: y")


def test_the_exception_of_a_library_shows_the_words_too() -> None:
    assert str(ValueError(Message("host.deadline"))) == say(Message("host.deadline"))
