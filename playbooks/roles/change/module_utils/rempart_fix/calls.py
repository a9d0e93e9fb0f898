"""The calls by which files change hands, in one folder each, by the folder's handle: what lies outside is out of reach.

Source: renameat2(2) for ``RENAME_NOREPLACE`` and ``RENAME_EXCHANGE``; fallocate(2) for ``FALLOC_FL_KEEP_SIZE``;
fcntl(2), "Leases"; ioctl_iflags(2).
"""

import base64
import ctypes
import errno
import fcntl
import hashlib
import os
import platform
import signal
import stat
import struct
import time
from typing import Any, Callable, Dict, List, Optional, Tuple

State = Dict[str, Any]
"""How a path stands: ``type`` (``absent``, ``file``, ``link``, ``folder``, ``other``); of a file ``sha256``, of a link
``to``; ``mode``, ``uid``, ``gid``, ``mtime``; ``xattrs`` and ``flags`` where there are some."""

ABSENT: State = {"type": "absent"}
XATTRS = ("system.posix_acl", "security.capability", "security.selinux", "user.")
"""Beginnings of the extended attributes that belong to a file; ACLs are among them."""
FIXED = 0x10 | 0x20  # immutable, append only
_FLAGS = FIXED | 0x08 | 0x40 | 0x80 | 0x800000  # sync, no dump, no atime, no copy on write
_NOREPLACE, _EXCHANGE = 1, 2
_KEEP_SIZE = 1
_NUMBERS = {"x86_64": 316, "aarch64": 276, "i686": 353, "armv7l": 382, "ppc64le": 357, "s390x": 347, "riscv64": 276}
_libc = ctypes.CDLL(None, use_errno=True)


def _rename(folder: int, old: str, new: str, flags: int) -> None:
    words = (folder, os.fsencode(old), folder, os.fsencode(new), ctypes.c_uint(flags))
    if hasattr(_libc, "renameat2"):
        status = _libc.renameat2(*words)
    else:
        status = _libc.syscall(ctypes.c_long(_NUMBERS.get(platform.machine(), -1)), *words)
    if status:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), new)


def swap(folder: int, one: str, other: str) -> None:
    """Let two names change places, at once.

    Raises:
        OSError: ENOENT where one is not there; EINVAL or ENOSYS where the file system can't; EBUSY on a mount.
    """
    _rename(folder, one, other, _EXCHANGE)


def shift(folder: int, old: str, new: str) -> None:
    """Give a file another name that nobody has.

    Raises:
        OSError: EEXIST where somebody has it; EINVAL or ENOSYS where the file system can't.
    """
    _rename(folder, old, new, _NOREPLACE)


def replace(folder: int, old: str, new: str) -> None:
    """Give a file another name, whoever has it."""
    os.replace(old, new, src_dir_fd=folder, dst_dir_fd=folder)


def drop(folder: int, name: str) -> None:
    """Take a name away."""
    os.unlink(name, dir_fd=folder)


def write_spare(folder: int, name: str, data: bytes, state: State) -> None:
    """Write a new file or link, dressed as a state says, durably."""
    if state["type"] == "link":
        os.symlink(state["to"], name, dir_fd=folder)
        os.chown(name, state["uid"], state["gid"], dir_fd=folder, follow_symlinks=False)
        return
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    with os.fdopen(os.open(name, flags, 0o600, dir_fd=folder), "wb") as file:
        file.write(data)
        file.flush()
        dress(file.fileno(), state, {})
        if "mtime" in state:
            os.utime(file.fileno(), ns=(state["mtime"], state["mtime"]))
        os.fsync(file.fileno())


def write_over(folder: int, name: str, data: bytes) -> None:
    """Write into a file that can't be exchanged: it keeps all but its contents.

    Raises:
        OSError: It can't be written; it holds what it held.
    """
    handle = os.open(name, os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=folder)
    try:
        reserve(handle, len(data))
        held = read_open(handle)
        try:
            _write_at_start(handle, data)
        except OSError:
            _write_at_start(handle, held)  # its old blocks are still its own
            raise
    finally:
        os.close(handle)


def _write_at_start(handle: int, data: bytes) -> None:
    at = 0
    while at < len(data):
        at += os.pwrite(handle, data[at:], at)
    os.ftruncate(handle, len(data))
    os.fsync(handle)


def reserve(handle: int, size: int) -> None:
    """Have room on disk for so many bytes of an open file, which stays as long as it is.

    Raises:
        OSError: ENOSPC or EDQUOT: there is none. Of a file system that reserves nothing, nothing is known.
    """
    ask = getattr(_libc, "fallocate64", None) or getattr(_libc, "fallocate", None)
    words = (ctypes.c_int(handle), ctypes.c_int(_KEEP_SIZE), ctypes.c_longlong(0), ctypes.c_longlong(size))
    if size and ask is not None and ask(*words) and ctypes.get_errno() in (errno.ENOSPC, errno.EDQUOT):
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


def dress(handle: int, state: State, now: State) -> None:
    """Give an open file the owner, mode, attributes and flags of a state, where it has not got them.

    Args:
        handle: Of the file.
        state: As it shall be.
        now: As it is, where that is known.
    """
    if (now.get("uid"), now.get("gid")) != (state["uid"], state["gid"]):
        os.fchown(handle, state["uid"], state["gid"])
        kept = {name: value for name, value in now.get("xattrs", {}).items() if name != "security.capability"}
        now = dict(now, mode=None, xattrs=kept)  # the kernel takes set-uid and capabilities away
    wanted, found = state.get("xattrs", {}), now.get("xattrs", {})
    for name in found:
        if name not in wanted:
            os.removexattr(handle, name)
    for name, value in wanted.items():
        if found.get(name) != value:
            os.setxattr(handle, name, base64.b64decode(value))
    if now.get("mode") != state["mode"]:
        os.fchmod(handle, state["mode"])
    flags = state.get("flags", 0) & ~FIXED
    if flags != now.get("flags", 0) & ~FIXED:
        _set_flags(handle, flags)


def see(folder: int, name: str) -> State:
    """Return how a name in a folder stands.

    Raises:
        OSError: It can't be read.
    """
    state, handle = look_into(folder, name)
    if handle is not None:
        os.close(handle)
    return state


def look_into(folder: int, name: str) -> Tuple[State, Optional[int]]:
    """Return how a name in a folder stands and, of a file, a handle to it, which the caller closes."""
    try:
        found = os.stat(name, dir_fd=folder, follow_symlinks=False)
    except FileNotFoundError:
        return ABSENT, None
    state: State = {"mode": stat.S_IMODE(found.st_mode), "uid": found.st_uid, "gid": found.st_gid}
    if stat.S_ISLNK(found.st_mode):
        return dict(state, type="link", to=os.readlink(name, dir_fd=folder)), None
    if not stat.S_ISREG(found.st_mode):
        return dict(state, type="folder" if stat.S_ISDIR(found.st_mode) else "other"), None
    try:
        handle = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=folder)
    except FileNotFoundError:
        return ABSENT, None
    return see_open(handle), handle


def see_open(handle: int) -> State:
    """Return how an open file stands."""
    found = os.fstat(handle)
    state: State = {
        "type": "file",
        "sha256": hashlib.sha256(read_open(handle)).hexdigest(),
        "mode": stat.S_IMODE(found.st_mode),
        "uid": found.st_uid,
        "gid": found.st_gid,
        "mtime": found.st_mtime_ns,
    }
    dressed = see_dress(handle)
    state.update({name: value for name, value in dressed.items() if value})
    return state


def see_dress(handle: int) -> Dict[str, Any]:
    """Return the extended attributes and the flags of an open file or folder."""
    xattrs = {}
    try:
        for name in os.listxattr(handle):
            if name.startswith(XATTRS):
                xattrs[name] = base64.b64encode(os.getxattr(handle, name)).decode()
    except OSError:
        pass  # a file system without them
    try:
        flags = struct.unpack("I", fcntl.ioctl(handle, 0x80086601, b"\0" * 8)[:4])[0] & _FLAGS
    except OSError:
        flags = 0
    return {"xattrs": xattrs, "flags": flags}


def see_generation(handle: int) -> int:
    """Return the number that tells apart the files that have had one inode, by FS_IOC_GETVERSION; 0 where none does."""
    try:
        return int(struct.unpack("I", fcntl.ioctl(handle, 0x80087601, b"\0" * 8)[:4])[0])
    except OSError:
        return 0


def _set_flags(handle: int, flags: int) -> None:
    try:
        now = struct.unpack("I", fcntl.ioctl(handle, 0x80086601, b"\0" * 8)[:4])[0]
        fcntl.ioctl(handle, 0x40086602, struct.pack("I4x", (now & ~_FLAGS) | flags))
    except OSError:
        pass  # a file system without them


def read_open(handle: int) -> bytes:
    """Return all that an open file holds."""
    blocks: List[bytes] = []
    at = 0
    while True:
        block = os.pread(handle, 1 << 20, at)
        if not block:
            return b"".join(blocks)
        blocks.append(block)
        at += len(block)


def hold(handle: int, patience: float = 1.0) -> bool:
    """Take a lease on an open file: nobody has it open for writing; False where somebody has it for too long.

    The lease ends where the handle is closed. Where the file system has none, who writes can't be seen: True.
    """
    signal.signal(signal.SIGIO, signal.SIG_IGN)  # who wants to write now waits, and we are told by it
    ends = time.monotonic() + patience
    while True:
        try:
            fcntl.fcntl(handle, fcntl.F_SETLEASE, fcntl.F_RDLCK)
        except OSError as error:
            if error.errno != errno.EAGAIN:
                return True
            if time.monotonic() > ends:
                return False
            time.sleep(0.01)
        else:
            return True


def make_folder(folder: int, name: str, state: State) -> None:
    """Make a folder, dressed as a state says, durably."""
    os.mkdir(name, 0o700, dir_fd=folder)
    handle = os.open(name, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=folder)
    try:
        dress(handle, state, {})
    finally:
        os.close(handle)
    os.fsync(folder)


def see_type(folder: int, name: str) -> str:
    """Return the type of what has a name in a folder: ``absent``, ``file``, ``link``, ``folder``, ``other``."""
    return _type(lambda: os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode)


def see_type_of(path: str) -> str:
    """Return the type of what lies at a path, the same."""
    return _type(lambda: os.lstat(path).st_mode)


def _type(ask: Callable[[], int]) -> str:
    try:
        mode = ask()
    except (FileNotFoundError, NotADirectoryError):
        return "absent"
    return {stat.S_IFREG: "file", stat.S_IFLNK: "link", stat.S_IFDIR: "folder"}.get(stat.S_IFMT(mode), "other")
