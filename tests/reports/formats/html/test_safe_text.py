"""Untrusted text in a page: escaped, harmless in a log, and cut where it is huge."""

from __future__ import annotations

import pytest

from rempart_core.text import Text
from rempart_reports.formats.html.safe_text import (
    VALUE_LENGTH,
    name_anchor,
    write_folding,
    write_own,
    write_text,
    write_value,
)


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("plain words", "plain words"),
        ("<b>&", "&lt;b&gt;&amp;"),
        ("##vso[", "#&#35;vso["),
        ("::error::", ":&#58;error:&#58;"),
        ("\x1b[31m", "\ufffd[31m"),
    ],
)
def test_what_a_machine_says_is_no_markup_and_no_command(text: str, written: str) -> None:
    assert write_text(text) == written


def test_a_huge_value_is_cut_and_says_so() -> None:
    assert write_value("x" * (VALUE_LENGTH + 5), "en").endswith("… (5 more characters)")
    assert write_value("x" * VALUE_LENGTH, "en") == "x" * VALUE_LENGTH


def test_a_long_value_folds_and_keeps_its_lines() -> None:
    text = "\n".join(f"line <{number}>" for number in range(20))
    written = write_folding(text, "en")
    assert written.startswith('<details class="long"><summary>line &lt;0&gt;')
    assert "line &lt;19&gt;</pre>" in written
    assert write_folding("short", "en") == "short"


def test_our_own_text_may_hold_code() -> None:
    assert write_own(Text("run `a < b`", "x"), "en") == "run <code>a &lt; b</code>"
    assert write_own(Text("one ` alone", "x"), "en") == "one ` alone"


def test_an_anchor_is_a_name() -> None:
    assert name_anchor("FWL-01") == "FWL-01"
    assert name_anchor('a"b') == "a_22b"
