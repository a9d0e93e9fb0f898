"""The kernel as oracle: rules in a network namespace, real packets from another one, and what of them arrives."""

from __future__ import annotations

import ctypes
import os
import re
import select
import socket
import struct
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from rempart_agent.models.firewall.packet import Host
from rempart_agent.models.firewall.ruleset import Ruleset, joined
from rempart_agent.readers.kernel import firewall_host, legacy_ruleset, nft_ruleset

Answer = TypeVar("Answer")
_NEWNET = 0x40000000
_SENTINEL = 0x88B5  # an Ethernet type for experiments
_LOCK = f"{tempfile.gettempdir()}/rempart-firewall-{os.getpid()}.lock"  # not the machine's own
FACES = ("eth0", "wan1")
INNER = "docker0"
ADDRESSES = {
    "eth0": ("192.0.2.10/24", "192.0.2.11/24", "2001:db8::10/64"),
    "wan1": ("198.51.100.10/24", "2001:db8:1::10/64"),
    INNER: ("172.17.0.1/16", "fd00:17::1/64"),
}
PEER_MACS = {"eth0": "02:00:00:00:00:a1", "wan1": "02:00:00:00:00:a2"}
MACS = {"eth0": "02:00:00:00:00:01", "wan1": "02:00:00:00:00:02"}


class Packet(NamedTuple):
    """One packet: how it is sent, and what is in it."""

    direction: str
    face: str
    family: str
    protocol: int
    source: str
    destination: str
    sport: int
    dport: int
    ttl: int = 64
    icmp: int = 8


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


class Room:
    """A network namespace, with a thread that lives in it."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(1, initializer=self._enter)
        self.thread = self.do(threading.get_native_id)

    def _enter(self) -> None:
        if _libc().unshare(_NEWNET):
            raise OSError(ctypes.get_errno(), "unshare")

    def do(self, work: Callable[[], Answer]) -> Answer:
        """Run something inside."""
        return self._pool.submit(work).result()

    def run(self, *command: str, text: str = "") -> subprocess.CompletedProcess[str]:
        """Run a program inside."""
        return self.do(
            lambda: subprocess.run(
                command,
                input=text,
                capture_output=True,
                text=True,
                check=False,
                env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C", "XTABLES_LOCKFILE": _LOCK},
            )
        )

    def close(self) -> None:
        """Let go of the namespace."""
        self._pool.shutdown()


class Oracle:
    """The machine whose rules are tried, and its peer."""

    def __init__(self) -> None:
        self.machine = Room()
        self.peer = Room()
        self._links()
        self._sockets()
        self.host: Host = self.machine.do(lambda: firewall_host.parse(firewall_host.ask()))
        self.nft = self.machine.do(_Nft)
        self._cpu = min(os.sched_getaffinity(0))

    def _links(self) -> None:
        for face in FACES:
            self._ip(f"link add {face} address {MACS[face]} type veth peer name p-{face} address {PEER_MACS[face]}")
            self._ip(f"link set p-{face} netns {self.peer.thread}")
            self.peer.run("ip", "link", "set", f"p-{face}", "up")
        self._ip(f"link add {INNER} type veth peer name p-{INNER}")
        self._ip(f"link set p-{INNER} netns {self.peer.thread}")
        self.peer.run("ip", "link", "set", f"p-{INNER}", "up")
        self._ip("link set wan1 group 7")
        for face, addresses in ADDRESSES.items():
            self._ip(f"link set {face} up arp off")
            for address in addresses:
                self._ip(f"address add {address} dev {face}" + (" nodad" if ":" in address else ""))
        self._ip("link set lo up")
        self._ip("route add default dev eth0")
        self._ip("-6 route add default dev eth0")
        for path in (
            *(f"ipv4/conf/{face}/{name}" for face in ("all", *FACES, INNER) for name in ("rp_filter", "log_martians")),
            "netfilter/nf_conntrack_checksum",
        ):
            self.set(path, "0")
        for path in ("ipv4/ip_forward", "ipv6/conf/all/forwarding"):
            self.set(path, "1")

    def _ip(self, words: str) -> None:
        done = self.machine.run("ip", *words.split())
        assert not done.returncode, f"ip {words}: {done.stderr}"

    def set(self, path: str, value: str) -> None:
        """Set a value below /proc/sys/net of the machine."""

        def write() -> None:
            with open(f"/proc/sys/net/{path}", "w", encoding="ascii") as file:
                file.write(value)

        self.machine.do(write)

    def _sockets(self) -> None:
        every = socket.htons(3)

        def tap(face: str) -> socket.socket:
            made = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, every)
            made.bind((face, 3))
            made.setsockopt(socket.SOL_SOCKET, 33, 1 << 23)  # SO_RCVBUFFORCE
            made.setblocking(False)
            return made

        def raw(family: int, protocol: int) -> socket.socket:
            made = socket.socket(family, socket.SOCK_RAW, protocol)
            made.setsockopt(socket.SOL_SOCKET, 33, 1 << 23)
            made.setblocking(False)
            return made

        def sender(family: int) -> socket.socket:
            made = socket.socket(family, socket.SOCK_RAW, socket.IPPROTO_RAW)
            if family == socket.AF_INET6:
                made.setsockopt(socket.IPPROTO_IPV6, 36, 1)  # IPV6_HDRINCL
            return made

        self.sends = {face: self.peer.do(lambda face=face: tap(f"p-{face}")) for face in FACES}
        self.taps = {face: self.machine.do(lambda face=face: tap(face)) for face in (*FACES, INNER)}
        self.locals = [
            (self.machine.do(lambda family=family, protocol=protocol: raw(family, protocol)), protocol)
            for family, protocols in ((socket.AF_INET, (6, 17, 132, 136, 1)), (socket.AF_INET6, (6, 17, 132, 136, 58)))
            for protocol in protocols
        ]
        self.outs = {f: self.machine.do(lambda f=f: sender(f)) for f in (socket.AF_INET, socket.AF_INET6)}

    def load(self, case: dict[str, Any]) -> list[str]:
        """Load a case's rules; lines that the programs refuse are left out. Return those of nft that are loaded."""
        assert self.machine.do(lambda: self.nft.run("flush ruleset"))[0] == 0
        lines = list(case.get("nft", ()))
        for _ in range(60):
            status, said = self.machine.do(lambda: self.nft.run("\n".join(lines)))
            if not status or not lines:
                break
            found = re.search(r":(\d+):\d+", said)
            del lines[int(found.group(1)) - 1 if found else -1]
        for program, family in (("iptables-legacy", "legacy"), ("ip6tables-legacy", "legacy6")):
            self._restore(program, case.get(family, {}), clear=True)
        for program, family in (("iptables-nft", "translated"), ("ip6tables-nft", "translated6")):
            self._restore(program, case.get(family, {}), clear=False)
        self.machine.do(_flush_connections)
        return lines

    def _restore(self, program: str, tables: dict[str, list[str]], *, clear: bool) -> None:
        if not tables:
            if clear and getattr(self, "_used_" + program.replace("-", "_"), False):
                open_again = [f":{chain} ACCEPT [0:0]" for chain in ("INPUT", "FORWARD", "OUTPUT")]
                self._restore(program, {"raw": [], "mangle": [], "nat": [], "filter": open_again}, clear=False)
                setattr(self, "_used_" + program.replace("-", "_"), False)
            return
        if clear:
            self._restore(program, {}, clear=True)
            setattr(self, "_used_" + program.replace("-", "_"), True)
        lines = [line for table, rules in tables.items() for line in (f"*{table}", *rules, "COMMIT")]
        restore = program + "-restore"
        for _ in range(60):
            done = self.machine.run(restore, text="\n".join(lines) + "\n")
            if not done.returncode:
                return
            found = re.search(r"line:? (\d+)", done.stderr)
            at = int(found.group(1)) - 1 if found else -1
            if not found or lines[at] == "COMMIT":
                at = max((i for i, line in enumerate(lines) if line.startswith("-A")), default=-1)
            if at < 0:
                raise AssertionError(done.stderr)
            for rules in tables.values():
                if lines[at] in rules:
                    rules.remove(lines[at])
                    break
            del lines[at]

    def ruleset(self) -> Ruleset:
        """Return what the kernel has loaded, as the table reads it."""

        def read() -> Ruleset:
            legacy = [
                legacy_ruleset.parse(family, name, answer)
                for family in ("ip", "ip6")
                for name, answer in legacy_ruleset.read(family)
            ]
            return joined(nft_ruleset.parse(nft_ruleset.list_ruleset()), *legacy)

        return self.machine.do(read)

    def arrivals(self, packets: list[Packet]) -> list[str]:
        """Send packets and tell of each where it arrived: ``accepted``, ``forwarded`` or ``refused``."""
        for one in (*self.taps.values(), *(one for one, _ in self.locals)):
            _drain(one)
        os.sched_setaffinity(0, {self._cpu})  # one queue: what is sent first is done first
        for number, packet in enumerate(packets):
            self._send(number, packet)
        for face in FACES:
            self.sends[face].send(
                bytes.fromhex(MACS[face].replace(":", "")) + bytes(6) + struct.pack("!H", _SENTINEL) + bytes(46)
            )
        seen: dict[int, str] = {}
        for face in FACES:
            self._until_sentinel(face, seen, packets)
        for face in (INNER,):
            for frame, kind in _drain(self.taps[face]):
                self._note(frame, kind, seen, packets)
        for one, protocol in self.locals:
            for data, _ in _drain(one):
                number = _number(data)
                if number is None or number >= len(packets) or packets[number].direction == "out":
                    continue
                if packets[number].protocol == protocol and _asks(data, packets[number]):
                    seen[number] = "accepted"
        return [seen.get(number, "refused") for number in range(len(packets))]

    def _until_sentinel(self, face: str, seen: dict[int, str], packets: list[Packet]) -> None:
        end = time.monotonic() + 20
        while time.monotonic() < end:
            select.select([self.taps[face]], [], [], 1)
            for frame, kind in _drain(self.taps[face]):
                self._note(frame, kind, seen, packets)
                if frame[12:14] == struct.pack("!H", _SENTINEL) and kind != 4:
                    return
        raise AssertionError("the last packet never came")

    def _note(self, frame: bytes, kind: int, seen: dict[int, str], packets: list[Packet]) -> None:
        number = _number(frame) if kind == 4 else None  # PACKET_OUTGOING
        if number is None or number >= len(packets):
            return
        sent = packets[number]
        protocol, begin = (frame[23], 34) if sent.family == "ip" else (frame[20], 54)
        if protocol != sent.protocol or (protocol in (1, 58) and frame[begin] != sent.icmp):
            return  # an error that quotes it, or an answer
        seen[number] = "accepted" if sent.direction == "out" else "forwarded"

    def _send(self, number: int, packet: Packet) -> None:
        data = build(number, packet)
        if packet.direction in ("out", "lo"):
            family = socket.AF_INET if packet.family == "ip" else socket.AF_INET6
            try:
                self.outs[family].sendto(data, (packet.destination, 0))
            except OSError:
                return  # a rule refused it
            return
        kind = 0x0800 if packet.family == "ip" else 0x86DD
        head = bytes.fromhex((MACS[packet.face] + PEER_MACS[packet.face]).replace(":", "")) + struct.pack("!H", kind)
        self.sends[packet.face].send(head + data)

    def close(self) -> None:
        """Remove it all."""
        inside = (one for one, _ in self.locals)
        for one in (*self.taps.values(), *self.sends.values(), *inside, *self.outs.values()):
            one.close()
        self.machine.do(self.nft.close)
        self.machine.close()
        self.peer.close()
        Path(_LOCK).unlink(missing_ok=True)


_MARK = b"rempart!"


def _number(data: bytes) -> int | None:
    at = data.rfind(_MARK)
    return struct.unpack("!I", data[at + 8 : at + 12])[0] if 0 <= at <= len(data) - 12 else None


def _asks(data: bytes, packet: Packet) -> bool:
    """Tell whether what a raw socket got is no error that quotes the packet, and no answer to it."""
    if packet.protocol not in (1, 58):
        return True
    return data[(data[0] & 15) * 4 if packet.protocol == 1 else 0] == packet.icmp


def _drain(one: socket.socket) -> list[tuple[bytes, int]]:
    found = []
    while True:
        try:
            data, sender = one.recvfrom(4096)
        except BlockingIOError:
            return found
        found.append((data, sender[2] if len(sender) > 2 and isinstance(sender[2], int) else 0))


def _sum(data: bytes) -> int:
    if len(data) % 2:
        data += b"\0"
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def build(number: int, packet: Packet) -> bytes:
    """Return a packet from the IP header on; its payload carries its number."""
    family = socket.AF_INET if packet.family == "ip" else socket.AF_INET6
    source, destination = (socket.inet_pton(family, a) for a in (packet.source, packet.destination))
    load = _MARK + struct.pack("!I", number)
    if packet.protocol == 6:
        head = struct.pack("!HHIIBBHHH", packet.sport, packet.dport, 1, 0, 5 << 4, 2, 1024, 0, 0)
        at = 16
    elif packet.protocol == 17:
        head = struct.pack("!HHHH", packet.sport, packet.dport, 8 + len(load), 0)
        at = 6
    elif packet.protocol == 136:  # UDP-Lite: all of it is covered
        head = struct.pack("!HHHH", packet.sport, packet.dport, 0, 0)
        at = 6
    elif packet.protocol == 132:  # SCTP: an INIT with a parameter that nobody knows
        known = struct.pack("!HH", 0xC123, 4 + len(load))
        chunk = struct.pack("!BBHIIHHI", 1, 0, 20 + len(known) + len(load), 1, 1500, 1, 1, 1) + known
        head = struct.pack("!HHII", packet.sport, packet.dport, 0, 0) + chunk
        at = -1
    else:
        head = struct.pack("!BBHHH", packet.icmp, 0, 0, number & 0xFFFF, 1)
        at = 2
    if packet.protocol == 1:
        total = _sum(head + load)
    else:
        pseudo = source + destination + struct.pack("!II", len(head) + len(load), packet.protocol)
        total = _sum(pseudo + head + load)
    body = (head[:at] + struct.pack("!H", total or 0xFFFF) + head[at + 2 :] if at >= 0 else head) + load
    if packet.family == "ip6":
        return struct.pack("!IHBB", 6 << 28, len(body), packet.protocol, packet.ttl) + source + destination + body
    start = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(body), number & 0xFFFF, 0, packet.ttl, packet.protocol, 0)
    first = start + source + destination
    return first[:10] + struct.pack("!H", _sum(first)) + first[12:] + body


def _flush_connections() -> None:
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 12) as talk:
        body = bytes((0, 0, 0, 0))
        talk.send(struct.pack("=IHHII", 16 + len(body), 1 << 8 | 2, 1 | 4, 1, 0) + body)  # delete all, acknowledged
        talk.recv(4096)


class _Nft:
    """libnftables."""

    def __init__(self) -> None:
        self._lib = ctypes.CDLL("libnftables.so.1")
        self._lib.nft_ctx_new.restype = ctypes.c_void_p
        for name in ("nft_ctx_buffer_error", "nft_ctx_buffer_output", "nft_ctx_free"):
            getattr(self._lib, name).argtypes = [ctypes.c_void_p]
        self._lib.nft_run_cmd_from_buffer.argtypes = [ctypes.c_void_p, ctypes.c_char_p]
        self._lib.nft_ctx_get_error_buffer.argtypes = [ctypes.c_void_p]
        self._lib.nft_ctx_get_error_buffer.restype = ctypes.c_char_p
        self._context = self._lib.nft_ctx_new(0)
        self._lib.nft_ctx_buffer_error(self._context)
        self._lib.nft_ctx_buffer_output(self._context)

    def run(self, text: str) -> tuple[int, str]:
        """Run commands: the status, and what was said of an error."""
        status = self._lib.nft_run_cmd_from_buffer(self._context, text.encode())
        return status, (self._lib.nft_ctx_get_error_buffer(self._context) or b"").decode()

    def close(self) -> None:
        """Let go of it."""
        self._lib.nft_ctx_free(self._context)


@contextmanager
def start() -> Iterator[Oracle]:
    """Make the namespaces, and remove them at the end."""
    affinity = os.sched_getaffinity(0)
    oracle = Oracle()
    try:
        yield oracle
    finally:
        os.sched_setaffinity(0, affinity)
        oracle.close()
