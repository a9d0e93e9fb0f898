"""What is worth noting of one entry that a walk meets: a file, a folder, a link, by its status and its attributes."""

import stat
from typing import Dict, List, NamedTuple, Optional, Set, Tuple

from rempart_agent.models import access
from rempart_agent.readers.files.walk_owner import Home, Owners, Registry

CAPABILITY = "security.capability"
ACL, DEFAULT_ACL = "system.posix_acl_access", "system.posix_acl_default"
ATTRIBUTES = frozenset((CAPABILITY, ACL, DEFAULT_ACL))
"""The extended attributes that matter."""

PROGRAMS = ("set_id", "capability")
"""Kinds of files that give rights to whoever executes them."""

OF_ACCOUNTS = ("home_group", "home_open", "home_owner", "unowned")
"""Kinds that can't be told without the accounts."""

SYSTEM = (
    *("/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32", "/usr/bin", "/usr/sbin", "/usr/lib", "/usr/lib32"),
    *("/usr/lib64", "/usr/libx32", "/usr/libexec", "/usr/games", "/usr/local/bin", "/usr/local/sbin", "/usr/local/lib"),
    *("/usr/local/lib64", "/usr/local/libexec", "/usr/local/games"),
)
"""Folders of programs and libraries that root and others execute."""

UNREADABLE = "unreadable"
_SET_ID = stat.S_ISUID | stat.S_ISGID
_BEYOND_HOME = 0o7777 & ~0o750
_TYPES = {
    stat.S_IFREG: "regular",
    stat.S_IFDIR: "directory",
    stat.S_IFLNK: "link",
    stat.S_IFBLK: "block",
    stat.S_IFCHR: "character",
    stat.S_IFIFO: "fifo",
    stat.S_IFSOCK: "socket",
}
_NAMED = {access.USER: "user", access.GROUP: "group"}
_TAGS = {
    access.USER_OBJ: "user",
    access.GROUP_OBJ: "group",
    access.MASK: "mask",
    access.OTHER: "other",
    **_NAMED,
}


class Place(NamedTuple):
    """Where an entry lies.

    Attributes:
        system: Whether it is a folder of programs or libraries, or in one.
        homes: Those who share the home that it is, or in which it lies; ``()`` for none.
    """

    system: bool
    homes: Tuple[Home, ...]


NOWHERE = Place(system=False, homes=())


class Noted(NamedTuple):
    """One thing about an entry that is worth noting.

    Attributes:
        kind: What.
        user_known: Whether its owner is an account's; None where that can't be told.
        group_known: Whether its group is one.
        acl: Its access list, as short text.
        loose: Why somebody else than root could change it, or has it, in words with commas between them.
        home_owner: Whose home it is.
    """

    kind: str
    user_known: Optional[bool] = None
    group_known: Optional[bool] = None
    acl: str = ""
    loose: str = ""
    home_owner: str = ""


class Judge:
    """Tells what is worth noting.

    Attributes:
        untold: Kinds of which nothing can be told here.
    """

    def __init__(self, owners: Optional[Owners] = None, everything: bool = True) -> None:
        """Judge nothing yet.

        Args:
            owners: Whom the target knows; None where that can't be told.
            everything: Whether more than ``PROGRAMS`` is noted.
        """
        self._everything = everything
        self._homes: Dict[str, Tuple[Home, ...]] = {}
        for home in owners.homes if owners else ():
            self._homes[home.path] = (*self._homes.get(home.path, ()), home)
        self._registry = Registry(owners) if owners else None
        self._fine: Set[Tuple[int, int]] = set()  # owners and groups that are both known
        self.untold: Tuple[str, ...] = OF_ACCOUNTS if everything and not owners else ()

    def place(self, path: str) -> Place:
        """Return where an entry lies by the path of it, or of the folder that holds it."""
        if not self._everything:
            return NOWHERE
        system = any(path == one or path.startswith(one + "/") for one in SYSTEM)
        homes: Tuple[Home, ...] = ()
        if self._homes:
            above = path
            while len(above) > 1 and not homes:
                homes = self._homes.get(above, ())
                above = above.rpartition("/")[0]
        return Place(system, homes) if system or homes else NOWHERE

    def judge(
        self, place: Place, mode: int, uid: int, gid: int, attributes: Optional[Dict[str, bytes]]
    ) -> Optional[List[Noted]]:
        """Return what is worth noting of an entry; None for nothing, as of nearly all.

        Args:
            place: Where it lies.
            mode: Its type and permission bits.
            uid: Its owner.
            gid: Its group.
            attributes: Its extended attributes of ``ATTRIBUTES``; None for none.
        """
        found: List[Noted] = []
        if stat.S_ISREG(mode):
            if mode & _SET_ID:
                found.append(Noted("set_id"))
            if attributes and attributes.get(CAPABILITY):
                found.append(Noted("capability"))
        if self._everything:
            self._judge_more(found, place, mode, uid, gid, attributes)
        return found or None

    def _judge_more(
        self,
        found: List[Noted],
        place: Place,
        mode: int,
        uid: int,
        gid: int,
        attributes: Optional[Dict[str, bytes]],
    ) -> None:
        if (uid, gid) not in self._fine and self._registry:
            user, group = self._registry.user(uid), self._registry.group(gid)
            if user and group:
                self._fine.add((uid, gid))
            else:
                found.append(Noted("unowned", user, group))
        link = stat.S_ISLNK(mode)
        if mode & 2 and not link:
            found.append(Noted("world_writable"))
        acl = attributes and (attributes.get(ACL), attributes.get(DEFAULT_ACL))
        if acl and (acl[0] or acl[1]):
            found.append(Noted("acl", acl=acl_text(acl[0], acl[1])))
        if place.system and (uid or gid or mode & 0o022 or acl):
            why = looseness(mode, uid, gid, attributes or {})
            if why:
                found.append(Noted("loose", loose=why))
        if place.homes:
            owners = [home for home in place.homes if home.uid == uid]
            kinds = [] if owners else ["home_owner"]
            if all(home.gid != gid for home in owners or place.homes):
                kinds.append("home_group")
            if mode & _BEYOND_HOME and not link:
                kinds.append("home_open")
            names = ", ".join(home.name for home in place.homes) if kinds else ""
            found.extend(Noted(kind, home_owner=names) for kind in kinds)


def type_name(mode: int) -> str:
    """Return what an entry is: ``regular``, ``directory``, ``link``, ``block``, ``character``, ``fifo``, ``socket``."""
    return _TYPES.get(stat.S_IFMT(mode), "unknown")


def looseness(mode: int, uid: int, gid: int, attributes: Dict[str, bytes]) -> str:
    """Return why somebody else than root has a system file, or can write it; ``""`` where nobody.

    The group of a program that gives rights may be another one: it tells who may start it. Of a link only the owner
    counts, for its bits mean nothing.

    Args:
        mode: Its type and permission bits.
        uid: Its owner.
        gid: Its group.
        attributes: Its extended attributes.
    """
    whys = ["owner"] if uid else []
    if not stat.S_ISLNK(mode):
        gives = stat.S_ISREG(mode) and (mode & _SET_ID or attributes.get(CAPABILITY))
        if gid and not gives:
            whys.append("group")
        try:
            lists = [access.parse_acl(data) for data in (attributes.get(ACL), attributes.get(DEFAULT_ACL)) if data]
        except access.Unreadable:
            whys.append("acl_unreadable")
            lists = []
        if mode & 0o020 and (not attributes.get(ACL) or not lists or _gives_group(lists[0])):
            whys.append("group_writes")
        if mode & 0o002:
            whys.append("others_write")
        if any(_gives_named(entries) for entries in lists):
            whys.append("acl_writes")
    return ",".join(whys)


def _gives_group(entries: access.Acl) -> bool:
    mask = next((entry.rights for entry in entries if entry.tag == access.MASK), 7)
    return any(entry.tag == access.GROUP_OBJ and entry.rights & mask & access.WRITE for entry in entries)


def _gives_named(entries: access.Acl) -> bool:
    mask = next((entry.rights for entry in entries if entry.tag == access.MASK), 7)
    return any(entry.tag in _NAMED and entry.id and entry.rights & mask & access.WRITE for entry in entries)


def acl_text(data: Optional[bytes], default: Optional[bytes]) -> str:
    """Return access lists as getfacl(1) writes them in short, with ids for names; ``unreadable`` for what is none.

    Args:
        data: The list of the entry itself; None for none.
        default: The list that a folder hands down.
    """
    shown: List[str] = []
    for prefix, one in (("", data), ("default:", default)):
        if not one:
            continue
        try:
            entries = access.parse_acl(one)
        except access.Unreadable:
            return UNREADABLE
        for entry in entries:
            rights = "".join(letter if entry.rights & bit else "-" for letter, bit in (("r", 4), ("w", 2), ("x", 1)))
            whom = str(entry.id) if entry.tag in _NAMED else ""
            shown.append("{}{}:{}:{}".format(prefix, _TAGS[entry.tag], whom, rights))
    return ",".join(shown)
