"""FWL-06 on a root whose services systemctl itself enables, disables and masks."""

from __future__ import annotations

import shutil
import subprocess
from contextlib import closing
from pathlib import Path

import pytest
from rempart_testing.machine import Machine, TreeEngine
from rempart_testing.own_checks import own_checks
from rempart_testing.tree_files import lay_system

from rempart_agent.audit.examine import Circumstances, examine
from rempart_core.model.result import Result
from rempart_core.model.selection import Selected

CHECK = next(check for check in own_checks() if check.id == "FWL-06")
UNITS = ("ufw.service", "nftables.service", "netfilter-persistent.service")

pytestmark = pytest.mark.skipif(not shutil.which("systemctl"), reason="needs systemctl")


def judge(machine: Machine) -> Result:
    defaults = {name: parameter.default for name, parameter in CHECK.parameters.items()}
    with closing(TreeEngine(machine.offline())) as engine:
        chosen = Selected(CHECK, CHECK.severity, defaults)
        return examine(chosen, engine, Circumstances("linux", "image", privileged=True))


def systemctl(machine: Machine, verb: str, unit: str) -> None:
    command = ["systemctl", f"--root={machine.root}", verb, unit]
    subprocess.run(command, check=True, capture_output=True)


def test_what_systemctl_enables_counts(tmp_path: Path) -> None:
    machine = Machine(tmp_path / "root")
    lay_system(machine)
    machine.file("/var/lib/dpkg/status", "Package: ufw\nStatus: install ok installed\nVersion: 0.36.2-9\n")
    for unit in UNITS:
        text = "[Service]\nType=oneshot\nExecStart=/bin/true\n[Install]\nWantedBy=sysinit.target\n"
        machine.file(f"/usr/lib/systemd/system/{unit}", text)
    found = []
    for verb, unit in (
        *(("enable", "nftables.service"), ("enable", "ufw.service"), ("disable", "nftables.service")),
        *(("enable", "netfilter-persistent.service"), ("mask", "netfilter-persistent.service")),
    ):
        systemctl(machine, verb, unit)
        found.append(judge(machine).state.value)
    assert found == ["pass", "fail", "pass", "fail", "pass"]
