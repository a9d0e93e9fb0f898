"""Table listening_ports: the sockets that wait for somebody, in every network namespace.

A TCP or UDP socket without a peer counts, and a Unix socket with a name. For the sources see
``rempart_agent.readers.kernel.socket_table``.
"""

from typing import Dict, Iterator, Tuple

from rempart_agent.readers.files import proc
from rempart_agent.readers.kernel import socket_table
from rempart_agent.source.contract import BIGINT, INTEGER, TEXT, Column, Query, Row, Value
from rempart_agent.source.target import Target

OFFLINE = "none"
COLUMNS = (
    Column("pid", INTEGER, costly=True),
    Column("port", INTEGER),
    Column("protocol", INTEGER),
    Column("family", INTEGER),
    Column("address", TEXT),
    Column("fd", BIGINT, costly=True),
    Column("socket", BIGINT),
    Column("path", TEXT),
    Column("net_namespace", TEXT),
)


def rows(target: Target, query: Query) -> Iterator[Row]:
    """See Table.rows: one row for each listening socket."""
    target.need_live("listening_ports")
    of = proc.pids(target)
    every = socket_table.read(target, of)
    found = [socket for socket in every if _listens(socket)]
    held: Dict[str, Tuple[int, int]] = {}
    with_holder = not query.columns.isdisjoint(("pid", "fd"))
    if with_holder:
        held = socket_table.owners(target, of, {socket.inode for socket in every})
    for socket in found:
        named = socket.family == socket_table.UNIX
        row: Dict[str, Value] = {
            "port": socket.local[1],
            "protocol": socket.protocol,
            "family": socket.family,
            "address": socket.local[0],
            "socket": 0 if named else int(socket.inode),
            "path": socket.path,
            "net_namespace": socket.namespace,
        }
        if with_holder:
            row["pid"], row["fd"] = held.get(socket.inode, (-1, -1))
        yield row


def _listens(socket: socket_table.Socket) -> bool:
    if socket.family == socket_table.UNIX:
        return bool(socket.path)
    return socket.family == socket_table.PACKET or socket.remote[1] == 0
