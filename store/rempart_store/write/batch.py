"""The runs of one or many hosts saved as one run, in a transaction that whoever calls has begun."""

from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING

from sqlalchemy import Connection

from rempart_core.model.history import Delivered, RunNumber
from rempart_core.model.result import Run
from rempart_store.schema.row import next_number
from rempart_store.schema.table import run as run_table
from rempart_store.write.delivery import note_delivered, skip_held
from rempart_store.write.save import Saving
from rempart_store.write.signed_documents import Sealing

if TYPE_CHECKING:  # a store that signs nothing needs no cryptography
    from rempart_core.signing.key import Key


def save_runs(
    connection: Connection,
    runs: Iterable[Run],
    *,
    whole: bool = True,
    key: "Key | None" = None,
    others: Collection[str] = (),
    delivered: Iterable[Delivered] = (),
) -> RunNumber:
    """Save runs as one run, and return its number.

    Args:
        connection: In a transaction that writes.
        runs: Taken one at a time; see :meth:`rempart_store.store.Store.save`.
        whole: Whether each asked its whole profile.
        key: What signs each document and chains it to the one before; None signs nothing.
        others: Names of hosts that are there, though this run did not ask them.
        delivered: Documents of installed agents that are stored with these runs.
    """
    number = next_number(connection, run_table, "number")
    sealing = Sealing(connection, key, number) if key else None
    saving = Saving(connection, number, whole, sealing, others)
    receipts = list(delivered)
    for run in skip_held(connection, runs, receipts):
        saving.add(run)
    saving.finish()
    note_delivered(connection, receipts)
    return number
