"""What Ansible alone is told of fixes is what the checks and the fixes say."""

from __future__ import annotations

from pathlib import Path

from rempart_controller.remediation.ansible.defaults import write

HERE = Path(__file__).resolve().parents[4]


def test_the_defaults_of_the_playbooks_are_up_to_date() -> None:
    written = (HERE / "playbooks/vars/fixes.yml").read_text(encoding="utf-8")
    assert written == write(str(HERE)), "run: python -m rempart_controller.remediation.ansible.defaults"
