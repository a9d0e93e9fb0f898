"""What a transaction costs: fixes with nothing to do, with save, timer and confirmation, against the same tasks bare.

Real machines (systemd-nspawn), fixed before, so that no task changes anything; both ways run the same roles with the
same callback in turn. Prints medians of wall time, and their ratio. Needs root, as the lab does.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(HERE / "tests/support"))

import yaml
from rempart_testing import debian, nspawn
from rempart_testing.fix_lab import PLAYBOOKS, read_cases, within
from rempart_testing.fixing_lab import FixingLab

from rempart_controller.remediation.ansible.extra_vars import write_overlay
from rempart_controller.remediation.ansible.playbook import Access, Playbook

_FIXES = ["IDL-01", "IDL-02", "KRN-01", "LOG-02", "RMT-01", "RMT-02", "TLS-01", "USB-01"]
_BARE = """\
- hosts: all
  gather_facts: false
  vars:
    rempart_given: "{{ rempart_data | b64decode | from_json }}"
    rempart_values: "{{ rempart_given['values'] }}"
    rempart_all: "{{ rempart_given.safe + rempart_given.risky }}"
    rempart_fixes: "{{ rempart_all | selectattr('role', 'eq', area) | map(attribute='id') }}"
  tasks:
    - ansible.builtin.setup:
        gather_subset:
          ["!all", "!min", distribution, distribution_release, os_family, platform, pkg_mgr, service_mgr, python]
    - ansible.builtin.include_role:
        name: "{{ area }}"
      loop: "{{ rempart_all | map(attribute='role') | unique }}"
      loop_control:
        loop_var: area
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("-n", type=int, default=20, help="machines (default: 20)")
    parser.add_argument("-r", type=int, default=3, help="rounds (default: 3)")
    options = parser.parse_args()
    if lacking := nspawn.missing():
        sys.exit(lacking)
    source = debian.find_source()
    assert source is not None
    names = [f"host{number}" for number in range(options.n)]
    fixes = {case.check: case for case in read_cases() if case.check in _FIXES}
    defaults = yaml.safe_load((PLAYBOOKS / "vars/fixes.yml").read_text(encoding="utf-8"))["rempart_defaults"]
    values = {check: defaults[check] for check in fixes}
    plan = {
        "holder": "bench",
        "safe": [{"id": one.check, "role": one.role} for one in fixes.values() if not one.risky],
        "risky": [{"id": one.check, "role": one.role} for one in fixes.values() if one.risky],
        "values": values,
    }
    with tempfile.TemporaryDirectory() as place, nspawn.make_world(debian.make_tree(source), Path(place)) as world:
        lab = FixingLab(world, Path(place) / "controller", dict.fromkeys(names, ""), {})
        (lab.playbooks / "bare.yml").write_text(_BARE)

        def play(name: str, change: str) -> float:
            overlay = write_overlay(str(lab.folder), {key: {**plan, "change": change} for key in names})
            access = Access([str(lab.inventory), overlay])
            began = time.monotonic()
            events = within(world, lambda: list(Playbook(str(lab.playbooks / name), access, names)))
            wrong = [event for event in events if event.outcome in {"failed", "unreachable"}]
            assert not wrong, wrong[:3]
            return time.monotonic() - began

        play("bare.yml", "warm")
        bare, whole = [], []
        for number in range(options.r):
            bare.append(play("bare.yml", "none"))
            whole.append(play("apply.yml", f"bench-{number}"))
            whole[-1] += play("finish.yml", f"bench-{number}")
        found = {
            "machines": options.n,
            "fixes": len(fixes),
            "bare_seconds": round(statistics.median(bare), 2),
            "transaction_seconds": round(statistics.median(whole), 2),
            "ratio": round(statistics.median(whole) / statistics.median(bare), 2),
        }
        print(json.dumps(found))


if __name__ == "__main__":
    main()
