"""What a message says: regressions and gaps since the run before, and nothing that does not count."""

from collections.abc import Mapping
from typing import NamedTuple

from rempart_core.error import RempartError
from rempart_core.messages.message import Message
from rempart_core.messages.say import say
from rempart_core.model.check import Severity
from rempart_core.model.history import Change, Drift
from rempart_core.text import clean, defang
from rempart_core.typography import COLON
from rempart_reports.views.drift_page import show_drift

_LINES = 60


class Notification(NamedTuple):
    """What somebody is told.

    Attributes:
        title: One line; it holds nothing that came from a machine.
        body: Plain text.
    """

    title: str
    body: str


def compose(drift: Drift, threshold: Severity, language: str) -> Notification | None:
    """Return what is to be told of a drift; None where nothing got worse that counts, and no host answers again.

    Args:
        drift: What changed since the run before.
        threshold: The least severity that counts; a waived finding never does.
        language: ``en`` or ``fr``.
    """
    changes = tuple(change for change in drift.changes if _counts(change, threshold))
    fallen = set(drift.fallen_silent)
    silent = tuple(host for host in drift.silent if host.name in fallen)
    counts = {
        "worse": sum(change.kind == "worse" for change in changes),
        "unseen": sum(change.kind == "unseen" for change in changes),
        "silent": len(silent),
    }
    if not any(counts.values()) and not drift.returned:
        return None
    said = [say(message, language) for message, number in _count(counts) if number]
    if drift.returned:
        said.append(say(Message("notify.returned", count=len(drift.returned)), language))
    colon = COLON if language == "fr" else ": "
    left = drift._replace(changes=changes, silent=silent, new_hosts=())
    lines = list(show_drift(left, language))
    if len(lines) > _LINES:
        lines[_LINES:] = [say(Message("notify.more", count=len(lines) - _LINES), language)]
    return Notification("Rempart" + colon + ", ".join(said), "\n".join(lines) + "\n")


def compose_failure(error: RempartError, language: str) -> Notification:
    """Return what is to be told of an audit that ended with an error.

    Args:
        error: What ended it.
        language: ``en`` or ``fr``.
    """
    return Notification(
        say(Message("notify.audit_failed"), language), defang(clean(say(error.message, language))) + "\n"
    )


def delay(message: Notification, at: str, language: str) -> Notification:
    """Return a message that comes late, which says so and when it was to come.

    Args:
        message: The message.
        at: When it was to come, as it is said.
        language: ``en`` or ``fr``.
    """
    said = say(Message("notify.late", time=at), language)
    return Notification(message.title, f"{said}\n\n{message.body}")


def _counts(change: Change, threshold: Severity) -> bool:
    return change.bad and not change.now.waived and change.now.severity.rank <= threshold.rank


def _count(counts: Mapping[str, int]) -> list[tuple[Message, int]]:
    worse, unseen, silent = counts["worse"], counts["unseen"], counts["silent"]
    return [
        (Message("notify.worse", count=worse), worse),
        (Message("notify.unseen", count=unseen), unseen),
        (Message("notify.silent", count=silent), silent),
    ]
