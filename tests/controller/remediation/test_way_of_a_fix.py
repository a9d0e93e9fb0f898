"""The way of one fix through the controller, from the plan to applied: few modules, and none is called from below."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from rempart_testing import way_of_a_fix
from rempart_testing.fixing_here import FixingHere
from rempart_testing.signatures import find_users

_MODULES = 15
_BACK = 3


def is_below(caller: str, callee: str) -> bool:
    """Tell whether a module is called by one that does not know it: it was handed down to be called back."""
    known = {user for user, _ in find_users().get(callee, set())}
    return bool(caller) and caller != callee and caller not in known


def test_a_fix_passes_few_modules_from_its_plan_until_it_is_applied(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = FixingHere(tmp_path)
    here.program = [sys.executable, way_of_a_fix.__file__]
    ways = tmp_path / "ways"
    monkeypatch.setenv(way_of_a_fix.OUT, str(ways))
    assert here.plan("ZZZ-01").returncode == 1
    done = here.run("apply", "plan.json", "--yes", *here.own)
    assert (done.returncode, "1 fixed" in done.stdout) == (0, True), done.stdout + done.stderr
    taken = [json.loads(line) for line in ways.read_text(encoding="utf-8").splitlines()]
    passed = sorted({callee for _, callee in taken})
    assert any("plan" in name for name in passed)
    assert any("apply" in name for name in passed)
    assert len(passed) <= _MODULES, passed
    back = [(caller, callee) for caller, callee in taken if is_below(caller, callee)]
    assert len(back) <= _BACK, back
