"""Table docker_container_processes: the processes of a container of Docker.

Source: Docker's Engine API, the container's ``top``, which is ps(1) of its machine. One that does not run has none;
``start_time`` is what ps calls ``etime``, a number only as long as it has no colon.
"""

import re
from typing import Dict, Iterator, List

from rempart_agent.formats.json_document import at, items, text
from rempart_agent.readers.services import docker
from rempart_agent.source.contract import BIGINT, DOUBLE, INTEGER, TEXT, Column, Malformed, Query, Row, Value
from rempart_agent.source.target import Target

OFFLINE = "none"
COLUMNS = (
    Column("id", TEXT, index=True, argument=True, required=True, collate="nocase"),
    Column("pid", BIGINT, index=True),
    Column("name", TEXT),
    Column("cmdline", TEXT, command=True),
    Column("state", TEXT),
    Column("uid", BIGINT),
    Column("gid", BIGINT),
    Column("euid", BIGINT),
    Column("egid", BIGINT),
    Column("suid", BIGINT),
    Column("sgid", BIGINT),
    Column("wired_size", BIGINT),
    Column("resident_size", BIGINT),
    Column("total_size", BIGINT),
    Column("start_time", BIGINT),
    Column("parent", BIGINT),
    Column("pgroup", BIGINT),
    Column("threads", INTEGER),
    Column("nice", INTEGER),
    Column("user", TEXT),
    Column("time", TEXT),
    Column("cpu", DOUBLE),
    Column("mem", DOUBLE),
)
_ASKED = {
    "pid": ("pid", BIGINT),
    "state": ("state", TEXT),
    "uid": ("uid", BIGINT),
    "gid": ("gid", BIGINT),
    "euid": ("euid", BIGINT),
    "egid": ("egid", BIGINT),
    "suid": ("suid", BIGINT),
    "sgid": ("sgid", BIGINT),
    "rss": ("resident_size", BIGINT),
    "vsz": ("total_size", BIGINT),
    "etime": ("start_time", BIGINT),
    "ppid": ("parent", BIGINT),
    "pgrp": ("pgroup", BIGINT),
    "nlwp": ("threads", INTEGER),
    "nice": ("nice", INTEGER),
    "user": ("user", TEXT),
    "time": ("time", TEXT),
    "pcpu": ("cpu", DOUBLE),
    "pmem": ("mem", DOUBLE),
    "comm": ("name", TEXT),
    "cmd": ("cmdline", TEXT),
}
_SIZES = {"resident_size": "000", "total_size": "000"}  # ps counts in KiB; osquery takes these for thousands
_WHOLE = re.compile("-?[0-9]{1,15}")
_DOUBLE = re.compile("[0-9]{1,9}([.][0-9]{1,9})?")


def rows(target: Target, query: Query) -> Iterator[Row]:
    """See Table.rows: one row for each process of the containers that ``id`` names.

    Raises:
        SourceError: Docker does not answer, or refuses.
    """
    for name in query.equal("id") or ():
        if docker.is_id(name):
            uri = "/containers/" + docker.quoted(name) + "/top?ps_args=axwwo%20" + ",".join(_ASKED)
            told = docker.find(target, "docker_container_processes", uri)
            for entry in items(at(docker.one(told) if told is not None else None, "Processes")):
                yield {"id": name, **parse([text(word) for word in items(entry)])}


def parse(told: List[str]) -> Dict[str, Value]:
    """Return the process that a line of ps is, without its container.

    Raises:
        Malformed: the line has another number of columns than was asked for.
    """
    if len(told) != len(_ASKED):
        raise Malformed("{what}: a process of {count} columns", what=docker.SOCKET, count=len(told))
    row: Dict[str, Value] = {}
    for (column, kind), value in zip(_ASKED.values(), told):
        if kind == TEXT:
            row[column] = value
        elif kind == DOUBLE:
            row[column] = float(value) if _DOUBLE.fullmatch(value) else None
        else:
            row[column] = int(value + _SIZES.get(column, "")) if _WHOLE.fullmatch(value) else None
    return row
