"""Isolation beside others: their tables, a controller that is killed, a host that an older version isolated."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator

import pytest
from rempart_testing import nspawn
from rempart_testing.incident_lab import OTHER, IncidentLab, await_free

pytestmark = pytest.mark.lab
GATE = "10.213.77.1"


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[nspawn.World]:
    folder = tmp_path_factory.mktemp("incident")
    with nspawn.make_world(nspawn.expect_tree(), folder) as made:
        subprocess.run([*made.inside, "ip", "addr", "add", f"{OTHER}/24", "dev", "br0"], check=True)
        yield made


def test_the_table_of_another_of_the_former_name_stays_and_an_isolation_is_released_though_it_was_changed(
    world: nspawn.World, tmp_path_factory: pytest.TempPathFactory
) -> None:
    lab = IncidentLab(world, tmp_path_factory.mktemp("controller") / "five", "neighbour")
    machine = lab.machine
    theirs = (
        "table inet quarantine { set bad { type ipv4_addr; }; chain input { type filter hook input priority 5; }; }"
    )
    machine.run(f"nft '{theirs}'")
    incident = lab.open()
    before = lab.rules()
    why = ("--evidence-later", "a trial", "--alone", "a trial")
    isolated = lab.run("isolate", incident, *why)
    assert isolated.returncode == 0, isolated.stderr
    assert not lab.can_log_in(OTHER)
    machine.run("nft add rule inet rempart_quarantine input accept")
    assert lab.run("close", incident, "--conclusion", "x").returncode == 2
    released = lab.run("release", incident, "--force", "a trial", "--approved-by", "Bruno")
    assert released.returncode == 0, released.stderr
    assert lab.rules() == before
    assert "table inet quarantine" in before
    assert lab.can_log_in(OTHER)


def test_the_host_lifts_its_isolation_by_itself_when_the_controller_is_killed_on_the_way(
    world: nspawn.World, tmp_path_factory: pytest.TempPathFactory
) -> None:
    lab = IncidentLab(world, tmp_path_factory.mktemp("controller") / "six", "orphan")
    machine = lab.machine
    lab.write_inventory(rempart_confirm_within=20)
    incident = lab.open()
    before, disk = lab.rules(), machine.disk()
    process = lab.begin("isolate", incident, "--evidence-later", "a trial", "--alone", "a trial")
    until = time.monotonic() + 120
    while "table inet rempart_quarantine" not in lab.rules():
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < until
        time.sleep(0.05)
    lab.kill(process)
    assert "table inet rempart_quarantine" in lab.rules()
    await_free(lab)
    assert lab.can_log_in(OTHER)
    assert lab.rules() == before
    until = time.monotonic() + 60
    while machine.run("ls /etc/systemd/system | grep rempart || :"):
        assert time.monotonic() < until
        time.sleep(0.2)
    left = machine.disk().keys() - disk.keys()
    assert [path for path in left if not path.startswith(("var/lib/rempart", "home/auditor"))] == []


OLD_UNIT = """# Written by Rempart: this host is isolated. `rempart incident release` lifts it.
[Unit]
Description=Isolation of this host by Rempart
DefaultDependencies=no
[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/usr/sbin/nft -f /etc/rempart/quarantine.nft
[Install]
WantedBy=sysinit.target
"""
OLD_DROP_IN = """# Written by Rempart: this host is isolated.
[Service]
ExecStartPost=/usr/sbin/nft -f /etc/rempart/quarantine.nft
"""


def test_a_host_that_an_older_version_isolated_is_isolated_anew_and_released(
    world: nspawn.World, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """As version 0.1.0 left it: a table ``inet quarantine``, its unit and drop-in, and what it had saved."""
    lab = IncidentLab(world, tmp_path_factory.mktemp("controller") / "seven", "former")
    machine = lab.machine
    incident = lab.open()
    before, disk = lab.rules(), machine.disk()
    change = f"incident-{incident}-1"
    body = lab.old_rules(GATE)
    units = "/etc/systemd/system"
    machine.run(
        f"mkdir -p /etc/rempart {units}/nftables.service.d -m 755\n"
        f"cat > /etc/rempart/quarantine.nft <<'END'\n{body}\nEND\n"
        f"cat > {units}/rempart-quarantine.service <<'END'\n{OLD_UNIT}END\n"
        f"cat > {units}/nftables.service.d/rempart-quarantine.conf <<'END'\n{OLD_DROP_IN}END\n"
        "systemctl daemon-reload; systemctl enable -q --now rempart-quarantine.service\n"
        f"mkdir -p -m 700 /var/lib/rempart/changes/{change}\n"
        f"cd /var/lib/rempart/changes/{change}\n"
        """echo '{"entries": [{}], "checks": {"INC-01": {}}}' > manifest.json\n"""
        """echo '{"state": "kept", "time": 1}' > state"""
    )
    assert not lab.can_log_in(OTHER)
    assert lab.can_log_in()
    why = ("--evidence-later", "a trial", "--alone", "a trial")
    assert lab.run("isolate", incident, *why).returncode == 0
    released = lab.run("release", incident, "--force", "a trial", "--approved-by", "Bruno")
    assert released.returncode == 0, released.stderr
    assert lab.rules() == before
    assert lab.can_log_in(OTHER)
    left = machine.disk().keys() - disk.keys()
    assert [path for path in left if not path.startswith(("var/lib/rempart", "home/auditor"))] == []
