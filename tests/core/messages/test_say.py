"""The words of a message: data is cleaned and else stays as it is, numbers choose their form."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rempart_testing.spaces import plain

from rempart_core.messages.message import Message, as_is
from rempart_core.messages.say import say, say_both, template, texts


@given(st.text())
def test_data_is_never_translated_and_always_clean(text: str) -> None:
    said = say(as_is(text), "fr")
    assert said == say(as_is(text), "en")
    assert not {"\x1b", "\x07", "\x9b", "\u202e", "\udc80"} & set(said)
    if text.isascii() and text.isprintable():
        assert said == text


def test_what_looks_like_a_place_or_a_message_of_ours_stays_data() -> None:
    words = "{error} no answer before the deadline : {x:one|many}"
    assert say(Message("host.ended", error=words), "fr") == f"la connexion a été perdue\u00a0: {words}"


@pytest.mark.parametrize(
    ("number", "en", "fr"),
    [
        (0, "no answer within 0 seconds", "pas de réponse en 0 seconde"),
        (1, "no answer within 1 second", "pas de réponse en 1 seconde"),
        (2, "no answer within 2 seconds", "pas de réponse en 2 secondes"),
        (1200, "no answer within 1,200 seconds", "pas de réponse en 1\u202f200 secondes"),
        ("0.5", "no answer within 0.5 seconds", "pas de réponse en 0.5 secondes"),
    ],
)
def test_a_number_chooses_its_form(number: int | str, en: str, fr: str) -> None:
    assert say_both(Message("host.worker_deadline", deadline=number)) == (en, fr)


def test_a_message_within_a_message_is_said_in_the_same_language() -> None:
    inner = Message("host.settings", reason=Message("host.variable_text", name="rempart_role"))
    assert plain(say(inner, "fr")) == "la machine n’a pas pu être interrogée : rempart_role n’est pas un texte"


@pytest.mark.parametrize("id_", ["", "host", "host.", "host.nothing", "nothing.host", "..os.path", "message.x"])
def test_an_id_that_there_is_not_is_refused(id_: str) -> None:
    assert id_ not in texts(id_.partition(".")[0], "en")
    with pytest.raises(KeyError):
        template(id_, "en")
