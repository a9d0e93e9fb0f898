"""Table process_open_sockets: the sockets of every network namespace, and the process that holds each.

Sources: see ``rempart_agent.readers.kernel.socket_table``. Without root the holder of another user's socket can't be
seen: ``pid`` and ``fd`` are -1 then, as for sockets that the kernel alone holds.
"""

from typing import Dict, Iterator, List, Tuple

from rempart_agent.readers.files import proc
from rempart_agent.readers.kernel import socket_table
from rempart_agent.source.contract import BIGINT, INTEGER, TEXT, Column, Query, Row, Value
from rempart_agent.source.target import Target

OFFLINE = "none"
COLUMNS = (
    Column("pid", INTEGER, argument=True, costly=True),
    Column("fd", BIGINT, costly=True),
    Column("socket", BIGINT),
    Column("family", INTEGER),
    Column("protocol", INTEGER),
    Column("local_address", TEXT),
    Column("remote_address", TEXT),
    Column("local_port", INTEGER),
    Column("remote_port", INTEGER),
    Column("path", TEXT),
    Column("state", TEXT),
    Column("net_namespace", TEXT),
)


def rows(target: Target, query: Query) -> Iterator[Row]:
    """See Table.rows: one row for each socket; with ``pid``, for each socket of those processes."""
    target.need_live("process_open_sockets")
    asked = query.equal("pid")
    if not asked or "-1" in asked:
        return _describe(target, query, proc.pids(target), everything=True)
    present = set(proc.pids(target))
    return _describe(target, query, sorted(present.intersection(asked)), everything=False)


def _describe(target: Target, query: Query, of: List[str], everything: bool) -> Iterator[Row]:
    found = socket_table.read(target, of)
    held: Dict[str, Tuple[int, int]] = {}
    with_holder = not everything or not query.columns.isdisjoint(("pid", "fd"))
    if with_holder:
        held = socket_table.owners(target, of, {socket.inode for socket in found}, everything)
    for socket in found:
        holder = held.get(socket.inode)
        if holder is None and not everything:
            continue
        row: Dict[str, Value] = {
            "socket": int(socket.inode),
            "family": socket.family,
            "protocol": socket.protocol,
            "local_address": socket.local[0],
            "remote_address": socket.remote[0],
            "local_port": socket.local[1],
            "remote_port": socket.remote[1],
            "path": socket.path,
            "state": socket.state,
            "net_namespace": socket.namespace,
        }
        if with_holder:
            row["pid"], row["fd"] = holder or (-1, -1)
        yield row
