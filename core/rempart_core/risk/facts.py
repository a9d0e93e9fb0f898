"""What risk is reckoned from: the newest results of a store, and what registers say of hosts."""

from collections.abc import Iterable, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import NamedTuple

from rempart_core.model.history import HostState, Standing
from rempart_core.model.result import State
from rempart_core.risk.hazard import Finding
from rempart_core.risk.host import HostFacts
from rempart_core.risk.numbers import EXPOSURES, GRAVITIES, Numbers
from rempart_core.risk.scenario import CONTROL_STATES
from rempart_core.timestamps import write_moment

ORGANISATION = "organisation"
"""Platform and role of the target that is no host: its results are those of organisational controls."""
_DAY = 86_400


class Asset(NamedTuple):
    """What a register says of hosts.

    Attributes:
        pattern: Name of a host, or a glob of names or groups.
        gravity: G1 to G4; ``""`` where it is not said.
        exposure: One of ``EXPOSURES``; ``""`` where it is not said.
    """

    pattern: str
    gravity: str = ""
    exposure: str = ""


def is_organisation(host: HostState) -> bool:
    """Tell whether a target of the store is the organisation."""
    return ORGANISATION in {host.platform, host.role}


def gather_host(
    host: HostState, standings: Iterable[Standing], assets: Sequence[Asset], now: int, numbers: Numbers
) -> HostFacts:
    """Return what is known of a host.

    Args:
        host: As the store has it.
        standings: Its checks as they stand, with details.
        assets: What the register says of hosts.
        now: Seconds since 1970.
        numbers: The weights; they say when an answer is too old.
    """
    gravity = _choose(host, [(one.pattern, one.gravity) for one in assets], GRAVITIES)
    exposure = _choose(host, [(one.pattern, one.exposure) for one in assets], EXPOSURES)
    findings = tuple(_find(one, now) for one in standings)
    return HostFacts(host.name, gravity, exposure, findings, host.answered, is_unheard(host, now, numbers))


def is_unheard(host: HostState, now: int, numbers: Numbers) -> bool:
    """Tell whether a host did not answer when it was asked last, or answered too long ago.

    Args:
        host: As the store has it.
        now: Seconds since 1970.
        numbers: The weights; they say what is too long.
    """
    return host.silent or host.answered is None or now - host.answered > numbers.answer_days * _DAY


def gather_controls(
    hosts: Sequence[HostState], standings: Iterable[Standing], now: int, numbers: Numbers
) -> dict[str, str]:
    """Return what each organisational control comes to, one of ``CONTROL_STATES``; of several organisations the worst.

    Args:
        hosts: The organisations, as the store has them.
        standings: Their controls as they stand, with details.
        now: Seconds since 1970.
        numbers: The weights; they say when an answer is too old.
    """
    old = {one.name for one in hosts if is_unheard(one, now, numbers)}
    found: dict[str, str] = {}
    for one in standings:
        finding = _find(one, now)
        if one.host in old:
            finding = finding.unseen()
        state = {"fail": "gap", "failed_last": "gap", "unknown": "unknown", "waived": "waived"}.get(
            finding.cause, "kept"
        )
        worst = min(state, found.get(one.check, state), key=CONTROL_STATES.index)
        found[one.check] = worst
    return found


def _find(one: Standing, now: int) -> Finding:
    """Return what a check came to; a waiver that has ended is none any more."""
    waiver = one.detail.get("waiver")
    evidence = one.detail.get("evidence")
    end = waiver["end"][:10] if waiver else ""
    since = one.failing_since
    if since is None and one.state is State.FAIL:
        since = one.since
    return Finding(
        one.check,
        one.severity,
        one.state,
        waived=one.waived and end >= write_moment(now)[:10],
        failing_since=since,
        fallback=evidence is not None and evidence["statement"] == "fallback",
        title=one.title,
    )


def _choose(host: HostState, said: Sequence[tuple[str, str]], scale: Sequence[str]) -> str:
    """Return what is said of a host: of it by name, else the worst that any pattern says; ``""`` for nothing."""
    named = [value for pattern, value in said if pattern.lower() == host.name.lower() and value in scale]
    matching = [value for pattern, value in said if value in scale and _matches(pattern, host)]
    return max(named or matching, key=scale.index, default="")


def _matches(pattern: str, host: HostState) -> bool:
    return fnmatchcase(host.name.lower(), pattern.lower()) or fnmatchcase(host.group, pattern)


def count_unjudged(hosts: Sequence[HostFacts], controls: Mapping[str, str]) -> int:
    """Return how much of what was asked gave no verdict: hosts that are not heard, checks, and controls.

    Args:
        hosts: Of the fleet.
        controls: What each organisational control comes to that a scenario names.
    """
    checks = sum(one.applicable and not one.judged for host in hosts for one in host.findings)
    silent = sum(host.unheard for host in hosts)
    return checks + silent + sum(state in {"missing", "unknown"} for state in controls.values())
