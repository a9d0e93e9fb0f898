"""``rempart registers forget``: the rows of a person go from all registers, and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from rempart_core.registers.register import Registers

Run = Callable[..., tuple[int, str, str]]
HEAD = "as_of: 2026-11-20\nby: p-001\n"
UNDERTAKINGS = f"""# signed sheets
{HEAD}entries:
  # the first one
  - {{person: p-001, date: 2025-01-01, reference: binder}}
  - person: p-002
    date: 2025-01-01
    reference: binder
"""


@pytest.fixture
def left(folder: Path) -> Path:
    """Let the second person have left long ago, with an undertaking of hers."""
    people = (folder / "people.yaml").read_text(encoding="utf-8")
    (folder / "people.yaml").write_text(
        people.replace("temp, access_from: 2026-01-15}", "temp, access_from: 2025-01-15, left: 2025-10-01}"),
        encoding="utf-8",
    )
    organisation = (folder / "organisation.yaml").read_text(encoding="utf-8")
    (folder / "organisation.yaml").write_text(organisation.replace("headcount: 2", "headcount: 1"), encoding="utf-8")
    (folder / "undertakings.yaml").write_text(UNDERTAKINGS, encoding="utf-8")
    return folder


def test_rows_go_and_comments_stay(left: Path, registers: Run, read: Callable[[], Registers]) -> None:
    status, out, err = registers("forget", str(left), "--yes")
    assert (status, err) == (0, "")
    assert out.splitlines()[:3] == ["undertakings.yaml: 1 entry", "people.yaml: 1 entry", "1 person forgotten"]
    assert "The history of git keeps what was removed" in out
    assert (left / "undertakings.yaml").read_text(encoding="utf-8") == UNDERTAKINGS.partition("  - person: p-002")[0]
    assert "p-002" not in (left / "people.yaml").read_text(encoding="utf-8")
    assert not read().mistakes
    assert not read().troubles
    assert registers("forget", str(left)) == (0, "nobody left more than a year ago\n", "")


def test_nobody_who_can_be_asked_is_not_asked(left: Path, registers: Run) -> None:
    before = {path: path.read_bytes() for path in left.glob("*.yaml")}
    status, _, err = registers("forget", str(left))
    assert (status, "pass --yes" in err) == (2, True)
    assert {path: path.read_bytes() for path in left.glob("*.yaml")} == before


def test_a_file_that_cannot_be_edited_leaves_all_as_they_are(left: Path, registers: Run) -> None:
    text = (left / "people.yaml").read_text(encoding="utf-8")
    rows = text.partition("entries:\n")[2].replace("  - ", "- ").splitlines()
    people = f"{HEAD}entries: [{rows[0][2:]},\n  {rows[1][2:].partition('   #')[0]} # long ago\n  ]\n"
    (left / "people.yaml").write_text(people, encoding="utf-8")
    (left / "undertakings.yaml").write_text(f"{HEAD}entries: {{a: b}}\n", encoding="utf-8")
    before = {path: path.read_bytes() for path in left.glob("*.yaml")}
    assert registers("forget", str(left), "--yes")[0] == 2
    assert {path: path.read_bytes() for path in left.glob("*.yaml")} == before
