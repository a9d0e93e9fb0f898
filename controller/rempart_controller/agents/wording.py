"""What a reader is told of an agent's results beside its own words: ours for the checks, and what proves them."""

from collections.abc import Mapping

from rempart_core.model.check import Check, Remediation
from rempart_core.model.fix_steps import for_host
from rempart_core.model.result import Result, TargetIdentity

SIGNED_THERE = "endpoint"
"""What ``Run.proof`` says of a document whose signature is the machine's own, whatever the document says."""


_KEPT = 10_000  # remediations that are remembered


class Wording:
    """This side's words for checks: no machine says what a check is called for all of them."""

    def __init__(self, checks: Mapping[str, Check]) -> None:
        """Use checks.

        Args:
            checks: Those that are known here, by id.
        """
        self._checks = checks
        self._remedies: dict[tuple[str, str, str], Remediation] = {}

    def put(self, result: Result, target: TargetIdentity) -> Result:
        """Return a result with this side's words for its check; of a check that is not known it keeps its own.

        Args:
            result: As the agent has it.
            target: The agent's machine.
        """
        check = self._checks.get(result.check)
        if check is None:
            return result
        return result._replace(
            title=check.title,
            area=check.area,
            rationale=check.rationale,
            not_examined=check.not_examined,
            complete=check.complete,
            remediation=self._remedy(check, target),
            controls=check.controls,
            path=check.path,
        )

    def _remedy(self, check: Check, target: TargetIdentity) -> Remediation:
        key = check.id, target.platform, target.system
        found = self._remedies.get(key)
        if found is None:
            found = for_host(check.remediation, target.platform, target.system)
            if len(self._remedies) >= _KEPT:  # what systems are called is not ours to bound
                self._remedies.clear()
            self._remedies[key] = found
        return found
