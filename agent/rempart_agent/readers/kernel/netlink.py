"""Asking the kernel over netlink (netlink(7)), with plain sockets.

``dump`` asks and returns the raw answer; ``messages`` and ``attributes`` take such an answer apart and are pure.
"""

import base64
import os
import sys
from typing import Any, Dict, Iterator, List, NamedTuple, Tuple, Union

from rempart_agent.source.contract import Denied, Malformed, NotObservable, SourceError

ROUTE, AUDIT, NETFILTER = 0, 9, 12  # protocols of linux/netlink.h
_ERROR, _DONE = 2, 3
_REQUEST, _DUMP, _INTERRUPTED = 0x1, 0x300, 0x10
_HEADER = 16
_MOST = 64 * 1024 * 1024
_TRIES = 5
_TYPE = 0x3FFF  # without the flags NLA_F_NESTED and NLA_F_NET_BYTEORDER


class Message(NamedTuple):
    """One netlink message: its type, its flags and what follows the header."""

    type: int
    flags: int
    body: bytes


class Interrupted(SourceError):
    """What was being listed changed meanwhile."""


class Unsupported(NotObservable):
    """This kernel does not know what was asked."""


def number(data: bytes) -> int:
    """Return a number in the machine's own byte order."""
    return int.from_bytes(data, sys.byteorder)


def messages(data: bytes) -> Iterator[Message]:
    """Split an answer into its messages; raises ``Malformed`` where one does not fit."""
    at = 0
    while at < len(data):
        length = number(data[at : at + 4])
        if length < _HEADER or at + length > len(data):
            raise Malformed("netlink: a message of {length} bytes does not fit", length=length)
        yield Message(number(data[at + 4 : at + 6]), number(data[at + 6 : at + 8]), data[at + _HEADER : at + length])
        at += length + 3 & ~3


def attributes(data: bytes) -> Iterator[Tuple[int, bytes]]:
    """Split a message's body, or a nested attribute, into types and values; raises ``Malformed``."""
    at = 0
    while at + 4 <= len(data):
        length = number(data[at : at + 2])
        if length < 4 or at + length > len(data):
            raise Malformed("netlink: an attribute of {length} bytes does not fit", length=length)
        yield number(data[at + 2 : at + 4]) & _TYPE, data[at + 4 : at + length]
        at += length + 3 & ~3


def text(value: bytes) -> str:
    """Return a string attribute without its NUL."""
    return value.split(b"\0", 1)[0].decode("utf-8", "replace")


def unpack(answer: object) -> bytes:
    """Return the bytes of a recorded answer; raises ``Malformed`` where it is none."""
    try:
        return base64.b64decode(answer, validate=True)  # type: ignore[arg-type]  # what it refuses is caught
    except (TypeError, ValueError) as error:
        raise Malformed("netlink: no answer") from error


Recorded = Union[str, List["Recorded"], Dict[str, "Recorded"]]
"""Answers of the kernel as a recorded machine keeps them: base64, by what was asked."""
Answers = Dict[str, Recorded]


class Refused(SourceError):
    """The kernel does not talk to whom it asks: from another user namespace, say."""


class Talk:
    """A netlink socket with a deadline for all that is asked on it."""

    def __init__(self, protocol: int, timeout: float = 5.0) -> None:
        """Open it.

        Args:
            protocol: ``ROUTE``, ``AUDIT`` or ``NETFILTER``.
            timeout: Seconds for the whole talk.

        Raises:
            Unsupported: the kernel has no such protocol.
            Denied: it may not be used.
        """
        import socket
        import time

        self._now = time.monotonic
        self._end = self._now() + timeout
        self._sequence = 0
        try:
            self._socket = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW | socket.SOCK_CLOEXEC, protocol)
        except OSError as error:
            raise _refusal(error.errno or 0) from error

    def __enter__(self) -> "Talk":
        """Return itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the socket."""
        self._socket.close()

    def dump(self, kind: int, body: bytes) -> str:
        """List everything of a kind and return the answer, raw, in base64; ``unpack`` reverts that.

        Args:
            kind: The type of the message.
            body: What follows its header.

        Raises:
            Interrupted: what is listed kept changing.
            SourceError: the kernel refused, or did not answer in time.
        """
        for _ in range(_TRIES):
            try:
                return base64.b64encode(self._ask(kind, _REQUEST | _DUMP, body)).decode("ascii")
            except Interrupted as error:
                last = error
        raise last

    def get(self, kind: int, body: bytes) -> bytes:
        """Ask for one thing and return the answer, raw. Raises as ``dump``.

        Args:
            kind: The type of the message.
            body: What follows its header.
        """
        return self._ask(kind, _REQUEST, body)

    def _ask(self, kind: int, flags: int, body: bytes) -> bytes:
        self._sequence += 1
        order: Any = sys.byteorder
        header = (len(body) + _HEADER).to_bytes(4, order) + kind.to_bytes(2, order) + flags.to_bytes(2, order)
        header += self._sequence.to_bytes(4, order) + bytes(4)
        try:
            self._socket.sendto(header + body, (0, 0))
        except OSError as error:
            raise _refusal(error.errno or 0) from error
        parts = []
        size = 0
        interrupted = False
        while True:
            data = self._receive()
            size += len(data)
            if size > _MOST:
                raise SourceError("netlink: an answer of more than {most} MiB", most=_MOST >> 20)
            done = False
            for message in messages(data):
                interrupted = interrupted or bool(message.flags & _INTERRUPTED)
                if message.type == _ERROR:
                    code = int.from_bytes(message.body[:4], order, signed=True)
                    if code:
                        raise _refusal(-code)
                    done = True
                elif message.type == _DONE:
                    code = int.from_bytes(message.body[:4], order, signed=True)
                    if code < 0:
                        raise _refusal(-code)
                    done = True
            parts.append(data)
            if done or not flags & _DUMP:
                if interrupted:
                    raise Interrupted("netlink: what is listed changes all the time")
                return b"".join(parts)

    def _receive(self) -> bytes:
        import socket

        while True:
            left = self._end - self._now()
            if left <= 0:
                raise SourceError("netlink: no answer in time")
            self._socket.settimeout(left)
            try:
                data, _, flags, sender = self._socket.recvmsg(1 << 18)
            except socket.timeout as error:
                raise SourceError("netlink: no answer in time") from error
            except OSError as error:
                raise _refusal(error.errno or 0) from error
            if sender and sender[0] != 0:  # only the kernel is believed
                continue
            if flags & socket.MSG_TRUNC:
                raise SourceError("netlink: an answer was cut off")
            if len(data) >= _HEADER and number(data[8:12]) != self._sequence:  # left over from a dump before
                continue
            return data


def _refusal(code: int) -> SourceError:
    import errno

    why = SourceError(os.strerror(code))
    if code in (errno.EPERM, errno.EACCES):
        return Denied("netlink: {why}", why=why)
    if code in (errno.EPROTONOSUPPORT, errno.EAFNOSUPPORT, errno.EOPNOTSUPP):
        return Unsupported("netlink: {why}", why=why)
    if code == errno.EINTR:
        return Interrupted("netlink: {why}", why=why)
    if code == errno.ECONNREFUSED:
        return Refused("netlink: {why}", why=why)
    return SourceError("netlink: {why}", why=why)
