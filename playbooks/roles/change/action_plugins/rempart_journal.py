"""The part of ``rempart_journal`` on the controller: what takes long goes on by itself, and is asked after."""

from typing import Any

from ansible.plugins.action import ActionBase

_LONG = ("undo", "resume")


class ActionModule(ActionBase):  # type: ignore[misc]
    """Runs the module as ``rempart_fix`` runs its own."""

    def run(self, tmp: Any = None, task_vars: Any = None) -> Any:
        """See ActionBase."""
        super().run(tmp, task_vars)
        if self._task.args.get("action") not in _LONG:
            return self._execute_module("rempart_journal", module_args=self._task.args, task_vars=task_vars)
        asker = self._shared_loader_obj.action_loader.get(
            "rempart_fix",
            task=self._task,
            connection=self._connection,
            play_context=self._play_context,
            loader=self._loader,
            templar=self._templar,
            shared_loader_obj=self._shared_loader_obj,
        )
        return asker.ask("rempart_journal", dict(self._task.args), task_vars)
