"""What the checks of a fleet come to for each requirement of a framework, rolled up over its hosts."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from rempart_core.model.framework import Framework
from rempart_core.model.result import Result
from rempart_core.text import Text
from rempart_reports.views.host import kind_of
from rempart_reports.views.requirement import VERDICTS, RequirementVerdict, order_frameworks, order_requirements

_GAP, _UNJUDGED, _ACCEPTED, _SEEN, _NOTHING = range(len(VERDICTS))
_RANKS = {
    "fail": _GAP,
    "known": _GAP,
    "error": _UNJUDGED,
    "not_checked": _UNJUDGED,
    "waived": _ACCEPTED,
    "pass": _SEEN,
    "not_applicable": _NOTHING,
}


class FleetRequirement(NamedTuple):
    """One requirement over a fleet.

    Attributes:
        name: Its id, untrusted.
        title: What it is about; None where that is not known.
        verdict: What the checks come to on all hosts together.
        checks: Ids of the checks that the verdict is from.
    """

    name: str
    title: Text | None
    verdict: RequirementVerdict
    checks: tuple[str, ...] = ()


class _Tally:
    """One requirement while runs pass by: hosts by what they come to, checks by what they came to anywhere."""

    __slots__ = ("checks", "hosts", "until")

    def __init__(self) -> None:
        self.hosts = [0] * len(VERDICTS)
        self.checks: list[dict[str, None]] = [{} for _ in VERDICTS]
        self.until = ""


class FleetRequirements:
    """Rolls up requirements while runs pass by; memory grows with requirements and checks, not with hosts.

    Args:
        known: The frameworks whose requirements are known, by id.
    """

    def __init__(self, known: Mapping[str, Framework]) -> None:
        self._known = known
        self._tallies: dict[str, dict[str, _Tally]] = {}
        self._unheard = 0
        self._supported: dict[str, tuple[Mapping[str, Sequence[str]], Sequence[_Tally]]] = {}
        self._noted: set[tuple[str, int]] = set()  # checks that stand in all of their tallies, by what they came to

    def add_unheard(self, asked: Iterable[Result] = ()) -> None:
        """Add a host that gave no answer: nothing that was asked of it was judged.

        Args:
            asked: A result of each check that it was asked; without any, all requirements count as asked.
        """
        tallies: dict[_Tally, None] = {}
        some = False
        for result in asked:
            some = True
            for tally in self._tallies_of(result):
                tally.checks[_UNJUDGED][result.check] = None
                tallies[tally] = None
        for tally in tallies:
            tally.hosts[_UNJUDGED] += 1
        self._unheard += not some

    def add(self, results: Iterable[Result]) -> None:
        """Add the results of one host: on it the worst that a check came to is what a requirement comes to."""
        found: list[list[_Tally]] = [[] for _ in VERDICTS]
        for result in results:
            rank = _RANKS[kind_of(result)]
            tallies = self._tallies_of(result)
            if (result.check, rank) not in self._noted:
                self._noted.add((result.check, rank))
                for tally in tallies:
                    tally.checks[rank][result.check] = None
            if rank == _ACCEPTED and result.waiver is not None:
                for tally in tallies:
                    tally.until = min(tally.until or result.waiver.end, result.waiver.end)
            found[rank] += tallies
        host: dict[_Tally, int] = {}
        for rank in reversed(range(len(VERDICTS))):  # the worst comes last, and stays
            host.update(dict.fromkeys(found[rank], rank))
        for tally, rank in host.items():
            tally.hosts[rank] += 1

    def _tallies_of(self, result: Result) -> Sequence[_Tally]:
        """Return the tallies of what a check supports; what hosts share is looked up once."""
        known = self._supported.get(result.check)
        if known is not None and (known[0] is result.controls or known[0] == result.controls):
            return known[1]
        found = []
        for framework, requirements in result.controls.items():
            tallies = self._tallies.setdefault(framework, {})
            found += [tallies.setdefault(requirement, _Tally()) for requirement in requirements]
        self._noted -= {(result.check, rank) for rank in range(len(VERDICTS))}  # it may support others than before
        self._supported[result.check] = result.controls, tuple(dict.fromkeys(found))
        return self._supported[result.check][1]

    def list(self) -> list[tuple[str, list[FleetRequirement]]]:
        """Return each framework with its requirements, also those of a known one that nothing asks."""
        found = []
        for framework in order_frameworks(self._tallies):
            tallies = self._tallies[framework]
            known = self._known[framework].requirements if framework in self._known else {}
            rows = [
                FleetRequirement(
                    name, known[name].title if name in known else None, *_judge(tallies[name], self._unheard)
                )
                for name in order_requirements(tallies)
            ]
            rows += [
                FleetRequirement(name, one.title, RequirementVerdict("nothing"))
                for name, one in known.items()
                if name not in tallies
            ]
            found.append((framework, rows))
        return found


def _judge(tally: _Tally, unheard: int) -> tuple[RequirementVerdict, tuple[str, ...]]:
    """Return what a requirement comes to: a gap anywhere is one; what was seen is said of the hosts it was seen on."""
    hosts = [found + (unheard if rank == _UNJUDGED else 0) for rank, found in enumerate(tally.hosts)]
    order = (_GAP, _ACCEPTED, _SEEN, _UNJUDGED, _NOTHING)
    rank = next(rank for rank in order if hosts[rank])
    judged = tally.checks[_GAP] | tally.checks[_ACCEPTED] | tally.checks[_SEEN]
    told = judged if rank == _SEEN else tally.checks[rank]
    verdict = RequirementVerdict(
        VERDICTS[rank],
        len(judged),
        tally.until if rank == _ACCEPTED else "",
        hosts[rank],
        hosts[_UNJUDGED],
    )
    return verdict, tuple(sorted(told))
