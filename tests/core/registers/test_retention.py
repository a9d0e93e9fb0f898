"""What goes a year after somebody has left, and what stays."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from rempart_core.registers.register import Registers
from rempart_core.registers.retention import find_forgotten

HEAD = "as_of: 2026-11-20\nby: p-001\n"
Give = Callable[..., Registers]


@pytest.fixture
def left(folder: Path) -> Callable[[str], None]:
    """Let the second person have left on a day."""

    def leave(day: str) -> None:
        path = folder / "people.yaml"
        text = path.read_text(encoding="utf-8")
        path.write_text(text.replace("kind: temp", f"kind: temp, left: {day}"), encoding="utf-8")

    return leave


def test_a_year_is_kept(given: Give, left: Callable[[str], None]) -> None:
    left("2025-11-27")
    assert not find_forgotten(given()).rows


def test_the_rows_about_a_person_go_and_evidence_that_nobody_else_needs_is_named(
    given: Give, left: Callable[[str], None], folder: Path
) -> None:
    left("2025-11-20")
    for name in ("one.pdf", "both.pdf"):
        (folder / name).touch()
    rows = "".join(
        f"  - {{person: {person}, date: 2025-01-0{day}, evidence: {name}}}\n"
        for person, day, name in (("p-001", 1, "both.pdf"), ("p-002", 1, "both.pdf"), ("p-002", 2, "one.pdf"))
    )
    gone = find_forgotten(given(undertakings_yaml=f"{HEAD}entries:\n{rows}"))
    assert gone.people == ("p-002",)
    assert gone.rows == {"undertakings": [1, 2], "people": [1]}
    assert (gone.named, gone.evidence) == ((), ("one.pdf",))


def test_whoever_is_still_named_stays_in_the_roster(given: Give, left: Callable[[str], None]) -> None:
    left("2025-11-20")
    review = "scope: CRM, kind: application, date: 2025-10-01, reviewer: p-002, reference: x"
    gone = find_forgotten(given(access_reviews_yaml=f"{HEAD}entries:\n  - {{{review}}}\n"))
    assert (gone.rows, gone.named) == ({}, ("p-002",))
    assert find_forgotten(given(watch_yaml=f"{HEAD}entries: []\n".replace("p-001", "p-002"))).named == ("p-002",)
