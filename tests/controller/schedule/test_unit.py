"""Units of systemd: words reach the program as they are, and nothing else reaches the unit."""

from __future__ import annotations

import shlex

import pytest

from rempart_controller.schedule.unit import quote
from rempart_core.error import UsageError


@pytest.mark.parametrize("word", ["a b", 'say "no"', "back\\slash", "it's", "", "semi;colon", "#x", "100%", "$HOME"])
def test_words_reach_the_program_as_they_are(word: str) -> None:
    assert shlex.split(quote(word, "$%").replace("%%", "%").replace("$$", "$")) == [word]


def test_a_control_character_is_refused() -> None:
    with pytest.raises(UsageError, match="control character"):
        quote("a\nExecStartPre=/bin/sh")
