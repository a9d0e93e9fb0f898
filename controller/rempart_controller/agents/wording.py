"""What a reader is told of an agent's results beside its own words: ours for the checks, and what proves them."""

from collections.abc import Mapping

from rempart_core.model.check import Check
from rempart_core.model.fix_steps import for_host
from rempart_core.model.result import Result, TargetIdentity

SIGNED_THERE = "endpoint"
"""What ``Run.proof`` says of a document whose signature is the machine's own, whatever the document says."""


def with_words(result: Result, checks: Mapping[str, Check], target: TargetIdentity) -> Result:
    """Return a result with this side's words for its check: no machine says what a check is called for all of them.

    Args:
        result: As the agent has it.
        checks: Those that are known here, by id; another one keeps its own words.
        target: The agent's machine.
    """
    check = checks.get(result.check)
    if check is None:
        return result
    return result._replace(
        title=check.title,
        area=check.area,
        rationale=check.rationale,
        not_examined=check.not_examined,
        complete=check.complete,
        remediation=for_host(check.remediation, target.platform, target.system),
        controls=check.controls,
        path=check.path,
    )
