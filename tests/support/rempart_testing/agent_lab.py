"""A real machine on which the playbook installs the agent, one with an old Python, and their controller."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from rempart_testing.nspawn import Machine, World
from rempart_testing.sshd import make_key

ROOT = Path(__file__).resolve().parents[3]
_BIN = Path(sys.executable).parent

# An auditor with sudo and a key: no more is there than what debootstrap brings, and neither venv nor pip among it.
_PREPARE = """
useradd -m -s /bin/bash auditor
install -d -o auditor -g auditor -m 700 /home/auditor/.ssh
echo '{key}' > /home/auditor/.ssh/authorized_keys
chown auditor: /home/auditor/.ssh/authorized_keys
echo 'auditor ALL=(ALL) NOPASSWD: ALL' > /etc/sudoers.d/auditor
chmod 440 /etc/sudoers.d/auditor
systemctl enable -q ssh
"""
# A machine whose Python is 3.9, as far as anybody can ask it.
_OLD = """
rm /usr/bin/python3
mv /usr/bin/python3.1[0-9] /usr/libexec/python
cat > /usr/bin/python3 <<'END'
#!/bin/sh
case "$2" in *venv*) echo "python $3 3.9";; *) exec /usr/libexec/python "$@";; esac
END
chmod 755 /usr/bin/python3
"""


class AgentLab:
    """The machines ``web`` and ``old``, and the controller.

    Attributes:
        machines: By name.
        folder: The controller's.
        inventory: Where both stand; ``web`` has an agent.
    """

    def __init__(self, world: World, folder: Path) -> None:
        folder.mkdir()
        self._world = world
        self.folder = folder
        key = make_key(folder / "key")
        prepare = _PREPARE.format(key=(folder / "key.pub").read_text().strip())
        self.machines: dict[str, Machine] = {
            "web": world.boot("web", prepare, size="400m"),
            "old": world.boot("old", prepare + _OLD, size="64m"),
        }
        with ThreadPoolExecutor(2) as threads:
            list(threads.map(_settle, self.machines.values()))
        (folder / "known_hosts").write_text("".join(machine.known for machine in self.machines.values()))
        self.wheelhouse = folder / "wheelhouse"
        ask = "python3 -c 'import sys; print(sys.version_info[1])'; uname -m"
        python, machine = self.machines["web"].run(ask).split()
        words = ["agent", "wheelhouse", f"--python=3.{python}", f"--machine={machine}", str(self.wheelhouse)]
        subprocess.run([str(_BIN / "rempart"), *words], check=True, timeout=300)  # there is no internet where they are
        common = {
            "ansible_user": "auditor",
            "ansible_become": True,
            "ansible_ssh_private_key_file": str(key),
            "ansible_ssh_common_args": f"-o UserKnownHostsFile={folder}/known_hosts -o ControlPath=none",
            "agent_wheelhouse": str(self.wheelhouse),
            "rempart_role": "server",
            "rempart_parameters": {"PRV-01": {"allowed_admins": ["auditor"]}},
            "rempart_parameters_more": {"PAT-01": {"patch_age_d": 14}},
        }
        hosts = {name: {"ansible_host": machine.address} for name, machine in self.machines.items()}
        self.inventory = self._write("agents.json", hosts, common, agent=True)
        self.plain = self._write("plain.json", hosts, common, agent=False)

    def _write(self, name: str, hosts: dict[str, Any], common: dict[str, Any], *, agent: bool) -> Path:
        own = {host: {**values, **({"rempart_agent": True} if agent else {})} for host, values in hosts.items()}
        file = self.folder / name
        file.write_text(json.dumps({"lab": {"hosts": own, "vars": common}}))
        file.chmod(0o600)
        return file

    @property
    def environment(self) -> dict[str, str]:
        """Return a controller's environment that is nobody else's."""
        kept = {name: value for name, value in os.environ.items() if name not in {"SSH_AUTH_SOCK", "ANSIBLE_CONFIG"}}
        own = {f"XDG_{name}_HOME": str(self.folder / name.lower()) for name in ("CACHE", "DATA", "CONFIG")}
        return kept | own | {"NO_COLOR": "1", "ANSIBLE_NOCOLOR": "1", "LC_ALL": "C.UTF-8", "HOME": str(self.folder)}

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run ``rempart`` to its end, on the machines' network."""
        return self._run(str(_BIN / "rempart"), *words)

    def play(self, *words: str) -> dict[str, dict[str, int]]:
        """Run the playbook; returns what Ansible counted, by host."""
        done = self._run(
            *(str(_BIN / "ansible-playbook"), "-i", str(self.inventory)),
            *(str(ROOT / "playbooks/install_agent.yml"), *words),
        )
        assert "PLAY RECAP" in done.stdout, done.stdout + done.stderr
        counted = {}
        for line in done.stdout.partition("PLAY RECAP")[2].splitlines()[1:]:
            if ":" in line:
                name, _, rest = line.partition(":")
                counted[name.strip()] = {key: int(value) for key, value in (w.split("=") for w in rest.split())}
        assert not any(one["failed"] or one["unreachable"] for one in counted.values()), done.stdout + self.log()
        self.said = done.stdout
        return counted

    def log(self) -> str:
        """Return what the agent's service said."""
        return self.machines["web"].run("journalctl --no-pager -q -u rempart-agent.service | tail -n 30")

    def audit(self, *words: str) -> tuple[int, dict[str, Any], str]:
        """Audit the machine with the agent; returns exit status, run document and what was said besides."""
        report = self.folder / "audit.json"
        report.unlink(missing_ok=True)
        done = self.run("audit", "-i", str(self.inventory), "-l", "web", "--json", str(report), *words)
        return done.returncode, json.loads(report.read_text()), done.stdout + done.stderr

    def _run(self, *command: str) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            [*self._world.inside, *command],
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=500,
        )
        assert "Traceback" not in done.stderr, done.stderr
        return done


def _settle(machine: Machine) -> None:
    machine.connect()
    machine.await_boot()
