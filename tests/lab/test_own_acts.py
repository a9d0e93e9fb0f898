"""Fixes by recorded acts on a booted host: they take effect, are guarded, survive a kill, and leave nothing."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from typing import Any

import pytest
from rempart_testing import nspawn
from rempart_testing.fixing_lab import FixingLab
from rempart_testing.nspawn import Machine

pytestmark = [pytest.mark.lab]

OWN = "/etc/ssh/sshd_config.d/00-rempart-rmt-01.conf"
SSHD = {
    "check": "RMT-01",
    "files": [{"path": OWN, "content": "PermitRootLogin no\n", "mode": "0600", "validate": "sshd"}],
    "effects": [{"reload": "ssh.service", "if": "running"}],
}
FIXES = [
    {
        "check": "ACC-04",
        "keys": [{"path": "/etc/login.defs", "key": "PASS_MAX_DAYS", "at_most": 365, "separator": " "}],
        "modes": [{"path": "/etc/login.defs", "mode": "o-rwx"}],
    },
    {
        "check": "LOG-02",
        "files": [
            {"path": "/etc/systemd/journald.conf.d/50-rempart.conf", "content": "[Journal]\nStorage=persistent\n"}
        ],
        "effects": [{"restart": "systemd-journald.service"}],
    },
    {
        "check": "PRV-02",
        "files": [{"path": "/etc/sudoers.d/rempart", "content": "Defaults (\n", "mode": "0440", "validate": "visudo"}],
    },
    {
        "check": "RMT-02",
        "files": [{"path": "/etc/ssh/sshd_config.d/zz.conf", "content": "Nonsense yes\n"}],
        "effects": [{"reload": "ssh"}],
    },
]
_NOT_OURS = ("var/lib/rempart", "tmp", "root/.ansible", "home")
KILLED = """
PYTHONPATH=/var/lib/rempart/changes/c-1/program.pyz python3 -c '
import os, signal
from rempart_fix import calls, change, place
swap = calls.swap
def die(*words):
    swap(*words)
    os.kill(os.getpid(), signal.SIGKILL)
calls.swap = die
key = {"path": "/etc/login.defs", "key": "UMASK", "value": "027", "separator": " "}
change.fix(place.Place("c-1"), [{"check": "ACC-05", "keys": [key]}])
' || true
"""


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FixingLab]:
    folder = tmp_path_factory.mktemp("acts")
    with nspawn.make_world(nspawn.expect_tree(), folder) as world:
        yield FixingLab(world, folder / "controller", {"alpha": ""}, {})


def play(lab: FixingLab, *tasks: dict[str, Any], check: bool = False) -> list[dict[str, Any]]:
    """Run tasks as a play of the roles' modules; return the result of each."""
    defaults = {"rempart_fix": {"change": "c-1", "holder": "ann@desk", "guard": 600}}
    book = [{"hosts": "all", "gather_facts": False, "module_defaults": defaults, "tasks": list(tasks)}]
    (lab.playbooks / "try.yml").write_text(json.dumps(book))
    role = lab.playbooks / "roles/change"
    os.environ |= {"ANSIBLE_LIBRARY": f"{role}/library", "ANSIBLE_MODULE_UTILS": f"{role}/module_utils"}

    try:
        done = lab.run_ansible("try.yml", "-v", *(["--check"] if check else []))
    finally:
        for name in ("ANSIBLE_LIBRARY", "ANSIBLE_MODULE_UTILS"):
            os.environ.pop(name, None)
    results = [json.loads(line.split(" => ", 1)[1]) for line in done.stdout.splitlines() if "] => {" in line]
    assert results, done.stdout + done.stderr
    return results


def root_login(machine: Machine) -> str:
    return machine.run("sshd -T | grep -i ^permitrootlogin").split()[1]


def disk(machine: Machine) -> dict[str, str]:
    """Return its disk but for what the engine keeps, and for times: how each file stands."""
    found = {}
    for name, seen in machine.disk().items():
        kind, size, *rest = seen.split(" ")[:-1]
        if not name.startswith(_NOT_OURS):
            found[name] = " ".join([kind, "" if kind == "d" else size, *rest])
    return found


def test_acts_take_effect_are_guarded_and_leave_nothing_but_what_others_did(lab: FixingLab) -> None:
    machine = lab.machines["alpha"]
    before, login = disk(machine), root_login(machine)
    tasks = [{"rempart_fix": SSHD}, {"rempart_fix": {"fixes": FIXES}}]
    foretold = play(lab, *tasks, check=True)
    assert disk(machine) == before

    done = play(lab, *tasks)
    (sshd,), (said,) = done[0]["answer"]["fixes"], foretold[0]["answer"]["fixes"]
    assert said["diff"] == sshd["diff"]
    assert "loaded anew and listens" in sshd["effects"][0]["proof"]
    assert root_login(machine) == "no"
    assert done[1]["failed_fixes"] == ["PRV-02", "RMT-02"]
    answers = {one["check"]: one for one in done[1]["answer"]["fixes"]}
    assert "visudo does not take" in answers["PRV-02"]["why"][0]
    assert "Bad configuration option" in answers["RMT-02"]["why"][0]
    assert answers["RMT-02"]["effects"][-1]["word"] == "done"
    assert machine.run("ls /etc/sudoers.d/rempart /etc/ssh/sshd_config.d/zz.conf || true") == ""
    assert "rempart-undo-c-1.timer" in machine.run("systemctl list-timers --all")

    again = play(lab, *tasks)
    assert [one["changed"] for one in again] == [False, False]

    machine.run(KILLED)
    machine.run("echo '# theirs' >> /etc/login.defs; echo 'X11Forwarding no' > /etc/ssh/sshd_config.d/10-theirs.conf")
    said = machine.run("python3 -I -S /var/lib/rempart/changes/c-1/program.pyz undo c-1 --dry-run")
    assert {row["word"] for row in json.loads(said)["rows"]} == {"back"}
    assert root_login(machine) == "no"

    machine.run("systemctl start rempart-undo-c-1.service")  # what its timer does
    state = json.loads(machine.run("python3 -I -S /var/lib/rempart/changes/c-1/program.pyz status"))["changes"]["c-1"]
    assert (state["state"], state["by"], state["acts"], state["armed"]) == ("undone", "timer", [], False)
    assert root_login(machine) == login
    assert (
        machine.run("tail -n 1 /etc/login.defs; cat /etc/ssh/sshd_config.d/10-theirs.conf")
        == "# theirs\nX11Forwarding no\n"
    )
    machine.run("sed -i '$d' /etc/login.defs; rm /etc/ssh/sshd_config.d/10-theirs.conf")
    after = disk(machine)
    differs = {name for name in before.keys() | after if before.get(name) != after.get(name)}
    assert differs == set()


def test_a_change_is_confirmed_kept_and_undone_by_ansible(lab: FixingLab) -> None:
    machine = lab.machines["alpha"]
    login = root_login(machine)
    play(lab, {"rempart_fix": SSHD})
    kept = play(lab, {"rempart_journal": {"change": "c-1", "action": "keep"}})
    assert kept[0]["answer"]["state"] == "kept"
    assert "rempart" not in machine.run("systemctl list-timers --all")
    undone = play(lab, {"rempart_journal": {"change": "c-1", "action": "undo", "checks": ["RMT-01"]}})
    assert [row["word"] for row in undone[0]["answer"]["rows"]] == ["back"]
    assert root_login(machine) == login
