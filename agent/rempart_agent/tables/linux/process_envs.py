"""Table process_envs: the environment that each process was started with.

Source: ``/proc/PID/environ`` (proc_pid_environ(5)). A process that ends meanwhile is left out; one whose environment
may not be read raises. osquery ends at the first empty entry, and a process could hide what follows behind one: here
all are read.
"""

from typing import Dict, Iterator

from rempart_agent.readers.files import proc
from rempart_agent.source.contract import INTEGER, TEXT, Column, Missing, Query, Row
from rempart_agent.source.target import Target

OFFLINE = "none"
COLUMNS = (
    Column("pid", INTEGER, index=True, argument=True),
    Column("key", TEXT),
    Column("value", TEXT, secret=True),
)


def rows(target: Target, query: Query) -> Iterator[Row]:
    """See Table.rows: one row for each variable of each process.

    Raises:
        Denied: the environment of a process that is asked for may not be read.
    """
    target.need_live("process_envs")
    asked = query.equal("pid")
    for pid in proc.pids(target):
        if asked is not None and pid not in asked:
            continue
        try:
            data = target.read("/proc/" + pid + "/environ")
        except Missing:
            continue
        for variable in parse(data):
            yield {"pid": int(pid), **variable}


def parse(data: bytes) -> Iterator[Dict[str, str]]:
    """Yield the variables; one without ``=`` is its own value, as in osquery."""
    for entry in data.split(b"\0"):
        if entry:
            key, equals, value = entry.decode("utf-8", "replace").partition("=")
            yield {"key": key, "value": value if equals else key}
