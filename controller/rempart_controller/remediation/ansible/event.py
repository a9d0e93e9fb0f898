"""What happens while Ansible runs, and how long it may take."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from rempart_core.json_value import JsonObject
from rempart_core.text import Text


@dataclass(frozen=True, slots=True)
class Event:
    """What happened.

    Attributes:
        kind: ``begin`` (a task begins, on all hosts), ``start`` (it begins on one host), ``progress`` (what that host
            is doing), ``task`` (it ended on one host) or ``end`` (the run was ended, for it took too long: what is not
            done may be run again).
        task: Its name.
        check: The check that it fixes; ``""`` for none.
        host: The host.
        outcome: ``ok``, ``changed``, ``failed``, ``unreachable`` (also where it did not end in time: it may run on
            there), ``skipped`` (by a condition) or ``unknown`` (check mode can't tell).
        ignored: Whether the failure does not count.
        message: Why it failed.
        french: The same in French; ``""`` where it reads the same in every language.
        diff: What it changed, line by line, without secrets.
        answer: What the module ``rempart_journal``, ``rempart_fix`` or ``rempart_incident``
            answered; see ``ansible.answer``.
        begun: Whether the host may have begun to change by it, so that there may be something to undo; where it only
            starts, whether it may by what comes.
        refused: Whether it failed since the fix itself says that it can't work here.
        checks: The checks that it is for; of a handler those whose fixes have asked for it.
        doing: What a host is doing, in English and French.
        left: Seconds after which its own timer takes back what it does; 0 where none waits.
        apart: Whether the host's other fixes went on, although this one failed.
    """

    kind: str
    task: str
    check: str = ""
    host: str = ""
    outcome: str = ""
    ignored: bool = False
    message: str = ""
    french: str = ""
    diff: list[str] = field(default_factory=list)
    answer: JsonObject = field(default_factory=dict)
    refused: bool = False
    checks: list[str] = field(default_factory=list)
    apart: bool = False
    begun: bool = False
    doing: Sequence[str] = ("", "")
    left: float = 0.0

    @property
    def why(self) -> Text:
        """Return why it failed, in both languages."""
        return Text(self.message, self.french or self.message)


@dataclass(frozen=True, slots=True)
class Limits:
    """How long something may take, in seconds; 0 for no limit.

    Attributes:
        task: A task on a host.
        host: All tasks of a host, without what it waits for others; where a timer of its own waits there that undoes
            them, no longer than that.
        whole: All hosts that are at work at a time; more of them take as many times that.
    """

    task: float = 1800.0
    host: float = 3600.0
    whole: float = 7200.0


Told: TypeAlias = Mapping[str, JsonObject]
"""What hosts are told by a playbook's variables, by host."""

Play: TypeAlias = Callable[[str, Told], Iterable[Event]]
"""Runs a playbook by its name with what each host is told, and gives what happens."""
