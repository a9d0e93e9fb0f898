"""Table rempart_sshd_config: the options that each SSH server goes by, as ``sshd -T`` prints them.

Sources: the servers that run or are enabled (``rempart_sshd_daemon``), each with its command line, the file that it
reads and what that includes, sshd_config(5), evaluated by ``rempart_agent.models.sshd``.

One row for each value in force: of most options the first one set, of lists (``port``, ``listenaddress``, ``hostkey``,
``acceptenv``, ``allowusers`` …) every one. What is left out has the default of the installed version, which is read
from the program itself, else from dpkg, else the newest known. Rows with a ``match_block`` say what is different under
those criteria. What ``Match all`` sets holds for every connection: it is a row without ``match_block``, in place of
what stands outside, and a later block can't change it.

A server whose options are not known (a file that sshd refuses, a server that reads no sshd_config) has one row for each
option, whose value is NULL, and ``why``.
"""

from typing import Dict, Iterator

from rempart_agent.readers.sshd import daemon as sshd_daemon
from rempart_agent.source.contract import INTEGER, TEXT, Column, Query, Row, Value
from rempart_agent.source.target import Target

OFFLINE = "full"
COLUMNS = (
    Column("option", TEXT),
    Column("value", TEXT),
    Column("match_block", TEXT),
    Column("source", TEXT),
    Column("line", INTEGER),
    Column("is_default", INTEGER),
    Column("daemon", TEXT),
    Column("why", TEXT),
)


def rows(target: Target, query: Query) -> Iterator[Row]:
    """See Table.rows: one row for each value in force of each server, and one for each that a Match block sets.

    Raises:
        Missing: there is no SSH server and no configuration of one.
    """
    for daemon in sshd_daemon.daemons(target):
        name = daemon.found.name
        if not daemon.options:
            for option in daemon.known:
                yield {"option": option, "value": None, "match_block": "", "daemon": name, "why": daemon.why}
            continue
        for block, options in [("", daemon.options), *daemon.blocks.items()]:
            for option, settings in options.items():
                for value, source, line in settings:
                    row: Dict[str, Value] = {"option": option, "value": value, "match_block": block}
                    row.update(source=source, is_default=int(source == "default"), daemon=name)
                    if line:
                        row["line"] = line
                    yield row
