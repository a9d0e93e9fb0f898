"""What sudo and doas look at beside their own files: accounts, groups, the host's name, the programs that are there."""

from typing import Callable, Dict, FrozenSet, Hashable, List, NamedTuple, Optional


class Account(NamedTuple):
    """An account, or what stands for one that is not here (``%ops``, ``#1000``).

    Attributes:
        name: Its name; ``""`` where it has none.
        uid: Its number; -1 where it has none.
        gid: Its primary group.
        groups: The names of its groups, the primary one included.
        gids: Their numbers.
        label: How answers call it, where that is not its name.
    """

    name: str
    uid: int
    gid: int = -1
    groups: FrozenSet[str] = frozenset()
    gids: FrozenSet[int] = frozenset()
    label: str = ""


class World(NamedTuple):
    """The machine.

    Attributes:
        accounts: By name.
        groups: The number of each group by name.
        short: The host's name up to the first dot.
        long: Its full name; None where that is not known.
        now: Seconds since the epoch.
        timeout: Seconds for which this build remembers a password unless it is told otherwise.
        identity: What a path leads to (device and inode), None where nothing is there.
        resolve: The path of a directory without links, None where it is not there.
        names: What is in a directory; nothing where it is not there.
        writable: Whether an account may write what a path leads to, or put something in its place.
    """

    accounts: Dict[str, Account]
    groups: Dict[str, int]
    short: str
    long: Optional[str]
    now: float
    timeout: int
    identity: Callable[[str], Optional[Hashable]]
    resolve: Callable[[str], Optional[str]]
    names: Callable[[str], List[str]]
    writable: Callable[[str, Account], Optional[bool]]
