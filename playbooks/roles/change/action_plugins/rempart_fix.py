"""The part of ``rempart_fix`` on the controller: which change a fix is of, the play knows; no task has to say it.

Ansible resolves ``module_defaults`` before the role that holds the module is there, so the play can't say it that way.

Where the play says ``rempart_together``, a task only hands in what it declares, and one call at the end does it all: a
call to a host costs more than a fix. A task whose fix goes on after it says ``rempart_together: false``, and is done at
once.
"""

from typing import Any

from ansible.plugins.action import ActionBase

_GIVEN = {"change": "rempart_change", "holder": "rempart_holder", "guard": "rempart_revert_after"}
_HANDED_IN = "rempart_handed_in"


class ActionModule(ActionBase):  # type: ignore[misc]
    """Fills in what the play knows, and runs the module."""

    def run(self, tmp: Any = None, task_vars: Any = None) -> Any:
        """See ActionBase."""
        super().run(tmp, task_vars)
        known = task_vars or {}
        own = {name: self._templar.template(known[one]) for name, one in _GIVEN.items() if one in known}
        handed_in = list((known.get("ansible_facts") or {}).get(_HANDED_IN) or [])
        if self._task.args.get("together"):
            return self._do(own, handed_in, known)
        if known.get("rempart_together") and "fixes" not in self._task.args:
            mine = {
                "name": self._task.name,
                "fix": {name: value for name, value in self._task.args.items() if value is not None},
            }
            return {"changed": False, "handed_in": True, "ansible_facts": {_HANDED_IN: [*handed_in, mine]}}
        return self._execute_module("rempart_fix", module_args={**own, **self._task.args}, task_vars=known)

    def _do(self, own: dict[str, Any], handed_in: list[dict[str, Any]], known: Any) -> dict[str, Any]:
        """Do what was handed in, in one call; where a fix fails the task does, and the others stand."""
        if not handed_in:
            return {"changed": False, "skipped": True, "skip_reason": "nothing was handed in"}
        words = {**own, "fixes": [one["fix"] for one in handed_in]}
        result: dict[str, Any] = self._execute_module("rempart_fix", module_args=words, task_vars=known)
        result["names"] = [[one["name"], one["fix"]["check"]] for one in handed_in]
        result["ansible_facts"] = {_HANDED_IN: []}
        bad = [one for one in (result.get("answer") or {}).get("fixes", ()) if one["failed"]]
        if bad and not result.get("failed"):
            result |= {"failed": True, "msg": "; ".join(f"{one['check']}: {one['why'][0]}" for one in bad)}
        return result
