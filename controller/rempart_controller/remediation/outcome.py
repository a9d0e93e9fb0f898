"""What a change came to, from what was found before and after it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from rempart_controller.remediation.planfile import PlannedFix
from rempart_core.outcome import Outcome, show
from rempart_core.result import Result, Run, State
from rempart_core.text import NOTHING, Text

_NOT_AGAIN = Text("it was not asked again", "il n’a pas été redemandé")


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
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()


@dataclass(slots=True)
class HostOutcome:
    """What became of one host.

    Attributes:
        name: Its name.
        state: ``kept``, ``reverted``, ``lost``, ``untouched``.
        fixes: By check.
        regressed: Checks that passed before and fail now, with what was seen.
        unseen: Checks that were judged before and can't be judged now.
        digest: SHA-256 of what the endpoint saved; ``""`` where nothing was.
        notes: What else happened, in order.
    """

    name: str
    state: str = "untouched"
    fixes: dict[str, FixOutcome] = field(default_factory=dict)
    regressed: dict[str, tuple[str, ...]] = field(default_factory=dict)
    unseen: tuple[str, ...] = ()
    digest: str = ""
    notes: list[Text] = field(default_factory=list)

    @property
    def good(self) -> bool:
        """Tell whether all that was planned is mended."""
        return self.state == "kept" and all(one.outcome is Outcome.FIXED for one in self.fixes.values())


def find_regressions(
    before: Mapping[str, State], after: Run, expected: frozenset[str]
) -> tuple[dict[str, tuple[str, ...]], tuple[str, ...]]:
    """Return the checks that passed and fail now, and those that were judged and can't be judged any more.

    Args:
        before: The states before.
        after: What was found after.
        expected: Checks that a fix is known to open, as an upgrade that wants a reboot.
    """
    judged = {State.PASS, State.FAIL, State.NOT_APPLICABLE}
    regressed = {}
    unseen = []
    for result in after.results:
        was = before.get(result.check)
        if was is State.PASS and result.state is State.FAIL and not result.waived and result.check not in expected:
            regressed[result.check] = show(result)
        elif was in judged and result.state not in judged:
            unseen.append(result.check)
    return regressed, tuple(unseen)


def judge_fix(fix: PlannedFix, before: Result | None, after: Result | None) -> FixOutcome:
    """Return what became of a fix that was applied, as the check itself says."""
    seen = (show(before), show(after))
    if after is not None and after.state in {State.PASS, State.NOT_APPLICABLE}:
        return FixOutcome(Outcome.FIXED, NOTHING, *seen)
    reason = after.reason if after is not None else _NOT_AGAIN
    return FixOutcome(Outcome.STILL_FAILING, reason, *seen)
