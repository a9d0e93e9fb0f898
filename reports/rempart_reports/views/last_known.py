"""What a store knows of a host that does not answer: the findings of its last answer, and how old that is.

They count for as long as nobody has seen them fixed: silence is not health.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from rempart_core.model.check import Severity
from rempart_core.model.result import Run
from rempart_core.text import Text, clean_line
from rempart_core.typography import typeset
from rempart_reports.views.last_answer import answer_of, is_silent, is_unasked, tell_answer
from rempart_reports.views.options import Options
from rempart_reports.writing.evidence import show
from rempart_reports.writing.translation import colon, day, plural, severity_name, word

_LISTED = 200  # findings that are named of one host


class Known(NamedTuple):
    """A finding of a host's last answer.

    Attributes:
        check: The check's id.
        title: The check's title.
        severity: The one that was in force.
        since: Since when it fails, UTC.
    """

    check: str
    title: Text
    severity: Severity
    since: str


Recall = Callable[[str], Sequence[Known] | None]
"""Gives by a host's name the open findings of its last answer, worst first; None where it never answered."""


def recall(run: Run, options: Options) -> Sequence[Known] | None:
    """Return the open findings that are known of a host that gave no answer; None where nothing is known of it.

    Args:
        run: Of the host.
        options: Has what a store knows.
    """
    if options.known is None or not (is_silent(run) or is_unasked(run)):
        return None
    return options.known(clean_line(run.target.name))


def is_unknown(run: Run, options: Options) -> bool:
    """Tell whether a store is there and knows nothing of a host that gave no answer.

    Args:
        run: Of the host.
        options: Has what a store knows.
    """
    return options.known is not None and (is_silent(run) or is_unasked(run)) and recall(run, options) is None


def describe_known(found: Sequence[Known] | None, language: str) -> str:
    """Return what is known in a few words: ``1 critical, 2 high``; that nothing is, or that nothing was open.

    Args:
        found: Of :func:`recall`.
        language: ``en`` or ``fr``.
    """
    if found is None:
        return word("never_answered", language)
    counts = [(severity, sum(one.severity is severity for one in found)) for severity in Severity]
    return ", ".join(plural(number, severity.value, language) for severity, number in counts if number) or word(
        "nothing_was_open", language
    )


def tell_known(run: Run, options: Options) -> list[str]:
    """Return in lines what is known of a host that gave no answer, the worst first; none where it answered.

    Args:
        run: Of the host.
        options: Language, and what a store knows.
    """
    language = options.language
    if options.known is None or not (is_silent(run) or is_unasked(run)):
        return []
    found = recall(run, options)
    if found is None:
        return [word("unknown_host", language)]
    answered = answer_of(run, options)
    when = day(answered[:10], language) if answered else tell_answer(run, options)
    told = word("last_known", language, moment=when, findings=describe_known(found, language))
    opened = word("open_since", language).lower()
    lines = [
        f"{severity_name(one.severity, language)}{colon(language)}{show(one.check, language)} "
        f"{show(typeset(one.title.get(language), language), language)} "
        f"({word('since_when', language, label=opened, when=day(one.since[:10], language))})"
        for one in found[:_LISTED]
    ]
    more = [word("more_rows", language, count=len(found) - _LISTED)] if len(found) > _LISTED else []
    return [told, *lines, *more]
