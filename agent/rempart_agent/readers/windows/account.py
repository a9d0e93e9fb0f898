r"""Who a Windows machine knows: its own accounts, and whoever else has a profile there or is in one of its groups.

The first two are what osquery lists (users_service.cpp), which leaves out accounts that have the mark of a machine; the
third are accounts and groups of a directory, and groups that Windows makes up (Everyone). What their names are only the
directory knows: they go by their security identifier.
"""

from typing import Dict, Iterator, NamedTuple, Tuple

from rempart_agent.formats import sid
from rempart_agent.readers.windows import account_database
from rempart_agent.source.contract import Missing, Unfit
from rempart_agent.source.registry import text_of
from rempart_agent.source.target import Target

_PROFILES = "HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\ProfileList"
_VERSION = "HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion"
_KNOWN = {
    "S-1-1-0": "Everyone",
    "S-1-5-2": "NETWORK",
    "S-1-5-4": "INTERACTIVE",
    "S-1-5-6": "SERVICE",
    "S-1-5-7": "ANONYMOUS LOGON",
    "S-1-5-11": "Authenticated Users",
    "S-1-5-17": "IUSR",
    "S-1-5-18": "SYSTEM",
    "S-1-5-19": "LOCAL SERVICE",
    "S-1-5-20": "NETWORK SERVICE",
}


class Account(NamedTuple):
    """One account, or a group of a directory that is in a local one.

    Attributes:
        sid: Its security identifier.
        rid: The last number of it.
        name: Its name; the security identifier where the disk does not tell the name.
        comment: Its description.
        folder: The folder of its profile as the registry has it; ``""`` for none.
        kind: As osquery has it: ``local``, ``roaming`` for those of a directory, ``special`` for those of Windows.
        groups: The numbers of the local groups that it is in.
        primary: The number of its primary group; 0 where it is not known.
    """

    sid: str
    rid: int
    name: str
    comment: str
    folder: str
    kind: str
    groups: Tuple[int, ...]
    primary: int


def read(target: Target) -> Tuple[Account, ...]:
    """Return all accounts of a target, its own first; they are put together once.

    Args:
        target: What is looked at.

    Raises:
        SourceError: its account database or its list of profiles can't be read.
    """
    return target.shared("windows users", lambda: tuple(_read(target)))


def _read(target: Target) -> Iterator[Account]:
    database = account_database.read(target)
    folders = profiles(target)
    seen = set()
    for user in database.users:
        own = database.sid_of(user)
        seen.add(own)
        groups = tuple(database.groups_of(own, user.primary_group))
        folder = folders.get(own, "")
        yield Account(own, user.rid, user.name, user.comment, folder, "local", groups, user.primary_group)
    for other in dict.fromkeys([*folders, *(member for group in database.groups for member in group.members)]):
        deleted = other.startswith(database.machine + "-") and other not in folders
        if other not in seen and not deleted:
            groups = tuple(database.groups_of(other))
            kind = "roaming" if other.startswith(("S-1-5-21-", "S-1-12-1-")) else "special"
            name = _KNOWN.get(other, other)
            yield Account(other, sid.rid(other), name, "", folders.get(other, ""), kind, groups, 0)


def profiles(target: Target) -> Dict[str, str]:
    """Return who has a profile: security identifier to its folder, as the registry has it.

    Args:
        target: What is looked at.

    Raises:
        SourceError: the list of profiles can't be read.
    """
    key = target.registry(_PROFILES)
    if key is None:
        raise Missing("{profiles}: does not exist", profiles=_PROFILES)
    listed = key.subkeys()
    return {one.name.upper(): text_of(one, "ProfileImagePath") for one in listed if sid.is_sid(one.name)}


def home(target: Target, account: Account) -> str:
    r"""Return the folder of an account's profile as a path (``C:\Users\alice``); ``""`` where it has none.

    Args:
        target: What is looked at.
        account: Whose folder it is.

    Raises:
        SourceError: it is on another drive than the system, so that it may lie on a disk that is not here.
    """
    system = text_of(target.registry(_VERSION), "SystemRoot")
    folder = account.folder
    for name, value in (("%systemroot%", system), ("%windir%", system), ("%systemdrive%", system[:2])):
        if folder.lower().startswith(name):
            folder = value + folder[len(name) :]
    if folder and (not system or folder[:3].upper() != system[:3].upper() or "%" in folder):
        raise Unfit(
            "the profile of {sid} is not on the drive of the system: {folder}",
            sid=account.sid,
            folder=repr(folder[:200]),
        )
    return folder.rstrip("\\")
