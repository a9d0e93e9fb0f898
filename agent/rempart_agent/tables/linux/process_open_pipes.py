"""Table process_open_pipes: the pipes that processes hold, and who holds their other end.

Source: ``/proc/PID/fd`` (proc_pid_fd(5)). A process that ends meanwhile is left out, and so is one whose files this
run may not see, as in osquery. Pipes with a name are looked for where the process sees them, and told apart by their
file system.
"""

import stat
from typing import Dict, Iterator, List, NamedTuple, Tuple

from rempart_agent.readers.files import proc
from rempart_agent.source.contract import BIGINT, TEXT, Column, Query, Row, SourceError, Value
from rempart_agent.source.target import Target

OFFLINE = "none"
COLUMNS = (
    Column("pid", BIGINT),
    Column("fd", BIGINT),
    Column("mode", TEXT),
    Column("inode", BIGINT),
    Column("type", TEXT),
    Column("partner_pid", BIGINT),
    Column("partner_fd", BIGINT),
    Column("partner_mode", TEXT),
)


class _End(NamedTuple):
    pid: int
    fd: int
    mode: str
    type: str


def rows(target: Target, query: Query) -> Iterator[Row]:
    """See Table.rows: one row for each end and each that holds the other one; one for an end that is alone."""
    target.need_live("process_open_pipes")
    ends: Dict[Tuple[int, int], List[_End]] = {}
    for pid in proc.pids(target):
        for key, end in _held(target, pid):
            ends.setdefault(key, []).append(end)
    for (_device, inode), held in ends.items():
        for end in held:
            row: Dict[str, Value] = {"pid": end.pid, "fd": end.fd, "mode": end.mode, "inode": inode, "type": end.type}
            if len(held) == 1:
                yield row
            for other in held:
                if other is not end and (other.mode != end.mode or end.mode == "rw"):
                    yield {**row, "partner_pid": other.pid, "partner_fd": other.fd, "partner_mode": other.mode}


def _held(target: Target, pid: str) -> Iterator[Tuple[Tuple[int, int], _End]]:
    folder = "/proc/{}/fd/".format(pid)
    try:
        descriptors = target.listdir(folder)
    except SourceError:
        return
    for descriptor in descriptors:
        path = folder + descriptor
        try:
            link = target.readlink(path)
            anonymous = link.startswith("pipe:[")
            if not anonymous and not link.startswith("/"):
                continue
            status = target.stat(path)
            mode = target.lstat(path).st_mode
        except SourceError:
            continue
        if stat.S_ISFIFO(status.st_mode):
            used = ("r" if mode & 0o444 else "") + ("w" if mode & 0o222 else "")
            end = _End(int(pid), int(descriptor), used, "anonymous" if anonymous else "named")
            yield (status.st_dev, status.st_ino), end
