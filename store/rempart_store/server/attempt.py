"""How often somebody tried to sign in: counted for all workers, and beyond a restart."""

import hashlib
from typing import NamedTuple

from sqlalchemy import delete, insert, select, update

from rempart_store.connection import Connection
from rempart_store.schema.server_person import server_attempt


class Allowance(NamedTuple):
    """What is counted, and how much of it is allowed.

    Attributes:
        what: An account, an address, or both.
        most: How many attempts in one window.
        window: Seconds of the window, which begins with its first attempt.
    """

    what: str
    most: int
    window: int


def take_attempt(connection: Connection, allowances: tuple[Allowance, ...], now: int) -> int:
    """Count an attempt where all allow it; return 0, or the seconds until the next one is allowed.

    Args:
        connection: In a transaction that writes: of two attempts at a time both count.
        allowances: What is counted.
        now: Seconds since 1970.
    """
    longest = max(one.window for one in allowances)
    connection.execute(delete(server_attempt).where(server_attempt.c.since <= now - longest))
    here = server_attempt.c
    wait = 0
    found: list[tuple[bytes, int, int]] = []
    for one in allowances:
        digest = _digest(one.what)
        row = connection.execute(select(here.since, here["count"]).where(here.digest == digest)).first()
        since, count = (int(row[0]), int(row[1])) if row and now - one.window < row[0] <= now else (now, 0)
        found.append((digest, since, count))
        if count >= one.most:
            wait = max(wait, since + one.window - now)
    if wait:
        return wait
    for digest, since, count in found:
        connection.execute(delete(server_attempt).where(server_attempt.c.digest == digest))
        connection.execute(insert(server_attempt), {"digest": digest, "since": since, "count": count + 1})
    return 0


def forget_attempt(connection: Connection, what: str) -> None:
    """Take back one count: that attempt was right.

    Args:
        connection: In a transaction that writes.
        what: What was counted; see :class:`Allowance`.
    """
    here = server_attempt.c
    connection.execute(update(server_attempt).where(here.digest == _digest(what)).values(count=here["count"] - 1))


def _digest(what: str) -> bytes:
    return hashlib.sha256(what.encode("utf-8", "surrogatepass")).digest()
