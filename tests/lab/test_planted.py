"""States that once passed while the machine was open, on a Debian that runs: each is found, whoever looks at it."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from rempart_testing import nspawn
from rempart_testing.fix_lab import SOUND, FixLab
from rempart_testing.sshd import make_key

pytestmark = pytest.mark.lab

PROJECT = Path(__file__).parents[2]
REMPART = Path(sys.executable).parent / "rempart"
OSQUERYD = os.environ.get("REMPART_OSQUERYD", "")
_AUDIT = (str(REMPART), "audit", "--profile", "all", "--walk", "--quiet", "--param", "PRV-01.allowed_admins=auditor")


class Planted(NamedTuple):
    """A state, and how it is told of.

    Attributes:
        check: The check that finds it.
        script: Shell commands for the machine's tree that make it.
        item: What names it in the evidence.
        seen: What the evidence says of it.
        on_image: Whether a root file system shows it.
    """

    check: str
    script: str
    item: str
    seen: str = ""
    on_image: bool = True


def acl(path: str, account: int, bits: int) -> str:
    """Return the command that gives an account more rights on what is root's (acl(5), linux/posix_acl_xattr.h)."""
    entries = ((1, 7), (2, bits), (4, bits), (16, bits), (32, 0))  # owner, the account, group, mask, others
    value = (2).to_bytes(4, "little") + b"".join(
        kind.to_bytes(2, "little")
        + rights.to_bytes(2, "little")
        + (account if kind == 2 else 2**32 - 1).to_bytes(4, "little")
        for kind, rights in entries
    )
    return _attribute(path, "system.posix_acl_access", value)


def capability(path: str, bits: int) -> str:
    """Return the command that gives a program permitted and effective capabilities (linux/capability.h, revision 2)."""
    value = b"".join(number.to_bytes(4, "little") for number in (0x02000001, bits, 0, 0, 0))
    return _attribute(path, "security.capability", value)


def _attribute(path: str, name: str, value: bytes) -> str:
    return f"python3 -c \"import os; os.setxattr('{path}', '{name}', bytes.fromhex('{value.hex()}'))\""


STATES = (
    Planted(
        "ACC-01",  # each account of this machine is local: nobody is asked for anything
        "sed -i '0,/^auth/s//auth sufficient pam_localuser.so\\nauth/' /etc/pam.d/common-auth",
        "login",
        "pam_localuser.so",
    ),
    Planted(
        "PRV-01",
        """
        useradd -u 2001 -m -s /bin/bash helper
        cat > /etc/sudoers.d/reading <<'END'
User_Alias DESK = helper
Cmnd_Alias PAGERS = /usr/bin/less
Cmnd_Alias READING = /usr/bin/tail, PAGERS
DESK ALL = (root) READING
END
        chmod 440 /etc/sudoers.d/reading
        """,
        "helper",
        "/usr/bin/less",
    ),
    Planted("FIL-03", "install -D -m 4755 /bin/dash /opt/notes/show", "/opt/notes/show"),
    Planted(
        "FIL-03",
        "install -D -m 755 /bin/dash /srv/tools/ping; " + capability("/srv/tools/ping", 1 << 7),
        "/srv/tools/ping",
        "setuid",
    ),
    Planted(
        "IDL-01",
        """echo '[ "$(id -u)" = 0 ] && { TMOUT=600; readonly TMOUT; export TMOUT; }' > /etc/profile.d/idle.sh""",
        "helper",
    ),
    Planted(
        "PAT-04",
        """
        rm -f /etc/systemd/system/apt-daily.timer /etc/systemd/system/apt-daily-upgrade.timer
        install -d /etc/systemd/system/apt-daily-upgrade.timer.d
        printf '[Timer]\\nOnCalendar=\\nOnCalendar=2020-01-01\\n' \
            > /etc/systemd/system/apt-daily-upgrade.timer.d/when.conf
        printf 'APT::Periodic::Update-Package-Lists "1";\\nAPT::Periodic::Unattended-Upgrade "1";\\n' \
            > /etc/apt/apt.conf.d/20auto-upgrades
        """,
        "apt-daily-upgrade.timer",
    ),
    Planted(
        "FWL-01",
        """
        cat > /etc/nftables.conf <<'END'
flush ruleset
table inet filter {
    chain input {
        type filter hook input priority filter; policy drop;
        ct state vmap { established : accept, related : accept, new : accept }
    }
}
END
        systemctl enable -q nftables
        """,
        "IPv6",
        "",
        on_image=False,
    ),
    Planted(
        "RMT-01",
        """
        cat > /etc/systemd/system/maintenance.service <<'END'
[Service]
ExecStart=/usr/sbin/sshd -D -p 2222
[Install]
WantedBy=multi-user.target
END
        install -d /usr/local/lib/systemd/system/maintenance.service.d
        printf '[Service]\\nExecStart=\\nExecStart=/usr/sbin/sshd -D -p 2222 -o PermitRootLogin=yes\\n' \
            > /usr/local/lib/systemd/system/maintenance.service.d/root.conf
        echo 'PermitRootLogin no' > /etc/ssh/sshd_config.d/root.conf
        systemctl enable -q maintenance
        """,
        "maintenance",
    ),
    Planted(
        "LOG-03",
        """
        printf '/* sent to the collector\\n*.* @@192.0.2.1:514\\n*/\\n' > /etc/rsyslog.d/forward.conf
        """,
        "central collection",
        "no rule of rsyslog that sends",
        on_image=False,
    ),
    Planted(
        "ACC-07",
        """
        useradd -m -s /bin/bash guest
        usermod -L guest
        install -d -o guest -g guest -m 700 /home/guest/.ssh
        install -o guest -g guest -m 600 /home/auditor/.ssh/authorized_keys /home/guest/.ssh/authorized_keys
        """,
        "guest",
        "key",
    ),
    Planted(
        "EXP-04",
        """
        install -d -m 750 /srv/recordings
        touch -d '2 years ago' /srv/recordings/.call.wav
        chmod 640 /srv/recordings/.call.wav
        """,
        "/srv/recordings",
        "last written",
    ),
    Planted("EXP-01", acl("/srv/recordings", 2001, 5), "/srv/recordings", "helper"),
    # useradd writes the file anew, so it comes after it
    Planted("PRV-03", acl("/etc/shadow", 2001, 4), "/etc/shadow", "helper"),
)
_PACKAGES = """
export DEBIAN_FRONTEND=noninteractive
apt-get -qq -y --no-install-recommends install rsyslog unattended-upgrades >/dev/null 2>&1
"""


_OSQUERYD = """
install -d -m 700 /run/osquery; echo '{}' > /run/osquery/conf
LD_LIBRARY_PATH=LIBRARIES setsid PROGRAM --ephemeral --disable_watchdog --disable_logging --force \
    --config_path=/run/osquery/conf --database_path=/run/osquery/database --pidfile=/run/osquery/pid \
    --extensions_socket=/run/osquery/osquery.em --extensions_autoload=/run/osquery/none --logger_path=/run/osquery \
    </dev/null >/run/osquery/log 2>&1 &
for turn in $(seq 300); do test -S /run/osquery/osquery.em && exit 0; sleep 0.1; done; cat /run/osquery/log; exit 1
"""


class Host(NamedTuple):
    """The machine, and what audits it."""

    lab: FixLab
    world: nspawn.World
    folder: Path

    def audit(self, *words: str) -> dict[str, Any]:
        """Audit it from within, and return the results by check."""
        script = f"{shlex.join([*_AUDIT, *words, '--json', '/run/audit.json'])} >&2 || :; cat /run/audit.json"
        return by_check(self.lab.machine.run(script))

    def audit_disk(self) -> dict[str, Any]:
        """Audit its disk as an image, and return the results by check."""
        out = self.folder / "image.json"
        checks = ",".join(sorted({state.check for state in STATES}))  # one of the others reads the whole tree
        words = [*self.world.beside, *_AUDIT, "--root", str(self.folder / "planted/root"), "--checks", checks]
        words += ["--json", str(out)]
        done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=180)
        assert done.returncode in {1, 3}, done.stderr
        return by_check(out.read_text(encoding="utf-8"))

    def start_osqueryd(self) -> None:
        """Start a real osqueryd in it."""
        libraries = str(self.folder / "libraries")
        self.lab.machine.run(_OSQUERYD.replace("LIBRARIES", libraries).replace("PROGRAM", OSQUERYD))


def by_check(run: str) -> dict[str, Any]:
    return {one["check"]: one for one in json.loads(run)["results"]}


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Host]:
    """Boot it, with this rempart."""
    tree = nspawn.expect_tree()
    version = f"python{sys.version_info[0]}.{sys.version_info[1]}"
    if sys.base_prefix == "/usr" and not (tree / "usr/bin" / version).exists():
        pytest.skip(f"the lab's Debian has no {version}, and this machine's can't be shown to it")
    folder = tmp_path_factory.mktemp("planted")
    shown = {str(PROJECT), *(place for place in (sys.prefix, sys.base_prefix) if place != "/usr")}
    if OSQUERYD:
        (libraries := folder / "libraries").mkdir()
        needed = subprocess.run(["ldd", OSQUERYD], capture_output=True, text=True, check=True).stdout
        for place in re.findall(r"=> (/\S+)", needed):
            shutil.copy(place, libraries)
        shown |= {str(libraries), str(Path(OSQUERYD).parents[1])}
    shown = {one for one in shown if not any(str(other) != one and Path(other) in Path(one).parents for other in shown)}
    key = make_key(folder / "key")
    prepare = SOUND.format(key=(folder / "key.pub").read_text().strip()) + _PACKAGES
    prepare += "".join(f"\n({state.script}\n)\n" for state in STATES) + "chmod 711 /root\n"
    with nspawn.make_world(tree, folder, nspawn.expect_offer(tree)) as world:
        machine = world.boot("planted", prepare, size="1g", shown=sorted(shown))
        machine.connect()
        machine.await_boot()
        yield Host(FixLab(world, folder / "controller", machine, key, {}), world, folder)


@pytest.fixture(scope="module")
def local(host: Host) -> dict[str, Any]:
    """Audit it from within, by the engine that needs nothing."""
    return host.audit("--engine", "embedded")


def missed(results: dict[str, Any], states: Iterable[Planted] = STATES) -> list[str]:
    """Return the states that were not found, with what was said of their checks."""
    wrong = []
    for state in states:
        one = results[state.check]
        rows = [row for row in (one["evidence"] or {"rows": []})["rows"] if row["ok"] == "0"]
        if one["state"] != "fail" or not any(state.item in row["item"] and state.seen in str(row) for row in rows):
            wrong.append(f"{state.check} {state.item}: {one['state']} {one['reason']} {rows}")
    return wrong


def passed(results: dict[str, Any]) -> set[str]:
    return {check for check, one in results.items() if one["state"] == "pass"}


def test_each_is_found_from_within(local: dict[str, Any]) -> None:
    assert not missed(local)


def test_each_is_found_over_ssh(host: Host, local: dict[str, Any]) -> None:
    results = host.lab.audit(["*"], "--walk")
    assert not missed(results)
    assert passed(results) - {"TIM-02"} == passed(local)  # a controller has a second clock


@pytest.mark.skipif(not OSQUERYD, reason="REMPART_OSQUERYD names no osqueryd")
def test_each_is_found_through_osqueryd(host: Host, local: dict[str, Any]) -> None:
    host.start_osqueryd()
    results = host.audit("--engine", "osqueryd", "--socket", "/run/osquery/osquery.em")
    assert not missed(results)
    assert passed(results) == passed(local)


def test_each_that_a_disk_shows_is_found_on_it(host: Host, local: dict[str, Any]) -> None:
    results = host.audit_disk()
    assert not missed(results, [state for state in STATES if state.on_image])
    assert passed(results) <= passed(local)
