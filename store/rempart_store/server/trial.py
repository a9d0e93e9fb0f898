"""A write on trial: what can be read can't always be written, where a disk is full or a database is a standby."""

from sqlalchemy import Connection, bindparam, insert, update

from rempart_store.schema.server_node import server_setting

_NAME = "trial"
_UPDATE = update(server_setting).where(server_setting.c.name == _NAME).values(value=bindparam("now"))


def write_trial(connection: Connection, now: int) -> None:
    """Write the moment into the row that is there for this alone, so that a commit has something to write.

    Args:
        connection: In a transaction that writes.
        now: Seconds since 1970.
    """
    if not connection.execute(_UPDATE, {"now": str(now)}).rowcount:
        connection.execute(insert(server_setting), {"name": _NAME, "value": str(now)})
