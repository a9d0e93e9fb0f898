"""The TCP sockets of our own network namespace, asked of the kernel over netlink (sock_diag(7)).

``/proc/net/tcp`` walks the kernel's whole table in steps, which takes it milliseconds; this takes a tenth. It is asked
only where nothing has to be loaded for it: an audit leaves the kernel as it is.
"""

import sys
from typing import Any, Iterator, List, NamedTuple, Tuple

from rempart_agent.readers.kernel import netlink
from rempart_agent.source.contract import Malformed, Missing, SourceError
from rempart_agent.source.target import Target

INET, INET6 = 2, 10
_SOCK_DIAG, _BY_FAMILY, _TCP = 4, 20, 6
_STATES = 0x1FFE  # those that /proc/net/tcp shows: ESTABLISHED (1) to NEW_SYN_RECV (12)
_SIZE = 72  # of struct inet_diag_msg


class Entry(NamedTuple):
    """A socket: its number, its family, address and port of both ends, its state's number."""

    inode: str
    family: int
    local: Tuple[bytes, int]
    remote: Tuple[bytes, int]
    state: int


def is_ready(target: Target) -> bool:
    """Tell whether the kernel has this at hand: both modules are loaded, or it loads none at all."""
    try:
        return not target.text("/proc/sys/kernel/modprobe").strip() or (
            target.exists("/sys/module/inet_diag") and target.exists("/sys/module/tcp_diag")
        )
    except Missing:
        return target.exists("/proc/sys/kernel")
    except SourceError:
        return False


def dump() -> List[str]:
    """Ask for the sockets of IPv4 and of IPv6; ``parse`` takes each answer apart.

    Raises:
        SourceError: the kernel does not answer.
    """
    with netlink.Talk(_SOCK_DIAG) as talk:
        return [talk.dump(_BY_FAMILY, _question(family)) for family in (INET, INET6)]


def _question(family: int) -> bytes:
    order: Any = sys.byteorder
    return bytes((family, _TCP, 0, 0)) + _STATES.to_bytes(4, order) + bytes(48)


def parse(data: bytes) -> Iterator[Entry]:
    """Take an answer apart; raises ``Malformed``."""
    for message in netlink.messages(data):
        if message.type != _BY_FAMILY:
            continue
        body = message.body
        if len(body) < _SIZE or body[0] not in (INET, INET6):
            raise Malformed("netlink: not a socket")
        size = 4 if body[0] == INET else 16
        local = body[8 : 8 + size], int.from_bytes(body[4:6], "big")
        remote = body[24 : 24 + size], int.from_bytes(body[6:8], "big")
        yield Entry(str(netlink.number(body[68:72])), body[0], local, remote, body[1])
