"""Scenarios: those that come with Rempart, and each mistake of others."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from rempart_testing.risk import CHECKS
from rempart_testing.spaces import plain

from rempart_core.content.checkfile import read_checks
from rempart_core.content.frameworkfile import read_frameworks
from rempart_core.content.scenariofile import read_scenarios
from rempart_core.error import ContentError
from rempart_core.model.framework import ORGANISATION

Write = Callable[..., Path]
TEXT = (Path(CHECKS) / "scenarios" / "s4-device-stolen.yaml").read_text(encoding="utf-8")
NAME = "scenarios/s4-device-stolen.yaml"
KNOWN = ("DSK-01", "LCK-01", "ACC-06", "INT-01")
CONTROLS = ("ORG-13", "ORG-23")


def test_the_eight_that_come_with_it() -> None:
    """Each of their globs names checks that there are; and each names its terms in both methods and languages."""
    checks = [one.id for one in read_checks([CHECKS])]
    found = read_scenarios([CHECKS], checks, read_frameworks([CHECKS])[ORGANISATION].requirements)
    assert list(found) == [f"S{number}" for number in range(1, 9)]
    for one in found.values():
        assert one.controls, one.id
        for text in (one.title, one.threat, one.consequence, one.iso, one.ebios):
            assert text.en
            assert text.fr
            assert text.en != text.fr
    assert found["S3"].carries("BKP-01")
    assert not found["S3"].carries("DSK-01")


@pytest.mark.parametrize(
    ("name", "old", "new", "said"),
    [
        (NAME, "DSK-*", "DSX-*", 'checks: no check matches "DSX-*"'),
        (NAME, "ORG-13", "ORG-99", 'controls: no organisational control has the id "ORG-99"'),
        (NAME, "id: S4", "id: X4", 'id: "X4" is no id of a scenario'),
        (NAME, "id: S4", "id: S5", "the scenario S5 lies in a file of S4"),
        (NAME, "gravity: G3", "gravity: G5", "gravity: found the text"),
        (NAME, "gravity: G3", "", 'the key "gravity" is missing'),
        ("scenarios/stolen.yaml", "", "", "a scenario's file is named by its id and a slug"),
    ],
)
def test_each_mistake_is_told(written: Write, name: str, old: str, new: str, said: str) -> None:
    root = written({name: TEXT.replace(old, new) if old else TEXT})
    with pytest.raises(ContentError) as caught:
        read_scenarios([str(root)], KNOWN, CONTROLS)
    assert said in " | ".join(plain(str(one.message)) for one in caught.value.mistakes)


def test_no_two_have_one_id(written: Write) -> None:
    root = written({NAME: TEXT, "scenarios/s4-other.yaml": TEXT})
    with pytest.raises(ContentError, match="S4"):
        read_scenarios([str(root)], KNOWN, CONTROLS)
