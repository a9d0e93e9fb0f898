"""What a change came to, from what was found before and after it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from rempart_controller.remediation.records.attribution import find_culprit
from rempart_core.content.fixfile import ANYTHING
from rempart_core.model.fix_outcome import Outcome, show
from rempart_core.model.result import Run, State
from rempart_core.text import NOTHING, Text


@dataclass(slots=True)
class FixOutcome:
    """What became of one fix.

    Attributes:
        outcome: What.
        reason: Why, where it is not fixed.
        before: What was seen before: ``item: observed`` of the first failing things.
        after: The same after it.
    """

    outcome: Outcome
    reason: Text = NOTHING
    before: tuple[Text, ...] = ()
    after: tuple[Text, ...] = ()


@dataclass(slots=True)
class HostOutcome:
    """What became of one host.

    Attributes:
        name: Its name.
        state: ``kept``, ``reverted``, ``lost``, ``untouched``.
        fixes: By check.
        regressed: Checks that passed before and fail now, with what was seen, or that can't be judged any more.
        unseen: Those of them that can't be judged any more.
        others: Checks that somebody else made worse in the meantime, and what they read: the change stays.
        begun: Whether the host may have a record of the change, which an undo goes by.
        notes: What else happened, in order.
    """

    name: str
    state: str = "untouched"
    fixes: dict[str, FixOutcome] = field(default_factory=dict)
    regressed: dict[str, tuple[Text, ...]] = field(default_factory=dict)
    unseen: tuple[str, ...] = ()
    others: dict[str, Text] = field(default_factory=dict)
    begun: bool = False
    notes: list[Text] = field(default_factory=list)

    @property
    def good(self) -> bool:
        """Tell whether all that was planned is fixed."""
        return self.state == "kept" and all(one.outcome is Outcome.FIXED for one in self.fixes.values())


@dataclass(slots=True)
class Regressions:
    """What got worse on a host.

    Attributes:
        ours: Checks that passed and fail now, with what was seen, or were judged and can't be judged any more, with the
            reason: the change may have done it.
        unseen: Those of them that can't be judged any more.
        others: Checks that somebody else made worse in the meantime, and what they read.
    """

    ours: dict[str, tuple[Text, ...]] = field(default_factory=dict)
    unseen: tuple[str, ...] = ()
    others: dict[str, Text] = field(default_factory=dict)


def find_regressions(
    before: Mapping[str, State],
    after: Run,
    expected: frozenset[str],
    touched: frozenset[str] = frozenset({ANYTHING}),
    *,
    sshd_read: bool = False,
) -> Regressions:
    """Return what got worse: what passed and fails now, and what was judged and can't be judged any more.

    Args:
        before: The states before.
        after: What was found after.
        expected: Checks that a fix is known to open, as an upgrade that wants a reboot.
        touched: What the fixes may have touched, in the words of ``Fix.touches``.
        sshd_read: Whether it was proved that sshd has read all that the change wrote for it.
    """
    judged = {State.PASS, State.FAIL, State.NOT_APPLICABLE}
    found = Regressions()
    for result in after.results:
        was = before.get(result.check)
        failed = was is State.PASS and result.state is State.FAIL and not result.waived
        lost = was in judged and result.state not in judged
        if not (failed or lost) or result.check in expected:
            continue
        if (culprit := find_culprit(result, touched, sshd_read=sshd_read)) is not None:
            found.others[result.check] = culprit
            continue
        found.ours[result.check] = show(result) if failed else (result.reason,)
        found.unseen += (result.check,) if lost else ()
    return found
