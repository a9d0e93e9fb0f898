"""Lint reads weights and scenarios: a glob that names nothing would leave a scenario without what carries it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from rempart_testing.risk import CHECKS

from rempart_agent.quality.lint_risk import lint_risk
from rempart_controller.commands.main import main
from rempart_core.content.checkfile import read_checks

KNOWN = [one.id for one in read_checks([CHECKS])]


@pytest.fixture
def content(tmp_path: Path) -> Path:
    """Return a copy of what risk is reckoned with."""
    for name in ("data", "frameworks", "scenarios"):
        shutil.copytree(Path(CHECKS) / name, tmp_path / "content" / name)
    return tmp_path / "content"


def test_what_comes_with_rempart_is_sound(content: Path) -> None:
    assert lint_risk([CHECKS], KNOWN) == []
    assert lint_risk([str(content)], KNOWN) == []


def test_scenarios_need_weights(content: Path, tmp_path: Path) -> None:
    (content / "data" / "risk.yaml").unlink()
    assert [str(one.message) for one in lint_risk([str(content)], KNOWN)] == ["there is no data file risk"]
    assert lint_risk([str(tmp_path)], []) == []


def test_mistakes_of_weights_and_scenarios_are_told_together(content: Path) -> None:
    for file, old, new in (
        ("data/risk.yaml", "[area, cap, 160]", "[area, cap, none]"),
        ("scenarios/s4-device-stolen.yaml", "DSK-*", "DSX-*"),
    ):
        path = content / file
        path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    assert sorted(Path(one.file).name for one in lint_risk([str(content)], KNOWN)) == [
        "risk.yaml",
        "s4-device-stolen.yaml",
    ]


def test_the_command_reads_them(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "own" / "scenarios"
    folder.mkdir(parents=True)
    text = (Path(CHECKS) / "scenarios" / "s4-device-stolen.yaml").read_text(encoding="utf-8")
    (folder / "s9-own.yaml").write_text(text.replace("id: S4", "id: S9").replace("LCK-*", "LKC-*"), encoding="utf-8")
    assert main(["checks", "lint", "--checks-dir", str(tmp_path / "own"), "DSK-01"]) == 2
    assert "s9-own.yaml" in capsys.readouterr().err
