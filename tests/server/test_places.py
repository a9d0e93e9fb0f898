"""Whether a node waits for a place: who has one is read while all are taken alone, once a second at most."""

from __future__ import annotations

import asyncio

from rempart_server.places import FRESH, Places, Taken


def test_who_waits_is_known_from_one_reading_a_second() -> None:
    now = [100.0]
    readings = [Taken({1, 2}, full=True), Taken({2}, full=False)]
    left = list(readings)

    async def read() -> Taken:
        return left.pop(0)

    async def go() -> None:
        places = Places(lambda: now[0])
        assert not await places.shut_out(3, read)  # nobody found them taken yet
        assert left == readings
        places.note_full()
        assert await places.shut_out(3, read)
        assert not await places.shut_out(1, read)  # it has one: its audit goes on
        places.note_full()
        assert await places.shut_out(4, read)
        assert left == readings[1:]
        now[0] += FRESH
        assert not await places.shut_out(3, read)  # one is free
        assert not await places.shut_out(3, read)
        assert left == []

    asyncio.run(go())
