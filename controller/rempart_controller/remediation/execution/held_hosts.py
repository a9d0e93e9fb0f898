"""Which hosts of a plan may be changed: the machine that was planned, as it was found, and when its window is open.

One host that is silent, another machine or not as it was found does not hold up the others: it is left out and named.
So is a fix whose finding is not as it was found: somebody works on the host, and the plan shows what nobody sees now.
"""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from rempart_controller.remediation.planning import draft, precondition
from rempart_controller.remediation.records.plan import FixPlan, PlannedHost
from rempart_controller.remediation.records.window import read_windows
from rempart_core.content.fixfile import Fix
from rempart_core.error import RempartError, UsageError
from rempart_core.messages.message import Message, listed, own
from rempart_core.messages.say import say_both
from rempart_core.messages.system import reason_of
from rempart_core.model.result import Run
from rempart_core.text import NOTHING, Text

_AHEAD = 300  # seconds that the clock of who made a plan may be ahead
LeftOutHost = tuple[PlannedHost, Text]


def expect_fresh(made: FixPlan, max_age: float) -> None:
    """Refuse a plan that is too old, or that was made later than now: one of the two clocks is wrong.

    Args:
        made: The plan.
        max_age: In hours.

    Raises:
        UsageError: It is.
    """
    age = time.time() - datetime.strptime(made.created, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC).timestamp()
    if age < -_AHEAD:
        raise UsageError(Message("change.plan_future", time=made.created))
    if age > max_age * 3600:
        raise UsageError(Message("change.plan_old", hours=f"{age / 3600:.0f}"))


def hold_same(
    hosts: Iterable[PlannedHost], runs: Mapping[str, Run]
) -> tuple[list[PlannedHost], list[LeftOutHost], list[LeftOutHost]]:
    """Sort out what may be applied of a plan.

    Args:
        hosts: The hosts, as they were planned.
        runs: What was found on each since.

    Returns:
        The hosts on which something is as it was found, with the other fixes blocked; those that are silent or other
        machines; those of which something is not as it was found.
    """
    same: list[PlannedHost] = []
    absent: list[LeftOutHost] = []
    moved: list[LeftOutHost] = []
    for host in hosts:
        run = runs[host.name]
        results = {one.check: one for one in run.results}
        other = [
            fix.check
            for fix in host.applicable
            if fix.check not in results or draft.facts_of(results[fix.check]) != fix.facts
        ]
        if draft.is_silent(run):
            absent.append((host, say_both(Message("change.silent"))))
        elif by := _find_other(host, run):
            absent.append((host, say_both(Message("change.another_machine", by=by))))
        else:
            some = not other or len(other) < len(host.applicable)
            why = say_both(Message("change.some_moved" if some else "change.host_moved", checks=", ".join(other)))
            same += [_block(host, other, why)] if some else []
            moved += [(host, why)] if other else []
    return same, absent, moved


def _block(host: PlannedHost, checks: Sequence[str], why: Text) -> PlannedHost:
    reason = (why.en, why.fr)
    fixes = (replace(fix, blocked=reason) if fix.check in checks else fix for fix in host.fixes)
    return replace(host, fixes=tuple(fixes)) if checks else host


def _find_other(host: PlannedHost, run: Run) -> Message | None:
    """Return by what a host is another machine than the one that was planned; None where it is the same."""
    if host.machine and run.target.machine_id != host.machine:
        return Message("change.machine_id")
    keys = draft.host_keys_of(run)
    return Message("change.host_key") if host.host_keys and keys != host.host_keys else None


def hold_met(
    hosts: Iterable[PlannedHost], runs: Mapping[str, Run], fixes: Mapping[tuple[str, str], Fix]
) -> tuple[list[PlannedHost], list[LeftOutHost]]:
    """Leave out the fixes of a plan whose preconditions do not hold any more.

    Args:
        hosts: The hosts, as they were planned.
        runs: What was found on each since, preconditions among the results.
        fixes: The fixes, by check and platform.

    Returns:
        The hosts on which something is left to do, with the rest blocked; and those on which something was left out,
        with the reasons.
    """
    ready: list[PlannedHost] = []
    withheld: list[LeftOutHost] = []
    for host in hosts:
        needs = precondition.results_of(runs[host.name])
        reasons: dict[str, tuple[str, str]] = {}
        for fix in host.applicable:
            known = fixes.get((fix.check, host.platform))
            if known is not None and (why := precondition.find_block(known.needs, needs))[0]:
                reasons[fix.check] = why
        if reasons:
            said = [Message("change.left_out", check=id_, why=own(Text(*why))) for id_, why in reasons.items()]
            withheld.append((host, say_both(listed(said))))
        now = replace(
            host, fixes=tuple(replace(fix, blocked=reasons.get(fix.check, fix.blocked)) for fix in host.fixes)
        )
        if now.applicable:
            ready.append(now)
    return ready, withheld


class Openings:
    """Tells whether hosts may be changed now, by the inventory in force."""

    def __init__(self, windows: Mapping[str, str], read: Callable[[], Mapping[str, str]], *, ignore: bool) -> None:
        """Get ready.

        Args:
            windows: ``rempart_window`` of each host of the inventory, ``""`` for any time.
            read: Reads the inventory again; returns the same.
            ignore: Whether windows do not count.
        """
        self._windows = dict(windows)
        self._read = read
        self._ignore = ignore
        self._unread: Message | None = None

    def refresh(self) -> None:
        """Read the inventory again."""
        try:
            self._windows, self._unread = dict(self._read()), None
        except RempartError as error:
            self._unread = error.message
        except OSError as error:
            self._unread = reason_of(error)

    def closed(self, name: str) -> Text:
        """Return why a host may not be changed now; ``NOTHING`` where it may."""
        if self._unread:
            return say_both(Message("change.window_unread", error=self._unread))
        if name not in self._windows:
            return say_both(Message("change.not_in_inventory"))
        window = self._windows[name]
        if self._ignore:
            return NOTHING
        try:
            windows = read_windows(window)
        except UsageError as error:
            return say_both(error.message)
        now = datetime.now(UTC)
        if not windows or any(one.is_open(now) for one in windows):
            return NOTHING
        return say_both(Message("change.window_closed", window=window))

    def split(self, hosts: Sequence[PlannedHost]) -> tuple[list[PlannedHost], list[LeftOutHost]]:
        """Return the hosts that may be changed now, and those that may not, with the reason."""
        closed = [(host, self.closed(host.name)) for host in hosts]
        return [host for host, why in closed if not why.en], [(host, why) for host, why in closed if why.en]
