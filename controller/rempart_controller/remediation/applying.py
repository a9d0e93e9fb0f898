"""Applying a plan: wave by wave, each host a transaction that is measured anew, and kept or undone.

What runs on the endpoints is ``playbooks/apply.yml``: it saves, mends, and arms a timer where a fix can cut the way in.
Then a fresh audit goes in by a new connection. Only a host that this audit finds better and not worse is told to keep
the change (``finish.yml``); all others are told to undo it (``rollback.yml``), or do so by themselves when the timer
ends.
"""

import os
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from rempart_controller.remediation.outcome import FixOutcome, HostOutcome, find_regressions, judge_fix
from rempart_controller.remediation.overlay import variables_of
from rempart_controller.remediation.planfile import PlannedFix, PlannedHost
from rempart_controller.remediation.playbook import Access, Event
from rempart_controller.remediation.playing import play
from rempart_controller.wording import both
from rempart_core.outcome import Outcome, show
from rempart_core.result import Result, Run, State
from rempart_core.text import NOTHING, Text, join

_RETRY = 5.0  # seconds between two looks for a lost host
_EACH = 4  # seconds that a wave is given for each of its hosts
_GRACE = 90.0  # seconds past its timer in which a lost host must be back
# What became of a fix of which nothing was noted, by the state of its host.
_UNNOTED = {"untouched": Outcome.NOT_APPLIED, "reverted": Outcome.ROLLED_BACK}
_FIX_FAILED = Text("the fix failed: {}", "la correction a échoué : {}")
_UNDO_FAILED = Text("the undo failed: {}", "l’annulation a échoué : {}")
_UNREACHABLE = Text("unreachable: {}", "injoignable : {}")
_NO_ANSWER = Text("unreachable", "injoignable")
_NOT_ASKED = Text("it was not asked", "elle n’a pas été interrogée")
_NO_MORE = Text("the host does not answer any more", "la machine ne répond plus")
_TIMER = Text(
    "its timer undid the change before it was confirmed",
    "son minuteur a annulé le changement avant qu’il soit confirmé",
)
_INTERRUPTED = Text("interrupted: it was undone at once", "interrompu : annulé aussitôt")
_INTERRUPTED_BEFORE = Text("interrupted before anything was changed", "interrompu avant tout changement")
_NOBODY = Text(
    "nothing undoes it by itself: when it answers again, rempart rollback {} does",
    "rien ne l’annule tout seul : quand elle répondra de nouveau, rempart rollback {} le fera",
)
_BY_TIMER = Text("its own timer undoes the change by {} UTC", "son propre minuteur annule le changement avant {} UTC")
_BACK = Text("it answers again", "elle répond de nouveau")
_WORSE = Text("made worse: {}", "aggravé : {}")


def _say(words: Text, what: str) -> Text:
    """Return words of ours with what an endpoint says."""
    said = both(what)
    return Text(words.en.replace("{}", said.en), words.fr.replace("{}", said.fr))


class Measure(Protocol):
    """Audits hosts through new connections."""

    def __call__(self, names: Sequence[str], deadline: float | None = None) -> dict[str, Run]:
        """Return the run of each host, by name; ``deadline`` is in seconds for one host."""


@dataclass(frozen=True, slots=True)
class Manner:
    """How a plan is applied.

    Attributes:
        change: Id of the change.
        holder: Who applies it.
        playbooks: The folder of playbooks.
        revert_after: Seconds after which an endpoint undoes a change that nobody confirms.
        opens: Checks that a fix is known to open, by check.
        stop: A file; when it is there the hosts in hand are undone. ``""`` for none.
    """

    change: str
    holder: str
    playbooks: str
    revert_after: int
    opens: Mapping[str, frozenset[str]] = field(default_factory=dict)
    stop: str = ""


@dataclass(frozen=True, slots=True)
class Before:
    """What was found on a host before.

    Attributes:
        states: The state of each check.
        findings: The results that a plan is about.
    """

    states: Mapping[str, State]
    findings: Mapping[str, Result]


def note_before(host: PlannedHost, run: Run) -> Before:
    """Return what of a run is needed later."""
    checks = {fix.check for fix in host.fixes}
    return Before(
        {one.check: one.state for one in run.results}, {one.check: one for one in run.results if one.check in checks}
    )


class Applier:
    """Applies waves."""

    def __init__(
        self,
        manner: Manner,
        access: Access,
        measure: Measure,
        tell: Callable[[str, str], None],
        keep: Callable[[], object],
    ) -> None:
        """Get ready.

        Args:
            manner: How.
            access: How hosts are reached.
            measure: Audits hosts.
            tell: Is told what happens: a host (or ``""``) and a text.
            keep: Writes the record; called whenever something is to be remembered.
        """
        self._manner = manner
        self._access = access
        self._measure = measure
        self._tell = tell
        self._keep = keep
        self._size = 0
        self._armed: dict[str, float] = {}

    def apply(
        self, hosts: Sequence[PlannedHost], before: Mapping[str, Before], outcomes: dict[str, HostOutcome]
    ) -> dict[str, Run]:
        """Apply a plan to the hosts of a wave; returns what was found after it, by host.

        Args:
            hosts: The hosts.
            before: What was found before, by host.
            outcomes: Where what becomes of each goes.
        """
        plans = {host.name: list(host.applicable) for host in hosts}
        planned = {name: tuple(fixes) for name, fixes in plans.items()}
        self._size = len(plans)
        for host in hosts:
            outcomes[host.name] = HostOutcome(host.name, "open")
        self._keep()  # before anything is changed: whoever is killed now can be undone by this record
        self._mend(plans, outcomes)
        touched = [name for name in plans if outcomes[name].state == "open"]
        after = self._measure(touched) if touched and not self._halted() else {}
        keepers = []
        if self._halted():
            for name in touched:
                outcomes[name].state = "worse"
                outcomes[name].notes.append(_INTERRUPTED)
        else:
            keepers = [name for name in touched if self._judge(name, plans[name], before[name], after, outcomes[name])]
        if keepers:
            self._finish(keepers, outcomes)
        if worse := [name for name in plans if outcomes[name].state == "worse"]:
            self._undo(worse, outcomes)
        if lost := [name for name in plans if outcomes[name].state == "lost"]:
            self._await(lost, outcomes)
        undone = [name for name in plans if outcomes[name].state == "reverted"]
        rest = [name for name in plans if name in undone or name not in after]  # a report must tell of each host
        if rest:  # after all else: the timers of the others do not wait
            after |= self._measure(rest)
        for name in undone:
            self._note_undone(outcomes[name], after.get(name))
        for name in plans:
            note_rest(outcomes[name], planned[name], before[name], after.get(name))
        self._keep()
        return after

    # Mending ---------------------------------------------------------------------------------------------------------

    def _mend(self, plans: dict[str, list[PlannedFix]], outcomes: dict[str, HostOutcome]) -> None:
        """Run the fixes; one that fails is undone by itself, and the others of its host are tried without it."""
        todo = {name: fixes for name, fixes in plans.items() if fixes}
        while todo:
            failures = self._run_fixes(todo, outcomes)
            if self._halted():
                for host in (outcomes[name] for name in todo):
                    if host.state == "open" and not host.digest:
                        host.state = "untouched"
                        host.notes.append(_INTERRUPTED_BEFORE)
                return
            again: dict[str, list[PlannedFix]] = {}
            partial: dict[str, list[str]] = {}
            for name, (check, message) in failures.items():
                host = outcomes[name]
                if check and host.digest:
                    partial[name] = [check]
                    host.fixes[check] = FixOutcome(Outcome.ROLLED_BACK, _say(_FIX_FAILED, message))
                    plans[name] = [fix for fix in plans[name] if fix.check != check]
                    if plans[name]:
                        again[name] = plans[name]
                elif host.digest:
                    host.state = "worse"
                    host.notes.append(both(message))
                else:  # nothing was changed: the lock was another's, or it could not be saved
                    host.state = "untouched"
                    for fix in plans[name]:
                        host.fixes[fix.check] = FixOutcome(Outcome.NOT_APPLIED, both(message))
            if partial:
                self._undo_part(partial, outcomes)
            worse = [name for name in failures if outcomes[name].state == "worse"]
            if worse:
                self._undo(worse, outcomes)
            todo = {name: fixes for name, fixes in again.items() if outcomes[name].state == "open"}

    def _run_fixes(
        self, plans: Mapping[str, Sequence[PlannedFix]], outcomes: Mapping[str, HostOutcome]
    ) -> dict[str, tuple[str, str]]:
        """Run ``apply.yml``; returns, for each host on which it failed, the check and the message."""
        seconds = self._patience(len(plans))
        variables = {
            name: variables_of(self._manner.change, fixes, self._manner.holder, seconds)
            for name, fixes in plans.items()
        }
        failures: dict[str, tuple[str, str]] = {}
        for event in self._play("apply.yml", variables):
            if event.answer.get("digest"):
                outcomes[event.host].digest = str(event.answer["digest"])
            if event.answer.get("armed"):
                self._armed[event.host] = time.time() + float(event.answer["armed"])
            if event.outcome == "failed" and not event.ignored and event.host not in failures:
                failures[event.host] = (event.check, f"{event.task}: {event.message}")
            elif event.outcome == "unreachable":  # its own timer, or we, will undo what was done
                outcomes[event.host].state = "lost" if outcomes[event.host].digest else "untouched"
                outcomes[event.host].notes.append(_say(_UNREACHABLE, event.message))
        for name, fixes in plans.items():
            if outcomes[name].state == "untouched":
                reason = join(outcomes[name].notes or [_NO_ANSWER])
                outcomes[name].fixes |= {fix.check: FixOutcome(Outcome.NOT_APPLIED, reason) for fix in fixes}
        return failures

    def _halted(self) -> bool:
        """Tell whether somebody wants the hosts in hand undone."""
        return bool(self._manner.stop) and os.path.exists(self._manner.stop)

    def _patience(self, hosts: int) -> int:
        """Return the seconds after which endpoints undo what nobody confirmed: a large wave takes its time."""
        return self._manner.revert_after + _EACH * hosts

    # Judging ---------------------------------------------------------------------------------------------------------

    def _judge(
        self, name: str, fixes: Sequence[PlannedFix], before: Before, after: Mapping[str, Run], host: HostOutcome
    ) -> bool:
        """Judge a host by what was found on it after; tells whether it may keep the change."""
        run = after.get(name)
        if run is None or all(one.state is State.NOT_CHECKED for one in run.results):
            host.state = "lost"
            host.notes.append(run.results[0].reason if run and run.results else _NOT_ASKED)
            for fix in fixes:
                seen = show(before.findings.get(fix.check))
                host.fixes[fix.check] = FixOutcome(Outcome.LOST, _NO_MORE, seen)
            return False
        results = {one.check: one for one in run.results}
        for fix in fixes:
            host.fixes[fix.check] = judge_fix(fix, before.findings.get(fix.check), results.get(fix.check))
        expected = frozenset(one for fix in fixes for one in self._manner.opens.get(fix.check, ()))
        host.regressed, host.unseen = find_regressions(before.states, run, expected)
        if host.regressed:
            host.state = "worse"
            return False
        return True

    def _finish(self, names: Sequence[str], outcomes: Mapping[str, HostOutcome]) -> None:
        ended: dict[str, str] = {}
        for event in self._play("finish.yml", {name: {"change": self._manner.change} for name in names}):
            if event.answer.get("state"):
                ended[event.host] = str(event.answer["state"])
            if event.outcome in {"failed", "unreachable"} and not event.ignored:
                outcomes[event.host].notes.append(both(f"{event.task}: {event.message}"))
                ended.setdefault(event.host, "lost")
        for name in names:
            state = ended.get(name, "lost")
            outcomes[name].state = state if state in {"kept", "reverted"} else "lost"
            if state == "reverted":
                outcomes[name].notes.append(_TIMER)
        if early := [name for name in names if outcomes[name].state == "reverted"]:
            self._undo(early, outcomes)  # what a fix did after the timer had ended

    # Undoing ---------------------------------------------------------------------------------------------------------

    def _undo(self, names: Sequence[str], outcomes: Mapping[str, HostOutcome]) -> None:
        variables = {name: {"change": self._manner.change, "force": True} for name in names}
        self._run_undo(variables, outcomes)

    def _undo_part(self, checks: Mapping[str, list[str]], outcomes: Mapping[str, HostOutcome]) -> None:
        # All others run again in any case, and the timer, if it waits already, goes on waiting.
        common = {"change": self._manner.change, "force": True, "mend_again": False, "revert_after": 0}
        self._run_undo({name: {**common, "checks": some} for name, some in checks.items()}, outcomes, part=True)

    def _run_undo(
        self, variables: Mapping[str, Mapping[str, Any]], outcomes: Mapping[str, HostOutcome], *, part: bool = False
    ) -> None:
        told: set[str] = set()
        for event in self._play("rollback.yml", variables):
            host = outcomes[event.host]
            if event.answer.get("state") == "reverted" and event.outcome != "failed":
                told.add(event.host)
            elif event.outcome in {"failed", "unreachable"} and not event.ignored:
                said = event.message or "; ".join(event.answer.get("failed", ()))
                host.notes.append(_say(_UNDO_FAILED, said))
                told.discard(event.host)
        for name in variables:
            if name not in told:
                outcomes[name].state = "lost"
            elif not part:
                outcomes[name].state = "reverted"

    def _await(self, names: Sequence[str], outcomes: Mapping[str, HostOutcome]) -> None:
        """Wait for hosts whose timers undo the change, then see to it that all of it is undone."""
        until = time.monotonic() + self._patience(self._size) + _GRACE
        missing = list(names)
        while missing and time.monotonic() < until:
            if self._halted():
                for name in missing:
                    outcomes[name].notes.append(self._say_who_undoes(name))
                return
            left = int(until - time.monotonic())
            self._tell(missing[0], f"does not answer: waiting for its timer to undo the change ({left} s at most)")
            found = self._measure(missing, 15.0)
            back = [
                n for n in missing if n in found and any(o.state is not State.NOT_CHECKED for o in found[n].results)
            ]
            if back:
                self._undo(back, outcomes)
                missing = [name for name in missing if outcomes[name].state != "reverted"]
                for name in back:
                    outcomes[name].notes.append(_BACK)
            if missing:
                time.sleep(_RETRY)

    def _say_who_undoes(self, name: str) -> Text:
        end = self._armed.get(name)
        if end is None:
            return _say(_NOBODY, self._manner.change)
        return _say(_BY_TIMER, time.strftime("%H:%M:%S", time.gmtime(end + 1)))

    def _note_undone(self, host: HostOutcome, run: Run | None) -> None:
        """Note of each fix that it was undone, and what is seen now."""
        results = {one.check: one for one in run.results} if run is not None else {}
        if run is not None and all(one.state is State.NOT_CHECKED for one in run.results):
            host.state = "lost"
            return
        worse = ", ".join(sorted(host.regressed))
        why = _say(_WORSE, worse) if worse else host.notes[0] if host.notes else NOTHING
        for check, fix in host.fixes.items():
            if fix.outcome in {Outcome.FIXED, Outcome.STILL_FAILING, Outcome.LOST}:
                seen = show(results.get(check))
                host.fixes[check] = replace(fix, outcome=Outcome.ROLLED_BACK, reason=why, after=seen)

    def _play(self, name: str, variables: Mapping[str, Mapping[str, Any]]) -> Iterable[Event]:
        # What undoes, and what keeps, is never stopped.
        stop = self._manner.stop if name == "apply.yml" else ""
        for event in play(self._manner.playbooks, name, self._access, variables, stop=stop):
            self._tell(event.host, event.task)
            if event.kind == "task":
                yield event


def note_rest(host: HostOutcome, fixes: Sequence[PlannedFix], before: Before, run: Run | None) -> None:
    """Complete what is known of a host: each planned fix has an outcome, and what was seen before and after it.

    Args:
        host: What became of the host; of one that was lost nothing counts as mended, whatever was seen before that.
        fixes: All fixes that were to be applied.
        before: What was found before.
        run: What was found last.
    """
    results = {one.check: one for one in run.results} if run is not None else {}
    why = join(host.notes)
    for planned in fixes:
        fix = host.fixes.get(planned.check)
        if fix is None:
            fix = FixOutcome(_UNNOTED.get(host.state, Outcome.LOST), why)
        elif host.state == "lost" and fix.outcome in {Outcome.FIXED, Outcome.STILL_FAILING}:
            fix = replace(fix, outcome=Outcome.LOST, reason=why, after=())
        seen = fix.before or show(before.findings.get(planned.check))
        then = fix.after or (() if host.state == "lost" else show(results.get(planned.check)))
        host.fixes[planned.check] = replace(fix, before=seen, after=then)
