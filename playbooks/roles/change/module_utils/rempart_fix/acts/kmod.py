"""Drivers that are taken out of the kernel; one that is in use stays until it is free.

Spec: ``{name, loaded: false}``. What must not be loaded again says a file of its own.
"""

import os
import re
from typing import Any, List, Mapping, Set

from ..contract import BACK, Act, Refusal, Show, Undone
from ..place import Place
from ..sight import Sight

_NAME = re.compile(r"[a-z0-9_]+\Z")


def resolve(spec: Mapping[str, Any], sight: Sight) -> List[Act]:
    """Return the one act of a spec; ``[]`` where the driver is not loaded, or something uses it."""
    name = str(spec["name"]).replace("-", "_")
    if not _NAME.match(name):
        raise Refusal(f"{spec['name']!r} is no name of a driver", f"{spec['name']!r} n’est pas un nom de pilote")
    if spec["loaded"]:
        raise Refusal(
            f"{name}: a driver is taken out, never put in",
            f"{name}\u00a0: un pilote est retiré, jamais chargé d’autorité",
        )
    users = _find_users(sight.place, name)
    sight.note("driver " + name, users)
    gone = sight.planned("driver", "all", set())
    if users is None or users - gone:
        return []
    sight.plan("driver", "all", {*gone, name})
    return [{"kind": "kmod", "target": name, "before": {"loaded": True}, "after": {"loaded": False}}]


def _find_users(place: Place, name: str) -> Any:
    """Return who uses a driver that is loaded, ``?`` for what is none; None where it is not loaded."""
    try:
        with open(place.at("/proc/modules"), encoding="ascii", errors="replace") as file:
            lines = [line.split() for line in file]
    except OSError:
        return None
    for words in lines:
        if words[0] == name:
            users: Set[str] = {one for one in words[3].split(",") if one not in ("", "-")}
            return users if words[2] == str(len(users)) else {*users, "?"}
    return None


def do(act: Act, place: Place) -> Act:
    """See Kind.do. One that came into use meanwhile keeps nothing else from being done."""
    status, said = place.run(["modprobe", "-r", "--", act["target"]], 30)
    users = _find_users(place, act["target"])
    if users is None:
        return act
    if users:
        return dict(act, after={"loaded": True})
    raise Refusal(f"modprobe -r {act['target']}: {said[-300:] or status}")


def look(act: Act, place: Place) -> str:
    """See Kind.look."""
    loaded = _find_users(place, act["target"]) is not None
    return "after" if loaded == act["after"]["loaded"] else "before"


def undo(act: Act, place: Place, *, force: bool, dry: bool) -> Undone:
    """See Kind.undo. The file that keeps the driver out may still be there: it does not count here."""
    name = act["target"]
    if act["after"]["loaded"] or look(act, place) == "before":
        return BACK
    if not dry:
        status, said = place.run(["modprobe", "--ignore-install", "--", name], 30)
        if status or not os.path.isdir(place.at(f"/sys/module/{name}")):
            return Undone("stays", (f"modprobe: {said[-300:]}", f"modprobe\u00a0: {said[-300:]}"), f"modprobe {name}")
    return BACK


def settle(act: Act, place: Place) -> str:
    """See Kind.settle."""
    return {"after": "done", "before": "void"}[look(act, place)]


def show(act: Act, place: Place) -> Show:
    """See Kind.show."""
    words = {True: "loaded", False: "not loaded"}
    return Show(act["target"], words[act["before"]["loaded"]], words[act["after"]["loaded"]])
