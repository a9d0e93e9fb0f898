"""The tasks for Windows name modules and arguments that there are; no Windows is here to run them on."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from rempart_testing import yaml_text

PLAYBOOKS = Path(__file__).resolve().parents[2] / "playbooks"
ROLES = sorted(
    {path.parents[2] for path in PLAYBOOKS.glob("roles/*/tasks/windows/*.yml")} | {PLAYBOOKS / "roles/windows"}
)


def ask(*words: str, folder: Path) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {
        "ANSIBLE_NOCOLOR": "1",
        "ANSIBLE_ROLES_PATH": str(PLAYBOOKS / "roles"),
        "HOME": str(folder),
    }
    return subprocess.run(
        [sys.executable, "-m", "ansible", *words],
        capture_output=True,
        text=True,
        env=environment,
        cwd=folder,
        check=False,
    )


@pytest.fixture(scope="module")
def modules(tmp_path_factory: pytest.TempPathFactory) -> dict[str, set[str]]:
    """Return the arguments that each module of ansible.windows takes, as its own documentation has them."""
    folder = tmp_path_factory.mktemp("home")
    named = sorted({name for role in ROLES for name in names_of(role)})
    done = ask("doc", "--json", *named, folder=folder)
    if "ansible.windows." not in done.stdout:
        pytest.skip("needs the collection ansible.windows: pip install '.[windows]'")
    return {name: set(one["doc"]["options"]) for name, one in yaml_text.load(done.stdout).items()}


def tasks_of(role: Path) -> list[dict[str, object]]:
    found: list[dict[str, object]] = []
    for path in sorted(role.glob("tasks/*.yml" if role.name == "windows" else "tasks/windows/*.yml")):
        waiting = list(yaml_text.load_file(path))
        while waiting:
            task = waiting.pop(0)
            waiting += [one for part in ("block", "rescue", "always") for one in task.get(part, [])]
            found.append(task)
    return found


def names_of(role: Path) -> set[str]:
    return {key for task in tasks_of(role) for key in task if key.startswith("ansible.windows.")}


@pytest.mark.parametrize("role", [role for role in ROLES if names_of(role)], ids=lambda role: role.name)
def test_each_module_is_there_and_takes_the_arguments(role: Path, modules: dict[str, set[str]]) -> None:
    wrong = [
        f"{task['name']}: {key}: {sorted(unknown)}"
        for task in tasks_of(role)
        for key, given in task.items()
        if key.startswith("ansible.windows.") and isinstance(given, dict)
        if (unknown := set(given) - modules.get(key, set()))
    ]
    assert wrong == []


def test_ansible_can_read_each_task(modules: dict[str, set[str]], tmp_path: Path) -> None:
    """Includes are read when they run; imports are read here."""
    assert modules
    plays = []
    for role in ROLES:
        imports = [{"ansible.builtin.import_tasks": str(path)} for path in sorted(role.glob("tasks/windows/*.yml"))]
        handlers = role / "handlers/main.yml"
        own = {"handlers": yaml_text.load_file(handlers)} if handlers.is_file() else {}
        plays.append({"hosts": "all", "tasks": imports, **own})
    (tmp_path / "play.yml").write_text(yaml.safe_dump(plays))
    done = ask("playbook", "--syntax-check", "--inventory", "host,", str(tmp_path / "play.yml"), folder=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
