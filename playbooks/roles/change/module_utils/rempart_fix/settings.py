"""Settings that a package's own script made and registered with ucf: they go with it where they are as they came.

Sources: ucf(1), ucfr(1). ``registry`` names the package of each file, ``hashfile`` the MD5 of what the package brought.
A script may write into ``hashfile`` by itself and its purge forget that (clamav-freshclam: ``add_to_ucf`` of its
postinst; its postrm removes ``/etc/logrotate.d/clamav-freshclam`` without ``ucf --purge``): a sum that came goes too.
"""

import hashlib
import os
from typing import Any, Dict, List, Mapping, Sequence, Set, Tuple

from . import exchange
from .calls import ABSENT
from .place import Place

_KEPT = "/var/lib/ucf"
_LISTS = "/var/lib/dpkg/info"


def find_came(names: Sequence[str], place: Place) -> Dict[str, Dict[str, Any]]:
    """Return the settings that came with packages which were not there before: package and state of each, by path.

    What lay there before is not theirs, though it be the same: it is older than the list of the package's files.
    """
    registered = [(path, name) for name, path in _read("registry", place) if name in names]
    brought = {path: digest for digest, path in _read("hashfile", place)} if registered else {}
    found: Dict[str, Dict[str, Any]] = {}
    for path, name in registered:
        if not path.startswith("/etc/") or os.path.realpath(place.at(path)) != place.at(path):
            continue
        try:
            digest = hashlib.md5(exchange.read(place, path)).hexdigest()  # noqa: S324  # it is ucf's
            since = os.stat(place.at(path)).st_ctime - os.stat(_find_list(name, place)).st_ctime
        except OSError:
            continue
        if digest == brought.get(path) and since >= 0:
            found[path] = {"package": name, "state": exchange.look(place, path)}
    return found


def list_summed(place: Place) -> Set[str]:
    """Return the files of which ucf has a sum."""
    return {path for _, path in _read("hashfile", place)}


def find_sums(act: Mapping[str, Any], place: Place) -> Dict[str, Dict[str, str]]:
    """Return the sums that came into ucf's list with what packages brought: package and sum of each, by path.

    Of a file that had one before none is theirs; after a run that was cut off it is not known which had.
    """
    brought = {**act.get("came", {}), **act.get("settings", {})} if place.stood else {}
    new = [(digest, path) for digest, path in _read("hashfile", place) if path not in place.summed]
    return {path: {"package": brought[path]["package"], "sum": digest} for digest, path in new if path in brought}


def forget_sums(act: Mapping[str, Any], gone: Sequence[str], place: Place) -> None:
    """Take the sums that came with packages which are gone out of ucf's list, where they stand as they came.

    Where the file is there, or is registered for another, the sum is no longer that of the package.
    """
    sums = {path: one for path, one in act.get("sums", {}).items() if one["package"] in gone}
    known, registered = (_read(name, place) if sums else [] for name in ("hashfile", "registry"))
    for path, one in sorted(sums.items()):
        if [digest for digest, other in known if other == path] == [one["sum"]] and not (
            os.path.lexists(place.at(path)) or path in [other for _, other in registered]
        ):
            place.run(["ucf", "--purge", path])


def list_edited(act: Mapping[str, Any], name: str, place: Place) -> List[str]:
    """Return the settings that came with a package and are neither as they came nor gone."""
    found = []
    for path, one in sorted(act.get("settings", {}).items()):
        now = exchange.look(place, path)
        if one["package"] == name and now["type"] != "absent" and not exchange.same(now, one["state"]):
            found.append(path)
    return found


def take_back(act: Mapping[str, Any], gone: Sequence[str], place: Place, *, dry: bool) -> List[str]:
    """Remove the settings of packages that are gone, where they are as they came; return what somebody has edited."""
    edited = []
    registered = _read("registry", place)
    for path, one in sorted(act.get("settings", {}).items()):
        now = exchange.look(place, path)
        if one["package"] not in gone:
            continue
        if now["type"] == "absent":  # by the package's own purge, some of which forget to say so
            if not dry and (one["package"], path) in registered:
                place.run(["ucfr", "--purge", one["package"], path])
            continue
        if not exchange.same(now, one["state"]) or not os.path.exists(place.at("/usr/bin/ucf")):
            edited.append(path)
            continue
        place.gone.add(path)
        if dry:
            place.pretended[path] = ABSENT
            continue
        exchange.change(place, path, now, ABSENT)
        place.run(["ucf", "--purge", path])  # else it would not come again with the package
        place.run(["ucfr", "--purge", one["package"], path])
    return edited


def find_left(act: Mapping[str, Any], place: Place) -> List[str]:
    """Return the settings that came with packages and are there still."""
    return [path for path in sorted(act.get("settings", {})) if exchange.look(place, path)["type"] != "absent"]


def _find_list(name: str, place: Place) -> str:
    folder = place.at(_LISTS)
    found = [one for one in os.listdir(folder) if one.endswith(".list") and one[:-5].partition(":")[0] == name]
    return os.path.join(folder, found[0] if found else f"{name}.list")


def _read(name: str, place: Place) -> List[Tuple[str, str]]:
    try:
        with open(place.at(os.path.join(_KEPT, name)), encoding="utf-8", errors="replace") as file:
            lines = [line.split(None, 1) for line in file]
    except OSError:
        return []
    return [(words[0], words[1].strip()) for words in lines if len(words) == 2]
