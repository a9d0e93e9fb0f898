"""From a run to the statement that its image was tested."""

import hashlib
from collections.abc import Sequence

from rempart_core.model import gate
from rempart_core.model.check import Severity
from rempart_core.model.result import Result, Run, State
from rempart_core.signing.canonical import canonicalise
from rempart_core.signing.statement import Configuration, Statement, Subject

_PASSED, _WARNED, _FAILED, _NOT_TESTED = range(4)


def state_run(run: Run, threshold: Severity, subjects: Sequence[Subject]) -> Statement:
    """Return what a run says of its image; it is ``FAILED`` where the audit's exit status is not 0, or nothing passed.

    Args:
        run: A run that was finished.
        threshold: Findings below it do not count.
        subjects: What was judged.
    """
    lists: tuple[list[str], ...] = ([], [], [], [])
    for result in run.results:
        lists[_place(result, threshold)].append(result.check)
    counted = {*lists[_WARNED], *lists[_FAILED]}
    unknown = [one.check for one in run.results if one.state is not State.FAIL and one.check in counted]
    waived = [one.check for one in run.results if one.waived]
    return Statement(
        tuple(subjects),
        passed=tuple(sorted(lists[_PASSED])),
        warned=tuple(sorted(lists[_WARNED])),
        failed=tuple(sorted(lists[_FAILED])),
        not_tested=tuple(sorted(lists[_NOT_TESTED])),
        not_judged=tuple(sorted(unknown)),
        waived=tuple(sorted(waived)),
        configuration=Configuration(
            content=run.content,
            parameters=_hash({one.check: one.parameters for one in run.results}),
            waivers=_hash([[one.check, *one.waiver] for one in run.results if one.waiver is not None]),
            version=run.version,
            profile=run.profile,
            role=run.role,
            threshold=threshold.value,
            started=run.started,
            ended=run.ended,
            narrowed=run.narrowed,
        ),
    )


def _place(result: Result, threshold: Severity) -> int:
    """Return the list that a check belongs to."""
    if result.state is State.PASS:
        return _PASSED
    if result.state is State.FAIL:
        return _FAILED if result.open and gate.counts(result, threshold) else _WARNED
    if gate.is_gap(result, threshold):
        return _FAILED
    if result.state is State.ERROR or result.failure == "part":  # below the threshold
        return _WARNED
    return _NOT_TESTED


def _hash(data: object) -> str:
    return hashlib.sha256(canonicalise(data)).hexdigest()
