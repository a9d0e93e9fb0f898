"""A host of which there is an incident, its controller, and somebody else on the same network."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from rempart_testing.nspawn import Machine, World
from rempart_testing.sshd import make_key

_REMPART = Path(sys.executable).parent / "rempart"
OTHER = "10.213.77.250"
"""Address of somebody else, who has the same key."""
GATE6, OTHER6 = "fd77::1", "fd77::250"
"""The same two in IPv6."""

RULES = """
#!/usr/sbin/nft -f
flush ruleset
table inet filter {
    chain input {
        type filter hook input priority filter; policy drop;
        ct state established,related accept
        iif lo accept
        meta l4proto ipv6-icmp accept
        tcp dport { 22, 8080 } accept
    }
}
"""
_PREPARE = """
useradd -m -s /bin/bash auditor
install -d -o auditor -g auditor -m 700 /home/auditor/.ssh
echo '{key}' > /home/auditor/.ssh/authorized_keys
chown auditor: /home/auditor/.ssh/authorized_keys
echo 'auditor ALL=(ALL) NOPASSWD: ALL' > /etc/sudoers.d/auditor
chmod 440 /etc/sudoers.d/auditor
cat > /etc/nftables.conf <<'END'
{rules}
END
systemctl enable -q nftables ssh
"""


class IncidentLab:
    """The host and its controller.

    Attributes:
        machine: The host.
        folder: The controller's: its home, its inventory.
        address: Where the controller reaches it.
    """

    def __init__(self, world: World, folder: Path, name: str, *, six: str = "") -> None:
        """Boot the host; with ``six``, an IPv6 address, the controller reaches it there."""
        self._world = world
        self.folder = folder
        folder.mkdir()
        self._key = make_key(folder / "key")
        prepare = _PREPARE.format(key=(folder / "key.pub").read_text().strip(), rules=RULES.strip())
        self.machine: Machine = world.boot(name, prepare, size="256m")
        self.machine.connect()
        self.machine.await_boot()
        self.address = self.machine.address if not six else self._join_six(six)
        (folder / "home/.ssh").mkdir(parents=True, mode=0o700)
        self._known = folder / "home/.ssh/known_hosts"
        self._known.write_text(self.machine.known + self.machine.known.replace(self.machine.address, self.address))
        self.variables: dict[str, Any] = {
            "ansible_host": self.address,
            "ansible_user": "auditor",
            "ansible_become": True,
            "ansible_ssh_private_key_file": str(self._key),
            "ansible_ssh_common_args": f"-o UserKnownHostsFile={self._known}",
            "rempart_role": "server",
        }
        self.write_inventory()

    def _join_six(self, address: str) -> str:
        """Give the host an IPv6 address, and the controller and somebody else those that the host may see."""
        subprocess.run([*self._world.inside, *_give(GATE6, "br0")], check=True)
        # never the source of its own accord
        subprocess.run([*self._world.inside, *_give(OTHER6, "br0"), "preferred_lft", "0"], check=True)
        subprocess.run(["nsenter", "-t", str(self.machine.leader), "-n", *_give(address, "host0")], check=True)
        return address

    def forget_neighbours(self) -> None:
        """Let the controller and the host ask anew at which link layer address the other is."""
        for inside in (self._world.inside, ["nsenter", "-t", str(self.machine.leader), "-n"]):
            subprocess.run([*inside, "ip", "neigh", "flush", "all"], check=True, capture_output=True)

    def write_inventory(self, **more: Any) -> None:
        """Write the inventory, with further variables of the host."""
        inventory = self.folder / "inventory.json"
        inventory.write_text(json.dumps({"all": {"hosts": {self.machine.name: self.variables | more}}}))
        inventory.chmod(0o600)

    @property
    def incidents(self) -> Path:
        """Return where the controller keeps incidents."""
        return self.folder / "home/data/rempart/incidents"

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run ``rempart incident`` on the controller, to its end."""
        command = [*self._world.inside, str(_REMPART), "incident", *words]
        done = subprocess.run(command, env=self._environment, capture_output=True, text=True, check=False, timeout=400)
        assert "Traceback" not in done.stderr, done.stderr
        return done

    def begin(self, *words: str) -> subprocess.Popen[str]:
        """Start ``rempart incident`` on the controller."""
        command = [*self._world.inside, str(_REMPART), "incident", *words]
        return subprocess.Popen(
            command, env=self._environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )

    def kill(self, process: subprocess.Popen[str]) -> None:
        """Kill the controller, and all that it has begun."""
        process.kill()
        process.communicate(timeout=60)

    def old_rules(self, address: str) -> str:
        """Return the file by which an older version isolated a host."""
        way = f"ip {{}} {address} tcp {{}} 22 accept"
        icmp = "icmp type { destination-unreachable, time-exceeded, parameter-problem } accept"
        near = "icmpv6 type { nd-router-solicit, nd-neighbor-solicit, nd-neighbor-advert } ip6 hoplimit 255 accept"
        chains = {
            "input": ["iif lo accept", way.format("saddr", "dport"), icmp, icmp.replace("icmp ", "icmpv6 "), near],
            "output": ["oif lo accept", way.format("daddr", "sport"), f"ip daddr {address} {icmp}", near],
            "forward": [],
        }
        text = "table inet quarantine {\n"
        for name, rules in chains.items():
            head = f"type filter hook {name} priority -300; policy drop;"
            text += f"chain {name} {{\n" + "".join(f"{rule}\n" for rule in [head, *rules]) + "}\n"
        name = "table inet quarantine"
        mark = "# Written by Rempart: this host is isolated. `rempart incident release` lifts it."
        return f"{mark}\n{name}\ndelete {name}\n{text}}}"

    def open(self, *words: str) -> str:
        """Open an incident of the host, and return its id."""
        done = self.run("open", self.machine.name, "-i", str(self.folder / "inventory.json"), *words)
        assert done.returncode == 0, done.stderr
        return done.stdout.split()[1]

    @property
    def _environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if name not in {"SSH_AUTH_SOCK", "ANSIBLE_CONFIG"}}
        home = self.folder / "home"
        own = {"XDG_CACHE_HOME": home / "cache", "XDG_DATA_HOME": home / "data", "XDG_CONFIG_HOME": home / "config"}
        return kept | {"NO_COLOR": "1", "HOME": str(home)} | {name: str(path) for name, path in own.items()}

    def ssh(self, *words: str, source: str = "", address: str = "") -> list[str]:
        """Return the command line of an SSH session to the host; it gives up where nobody answers.

        Args:
            words: The command.
            source: Address that it comes from; ``""`` for the controller's.
            address: Address of the host; ``""`` for the usual one.
        """
        options = ["UserKnownHostsFile=" + str(self._known), "BatchMode=yes", "ConnectTimeout=4"]
        options += ["ServerAliveInterval=1", "ServerAliveCountMax=3", "ControlPath=none"]
        command = [*self._world.inside, "ssh", "-F", "none", "-i", str(self._key)]
        command += [part for option in options for part in ("-o", option)]
        return [*command, *(["-b", source] if source else []), f"auditor@{address or self.address}", *words]

    def can_log_in(self, source: str = "", address: str = "") -> bool:
        """Tell whether a new session comes about."""
        command = self.ssh("true", source=source, address=address)
        done = subprocess.run(command, capture_output=True, check=False, timeout=60)
        return done.returncode == 0

    def begin_session(self, source: str) -> subprocess.Popen[str]:
        """Begin a session that echoes, and return it once it does."""
        session = subprocess.Popen(
            self.ssh("cat", source=source),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        assert echo(session, "hello") == "hello"
        return session

    def reaches(self, address: str, port: int) -> bool:
        """Tell whether the host can connect to somebody."""
        program = f"import socket; socket.create_connection(('{address}', {port}), 3).close()"
        try:
            self.machine.run(f'python3 -c "{program}"')
        except AssertionError:
            return False
        return True

    def rules(self) -> str:
        """Return the host's rules of nftables."""
        return self.machine.run("nft list ruleset")


def await_free(lab: IncidentLab) -> None:
    """Wait until the host is not isolated any more, by itself."""
    until = time.monotonic() + 60
    while "table inet rempart_quarantine" in lab.rules():
        assert time.monotonic() < until
        time.sleep(0.2)


def _give(address: str, device: str) -> list[str]:
    return ["ip", "addr", "replace", f"{address}/64", "dev", device, "nodad"]


def echo(session: subprocess.Popen[str], text: str) -> str:
    """Say something in a session, and return what comes back."""
    assert session.stdin is not None
    assert session.stdout is not None
    session.stdin.write(text + "\n")
    session.stdin.flush()
    return session.stdout.readline().strip()
