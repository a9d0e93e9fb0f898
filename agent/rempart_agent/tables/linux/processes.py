"""Table processes: what is running.

Sources: ``status``, ``stat``, ``exe``, ``cmdline``, ``io``, ``cgroup``, ``cwd`` and ``root`` of ``/proc/PID``
(proc_pid(5)); each is read only for the columns that are asked for. A process that ends meanwhile is left out. What
another user's process hides from a run without root stays unset, and its ``on_disk`` is -1.
"""

import os
from typing import Callable, Dict, Iterator, Optional

from rempart_agent.readers.files import proc
from rempart_agent.source.contract import (
    BIGINT,
    INTEGER,
    TEXT,
    Column,
    Malformed,
    Missing,
    Query,
    Row,
    SourceError,
    Value,
)
from rempart_agent.source.target import Target

OFFLINE = "none"
COLUMNS = (
    Column("pid", BIGINT, index=True),
    Column("name", TEXT, costly=True),
    Column("path", TEXT, costly=True),
    Column("cmdline", TEXT, command=True, costly=True),
    Column("state", TEXT, costly=True),
    Column("cwd", TEXT, costly=True),
    Column("root", TEXT, costly=True),
    Column("uid", BIGINT, costly=True),
    Column("gid", BIGINT, costly=True),
    Column("euid", BIGINT, costly=True),
    Column("egid", BIGINT, costly=True),
    Column("suid", BIGINT, costly=True),
    Column("sgid", BIGINT, costly=True),
    Column("on_disk", INTEGER, costly=True),
    Column("wired_size", BIGINT),
    Column("resident_size", BIGINT, costly=True),
    Column("total_size", BIGINT, costly=True),
    Column("user_time", BIGINT, costly=True),
    Column("system_time", BIGINT, costly=True),
    Column("disk_bytes_read", BIGINT, costly=True),
    Column("disk_bytes_written", BIGINT, costly=True),
    Column("start_time", BIGINT, costly=True),
    Column("parent", BIGINT, costly=True),
    Column("pgroup", BIGINT, costly=True),
    Column("threads", INTEGER, costly=True),
    Column("nice", INTEGER, costly=True),
    Column("cgroup_path", TEXT, costly=True),
)
_STATUS = frozenset(
    ("name", "state", "parent", "threads", "uid", "euid", "suid", "gid", "egid", "sgid", "resident_size", "total_size")
)
_STAT = frozenset(("pgroup", "nice", "user_time", "system_time", "start_time"))
_IO = frozenset(("disk_bytes_read", "disk_bytes_written"))
_DELETED = " (deleted)"


def rows(target: Target, query: Query) -> Iterator[Row]:
    """See Table.rows: one row for each process."""
    target.need_live("processes")
    pids = proc.pids(target)
    booted = _boot_time(target) if "start_time" in query.columns else 0.0
    asked = query.equal("pid")
    for pid in pids:
        if asked is not None and pid not in asked:
            continue
        try:
            yield _describe(target, pid, query, booted)
        except Missing:
            continue


def _boot_time(target: Target) -> float:
    import time

    try:
        return time.time() - float(target.text("/proc/uptime").split()[0])
    except (ValueError, IndexError) as error:
        raise Malformed("/proc/uptime: no number of seconds") from error


def _describe(target: Target, pid: str, query: Query, booted: float) -> Dict[str, Value]:
    columns = query.columns
    row: Dict[str, Value] = {"pid": int(pid), "wired_size": 0}
    folder = "/proc/" + pid + "/"
    if not _STATUS.isdisjoint(columns):
        row.update(parse_status(target.text(folder + "status")))
    if not _STAT.isdisjoint(columns):
        row.update(parse_stat(target.text(folder + "stat"), booted))
    if "path" in columns or "on_disk" in columns:
        row.update(_program(target, folder, with_disk="on_disk" in columns))
    if "cmdline" in columns:
        row["cmdline"] = target.text(folder + "cmdline").replace("\0", " ").strip()
    if "cgroup_path" in columns:
        row["cgroup_path"] = _optional(lambda: parse_cgroup(target.text(folder + "cgroup")))
    for name in ("cwd", "root"):
        if name in columns:
            row[name] = _link(target, folder + name)
    if not _IO.isdisjoint(columns):
        row.update(parse_io(_optional(lambda: target.text(folder + "io")) or ""))
    return row


def _optional(read: Callable[[], str]) -> Optional[str]:
    """Return what ``read`` gives, or None where the kernel keeps it from this run or lacks it."""
    try:
        return read()
    except SourceError:
        return None


def _link(target: Target, path: str) -> str:
    return _optional(lambda: target.readlink(path)) or ""


def _program(target: Target, folder: str, with_disk: bool) -> Dict[str, Value]:
    """Return a process's program and whether it is still there: 1 yes, 0 no, -1 not to be known.

    The kernel marks a program whose file was removed; a name that ends in the mark by itself is told apart by looking.
    A process with another root directory, in a container, is looked at in there.
    """
    path = _link(target, folder + "exe")
    if not path:
        return {"path": "", "on_disk": -1}
    if path.endswith(_DELETED):
        if _same_file(target, folder + "exe", path):
            return {"path": path, "on_disk": 1}
        return {"path": path[: -len(_DELETED)], "on_disk": 0}
    if not with_disk:
        return {"path": path}
    return {"path": path, "on_disk": int(_exists(target, path) or _exists(target, folder + "root" + path))}


def _exists(target: Target, path: str) -> bool:
    try:
        return target.exists(path)
    except SourceError:
        return False


def _same_file(target: Target, one: str, other: str) -> bool:
    try:
        return os.path.samestat(target.stat(one), target.stat(other))
    except SourceError:
        return False


def parse_status(text: str) -> Dict[str, Value]:
    """Parse ``/proc/PID/status`` (proc_pid_status(5)): name, ids, and the memory of a process that has any.

    Raises:
        Malformed: it is no such file.
    """
    try:
        uids = _field(text, "\nUid:").split()
        gids = _field(text, "\nGid:").split()
        row: Dict[str, Value] = {
            "name": _field("\n" + text, "\nName:"),
            "state": _field(text, "\nState:")[:1],
            "parent": int(_field(text, "\nPPid:")),
            "threads": int(_field(text, "\nThreads:")),
            "uid": int(uids[0]),
            "euid": int(uids[1]),
            "suid": int(uids[2]),
            "gid": int(gids[0]),
            "egid": int(gids[1]),
            "sgid": int(gids[2]),
        }
        if "\nVmSize:" in text:  # a kernel thread has no memory of its own
            row["total_size"] = int(_field(text, "\nVmSize:").split()[0]) * 1024
            row["resident_size"] = int(_field(text, "\nVmRSS:").split()[0]) * 1024
    except (ValueError, IndexError) as error:
        raise Malformed("/proc/PID/status: {text}", text=repr(text[:80])) from error
    return row


def _field(text: str, key: str) -> str:
    start = text.index(key) + len(key) + 1
    end = text.find("\n", start)
    return text[start:] if end < 0 else text[start:end]


def parse_stat(text: str, booted: float = 0.0) -> Dict[str, Value]:
    """Parse ``/proc/PID/stat`` (proc_pid_stat(5)).

    Args:
        text: The file's content; the name in it may hold any character.
        booted: When the machine started, in seconds since 1970; 0 leaves ``start_time`` unset.

    Raises:
        Malformed: it is no such file.
    """
    fields = text[text.rfind(")") + 1 :].split()
    try:
        ticks = os.sysconf("SC_CLK_TCK")
        row: Dict[str, Value] = {
            "pgroup": int(fields[2]),
            "user_time": int(fields[11]) * 1000 // ticks,
            "system_time": int(fields[12]) * 1000 // ticks,
            "nice": int(fields[16]),
        }
        if booted:
            row["start_time"] = round(booted + int(fields[19]) / ticks)
    except (ValueError, IndexError, OverflowError) as error:
        raise Malformed("/proc/PID/stat: {text}", text=repr(text[:80])) from error
    return row


def parse_cgroup(text: str) -> str:
    """Return the path in the first line of ``/proc/PID/cgroup`` (cgroups(7)); it may hold colons."""
    fields = text.partition("\n")[0].split(":", 2)
    return fields[2] if len(fields) == 3 else ""


def parse_io(text: str) -> Dict[str, int]:
    """Parse ``/proc/PID/io`` (proc_pid_io(5)); what is missing stays unset."""
    numbers: Dict[str, int] = {}
    for line in text.split("\n"):
        key, _, value = line.partition(":")
        value = value.strip()
        if value.isascii() and value.isdigit():
            numbers[key] = int(value[:20])
    row = {}
    if "read_bytes" in numbers:
        row["disk_bytes_read"] = numbers["read_bytes"]
    if "write_bytes" in numbers:
        row["disk_bytes_written"] = numbers["write_bytes"] - numbers.get("cancelled_write_bytes", 0)
    return row
