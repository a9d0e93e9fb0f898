"""The part of ``rempart_read`` on the controller: what was read when fixes were rendered is not asked again."""

import json
from typing import Any

from ansible.plugins.action import ActionBase

_READ = "rempart_read_ahead"
_MODULE = "rempart_read"


class ActionModule(ActionBase):  # type: ignore[misc]
    """Answers from what was read, or reads. A role by itself, of which nothing was read, reads."""

    def run(self, tmp: Any = None, task_vars: Any = None) -> Any:
        """See ActionBase."""
        super().run(tmp, task_vars)
        known = task_vars or {}
        own = {name: value for name, value in self._task.args.items() if value is not None}
        read = (known.get("ansible_facts") or {}).get(_READ) or {}
        powers = str(self._task.vars.get("ansible_become", True)).lower() != "false"
        found = read.get(json.dumps([powers, own], sort_keys=True, default=str))
        # as a module's own answer says what it was asked: else it would be taken for Ansible's words
        return (
            {**found, "invocation": {"module_args": own}}
            if found is not None
            else self._execute_module(_MODULE, module_args=own, task_vars=known)
        )
