"""SWH-03 on machines that mount /tmp in each known way: in force now and after a reboot, and taken back whole."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from rempart_testing import nspawn
from rempart_testing.fixing_lab import FixingLab, settle
from rempart_testing.nspawn import Machine

pytestmark = [pytest.mark.early, pytest.mark.lab]

_UNIT = "/usr/lib/systemd/system/tmp.mount"
_NO_UNIT = f"rm -f /etc/systemd/system/tmp.mount {_UNIT} /usr/lib/systemd/system/*.wants/tmp.mount\n"
_HOSTS = {
    "masked": "",  # as who upgrades to Debian 13 is told to keep a /tmp on disk
    "bookworm": _NO_UNIT,
    "trixie": "rm /etc/systemd/system/tmp.mount\n",  # a package's unit, in memory, which a start pulls in
    "fstab": _NO_UNIT + "printf '# ours\\ntmpfs\\t/tmp  tmpfs mode=1777,size=8m 0 0\\n' > /etc/fstab\n",
}
_BOUND = {"masked", "bookworm"}
_CHECKS = "SWH-03,MNT-01,MNT-02,MNT-03"
_PARAMETERS = {
    "SWH-03": {"require_noexec_tmp": 1},
    "MNT-01": {"mount_points": [["/tmp"]]},
    "MNT-02": {"local_nodev": 0},  # what systemd-nspawn mounts is no part of the machine
}
_STAND = r"""
for path in /tmp /var/tmp /dev/shm; do findmnt -rno TARGET,FSTYPE,VFS-OPTIONS --mountpoint $path || echo $path; done
stat -c '%n %a %y' /etc/fstab || :
cat /etc/fstab || :
find /etc/systemd/system -printf '%p %y %m %l\n' | sort
systemctl list-units --plain --no-legend --state=failed
test ! -e /tmp/kept || cat /tmp/kept
"""


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FixingLab]:
    folder = tmp_path_factory.mktemp("own")
    with nspawn.make_world(nspawn.expect_tree(), folder) as world:
        yield FixingLab(world, folder / "controller", _HOSTS, {"rempart_parameters": _PARAMETERS})


def stand(machine: Machine) -> str:
    return machine.run(f"({_STAND}) 2>&1")


def reboot(lab: FixingLab) -> None:
    def again(machine: Machine) -> None:
        machine.begin_reboot()
        settle(machine)

    with ThreadPoolExecutor(len(lab.machines)) as threads:
        list(threads.map(again, lab.machines.values()))


def audit_disk(lab: FixingLab, host: str) -> dict[str, Any]:
    """Return the results of checks of mounts, by what lies on a copy of the machine's disk."""
    copy, out = lab.folder / f"disk-{host}", lab.folder / f"disk-{host}.jsonl"
    root = Path(f"/proc/{lab.machines[host].leader}/root")
    for part in ("etc", "usr/lib/systemd", "usr/lib/os-release"):
        (copy / part).parent.mkdir(parents=True, exist_ok=True)
        subprocess.run(["cp", "-a", root / part, copy / part], check=True)
    for part in ("tmp", "var/tmp", "dev/shm"):
        (copy / part).mkdir(parents=True)
    words = ["audit", "--root", str(copy), "--profile", "all", "--checks", "MNT-02", "--jsonl", str(out)]
    rempart = str(Path(sys.executable).parent / "rempart")
    done = subprocess.run([rempart, *words], env=lab.environment, capture_output=True, text=True, check=False)
    assert done.returncode in {0, 1}, done.stderr
    return {one["check"]: one for one in map(json.loads, out.read_text(encoding="utf-8").splitlines())}


def test_tmp_keeps_programs_out_now_and_after_a_reboot_and_is_given_back_after_one(lab: FixingLab) -> None:
    for machine in lab.machines.values():
        machine.run("echo kept > /tmp/kept")
    before = {host: stand(machine) for host, machine in lab.machines.items()}
    found = lab.audit(_CHECKS, "before")
    assert {host: one["SWH-03"] for host, one in found.items()} == dict.fromkeys(_HOSTS, "fail")

    planned = lab.plan("--profile", "all", "--checks", "SWH-03")
    assert planned.returncode == 1, planned.stdout + planned.stderr
    assert {host: stand(machine) for host, machine in lab.machines.items()} == before
    done = lab.run(*lab.apply_words("--waves", "100%"))
    assert done.returncode == 0, done.stdout + done.stderr
    change = lab.run("rollback", "--json").stdout.split('"id": "')[-1].partition('"')[0]

    for step in ("now", "started anew"):
        states = lab.audit(_CHECKS, step.replace(" ", "-"))
        for host, machine in lab.machines.items():
            assert states[host]["SWH-03"] == states[host]["MNT-02"] == "pass", (
                step,
                host,
                stand(machine),
                lab.unjudged,
            )
            assert states[host]["MNT-01"] == ("fail" if host in _BOUND else "pass"), (
                step,
                host,
            )  # a folder all the same
            options = machine.run("findmnt -rno VFS-OPTIONS --mountpoint /tmp").strip().split("\n")[-1]
            assert {"nodev", "nosuid", "noexec"} <= {*options.split(",")}, (step, host)
            assert machine.run("cp /bin/true /tmp/run; /tmp/run 2>&1 || echo $?; rm /tmp/run").endswith("126\n")
            assert machine.run("systemctl list-units --plain --no-legend --state=failed") == ""
        if step == "now":
            assert all(machine.run("cat /tmp/kept") == "kept\n" for machine in lab.machines.values())
            reboot(lab)
    for host in _HOSTS:
        of_disk = audit_disk(lab, host)["MNT-02"]
        assert of_disk["state"] == "pass", of_disk["evidence"]

    undone = lab.run("rollback", change, "--yes")
    assert undone.returncode == 0, undone.stdout + undone.stderr
    for host, machine in lab.machines.items():
        now = stand(machine)
        wanted = before[host] if host in _BOUND else before[host].removesuffix("kept\n")  # it was in memory
        assert now == wanted, (host, undone.stdout)
    reboot(lab)
    for host, machine in lab.machines.items():
        wanted = before[host] if host in _BOUND else before[host].removesuffix("kept\n")
        assert stand(machine) == wanted, host
    assert {host: one["SWH-03"] for host, one in lab.audit(_CHECKS, "back").items()} == dict.fromkeys(_HOSTS, "fail")


def test_one_check_of_two_is_undone_and_what_the_other_wants_of_the_rest_stays(lab: FixingLab) -> None:
    host, machine = ("-l", "masked"), lab.machines["masked"]
    lab.tell("masked", rempart_parameters={**_PARAMETERS, "SWH-03": {"require_noexec_tmp": 0}})  # MNT-02 asks noexec
    before = stand(machine)
    planned = lab.plan("--profile", "all", "--checks", "SWH-03,MNT-02", *host)
    assert planned.returncode == 1, planned.stdout + planned.stderr
    done = lab.run(*lab.apply_words(*host))
    assert done.returncode == 0, done.stdout + done.stderr
    assert "bind,nodev,nosuid,nofail,noexec 0 0" in machine.run("cat /etc/fstab")
    assert lab.audit("SWH-03,MNT-02", "both", *host)["masked"] == {"SWH-03": "pass", "MNT-02": "pass"}
    change = lab.run("rollback", "--json").stdout.split('"id": "')[-1].partition('"')[0]
    undo = ("rollback", change, "--yes", "--playbooks", str(lab.playbooks), *host)
    undone = lab.run(*undo, "--checks", "SWH-03")
    assert undone.returncode == 0, undone.stdout + undone.stderr
    assert re.search("^/tmp$", stand(machine), re.MULTILINE)  # a folder again; MNT-02 asks nothing of that
    assert "/tmp " not in machine.run("cat /etc/fstab")
    states = lab.audit("SWH-03,MNT-02", "part", *host)["masked"]
    assert states == {"SWH-03": "fail", "MNT-02": "pass"}, (undone.stdout, stand(machine))
    rest = lab.run(*undo)
    assert rest.returncode == 0, rest.stdout + rest.stderr
    assert stand(machine) == before
