"""What a request may cost before it is looked at: the size of its body, packed and unpacked, its time, and all of them.

A body is read piece by piece; what is too large or too slow is refused before it is whole, and nothing is decoded here
but gzip. What all requests of a worker hold together is bounded: beyond it a request is refused, not kept waiting. So
that one address does not keep the others out, it may hold no more than it leaves free.

Sources: RFC 9110, section 8.4.1.3 (gzip), RFC 1952; ASGI 3, "HTTP connection scope"; Choudhury and Hahne, "Dynamic
Queue Length Thresholds for Shared-Memory Packet Switches" (1998).
"""

import asyncio
import io
import time
import zlib
from collections import Counter
from collections.abc import MutableMapping
from typing import Any

from starlette.requests import ClientDisconnect, Request

from rempart_server.client_address import network_of

MOST = 16 * 1024 * 1024
"""Bytes of the largest body of all."""
UNPACKED = 2
"""A body in gzip may be this many times as large when it is unpacked."""
IN_FLIGHT = 64 * 1024 * 1024
"""Bytes that all requests of a worker may hold at a time; one address half of them: the largest body, unpacked."""
GRACE = 15.0
"""Seconds in which a body has to come, besides one for each ``RATE`` bytes."""
RATE = 16 * 1024
_PIECE = 256 * 1024
_SHARE = "rempart.share"


class Refused(Exception):
    """A body that is not read to its end.

    Refused
    ├── TooLarge  more bytes than allowed, packed or unpacked
    ├── SlowBody  it did not come in time
    ├── Undecodable  it is no gzip, or another encoding
    └── Busy  all that the worker may hold is held; later it may be read
    """


class TooLarge(Refused):
    """More bytes than allowed.

    Attributes:
        size: As far as it is known: what was declared or what had come.
    """

    def __init__(self, size: int) -> None:
        self.size = size
        super().__init__(f"body of {size} bytes or more")


class SlowBody(Refused):
    """It did not come in time."""


class Undecodable(Refused):
    """Its encoding is none that is read here, or it is no gzip though it says so."""


class Busy(Refused):
    """All that the worker may hold is held."""


class Flight:
    """What the requests of a worker hold at a time.

    Attributes:
        held: Bytes.
    """

    def __init__(self, most: int = IN_FLIGHT) -> None:
        self._most = most
        self.held = 0
        self._by_place: Counter[str] = Counter()

    def take(self, count: int, address: str = "") -> None:
        """Hold so many bytes more.

        An address alone may hold half of all, each of two a third, and so on: there is always room for one more.

        Args:
            count: Bytes.
            address: From where they come; those of one network of IPv6 count as one.

        Raises:
            Busy: There is no room for them, or the address would hold more than it leaves free.
        """
        if not count:
            return
        place = network_of(address)
        if self._by_place[place] + count > self._most - self.held - count:
            raise Busy
        self.held += count
        self._by_place[place] += count

    def free(self, count: int, address: str = "") -> None:
        """Let go of so many bytes.

        Args:
            count: Bytes.
            address: See :meth:`take`.
        """
        self.held -= count
        place = network_of(address)
        self._by_place[place] -= count
        if not self._by_place[place]:
            del self._by_place[place]


class Share:
    """What one request holds; freed when it is answered."""

    def __init__(self, flight: Flight, address: str = "") -> None:
        """Hold nothing yet.

        Args:
            flight: Of the worker.
            address: From where the request came.
        """
        self._flight = flight
        self._address = address
        self._held = 0

    def take(self, count: int) -> None:
        """Hold more; see :meth:`Flight.take`."""
        self._flight.take(count, self._address)
        self._held += count

    def free(self) -> None:
        """Let go of everything."""
        if self._held:
            self._flight.free(self._held, self._address)
        self._held = 0


def begin(scope: MutableMapping[str, Any], flight: Flight, address: str = "") -> Share:
    """Give a request its share, which whoever answers frees.

    Args:
        scope: Of ASGI.
        flight: Of the worker.
        address: From where the request came.
    """
    share = scope[_SHARE] = Share(flight, address)
    return share


async def read_body(request: Request, most: int = MOST) -> bytes:
    """Return the body of a request, unpacked.

    Args:
        request: Nothing of its body was read.
        most: Bytes that may come; unpacked, ``UNPACKED`` times as many.

    Raises:
        TooLarge: It is larger.
        SlowBody: It comes too slowly.
        Undecodable: It can't be unpacked.
        Busy: The worker has no room.
        ClientDisconnect: The client went away.
    """
    declared = request.headers.get("content-length", "")
    if declared.isdecimal() and int(declared[:20]) > most:
        raise TooLarge(int(declared[:20]))
    share = request.scope.get(_SHARE) or Share(Flight())
    unpack = _unpacker(request.headers.get("content-encoding", "").strip().lower())
    begun, came, whole = time.monotonic(), 0, io.BytesIO()
    more = True
    while more:
        try:
            async with asyncio.timeout(begun + GRACE + came / RATE - time.monotonic()):
                message = await request.receive()
        except TimeoutError as error:
            raise SlowBody from error
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        piece, more = message.get("body", b""), message.get("more_body", False)
        came += len(piece)
        if came > most:
            raise TooLarge(came)
        if unpack is None:
            share.take(len(piece))
            whole.write(piece)
        else:
            await _unpack(unpack, piece, whole, most * UNPACKED, share)
    if unpack is not None and not (unpack.eof and not unpack.unused_data):
        raise Undecodable
    return whole.getvalue()


def _unpacker(encoding: str) -> Any:
    if encoding in ("", "identity"):
        return None
    if encoding in ("gzip", "x-gzip"):
        return zlib.decompressobj(wbits=16 + zlib.MAX_WBITS)
    raise Undecodable


async def _unpack(unpack: Any, piece: bytes, whole: io.BytesIO, most: int, share: Share) -> None:
    """Unpack a piece, never more than ``_PIECE`` at a time."""
    while piece:
        try:
            got = unpack.decompress(piece, _PIECE)
        except zlib.error as error:
            raise Undecodable from error
        if whole.tell() + len(got) > most:
            raise TooLarge(whole.tell() + len(got))
        share.take(len(got))
        whole.write(got)
        piece = unpack.unconsumed_tail
        if piece:
            await asyncio.sleep(0)
