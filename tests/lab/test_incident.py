"""An incident on a real host: evidence, isolation that lasts, and the way back."""

from __future__ import annotations

import json
import os
import socket
import stat
import subprocess
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from rempart_testing import nspawn, signed
from rempart_testing.fix_lab import within
from rempart_testing.incident_lab import GATE6, OTHER, OTHER6, IncidentLab, await_free

pytestmark = pytest.mark.lab
GATE = "10.213.77.1"
PROFILE = """\
title: {en: A machine of the lab, fr: Une machine du labo}
extends: [server]
exclude:
  PAT-01: {en: no lists of packages here, fr: pas de listes de paquets ici}
"""


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[nspawn.World]:
    folder = tmp_path_factory.mktemp("incident")
    with nspawn.make_world(nspawn.expect_tree(), folder) as made:
        subprocess.run([*made.inside, "ip", "addr", "add", f"{OTHER}/24", "dev", "br0"], check=True)
        yield made


@pytest.fixture(scope="module")
def lab(world: nspawn.World, tmp_path_factory: pytest.TempPathFactory) -> IncidentLab:
    return IncidentLab(world, tmp_path_factory.mktemp("controller") / "one", "victim")


@pytest.fixture(scope="module")
def listener(world: nspawn.World) -> Iterator[int]:
    """Return the port of somebody who listens where the controller is, and elsewhere."""
    sock = within(world, lambda: socket.create_server(("", 0), backlog=16))
    with sock:
        yield int(sock.getsockname()[1])


def story(lab: IncidentLab, incident: str) -> list[tuple[str, str]]:
    said = json.loads(lab.run("show", incident, "--json").stdout)
    return [(entry["action"], entry["outcome"]) for entry in said["timeline"]]


def accept(lab: IncidentLab) -> None:
    """Accept what no machine of the lab can have: a backup, encryption, anti-malware, lists of packages."""
    profiles = lab.folder / "own/profiles"
    profiles.mkdir(parents=True)
    (profiles / "lab.yaml").write_text(PROFILE)
    waivers = lab.folder / "waivers.yaml"
    end = datetime.now(tz=UTC).date() + timedelta(days=9)
    one = f"  - {{{{check: {{}}, target: victim, reason: a machine of the lab, owner: Carla, end: {end}}}}}\n"
    waivers.write_text("waivers:\n" + "".join(one.format(check) for check in ("AVM-01", "BKP-01", "DSK-01")))
    parameters = {"PRV-01": {"allowed_admins": ["auditor"]}}
    lab.write_inventory(rempart_profile="lab", rempart_waivers=str(waivers), rempart_parameters=parameters)


def test_an_incident_from_its_beginning_to_its_end(lab: IncidentLab, listener: int) -> None:
    """One story, in the order in which it happens; each step stands on those before."""
    machine = lab.machine
    incident = lab.open("--title", "a strange process", "--by", "Anna")
    before, disk = lab.rules(), machine.disk()

    # evidence comes first
    refused = lab.run("isolate", incident, "--by", "Anna", "--approved-by", "Bruno")
    assert (refused.returncode, "incident collect" in refused.stderr) == (2, True)
    machine.run("mkdir /srv/crm && echo secret > /srv/crm/export.csv; logger -t crm 'somebody exported all'")
    disk = machine.disk()
    others = machine.other_files()
    collected = lab.run("collect", incident, "--path", "/srv/%%")
    assert collected.returncode in {0, 3}, collected.stderr
    folder = lab.incidents / incident / "evidence-1"
    manifest = signed.said((folder / "manifest.json").read_bytes())
    items = {item["name"]: item for item in manifest["items"]}
    assert list(items)[:4] == ["time", "arp_cache", "process_open_sockets", "processes"]
    failed = {name for name, item in items.items() if item["state"] == "failed"}
    assert failed <= {"last"}, {name: items[name]["reason"] for name in failed}
    rows = [json.loads(line) for line in (folder / items["file /srv/%%"]["file"]).read_text().splitlines()]
    assert "/srv/crm/export.csv" in {row["path"] for row in rows}
    peers = (folder / items["process_open_sockets"]["file"]).read_text()
    assert f'"remote_address": "{GATE}"' in peers
    assert b"somebody exported all" in (folder / items["journal"]["file"]).read_bytes()
    assert any(item["kind"] == "file" and item["state"] == "collected" for item in manifest["items"])
    modes = {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()}
    assert (modes, stat.S_IMODE(folder.stat().st_mode)) == ({0o400}, 0o500)
    written = {path for path, _ in disk.items() ^ machine.disk().items()}
    assert written <= {"tmp"}, "evidence was written over"  # where Ansible unpacks what reads the logs
    assert not {name for name in machine.other_files() - others if "rempart" in name}

    # isolation: the controller alone gets in
    session = lab.begin_session(OTHER)
    assert lab.reaches(GATE, listener)
    isolated = lab.run("isolate", incident, "--by", "Anna", "--approved-by", "Bruno")
    assert isolated.returncode == 0, isolated.stderr
    assert f"only {GATE} can reach it, on port 22" in isolated.stdout
    session.communicate(timeout=60)
    assert session.returncode == 255  # it gave up: of a live one the end would be 0
    assert lab.can_log_in()
    assert not lab.can_log_in(OTHER)
    assert not lab.reaches(GATE, listener)
    assert "established" not in machine.run("nft list table inet rempart_quarantine")

    # again: nothing changes
    again = lab.run("isolate", incident, "--by", "Anna", "--approved-by", "Bruno")
    assert (again.returncode, "was isolated already" in again.stdout) == (0, True), again.stderr

    # nothing lifts it in silence
    for verb in ("restart", "reload", "stop", "start"):
        machine.run(f"systemctl {verb} nftables.service")
        assert "table inet rempart_quarantine" in lab.rules(), verb
    assert lab.can_log_in()
    assert not lab.can_log_in(OTHER)
    machine.begin_reboot()
    machine.connect()
    machine.await_boot()
    assert "table inet rempart_quarantine" in lab.rules()
    assert lab.can_log_in()
    assert not lab.can_log_in(OTHER)
    assert "armed" not in machine.run("ls /etc/systemd/system")

    # the way back: the audit speaks against it
    refused = lab.run("release", incident, "--signed-by", "Carla", "--by", "Anna")
    assert refused.returncode == 3
    assert "BKP-01" in refused.stderr
    assert "table inet rempart_quarantine" in lab.rules()
    assert lab.run("close", incident, "--conclusion", "x").returncode == 2

    # what stays open is accepted with its reasons; then the lead signs
    accept(lab)
    released = lab.run(
        "release", incident, "--signed-by", "Carla", "--by", "Anna", "--checks-dir", str(lab.folder / "own")
    )
    assert released.returncode == 0, released.stderr
    assert lab.rules() == before
    assert "those from before" in released.stdout
    assert lab.can_log_in(OTHER)
    assert lab.reaches(GATE, listener)
    after = machine.disk()
    assert {path for path, how in disk.items() if after.get(path) != how and how[0] != "d"} == set()
    own = ("var/lib/rempart", "home/auditor")
    left = [path for path in after.keys() - disk.keys() if not path.startswith(own) and "systemd-private" not in path]
    assert left == []

    # the record tells it all, and holds
    assert lab.run("verify", incident).returncode == 0
    assert story(lab, incident) == [
        ("open", "done"),
        ("collect", "begun"),
        ("collect", "done"),
        ("isolate", "begun"),
        ("isolate", "done"),
        ("isolate", "begun"),
        ("isolate", "done"),
        ("release", "begun"),
        ("release", "failed"),
        ("release", "begun"),
        ("release", "done"),
    ]
    item = folder / items["processes"]["file"]
    os.chmod(item, 0o600)
    item.write_bytes(item.read_bytes().replace(b"sshd", b"sshx", 1))
    broken = lab.run("verify", incident)
    assert broken.returncode == 1
    assert "item 4 (processes)" in broken.stdout


def test_an_isolation_that_would_cut_off_the_controller_is_undone(
    world: nspawn.World, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """The host lies about where we come from: no new connection works, and its own timer lifts the isolation."""
    lab = IncidentLab(world, tmp_path_factory.mktemp("controller") / "two", "liar")
    lab.write_inventory(rempart_confirm_within=20)
    incident = lab.open()
    before, disk = lab.rules(), lab.machine.disk()
    trial = ("--evidence-later", "a trial", "--alone", "a trial")
    lab.machine.run("echo 'export SSH_CONNECTION=\"10.213.77.98 50000 10.213.77.98 22\"' > /home/auditor/.bashrc")
    itself = lab.run("isolate", incident, *trial, "--lang", "fr")
    assert itself.returncode == 3
    assert "la connexion vient de la machine elle-même\u00a0: le contrôleur n’est jamais isolé" in itself.stderr
    assert lab.rules() == before
    lab.machine.run("echo 'export SSH_CONNECTION=\"10.213.77.99 50000 10.213.77.98 22\"' > /home/auditor/.bashrc")
    done = lab.run("isolate", incident, *trial)
    assert done.returncode == 3
    assert "not isolated" in done.stderr
    assert lab.rules() == before
    assert lab.can_log_in(OTHER)
    left = lab.machine.disk().keys() - disk.keys()
    assert [path for path in left if not path.startswith(("var/lib/rempart", "home/auditor"))] == []
    said = json.loads(lab.run("show", incident, "--json").stdout)
    last = said["timeline"][-1]
    assert (last["action"], last["outcome"], last["detail"]["undone"]) == ("isolate", "failed", True)
    assert said["state"] == "open"


def test_an_isolation_lifts_itself_after_the_time_that_was_asked_for(
    world: nspawn.World, tmp_path_factory: pytest.TempPathFactory
) -> None:
    lab = IncidentLab(world, tmp_path_factory.mktemp("controller") / "three", "timed")
    machine = lab.machine
    incident = lab.open()
    before = lab.rules()
    why = ("--evidence-later", "a trial", "--alone", "a trial")
    unit = f"rempart-lift-incident-{incident}-1.timer"

    def timer() -> str:
        return machine.run(f"systemctl is-active {unit} || :").strip()

    isolated = lab.run("isolate", incident, *why, "--revert-after", "600")
    assert isolated.returncode == 0, isolated.stderr
    assert "by itself in 600 seconds" in isolated.stdout
    assert "10min" in machine.run(f"systemctl show -P TimersMonotonic {unit}")
    # another one starts the time anew, or ends it
    assert lab.run("isolate", incident, *why).returncode == 0
    assert timer() == "inactive"
    assert lab.run("isolate", incident, *why, "--revert-after", "300").returncode == 0
    assert timer() == "active"
    assert not lab.can_log_in(OTHER)

    def let_time_pass() -> None:  # all but a second of it
        folder = f"/run/systemd/system/{unit}.d"
        machine.run(f"mkdir -p {folder}; printf '[Timer]\\nOnActiveSec=\\nOnActiveSec=1s\\n' > {folder}/soon.conf")
        machine.run(f"systemctl daemon-reload; systemctl restart {unit}; rm -r {folder}")

    let_time_pass()
    await_free(lab)
    assert lab.can_log_in(OTHER)
    assert lab.rules() == before
    until = time.monotonic() + 60
    while machine.run("ls /etc/systemd/system | grep rempart || :"):
        assert time.monotonic() < until
        time.sleep(0.2)

    # it can be isolated again, and the timer of a boot is the whole time
    assert lab.run("isolate", incident, *why, "--revert-after", "300").returncode == 0
    assert not lab.can_log_in(OTHER)
    machine.begin_reboot()
    machine.connect()
    machine.await_boot()
    assert timer() == "active"
    assert not lab.can_log_in(OTHER)
    assert lab.can_log_in()
    let_time_pass()
    await_free(lab)

    # the record takes it for isolated until it is released, and the host is as it was
    assert json.loads(lab.run("show", incident, "--json").stdout)["state"] == "isolated"
    released = lab.run("release", incident, "--force", "it has lifted it itself", "--approved-by", "Bruno")
    assert released.returncode == 0, released.stderr
    assert "those from before" in released.stdout
    assert lab.rules() == before


def test_a_controller_on_ipv6_keeps_its_way_in_and_force_lifts_what_was_tampered_with(
    world: nspawn.World, tmp_path_factory: pytest.TempPathFactory
) -> None:
    lab = IncidentLab(world, tmp_path_factory.mktemp("controller") / "four", "six", six="fd77::15")
    machine = lab.machine
    incident = lab.open("--by", "Anna")
    before = lab.rules()
    collected = lab.run("collect", incident, "--no-logs", "a trial")
    assert collected.returncode == 3  # the logs
    isolated = lab.run("isolate", incident, "--by", "Anna", "--approved-by", "Bruno", "--revert-after", "600")
    assert isolated.returncode == 0, isolated.stderr
    assert f"only {GATE6} can reach it, on port 22" in isolated.stdout
    assert not lab.can_log_in(OTHER6)
    assert not lab.can_log_in(address=machine.address)
    assert not lab.can_log_in(OTHER, address=machine.address)
    lab.forget_neighbours()
    assert lab.can_log_in()

    # somebody spoils the record: nothing but force lifts it, without an audit
    machine.run(f"echo '{{}}' > /var/lib/rempart/changes/incident-{incident}-1/acts.jsonl")
    refused = lab.run("release", incident, "--force", "the customer waits", "--by", "Anna", "--approved-by", "anna")
    assert (refused.returncode, "second person" in refused.stderr) == (2, True)
    forced = ("--force", "the customer waits", "--by", "Anna", "--approved-by", "Bruno")
    released = lab.run("release", incident, *forced)
    assert released.returncode == 0, released.stderr
    assert lab.rules() == before
    assert "those from before" in released.stdout
    assert lab.can_log_in(OTHER6)
    assert lab.can_log_in(address=machine.address)
    assert machine.run("ls /etc/systemd/system | grep rempart || :") == ""  # no timer is left for a later isolation
    last = json.loads(lab.run("show", incident, "--json").stdout)["timeline"][-1]
    assert (last["action"], last["outcome"]) == ("release", "done")
    assert last["detail"]["force"] == "the customer waits"
    assert last["detail"]["approved_by"] == "Bruno"
    assert "audit" not in last["detail"]
    assert lab.run("verify", incident).returncode == 0
