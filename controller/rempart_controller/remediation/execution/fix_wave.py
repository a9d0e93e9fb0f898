"""Running the fixes of a wave: one that fails is undone by itself, and the others go on without it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from rempart_controller.remediation.ansible.event import Event
from rempart_controller.remediation.ansible.extra_vars import variables_of
from rempart_controller.remediation.ansible.task_name import tell_failure
from rempart_controller.remediation.execution.revert import Reverter
from rempart_controller.remediation.execution.stage import Stage
from rempart_controller.remediation.records.before import Before, pack
from rempart_controller.remediation.records.outcome import FixOutcome, HostOutcome
from rempart_controller.remediation.records.plan import PlannedFix
from rempart_core.messages.message import Message, own
from rempart_core.messages.say import say_both
from rempart_core.model.fix_outcome import Outcome
from rempart_core.text import NOTHING, Text, join

Plans = dict[str, list[PlannedFix]]


@dataclass(slots=True)
class _Failures:
    """What went wrong on a host in one run.

    Attributes:
        checks: Checks whose fixes failed, with the message.
        other: What failed that is of no fix.
        ended: Whether a failure ended the run on this host, so that later fixes were not applied.
    """

    checks: dict[str, Text] = field(default_factory=dict)
    other: Text = NOTHING
    ended: bool = False


class WaveFixer:
    """Runs fixes."""

    def __init__(self, stage: Stage, reverter: Reverter) -> None:
        """Get ready.

        Args:
            stage: What all steps share.
            reverter: Undoes what failed.
        """
        self._stage = stage
        self._reverter = reverter
        self._before: Mapping[str, Before] = {}

    def fix(
        self, plans: Plans, outcomes: Mapping[str, HostOutcome], before: Mapping[str, Before] = MappingProxyType({})
    ) -> None:
        """Run the fixes of hosts.

        Args:
            plans: What is to be fixed, by host; fixes that failed are taken out.
            outcomes: Where what becomes of each goes.
            before: What was found before, by host: the endpoint keeps it for whoever resumes.
        """
        self._before = before
        todo = self._begin({name: fixes for name, fixes in plans.items() if fixes}, outcomes)
        while todo:
            lost = {name for name in todo if outcomes[name].state == "lost"}
            failures, late = self._run(todo, outcomes)
            late = late and lost != {name for name in todo if outcomes[name].state == "lost"}  # else it would not end
            if self._stage.halted:
                for host in (outcomes[name] for name in todo):
                    if host.state == "open" and not host.begun:
                        host.state = "untouched"
                        host.notes.append(say_both(Message("execution.interrupted_before")))
                return
            again = {name: plans[name] for name in todo if late and name not in failures}
            partial: dict[str, list[str]] = {}
            for name, found in failures.items():
                host = outcomes[name]
                all_failed = {fix.check for fix in plans[name]} <= found.checks.keys()
                if not host.begun and (found.other.en or all_failed):  # nothing was changed: the lock was another's
                    host.state = "untouched"
                    why = {fix.check: found.checks.get(fix.check, found.other) for fix in plans[name]}
                    host.fixes |= {check: FixOutcome(Outcome.NOT_APPLIED, said) for check, said in why.items()}
                elif found.other.en:
                    host.state = "worse"
                    host.notes.append(found.other)
                else:
                    partial |= {name: sorted(found.checks)} if host.begun else {}
                    for check, message in found.checks.items():
                        told = say_both(Message("change.fix_failed", error=own(message)))
                        host.fixes[check] = FixOutcome(Outcome.ROLLED_BACK, told)
                    plans[name] = [fix for fix in plans[name] if fix.check not in found.checks]
                    again |= {name: plans[name]} if plans[name] and found.ended else {}
            if partial:
                self._reverter.undo_part(partial, outcomes)
            if worse := [name for name in failures if outcomes[name].state == "worse"]:
                self._reverter.undo(worse, outcomes)
            todo = self._begin({n: fixes for n, fixes in again.items() if outcomes[n].state == "open"}, outcomes)

    def _begin(self, plans: Plans, outcomes: Mapping[str, HostOutcome]) -> Plans:
        """Leave out the hosts that may not be changed now; what was done on them already stands."""
        ready: Plans = {}
        for name, fixes in plans.items():
            if not (why := self._stage.options.closed(name)).en:
                ready[name] = fixes
                continue
            host = outcomes[name]
            host.state = "open" if host.begun else "untouched"
            host.notes.append(why)
            host.fixes |= {fix.check: FixOutcome(Outcome.NOT_APPLIED, why) for fix in fixes}
        return ready

    def _run(
        self, plans: Mapping[str, Sequence[PlannedFix]], outcomes: Mapping[str, HostOutcome]
    ) -> tuple[dict[str, _Failures], bool]:
        """Run ``apply.yml``; returns what failed by host, and whether it was ended: the others have to run again."""
        options, seconds = self._stage.options, self._stage.patience(len(plans))
        variables = {
            name: variables_of(options.change, fixes, options.holder, seconds) for name, fixes in plans.items()
        }
        for name in self._before.keys() & variables:
            variables[name]["before"] = pack(self._before[name])
        failures: dict[str, _Failures] = {}
        late = False
        for event in self._stage.play("apply.yml", variables):
            if event.kind == "end":
                late = True
                continue
            host = outcomes[event.host]
            host.begun |= event.begun
            if event.outcome == "failed" and not event.ignored:
                _note(failures.setdefault(event.host, _Failures()), event, plans[event.host])
            elif event.outcome == "unreachable":  # its own timer, or we, will undo what was done
                why = say_both(Message("execution.unreachable", error=own(event.why)))
                if host.begun:
                    self._stage.lose(host, why)
                else:
                    host.state = "untouched"
                    host.notes.append(why)
        failures = {name: found for name, found in failures.items() if outcomes[name].state == "open"}
        for name, fixes in plans.items():
            if outcomes[name].state == "untouched":
                reason = join(outcomes[name].notes or [say_both(Message("execution.no_answer"))])
                outcomes[name].fixes |= {fix.check: FixOutcome(Outcome.NOT_APPLIED, reason) for fix in fixes}
        return failures, late


def _note(found: _Failures, event: Event, fixes: Sequence[PlannedFix]) -> None:
    """Note a failure with the fixes that it is of: a handler's is of all that have asked for it."""
    found.ended |= not event.apart
    said = tell_failure(event)
    planned = {fix.check for fix in fixes}
    checks = [check for check in (event.checks or [event.check]) if check in planned]
    for check in checks:
        found.checks.setdefault(check, said)
    if not checks:
        found.other = found.other if found.other.en else said
