"""What can be done with a change: begin, arm, confirm, end, revert, status. Each returns what JSON can hold."""

import os
import shutil
import time
from typing import Any, Dict, List, Mapping, Set

from .place import (
    BASE,
    Refusal,
    find_folder,
    give_lock,
    make_private,
    read_change,
    read_json,
    take_lock,
    write_file,
    write_json,
    write_state,
)
from .restoring import Restorer
from .saving import Saver
from .sharing import find_later, find_sharers
from .sight import describe, hash_file, list_rules, split_rules
from .timer import arm as start_timer
from .timer import disarm, is_armed

_KEPT = 180 * 86400  # seconds for which an ended change can be undone


def begin(
    change: str, holder: str, seconds: int, saves: Mapping[str, Dict[str, Any]], program: Mapping[str, bytes]
) -> Dict[str, Any]:
    """Take the endpoint's lock and save; what was saved already for this change stays as it is.

    Args:
        change: The change.
        holder: Who makes it, for others to read.
        seconds: After which the lock may be taken by another, if we do not come back.
        saves: What each check's fix touches, as :meth:`Saver.save` takes it, with ``after`` (commands that follow a
            restore), ``risky`` (restored first) and ``mend`` (the role that fixes it, and its values).
        program: The files of the program that the timer runs, by path.

    Raises:
        Refusal: Another change is under way, or something can't be saved; nothing was changed.
    """
    folder = find_folder(change)
    make_private(os.path.join(BASE, "changes"))
    take_lock(change, holder, seconds)
    try:
        _forget()
        make_private(folder)
        make_private(os.path.join(folder, "data"))
        manifest, _ = read_json(os.path.join(folder, "manifest.json"))
        if manifest is None:
            _install(os.path.join(folder, "program"), program)
            manifest = {"change": change, "holder": holder, "begun": int(time.time()), "checks": {}, "entries": []}
        saver = Saver(folder, manifest["entries"])
        for check, wish in saves.items():
            if check not in manifest["checks"]:
                entries = saver.save(wish)
                manifest["checks"][check] = {
                    "entries": entries,
                    "after": wish.get("after", []),
                    "risky": bool(wish.get("risky")),
                    "packages": [name for names in wish.get("packages", []) for name in names.split()],
                    "mend": wish.get("mend"),
                }
        digest = write_json(os.path.join(folder, "manifest.json"), manifest)
        state, _ = read_json(os.path.join(folder, "state"))
        _note_part(folder, "open", state or {}, [one for one in (state or {}).get("undone", []) if one not in saves])
    except (OSError, Refusal) as error:
        give_lock(change)
        if not os.path.exists(os.path.join(folder, "manifest.json")):
            shutil.rmtree(folder, ignore_errors=True)  # half of a save is none
        raise Refusal(f"what the change would touch can't be saved: {error}") from error
    return {"change": change, "digest": digest, "saved": len(manifest["entries"])}


def _note_part(folder: str, word: str, state: Mapping[str, Any], undone: List[str]) -> None:
    """Note what became of a change of which a part is undone: what else was known of it stays."""
    left, again = state.get("left", {}), [one for one in state.get("again", []) if one not in undone]
    tables = {"tables": state["tables"]} if "tables" in state else {}
    write_state(folder, word, left=left, again=again, undone=undone, **tables)


def _install(folder: str, program: Mapping[str, bytes]) -> None:
    for name, data in program.items():
        path = os.path.join(folder, name)
        make_private(os.path.dirname(path))
        write_file(path, data)


def _forget() -> None:
    """Remove what was saved for changes that ended long ago."""
    top = os.path.join(BASE, "changes")
    for name in os.listdir(top):
        state, _ = read_json(os.path.join(top, name, "state"))
        if state is not None and state["state"] != "open" and state["time"] < time.time() - _KEPT:
            shutil.rmtree(os.path.join(top, name))


def arm(change: str, seconds: int) -> Dict[str, Any]:
    """Start the timer that reverts the change unless it is confirmed."""
    folder, _, _, _ = read_change(change)
    start_timer(change, os.path.join(folder, "program"), seconds)
    return {"change": change, "armed": seconds}


def confirm(change: str) -> Dict[str, Any]:
    """Take the timer away, unless it was faster: the state tells."""
    _, _, _, state = read_change(change)
    disarm(change)
    return {"change": change, "state": state["state"]}


def end(change: str) -> Dict[str, Any]:
    """Keep the change: note how it left things, and give the lock back."""
    folder, manifest, digest, state = read_change(change)
    disarm(change)
    if state["state"] == "open":
        undone, left = state.get("undone", []), state.get("left", {})  # left: of what stood when it was kept before
        paths = _list_paths(manifest, [check for check in manifest["checks"] if check not in undone])
        tables = state.get("tables", _list_tables(manifest))
        seen = {path: left.get(path) or describe(path) for path in paths}
        write_state(folder, "kept", left=seen, undone=undone, tables=tables)
        state = {"state": "kept"}
    give_lock(change)
    return {"change": change, "digest": digest, "state": state["state"], "by": state.get("by", "")}


def revert(
    change: str, checks: List[str], expected: str = "", *, force: bool = False, seconds: int = 0, by: str = "rollback"
) -> Dict[str, Any]:
    """Restore what was saved, what can cut the way in first.

    Where some checks alone are undone, fixes of others that are kept may have touched the same things (the Include line
    of sshd, rules of sudo). Those are restored with them, and the answer names the kept checks under ``again``: their
    fixes have to run again, with the ``values``, before :func:`end`.

    Args:
        change: The change.
        checks: Those whose fixes are undone; none for all.
        expected: SHA-256 that the manifest must have; ``""`` for any.
        force: Whether what somebody else has changed since is restored too.
        seconds: After which all of the change is undone, where what is fixed again can cut the way in and nobody
            confirms it; 0 where who asks has seen to that.
        by: Who undoes it, ``timer`` or ``rollback``: it is noted, so that nobody takes one for the other.

    Raises:
        Refusal: Something was tampered with, or changed since; nothing was changed.
    """
    folder, manifest, digest, state = read_change(change)
    _verify(folder, manifest, digest, expected)
    unknown = [check for check in checks if check not in manifest["checks"]]
    if unknown:
        raise Refusal(f"the change {change} did not touch {', '.join(unknown)}")
    gone = state.get("undone", []) if state["state"] != "reverted" else []
    wanted = [check for check in checks or manifest["checks"] if check not in gone]
    kept = [check for check in manifest["checks"] if check not in gone and check not in wanted]
    shared = find_sharers(folder, manifest, wanted, kept)
    again = [check for check in kept if check in shared or check in state.get("again", [])]
    if not force:
        _expect_unmoved(manifest, wanted + again, state)
        later = find_later(folder, manifest, wanted, kept)
        if later:
            raise Refusal(f"undo first what was made later and shares something: {'; '.join(later)}")
    for check in again:
        if not manifest["checks"][check].get("mend"):
            raise Refusal(
                f"{check} shares {', '.join(shared.get(check, []))}, and can't be applied again: roll it back too"
            )
    if again:
        take_lock(change, manifest["holder"], max(seconds, 3600))
        if seconds and any(manifest["checks"][check]["risky"] for check in again):
            start_timer(change, os.path.join(folder, "program"), seconds)
    restorer = Restorer(folder, manifest, kept, state.get("tables"))
    risky = [check for check in wanted if manifest["checks"][check]["risky"]]
    for some in (risky, [check for check in wanted if check not in risky]):
        if some:
            restorer.restore(some)
    undone = sorted({*gone, *(wanted if not restorer.failed else [])})
    if kept:
        word = "open" if again else state["state"]
        paths = _list_paths(manifest, wanted + again)
        left = {path: seen for path, seen in state.get("left", {}).items() if path not in paths}
        _note_part(folder, word, dict(state, left=left, again=again), undone)
    else:
        first = state.get("by", by) if state["state"] == "reverted" else by
        write_state(folder, "reverted", failed=restorer.failed, undone=undone, by=first)
        give_lock(change)
        disarm(change)
    mends = {check: manifest["checks"][check]["mend"] for check in again}
    return {
        "change": change,
        "state": "reverted",
        "restored": restorer.restored,
        "failed": restorer.failed,
        "kept": kept,
        "shared": shared,
        "again": [{"id": check, "role": mend["role"]} for check, mend in mends.items()],
        "values": {name: values for mend in mends.values() for name, values in mend["values"].items()},
        "armed": seconds if is_armed(change) else 0,
        "before": state.get("by", "") if state["state"] == "reverted" else "",
    }


def foresee(change: str, checks: List[str]) -> Dict[str, Any]:
    """Return what an undo would put back as it was, and what somebody else has changed since; nothing is written.

    Raises:
        Refusal: There is no such change here.
    """
    _, manifest, _, state = read_change(change)
    gone = manifest["checks"] if state["state"] == "reverted" else state.get("undone", [])
    wanted = [check for check in checks or manifest["checks"] if check in manifest["checks"] and check not in gone]
    numbers = sorted({number for check in wanted for number in manifest["checks"][check]["entries"]})
    entries = [manifest["entries"][number] for number in numbers]
    paths = _list_paths(manifest, wanted)
    left = state.get("left", {})
    moved = sorted(path for path in left if path in paths and describe(path) != left[path])
    names = {"packages": "the list of packages", "nftables": "the rules of the live firewall"}
    restores = sorted(
        {str(one.get("path") or one.get("name") or names.get(one["kind"], one["kind"])) for one in entries}
    )
    return {"change": change, "state": "foreseen", "checks": wanted, "restores": restores, "moved": moved}


def _list_tables(manifest: Mapping[str, Any]) -> List[str]:
    """Return the tables of nftables that there are when a change is kept: those that come later are others'."""
    if not any(entry["kind"] == "nftables" for entry in manifest["entries"]):
        return []
    return sorted(split_rules(list_rules()))


def _list_paths(manifest: Mapping[str, Any], checks: List[str]) -> Set[str]:
    """Return the paths that the fixes of some checks touch."""
    entries = [manifest["entries"][number] for check in checks for number in manifest["checks"][check]["entries"]]
    return {one["path"] for one in entries if one["kind"] == "path"}


def _verify(folder: str, manifest: Mapping[str, Any], digest: str, expected: str) -> None:
    """Refuse a manifest or a saved file that is not the one that was written."""
    if expected and digest != expected:
        raise Refusal("the manifest of the change is not the one that was written")
    for path in (folder, os.path.join(folder, "manifest.json")):
        found = os.lstat(path)
        if found.st_uid != os.geteuid() or found.st_mode & 0o022:
            raise Refusal(f"others could write to {path}")
    for entry in manifest["entries"]:
        if entry.get("data") and hash_file(os.path.join(folder, entry["data"])) != entry["sha256"]:
            raise Refusal(f"what was saved of {entry.get('path', 'the rules')} is not what was there")


def _expect_unmoved(manifest: Mapping[str, Any], checks: List[str], state: Mapping[str, Any]) -> None:
    paths = _list_paths(manifest, checks)
    left = state.get("left", {})
    moved = sorted(path for path in left if path in paths and describe(path) != left[path])
    if moved:
        raise Refusal(f"changed since by somebody else: {', '.join(moved)}")


def status() -> Dict[str, Any]:
    """Return which change holds the lock, and what became of each."""
    lock, _ = read_json(os.path.join(BASE, "lock"))
    top = os.path.join(BASE, "changes")
    changes = {}
    for name in sorted(os.listdir(top)) if os.path.isdir(top) else []:
        if not os.path.exists(os.path.join(top, name, "manifest.json")):
            continue  # one that was cut off while it began: nothing was changed yet
        _, manifest, digest, state = read_change(name)
        checks = sorted(manifest["checks"])
        changes[name] = {"state": state["state"], "digest": digest, "checks": checks, "armed": is_armed(name)}
        changes[name]["undone"] = state.get("undone", [])
        changes[name]["by"] = state.get("by", "")
        changes[name].update(holder=manifest.get("holder", ""), begun=manifest.get("begun", 0))
    return {"lock": lock, "changes": changes}
