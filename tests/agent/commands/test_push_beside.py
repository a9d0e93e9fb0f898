"""An agent pushes while a controller collects into the same store: nothing is lost, nothing is there twice."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from rempart_testing.pushing import AGENT, Pushing, pushing
from rempart_testing.server import PATIENCE

from rempart_agent.machine_identity import read_identity

pytestmark = pytest.mark.skipif(not read_identity(), reason="this machine has no id")
REMPART = Path(sys.executable).parent / "rempart"


class Controller:
    """Collects the agent's documents into the server's store, from this machine."""

    def __init__(self, both: Pushing, folder: Path) -> None:
        command = folder / "rempart-agent"
        command.write_text(f'#!/bin/sh\nexec {AGENT} "$@" --folder {both.folder}\n')
        command.chmod(0o755)
        own = {"ansible_connection": "local", "rempart_agent": True, "rempart_agent_command": str(command)}
        self._inventory = folder / "hosts.json"
        self._inventory.write_text(json.dumps({"laptops": {"hosts": {"web": {**own, "rempart_role": "server"}}}}))
        self._inventory.chmod(0o600)
        store = str(both.server.directory / "store.db")
        self._environment = os.environ | {
            "XDG_DATA_HOME": str(folder / "data"),
            "HOME": str(folder),
            "REMPART_STORE": store,
        }

    def start(self, *words: str) -> subprocess.Popen[str]:
        """Start ``rempart``."""
        command = [str(REMPART), *words]
        return subprocess.Popen(
            command, env=self._environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )

    def audit(self) -> subprocess.Popen[str]:
        """Begin to collect."""
        return self.start("audit", "-i", str(self._inventory), "--store", "--agent-limit", "9999d")


def test_both_at_once_store_each_document_once(tmp_path: Path) -> None:
    with pushing(tmp_path) as both:
        assert both.enrol("--secret-file", str(both.secret), "--name", "web").returncode == 0
        controller = Controller(both, tmp_path)
        told = json.loads(both.call("identity", "--json").stdout)
        accept = controller.start("agent", "accept", "web", told["machine_id"], told["key"])
        accept.communicate(timeout=PATIENCE)
        assert accept.returncode == 0
        times: list[int] = []
        for turn in range(2):
            times += both.put(turn * 20, 20)
            ways = both.start("push"), controller.audit()
            said = [way.communicate(timeout=PATIENCE) for way in ways]
            assert both.waiting() == 0, said
            assert both.stored() == times, said
