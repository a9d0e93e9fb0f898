"""Owner, mode, ACL and flags of a file or folder that is there; its content is not looked at."""

import os
from typing import Any, List, Mapping

from .. import calls, exchange
from ..calls import ABSENT, State
from ..contract import BACK, Act, Moved, Refusal, Show, Undone
from ..fields import compare, differ, say_moved, see_folder, take_back
from ..owners import dress_spec, name_owner
from ..paths import explain
from ..place import Place
from ..sight import Sight
from .line import expand


def resolve(spec: Mapping[str, Any], sight: Sight) -> List[Act]:
    """See Kind.resolve. ``{path, mode, owner, group, acl: none}``; what is not there has no mode: nothing.

    A path may be a pattern of files.
    """
    acts: List[Act] = []
    for path in expand(spec["path"], sight):
        acts += _resolve_one(path, spec, sight)
    return acts


def _resolve_one(path: str, spec: Mapping[str, Any], sight: Sight) -> List[Act]:
    planned: State = sight.planned("state", path, {}) or sight.planned("folder", path, {})
    now = dict(planned, type="there") if planned.get("type", "absent") != "absent" else _see(sight.place, path)
    sight.note("mode " + path, now)
    if now["type"] == "absent" or planned.get("type") == "absent":
        return []
    after = dict(dress_spec(spec, now, sight), type="there")
    if not differ(now, after):
        return []
    if now.get("flags", 0) & calls.FIXED:
        raise Refusal(
            f"{path} is immutable or append-only (chattr -ia {path})",
            f"{path} est immuable ou en ajout seul (chattr -ia {path})",
        )
    sight.plan("state" if "sha256" in planned else "folder", path, dict(after, type=planned.get("type", "there")))
    keep = ("type", "mode", "uid", "gid", "xattrs", "flags")
    now, after = ({name: state[name] for name in keep if name in state} for state in (now, after))
    return [{"kind": "mode", "target": path, "before": now, "after": after}]


def _see(place: Place, path: str) -> State:
    if path in place.pretended:
        state = dict(place.pretended[path])
        return ABSENT if state["type"] == "absent" else dict(state, type="there")
    try:
        state, handle = see_folder(place, path)
    except (FileNotFoundError, NotADirectoryError, Moved):
        return ABSENT
    os.close(handle)
    return state


def do(act: Act, place: Place) -> Act:
    """See Kind.do."""
    _set(act["target"], act["before"], act["after"], place)
    return act


def _set(path: str, before: State, after: State, place: Place) -> None:
    try:
        now, handle = see_folder(place, path)
    except OSError as error:
        raise explain(error, path) from error
    try:
        if differ(now, before):
            raise Moved(
                f"{path} was changed by somebody else at the same moment",
                f"{path} a été modifié au même moment par quelqu’un d’autre",
            )
        calls.dress(handle, after, now)
        os.fsync(handle)
    except OSError as error:
        raise explain(error, path) from error
    finally:
        os.close(handle)


def look(act: Act, place: Place) -> str:
    """See Kind.look."""
    now = _see(place, act["target"])
    return "moved" if now["type"] == "absent" else compare(now, act["before"], act["after"])


def undo(act: Act, place: Place, *, force: bool, dry: bool) -> Undone:
    """See Kind.undo."""
    path = act["target"]
    now = _see(place, path)
    if now["type"] == "absent":
        return Undone("moved", ("it is no longer there", "il n’est plus là"))
    target, moved = take_back(now, act["before"], act["after"], force=force)
    if moved and not differ(now, target):
        before = act["before"]
        by_hand = f"chown {before['uid']}:{before['gid']} {path} && chmod {before['mode']:04o} {path}"
        return Undone("moved", say_moved(moved), by_hand)
    if dry:
        file = exchange.look(place, path)
        place.pretended[path] = {**target, **{name: file[name] for name in ("type", "sha256") if name in file}}
    elif differ(now, target):
        _set(path, now, target, place)
    return Undone("back", say_moved(moved)) if moved else BACK


def settle(act: Act, place: Place) -> str:
    """See Kind.settle."""
    return "void" if look(act, place) == "before" else "done"


def show(act: Act, place: Place) -> Show:
    """See Kind.show."""
    return Show(act["target"], _words(act["before"], place), _words(act["after"], place))


def _words(state: State, place: Place) -> str:
    owner = name_owner(place, state)
    acl = ", ACL" if any(name.startswith("system.posix_acl") for name in state.get("xattrs", {})) else ""
    return f"mode {state['mode']:04o}, {owner}{acl}\n"
