"""Table rempart_access: who may read, write, enter or swap a file, by its mode, access list and folders above.

``path`` names files, ``folder`` a folder with all below it, names that begin with a dot too. Rights are those on what
lies at the ``end`` of a path, links resolved, for whoever goes there without the link: ``read``, ``write``, ``enter``
(a folder: look up names in it; a file: execute it), each with all the folders above. ``swap`` tells who may put
another in its place: by an entry of any folder on the way, those of links too, and of a link to nothing who may make
what it leads to. Values are 1, 0, or NULL for the reason
in ``why``: a file system whose server decides.

Rows by ``kind``: ``others`` (``*``: an account that no row names), ``owner`` (of a ``path`` alone), ``user`` and
``group`` (``%NAME``: somebody who is in that group alone) where they may do something else than ``*``. So whoever has
no row has the rights of ``*``, and root has all. A path where nothing is has no row; behind a link to nothing ``type``
is ``error``. ``via`` says what gives the right: owner, user, group NAME, others.

Read-only mounts, file attributes (chattr) and the policy of SELinux or AppArmor only take rights away, and are not
looked at; nor are capabilities of a process, user namespaces and files that are open already.
"""

import stat
import time
from typing import Dict, Iterator, List, Optional, Tuple

from rempart_agent.models import access
from rempart_agent.models.access import Granted, Node, Who
from rempart_agent.readers.files import file_access, pattern, tree
from rempart_agent.said import Why
from rempart_agent.source.contract import (
    BIGINT,
    INTEGER,
    TEXT,
    Column,
    Loop,
    Missing,
    Query,
    Row,
    Value,
)
from rempart_agent.source.target import Target

OFFLINE = "full"
COLUMNS = (
    Column("path", TEXT, argument=True, required=True),
    Column("folder", TEXT, argument=True, required=True),
    Column("kind", TEXT),
    Column("subject", TEXT),
    Column("uid", BIGINT),
    Column("gid", BIGINT),
    Column("read", INTEGER),
    Column("write", INTEGER),
    Column("enter", INTEGER),
    Column("swap", INTEGER),
    Column("via", TEXT),
    Column("why", TEXT),
    Column("type", TEXT),
    Column("mode", TEXT),
    Column("owner", TEXT),
    Column("owner_uid", BIGINT),
    Column("groupname", TEXT),
    Column("group_id", BIGINT),
    Column("end", TEXT),
    Column("link", INTEGER),
)
AGE = 2.0  # seconds for which accounts and folders are not read again: a join asks for one path after the other
_NOBODY = -1

_Rights = Tuple[int, int, int, int]


def rows(target: Target, query: Query) -> Iterator[Row]:
    """See Table.rows: the rows of each file that a statement names, and of all below each folder."""
    answer = _answer(target)
    for path in pattern.paths(target, query):
        yield from answer.rows(path, "")
    for folder in sorted({*(query.equal("folder") or ()), *(query.like("folder") or ())}):
        for entry in tree.below(target, folder):
            for row in answer.rows(entry.path, folder):
                if row["kind"] != "owner":  # one row less for each of what may be many files
                    yield row


def _answer(target: Target) -> "_Answer":
    kept: List[Tuple[float, _Answer]] = target.shared("rights", list)
    now = time.monotonic()
    if not kept or now - kept[0][0] > AGE:
        kept[:] = [(now, _Answer(target))]
    return kept[0][1]


class _Answer:
    """Answers for one file after the other; files that are alike are worked out once."""

    def __init__(self, target: Target) -> None:
        self._target = target
        self._reader = file_access.Reader(target)
        self._people = file_access.People(target)
        self._alike: Dict[Tuple[object, ...], List[Row]] = {}

    def rows(self, path: str, folder: str) -> Iterator[Row]:
        """Return the rows of one file."""
        try:
            link = stat.S_ISLNK(self._target.lstat(path.rstrip("/") or "/").st_mode)
            way = self._reader.way(path)
        except Missing:
            return
        except Loop:
            none = dict.fromkeys(("read", "write", "enter"), 0)
            loop: Dict[str, Value] = {
                "kind": "others",
                "subject": "*",
                "why": Why("a loop of links"),
                "type": "error",
                "link": 1,
            }
            yield {"path": path, "folder": folder, "end": "", **none, **loop}
            return
        alike = (way.end, way.folders, way.steps, way.why, way.makes)
        known = self._alike.get(alike)
        if known is None:
            known = list(_of(way, self._people))
            if len(self._alike) > 10_000:
                self._alike.clear()
            self._alike[alike] = known
        for row in known:
            yield dict(row, path=path, folder=folder, link=int(link), end=way.real)


def _of(way: file_access.Way, people: file_access.People) -> Iterator[Row]:
    """Return the rows of one file, but for its paths."""
    nodes = [
        *way.folders,
        *way.makes,
        *(step.node for step in way.steps),
        *(f for step in way.steps for f in step.folders),
    ]
    uids, gids = access.mentioned(nodes)
    end = way.end
    others = _judge(way, Who(_NOBODY))
    yield _row(way, people, "others", "*", Who(_NOBODY), others)
    for person in people.touched(uids, gids):
        kind = "owner" if end and person.who.uid == end.uid else "user"
        found = _judge(way, person.who)
        if kind == "owner" or found != others:
            yield _row(way, people, kind, person.name, person.who, found)
    for gid in sorted(gids):
        who = Who(_NOBODY, frozenset((gid,)))
        found = _judge(way, who)
        if found != others:
            yield _row(way, people, "group", "%" + people.group(gid), who, found)


def _judge(way: file_access.Way, who: Who) -> _Rights:
    """Return read, write, enter and swap."""
    reached = way.end if way.end and access.searches(way.folders, who) else None
    replaces = (
        any(
            access.searches(step.folders[:-1], who)
            and (
                access.removes(step.node, step.folders[-1], who) or who.uid == step.folders[-1].uid
            )  # who may chmod it
            for step in way.steps
            if step.folders
        )
        or (
            bool(way.makes)
            and access.searches(way.makes[:-1], who)
            and (access.allows(way.makes[-1], who, access.WRITE | access.ENTER) or who.uid == way.makes[-1].uid)
        )
    )
    read, write, enter = (
        int(reached is not None and access.allows(reached, who, want))
        for want in (access.READ, access.WRITE, access.ENTER)
    )
    return read, write, enter, int(replaces)


def _row(way: file_access.Way, people: file_access.People, kind: str, subject: str, who: Who, found: _Rights) -> Row:
    end: Optional[Node] = way.end
    by: Granted = access.granted(end, who) if end else Granted(0, "nothing")
    read, write, enter, swap = (None, None, None, None) if way.why else found
    return {
        "kind": kind,
        "subject": subject,
        "uid": None if who.uid < 0 else who.uid,
        "gid": None if by.gid < 0 else by.gid,
        "read": read,
        "write": write,
        "enter": enter,
        "swap": swap,
        "via": "group " + people.group(by.gid) if by.via == "group" else by.via,
        "why": way.why or ("" if end else Why("a link to nothing")),
        "type": {access.FOLDER: "directory", access.FILE: "file"}[end.kind] if end else "error",
        "mode": "{:04o}".format(end.mode) if end else "",
        "owner": people.of(end.uid)[0].name if end else "",
        "owner_uid": end.uid if end else None,
        "groupname": people.group(end.gid) if end else "",
        "group_id": end.gid if end else None,
    }
