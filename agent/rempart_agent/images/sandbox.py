"""The cage of whoever parses an image: limits, Landlock, seccomp; by an unprivileged process, upon itself, for good.

Source: landlock(7), include/uapi/linux/landlock.h; seccomp(2), include/uapi/linux/seccomp.h and filter.h; the tables of
system calls of the kernel (x86-64: arch/x86/entry/syscalls/syscall_64.tbl, others: include/uapi/asm-generic/unistd.h).
"""

import ctypes
import os
import platform
import struct
import sys
import sysconfig
from collections.abc import Iterable, Sequence

_MEMORY = 1 << 30
"""Bytes that parsing may take, besides what the process has when it enters the cage."""
_NO_NEW_PRIVILEGES, _SET_SECCOMP, _FILTER = 38, 22, 2
_CREATE, _ADD, _RESTRICT = 444, 445, 446  # the same number everywhere
_VERSION = 1
_PATH_BENEATH = 1
_READ_FILE, _READ_FOLDER = 1 << 2, 1 << 3
_RIGHTS = (0, 13, 14, 15, 15, 16)  # how many rights each version of Landlock knows, that of ioctl last
_LIBRARIES = ("/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/local/lib", "/etc/ld.so.cache")

_ARCHITECTURES = {
    "x86_64": (0xC000003E, (41, 42, 53, 59, 101, 165, 272, 310, 311, 321, 322, 425)),
    "aarch64": (0xC00000B7, (198, 203, 199, 221, 117, 40, 97, 270, 271, 280, 281, 425)),
}
"""Machine to its name in the kernel's audit and the calls that are refused: socket, connect, socketpair, execve,
ptrace, mount, unshare, process_vm_readv and writev, bpf, execveat, io_uring_setup."""
_X32 = 0x40000000
_LOAD, _EQUAL, _GREATER, _RETURN = 0x20, 0x15, 0x35, 0x06
_ALLOW, _REFUSE, _KILL = 0x7FFF0000, 0x00050000 | 1, 0x80000000


def enter(files: Sequence[str] = ()) -> str:
    """Enter the cage, and return in what this process is now: ``limits, landlock 4, seccomp``, or ``limits only``.

    Args:
        files: What may be read besides Python's own folders; it may be nothing that is written to.
    """
    import resource  # which Windows lacks, where this is imported and not used

    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    most = _held() + _MEMORY
    if hard != resource.RLIM_INFINITY:
        most = min(most, hard)
    resource.setrlimit(resource.RLIMIT_AS, (most, most))
    if not sys.platform.startswith("linux"):
        return "limits only"
    libc = ctypes.CDLL(None, use_errno=True)
    libc.syscall.restype = ctypes.c_long
    if libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0):
        return "limits only"
    inside = [_landlock(libc, [*_python(), *_LIBRARIES, *files]), _seccomp(libc)]
    found = [one for one in inside if one]
    return ", ".join(["limits", *found]) if found else "limits only"


def _held() -> int:
    """Return how many bytes of addresses this process had when it was forked: they are no part of the limit."""
    try:
        with open("/proc/self/statm", "rb") as statm:
            return int(statm.read().split()[0]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError):
        return 0


def _python() -> Iterable[str]:
    """Return the folders that modules are imported from."""
    own = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    names = ("stdlib", "platstdlib", "purelib", "platlib")
    return {own, *(one for one in sys.path if one), *(sysconfig.get_path(name) for name in names)}


def _landlock(libc: ctypes.CDLL, readable: Iterable[str]) -> str:
    """Refuse all files but some that are read; returns ``""`` where the kernel has no Landlock."""
    version = libc.syscall(_CREATE, None, ctypes.c_size_t(0), ctypes.c_uint32(_VERSION))
    if version < 1:
        return ""
    handled = (1 << _RIGHTS[min(version, len(_RIGHTS) - 1)]) - 1
    attribute = struct.pack("=QQ", handled, 3) if version >= 4 else struct.pack("=Q", handled)  # 3: TCP bind, connect
    ruleset = libc.syscall(_CREATE, attribute, ctypes.c_size_t(len(attribute)), ctypes.c_uint32(0))
    if ruleset < 0:
        return ""
    try:
        for path in readable:
            _allow(libc, ruleset, path)
        if libc.syscall(_RESTRICT, ctypes.c_int(ruleset), ctypes.c_uint32(0)):
            return ""
    finally:
        os.close(ruleset)
    return f"landlock {version}"


def _allow(libc: ctypes.CDLL, ruleset: int, path: str) -> None:
    try:
        descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return  # what is not there needs no leave
    try:
        rights = _READ_FILE | _READ_FOLDER if os.path.isdir(path) else _READ_FILE
        rule = struct.pack("=Qi", rights, descriptor)
        libc.syscall(_ADD, ctypes.c_int(ruleset), ctypes.c_int(_PATH_BENEATH), rule, ctypes.c_uint32(0))
    finally:
        os.close(descriptor)


def _seccomp(libc: ctypes.CDLL) -> str:
    """Refuse calls by which a process would reach others; returns ``""`` where that can't be done."""
    if platform.machine() not in _ARCHITECTURES or sys.maxsize < 1 << 32:
        return ""
    audit, refused = _ARCHITECTURES[platform.machine()]
    code = [(_LOAD, 0, 0, 4), (_EQUAL, 1, 0, audit), (_RETURN, 0, 0, _KILL), (_LOAD, 0, 0, 0)]
    for place, call in enumerate(refused):
        code.append((_EQUAL, len(refused) - place, 0, call))
    code += [(_GREATER, 0, 1, _X32), (_RETURN, 0, 0, _REFUSE), (_RETURN, 0, 0, _ALLOW)]
    # a refused call jumps to the line that refuses, which stands behind the last comparison but one
    program = b"".join(struct.pack("=HBBI", *line) for line in code)
    buffer = ctypes.create_string_buffer(program, len(program))
    head = ctypes.create_string_buffer(struct.pack("@HP", len(code), ctypes.addressof(buffer)))
    return "" if libc.prctl(_SET_SECCOMP, _FILTER, head, 0, 0) else "seccomp"
