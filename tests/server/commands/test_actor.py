"""Who gives a command, and how options say numbers and durations."""

from __future__ import annotations

import argparse
import getpass

import pytest

from rempart_server.commands.actor import console, duration, positive


def test_the_actor_of_a_command_is_the_user_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(getpass, "getuser", lambda: "anna")
    assert console() == "console:anna"

    def nobody() -> str:
        raise KeyError

    monkeypatch.setattr(getpass, "getuser", nobody)
    assert console() == "console:"


@pytest.mark.parametrize(("text", "seconds"), [("90s", 90), ("30m", 1800), ("24h", 86_400), ("7d", 604_800), ("0s", 0)])
def test_durations_are_read(text: str, seconds: int) -> None:
    assert duration(text) == seconds


@pytest.mark.parametrize("text", ["", "7", "d", "-1d", "7 d", "7w", "99999d", "٧d"])
def test_what_is_no_duration_is_refused(text: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError, match="90s, 30m, 24h or 7d"):
        duration(text)


@pytest.mark.parametrize("text", ["", "0", "-1", "1.5", "x", "²", "1" * 10])
def test_what_is_no_number_from_one_is_refused(text: str) -> None:
    assert positive("50") == 50
    with pytest.raises(argparse.ArgumentTypeError, match="whole number from 1"):
        positive(text)
