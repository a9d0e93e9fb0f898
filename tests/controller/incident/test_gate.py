"""What keeps a host isolated: a critical finding that nobody accepted, and what could not be looked at."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from rempart_testing.run import BEGINNING, make_result, make_run, silent

from rempart_controller.incident.gate import find_obstacles, keep_run
from rempart_core.model.check import Severity
from rempart_core.model.result import State


@pytest.mark.parametrize(
    ("state", "severity", "stops"),
    [
        (State.FAIL, Severity.CRITICAL, True),
        (State.ERROR, Severity.CRITICAL, True),
        (State.FAIL, Severity.HIGH, False),
        (State.ERROR, Severity.HIGH, False),
        (State.PASS, Severity.CRITICAL, False),
        (State.NOT_APPLICABLE, Severity.CRITICAL, False),
    ],
)
def test_only_what_is_critical_and_not_proven_stops_a_release(state: State, severity: Severity, stops: bool) -> None:
    one = make_result("AAA-01", state)._replace(severity=severity)
    run = make_run("web", BEGINNING, [one, make_result("AAA-02", State.PASS)])
    assert [found.check for found in find_obstacles(run)] == ["AAA-01"] * stops


def test_a_host_that_does_not_answer_is_not_released() -> None:
    assert find_obstacles(silent("web", BEGINNING, ["AAA-01"]))


def test_the_run_is_kept_as_it_was_read_only(tmp_path: Path) -> None:
    run = make_run("web", BEGINNING, [make_result("AAA-01", State.PASS)])
    digest = keep_run(str(tmp_path), run)
    (path,) = tmp_path.iterdir()
    assert digest[:8] in path.name
    assert path.stat().st_mode & 0o777 == 0o400
    assert json.loads(path.read_text())["target"]["name"] == "web"
