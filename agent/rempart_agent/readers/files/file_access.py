"""Reads what :mod:`rempart_agent.models.access` needs: the way to a file, its access list, who there is."""

import stat
from typing import Dict, FrozenSet, List, NamedTuple, Optional, Tuple

from rempart_agent.models import access
from rempart_agent.models.access import Node, Who
from rempart_agent.readers.files import account
from rempart_agent.said import Why
from rempart_agent.source.contract import Loop, Malformed, Missing
from rempart_agent.source.target import Target

ACL = "system.posix_acl_access"
MAX_LINKS = 40
# Whose server or program decides, whatever the bits say; /proc and autofs have rules of their own.
REMOTE = frozenset(
    (
        *("nfs", "nfs4", "cifs", "smb3", "smbfs", "ncpfs", "ceph", "afs", "9p", "virtiofs", "lustre", "glusterfs"),
        *("orangefs", "coda", "davfs", "vboxsf", "prl_fs", "proc", "autofs"),
    )
)


class Step(NamedTuple):
    """One name on the way to a file: what it is, and the folders from ``/`` to the one in which it stands."""

    node: Node
    folders: Tuple[Node, ...]


class Way(NamedTuple):
    """The way to a file.

    Attributes:
        end: The file itself, links resolved; None where a link leads nowhere.
        real: Its path without links.
        folders: All folders from ``/`` to it, by ``real``.
        crossed: Those that are searched on the way, those of links too.
        steps: Each name that was taken on the way: whoever replaces one replaces the file.
        why: Why rights on it can't be told; ``""`` where they can.
        makes: Where a link leads to a name that is missing: the folders from ``/`` to the one that lacks it. Who may
            write in the last of them may put there what the link then leads to.
    """

    end: Optional[Node]
    real: str
    folders: Tuple[Node, ...]
    crossed: Tuple[Node, ...]
    steps: Tuple[Step, ...]
    why: str = ""
    makes: Tuple[Node, ...] = ()


class _Place:
    """A folder without links.

    Attributes:
        path: Its path.
        above: The folder in which it stands; None of ``/``.
        chain: The folders from ``/`` to it, with itself.
        why: Why rights below it can't be told; ``""`` where they can.
    """

    def __init__(self, path: str, node: Node, above: "Optional[_Place]", why: str) -> None:
        self.path = path
        self.above = above
        self.chain: Tuple[Node, ...] = (*(above.chain if above else ()), node)
        self.why: str = (above.why if above else "") or why


class Reader:
    """Looks up files on a target; folders are looked up once."""

    def __init__(self, target: Target) -> None:
        """Look at nothing yet."""
        self._target = target
        self._mounts = _mounts(target) if target.live else {}
        self._places: Dict[str, _Place] = {}

    def way(self, path: str) -> Way:
        """Return the way to a file.

        Raises:
            Missing: nothing is there.
            Loop: links lead to one another; this too is nothing.
            Malformed: an access list that the kernel would not take.
        """
        todo = _names(path)[::-1]
        place = self._place("/", None)
        crossed: List[Node] = []
        steps: List[Step] = []
        links, dangling, why = 0, False, place.why
        makes: Tuple[Node, ...] = ()
        end, real = place.chain[-1], "/"
        while todo:
            name = todo.pop()
            if not name:
                continue
            crossed.append(place.chain[-1])
            if name in (".", ".."):
                place = (place.above or place) if name == ".." else place
                end, real = place.chain[-1], place.path
                continue
            real = place.path.rstrip("/") + "/" + name
            known = self._places.get(real)
            try:
                end = known.chain[-1] if known else self._node(real)
            except Missing:
                if not links:
                    raise
                dangling, makes = True, place.chain
                break
            steps.append(Step(end, place.chain))
            why = why or self._mounts.get(real, place.why)
            if end.kind == access.LINK:
                links += 1
                if links > MAX_LINKS:
                    raise Loop("{path}: a loop of links", path=path)
                to = self._target.readlink(real)
                if to.startswith("/"):
                    place = self._place("/", None)
                todo += _names(to)[::-1]
                end, real = place.chain[-1], place.path
            elif end.kind == access.FOLDER:
                place = self._place(real, place, end)
                why = why or place.why
            elif todo:
                if links:
                    dangling = True
                    break
                raise Missing("{path}: does not exist", path=path)
        chain = place.chain if real != place.path or not end else place.chain[:-1]
        return Way(None if dangling else end, real, chain, tuple(crossed), tuple(steps), why, makes)

    def _node(self, path: str) -> Node:
        status = self._target.lstat(path)
        mode = stat.S_IMODE(status.st_mode)
        if stat.S_ISLNK(status.st_mode):
            return Node(access.LINK, mode, status.st_uid, status.st_gid)
        data = self._target.xattr(path, ACL)
        try:
            acl = access.parse_acl(data) if data else None
        except access.Unreadable as error:
            raise Malformed("{path}: {error}", path=path, error=error) from error
        kind = access.FOLDER if stat.S_ISDIR(status.st_mode) else access.FILE
        return Node(kind, mode, status.st_uid, status.st_gid, acl)

    def _place(self, path: str, above: Optional[_Place], node: Optional[Node] = None) -> _Place:
        known = self._places.get(path)
        if known is None:
            known = _Place(path, node or self._node(path), above, self._mounts.get(path, ""))
            if len(self._places) > 50_000:
                self._places.clear()
            self._places[path] = known
        return known


def _names(path: str) -> List[str]:
    """Return the names in a path; ``""`` at its end for the slash behind which only a folder may stand."""
    return [name for name in path.split("/") if name] + ([""] if path.rstrip("/") and path.endswith("/") else [])


def _mounts(target: Target) -> Dict[str, str]:
    """Return, by mount point, why rights on what is mounted there can't be told; ``""`` where they can."""
    from rempart_agent.readers.files import mount_table

    found: Dict[str, str] = {}
    for mount in mount_table.read(target):
        kind = mount.type
        remote = kind in REMOTE or kind.startswith("fuse")
        mapped = "idmapped" in mount.flags.split(",")
        found[mount.path] = (
            Why("{kind} decides by itself on {path}", kind=kind, path=mount.path)
            if remote
            else Why("user ids are mapped on {path}", path=mount.path)
            if mapped
            else ""
        )
    return found


class Person(NamedTuple):
    """Somebody whose rights are told: a name to show, and credentials."""

    name: str
    who: Who


class People:
    """The accounts and groups of a target."""

    def __init__(self, target: Target) -> None:
        """Read passwd(5) and group(5)."""
        text = target.text(account.GROUP)
        self.group_names: Dict[int, str] = {}
        members: Dict[str, List[int]] = {}
        for line in account.entries(text):
            group = account.parse_group(line)
            if group and line[0] not in "+-":
                self.group_names.setdefault(group.gid, group.name)
        for group in account.memberships(text):
            for name in group.members:
                members.setdefault(name, []).append(group.gid)
        self.all: List[Person] = []
        self.by_uid: Dict[int, List[Person]] = {}
        self.by_gid: Dict[int, List[Person]] = {}
        for a in account.parse_accounts(target.text(account.PASSWD)):
            if a.name[:1] in ("+", "-"):
                continue
            gids = frozenset((a.gid, *members.get(a.name, ())))
            person = Person(a.name, Who(a.uid, gids))
            self.all.append(person)
            self.by_uid.setdefault(a.uid, []).append(person)
            for gid in gids:
                self.by_gid.setdefault(gid, []).append(person)

    def group(self, gid: int) -> str:
        """Return the name of a group, or its number."""
        return self.group_names.get(gid, str(gid))

    def of(self, uid: int) -> List[Person]:
        """Return the accounts with a user id; one that has no account is named by its number."""
        return self.by_uid.get(uid) or [Person(str(uid), Who(uid))]

    def touched(self, uids: FrozenSet[int], gids: FrozenSet[int]) -> List[Person]:
        """Return the accounts that some user ids and group ids tell from others, without root.

        Args:
            uids: User ids, as owners and access lists of files name them.
            gids: Group ids, from the same.
        """
        found: Dict[Person, None] = {}
        for uid in sorted(uids):
            found.update(dict.fromkeys(self.of(uid)))
        for gid in sorted(gids):
            found.update(dict.fromkeys(self.by_gid.get(gid, ())))
        return [person for person in found if person.who.uid != 0]
