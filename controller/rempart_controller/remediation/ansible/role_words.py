"""What our roles say on endpoints, as messages: there they speak English, as Ansible does.

Their texts are those of the area ``role``, and of ``system`` for what the operating system says. What nobody knows
(words of a program, of another system) stays as it is, in every language; what Ansible itself says is quoted.
"""

import re
from functools import cache

from rempart_controller.remediation.ansible.event import Event
from rempart_controller.remediation.ansible.task_name import name_task
from rempart_core.messages.message import Message, as_is, listed, own, points
from rempart_core.messages.say import Place, say, template, texts
from rempart_core.text import Text

_LONGEST = 1500  # characters of a text that is looked at: what is longer is not ours, or a host wants to keep us busy
_DEEPEST = 5  # messages within messages
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
    if len(text) > _LONGEST:
        return text
    bare = _PREFIX.sub("", text)
    if bare.startswith(_ANSIBLE) or (bare != text and _recognise(bare, _DEEPEST) is None):
        return say(Message("role.ansible_said", said=bare), language)
    found = _recognise(bare, _DEEPEST) if language == "fr" else None
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


def _recognise(text: str, depth: int) -> Message | None:
    """Return the message that a text is; None where it, and all that it is made of, is not known."""
    if not depth or not text:
        return None
    for pattern, id_ in _patterns():
        if found := pattern.fullmatch(text):
            values = {name: _recognise(one, depth - 1) or as_is(one) for name, one in found.groupdict().items()}
            return Message(id_, **values)
    return _recognise_pieces(text, depth - 1)


def _recognise_pieces(text: str, depth: int) -> Message | None:
    """Return what is listed, or follows a colon (``the task: what went wrong``); None where nothing is known."""
    for mark in ("\n  - ", "; "):
        pieces = text.split(mark)
        told = [_recognise(one, depth) for one in pieces] if len(pieces) > 1 else []
        if any(told):
            messages = [known or as_is(one) for known, one in zip(told, pieces, strict=True)]
            return points(messages[0], messages[1:]) if mark.startswith("\n") else listed(messages)
    head, colon, rest = text.partition(": ")
    known = _recognise(rest, depth) if colon else None
    return known and Message("text.labelled", label=head, text=known)


@cache
def _patterns() -> list[tuple[re.Pattern[str], str]]:
    """Return patterns with the ids of their messages, those first of which most is fixed."""
    found = []
    for id_ in (*texts("role", "en"), *texts("system", "en")):
        parts = template(id_, "en")
        fixed = sum(len(part) for part in parts if isinstance(part, str))
        pattern = "".join(f"(?P<{part.name}>.+?)" if isinstance(part, Place) else re.escape(part) for part in parts)
        found.append((fixed, re.compile(pattern, re.DOTALL | re.IGNORECASE), id_))
    return [(pattern, id_) for _, pattern, id_ in sorted(found, key=lambda one: -one[0])]
