"""The lab itself: it ends with whoever made it."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from rempart_testing import debian, nspawn

pytestmark = pytest.mark.lab

_MAKER = """
import pathlib, sys, time
from rempart_testing import nspawn
with nspawn.make_world(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])) as world:
    print(world.boot("orphan", "").leader, flush=True)
    time.sleep(600)
"""


def test_a_killed_maker_leaves_no_machine_no_mount_and_no_bridge(tmp_path: Path) -> None:
    maker = subprocess.Popen(
        [sys.executable, "-c", _MAKER, str(nspawn.expect_tree()), str(tmp_path)],
        env={**os.environ, "PYTHONPATH": os.path.dirname(os.path.dirname(debian.__file__))},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert maker.stdout
    leader = int(maker.stdout.readline())
    assert Path(f"/proc/{leader}").exists()
    maker.kill()
    maker.communicate()
    until = time.monotonic() + 30
    while Path(f"/proc/{leader}").exists():
        assert time.monotonic() < until
        time.sleep(0.05)
    assert str(tmp_path) not in Path("/proc/self/mounts").read_text(encoding="utf-8")
