"""What can be done with a change: begin, arm, confirm, end, revert, status. Each returns what JSON can hold."""

import os
import shutil
import time
from typing import Any, Dict, List, Mapping

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
from .sight import describe, hash_file
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
            restore) and ``risky`` (restored first).
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
                after, risky = wish.get("after", []), bool(wish.get("risky"))
                manifest["checks"][check] = {"entries": entries, "after": after, "risky": risky}
        digest = write_json(os.path.join(folder, "manifest.json"), manifest)
        write_state(folder, "open")
    except (OSError, Refusal) as error:
        give_lock(change)
        if not os.path.exists(os.path.join(folder, "manifest.json")):
            shutil.rmtree(folder, ignore_errors=True)  # half of a save is none
        raise Refusal(f"what the change would touch can't be saved: {error}") from error
    return {"change": change, "digest": digest, "saved": len(manifest["entries"])}


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
        paths = [one["path"] for one in manifest["entries"] if one["kind"] == "path"]
        write_state(folder, "kept", left={path: describe(path) for path in paths})
        state = {"state": "kept"}
    give_lock(change)
    return {"change": change, "digest": digest, "state": state["state"]}


def revert(change: str, checks: List[str], expected: str = "", *, force: bool = False) -> Dict[str, Any]:
    """Restore what was saved, what can cut the way in first.

    Args:
        change: The change.
        checks: Those whose fixes are undone; none for all.
        expected: SHA-256 that the manifest must have; ``""`` for any.
        force: Whether what somebody else has changed since is restored too.

    Raises:
        Refusal: Something was tampered with, or changed since; nothing was changed.
    """
    folder, manifest, digest, state = read_change(change)
    _verify(folder, manifest, digest, expected)
    unknown = [check for check in checks if check not in manifest["checks"]]
    if unknown:
        raise Refusal(f"the change {change} did not touch {', '.join(unknown)}")
    wanted = checks or list(manifest["checks"])
    if not force:
        _expect_unmoved(manifest, wanted, state)
    restorer = Restorer(folder, manifest)
    risky = [check for check in wanted if manifest["checks"][check]["risky"]]
    for some in (risky, [check for check in wanted if check not in risky]):
        if some:
            restorer.restore(some)
    if set(wanted) == set(manifest["checks"]):
        write_state(folder, "reverted", failed=restorer.failed)
        give_lock(change)
    disarm(change)
    return {"change": change, "state": "reverted", "restored": restorer.restored, "failed": restorer.failed}


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
    numbers = {number for check in checks for number in manifest["checks"][check]["entries"]}
    paths = {manifest["entries"][number].get("path") for number in numbers}
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
    return {"lock": lock, "changes": changes}
