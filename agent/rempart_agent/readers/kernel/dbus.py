"""A D-Bus client just large enough to ask systemd for its units (D-Bus Specification 0.43).

It calls a method without arguments and returns the body of the answer; ``parse_units`` reads that and is pure.
"""

import os
from typing import Any, Dict, List, Tuple, Union

from rempart_agent.source.contract import Denied, Malformed, Missing, SourceError, reason

_CALL, _RETURN, _ERROR = 1, 2, 3
_PATH, _INTERFACE, _MEMBER, _ERROR_NAME, _REPLY_SERIAL, _DESTINATION = 1, 2, 3, 4, 5, 6
_MOST = 64 * 1024 * 1024


class Bus:
    """A connection with a deadline for all that is asked on it."""

    def __init__(self, path: str, timeout: float = 5.0) -> None:
        """Connect and say who this process runs as.

        Args:
            path: The socket: a bus's, or a service's own.
            timeout: Seconds for the whole talk.

        Raises:
            Missing: nobody listens there.
            Denied: this user is not let in.
        """
        import socket
        import time

        self._now = time.monotonic
        self._end = self._now() + timeout
        self._serial = 0
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM | socket.SOCK_CLOEXEC)
        try:
            self._limit()
            self._socket.connect(path)
            # All of the greeting at once, as systemd's own clients send it: systemd leaves a message that it reads in
            # one go with a late BEGIN until something else arrives, and that is never.
            user = str(os.geteuid()).encode().hex().encode()
            self._socket.sendall(b"\0AUTH EXTERNAL " + user + b"\r\nBEGIN\r\n")
            said = b""
            while not said.endswith(b"\r\n"):
                said += self._receive(1)
                if len(said) > 1024:
                    raise Malformed("D-Bus: no answer to the greeting")
            if not said.startswith(b"OK"):
                raise Denied("D-Bus: this user is not let in")
        except OSError as error:
            self._socket.close()
            raise _refusal(error, path) from error
        except SourceError:
            self._socket.close()
            raise

    def __enter__(self) -> "Bus":
        """Return itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the connection."""
        self._socket.close()

    def call(self, destination: str, path: str, interface: str, member: str) -> bytes:
        """Call a method without arguments and return the body of the answer, in little endian.

        Args:
            destination: The name of who is called.
            path: The object's.
            interface: The interface.
            member: The method.

        Raises:
            SourceError: the other side refused, or did not answer in time.
        """
        self._serial += 1
        fields = {_PATH: ("o", path), _INTERFACE: ("s", interface), _MEMBER: ("s", member)}
        if destination:
            fields[_DESTINATION] = ("s", destination)
        try:
            self._socket.sendall(_message(self._serial, fields))
            while True:
                kind, found, body = self._read_message()
                if found.get(_REPLY_SERIAL) != self._serial:  # a signal, or an answer to somebody else
                    continue
                if kind == _RETURN:
                    return body
                if kind == _ERROR:
                    name = str(found.get(_ERROR_NAME, "error"))
                    raise (Denied if name.endswith("AccessDenied") else SourceError)("D-Bus: " + name)
        except OSError as error:
            raise _refusal(error, "D-Bus") from error

    def _limit(self) -> None:
        left = self._end - self._now()
        if left <= 0:
            raise SourceError("D-Bus: no answer in time")
        self._socket.settimeout(left)

    def _receive(self, size: int) -> bytes:
        parts = []
        while size:
            self._limit()
            part = self._socket.recv(min(size, 1 << 18))
            if not part:
                raise SourceError("D-Bus: the connection was closed")
            parts.append(part)
            size -= len(part)
        return b"".join(parts)

    def _read_message(self) -> Tuple[int, Dict[int, Any], bytes]:
        head = self._receive(16)
        if head[:1] != b"l":
            raise Malformed("D-Bus: an answer in another byte order")
        size, fields = _word(head, 4), _word(head, 12)
        if size + fields > _MOST:
            raise Malformed("D-Bus: an answer of more than {most} MiB", most=_MOST >> 20)
        rest = self._receive((fields + 7 & ~7) + size)
        return head[1], parse_fields(rest[:fields]), rest[(fields + 7 & ~7) :]


def _refusal(error: OSError, what: str) -> SourceError:
    import socket

    if isinstance(error, (FileNotFoundError, ConnectionRefusedError)):
        return Missing("{what}: nobody listens there", what=what)
    if isinstance(error, PermissionError):
        return Denied("{what}: this user is not let in", what=what)
    if isinstance(error, socket.timeout):
        return SourceError("{what}: no answer in time", what=what)
    return SourceError("{what}: {why}", what=what, why=reason(error))


def _message(serial: int, fields: Dict[int, Tuple[str, str]]) -> bytes:
    packed = b""
    for code, (kind, text) in fields.items():
        packed += bytes(-len(packed) % 8)
        packed += bytes((code, 1)) + kind.encode() + b"\0"
        data = text.encode("utf-8")
        packed += len(data).to_bytes(4, "little") + data + b"\0"
    head = b"l" + bytes((_CALL, 0, 1)) + bytes(4) + serial.to_bytes(4, "little") + len(packed).to_bytes(4, "little")
    return head + packed + bytes(-len(packed) % 8)


def parse_fields(data: bytes) -> Dict[int, Any]:
    """Read the header fields of a message; raises ``Malformed``."""
    found: Dict[int, Any] = {}
    at = 0
    while at < len(data):
        at += -at % 8
        if at + 4 > len(data):
            break
        code, kind = data[at], data[at + 2 : at + 3]
        at += 4
        if data[at - 3] != 1:
            raise Malformed("D-Bus: a header field of unknown type")
        if kind in (b"s", b"o"):
            found[code], at = _text(data, at)
        elif kind == b"g":
            at += data[at] + 2 if at < len(data) else 1
        elif kind == b"u":
            found[code] = _word(data, at)
            at += 4
        else:
            raise Malformed("D-Bus: a header field of unknown type")
    return found


def parse_units(body: bytes) -> List[List[Union[str, int]]]:
    """Read the answer to ``ListUnits``, an ``a(ssssssouso)`` (org.freedesktop.systemd1(5)).

    Returns:
        For each unit: id, description, load state, active state, sub state, following, object path, job id, job type,
        job path.

    Raises:
        Malformed: it is no such answer.
    """
    units = []
    at = 8  # a unit is aligned to 8 bytes; the padding before the first is not counted
    end = at + _word(body, 0)
    if end > max(len(body), 8):
        raise Malformed("D-Bus: the list of units is cut off")
    while at < end:
        at += -at % 8
        unit: List[Union[str, int]] = []
        for kind in "ssssssouso":
            if kind == "u":
                at += -at % 4
                value: Union[str, int] = _word(body, at)
                at += 4
            else:
                at += -at % 4
                value, at = _text(body, at)
            unit.append(value)
        units.append(unit)
    return units


def _text(data: bytes, at: int) -> Tuple[str, int]:
    size = _word(data, at)
    end = at + 4 + size
    if end >= len(data):
        raise Malformed("D-Bus: a text is cut off")
    return data[at + 4 : end].decode("utf-8", "replace"), end + 1


def _word(data: bytes, at: int) -> int:
    if at + 4 > len(data):
        raise Malformed("D-Bus: an answer is cut off")
    return int.from_bytes(data[at : at + 4], "little")
