"""Fixes are rendered in one task, and hand in what Ansible, going through their tasks one by one, would hand in."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from rempart_testing import yaml_text

from rempart_controller.remediation.ansible.event import Event
from rempart_controller.remediation.ansible.extra_vars import write_overlay
from rempart_controller.remediation.ansible.playbook import Access, Playbook
from rempart_core.text import Text

PLAYBOOKS = Path(__file__).parents[2] / "playbooks"
_KNOWN = yaml_text.load_file(PLAYBOOKS / "vars/fixes.yml")
_ALL = _KNOWN["rempart_all_fixes"]["linux"]
_VARIABLES = {
    "rempart_sensor": {"packages": ["suricata"], "service": "suricata.service"},
    "rempart_log_collector": {"host": "logs.example", "port": 6514, "ca_file": "/etc/ssl/ca.pem"},
    "firewall_egress": [{"port": 443, "address": "192.0.2.5"}],
}


def play(folder: Path, fixes: list[dict[str, Any]], values: dict[str, Any]) -> tuple[list[Any], list[Any], list[str]]:
    """Return what fixes hand in as they are rendered, what Ansible hands in of these, and those that it is left."""
    clear = {"rempart_handed_in": "{{ ansible_facts['rempart_handed_in'] }}"}
    tell = "{{ [rempart_handed_in, ansible_facts['rempart_handed_in'], ansible_facts['rempart_left']] | to_json }}"
    one_by_one = {
        "ansible.builtin.include_role": {"name": "{{ fix.role }}", "tasks_from": "linux/{{ fix.id | lower }}.yml"},
        "loop": "{{ (rempart_safe + rempart_risky) | rejectattr('id', 'in', ansible_facts['rempart_left']) }}",
        "loop_control": {"loop_var": "fix"},
        "vars": {"rolespec_validate": False},
    }
    tasks = [
        {"ansible.builtin.include_role": {"name": "change", "tasks_from": "render"}},
        {"ansible.builtin.set_fact": clear},
        one_by_one,
        {"ansible.builtin.copy": {"content": tell, "dest": str(folder / "out"), "mode": "0600"}, "check_mode": False},
    ]
    told = {"rempart_safe": fixes[::2], "rempart_risky": fixes[1::2], "rempart_values": values}
    head = {"hosts": "all", "gather_facts": False, "vars": {**told, "rempart_together": True, **_VARIABLES}}
    (folder / "play.yml").write_text(json.dumps([{**head, "tasks": tasks}]))
    words = [sys.executable, "-m", "ansible", "playbook", "-i", "here,", "-c", "local", str(folder / "play.yml")]
    words += ["-e", f"ansible_python_interpreter={sys.executable}"]
    done = subprocess.run(words, env=os.environ | {"LC_ALL": "C.UTF-8"}, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    rendered, both, left = json.loads((folder / "out").read_text())
    return rendered, both[len(rendered) :], left


def list_tasks(path: Path) -> list[dict[str, Any]]:
    """Return the tasks of a file, those of blocks among them."""
    tasks = list(yaml_text.load_file(path))
    for task in tasks:
        tasks += task.get("block", [])
    return tasks


def test_each_fix_hands_in_what_ansible_would(tmp_path: Path) -> None:
    """Of all that read or decide; the answers are the same: Ansible's tasks are answered from what was read."""
    (tmp_path / "roles").symlink_to(PLAYBOOKS / "roles")
    files = {one["id"]: PLAYBOOKS / f"roles/{one['role']}/tasks/linux/{one['id'].lower()}.yml" for one in _ALL}
    fixes = [{"id": one["id"], "role": one["role"]} for one in _ALL if len(list_tasks(files[one["id"]])) > 1]
    rendered, by_ansible, left = play(tmp_path, fixes, _KNOWN["rempart_defaults"])
    of_check = {one["fix"]["check"] for one in rendered}
    assert sorted(rendered, key=str) == sorted(by_ansible, key=str)
    assert not of_check & set(left)
    assert len(of_check) > 10


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder of playbooks with a role of a few odd fixes."""
    folder = tmp_path_factory.mktemp("book")
    shutil.copy(PLAYBOOKS / "apply.yml", folder)
    shutil.copytree(PLAYBOOKS / "roles/change", folder / "roles/change", ignore=shutil.ignore_patterns("__pycache__"))
    specs = {"files": [{"path": str(folder / "nowhere"), "absent": True}]}
    dress = {"content": "{{ asked.stdout }}", "mode": "0600", "owner": "0", "group": "0"}
    made = [{"path": str(folder / f"made-{number}"), **dress} for number in (4, 5)]
    refuse = {"that": "asked.stdout == 'no'", "fail_msg": "it says {{ asked.stdout }}", "quiet": True}
    says = {"id": "text.own", "with": {"en": "it says {{ asked.stdout }}", "fr": "il dit {{ asked.stdout }}"}}
    ask = {"name": "Ask", "rempart_read": {"run": ["echo", "yes"]}, "register": "asked"}
    fixes = {
        "ZZZ-01": [
            ask,
            {"name": "Refuse", "ansible.builtin.assert": refuse, "vars": {"rempart_says": says}},
            {"name": "Do", "rempart_fix": {**specs}},
        ],
        "ZZZ-02": [{**ask, "rempart_read": {"run": ["false"]}}, {"name": "Do", "rempart_fix": {**specs}}],
        "ZZZ-03": [
            {"name": "Run", "ansible.builtin.command": {"argv": ["true"]}, "changed_when": True, "loop": [1, 2]},
            {"name": "Do", "rempart_fix": {**specs}},
        ],
        "ZZZ-04": [
            {"name": "Run", "ansible.builtin.command": {"argv": ["true"]}, "changed_when": True, "loop": []},
            {"name": "Do", "rempart_fix": {"files": made[:1]}, "when": "asked.stdout == 'yes'"},
        ],
        "ZZZ-05": [ask, {"name": "Do", "rempart_fix": {"files": made[1:]}}],
        "ZZZ-06": [{"name": "Do", "rempart_fix": {**specs, "nonsense": 1}}],
    }
    fixes["ZZZ-04"].insert(0, ask)
    for check, tasks in fixes.items():
        path = folder / f"roles/zzz/tasks/linux/{check.lower()}.yml"
        path.parent.mkdir(parents=True, exist_ok=True)
        for task in tasks:
            task["name"] = f"{check} | {task['name']}"
            if "rempart_fix" in task:
                task["rempart_fix"] = {"check": check, **task["rempart_fix"]}
        path.write_text(json.dumps(tasks))
    shutil.copy(PLAYBOOKS / "roles/remote_access/tasks/main.yml", folder / "roles/zzz/tasks/main.yml")
    (folder / "roles/zzz/fixes.yml").write_text(json.dumps({check: {"linux": {}} for check in fixes}))
    return folder


def rehearse(book: Path, *checks: str) -> Iterator[Event]:
    """Yield what check mode says of fixes of the odd role."""
    told = {"change": "rehearsal", "safe": [{"id": check, "role": "zzz"} for check in checks], "values": {}}
    here = {"ansible_connection": "local", "ansible_python_interpreter": sys.executable}
    inventory = book / "hosts.json"
    inventory.write_text(json.dumps({"all": {"hosts": {"here": here}}}))
    access = Access([str(inventory), write_overlay(str(book), {"here": told})])
    for event in Playbook(str(book / "apply.yml"), access, ["here"], check=True):
        if event.kind == "task" and event.check:
            yield event


def test_what_can_not_be_rendered_is_gone_through_and_keeps_its_words(book: Path) -> None:
    events = list(rehearse(book, "ZZZ-01", "ZZZ-02", "ZZZ-03", "ZZZ-04", "ZZZ-05", "ZZZ-06"))
    said = {(one.task, one.outcome, one.refused) for one in events if one.outcome not in {"ok", "skipped"}}
    assert said == {
        ("ZZZ-01 | Refuse", "failed", True),
        ("ZZZ-02 | Ask", "failed", False),
        ("ZZZ-03 | Run", "unknown", False),
        ("ZZZ-04 | Do", "changed", False),
        ("ZZZ-05 | Do", "changed", False),
        ("ZZZ-06 | Do", "failed", False),
    }
    refused = next(one for one in events if one.refused)
    assert (refused.why, refused.ignored) == (Text("it says yes", "il dit yes"), True)
    gone_through = [one.task for one in events if one.check in {"ZZZ-01", "ZZZ-04", "ZZZ-05"}]
    assert gone_through == ["ZZZ-01 | Refuse", "ZZZ-01 | Do", "ZZZ-04 | Do", "ZZZ-05 | Do"], "they are rendered"
