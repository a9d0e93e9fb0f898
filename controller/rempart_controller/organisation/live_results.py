"""The last results of machines, as rows that registers are held against: of run documents, a store, or this audit.

A machine that did not answer shows nothing: what it said before is taken from the store, where there is one.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from rempart_agent.source.contract import Row
from rempart_core.error import UsageError
from rempart_core.model.check import ORGANISATION
from rempart_core.model.result import Run
from rempart_core.model.unheard import unheard
from rempart_core.timestamps import read_time, write_moment

if TYPE_CHECKING:
    from rempart_store.store import Store

_DAY = 86400
_SKEW = 3600  # seconds by which a clock may be ahead of ours


class LiveResults:
    """The last results of each host; those that are added later replace earlier ones of the same host.

    Attributes:
        results: Rows of ``org_live``, by host.
        hosts: Rows of ``org_hosts``, by host.
    """

    def __init__(self, now: int) -> None:
        """Begin with none.

        Args:
            now: The moment against which ages are counted, in seconds since 1970.
        """
        self._now = now
        self._seen: dict[str, int] = {}
        self.results: dict[str, list[Row]] = {}
        self.hosts: dict[str, Row] = {}

    def add_store(self, store: "Store") -> None:
        """Add what a store knows: the last answer of each host.

        Raises:
            StoreError: It can't be read.
        """
        answered = {}
        for one in store.fleet():
            if one.platform == ORGANISATION or one.answered is None:
                continue
            answered[one.name] = one.answered
            self._add_host(one.name, one.platform, one.system, "", one.answered)
        for standing in store.standings():
            at = answered.get(standing.host)
            if at is None:
                continue
            self.results[standing.host].append(
                {
                    "host": standing.host,
                    "check_id": standing.check,
                    "state": standing.state.value,
                    "severity": standing.severity.value,
                    "since": write_moment(standing.since),
                    "waived": int(standing.waived),
                    **self._age(at),
                }
            )

    def add_runs(self, runs: Iterable[Run]) -> None:
        """Add what runs found; of several of one host the newest counts."""
        for run in runs:
            target = run.target
            at = _moment(run.ended)
            if target.platform == ORGANISATION or unheard(run) is not None or at < self._seen.get(target.name, 0):
                continue
            self._add_host(target.name, target.platform, target.system, target.criticality, at)
            self.results[target.name] = [
                {
                    "host": target.name,
                    "check_id": result.check,
                    "state": result.state.value,
                    "severity": result.severity.value,
                    "since": "",
                    "waived": int(result.waived),
                    **self._age(at),
                }
                for result in run.results
            ]

    def _add_host(self, name: str, platform: str, system: str, criticality: str, at: int) -> None:
        self._seen[name] = at
        self.results[name] = []
        self.hosts[name] = {
            "host": name,
            "platform": platform,
            "system": system,
            "criticality": criticality,
            **self._age(at),
        }

    def _age(self, at: int) -> dict[str, str | int]:
        """Return when something was seen; what lies in the future is as old as anything can be: it proves nothing."""
        early = at <= self._now + _SKEW
        return {"seen": write_moment(at), "age_days": max(0, self._now - at) // _DAY if early else 10**6}


def _moment(text: str) -> int:
    """Return the time of a run document, in seconds since 1970; what is none is as old as anything can be."""
    try:
        return read_time(text) if text.endswith("Z") else 0
    except UsageError:
        return 0
