"""Table suid_bin: set-user-id and set-group-id programs.

Searched are osquery's directories, with all that is below them; directories that are links are not entered, the seven
themselves are: where ``/bin`` is a link to ``/usr/bin`` its programs are there twice. ``permissions`` is ``S`` for the
user's bit, ``G`` for the group's. Programs elsewhere (/opt, /snap, a home) are not seen.
"""

import stat
from typing import Dict, Iterator, List, Tuple

from rempart_agent.readers.files import account
from rempart_agent.source.contract import INTEGER, TEXT, Column, Limit, Loop, Missing, Query, Row
from rempart_agent.source.target import Target

OFFLINE = "full"
FOLDERS = ("/bin", "/sbin", "/usr/bin", "/usr/sbin", "/usr/local/bin", "/usr/local/sbin", "/tmp")  # noqa: S108
MAX_FOLDERS = 100_000
COLUMNS = (
    Column("path", TEXT),
    Column("username", TEXT),
    Column("groupname", TEXT),
    Column("permissions", TEXT),
    Column("pid_with_namespace", INTEGER, hidden=True),
)

Found = List[Tuple[str, int, int, int]]
"""Path below the directory, mode, user and group id."""


def rows(target: Target, query: Query) -> Iterator[Row]:
    """See Table.rows: one row for each program."""
    known: Dict[str, Found] = {}
    users = {a.uid: a.name for a in reversed(list(account.parse_accounts(_text(target, account.PASSWD))))}
    groups: Dict[int, str] = {}
    for line in account.entries(_text(target, account.GROUP)):
        group = account.parse_group(line)
        if group:
            groups.setdefault(group.gid, group.name)
    for folder in FOLDERS:
        try:
            real = target.realpath(folder)
        except (Missing, Loop):
            continue
        if real not in known:
            known[real] = search(target, real)
        for path, mode, uid, gid in known[real]:
            yield {
                "path": folder + path,
                "username": users.get(uid, str(uid)),
                "groupname": groups.get(gid, str(gid)),
                "permissions": ("S" if mode & stat.S_ISUID else "") + ("G" if mode & stat.S_ISGID else ""),
            }


_SET_ID = stat.S_ISUID | stat.S_ISGID


def _text(target: Target, path: str) -> str:
    try:
        return target.text(path)
    except Missing:
        return ""


def search(target: Target, root: str) -> Found:
    """Return the set-id regular files below a directory, links to such files too.

    Args:
        target: What is looked at.
        root: Absolute path of the directory; the paths returned begin behind it.

    Raises:
        Denied: a directory may not be listed.
        Limit: there are more than ``MAX_FOLDERS`` directories.
    """
    found: Found = []
    todo = [""]
    folders = 0
    while todo:
        below = todo.pop()
        folders += 1
        if folders > MAX_FOLDERS:
            raise Limit("{root}: more than {max_folders} directories", root=root, max_folders=MAX_FOLDERS)
        try:
            entries = target.statuses(root + below)
        except Missing:  # gone since
            continue
        for name, kind, status in entries:
            if kind == "directory":
                todo.append(below + "/" + name)
            elif status is not None and status.st_mode & _SET_ID and stat.S_ISREG(status.st_mode):
                found.append((below + "/" + name, status.st_mode, status.st_uid, status.st_gid))
    return sorted(found)
