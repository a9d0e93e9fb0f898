"""Names of what tasks keep: a fact, or what is registered, comes before a task's own variable of the same name."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

ROLES = Path(__file__).parents[2] / "playbooks/roles"


def read_tasks(path: Path) -> Iterator[dict[str, Any]]:
    """Read the tasks of a file, those in blocks too."""
    todo = list(yaml.safe_load(path.read_text(encoding="utf-8")) or [])
    while todo:
        task = todo.pop()
        yield task
        for part in ("block", "rescue", "always"):
            todo += task.get(part, [])


@pytest.mark.parametrize("role", sorted(one.name for one in ROLES.iterdir() if (one / "tasks/linux").is_dir()))
def test_no_variable_of_a_task_has_a_name_under_which_another_file_keeps_something(role: str) -> None:
    """All fixes of a host run in one play: what one keeps, all after it see."""
    kept: dict[str, set[str]] = {}
    given: dict[str, set[str]] = {}
    for path in sorted((ROLES / role / "tasks/linux").rglob("*.yml")):
        for task in read_tasks(path):
            names = [*task.get("ansible.builtin.set_fact", {}), *([task["register"]] if "register" in task else [])]
            for name in names:
                kept.setdefault(name, set()).add(path.name)
            for name in task.get("vars", {}):
                given.setdefault(name, set()).add(path.name)
    for path in sorted((ROLES / role).glob("vars/*.yml")) + sorted((ROLES / role).glob("defaults/*.yml")):
        for name in yaml.safe_load(path.read_text(encoding="utf-8")) or {}:
            given.setdefault(name, set()).add(path.name)
    mixed = {name: given[name] - files for name, files in kept.items() if given.get(name, files) - files}
    assert mixed == {}
