"""docs/add-a-check.md: the check that it shows is sound, and its cases come out as they say."""

from __future__ import annotations

import re
from pathlib import Path

from rempart_agent.quality.lint import lint, run_cases
from rempart_core.content.checkfile import read_checks

DOCUMENT = Path(__file__).parents[2] / "docs/add-a-check.md"


def test_the_documented_check_is_sound_and_its_cases_come_out(tmp_path: Path) -> None:
    shown = re.findall(r"`([a-z]+/[\w.-]+\.yaml)`:\n\n```yaml\n(.*?)```", DOCUMENT.read_text(), re.DOTALL)
    for name, text in shown:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    (check,) = read_checks([str(tmp_path)])
    assert lint([check], [str(tmp_path)]) == []
    outcomes = dict(run_cases(check, str(tmp_path / shown[1][0])))
    assert len(outcomes) == 5
    assert [wrong for wrong in outcomes.values() if wrong] == []
