"""Undoing a change that was kept: whole, or the fixes of some checks.

Where some checks alone are undone, what fixes of others had put into the same things goes with them (one Include line
serves all drop-ins of sshd). So the host does those anew in the same call, a fresh audit looks at them, and only then
the rest is kept (``finish.yml``). Of a change that nobody had confirmed yet a timer would undo all until then.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from rempart_controller.remediation.ansible.answer import FAILED, read_reports, read_rows, read_word
from rempart_controller.remediation.ansible.event import Play
from rempart_controller.remediation.execution.revert import LEFT, say_row
from rempart_controller.remediation.records.outcome import FixOutcome, HostOutcome
from rempart_core.json_value import JsonObject
from rempart_core.messages.message import Message, own
from rempart_core.messages.say import say_both
from rempart_core.model.fix_outcome import Outcome, show
from rempart_core.model.result import Run, State
from rempart_core.text import Text

REVERT_AFTER = 300
"""Seconds after which an endpoint undoes the whole change, where nobody confirms what was fixed again."""


@dataclass(slots=True)
class Undone:
    """What an undo came to on one host.

    Attributes:
        restored: What was put back.
        checks: The checks whose fixes were undone.
        again: Checks that were kept, and fixed again, each with what it shares with an undone one.
        failures: What else went wrong.
        left: Acts that stand, since others changed them or need them, and why.
        silent: Whether the host did not answer.
        whole: Whether nothing of the change stands.
    """

    restored: list[str] = field(default_factory=list)
    checks: set[str] = field(default_factory=set)
    again: dict[str, list[str]] = field(default_factory=dict)
    failures: list[Text] = field(default_factory=list)
    left: list[Text] = field(default_factory=list)
    silent: bool = False
    whole: bool = False


class Undoer:
    """Undoes a change on hosts."""

    def __init__(self, change: str, play: Play, *, force: bool) -> None:
        """Get ready.

        Args:
            change: Its id.
            play: Runs playbooks.
            force: Whether what somebody else has changed since is restored too.
        """
        self._change = change
        self._play = play
        self._force = force

    def undo(self, names: Iterable[str], checks: Sequence[str], done: dict[str, Undone]) -> None:
        """Undo; what is fixed again stays open until :meth:`keep`.

        Args:
            names: The hosts.
            checks: Those whose fixes are undone; none for all.
            done: Where what it comes to goes, by host.

        Raises:
            RemediationError: Ansible could not begin.
        """
        done |= {name: Undone() for name in names}
        told: JsonObject = {"change": self._change, "checks": list(checks), "force": self._force}
        ended: set[str] = set()
        for event in self._play("rollback.yml", dict.fromkeys(done, told)):
            host = done[event.host]
            if "rows" in event.answer and event.outcome != "failed":
                self._note(host, checks, event.answer)
            elif event.outcome in {"failed", "unreachable"} and not event.ignored and event.host not in ended:
                ended.add(event.host)
                host.silent |= event.outcome == "unreachable"
                if not host.failures:  # else the last task says that not all could be taken back
                    host.failures.append(event.why)

    def _note(self, host: Undone, checks: Sequence[str], answer: JsonObject) -> None:
        """Note what a host says of its acts, and of fixes that were applied again or could not be."""
        for row in read_rows(answer):
            if row.word == "back":
                host.restored.append(row.target)
            elif row.word == FAILED:
                host.failures.append(say_row(row))
            elif row.word in LEFT or not checks:
                host.left.append(say_row(row))
        host.checks = set(checks)
        host.whole = read_word(answer, "state") == "undone"
        _note_again(host, answer)

    def keep(self, done: Mapping[str, Undone], runs: Mapping[str, Run]) -> None:
        """Keep what was fixed again, on hosts that have answered through a new connection since.

        Args:
            done: What the undo came to; what goes wrong here is added.
            runs: What was found after it.
        """
        waits = [name for name, host in done.items() if host.again and not host.whole]
        answer = [name for name in waits if name in runs and not is_silent(runs[name]) and not done[name].failures]
        for name in set(waits) - set(answer):
            done[name].silent |= name not in runs or is_silent(runs[name])
            named = ", ".join(sorted(done[name].again))
            done[name].failures.append(say_both(Message("undo.left_open", checks=named, seconds=str(REVERT_AFTER))))
        if not answer:
            return
        for event in self._play("finish.yml", {name: {"change": self._change} for name in answer}):
            if read_word(event.answer, "state") == "undone":
                done[event.host].whole = True
                done[event.host].failures.append(say_both(Message("undo.faster")))
            elif event.outcome in {"failed", "unreachable"} and not event.ignored:
                done[event.host].silent |= event.outcome == "unreachable"
                done[event.host].failures.append(event.why)


def _note_again(host: Undone, answer: JsonObject) -> None:
    """Note which fixes were applied again, of this change, or could not be, of any."""
    targets = {row.target for row in read_rows(answer) if row.word == "back"}
    again, elsewhere = read_reports(answer, "again"), read_reports(answer, "elsewhere")
    for fix in again:
        if not fix.failed:
            host.again[fix.check] = sorted(targets & {target for _, target in fix.acts})
    for fix in (*again, *elsewhere):
        if fix.failed:
            name = " ".join(filter(None, [fix.check, fix.change]))
            host.failures.append(say_both(Message("undo.failed_check", check=name, why=own(fix.why))))


def is_silent(run: Run) -> bool:
    """Tell whether nothing could be asked of a host."""
    return all(one.state is State.NOT_CHECKED for one in run.results)


def note_undone(host: HostOutcome, done: Undone, run: Run | None) -> list[str]:
    """Note in the record of a host what an undo came to; returns the kept checks that passed and do not any more.

    Args:
        host: The record.
        done: What the undo came to.
        run: What was found after it.
    """
    results = {one.check: one for one in run.results} if run is not None else {}
    if done.whole:
        host.state = "reverted"
    for check in done.checks if not done.whole else ():
        former = host.fixes.get(check)
        apart = say_both(Message("undo.apart"))
        seen = (former.after if former else (), show(results.get(check)))
        host.fixes[check] = FixOutcome(Outcome.ROLLED_BACK, apart, *seen)
    lost = []
    for check in done.again if not done.whole else ():
        result = results.get(check)
        was = host.fixes.get(check)
        if was and was.outcome is Outcome.FIXED and (result is None or result.state is not State.PASS):
            lost.append(check)
    return sorted(lost)
