"""Which units the start of the system pulls in: from ``default.target`` on, through links and settings (bootup(7)).

A unit that is enabled is started only if what it is enabled under is started too. What D-Bus, udev, a generator or
the kernel's command line starts is not among them.
"""

from typing import Dict, List, Optional, Set

from rempart_agent.models.unit import name as names
from rempart_agent.models.unit.load import LOADED, Unit, Units

_PULLS = ("Wants", "Requires", "BindsTo", "Upholds")
_STARTED_BY = ("timer", "socket", "path")


def started(units: Units) -> Optional[Set[str]]:
    """Return the names of all units that ``default.target`` pulls in, aliases included; None where there is none."""
    if units.load("default.target").load != LOADED:
        return None
    owners: Dict[str, List[str]] = {}
    for name, pulls in units.folders.pulls.items():
        for pull in pulls:
            if pull.name == name:
                owners.setdefault(pull.owner, []).append(name)
    found: Set[str] = set()
    todo = ["default.target"]
    while todo:
        name = todo.pop()
        if name in found or not names.kind(name):
            continue
        found.add(name)
        unit = units.load(name)
        if unit.load != LOADED:
            continue
        own = {name, unit.name, *unit.aliases}
        found |= own
        for one in own:
            todo += owners.get(one, [])
            todo += owners.get(names.template(one), [])
        todo += _named(unit)
    return found


def _named(unit: Unit) -> List[str]:
    """Return the units that a unit's settings pull in, and those that every unit of its kind does."""
    found: List[str] = []
    for setting in unit.settings:
        if setting.section == "Unit" and setting.key in _PULLS:
            for word in setting.value.split():
                try:
                    found.append(names.expand(word, unit.called))
                except ValueError:
                    continue
    kind = names.suffix(unit.name)
    bare = unit.value("Unit", "DefaultDependencies").lower() in ("0", "no", "n", "false", "f", "off")
    if kind in ("service", *_STARTED_BY) and not bare:
        found.append("sysinit.target")
    return found
