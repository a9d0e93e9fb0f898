"""A command speaks the language that is asked for: --lang, else REMPART_LANG, else English."""

from __future__ import annotations

import pytest

from rempart_agent.cli import language
from rempart_controller.commands.main import main


@pytest.mark.parametrize(
    ("arguments", "environment", "chosen"),
    [
        ([], "", "en"),
        ([], "fr", "fr"),
        ([], "fr_FR.UTF-8", "fr"),
        ([], "de_DE.UTF-8", "en"),
        (["--lang", "fr"], "", "fr"),
        (["audit", "--lang=fr"], "", "fr"),
        (["audit", "--lang", "en"], "fr", "en"),
        (["audit", "--lang"], "fr", "fr"),
        (["audit", "--lang", "xx"], "", "en"),
    ],
)
def test_the_option_comes_before_the_environment(
    arguments: list[str], environment: str, chosen: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REMPART_LANG", environment)
    language.choose(arguments)
    assert language.chosen() == chosen


def test_an_error_is_said_in_the_language_of_the_command(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["incident", "show", "nobody", "--lang", "fr"]) == 2
    assert "aucun incident de nobody n’est ouvert" in capsys.readouterr().err
    monkeypatch.setenv("REMPART_LANG", "fr")
    assert main(["incident", "show", "nobody", "--lang", "en"]) == 2
    assert "no incident of nobody is open" in capsys.readouterr().err


def test_percent_signs_of_a_help_stay_as_they_are() -> None:
    language.choose([])
    assert language.option_help("text.as_is", text="/srv/%") == "/srv/%%"
