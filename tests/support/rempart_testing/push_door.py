"""The door for signed documents: a server's surroundings, an agent that is known, and requests to it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple
from unittest.mock import patch

import httpx
from sqlalchemy import func, select

from rempart_agent.installed import envelope
from rempart_core.json_value import JsonObject
from rempart_core.signing.key import Key
from rempart_server import opening
from rempart_server.app import build
from rempart_server.context import Context
from rempart_store.schema.table import visit
from rempart_store.server import document
from rempart_store.server.document import NewAgent
from rempart_store.server.group import add_group, find_group
from rempart_store.server.secret import make_secret
from rempart_store.store import Store
from rempart_testing.run import BEGINNING, make_result, make_run
from rempart_testing.server import a_context

MACHINE = "ab" * 32
NOW = BEGINNING + 10_000
GROUP = "laptops"


class Answer(NamedTuple):
    """What the server said: status, JSON, headers."""

    status: int
    said: JsonObject
    headers: httpx.Headers


@contextmanager
def open_door(folder: Path, place: str = "") -> Iterator[Context]:
    """Give a server's surroundings with one group, ``laptops``; who writes waits for others a moment only.

    Args:
        folder: Where its directory is put.
        place: An empty database of PostgreSQL; ``""`` for SQLite.
    """
    more = f"store: {place}\n" if place else ""
    if place:
        Store.open(place).close()
    with patch.object(opening, "PATIENCE", 1.0), a_context(folder, more) as context:
        with context.store.writing() as connection:
            add_group(connection, GROUP, "workstation", "", (), NOW)
        yield context._replace(clock=lambda: float(NOW))


def visits(context: Context) -> int:
    """Return how many runs of machines the store has."""
    with context.store.reading() as connection:
        return connection.scalar(select(func.count()).select_from(visit)) or 0


def new_secret(context: Context, group: str = GROUP, uses: int | None = None) -> str:
    """Return a secret of a group, which is made where there is none."""
    with context.store.writing() as connection:
        add_group(connection, group, "workstation", "", (), NOW)
        found = find_group(connection, group)
        assert found is not None
        return make_secret(connection, found.id, NOW, uses=uses)


def new_agent(key: str, name: str = "web", machine_id: str = MACHINE) -> NewAgent:
    """Return what an agent says of itself."""
    return NewAgent(key, machine_id, name, "linux", "Debian GNU/Linux 13 (trixie)", "0.1.0", "192.0.2.1")


def know(context: Context, key: Key, name: str = "web", machine_id: str = MACHINE, state: str = "active") -> int:
    """Let an agent be known as one of the group ``laptops``; returns the number of its node."""
    with context.store.writing() as connection:
        return document.enrol_agent(connection, new_agent(key.public, name, machine_id), 1, state, NOW).id


def seal(key: Key, number: int, at: int = BEGINNING, machine: str = MACHINE, name: str = "its-own-name") -> bytes:
    """Return a signed document."""
    return envelope.seal(make_run(name, at, [make_result("AAA-01")], machine_id=machine), key, number, 0)


def post(context: Context, bodies: Sequence[bytes], path: str = "/api/rempart/documents") -> list[Answer]:
    """Post bodies one after the other, and return what was said to each."""
    return asyncio.run(_post(context, bodies, path, together=False))


def post_together(context: Context, bodies: Sequence[bytes]) -> list[Answer]:
    """Post bodies all at once."""
    return asyncio.run(_post(context, bodies, "/api/rempart/documents", together=True))


async def _post(context: Context, bodies: Sequence[bytes], path: str, *, together: bool) -> list[Answer]:
    transport = httpx.ASGITransport(build(context), client=("192.0.2.7", 4711))
    async with httpx.AsyncClient(transport=transport, base_url="https://localhost") as client:
        if together:
            answers = await asyncio.gather(*(client.post(path, content=body) for body in bodies))
        else:
            answers = [await client.post(path, content=body) for body in bodies]
    return [Answer(answer.status_code, answer.json(), answer.headers) for answer in answers]
