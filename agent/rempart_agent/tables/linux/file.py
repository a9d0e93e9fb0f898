"""Table file: what stat(2) says of the paths and directories that a statement names.

Links are followed for everything but ``symlink`` and ``symlink_target_path``; where one leads nowhere or round in
circles, the values are the link's own and ``type`` is ``unknown`` or ``error``, as osquery 5.23 has it. A path that
does not exist is no row. LIKE is expanded by :mod:`rempart_agent.readers.files.pattern`; a directory that it matches
ends in a slash and has the ``filename`` ``.``. ``directory = …`` lists all that is in it, names that begin with a dot
too.
"""

import stat
from typing import Dict, Iterator, List, Optional

from rempart_agent.readers.files import pattern
from rempart_agent.source.contract import BIGINT, INTEGER, TEXT, Column, Loop, Missing, Query, Row, Value
from rempart_agent.source.target import Target

OFFLINE = "full"
COLUMNS = (
    Column("path", TEXT, index=True, argument=True, required=True),
    Column("directory", TEXT, argument=True, required=True),
    Column("filename", TEXT),
    Column("inode", BIGINT),
    Column("uid", BIGINT),
    Column("gid", BIGINT),
    Column("mode", TEXT),
    Column("device", BIGINT),
    Column("size", BIGINT),
    Column("block_size", INTEGER),
    Column("atime", BIGINT),
    Column("mtime", BIGINT),
    Column("ctime", BIGINT),
    Column("btime", BIGINT),
    Column("hard_links", INTEGER),
    Column("symlink", INTEGER),
    Column("type", TEXT),
    Column("symlink_target_path", TEXT),
    Column("pid_with_namespace", INTEGER, hidden=True),
    Column("mount_namespace_id", TEXT, hidden=True),
)

TYPES = {
    stat.S_IFREG: "regular",
    stat.S_IFDIR: "directory",
    stat.S_IFCHR: "character",
    stat.S_IFBLK: "block",
    stat.S_IFIFO: "fifo",
    stat.S_IFSOCK: "socket",
}


def rows(target: Target, query: Query) -> Iterator[Row]:
    """See Table.rows: one row for each path that exists."""
    if _names_directory(query):  # all rows of its paths are among these
        for folder in pattern.folders(target, query):
            for path in children(target, folder):
                row = describe(target, path)
                if row:
                    row["directory"] = folder
                    yield row
        return
    for path in pattern.paths(target, query):
        row = describe(target, path)
        if row:
            yield row


def _names_directory(query: Query) -> bool:
    return query.equal("directory") is not None or query.like("directory") is not None


def children(target: Target, folder: str) -> List[str]:
    """Return the paths of all that is in a directory; none where it is no directory.

    Args:
        target: What is looked at.
        folder: Absolute path on the target.
    """
    try:
        names = target.listdir(folder)
    except (Missing, Loop):
        return []
    base = folder if folder.endswith("/") else folder + "/"
    return [base + name for name in names]


def describe(target: Target, path: str) -> Optional[Dict[str, Value]]:
    """Return the row of one path, or None where nothing is there.

    Args:
        target: What is looked at.
        path: Absolute path on the target; a slash behind it means a directory, and links are followed then.
    """
    bare = path.rstrip("/") or path[:1]
    to = kind = ""
    try:
        status = target.stat(bare) if bare != path else target.lstat(path)
        if bare != path and not stat.S_ISDIR(status.st_mode):
            return None  # as the kernel has it: only a directory may be named with a slash behind
        link = stat.S_ISLNK(status.st_mode)
        if link:
            to = target.readlink(path)
            try:
                status = target.stat(path)
            except Missing:
                kind = "unknown"
            except Loop:
                kind = "error"
    except (Missing, Loop):
        return None
    return {
        "path": path,
        "directory": parent(path),
        "filename": filename(path),
        "inode": status.st_ino,
        "uid": status.st_uid,
        "gid": status.st_gid,
        "mode": "{:04o}".format(status.st_mode & 0o7777),
        "device": status.st_rdev,
        "size": status.st_size,
        "block_size": status.st_blksize,
        "atime": status.st_atime_ns // 1_000_000_000,
        "mtime": status.st_mtime_ns // 1_000_000_000,
        "ctime": status.st_ctime_ns // 1_000_000_000,
        "btime": 0,  # as osquery on Linux
        "hard_links": status.st_nlink,
        "symlink": int(link),
        "symlink_target_path": to,
        "type": kind or TYPES.get(stat.S_IFMT(status.st_mode), "unknown"),
    }


def filename(path: str) -> str:
    """Return the last name of a path: ``.`` behind a slash."""
    return "/" if path.strip("/") == "" else path.rpartition("/")[2] or "."


def parent(path: str) -> str:
    """Return the directory of a path: of one with a slash behind, the path without it."""
    if path.strip("/") == "":
        return ""
    return path.rpartition("/")[0].rstrip("/") or "/"
