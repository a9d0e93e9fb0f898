"""Unix sockets: who may stand behind one, and streams over them. Source: unix(7), path_resolution(7).

Who can write a socket, or put another one in its place, can answer in osquery's name: see ``trust``. Once connected the
kernel says who listens there, which no swap of files in between can change.
"""

import os
import socket
import stat
import struct
import sys
import time

from rempart_agent.channels import file_owner
from rempart_agent.channels.stream import Expired, Gone, Refused, Stream
from rempart_core.messages.message import Message
from rempart_core.messages.system import reason_of

assert sys.platform != "win32"  # noqa: S101 - a module for POSIX; this is how a type checker is told

_PEER = struct.Struct("=iII")  # struct ucred: process, user, group
_LONGEST = 100  # bytes of a path that sun_path holds on every system


class UnixStream(Stream):
    """A stream over a connected socket."""

    def __init__(self, connected: socket.socket, until: float) -> None:
        """Take over a connected socket.

        Args:
            connected: The socket.
            until: See ``Stream.until``.
        """
        self._socket = connected
        self.until = until

    def read(self, size: int) -> bytes:
        """See Stream.read."""
        try:
            self._socket.settimeout(self.rest())
            data = self._socket.recv(size)
        except TimeoutError as error:
            raise Expired(Message("stream.deadline")) from error
        except OSError as error:
            raise Gone(reason_of(error)) from error
        if not data:
            raise Gone(Message("stream.closed"))
        return data

    def write(self, data: bytes) -> None:
        """See Stream.write."""
        try:
            self._socket.settimeout(self.rest())
            self._socket.sendall(data)
        except TimeoutError as error:
            raise Expired(Message("stream.deadline")) from error
        except OSError as error:
            raise Gone(reason_of(error)) from error

    def peer(self) -> int | None:
        """See Stream.peer; ``SO_PEERCRED`` of unix(7), ``LOCAL_PEERCRED`` on macOS."""
        user: int | None = None
        try:
            if sys.platform == "linux":
                user = _PEER.unpack(self._socket.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _PEER.size))[1]
            elif sys.platform == "darwin":
                # struct xucred: version, user, …; SOL_LOCAL is 0 and LOCAL_PEERCRED 1 in <sys/un.h>
                version, user = struct.unpack_from("=II", self._socket.getsockopt(0, 1, 76))
                user = user if version == 0 else None
        except (OSError, struct.error):
            return None
        return user

    def close(self) -> None:
        """See Stream.close."""
        try:
            self._socket.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self._socket.close()


def connect(path: str, until: float) -> UnixStream:
    """Connect to the socket at ``path``, if it and who listens there can be trusted.

    Args:
        path: The socket.
        until: See ``Stream.until``.

    Raises:
        Refused: it may not be used, or is not to be trusted.
        Gone: nobody listens there.
        Expired: nobody answered in time.
    """
    real = check_trust(path)
    one = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    stream = UnixStream(one, until)
    try:
        one.settimeout(stream.rest())
        one.connect(real)
    except TimeoutError as error:
        stream.close()
        raise Expired(Message("file.failed", path=path, error=Message("stream.deadline"))) from error
    except PermissionError as error:
        stream.close()
        raise Refused(Message("stream.not_permitted", path=path)) from error
    except OSError as error:
        stream.close()
        raise Gone(Message("file.failed", path=path, error=reason_of(error))) from error
    except Expired:
        stream.close()
        raise
    user = stream.peer()
    if user is not None and user not in {0, os.geteuid()}:
        stream.close()
        raise Refused(Message("stream.listener", path=path, user=str(user)))
    return stream


def connect_when_there(path: str, until: float) -> UnixStream:
    """Connect as ``connect`` does, to a socket whose process is about to make it.

    Args:
        path: The socket's path, which need not be there yet.
        until: The moment (``time.monotonic``) at which waiting ends, also for all that is read and written later.

    Raises:
        StreamError: See ``connect``; ``Gone`` once ``until`` is about to pass.
    """
    while True:
        try:
            return connect(path, until)
        except Gone:
            if time.monotonic() + 0.02 >= until:
                raise
            time.sleep(0.02)


def check_trust(path: str) -> str:
    """Return where the socket at ``path`` really lies, if nobody but root and this user can have put it there.

    Raises:
        Refused: somebody else can have, or can write it.
        Gone: there is no socket.
    """
    real = file_owner.check_place(path)
    try:
        mode = os.lstat(real).st_mode
    except OSError as error:  # osqueryd ended in between
        raise Gone(Message("file.failed", path=path, error=reason_of(error))) from error
    if not stat.S_ISSOCK(mode):
        raise Gone(Message("stream.no_socket", path=path))
    return real


def listen(path: str, user: int | None) -> socket.socket:
    """Return a socket that listens at ``path`` and that only its owner can write.

    Args:
        path: Where; what an ended process left there is taken away.
        user: The user that must be able to connect; None for this one.

    Raises:
        Refused: it can't be made there.
    """
    if len(os.fsencode(path)) > _LONGEST:
        raise Refused(Message("stream.path_long", path=path, most=str(_LONGEST)))
    one = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        try:
            if stat.S_ISSOCK(os.lstat(path).st_mode):
                os.unlink(path)
        except FileNotFoundError:
            pass
        one.bind(path)
        os.chmod(path, 0o600)  # before it listens: nobody can have connected
        if user is not None and user != os.geteuid():
            os.chown(path, user, -1)
        one.listen(16)
    except OSError as error:
        one.close()
        raise Refused(Message("file.failed", path=path, error=reason_of(error))) from error
    return one


def accept(listening: socket.socket, seconds: float) -> UnixStream:
    """Return the next connection to a listening socket.

    Args:
        listening: The socket.
        seconds: The stream's deadline from now on.

    Raises:
        Gone: it listens no more.
    """
    try:
        connected, _ = listening.accept()
    except OSError as error:
        raise Gone(reason_of(error)) from error
    return UnixStream(connected, time.monotonic() + seconds)


def withdraw(listening: socket.socket, path: str) -> None:
    """Stop listening, wake whoever waits in ``accept``, and take the socket's path away.

    Args:
        listening: What ``listen`` returned.
        path: Where it listens; a path that is gone already is no error.
    """
    try:
        listening.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass
    listening.close()
    try:
        os.unlink(path)
    except OSError:
        pass
