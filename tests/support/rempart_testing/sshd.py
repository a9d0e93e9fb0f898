"""Real sshd's on loopback, each with its own keys, port and settings; and relays that spoil a connection."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

PROGRAM = shutil.which("sshd", path="/usr/sbin:/usr/local/sbin:/sbin:/usr/bin")
IS_THERE = PROGRAM is not None and shutil.which("ssh-keygen") is not None


class Sshd(NamedTuple):
    """One that runs.

    Attributes:
        port: Where it listens on 127.0.0.1.
        key: The file of the private key that it lets in.
        known: Its line of known_hosts.
        log: What it says.
    """

    port: int
    key: Path
    known: str
    log: Path


def make_key(path: Path) -> Path:
    """Make a key pair and return the private half."""
    if not path.exists():
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", str(path)], check=True)
    return path


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def run_sshd(folder: Path, *settings: str, before: str = "", lets_in: bool = True) -> Iterator[Sshd]:
    """Run an sshd until the block ends.

    Args:
        folder: For its files; made.
        settings: Lines of sshd_config.
        before: Shell commands in a mount namespace of its own, before it starts: bind mounts.
        lets_in: Whether it takes the key.
    """
    folder.mkdir(parents=True, exist_ok=True)
    os.chmod(folder, 0o755)  # whoever logs in is shown to it
    host, user = make_key(folder / "host"), make_key(folder / "user")
    port = free_port()
    public = (folder / "user.pub").read_text()
    (folder / "authorized").write_text(public if lets_in else "")
    lines = [
        f"Port {port}",
        "ListenAddress 127.0.0.1",
        f"HostKey {host}",
        f"AuthorizedKeysFile {folder}/authorized",
        "StrictModes no",
        "UsePAM no",
        "PidFile none",
        "MaxStartups 100",
        *settings,
    ]
    if not any(line.startswith("PasswordAuthentication") for line in settings):
        lines.append("PasswordAuthentication no")
    (folder / "config").write_text("\n".join(lines) + "\n")
    if os.geteuid() == 0:
        os.makedirs("/run/sshd", exist_ok=True)
    command = [str(PROGRAM), "-D", "-f", str(folder / "config"), "-E", str(folder / "log")]
    if before:
        command = [
            "unshare",
            "--mount",
            "--propagation",
            "private",
            "sh",
            "-ec",
            f'{before}\nexec "$@"',
            "sh",
            *command,
        ]
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE)
    try:
        _wait_for(port, process)
        kind, key, *_ = (folder / "host.pub").read_text().split()
        yield Sshd(port, user, f"[127.0.0.1]:{port} {kind} {key}\n", folder / "log")
    finally:
        process.terminate()
        process.wait(10)
        if process.stderr:
            process.stderr.close()


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + 10
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            if process.poll() is not None or time.monotonic() > until:
                raise
            time.sleep(0.01)
        else:
            return


DIES_BEFORE_ITS_SECOND_ANSWER = r"""
import os, re, subprocess, sys
command = os.environ["SSH_ORIGINAL_COMMAND"]
child = subprocess.Popen(["sh", "-c", command], stdin=subprocess.PIPE)
def forward(size):
    data = sys.stdin.buffer.read(size)
    child.stdin.write(data)
    child.stdin.flush()
    return data
forward(int(re.search(r"len\(d\)<(\d+)", command).group(1)))  # the collector itself
forward(int.from_bytes(forward(4), "big"))  # the first question
sys.stdin.buffer.read(1)
child.kill()
"""
"""A program for ``ForceCommand``: a collector runs there, and dies when it is asked for the second time."""


@contextmanager
def run_relay(port: int, spoil: Callable[[socket.socket, socket.socket], None]) -> Iterator[int]:
    """Accept connections, connect each to ``port``, and let ``spoil(client, server)`` do what it does to them.

    Yields:
        The port that it listens on.
    """
    listener = socket.create_server(("127.0.0.1", 0))
    open_: list[socket.socket] = []

    def serve() -> None:
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            server = socket.create_connection(("127.0.0.1", port)) if port else socket.socket()
            open_.extend((client, server))
            threading.Thread(target=quietly, args=(client, server), daemon=True).start()

    def quietly(client: socket.socket, server: socket.socket) -> None:
        try:
            spoil(client, server)
        except OSError:
            pass
        finally:
            client.close()
            server.close()

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(5)
        for one in open_:
            one.close()


def cut_after(size: int) -> Callable[[socket.socket, socket.socket], None]:
    """Return what passes bytes on, and goes away once the server has sent ``size``."""

    def spoil(client: socket.socket, server: socket.socket) -> None:
        def forward() -> None:
            try:
                while data := client.recv(65536):
                    server.sendall(data)
            except OSError:
                pass

        threading.Thread(target=forward, daemon=True).start()
        left = size
        while left > 0 and (data := server.recv(min(left, 65536))):
            client.sendall(data)
            left -= len(data)
        for one in (client, server):
            one.shutdown(socket.SHUT_RDWR)

    return spoil


def drip(client: socket.socket, server: socket.socket) -> None:
    """Pass on what the server says, a byte at a time, and slowly."""
    while data := server.recv(1):
        client.sendall(data)
        time.sleep(0.2)
