"""A path field by field: what of it is still as we left it comes back, and what another changed since stays."""

import os
from typing import Any, Dict, List, Tuple

from . import calls
from .calls import State
from .contract import Moved, Text
from .paths import encode, open_folder
from .place import Place

FIELDS: Dict[str, Tuple[str, ...]] = {
    "content": ("type", "sha256", "to"),
    "mode": ("mode",),
    "owner": ("uid", "gid"),
    "attributes": ("xattrs",),
    "flags": ("flags",),
}
_WORDS: Dict[str, Text] = {
    "content": ("its content", "son contenu"),
    "mode": ("its mode", "son mode"),
    "owner": ("its owner", "son propriétaire"),
    "attributes": ("its ACL or attributes", "son ACL ou ses attributs"),
    "flags": ("its flags", "ses drapeaux"),
}


def part(state: State, field: str) -> Tuple[Any, ...]:
    """Return a field of a state, comparable."""
    return tuple(state.get(name) or None for name in FIELDS[field])


def compare(now: State, before: State, after: State) -> str:
    """Return ``after`` where every field that was changed stands as it was left, ``before`` where as it was."""
    if before["type"] == "absent" or after["type"] == "absent":
        for word, state in (("after", after), ("before", before)):
            if now["type"] == state["type"] and (now["type"] == "absent" or not differ(now, state)):
                return word
        return "moved"
    changed = differ(before, after)
    if all(part(now, field) == part(after, field) for field in changed):
        return "after"
    if all(part(now, field) == part(before, field) for field in changed):
        return "before"
    return "moved"


def differ(one: State, other: State) -> List[str]:
    """Return the fields in which two states differ."""
    return [field for field in FIELDS if part(one, field) != part(other, field)]


def take_back(now: State, before: State, after: State, *, force: bool) -> Tuple[State, List[str]]:
    """Return how a path shall stand after an undo, and the fields that another changed since and that stay.

    All three are there: files, links or folders.
    """
    target, moved = dict(now), []
    for field in differ(before, after):
        if part(now, field) == part(after, field) or (force and part(now, field) != part(before, field)):
            for name in FIELDS[field]:
                target.pop(name, None)
                if name in before:
                    target[name] = before[name]
            if field == "content" and "mtime" in before:
                target["mtime"] = before["mtime"]
        elif part(now, field) != part(before, field):
            moved.append(field)
    return target, moved


def say_moved(fields: List[str]) -> Text:
    """Return that some fields were changed since and stay."""
    en = " and ".join(_WORDS[field][0] for field in fields)
    fr = " et ".join(_WORDS[field][1] for field in fields)
    return f"{en} changed since, and stays", f"modifié depuis, et laissé\u00a0: {fr}"


def see_folder(place: Place, path: str) -> Tuple[State, int]:
    """Return how a folder or file stands but for its content, and a handle to it, which the caller closes.

    Raises:
        Moved: A link stands there, or on the way.
        OSError: It is not there.
    """
    parent = open_folder(place, os.path.dirname(path)) if path != "/" else os.open(place.root, os.O_RDONLY)
    try:
        flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
        try:
            handle = os.open(encode(os.path.basename(path) or "."), flags, dir_fd=parent)
        except OSError as error:
            if calls.see_type(parent, os.path.basename(path)) == "link":
                raise Moved(f"{path} has become a link", f"{path} est devenu un lien") from error
            raise
    finally:
        os.close(parent)
    found = os.fstat(handle)
    state: State = {"type": "there", "mode": found.st_mode & 0o7777, "uid": found.st_uid, "gid": found.st_gid}
    state.update({name: value for name, value in calls.see_dress(handle).items() if value})
    return state, handle
