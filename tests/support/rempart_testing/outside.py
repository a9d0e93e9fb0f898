"""What somebody outside sends to a machine of the lab: connections, old handshakes, packets that lie.

``outside.py WORD …`` ends with 0 where it got what it wanted. The standard library alone: it runs as it stands.
"""

from __future__ import annotations

import os
import socket
import ssl
import struct
import subprocess
import sys
import time
from collections.abc import Callable

_PATIENCE = 15.0  # seconds for an answer on a network that has no losses


def _open(port: int, host: str = "") -> socket.socket:
    return socket.create_connection((host or os.environ["HOST"], port), _PATIENCE, (os.environ["FROM"], 0))


def echo(kind: str, port: str) -> bool:
    """Tell whether a port gives back what it is sent; ``kind``: ``4``, or ``6`` by the address of the link."""
    if kind == "6":
        host, scope = os.environ["HOST6"].split("%")
        made = socket.socket(socket.AF_INET6)
        made.settimeout(_PATIENCE)
        made.connect((host, int(port), 0, socket.if_nametoindex(scope)))
    else:
        made = _open(int(port))
    with made:
        made.sendall(b"hello\n")
        return made.recv(16) == b"hello\n"


def serve(port: str) -> bool:
    """Give back what is sent to a port, over IPv4 and IPv6, until it is ended."""
    with socket.create_server(("::", int(port)), family=socket.AF_INET6, dualstack_ipv6=True) as made:
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        while True:
            taken, _ = made.accept()
            with taken:
                taken.sendall(taken.recv(16))


def served(kind: str, port: str) -> bool:
    """Tell whether a port is reached on which something listens there, for this while."""
    words = ["nsenter", "-t", os.environ["LEADER"], "-n", sys.executable, __file__, "serve", port]
    with subprocess.Popen(words, stdout=subprocess.PIPE) as server:
        try:
            if server.stdout is None or server.stdout.readline() != b"ready\n":
                sys.exit(99)
            return echo(kind, port)
        finally:
            server.kill()


def ask(port: str, question: str, answer: str) -> bool:
    """Tell whether a service answers a line."""
    with _open(int(port)) as made:
        made.sendall(question.encode() + b"\r\n")
        return answer.encode() in made.recv(4096)


def reach(port: str) -> bool:
    """Tell whether a connection is taken."""
    _open(int(port)).close()
    return True


def refused(host: str, port: str) -> bool:
    """Tell whether a connection comes as far as a machine on which nothing listens."""
    try:
        _open(int(port), host).close()
    except ConnectionRefusedError:
        return True
    return False


def hear(port: str, *command: str) -> bool:
    """Tell whether a program reaches a port here."""
    with socket.create_server((os.environ["FROM"], int(port))) as made:
        made.settimeout(10)
        with subprocess.Popen(command):
            taken, _ = made.accept()
            with taken:
                return taken.recv(16) == b"hello"


def tls(port: str) -> bool:
    """Tell whether a server speaks TLS 1.0."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1
    context.set_ciphers("ALL:@SECLEVEL=0")
    with context.wrap_socket(_open(int(port))) as made:
        return made.version() == "TLSv1"


def _sum(data: bytes) -> int:
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    total = (total >> 16) + (total & 0xFFFF)
    return ~(total + (total >> 16)) & 0xFFFF


def redirect(target: str) -> bool:
    """Tell a machine, as its router would, that a target is reached by us; its routes say what came of it."""
    gate = "10.213.77.1"
    host = os.environ["HOST"]
    head = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 28, 1, 0, 64, 1, 0, socket.inet_aton(host), socket.inet_aton(target))
    inner = head[:10] + struct.pack("!H", _sum(head)) + head[12:] + bytes(8)  # an answer to a ping: it asks no socket
    body = struct.pack("!BBH4s", 5, 1, 0, socket.inet_aton(os.environ["FROM"])) + inner
    packet = body[:2] + struct.pack("!H", _sum(body)) + body[4:]
    with socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP) as made:
        made.bind((gate, 0))
        for _ in range(4):  # the first ones have it ask who that is
            made.sendto(packet, (host, 0))
            time.sleep(0.3)
    return True


def ping_all(address: str) -> bool:
    """Tell whether a machine answers a ping to everybody."""
    body = struct.pack("!BBHHH", 8, 0, 0, os.getpid() & 0xFFFF, 1) + b"everybody!"
    packet = body[:2] + struct.pack("!H", _sum(body)) + body[4:]
    with socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP) as made:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
        made.bind((os.environ["FROM"], 0))
        made.sendto(packet, (address, 0))
        until = time.monotonic() + _PATIENCE
        while (left := until - time.monotonic()) > 0:
            made.settimeout(left)
            answer, peer = made.recvfrom(200)
            if peer[0] == os.environ["HOST"] and answer[20] == 0:
                return True
    return False


def posed(port: str) -> bool:
    """Tell whether a machine takes a packet of UDP from the network that claims to come from its own loopback."""
    listen = (
        "import socket, sys; s = socket.socket(type=socket.SOCK_DGRAM); s.settimeout(10);"
        "s.bind(('', int(sys.argv[1])));"
        "print('ready', flush=True); data, peer = s.recvfrom(16); sys.exit((data, peer[0]) != (b'hello', '127.0.0.1'))"
    )
    words = ["nsenter", "-t", os.environ["LEADER"], "-n", sys.executable, "-c", listen, port]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as server:
        if server.stdout is None or server.stdout.readline() != b"ready\n":
            sys.exit(99)
        host = os.environ["HOST"]
        body = struct.pack("!HHHH", 40000, int(port), 13, 0) + b"hello"  # without a checksum, as UDP may be
        head = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(body), 1, 0, 64, 17, 0)
        packet = head + socket.inet_aton("127.0.0.1") + socket.inet_aton(host) + body
        with socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW) as made:
            for _ in range(4):  # the first ones have it ask who that is
                made.sendto(packet, (host, 0))
                time.sleep(0.3)
        try:
            return server.wait(_PATIENCE) == 0
        except subprocess.TimeoutExpired:
            server.kill()
            return False


def smb_old(port: str) -> bool:
    """Tell whether a server speaks SMB 2.1, without signatures (MS-SMB2 2.2.3, 2.2.4)."""
    answer = _smb(int(port), _negotiate(0x0210))
    sys.stderr.write(f"status {_status(answer):08x}, {answer[64:80].hex()}\n")
    return _status(answer) == 0 and answer[68:70] == b"\x10\x02" and not answer[66] & 2


def _negotiate(dialect: int) -> bytes:
    return struct.pack("<HHHHI16s8sH", 36, 1, 1, 0, 0, bytes(16), bytes(8), dialect)


def _head(command: int, number: int, session: int = 0, tree: int = 0) -> bytes:
    return struct.pack(
        "<4sHHIHHIIQIIQ16s", b"\xfeSMB", 64, 1, 0, command, 31, 0, 0, number, 0, tree, session, bytes(16)
    )


def _status(answer: bytes) -> int:
    return int.from_bytes(answer[8:12], "little")


def _say(made: socket.socket, packet: bytes) -> bytes:
    made.sendall(struct.pack("!I", len(packet)) + packet)
    data = b""
    while len(data) < 4 or len(data) < 4 + int.from_bytes(data[:4], "big"):
        if not (more := made.recv(65536)):
            raise OSError("the server hung up")
        data += more
    return data[4:]


def _smb(port: int, body: bytes) -> bytes:
    with _open(port) as made:
        return _say(made, _head(0, 0) + body)


def smb_guest(share: str, dialect: str) -> bool:
    """Tell whether somebody whom nobody knows opens a share (NTLM without a password: MS-NLMP 2.2.1)."""
    flags = 0x00000001 | 0x00000004 | 0x00000200 | 0x00080000
    hello = b"NTLMSSP\0" + struct.pack("<II8s8s", 1, flags, bytes(8), bytes(8))
    with _open(445) as made:
        if _status(_say(made, _head(0, 0) + _negotiate(int(dialect, 16)))):
            return False

        def set_up(number: int, session: int, token: bytes) -> bytes:
            body = struct.pack("<HBBIIHHQ", 25, 0, 1, 0, 0, 64 + 24, len(token), 0) + token
            return _say(made, _head(1, number, session) + body)

        answer = set_up(1, 0, hello)
        session = int.from_bytes(answer[40:48], "little")
        name = "stranger".encode("utf-16-le")
        start = 64 + len(name)
        parts = [(24, start), (24, start + 24), (0, 64), (len(name), 64), (0, 64), (0, 64)]
        fields = b"".join(struct.pack("<HHI", size, size, where) for size, where in parts)
        last = b"NTLMSSP\0" + struct.pack("<I", 3) + fields + struct.pack("<I", flags) + name + bytes(range(48))
        answer = set_up(2, session, last)
        if _status(answer):
            sys.stderr.write(f"session: {_status(answer):08x}\n")
            return False
        path = f"\\\\{os.environ['HOST']}\\{share}".encode("utf-16-le")
        answer = _say(made, _head(3, 3, session) + struct.pack("<HHHH", 9, 0, 72, len(path)) + path)
        sys.stderr.write(f"share: {_status(answer):08x}\n")
        return _status(answer) == 0


_WAYS: dict[str, Callable[..., bool]] = {
    one.__name__: one
    for one in (echo, serve, served, ask, reach, refused, hear, tls, redirect, ping_all, posed, smb_old, smb_guest)
}

if __name__ == "__main__":
    try:
        sys.exit(0 if _WAYS[sys.argv[1]](*sys.argv[2:]) else 1)
    except OSError as error:  # of ssl, too
        sys.exit(f"{error}")
