"""Homes of people and the dot files in them: each its person's own, and closed to others.

What is given to somebody is theirs by more than its name: a home lies where root alone could have put something else in
its place, and a dot file may be read by its person already.
"""

import os
import stat
from typing import Any, Dict, Iterator, List, Mapping, NamedTuple, Optional, Tuple

from ..contract import Refusal
from ..paths import encode, find_real, is_guarded
from ..place import Place
from ..sight import Sight

Wish = Dict[str, Any]
Found = Iterator[Tuple[str, Wish]]
_NOBODY = (65534, 65535)
_CLOSED = (
    *("/usr/sbin/nologin", "/sbin/nologin", "/usr/bin/nologin", "/bin/nologin"),
    *("/usr/bin/false", "/bin/false"),
)
_SYSTEM = ("/bin", "/boot", "/dev", "/etc", "/lib", "/lib64", "/proc", "/run", "/sbin", "/sys", "/usr", "/var")
"""No home of a person lies here, whatever an account says: these are the system's."""


class Person(NamedTuple):
    """Who has a home: an account, by its line."""

    name: str
    uid: int
    gid: int
    home: str
    shell: str


def homes(spec: Mapping[str, Any], sight: Sight) -> Found:
    """Yield homes that are not their person's and first group's, or whose mode is wider than ``mode``.

    ``{mode, accepted}``. Left are a home that is missing, one of several people, of the system, at the top, in which
    the home of another lies, or in whose place somebody else than root could put another.
    """
    everybody = _read(sight)
    people = [one for one in everybody if _is_person(one)]
    accepted = set(spec.get("accepted") or [])
    for one in people:
        if one.name in accepted or one.home.count("/") < 2 or _is_shared(one, everybody) or _is_system(one.home):
            continue
        path = _find(sight.place, one.home)
        if path is None or _is_system(path) or not is_guarded(sight.place, path):
            continue
        status = _look(sight.place, path)
        if status is None or not stat.S_ISDIR(status.st_mode):
            continue
        wish = _narrow(status, str(spec["mode"]), one)
        if status.st_uid != one.uid:
            wish = _add(dict(wish, owner=str(one.uid)), "u+rwx")
        if wish:
            yield path, wish


def dot_files(spec: Mapping[str, Any], sight: Sight) -> Found:
    """Yield files of homes, root's too, that are not their person's and first group's, or wider than their mode.

    ``{files: [[name, mode], …]}``. Left are links, and what its person could not read: that may have been moved there.
    """
    everybody = _read(sight)
    people = [one for one in everybody if (one.uid == 0 and not _is_closed(one)) or _is_person(one)]
    for one in people:
        others = [other for other in people if other.home == one.home and (other.uid, other.gid) != (one.uid, one.gid)]
        folder = None if others or not one.home.startswith("/") else _find(sight.place, one.home)
        if folder is None:
            continue
        for name, mode in spec.get("files") or []:
            path = os.path.join(folder, str(name))
            status = None if "/" in str(name) else _look(sight.place, path)
            if status is None or not stat.S_ISREG(status.st_mode):
                continue
            wish = _narrow(status, str(mode), one)
            if status.st_uid != one.uid:
                if one.uid and not status.st_mode & 0o004:
                    continue
                wish = _add(dict(wish, owner=str(one.uid)), "u+rw")
            if wish:
                yield path, wish


def _narrow(status: os.stat_result, most: str, one: Person) -> Wish:
    """Return what takes the rights beyond a mode; another group gets none that others have not."""
    mode, kept = stat.S_IMODE(status.st_mode), int(most, 8)
    wish: Wish = {}
    if status.st_gid != one.gid:
        wish["group"] = str(one.gid)
        kept &= ~0o070 | (mode & 7) << 3
    return _add(wish, *_take(mode & ~kept))


def _take(bits: int) -> List[str]:
    words = []
    for who, shift in (("u", 6), ("g", 3), ("o", 0)):
        letters = "".join(letter for letter, bit in (("r", 4), ("w", 2), ("x", 1)) if bits >> shift & bit)
        words += [f"{who}-{letters}"] if letters else []
    return words + [word for word, bit in (("u-s", 0o4000), ("g-s", 0o2000), ("o-t", 0o1000)) if bits & bit]


def _add(wish: Wish, *words: str) -> Wish:
    mode = ",".join([*([wish["mode"]] if "mode" in wish else []), *words])
    return dict(wish, mode=mode) if mode else wish


def _is_person(one: Person) -> bool:
    return one.uid >= 1000 and one.uid not in _NOBODY and not _is_closed(one)


def _is_closed(one: Person) -> bool:
    return one.shell in _CLOSED


def _read(sight: Sight) -> List[Person]:
    found = []
    for line in (sight.read("/etc/passwd") or b"").decode("utf-8", "surrogateescape").splitlines():
        fields = line.split(":")
        if (
            len(fields) == 7
            and fields[0][:1] not in ("", "#", "+", "-")
            and fields[2].isdigit()
            and fields[3].isdigit()
        ):
            found.append(Person(fields[0], int(fields[2]), int(fields[3]), fields[5].rstrip("/"), fields[6].strip()))
    return found


def _is_shared(one: Person, everybody: List[Person]) -> bool:
    """Tell whether a home is another's too, or holds the home of another."""
    return any(
        (other.home == one.home and (other.uid, other.gid) != (one.uid, one.gid))
        or (other.home.startswith(one.home + "/") and other.uid != one.uid)
        for other in everybody
    )


def _is_system(path: str) -> bool:
    return any(path == one or path.startswith(one + "/") for one in _SYSTEM)


def _find(place: Place, home: str) -> Optional[str]:
    try:
        return find_real(place, home or "/", guarded=True)
    except (Refusal, OSError):
        return None


def _look(place: Place, path: str) -> Optional[os.stat_result]:
    try:
        return os.lstat(encode(place.at(path)))
    except OSError:
        return None


RULES = {"homes": homes, "dot_files": dot_files}
