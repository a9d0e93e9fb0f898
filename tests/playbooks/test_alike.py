"""Hosts that are alike are rehearsed once, and each plan says what check mode on that very host would say."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from rempart_controller.remediation.ansible.event import Event
from rempart_controller.remediation.ansible.extra_vars import write_overlay
from rempart_controller.remediation.ansible.playbook import Access, Playbook

PLAYBOOKS = Path(__file__).parents[2] / "playbooks"
_READ = "Read what the fixes ask for"
# This machine under eight names: what tells them apart, and whether each is alike.
HOSTS: dict[str, tuple[str, bool]] = {
    "first": ("", False),  # it is rehearsed
    "alike": ("", True),
    "told": ("", False),  # a variable of its own
    "answers": ("export ODD=1;", False),  # a program says otherwise
    "enters": ("export ENTERS=1;", False),  # the account that connects is told otherwise
    "follows": ("mount --bind {folder}/other {folder}/names;", False),  # and what is asked after it
    "stands": ("mount --bind {folder}/done {folder}/kept;", False),  # it says the same, and its file stands otherwise
    "mute": ("test -e {folder}/never &&", False),  # nothing is known of it
}
CHECKS = ("ZZZ-01", "ZZZ-02", "ZZZ-03", "ZZZ-04")


def write_role(folder: Path) -> None:
    """Write a role of fixes that read, read what depends on an answer, refuse, and want."""
    dress = {"mode": "0644", "owner": "0", "group": "0"}
    odd = {"run": ["sh", "-c", "echo odd ${{ODD-}}".replace("{{", "{").replace("}}", "}")]}
    who = {"run": ["sh", "-c", "echo $(id -un) ${ENTERS-}"]}
    size = "{{ s.stat.size }}"
    look = {"path": str(folder / "names")}
    fixes: dict[str, list[dict[str, Any]]] = {
        "ZZZ-01": [
            {"name": "Ask", "rempart_read": odd, "register": "asked"},
            {"name": "Do", "files": [{"path": str(folder / "made"), "content": "{{ asked.stdout }}", **dress}]},
        ],
        "ZZZ-02": [
            {"name": "Name", "rempart_read": {"run": ["echo", str(folder / "names")]}, "register": "named"},
            {"name": "Ask", "rempart_read": {"run": ["cat", "{{ named.stdout }}"]}, "register": "said"},
            {
                "name": "Do",
                "lines": [{"path": str(folder / "kept"), "line": "{{ said.stdout }} {{ own | default(0) }}"}],
            },
        ],
        "ZZZ-03": [
            {"name": "Refuse", "ansible.builtin.assert": {"that": "false", "fail_msg": "never", "quiet": True}},
            {"name": "Do", "files": [{"path": str(folder / "never"), "absent": True}]},
        ],
        "ZZZ-04": [
            {"name": "Who", "rempart_read": who, "register": "w", "vars": {"ansible_become": False}},
            {"name": "Do", "files": [{"path": str(folder / "who"), "content": "{{ w.stdout }}", **dress}]},
        ],
        "ZZZ-05": [  # by a module whose answer is not compared
            {"name": "Look", "ansible.builtin.stat": look, "register": "s"},
            {"name": "Do", "files": [{"path": f"{folder}/of-{size}", "content": "", **dress}]},
        ],
    }
    for check, tasks in fixes.items():
        path = folder / f"roles/zzz/tasks/linux/{check.lower()}.yml"
        path.parent.mkdir(parents=True, exist_ok=True)
        for task in tasks:
            task["name"] = f"{check} | {task['name']}"
            specs = {one: task.pop(one) for one in ("files", "lines") if one in task}
            task.update({"rempart_fix": {"check": check, **specs}} if specs else {})
        path.write_text(json.dumps(tasks))
    shutil.copy(PLAYBOOKS / "roles/remote_access/tasks/main.yml", folder / "roles/zzz/tasks/main.yml")
    (folder / "roles/zzz/fixes.yml").write_text(json.dumps({check: {"linux": {}} for check in fixes}))


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder of playbooks, with an inventory of this machine under several names."""
    folder = tmp_path_factory.mktemp("book")
    for name in ("apply.yml", "rehearse.yml"):
        shutil.copy(PLAYBOOKS / name, folder)
    shutil.copytree(PLAYBOOKS / "roles/change", folder / "roles/change", ignore=shutil.ignore_patterns("__pycache__"))
    write_role(folder)
    for name, text in (("names", "a name\n"), ("kept", "a line\n"), ("other", "another\n"), ("done", "a name 0\n")):
        (folder / name).write_text(text)
    hosts: dict[str, dict[str, Any]] = {}
    for name, (script, _) in HOSTS.items():
        python, do = folder / f"python-{name}", f'{script.format(folder=folder)} exec {sys.executable} "$@"'
        python.write_text(f"#!/bin/sh\nexec unshare -m sh -c '{do}' sh \"$@\"\n")
        python.chmod(0o700)
        hosts[name] = {"ansible_connection": "local", "ansible_python_interpreter": str(python)}
    hosts["told"]["own"] = 1
    (folder / "hosts.json").write_text(json.dumps({"all": {"hosts": hosts}}))
    return folder


def rehearse(book: Path, playbook: str, checks: Sequence[str], hosts: Sequence[str]) -> dict[str, list[Event]]:
    """Return what check mode says of fixes, by host; the others are compared with the first."""
    told = {"change": "rehearsal", "safe": [{"id": check, "role": "zzz"} for check in checks], "values": {}}
    (first, *others) = hosts
    like = {name: first if name in others else "" for name in hosts}
    variables = {name: {**told, "nonce": "n", "like": like[name]} for name in hosts}
    overlay = write_overlay(str(book), variables, groups={"rempart_first": [first], "rempart_others": others})
    access = Access([str(book / "hosts.json"), overlay])
    said: dict[str, list[Event]] = {name: [] for name in hosts}
    for event in Playbook(str(book / playbook), access, hosts, check=True):
        if event.kind == "task":
            said[event.host].append(event)
    return said


def tell(events: list[Event]) -> list[tuple[Any, ...]]:
    return [(e.check, e.task, e.outcome, e.message, e.refused, tuple(e.diff)) for e in events if e.check]


@pytest.mark.skipif(os.geteuid() != 0, reason="files are laid over others")
def test_each_host_is_told_what_its_own_check_mode_says(book: Path) -> None:
    compared, by_itself = (rehearse(book, playbook, CHECKS, [*HOSTS]) for playbook in ("rehearse.yml", "apply.yml"))
    for name, (_, alike) in HOSTS.items():
        assert tell(compared[name]) == tell(by_itself[name]), name
        assert (_READ not in {event.task for event in compared[name]}) is alike, name
    assert len({json.dumps(tell(compared[name])) for name in HOSTS}) == len(HOSTS) - 1, "the others do differ"


@pytest.mark.skipif(os.geteuid() != 0, reason="files are laid over others")
def test_a_fix_that_asks_what_is_not_compared_is_rehearsed_on_each_host(book: Path) -> None:
    hosts = ["first", "alike", "follows"]
    compared, by_itself = (rehearse(book, playbook, ["ZZZ-05"], hosts) for playbook in ("rehearse.yml", "apply.yml"))
    for name in hosts:
        assert tell(compared[name]) == tell(by_itself[name]), name
    assert tell(compared["follows"]) != tell(compared["alike"])
