"""Who may own what a walk finds: accounts and groups of the target, and what lies in the homes of its users."""

import re
from typing import Dict, FrozenSet, List, NamedTuple, Optional, Set, Tuple

from rempart_agent.readers.files import account
from rempart_agent.source.contract import Missing, SourceError
from rempart_agent.source.target import Target

# Where every account is in a file that is read here, or is made for a running process alone.
_LOCAL = frozenset(("files", "systemd", "myhostname", "db"))
_RECORDS = ("/etc/userdb", "/run/userdb", "/usr/lib/userdb", "/usr/local/lib/userdb")  # nss-systemd(8)
FIRST_USER, NOBODY = 1000, (65534, 65535)
# No home lies here, whatever an account says: these are the system's.
_SYSTEM = ("/bin", "/boot", "/dev", "/etc", "/lib", "/lib64", "/proc", "/run", "/sbin", "/sys", "/usr", "/var")


class Home(NamedTuple):
    """The home of a user.

    Attributes:
        path: Where it is, links resolved.
        name: Whose it is; several share one where they have the same ``path``.
        uid: The user's id.
        gid: The id of the user's first group.
    """

    path: str
    name: str
    uid: int
    gid: int


class Owners(NamedTuple):
    """Whom a target knows.

    Attributes:
        uids: The ids of accounts.
        gids: The ids of groups.
        users_told: Whether an id that is in none of these, nor found otherwise, is nobody's.
        groups_told: The same of groups.
        asks: Whether the C library of this machine knows more of them.
        homes: Of users, the longest path first.
    """

    uids: FrozenSet[int]
    gids: FrozenSet[int]
    users_told: bool
    groups_told: bool
    asks: bool
    homes: Tuple[Home, ...] = ()


def read(target: Target) -> Optional[Owners]:
    """Return whom a target knows; None where its accounts or groups can't be read.

    A running machine is asked for ids that its files do not name, as find(1) does. On anything else only the files
    tell, so that where accounts come from a directory too nobody can say that an id is unknown.

    Args:
        target: What is looked at.
    """
    try:
        users, groups = target.text(account.PASSWD), target.text(account.GROUP)
        sources = _sources(target)
    except SourceError:
        return None
    uids: Set[int] = set()
    gids: Set[int] = set()
    compat = {"passwd": False, "group": False}
    for line in account.entries(groups):
        group = account.parse_group(line)
        compat["group"] |= line[0] in "+-"
        if group and line[0] not in "+-":
            gids.add(group.gid)
    homes: List[Home] = []
    for one in account.parse_accounts(users):
        if one.name[:1] in ("+", "-"):
            compat["passwd"] = True
            continue
        uids.add(one.uid)
        if one.uid >= FIRST_USER and one.uid not in NOBODY and one.directory.startswith("/"):
            path = _real(target, one.directory).rstrip("/")
            if path and not _is_system(path):
                homes.append(Home(path, one.name, one.uid, one.gid))
    asks = target.live and target.root == "/"
    told = {name: asks or (not compat[name] and sources[name] <= _LOCAL) for name in compat}
    homes.sort(key=lambda home: (-len(home.path), home.path, home.uid))
    return Owners(frozenset(uids), frozenset(gids), told["passwd"], told["group"], asks, tuple(homes))


def _real(target: Target, path: str) -> str:
    try:
        return target.realpath(path)
    except SourceError:
        return path


def _is_system(path: str) -> bool:
    return any(path == one or path.startswith(one + "/") for one in _SYSTEM)


def _sources(target: Target) -> Dict[str, Set[str]]:
    """Return where nsswitch.conf(5) looks for accounts and groups, and folders of records that are in use."""
    found: Dict[str, Set[str]] = {"passwd": set(), "group": set()}
    for folder in _RECORDS:
        try:
            if target.listdir(folder):
                for names in found.values():
                    names.add(folder)
        except Missing:
            continue
    try:
        lines = target.lines("/etc/nsswitch.conf")
    except Missing:
        return found  # the C library looks at the files alone
    for line in lines:
        name, _, rest = line.partition("#")[0].partition(":")
        if name.strip() in found:
            names = set(re.sub(r"\[[^\]]*\]", " ", rest).split())
            found[name.strip()] |= names - {"compat"}  # that is the files, with the entries that begin with a sign
    return found


class Registry:
    """Tells whether ids are somebody's; each is looked up once."""

    def __init__(self, owners: Owners) -> None:
        """Look nothing up yet."""
        self._owners = owners
        self._users: Dict[int, Optional[bool]] = {}
        self._groups: Dict[int, Optional[bool]] = {}

    def user(self, uid: int) -> Optional[bool]:
        """Return whether an id is an account's; None where that can't be told."""
        if uid not in self._users:
            owners = self._owners
            self._users[uid] = uid in owners.uids or (owners.asks and _has_user(uid)) or _no(owners.users_told)
        return self._users[uid]

    def group(self, gid: int) -> Optional[bool]:
        """Return whether an id is a group's; None where that can't be told."""
        if gid not in self._groups:
            owners = self._owners
            self._groups[gid] = gid in owners.gids or (owners.asks and _has_group(gid)) or _no(owners.groups_told)
        return self._groups[gid]


def _no(told: bool) -> Optional[bool]:
    return False if told else None


def _has_user(uid: int) -> bool:
    import pwd

    try:
        pwd.getpwuid(uid)
    except (KeyError, OverflowError):
        return False
    return True


def _has_group(gid: int) -> bool:
    import grp

    try:
        grp.getgrgid(gid)
    except (KeyError, OverflowError):
        return False
    return True
