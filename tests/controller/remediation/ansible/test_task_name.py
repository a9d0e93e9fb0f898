"""A task is called as its playbook calls it; French quotes that."""

from __future__ import annotations

from rempart_controller.remediation.ansible.event import Event
from rempart_controller.remediation.ansible.role_words import tell_failure
from rempart_controller.remediation.ansible.task_name import name_task
from rempart_core.text import NOTHING, Text


def test_a_name_is_quoted_in_french_alone() -> None:
    assert name_task("FWL-01 | Allow ssh") == Text("FWL-01 | Allow ssh", "«\u00a0FWL-01 | Allow ssh\u00a0»")
    assert name_task("") == NOTHING


def test_a_failure_is_told_behind_the_name_in_the_language() -> None:
    task = "LOG-01 | Install auditd"
    known = tell_failure(Event("task", task, message="No space left on device"))
    assert known.en == f"{task}: No space left on device"
    assert known.fr.startswith(f"«\u00a0{task}\u00a0»\u00a0: ")
    assert "No space" not in known.fr
    own = tell_failure(Event("task", task, message="no", french="non : rien"))
    assert own.fr == f"«\u00a0{task}\u00a0»\u00a0: non : rien"
    ansible = tell_failure(Event("task", task, message="Task failed: unexpected"))
    assert ansible.fr.endswith("Ansible\u00a0: «\u00a0unexpected\u00a0»")
