"""What the undo of some checks' fixes would take from others, that stay: of the same change, or of one made later."""

import os
from typing import Any, Dict, Iterable, List, Mapping, Set, Tuple

from .place import BASE, read_change
from .sight import hash_file, list_rules, see_path, see_sysctl, see_unit, split_rules, sysctl_path

FACTS = ("type", "mode", "uid", "gid", "xattrs", "target")
"""What of a path counts, beside its contents."""
_Manifest = Mapping[str, Any]
_Key = Tuple[str, str]


def own_tables(checks: Iterable[str]) -> Set[str]:
    """Return the names of the tables of nftables that the fixes of some checks make for themselves alone."""
    return {"rempart_" + check.lower().replace("-", "_") for check in checks}


def find_sharers(folder: str, manifest: _Manifest, checks: List[str], kept: List[str]) -> Dict[str, List[str]]:
    """Return the kept checks from which an undo of some others would take something, each with what that is.

    What a fix only might have touched, and stands as it was saved, is taken from nobody.

    Args:
        folder: Of the change.
        manifest: Of the change.
        checks: Those which are undone.
        kept: Those of the same change that are not.
    """
    moved = _find_moved(folder, manifest, checks, kept) if kept else set()
    found = {check: _find_shared(moved, manifest, check) for check in kept}
    return {check: shared for check, shared in found.items() if shared}


def find_later(folder: str, manifest: _Manifest, checks: List[str], kept: List[str]) -> List[str]:
    """Return what an undo would take from changes that were made later and stand, a line for each of them.

    A fix that found nothing to do has nothing that could be taken from it.
    """
    found = []
    top = os.path.join(BASE, "changes")
    moved: Set[_Key] = set()
    for name in sorted(os.listdir(top)):
        if name == manifest["change"] or not os.path.exists(os.path.join(top, name, "manifest.json")):
            continue
        place, other, _, state = read_change(name)
        if state["state"] == "reverted" or other["begun"] < manifest["begun"]:
            continue
        moved = moved or _find_moved(folder, manifest, checks, kept)
        stands = [check for check in other["checks"] if check not in state.get("undone", [])]
        shares = {check: _find_shared(moved, other, check) for check in stands}
        shared = {
            one for check in stands if shares[check] and _find_moved(place, other, [check], []) for one in shares[check]
        }
        if shared:
            found.append(f"{name}: {', '.join(sorted(shared))}")
    return found


def _find_shared(moved: Set[_Key], manifest: _Manifest, check: str) -> List[str]:
    """Return what of the things that would be moved a check's fix touches too."""
    shared: Set[str] = set()
    for number in manifest["checks"][check]["entries"]:
        entry = manifest["entries"][number]
        if entry["kind"] == "tree":
            inside = entry["path"] + "/"
            shared.update(name for kind, name in moved if kind == "path" and (name + "/").startswith(inside))
        elif _key(entry) in moved:
            shared.add(_key(entry)[1])
    return sorted(shared)


def _key(entry: Mapping[str, Any]) -> _Key:
    """Return what names a thing: how much of it was saved does not count."""
    if entry["kind"] == "sysctl":
        return "sysctl", sysctl_path(entry["name"])
    return entry["kind"], entry.get("path") or entry.get("name") or entry["kind"]


def _find_moved(folder: str, manifest: _Manifest, checks: List[str], kept: List[str]) -> Set[_Key]:
    """Return what an undo would change; packages are undone by their names, and so taken from nobody."""
    moved: Set[_Key] = set()
    numbers = {number for check in checks for number in manifest["checks"][check]["entries"]}
    for entry in (manifest["entries"][number] for number in sorted(numbers)):
        kind = entry["kind"]
        if kind == "tree":
            moved.update(("path", path) for path in list_new(entry))
        elif (
            (kind == "path" and _is_path_moved(entry))
            or (kind == "unit" and see_unit(entry["name"]) != entry)
            or (kind == "sysctl" and entry["value"] is not None and see_sysctl(entry["name"]) != entry)
            or (kind == "nftables" and list_tables(folder, entry, [*checks, *kept]))
        ):
            moved.add(_key(entry))
    return moved


def _is_path_moved(entry: Mapping[str, Any]) -> bool:
    now = see_path(entry["path"])
    if entry["type"] == now["type"] == "directory" or not entry["content"]:
        return any(now.get(name) != entry.get(name) for name in FACTS)
    if entry["type"] == "absent" and now["type"] == "directory":
        return not os.listdir(entry["path"])  # a folder in which something lies stays
    if any(now.get(name) != entry.get(name) for name in FACTS):
        return True
    return bool(entry["type"] == "file" and hash_file(entry["path"]) != entry["sha256"])


def list_new(entry: Mapping[str, Any]) -> List[str]:
    """Return what lies in a tree that was not there when it was saved, what lies deeper first."""
    known, found = set(entry["inside"]), []
    for where, folders, files in os.walk(entry["path"], topdown=False):
        found += [path for path in (os.path.join(where, name) for name in files + folders) if path not in known]
    return found


def list_tables(folder: str, entry: Mapping[str, Any], kept: Iterable[str] = ()) -> Dict[str, Tuple[str, str]]:
    """Return the tables of nftables that are not as they were saved: how each was, and how it is; ``""`` for not there.

    Tables that the fixes of kept checks have made are left out.
    """
    before = ""
    if entry["data"]:
        with open(os.path.join(folder, entry["data"]), encoding="utf-8") as file:
            before = file.read()
    old, now, others = split_rules(before), split_rules(list_rules()), own_tables(kept)
    names = sorted(name for name in old.keys() | now.keys() if name.split()[1] not in others)
    return {name: (old.get(name, ""), now.get(name, "")) for name in names if old.get(name) != now.get(name)}
