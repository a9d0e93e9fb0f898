"""Words, counts, numbers and dates in both languages."""

from __future__ import annotations

from pathlib import Path

import pytest

from rempart_core.content.checkfile import RESERVED
from rempart_core.content.frameworkfile import read_frameworks
from rempart_core.messages.say import texts
from rempart_core.model.check import Severity
from rempart_core.model.framework import ORGANISATION
from rempart_core.model.result import State
from rempart_core.text import Text
from rempart_reports.writing.translation import (
    colon,
    day,
    duration,
    moment,
    name,
    number,
    plural,
    semicolon,
    severity_name,
    state_name,
    word,
)

WORDS = {id_.removeprefix("report_word.") for id_ in texts("report_word", "en")}
KINDS = {id_.removeprefix("report_count.") for id_ in texts("report_count", "en")}


@pytest.mark.parametrize(
    ("text", "english", "french"),
    [
        ("2026-11-25", "25 November 2026", "25 novembre 2026"),
        ("2026-08-01", "1 August 2026", "1er août 2026"),
        ("2026-12-31 Europe/Paris", "31 December 2026 (Europe/Paris)", "31 décembre 2026 (Europe/Paris)"),
        ("2026-13-01", "2026-13-01", "2026-13-01"),
        ("soon", "soon", "soon"),
        ("", "", ""),
    ],
)
def test_days(text: str, english: str, french: str) -> None:
    assert day(text, "en") == english
    assert day(text, "fr") == french


def test_moments() -> None:
    assert moment("2026-11-25T13:00:00Z", "en") == "25 November 2026, 13:00\u00a0UTC"
    assert moment("2026-11-25T13:00:00Z", "fr") == "25 novembre 2026 à 13\u00a0h\u00a000\u00a0UTC"
    assert moment("yesterday", "fr") == "yesterday"


def test_counts_follow_the_language() -> None:
    assert [plural(n, "finding", "en") for n in (0, 1, 2)] == ["0 findings", "1 finding", "2 findings"]
    assert [plural(n, "finding", "fr") for n in (0, 1, 2)] == [
        "0 non-conformité",
        "1 non-conformité",
        "2 non-conformités",
    ]
    assert number(12345, "en") == "12,345"
    assert number(12345, "fr") == "12\u202f345"
    assert duration(0.4123, "fr") == "412\u00a0ms"
    assert duration(1.25, "fr") == "1,25\u00a0s"
    assert duration(1.25, "en") == "1.25\u00a0s"


def test_states_severities_and_counts_all_have_names() -> None:
    for language in ("en", "fr"):
        assert all(state_name(state, language) for state in State)
        assert all(severity_name(severity, language) for severity in Severity)
        assert all(plural(1, kind, language).startswith("1 ") for kind in KINDS)


def test_an_unknown_area_is_made_readable_and_an_unknown_word_is_a_mistake() -> None:
    assert name("call-recording", "fr") == "Call recording"
    with pytest.raises(KeyError):
        word("no such word", "en")


def test_every_area_of_the_checks_has_a_name_in_both_languages() -> None:
    checks = Path(__file__).resolve().parents[3] / "checks"
    areas = {folder.name for folder in checks.iterdir() if folder.is_dir() and any(folder.glob("*-*.yaml"))}
    areas -= set(RESERVED)
    assert areas <= WORDS


def test_frameworks_are_called_the_same_in_every_report() -> None:
    """The page takes the name from the framework's file, the other formats from the words."""
    frameworks = read_frameworks([str(Path(__file__).resolve().parents[3] / "checks")])
    del frameworks[ORGANISATION]
    assert {id_: one.name for id_, one in frameworks.items()} == {
        id_: Text(word(id_, "en"), word(id_, "fr")) for id_ in frameworks
    }


def test_a_sentence_has_its_values_and_french_its_spaces() -> None:
    assert word("below", "fr", findings="3 constats", threshold="critique") == "3 constats sous le seuil (critique)."
    assert word("for_reason", "fr", checks="A", reason="b") == "A\u00a0: b"
    assert plural(1, "unknown", "fr") == "1 machine n’a jamais répondu\u00a0: on n’en sait rien"


def test_a_key_of_nothing_but_marks_keeps_them() -> None:
    assert name("_", "en") == "_"
    assert name("web_server-1", "fr") == "Web server 1"


def test_no_line_breaks_before_a_colon_or_a_semicolon_in_french() -> None:
    assert (colon("en"), semicolon("en")) == (": ", "; ")
    assert (colon("fr"), semicolon("fr")) == ("\u00a0: ", "\u202f; ")
