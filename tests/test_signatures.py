"""What folders hand to each other has a type; and what a caller has to know of a function stands in its docstring."""

from __future__ import annotations

from rempart_testing.signatures import find_unsaid, find_untyped


def test_nothing_goes_between_folders_without_a_type() -> None:
    assert sorted(set(find_untyped())) == []


def test_docstrings_name_arguments_and_errors() -> None:
    """Of public functions that take two values, each value; of those that raise an error themselves, which."""
    assert sorted(set(find_unsaid())) == []
