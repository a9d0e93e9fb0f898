"""What a run is judged by beside its checks: waivers and a baseline, which are read before anybody is asked."""

import time
from collections.abc import Collection, Mapping, Sequence

from rempart_core.error import DocumentError, UsageError
from rempart_core.messages.message import Message
from rempart_core.model.result import Run
from rempart_core.model.waiver import Waiver, apply
from rempart_core.text import Text, clean_line

Waivers = Mapping[str, Sequence[Waiver]]
"""The waivers of each file, by its path."""


def read_waiver_files(paths: Collection[str], checks: Collection[str]) -> Waivers:
    """Return the waivers of files.

    Args:
        paths: The files.
        checks: Ids of all checks.

    Raises:
        ContentError: they hold mistakes.
    """
    if not paths:
        return {}
    from rempart_core.content.waiverfile import read_waivers

    return {path: read_waivers(path, set(checks)) for path in sorted(paths)}


def split_long(waivers: Sequence[Waiver], most_days: int) -> tuple[list[Waiver], list[tuple[Waiver, Message]]]:
    """Return the waivers that a profile allows, and those that last longer than it allows, each with why.

    Args:
        waivers: Those of the files that were read.
        most_days: The most days that the profile allows, counted from now.
    """
    if not waivers:
        return [], []
    from rempart_core.content.waiverfile import explain_long

    now = time.time()
    told = [(one, explain_long(one, now, most_days)) for one in waivers]
    return [one for one, why in told if not why], [(one, why) for one, why in told if why]


def expect_short(waivers: Sequence[Waiver], most_days: int) -> None:
    """Refuse waivers that last longer than a profile allows; what none may exceed was refused when they were read.

    Args:
        waivers: Those of the file that was read.
        most_days: See ``split_long``.

    Raises:
        ContentError: Some do: all of them, each with its place.
    """
    _, long = split_long(waivers, most_days)
    if long:
        from rempart_core.error import ContentError, Mistake

        raise ContentError([Mistake(one.file, one.line, 0, why) for one, why in long])


def waive(run: Run, groups: Sequence[str], waivers: Sequence[Waiver], notes: Sequence[Text] = ()) -> Run:
    """Return the run with the waivers that hold for its findings; what is waived already stays waived.

    Args:
        run: As it was judged.
        groups: All groups of the target.
        waivers: Those that the profile allows.
        notes: What is said beside.
    """
    if not waivers and not notes:
        return run
    now = time.time()
    results = []
    for result in run.results:
        waived = apply(result, run.target.name, groups, waivers, now)
        results.append(waived if waived.waiver or not result.waiver else result)
    return run._replace(results=results, notes=(*run.notes, *notes))


def read_baseline(path: str) -> Mapping[str, Run]:
    """Return the runs that findings are compared with, by the names of their targets; none where no file is named.

    Raises:
        UsageError: The file can't be read, or holds no run document, or two of one target.
    """
    if not path:
        return {}
    from rempart_core.documents.run_document import read_runs

    found: dict[str, Run] = {}
    try:
        for run in read_runs(path):
            if run.target.name in found:
                raise UsageError(Message("select.baseline_twice", path=path, name=clean_line(run.target.name)))
            found[run.target.name] = run
    except DocumentError as error:
        raise UsageError(error.message) from error
    return found


def compare(run: Run, baseline: Run | None) -> Run:
    """Return the run with the findings marked as known that its baseline holds already; as it is without one.

    Args:
        run: What was found now.
        baseline: The earlier run; None where none was given.
    """
    if baseline is None:
        return run
    from rempart_core.model.difference import apply_baseline

    return apply_baseline(run, baseline)
