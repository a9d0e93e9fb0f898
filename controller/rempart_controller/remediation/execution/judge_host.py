"""What became of a host, by what was found on it before and after."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from rempart_controller.remediation.execution.stage import Stage, is_lost
from rempart_controller.remediation.records.before import Before
from rempart_controller.remediation.records.outcome import FixOutcome, HostOutcome, find_regressions
from rempart_core.messages.message import Message
from rempart_core.messages.say import say_both
from rempart_core.model.fix_outcome import Outcome, show
from rempart_core.model.result import Result, Run, State
from rempart_core.text import NOTHING, Text


def look(stage: Stage, names: Sequence[str], before: Mapping[str, Before]) -> dict[str, Run]:
    """Return what is found on hosts; where something can't be judged any more they are asked a second time.

    A service that has just begun may not answer yet, and that is no reason to undo a change.

    Args:
        stage: Where the change is made.
        names: The hosts.
        before: What was found before, by host.
    """
    found = stage.measure(names)
    worse = [
        name
        for name in names
        if name in before
        and not is_lost(found.get(name))
        and find_regressions(before[name].states, found[name], frozenset()).unseen
    ]
    if worse and not stage.halted:
        found |= stage.measure(worse)
    return found


def judge_host(stage: Stage, checks: Sequence[str], before: Before, run: Run | None, host: HostOutcome) -> bool:
    """Judge a host by what was found on it after; tells whether it may keep the change.

    Args:
        stage: How it was changed.
        checks: The checks whose fixes were applied.
        before: What was found before.
        run: What was found after.
        host: Where it is noted.
    """
    if run is None or is_lost(run):
        stage.lose(host, run.results[0].reason if run and run.results else say_both(Message("execution.not_asked")))
        gone = say_both(Message("execution.no_more"))
        for check in checks:
            host.fixes[check] = FixOutcome(Outcome.LOST, gone, before.seen.get(check, ()))
        return False
    results = {one.check: one for one in run.results}
    for check in checks:
        if check not in host.fixes:  # those that did not run any more have their reason
            host.fixes[check] = judge_fix(before.seen.get(check, ()), results.get(check))
    expected = frozenset(one for check in checks for one in stage.options.opens.get(check, ()))
    # What was undone by itself has touched something too.
    touched = stage.touched(host.name, {*checks, *host.fixes})
    sshd_read = stage.has_sshd_read(host.name, {*checks, *host.fixes})
    found = find_regressions(before.states, run, expected, touched, sshd_read=sshd_read)
    host.regressed, host.unseen, host.others = found.ours, found.unseen, found.others
    host.notes += found.others.values()
    if host.regressed:
        host.state = "worse"
        return False
    return True


def judge_fix(before: tuple[Text, ...], after: Result | None) -> FixOutcome:
    """Return what became of a fix that was applied, as the check itself says.

    Args:
        before: What was seen before it.
        after: What was found after it.
    """
    seen = (before, show(after, before))
    if after is not None and after.state in {State.PASS, State.NOT_APPLICABLE}:
        return FixOutcome(Outcome.FIXED, NOTHING, *seen)
    reason = after.reason if after is not None else say_both(Message("execution.not_asked_again"))
    return FixOutcome(Outcome.STILL_FAILING, reason, *seen)


def note_undone(host: HostOutcome, run: Run | None) -> None:
    """Note of each fix that it was undone, and what is seen now.

    Args:
        host: What became of it so far.
        run: What is found now; None where nobody looked.
    """
    results = {one.check: one for one in run.results} if run is not None else {}
    if run is not None and is_lost(run):
        host.state = "lost"
        return
    worse = ", ".join(sorted(host.regressed))
    why = host.notes[0] if host.notes else NOTHING
    if worse:
        why = say_both(Message("execution.worse", checks=worse))
    for check, fix in host.fixes.items():
        if fix.outcome in {Outcome.FIXED, Outcome.STILL_FAILING, Outcome.LOST}:
            seen = show(results.get(check), fix.before)
            host.fixes[check] = replace(fix, outcome=Outcome.ROLLED_BACK, reason=why, after=seen)
