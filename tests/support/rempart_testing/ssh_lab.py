"""A user who audits hosts over SSH: a home, checks of his own, an inventory, and the command ``rempart``."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from rempart_testing import sshd
from rempart_testing.check import write_check

BIN = Path(sys.executable).parent


class Lab:
    """A home, a folder of checks, and an inventory that grows."""

    def __init__(self, folder: Path, shared: Path | None = None) -> None:
        """Make the home.

        Args:
            folder: Where.
            shared: Where checks lie, and what was compiled of them, that other labs use too; None for none of both.
        """
        self.folder = folder
        (folder / "home/.ssh").mkdir(parents=True)
        self._shared = shared or folder
        self.checks = self._shared / "checks"
        if not self.checks.exists():
            write_check(self.checks, 1, title="Somebody is there")
        self.data = str(folder / "home/data")
        self.hosts: dict[str, dict[str, Any]] = {}
        self.common: dict[str, Any] = {"rempart_role": "server"}

    def own_checks(self) -> Path:
        """Return the folder of checks, which no other lab uses from now on: for whoever writes into it."""
        own = self.folder / "checks"
        if self.checks != own:
            shutil.copytree(self.checks, own)
            self.checks = own
        return own

    def add(self, name: str, server: sshd.Sshd | None = None, *, known: bool = True, **variables: Any) -> None:
        mine: dict[str, Any] = {"ansible_host": "127.0.0.1"}
        if server:
            mine |= {"ansible_port": server.port, "ansible_ssh_private_key_file": str(server.key)}
            if known:
                self.know(server.known)
        self.hosts[name] = mine | variables

    def know(self, line: str) -> None:
        with (self.folder / "home/.ssh/known_hosts").open("a") as file:
            file.write(line)

    def command(self, command: str, *arguments: str) -> list[str]:
        inventory = self.folder / "inventory.json"
        inventory.write_text(json.dumps({"all": {"hosts": self.hosts, "vars": self.common}}))
        inventory.chmod(0o600)
        return [str(BIN / "rempart"), command, "-i", str(inventory), *arguments]

    @property
    def environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if name not in {"SSH_AUTH_SOCK", "ANSIBLE_CONFIG"}}
        own = {"HOME": str(self.folder / "home"), "XDG_CACHE_HOME": str(self._shared / "cache")}
        return kept | own | {"XDG_DATA_HOME": self.data, "NO_COLOR": "1"}

    def run(self, command: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            self.command(command, *arguments),
            capture_output=True,
            text=True,
            check=False,
            env=self.environment,
            timeout=120,
            cwd=self.folder,
        )
        assert "Traceback" not in done.stderr
        return done

    def audit(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return self.run("audit", "--checks-dir", str(self.checks), "--checks", "TST-*", *arguments)

    def runs(self, *arguments: str) -> tuple[int, dict[str, Any]]:
        """Audit, and return the exit status and the run documents by host."""
        path = self.folder / "runs.jsonl"
        done = self.audit("--json", str(path), *arguments)
        whole = [json.loads(line) for line in path.read_text().splitlines()]
        return done.returncode, {run["target"]["name"]: run for run in whole}


def reason_of(run: dict[str, Any]) -> str:
    """Return why a host was silent; all its checks say the same."""
    left = run["not_checked"]
    assert run["results"] == []
    assert left["failure"] == "silent"
    assert run["counts"]["not_checked"] == sum(map(len, left["checks"].values())) > 0
    return str(left["reason"]["en"])
