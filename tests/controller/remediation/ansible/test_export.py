"""A plan as a plain playbook: Ansible runs it against an inventory that has more hosts than the plan."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from rempart_controller.remediation.ansible.export import write_playbook
from rempart_controller.remediation.records.plan import FixPlan, PlannedFix, PlannedHost

HERE = Path(__file__).resolve().parents[4]
FIX = PlannedFix("KRN-01", "kernel", ("a", "b"), "high", "none", "00", (), {})


@pytest.mark.parametrize("name", ["site.yml", "undo.yml"])
def test_it_runs_on_the_hosts_of_the_plan_and_on_no_other(tmp_path: Path, name: str) -> None:
    inventory = tmp_path / "hosts.json"
    inventory.write_text(json.dumps({"all": {"hosts": {one: {} for one in ("planned", "other", "blocked")}}}))
    hosts = (
        PlannedHost("planned", "all", "linux", "Debian", fixes=(FIX,)),
        PlannedHost("blocked", "all", "linux", "Debian"),
    )
    plan = FixPlan("p-1", "2026-11-25T13:00:00Z", "ann@desk", (str(inventory),), "", hosts=hosts)
    folder = tmp_path / "out"
    write_playbook(str(folder), plan, str(HERE / "playbooks"))
    assert name in (folder / "README.md").read_text()
    words = [sys.executable, "-m", "ansible", "playbook", "-i", str(inventory), "-i", str(folder / "overlay.yml")]
    done = subprocess.run(
        [*words, "--list-hosts", str(folder / name)],
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"HOME": str(tmp_path), "LC_ALL": "C.UTF-8"},
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("hosts (1):\n      planned\n") == (2 if name == "site.yml" else 1), done.stdout
    assert "other" not in done.stdout
    assert "blocked" not in done.stdout
