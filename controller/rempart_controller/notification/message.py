"""What a message says: regressions and gaps since the run before, and nothing that does not count."""

from typing import NamedTuple

from rempart_controller.store.drift_page import show_drift
from rempart_controller.store.value import Change, Drift
from rempart_core.check import Severity
from rempart_core.text import Text, clean, defang

_LINES = 60
_WORDS = {
    "worse": (Text("1 finding got worse", "1 constat aggravé"), Text("{} findings got worse", "{} constats aggravés")),
    "unseen": (
        Text("1 check can't be seen any more", "1 contrôle ne se voit plus"),
        Text("{} checks can't be seen any more", "{} contrôles ne se voient plus"),
    ),
    "silent": (
        Text("1 host fell silent", "1 machine devenue muette"),
        Text("{} hosts fell silent", "{} machines devenues muettes"),
    ),
}
_MORE = Text("… {} more lines: rempart drift", "… {} lignes de plus : rempart drift")
_FAILED = Text("Rempart: the audit failed", "Rempart : l’audit a échoué")


class Message(NamedTuple):
    """What somebody is told.

    Attributes:
        title: One line; it holds nothing that came from a machine.
        body: Plain text.
    """

    title: str
    body: str


def compose(drift: Drift, threshold: Severity, language: str) -> Message | None:
    """Return what is to be told of a drift; None where nothing got worse that counts.

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
    if not any(counts.values()):
        return None
    said = [_WORDS[kind][number > 1].get(language).format(number) for kind, number in counts.items() if number]
    colon = " : " if language == "fr" else ": "
    left = drift._replace(changes=changes, silent=silent, new_hosts=(), returned=())
    lines = list(show_drift(left, language))
    if len(lines) > _LINES:
        lines[_LINES:] = [_MORE.get(language).format(len(lines) - _LINES)]
    return Message("Rempart" + colon + ", ".join(said), "\n".join(lines) + "\n")


def compose_failure(error: Exception, language: str) -> Message:
    """Return what is to be told of an audit that ended with an error."""
    return Message(_FAILED.get(language), defang(clean(str(error))) + "\n")


def _counts(change: Change, threshold: Severity) -> bool:
    return change.kind in {"worse", "unseen"} and not change.now.waived and change.now.severity.rank <= threshold.rank
