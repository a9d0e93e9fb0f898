"""The part of ``rempart_read`` on the controller: what fixes ask for is read ahead, by one call for all of them.

With ``ahead`` it looks into the tasks of all fixes that the play does, takes out what they will ask for, and reads it
at once; each of their own tasks is answered by that then, without a call. What they ask for only after they have heard
an answer is asked in its turn. So is all where nothing was read ahead: a role by itself needs none of this.
"""

import json
import os
from collections.abc import Iterator
from typing import Any

from ansible.errors import AnsibleError
from ansible.plugins.action import ActionBase

_READ = "rempart_read_ahead"
_MODULE = "rempart_read"
_PARTS = ("ansible.builtin.include_tasks", "ansible.builtin.import_tasks")
_DEPTH = 3  # files of tasks that lie one in the other


class ActionModule(ActionBase):  # type: ignore[misc]
    """Answers from what was read, or reads."""

    def run(self, tmp: Any = None, task_vars: Any = None) -> Any:
        """See ActionBase."""
        super().run(tmp, task_vars)
        known = task_vars or {}
        own = {name: value for name, value in self._task.args.items() if value is not None}
        facts = known.get("ansible_facts") or {}
        read = dict(facts.get(_READ) or {})
        powers = _has_powers(self._task.vars)
        if not own.pop("ahead", False):
            found = read.get(_name(own, powers=powers))
            return dict(found) if found is not None else self._execute_module(_MODULE, module_args=own, task_vars=known)
        wanted = {_name(one, powers=powers): one for one in self._find_all(known, powers)}
        if not wanted:
            return {"changed": False, "skipped": True, "skip_reason": "nothing is asked for"}
        result: dict[str, Any] = self._execute_module(_MODULE, {"reads": list(wanted.values())}, task_vars=known)
        read.update(zip(wanted, result.pop("answers", ()), strict=False))
        return {**result, "ansible_facts": {_READ: read}}

    def _find_all(self, known: Any, powers: bool) -> Iterator[dict[str, Any]]:
        """Yield what the tasks of the fixes of this play will ask for, as far as that is known now."""
        here = str(known["role_path"])
        for fix in [*self._render(known["rempart_safe"], known), *self._render(known["rempart_risky"], known)]:
            folder = os.path.join(os.path.dirname(here), str(fix["role"]), "tasks")
            for task in self._list(folder, f"linux/{str(fix['id']).lower()}.yml", _DEPTH):
                said = task.get("vars") or {}
                if _has_powers(said) is not powers:
                    continue
                try:
                    yield {name: self._render(value, {**known, **said}) for name, value in task[_MODULE].items()}
                except AnsibleError:
                    continue  # it depends on what is not known yet

    def _list(self, folder: str, name: str, depth: int) -> Iterator[dict[str, Any]]:
        """Yield the tasks of a file that read, with those of the files that it names."""
        paths = [os.path.join(folder, name), os.path.join(folder, "linux", name)]
        found = next((path for path in paths if os.path.isfile(path)), "")
        if not depth or not found:
            return
        todo = list(self._loader.load_from_file(found, trusted_as_template=True) or [])
        while todo:
            task = todo.pop(0)
            todo[:0] = [one for part in ("block", "rescue", "always") for one in task.get(part) or []]
            if _MODULE in task and "loop" not in task:
                yield task
            for part in _PARTS:
                if part in task:
                    given = task[part]
                    yield from self._list(folder, str(given["file"] if isinstance(given, dict) else given), depth - 1)

    def _render(self, value: Any, known: Any) -> Any:
        return self._templar.copy_with_new_env(available_variables=known).template(value)


def _has_powers(said: dict[str, Any]) -> bool:
    """Tell whether a task runs as the account that fixes run as, and not as the one that connects."""
    return str(said.get("ansible_become", True)).lower() != "false"


def _name(wanted: dict[str, Any], *, powers: bool) -> str:
    return json.dumps([powers, wanted], sort_keys=True, default=str)
