"""Many hosts in a line, and tables: nothing is wider than it must be, and no name speaks to the terminal."""

from __future__ import annotations

import pytest

from rempart_reports.writing.host_list import lay_out, name_some


@pytest.mark.parametrize("count", [1, 6, 7])
def test_few_names_are_all_there(count: int) -> None:
    names = [f"web-{number}" for number in range(count)]
    assert name_some(names, "en") == ", ".join(names)


@pytest.mark.parametrize(
    ("language", "count", "said"),
    [
        ("en", True, "8 hosts – web-0, web-1, web-2, web-3, web-4, web-5, 2 more"),
        ("en", False, "web-0, web-1, web-2, web-3, web-4, web-5, 2 more"),
        ("fr", True, "8 machines – web-0, web-1, web-2, web-3, web-4, web-5, 2 de plus"),
    ],
)
def test_of_many_the_first_are_named_and_the_rest_counted(language: str, count: bool, said: str) -> None:
    assert name_some([f"web-{number}" for number in range(8)], language, count=count) == said


def test_a_name_is_no_command_to_the_terminal() -> None:
    assert "\x1b" not in name_some(["a\x1b[2J"], "en")
    assert "\n" not in name_some(["a\nb"] * 9, "en")


def test_words_stand_to_the_left_and_numbers_to_the_right() -> None:
    rows = [["host", "state", "fixed"], ["a", "kept", "12"], ["long-name", "lost", "3"]]
    assert list(lay_out(rows, 2)) == [
        "host       state  fixed",
        "a          kept      12",
        "long-name  lost       3",
    ]
