"""The clocks of an incident, all from the moment of awareness.

Sources: Regulation (EU) 2016/679 (GDPR), article 33(1): without undue delay and, where feasible, not later than 72
hours after having become aware; Directive (EU) 2022/2555 (NIS2), article 23(4): an early warning within 24 hours, a
notification within 72 hours, a final report not later than one month after that notification. Hours are counted from
the moment itself, which is the strictest reading: Regulation (EEC, Euratom) 1182/71 leaves out the hour it falls in.
"""

import calendar
import time as clock
from collections.abc import Mapping
from typing import NamedTuple

from rempart_core.messages.message import Message

GDPR_HOURS = 72
NIS2_WARNING_HOURS = 24
NIS2_HOURS = 72
_HOUR = 3600


class Deadline(NamedTuple):
    """One clock.

    Attributes:
        name: What must be done.
        due: Until when, seconds since 1970.
        done: When it was done, seconds since 1970; None where it was not.
    """

    name: Message
    due: int
    done: int | None

    def left(self, now: int) -> int:
        """Return the seconds that are left, or were left when it was done; negative where it is over."""
        return self.due - (now if self.done is None else self.done)


def find_deadlines(aware: int, decisions: Mapping[str, Mapping[str, str]]) -> list[Deadline]:
    """Return the clocks of an incident, GDPR's first.

    Args:
        aware: Moment of awareness, seconds since 1970.
        decisions: What was done, with ``at``; see ``standing.DECISIONS``.
    """
    notified = _when(decisions, "nis2_notified")
    found = [
        Deadline(
            Message("incident_clock.gdpr"),
            aware + GDPR_HOURS * _HOUR,
            _when(decisions, "notified"),
        ),
        Deadline(
            Message("incident_clock.early_warning"),
            aware + NIS2_WARNING_HOURS * _HOUR,
            _when(decisions, "early_warning"),
        ),
        Deadline(
            Message("incident_clock.nis2"),
            aware + NIS2_HOURS * _HOUR,
            notified,
        ),
    ]
    if notified is not None:
        name = Message("incident_clock.nis2_report")
        found.append(Deadline(name, add_month(notified), _when(decisions, "nis2_report")))
    return found


def _when(decisions: Mapping[str, Mapping[str, str]], name: str) -> int | None:
    found = decisions.get(name)
    return None if found is None else read_utc(str(found.get("at", "")))


def read_utc(text: str) -> int:
    """Return a time as ``2026-11-25T13:00:00Z`` in seconds since 1970; 0 for none."""
    try:
        return calendar.timegm(clock.strptime(text, "%Y-%m-%dT%H:%M:%SZ"))
    except ValueError:
        return 0


def add_month(moment: int) -> int:
    """Return the same time of the same day one month later, or of that month's last day."""
    year, month, day, *rest = clock.gmtime(moment)
    year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    return calendar.timegm((year, month, min(day, calendar.monthrange(year, month)[1]), *rest[:3]))


def say_left(deadline: Deadline, now: int) -> Message:
    """Return what is to be said of a clock: time left, over, or done in time or late.

    Args:
        deadline: The clock.
        now: In seconds since 1970.
    """
    seconds = deadline.left(now)
    hours, minutes = divmod(abs(seconds) // 60, 60)
    span = Message("incident_clock.span", hours=hours, minutes=f"{minutes:02}")
    if deadline.done is not None:
        if seconds >= 0:
            return Message("incident_clock.done", span=span)
        return Message("incident_clock.late", span=span)
    if seconds >= 0:
        return Message("incident_clock.left", span=span)
    return Message("incident_clock.over", span=span)
