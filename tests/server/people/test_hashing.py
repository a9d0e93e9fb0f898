"""Passwords: argon2id, two at a time, the same effort for those who are nobody."""

from __future__ import annotations

import asyncio
import threading

import pytest

from rempart_server.people import hashing
from rempart_server.people.hashing import Busy, Hashing


def test_a_password_is_known_again_and_no_other() -> None:
    async def go() -> None:
        here = Hashing()
        hashed = await here.hash("correct horse é")
        assert hashed.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
        assert await here.verify(hashed, "correct horse é")  # an accent that is a character of its own
        assert not await here.verify(hashed, "correct horse e")
        assert not await here.verify("", "of nobody")
        assert not await here.verify("no hash", "x")

    asyncio.run(go())


class Counting:
    """A hasher that counts how many hash at a time, each until two do."""

    def __init__(self) -> None:
        self.most = self.now = self.asked = 0
        self._lock = threading.Lock()
        self._two = threading.Barrier(2)

    def hash(self, _: bytes) -> str:  # as the library names it
        with self._lock:
            self.now += 1
            self.asked += 1
            self.most = max(self.most, self.now)
        self._two.wait(30)
        with self._lock:
            self.now -= 1
        return ""


def test_two_hash_at_a_time_and_a_crowd_is_sent_away(monkeypatch: pytest.MonkeyPatch) -> None:
    counting = Counting()
    monkeypatch.setattr(hashing, "_hasher", lambda: counting)

    async def go() -> list[object]:
        here = Hashing()
        return list(await asyncio.gather(*(here.hash("x") for _ in range(30)), return_exceptions=True))

    said = asyncio.run(go())
    assert counting.most == 2
    assert sum(isinstance(one, Busy) for one in said) == 12


def test_nobody_s_password_costs_as_much_as_somebody_s(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def verify(hashed: str, _: bytes) -> bool:
        asked.append(hashed)
        return True

    monkeypatch.setattr(hashing, "_verify", verify)

    async def go() -> bool:
        return await Hashing().verify("", "x")

    assert asyncio.run(go()) is False
    assert len(asked) == 1
    assert asked[0].startswith("$argon2id$")
