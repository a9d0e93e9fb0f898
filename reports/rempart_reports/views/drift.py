"""What changed since the run before, as plain values, and sorted for a reader: what got worse first.

One line of a report is a check that moved in the same way on some hosts, so that a report is as long as the catalogue
and not as long as the fleet.
"""

from collections.abc import Mapping
from typing import NamedTuple

from rempart_core.model.check import Severity
from rempart_core.model.result import State
from rempart_core.text import Text
from rempart_reports.writing.translation import state_name

KINDS = ("worse", "unseen", "after_silence", "appeared", "changed", "waiver", "better", "disappeared")
"""The kinds of change in the order of a report, as ``rempart drift`` has them."""
TOLD = ("worse", "unseen", "after_silence")  # what a reader must see; the other kinds may be folded or counted
HOSTS = ("fallen_silent", "new_host", "returned")
"""What may become of a host: it answers no more, it was not known then, it was silent then and answered since."""

_Key = tuple[str, str, State | None, State | None]

EXAMPLES = 5  # hosts that are named for a check
ITEMS = 3  # that are named of a host


class Change(NamedTuple):
    """One check of one host that is not what it was.

    Attributes:
        kind: One of :data:`KINDS`.
        host: The host's name, untrusted as every text here.
        check: The check's id.
        title: The check's title.
        severity: The one in force.
        was: What it came to then; None where it was not asked.
        now: What it comes to; None where it is asked no more.
        items: Things that fail now and did not.
    """

    kind: str
    host: str
    check: str
    title: Text
    severity: Severity
    was: State | None
    now: State | None
    items: tuple[str, ...] = ()

    @property
    def regression(self) -> bool:
        """Tell whether a pass became a finding."""
        return self.was is State.PASS and self.now is State.FAIL


class Drift(NamedTuple):
    """What changed since a moment.

    Attributes:
        since: That moment, UTC, ``2026-11-25T13:00:00Z``.
        changes: Of each host those of its checks that moved, by the host's name.
        compared: Hosts that are known of both moments.
        hosts: What became of hosts as such, by name: one of :data:`HOSTS`.
    """

    since: str
    changes: Mapping[str, tuple[Change, ...]]
    compared: int
    hosts: Mapping[str, str] = {}

    @property
    def empty(self) -> bool:
        """Tell whether nothing changed at all."""
        return not (self.changes or self.hosts)

    def name_hosts(self, kind: str) -> list[str]:
        """Return the hosts of which that became, by name."""
        return sorted(host for host, became in self.hosts.items() if became == kind)


class Move(NamedTuple):
    """A check that moved in the same way on some hosts.

    Attributes:
        first: One of its changes.
        hosts: On how many hosts.
        examples: The first of them, at most ``EXAMPLES``.
    """

    first: Change
    hosts: int
    examples: tuple[Change, ...]


def group_changes(drift: Drift) -> dict[str, list[Move]]:
    """Return what moved by kind, in the order of :data:`KINDS`; in each regressions first, then the worse."""
    found: dict[_Key, list[Change]] = {}
    counts: dict[_Key, int] = {}
    for changes in drift.changes.values():
        for change in changes:
            key = (change.kind, change.check, change.was, change.now)
            counts[key] = counts.get(key, 0) + 1
            those = found.setdefault(key, [])
            if len(those) < EXAMPLES:
                those.append(change)
    kinds: dict[str, list[Move]] = {}
    for key, those in found.items():
        kinds.setdefault(those[0].kind, []).append(Move(those[0], counts[key], tuple(those)))
    return {kind: sorted(kinds[kind], key=_rank) for kind in KINDS if kind in kinds}


def _rank(move: Move) -> tuple[bool, int, int, str]:
    return not move.first.regression, move.first.severity.rank, -move.hosts, move.first.check


def describe_move(change: Change, language: str) -> str:
    """Return what a check was and is: ``pass → fail``; ``∅`` where it was not asked.

    Args:
        change: The check's.
        language: ``en`` or ``fr``.
    """
    sides = (change.was, change.now)
    return " → ".join(state_name(side, language).lower() if side else "∅" for side in sides)
