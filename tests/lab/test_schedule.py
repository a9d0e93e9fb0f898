"""What ``rempart schedule`` sets up does at night what it promises: on a machine that systemd booted."""

from __future__ import annotations

import json
import os
import shlex
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from rempart_testing import nspawn
from rempart_testing.nspawn import Machine
from rempart_testing.sshd import make_key

pytestmark = pytest.mark.lab

PROJECT = Path(__file__).parents[2]
REMPART = Path(sys.executable).parent / "rempart"
REPORTS = {
    "--html-dir": "pages/",
    "--junit-dir": "junit/",
    "--html": "page.html",
    "--junit": "junit.xml",
    "--json": "runs.jsonl",
    "--jsonl": "results.jsonl",
    "--csv": "results.csv",
    "--markdown": "summary.md",
}


class Console(NamedTuple):
    """The machine that audits at night, and the one that is audited."""

    machine: Machine
    web: Machine

    def run(self, *words: str, user: str = "") -> str:
        """Run a command in it, as root or another."""
        command = shlex.join(words)
        return self.machine.run(f"su {user} -c {shlex.quote(command)}" if user else command)

    def write(self, path: str, text: str) -> None:
        """Write a file of root's."""
        self.run("sh", "-c", f"mkdir -p {os.path.dirname(path)}; printf %s {shlex.quote(text)} > {path}")

    def journal(self, unit: str) -> str:
        """Return what a unit said."""
        return self.run("journalctl", "--no-pager", "-u", unit)

    def schedule(self, name: str, *words: str, user: str = "", run_as: str = "") -> None:
        """Let it schedule an audit, and start what was written now."""
        account = ["--run-as", run_as] if run_as else []
        self.run(str(REMPART), "schedule", "--yes", "--name", name, *account, "--", *words, user=user)

    def start(self, unit: str) -> None:
        """Run a service to its end; where that fails, say what it said."""
        status = self.run("sh", "-c", f"systemctl start {unit} 2>&1 && echo done || :")
        assert status == "done\n", f"{status}{self.journal(unit)}"

    def show(self, unit: str, *names: str) -> dict[str, str]:
        """Return what systemd says of a unit."""
        lines = self.run("systemctl", "show", unit, *(f"--property={name}" for name in names)).splitlines()
        return dict(line.split("=", 1) for line in lines)


@pytest.fixture(scope="module")
def console(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Console]:
    """Boot both machines."""
    tree = nspawn.expect_tree()
    version = f"python{sys.version_info[0]}.{sys.version_info[1]}"
    if sys.base_prefix == "/usr" and not (tree / "usr/bin" / version).exists():
        pytest.skip(f"the lab's Debian has no {version}, and this machine's can't be shown to it")
    folder = tmp_path_factory.mktemp("night")
    places = {
        place for place in (sys.prefix, sys.base_prefix) if place != "/usr" and PROJECT not in Path(place).parents
    }
    shown = [str(PROJECT), *sorted(places)]
    with nspawn.make_world(tree, folder) as world:
        yield boot(world, folder, shown)


# Both: an account with a key. The interpreter of the tests may lie in root's home.
_PREPARE = """
useradd -m -s /bin/bash night
install -d -o night -g night -m 700 /home/night/.ssh
umask 077
cat > /home/night/.ssh/id <<'END'
{private}END
umask 022
echo '{public}' > /home/night/.ssh/authorized_keys
chown -R night: /home/night/.ssh
echo 'night ALL=(ALL) NOPASSWD: ALL' > /etc/sudoers.d/night
chmod 440 /etc/sudoers.d/night
chmod 711 /root
systemctl enable -q ssh
"""


def boot(world: nspawn.World, folder: Path, shown: list[str]) -> Console:
    """Boot the machine that is audited, and one with this rempart and an inventory that names the first."""
    key = make_key(folder / "key")
    prepare = _PREPARE.format(private=key.read_text(), public=(folder / "key.pub").read_text().strip())
    web = world.boot("web", prepare)
    machine = world.boot("console", prepare, shown=shown)
    for one in (web, machine):
        one.connect()
        one.await_boot()
    console = Console(machine, web)
    variables = {"ansible_user": "night", "ansible_become": True, "ansible_ssh_private_key_file": "/home/night/.ssh/id"}
    hosts = {"web": {"ansible_host": web.address}}
    for name, group in (("web", hosts), ("both", hosts | {"gone": {"ansible_host": world.address()}})):
        console.write(f"/etc/rempart/{name}.json", json.dumps({"all": {"hosts": group, "vars": variables}}))
    console.write("/etc/ssh/ssh_known_hosts", web.known)
    await_login(console)
    return console


def await_login(console: Console) -> None:
    """Wait until the account of the audits is let in: a machine whose system runs may still start its sshd."""
    until = time.monotonic() + 60
    ask = f"ssh -i /home/night/.ssh/id -o BatchMode=yes night@{console.web.address} sudo -n id -u 2>&1 || :"
    while "0" not in (said := console.run("sh", "-c", ask, user="night")).splitlines():
        assert time.monotonic() < until, said + console.web.run("systemctl status ssh; journalctl -n 50 2>&1 || :")
        time.sleep(0.5)


def reports_in(folder: str) -> list[str]:
    """Return the options of an audit that writes every report there is."""
    return [word for option, name in REPORTS.items() for word in (option, f"{folder}/{name}")]


@pytest.mark.parametrize("account", ["night", "root"])
def test_the_service_writes_store_key_and_every_report(console: Console, account: str) -> None:
    home, folder, name = ("/root" if account == "root" else "/home/night"), f"/srv/{account}", f"rempart-{account}"
    console.run("install", "-d", "-m", "700", "-o", account, folder)
    words = ["-i", "/etc/rempart/web.json", "--checks", "ACC-*", "--store", "--sign", *reports_in(folder)]
    console.schedule(account, *words, run_as=account)
    for _ in range(2):  # the second finds what the first left
        console.start(f"{name}.service")
        said = console.show(f"{name}.service", "Result", "ExecMainStatus")
        assert said == {"Result": "success", "ExecMainStatus": "1"}, console.journal(name)  # findings are no failure
    found = console.run("find", folder, "-type", "f", "-printf", "%P %u %m\n").splitlines()
    files = {line.split()[0] for line in found}
    assert {line.split(" ", 1)[1] for line in found} == {f"{account} 600"}
    assert {name for name in REPORTS.values() if not name.endswith("/")} <= files
    assert {"pages/index.html", "pages/hosts/web.html", "pages/checks/ACC-01.html", "junit/TEST-web.xml"} <= files
    assert "Nothing changed." in console.run("cat", f"{folder}/pages/index.html")
    data = console.run("ls", "-A", f"{home}/.local/share/rempart").split()
    assert {"rempart.db", "signing-key.pem"} <= set(data)
    (host,) = map(json.loads, console.run(str(REMPART), "fleet", "--json", user=account).splitlines())
    assert (host["name"], host["silent"]) == ("web", False)
    assert console.show(f"{name}.timer", "ActiveState")["ActiveState"] == "active"
    console.run(str(REMPART), "schedule", "--yes", "--name", account, "--remove")
    assert console.show(f"{name}.timer", "LoadState")["LoadState"] == "not-found"


def test_a_silent_host_makes_the_service_fail_and_the_reports_are_there(console: Console) -> None:
    console.run("install", "-d", "-o", "night", "/srv/gap")
    words = ["-i", "/etc/rempart/both.json", "--checks", "ACC-01", "--json", "/srv/gap/runs.jsonl"]
    console.schedule("gap", *words, run_as="night")
    console.run("sh", "-c", "! systemctl start rempart-gap.service")
    said = console.show("rempart-gap.service", "Result", "ExecMainStatus")
    assert said == {"Result": "exit-code", "ExecMainStatus": "3"}, console.journal("rempart-gap")
    assert "rempart-gap.service" in console.run("systemctl", "--failed", "--plain")
    runs = [json.loads(line) for line in console.run("cat", "/srv/gap/runs.jsonl").splitlines()]
    assert [run["target"]["name"] for run in runs] == ["web", "gone"]


def test_nothing_else_can_be_written(console: Console) -> None:
    console.run("install", "-d", "-o", "night", "/srv/shut", "/srv/elsewhere")
    words = ["-i", "/etc/rempart/web.json", "--checks", "ACC-01", "--html-dir", "/srv/shut/pages"]
    console.schedule("shut", *words, run_as="night")
    # the same service, with another program in it
    console.write("/etc/systemd/system/rempart-shut.service.d/other.conf", _OTHER)
    console.run("systemctl", "daemon-reload")
    console.start("rempart-shut.service")
    assert console.run("ls", "/srv/shut", "/srv/elsewhere").split() == ["/srv/elsewhere:", "/srv/shut:", "pages"]
    assert console.run("ls", "/home/night") == ""


_OTHER = """
[Service]
ExecStart=
ExecStart=sh -c "touch /srv/shut/pages; touch /srv/elsewhere/x /home/night/x /etc/x; :"
"""


def test_an_audit_of_the_machine_itself_is_saved_and_reported(console: Console) -> None:
    console.run("mkdir", "/srv/here")
    console.schedule("here", "--checks", "ACC-*", "--store", "/srv/here/here.db", *reports_in("/srv/here"))
    console.start("rempart-here.service")
    assert console.show("rempart-here.service", "ExecMainStatus")["ExecMainStatus"] == "1"
    files = set(console.run("ls", "/srv/here").split())
    assert files == {"here.db", *(name.rstrip("/") for name in REPORTS.values())}
    (run,) = [json.loads(console.run("cat", "/srv/here/runs.jsonl"))]
    assert run["engine"]["privileged"]


def test_a_user_who_lingers_has_a_timer_of_his_own(console: Console) -> None:
    # The lab's Debian has no libpam-systemd, which says where a user's systemd has its sockets.
    console.write(
        "/etc/systemd/system/user@.service.d/lab.conf", "[Service]\nEnvironment=XDG_RUNTIME_DIR=/run/user/%i\n"
    )
    console.run("systemctl", "daemon-reload")
    console.run("loginctl", "enable-linger", "night")
    user = console.run("id", "-u", "night").strip()
    console.run("systemctl", "start", f"user@{user}.service")
    runtime = f"XDG_RUNTIME_DIR=/run/user/{user}"

    def as_night(*words: str) -> str:
        return console.run("env", "-C", "/home/night", runtime, *words, user="night")

    as_night("mkdir", "-p", "/home/night/audits")
    options = ["-i", "/etc/rempart/web.json", "--checks", "ACC-*", "--store", "/home/night/audits/own.db"]
    as_night(str(REMPART), "schedule", "--yes", "--name", "own", "--", *options, *reports_in("/home/night/audits"))
    started = as_night("sh", "-c", "systemctl --user start rempart-own.service 2>&1 && echo done || :")
    assert started == "done\n", console.run("journalctl", "--no-pager", "_SYSTEMD_USER_UNIT=rempart-own.service")
    said = as_night("systemctl", "--user", "show", "rempart-own.service", "--property=Result,ExecMainStatus")
    assert sorted(said.split()) == ["ExecMainStatus=1", "Result=success"]
    assert as_night("systemctl", "--user", "is-active", "rempart-own.timer") == "active\n"
    files = set(as_night("ls", "/home/night/audits").split())
    assert {"own.db", *(name.rstrip("/") for name in REPORTS.values())} <= files
