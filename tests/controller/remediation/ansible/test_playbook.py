"""What Ansible says, run for real on this machine: events without secrets, and values that never become templates."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from rempart_controller.remediation.ansible.event import Event, Limits
from rempart_controller.remediation.ansible.extra_vars import write_overlay
from rempart_controller.remediation.ansible.playbook import Access, Playbook
from rempart_controller.remediation.ansible.run_playbook import play
from rempart_controller.remediation.ansible.shown_difference import HIDDEN
from rempart_controller.remediation.ansible.watch import Watch
from rempart_core.error import RemediationError

pytestmark = pytest.mark.early

_HEAD = """\
- hosts: all
  gather_facts: false
  vars:
    given: "{{ rempart_data | b64decode | from_json }}"
  tasks:
"""


LIMITS = {
    "task": Limits(task=40),
    "host": Limits(task=0, host=40),
    "whole": Limits(task=0, host=0, whole=75),
}


@pytest.fixture(scope="module", autouse=True)
def late(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, Future[list[Event]]]]:
    """Begin the runs in which a host takes too long, where they are asked for: the other tests pass while they wait."""
    names = {one.name.partition("[")[0] for one in request.session.items if one.path == request.path}
    wanted = LIMITS if test_a_host_that_takes_too_long_is_lost_and_the_others_go_on.__name__ in names else {}
    with ThreadPoolExecutor(len(LIMITS)) as pool:
        yield {name: pool.submit(_run_late, tmp_path_factory.mktemp(name), one) for name, one in wanted.items()}


def _run_late(tmp_path: Path, limits: Limits) -> list[Event]:
    local = {"ansible_connection": "local", "ansible_python_interpreter": sys.executable}
    inventory = tmp_path / "inventory.json"
    inventory.write_text(json.dumps({"all": {"hosts": {"slow": local, "quick": local}}}))
    (tmp_path / "play.yml").write_text("""
- hosts: all
  gather_facts: false
  tasks:
    - name: TST-01 | Take long
      ansible.builtin.command: sleep {{ 300 if inventory_hostname == 'slow' else 0 }}
      changed_when: true
      tags: [TST-01]
    - name: TST-02 | Go on
      ansible.builtin.command: "true"
      changed_when: true
""")
    return list(Playbook(str(tmp_path / "play.yml"), Access([str(inventory)], limits=limits), ["slow", "quick"]))


def run(folder: Path, tasks: str, data: dict[str, Any], *, check: bool = False) -> list[Event]:
    inventory = folder / "inventory.json"
    local = {"ansible_connection": "local", "ansible_python_interpreter": sys.executable}
    inventory.write_text(json.dumps({"all": {"hosts": {"here": local}}}))
    (folder / "overlay").mkdir(exist_ok=True)
    overlay = write_overlay(str(folder / "overlay"), {"here": data})
    (folder / "play.yml").write_text(_HEAD + tasks)
    return list(Playbook(str(folder / "play.yml"), Access([str(inventory), overlay]), ["here"], check=check))


def outcomes(events: list[Event]) -> list[tuple[str, str, str]]:
    return [(event.task, event.check, event.outcome) for event in events if event.kind == "task"]


def test_a_value_is_never_a_template(tmp_path: Path) -> None:
    evil = "{{ lookup('pipe', 'touch " + str(tmp_path / "owned") + "') }}"
    tasks = f"""
    - name: Write
      ansible.builtin.copy:
        dest: {tmp_path}/out
        content: "value: {{{{ given.text }}}}"
        mode: "0600"
"""
    run(tmp_path, tasks, {"text": evil})
    assert (tmp_path / "out").read_text() == f"value: {evil}"
    assert not (tmp_path / "owned").exists()


def test_yes_and_no_stay_words(tmp_path: Path) -> None:
    tasks = f"""
    - name: Write
      ansible.builtin.copy:
        dest: {tmp_path}/out
        content: |
          # a line
          PermitRootLogin {{{{ given.words | first }}}}
        mode: "0600"
"""
    run(tmp_path, tasks, {"words": ["no"]})
    assert (tmp_path / "out").read_text() == "# a line\nPermitRootLogin no\n"


def test_a_difference_shows_no_secret(tmp_path: Path) -> None:
    (tmp_path / "app.conf").write_text("user = crm\npassword = hunter2\nPasswordAuthentication yes\n")
    (tmp_path / "shadow").write_text("root:$6$abcdefgh$0123456789abcdef:1::::::\n")
    tasks = f"""
    - name: TST-01 | Edit
      ansible.builtin.copy:
        dest: {tmp_path}/app.conf
        content: "user = crm2\\npassword = hunter3\\nPasswordAuthentication no\\nhash = $6$abcdefgh$0123456789abcdef\\n"
        mode: "0600"
      tags: [TST-01]
    - name: TST-02 | Lock
      ansible.builtin.copy:
        dest: {tmp_path}/shadow
        content: "root:!:1::::::\\n"
        mode: "0600"
      tags: [TST-02]
    - name: TST-03 | Hide
      ansible.builtin.copy:
        dest: {tmp_path}/plain
        content: "swordfish"
        mode: "0600"
      no_log: true
      tags: [TST-03]
    - name: TST-04 | Fill in
      ansible.builtin.template:
        src: {tmp_path}/plain.j2
        dest: {tmp_path}/api-token
        mode: "0600"
      tags: [TST-04]
    - name: TST-05 | Write what anybody may see
      ansible.builtin.template:
        src: {tmp_path}/open.j2
        dest: "{tmp_path}/{{{{ place }}}}"
        mode: "0644"
      vars:
        place: motd
      tags: [TST-05]
    - name: TST-06 | Write some
      ansible.builtin.copy:
        content: "swordfish"
        dest: "{tmp_path}/{{{{ name }}}}"
        mode: "0644"
      loop: [one-token, a-password]
      loop_control:
        loop_var: name
      tags: [TST-06]
"""
    (tmp_path / "plain.j2").write_text("swordfish")
    (tmp_path / "open.j2").write_text("welcome\n")
    events = [event for event in run(tmp_path, tasks, {}, check=True) if event.kind == "task"]
    said = json.dumps([event.diff for event in events]) + "".join(event.message for event in events)
    for secret in ("hunter", "$6$", "swordfish"):
        assert secret not in said
    assert any(line.startswith(HIDDEN) for line in events[0].diff), "it is a file that not everybody may read"
    assert any(line.startswith(HIDDEN) for line in events[1].diff)
    assert any(line.startswith(HIDDEN) for line in events[3].diff)
    assert events[4].diff[1] == f"+++ {tmp_path}/motd", "named is where it goes, and not the copy that is sent"
    named = [line for line in events[5].diff if line.startswith("---")]
    assert named == [f"--- {tmp_path}/one-token", f"--- {tmp_path}/a-password"]
    assert {line for line in events[5].diff if line[:3] not in {"---", "+++"}} == {f"{HIDDEN}1"}
    assert [event.outcome for event in events] == ["changed"] * 6
    assert (tmp_path / "app.conf").read_text().startswith("user = crm\n")


def test_what_check_mode_cannot_tell_is_unknown(tmp_path: Path) -> None:
    tasks = """
    - name: TST-01 | Ask
      ansible.builtin.command: "true"
      tags: [TST-01]
    - name: TST-02 | Leave out
      ansible.builtin.command: "true"
      when: false
      tags: [TST-02]
    - name: TST-03 | Fail
      ansible.builtin.fail:
        msg: "no password=hunter2 here"
      ignore_errors: true
      tags: [TST-03]
"""
    events = run(tmp_path, tasks, {}, check=True)
    assert outcomes(events) == [
        ("TST-01 | Ask", "TST-01", "unknown"),
        ("TST-02 | Leave out", "TST-02", "skipped"),
        ("TST-03 | Fail", "TST-03", "failed"),
    ]
    assert events[-1].ignored
    assert "hunter2" not in events[-1].message


def test_a_playbook_that_cannot_begin_says_why(tmp_path: Path) -> None:
    with pytest.raises(RemediationError, match="Ansible could not run"):
        run(tmp_path, "    - nonsense", {})


@pytest.mark.skipif(shutil.which("sshd") is None, reason="needs sshd, to be refused by it")
@pytest.mark.parametrize(("task", "begun"), [("ping:", False), ("command: 'true'", True)])
def test_a_host_that_is_lost_is_unreachable_and_may_have_begun_unless_it_was_only_asked(
    tmp_path: Path, task: str, begun: bool
) -> None:
    inventory = tmp_path / "inventory.json"
    inventory.write_text(json.dumps({"all": {"hosts": {"gone": {"ansible_host": "127.0.0.1", "ansible_port": 1}}}}))
    (tmp_path / "play.yml").write_text(f"- hosts: all\n  gather_facts: false\n  tasks:\n    - ansible.builtin.{task}\n")
    events = list(Playbook(str(tmp_path / "play.yml"), Access([str(inventory)]), ["gone"]))
    found = [(event.host, event.outcome, event.begun) for event in events if event.kind == "task"]
    assert found == [("gone", "unreachable", begun)]


_FAKE_SSH = """#!/bin/sh
echo "$@" >> {folder}/asked
exit 255
"""


def test_a_vanished_host_is_missed_by_keep_alives_and_each_run_connects_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake = tmp_path / "ssh"
    fake.write_text(_FAKE_SSH.format(folder=tmp_path))
    fake.chmod(0o700)
    common = {"ansible_ssh_executable": str(fake), "ansible_ssh_common_args": "-o ProxyJump=gate"}
    common["ansible_control_path"] = "/tmp/left-by-another-run"
    inventory = tmp_path / "inventory.json"
    inventory.write_text(json.dumps({"all": {"hosts": {"gone": {"ansible_host": "127.0.0.1", **common}}}}))
    (tmp_path / "ping.yml").write_text("- hosts: all\n  gather_facts: false\n  tasks:\n    - ansible.builtin.ping:\n")
    monkeypatch.setenv("ANSIBLE_SSH_EXTRA_ARGS", "-o LogLevel=ERROR")
    events = list(play(str(tmp_path), "ping.yml", Access([str(inventory)]), {"gone": {}}))
    assert [event.outcome for event in events if event.kind == "task"] == ["unreachable"]
    asked = (tmp_path / "asked").read_text()
    for wanted in ("ServerAliveInterval=5", "ServerAliveCountMax=2", "ProxyJump=gate", "LogLevel=ERROR"):
        assert wanted in asked
    assert "left-by-another-run" not in asked
    assert "ControlPath" in asked


def test_a_host_is_given_no_more_time_than_its_own_timer_gives() -> None:
    now = [0.0]
    watch = Watch(Limits(task=0, host=1000, whole=0), clock=lambda: now[0])
    watch._note(Event("start", "FWL-01 | Refuse", host="web"))
    watch._note(Event("task", "FWL-01 | Refuse", host="web", outcome="changed", left=300))
    watch._note(Event("start", "RMT-01 | Edit", "RMT-01", "web", begun=True))
    now[0] = 299
    assert watch._find_slow() == []
    now[0] = 301
    (slow,) = watch._find_slow()
    assert (slow.host, slow.outcome, slow.check, slow.begun) == ("web", "unreachable", "RMT-01", True)


def test_what_a_host_says_that_it_does_comes_through_a_pipe_beside_and_tells_of_its_timer() -> None:
    now = [0.0]
    watch = Watch(Limits(task=0, host=1000, whole=0), clock=lambda: now[0])
    (inside, outside), (near, far) = os.pipe(), os.pipe()
    os.write(outside, b'{"kind": "start", "task": "Do it", "host": "web"}\n')
    said = {"kind": "progress", "task": "Do it", "host": "web", "doing": ["installing", "installation"], "left": 300}
    os.write(far, json.dumps(said).encode() + b"\n")
    os.close(far)
    heard = watch.hear(inside, near)
    first, second = next(heard), next(heard)
    assert (first.kind, second.kind, second.doing) == ("start", "progress", ["installing", "installation"])
    now[0] = 299
    assert watch._find_slow() == []
    now[0] = 301
    assert [one.outcome for one in watch._find_slow()] == ["unreachable"]
    os.close(outside)
    for handle in (inside, near):
        os.close(handle)


_HANDLED = """
- hosts: all
  gather_facts: false
  force_handlers: true
  tasks:
    - name: TST-01 | Edit
      ansible.builtin.command: "true"
      changed_when: true
      notify: Reload
      tags: [TST-01]
    - name: TST-02 | Edit
      ansible.builtin.command: "true"
      changed_when: true
      notify: Told
      tags: [TST-02]
    - name: TST-03 | Fail
      ansible.builtin.command: "false"
      changed_when: true
      tags: [TST-03]
  handlers:
    - name: Reload
      ansible.builtin.command: "false"
      changed_when: true
      listen: Told
"""


def test_a_handler_runs_whatever_failed_and_names_the_checks_that_asked_for_it(tmp_path: Path) -> None:
    inventory = tmp_path / "inventory.json"
    local = {"ansible_connection": "local", "ansible_python_interpreter": sys.executable}
    inventory.write_text(json.dumps({"all": {"hosts": {"here": local}}}))
    (tmp_path / "play.yml").write_text(_HANDLED)
    events = list(Playbook(str(tmp_path / "play.yml"), Access([str(inventory)]), ["here"]))
    ended = [(event.task, event.check, event.outcome) for event in events if event.kind == "task"]
    assert ended[2:] == [("TST-03 | Fail", "TST-03", "failed"), ("Reload", "", "failed")]
    assert events[-1].checks == ["TST-01", "TST-02"]


def test_a_fix_that_says_that_it_can_not_work_is_told_from_one_that_failed(tmp_path: Path) -> None:
    tasks = """
    - name: TST-01 | Ask for a value
      ansible.builtin.assert:
        that: given.value is defined
        fail_msg: name it in the inventory
      ignore_errors: true
      tags: [TST-01]
    - name: TST-02 | Fail
      ansible.builtin.command: "false"
      check_mode: false
      changed_when: true
      ignore_errors: true
      tags: [TST-02]
"""
    events = [event for event in run(tmp_path, tasks, {}, check=True) if event.kind == "task"]
    assert [(event.check, event.outcome, event.refused) for event in events] == [
        ("TST-01", "failed", True),
        ("TST-02", "failed", False),
    ]
    assert events[0].message == "name it in the inventory"


def test_a_host_that_waits_for_others_is_not_late_and_many_hosts_have_more_time() -> None:
    now = [0.0]
    watch = Watch(Limits(task=0, host=100, whole=1000), 3, lambda: now[0])
    for number in range(20):  # a task of 4 s, then 50 s of waiting for the rest of a large wave
        watch._note(Event("start", f"TST-01 | {number}", host="web"))
        now[0] += 4
        assert watch._find_slow() == []
        watch._note(Event("task", f"TST-01 | {number}", host="web", outcome="ok"))
        now[0] += 50
    assert not watch._is_over()
    watch._note(Event("start", "TST-01 | last", host="web"))
    now[0] += 21
    assert [one.host for one in watch._find_slow()] == ["web"]
    now[0] = 3001
    assert watch._is_over()


@pytest.mark.parametrize(("name", "later"), [("task", True), ("host", False), ("whole", False)])
def test_a_host_that_takes_too_long_is_lost_and_the_others_go_on(
    late: dict[str, Future[list[Event]]], name: str, later: bool
) -> None:
    found = late[name].result()
    ended = [(event.host, event.task, event.outcome) for event in found if event.kind == "task"]
    assert ("slow", "TST-01 | Take long", "unreachable") in ended
    assert ("quick", "TST-01 | Take long", "changed") in ended
    if later:  # Ansible itself has let go of it
        assert ("quick", "TST-02 | Go on", "changed") in ended
    else:  # the run was ended; whoever asked runs the others again
        assert found[-1].kind == "end"
        assert [event.check for event in found if event.outcome == "unreachable"] == ["TST-01"]
