"""Named pipes of Windows as streams: overlapped reads and writes, so that a deadline ends the wait.

Source: Microsoft's "Named Pipes" and "Synchronous and Asynchronous I/O"; ``multiprocessing.connection`` of the standard
library works the same way. The pipe's owner must be the system, the administrators or this user.
"""

import sys
import time
from typing import Any

from rempart_agent.channels.stream import Expired, Gone, Refused, Stream
from rempart_core.messages.message import Message, as_is

_TRUSTED = ("S-1-5-18", "S-1-5-32-544")  # LocalSystem, Administrators
_ACCESS_DENIED, _PIPE_BUSY = 5, 231
_SE_KERNEL_OBJECT, _OWNER = 6, 1


class PipeStream(Stream):
    """A stream over an open pipe."""

    def __init__(self, handle: int, until: float) -> None:
        """Take over an open handle.

        Args:
            handle: The pipe, opened with ``FILE_FLAG_OVERLAPPED``.
            until: See ``Stream.until``.
        """
        self._handle: int | None = handle
        self.until = until

    def read(self, size: int) -> bytes:
        """See Stream.read."""
        winapi = _winapi()
        operation, status = self._started(lambda: winapi.ReadFile(self._open(), size, overlapped=True))
        self._finished(operation, status)
        data = bytes(operation.getbuffer() or b"")
        if not data:
            raise Gone(Message("stream.closed"))
        return data

    def write(self, data: bytes) -> None:
        """See Stream.write."""
        winapi = _winapi()
        while data:
            operation, status = self._started(lambda rest=data: winapi.WriteFile(self._open(), rest, overlapped=True))
            written = self._finished(operation, status)
            if not written:
                raise Gone(Message("stream.takes_no_more"))
            data = data[written:]

    def peer(self) -> int | None:
        """See Stream.peer: Windows has no user ids; the owner was looked at when it was opened."""
        return None

    def close(self) -> None:
        """See Stream.close."""
        handle, self._handle = self._handle, None
        if handle is not None:
            _winapi().CloseHandle(handle)

    def _open(self) -> int:
        if self._handle is None:
            raise Gone(Message("stream.pipe_closed"))
        return self._handle

    def _started(self, start: Any) -> tuple[Any, int]:
        self.rest()
        try:
            operation, status = start()
        except OSError as error:
            raise Gone(str(error)) from error
        return operation, int(status)

    def _finished(self, operation: Any, status: int) -> int:
        winapi = _winapi()
        try:
            if status == winapi.ERROR_IO_PENDING:
                wait = max(0, int((self.until - time.monotonic()) * 1000))
                if winapi.WaitForMultipleObjects([operation.event], False, wait) != winapi.WAIT_OBJECT_0:
                    operation.cancel()
                    operation.GetOverlappedResult(True)
                    raise Expired(Message("stream.deadline"))
            moved, _ = operation.GetOverlappedResult(True)
        except OSError as error:
            raise Gone(str(error)) from error
        return int(moved)


def connect(path: str, until: float) -> PipeStream:
    r"""Connect to the pipe at ``path`` (``\\.\pipe\osquery.em``), if who made it can be trusted.

    Args:
        path: The pipe's whole name.
        until: The moment (``time.monotonic``) at which waiting ends, also for all that is read and written later.

    Raises:
        Refused: it may not be used, or is not to be trusted.
        Gone: there is none.
        Expired: it stayed busy.
    """
    winapi = _winapi()
    while True:
        try:
            handle = winapi.CreateFile(
                path,
                winapi.GENERIC_READ | winapi.GENERIC_WRITE,
                0,
                winapi.NULL,
                winapi.OPEN_EXISTING,
                winapi.FILE_FLAG_OVERLAPPED,
                winapi.NULL,
            )
            break
        except OSError as error:
            code = getattr(error, "winerror", 0)
            if code == _ACCESS_DENIED:
                raise Refused(Message("stream.not_permitted", path=path)) from error
            if code != _PIPE_BUSY:
                raise Gone(Message("file.failed", path=path, error=str(error))) from error
            if time.monotonic() >= until:
                raise Expired(Message("stream.busy", path=path)) from error
            time.sleep(0.05)
    stream = PipeStream(handle, until)
    owner, here = _owner(handle)
    if not owner or owner not in {*_TRUSTED, here}:
        stream.close()
        raise Refused(
            Message("stream.pipe_owner", path=path, owner=as_is(owner) if owner else Message("stream.unknown_owner"))
        )
    return stream


def _owner(handle: int) -> tuple[str, str]:
    """Return the security identifiers of the pipe's owner and of this user, both ``""`` where they are unknown.

    Of pywin32, which osquery brings along.
    """
    import win32api
    import win32security

    try:
        said = win32security.GetSecurityInfo(handle, _SE_KERNEL_OBJECT, _OWNER)
        owner = win32security.ConvertSidToStringSid(said.GetSecurityDescriptorOwner())
        token = win32security.OpenProcessToken(win32api.GetCurrentProcess(), win32security.TOKEN_QUERY)
        mine = win32security.GetTokenInformation(token, win32security.TokenUser)[0]
        return str(owner), str(win32security.ConvertSidToStringSid(mine))
    except win32security.error:
        return "", ""


def _winapi() -> Any:
    if sys.platform == "win32":
        import _winapi

        return _winapi
    else:  # noqa: RET505 - what follows a return would be dead to the type checker
        raise Refused(Message("stream.windows"))
