"""A file from one state to another without losing what another writes meanwhile, and settled after a crash anywhere.

From A to B: a spare with B is written beside it, the two change places at once, and what came out is looked at, while
nobody has it open for writing. If it is not A, it is given back. What is neither A nor B is never unlinked: it ends in
its place or in ``aside/``. Where the file system can't exchange, or the file is a mount: compared, then written.
"""

import errno
import os
from typing import Any, Dict, Optional

from . import calls
from .calls import ABSENT, State
from .contract import Moved, Refusal
from .paths import explain, open_folder
from .place import Place

_CANT = (errno.EINVAL, errno.ENOSYS, errno.EOPNOTSUPP)
_FACTS = ("type", "sha256", "to", "mode", "uid", "gid", "xattrs", "flags")
_TURNS = 10  # how often two names change places before what came out is put aside


def same(one: State, other: State) -> bool:
    """Tell whether two states are one; times do not count."""
    return all((one.get(name) or None) == (other.get(name) or None) for name in _FACTS)


def look(place: Place, path: str) -> State:
    """Return how a path (a real one) stands; ``absent`` too where its folder is not there.

    In a dry run that is how it would stand by the acts that are undone so far.
    """
    if path in place.pretended:
        return place.pretended[path]
    try:
        folder = open_folder(place, os.path.dirname(path))
    except (FileNotFoundError, NotADirectoryError, Moved):
        return ABSENT
    try:
        return calls.see(folder, os.path.basename(path))
    finally:
        os.close(folder)


def read(place: Place, path: str) -> bytes:
    """Return what a file (a real path) holds; in a dry run what it would hold by the acts that are undone so far.

    Raises:
        OSError: It is not there, or can't be read.
    """
    pretended = place.pretended.get(path, {})
    if pretended.get("type") == "absent":
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), path)
    if pretended.get("sha256"):
        try:
            return place.read(pretended["sha256"])
        except Refusal:
            pass  # nothing but its mode would be another: it stands there
    with open(place.at(path), "rb") as file:
        return file.read()


def expect_loose(place: Place, path: str, state: State) -> None:
    """Refuse what flags or a read-only file system keep as it is, in check mode too.

    Raises:
        Refusal: They do.
    """
    if state.get("flags", 0) & calls.FIXED:
        raise Refusal(
            f"{path} is immutable or append-only (chattr -ia {path})",
            f"{path} est immuable ou en ajout seul (chattr -ia {path})",
        )
    folder = os.path.dirname(path)
    while not os.path.isdir(place.at(folder)):
        folder = os.path.dirname(folder)
    if os.statvfs(place.at(folder)).f_flag & os.ST_RDONLY:
        raise explain(OSError(errno.EROFS, ""), path)


def expect_folder(place: Place, path: str) -> None:
    """Refuse where a path's folder is not there, as ``change`` does.

    Raises:
        Moved: A link stands on the way.
        Refusal: It is not there, or can't be opened.
    """
    os.close(_open_folder(place, path))


def _open_folder(place: Place, path: str) -> int:
    try:
        return open_folder(place, os.path.dirname(path))
    except OSError as error:
        raise explain(error, path) from error


def change(place: Place, path: str, before: State, after: State, data: bytes = b"", *, aside: bool = False) -> str:
    """Bring a path from one state to another.

    Args:
        place: Of the change.
        path: A real path.
        before: As it was seen; ``type`` absent, file or link.
        after: As it shall be.
        data: What a file shall hold.
        aside: Whether what is replaced is put aside, in place of being dropped.

    Returns:
        How it was done: ``exchange``, or ``compare`` where the file system or the file allowed no more.

    Raises:
        Moved: It does not stand as it was seen; nothing of another's was touched.
        Refusal: It can't be written; nothing was changed.
    """
    if any(state["type"] not in ("absent", "file", "link") for state in (before, after)):
        raise Refusal(f"{path} is no plain file", f"{path} n’est pas un fichier ordinaire")
    expect_loose(place, path, before)
    folder = _open_folder(place, path)
    try:
        return _Swap(place, folder, path, before, after, aside=aside).run(data)
    except OSError as error:
        own = str(error.filename or "").startswith(place.folder + "/")  # what is put aside found no room
        raise explain(error, error.filename if own else path) from error
    finally:
        os.close(folder)


class _Swap:
    """One exchange, in one folder."""

    def __init__(self, place: Place, folder: int, path: str, before: State, after: State, *, aside: bool) -> None:
        self.place, self.folder, self.path = place, folder, path
        self.name = os.path.basename(path)
        self.before, self.after, self.aside = before, after, aside
        self.spare = ".rempart-" + os.urandom(6).hex()

    def run(self, data: bytes) -> str:
        """Do it, by what is to be done."""
        if same(self.before, self.after):
            return "exchange"
        self.place.pledge(
            {"path": self.path, "spare": self.spare, "a": self.before, "b": self.after, "aside": self.aside}
        )
        if self.before["type"] == self.after["type"] == "file" and self.before["sha256"] == self.after["sha256"]:
            return self._dress()
        try:
            if self.after["type"] == "absent":
                return self._remove()
            self._write_spare(data)
            try:
                how = self._create() if self.before["type"] == "absent" else self._replace(data)
            except (OSError, Refusal):
                self._forget_spare()
                raise
            return how
        finally:
            os.fsync(self.folder)

    def _write_spare(self, data: bytes) -> None:
        """Write it whole, or leave nothing of it: a full disk takes a part."""
        try:
            calls.write_spare(self.folder, self.spare, data, self.after)
        except FileExistsError:  # of somebody else
            raise
        except OSError:
            if calls.see(self.folder, self.spare)["type"] != "absent":
                calls.drop(self.folder, self.spare)
            raise

    def _forget_spare(self) -> None:
        """Take away a spare that was not used; one in which something of others lies stays."""
        state = calls.see(self.folder, self.spare)
        if state["type"] != "absent" and same(state, self.after):
            calls.drop(self.folder, self.spare)

    def _moved(self) -> Moved:
        return Moved(
            f"{self.path} was changed by somebody else at the same moment",
            f"{self.path} a été modifié au même moment par quelqu’un d’autre",
        )

    def _dress(self) -> str:
        """Only owner, mode or attributes differ: they are set on the file itself."""
        now, handle = calls.look_into(self.folder, self.name)
        if handle is None:
            raise self._moved()
        try:
            if not same(now, self.before):
                raise self._moved()
            calls.dress(handle, self.after, now)
            os.fsync(handle)
            found = os.stat(self.name, dir_fd=self.folder, follow_symlinks=False)
            if (found.st_dev, found.st_ino) != (os.fstat(handle).st_dev, os.fstat(handle).st_ino):
                raise self._moved()
        except FileNotFoundError as error:
            raise self._moved() from error
        finally:
            os.close(handle)
        return "exchange"

    def _create(self) -> str:
        try:
            calls.shift(self.folder, self.spare, self.name)
        except OSError as error:
            if error.errno == errno.EEXIST:
                raise self._moved() from error
            if error.errno not in _CANT:
                raise
            if calls.see(self.folder, self.name)["type"] != "absent":
                raise self._moved() from error
            calls.replace(self.folder, self.spare, self.name)
            return "compare"
        return "exchange"

    def _remove(self) -> str:
        how = "exchange"
        try:
            calls.shift(self.folder, self.name, self.spare)
        except OSError as error:
            if error.errno == errno.ENOENT:
                raise self._moved() from error
            if error.errno not in _CANT:
                raise
            calls.replace(self.folder, self.name, self.spare)
            how = "compare"
        try:
            if self._let_go(self.before):
                return how
        except OSError:  # it can't be put aside
            self._give_name_back()
            raise
        self._give_name_back()
        raise self._moved()

    def _give_name_back(self) -> None:
        """Give what came out its name back; where somebody has that by now, it is put aside."""
        try:
            calls.shift(self.folder, self.spare, self.name)
        except OSError as error:
            if error.errno in _CANT and calls.see(self.folder, self.name)["type"] == "absent":
                calls.replace(self.folder, self.spare, self.name)
            else:
                self._put_aside()

    def _replace(self, data: bytes) -> str:
        try:
            calls.swap(self.folder, self.spare, self.name)
        except OSError as error:
            if error.errno == errno.ENOENT:
                raise self._moved() from error
            if error.errno == errno.EBUSY and self.after["type"] == "file":
                return self._write_over(data)
            if error.errno not in _CANT:
                raise
            if not same(calls.see(self.folder, self.name), self.before):
                raise self._moved() from error
            if self.aside:
                calls.replace(self.folder, self.name, self.spare + "-old")
                try:
                    self._put_aside(self.spare + "-old")
                except OSError:
                    calls.replace(self.folder, self.spare + "-old", self.name)
                    raise
            calls.replace(self.folder, self.spare, self.name)
            return "compare"
        try:
            if self._let_go(self.before):
                return "exchange"
        except OSError:  # it can't be put aside
            self.give_back()
            raise
        self.give_back()
        raise self._moved()

    def _write_over(self, data: bytes) -> str:
        """A file that is mounted by itself can't change places: it is compared and written into."""
        calls.drop(self.folder, self.spare)
        now, handle = calls.look_into(self.folder, self.name)
        if handle is None:
            raise self._moved()
        try:
            if not same(now, self.before):
                raise self._moved()
            if self.aside:
                self.place.set_aside(calls.read_open(handle), self.name)
            calls.write_over(self.folder, self.name, data)
            calls.dress(handle, self.after, calls.see_open(handle))
        finally:
            os.close(handle)
        return "compare"

    def _let_go(self, expected: State) -> bool:
        """Let go of what came out if it is what was expected and nobody writes to it; else False, and it stays."""
        _, handle = calls.look_into(self.folder, self.spare)
        try:
            if handle is not None and not calls.hold(handle):
                return False
            state = calls.see(self.folder, self.spare) if handle is None else calls.see_open(handle)
            if not same(state, expected):
                return False
            if self.aside and expected is self.before:
                self._put_aside()
            elif state["type"] != "absent":
                calls.drop(self.folder, self.spare)
        finally:
            if handle is not None:
                os.close(handle)
        return True

    def _put_aside(self, name: str = "") -> None:
        path = os.path.join(os.path.dirname(self.path), name or self.spare)
        self.place.put_aside(self.place.at(path), self.name)

    def give_back(self) -> None:
        """Put what came out back into its place; where another was faster once more, the newest ends there."""
        expected, inside = self.after, calls.see(self.folder, self.spare)
        for _ in range(_TURNS):
            try:
                calls.swap(self.folder, self.spare, self.name)
            except FileNotFoundError:
                break  # it was removed since: what came out is older
            came = calls.see(self.folder, self.spare)
            if expected is self.after and self._let_go(self.after):
                return
            if same(came, expected) and expected is not self.after:
                break  # the newest is in its place, and the one before it lies in the spare
            expected, inside = inside, came
        self._put_aside()

    def settle(self) -> Optional[str]:
        """After a crash: leave no spare. Return what was put aside, if something was."""
        state = calls.see(self.folder, self.spare)
        if state["type"] == "absent":
            return None
        now = calls.see(self.folder, self.name)
        known = len(self.place.asides)
        if self.after["type"] == "absent":
            if not self._let_go(self.before):
                try:
                    calls.shift(self.folder, self.spare, self.name)
                except OSError:
                    self._put_aside()
        elif self._is_own(state, now):
            calls.drop(self.folder, self.spare)
        elif self._let_go(self.before):
            pass
        elif same(now, self.after):
            self.give_back()
        else:
            self._put_aside()
        return self.place.asides[-1] if len(self.place.asides) > known else None

    def _is_own(self, state: State, now: State) -> bool:
        """Tell whether the spare is ours and was not used: whole, or torn while it was written."""
        if same(state, self.after):
            return True
        if state["type"] != "file" or self.after["type"] != "file" or not same(now, self.before):
            return False
        handle = os.open(self.spare, os.O_RDONLY | os.O_NOFOLLOW, dir_fd=self.folder)
        try:
            return self.place.read(self.after["sha256"]).startswith(calls.read_open(handle))
        except Refusal:
            return False  # it can't be known any more: it is put aside
        finally:
            os.close(handle)


def settle(place: Place, pledge: Dict[str, Any]) -> Optional[str]:
    """Bring an exchange that a crash cut off to an end: it happened, or it did not.

    Returns:
        Where content lies that was neither of ours and had lost its place; None where there was none.
    """
    try:
        folder = open_folder(place, os.path.dirname(pledge["path"]))
    except (OSError, Moved):
        return None
    try:
        one = _Swap(place, folder, pledge["path"], pledge["a"], pledge["b"], aside=pledge["aside"])
        one.spare = pledge["spare"]
        return one.settle()
    finally:
        os.close(folder)
