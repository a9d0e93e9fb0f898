r"""Table file: files and folders of a disk of Windows, as osquery shows them (``genFileInfoWindows`` of ``file.cpp``).

A path has a drive and is named in whatever case; links are followed, as osquery opens what it describes. LIKE is
expanded by :mod:`rempart_agent.readers.files.drive_pattern`. Owners, attributes, versions, where a shortcut leads and
when a file was made are not read: a statement that asks for them is not observable.
"""

import stat
from typing import Dict, Iterator, List, Optional

from rempart_agent.readers.files import drive_pattern
from rempart_agent.source.contract import BIGINT, INTEGER, TEXT, Column, Loop, Missing, NotObservable, Query, Row, Value
from rempart_agent.source.target import Target

OFFLINE = "part"
_UNREAD = {
    BIGINT: ("inode", "uid", "gid", "device", "btime"),
    INTEGER: ("block_size", "hard_links"),
    TEXT: (
        *("attributes", "volume_serial", "file_id", "file_version", "product_version", "original_filename"),
        *("shortcut_target_path", "shortcut_target_type", "shortcut_target_location", "shortcut_start_in"),
        *("shortcut_run", "shortcut_comment"),
    ),
}
COLUMNS = (
    Column("path", TEXT, index=True, argument=True, required=True),
    Column("directory", TEXT, argument=True, required=True),
    Column("filename", TEXT),
    Column("mode", TEXT),
    Column("size", BIGINT),
    Column("atime", BIGINT),
    Column("mtime", BIGINT),
    Column("ctime", BIGINT),
    Column("symlink", INTEGER),
    Column("type", TEXT),
    Column("symlink_target_path", TEXT),
    *(
        Column(name, kind, costly=True, alone=True, hidden=True, collate="version" if "version" in name else "")
        for kind, names in _UNREAD.items()
        for name in names
    ),
)
_TYPES = {stat.S_IFREG: "regular", stat.S_IFDIR: "directory"}


def rows(target: Target, query: Query) -> Iterator[Row]:
    """See Table.rows: one row for each path that exists."""
    asked = [name for names in _UNREAD.values() for name in names if name in query.columns]
    if asked:
        raise NotObservable("of files, {asked} is not read from a disk", asked=", ".join(asked))
    if query.equal("directory") is not None or query.like("directory") is not None:
        for folder in drive_pattern.folders(target, query):
            for path in children(target, folder):
                row = describe(target, path)
                if row:
                    row["directory"] = folder
                    yield row
        return
    for path in drive_pattern.paths(target, query):
        row = describe(target, path)
        if row:
            yield row


def children(target: Target, folder: str) -> List[str]:
    """Return the paths of all that is in a folder; none where it is no folder.

    Args:
        target: What is looked at.
        folder: Its path.
    """
    try:
        names = target.listdir(folder)
    except (Missing, Loop):
        return []
    base = folder if folder.endswith(("\\", "/")) else folder + "\\"
    return [base + name for name in names]


def describe(target: Target, path: str) -> Optional[Dict[str, Value]]:
    """Return the row of one path, or None where nothing is there.

    Args:
        target: What is looked at.
        path: Of a file or folder, as it is to be shown.
    """
    try:
        status = target.stat(path)
    except (Missing, Loop):
        return None
    folder = stat.S_ISDIR(status.st_mode)
    if path.endswith(("\\", "/")) and not folder:
        return None
    return {
        "path": path,
        "directory": parent(path),
        "filename": path.replace("/", "\\").rpartition("\\")[2] or ".",
        "mode": "-1",  # as osquery: permissions are those of access control lists
        "size": status.st_size,
        "atime": status.st_atime_ns // 1_000_000_000,
        "mtime": status.st_mtime_ns // 1_000_000_000,
        "ctime": status.st_ctime_ns // 1_000_000_000,
        "symlink": 0,
        "type": _TYPES.get(stat.S_IFMT(status.st_mode), "unknown"),
        "symlink_target_path": "",
    }


def parent(path: str) -> str:
    """Return the folder of a path: of one with a backslash behind, the path without it."""
    above = path.replace("/", "\\").rpartition("\\")[0]
    return path[: len(above)]
