"""Server and push are killed at random moments: nothing that was confirmed is lost, nothing is stored twice."""

from __future__ import annotations

import os
import random
import signal
import time
from pathlib import Path

import pytest
from rempart_testing.pushing import Pushing, pushing
from rempart_testing.server import PATIENCE

from rempart_agent.machine_identity import read_identity

pytestmark = pytest.mark.skipif(not read_identity(), reason="this machine has no id")
TRIALS = int(os.environ.get("REMPART_KILLS", "5"))
EACH = 12


def kill_server(both: Pushing) -> Pushing:
    """End the server with its workers, as a machine that loses its power does, and start it anew."""
    os.killpg(both.server.process.pid, signal.SIGKILL)
    both.server.process.wait(PATIENCE)
    return both.restart()


def test_what_is_killed_at_any_moment_loses_and_doubles_nothing(tmp_path: Path) -> None:
    seed = time.time_ns()
    chance = random.Random(seed)  # noqa: S311 - no secret: it says when something is killed
    times: list[int] = []
    with pushing(tmp_path) as first:
        assert first.enrol().returncode == 0
        assert first.server.stop() == 0
        both = first.restart()
        try:
            for trial in range(TRIALS):
                times += both.put(trial * EACH, EACH)
                push = both.start("push")
                time.sleep(chance.uniform(0.0, 1.2))
                if chance.random() < 0.5:
                    push.kill()
                else:
                    both = kill_server(both)
                    push.terminate()
                push.communicate(timeout=PATIENCE)
                gone = len(times) - both.waiting()
                assert set(times[:gone]) <= set(both.stored()), f"seed {seed}: confirmed, and not stored"
            assert both.call("push", patience=PATIENCE + TRIALS * EACH).returncode == 0, f"seed {seed}"
            assert both.stored() == times, f"seed {seed}: each once"
            assert both.waiting() == 0
        finally:
            os.killpg(both.server.process.pid, signal.SIGKILL)
            both.server.process.wait(PATIENCE)
