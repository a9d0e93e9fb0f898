"""Applying a plan: wave by wave, each host a transaction that is measured anew, and kept or undone.

What runs on the endpoints is ``playbooks/apply.yml``: it fixes, and arms a timer where a fix can cut the way in.
Then a fresh audit goes in by a new connection. Only a host that this audit finds better and not worse is told to keep
the change (``finish.yml``); all others are told to undo it (``rollback.yml``), or do so by themselves when the timer
ends.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace

from rempart_controller.remediation.ansible.answer import read_word
from rempart_controller.remediation.ansible.playbook import Access
from rempart_controller.remediation.ansible.task_name import tell_failure
from rempart_controller.remediation.execution.fix_wave import Plans, WaveFixer
from rempart_controller.remediation.execution.judge_host import judge_host, look, note_undone
from rempart_controller.remediation.execution.revert import Reverter, say_who_undid
from rempart_controller.remediation.execution.stage import ApplyOptions, Measure, ProgressListener, Stage
from rempart_controller.remediation.records.before import Before
from rempart_controller.remediation.records.outcome import FixOutcome, HostOutcome
from rempart_controller.remediation.records.plan import PlannedFix, PlannedHost
from rempart_core.messages.message import Message
from rempart_core.messages.say import say_both
from rempart_core.model.fix_outcome import Outcome, show
from rempart_core.model.result import Run
from rempart_core.text import join

# What became of a fix of which nothing was noted, by the state of its host.
_UNNOTED = {"untouched": Outcome.NOT_APPLIED, "reverted": Outcome.ROLLED_BACK}


class Applier:
    """Applies waves."""

    def __init__(
        self,
        options: ApplyOptions,
        access: Access,
        measure: Measure,
        listener: ProgressListener,
        keep: Callable[[], object],
    ) -> None:
        """Get ready.

        Args:
            options: How.
            access: How hosts are reached.
            measure: Audits hosts.
            listener: Is told what happens.
            keep: Writes the record; called whenever something is to be remembered.
        """
        self._stage = Stage(options, access, measure, listener)
        self._reverter = Reverter(self._stage)
        self._fixer = WaveFixer(self._stage, self._reverter)
        self._options = options
        self._measure = measure
        self._keep = keep

    def apply(
        self, hosts: Sequence[PlannedHost], before: Mapping[str, Before], outcomes: dict[str, HostOutcome]
    ) -> dict[str, Run]:
        """Apply a plan to the hosts of a wave; returns what was found after it, by host.

        Args:
            hosts: The hosts.
            before: What was found before, by host.
            outcomes: Where what becomes of each goes.
        """
        plans: Plans = {host.name: list(host.applicable) for host in hosts}
        planned = {name: tuple(fixes) for name, fixes in plans.items()}
        for host in hosts:
            outcomes[host.name] = HostOutcome(host.name, "open")
        self._keep()  # before anything is changed: whoever is killed now can be undone by this record
        self._fixer.fix(plans, outcomes, before)
        touched = [name for name in plans if outcomes[name].state == "open"]
        after = look(self._stage, touched, before) if touched and not self._stage.halted else {}
        keepers = []
        if self._stage.halted:
            for name in touched:
                outcomes[name].state = "worse"
                outcomes[name].notes.append(say_both(Message("execution.interrupted")))
        else:
            keepers = [
                name for name in touched if self._judge(plans[name], before[name], after.get(name), outcomes[name])
            ]
        if keepers:
            self._finish(keepers, outcomes, ours={name for name in keepers if not plans[name]})
        if worse := [name for name in plans if outcomes[name].state == "worse"]:
            self._reverter.undo(worse, outcomes)
        if lost := [name for name in plans if outcomes[name].state == "lost"]:
            self._reverter.wait(lost, outcomes, len(plans))
        undone = [name for name in plans if outcomes[name].state == "reverted"]
        rest = [name for name in plans if name in undone or name not in after]  # a report must tell of each host
        if rest:  # after all else: the timers of the others do not wait
            after |= self._measure(rest)
        for name in undone:
            note_undone(outcomes[name], after.get(name))
        for name in plans:
            note_rest(outcomes[name], planned[name], before[name], after.get(name))
        self._keep()
        return after

    def _judge(self, fixes: Sequence[PlannedFix], before: Before, run: Run | None, host: HostOutcome) -> bool:
        return judge_host(self._stage, [fix.check for fix in fixes], before, run, host)

    def _finish(
        self, names: Sequence[str], outcomes: Mapping[str, HostOutcome], ours: Collection[str] = frozenset()
    ) -> None:
        """Keep the change on hosts; on some (``ours``) all fixes failed, so that it was we who left nothing of it."""
        ended: dict[str, str] = {}
        for event in self._stage.play("finish.yml", {name: {"change": self._options.change} for name in names}):
            if event.kind != "task":
                continue
            none = "" if outcomes[event.host].begun else "kept"  # of fixes that found nothing to do there
            word = read_word(event.answer, "state")
            if state := {"undone": "reverted", "unknown": none}.get(word, word):
                ended[event.host] = state
                if state == "reverted" and event.host not in ours:
                    outcomes[event.host].notes.append(say_who_undid(read_word(event.answer, "by")))
            if event.outcome in {"failed", "unreachable"} and not event.ignored:
                outcomes[event.host].notes.append(tell_failure(event))
                ended.setdefault(event.host, "lost")
        for name in names:
            state = ended.get(name, "lost")
            outcomes[name].state = state if state in {"kept", "reverted"} else "lost"
        if early := [name for name in names if outcomes[name].state == "reverted"]:
            self._reverter.undo(early, outcomes)  # what a fix did after the timer had ended


def note_rest(host: HostOutcome, fixes: Sequence[PlannedFix], before: Before, run: Run | None) -> None:
    """Complete what is known of a host: each planned fix has an outcome, and what was seen before and after it.

    Args:
        host: What became of the host; of one that was lost nothing counts as fixed, whatever was seen before that.
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
        seen = fix.before or before.seen.get(planned.check, ())
        then = fix.after or (() if host.state == "lost" else show(results.get(planned.check)))
        host.fixes[planned.check] = replace(fix, before=seen, after=then)
