"""Who may read, write or enter a file: mode bits, POSIX access lists, links and the folders above, as Linux decides.

``generic_permission`` and ``may_delete`` of fs/namei.c, ``posix_acl_permission`` of fs/posix_acl.c. Of one file one
entry decides: the owner's bits for its owner; else the list's; else the group's; else those of others. A list
whose mask is empty is not looked at: then a user whom it names has the bits of others. Root (with its capabilities)
passes everything but the execution of a file that nobody may execute.
"""

import struct
from typing import FrozenSet, Iterable, List, NamedTuple, Optional, Sequence, Tuple

from rempart_agent.said import SaidError

READ, WRITE, ENTER = 4, 2, 1
USER_OBJ, USER, GROUP_OBJ, GROUP, MASK, OTHER = 0x01, 0x02, 0x04, 0x08, 0x10, 0x20
STICKY = 0o1000
FOLDER, LINK, FILE = "directory", "link", "other"
_HEAD, _ENTRY = struct.Struct("<I"), struct.Struct("<HHI")
_VERSION = 2
MAX_ENTRIES = 8192  # an extended attribute has at most 64 KiB


class Entry(NamedTuple):
    """One entry of an access list: its tag, the rights (4 read, 2 write, 1 enter), and whom it names."""

    tag: int
    rights: int
    id: int = 0xFFFFFFFF


Acl = Tuple[Entry, ...]


class Node(NamedTuple):
    """A file, folder or link, as lstat(2) and its access list say.

    Attributes:
        kind: ``directory``, ``link`` or ``other``.
        mode: The permission bits, with set-id and sticky.
        uid: Its owner.
        gid: Its group.
        acl: Its access list, or None where it has none.
    """

    kind: str
    mode: int
    uid: int
    gid: int
    acl: Optional[Acl] = None


class Who(NamedTuple):
    """The credentials of a process: its user id and all its group ids. Nobody listed: ``uid`` -1."""

    uid: int
    gids: FrozenSet[int] = frozenset()


class Granted(NamedTuple):
    """What one file gives somebody.

    Attributes:
        rights: 4 read, 2 write, 1 enter (or execute).
        via: What decides: ``owner``, ``user``, ``group``, ``others``, ``root``.
        gid: The group, where one decides; -1 else.
    """

    rights: int
    via: str
    gid: int = -1


class Unreadable(SaidError, ValueError):
    """An access list that the kernel would not take."""


def parse_acl(data: bytes) -> Acl:
    """Decode the extended attribute ``system.posix_acl_access`` (include/uapi/linux/posix_acl_xattr.h).

    Raises:
        Unreadable: another version, a size that is none, entries in an order that the kernel refuses.
    """
    size = len(data) - _HEAD.size
    if size < 0 or size % _ENTRY.size or size // _ENTRY.size > MAX_ENTRIES:
        raise Unreadable("an access list of {count} bytes", count=len(data))
    if _HEAD.unpack_from(data)[0] != _VERSION:
        raise Unreadable("an access list of version {data}", data=_HEAD.unpack_from(data)[0])
    entries = tuple(Entry(*_ENTRY.unpack_from(data, at)) for at in range(_HEAD.size, len(data), _ENTRY.size))
    tags = [entry.tag for entry in entries]
    whole = tags == sorted(tags) and all(tags.count(tag) == 1 for tag in (USER_OBJ, GROUP_OBJ, OTHER))
    named = USER in tags or GROUP in tags
    if not whole or tags.count(MASK) > 1 or (named and MASK not in tags) or any(e.rights > 7 for e in entries):
        raise Unreadable("an access list with entries that the kernel refuses")
    if {*tags} - {USER_OBJ, USER, GROUP_OBJ, GROUP, MASK, OTHER}:
        raise Unreadable("an access list with an unknown tag")
    return entries


def allows(node: Node, who: Who, want: int) -> bool:
    """Tell whether a file itself gives somebody all the rights in ``want``; the folders above are not looked at.

    Args:
        node: The file.
        who: Who asks.
        want: Bits as in a mode: 4 reads, 2 writes, 1 executes.
    """
    if who.uid == 0:
        return not want & ENTER or node.kind == FOLDER or bool(node.mode & 0o111)
    return any(grant.rights & want == want for grant in _grants(node, who))


def granted(node: Node, who: Who) -> Granted:
    """Return each right that a file itself gives, and by what; the folders above are not looked at.

    Where several groups give rights they are joined here; ``allows`` tells whether one gives several at once.

    Args:
        node: The file.
        who: Who asks.
    """
    if who.uid == 0:
        return Granted(READ | WRITE | (ENTER if allows(node, who, ENTER) else 0), "root")
    grants = _grants(node, who)
    rights = 0
    for grant in grants:
        rights |= grant.rights
    return next((grant for grant in grants if grant.rights), grants[0])._replace(rights=rights)


def _grants(node: Node, who: Who) -> List[Granted]:
    """Return what decides: one entry, or those of all groups of the list that somebody is in."""
    if who.uid == node.uid:
        return [Granted(node.mode >> 6 & 7, "owner")]
    if node.acl is not None and node.mode & 0o070:
        return _by_list(node.acl, node.gid, who)
    if node.gid in who.gids:
        return [Granted(node.mode >> 3 & 7, "group", node.gid)]
    return [Granted(node.mode & 7, "others")]


def _by_list(acl: Acl, owning: int, who: Who) -> List[Granted]:
    mask = next((entry.rights for entry in acl if entry.tag == MASK), 7)
    groups: List[Granted] = []
    others = 0
    for entry in acl:
        if entry.tag == USER and entry.id == who.uid:
            return [Granted(entry.rights & mask, "user")]
        gid = owning if entry.tag == GROUP_OBJ else entry.id
        if entry.tag in (GROUP_OBJ, GROUP) and gid in who.gids:
            groups.append(Granted(entry.rights & mask, "group", gid))
        if entry.tag == OTHER:
            others = entry.rights
    return groups or [Granted(others, "others")]


def searches(folders: Iterable[Node], who: Who) -> bool:
    """Tell whether somebody may pass through all of these folders.

    Args:
        folders: From the root on.
        who: Who asks.
    """
    return all(allows(folder, who, ENTER) for folder in folders)


def removes(node: Node, folder: Node, who: Who) -> bool:
    """Tell whether somebody may delete or rename an entry of a folder, and so put another in its place.

    Args:
        node: The entry.
        folder: Where it lies.
        who: Who asks.
    """
    if who.uid == 0:
        return True
    if not allows(folder, who, WRITE | ENTER):
        return False
    return not folder.mode & STICKY or who.uid in (node.uid, folder.uid)


def mentioned(nodes: Sequence[Node]) -> Tuple[FrozenSet[int], FrozenSet[int]]:
    """Return the user ids and group ids that these nodes name: everybody else is treated alike by them."""
    uids, gids = set(), set()
    for node in nodes:
        uids.add(node.uid)
        gids.add(node.gid)
        for entry in node.acl or ():
            if entry.tag == USER:
                uids.add(entry.id)
            elif entry.tag == GROUP:
                gids.add(entry.id)
    return frozenset(uids), frozenset(gids)
