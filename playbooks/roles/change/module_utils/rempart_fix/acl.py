"""Access lists as the kernel keeps them (linux/posix_acl_xattr.h): entries of others go. Pure."""

import base64
import struct
from typing import Any, Dict, Iterable, List, NamedTuple, Tuple

NAMES = ("system.posix_acl_access", "system.posix_acl_default")
USER_OBJ, USER, GROUP_OBJ, GROUP, MASK, OTHER = 1, 2, 4, 8, 16, 32
Entry = Tuple[int, int, int]
"""Tag, rights, number of the account or group."""


class Kept(NamedTuple):
    """Whose entries stay.

    Attributes:
        users: Numbers of accounts.
        groups: Numbers of groups.
        rights: Entries that give none of these bits stay too, whoever they are for.
    """

    users: Iterable[int]
    groups: Iterable[int]
    rights: int = 7


def read(value: str) -> List[Entry]:
    """Return the entries of an attribute in base64."""
    return list(struct.iter_unpack("<HHI", base64.b64decode(value)[4:]))


def write(entries: Iterable[Entry]) -> str:
    """Return the attribute of entries, in base64."""
    return base64.b64encode(struct.pack("<I", 2) + b"".join(struct.pack("<HHI", *one) for one in entries)).decode()


def own_mode(state: Dict[str, Any]) -> int:
    """Return the mode with the rights of the owning group itself: under an access list they are the mask (acl(5))."""
    mode: int = state["mode"]
    for tag, bits, _ in read(state.get("xattrs", {}).get(NAMES[0], "")):
        if tag == GROUP_OBJ:
            return mode & (bits << 3 | ~0o070)
    return mode


def change_mode(state: Dict[str, Any], mode: int) -> Dict[str, Any]:
    """Return a state with another mode, as chmod leaves it: under an access list its group bits are the mask."""
    entries = read(state.get("xattrs", {}).get(NAMES[0], ""))
    state = dict(state, mode=mode)
    if not entries:
        return state
    masked = any(tag == MASK for tag, _, _ in entries)
    bits = {USER_OBJ: mode >> 6 & 7, MASK if masked else GROUP_OBJ: mode >> 3 & 7, OTHER: mode & 7}
    changed = [(tag, bits.get(tag, old), number) for tag, old, number in entries]
    return dict(state, xattrs=dict(state["xattrs"], **{NAMES[0]: write(changed)}))


def drop(state: Dict[str, Any]) -> Dict[str, Any]:
    """Return the state of a file without access lists."""
    return _put(dict(state, mode=own_mode(state)), {})


def limit(state: Dict[str, Any], kept: Kept, mode: int) -> Dict[str, Any]:
    """Return a state without the entries of others, and with a mode.

    The rights of the group in that mode are those of the owning group itself: where entries stay, the mask stays too.
    """
    lists = {}
    for name in NAMES:
        entries = read(state.get("xattrs", {}).get(name, ""))
        mask = next((bits for tag, bits, _ in entries if tag == MASK), 7)
        left = [one for one in entries if _stays(one, kept, mask)]
        if any(tag in (USER, GROUP) for tag, _, _ in left):
            lists[name] = left
    if NAMES[0] not in lists:
        return _put(dict(state, mode=mode), {name: write(entries) for name, entries in lists.items()})
    mask = next((bits for tag, bits, _ in lists[NAMES[0]] if tag == MASK), 7)
    bits = {USER_OBJ: mode >> 6 & 7, GROUP_OBJ: mode >> 3 & 7, OTHER: mode & 7}
    lists[NAMES[0]] = [(tag, bits.get(tag, old), number) for tag, old, number in lists[NAMES[0]]]
    state = dict(state, mode=mode & ~0o070 | mask << 3)
    return _put(state, {name: write(entries) for name, entries in lists.items()})


def _stays(entry: Entry, kept: Kept, mask: int) -> bool:
    tag, bits, number = entry
    if tag not in (USER, GROUP) or not bits & mask & kept.rights:
        return True
    return number in (kept.users if tag == USER else kept.groups)


def _put(state: Dict[str, Any], lists: Dict[str, str]) -> Dict[str, Any]:
    xattrs = {name: one for name, one in state.get("xattrs", {}).items() if name not in NAMES}
    xattrs.update(lists)
    state = {name: one for name, one in state.items() if name != "xattrs"}
    return dict(state, xattrs=xattrs) if xattrs else state
