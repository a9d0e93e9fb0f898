"""What our roles say on endpoints, as messages: there they speak English, as Ansible does.

Their texts are those of the area ``role``, and of ``system`` for what the operating system says. What nobody knows
(words of a program, of another system) stays as it is, in every language; what Ansible itself says is quoted.
"""

import re

from rempart_controller.remediation.ansible.event import Event
from rempart_controller.remediation.ansible.task_name import name_task
from rempart_core.messages.message import Message, own
from rempart_core.messages.recognise import LONGEST, recognise
from rempart_core.messages.say import say
from rempart_core.text import Text

_AREAS = ("role", "system")
_PREFIX = re.compile(r"\A(?:(?:Task|Action) failed: )+")
_ANSIBLE = (
    "Failed to connect to the host",
    "Data could not be sent to",
    "Timeout (",
    "Module result deserialization failed",
    "the connection plugin ",
    "The module interpreter ",
)
"""How what Ansible itself says of a task that failed begins (``task_executor.py``, its connection plugins)."""


def translate(text: str, language: str = "fr") -> str:
    """Return a text of ours in a language, where it is known; Ansible's own quoted; every other one as it is.

    Args:
        text: What an endpoint or Ansible said; one that is too long is not looked at.
        language: ``en`` or ``fr``.
    """
    if len(text) > LONGEST:
        return text
    bare = _PREFIX.sub("", text)
    if bare.startswith(_ANSIBLE) or (bare != text and recognise(bare, _AREAS) is None):
        return say(Message("role.ansible_said", said=bare), language)
    found = recognise(bare, _AREAS) if language == "fr" else None
    return bare if found is None else say(found, language)


def tell_failure(event: Event) -> Text:
    """Return why a task failed, behind its name."""
    french = event.french or translate(event.message)
    labelled = Message("text.labelled", label=name_task(event.task).fr, text=french)
    return Text(translate(f"{event.task}: {event.message}", "en"), say(labelled, "fr"))


def both(text: str) -> Text:
    """Return a text in both languages, as far as it is known."""
    return Text(translate(text, "en"), translate(text))


def heard(text: str) -> Message:
    """Return a text of an endpoint as a message, to stand in another one."""
    return own(both(text))
