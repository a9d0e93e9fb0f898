"""What is done besides requests: a queue in the store, which the workers of one or several servers share.

A job is taken for a while, and by nobody else in that time. Who takes it and ends before it is done, leaves it to the
next: so a job is done once, and begun again only where its worker was lost.
"""

import json
from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, Update, delete, func, insert, or_, select, update

from rempart_store.schema.row import next_number
from rempart_store.schema.server_work import server_job

_KEPT = 2 * 86_400
"""Seconds for which a job that is done is remembered, so that it is not added anew."""


class Job(NamedTuple):
    """One job.

    Attributes:
        id: Its number.
        kind: What is to be done.
        key: Two of one kind and key are one.
        payload: What it is about, by name.
        tries: How often it was begun, this time counted.
    """

    id: int
    kind: str
    key: str
    payload: dict[str, str]
    tries: int


def add(connection: Connection, kind: str, key: str, payload: dict[str, str], run_at: int) -> bool:
    """Add a job, in the same transaction as what makes it needed.

    Args:
        connection: In a transaction that writes.
        kind: What is to be done.
        key: Tells it from others of its kind.
        payload: What it is about.
        run_at: Seconds since 1970, before which nobody begins it.

    Returns:
        Whether it is new: one of that kind and key may be there already, or done.
    """
    here = server_job.c
    if connection.scalar(select(here.id).where((here.kind == kind) & (here.key == key))) is not None:
        return False
    row = {
        "id": next_number(connection, server_job),
        "kind": kind,
        "key": key,
        "payload": json.dumps(payload),
        "run_at": run_at,
        "tries": 0,
        "holder": "",
        "held_until": None,
        "done": None,
        "failed": "",
    }
    connection.execute(insert(server_job), row)
    return True


def is_known(connection: Connection, kind: str, key: str) -> bool:
    """Tell whether a job of that kind and key is there, or was done lately.

    Args:
        connection: Reads.
        kind: What is to be done.
        key: Which one.
    """
    here = server_job.c
    return connection.scalar(select(here.id).where((here.kind == kind) & (here.key == key))) is not None


def count_due(connection: Connection, now: int) -> int:
    """Return how many jobs could be begun.

    Args:
        connection: Reads.
        now: Seconds since 1970.
    """
    return int(connection.scalar(select(func.count()).select_from(server_job).where(_due(now))) or 0)


def claim(connection: Connection, holder: str, now: int, seconds: int, most: int) -> list[Job]:
    """Take jobs that are due; no other worker has them until they are held no more.

    Args:
        connection: In a transaction that writes: there is one at a time, so no two workers take the same.
        holder: Which worker.
        now: Seconds since 1970.
        seconds: For how long.
        most: How many.
    """
    rows = connection.execute(select(server_job).where(_due(now)).order_by(server_job.c.run_at).limit(most)).all()
    numbers = [row.id for row in rows]
    if numbers:
        values = {"holder": holder, "held_until": now + seconds, "tries": server_job.c.tries + 1}
        connection.execute(update(server_job).where(server_job.c.id.in_(numbers)).values(values))
    return [Job(row.id, row.kind, row.key, json.loads(row.payload), row.tries + 1) for row in rows]


def hold(connection: Connection, number: int, holder: str, until: int) -> bool:
    """Hold a job longer; False where another worker took it meanwhile.

    Args:
        connection: In a transaction that writes.
        number: The job's.
        holder: Which worker.
        until: Seconds since 1970.
    """
    return bool(connection.execute(_mine(number, holder).values(held_until=until)).rowcount)


def finish(connection: Connection, number: int, holder: str, now: int, failed: str = "") -> bool:
    """Note that a job is done, or given up; False where another worker took it meanwhile.

    Args:
        connection: In a transaction that writes.
        number: The job's.
        holder: Which worker.
        now: Seconds since 1970.
        failed: Why it was given up; ``""`` where it is done.
    """
    values = {"done": now, "held_until": None, "failed": failed}
    return bool(connection.execute(_mine(number, holder).values(values)).rowcount)


def put_off(connection: Connection, number: int, holder: str, run_at: int, failed: str) -> bool:
    """Leave a job that failed to a later moment; False where another worker took it meanwhile.

    Args:
        connection: In a transaction that writes.
        number: The job's.
        holder: Which worker.
        run_at: Seconds since 1970.
        failed: Why.
    """
    values = {"run_at": run_at, "held_until": None, "holder": "", "failed": failed}
    return bool(connection.execute(_mine(number, holder).values(values)).rowcount)


def forget_done(connection: Connection, now: int) -> None:
    """Forget jobs that were done two days ago.

    Args:
        connection: In a transaction that writes.
        now: Seconds since 1970.
    """
    connection.execute(delete(server_job).where(server_job.c.done < now - _KEPT))


def _due(now: int) -> ColumnElement[bool]:
    here = server_job.c
    return here.done.is_(None) & (here.run_at <= now) & or_(here.held_until.is_(None), here.held_until <= now)


def _mine(number: int, holder: str) -> Update:
    here = server_job.c
    return update(server_job).where((here.id == number) & (here.holder == holder) & here.done.is_(None))
