"""Packages: installed by the one who asked and known by the transaction; taken back without anything of others.

Specs: ``{name: NAME or [NAMES], state: present | absent}``, or ``names: {debian: …, redhat: …}`` in place of ``name``;
``recommends: true`` where what is recommended comes too; ``data: [PATHS]``: folders that make a purge safe when empty;
``scraps: [PATHS]``: files there that count for nothing; ``unless_unit: [UNITS]``: where one of these is there already,
nothing has to be installed.
"""

import re
from typing import Any, Dict, List, Mapping

from .. import apt, dnf, package_accounts, systemd
from ..contract import Act, Halfway, Refusal, Show, Text, Undone
from ..place import Place
from ..sight import Sight
from ..systems import find_system
from . import account

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
    acts: List[Act] = _SYSTEMS[system].resolve(names, state, spec, sight)
    accounts = package_accounts.list_there(sight.place)
    return [act if act.get("removal") else dict(act, there=accounts) for act in acts]


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
    try:
        return _module(act).do(act, place)  # type: ignore[no-any-return]
    except Halfway:
        raise
    except Refusal:  # what came is gone again
        _take_accounts(act, place)
        raise


def look(act: Act, place: Place) -> str:
    """See Kind.look."""
    return _module(act).look(act, place)  # type: ignore[no-any-return]


def undo(act: Act, place: Place, *, force: bool, dry: bool) -> Undone:
    """See Kind.undo. Force takes nothing that others need."""
    out: Undone = _module(act).undo(act, place, dry=dry)
    if dry or out.word != "back":
        return out  # what runs as an account, and its files, go with the packages: not known before
    return _add(out, _take_accounts(act, place))


def _take_accounts(act: Act, place: Place) -> Dict[str, Text]:
    """Take back the accounts that scripts of packages made and left; return those that somebody uses, and why."""
    acts, used = act.get("accounts", []), package_accounts.find_theirs(act.get("accounts", []), place)
    for one in acts:
        if one["how"] == "line" and account.look(one, place) == "moved":
            used.setdefault(one["name"], (f"{one['name']} was changed since", f"{one['name']} a été modifié depuis"))
    for one in acts:
        name = one["member"] if one["how"] == "member" else one["name"]
        if name not in used:
            left = account.undo(one, place, force=False, dry=False)
            if left.word != "back":
                used[name] = left.why
    return used


def _add(out: Undone, used: Mapping[str, Text]) -> Undone:
    if not used:
        return out
    en, fr = ("; ".join(why[word] for why in used.values()) for word in (0, 1))
    why = (f"accounts stay: {en}", f"des comptes restent\u00a0: {fr}")
    if out.why[0]:
        why = (f"{out.why[0]}; {why[0]}", f"{out.why[1]}\u202f; {why[1]}")
    return out._replace(why=why, by_hand=out.by_hand or "userdel " + " ".join(used))


def find_left(act: Act, place: Place) -> Undone:
    """Return what stands of an act that was undone."""
    out: Undone = _module(act).find_left(act, place)
    lines = [one for one in act.get("accounts", []) if one["how"] == "line" and one["file"] in ("passwd", "group")]
    left = sorted({one["name"] for one in lines if account.look(one, place) == "after"})
    return _add(out, {name: (name, name) for name in left})


def settle(act: Act, place: Place) -> str:
    """See Kind.settle: what a crash cut off is configured, and what came is written into the act."""
    return _module(act).settle(act, place)  # type: ignore[no-any-return]


def show(act: Act, place: Place) -> Show:
    """See Kind.show."""
    words = [", ".join(f"{name} {version}" for name, version in act[word].items()) for word in ("before", "after")]
    return Show(act["target"], *words)
