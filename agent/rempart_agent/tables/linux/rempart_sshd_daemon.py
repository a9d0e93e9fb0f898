"""Table rempart_sshd_daemon: the SSH servers that run or are enabled, each with the file that it reads.

Sources: unit files with their drop-ins and environment, sockets, processes, init scripts
(``rempart_agent.readers.sshd.found``). ``why`` says what is not known: a file that sshd refuses, a server that reads no
sshd_config, one with files of its own. ``stale`` is 1 where files changed after the server was last started or
reloaded. ``same_as`` names a server with the same options, where one does not run at the
moment. Where nothing runs and nothing is enabled, the server that is installed is the row.
"""

import shlex
from typing import Iterator

from rempart_agent.readers.sshd import daemon as sshd_daemon
from rempart_agent.source.contract import INTEGER, TEXT, Column, Missing, Query, Row
from rempart_agent.source.target import Target

OFFLINE = "part"
COLUMNS = (
    Column("daemon", TEXT),
    Column("unit", TEXT),
    Column("program", TEXT),
    Column("config", TEXT),
    Column("arguments", TEXT, command=True),
    Column("user", TEXT),
    Column("running", INTEGER),
    Column("known", INTEGER),
    Column("stale", INTEGER),
    Column("same_as", TEXT),
    Column("why", TEXT),
)


def rows(target: Target, query: Query) -> Iterator[Row]:
    """See Table.rows: one row for each server; none where there is none."""
    try:
        found = sshd_daemon.daemons(target)
    except Missing:
        return
    for daemon in found:
        server = daemon.found
        yield {
            "daemon": server.name,
            "unit": server.unit,
            "program": server.program,
            "config": daemon.config,
            "arguments": " ".join(shlex.quote(a) for a in server.arguments or ()),
            "user": server.user or "root",
            "running": int(bool(server.pid)) if target.live else None,
            "known": 1 if daemon.options else None,
            "stale": daemon.stale,
            "same_as": daemon.same_as,
            "why": daemon.why,
        }
