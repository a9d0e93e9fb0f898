"""A file object over bytes that come once, from the first to the last: what tarfile reads from."""

import io
from typing import Iterator, Optional

from rempart_agent.source.contract import Unfit

KEPT = 1024  # bytes that stay readable behind the present place: tarfile goes back by one
MOST = 4 << 20
"""The most bytes of one read; a header of an archive that asks for more is not believed."""


class ForwardFile(io.RawIOBase):
    """Reads and seeks forwards; ``Unfit`` where more than a step back, or too much at once, is asked."""

    def __init__(self, parts: Iterator[bytes]) -> None:
        """Read what the parts hold.

        Args:
            parts: The bytes, cut anywhere.
        """
        super().__init__()
        self._parts = parts
        self._held = b""
        self._start = 0  # where the held bytes begin
        self._at = 0

    def readable(self) -> bool:
        """See RawIOBase.readable."""
        return True

    def seekable(self) -> bool:
        """See RawIOBase.seekable."""
        return True

    def tell(self) -> int:
        """See RawIOBase.tell."""
        return self._at

    def seek(self, offset: int, whence: int = 0) -> int:
        """See RawIOBase.seek; what lies between is read and let go."""
        if whence != 0 or offset < self._start:
            raise Unfit("an archive that has to be read backwards")
        while offset > self._start + len(self._held) and self._more(offset):
            pass
        self._at = offset
        return offset

    def read(self, size: int = -1) -> bytes:
        """See RawIOBase.read: ``size`` bytes, fewer only at the end."""
        if not 0 <= size <= MOST:
            raise Unfit("an archive that asks for {size} bytes at once", size=size)
        end = self._at + size
        while end > self._start + len(self._held) and self._more(self._at):
            pass
        begin = self._at - self._start
        data = self._held[begin : begin + size]
        self._at += len(data)
        return data

    def rest(self) -> Iterator[bytes]:
        """Yield all that follows, part by part."""
        data: Optional[bytes] = self._held[max(self._at - self._start, 0) :]
        passed = max(self._at - self._start - len(self._held), 0)  # of what is not read yet
        self._held = b""
        while data is not None:
            self._at += len(data)
            if data:
                yield data
            data = next(self._parts, None)
            if data and passed:
                data, passed = data[passed:], max(passed - len(data), 0)
        self._start = self._at

    def _more(self, needed: int) -> bool:
        """Take one more part; what lies well before ``needed`` is let go. False at the end."""
        part = next(self._parts, None)
        if part is None:
            return False
        begin = max(min(needed - KEPT - self._start, len(self._held)), 0)
        self._held = self._held[begin:] + part
        self._start += begin
        return True
