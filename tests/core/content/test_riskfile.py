"""The weights of risk: each mistake has its place, and none lets a fix raise a risk."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from rempart_testing.risk import CHECKS, numbers
from rempart_testing.spaces import plain

from rempart_core.content.riskfile import read_numbers
from rempart_core.error import ContentError
from rempart_core.model.check import Severity

Write = Callable[..., Path]
TEXT = (Path(CHECKS) / "data" / "risk.yaml").read_text(encoding="utf-8")


@pytest.fixture
def told(written: Write) -> Callable[..., list[str]]:
    """Read the file with a part replaced and return its mistakes."""

    def read(old: str, new: str) -> list[str]:
        assert old in TEXT
        root = written({"data/risk.yaml": TEXT.replace(old, new)})
        with pytest.raises(ContentError) as caught:
            read_numbers([str(root)])
        return [plain(str(one.message)) for one in caught.value.mistakes]

    return read


def test_the_weights_that_come_with_it() -> None:
    found = numbers()
    assert found.chance[Severity.CRITICAL] == 0.4
    assert (found.unknown, found.waived, found.fallback, found.age) == (0.5, 0.25, 0.5, 0.5)
    assert (found.cap, found.worst, found.covered, found.control, found.divisor) == (1.6, 0.1, 0.8, 0.15, 4)
    assert (found.likely, found.answer_days) == ((0.2, 0.45, 0.75), 7)
    assert found.updated


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("  - [area, cap, 160]\n", "", "values: the row [area, cap, …] is missing"),
        ("  - [matrix, G2, ", "  - [matrix, G1, ", "values: the row [matrix, G2, …] is missing"),
        ("[area, cap, 160]", "[area, cap]", "values: expected a row: [group, name, number]"),
        ("[area, cap, 160]", "[area, cap, 160, 1]", "area: expected a row: [group, name, number]"),
        ("[area, cap, 160]", "[aera, cap, 160]", 'values: found the text "aera": did you mean "area" or "answer"?'),
        ("[chance, critical, 40]", "[chance, critical, 100]", "chance: 100 is too large: at most 99"),
        ("[scenario, divisor, 4]", "[scenario, divisor, 0]", "scenario: 0 is too small: at least 1"),
        ("[area, cap, 160]", "[area, cap, lots]", "area: expected a whole number, found the text"),
        (
            "[chance, high, 20]",
            "[chance, high, 50]",
            "values: chance has to grow: info ≤ low ≤ medium ≤ high ≤ critical",
        ),
        ("[exposure, internal, 100]", "[exposure, internal, 140]", "values: exposure has to grow"),
        ("[likely, V3, 45]", "[likely, V3, 10]", "values: likely has to grow: V2 ≤ V3 ≤ V4"),
        (
            "[matrix, G1, acceptable, acceptable, acceptable, tolerable]",
            "[matrix, G1, acceptable]",
            "expected a gravity",
        ),
        (
            "[matrix, G4, tolerable, tolerable, unacceptable, unacceptable]",
            "[matrix, G4, tolerable, tolerable, acceptable, unacceptable]",
            "matrix: more gravity or likelihood leads to a lower level, from G4 V1 on: a fix could raise a risk",
        ),
        (
            "[matrix, G3, acceptable, tolerable, tolerable, unacceptable]",
            "[matrix, G3, unacceptable, unacceptable, unacceptable, unacceptable]",
            "matrix: more gravity or likelihood leads to a lower level, from G1 V1 on: a fix could raise a risk",
        ),
    ],
)
def test_each_mistake_is_told(told: Callable[..., list[str]], old: str, new: str, said: str) -> None:
    assert said in " | ".join(told(old, new))


def test_weights_that_are_not_there_are_no_weights_of_zero(tmp_path: Path) -> None:
    with pytest.raises(ContentError, match="risk"):
        read_numbers([str(tmp_path)])


def test_the_checks_are_read_beside_it(written: Write) -> None:
    """No parameter takes the list, and that is no mistake of it."""
    from rempart_core.content.checkfile import read_checks

    assert read_checks([str(written({"data/risk.yaml": TEXT}))]) == []
