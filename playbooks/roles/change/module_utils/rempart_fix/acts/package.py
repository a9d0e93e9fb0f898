"""Packages: installed by the one who asked and known by the transaction; taken back without anything of others.

Specs: ``{name: NAME or [NAMES], state: present | absent}``, or ``names: {debian: …, redhat: …}`` in place of ``name``;
``recommends: true`` where what is recommended comes too; ``data: [PATHS]``: folders that make a purge safe when empty;
``scraps: [PATHS]``: files there that count for nothing; ``unless_unit: [UNITS]``: where one of these is there already,
nothing has to be installed.
"""

import re
from typing import Any, Dict, List, Mapping

from .. import apt, dnf, systemd
from ..contract import BACK, Act, Refusal, Show, Undone
from ..place import Place
from ..sight import Sight
from ..systems import find_system

_NAME = r"[a-z0-9A-Z][a-z0-9A-Z+._-]*\Z"
_SYSTEMS: Dict[str, Any] = {"dpkg": apt, "rpm": dnf}


def resolve(spec: Mapping[str, Any], sight: Sight) -> List[Act]:
    """Return the one act of a spec; ``[]`` where all is as it should be."""
    system = find_system(sight)
    names = _name(spec, system)
    instead = [str(one) for one in spec.get("unless_unit") or []]
    there = [unit for unit in instead if systemd.is_there(sight.place, unit)]
    if instead:
        sight.note("units " + " ".join(instead), there)
    if not names or there:
        return []
    state = spec.get("state", "present")
    if state not in ("present", "absent"):
        raise Refusal(f"{state!r} is no state of a package", f"{state!r} n’est pas un état de paquet")
    return _SYSTEMS[system].resolve(names, state, spec, sight)  # type: ignore[no-any-return]


def _name(spec: Mapping[str, Any], system: str) -> List[str]:
    given = spec["names"].get({"dpkg": "debian", "rpm": "redhat"}[system], []) if "names" in spec else spec["name"]
    names = [given] if isinstance(given, str) else [str(one) for one in given]
    for name in names:
        if not re.match(_NAME, name):
            raise Refusal(f"{name!r} is no name of a package", f"{name!r} n’est pas un nom de paquet")
    return sorted(set(names))


def _module(act: Act) -> Any:
    return _SYSTEMS[act["system"]]


def do(act: Act, place: Place) -> Act:
    """See Kind.do: what came is taken from the record of the transaction itself."""
    return _module(act).do(act, place)  # type: ignore[no-any-return]


def look(act: Act, place: Place) -> str:
    """See Kind.look."""
    return _module(act).look(act, place)  # type: ignore[no-any-return]


def undo(act: Act, place: Place, *, force: bool, dry: bool) -> Undone:
    """See Kind.undo. Force takes nothing that others need."""
    return _module(act).undo(act, place, dry=dry)  # type: ignore[no-any-return]


def find_left(act: Act, place: Place) -> Undone:
    """Return what stands of an act that was undone."""
    return apt.find_left(act, place) if act["system"] == "dpkg" else BACK


def settle(act: Act, place: Place) -> str:
    """See Kind.settle: what a crash cut off is configured, and what came is written into the act."""
    return _module(act).settle(act, place)  # type: ignore[no-any-return]


def show(act: Act, place: Place) -> Show:
    """See Kind.show."""
    words = [", ".join(f"{name} {version}" for name, version in act[word].items()) for word in ("before", "after")]
    return Show(act["target"], *words)
