"""The playbook that installs the agent is held to ansible-lint's strictest profile; the lab runs it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

PLAYBOOKS = Path(__file__).parents[2] / "playbooks"
LINT = Path(sys.executable).parent / "ansible-lint"


def test_the_playbook_and_its_role_pass_the_production_profile(tmp_path: Path) -> None:
    words = ["--offline", "--nocolor", "--profile", "production", "install_agent.yml", "roles/agent"]
    own = {"HOME": str(tmp_path), "ANSIBLE_HOME": str(tmp_path), "PATH": f"{LINT.parent}:{os.environ['PATH']}"}
    done = subprocess.run(
        [str(LINT), *words], cwd=PLAYBOOKS, env=os.environ | own, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
