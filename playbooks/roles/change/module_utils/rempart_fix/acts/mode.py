"""Owner, mode, ACL and flags of a file or folder that is there; its content is not looked at.

Where other accounts write, one of them may lay something else in a file's place at any moment. A careful act knows
its file (``file``: inode, how many names it has, and its generation: inodes are used again). Neither it nor its undo
touches another.
"""

import errno
import os
import stat
from typing import Any, List, Mapping, Optional, Tuple

from .. import calls, exchange
from ..calls import ABSENT, State
from ..contract import BACK, Act, Moved, Nothing, Refusal, Show, Undone
from ..fields import compare, differ, part, say_moved, see_folder, take_back
from ..owners import dress_spec, name_owner
from ..paths import encode, explain, printable
from ..place import Place
from ..sight import Sight
from .line import expand

_LEFT = (
    errno.ENOENT,
    errno.ENOTDIR,
    errno.ELOOP,
    errno.EROFS,
    errno.EPERM,
    errno.EACCES,
    errno.EOPNOTSUPP,
    errno.ENXIO,
)
"""Errors by which a careful act leaves its file as it is: the check goes on saying so."""
_LARGE = 1 << 20
File = Tuple[int, int, int]
"""Which file it is: inode, count of names (of a folder 1), generation."""


def resolve(spec: Mapping[str, Any], sight: Sight) -> List[Act]:
    """See Kind.resolve. ``{path, mode, owner, group, acl: none, careful}``; what is not there has no mode: nothing.

    A path may be a pattern of files. With ``careful`` only root's links are followed, where nobody else can lay one:
    what lies behind another is left, since who laid it would else keep a whole fix from being done.
    """
    acts: List[Act] = []
    careful = spec.get("careful") is True
    try:
        paths = expand(spec["path"], sight, guarded=careful)
    except Refusal:
        if not careful:
            raise
        return []
    for path in paths:
        acts += resolve_one(path, spec, sight, careful=careful)
    return acts


def resolve_one(path: str, spec: Mapping[str, Any], sight: Sight, *, careful: bool = False) -> List[Act]:
    """Return the act by which one file or folder, by its real path, gets what a spec says; ``[]`` where it has it.

    A careful one gives a file to another account only where it has one name, so that no other is given along with it.

    Raises:
        Refusal: Its flags keep it as it is; a careful one leaves it then.
    """
    planned: State = sight.planned("state", path, {}) or sight.planned("folder", path, {})
    there = planned.get("type", "absent") != "absent"
    seen, file = _find(sight.place, path)
    now = dict(planned, type="there") if there else seen
    sight.note("mode " + path, now)
    if now["type"] == "absent" or planned.get("type") == "absent" or (careful and file is None):
        return []
    after = dict(dress_spec(spec, now, sight), type="there")
    changed = differ(now, after)
    if not changed:
        return []
    if now.get("flags", 0) & calls.FIXED:
        if careful:
            return []
        raise Refusal(
            f"{path} is immutable or append-only (chattr -ia {path})",
            f"{path} est immuable ou en ajout seul (chattr -ia {path})",
        )
    if careful and file and file[1] > 1 and "owner" in changed and after["uid"] not in (0, now["uid"]):
        return []
    sight.plan("state" if "sha256" in planned else "folder", path, dict(after, type=planned.get("type", "there")))
    keep = ("type", "mode", "uid", "gid", "xattrs", "flags")
    now, after = ({name: state[name] for name in keep if name in state} for state in (now, after))
    act: Act = {"kind": "mode", "target": path, "before": now, "after": after}
    return [dict(act, file=list(file)) if careful and file else act]


def _see(place: Place, path: str) -> State:
    return _find(place, path)[0]


def _find(place: Place, path: str) -> Tuple[State, Optional[File]]:
    """Return how a path stands, and which file or folder it is, where it is one."""
    if path in place.pretended:
        state = dict(place.pretended[path])
        return ABSENT if state["type"] == "absent" else dict(state, type="there"), None
    try:
        state, handle = see_folder(place, path)
    except (FileNotFoundError, NotADirectoryError, Moved):
        return ABSENT, None
    except OSError as error:
        if error.errno != errno.ENXIO:  # a socket
            raise
        return ABSENT, None
    try:
        return state, _identify(handle)
    finally:
        os.close(handle)


def _identify(handle: int) -> Optional[File]:
    """Return which file or folder is open; None of anything else."""
    found = os.fstat(handle)
    if not stat.S_ISDIR(found.st_mode) and not stat.S_ISREG(found.st_mode):
        return None
    return found.st_ino, found.st_nlink if stat.S_ISREG(found.st_mode) else 1, calls.see_generation(handle)


def _is_one(act: Act, file: Optional[File]) -> bool:
    """Tell whether the file of a careful act is this one, and has no further names."""
    inode, names, generation = act["file"]
    return file is not None and (file[0], file[2]) == (inode, generation) and file[1] <= names


def do(act: Act, place: Place) -> Act:
    """See Kind.do. What lies in the place of a careful act's file by now is left, and so is what can't be changed."""
    if "file" not in act:
        _set(act, act["before"], act["after"], place)
        return act
    try:
        _set(act, act["before"], act["after"], place)
    except Refusal as error:
        cause = error.__cause__
        if isinstance(error, Moved) or (isinstance(cause, OSError) and cause.errno in _LEFT):
            raise Nothing(*error.text) from error
        raise
    return act


def _set(act: Act, before: State, after: State, place: Place) -> None:
    path, careful = act["target"], "file" in act
    try:
        now, handle = see_folder(place, path)
    except OSError as error:
        raise explain(error, path) from error
    try:
        if differ(now, before) or (careful and not _is_one(act, _identify(handle))):
            raise Moved(
                f"{path} was changed by somebody else at the same moment",
                f"{path} a été modifié au même moment par quelqu’un d’autre",
            )
        calls.dress(handle, after, now)
        if not careful:  # of many the record alone is brought to disk: an undo looks at how each stands
            os.fsync(handle)
    except OSError as error:
        raise explain(error, path) from error
    finally:
        os.close(handle)


def look(act: Act, place: Place) -> str:
    """See Kind.look."""
    now, file = _find(place, act["target"])
    if now["type"] == "absent" or _is_other(act, file, place):
        return "moved"
    return compare(now, act["before"], act["after"])


def _is_other(act: Act, file: Optional[File], place: Place) -> bool:
    return "file" in act and act["target"] not in place.pretended and not _is_one(act, file)


def undo(act: Act, place: Place, *, force: bool, dry: bool) -> Undone:
    """See Kind.undo."""
    path = act["target"]
    now, file = _find(place, path)
    if now["type"] == "absent":
        return Undone("moved", ("it is no longer there", "il n’est plus là"))
    if _is_other(act, file, place):  # whatever is asked for: what was taken from one is not given to another
        return Undone("moved", ("another file lies there by now", "un autre fichier s’y trouve désormais"))
    owners = [part(act[one], "owner") for one in ("before", "after")]
    if "file" in act and not force and part(now, "owner") not in owners:  # what was theirs is not to be opened
        return Undone("moved", say_moved(["owner"]))
    target, moved = take_back(now, act["before"], act["after"], force=force)
    if moved and not differ(now, target):
        before = act["before"]
        by_hand = f"chown {before['uid']}:{before['gid']} {path} && chmod {before['mode']:04o} {path}"
        return Undone("moved", say_moved(moved), by_hand)
    if dry:
        seen = exchange.look(place, path) if _is_small(place, path) else {"type": "file"}
        place.pretended[path] = {**target, **{name: seen[name] for name in ("type", "sha256") if name in seen}}
    elif differ(now, target):
        _set(act, now, target, place)
    return Undone("back", say_moved(moved)) if moved else BACK


def _is_small(place: Place, path: str) -> bool:
    """Tell whether the content of a file may be looked at, for other acts on it: none of ours writes to a large one."""
    return os.lstat(encode(place.at(path))).st_size <= _LARGE


def settle(act: Act, place: Place) -> str:
    """See Kind.settle."""
    return "void" if look(act, place) == "before" else "done"


def show(act: Act, place: Place) -> Show:
    """See Kind.show."""
    where = f", {printable(act['target'])}" if "file" in act else ""  # of many, each line says which
    return Show(act["target"], _words(act["before"], place, where), _words(act["after"], place, where))


def _words(state: State, place: Place, where: str) -> str:
    owner = name_owner(place, state)
    acl = ", ACL" if any(name.startswith("system.posix_acl") for name in state.get("xattrs", {})) else ""
    return f"mode {state['mode']:04o}, {owner}{acl}{where}\n"
