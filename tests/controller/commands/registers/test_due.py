"""``rempart registers due``: the most urgent first, with the line that is meant."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

Run = Callable[..., tuple[int, str, str]]
HEAD = "as_of: 2026-11-20\nby: p-001\n"


def test_what_is_due_and_overdue(folder: Path, registers: Run) -> None:
    rows = "".join(
        f"  - {{person: p-{number:03}, kind: initial, date: 2025-12-10, syllabus: x, reference: y}}\n"
        for number in range(1, 6)
    )
    people = "".join(
        f"  - {{id: p-{number:03}, team: T, kind: employee, access_from: 2026-01-15}}\n" for number in range(1, 6)
    )
    (folder / "people.yaml").write_text(f"{HEAD}entries:\n{people}", encoding="utf-8")
    (folder / "training.yaml").write_text(f"{HEAD}entries:\n{rows}", encoding="utf-8")
    (folder / "breaches.yaml").write_text(
        f"{HEAD}entries:\n  - {{id: b-1, what: x, aware: 2026-11-20T08:00Z}}\n", encoding="utf-8"
    )
    status, out, err = registers("due", str(folder))
    assert (status, err) == (0, "")
    assert out.splitlines() == [
        "2026-11-22  5 days overdue  breaches: notify b-1, or decide not to  (breaches.yaml:4)",
        "2026-12-10  in 13 days  training: renew p-001, p-002, p-003 and 2 more  (training.yaml:4)",
    ]
    assert len(registers("due", str(folder), "--within", "5d")[1].splitlines()) == 1
    assert "personne" not in out
    told = registers("due", str(folder), "--lang", "fr")[1]
    assert "5 jours de retard  breaches\u00a0: " in told


def test_nothing_is_due(folder: Path, registers: Run) -> None:
    assert registers("due", str(folder), "--within", "10d") == (0, "nothing is due within 10 days\n", "")
    with pytest.raises(SystemExit, match="2"):
        registers("due", str(folder), "--within", "soon")


def test_a_folder_with_mistakes(folder: Path, registers: Run) -> None:
    (folder / "watch.yaml").write_text("x", encoding="utf-8")
    assert registers("due", str(folder))[0] == 2
