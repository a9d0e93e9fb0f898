"""Which hosts seem alike: of these one is rehearsed, and the others are compared with it on the hosts themselves."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from rempart_controller.remediation.records.plan import PlannedHost

_FEWEST = 9
"""Hosts of a kind from which comparing pays: fewer are rehearsed at a time, and would only wait for the first."""


def find_likes(
    hosts: Iterable[PlannedHost], told: Mapping[str, Mapping[str, Any]], fewest: int = _FEWEST
) -> dict[str, str]:
    """Return the host that each is compared with, by name; those that are rehearsed in any case are not named.

    Args:
        hosts: The hosts, in their order: the first of a kind is rehearsed.
        told: What Ansible is told of each that has fixes: which, and with which values.
        fewest: Hosts of a kind from which they are compared.
    """
    kinds: dict[str, list[str]] = {}
    for host in hosts:
        if host.name in told:
            kind = json.dumps([host.platform, host.system, told[host.name]], sort_keys=True, default=str)
            kinds.setdefault(kind, []).append(host.name)
    return {name: first for first, *others in kinds.values() if len(others) + 1 >= fewest for name in others}
