"""The sockets of every network namespace, and the processes that hold them.

Sources: proc_pid_net(5), proc_pid_fd(5). What vanishes between two looks is left out.
"""

import sys
from functools import partial
from typing import Dict, Iterable, Iterator, List, NamedTuple, Optional, Set, Tuple

from rempart_agent.readers.files import proc
from rempart_agent.source.contract import Denied, Malformed, Missing, SourceError
from rempart_agent.source.target import Target

INET, INET6, UNIX, PACKET = 2, 10, 1, 17
_PROTOCOLS = (("icmp", 1), ("tcp", 6), ("udp", 17), ("udplite", 136), ("raw", 255))
_STATES = (
    *("UNKNOWN", "ESTABLISHED", "SYN_SENT", "SYN_RECV", "FIN_WAIT1", "FIN_WAIT2", "TIME_WAIT", "CLOSED"),
    *("CLOSE_WAIT", "LAST_ACK", "LISTEN", "CLOSING"),
)
_WORD = 1 if sys.byteorder == "big" else -1


class Socket(NamedTuple):
    """One socket of a network namespace.

    Attributes:
        inode: Its number, the key under which a process holds it; ``"0"`` where the kernel alone does.
        family: ``INET``, ``INET6``, ``UNIX`` or ``PACKET``.
        protocol: Of IP for the first two (6 is TCP), of Ethernet for ``PACKET``.
        local: Its address and port.
        remote: The peer's address and port; port 0 where there is no peer.
        path: Of a Unix socket with a name.
        state: Of a TCP socket.
        namespace: The network namespace's number.
    """

    inode: str
    family: int
    protocol: int
    local: Tuple[str, int]
    remote: Tuple[str, int]
    path: str
    state: str
    namespace: str


def read(target: Target, of: Iterable[str]) -> List[Socket]:
    """Return the sockets of every network namespace that one of the processes ``of`` lives in.

    Args:
        target: What is looked at.
        of: Numbers of processes.

    Raises:
        Denied: not one namespace could be read.
    """
    found: List[Socket] = []
    seen: Set[Tuple[str, int]] = set()
    refused = None
    for pid, network in proc.networks(target, of).items():
        if network in seen:
            continue
        number = network[0]
        try:
            if number == proc.NO_NAMESPACE:
                found += _sockets_of_one(target, pid, number)
            else:  # the kernel walks its whole table for it, so all tables of a run take the same look
                found += target.shared("sockets " + number, partial(_sockets_of_one, target, pid, number))
        except Missing:  # gone since; another process shows the same namespace
            continue
        except Denied as error:
            refused = error
            continue
        seen.add(network)
    if refused and not seen:
        raise refused
    return found


def _sockets_of_one(target: Target, pid: str, number: str) -> List[Socket]:
    folder = "/proc/{}/net/".format(pid)
    asked = _ask_tcp(target, number)
    # every kernel with IP has tcp; the others are options
    texts = [(target.text(folder + "tcp"), INET, 6)] if asked is None else [("", INET, 6), ("", INET6, 6)]
    options = [(name, INET, protocol) for name, protocol in _PROTOCOLS if name != "tcp"]
    options += [(name + "6", INET6, protocol) for name, protocol in _PROTOCOLS if name != "tcp" or asked is None]
    options += [("unix", UNIX, 0), ("packet", PACKET, 0)]
    for name, family, protocol in options:
        try:
            texts.append((target.text(folder + name), family, protocol))
        except Missing:
            continue
    parsers = {INET: parse_inet, INET6: parse_inet, UNIX: parse_unix, PACKET: parse_packet}
    texts.sort(key=lambda text: (text[1] not in (INET, INET6), text[1] == PACKET, text[2], text[1]))
    found: List[Socket] = []
    for text, family, protocol in texts:
        told = asked is not None and protocol == 6
        found += (asked or {})[family] if told else parsers[family](text, family, protocol, number)
    return found


def _ask_tcp(target: Target, number: str) -> Optional[Dict[int, List[Socket]]]:
    """Return the TCP sockets of our own namespace, by family; None where files have to be read for them."""
    from rempart_agent.readers.kernel import netlink, socket_diag

    if number != proc.namespace(target, "self", "net") or not socket_diag.is_ready(target):
        return None
    try:
        answers = target.ask("tcp sockets", socket_diag.dump)
    except SourceError:
        return None
    found: Dict[int, List[Socket]] = {INET: [], INET6: []}
    for answer in answers:
        for entry in socket_diag.parse(netlink.unpack(answer)):
            (here, port), (there, peer) = entry.local, entry.remote
            local, remote = (_shown(here), port), (_shown(there), peer)
            found[entry.family].append(
                Socket(entry.inode, entry.family, 6, local, remote, "", _state(entry.state), number)
            )
    return found


def _state(code: int) -> str:
    return _STATES[code] if 0 < code < len(_STATES) else "UNKNOWN"


def _lines(text: str, header: str, columns: int) -> Iterator[List[str]]:
    lines = text.split("\n")
    if not lines[0].lstrip().startswith(header):
        raise Malformed("/proc/net: unknown header: {lines}", lines=repr(lines[0][:80]))
    for line in lines[1:]:
        fields = line.split()
        if not fields:
            continue
        if len(fields) < columns:
            raise Malformed("/proc/net: not a socket: {line}", line=repr(line[:80]))
        yield fields


def parse_inet(text: str, family: int, protocol: int, number: str) -> Iterator[Socket]:
    """Parse ``/proc/net/tcp`` and its siblings; ``number`` is the namespace's. Raises ``Malformed``.

    Args:
        text: All of the file.
        family: ``INET`` or ``INET6``.
        protocol: Its number.
        number: Of the namespace.
    """
    for fields in _lines(text, "sl", 10):
        state = ""
        try:
            local, remote = _endpoint(fields[1]), _endpoint(fields[2])
            if protocol == 6:
                state = _state(int(fields[3], 16))
        except (ValueError, OverflowError) as error:
            raise Malformed("/proc/net: not a socket: {fields}", fields=repr(" ".join(fields)[:80])) from error
        yield Socket(_inode(fields[9]), family, protocol, local, remote, "", state, number)


def parse_unix(text: str, family: int, protocol: int, number: str) -> Iterator[Socket]:
    """Parse ``/proc/net/unix``; raises ``Malformed``.

    Args:
        text: All of the file.
        family: ``UNIX``.
        protocol: Its number.
        number: Of the namespace.
    """
    for fields in _lines(text, "Num", 7):
        path = " ".join(fields[7:])
        yield Socket(_inode(fields[6]), family, protocol, ("", 0), ("", 0), path, "", number)


def parse_packet(text: str, family: int, protocol: int, number: str) -> Iterator[Socket]:
    """Parse ``/proc/net/packet`` (packet(7)); raises ``Malformed``.

    Args:
        text: All of the file.
        family: ``PACKET``.
        protocol: Its number.
        number: Of the namespace.
    """
    for fields in _lines(text, "sk", 9):
        try:
            protocol = int(fields[3], 16)
        except ValueError as error:
            raise Malformed("/proc/net/packet: not a socket: {fields}", fields=repr(" ".join(fields)[:80])) from error
        yield Socket(_inode(fields[8]), family, protocol, ("", 0), ("", 0), "", "", number)


def _inode(text: str) -> str:
    if not (text.isascii() and text.isdigit()):
        raise Malformed("/proc/net: not a socket number: {text}", text=repr(text[:80]))
    return text


def _endpoint(text: str) -> Tuple[str, int]:
    address, _, port = text.partition(":")
    return _address(address), int(port, 16)


def _address(text: str) -> str:
    """Return an address that the kernel writes as 32-bit words in its own byte order."""
    data = bytes.fromhex(text)
    if len(data) not in (4, 16):
        raise ValueError(text)
    return _shown(b"".join(data[i : i + 4][::_WORD] for i in range(0, len(data), 4)))


def _shown(data: bytes) -> str:
    """Return an address of four bytes, or of sixteen, as it is written."""
    if len(data) == 4:
        return "{}.{}.{}.{}".format(*data)
    if not any(data):
        return "::"
    import socket

    return socket.inet_ntop(socket.AF_INET6, data)


class _Search(NamedTuple):
    """A search for owners among all processes: of what, and what was found."""

    inodes: Set[str]
    held: Dict[str, Tuple[int, int]]


def owners(target: Target, of: List[str], inodes: Set[str], everybody: bool = True) -> Dict[str, Tuple[int, int]]:
    """Return who holds sockets: inode to process and file descriptor, the last process that does, as osquery has it.

    Tables of a run that ask for the same sockets among all processes take the same look.

    Args:
        target: A live machine.
        of: The processes to look at.
        inodes: The sockets that matter; the search ends when each has an owner.
        everybody: Whether ``of`` are all processes that there are.
    """
    if not everybody:
        return _find_owners(target, of, inodes)
    known: List[_Search] = target.shared("owners of sockets", list)
    for search in known:
        if search.inodes == inodes:
            return search.held
    known.append(_Search(inodes, _find_owners(target, of, inodes)))
    return known[-1].held


def _find_owners(target: Target, of: List[str], inodes: Set[str]) -> Dict[str, Tuple[int, int]]:
    held: Dict[str, Tuple[int, int]] = {}
    left = inodes - {"0"}
    for pid in reversed(of):
        if not left:
            break
        folder = "/proc/{}/fd".format(pid)
        try:
            descriptors = target.listdir(folder)
        except SourceError:  # gone, or another user's and this run is not root
            continue
        before = len(held)
        for descriptor in descriptors:
            try:
                link = target.readlink(folder + "/" + descriptor)
            except SourceError:
                continue
            if link.startswith("socket:[") and link[8:-1] in left:
                held[link[8:-1]] = (int(pid), int(descriptor))
        if len(held) > before:
            left = left.difference(held)
    return held
