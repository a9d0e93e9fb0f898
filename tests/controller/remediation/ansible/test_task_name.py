"""A task is called as its playbook calls it; French quotes that."""

from __future__ import annotations

from rempart_controller.remediation.ansible.event import Event
from rempart_controller.remediation.ansible.task_name import name_task, tell_failure
from rempart_core.text import NOTHING, Text


def test_a_name_is_quoted_in_french_alone() -> None:
    assert name_task("FWL-01 | Allow ssh") == Text("FWL-01 | Allow ssh", "«\u00a0FWL-01 | Allow ssh\u00a0»")
    assert name_task("") == NOTHING


def test_a_failure_is_told_behind_the_name_in_the_language() -> None:
    task = "LOG-01 | Install auditd"
    theirs = tell_failure(Event("task", task, message="No space left on device"))
    assert theirs.en == f"{task}: No space left on device"
    assert theirs.fr == f"«\u00a0{task}\u00a0»\u00a0: No space left on device"
    own = tell_failure(Event("task", task, message="no", french="non : rien"))
    assert own.fr == f"«\u00a0{task}\u00a0»\u00a0: non : rien"
