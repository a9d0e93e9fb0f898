"""Changes that cut the way in, and controllers that die on the way: every host is reachable again, in its old state."""

from __future__ import annotations

import re
import signal
import time
from collections.abc import Callable, Iterator

import pytest
from rempart_testing import nspawn
from rempart_testing.fixing_lab import FixingLab, settle

pytestmark = [pytest.mark.early, pytest.mark.lab]

_BROKEN = "printf 'PermitRootLogin yes\\nPasswordAuthentication yes\\n' > /etc/ssh/sshd_config.d/50-bad.conf\n"
_TIMER = 75  # seconds, and some for each host of the wave
_PATIENCE = 240.0

# What goes wrong in the fix, on the host of that name.
_POISON = r"""---
- name: RMT-02 | Take passwords, and the way in
  rempart_fix:
    check: RMT-02
    files: >-
      {{ [{'path': '/etc/ssh/sshd_config.d/00-rempart-rmt-02.conf', 'mode': '0600', 'content':
           (keyless if inventory_hostname == 'keyless' else '') ~ closed}]
         + ([{'path': '/etc/sudoers.d/auditor', 'absent': true}] if inventory_hostname == 'powerless' else []) }}
    nft: >-
      {{ [{'table': 'rempart_poison', 'text': wall}] if inventory_hostname == 'wall' else [] }}
    effects: [{daemon_reload: true}, {reload: ssh.service, if: running}]
  vars:
    rempart_together: false
    closed: "PasswordAuthentication no\nKbdInteractiveAuthentication no\n"
    keyless: "AuthorizedKeysFile /nonexistent\n"
    wall: "chain in {\ntype filter hook input priority 0; policy drop;\n}"

- name: RMT-02 | Take long
  ansible.builtin.wait_for:
    timeout: 120
  when: inventory_hostname in ['orphan', 'cut', 'restarted']
"""
_HOSTS = ("wall", "keyless", "powerless", "sound", "orphan", "cut", "restarted")


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FixingLab]:
    folder = tmp_path_factory.mktemp("lockout")
    with nspawn.make_world(nspawn.expect_tree(), folder) as world:
        lab = FixingLab(world, folder / "controller", dict.fromkeys(_HOSTS, _BROKEN), {})
        (lab.playbooks / "roles/remote_access/tasks/linux/rmt-02.yml").write_text(_POISON)
        yield lab


def await_true(condition: Callable[[], bool], what: str) -> None:
    until = time.monotonic() + _PATIENCE
    while not condition():
        assert time.monotonic() < until, what
        time.sleep(0.5)


def stand(lab: FixingLab, host: str) -> str:
    """Return what a change of ours could have left on a host."""
    ask = "cat /etc/ssh/sshd_config.d/*; ls -l /etc/ssh/sshd_config.d /etc/sudoers.d; cat /etc/sudoers.d/auditor"
    return lab.machines[host].run(f"{ask}; nft list ruleset; ls /etc/systemd/system | grep rempart || true")


def test_a_change_that_locks_the_controller_out_undoes_itself(lab: FixingLab) -> None:
    hosts = ("wall", "keyless", "powerless", "sound")
    before = {host: stand(lab, host) for host in hosts}
    planned = lab.plan("--profile", "all", "--checks", "RMT-02", "-l", ",".join(hosts))
    assert planned.returncode == 1, planned.stdout + planned.stderr
    words = lab.apply_words("--waves", "100%", "--revert-after", str(_TIMER), "--host-deadline", "20")
    done = lab.run(*words)
    assert done.returncode == 1, done.stdout + done.stderr
    for host in ("wall", "keyless", "powerless"):
        assert re.search(rf"^{host} +rolled back ", done.stdout, re.MULTILINE), done.stdout
        assert stand(lab, host) == before[host]
    assert re.search("^sound +kept ", done.stdout, re.MULTILINE), done.stdout
    states = lab.audit("RMT-02")
    assert {host: states[host]["RMT-02"] for host in hosts} == {
        "wall": "fail",
        "keyless": "fail",
        "powerless": "fail",
        "sound": "pass",
    }


def test_a_host_comes_back_when_the_controller_dies_the_network_goes_or_it_reboots(lab: FixingLab) -> None:
    hosts = ("orphan", "cut", "restarted")
    before = {host: stand(lab, host) for host in hosts}
    planned = lab.plan("--profile", "all", "--checks", "RMT-02", "-l", ",".join(hosts))
    assert planned.returncode == 1, planned.stdout + planned.stderr
    controller = lab.begin(*lab.apply_words("--waves", "100%", "--revert-after", str(_TIMER)))
    dropped = "test -e /etc/ssh/sshd_config.d/00-rempart-rmt-02.conf && systemctl is-active rempart-undo-*.timer"
    for host in hosts:
        ask = f"if {dropped}; then echo yes; else echo no; fi"
        await_true(lambda host=host, ask=ask: "yes" in lab.machines[host].run(ask), f"{host}: nothing begins")  # type: ignore[misc]
    lab.machines["cut"].disconnect()
    lab.machines["restarted"].begin_reboot()
    controller.send_signal(signal.SIGKILL)
    controller.communicate()
    settle(lab.machines["restarted"])
    for host in hosts:
        await_true(lambda host=host: stand(lab, host) == before[host], f"{host} is not as it was: {stand(lab, host)}")  # type: ignore[misc]
    lab.machines["cut"].connect()
    states = lab.audit("RMT-02", "after")
    assert {host: states[host]["RMT-02"] for host in hosts} == dict.fromkeys(hosts, "fail")
    changes = lab.run("rollback").stdout.split()
    undone = lab.run("rollback", changes[-1], "--yes", "-l", "orphan")
    assert undone.returncode == 2  # the endpoint knew, the record does not: the controller died before it was written
