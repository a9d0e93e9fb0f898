"""A fleet of real machines that is fixed, by a controller with a home of its own."""

from __future__ import annotations

import copy
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from rempart_testing.nspawn import Machine, World
from rempart_testing.sshd import make_key

HERE = Path(__file__).resolve().parents[3]
_REMPART = Path(sys.executable).parent / "rempart"

_SOUND = """
useradd -m -s /bin/bash auditor
install -d -o auditor -g auditor -m 700 /home/auditor/.ssh
echo '{key}' > /home/auditor/.ssh/authorized_keys
chown auditor: /home/auditor/.ssh/authorized_keys
echo 'auditor ALL=(ALL) NOPASSWD: ALL' > /etc/sudoers.d/auditor
chmod 440 /etc/sudoers.d/auditor
systemctl enable -q ssh
"""


class FixingLab:
    """Machines and their controller.

    Attributes:
        name: Who the controller's user is.
        machines: By name.
        key: The private key that logs in.
        folder: The controller's.
        playbooks: Its own copy of the playbooks, for a test to poison.
        unjudged: Why a check of a host could not be judged by the last audit.
    """

    def __init__(
        self,
        world: World,
        folder: Path,
        defects: Mapping[str, str],
        variables: Mapping[str, Any],
        size: str = "512m",
        shown: Sequence[str] = (),
    ) -> None:
        """Boot a machine for each name of ``defects``, whose script runs in its tree before it boots."""
        folder.mkdir()
        self.name = folder.name
        self._world, self.key = world, make_key(folder / "key")
        sound = _SOUND.format(key=(folder / "key.pub").read_text().strip())
        self.machines = {
            name: world.boot(name, sound + script, size=size, shown=shown) for name, script in defects.items()
        }
        with ThreadPoolExecutor(len(self.machines)) as threads:
            list(threads.map(settle, self.machines.values()))
        self._furnish(folder, "auditor", variables)

    def _furnish(self, folder: Path, user: str, variables: Mapping[str, Any]) -> None:
        self.folder = folder
        home = folder / "home"
        (home / ".ssh").mkdir(parents=True, mode=0o700)
        known = home / ".ssh/known_hosts"
        known.write_text("".join(machine.known for machine in self.machines.values()))
        self.inventory = folder / "inventory.json"
        common = {
            "ansible_user": user,
            "ansible_become": True,
            "ansible_ssh_private_key_file": str(self.key),
            "ansible_ssh_common_args": f"-o UserKnownHostsFile={known}",
            "rempart_role": "server",
            "rempart_parameters": {"PRV-01": {"allowed_admins": ["auditor"]}},
            **variables,
        }
        hosts = {name: {"ansible_host": machine.address} for name, machine in self.machines.items()}
        self.inventory.write_text(json.dumps({"lab": {"hosts": hosts, "vars": common}}))
        self.inventory.chmod(0o600)
        self.playbooks = folder / "playbooks"
        shutil.copytree(HERE / "playbooks", self.playbooks, ignore=shutil.ignore_patterns("__pycache__"))

    def join(self, name: str, user: str, variables: Mapping[str, Any]) -> FixingLab:
        """Return another administrator of the same machines, with another login and a home of their own."""
        other = copy.copy(self)
        other.name = name
        other._furnish(self.folder.with_name(name), user, variables)
        return other

    @property
    def environment(self) -> dict[str, str]:
        """Return a controller's environment that is nobody else's."""
        kept = {name: value for name, value in os.environ.items() if name not in {"SSH_AUTH_SOCK", "ANSIBLE_CONFIG"}}
        home = self.folder / "home"
        own = {"XDG_CACHE_HOME": home / "cache", "XDG_DATA_HOME": home / "data", "XDG_CONFIG_HOME": home / "config"}
        own |= {"LOGNAME": Path(self.name), "HOME": home, "REMPART_STORE": self.folder / "rempart.db"}
        return kept | {"NO_COLOR": "1"} | {name: str(path) for name, path in own.items()}

    @property
    def inside(self) -> list[str]:
        """Return the words that run a program on the machines' network."""
        return list(self._world.inside)

    def begin(self, *words: str) -> subprocess.Popen[str]:
        """Start ``rempart`` on the machines' network."""
        command = [*self._world.inside, str(_REMPART), *words]
        return subprocess.Popen(
            command,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=self.folder,
        )

    def run(self, *words: str, timeout: float = 400) -> subprocess.CompletedProcess[str]:
        """Run ``rempart`` to its end."""
        process = self.begin(*words)
        out, err = process.communicate(timeout=timeout)
        assert "Traceback" not in err, err
        return subprocess.CompletedProcess(words, process.returncode, out, err)

    def run_ansible(self, playbook: str, *words: str) -> subprocess.CompletedProcess[str]:
        """Run one of the playbooks by Ansible alone, on the machines' network."""
        command = [*self._world.inside, sys.executable, "-m", "ansible", "playbook", "-i", str(self.inventory), *words]
        command.append(str(self.playbooks / playbook))
        environment = self.environment | {"LC_ALL": "C.UTF-8"}
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=400)

    def plan(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Make a plan, ``plan.json``."""
        own = ("plan", "-i", str(self.inventory), "--playbooks", str(self.playbooks), "--out", "plan.json")
        return self.run(*own, *words)

    def apply_words(self, *words: str) -> tuple[str, ...]:
        """Return the words that apply it."""
        return ("apply", "plan.json", "--yes", "--playbooks", str(self.playbooks), *words)

    def tell(self, host: str, **variables: Any) -> None:
        """Give one machine variables of its own."""
        inventory = json.loads(self.inventory.read_text())
        inventory["lab"]["hosts"][host] |= variables
        self.inventory.write_text(json.dumps(inventory))

    def audit(self, checks: str, name: str = "run", *more: str) -> dict[str, dict[str, str]]:
        """Audit the machines; returns the state of each check, by host."""
        out = self.folder / f"{name}.jsonl"
        words = ("audit", "-i", str(self.inventory), "--profile", "all", "--checks", checks, "--jsonl", str(out))
        done = self.run(*words, *more)
        assert done.returncode in {0, 1, 3}, done.stderr
        states: dict[str, dict[str, str]] = {}
        self.unjudged: dict[str, str] = {}
        for line in out.read_text(encoding="utf-8").splitlines():
            result = json.loads(line)
            states.setdefault(result["target"], {})[result["check"]] = result["state"]
            if result["state"] in {"error", "not_checked"}:
                self.unjudged[f"{result['target']} {result['check']}"] = str(result["reason"])
        return states


def settle(machine: Machine) -> None:
    """Wait until a machine is up and has its address."""
    machine.connect()
    machine.await_boot()
