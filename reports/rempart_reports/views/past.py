"""What a store knows of the host that a report is at: since when its findings are open, and what changed.

Without a store nothing is known, and nothing is said: a finding of today is not claimed to be new.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

from rempart_core.model.result import Result, Run, State
from rempart_core.text import clean_line
from rempart_reports.views.drift import Change
from rempart_reports.views.options import Options
from rempart_reports.writing.evidence import show
from rempart_reports.writing.translation import age, moment, word


class Past(NamedTuple):
    """What is known of one host.

    Attributes:
        opened: Since when checks fail, by id, UTC, ``2026-11-25T13:00:00Z``.
        changes: What changed since the run before, by the check's id.
        host: What became of the host itself: one of :data:`rempart_reports.views.drift.HOSTS`; ``""`` for nothing.
    """

    opened: Mapping[str, str]
    changes: Mapping[str, Change]
    host: str = ""

    def since(self, result: Result) -> str:
        """Return since when a finding, waived or not, is there; ``""`` where that is not known, or it is none."""
        return self.opened.get(result.check, "") if result.state is State.FAIL else ""

    def oldest(self, run: Run) -> str:
        """Return since when the oldest finding of a run is open; ``""`` where nothing is, or that is not known."""
        return min(filter(None, (self.since(result) for result in run.results if result.open)), default="")


if TYPE_CHECKING:  # a plain audit asks for no time
    from datetime import datetime

HOUR = 3600  # seconds: what is younger has no age worth telling
UNKNOWN = Past({}, {})


def look_up(run: Run, options: Options) -> Past:
    """Return what is known of the host of a run.

    Args:
        run: Of the host.
        options: Has what a store knows.
    """
    if options.opened is None and options.drift is None:
        return UNKNOWN
    host = clean_line(run.target.name)  # as a store has it
    opened = options.opened(host) if options.opened else {}
    if options.drift is None:
        return Past(opened, {})
    changes = {change.check: change for change in options.drift.changes.get(host, ())}
    return Past(opened, changes, options.drift.hosts.get(host, ""))


def describe_since(since: str, options: Options) -> str:
    """Return since when something is so: ``25 November 2026, 13:00 UTC (3 days)``.

    Args:
        since: UTC, as ``2026-11-25T13:00:00Z``.
        options: Language, and the moment of the report.
    """
    language = options.language
    told, then, now = moment(since, language), read_moment(since), read_moment(options.generated)
    seconds = (now - then).total_seconds() if then and now else 0.0
    return f"{told} ({age(seconds, language)})" if seconds >= HOUR else told


def describe_change(change: Change, options: Options) -> str:
    """Return what became of a check since the run before: ``worse since the last run (it was pass)``.

    Args:
        change: The check's.
        options: Has the language.
    """
    language = options.language
    was = word(change.was.value, language) if change.was else word("not_asked", language)
    told = word(f"change_{change.kind}", language, was=was)
    if change.items:
        items = ", ".join(show(item, language, 100) for item in change.items)
        told += f" ({word('new_items', language, items=items)})"
    return told


def describe_past(result: Result, past: Past, options: Options) -> list[str]:
    """Return in lines what is known of a result: since when it fails, and what changed; none where nothing is.

    Args:
        result: What the check came to.
        past: Of :func:`look_up`.
        options: Language, and the moment of the report.
    """
    lines = []
    if since := past.since(result):
        label = word("open_since" if result.open else "failing_since", options.language)
        lines.append(word("since_when", options.language, label=label, when=describe_since(since, options)))
    if change := past.changes.get(result.check):
        told = describe_change(change, options)
        lines.append(f"{told[:1].upper()}{told[1:]}")
    return lines


class Recall:
    """What is known of the host whose run is being written, for what is asked of it result by result.

    Args:
        options: How the report is written.
    """

    def __init__(self, options: Options) -> None:
        self._options = options
        self._past = UNKNOWN

    def turn_to(self, run: Run) -> Past:
        """Turn to the host of a run, and return what is known of it."""
        self._past = look_up(run, self._options)
        return self._past

    def tell(self, result: Result) -> str:
        """Return what is known of a result of that host, in words; ``""`` where nothing is."""
        return " · ".join(describe_past(result, self._past, self._options)) if self._past is not UNKNOWN else ""


def read_moment(text: str) -> "datetime | None":
    """Return a time, or None where a text is none or lacks a zone."""
    from datetime import datetime

    try:
        then = datetime.fromisoformat(text)
    except ValueError:
        return None
    return then if then.tzinfo else None
