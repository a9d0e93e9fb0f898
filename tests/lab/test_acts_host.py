"""A change of many kinds on a host that runs, with others at work between, undone by the timer's program."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from rempart_testing import nspawn

pytestmark = pytest.mark.lab
MODULES = Path(__file__).resolve().parents[2] / "playbooks/roles/change/module_utils"
_FIX = """
import json, sys
sys.dont_write_bytecode = True
sys.path.insert(0, {modules!r})
from rempart_fix import change, packing
from rempart_fix.place import Place
place = Place("c-1")
fixes = json.loads({fixes!r})
answer = change.fix(place, fixes, holder="test", program=packing.make_program(), guard=900)
print("ANSWER" + json.dumps(answer))
"""
_UNDO = "python3 -I /var/lib/rempart/changes/c-1/program.pyz undo c-1"
_STATE = """
dpkg-query -W -f '${db:Status-Abbrev} ${Package}\\n' | grep '^ii'
systemctl list-units --plain --no-legend --state=active --type=service,timer,socket,path \\
    | awk '{print $1}' | grep -v rempart
nft list ruleset; cat /etc/passwd /etc/group /etc/shadow /etc/gshadow
sysctl kernel.kptr_restrict net.ipv4.conf.all.rp_filter
find /etc -path /etc/apt -prune -o -type f -print | grep -v -E '/etc/(g?shadow|group|.pwd.lock|ld.so.cache)' \\
    | sort | xargs sha256sum
find /etc -type l -printf '%p %l\\n' | sort
"""
_RIGHTS = {"allowed": ["anna"], "groups": ["sudo"], "programs": ["sh"], "account": "anna"}
FIXES: list[dict[str, Any]] = [
    {
        "check": "LOG-01",
        "packages": [{"name": "cron"}],
        "units": [{"name": "cron", "enabled": True, "active": True}],
        "effects": [{"restart": "cron.service"}],
    },
    {
        "check": "KRN-01",
        "sysctl": [
            {"name": "net.ipv4.conf.all.rp_filter", "value": 1, "file": "/etc/sysctl.d/99-zz-rempart-krn-01.conf"}
        ],
    },
    {
        "check": "RMT-03",
        "accounts": [
            {"group": "ssh-users", "make": True, "system": True},
            {"name": "anna", "member_of": "ssh-users"},
            {"name": "root", "member_of": "ssh-users"},
        ],
        "sshd": {"AllowGroups": "ssh-users", "PermitEmptyPasswords": "no"},
        "effects": [{"reload": "ssh.service", "if": "running"}],
    },
    {"check": "ACC-07", "accounts": [{"name": "anna", "lock": True}, {"name": "ben", "field": "max", "value": 365}]},
    {
        "check": "FWL-01",
        "nft": [
            {
                "table": "rempart_fwl_01",
                "text": "chain input {\n\t\ttype filter hook input priority 10; policy drop;\n"
                "\t\tct state established,related accept\n\t\ttcp dport 22 accept\n}\n",
            }
        ],
    },
    {
        "check": "PRV-01",
        "sudoers": {"take_rights": {"allowed": ["anna"], "groups": ["sudo"], "programs": ["sh"], "account": "anna"}},
    },
]
_PREPARE = """
useradd -m anna; useradd -m ben; echo 'anna:kV4+strong-Zq7' | chpasswd; echo 'ben:kV4+strong-Zq7' | chpasswd
echo 'ben ALL=(ALL) ALL' > /etc/sudoers.d/ben; chmod 440 /etc/sudoers.d/ben
"""


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[nspawn.Machine]:
    folder = tmp_path_factory.mktemp("host")
    tree = nspawn.expect_tree()
    with nspawn.make_world(tree, folder, nspawn.expect_offer(tree)) as world:
        made = world.boot("host", _PREPARE, size="256m", shown=[str(MODULES)])
        made.connect()
        made.await_boot()
        yield made


def _fix(machine: nspawn.Machine) -> list[dict[str, Any]]:
    script = _FIX.format(modules=str(MODULES), fixes=json.dumps(FIXES))
    said = machine.run(f"python3 - <<'END'\n{script}\nEND")
    answer = next(line for line in said.splitlines() if line.startswith("ANSWER"))
    found: list[dict[str, Any]] = json.loads(answer.removeprefix("ANSWER"))["fixes"]
    return found


def test_a_change_of_many_kinds_is_undone_whole_by_the_timers_program(machine: nspawn.Machine) -> None:
    before = machine.run(_STATE)
    done = _fix(machine)
    assert [(one["check"], one["why"]) for one in done if one["failed"]] == []
    assert {"package", "unit", "sysctl", "account", "nft", "line", "file"} <= {
        act["kind"] for one in done for act in one["acts"]
    }
    assert [act for one in _fix(machine) for act in one["acts"]] == []  # a second run changes nothing
    assert "rempart_fwl_01" in machine.run("nft list tables")
    # others go on meanwhile
    theirs = """
        useradd -m carl; usermod -aG sudo carl; nft add table ip docker; echo 'carl ALL=(ALL) ALL' >> /etc/sudoers.d/ben
        printf '[Service]\\nExecStart=/bin/sleep infinity\\n[Install]\\nWantedBy=multi-user.target\\n' \\
            > /etc/systemd/system/theirs.service
        systemctl -q enable --now theirs; apt-get -q -y install rsyslog >/dev/null 2>&1; chage -M 90 carl
    """
    machine.run(theirs)
    said = machine.run(f"{_UNDO} || :")
    after = machine.run(_STATE)
    for word in ("carl:x:", "table ip docker", "theirs.service", "ii  rsyslog"):
        assert word in after, said
    for word in ("rempart", "ssh-users", "ii  cron\n"):
        assert word not in after, said
    machine.run("""
        userdel -rf carl; nft delete table ip docker; sed -i '$d' /etc/sudoers.d/ben
        systemctl -q disable --now theirs; rm /etc/systemd/system/theirs.service; systemctl daemon-reload
        apt-get -q -y purge --auto-remove rsyslog >/dev/null 2>&1
    """)
    rest = set(machine.run(_STATE).splitlines()) ^ set(before.splitlines())
    # what packages leave that are not purged, and what apt keeps of both
    own = ("cron", "logrotate", "rsyslog", "/etc/rc", "adm:")
    rest = {line for line in rest if not line.endswith("-") and not any(word in line for word in own)}
    assert rest == set(), said
