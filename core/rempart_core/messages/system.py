"""What the operating system says of a call that failed, as a message: the usual reasons in every language."""

import errno

from rempart_core.messages.message import Message, as_is


def reason_of(error: OSError) -> Message:
    """Return why a call failed; the system's own words where the reason is not one of the usual ones."""
    match error.errno:
        case errno.ECONNREFUSED:
            return Message("system.refused")
        case errno.EHOSTUNREACH:
            return Message("system.no_route")
        case errno.ENETUNREACH:
            return Message("system.unreachable")
        case errno.ETIMEDOUT:
            return Message("system.timed_out")
        case errno.EACCES | errno.EPERM:
            return Message("system.denied")
        case errno.ENOENT:
            return Message("system.missing")
        case errno.EEXIST:
            return Message("system.exists")
        case errno.EISDIR:
            return Message("system.folder")
        case errno.ENOTDIR:
            return Message("system.no_folder")
        case errno.ENOSPC:
            return Message("system.full")
        case errno.EROFS:
            return Message("system.read_only")
    return as_is((error.strerror or str(error) or type(error).__name__).lower())
