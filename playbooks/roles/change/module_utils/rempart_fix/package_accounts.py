"""Accounts and groups that packages' own scripts made: told by their names there, and by the files of accounts before.

An act of packages holds as ``there`` which accounts of the system there were, and as ``accounts`` acts of the kind
``account`` for the lines and memberships that came.
"""

import glob
import re
from typing import Any, Dict, List, Mapping, Set, Tuple

from . import exchange
from .contract import Act, Text
from .entries import FIELDS, get_field, get_line, is_secret, members, neighbour
from .paths import find_real
from .place import Place

_LAST = 999
"""The highest number that accounts of packages have."""


def list_there(place: Place) -> Dict[str, List[str]]:
    """Return the names of the accounts and groups of the system, by file."""
    return {file: sorted(_list_names(_load(place, file))) for file in ("passwd", "group")}


def _list_names(text: str) -> List[str]:
    rows = [line.split(":") for line in text.splitlines()]
    return [row[0] for row in rows if len(row) > 2 and row[2].isdigit() and int(row[2]) <= _LAST]


def _load(place: Place, file: str) -> str:
    try:
        return exchange.read(place, find_real(place, "/etc/" + file)).decode("utf-8", "surrogateescape")
    except OSError:
        return ""


def find_came(act: Act, packages: Mapping[str, Tuple[str, Set[str]]], place: Place) -> List[Act]:
    """Return an act for each line and membership that came with packages.

    Args:
        act: Of the packages.
        packages: What scripts run at an installation say, and the paths, by package.
        place: Of the change.
    """
    if "there" not in act:
        return []
    text = "\n".join(_read_words(said, paths, place) for said, paths in packages.values())
    texts = {file: _load(place, file) for file in FIELDS}
    new = {
        file: [name for name in _list_names(texts[file]) if name not in act["there"][file] and _is_named(name, text)]
        for file in ("passwd", "group")
    }
    # a password that somebody has set since makes it theirs
    new["passwd"] = [
        n for n in new["passwd"] if not is_secret(get_field(texts["shadow"], "shadow", n, "password") or "")
    ]
    found = [one for name in new["passwd"] for one in _list_memberships(name, new["group"], texts)]
    for first, second in (("passwd", "shadow"), ("group", "gshadow")):
        for name in new[first]:
            found += [
                _make_act(file, name, line) for file in (first, second) if (line := get_line(texts[file], file, name))
            ]
    return found


def _read_words(said: str, paths: Set[str], place: Place) -> str:
    """Return what the scripts of a package say, and its files for systemd-sysusers."""
    texts = [said]
    for path in sorted(paths):
        if re.match(r"/usr/lib/sysusers\.d/[^/]+\.conf\Z", path):
            try:
                texts.append(exchange.read(place, path).decode("utf-8", "replace"))
            except OSError:
                continue
    return "\n".join(texts)


def _is_named(name: str, text: str) -> bool:
    return bool(re.search(rf"(?<![\w.-]){re.escape(name)}(?![\w-])", text))


def _make_act(file: str, name: str, line: str) -> Act:
    act: Act = {"kind": "account", "target": f"{file}[{name}]", "file": file, "name": name, "field": ""}
    act.update(how="line", before=None, after=line)
    return act


def _list_memberships(name: str, new: List[str], texts: Mapping[str, str]) -> List[Act]:
    """Return acts for the groups that an account that came is in, and that were there before."""
    found: List[Act] = []
    for file in ("gshadow", "group"):
        for line in texts[file].splitlines():
            group, listed = line.split(":")[0], line.rpartition(":")[2]
            if name in members(listed) and group not in new:
                act: Dict[str, Any] = {"kind": "account", "target": f"{file}[{group}].members {name}", "file": file}
                act.update(name=group, field="members", how="member", member=name, left=neighbour(listed, name))
                found.append(dict(act, before={"in": False}, after={"in": True}))
    return found


def find_theirs(acts: List[Act], place: Place) -> Dict[str, Text]:
    """Return accounts that came and others rely on: one that a package makes which is there, or put into a group since.

    Returns:
        What it is, by name.
    """
    found: Dict[str, Text] = {}
    for name in sorted({act["name"] for act in acts if act["how"] == "line"}):
        path = _find_maker(name, place)
        if path:
            found[name] = (f"{name} stands in {path}", f"{name} est dans {path}")
    names = {act["name"] for act in acts if act["how"] == "line" and act["file"] == "passwd"}
    groups = {act["name"] for act in acts if act["how"] == "member"}
    for line in _load(place, "group").splitlines():
        group, listed = line.split(":")[0], members(line.rpartition(":")[2])
        for name in names & set(listed):
            if group not in groups and group not in names:
                found[name] = (f"{name} is in group {group}", f"{name} est dans le groupe {group}")
    return found


def _find_maker(name: str, place: Place) -> str:
    """Return a file of a package that is there, by which its installation makes an account; ``""`` for none."""
    patterns = ("/usr/lib/sysusers.d/*.conf", *(f"/var/lib/dpkg/info/*.{kind}" for kind in ("postinst", "preinst")))
    for pattern in patterns:
        for path in sorted(glob.glob(place.at(pattern))):
            try:
                with open(path, encoding="utf-8", errors="replace") as file:
                    text = re.sub(r"(?m)^\s*#.*$", "", file.read())
            except OSError:
                continue
            if _is_named(name, text):
                return path if place.root == "/" else path[len(place.root) :]
    return ""
