"""What Ansible says, run for real on this machine: events without secrets, and values that never become templates."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path
from typing import Any

import pytest

from rempart_controller.remediation.overlay import write_overlay
from rempart_controller.remediation.playbook import Access, Event, Playbook
from rempart_core.error import RemediationError

_HEAD = """\
- hosts: all
  gather_facts: false
  vars:
    given: "{{ rempart_data | b64decode | from_json }}"
  tasks:
"""


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
    assert "+user = crm2" in events[0].diff
    assert "+PasswordAuthentication no" in events[0].diff
    assert "it may be secret" in events[1].diff[0]
    assert "it may be secret" in events[3].diff[0]
    assert events[4].diff[1] == f"+++ {tmp_path}/motd", "named is where it goes, and not the copy that is sent"
    assert [line.partition(": ")[0] for line in events[5].diff] == [f"{tmp_path}/one-token", f"{tmp_path}/a-password"]
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
def test_a_host_that_is_not_there_is_unreachable(tmp_path: Path) -> None:
    inventory = tmp_path / "inventory.json"
    inventory.write_text(json.dumps({"all": {"hosts": {"gone": {"ansible_host": "127.0.0.1", "ansible_port": 1}}}}))
    (tmp_path / "play.yml").write_text("- hosts: all\n  gather_facts: false\n  tasks:\n    - ansible.builtin.ping:\n")
    events = list(Playbook(str(tmp_path / "play.yml"), Access([str(inventory)]), ["gone"]))
    assert [(event.host, event.outcome) for event in events if event.kind == "task"] == [("gone", "unreachable")]
