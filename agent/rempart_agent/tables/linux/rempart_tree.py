"""Table rempart_tree: what lies in folders, names that begin with a dot too, at every depth.

``pattern`` is a path in which ``%`` stands for anything within one name; ``/%%`` at its end stands for all below.
Unlike ``file`` it leaves out no hidden name. Links are followed, each folder is entered once; ``type`` is ``regular``,
``directory``, ``other``, or ``error`` for a link to nothing. A folder that can't be listed raises.
"""

import os
import stat
from typing import Dict, Iterator, List, Optional, Tuple

from rempart_agent.readers.files import tree
from rempart_agent.readers.files.pattern import fits
from rempart_agent.source.contract import BIGINT, INTEGER, TEXT, Column, Limit, Loop, Missing, Query, Row, Value
from rempart_agent.source.target import Target

OFFLINE = "full"
COLUMNS = (
    Column("pattern", TEXT, argument=True, required=True),
    Column("path", TEXT),
    Column("filename", TEXT),
    Column("type", TEXT),
    Column("link", INTEGER),
    Column("size", BIGINT),
    Column("mtime", BIGINT),
    Column("ctime", BIGINT),
    Column("uid", BIGINT),
    Column("gid", BIGINT),
    Column("mode", TEXT),
)
ALL = "/%%"


def rows(target: Target, query: Query) -> Iterator[Row]:
    """See Table.rows: one row for each entry that a pattern stands for."""
    for pattern in query.equal("pattern") or ():
        for count, entry in enumerate(_entries(target, pattern)):
            if count >= tree.MAX_ENTRIES:
                raise Limit("{pattern}: more than {max_entries} entries", pattern=pattern, max_entries=tree.MAX_ENTRIES)
            yield _row(pattern, entry)


def _entries(target: Target, pattern: str) -> Iterator[tree.Entry]:
    """Yield what a pattern stands for."""
    whole = pattern.endswith(ALL)
    names = [name for name in (pattern[: -len(ALL)] if whole else pattern).split("/") if name]
    found: List[str] = [""]
    for at, name in enumerate(names):
        last = at == len(names) - 1 and not whole
        if "%" not in name:
            found = [base + "/" + name for base in found]
            if last:
                for path in found:
                    yield from _one(target, path)
            continue
        parts = name.split("%")
        matches = [
            tree.Entry(base + "/" + entry, kind == "link", status)
            for base in found
            for entry, kind, status in _list(target, base or "/")
            if fits(entry, parts)
        ]
        if last:
            yield from matches
        found = [m.path for m in matches if m.status is not None and stat.S_ISDIR(m.status.st_mode)]
    if whole:
        for base in found:
            below = tree.below(target, base or "/")
            next(below, None)  # the folder itself
            yield from below


def _list(target: Target, folder: str) -> List[Tuple[str, str, Optional[os.stat_result]]]:
    try:
        return sorted(target.statuses(folder), key=lambda entry: entry[0])
    except (Missing, Loop):
        return []


def _one(target: Target, path: str) -> Iterator[tree.Entry]:
    try:
        link = stat.S_ISLNK(target.lstat(path).st_mode)
    except (Missing, Loop):
        return
    try:
        yield tree.Entry(path, link, target.stat(path))
    except (Missing, Loop):
        yield tree.Entry(path, link, None)


def _row(pattern: str, entry: tree.Entry) -> Row:
    row: Dict[str, Value] = {
        "pattern": pattern,
        "path": entry.path,
        "filename": entry.path.rpartition("/")[2],
        "link": int(entry.link),
    }
    status = entry.status
    if status is None:
        return dict(row, type="error")
    mode = status.st_mode
    kind = "regular" if stat.S_ISREG(mode) else "directory" if stat.S_ISDIR(mode) else "other"
    return dict(
        row,
        type=kind,
        size=status.st_size,
        mtime=status.st_mtime_ns // 1_000_000_000,
        ctime=status.st_ctime_ns // 1_000_000_000,
        uid=status.st_uid,
        gid=status.st_gid,
        mode="{:04o}".format(stat.S_IMODE(mode)),
    )
