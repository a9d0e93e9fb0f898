"""Where a change is kept on the endpoint: files, the lock, and what became of it."""

import fcntl
import hashlib
import json
import os
import re
import stat
import subprocess
import time
from typing import IO, Any, Dict, List, Optional, Tuple

BASE = "/var/lib/rempart"
_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


class Refusal(Exception):
    """What was asked can't be done; nothing was changed."""


def run(words: List[str], timeout: float = 120) -> Tuple[int, str]:
    """Run a program and return its exit status and what it said; 127 where it can't be run."""
    environment = {"PATH": _PATH, "LC_ALL": "C.UTF-8", "DEBIAN_FRONTEND": "noninteractive", "HOME": "/root"}
    try:
        done = subprocess.run(
            words,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=environment,
            check=False,
            timeout=timeout,
        )
    except (OSError, subprocess.SubprocessError) as error:
        return 127, str(error)
    return done.returncode, done.stdout.decode("utf-8", "replace").strip()


def find_folder(change: str) -> str:
    """Return the folder of a change; its id is part of paths and of units' names, so it must be a plain one."""
    if not re.match(r"[a-z0-9][a-z0-9-]{2,60}\Z", change):
        raise Refusal(f"{change!r} is no id of a change")
    return os.path.join(BASE, "changes", change)


def make_private(folder: str) -> None:
    """Make a folder of root alone, or refuse one that others may write to."""
    os.makedirs(folder, 0o700, exist_ok=True)
    found = os.lstat(folder)
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid() or found.st_mode & 0o022:
        raise Refusal(f"{folder} is not a folder that only root may write to")


def write_file(path: str, data: bytes, mode: int = 0o600) -> None:
    """Write a file whole, or not at all."""
    part = path + ".part"
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "wb") as file:
        os.fchmod(file.fileno(), mode)
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    os.replace(part, path)


def write_json(path: str, value: Any) -> str:
    """Write JSON, and return its SHA-256."""
    data = json.dumps(value, sort_keys=True).encode()
    write_file(path, data)
    return hashlib.sha256(data).hexdigest()


def read_json(path: str) -> Tuple[Any, str]:
    """Return what a file of ours says, and its SHA-256; ``(None, "")`` where there is none."""
    try:
        with open(path, "rb") as file:
            data = file.read()
        return json.loads(data.decode()), hashlib.sha256(data).hexdigest()
    except FileNotFoundError:
        return None, ""
    except ValueError as error:
        raise Refusal(f"{path} is damaged: {error}") from error


class Guard:
    """Holds all other runs of this program off while one works."""

    def __init__(self) -> None:
        make_private(BASE)
        self._file: Optional[IO[str]] = None

    def __enter__(self) -> "Guard":
        """Wait for the others."""
        self._file = open(os.path.join(BASE, "guard"), "w")  # it is held until the end
        fcntl.flock(self._file, fcntl.LOCK_EX)
        return self

    def __exit__(self, *_: object) -> None:
        """Let the next one go."""
        if self._file is not None:
            self._file.close()


def take_lock(change: str, holder: str, seconds: int) -> None:
    """Take the endpoint's lock for a change; where its holder does not come back, another may take it after a time."""
    path = os.path.join(BASE, "lock")
    lock, _ = read_json(path)
    now = int(time.time())
    if lock is not None and lock["change"] != change and lock["since"] <= now < lock["until"]:
        raise Refusal(f"change {lock['change']} of {lock['holder']} is under way here")
    write_json(path, {"change": change, "holder": holder, "since": now, "until": now + max(seconds, 60)})


def give_lock(change: str) -> None:
    """Give the lock back, if it is this change's."""
    path = os.path.join(BASE, "lock")
    lock, _ = read_json(path)
    if lock is not None and lock["change"] == change:
        os.unlink(path)


def read_change(change: str) -> Tuple[str, Dict[str, Any], str, Dict[str, Any]]:
    """Return folder, manifest, its SHA-256 and the state of a change."""
    folder = find_folder(change)
    manifest, digest = read_json(os.path.join(folder, "manifest.json"))
    if manifest is None:
        raise Refusal(f"this endpoint knows no change {change}")
    state, _ = read_json(os.path.join(folder, "state"))
    return folder, manifest, digest, state or {"state": "open", "time": 0}


def write_state(folder: str, state: str, **more: Any) -> None:
    """Note what became of a change: ``open``, ``kept`` or ``reverted``."""
    write_json(os.path.join(folder, "state"), dict(more, state=state, time=int(time.time())))
