"""What a server takes in in the course of a day is one run: two of its commits are not two nights of a fleet."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from sqlalchemy import Connection, bindparam, insert, select, update

from rempart_core.model.history import Delivered, RunNumber
from rempart_core.model.result import Run
from rempart_store.schema.row import next_number
from rempart_store.schema.server_node import server_setting
from rempart_store.schema.table import run as run_table
from rempart_store.write.delivery import note_delivered, skip_held
from rempart_store.write.save import Saving
from rempart_store.write.signed_documents import Sealing

if TYPE_CHECKING:  # a store that signs nothing needs no cryptography
    from rempart_core.signing.compaction import Compactor
    from rempart_core.signing.key import Key

_DAY = 86_400
_NAME = "run.day"
# Made once: what SQLAlchemy works out of a statement is kept with it.
_READ = select(server_setting.c.value).where(server_setting.c.name == _NAME)
_IS_THERE = select(run_table.c.number).where(run_table.c.number == bindparam("run"))


def save_day(
    connection: Connection,
    runs: Iterable[Run],
    *,
    key: "Key | None",
    delivered: Iterable[Delivered] = (),
    now: int,
    compactor: "Compactor | None" = None,
) -> RunNumber:
    """Save runs as a part of the day's run, and return its number.

    Args:
        connection: In a transaction that writes.
        runs: Each asked its whole profile.
        key: What signs each document and chains it to the one before; None signs nothing.
        delivered: Documents of installed agents that are stored with these runs.
        now: Seconds since 1970; the day is that of UTC.
        compactor: See ``Sealing``.
    """
    number, joined = _find(connection, now // _DAY)
    sealing = Sealing(connection, key, number, compactor) if key else None
    saving = Saving(connection, number, True, sealing, joined=joined)
    receipts = list(delivered)
    for run in skip_held(connection, runs, receipts):
        saving.add(run)
    saving.finish()
    note_delivered(connection, receipts)
    return number


def _find(connection: Connection, day: int) -> tuple[RunNumber, bool]:
    """Return the number of a day's run, and whether it is there already."""
    known = connection.scalar(_READ)
    if known is not None:
        at, _, number = known.partition(" ")
        if int(at) == day and connection.scalar(_IS_THERE, {"run": int(number)}):
            return int(number), True
    number = next_number(connection, run_table, "number")
    value = f"{day} {number}"
    if known is None:
        connection.execute(insert(server_setting), {"name": _NAME, "value": value})
    else:
        connection.execute(update(server_setting).where(server_setting.c.name == _NAME).values(value=value))
    return number, False
