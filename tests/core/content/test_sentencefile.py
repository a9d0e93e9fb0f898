"""The key ``sentences`` of a check file: both languages say the same of the same data."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from rempart_core.content.checkfile import read_check
from rempart_core.error import ContentError, Mistake
from rempart_core.model.check import Check

Write = Callable[..., Path]
Places = Callable[[list[Mistake]], list[str]]

CHECK = """\
id: ABC-01
revision: 1
title: {en: a, fr: b}
rationale: {en: a, fr: b}
severity: low
roles: [server]
parameters:
  days: {type: integer, default: 3}
  name: {type: text, default: x}
  pairs: {type: rows, columns: [a], default: [[x]]}
SENTENCES
platforms:
  linux:
    query: |
      WITH w(a) AS (VALUES :pairs)
      SELECT :name AS item, 'seen' AS observed, '' AS expected, :days > 2 AS ok FROM w
remediation:
  disruption: manual
  manual: {en: a, fr: b}
"""


@pytest.fixture
def read(written: Write) -> Callable[[str], Check]:
    def read(sentences: str) -> Check:
        text = CHECK.replace("SENTENCES\n", f"{sentences}\n" if sentences else "")
        path = written({"area/abc-01-a.yaml": text}) / "area/abc-01-a.yaml"
        return read_check(str(path), "area", "checks/area/abc-01-a.yaml")

    return read


def test_sentences_are_read(read: Callable[[str], Check]) -> None:
    told = "sentences:\n  seen: {en: 'seen {at}, {:days:day|days}', fr: '{:days:jour|jours}, vu {at}'}"
    assert read(told).sentences == {"seen": ("seen {at}, {:days:day|days}", "{:days:jour|jours}, vu {at}")}
    assert read("sentences: none").sentences == {}
    assert read("").sentences is None


@pytest.mark.parametrize(
    ("sentences", "message"),
    [
        ("sentences: {a: {en: x}}", 'sentences.a: the key "fr" is missing'),
        ("sentences: {a: x}", "sentences.a: expected both languages"),
        ("sentences: {}", "write sentences: none"),
        ("sentences: [a]", "sentences: expected keys and values, found a list"),
        ("sentences: other", "sentences: expected keys and values"),
        ("sentences: {A-b: {en: x, fr: y}}", "is no id"),
        ("sentences: {a: {en: 'x {at}', fr: y}}", "English and French hold different places: {at}"),
        ("sentences: {a: {en: 'x {at}', fr: 'y {at} {at}'}}", "different places: {at}"),
        ("sentences: {a: {en: '{n:one|many}', fr: '{n}'}}", "different places: {n:|}, {n}"),
        ("sentences: {a: {en: 'x {at', fr: 'y'}}", "sentences.a.en: a brace that belongs to no place"),
        ("sentences: {a: {en: '{:day}', fr: '{:day}'}}", "the parameter :day is not declared: did you mean"),
        ("sentences: {a: {en: '{:pairs}', fr: '{:pairs}'}}", ":pairs holds rows"),
        ("sentences: {a: {en: '{:name:a|b}', fr: '{:name:a|b}'}}", ":name is no whole number"),
    ],
)
def test_mistakes_are_told(read: Callable[[str], Check], sentences: str, message: str) -> None:
    with pytest.raises(ContentError) as caught:
        read(sentences)
    assert message in str(caught.value), str(caught.value)
