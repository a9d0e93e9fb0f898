"""What is written together: each that waits is told of its own, and one that spoils it spoils it for itself."""

from __future__ import annotations

import asyncio

from rempart_core.error import StoreError
from rempart_core.messages.message import Message
from rempart_server.together import Together


class Place:
    """Where it is written: strokes that were, and what spoils one."""

    def __init__(self, bad: set[int]) -> None:
        self.bad = bad
        self.strokes: list[list[int]] = []
        self.away = False

    async def write(self, some: list[int]) -> list[int]:
        await asyncio.sleep(0)
        if self.away:
            raise StoreError(Message("store.busy"))
        if self.bad & {*some}:
            raise ValueError(some)
        self.strokes.append(some)
        return [10 * one for one in some]


def add_all(place: Place, numbers: list[int], most: int = 3) -> list[int | BaseException]:
    async def go() -> list[int | BaseException]:
        together = Together(place.write, most)
        return await asyncio.gather(*(together.add(one) for one in numbers), return_exceptions=True)

    return asyncio.run(go())


def test_what_comes_together_is_written_together_and_each_is_told_of_its_own() -> None:
    place = Place(set())
    assert add_all(place, [1, 2, 3, 4]) == [10, 20, 30, 40]
    assert place.strokes == [[1, 2, 3], [4]]


def test_one_that_spoils_it_spoils_it_for_itself() -> None:
    place = Place({2})
    told = add_all(place, [1, 2, 3])
    assert isinstance(told[1], ValueError)
    assert [told[0], told[2]] == [10, 30]
    assert place.strokes == [[1], [3]]


def test_a_store_that_is_away_is_not_asked_for_each() -> None:
    place = Place(set())
    place.away = True
    assert all(isinstance(one, StoreError) for one in add_all(place, [1, 2, 3]))


def test_one_that_waits_no_more_is_written_and_stops_nobody() -> None:
    place = Place(set())

    async def go() -> int:
        together = Together(place.write, 3)
        gone = asyncio.create_task(together.add(1))
        await asyncio.sleep(0)
        gone.cancel()
        return await together.add(2)

    assert asyncio.run(go()) == 20
    assert sorted(one for stroke in place.strokes for one in stroke) == [1, 2]
