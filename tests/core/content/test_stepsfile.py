"""The steps of a fix: what no reader could follow is a mistake, told with its place."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from rempart_core.content.checkfile import read_checks
from rempart_core.error import ContentError, Mistake
from rempart_core.model.check import Step
from rempart_core.text import Text

Write = Callable[..., Path]
Places = Callable[[list[Mistake]], list[str]]

STEPS = """\
id: ABC-01
revision: 1
title: {en: a, fr: b}
rationale: {en: a, fr: b}
severity: low
roles: [server]
parameters:
  days: {type: integer, default: 3}
platforms:
  linux:
    query: |
      SELECT 'x' AS item, '' AS observed, '' AS expected,
        :days > 2 AS ok
remediation:
  disruption: manual
  steps:
"""


@pytest.fixture
def mistakes_of(written: Write, places: Places) -> Callable[[str], list[str]]:
    """Read one check file and return its mistakes."""

    def read(text: str) -> list[str]:
        root = written({"area/abc-01-x.yaml": text})
        with pytest.raises(ContentError) as caught:
            read_checks([str(root)])
        return places(caught.value.mistakes)

    return read


@pytest.mark.parametrize(
    ("steps", "told"),
    [
        ("    linux: []\n", "17:12: remediation.steps.linux: the list is empty"),
        ("    debian: [{command: ls}]\n", "17:5: remediation.steps: no steps for rhel, suse"),
        ("    linux: [{command: ls}]\n    windows: [{command: dir}]\n", "the check is not asked on windows"),
        ("    linux: [{command: ls, en: a, fr: b}]\n", "17:13: remediation.steps.linux: a command stands alone"),
        ("    linux: [{command: ls …}]\n", 'remediation.steps.linux.command: "…" is no character of a command'),
        ('    linux: [{command: "`ls`"}]\n', "remediation.steps.linux.command: write it without the backticks"),
        ("    linux: [{en: a}]\n", '17:13: remediation.steps.linux: the key "fr" is missing'),
        (f"    linux: [{{en: {'a' * 301}, fr: b}}]\n", "remediation.steps.linux.en: 301 characters, at most 300"),
        ("    linux: [{command: ls}]\n  manual: {en: a, fr: b}\n", 'expected "steps", or "manual"'),
    ],
)
def test_steps_that_no_reader_could_follow_are_mistakes(
    mistakes_of: Callable[[str], list[str]], steps: str, told: str
) -> None:
    assert any(told in one for one in mistakes_of(STEPS + steps)), mistakes_of(STEPS + steps)


def test_steps_are_read_by_system(written: Write) -> None:
    text = STEPS + "    any: [{en: a, fr: b}]\n    debian:\n      - command: |\n          a\n          b\n"
    (check,) = read_checks([str(written({"area/abc-01-x.yaml": text}))])
    assert check.remediation.manual == Text("", "")
    assert check.remediation.steps == (("debian", (Step(command="a\nb"),)), ("any", (Step(Text("a", "b")),)))
