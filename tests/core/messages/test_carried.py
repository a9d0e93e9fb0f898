"""Messages through pipes and documents: what comes back is the same, and what a stranger sends harms nobody."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rempart_core.messages.carried import from_data, to_data
from rempart_core.messages.message import Message, as_is, listed
from rempart_core.messages.say import say

DEEP: dict[str, Any] = {"id": "text.as_is", "with": {"text": "x"}, "en": "x"}
for _ in range(200):
    DEEP = {"id": "text.listed", "with": {"first": DEEP, "rest": "y"}, "en": "deep"}


@pytest.mark.parametrize(
    "message",
    [
        Message("host.deadline"),
        Message("host.worker_deadline", deadline=3),
        Message("host.silent", reason=listed([as_is("é\n"), Message("host.ended", error="{x}")])),
    ],
)
def test_a_message_comes_back(message: Message) -> None:
    assert from_data(json.loads(json.dumps(to_data(message)))) == message


def test_what_a_stranger_said_is_clean_before_it_is_kept() -> None:
    kept = to_data(Message("host.ended", error="gone\x1b[2J\u202e"))
    assert not any(mark in json.dumps(kept, ensure_ascii=False) for mark in ("\x1b", "\u202e"))


def test_the_english_words_travel_with_it() -> None:
    assert to_data(Message("host.ended", error="x"))["en"] == "the connection was lost: x"


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ("what 0.1.0 wrote", "what 0.1.0 wrote"),
        ({"id": "host.of_tomorrow", "with": {}, "en": "it is raining"}, "it is raining"),
        ({"id": "host.ended", "with": {}, "en": "a value is missing"}, "a value is missing"),
        ({"id": "host.ended", "with": {"error": {"id": "x.y", "with": {}}}, "en": "within"}, "within"),
        ({"id": "host.ended", "with": {"error": ["x"]}, "en": "a list"}, "a list"),
        ({"id": "host.ended", "with": {"error": True}, "en": "a truth"}, "a truth"),
        ({"id": "host.ended", "with": {"error": "x", "self": "y"}, "en": ""}, "the connection was lost: x"),
        ({"id": "os.path", "with": {}, "en": "z"}, "z"),
        ({"en": 5}, "5"),
        (None, ""),
        ([], ""),
        (DEEP, "deep"),
    ],
)
def test_what_is_not_known_shows_its_english_words(data: object, said: str) -> None:
    assert say(from_data(data)) == said


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["id", "with", "en", "error", "reason", "text"]) | st.text(), inner, max_size=4
        )
        | st.builds(lambda one: {"id": "host.ended", "with": {"error": one}, "en": "e"}, inner)
    ),
    max_leaves=12,
)


@given(JSON)
def test_nothing_that_a_stranger_sends_is_an_error(data: Any) -> None:
    assert isinstance(say(from_data(data), "fr"), str)
