"""Why a task failed, from its result, in both languages. Nothing is known by how a text reads.

Our modules answer with an id and values (``says``: see ``messages.carried``), or with both languages (``msg``,
``msg_fr``). A task of a role that refuses names its id beside its English words, as the variable ``rempart_says``.
Other words stay as they are, in every language; what Ansible itself says is quoted.
"""

from rempart_controller.remediation.ansible.shown_difference import redact
from rempart_core.json_value import JsonObject
from rempart_core.messages.carried import from_data
from rempart_core.messages.message import Message
from rempart_core.messages.say import say_both
from rempart_core.text import NOTHING, Text, clean, same

SAYS = "rempart_says"
"""The variable by which a task of a role says what it refuses by: ``id``, and ``with`` where values stand in it."""

_LONGEST = 1000  # characters of what is shown
# As Python says it where a module is unpacked: errno.h, and tempfile._get_default_tempdir().
_NO_ROOM = ("No space left on device", "No usable temporary directory")


def read_why(said: JsonObject, says: object = None, *, action: str = "") -> Text:
    """Return why a task failed.

    Args:
        said: Its result.
        says: What the task itself names as its message; it counts where its English is what was said.
        action: The module; what another one than ours says is quoted as Ansible's.
    """
    english, french = said.get("msg"), said.get("msg_fr")
    if isinstance(carried := said.get("says"), dict):
        return _show(say_both(from_data({**carried, "en": english})))
    if isinstance(french, str):
        return _show(Text(str(english), french))
    if has_no_room(said):
        return say_both(Message("role.no_room"))
    if (own := _match(english, says)) is not None:
        return _show(own)
    text = read_words(said)
    quoted = bool(text) and not _speaks(action.rpartition(".")[2], said)
    return _show(say_both(Message("role.ansible_said", said=text)) if quoted else same(text))


def read_report(found: JsonObject) -> Text:
    """Return why one fix of several failed, as ``rempart_fix`` reports it; that nobody says so where nobody does."""
    told = found.get("why")
    why = [str(one) for one in told] if isinstance(told, list) else []
    if not why:
        return say_both(Message("role.no_why"))
    if len(why) == 1 and (own := _match(why[0], found.get("says"))) is not None:
        return _show(own)
    return _show(Text(why[0], why[1] if len(why) > 1 else why[0]))


def read_words(said: JsonObject) -> str:
    """Return all that a result says in words, in whatever language its module speaks."""
    parts = [_read_crash(said) or said.get("msg"), said.get("stderr")]
    results = said.get("results")
    several = results if isinstance(results, list) else []
    parts += [one.get("msg") for one in several if isinstance(one, dict) and one.get("failed")]
    return redact("; ".join(str(part).strip() for part in parts if part))[:_LONGEST]


def has_no_room(said: JsonObject) -> bool:
    """Tell whether a module could not so much as be unpacked: no disk of the host takes a temporary file."""
    text = f"{said.get('module_stderr') or ''}{said.get('module_stdout') or ''}"
    return any(words in text for words in _NO_ROOM)


def _match(english: object, says: object) -> Text | None:
    """Return the message that a task of ours names, where it has said just that; None where something else failed."""
    if not isinstance(says, dict) or not isinstance(english, str):
        return None
    told = say_both(from_data({"with": {}, **says}))
    return told if told.en == clean(english) else None


def _speaks(module: str, said: JsonObject) -> bool:
    """Tell whether a role or module of ours has said it, or the host's own Python, and not Ansible."""
    if module.startswith("rempart_"):
        return "invocation" in said or bool(_read_crash(said))
    return module == "fail" or (module == "assert" and "assertion" in said) or bool(_read_crash(said))


def _show(text: Text) -> Text:
    return Text(redact(text.en)[:_LONGEST], redact(text.fr)[:_LONGEST]) if text.en else NOTHING


def _read_crash(said: JsonObject) -> str:
    """Return why a module could not so much as begin, of which Ansible itself says that its answer is none."""
    text = str(said.get("module_stderr") or said.get("module_stdout") or "")
    return next((line.strip() for line in reversed(text.splitlines()) if line.strip()), "")
