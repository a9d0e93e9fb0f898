"""The machine's network interfaces, as the kernel lists them over rtnetlink(7).

The addresses come out as getifaddrs(3) of the C library has them: an interface with a peer or a point-to-point link
has its own address in ``IFA_LOCAL`` and the other end in ``IFA_ADDRESS``.
"""

from typing import Dict, Iterator, List, Mapping, NamedTuple

from rempart_agent.readers.kernel import host_network, netlink
from rempart_agent.source.contract import Malformed
from rempart_agent.source.target import Target

_GETLINK, _GETADDR = 18, 22
_NEWLINK, _NEWADDR = 16, 20
_INET, _INET6 = 2, 10
_BROADCAST = 0x2  # IFF_BROADCAST
_STATS = (
    *("ipackets", "opackets", "ibytes", "obytes", "ierrors", "oerrors", "idrops", "odrops"),
    *("multicast", "collisions"),
)


class Link(NamedTuple):
    """One interface.

    Attributes:
        number: The kernel's number for it.
        name: Its name.
        kind: The hardware type of linux/if_arp.h (1 is Ethernet, 772 loopback).
        flags: ``IFF_…``, see netdevice(7).
        mac: Its hardware address.
        mtu: The largest packet in bytes.
        stats: The counters: packets, bytes, errors, drops, collisions.
    """

    number: int
    name: str
    kind: int
    flags: int
    mac: bytes
    mtu: int
    stats: Dict[str, int]


def ask(target: Target) -> netlink.Answers:
    """Return the kernel's answers to ``links`` and ``addresses``, in base64, of the machine's network namespace."""
    answers: netlink.Answers = target.ask("interfaces", lambda: host_network.ask(list_all))
    return answers


def list_all() -> netlink.Answers:
    """Ask the kernel; see ``ask``."""
    with netlink.Talk(netlink.ROUTE) as talk:
        return {"links": talk.dump(_GETLINK, bytes(16)), "addresses": talk.dump(_GETADDR, bytes(8))}


def parse_links(answers: netlink.Answers) -> List[Link]:
    """Return the interfaces of an answer; raises ``Malformed``."""
    links = []
    for message in netlink.messages(netlink.unpack(answers.get("links"))):
        if message.type != _NEWLINK:
            continue
        if len(message.body) < 16:
            raise Malformed("rtnetlink: a link without a header")
        found = dict(netlink.attributes(message.body[16:]))
        links.append(
            Link(
                number=netlink.number(message.body[4:8]),
                name=netlink.text(found.get(3, b"")),
                kind=netlink.number(message.body[2:4]),
                flags=netlink.number(message.body[8:12]),
                mac=found.get(1, b""),
                mtu=netlink.number(found.get(4, b"")),
                stats=_stats(found),
            )
        )
    return links


def _stats(found: Mapping[int, bytes]) -> Dict[str, int]:
    data, width = (found[23], 8) if 23 in found else (found.get(7, b""), 4)  # IFLA_STATS64, IFLA_STATS
    return {name: netlink.number(data[at * width : (at + 1) * width]) for at, name in enumerate(_STATS)}


def parse_addresses(answers: netlink.Answers) -> Iterator[Dict[str, str]]:
    """Return the rows of ``interface_addresses``; raises ``Malformed``."""
    links = {link.number: link for link in parse_links(answers)}
    for message in netlink.messages(netlink.unpack(answers.get("addresses"))):
        if message.type != _NEWADDR:
            continue
        if len(message.body) < 8:
            raise Malformed("rtnetlink: an address without a header")
        family, prefix = message.body[0], message.body[1]
        if family not in (_INET, _INET6):
            continue
        found = dict(netlink.attributes(message.body[8:]))
        link = links.get(netlink.number(message.body[4:8]))
        name = netlink.text(found[3]) if 3 in found else link.name if link else ""  # an address may carry a label
        own = found.get(2) or found.get(1, b"")
        row = {
            "interface": name,
            "address": _scoped(own, link.name if link else name),
            "mask": _text(_mask(prefix, 4 if family == _INET else 16)),
            "type": "unknown",
        }
        other = found.get(4) or (found.get(1) if 2 in found else None)  # IFA_BROADCAST; else the other end
        if other:
            row["broadcast" if link and link.flags & _BROADCAST else "point_to_point"] = _text(other)
        yield row


def _mask(prefix: int, size: int) -> bytes:
    bits = size * 8
    prefix = min(prefix, bits)
    return ((1 << bits) - (1 << (bits - prefix))).to_bytes(size, "big")


def _scoped(address: bytes, name: str) -> str:
    """Return an address as text; one that is local to a link carries the link's name (RFC 4007)."""
    local = len(address) == 16 and address[0] == 0xFE and address[1] & 0xC0 == 0x80
    return _text(address) + ("%" + name if local else "")


def _text(address: bytes) -> str:
    if len(address) == 4:
        return "{}.{}.{}.{}".format(*address)
    if len(address) != 16:
        raise Malformed("rtnetlink: an address of {count} bytes", count=len(address))
    import socket

    return socket.inet_ntop(socket.AF_INET6, address)
