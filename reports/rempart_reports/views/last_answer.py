"""When a target answered, and how old that is: an answer of last week is no word on today."""

import time

from rempart_core.model.result import Run, State
from rempart_reports.views.options import Options
from rempart_reports.writing.translation import age, word

_FRESH = 60  # seconds: what is younger was seen by the run that is reported
_FORM = "%Y-%m-%dT%H:%M:%SZ"


def is_silent(run: Run) -> bool:
    """Tell whether the target did not answer at all."""
    results = run.results
    return bool(results) and all(r.failure == "silent" and r.state is State.NOT_CHECKED for r in results)


def answer_of(run: Run, options: Options = Options()) -> str:  # noqa: B008 - immutable
    """Return when a target answered, UTC; of a silent one its last answer, ``""`` where none is known.

    Args:
        run: Of the target.
        options: Knows when hosts answered last.
    """
    return options.answered.get(run.target.name, "") if is_silent(run) or is_unasked(run) else run.ended


def is_unasked(run: Run) -> bool:
    """Tell whether the audit ended before the target was asked anything."""
    return bool(run.unfinished.en) and all(result.failure == "interrupted" for result in run.results)


def tell_answer(run: Run, options: Options) -> str:
    """Return in words how old a target's answer is when the report is written.

    Of a silent one that it gave none, and its last one where that is known; ``""`` of one that has just answered.

    Args:
        run: Of the target.
        options: Language, the moment of the report, and when hosts answered last.
    """
    now = _read(options.generated)
    told = describe_age(answer_of(run, options), now, options.language) if now is not None else ""
    if is_unasked(run):
        return word("unasked_host", options.language)
    if not is_silent(run):
        return told
    return word("last_answer", options.language, ago=told) if told else word("no_answer", options.language)


def describe_age(moment: str, now: float, language: str) -> str:
    """Return how long ago a moment was, in words; ``""`` where it is none, or less than a minute ago.

    Args:
        moment: UTC, ``2026-11-25T13:00:00Z``.
        now: Seconds since 1970.
        language: ``en`` or ``fr``.
    """
    then = _read(moment)
    if then is None or now - then < _FRESH:
        return ""
    return word("ago", language, age=age(now - then, language))


def _read(moment: str) -> int | None:
    import calendar

    try:
        return calendar.timegm(time.strptime(moment, _FORM))
    except ValueError:
        return None
