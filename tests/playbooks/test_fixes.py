"""What fixes say of themselves holds: each belongs to a check, has its tasks, and a case on a real machine."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from rempart_testing import yaml_text
from rempart_testing.own_checks import PRECONDITIONS, own_checks

from rempart_core.content.fixfile import Fix, read_fixes

HERE = Path(__file__).resolve().parents[2]
PLAYBOOKS = HERE / "playbooks"
FIXES = read_fixes(str(PLAYBOOKS))
CHECKS = {check.id: check for check in own_checks()}
CASES: dict[str, Any] = {
    check: case
    for file in sorted((HERE / "tests/lab/fixes").glob("*.yml"))
    for check, case in yaml_text.load_file(file).items()
}
AUTOMATIC = [
    (check.id, platform)
    for check in CHECKS.values()
    for platform in check.platforms
    if check.remediation.disruption != "manual"
]


@pytest.mark.parametrize("fix", FIXES.values(), ids=lambda fix: f"{fix.check}-{fix.platform}")
def test_a_fix_belongs_to_its_check_and_has_its_tasks(fix: Fix) -> None:
    check = CHECKS[fix.check]
    assert check.remediation.role == fix.role
    assert check.remediation.disruption != "manual"
    assert fix.platform in check.platforms
    tasks = PLAYBOOKS / "roles" / fix.role / "tasks"
    if fix.manual is not None:  # left to people on that platform, with the reason: nothing may run it all the same
        assert not (tasks / fix.platform / f"{fix.check.lower()}.yml").exists()
        assert fix.platform != "linux"
        return
    assert (tasks / fix.platform / f"{fix.check.lower()}.yml").is_file()
    own = yaml_text.load((tasks / fix.platform / f"{fix.check.lower()}.yml").read_text(encoding="utf-8"))
    names = [task.get("name", "") for task in own]
    assert all(name.startswith(f"{fix.check} | ") for name in names), names
    (loop,) = yaml_text.load_file(tasks / "main.yml")
    assert loop["loop"] == "{{ rempart_fixes | sort }}"
    assert loop["tags"] == loop["ansible.builtin.include_tasks"]["apply"]["tags"] == ["always"]
    assert set(fix.opens) <= CHECKS.keys()


@pytest.mark.parametrize("fix", [fix for fix in FIXES.values() if fix.needs], ids=lambda fix: fix.check)
def test_the_preconditions_of_a_fix_exist(fix: Fix) -> None:
    known = {check.id for check in own_checks(PRECONDITIONS)}
    assert set(fix.needs) <= known


@pytest.mark.parametrize("fix", [f for f in FIXES.values() if f.platform == "linux"], ids=lambda fix: fix.check)
def test_a_fix_on_linux_has_a_case_on_a_real_machine_or_says_why_not(fix: Fix) -> None:
    case = CASES[fix.check]
    assert case.get("break") or case.get("untested")


@pytest.mark.parametrize("name", [name for name, case in CASES.items() if not case.get("untested")])
def test_a_fix_that_the_lab_tries_has_a_way_in_that_it_closes_or_says_why_it_closes_none(name: str) -> None:
    ways, why = CASES[name].get("way_in", {}), CASES[name].get("no_way_in", "")
    assert bool(ways) != (len(why.split()) > 3)
    assert all(script.strip() for script in ways.values())


def test_no_task_asks_who_connects_by_a_keyword_that_an_inventory_overrules() -> None:
    """``ansible_become`` of an inventory wins over ``become: false``: then root is taken for the account."""
    found = [
        f"{file.relative_to(PLAYBOOKS)}: {task.get('name')}"
        for file in sorted(PLAYBOOKS.glob("roles/*/tasks/**/*.yml"))
        for one in yaml_text.load_file(file) or []
        for task in (one, *one.get("block", []))
        if task.get("become") is False and "delegate_to" not in task
    ]
    assert found == []


def test_on_a_mac_nothing_but_files_is_changed() -> None:
    """A command would be recorded and undone by nothing there; ``defaults`` writes a file of settings."""
    kinds = {"file", "replace", "stat", "find", "command"}
    for path in sorted(PLAYBOOKS.glob("roles/*/tasks/darwin/*.yml")):
        for task in yaml_text.load_file(path):
            used = {key.rpartition(".")[2] for key in task if key.startswith("ansible.builtin.")}
            assert used <= kinds, f"{path}: {task['name']}"
            words = (task.get("ansible.builtin.command") or {}).get("argv", [])
            assert not words or "defaults" in words[:4] or task.get("changed_when") is False, f"{path}: {task['name']}"


def test_a_fix_of_linux_records_its_acts_and_does_nothing_beside() -> None:
    """What a task of its own changes is in no record, and no undo takes it back."""
    reads = {"rempart_read"}
    reads |= {
        f"ansible.builtin.{name}"
        for name in (
            "set_fact",
            "find",
            "slurp",
            "stat",
            "include_tasks",
            "import_tasks",
            "fail",
            "assert",
        )
    }
    words = {"name", "when", "vars", "register", "loop", "loop_control", "delegate_to", "become", "changed_when",
             "check_mode", "failed_when", "block", "notify", "no_log", "tags", "environment"}  # fmt: skip
    found: dict[str, set[str]] = {}
    for file in sorted((PLAYBOOKS / "roles").glob("*/tasks/linux/*.yml")):
        for one in yaml_text.load_file(file):
            for task in one.get("block", [one]):
                looks = task.get("changed_when") is False or "rempart_fix" in task
                found.setdefault(file.stem, set()).update(set() if looks else {*task} - words - reads)
    known = {name: {"ansible.builtin.command"} for name in ("rmt-07", "swh-02")}  # docs/limits.md says so
    assert {name: left for name, left in found.items() if left} == known


def test_a_task_that_others_of_its_fix_come_after_is_done_at_once() -> None:
    """Handed in, it would be done after them."""
    early = []
    for file in (PLAYBOOKS / "roles").glob("*/tasks/linux/*.yml"):
        early += [f"{file.name}: {name}" for name in _early(yaml_text.load_file(file))]
    assert not early


def _early(tasks: list[dict[str, Any]]) -> Iterator[str]:
    """Yield the tasks that hand in what others come after; those of blocks under conditions leave one another out."""
    for number, task in enumerate(tasks):
        yield from _early(task.get("block", []))
        inside = [one for one in task.get("block", [task]) if "rempart_fix" in one and not _at_once(one)]
        others = [one for one in tasks[number + 1 :] if "rempart_fix" not in one and not {"when"} <= {*task, *one}]
        yield from (one["name"] for one in inside if others or {"register", "notify"} & {*one})


def _at_once(task: dict[str, Any]) -> bool:
    return task.get("vars", {}).get("rempart_together") is False


def test_nothing_of_linux_is_saved_whole() -> None:
    kept = {"needs", "opens", "partly", "values", "manual"}
    said = {
        check: set(fix.get("linux") or {}) - kept
        for file in (PLAYBOOKS / "roles").glob("*/fixes.yml")
        for check, fix in yaml_text.load_file(file).items()
    }
    assert {check: left for check, left in said.items() if left} == {}


@pytest.mark.parametrize("name", ["apply", "rollback", "resume", "finish", "changes", "isolate", "release"])
def test_programs_of_root_are_found_whatever_path_sudo_hands_on(name: str) -> None:
    (play,) = yaml_text.load_file(PLAYBOOKS / f"{name}.yml")
    assert {"/usr/sbin", "/usr/bin", "/sbin"} <= set(play["environment"]["PATH"].split(":"))


def test_what_a_kernel_lacks_is_left_to_people_in_the_plan() -> None:
    tasks = yaml_text.load_file(PLAYBOOKS / "roles/privileges/tasks/linux/prv-05.yml")
    read, expect, fix = tasks  # what `assert` or `fail` refuse in check mode is left to people, with these words
    assert read["rempart_read"] == {"stat": "/proc/sys/kernel/yama/ptrace_scope"}
    assert expect["ansible.builtin.assert"]["that"] == f"{read['register']}.stat.exists"
    assert "rempart_fix" in fix
