"""What others stand on: fixes of other checks, of this change or of another that stands, that need an act or its file.

A fix that finds a thing as it wants it has no act of its own for it. What it wants is in its change's record: an act
that it would else have done stays at an undo, and where a file is given back that it wanted otherwise it is done anew.
Of another change only fixes count that have done something: one that found nothing to do has nothing to lose.
"""

import os
from typing import Any, Dict, List, Mapping, Set

from .contract import Act, Refusal
from .journal import Journal
from .place import Place

Fix = Mapping[str, Any]
_ANY = (
    "pam",
    "sshd",
    "sudoers",
    "accounts",
    "people",
    "idle_shells",
    "umask",
    "nft",
    "sysctl",
    "units",
    "clamd",
    "mounts",
    "rights",
)
"""Specs that name no file, and may want something of any."""


def covers(act: Act, fix: Fix) -> bool:
    """Tell whether a fix wants just what an act has done.

    That is a package, a state of a unit, a setting of the kernel, options of a mount, a folder for what it wants, a
    database of dconf.
    """
    if act["kind"] == "package":
        return not act.get("removal") and bool(set(act.get("names", [])) & _packages(fix))
    if act["kind"] == "unit":
        wants = [
            spec
            for spec in fix.get("units") or []
            if any(_is_unit(str(name), act["target"]) for name in spec.get("any_of") or [spec["name"]])
        ]
        return any(spec.get(act.get("what", "")) is act["after"].get("is") for spec in wants)
    if act["kind"] == "sysctl":
        names = {spec["name"]: str(spec["value"]) for spec in fix.get("sysctl") or []}
        return any(_path(name) == act["target"] and value == act["after"].get("value") for name, value in names.items())
    if act["kind"] == "mount":
        wants = fix.get("mounts") or []
        wants = [one for one in wants if act["target"] == one.get("path") or one.get("sort") in act.get("sorts", [])]
        if act.get("bound"):  # who wants options of a mount wants no mount where there is none
            return any(one.get("own") for one in wants)
        return any({*one["options"]} & {*act["added"]} for one in wants)
    if act["kind"] == "folder":
        return any(path.startswith(act["target"] + "/") for path in _paths(fix))
    if act["kind"] == "dconf":
        return any(act["target"] == f"/etc/dconf/db/{spec['database']}" for spec in fix.get("dconf") or [])
    return False


def _paths(fix: Fix) -> Set[str]:
    specs = [spec for name in ("folders", "files", "lines", "keys", "json") for spec in fix.get(name) or []]
    return {spec["path"] for spec in specs if not spec.get("absent")}


def _packages(fix: Fix) -> Set[str]:
    names: Set[str] = set()
    for spec in fix.get("packages") or []:
        if spec.get("state", "present") == "present":
            for given in [spec["name"]] if "name" in spec else spec["names"].values():
                names.update([given] if isinstance(given, str) else given)
    return names


def _is_unit(name: str, unit: str) -> bool:
    return unit in (name, name + ".service")


def _path(name: str) -> str:
    first = name.find("/"), name.find(".")
    slash = first[0] >= 0 and (first[1] < 0 or first[0] < first[1])
    return name if slash else name.translate(str.maketrans("./", "/."))


def touches(fix: Fix, targets: Set[str]) -> bool:
    """Tell whether a fix specs something of a file among some; a pattern may name any."""
    for name in ("files", "lines", "keys", "json", "modes", "folders"):
        for spec in fix.get(name) or []:
            if spec["path"] in targets or any(sign in spec["path"] for sign in "*?["):
                return True
    return any(fix.get(name) for name in _ANY)


def find_needs(act: Act, specs: Mapping[str, Fix]) -> List[str]:
    """Return the checks whose fixes need an act."""
    return [check for check, fix in specs.items() if covers(act, fix)]


def standing(journal: Journal) -> Dict[str, Fix]:
    """Return what the fixes of a change want that are not undone."""
    return {check: fix for check, fix in journal.specs.items() if check not in journal.gone}


def acting(journal: Journal) -> Dict[str, Fix]:
    """Return those of :func:`standing` that have acts of their own: a fix that found nothing to do asks for nothing."""
    busy = {check for entry in journal.acts() for check in entry.act.get("for", [])}
    return {check: fix for check, fix in standing(journal).items() if check in busy}


def find_others(place: Place) -> List[Place]:
    """Return the places of all other changes that this endpoint has a record of."""
    top = os.path.join(place.base, "changes")
    names = sorted(os.listdir(top)) if os.path.isdir(top) else []
    found = []
    for name in names:
        try:
            other = Place(name, place.root, place.base)
        except Refusal:
            continue
        if name != place.change and os.path.exists(os.path.join(other.folder, "acts.jsonl")):
            found.append(other)
    return found


def open_others(place: Place) -> List[Journal]:
    """Return the journals of all other changes; one that was tampered with is left out."""
    found = []
    for other in find_others(place):
        try:
            journal = Journal(other, "rollback")
        except Refusal:
            continue
        if journal.exists:
            found.append(journal)
    return found
