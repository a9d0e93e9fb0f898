"""What systemd finds wrong with units is said, and nothing of them stays."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from rempart_controller.commands import schedule as command
from rempart_controller.schedule import systemd
from rempart_controller.schedule.job import Plan
from rempart_controller.schedule.unit import calendar, write_service
from rempart_core.error import ScheduleError, UsageError
from rempart_core.messages.message import own
from rempart_core.text import Text

NEEDS_SYSTEMD = pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="needs systemd-analyze")


@NEEDS_SYSTEMD
def test_systemd_finds_mistakes_in_units_and_times() -> None:
    plan = Plan("rempart-audit", ("/nonexistent/rempart",), "02:30", 5, "root", system=True, remote=True)
    with pytest.raises(ScheduleError, match="not executable"):
        systemd.verify({"rempart-audit.service": write_service(plan)}, calendar("02:30"), system=True)
    with pytest.raises(UsageError, match="calendar"):
        systemd.verify({}, "often", system=True)


def test_units_that_can_not_be_started_are_taken_away_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*words: str, system: bool) -> None:
        raise ScheduleError(own(Text("no", "non")))

    monkeypatch.setattr(systemd, "tell", refuse)
    new, old = tmp_path / "rempart-audit.timer", tmp_path / "rempart-audit.service"
    new.write_text("")
    old.write_text("")
    with pytest.raises(ScheduleError, match="no"):
        command._start("rempart-audit", [str(new)], True)
    assert list(tmp_path.iterdir()) == [old]
