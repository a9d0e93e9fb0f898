"""The running machine."""

import errno
import os
import re
import stat
from typing import Callable, Iterator, List, Optional, Sequence, Tuple

from rempart_agent.source.contract import Denied, Loop, Missing, SourceError, Unfit, reason
from rempart_agent.source.target import MAX_BYTES, T, Target

_MISSING = (errno.ENOENT, errno.ENOTDIR, errno.ESRCH)  # the last: a process that has ended since
_DENIED = (errno.EACCES, errno.EPERM)
_NO_ATTRIBUTE = (getattr(errno, "ENODATA", -1), errno.ENOTSUP)
_OPEN = os.O_RDONLY
for _flag in ("O_NONBLOCK", "O_CLOEXEC", "O_NOCTTY"):  # which Windows lacks, where this is imported and not used
    _OPEN |= getattr(os, _flag, 0)
_CHUNK = 1 << 20
_OF_PROCESS = re.compile(r"/proc/[0-9]+/(?:stat|status|cmdline|cgroup)\Z")  # files, and no links lead there
_TABLES = ("/net/tcp", "/net/tcp6")  # of these the kernel walks every bucket for each read, the one at the end too
_FITS = 3_584  # bytes of a page: where no more were given, another line would have fitted in (fs/seq_file.c)
_PATH = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C"}


def source_error(error: OSError, path: str) -> SourceError:
    """Turn an operating system error about ``path`` into the target's own.

    Args:
        error: What the system said.
        path: What it said it of; a long one is cut in the message.
    """
    if len(path) > 300:
        path = path[:300] + "..."
    if error.errno in _MISSING:
        return Missing("{path}: does not exist", path=path)
    if error.errno in _DENIED:
        return Denied("{path}: may not be read", path=path)
    if error.errno == errno.ELOOP:
        return Loop("{path}: a loop of links", path=path)
    return Unfit("{path}: {why}", path=path, why=reason(error))


def read_descriptor(descriptor: int, path: str, size: int) -> bytes:
    """Return at most ``size`` bytes of an open regular file; anything else raises ``Unfit``.

    Args:
        descriptor: Open for reading; it stays open.
        path: How the error calls it.
        size: How many bytes, at most.
    """
    status = os.fstat(descriptor)
    if not stat.S_ISREG(status.st_mode):
        raise Unfit("{path}: not a regular file", path=path)
    step = min(1 << 20, max(status.st_size + 1, 1 << 14))  # the kernel makes room for all that is asked of /proc/sys
    parts = []
    done = 0
    while size > 0:
        part = os.read(descriptor, min(size, step))
        if not part:
            break
        parts.append(part)
        size -= len(part)
        done += len(part)
        if done == status.st_size:  # the kernel says 0 of what it makes up
            break
        if len(part) < _FITS and not status.st_size and path.startswith("/proc/") and path.endswith(_TABLES):
            break
        step = min(1 << 20, step * 4)
    return b"".join(parts) if len(parts) != 1 else parts[0]


def _kind(entry: "os.DirEntry[str]") -> str:
    return "link" if entry.is_symlink() else "directory" if entry.is_dir(follow_symlinks=False) else "other"


def checked(path: str) -> str:
    """Return ``path`` if it is one that a target can look up: absolute and without NUL."""
    if not path.startswith("/") or "\0" in path:
        raise Missing("{path}: not an absolute path", path=repr(path))
    return path


class FileTarget(Target):
    """What a live machine and a root filesystem share: files, once ``host`` has said where one lies here."""

    def host(self, path: str, follow: bool = True) -> str:
        """Return where ``path`` of the target lies on this machine.

        Args:
            path: Absolute path on the target.
            follow: Whether a link as the last component is followed.
        """
        raise NotImplementedError

    def read(self, path: str, limit: int = MAX_BYTES) -> bytes:
        """See Target.read."""
        data = self.read_head(path, limit + 1)
        if len(data) > limit:
            raise Unfit("{path}: larger than {limit} bytes", path=path, limit=limit)
        return data

    def read_head(self, path: str, size: int) -> bytes:
        """See Target.read_head."""
        descriptor = self._open(path)
        try:
            return read_descriptor(descriptor, path, size)
        except OSError as error:
            raise source_error(error, path) from error
        finally:
            os.close(descriptor)

    def chunks(self, path: str, limit: int) -> Iterator[bytes]:
        """See Target.chunks."""
        descriptor = self._open(path)
        try:
            part = read_descriptor(descriptor, path, _CHUNK)
            while part:
                limit -= len(part)
                if limit < 0:
                    raise Unfit("{path}: too large to be read", path=path)
                yield part
                part = os.read(descriptor, _CHUNK)
        except OSError as error:
            raise source_error(error, path) from error
        finally:
            os.close(descriptor)

    def read_at(self, path: str, offset: int, size: int) -> bytes:
        """See Target.read_at."""
        try:
            descriptor = self._open(path)
        except NotImplementedError:  # a target whose files are no files of this machine
            return super().read_at(path, offset, size)
        held: List[bytes] = []
        try:
            while size > 0:
                part = os.pread(descriptor, min(size, _CHUNK), offset)
                if not part:
                    break
                held.append(part)
                offset += len(part)
                size -= len(part)
        except OSError as error:
            raise source_error(error, path) from error
        finally:
            os.close(descriptor)
        return b"".join(held)

    def _open(self, path: str) -> int:
        where = self.host(path)
        try:
            # before it is opened: opening a device may do things
            if not _OF_PROCESS.match(where) and not stat.S_ISREG(os.stat(where).st_mode):
                raise Unfit("{path}: not a regular file", path=path)
            return os.open(where, _OPEN)
        except OSError as error:
            raise source_error(error, path) from error

    def stat(self, path: str) -> os.stat_result:
        """See Target.stat."""
        try:
            return os.stat(self.host(path))
        except OSError as error:
            raise source_error(error, path) from error

    def lstat(self, path: str) -> os.stat_result:
        """See Target.lstat."""
        try:
            return os.lstat(self.host(path, follow=False))
        except OSError as error:
            raise source_error(error, path) from error

    def readlink(self, path: str) -> str:
        """See Target.readlink."""
        try:
            return os.readlink(self.host(path, follow=False))
        except OSError as error:
            raise source_error(error, path) from error

    def xattr(self, path: str, name: str) -> Optional[bytes]:
        """See Target.xattr."""
        read = getattr(os, "getxattr", None)  # which other systems than Linux lack
        if read is None:
            raise Unfit("{path}: extended attributes can't be read here", path=path)
        try:
            value: bytes = read(self.host(path, follow=False), name, follow_symlinks=False)
        except OSError as error:
            if error.errno in _NO_ATTRIBUTE:
                return None
            raise source_error(error, path) from error
        return value

    def xattrs(self, path: str) -> List[str]:
        """See Target.xattrs."""
        names = getattr(os, "listxattr", None)  # which other systems than Linux lack
        if names is None:
            raise Unfit("{path}: extended attributes can't be read here", path=path)
        try:
            return sorted(names(self.host(path, follow=False), follow_symlinks=False))
        except OSError as error:
            if error.errno in _NO_ATTRIBUTE:
                return []
            raise source_error(error, path) from error

    def listdir(self, path: str) -> List[str]:
        """See Target.listdir."""
        try:
            return sorted(os.listdir(self.host(path)))
        except OSError as error:
            raise source_error(error, path) from error

    def entries(self, path: str, wanted: Optional[Callable[[str], bool]] = None) -> List[Tuple[str, str]]:
        """See Target.entries."""
        try:
            with os.scandir(self.host(path)) as found:
                return sorted((entry.name, _kind(entry)) for entry in found if wanted is None or wanted(entry.name))
        except OSError as error:
            raise source_error(error, path) from error

    def statuses(self, path: str, ending: str = "") -> List[Tuple[str, str, Optional[os.stat_result]]]:
        """See Target.statuses."""
        found: List[Tuple[str, str, Optional[os.stat_result]]] = []
        try:
            with os.scandir(self.host(path)) as entries:
                for entry in entries:
                    if ending and not entry.name.endswith(ending):
                        continue
                    status: Optional[os.stat_result] = None
                    try:
                        if entry.is_symlink():
                            status = self.stat(path.rstrip("/") + "/" + entry.name)
                        else:
                            status = entry.stat(follow_symlinks=False)
                    except (Missing, Loop, FileNotFoundError):
                        pass
                    found.append((entry.name, _kind(entry), status))
        except OSError as error:
            raise source_error(error, path) from error
        return found

    def exists(self, path: str) -> bool:
        """See Target.exists."""
        try:
            self.stat(path)
        except Missing:
            return False
        return True

    def glob(self, pattern: str) -> List[str]:
        """See Target.glob."""
        found = [""]
        for part in checked(pattern).strip("/").split("/"):
            if any(c in part for c in "*?["):
                import fnmatch

                hidden = part.startswith(".")
                found = [
                    base + "/" + name
                    for base in found
                    for name in self._names(base or "/")
                    if (hidden or not name.startswith(".")) and fnmatch.fnmatchcase(name, part)
                ]
            else:
                found = [base + "/" + part for base in found]
        return [path for path in found if self._there(path)]

    def _names(self, path: str) -> List[str]:
        try:
            return self.listdir(path)
        except Missing:
            return []
        except Loop:
            return []

    def _there(self, path: str) -> bool:
        try:
            self.lstat(path)
        except (Missing, Loop):
            return False
        return True


class LiveTarget(FileTarget):
    """This machine, through its own files, programs and kernel."""

    live = True

    def __init__(self) -> None:
        """Look at the machine that this process runs on."""
        self.name = os.uname().nodename

    def host(self, path: str, follow: bool = True) -> str:
        """See FileTarget.host: on a live machine a path is where it says."""
        return checked(path)

    def realpath(self, path: str) -> str:
        """See Target.realpath."""
        try:
            found = os.path.realpath(checked(path))
            os.lstat(found)
        except OSError as error:
            raise source_error(error, path) from error
        return found

    def run(self, command: Sequence[str], timeout: float = 10.0) -> bytes:
        """See Target.run."""
        import subprocess

        try:
            done = subprocess.run(
                list(command), stdin=subprocess.DEVNULL, capture_output=True, timeout=timeout, env=_PATH, check=False
            )
        except subprocess.TimeoutExpired as error:
            raise SourceError(
                "{command}: no answer in {timeout} s", command=command[0], timeout=f"{timeout:g}"
            ) from error
        except OSError as error:
            raise source_error(error, command[0]) from error
        if done.returncode:
            said = done.stderr.decode("utf-8", "replace").strip()[-200:]
            raise SourceError(
                "{command}: exit status {returncode}: {said}", command=command[0], returncode=done.returncode, said=said
            )
        return done.stdout

    def ask(self, source: str, question: Callable[[], T]) -> T:
        """See Target.ask."""
        return question()
