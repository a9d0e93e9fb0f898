"""Where a change is kept on the endpoint: its folder, what it keeps, what it puts aside; and how programs are run."""

import errno
import hashlib
import os
import re
import stat
import subprocess
from contextlib import suppress
from typing import Any, Callable, Dict, List, Optional, Set, Tuple

from .contract import NONE, Refusal, Text

BASE = "/var/lib/rempart"
_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


class Place:
    """The folder of one change, and the root below which it acts.

    Attributes:
        change: Id of the change.
        folder: What it keeps lies here.
        root: The tree that is changed: ``/`` in life, another in tests.
        asides: What this run has put aside.
        gone: What an undo has taken away so far, or in a dry run would have.
        pretended: How paths and packages would stand by a dry run so far.
        stood: What was there before packages came, where their scripts clear; the run that brings them sees it.
        summed: Files of which ucf had a sum before packages came.
        names: Of accounts and groups, by file and number, as they were read first: for what is shown.
        restored: Databases of dconf that an undo has put back as they were, although key files would make others.
        pledge: Writes down, durably, an exchange of files that begins; the journal sets it.
        tell: Says what is being done, in English and French; a run that others ask sets it.
        run_token: Names that run; ``""`` for none.
        stopped: Why no further act may begin; ``("", "")`` where one may.
        guarded_until: When the timer that this run has armed takes all back, in seconds of UTC; 0 for none.
    """

    def __init__(self, change: str, root: str = "/", base: str = "") -> None:
        if not re.match(r"[a-z0-9][a-z0-9-]{2,60}\Z", change):
            raise Refusal(f"{change!r} is no id of a change", f"{change!r} n’est pas un identifiant de changement")
        self.change = change
        self.root = root
        self.base = base or BASE
        self.folder = os.path.join(self.base, "changes", change)
        self.asides: List[str] = []
        self.gone: Set[str] = set()
        self.restored: Set[str] = set()
        self.pretended: Dict[str, Dict[str, Any]] = {}
        self.pledge: Callable[[Dict[str, Any]], None] = lambda _: None
        self.tell: Callable[[Text], None] = lambda _: None
        self.run_token = ""
        self.stopped: Text = NONE
        self.guarded_until = 0.0
        self._held: Dict[str, bytes] = {}
        self.stood: Set[str] = set()
        self.summed: Set[str] = set()
        self.names: Dict[str, Dict[int, str]] = {}

    def at(self, path: str) -> str:
        """Return where a path of the endpoint lies: below the root."""
        return path if self.root == "/" else os.path.join(self.root, path.lstrip("/"))

    def expect_going(self) -> None:
        """Refuse to begin anything more, where the run has to end.

        Raises:
            Refusal: It has.
        """
        if self.stopped[0]:
            raise Refusal(*self.stopped)

    def make(self) -> None:
        """Make the folders, of root alone."""
        for folder in (self.base, os.path.dirname(self.folder), self.folder):
            make_private(folder)
        for name in ("kept", "aside"):
            make_private(os.path.join(self.folder, name))

    def hold(self, data: bytes) -> str:
        """Hold contents in memory until they are kept, and return their SHA-256: check mode writes nothing."""
        digest = hashlib.sha256(data).hexdigest()
        self._held[digest] = data
        return digest

    def holds(self, digest: str) -> bool:
        """Tell whether contents are held in memory."""
        return digest in self._held

    def keep(self, data: bytes) -> str:
        """Keep contents, durably, and return their SHA-256."""
        return self.keep_all([data])[0]

    def keep_all(self, contents: List[bytes]) -> List[str]:
        """Keep several, and return the SHA-256 of each."""
        digests = [hashlib.sha256(data).hexdigest() for data in contents]
        folder = os.path.join(self.folder, "kept")
        new = False
        for digest, data in zip(digests, contents):
            path = os.path.join(folder, digest)
            if not os.path.exists(path):
                write_file(path, data, sync=False)
                new = True
        if new:
            sync_folder(folder)
        return digests

    def read(self, digest: str) -> bytes:
        """Return what was kept.

        Raises:
            Refusal: It is gone, or no longer what was kept.
        """
        if not re.match(r"[0-9a-f]{64}\Z", digest):
            raise Refusal(f"{digest!r} is no SHA-256", f"{digest!r} n’est pas un SHA-256")
        if digest in self._held:
            return self._held[digest]
        path = os.path.join(self.folder, "kept", digest)
        try:
            with open(path, "rb") as file:
                data = file.read()
        except FileNotFoundError as error:
            raise Refusal(f"{path} is missing", f"{path} manque") from error
        if hashlib.sha256(data).hexdigest() != digest:
            raise Refusal(f"{path} was changed", f"{path} a été modifié")
        return data

    def put_aside(self, path: str, name: str = "") -> str:
        """Move what lies at a path (of this machine, not below the root) to ``aside/``; return where it lies now."""
        aside = self._find_aside(name or os.path.basename(path))
        try:
            os.rename(path, aside)
        except OSError as error:
            if error.errno != errno.EXDEV or os.path.islink(path) or not os.path.isfile(path):
                raise
            with open(path, "rb") as file:
                write_file(aside, file.read())
            os.unlink(path)
        sync_folder(os.path.dirname(aside))
        self.asides.append(aside)
        return aside

    def set_aside(self, data: bytes, name: str) -> str:
        """Keep a copy of what is about to be written over in ``aside/``; return where it lies."""
        aside = self._find_aside(name)
        write_file(aside, data)
        self.asides.append(aside)
        return aside

    def _find_aside(self, name: str) -> str:
        folder = os.path.join(self.folder, "aside")
        number = len(os.listdir(folder)) + 1
        while os.path.lexists(os.path.join(folder, f"{number}-{name}")):
            number += 1
        return os.path.join(folder, f"{number}-{name}")

    def run(self, words: List[str], timeout: float = 120, stdin: Optional[bytes] = None) -> Tuple[int, str]:
        """Run a program; return its exit status and what it said: 127 where it can't be run, 124 where it is late."""
        environment = {"PATH": _PATH, "LC_ALL": "C.UTF-8", "DEBIAN_FRONTEND": "noninteractive", "HOME": "/root"}
        words = words if self.root == "/" else ["chroot", self.root, *words]
        try:
            done = subprocess.run(
                words,
                input=stdin or b"",
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                env=environment,
                check=False,
                timeout=timeout,
            )
        except subprocess.TimeoutExpired:
            return 124, f"timeout: {timeout:g} s"
        except (OSError, subprocess.SubprocessError) as error:
            return 127, str(error)
        return done.returncode, done.stdout.decode("utf-8", "replace").strip()


def make_private(folder: str) -> None:
    """Make a folder of root alone, or refuse one that others may write to."""
    os.makedirs(folder, 0o700, exist_ok=True)
    found = os.lstat(folder)
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid() or found.st_mode & 0o022:
        raise Refusal(
            f"{folder} is not a folder that only root may write to",
            f"{folder} n’est pas un dossier où seul root peut écrire",
        )


def sync_folder(folder: str) -> None:
    """Make what was linked, renamed or removed in a folder durable."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def write_file(path: str, data: bytes, mode: int = 0o600, *, sync: bool = True) -> None:
    """Write a file of ours whole and durably, or not at all; without ``sync`` its folder is brought to disk later.

    Raises:
        OSError: It can't be written; it names the file, and nothing of it is left.
    """
    part = path + ".part"
    try:
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, mode), "wb") as file:
            os.fchmod(file.fileno(), mode)
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(part, path)
    except OSError as error:
        with suppress(OSError):
            os.unlink(part)
        raise OSError(error.errno, os.strerror(error.errno or 0), path) from error
    if sync:
        sync_folder(os.path.dirname(path))
