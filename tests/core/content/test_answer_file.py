"""The key ``answers``: read as it stands, and each mistake told with line, column and what to write."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from rempart_core.content.answer_file import find_answers, read_names
from rempart_core.content.checkfile import read_checks
from rempart_core.error import ContentError, Mistake
from rempart_core.model.answer import Answer, Bound
from rempart_core.text import Text

Write = Callable[..., Path]
Places = Callable[[list[Mistake]], list[str]]
CHECK = """\
id: ABC-01
revision: 1
title: {en: a, fr: b}
rationale: {en: a, fr: b}
severity: low
roles: [server]
level: benchmark
parameters:
  days: {type: integer, default: 3}
  files: {type: list, default: [/etc/x]}
platforms:
  linux:
    query: SELECT 'x' AS item, '' AS observed, '' AS expected, :days > 2 AND '' IN (:files) AS ok
remediation: {disruption: manual, manual: {en: a, fr: b}}
answers:
  ssg:
"""


@pytest.fixture
def write(written: Write) -> Callable[[str], Path]:
    return lambda rules: written({"area/abc-01-x.yaml": CHECK + rules})


def test_answers_are_read_as_they_stand(write: Callable[[str], Path]) -> None:
    folder = write(
        "    max_days: {item: days %, when: {days: {min: 1, max: 90}, files: {has: [/etc/y]}}}\n"
        "    of_two: {item: x, choice: true}\n"
        "    half: {item: x, part: {en: keys, fr: clés}}\n"
    )
    (check,) = read_checks([str(folder)])
    assert check.level == "benchmark"
    assert find_answers(str(folder / "area/abc-01-x.yaml"), check.parameters) == (
        Answer("ssg", "max_days", "days %", {"days": Bound(1, 90), "files": Bound(has=("/etc/y",))}, line=17, column=5),
        Answer("ssg", "of_two", "x", choice=True, line=18, column=5),
        Answer("ssg", "half", "x", part=Text("keys", "clés"), line=19, column=5),
    )


def test_a_check_without_answers_has_none(written: Write) -> None:
    folder = written({"area/abc-01-x.yaml": CHECK.replace("answers:\n  ssg:\n", "").replace("benchmark", "base")})
    (check,) = read_checks([str(folder)])
    assert check.level == "base"
    assert find_answers(str(folder / "area/abc-01-x.yaml"), check.parameters) == ()


@pytest.mark.parametrize(
    ("rules", "mistake"),
    [
        ("    a b: {item: x}", '17:5: answers.ssg: "a b" is not the name of a rule'),
        ("    a: {}", '17:8: answers.ssg.a: the key "item" is missing'),
        ("    a: {item: x, whenn: {}}", '17:18: unknown key "whenn": did you mean "when"?'),
        ("    a: {item: x, when: {day: {min: 1}}}", "17:25: answers.ssg.a.when: "),
        (
            "    a: {item: x, when: {days: {}}}",
            "17:31: answers.ssg.a.when.days: expected one of min, max, is, has, within",
        ),
        ("    a: {item: x, when: {files: {min: 1}}}", "17:38: answers.ssg.a.when.files.min: "),
        ("    a: {item: x, when: {days: {has: [1]}}}", "17:37: answers.ssg.a.when.days.has: "),
        ("    a: {item: x, when: {days: {is: y}}}", "17:36: answers.ssg.a.when.days.is: "),
        ("    a: {item: x, when: {files: {has: []}}}", "17:38: answers.ssg.a.when.files.has: "),
        ("    a: {item: x, when: {files: {within: []}}}", "17:41: answers.ssg.a.when.files.within: "),
        ("    a: {item: x, when: {days: {within: [1]}}}", "17:40: answers.ssg.a.when.days.within: "),
        ("    a: {item: x, choice: 2}", "17:26: answers.ssg.a.choice: "),
        ("    a: {item: x, part: keys}", "17:24: answers.ssg.a.part: expected both languages"),
        ("    a: {item: x, choice: true, part: {en: a, fr: b}}", "17:26: answers.ssg.a.choice: a choice is answered"),
        ("    {}", "17:5: answers.ssg: names no rule"),
        ("  xccdf: {a: {item: x}}", '17:3: unknown key "xccdf"'),
    ],
)
def test_each_mistake_has_its_place(write: Callable[[str], Path], places: Places, rules: str, mistake: str) -> None:
    with pytest.raises(ContentError) as caught:
        read_checks([str(write(rules + "\n"))])
    assert any(place.startswith(mistake) for place in places(caught.value.mistakes)), places(caught.value.mistakes)


def test_a_level_that_there_is_not_is_refused(written: Write, places: Places) -> None:
    folder = written({"area/abc-01-x.yaml": CHECK.replace("level: benchmark", "level: high")})
    with pytest.raises(ContentError) as caught:
        read_checks([str(folder)])
    assert any(place.startswith("7:8: level: ") for place in places(caught.value.mistakes))


def test_names_are_read_and_a_line_that_is_none_is_told(written: Write) -> None:
    folder = written({"foreign/ssg.txt": "one\ntwo.x-y+z\nno name\n"})
    mistakes: list[Mistake] = []
    assert read_names([str(folder), str(folder / "none")], "ssg", mistakes) == {"one", "two.x-y+z"}
    assert [(one.line, one.column) for one in mistakes] == [(3, 1)]


def test_names_that_cannot_be_decoded_are_a_mistake(written: Write) -> None:
    folder = written({"foreign/ssg.txt": "one\n"})
    (folder / "foreign/ssg.txt").write_bytes(b"one\n\xff\n")
    mistakes: list[Mistake] = []
    assert read_names([str(folder)], "ssg", mistakes) == frozenset()
    assert len(mistakes) == 1
