"""The purge of packages that an undo removes: done where all that it would take away came with them, or is nobody's.

What that is, dpkg says (files of configuration and their sums), ucf (settings that scripts made), and the script that
runs at a purge (``postrm``): what lies where that one reaches has to be as it lay there right after the installation.
"""

import glob
import os
from contextlib import suppress
from typing import Any, Dict, Iterator, List, Mapping, Optional, Sequence, Set

from . import dpkg, exchange, kept_logs, settings
from .contract import Act
from .dpkg import Standing
from .place import Place
from .postrm import Reach, read_reach

_INFO = "/var/lib/dpkg/info"
_SEEN = {"/etc": 8, "/var/lib": 2, "/var/log": 2, "/var/spool": 2}
"""Where it is seen what was there before, and how deep."""
_MOST = 20_000  # entries of a folder that are looked at
_LARGEST = 1 << 20  # bytes of a file that is told by its content
_BACKUPS = ("{0}~", "{0}.bak", "{0}%", "{0}.dpkg-*", "{0}.~*~")
"""What dpkg takes away beside a file of configuration (its src/main/remove.c, ``removeconffexts``)."""


def see(place: Place) -> Set[str]:
    """Return the paths that are there before packages come, in the places that their scripts clear."""
    return {path for top, depth in _SEEN.items() for path in _list_below(top, depth, place)}


def _list_below(top: str, depth: int, place: Place) -> Iterator[str]:
    yield top
    with suppress(OSError):
        for entry in os.scandir(place.at(top)):
            path = os.path.join(top, entry.name)
            if depth > 1 and entry.is_dir(follow_symlinks=False):
                yield from _list_below(path, depth - 1, place)
            else:
                yield path


def _is_new(path: str, place: Place) -> bool:
    """Tell whether a path, or a folder above it, was not there before packages came."""
    top = next((top for top in _SEEN if path.startswith(top + "/")), "")
    if not top or not place.stood:
        return False
    parts = path[len(top) + 1 :].split("/")
    return any(os.path.join(top, *parts[:n]) not in place.stood for n in range(1, min(len(parts), _SEEN[top]) + 1))


def read_scripts(name: str, kinds: Sequence[str], place: Place) -> str:
    """Return the scripts of a package, one behind the other; ``""`` where it has none."""
    texts = []
    for path in _find_info(name, kinds, place):
        with suppress(OSError), open(path, encoding="utf-8", errors="replace") as file:
            texts.append(file.read())
    return "\n".join(texts)


def list_files(name: str, place: Place) -> Set[str]:
    """Return the paths that dpkg has of a package."""
    return set(read_scripts(name, ("list",), place).splitlines())


def _find_info(name: str, kinds: Sequence[str], place: Place) -> List[str]:
    folder = place.at(_INFO)
    ends = [f"{name}.{kind}" for kind in kinds]
    found = [os.path.join(folder, end) for end in ends if os.path.exists(os.path.join(folder, end))]
    return found or [
        path for kind in kinds for path in glob.glob(os.path.join(folder, f"{glob.escape(name)}:*.{kind}"))
    ]


def _read_reach(name: str, place: Place) -> Optional[Reach]:
    script = read_scripts(name, ("postrm",), place)
    return read_reach(script) if script else Reach([], set())


def find_came(names: Sequence[str], place: Place) -> Dict[str, Dict[str, Any]]:
    """Return the files that came where a purge of packages reaches, and were not there before: package and state."""
    found: Dict[str, Dict[str, Any]] = {}
    for name in names:
        reach = _read_reach(name, place)
        own = list_files(name, place)
        for path in _list_reached(reach, place) if reach else ():
            with suppress(OSError):
                small = os.lstat(place.at(path)).st_size <= _LARGEST
                if path not in own and small and _is_new(path, place):
                    found[path] = {"package": name, "state": exchange.look(place, path)}
    return found


def find_folders(names: Sequence[str], place: Place) -> List[str]:
    """Return the folders that came where a purge of packages reaches, and were not there before."""
    reaches = [_read_reach(name, place) for name in names]
    paths = {path.rstrip("/") for reach in reaches if reach for path in reach.paths if not glob.has_magic(path)}
    return sorted(path for path in paths if os.path.isdir(place.at(path)) and _is_new(path, place))


def _list_reached(reach: Reach, place: Place) -> Iterator[str]:
    """Return the files and links that lie where a purge reaches; the folder alone where there are too many."""
    for pattern in reach.paths:
        for real in glob.glob(place.at(pattern.rstrip("/"))) if glob.has_magic(pattern) else [place.at(pattern)]:
            if not os.path.lexists(real):
                continue
            count, top = 0, real.rstrip("/")
            if os.path.islink(top) or not os.path.isdir(top):
                yield _inside(top, place)
                continue
            for where, folders, files in os.walk(top):
                links = [one for one in folders if os.path.islink(os.path.join(where, one))]
                count += len(files) + len(folders)
                if count > _MOST:
                    yield _inside(top, place)
                    break
                yield from (_inside(os.path.join(where, one), place) for one in [*files, *links])


def _inside(real: str, place: Place) -> str:
    return os.path.normpath(real if place.root == "/" else "/" + os.path.relpath(real, place.root))


def find_strange(act: Act, names: Sequence[str], standing: Mapping[str, Standing], place: Place) -> Dict[str, str]:
    """Return which packages a purge may not take, and what of others lies there (``""``: that can't be told)."""
    ours: Set[str] = set(act.get("scraps", ()))
    for name in names:
        ours |= list_files(name, place) | set(standing[name].conffiles)
    found = {}
    for name in names:
        why = _find_strange(act, name, standing[name], ours, place)
        if why is not None:
            found[name] = why
    return found


def _find_strange(act: Act, name: str, one: Standing, ours: Set[str], place: Place) -> Optional[str]:
    data = act.get("data", [])
    # what a service writes while it is stopped for the removal is nobody's data
    if any(not _is_empty(path, place, act.get("scraps", ())) for path in data) and dpkg.has_postrm(place, name):
        return str(data[0])
    reach = _read_reach(name, place)
    if reach is None:
        return None if data else ""
    there = {account for names in act.get("there", {}).values() for account in names}
    if reach.accounts & there:
        return min(reach.accounts & there)
    backups = Reach([pattern.format(glob.escape(path)) for path in one.conffiles for pattern in _BACKUPS], set())
    reached = [path for path in _list_reached(reach, place) if not data or not path.startswith("/var/")]
    for path in [*reached, *_list_reached(backups, place)]:
        if kept_logs.is_log(path, place):
            continue
        if path not in ours and path not in place.gone and not _is_as_it_came(act, path, place):
            return path
    return None


def _is_as_it_came(act: Act, path: str, place: Place) -> bool:
    known = act.get("settings", {}).get(path) or act.get("came", {}).get(path)
    if known and exchange.same(exchange.look(place, path), known["state"]):
        return True
    real = place.at(path)
    return path.endswith(".log") and not os.path.islink(real) and os.path.isfile(real) and not os.path.getsize(real)


def list_safe(
    act: Act, names: Sequence[str], standing: Mapping[str, Standing], strange: Mapping[str, str], place: Place
) -> List[str]:
    """Return the packages whose purge takes nothing of anybody; what was there as settings before is not purged."""
    return [
        name
        for name in names
        if act["before"].get(name) != "rc"
        and name not in strange
        and not dpkg.find_edited(place, standing[name])
        and not settings.list_edited(act, name, place)
    ]


def list_logs(act: Act, names: Sequence[str], standing: Mapping[str, Standing], place: Place) -> List[str]:
    """Return the logs that a purge of packages would take, but for empty ones."""
    ours = {path for name in names for path in (*list_files(name, place), *standing[name].conffiles)}
    reaches = [_read_reach(name, place) for name in names]
    paths = {path for reach in reaches if reach for path in _list_reached(reach, place)}
    logs = [path for path in sorted(paths - ours) if kept_logs.is_log(path, place)]
    return [path for path in logs if os.path.getsize(place.at(path))]


def list_begun(act: Act, standing: Mapping[str, Standing]) -> List[str]:
    """Return the packages of which dpkg knows that they are to be purged: an undo that was cut off has begun it."""
    return [
        name
        for name, one in standing.items()
        if (one.want, one.status) == ("purge", "config-files") and act["before"].get(name) != "rc"
    ]


def purge(names: Sequence[str], standing: Mapping[str, Standing], place: Place, *, dry: bool) -> None:
    """Purge what is removed, or has been so far in a dry run."""
    if dry:
        for name in names:
            dpkg.pretend_purge(place, name, standing[name])
        return
    after = dpkg.query(place, list(names))
    for name in [name for name, one in after.items() if one.status == "config-files"]:
        place.run(["env", "DPKG_FRONTEND_LOCKED=true", "dpkg", "--purge", name], 600)


def name_kept(
    act: Act, rests: Sequence[str], standing: Mapping[str, Standing], strange: Mapping[str, str], place: Place
) -> List[str]:
    """Return packages whose configuration stays, each with a file for whose sake it does."""
    found = []
    for name in rests:
        edited = dpkg.find_edited(place, standing[name]) if name in standing else []
        edited += [path for path in settings.list_edited(act, name, place) if path not in edited]
        path = (edited or [strange.get(name, "")])[0]
        found.append(f"{name} ({path})" if path else name)
    return found


def remove_empty(act: Act, place: Place) -> None:
    """Remove folders that were not there before, and that packages left empty: dpkg leaves what one clears too late."""
    for path in sorted(act.get("folders", ()), reverse=True):
        with suppress(OSError):  # something lies there, or it is gone
            os.rmdir(place.at(path))


def _is_empty(folder: str, place: Place, scraps: Sequence[str]) -> bool:
    """Tell whether nothing lies in a folder but empty logs, scraps, and what would be gone by a dry run so far."""
    for where, _, names in os.walk(place.at(folder)):
        for name in names:
            path = os.path.join(where, name)
            inside = _inside(path, place)
            try:
                log = name.endswith(".log") and not os.path.islink(path) and os.path.getsize(path) == 0
                if inside not in place.gone and inside not in scraps and not log:
                    return False
            except OSError:
                return False
    return True
