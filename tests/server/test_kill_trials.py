"""A server that is killed with SIGKILL at any moment: what it confirmed is there, once."""

from __future__ import annotations

import os
from pathlib import Path

from rempart_testing.kill_trials import try_kills

TRIALS = int(os.environ.get("REMPART_KILLS", "5"))


def test_nothing_that_was_confirmed_is_lost_or_stored_twice(tmp_path: Path) -> None:
    found = try_kills(tmp_path, TRIALS, seed=int(os.environ.get("REMPART_SEED", "1")))
    assert found.lost == []
    assert found.unlike == []
    assert found.confirmed > found.hosts
    assert found.runs[1] == found.hosts
