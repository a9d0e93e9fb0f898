"""What fixes have to know is read by one call for all of them, and each task is answered as if it had asked itself."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from rempart_testing import yaml_text

PLAYBOOKS = Path(__file__).parents[2] / "playbooks"
_CONNECTS = {"vars": {"ansible_become": False}}


def read(**wanted: Any) -> dict[str, Any]:
    return {"rempart_read": wanted}


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Any], list[str]]:
    """Run a role of two fixes; returns what their tasks heard, and each program that ran, in its order."""
    folder = tmp_path_factory.mktemp("read")
    log = folder / "log"

    def program(word: str) -> list[str]:
        return ["sh", "-c", f"echo {word} >> {log}; echo said {word}"]

    (folder / "there").write_text("contents")
    role = folder / "roles/zzz/tasks/linux"
    role.mkdir(parents=True)
    shared = [{"name": "Shared", **read(run=program("shared")), "register": "shared"}]
    first = [
        {"name": "Take it in", "ansible.builtin.include_tasks": {"file": "linux/shared.yml"}},
        {"name": "Given", **read(run=["echo", "{{ rempart_values.one }}"]), "register": "given"},
        {"name": "Then", **read(run=program("{{ given.stdout }}")), "register": "then"},
        {"name": "Fail", **read(run=["false"]), "register": "bad", "failed_when": False},
        {"name": "Who", **read(runs=[["id", "-un"], program("connects")]), "register": "who", **_CONNECTS},
    ]
    paths = [str(folder / "there"), str(folder), str(folder / "nowhere")]
    second = [
        {"name": "Take it in again", "ansible.builtin.import_tasks": "shared.yml"},
        {"name": "Contents", **read(contents=paths), "register": "contents"},
        {"name": "Stats", **read(stats=paths), "register": "stats"},
        {"name": "Left out", **read(run=program("left")), "register": "left", "when": False},
    ]
    for name, tasks in (("shared", shared), ("zzz-01", first), ("zzz-02", second)):
        (role / f"{name}.yml").write_text(json.dumps(tasks))
    parts = [{"name": one, "ansible.builtin.include_tasks": f"linux/{one}.yml"} for one in ("zzz-01", "zzz-02")]
    told = ["shared", "given", "then", "bad", "who", "contents", "stats", "left"]
    tell = {"content": "{{ dict(names | zip(names | map('extract', vars))) | to_json }}", "dest": str(folder / "out")}
    parts.append({"name": "Tell", "ansible.builtin.copy": {**tell, "mode": "0600"}, "vars": {"names": told}})
    (role.parent / "main.yml").write_text(json.dumps(parts))
    play = {
        "hosts": "all",
        "gather_facts": False,
        "vars": {
            "rempart_safe": [{"id": "ZZZ-01", "role": "zzz"}],
            "rempart_risky": [{"id": "ZZZ-02", "role": "zzz"}],
            "rempart_values": {"one": "then"},
        },
        "tasks": [
            {"ansible.builtin.include_role": {"name": "change", "tasks_from": "render"}},
            {"ansible.builtin.include_role": {"name": "zzz"}},
        ],
    }
    (folder / "play.yml").write_text(json.dumps([play]))
    shutil.copytree(PLAYBOOKS / "roles/change", folder / "roles/change", ignore=shutil.ignore_patterns("__pycache__"))
    words = [sys.executable, "-m", "ansible", "playbook", "-i", "here,", "-c", "local", str(folder / "play.yml")]
    words += ["-e", f"ansible_python_interpreter={sys.executable}"]
    done = subprocess.run(words, env=os.environ | {"LC_ALL": "C.UTF-8"}, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads((folder / "out").read_text()), log.read_text().split()


def test_all_is_read_ahead_once_but_what_depends_on_an_answer(ran: tuple[dict[str, Any], list[str]]) -> None:
    assert ran[1] == ["shared", "left", "connects", "then"]


def test_each_task_is_answered_as_if_it_had_asked(ran: tuple[dict[str, Any], list[str]]) -> None:
    heard = ran[0]
    assert (heard["shared"]["stdout"], heard["shared"]["stdout_lines"]) == ("said shared", ["said shared"])
    assert heard["then"]["stdout"] == "said then"
    assert (heard["bad"]["rc"], heard["bad"]["failed"]) == (1, False)
    assert heard["who"]["results"][1]["stdout"] == "said connects"
    assert [one.get("content") for one in heard["contents"]["results"]] == ["Y29udGVudHM=", None, None]
    assert [(one["stat"]["exists"], one["stat"].get("isdir")) for one in heard["stats"]["results"]] == [
        (True, False),
        (True, True),
        (False, None),
    ]
    assert heard["left"]["skipped"]


def test_no_fix_asks_by_a_call_of_its_own_what_can_be_read_ahead() -> None:
    """A task of Ansible's own that only tells is a call more for each host."""
    own = {}
    for path in sorted(PLAYBOOKS.glob("roles/*/tasks/linux/*.yml")):
        tasks = list(yaml_text.load_file(path) or [])
        for task in tasks:
            tasks += task.get("block", [])
            said = task.get("ansible.builtin.command", {})
            if said and task.get("check_mode") is False and "{{" not in str(said):
                own[path.name] = task["name"]
    # What patches, time and mandatory access control ask for changes while they work.
    assert {name.partition("-")[0] for name in own} <= {"pat", "tim", "krn", "tls", "idl"}, own
