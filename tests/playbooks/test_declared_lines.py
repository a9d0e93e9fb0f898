"""What tasks declare about lines of others, as Ansible renders it: tried on lines as they stand on real systems."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from rempart_testing import yaml_text

from rempart_fix.resolve.lines import apply_lines

ROLES = Path(__file__).parents[2] / "playbooks/roles"
WANTED = [["audit", "1"], ["audit_backlog_limit", ">=8192"], ["page_alloc.shuffle", "1"], ["slab_nomerge", "*"]]
VALUES = {
    "BOT-01": {"masked_units": ["debug-shell.service"], "refuse_burst": 1},
    "BOT-02": {"wanted": WANTED, "forbidden": [["nosmap", "*"], ["selinux", "0"]]},
    "TIM-03": {
        "time_units": [],
        "servers": ["a.example", "192.0.2.1"],
        "clients": "any",
        "pools": 0,
        "maxpoll": 9,
        "maxpoll_written": 1,
        "client_only": 1,
        "no_commands": 1,
    },
}
SHOWN = "Id=chrony.service\nLoadState=loaded\nActiveState=active\nUnitFileState=enabled"


def render(folder: Path, family: str) -> dict[str, dict[str, Any]]:
    """Return what the last tasks of these fixes declare, by check."""
    tasks = []
    for role, check in (("boot", "BOT-01"), ("boot", "BOT-02"), ("time", "TIM-03")):
        task = yaml_text.load_file(ROLES / role / f"tasks/linux/{check.lower()}.yml")[-1]
        told = {"rempart_values": VALUES, "time_shown": {"stdout": SHOWN}, "ansible_facts": {"os_family": family}}
        out = {"content": "{{ declared | to_json }}", "dest": str(folder / check), "mode": "0600"}
        tasks.append({"copy": out, "vars": {**task["vars"], **told, "declared": task["rempart_fix"]}})
    (folder / "play.yml").write_text(json.dumps([{"hosts": "all", "gather_facts": False, "tasks": tasks}]))
    words = [sys.executable, "-m", "ansible", "playbook", "-i", "here,", "-c", "local", str(folder / "play.yml")]
    words += ["-e", f"ansible_python_interpreter={sys.executable}"]
    done = subprocess.run(words, env=os.environ | {"LC_ALL": "C.UTF-8"}, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return {check: json.loads((folder / check).read_text()) for check in VALUES}


@pytest.fixture(scope="module")
def debian(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    return render(tmp_path_factory.mktemp("debian"), "Debian")


@pytest.fixture(scope="module")
def redhat(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    return render(tmp_path_factory.mktemp("redhat"), "RedHat")


def write(fix: dict[str, Any], path: str, *lines: str) -> list[str]:
    """Return the lines of a file as they are declared; done once more nothing changes."""
    found = [f"{line}\n" for line in lines]
    specs = [spec for spec in fix["lines"] if spec["path"] == path]
    for spec in specs:
        found = apply_lines(found, spec)
    again = found
    for spec in specs:
        again = apply_lines(again, spec)
    assert again == found
    return [line.rstrip("\n") for line in found]


def test_one_variable_is_taken_from_a_line_and_the_others_stay(debian: dict[str, dict[str, Any]]) -> None:
    assert write(
        debian["BOT-01"],
        "/etc/systemd/system.conf",
        "DefaultEnvironment=A=1 SYSTEMD_SULOGIN_FORCE=1 B=2",
        'DefaultEnvironment="SYSTEMD_SULOGIN_FORCE=1" C=1',
        "ManagerEnvironment=SYSTEMD_SULOGIN_FORCE=1",
        'DefaultEnvironment="A=1 SYSTEMD_SULOGIN_FORCE=1"',  # one variable, A
        "#CtrlAltDelBurstAction=reboot-force",
        "CtrlAltDelBurstAction=reboot-force",
        "CtrlAltDelBurstAction=none",
    ) == [
        "DefaultEnvironment=A=1  B=2",
        "DefaultEnvironment= C=1",
        'DefaultEnvironment="A=1 SYSTEMD_SULOGIN_FORCE=1"',
        "#CtrlAltDelBurstAction=reboot-force",
        "CtrlAltDelBurstAction=none",
    ]


def test_wrong_and_forbidden_arguments_are_taken_from_defaults_of_grub(debian: dict[str, dict[str, Any]]) -> None:
    assert write(
        debian["BOT-02"],
        "/etc/default/grub",
        'GRUB_CMDLINE_LINUX_DEFAULT="quiet nosmap audit=0 audit=2 selinux=0 selinux=1 audit-backlog-limit=8191"',
        "GRUB_CMDLINE_LINUX='nosmap=1 x'",
        '# GRUB_CMDLINE_LINUX="nosmap"',
        'export GRUB_CMDLINE_LINUX="audit=1 audit_backlog_limit=9000 nosmapx audit"',
    ) == [
        'GRUB_CMDLINE_LINUX_DEFAULT="quiet selinux=1 "',
        "GRUB_CMDLINE_LINUX='x'",
        '# GRUB_CMDLINE_LINUX="nosmap"',
        'export GRUB_CMDLINE_LINUX="audit=1 audit_backlog_limit=9000 nosmapx "',
    ]


GOOD = "\tlinux\t/vmlinuz root=/dev/vda1 ro audit=1 audit_backlog_limit=8192 page_alloc.shuffle=1 slab_nomerge\n"


@pytest.mark.parametrize(
    ("menu", "stands"),
    [
        (GOOD, True),
        (GOOD.replace("8192", "16384"), True),
        (GOOD.replace("8192", "8200"), True),
        (GOOD.replace("8192", "8191"), False),
        (GOOD + GOOD.replace("audit=1", "audit=0"), False),
        (GOOD + GOOD.replace(" slab_nomerge", ""), False),
        (GOOD.replace(" ro ", " ro nosmap "), False),
        (GOOD.replace(" ro ", " ro audit=0 "), False),
        ("", False),
    ],
)
def test_the_menu_is_made_anew_where_an_entry_lacks_one(
    debian: dict[str, dict[str, Any]], menu: str, stands: bool
) -> None:
    (run,) = debian["BOT-02"]["run"]
    assert bool(re.search(run["unless"]["match"], f"menuentry 'Debian' {{\n{menu}}}\n")) == stands


def test_entries_of_red_hat_get_what_they_lack(redhat: dict[str, dict[str, Any]]) -> None:
    fix, all_four = redhat["BOT-02"], "audit=1 audit_backlog_limit=8192 page_alloc.shuffle=1 slab_nomerge"
    assert (fix["files"], fix["run"]) == ([], [])
    assert write(fix, "/etc/default/grub", 'GRUB_CMDLINE_LINUX="crashkernel=auto rhgb nosmap audit=1"') == [
        f'GRUB_CMDLINE_LINUX="crashkernel=auto rhgb {all_four}"'
    ]
    entry = ("title RHEL", "options root=/dev/x ro audit=0 nosmap", "options $kernelopts $tuned_params")
    assert write(fix, "/boot/loader/entries/*.conf", *entry) == [
        "title RHEL",
        f"options root=/dev/x ro {all_four}",
        f"options $kernelopts $tuned_params {all_four}",
    ]
    assert write(fix, "/etc/kernel/cmdline", "root=x ro audit=1 audit") == [f"root=x ro {all_four}"]


def test_sources_of_chrony_are_those_that_are_named(debian: dict[str, dict[str, Any]]) -> None:
    assert write(
        debian["TIM-03"],
        "/etc/chrony/chrony.conf",
        "pool 2.debian.pool.ntp.org iburst",
        "Server A.example minpoll 4 maxpoll 20",
        "peer stranger.example",
        "user root",
        "port 123",
        "# server b.example",
    ) == [
        "Server A.example minpoll 4 maxpoll 9",
        "port 0",
        "# server b.example",
        "server 192.0.2.1 iburst maxpoll 9",
        "cmdport 0",
    ]


def test_chronyd_runs_as_its_own_account(debian: dict[str, dict[str, Any]], redhat: dict[str, dict[str, Any]]) -> None:
    lines = ('DAEMON_OPTS="-F 1 -u nobody"', 'DAEMON_OPTS="-u _chrony -F 1"')
    assert write(debian["TIM-03"], "/etc/default/chrony", *lines) == ['DAEMON_OPTS="-F 1"', lines[1]]
    assert write(redhat["TIM-03"], "/etc/sysconfig/chronyd", 'OPTIONS="-u nobody -F 2"') == ['OPTIONS=" -F 2"']
