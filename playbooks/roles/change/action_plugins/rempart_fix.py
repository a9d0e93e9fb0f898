"""The part of ``rempart_fix`` on the controller: which change a fix is of, the play knows; no task has to say it.

Ansible resolves ``module_defaults`` before the role that holds the module is there, so the play can't say it that way.
"""

from typing import Any

from ansible.plugins.action import ActionBase

_GIVEN = {"change": "rempart_change", "holder": "rempart_holder", "guard": "rempart_revert_after"}


class ActionModule(ActionBase):  # type: ignore[misc]
    """Fills in what the play knows, and runs the module."""

    def run(self, tmp: Any = None, task_vars: Any = None) -> Any:
        """See ActionBase."""
        super().run(tmp, task_vars)
        known = task_vars or {}
        own = {name: self._templar.template(known[one]) for name, one in _GIVEN.items() if one in known}
        return self._execute_module("rempart_fix", module_args={**own, **self._task.args}, task_vars=known)
