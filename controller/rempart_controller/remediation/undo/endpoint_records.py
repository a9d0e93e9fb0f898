"""What endpoints themselves have a record of: changes that are open, kept or undone, whoever made them."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from rempart_controller.remediation.ansible.answer import (
    read_acts,
    read_changes,
    read_lease,
    read_number,
    read_text,
    read_word,
    read_words,
)
from rempart_controller.remediation.ansible.event import Play
from rempart_controller.remediation.records.before import Before, unpack
from rempart_core.json_value import JsonObject
from rempart_core.messages.message import Message
from rempart_core.messages.say import say_both
from rempart_core.text import Text

OLDER = Message("undo.older")
"""Why a change can't be rolled back by this version."""
_STATES = {"armed": "open", "confirmed": "open"}


@dataclass(slots=True)
class FoundChange:
    """A change, as a host knows it.

    Attributes:
        state: ``open``, ``kept``, ``undone``, ``damaged`` or ``older`` (an older version made it, which can undo it).
        by: Who undid it, ``timer`` or ``rollback``; ``""`` where nobody did, or it is not known.
        holder: Who made it; ``""`` where that is not known.
        begun: When, in seconds of UTC; 0 where that is not known.
        checks: The checks whose fixes stand.
        armed: Whether a timer waits that undoes it.
        held: Seconds for which its holder is expected back yet.
        acts: How many acts stand.
        doing: What a run of it is doing just now, in English and French; None where none is at work.
        before: What an audit found before it; None where the host has kept nothing of that.
        touched: Kind and target of each act that was done, by check.
    """

    state: str
    by: str = ""
    holder: str = ""
    begun: int = 0
    checks: tuple[str, ...] = ()
    armed: bool = False
    held: int = 0
    acts: int = 0
    doing: Text | None = None
    before: Before | None = None
    touched: dict[str, list[tuple[str, str]]] = field(default_factory=dict)

    @property
    def under_way(self) -> bool:
        """Tell whether its holder is at work on it, or will be back: else its timer undoes it."""
        return self.state == "open" and (self.armed or self.held > 0 or self.doing is not None)


@dataclass(slots=True)
class Endpoint:
    """What a host says.

    Attributes:
        changes: By id.
        failure: Why it says nothing; None where it did.
    """

    changes: dict[str, FoundChange] = field(default_factory=dict)
    failure: Text | None = None


def ask_endpoints(names: Iterable[str], play: Play) -> dict[str, Endpoint]:
    """Return what hosts have a record of.

    Args:
        names: The hosts' names; one that does not answer is returned with a failure.
        play: Runs a playbook on hosts, with variables of each.

    Raises:
        RemediationError: Ansible could not begin.
    """
    found = {name: Endpoint() for name in names}
    heard: set[str] = set()
    held: dict[str, tuple[str, int]] = {}
    for event in play("changes.yml", {name: {} for name in found}):
        host = found[event.host]
        if event.outcome in {"failed", "unreachable"} and not event.ignored:
            host.failure = event.why
        elif "changes" in event.answer:
            heard.add(event.host)
            for change, said in read_changes(event.answer).items():
                host.changes[change] = _read(said)
            held[event.host] = read_lease(event.answer)
    for name, (change, seconds) in held.items():
        if change in found[name].changes:
            found[name].changes[change].held = seconds
    for name in set(found) - heard:
        found[name].failure = found[name].failure or say_both(Message("change.silent"))
    return found


def _read(said: JsonObject) -> FoundChange:
    """Return what an endpoint says of a change."""
    state = read_word(said, "state") or "damaged"  # what does not say how it stands is nothing to build on
    acts = read_acts(said)
    one = FoundChange(
        _STATES.get(state, state),
        read_word(said, "by"),
        read_word(said, "holder"),
        read_number(said, "begun"),
        tuple(sorted(read_words(said, "checks"))),
        armed=bool(said.get("armed")),
        acts=sum(act.get("state") == "done" for act in acts),
        doing=read_text(said["doing"]) if said.get("doing") else None,
        before=unpack(said.get("before")),
    )
    for act in acts:
        for check in read_words(act, "for"):
            one.touched.setdefault(check, []).append((read_word(act, "kind"), read_word(act, "target")))
    return one
