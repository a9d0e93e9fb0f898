"""Many documents in one transaction: each is told of its own, and one that spoils it spoils it for itself."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from rempart_testing.push_door import know, open_door, seal, visits

from rempart_core.error import StoreError
from rempart_core.signing.key import Key, load_key
from rempart_server.context import Context
from rempart_server.push import intake, taking
from rempart_server.push.intake import Intake
from rempart_server.push.taking import Arrived, Believed, Refusal

Said = Refusal | None | BaseException


@pytest.fixture(params=["sqlite", "postgresql"])
def context(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Context]:
    place = request.getfixturevalue("database") if request.param == "postgresql" else ""
    with open_door(tmp_path, place) as context:
        yield context


@pytest.fixture
def keys(context: Context, tmp_path: Path) -> list[Key]:
    found = [load_key(str(tmp_path / f"{number}.pem")) for number in range(4)]
    for number, key in enumerate(found):
        know(context, key, f"host{number}", f"{number:064}")
    return found


def believed(context: Context, key: Key, machine: int, number: int = 12) -> Arrived:
    judged = taking.judge(context, seal(key, number, machine=f"{machine:064}"))
    assert isinstance(judged, Believed)
    return Arrived(judged, "192.0.2.7")


def take(context: Context, arrived: list[Arrived]) -> list[Said]:
    async def go() -> list[Said]:
        one = Intake(context)
        return list(await asyncio.gather(*(one.take(some) for some in arrived), return_exceptions=True))

    return asyncio.run(go())


def test_what_comes_together_is_written_together(
    context: Context, keys: list[Key], monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes: list[int] = []

    def store(connection: object, own: Context, arrived: list[Arrived]) -> list[Refusal | None]:
        sizes.append(len(arrived))
        return taking.store(connection, own, arrived)  # type: ignore[arg-type]

    monkeypatch.setattr(intake, "store", store)
    arrived = [believed(context, key, place) for place, key in enumerate(keys)]
    assert take(context, [*arrived, *arrived]) == [None] * 8
    assert sizes == [8]
    assert visits(context) == 4


def test_of_one_agent_the_older_is_stored_first_whichever_came_first(context: Context, keys: list[Key]) -> None:
    arrived = [believed(context, keys[0], 0, number) for number in (14, 12, 13)]
    assert take(context, arrived) == [None] * 3
    late = take(context, [believed(context, keys[1], 1), arrived[1]])
    assert late[0] is None
    assert isinstance(late[1], Refusal), "12 is forgotten with 14: its number tells that it is old"
    assert visits(context) == 4


def test_one_that_can_not_be_stored_spoils_no_other(
    context: Context, keys: list[Key], monkeypatch: pytest.MonkeyPatch
) -> None:
    bad = believed(context, keys[0], 0)

    def save(connection: object, own: object, runs: list[object], delivered: object) -> None:
        if bad.believed.run in runs:
            raise ValueError("a mistake of ours")
        good(connection, own, runs, delivered)  # type: ignore[arg-type]

    good = taking.save_into
    monkeypatch.setattr(taking, "save_into", save)
    said = take(context, [bad, *(believed(context, key, place) for place, key in enumerate(keys) if place)])
    assert isinstance(said[0], ValueError)
    assert said[1:] == [None] * 3
    assert visits(context) == 3


def test_a_store_that_is_gone_is_told_to_each(context: Context, keys: list[Key]) -> None:
    arrived = [believed(context, key, place) for place, key in enumerate(keys)]
    with context.store.writing():
        said = take(context, arrived)
    assert all(isinstance(one, StoreError) for one in said)
    assert take(context, arrived) == [None] * 4
