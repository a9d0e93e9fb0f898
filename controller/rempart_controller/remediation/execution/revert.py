"""Undoing what an apply did: whole, or of fixes that failed; and waiting for hosts whose timers undo it."""

import time
from collections.abc import Mapping, Sequence

from rempart_controller.remediation.ansible.answer import Row, read_rows, read_word
from rempart_controller.remediation.ansible.event import Told
from rempart_controller.remediation.execution.stage import Stage, is_lost
from rempart_controller.remediation.records.outcome import HostOutcome
from rempart_core.json_value import Json
from rempart_core.messages.message import Message, own
from rempart_core.messages.say import say, say_both
from rempart_core.text import Text

_RETRY = 5.0  # seconds between two looks for a lost host
_GRACE = 90.0  # seconds past its timer in which a lost host must be back
_LOOK = 15.0  # seconds that such a look may take
TIMER = Message("execution.timer_undid")
"""A timer was faster."""


def say_who_undid(by: object) -> Text:
    """Return who undid a change, as the endpoint has noted it; a timer is named only where one did."""
    return say_both(TIMER if by == "timer" else Message("execution.another_undid"))


LEFT = ("moved", "failed", "unclear")
"""Words of acts that an undo could not take back."""


def say_row(row: Row) -> Text:
    """Return what became of one act at an undo, as the endpoint says it."""
    told = []
    for why in row.why:
        parts = [", ".join(row.checks), row.target, why]
        told.append("  ".join(part for part in parts if part))
    what = own(Text(*told))
    if row.by_hand:
        what = Message("execution.with_command", what=what, command=row.by_hand)
    match row.word:
        case "moved":
            return say_both(Message("execution.moved", what=what))
        case "failed":
            return say_both(Message("execution.not_back", what=what))
        case "unclear":
            return say_both(Message("execution.unclear", what=what))
        case "stays":
            return say_both(Message("execution.stays", what=what))
        case "back":
            return say_both(Message("execution.back", what=what))
    return say_both(what)


class Reverter:
    """Undoes."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage

    def undo(self, names: Sequence[str], outcomes: Mapping[str, HostOutcome]) -> None:
        """Undo all of the change on hosts.

        Args:
            names: The hosts.
            outcomes: Each host's outcome, which is told what came back.
        """
        self._run({name: self._tell() for name in names}, outcomes)

    def undo_part(self, checks: Mapping[str, list[str]], outcomes: Mapping[str, HostOutcome]) -> None:
        """Undo the fixes of some checks: all others run again in any case, and a timer that waits goes on waiting.

        Args:
            checks: Host to the checks whose fixes are undone there.
            outcomes: See ``undo``.
        """
        self._run({name: {**self._tell(), "checks": some} for name, some in checks.items()}, outcomes, part=True)

    def _tell(self) -> dict[str, Json]:
        """Return what each host is told: acts are undone only where nobody else was at them."""
        return {"change": self._stage.options.change, "missing_ok": True}

    def _run(self, variables: Told, outcomes: Mapping[str, HostOutcome], *, part: bool = False) -> None:
        told: set[str] = set()
        for event in self._stage.play("rollback.yml", variables):
            if event.kind != "task":
                continue
            host = outcomes[event.host]
            host.notes += [say_row(row) for row in read_rows(event.answer) if row.word in LEFT]
            if (
                read_word(event.answer, "before") == "timer"
                and event.outcome != "failed"
                and say_both(TIMER) not in host.notes
            ):
                host.notes.append(say_both(TIMER))
            if "state" in event.answer and event.outcome != "failed":
                told.add(event.host)
            elif event.outcome in {"failed", "unreachable"} and not event.ignored:
                host.notes.append(say_both(Message("execution.undo_failed", error=own(event.why))))
                told.discard(event.host)
        for name in variables:
            if name not in told:
                outcomes[name].state = "lost"
            elif not part:
                outcomes[name].state = "reverted"

    def wait(self, names: Sequence[str], outcomes: Mapping[str, HostOutcome], wave: int) -> None:
        """Wait for hosts whose timers undo the change, then see to it that all of it is undone.

        Args:
            names: The hosts.
            outcomes: Where what becomes of each goes.
            wave: How many hosts the wave has.
        """
        self._stage.options.waits(True)
        try:
            self._wait(names, outcomes, wave)
        finally:
            self._stage.options.waits(False)

    def _wait(self, names: Sequence[str], outcomes: Mapping[str, HostOutcome], wave: int) -> None:
        until = time.monotonic() + self._stage.patience(wave) + _GRACE
        missing = list(names)
        while missing and time.monotonic() < until:
            if self._stage.halted:
                break
            seconds = str(int(until - time.monotonic()))
            left = say(Message("execution.waiting", seconds=seconds), self._stage.options.language)
            for name in missing:
                self._stage.listener.begin(name, left)
            found = self._stage.measure(missing, _LOOK)
            if back := [name for name in missing if not is_lost(found.get(name))]:
                for name in back:
                    outcomes[name].notes.append(say_both(Message("execution.answers_again")))
                self.undo(back, outcomes)
                missing = [name for name in missing if outcomes[name].state != "reverted"]
            if missing:
                time.sleep(_RETRY)
        for name in missing:
            outcomes[name].notes.append(self._stage.say_who_undoes(name))
        self._stage.listener.rest()
