"""What the operating system says of a call that failed, as a message: the usual reasons in every language."""

import errno
from functools import cache

from rempart_core.messages.message import Message, as_is


@cache
def _reasons() -> dict[int, Message]:
    """Return the usual ones by their numbers; the English words are those of the C library."""
    return {
        errno.EACCES: Message("system.denied"),
        errno.EADDRINUSE: Message("system.in_use"),
        errno.EADDRNOTAVAIL: Message("system.no_address"),
        errno.EAGAIN: Message("system.try_again"),
        errno.EBADF: Message("system.bad_descriptor"),
        errno.EBUSY: Message("system.busy"),
        errno.ECONNABORTED: Message("system.aborted"),
        errno.ECONNREFUSED: Message("system.refused"),
        errno.ECONNRESET: Message("system.reset"),
        errno.EDQUOT: Message("system.quota"),
        errno.EEXIST: Message("system.exists"),
        errno.EFBIG: Message("system.too_large"),
        errno.EHOSTDOWN: Message("system.host_down"),
        errno.EHOSTUNREACH: Message("system.no_route"),
        errno.EINVAL: Message("system.invalid"),
        errno.EIO: Message("system.input_output"),
        errno.EISDIR: Message("system.folder"),
        errno.ELOOP: Message("system.too_many_links"),
        errno.EMFILE: Message("system.too_many_open"),
        errno.ENAMETOOLONG: Message("system.name_long"),
        errno.ENETDOWN: Message("system.network_down"),
        errno.ENETUNREACH: Message("system.unreachable"),
        errno.ENFILE: Message("system.too_many_open_all"),
        errno.ENODATA: Message("system.no_data"),
        errno.ENODEV: Message("system.no_device"),
        errno.ENOENT: Message("system.missing"),
        errno.ENOEXEC: Message("system.no_program"),
        errno.ENOMEM: Message("system.no_memory"),
        errno.ENOSPC: Message("system.full"),
        errno.ENOSYS: Message("system.not_implemented"),
        errno.ENOTCONN: Message("system.not_connected"),
        errno.ENOTDIR: Message("system.no_folder"),
        errno.ENOTEMPTY: Message("system.not_empty"),
        errno.ENXIO: Message("system.no_such_device"),
        errno.EOPNOTSUPP: Message("system.unsupported"),
        errno.EPERM: Message("system.denied"),
        errno.EPIPE: Message("system.pipe"),
        errno.EPROTO: Message("system.protocol"),
        errno.EROFS: Message("system.read_only"),
        errno.ESTALE: Message("system.stale"),
        errno.ETIMEDOUT: Message("system.timed_out"),
        errno.ETXTBSY: Message("system.running"),
        errno.EXDEV: Message("system.other_device"),
    }


@cache
def _names() -> dict[int, Message]:
    """Return the same for ``socket.gaierror``: ``netdb.h`` of glibc (negative), of macOS and BSD (positive)."""
    return {
        -2: Message("system.no_name"),
        -5: Message("system.no_name"),
        8: Message("system.no_name"),
        -3: Message("system.no_name_now"),
        2: Message("system.no_name_now"),
    }


def reason_of(error: OSError) -> Message:
    """Return why a call failed; the system's own words where the reason is not one of the usual ones."""
    reasons = _names() if type(error).__name__ == "gaierror" else _reasons()  # numbers of its own
    known = (
        None if type(error).__module__ == "ssl" else reasons.get(error.errno or 0)
    )  # of its own as well: 1 is no EPERM
    return known or as_is((error.strerror or str(error) or type(error).__name__).lower())
