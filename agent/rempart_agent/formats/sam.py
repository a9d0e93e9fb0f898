r"""Records of the account database of Windows: the values of its keys below ``SAM\Domains``.

Sources: *Domains* of winreg-kb of libyal (descriptors, ``F`` of a user, ``C`` of an alias); ``DOMAIN_ACCOUNT_F`` and
``USER_ACCOUNT_V`` in secretsdump.py of impacket; [MS-SAMR] 2.2.1.12 for the bits of an account, 2.2.3.5 for those of
the password policy. Password hashes lie in the same value as the name; nothing here looks at them or returns them.
"""

import struct
from typing import NamedTuple, Optional, Tuple

from rempart_agent.formats import sid
from rempart_agent.source.contract import Malformed, SourceError

DISABLED, NORMAL = 0x0001, 0x0010
"""Bits of an account: it can't log on; it is one of a person, and not of a machine or a trust."""

MAX_MEMBERS = 50_000
"""The most members that a group may have."""
_COMPLEX, _NO_ANONYMOUS_CHANGE, _CLEAR_TEXT = 0x01, 0x02, 0x10
_NEVER = -(1 << 63)
_DAY = 86_400 * 10_000_000  # in units of 100 ns
_USER_ENTRIES, _DOMAIN_ENTRIES = 17, 4
_ALIAS_DATA = 52


class User(NamedTuple):
    """One account.

    Attributes:
        rid: Its number in the machine: 500 is the built-in administrator, 501 the guest.
        name: The name to log on with.
        comment: Its description.
        flags: Its bits: ``DISABLED``, ``NORMAL`` and others.
        primary_group: The number of its primary group.
    """

    rid: int
    name: str
    comment: str
    flags: int
    primary_group: int


class Alias(NamedTuple):
    """One local group.

    Attributes:
        rid: Its number: 544 is Administrators.
        name: Its name, in the language of the installation.
        comment: Its description.
        members: The security identifiers of its members.
    """

    rid: int
    name: str
    comment: str
    members: Tuple[str, ...]


class Policy(NamedTuple):
    """The password policy of the accounts.

    Attributes:
        minimum_age: Days.
        maximum_age: Days; -1 for no end.
        minimum_length: Characters.
        history: Passwords.
        lockout: Wrong passwords after which an account is locked; 0 for never.
        complexity: Whether a password needs several kinds of characters.
        clear_text: Whether passwords are kept so that they can be read again.
        logon_to_change: Whether a password can be changed only by who is logged on.
        force_logoff: Whether sessions end with the hours that an account may log on in.
    """

    minimum_age: int
    maximum_age: int
    minimum_length: int
    history: int
    lockout: int
    complexity: bool
    clear_text: bool
    logon_to_change: bool
    force_logoff: bool


def machine_sid(value: bytes) -> str:
    r"""Return the security identifier of the machine.

    Args:
        value: ``V`` of ``SAM\Domains\Account``.

    Raises:
        Malformed: it holds none, or one that is not a machine's.
    """
    found = sid.parse(_entry(value, 1, _DOMAIN_ENTRIES, SourceError("the domain")))
    if not found.startswith("S-1-5-21-") or found.count("-") != 6:
        raise Malformed("SAM: {found} is not the identifier of a machine", found=found)
    return found


def policy(value: bytes) -> Policy:
    r"""Return the password policy.

    Args:
        value: ``F`` of ``SAM\Domains\Account``.

    Raises:
        Malformed: it is too short.
    """
    if len(value) < 86:
        raise Malformed("SAM: the password policy is cut off")
    longest, shortest, logoff = struct.unpack_from("<3q", value, 24)
    bits, length, history, lockout = struct.unpack_from("<I3H", value, 76)
    return Policy(
        minimum_age=max(_days(shortest), 0),
        maximum_age=_days(longest),
        minimum_length=length,
        history=history,
        lockout=lockout,
        complexity=bool(bits & _COMPLEX),
        clear_text=bool(bits & _CLEAR_TEXT),
        logon_to_change=bool(bits & _NO_ANONYMOUS_CHANGE),
        force_logoff=logoff != _NEVER,
    )


def user(key: str, fixed: bytes, variable: bytes) -> User:
    """Return an account.

    Args:
        key: The name of its key, its number in hexadecimal digits.
        fixed: Its value ``F``.
        variable: Its value ``V``.

    Raises:
        Malformed: it can't be understood, or ``F`` names another account than the key: Windows logs on as the one in
            ``F``, which is a way to make an administrator of a guest that no list shows.
    """
    number = key_number(key)
    if number is None:
        raise Malformed("SAM: {key} is not the key of an account", key=repr(key[:40]))
    if len(fixed) < 60:
        raise Malformed("SAM: the record of account {number} is cut off", number=number)
    own, group, flags = struct.unpack_from("<3I", fixed, 48)
    if own != number:
        raise Malformed("SAM: the record of account {number} says that it is account {own}", number=number, own=own)
    what = SourceError("account {number}", number=number)
    name = _text(_entry(variable, 1, _USER_ENTRIES, what), what)
    if not name:
        raise Malformed("SAM: account {number} has no name", number=number)
    comment = _text(_entry(variable, 3, _USER_ENTRIES, what), what)
    return User(number, name, comment, flags, group)


def alias(key: str, value: bytes) -> Alias:
    """Return a local group.

    Args:
        key: The name of its key, its number in hexadecimal digits.
        value: Its value ``C``.

    Raises:
        Malformed: it can't be understood, or names another group than the key.
    """
    number = key_number(key)
    if number is None:
        raise Malformed("SAM: {key} is not the key of a group", key=repr(key[:40]))
    what = SourceError("group {number}", number=number)
    if len(value) < _ALIAS_DATA:
        raise Malformed("SAM: the record of {what} is cut off", what=what)
    own, name_at, name_size, _, note_at, note_size, _, at, length, count = struct.unpack_from("<I12x9I", value)
    if own != number:
        raise Malformed("SAM: the record of {what} says that it is group {own}", what=what, own=own)
    name = _text(_part(value, _ALIAS_DATA + name_at, name_size, what), what)
    comment = _text(_part(value, _ALIAS_DATA + note_at, note_size, what), what)
    members = sid.parse_all(_part(value, _ALIAS_DATA + at, length, what), MAX_MEMBERS)
    if len(members) != count:
        raise Malformed(
            "SAM: {what} has {count} members and tells of {count_2}", what=what, count=len(members), count_2=count
        )
    return Alias(number, name, comment, tuple(members))


def key_number(key: str) -> Optional[int]:
    """Return the number that is the name of a key, in eight hexadecimal digits; None where it is none."""
    if len(key) != 8 or any(digit not in "0123456789abcdefABCDEF" for digit in key):
        return None
    return int(key, 16)


def is_record(key: str) -> bool:
    """Tell whether a key below ``Users`` or ``Aliases`` is a record, not a list (``Names``, ``Members``)."""
    return key.lower() not in {"names", "members"}


def _days(units: int) -> int:
    if units > 0:
        raise Malformed("SAM: an age of the password policy lies ahead")
    return -1 if units == _NEVER else -units // _DAY


def _entry(value: bytes, index: int, count: int, what: SourceError) -> bytes:
    """Return what one of the descriptors at the head of a value points to, from the end of the last one on."""
    head = 12 * count
    if len(value) < head:
        raise Malformed("SAM: the record of {what} is cut off", what=what)
    at, size = struct.unpack_from("<2I", value, 12 * index)
    return _part(value, head + at, size, what)


def _part(value: bytes, at: int, size: int, what: SourceError) -> bytes:
    if at + size > len(value):
        raise Malformed("SAM: the record of {what} points outside itself", what=what)
    return value[at : at + size]


def _text(data: bytes, what: SourceError) -> str:
    if len(data) % 2:
        raise Malformed("SAM: a text of {what} is cut off", what=what)
    return data.decode("utf-16-le", "replace")
