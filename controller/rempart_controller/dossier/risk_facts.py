"""What risk is reckoned from at the date of a report: the answers of that moment, read once and kept small."""

from rempart_controller.risk.assessing import assess_results
from rempart_core.model.history import Detail, HostState, Standing
from rempart_core.registers.register import Registers
from rempart_core.risk.assessment import Assessment
from rempart_reports.views.dossier.gather import by_host
from rempart_reports.views.dossier.model import Moment


class MomentResults:
    """The answers of a moment by host; of each detail what risk is reckoned from: a waiver, and which statement saw it.

    Args:
        moment: What the store knows of it.
    """

    def __init__(self, moment: Moment) -> None:
        self._hosts = list(moment.hosts)
        self._standings = {
            host.name: [one._replace(detail=_keep(one.detail), digest="") for one in standings]
            for host, standings in by_host(moment)
        }

    def fleet(self, at: int | None = None) -> list[HostState]:
        """See Results.fleet."""
        return self._hosts

    def standings(self, at: int | None = None, host: str | None = None, *, details: bool = False) -> list[Standing]:
        """See Results.standings."""
        if host is not None:
            return self._standings.get(host, [])
        return [one for standings in self._standings.values() for one in standings]


def _keep(detail: Detail) -> Detail:
    kept: Detail = {}
    if (waiver := detail.get("waiver")) is not None:
        kept["waiver"] = waiver
    if (evidence := detail.get("evidence")) is not None and evidence["statement"] != "query":
        kept["evidence"] = {**evidence, "rows": []}
    return kept or _NOTHING


_NOTHING: Detail = {}


def assess_moment(moment: Moment, registers: Registers | None) -> Assessment:
    """Return the risk at the moment of a report.

    Args:
        moment: What the store knows of it.
        registers: What the organisation keeps; None where none were given.

    Raises:
        ContentError: Scenarios, weights or registers hold mistakes, or a signature is wrong.
    """
    return assess_results(MomentResults(moment), registers, (), moment.at)
