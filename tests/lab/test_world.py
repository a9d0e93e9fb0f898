"""The lab itself: it ends with whoever made it, and its packages come from where this machine's do."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from rempart_testing import debian, nspawn
from rempart_testing.debian import Source
from rempart_testing.fleet_lab import FleetLab

_MAKER = """
import pathlib, sys, time
from rempart_testing import nspawn
with nspawn.make_world(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])) as world:
    print(world.boot("orphan", "").leader, flush=True)
    time.sleep(600)
"""


@pytest.mark.lab
def test_a_killed_maker_leaves_no_machine_no_mount_and_no_bridge(lab: FleetLab, tmp_path: Path) -> None:
    assert lab.machines
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


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("sources.list", "# deb http://no.example x\ndeb [arch=amd64] http://mirror.example/debian trixie main\n"),
        (
            "sources.list.d/debian.sources",
            (
                "Types: deb\nURIs: file:/here\nSuites: ./\n\n"
                "Types: deb\nURIs: http://mirror.example/debian\nSuites: trixie trixie-updates\nComponents: main\n"
            ),
        ),
    ],
)
def test_the_mirror_is_that_of_this_machine(tmp_path: Path, name: str, text: str) -> None:
    file = tmp_path / name
    file.parent.mkdir(exist_ok=True)
    file.write_text(text)
    assert debian.find_source(tmp_path) == Source("http://mirror.example/debian", "trixie")


def test_a_machine_without_a_mirror_has_none(tmp_path: Path) -> None:
    (tmp_path / "sources.list").write_text("deb cdrom:[Debian]/ trixie main\ndeb http://x.example/ ./\n")
    assert debian.find_source(tmp_path) is None
