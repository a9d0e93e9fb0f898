"""Packages brought up to date in one transaction: what it did is recorded, and what came new with it can go again.

Spec: ``{finish: bool, security: bool}``: ``finish`` has dpkg finish first what was left half installed, ``security``
takes security updates alone where dnf is told of these. An undo takes the packages that came new, where nobody needs
them; what was upgraded stays, for its older versions are no longer in the archives.
"""

from typing import Any, Dict, List, Mapping

from .. import apt_upgrade, dnf_upgrade
from ..contract import BACK, Act, Show, Text, Undone
from ..place import Place
from ..sight import Sight
from ..systems import find_system
from .command import make_acts

_SYSTEMS: Dict[str, Any] = {"dpkg": apt_upgrade, "rpm": dnf_upgrade}
_NAMED = 5  # packages that a reason names


def resolve(spec: Mapping[str, Any], sight: Sight) -> List[Act]:
    """See Kind.resolve."""
    system = find_system(sight)
    first = make_acts("finish_packages", spec, sight) if spec.get("finish") and system == "dpkg" else []
    found = _SYSTEMS[system].simulate(sight.place, security=bool(spec.get("security")))
    sight.note("upgrade", [found.old, found.new])
    if not found.old and not found.new:
        return first
    act: Act = {"kind": "upgrade", "system": system, "target": "packages", "security": bool(spec.get("security"))}
    old = dict(found.old, **dict.fromkeys(found.came, "none"))
    return [*first, dict(act, before=old, after=found.new)]


def do(act: Act, place: Place) -> Act:
    """See Kind.do: what it did is taken from the record of the transaction itself."""
    return _SYSTEMS[act["system"]].do(act, place)  # type: ignore[no-any-return]


def look(act: Act, place: Place) -> str:
    """See Kind.look: what others have upgraded further since still stands."""
    now = _SYSTEMS[act["system"]].query_versions(place, list(act["after"]))
    if all(now.get(name, "none") == version for name, version in act["before"].items()):
        return "before"
    return "after"


def undo(act: Act, place: Place, *, force: bool, dry: bool) -> Undone:
    """See Kind.undo."""
    if look(act, place) == "before":
        return BACK
    module = _SYSTEMS[act["system"]]
    came = [name for name, version in act["before"].items() if version in ("none", "rc")]
    rest = module.take_new(act, came, place, dry=dry) if came else BACK
    old = {name: version for name, version in act["before"].items() if name not in came}
    if not old:
        return rest
    why = _say(old, act["after"])
    if rest.word != "back":
        why = (f"{why[0]}; {rest.why[0]}", f"{why[1]} ; {rest.why[1]}")
    return Undone("stays", why, module.by_hand(old))


def _say(old: Mapping[str, str], new: Mapping[str, str]) -> Text:
    names = sorted(name for name in old if name in new)
    rows = [f"{name} {old[name]} → {new[name]}" for name in names]
    rows = rows[:_NAMED] + ([f"… {len(rows) - _NAMED}"] if len(rows) > _NAMED else [])
    text = ", ".join(rows)
    return (
        f"what was upgraded stays, for archives drop older versions: {text}",
        f"ce qui a été mis à jour reste, car les archives abandonnent les anciennes versions\u00a0: {text}",
    )


def settle(act: Act, place: Place) -> str:
    """See Kind.settle: what a crash cut off is configured, and what came is written into the act."""
    return _SYSTEMS[act["system"]].settle(act, place)  # type: ignore[no-any-return]


def show(act: Act, place: Place) -> Show:
    """See Kind.show."""
    return Show("packages", *("".join(f"{name} {version}\n" for name, version in sorted(act[word].items()))
                              for word in ("before", "after")))  # fmt: skip
