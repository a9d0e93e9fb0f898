"""What a plan, an apply and a rollback cost beside the audit of the same hosts, and a playbook of one task a setting.

Real machines (systemd-nspawn): each round audits, plans, applies, rolls back; then a playbook in
the style of public hardening roles sets a few settings of the same kinds, one task each. ``--against TREE`` takes turns
with another checkout of this project, its environment in ``TREE/.venv``. Prints medians of wall seconds, of the
controller's own CPU seconds, how many findings were fixed, and ratios as JSON. Needs root, as the lab does.

On a machine that others use too, seconds tell little: ratios of one run do, and those are medians of pairs.
"""

from __future__ import annotations

import argparse
import json
import re
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(HERE / "tests/support"))

from rempart_testing import nspawn
from rempart_testing.fix_lab import read_cases
from rempart_testing.fixing_lab import FixingLab

_CHECKS = "ACC-02 EXP-02 IDL-01 KRN-01 KRN-02 LOG-02 PRV-02 RMT-07 TLS-01 USB-01".split()  # noqa: SIM905
_SETTINGS = {
    "/etc/ssh/sshd_config": ("PermitRootLogin no", "X11Forwarding no", "MaxAuthTries 4", "LoginGraceTime 60"),
    "/etc/login.defs": ("PASS_MAX_DAYS 365", "UMASK 027"),
    "/etc/systemd/journald.conf": ("Storage=persistent", "Compress=yes"),
}
_VALUES = {"kernel.kptr_restrict": 1, "kernel.dmesg_restrict": 1, "net.ipv4.conf.all.accept_redirects": 0}


def write_peer(folder: Path) -> None:
    """Write the playbook that sets one thing with each task."""
    tasks = [
        {
            "name": f"Set {line} in {path}",
            "ansible.builtin.lineinfile": {
                "path": path,
                "regexp": f"^#?{line.split(' ')[0].split('=')[0]}\\b",
                "line": line,
                "create": True,
            },
        }
        for path, lines in _SETTINGS.items()
        for line in lines
    ]
    tasks += [
        {
            "name": f"Set {name}",
            "ansible.builtin.lineinfile": {
                "path": "/etc/sysctl.d/60-peer.conf",
                "regexp": f"^{name}",
                "line": f"{name} = {value}",
                "create": True,
            },
        }
        for name, value in _VALUES.items()
    ]
    (folder / "peer.yml").write_text(json.dumps([{"hosts": "all", "tasks": tasks}]))


def clock(lab: FixingLab, program: Path, *words: str) -> tuple[float, float, str]:
    """Run a rempart on the machines' network; returns its wall seconds, its CPU seconds, and what it said."""
    began, spent = time.monotonic(), spend()
    done = subprocess.run(
        [*lab.inside, str(program), *words],
        env=lab.environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        cwd=lab.folder,
        timeout=1800,
        check=False,
    )
    if done.returncode not in {0, 1} or "Traceback" in done.stderr:
        sys.exit(f"{' '.join(words)}: exit status {done.returncode}\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    return time.monotonic() - began, spend() - spent, done.stdout


def spend() -> float:
    """Return the CPU seconds that children which have ended took."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def divide(found: dict[str, list[float]], by: dict[str, list[float]], step: str, other: str) -> float:
    """Return the median of what a step took, each time divided by what another took in the same round."""
    return round(statistics.median(one / two for one, two in zip(found[step], by[other], strict=True)), 1)


def main() -> None:
    """Measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("-n", type=int, default=3, help="machines (default: 3)")
    parser.add_argument("-r", type=int, default=3, help="rounds (default: 3)")
    parser.add_argument("--against", type=Path, help="another checkout, to take turns with")
    options = parser.parse_args()
    if lacking := nspawn.missing():
        sys.exit(lacking)
    cases = [case for case in read_cases() if case.check in _CHECKS and not (case.packages or case.variant)]
    checks = ",".join(sorted({case.check for case in cases}))
    sides = {"here": HERE, **({"against": options.against.resolve()} if options.against else {})}
    found: dict[str, dict[str, list[float]]] = {name: {} for name in (*sides, "peer")}
    spent: dict[str, dict[str, list[float]]] = {name: {} for name in sides}
    fixed: dict[str, list[int]] = {name: [] for name in sides}
    names = [f"host{number}" for number in range(options.n)]
    parameters = {case.check: dict(case.parameters) for case in cases if case.parameters}
    own = {"rempart_parameters": {"PRV-01": {"allowed_admins": ["auditor"]}, **parameters}}
    tree = nspawn.expect_tree()
    with (
        tempfile.TemporaryDirectory() as place,
        nspawn.make_world(tree, Path(place), nspawn.expect_offer(tree)) as world,
    ):
        lab = FixingLab(world, Path(place) / "controller", dict.fromkeys(names, ""), own)
        write_peer(lab.playbooks)
        for machine in lab.machines.values():  # once: each rollback brings the findings back
            for case in cases:
                machine.run(case.script)
        for _ in range(options.r):
            for side, top in sides.items():
                program, books = top / ".venv/bin/rempart", ("--playbooks", str(top / "playbooks"))
                asked = ("-i", str(lab.inventory), "--profile", "all", "--checks", checks)
                steps = {
                    "audit": ("audit", *asked),
                    "plan": ("plan", *asked, *books, "--out", "plan.json"),
                    "apply": ("apply", "plan.json", "--yes", *books),
                    "rollback": ("rollback", "--yes", *books),
                }
                change = ""
                for step, words in steps.items():
                    more = (change,) if step == "rollback" else ()
                    seconds, busy, said = clock(lab, program, *words, *more)
                    found[side].setdefault(step, []).append(seconds)
                    spent[side].setdefault(step, []).append(busy)
                    if step == "apply":
                        fixed[side] += [int(one) for one in re.findall(r"([0-9]+) fixed", said)][-1:]
                    changes = sorted((lab.folder / "home/data/rempart/changes").glob("*.json"))
                    change = changes[-1].stem if changes else ""
            began = time.monotonic()
            done = lab.run_ansible("peer.yml")
            if done.returncode:
                sys.exit(done.stdout[-2000:])
            found["peer"].setdefault("playbook", []).append(time.monotonic() - began)
    done_by = {
        side: {step: round(statistics.median(all_), 2) for step, all_ in one.items()} for side, one in found.items()
    }
    steps_ = ("plan", "apply", "rollback")
    report = {
        "machines": options.n,
        "findings": len(cases),
        "rounds": options.r,
        "fixed": fixed,
        "seconds": done_by,
        "cpu_of_controller": {
            side: {step: round(statistics.median(all_), 2) for step, all_ in one.items()} for side, one in spent.items()
        },
        "times_the_audit": {step: divide(found["here"], found["here"], step, "audit") for step in steps_},
        "times_the_peer": divide(found["here"], found["peer"], "apply", "playbook"),
    }
    if options.against:
        report["times_faster"] = {step: divide(found["against"], found["here"], step, step) for step in steps_}
    print(json.dumps(report))


if __name__ == "__main__":
    main()
