"""Which signed documents of installed agents the store holds, so that none is taken twice.

Of each agent the highest number stays; the others only until the endpoint said that they are gone from its spool.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from sqlalchemy import Connection, delete, func, select

from rempart_core.model.history import Delivered
from rempart_core.model.result import Run
from rempart_store.schema.row import add_rows, chunks
from rempart_store.schema.table import delivery


def read_delivered(connection: Connection) -> dict[str, dict[int, str]]:
    """Return what is held of each agent: number to SHA-256, by public key."""
    found: dict[str, dict[int, str]] = {}
    for key, number, digest in connection.execute(select(delivery.c.key, delivery.c.number, delivery.c.digest)):
        found.setdefault(key, {})[number] = digest
    return found


def note_delivered(connection: Connection, documents: Iterable[Delivered]) -> None:
    """Hold that documents are stored; in the transaction that stores them.

    Args:
        connection: In that transaction.
        documents: Those that are held already are passed over.
    """
    new = {(one.key, one.number): one for one in documents}
    for some in chunks(sorted({key for key, _ in new})):
        query = select(delivery.c.key, delivery.c.number).where(delivery.c.key.in_(some))
        for key, number in connection.execute(query):
            new.pop((key, number), None)
    add_rows(connection, delivery, [one._asdict() for one in new.values()])


def skip_held(connection: Connection, runs: Iterable[Run], delivered: Iterable[Delivered]) -> Iterator[Run]:
    """Give runs but those of documents that are stored already: an agent may push while a controller collects.

    Args:
        connection: In the transaction that stores them: what another one stored meanwhile is seen in it.
        runs: Those that an agent delivered say by which document.
        delivered: These documents.
    """
    by_digest = {one.digest: one for one in delivered}
    highest: dict[str, int] = {}
    for some in chunks(sorted({one.key for one in by_digest.values()})):
        query = select(delivery.c.key, func.max(delivery.c.number)).where(delivery.c.key.in_(some))
        highest.update((key, number) for key, number in connection.execute(query.group_by(delivery.c.key)))
    for run in runs:
        one = by_digest.get(run.document)
        if one is None or one.number > highest.get(one.key, 0):
            yield run


def settle(connection: Connection, gone: Mapping[str, Sequence[int]]) -> None:
    """Forget documents that wait no more, all but the highest of each agent.

    Args:
        connection: In a transaction that writes.
        gone: Public key to numbers.
    """
    for key, numbers in gone.items():
        highest = select(func.max(delivery.c.number)).where(delivery.c.key == key)
        top = connection.execute(highest).scalar()
        for some in chunks([number for number in numbers if number != top]):
            connection.execute(delete(delivery).where(delivery.c.key == key, delivery.c.number.in_(some)))
