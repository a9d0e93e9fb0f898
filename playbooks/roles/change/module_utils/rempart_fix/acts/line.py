"""Lines of a file that others write to as well: an undo takes ours out, wherever they lie by now."""

import glob
import os
import re
from typing import Any, Callable, List, Mapping

from .. import exchange
from ..calls import ABSENT, State
from ..contract import BACK, Act, Refusal, Show, Text, Undone
from ..fields import differ, part, say_moved, take_back
from ..owners import dress_spec
from ..paths import find_real
from ..place import Place
from ..resolve.lines import apply_lines
from ..resolve.pam_jumps import find_broken
from ..showing import mask, show_change
from ..sight import Sight
from ..texts import Reverted, drop, find_edits, join, revert, split
from ..validation import validate
from . import file as files
from . import folder as folders

_OF_PAM = re.compile(r"/etc/(pam[.]d|authselect)/")
Apply = Callable[[List[str], Mapping[str, Any]], List[str]]


def resolve(spec: Mapping[str, Any], sight: Sight) -> List[Act]:
    """See Kind.resolve. ``{path, match, line | block | absent | replace, all, after, before, create, …}``."""
    return resolve_by(apply_lines, spec, sight)


def resolve_by(apply: Apply, spec: Mapping[str, Any], sight: Sight) -> List[Act]:
    """Resolve a spec that is a function of a file's lines; its path may be a pattern."""
    acts: List[Act] = []
    for path in expand(spec["path"], sight, links=spec.get("links", True) is not False):
        acts += _resolve_one(apply, dict(spec, path=path), sight)
    return acts


def expand(pattern: str, sight: Sight, *, links: bool = True, guarded: bool = False) -> List[str]:
    """Return the files that a path or pattern names, by their real paths, each once; ``links``: behind one too.

    Raises:
        Refusal: Of a link, where they are to be ``guarded``: see :func:`find_real`.
    """
    if not any(sign in pattern for sign in "*?["):
        return (
            [find_real(sight.place, pattern, guarded=guarded)]
            if links or not os.path.islink(sight.place.at(pattern))
            else []
        )
    root = "" if sight.place.root == "/" else sight.place.root
    found = sorted(path[len(root) :] for path in glob.glob(sight.place.at(pattern)) if os.path.isfile(path))
    found = [path for path in found if links or not os.path.islink(sight.place.at(path))]
    sight.note("pattern " + pattern, found)
    return list(dict.fromkeys(find_real(sight.place, path, guarded=guarded) for path in found))


def _resolve_one(apply: Apply, spec: Mapping[str, Any], sight: Sight) -> List[Act]:
    path = spec["path"]
    now = files.see(sight, path)
    if now["type"] not in ("absent", "file"):
        raise Refusal(f"{path} is no plain file", f"{path} n’est pas un fichier ordinaire")
    new = now["type"] == "absent"
    if new and not spec.get("create"):
        if spec.get("absent") or spec.get("replace") is not None or spec.get("optional"):
            return []
        raise Refusal(f"{path} is not there", f"{path} n’existe pas")
    old = split(sight.read(path) or b"")
    lines = apply(old, spec)
    if lines == old and not new:
        return []
    exchange.expect_loose(sight.place, path, now)
    data = join(lines)
    validate(spec.get("validate"), path, data, sight)
    broken = _OF_PAM.match(path) and find_broken(old, lines)
    if broken:
        raise Refusal(
            f"{path}: a line put in or taken out would have this rule mean something else: {broken}",
            f"{path}\u00a0: une ligne ajoutée ou retirée changerait le sens de cette règle\u00a0: {broken}",
        )
    after = dict(dress_spec(spec if new else {}, now, sight), type="file", sha256=sight.place.hold(data))
    after.pop("mtime", None)
    acts = folders.resolve({"path": os.path.dirname(path)}, sight) if new else []
    sight.plan("content", path, data)
    sight.plan("state", path, after)
    return [*acts, {"kind": "line", "target": path, "before": now, "after": after, "edits": find_edits(old, lines)}]


def merge(one: Act, later: Act, place: Place) -> Act:
    """Return one act for two that follow each other on one file: it is written once."""
    if later["kind"] == "mode":
        dress = {name: value for name, value in later["after"].items() if name != "type"}
        kept = {name: one["after"][name] for name in ("type", "sha256", "mtime") if name in one["after"]}
        return dict(one, after={**kept, **dress})
    if one["kind"] == "file":
        return dict(one, after=later["after"])
    old = split(place.read(one["before"]["sha256"])) if one["before"]["type"] == "file" else []
    edits = find_edits(old, split(place.read(later["after"]["sha256"])))
    return dict(one, after=later["after"], edits=edits)


def do(act: Act, place: Place) -> Act:
    """See Kind.do."""
    return files.do(act, place)


def look(act: Act, place: Place) -> str:
    """See Kind.look. Our lines count, and whatever else was written to the file does not."""
    now = exchange.look(place, act["target"])
    before, after = act["before"], act["after"]
    if now["type"] == "absent":
        return "before" if before["type"] == "absent" else "moved"
    if before["type"] != "absent" and not all(
        part(now, field) == part(after, field) for field in differ(before, after) if field != "content"
    ):
        return "before" if not differ(now, before) else "moved"
    if now.get("sha256") == after["sha256"]:
        return "after"
    if now["type"] != "file":
        return "moved"
    if now.get("sha256") == before.get("sha256"):
        return "before"
    found = _revert(act, now, place, force=False)
    return "moved" if found.moved else "after"


def _revert(act: Act, now: State, place: Place, *, force: bool) -> Reverted:
    current = split(_read(place, act["target"], now))
    return revert(split(place.read(act["after"]["sha256"])), current, act["edits"], force=force)


def _read(place: Place, path: str, state: State) -> bytes:
    if place.holds(state["sha256"]):
        return place.read(state["sha256"])  # in a dry run it may stand nowhere else
    with open(place.at(path), "rb") as file:
        data = file.read()
    if place.hold(data) != state["sha256"]:
        raise Refusal(f"{path} is being written", f"{path} est en cours d’écriture")
    return data


def undo(act: Act, place: Place, *, force: bool, dry: bool) -> Undone:
    """See Kind.undo."""
    path, before, after = act["target"], act["before"], act["after"]
    now = exchange.look(place, path)
    if now["type"] != "file":
        if now["type"] == before["type"] == "absent":
            return BACK
        return Undone("moved", ("it is no longer a file", "ce n’est plus un fichier"), files.by_hand(act, place))
    target = dict(now)
    fields: List[str] = []
    if before["type"] != "absent":
        target, fields = take_back(
            now, dict(before, sha256=now["sha256"]), dict(after, sha256=now["sha256"]), force=force
        )
    moved: List[Any] = []
    broken = ""
    if now["sha256"] == after["sha256"]:
        data = place.read(before["sha256"]) if before["type"] == "file" else b""
        target.update({"mtime": before["mtime"]} if "mtime" in before else {})
    else:
        reverted = _revert(act, now, place, force=force)
        data, moved = join(reverted.lines), reverted.moved
        broken = "" if force or not _OF_PAM.match(path) else find_broken(split(_read(place, path, now)), reverted.lines)
        target.pop("mtime", None)
    if broken:
        why = (
            f"a rule of others would mean something else without it: {broken}",
            f"sans elle, une règle d’autres changerait de sens\u00a0: {broken}",
        )
        return Undone("moved", why, _by_hand(act["edits"], path))
    target["sha256"] = place.hold(data)
    if before["type"] == "absent" and not data.strip() and not moved:
        target = ABSENT
        place.gone.add(path)
    if moved and not differ(now, target):
        return Undone("moved", _say(moved, act, place), files.by_hand(act, place) if force else _by_hand(moved, path))
    if dry:
        place.pretended[path] = target
    elif differ(now, target):
        place.keep(data)  # by it a crash is settled
        exchange.change(place, path, now, target, data, aside=force and now["sha256"] != after["sha256"])
    if moved:
        rest = None if dry else _rest(act, moved, place)
        return Undone("moved", _say(moved, act, place), _by_hand(moved, path), rest)
    return Undone("back", say_moved(fields)) if fields else BACK


def _rest(act: Act, moved: List[Any], place: Place) -> Act:
    """Return what of an act stands still: the next undo does not look for the rest, among lines of others."""
    lines, edits = drop(split(place.read(act["after"]["sha256"])), act["edits"], moved)
    return dict(act, after=dict(act["after"], sha256=place.keep(join(lines))), edits=edits)


def _say(moved: List[Any], act: Act, place: Place) -> Text:
    ours = mask(" / ".join(line.strip() for edit in moved for line in edit["new"] or edit["old"]))[:200]
    return f"changed since: {ours}", f"modifié depuis\u00a0: {ours}"


def _by_hand(moved: List[Any], path: str) -> str:
    lines = [
        line.strip() if edit["old"] else "-" + line.strip() for edit in moved for line in edit["old"] or edit["new"]
    ]
    return f"editor {path}  # {len(moved)}: " + mask("; ".join(lines))[:200]


def settle(act: Act, place: Place) -> str:
    """See Kind.settle. What the exchange left is settled already."""
    return {"after": "done", "before": "void"}.get(look(act, place), "done")


def show(act: Act, place: Place) -> Show:
    """See Kind.show."""
    return show_change(act, place)
