"""Table process_open_files: the files that processes hold open.

Source: ``/proc/PID/fd`` (proc_pid_fd(5)). As in osquery what has no name is left out: sockets, pipes, and the kernel's
own. A process that ends meanwhile is left out, and so is one whose files this run may not see: another user's, without
root. A file that was removed is named as the kernel names it, with `` (deleted)`` at its end.
"""

from typing import Iterator

from rempart_agent.readers.files import proc
from rempart_agent.source.contract import BIGINT, TEXT, Column, Query, Row, SourceError
from rempart_agent.source.target import Target

OFFLINE = "none"
COLUMNS = (
    Column("pid", BIGINT, index=True),
    Column("fd", BIGINT),
    Column("path", TEXT),
)


def rows(target: Target, query: Query) -> Iterator[Row]:
    """See Table.rows: one row for each descriptor of a file with a name."""
    target.need_live("process_open_files")
    asked = query.equal("pid")
    for pid in proc.pids(target):
        if asked is not None and pid not in asked:
            continue
        folder = "/proc/{}/fd".format(pid)
        try:
            descriptors = target.listdir(folder)
        except SourceError:
            continue
        for descriptor in descriptors:
            try:
                path = target.readlink(folder + "/" + descriptor)
            except SourceError:
                continue
            if path.startswith("/"):
                yield {"pid": int(pid), "fd": int(descriptor), "path": path}
