"""Table listening_ports: the sockets that wait for somebody, in every network namespace.

A TCP or UDP socket without a peer counts, and a Unix socket with a name. Sources: see ``rempart_agent.tables.proc``.
"""

from typing import Dict, Iterator, Tuple

from rempart_agent.tables import proc
from rempart_agent.tables.contract import BIGINT, INTEGER, TEXT, Column, Query, Row
from rempart_agent.targets.contract import Target

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
    """Return one row for each listening socket."""
    target.need_live("listening_ports")
    of = proc.pids(target)
    found = [socket for socket in proc.sockets(target, of) if _listens(socket)]
    held: Dict[str, Tuple[int, int]] = {}
    with_holder = not query.columns.isdisjoint(("pid", "fd"))
    if with_holder:
        held = proc.owners(target, of, {socket.inode for socket in found})
    for socket in found:
        named = socket.family == proc.UNIX
        row: Dict[str, object] = {
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


def _listens(socket: proc.Socket) -> bool:
    if socket.family == proc.UNIX:
        return bool(socket.path)
    return socket.family == proc.PACKET or socket.remote[1] == 0
