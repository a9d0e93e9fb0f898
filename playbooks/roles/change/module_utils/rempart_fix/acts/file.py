"""A file whole: written, made or removed, with owner, mode, ACL, extended attributes and flags."""

import os
from typing import Any, List, Mapping

from .. import exchange
from ..calls import ABSENT, State
from ..contract import BACK, Act, Moved, Refusal, Show, Undone
from ..fields import compare, differ, say_moved, take_back
from ..owners import dress_spec
from ..paths import find_real
from ..place import Place
from ..showing import show_change
from ..sight import Sight
from ..validation import validate
from . import folder as folders


def resolve(spec: Mapping[str, Any], sight: Sight) -> List[Act]:
    """See Kind.resolve. ``{path, content | absent, mode, owner, group, validate}``."""
    absent = bool(spec.get("absent"))
    path = find_real(sight.place, spec["path"], last=not absent)
    now = see(sight, path)
    if absent:
        if now["type"] == "absent":
            return []
        if now["type"] not in ("file", "link"):
            raise Refusal(f"{path} is no plain file", f"{path} n’est pas un fichier ordinaire")
        exchange.expect_loose(sight.place, path, now)
        sight.plan("content", path, None)
        sight.plan("state", path, ABSENT)
        return [{"kind": "file", "target": path, "before": now, "after": ABSENT}]
    if now["type"] not in ("absent", "file"):
        raise Refusal(f"{path} is no plain file", f"{path} n’est pas un fichier ordinaire")
    data = spec["content"].encode("utf-8", "surrogateescape")
    after = dress_spec(spec, now, sight)
    after["sha256"] = sight.place.hold(data)
    if not differ(now, after):
        return []
    exchange.expect_loose(sight.place, path, now)
    if now.get("sha256") != after["sha256"]:
        validate(spec.get("validate"), path, data, sight)
        after.pop("mtime", None)
    acts = folders.resolve({"path": os.path.dirname(path)}, sight)
    sight.plan("content", path, data)
    sight.plan("state", path, after)
    return [*acts, {"kind": "file", "target": path, "before": now, "after": after}]


def see(sight: Sight, path: str) -> State:
    """Return how a path stands, by the acts resolved so far, and hold what a file holds.

    Raises:
        Refusal: It can't be read.
    """
    planned: State = sight.planned("state", path, {})
    if planned:
        return planned
    state = exchange.look(sight.place, path)
    sight.note("state " + path, {name: value for name, value in state.items() if name != "mtime"})
    if state["type"] == "file":
        data = sight.read(path)
        if data is None or sight.place.hold(data) != state["sha256"]:
            raise Moved(f"{path} is being written", f"{path} est en cours d’écriture")
    return state


def do(act: Act, place: Place) -> Act:
    """See Kind.do."""
    data = place.read(act["after"]["sha256"]) if act["after"]["type"] == "file" else b""
    how = exchange.change(place, act["target"], act["before"], act["after"], data)
    return act if how == "exchange" else dict(act, how=how)


def look(act: Act, place: Place) -> str:
    """See Kind.look."""
    return compare(exchange.look(place, act["target"]), act["before"], act["after"])


def undo(act: Act, place: Place, *, force: bool, dry: bool) -> Undone:
    """See Kind.undo."""
    path, before, after = act["target"], act["before"], act["after"]
    now = exchange.look(place, path)
    moved: List[str] = []
    if before["type"] == "absent":
        if now["type"] == "absent":
            return BACK
        ours = now["type"] == after["type"] and "content" not in differ(now, after)
        target = ABSENT
    elif after["type"] == "absent" or now["type"] == "absent":
        if now["type"] != "absent" and not differ(now, before):
            return BACK
        ours = now["type"] == after["type"] == "absent"
        target = before
    else:
        ours = True
        target, moved = take_back(now, before, after, force=force)
        if moved and not differ(now, target):
            ours = False
    if not ours and not force:
        return Undone("moved", say_moved(moved or ["content"]), by_hand(act, place))
    if target["type"] == "absent":
        place.gone.add(path)
    else:
        place.gone.discard(path)
    if dry:
        exchange.expect_folder(place, path)
        place.pretended[path] = target
    else:
        data = b""
        if target["type"] == "file" and target.get("sha256") != now.get("sha256"):
            data = place.read(target["sha256"])
        exchange.change(place, path, now, target, data, aside=force)
    if "content" in moved:
        return Undone("moved", say_moved(moved), by_hand(act, place))
    return Undone("back", say_moved(moved)) if moved else BACK


def by_hand(act: Act, place: Place) -> str:
    """Return the command that brings a file back as it was, by hand."""
    before = act["before"]
    if before["type"] == "file":
        kept = os.path.join(place.folder, "kept", before["sha256"])
        return f"install -m {before['mode']:04o} -o {before['uid']} -g {before['gid']} {kept} {act['target']}"
    if before["type"] == "link":
        return f"ln -sfn {before['to']} {act['target']}"
    return f"rm {act['target']}"


def settle(act: Act, place: Place) -> str:
    """See Kind.settle. What the exchange left is settled already."""
    return {"after": "done", "before": "void"}.get(look(act, place), "done")


def show(act: Act, place: Place) -> Show:
    """See Kind.show."""
    return show_change(act, place)
