"""Runs in a network namespace of its own: starts rsyslogd on loopback and says where each message went.

A line of JSON in: ``{"conf": path, "socket": path, "messages": [[priority, tag, text], …]}``; one out: for each action
(``udp 2000``, ``tcp 2100``) the numbers of the messages that came.
"""

import contextlib
import fcntl
import json
import os
import re
import selectors
import socket
import struct
import subprocess
import sys
import termios
import time

PORTS = 8
_MARK = re.compile(rb"qq([0-9]+)qq")


def main() -> None:
    """Answer cases until the input ends."""
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    udp = {}
    tcp = {}
    for number in range(PORTS):
        one = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        one.bind(("127.0.0.1", 2000 + number))
        one.setblocking(False)
        udp[f"udp {2000 + number}"] = one
        other = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        other.bind(("127.0.0.1", 2100 + number))
        other.listen(16)
        other.setblocking(False)
        tcp[f"tcp {2100 + number}"] = other
    for line in sys.stdin:
        case = json.loads(line)
        print(json.dumps(judge(case, udp, tcp)), flush=True)


def judge(case: dict, udp: dict, tcp: dict) -> dict:
    """Run one case."""
    daemon = subprocess.Popen(
        ["rsyslogd", "-n", "-f", case["conf"], "-i", case["conf"] + ".pid"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    sender = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    end = time.monotonic() + 20
    while True:
        try:
            sender.connect(case["socket"])
            break
        except OSError:
            if daemon.poll() is not None or time.monotonic() > end:
                daemon.kill()
                daemon.wait()
                return {"refused": daemon.returncode}
            time.sleep(0.002)
    try:
        for number, (priority, tag, text) in enumerate(case["messages"]):
            sender.send(f"<{priority}>Jan  1 00:00:00 {tag} {text} qq{number}qq".encode())
    except OSError:  # it died
        daemon.kill()
        daemon.wait()
        return {"refused": daemon.returncode}
    while struct.unpack("i", fcntl.ioctl(sender, termios.TIOCOUTQ, b"\0" * 4))[0]:
        time.sleep(0.002)
    streams = _accept(daemon, tcp)
    with contextlib.suppress(OSError):
        os.remove(case["socket"])
    found = {}
    for name, one in udp.items():
        data = []
        with contextlib.suppress(BlockingIOError):
            while True:
                data.append(_plain(one.recv(65536)))
        found[name] = _marks(b"\n".join(data))
    for name, parts in streams.items():
        found[name] = _marks(b"\n".join(parts))
    return {"went": found}


def _accept(daemon: subprocess.Popen, tcp: dict) -> dict:
    """Take what comes over TCP until the daemon has ended."""
    chooser = selectors.DefaultSelector()
    for name, one in tcp.items():
        chooser.register(one, selectors.EVENT_READ, (name, True))
    got: dict = {name: [] for name in tcp}
    daemon.terminate()
    end = time.monotonic() + 30
    while time.monotonic() < end:
        ended = daemon.poll() is not None
        events = chooser.select(0.002)
        for key, _ in events:
            name, listens = key.data
            if listens:
                try:
                    stream, _ = key.fileobj.accept()
                except (BlockingIOError, ConnectionError):
                    continue
                chooser.register(stream, selectors.EVENT_READ, (name, False))
                continue
            try:
                data = key.fileobj.recv(65536)
            except ConnectionError:
                data = b""
            if data:
                got[name].append(data)
            else:
                chooser.unregister(key.fileobj)
                key.fileobj.close()
        if ended and not events:
            break
    if daemon.poll() is None:
        daemon.kill()
    daemon.wait()
    for key in list(chooser.get_map().values()):
        if not key.data[1]:
            key.fileobj.close()
    chooser.close()
    return {name: [_plain(b"".join(parts))] for name, parts in got.items()}


def _plain(data: bytes) -> bytes:
    """Unpack what was compressed: a message by itself, or messages with their lengths in front."""
    import zlib

    out = data
    for at in (m.end() for m in re.finditer(rb"(?<![A-Za-z])z(?=\x78)", data)):
        with contextlib.suppress(zlib.error):
            out += b"\n" + zlib.decompressobj().decompress(data[at:])
    return out


def _marks(data: bytes) -> list:
    return sorted({int(number) for number in _MARK.findall(data)})


if __name__ == "__main__":
    main()
