"""What a message says: regressions and gaps since the run before, and nothing that does not count."""

from typing import NamedTuple

from rempart_core.error import RempartError
from rempart_core.messages.say import say
from rempart_core.model.check import Severity
from rempart_core.model.history import Change, Drift
from rempart_core.text import Text, clean, defang
from rempart_reports.views.drift_page import show_drift

_LINES = 60
_WORDS = {
    "worse": (
        Text("1 finding got worse", "1 non-conformité aggravée"),
        Text("{} findings got worse", "{} non-conformités aggravées"),
    ),
    "unseen": (
        Text("1 check can't be seen any more", "1 vérification ne se voit plus"),
        Text("{} checks can't be seen any more", "{} vérifications ne se voient plus"),
    ),
    "silent": (
        Text("1 host fell silent", "1 machine devenue sans réponse"),
        Text("{} hosts fell silent", "{} machines devenues sans réponse"),
    ),
}
_RETURNED = (
    Text("1 host answers again", "1 machine répond à nouveau"),
    Text("{} hosts answer again", "{} machines répondent à nouveau"),
)
_DELAYED = Text(
    "This message is late: it was to be delivered at {}.",
    "Ce message est en retard : il devait être remis le {}.",
)
_MORE = Text("… {} more lines: rempart drift", "… {} lignes de plus : rempart drift")
_FAILED = Text("Rempart: the audit failed", "Rempart : l’audit a échoué")


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
    said = [_WORDS[kind][number > 1].get(language).format(number) for kind, number in counts.items() if number]
    if drift.returned:
        said.append(_RETURNED[len(drift.returned) > 1].get(language).format(len(drift.returned)))
    colon = " : " if language == "fr" else ": "
    left = drift._replace(changes=changes, silent=silent, new_hosts=())
    lines = list(show_drift(left, language))
    if len(lines) > _LINES:
        lines[_LINES:] = [_MORE.get(language).format(len(lines) - _LINES)]
    return Notification("Rempart" + colon + ", ".join(said), "\n".join(lines) + "\n")


def compose_failure(error: RempartError, language: str) -> Notification:
    """Return what is to be told of an audit that ended with an error.

    Args:
        error: What ended it.
        language: ``en`` or ``fr``.
    """
    return Notification(_FAILED.get(language), defang(clean(say(error.message, language))) + "\n")


def delay(message: Notification, at: str, language: str) -> Notification:
    """Return a message that comes late, which says so and when it was to come.

    Args:
        message: The message.
        at: When it was to come, as it is said.
        language: ``en`` or ``fr``.
    """
    said = _DELAYED.get(language).format(at)
    return Notification(message.title, f"{said}\n\n{message.body}")


def _counts(change: Change, threshold: Severity) -> bool:
    return change.bad and not change.now.waived and change.now.severity.rank <= threshold.rank
