"""Undoing what an apply did: whole, or of fixes that failed; and waiting for hosts whose timers undo it."""

import time
from collections.abc import Mapping, Sequence

from rempart_controller.remediation.ansible.answer import Row, read_rows, read_word
from rempart_controller.remediation.ansible.event import Told
from rempart_controller.remediation.execution.stage import Stage, is_lost, say
from rempart_controller.remediation.records.outcome import HostOutcome
from rempart_core.json_value import Json
from rempart_core.text import Text

_RETRY = 5.0  # seconds between two looks for a lost host
_GRACE = 90.0  # seconds past its timer in which a lost host must be back
_LOOK = 15.0  # seconds that such a look may take
_UNDO_FAILED = Text("the rollback failed: {}", "l’annulation a échoué : {}")
_BACK = Text("it answers again", "elle répond de nouveau")
_WAITING = Text(
    "does not answer: waiting for its timer to roll back the change ({} s at most)",
    "ne répond pas : attente de son minuteur, qui annule le changement ({} s au plus)",
)
TIMER = Text(
    "its timer rolled back the change before it was confirmed",
    "son minuteur a annulé le changement avant qu’il soit confirmé",
)
ANOTHER = Text(
    "somebody rolled back the change on the host before it was confirmed",
    "quelqu’un a annulé le changement sur la machine avant qu’il soit confirmé",
)


def say_who_undid(by: object) -> Text:
    """Return who undid a change, as the endpoint has noted it; a timer is named only where one did."""
    return TIMER if by == "timer" else ANOTHER


LEFT = ("moved", "failed", "unclear")
"""Words of acts that an undo could not take back."""
_ROW = {
    "moved": Text("changed since by another, and left: {}", "modifié depuis par un autre, et laissé : {}"),
    "failed": Text("could not be rolled back: {}", "n’a pas pu être annulé : {}"),
    "unclear": Text("cut off by a crash: {}", "interrompu par un arrêt : {}"),
    "stays": Text("stays: {}", "reste : {}"),
    "back": Text("back: {}", "rétabli : {}"),
}
_BY_HAND = Text("by hand: {}", "à la main : {}")


def say_row(row: Row) -> Text:
    """Return what became of one act at an undo, as the endpoint says it."""
    said = []
    for number, words in enumerate(_ROW.get(row.word, Text("{}", "{}"))):
        hand = _BY_HAND[number].format(row.by_hand) if row.by_hand else ""
        parts = [", ".join(row.checks), row.target, row.why[number], hand]
        said.append(words.format("  ".join(part for part in parts if part)))
    return Text(*said)


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
            if read_word(event.answer, "before") == "timer" and event.outcome != "failed" and TIMER not in host.notes:
                host.notes.append(TIMER)
            if "state" in event.answer and event.outcome != "failed":
                told.add(event.host)
            elif event.outcome in {"failed", "unreachable"} and not event.ignored:
                host.notes.append(say(_UNDO_FAILED, event.message))
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
            left = _WAITING.get(self._stage.options.language).format(int(until - time.monotonic()))
            for name in missing:
                self._stage.listener.begin(name, left)
            found = self._stage.measure(missing, _LOOK)
            if back := [name for name in missing if not is_lost(found.get(name))]:
                for name in back:
                    outcomes[name].notes.append(_BACK)
                self.undo(back, outcomes)
                missing = [name for name in missing if outcomes[name].state != "reverted"]
            if missing:
                time.sleep(_RETRY)
        for name in missing:
            outcomes[name].notes.append(self._stage.say_who_undoes(name))
        self._stage.listener.rest()
