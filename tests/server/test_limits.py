"""What a body may cost: size, packed size, time, and what all bodies of a worker hold together."""

from __future__ import annotations

import asyncio
import gzip
import zlib
from collections.abc import Awaitable, Callable, Sequence

import pytest
from starlette.requests import ClientDisconnect, Request
from starlette.types import Message, Scope

from rempart_server import limits
from rempart_server.limits import Busy, Flight, SlowBody, TooLarge, Undecodable, begin, read_body


def receiver(pieces: Sequence[bytes], *, ends: bool = True) -> Callable[[], Awaitable[Message]]:
    left = list(pieces)

    async def receive() -> Message:
        if not left and not ends:
            await asyncio.Event().wait()
        if not left:
            return {"type": "http.disconnect"}
        piece = left.pop(0)
        return {"type": "http.request", "body": piece, "more_body": bool(left) or not ends}

    return receive


def request(pieces: Sequence[bytes], *, ends: bool = True, **headers: str) -> Request:
    scope: Scope = {
        "type": "http",
        "method": "POST",
        "headers": [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()],
    }
    return Request(scope, receiver(pieces, ends=ends))


def test_a_body_in_pieces_is_whole() -> None:
    assert asyncio.run(read_body(request([b"a", b"", b"bc"]), 3)) == b"abc"


@pytest.mark.parametrize("encoding", ["gzip", "x-gzip", "GZIP"])
def test_a_packed_body_is_unpacked(encoding: str) -> None:
    packed = gzip.compress(b"rows" * 20, mtime=0)
    assert asyncio.run(read_body(request([packed[:7], packed[7:]], content_encoding=encoding), 100)) == b"rows" * 20


def test_a_declared_size_is_refused_before_anything_is_read() -> None:
    with pytest.raises(TooLarge) as caught:
        asyncio.run(read_body(request([], ends=False, content_length="101"), 100))
    assert caught.value.size == 101


def test_an_undeclared_size_is_refused_once_it_is_passed() -> None:
    with pytest.raises(TooLarge):
        asyncio.run(read_body(request([b"x" * 60, b"x" * 60], ends=False), 100))


def test_a_gzip_bomb_is_refused_at_its_limit_and_holds_no_more() -> None:
    bomb = gzip.compress(b"\0" * 64 * 1024 * 1024, mtime=0)
    flight = Flight()
    one = request([bomb], content_encoding="gzip")
    share = begin(one.scope, flight)
    with pytest.raises(TooLarge):
        asyncio.run(read_body(one, 1024 * 1024))
    assert flight.held <= 2 * 1024 * 1024
    share.free()
    assert flight.held == 0


@pytest.mark.parametrize(
    ("body", "encoding"),
    [
        (b"no gzip", "gzip"),
        (gzip.compress(b"rows", mtime=0)[:-3], "gzip"),
        (gzip.compress(b"rows", mtime=0) + b"more", "gzip"),
        (b"", "gzip"),
        (zlib.compress(b"rows"), "deflate"),
        (b"rows", "br"),
    ],
)
def test_what_can_not_be_unpacked_is_refused(body: bytes, encoding: str) -> None:
    with pytest.raises(Undecodable):
        asyncio.run(read_body(request([body], content_encoding=encoding), 1000))


def test_a_body_that_does_not_come_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "GRACE", 0.01)
    with pytest.raises(SlowBody):
        asyncio.run(read_body(request([b"x"], ends=False), 1000))


def test_a_client_that_goes_away_is_no_body() -> None:
    with pytest.raises(ClientDisconnect):
        asyncio.run(read_body(request([]), 1000))


def test_bodies_beyond_what_a_worker_may_hold_are_refused_until_others_are_answered() -> None:
    flight = Flight(100)
    first, second = request([b"x" * 40]), request([b"x" * 20])
    share = begin(first.scope, flight, "192.0.2.1")
    begin(second.scope, flight, "192.0.2.1")
    asyncio.run(read_body(first, 100))
    with pytest.raises(Busy):
        asyncio.run(read_body(second, 100))
    share.free()
    third = request([b"x" * 20])
    begin(third.scope, flight, "192.0.2.1")
    assert len(asyncio.run(read_body(third, 100))) == 20


@pytest.mark.parametrize("addresses", [["192.0.2.1"], ["2001:db8::1", "2001:db8::2"]])
def test_unfinished_bodies_from_one_address_keep_no_other_one_out(addresses: list[str]) -> None:
    """Two addresses of one network of IPv6 may be one machine's."""

    async def fill() -> tuple[int, bytes]:
        flight = Flight()
        refused = 0
        for number in range(10):
            one = request([b"x" * 7_800_000], ends=False)
            begin(one.scope, flight, addresses[number % len(addresses)])
            task = asyncio.create_task(read_body(one))
            waiting.append(task)
            await asyncio.sleep(0)  # it takes what has come, and waits for more
            refused += task.done() and isinstance(task.exception(), Busy)
        other = request([b"x" * (15 << 20)])
        begin(other.scope, flight, "198.51.100.7")
        body = await read_body(other)
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)
        return refused, body

    waiting: list[asyncio.Task[bytes]] = []
    refused, body = asyncio.run(fill())
    assert len(body) == 15 << 20
    assert refused == 6  # four of them are half of what there is


def test_the_largest_body_may_be_as_large_once_it_is_unpacked() -> None:
    flight = Flight()
    flight.take(limits.MOST * limits.UNPACKED, "192.0.2.1")
    flight.free(limits.MOST * limits.UNPACKED, "192.0.2.1")
    assert flight.held == 0
