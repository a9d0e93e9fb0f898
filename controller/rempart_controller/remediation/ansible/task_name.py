"""The name of a task: what it is called in the playbook's file, in every language the same. French quotes it."""

from rempart_controller.remediation.ansible.event import Event
from rempart_core.messages.message import Message, own
from rempart_core.messages.say import say_both
from rempart_core.text import NOTHING, Text


def name_task(task: str) -> Text:
    """Return the name of a task as it is shown; no words of none.

    Args:
        task: As Ansible says it, with the check's id before it or without.
    """
    return say_both(Message("text.theirs", text=task)) if task else NOTHING


def tell_failure(event: Event) -> Text:
    """Return why a task failed, behind its name."""
    return say_both(Message("text.labelled", label=own(name_task(event.task)), text=own(event.why)))
