"""The agent pushes from a real machine: enrolled by the playbook, by a unit that sees its spool alone, in an outage."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from rempart_testing import nspawn
from rempart_testing.agent_lab import AgentLab
from rempart_testing.nspawn import World
from sqlalchemy import select

from rempart_server.beginning import Beginning, begin
from rempart_store.schema.table import visit
from rempart_store.server.group import add_group
from rempart_store.server.secret import make_secret
from rempart_store.store import Store

pytestmark = pytest.mark.lab
FOLDER = "/var/lib/rempart/agent"
UNIT = "rempart-agent-push.service"
PATIENCE = 120.0


class PushLab:
    """The lab of agents, and a server on the controller's side of its network."""

    def __init__(self, world: World, folder: Path) -> None:
        self.agents = AgentLab(world, folder / "controller")
        self.web = self.agents.machines["web"]
        self._world = world
        self._directory = folder / "server"
        self._address = world.stand_elsewhere()
        begin(Beginning(str(self._directory), self._address))
        with (self._directory / "server.yaml").open("a", encoding="utf-8") as file:
            file.write(f"address: {self._address}\n")
        with Store.open(self._place) as store, store.writing() as connection:
            group = add_group(connection, "lab", "server", "", (), int(time.time()))
            assert group is not None
            secret = make_secret(connection, group.id, int(time.time()), uses=1)
        whole = json.loads(self.agents.inventory.read_text())
        whole["lab"]["vars"] |= {
            "agent_server": f"https://{self._address}:8443",
            "agent_server_ca": str(self._directory / "ca.pem"),
            "agent_server_secret": secret,
        }
        self.secret = secret
        self.agents.inventory = self.agents.folder / "pushing.json"
        self.agents.inventory.write_text(json.dumps(whole))
        self.agents.inventory.chmod(0o600)

    @property
    def _place(self) -> str:
        return str(self._directory / "store.db")

    @contextmanager
    def serving(self) -> Iterator[None]:
        """Run the server."""
        command = [sys.executable, "-m", "rempart_testing.rempart", "server", "run", "--dir", str(self._directory)]
        own = os.environ | {"PYTHONPATH": os.pathsep.join(one for one in sys.path if one)}
        with (self._directory / "said").open("ab") as said:
            process = subprocess.Popen([*self._world.inside, *command], stdout=said, stderr=said, env=own)
        try:
            check = f"{self._address}/8443"
            self.await_word(f"bash -c 'echo > /dev/tcp/{check}' 2>/dev/null && echo up || :", "up\n")
            yield
        finally:
            process.terminate()
            process.wait(PATIENCE)

    def await_word(self, command: str, word: str) -> None:
        """Ask the machine until it says a word."""
        ends = time.monotonic() + PATIENCE
        while (said := self.web.run(command)) != word:
            assert time.monotonic() < ends, said + self.log()
            time.sleep(0.5)

    def waiting(self) -> int:
        """Return how many documents wait on the machine."""
        return int(self.web.run(f"ls {FOLDER}/spool | wc -l"))

    def stored(self) -> int:
        """Return how many runs the server's store has."""
        with Store.open(self._place) as store, store.reading() as connection:
            return len(connection.scalars(select(visit.c.time)).all())

    def log(self) -> str:
        """Return what the unit said."""
        return self.web.run(f"journalctl --no-pager -q -u {UNIT} | tail -n 30")


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PushLab]:
    folder = tmp_path_factory.mktemp("pushing")
    with nspawn.make_world(nspawn.expect_tree(), folder) as world:
        lab = PushLab(world, folder)
        with lab.serving():
            lab.agents.play()
        yield lab


def test_the_playbook_enrols_it_and_once_more_changes_nothing(lab: PushLab) -> None:
    assert "group lab" in lab.agents.said
    assert lab.secret not in lab.agents.said
    assert lab.secret not in lab.web.run(f"cat {FOLDER}/server.json; ls /run/rempart-enrol-secret 2>&1 || :")
    assert lab.web.run("systemctl is-active rempart-agent-push.timer") == "active\n"
    with lab.serving():
        assert lab.agents.play("--check")["web"]["changed"] == 0
        assert lab.agents.play()["web"]["changed"] == 0


def test_the_unit_sends_what_waits_and_sees_nothing_else(lab: PushLab) -> None:
    lab.web.run("systemctl stop rempart-agent-push.timer && systemctl start rempart-agent.service")
    waits, before = lab.waiting(), lab.stored()
    assert waits > 0
    with lab.serving():
        lab.web.run(f"systemctl start {UNIT}")
        assert (lab.waiting(), lab.stored()) == (0, before + waits), lab.log()
        assert lab.web.run(f"systemctl start {UNIT} && echo started") == "started\n", "nothing waits, and nothing fails"
    look = (
        "cat /var/lib/rempart/agent/key.pem; cat /etc/shadow /etc/rempart/agent.yaml; ls /home /root /var /var/lib; "
        "touch /usr/x /opt/rempart/x /etc/x; capsh --print; echo looked"
    )
    lab.web.run(f"""
        mkdir -p /run/systemd/system/{UNIT}.d
        printf '[Service]\\nExecStart=\\nExecStart=-/bin/sh -c "{look}"\\n' > /run/systemd/system/{UNIT}.d/look.conf
        systemctl daemon-reload && systemctl start {UNIT}
    """)
    said = lab.log().rpartition("Starting")[2]
    lab.web.run(f"rm -r /run/systemd/system/{UNIT}.d && systemctl daemon-reload")
    assert "looked" in said
    for fault in ("key.pem: Permission denied", "/etc/shadow: No such file", "/etc/rempart/agent.yaml: No such file"):
        assert fault in said, said
    assert "BEGIN" not in said
    for place in ("/usr/x", "/opt/rempart/x", "/etc/x"):
        assert f"cannot touch '{place}': Read-only file system" in said
    assert "auditor" not in said


def test_documents_of_an_outage_wait_and_come_each_once(lab: PushLab) -> None:
    before = lab.stored()
    lab.web.run("systemctl start rempart-agent.service && systemctl start rempart-agent.service")
    assert lab.waiting() == 2
    lab.web.run(f"systemctl start --no-block {UNIT}")
    lab.await_word(f"journalctl --no-pager -q -u {UNIT} | grep -q 'next try in' && echo tries || :", "tries\n")
    assert lab.waiting() == 2
    with lab.serving():
        lab.await_word(f"ls {FOLDER}/spool | wc -l", "0\n")
        lab.await_word(f"systemctl is-active {UNIT} || :", "inactive\n")
    assert lab.stored() == before + 2


def test_an_end_of_the_machine_in_the_middle_loses_nothing(lab: PushLab) -> None:
    before = lab.stored()
    lab.web.run("systemctl start rempart-agent.service")
    lab.web.run(f"systemctl start --no-block {UNIT}")
    lab.await_word(f"systemctl show -p MainPID --value {UNIT} | grep -qv '^0$' && echo runs || :", "runs\n")
    lab.web.run(f"systemctl kill -s KILL {UNIT}; systemctl reset-failed {UNIT} || :")
    with lab.serving():
        lab.web.run(f"systemctl start {UNIT}")
    assert (lab.waiting(), lab.stored()) == (0, before + 1), lab.log()


def test_what_the_playbook_did_it_takes_back(lab: PushLab) -> None:
    lab.agents.play("-e", "agent_server=")
    left = lab.web.run(f"ls /etc/systemd/system /etc/rempart {FOLDER}")
    assert "push" not in left
    assert "server" not in left
    assert "key.pem" in left
    assert lab.web.run("systemctl is-active rempart-agent.timer") == "active\n"
