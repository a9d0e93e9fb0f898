"""What Ansible is told of each host beside the inventory: which fixes, with which values.

It is an inventory of its own. A value may come from a host's answer or from a plan, and Ansible would run what stands
between its braces; so the values travel as base64 of JSON, and the playbooks take them apart: what comes out of a
filter is no template any more (ansible-core 2.19 and newer).
"""

import base64
import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence

from rempart_controller.remediation.ansible.event import Told
from rempart_controller.remediation.records.plan import PlannedFix, PlannedHost
from rempart_core.json_value import Json, JsonObject

_FEWEST = 9
"""Hosts of a kind from which comparing pays: fewer are rehearsed at a time, and would only wait for the first."""


def variables_of(change: str, fixes: Sequence[PlannedFix], holder: str, revert_after: int) -> dict[str, Json]:
    """Return what ``apply.yml`` is told of a host.

    Args:
        change: Id of the change.
        fixes: Those of the host.
        holder: Who makes the change, in words.
        revert_after: Seconds after which the host takes a risky fix back that nobody confirms.
    """
    named = [({"id": fix.check, "role": fix.role}, fix.risky) for fix in fixes]
    return {
        "change": change,
        "holder": holder,
        "revert_after": revert_after,
        "safe": [fix for fix, risky in named if not risky],
        "risky": [fix for fix, risky in named if risky],
        "values": {check: values for fix in fixes for check, values in fix.beside.items()}
        | {fix.check: fix.parameters for fix in fixes},
    }


def find_likes(hosts: Iterable[PlannedHost], told: Told, fewest: int = _FEWEST) -> dict[str, str]:
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


def write_overlay(
    folder: str,
    hosts: Told,
    *,
    own_way: bool = False,
    group: str = "all",
    groups: Mapping[str, Sequence[str]] = {},
) -> str:
    """Write the inventory of some hosts' data into a private folder, and return its path.

    Args:
        folder: The folder.
        hosts: Their data, by name.
        own_way: Whether each host is reached through a connection of this run's own, which lives in the folder: one
            that another run has left may hang where its host has vanished.
        group: The group that they are put into.
        groups: Further groups, with their hosts.
    """
    path = os.path.join(folder, "overlay.yml")
    lines = ["---", f"{group}:", "  hosts:"] if hosts else ["---", "all: {}"]
    for number, (name, data) in enumerate(hosts.items()):
        lines.append(f"    {json.dumps(name)}: # {', '.join(_name_fixes(data))}".removesuffix(" # "))
        lines.append(f"      rempart_data: {base64.b64encode(json.dumps(data).encode()).decode()}")
        if own_way:
            lines.append(
                f"      ansible_control_path: {json.dumps(os.path.join(folder, f'c{number}').replace('%', '%%'))}"
            )
    for further, names in groups.items():
        lines += [f"{further}:", "  hosts:", *(f"    {json.dumps(name)}:" for name in names)] if names else []
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")
    return path


def _name_fixes(data: JsonObject) -> Iterator[str]:
    for kind in ("safe", "risky"):
        fixes = data.get(kind)
        yield from (str(fix["id"]) for fix in fixes) if isinstance(fixes, list) else ()
