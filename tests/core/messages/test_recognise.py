"""What an endpoint says in English is found again as a message, and nothing else is taken for one."""

from __future__ import annotations

import pytest

from rempart_core.messages.message import Message
from rempart_core.messages.recognise import LONGEST, recognise, recognise_whole
from rempart_core.messages.say import say

AREAS = ("reason", "reason_rule", "system")


@pytest.mark.parametrize(
    ("text", "french"),
    [
        ("of no package", "d’aucun paquet"),
        ("Permission denied", "accès refusé"),
        ("sshd refuses /etc/x:3: an unknown option: Y", "sshd refuse /etc/x:3 : une option inconnue : Y"),
        ("of no package; not ours", "d’aucun paquet ; not ours"),
        ("web: permission denied", "web : accès refusé"),
    ],
)
def test_a_text_is_said_in_french_with_what_varies_in_its_place(text: str, french: str) -> None:
    found = recognise(text, AREAS)
    assert found is not None
    assert " ".join(say(found, "fr").split()) == " ".join(french.split())
    assert say(found, "en").lower() == text.lower()


def test_of_two_that_fit_the_one_counts_of_which_more_is_fixed() -> None:
    found = recognise("the template x is not known", AREAS)
    assert found is not None
    assert found.id == "reason_rule.rsyslog_template"


@pytest.mark.parametrize(
    "text", ["", "not ours", "of no packages", "x of no package", "a; b: c", "of no package" * 200]
)
def test_what_is_not_ours_is_no_message(text: str) -> None:
    assert recognise(text, AREAS) is None


def test_only_the_areas_that_are_asked_for_are_looked_at() -> None:
    assert recognise("of no package", ("role",)) is None


def test_what_would_have_to_be_taken_apart_is_no_whole() -> None:
    assert recognise_whole("of no package; not known", AREAS) is None
    assert recognise_whole("of no package", AREAS) == Message("reason.package_none")
    assert recognise_whole("of no package" + " " * LONGEST, AREAS) is None
