"""A stream of bytes to another process on this machine, with one deadline for all that is read and written.

The deadline is a moment, not a wait for each read: whoever sends a byte now and then can't hold a caller for ever.

StreamError
├── Expired   the deadline was reached
├── Gone      the other side is not there, refuses, or went away
└── Refused   what stands there may not be used or is not to be trusted
"""

import time

from rempart_core.messages.message import Message


class StreamError(Exception):
    """A stream could not be opened, read or written; carries a message, or the words of a library."""


class Expired(StreamError):
    """The deadline was reached."""


class Gone(StreamError):
    """The other side is not there, refuses, or went away in the middle."""


class Refused(StreamError):
    """What stands there may not be used by this user, or is not to be trusted."""


class Stream:
    """Bytes to and from another process.

    Attributes:
        until: The moment (``time.monotonic``) after which every read and write raises ``Expired``.
    """

    until = 0.0

    def read(self, size: int) -> bytes:
        """Return at least one and at most ``size`` bytes.

        Raises:
            StreamError: there are none before the deadline, or never will be.
        """
        raise NotImplementedError

    def write(self, data: bytes) -> None:
        """Write all of ``data``.

        Raises:
            StreamError: that was not possible before the deadline.
        """
        raise NotImplementedError

    def peer(self) -> int | None:
        """Return the user id of the process at the other end; None where this system does not say."""
        raise NotImplementedError

    def close(self) -> None:
        """Let go of it; may be called twice, and from another thread."""
        raise NotImplementedError

    def rest(self) -> float:
        """Return the seconds that are left.

        Raises:
            Expired: there are none.
        """
        rest = self.until - time.monotonic()
        if rest <= 0:
            raise Expired(Message("stream.deadline"))
        return rest
