"""A fleet of real machines with known defects, and the controller that audits it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple
from xml.etree import ElementTree as ET

from rempart_testing.nspawn import Machine, World
from rempart_testing.sshd import make_key

_REMPART = Path(sys.executable).parent / "rempart"
_PASSWORD = "correct horse"
HOST_DEADLINE = 45
"""Seconds that the audit gives each host."""


# What every machine is before its defects: an auditor who logs in with a key and becomes root, a firewall that
# refuses what comes in and is not wanted, an sshd without passwords and without root.
_SOUND = """
useradd -m -s /bin/bash auditor
install -d -o auditor -g auditor -m 700 /home/auditor/.ssh
echo '{key}' > /home/auditor/.ssh/authorized_keys
chown auditor: /home/auditor/.ssh/authorized_keys
echo 'auditor ALL=(ALL) NOPASSWD: ALL' > /etc/sudoers.d/auditor
chmod 440 /etc/sudoers.d/auditor
cat > /etc/nftables.conf <<'END'
#!/usr/sbin/nft -f
flush ruleset
table inet filter {{
    chain input {{
        type filter hook input priority filter; policy drop;
        ct state established,related accept
        iif lo accept
        meta l4proto ipv6-icmp accept
        tcp dport 22 accept
    }}
}}
END
systemctl enable -q nftables ssh
cat > /etc/ssh/sshd_config.d/baseline.conf <<'END'
PermitRootLogin no
PasswordAuthentication no
KbdInteractiveAuthentication no
END
"""

# Each machine's own defects, done to its tree before it boots.
DEFECTS = {
    "sound": "",
    "accounts": f"""
        useradd -m ghost && passwd -q -d ghost
        useradd -o -u 0 -g 0 -M toor
        chmod 644 /etc/shadow
        echo 'auditor:{_PASSWORD}' | chpasswd
        echo 'auditor ALL=(ALL) ALL' > /etc/sudoers.d/auditor
    """,
    "open": """
        systemctl disable -q nftables
        printf 'flush ruleset\n' > /etc/nftables.conf
        printf 'PermitRootLogin yes\nPasswordAuthentication yes\n' > /etc/ssh/sshd_config.d/baseline.conf
        install -d -m 700 /root/.ssh
        cp /home/auditor/.ssh/authorized_keys /root/.ssh/
    """,
    "full": "",
    "bare": "rm /usr/bin/python3 /usr/bin/python3.*",
    "strict": "rm /home/auditor/.ssh/authorized_keys",
    "crawl": "",
    "dying": "",
}
_SIZES = {"full": "4m"}
_RATES = {"crawl": "4kbit", "dying": "8kbit"}  # an audit takes some 20 KB


class Audit(NamedTuple):
    """What an audit of the lab came to.

    Attributes:
        status: Its exit status.
        runs: The run documents, by host.
        junit: The file of its JUnit report.
        changed: By host, the files of its disk that are not as they were.
        appeared: By host, the files that appeared where a running system writes by itself.
        seconds: How long it took.
    """

    status: int
    runs: dict[str, Any]
    junit: Path
    changed: dict[str, dict[str, str]]
    appeared: dict[str, set[str]]
    seconds: float = 0.0

    def failures(self, host: str) -> set[str]:
        """Return the checks that the JUnit report says failed on a host."""
        (suite,) = (one for one in ET.parse(self.junit).getroot() if one.get("hostname") == host)
        cases = suite.findall("testcase")
        return {str(case.get("name")).partition(" ")[0] for case in cases if case.find("failure") is not None}


class FleetLab:
    """The machines and their controller.

    Attributes:
        machines: By name.
        folder: The controller's: its home, its inventory, its reports.
        inventory: Where all of them stand, and one more that is not there.
        hosts: The variables of each, as the inventory has them.
        common: The variables of all.
    """

    def __init__(self, world: World, folder: Path, machines: dict[str, Machine], key: Path) -> None:
        self._world = world
        self.machines = machines
        self.folder = folder
        self.inventory = folder / "inventory.json"
        (folder / "home/.ssh").mkdir(parents=True)
        (folder / "home/.ssh/known_hosts").write_text("".join(machine.known for machine in machines.values()))
        self.hosts: dict[str, dict[str, Any]] = {
            name: {"ansible_host": machine.address} for name, machine in machines.items()
        }
        self.hosts["gone"] = {"ansible_host": world.address()}
        self.hosts["accounts"] |= {"ansible_become_password": _PASSWORD}
        self.hosts["open"] |= {"ansible_user": "root", "ansible_become": False}
        self.common = {
            "ansible_user": "auditor",
            "ansible_become": True,
            "ansible_ssh_private_key_file": str(key),
            "rempart_role": "server",
            "rempart_parameters": {"PRV-01": {"allowed_admins": ["auditor"]}},
        }
        self.inventory.write_text(json.dumps({"lab": {"hosts": self.hosts, "vars": self.common}}))
        self.inventory.chmod(0o600)

    def point(self, example: Path, places: Mapping[str, str]) -> tuple[str, ...]:
        """Point an inventory at the lab, and return the options that name it and where its hosts are.

        Args:
            example: Its folder; a copy is used, for an inventory that others may write is refused.
            places: Which machine stands for which of its hosts.
        """
        copy = shutil.copytree(example, self.folder / "inventory")
        copy.chmod(0o755)
        own = ("ansible_user", "ansible_become", "ansible_become_password", "ansible_ssh_private_key_file")
        hosts = {
            host: {
                "ansible_host": self.machines[name].address,
                "ansible_port": 22,
                "ansible_ssh_common_args": "",
                **{key: value for key in own if (value := (self.common | self.hosts[name]).get(key)) is not None},
            }
            for host, name in places.items()
        }
        file = self.folder / "places.json"
        file.write_text(json.dumps({"all": {"hosts": hosts}}))
        file.chmod(0o600)
        return ("-i", str(copy), "-i", str(file))

    def command(self, *words: str) -> list[str]:
        """Return the command line that runs ``rempart`` on the machines' network."""
        return [*self._world.inside, str(_REMPART), *words]

    @property
    def environment(self) -> dict[str, str]:
        """Return a controller's environment that is nobody else's."""
        kept = {name: value for name, value in os.environ.items() if name not in {"SSH_AUTH_SOCK", "ANSIBLE_CONFIG"}}
        home = self.folder / "home"
        own = {"XDG_CACHE_HOME": home / "cache", "XDG_DATA_HOME": home / "data", "XDG_CONFIG_HOME": home / "config"}
        own |= {"HOME": home, "REMPART_STORE": self.folder / "rempart.db"}
        return kept | {"NO_COLOR": "1"} | {name: str(path) for name, path in own.items()}

    def begin(self, *words: str) -> subprocess.Popen[str]:
        """Start ``rempart``."""
        return subprocess.Popen(
            self.command(*words), env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )

    def words(self, name: str) -> tuple[str, ...]:
        """Return the words of an audit, with reports of that name."""
        return ("audit", "--json", str(self.folder / f"{name}.jsonl"), "--junit", str(self.folder / f"{name}.xml"))

    def finish(self, process: subprocess.Popen[str], name: str) -> Audit:
        """Wait for an audit that was begun with ``words``."""
        _, err = process.communicate(timeout=120)
        assert "Traceback" not in err, err
        assert process.returncode in {0, 1, 3}, err
        lines = (self.folder / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
        runs = {run["target"]["name"]: run for run in map(json.loads, lines)}
        return Audit(process.returncode, runs, self.folder / f"{name}.xml", {}, {})

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run ``rempart`` to its end."""
        process = self.begin(*words)
        out, err = process.communicate(timeout=120)
        assert "Traceback" not in err, err
        return subprocess.CompletedProcess(words, process.returncode, out, err)


def start(world: World, folder: Path) -> FleetLab:
    """Boot all machines at once, and return them when all are up."""
    key = make_key(folder / "key")
    sound = _SOUND.format(key=(folder / "key.pub").read_text().strip())
    machines = {
        name: world.boot(name, sound + defects, size=_SIZES.get(name, "64m")) for name, defects in DEFECTS.items()
    }
    with ThreadPoolExecutor(len(machines)) as threads:
        list(threads.map(_settle, machines.values()))
    machines["full"].run("dd if=/dev/zero of=/var/full bs=4k 2>/dev/null || :; ! cp /bin/true /tmp/x 2>/dev/null")
    return FleetLab(world, folder / "controller", machines, key)


def _settle(machine: Machine) -> None:
    machine.connect(_RATES.get(machine.name, ""))
    machine.await_boot()
