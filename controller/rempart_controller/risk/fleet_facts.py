"""What the newest results of a store say of hosts and organisational controls."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from rempart_core.error import UsageError
from rempart_core.messages.message import Message
from rempart_core.model.check import Severity
from rempart_core.model.history import HostState, Standing
from rempart_core.risk.facts import Asset, gather_controls, gather_host, is_organisation
from rempart_core.risk.fleet import prepare
from rempart_core.risk.numbers import Numbers
from rempart_core.risk.scenario import Situation


class Results(Protocol):
    """What is asked of a store."""

    def fleet(self, at: int | None = None) -> list[HostState]:
        """Return how each host stands."""

    def standings(self, at: int | None = None, host: str | None = None, *, details: bool = False) -> list[Standing]:
        """Return each check as it stood.

        Args:
            at: The moment; None for now.
            host: Of which host; None for all.
            details: Whether reason, evidence and waiver are wanted.
        """


def read_situation(
    store: Results, assets: Sequence[Asset], known: Mapping[str, Severity], now: int, numbers: Numbers
) -> Situation:
    """Return what scenarios are judged by; details of one host at a time are held.

    Args:
        store: Has the newest results.
        assets: What the register says of hosts.
        known: Severities of all checks that there are, by id.
        now: Seconds since 1970.
        numbers: The weights.

    Raises:
        UsageError: The store has no result at all.
    """
    everyone = store.fleet(now)
    if not everyone:
        raise UsageError(Message("risk.no_results"))
    organisations = [one for one in everyone if is_organisation(one)]
    controls = gather_controls(
        organisations,
        [standing for one in organisations for standing in store.standings(now, one.name, details=True)],
        now,
        numbers,
    )
    hosts = [
        gather_host(one, store.standings(now, one.name, details=True), assets, now, numbers)
        for one in everyone
        if not is_organisation(one)
    ]
    return Situation(prepare(hosts), controls, known, now)
