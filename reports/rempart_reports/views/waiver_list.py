"""The waivers of an audit: of each its state, what it covers now, and where a finding is open again since it ended."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from rempart_core.model.result import AppliedWaiver, Run
from rempart_core.model.waiver import Waiver, applied
from rempart_reports.views.past import read_moment

EXAMPLES = 5  # hosts that are named of a waiver
STATES = ("expired", "in_force", "future")
_DAY = 86_400


class WaiverRow(NamedTuple):
    """One waiver; what a person wrote is untrusted.

    Attributes:
        check: The id of its check.
        said: Reason, owner, end, items and targets, as a result has them.
        ticket: Where the decision is filed; ``""`` where that is not said.
        state: One of ``STATES``.
        begins: First day, ``YYYY-MM-DD``, of one that has not begun; else ``""``.
        days: Days until it ends; None where it has ended, or nobody knows what day it is.
        findings: How many findings it covers, of as many hosts.
        hosts: The first of the hosts that it covers.
        again: On how many hosts a finding is open since it ended.
    """

    check: str
    said: AppliedWaiver
    ticket: str
    state: str
    begins: str = ""
    days: int | None = None
    findings: int = 0
    hosts: tuple[str, ...] = ()
    again: int = 0


class _Cover:
    """What one waiver covers while runs pass by."""

    __slots__ = ("again", "findings", "hosts")

    def __init__(self) -> None:
        self.findings = self.again = 0
        self.hosts: list[str] = []


class WaiverList:
    """Counts what waivers cover while runs pass by; memory grows with the waivers, not with hosts.

    Args:
        given: Those of the files that were read; what else is applied in runs is told too.
    """

    def __init__(self, given: Sequence[Waiver] = ()) -> None:
        self._given = {(one.check, applied(one)): one for one in given}
        self._by_check: dict[str, list[AppliedWaiver]] = {}
        for check, said in self._given:
            self._by_check.setdefault(check, []).append(said)
        self._covers: dict[tuple[str, AppliedWaiver], _Cover] = {key: _Cover() for key in self._given}
        self.open = 0
        self.covered = 0

    def add(self, run: Run) -> None:
        """Count the findings of one host."""
        for result in run.results:
            self.open += result.open
            if result.waived and result.waiver is not None:
                self.covered += 1
                for said in self._find(result.check, result.waiver):
                    cover = self._covers.setdefault((result.check, said), _Cover())
                    cover.findings += 1
                    if len(cover.hosts) < EXAMPLES:
                        cover.hosts.append(run.target.name)
            for expired in result.expired_waivers:
                key = (result.check, expired._replace(expired=False))
                self._covers.setdefault(key, _Cover()).again += result.open

    def _find(self, check: str, waiver: AppliedWaiver) -> list[AppliedWaiver]:
        """Return the waivers of the files that one in a result is made of: itself, or several that name items."""
        if (check, waiver) in self._given:
            return [waiver]
        owners, patterns = waiver.owner.split(", "), waiver.target.split(", ")
        reasons, items = waiver.reason.split("; "), set(waiver.items)
        parts = [
            one
            for one in self._by_check.get(check, ())
            if one.items
            and items.issuperset(one.items)
            and one.reason in reasons
            and one.owner in owners
            and one.target in patterns
        ]
        return parts or [waiver]

    def list(self, now: str) -> list[WaiverRow]:
        """Return the waivers: expired ones, then those in force, what ends first in front, then those to come.

        Args:
            now: When the report is written, UTC; where it is no time, the end of a waiver in force is not reckoned.
        """
        moment = read_moment(now)
        seconds = moment.timestamp() if moment else None
        rows = [self._row(*key, cover, seconds) for key, cover in self._covers.items()]
        return sorted(rows, key=lambda row: (STATES.index(row.state), row.said.end, row.check, row.said.reason))

    def _row(self, check: str, said: AppliedWaiver, cover: _Cover, now: float | None) -> WaiverRow:
        given = self._given.get((check, said))
        start, end = (given.start, given.end) if given else (0.0, _end_of(said.end))
        state = "in_force"
        if cover.again and not cover.findings:  # a result says so, whatever this clock says
            state = "expired"
        elif now is not None and not cover.findings:
            state = "expired" if end is not None and end < now else "future" if start > now else "in_force"
        return WaiverRow(
            check=check,
            said=said,
            ticket=given.ticket if given else said.ticket,
            state=state,
            begins=datetime.fromtimestamp(start, UTC).strftime("%Y-%m-%d") if state == "future" else "",
            days=max(int((end - now) // _DAY), 0) if state == "in_force" and end is not None and now else None,
            findings=cover.findings,
            hosts=tuple(cover.hosts),
            again=cover.again,
        )


def count_states(rows: Iterable[WaiverRow]) -> dict[str, int]:
    """Return how many waivers are in each state."""
    counts = dict.fromkeys(STATES, 0)
    for row in rows:
        counts[row.state] += 1
    return counts


def _end_of(text: str) -> float | None:
    """Return when an end that is written in a result is over, a day in UTC; None where it is no date."""
    try:
        end = datetime.fromisoformat(text.partition(" ")[0])
    except ValueError:
        return None
    return end.timestamp() if end.tzinfo else end.replace(tzinfo=UTC).timestamp() + _DAY
