"""What the door hands on to the audits, whatever of them is there."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest

from rempart_server.osquery import work
from rempart_server.osquery.wire import Written
from rempart_server.osquery.work import Batch, next_batch, refuse_batch, take_answers

WRITTEN = Written({"1": [{"a": "b"}], "2": None}, {"1": 0}, {"2": "no"}, {"1": {"memory": 1}}, replaced=False)
HERE: Any = object()


def test_batches_and_answers_are_handed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    got: list[Any] = []

    async def batch(*given: object) -> object:
        got.append(given)
        return SimpleNamespace(queries={"1": "SELECT 1"}, accelerate=60)

    async def take(*given: object) -> None:
        got.append(given)

    monkeypatch.setattr(work, "_find", lambda _module, name: batch if name == "next_batch" else take)
    assert asyncio.run(next_batch(HERE, HERE)) == Batch({"1": "SELECT 1"}, 60)
    asyncio.run(take_answers(HERE, HERE, WRITTEN))
    asyncio.run(refuse_batch(HERE, HERE, "too_large"))
    assert got[1] == (HERE, HERE, {"1": [{"a": "b"}], "2": None}, {"1": 0}, {"2": "no"}, {"1": {"memory": 1}})
    assert got[2] == (HERE, HERE, "too_large")
