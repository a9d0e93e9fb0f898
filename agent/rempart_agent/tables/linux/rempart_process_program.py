"""Table rempart_process_program: whose program a process runs.

A process's name is what it calls itself. Here stands which package its program belongs to, whether the content that
runs is the package's own (``intact``, by the digest that dpkg or rpm keeps), and whether root alone can change it.
``installed`` is 1 where a package has it and, as far as it keeps digests, this content. Sources: ``/proc/PID/exe``,
which is the file that runs, whatever lies at its path now; the package manager's database. ``replaced`` is 1 where the
kernel says that this file was removed since; ``own_root`` where the process sees another root than the machine's, as in
a container or a sandbox.
"""

import stat
from typing import Any, Dict, Iterator, List, Optional, Tuple

from rempart_agent.readers.packages.package_digest import Known
from rempart_agent.said import Why
from rempart_agent.source.contract import (
    BIGINT,
    INTEGER,
    TEXT,
    Column,
    Denied,
    Missing,
    Query,
    Row,
    SourceError,
)
from rempart_agent.source.target import Target

OFFLINE = "none"
COLUMNS = (
    Column("pid", BIGINT, argument=True, required=True),
    Column("path", TEXT),
    Column("package", TEXT),
    Column("installed", INTEGER, costly=True),
    Column("intact", INTEGER, costly=True),
    Column("root_only", INTEGER, costly=True),
    Column("replaced", INTEGER),
    Column("own_root", INTEGER, costly=True),
    Column("why", TEXT),
)
_DELETED = " (deleted)"
_MOST = 1024 * 1024 * 1024


def rows(target: Target, query: Query) -> Iterator[Row]:
    """See Table.rows: one row for each process that is there and runs a program."""
    target.need_live("rempart_process_program")
    for pid in sorted({value for c in query.constraints if c.op == "=" for value in c.values}):
        if not pid.isascii() or not pid.isdigit():
            continue
        try:
            path = target.readlink("/proc/{}/exe".format(pid))
        except Missing:
            continue
        except Denied as error:
            yield {"pid": int(pid), "why": error.why}
            continue
        yield _row(target, pid, path, query)


def _row(target: Target, pid: str, path: str, query: Query) -> Dict[str, Any]:
    row: Dict[str, Any] = {"pid": int(pid), "path": path, "package": "", "replaced": 0}
    if "own_root" in query.columns:
        row["own_root"] = _own_root(target, pid)
    if path.endswith(_DELETED) and not _same(target, pid, path):
        why = Why("its program was replaced or removed since it was started")
        row.update(path=path[: -len(_DELETED)], replaced=1, why=why)
        return row
    known, managers = _known(target, path)
    row["package"] = known.package if known else ""
    if "intact" in query.columns or "installed" in query.columns:
        row["intact"], row["why"] = _intact(target, pid, known)
        row["installed"] = _installed(known, managers, row["intact"])
        if not managers:
            row["why"] = Why("neither dpkg nor rpm is there to ask")
    if "root_only" in query.columns:
        row["root_only"] = _root_only(target, path)
    return row


def _same(target: Target, pid: str, path: str) -> bool:
    """Tell whether a file lies at a path that is the one that runs: a name that ends like the kernel's mark."""
    try:
        one, other = target.stat(path), target.stat("/proc/{}/exe".format(pid))
    except SourceError:
        return False
    return (one.st_dev, one.st_ino) == (other.st_dev, other.st_ino)


def _own_root(target: Target, pid: str) -> Optional[int]:
    try:
        one, other = target.stat("/"), target.stat("/proc/{}/root".format(pid))
    except SourceError:
        return None
    return int((one.st_dev, one.st_ino) != (other.st_dev, other.st_ino))


def _known(target: Target, path: str) -> Tuple[Optional[Known], List[str]]:
    from rempart_agent.readers.packages import package_digest

    found: package_digest.Packages = target.shared("package of " + path, lambda: package_digest.look_up(target, [path]))
    return found.files.get(path), found.managers


def _installed(known: Optional[Known], managers: List[str], intact: Optional[int]) -> Optional[int]:
    if not managers:
        return None
    if not known:
        return 0
    return 1 if intact is None and not known.digest else intact


def _intact(target: Target, pid: str, known: Optional[Known]) -> Tuple[Optional[int], str]:
    import hashlib

    if not known:
        return None, Why("no package that is installed has it")
    if not known.digest or not known.algorithm:
        return None, Why("its package keeps no digest of it")
    try:
        sums = hashlib.new(known.algorithm)
    except ValueError:
        return None, Why("this system offers no {algorithm}", algorithm=known.algorithm)
    try:
        for chunk in target.chunks("/proc/{}/exe".format(pid), _MOST):
            sums.update(chunk)
    except (Denied, Missing):
        raise
    except SourceError as error:
        return None, error.why
    intact = int(sums.hexdigest() == known.digest)
    return intact, "" if intact else Why("its content is not the package's own")


def _root_only(target: Target, path: str) -> Optional[int]:
    """Tell whether root alone can change a file or put another in its place, by the bits of it and of its folders."""
    here = path
    while here:
        try:
            status = target.stat(here)
        except SourceError:
            return None
        sticky = here != path and status.st_mode & stat.S_ISVTX
        if status.st_uid != 0 or (status.st_mode & 0o002 and not sticky) or (status.st_mode & 0o020 and status.st_gid):
            return 0
        here = here.rpartition("/")[0]
    return 1
