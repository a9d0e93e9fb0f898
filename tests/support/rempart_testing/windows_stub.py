"""Runs the tasks for Windows here: by Ansible itself, against stand-ins for ``ansible.windows`` and for WinRM.

What is real: Ansible, its variables, templates, conditions, includes. What stands in: the modules, which write down
what they are given and answer what the test has said, and the connection, which runs them on this machine.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

PLAYBOOKS = Path(__file__).resolve().parents[3] / "playbooks"
_MODULES = ("win_powershell", "win_service", "win_reg_stat", "win_stat", "win_audit_rule", "win_updates", "win_command")
_MODULE = """\
import json, os, sys
from ansible.module_utils.basic import AnsibleModule
module = AnsibleModule(argument_spec={options}, supports_check_mode=True)
folder = "{folder}"
given = dict(module="{name}", check=module.check_mode, **module.params)
with open(os.path.join(folder, "calls.jsonl"), "a") as file:
    file.write(json.dumps(given) + "\\n")
answers = json.load(open(os.path.join(folder, "answers.json")))
text = json.dumps(given)
found = [answer for part, answer in answers.items() if part in text]
answer = found[0] if found else {{}}
if answer.get("failed"):
    module.fail_json(msg=answer["msg"])
module.exit_json(changed=answer.get("changed", False), **{{k: v for k, v in answer.items() if k != "changed"}})
"""
_OPTIONS: dict[str, str] = {
    "win_powershell": "dict(script=dict(type='str'), parameters=dict(type='dict'), depth=dict(type='int'))",
    "win_service": "dict(name=dict(type='str'), state=dict(type='str'))",
    "win_reg_stat": "dict(path=dict(type='str'), name=dict(type='str'))",
    "win_stat": "dict(path=dict(type='str'))",
    "win_audit_rule": "dict(path=dict(type='str'), user=dict(type='str'), rights=dict(type='list'), "
    "inheritance_flags=dict(type='list'), audit_flags=dict(type='list'))",
    "win_updates": "dict(category_names=dict(type='list'), state=dict(type='str'), reboot=dict(type='bool'))",
    "win_command": "dict(argv=dict(type='list'))",
}
_CONNECTION = """\
DOCUMENTATION = '''
name: {name}
short_description: a stand-in
description: Runs on this machine.
version_added: '1.0'
author: none
extends_documentation_fragment: [connection_pipelining]
options: {{}}
'''
from ansible.plugins.connection.local import Connection as Local
class Connection(Local):
    transport = "{name}"
    def reset(self):
        open("{folder}/resets", "a").write("reset\\n")
"""


class Windows:
    """A Windows that answers what it is told to, and remembers what it was asked."""

    def __init__(self, folder: Path) -> None:
        """Make the stand-ins in a folder of the test's own."""
        self.folder = folder
        self.answers: dict[str, Any] = {}
        self.said = ""
        modules = folder / "collections/ansible_collections/ansible/windows/plugins/modules"
        modules.mkdir(parents=True)
        for name in _MODULES:
            text = _MODULE.format(options=_OPTIONS[name], folder=folder, name=name)
            (modules / f"{name}.py").write_text(text, encoding="utf-8")
        connections = folder / "connections"
        connections.mkdir()
        for name in ("winrm", "psrp", "ssh"):
            text = _CONNECTION.format(name=name, folder=folder)
            (connections / f"{name}.py").write_text(text, encoding="utf-8")

    def run(
        self,
        tasks: Path | None = None,
        *,
        variables: Mapping[str, Any],
        values: Mapping[str, Any] = {},
        play: Any = None,
        words: tuple[str, ...] = (),
    ) -> bool:
        """Run the tasks of a fix, or a play; tell whether they came to their end."""
        own = {
            "ansible_connection": "winrm",
            "ansible_python_interpreter": sys.executable,
            "ansible_become": False,
            "ansible_async_dir": str(self.folder / "async"),
        }
        inventory = {"all": {"hosts": {"pc": {**own, **variables}}}}
        (self.folder / "inventory.yml").write_text(yaml.safe_dump(inventory))
        (self.folder / "answers.json").write_text(json.dumps(self.answers))
        (self.folder / "calls.jsonl").write_text("")
        if play is None:
            play = [
                {
                    "hosts": "all",
                    "gather_facts": False,
                    "vars": {"rempart_change": "c-1", "rempart_values": dict(values)},
                    "tasks": [{"ansible.builtin.include_tasks": str(tasks)}],
                }
            ]
            (self.folder / "play.yml").write_text(yaml.safe_dump(play))
            play = self.folder / "play.yml"
        environment = os.environ | {
            "ANSIBLE_COLLECTIONS_PATH": str(self.folder / "collections"),
            "ANSIBLE_CONNECTION_PLUGINS": str(self.folder / "connections"),
            "ANSIBLE_ROLES_PATH": str(PLAYBOOKS / "roles"),
            "ANSIBLE_NOCOLOR": "1",
            "ANSIBLE_DEVEL_WARNING": "0",
            "ANSIBLE_PIPELINING": "1",
            "HOME": str(self.folder),
        }
        done = subprocess.run(
            [
                sys.executable,
                "-m",
                "ansible",
                "playbook",
                "--inventory",
                str(self.folder / "inventory.yml"),
                *words,
                str(play),
            ],
            capture_output=True,
            text=True,
            env=environment,
            cwd=self.folder,
            check=False,
        )
        self.said = done.stdout + done.stderr
        return done.returncode == 0

    @property
    def calls(self) -> list[dict[str, Any]]:
        """Return what the modules were given, in order."""
        return [json.loads(line) for line in (self.folder / "calls.jsonl").read_text().splitlines()]

    def acts(self, check: str) -> list[dict[str, Any]]:
        """Return the acts that a check asked for."""
        return [
            act
            for call in self.calls
            if call["module"] == "win_powershell" and (call["parameters"] or {}).get("Check") == check
            for act in json.loads(call["parameters"]["Acts"])
        ]
