"""What could shut people out, or can't be told, is left to them: the conditions of asserts, by what a host answers."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import pytest
from ansible.parsing.dataloader import DataLoader
from ansible.template import Templar, trust_as_template
from rempart_testing import yaml_text

ROLES = Path(__file__).parents[2] / "playbooks/roles"


def _trusted(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _trusted(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_trusted(one) for one in value]
    return trust_as_template(value) if isinstance(value, str) else value


def ask(path: str, task: str, expression: str, told: dict[str, Any]) -> Any:
    """Return what an expression comes to within the variables of a task, beside what a host told."""
    (found,) = (one for one in yaml_text.load_file(ROLES / path) if one["name"] == task)
    variables = {**_trusted(found["vars"]), **told}
    return Templar(DataLoader(), variables).template(trust_as_template("{{ " + expression + " }}"))


def _show(unit: str, active: str, enabled: str) -> str:
    return f"Id={unit}.service\nLoadState=loaded\nActiveState={active}\nUnitFileState={enabled}\n"


@pytest.mark.parametrize(
    ("kind", "wanted", "units", "sure"),
    [
        ("ufw", "any", [("ufw", "active", "enabled"), ("firewalld", "active", "enabled")], True),
        ("ufw", "any", [("ufw", "active", "enabled"), ("nftables", "inactive", "enabled")], True),
        ("ufw", "any", [("ufw", "active", "enabled"), ("nftables", "active", "enabled")], False),  # a stop flushes both
        ("nftables", "any", [("nftables", "active", "enabled")], True),
        ("nftables", "any", [("nftables", "inactive", "disabled")], False),  # none is in use
        ("firewalld", "ufw, nftables or iptables", [("firewalld", "active", "enabled")], False),
    ],
)
def test_which_firewall_stays_is_left_to_a_person_unless_it_is_sure(
    kind: str, wanted: str, units: list[tuple[str, str, str]], sure: bool
) -> None:
    told = {
        "firewall_kind": kind,
        "firewall_units": {"stdout": "\n".join(_show(*unit) for unit in units)},
        "rempart_values": {"FWL-06": {"firewall": wanted}},
    }
    task = "FWL-06 | Leave it to a person which one stays, where that is not sure"
    assert ask("firewall/tasks/linux/fwl-06.yml", task, "firewall_sure", told) is sure


@pytest.mark.parametrize(
    ("units", "running", "left"),
    [
        ([["usbguard", "usbguard.service"]], "", "usbguard.service"),
        ([["usbguard", "usbguard.service"]], "usbguard.service", ""),
        ([["sshd", "sshd.service"], ["sshd", "ssh.service"]], "ssh.service", ""),
        ([["cron", "cron.service"], ["deny", "fapolicyd.service"]], "", "fapolicyd.service"),
        ([["cron", "cron.service"]], "", ""),
        ([["of the other kind", "fapolicyd.service"]], "", ""),
    ],
)
def test_what_may_keep_people_out_is_not_started(units: list[list[str]], running: str, left: str) -> None:
    told = {
        "software_units": {
            "stdout": f"Names={running}\nActiveState=active\n\nNames=other.service\nActiveState=inactive\n"
        },
        "ansible_facts": {"os_family": "Debian"},
        "rempart_values": {
            "SWH-05": {"packages": [], "units": units, "systems": [["of the other kind", "rpm"], ["cron", "deb"]]}
        },
    }
    task = "SWH-05 | Leave to a person what may keep people out as soon as it starts"
    assert ask("software/tasks/linux/swh-05.yml", task, "software_shutting", told) == left


@pytest.mark.parametrize(
    ("family", "there", "left"),
    [
        ("Debian", "", "firewalld"),
        ("Debian", "firewalld config-files\n", "firewalld"),
        ("Debian", "bash installed\nfirewalld installed\n", ""),
        ("RedHat", "", ""),  # there a package that comes starts nothing
    ],
)
def test_a_package_that_keeps_people_out_as_it_comes_is_not_brought(family: str, there: str, left: str) -> None:
    told = {
        "software_there": {"stdout": there},
        "ansible_facts": {"os_family": family},
        "rempart_values": {
            "SWH-05": {"packages": [["wall", "any", "firewalld"], ["aide", "any", "aide"]], "units": [], "systems": []}
        },
    }
    task = "SWH-05 | Leave to a person what may keep people out as soon as it starts"
    assert ask("software/tasks/linux/swh-05.yml", task, "software_shutting", told) == left


def test_what_only_another_kind_of_packages_has_is_not_asked_for() -> None:
    """A unit or a setting of dnf is none that a machine with dpkg could have."""
    apply, gpg = (["/etc/dnf/automatic.conf", "commands", "apply_updates", "yes"], ["/etc/x.conf", "", "gpg", "1"])
    told = {
        "ansible_facts": {"os_family": "Debian"},
        "rempart_values": {
            "SWH-05": {
                "units": [["dnf", "dnf-automatic.timer"], ["cron", "cron.service"], ["both", "both.service"]],
                "settings": [["dnf", *apply], ["gpg", *gpg]],
                "systems": [["dnf", "rpm"], ["cron", "deb"], ["both", "rpm"], ["both", "deb"]],
            }
        },
    }
    task = "SWH-05 | Have the packages and services there"
    started = ask("software/tasks/linux/swh-05.yml", task, "software_started", told)
    assert [one["any_of"] for one in started] == [["both.service"], ["cron.service"]]
    assert [one["path"] for one in ask("software/tasks/linux/swh-05.yml", task, "software_keys", told)] == [
        "/etc/x.conf"
    ]


def test_what_the_sources_do_not_offer_is_said_before_anything_is_done() -> None:
    policy = "aide:\n  Installed: (none)\n  Candidate: 0.19\nghost:\n  Installed: (none)\n  Candidate: (none)\n"
    packages = [["aide", "any", "aide"], ["ghost", "deb", "ghost"], ["kin", "rpm", "kin"], ["bash", "any", "bash"]]
    told = {
        "ansible_facts": {"os_family": "Debian"},
        "software_there": {"stdout": "bash installed\n"},
        "software_offers": {"stdout": policy},
        "rempart_values": {"SWH-05": {"packages": packages}},
    }
    task = "SWH-05 | Ask for what the sources have"
    assert ask("software/tasks/linux/swh-05.yml", task, "software_nowhere", told) == "ghost"
    told["software_offers"] = {
        "stdout": "",
        "rc": 100,
    }  # E: Malformed entry 1 in list file: nobody knows what is offered
    assert ask("software/tasks/linux/swh-05.yml", task, "software_nowhere", told) == ""


OPEN = "ExecStart={ path=/bin/bash ; argv[]=/bin/bash ; ignore_errors=yes }\n"
ASKS = (
    "ExecStart={ path=/usr/lib/systemd/systemd-sulogin-shell ; argv[]=/usr/lib/systemd/systemd-sulogin-shell rescue }\n"
)


@pytest.mark.parametrize(
    ("root", "forced", "units", "goes_on"),
    [
        ("root L 2026-11-29 0 99999 7 -1", "", ASKS, True),  # it is closed already
        ("root L 2026-11-29 0 99999 7 -1", "/etc/systemd/system/rescue.service.d/a.conf", ASKS, False),
        ("root L 2026-11-29 0 99999 7 -1", "", ASKS + "\n" + OPEN, False),
        ("root LK 2026-11-29 0 99999 7 -1 (Password locked.)", "", OPEN, False),
        ("root P 2026-11-29 0 99999 7 -1", "/etc/systemd/system.conf", OPEN, True),
        ("root PS 2026-11-29 0 99999 7 -1 (Password set, SHA512 crypt.)", "", OPEN, True),
        ("", "", OPEN, False),  # nobody knows
    ],
)
def test_a_rescue_console_is_not_closed_on_a_root_without_a_password(
    root: str, forced: str, units: str, goes_on: bool
) -> None:
    told = {"boot_root": {"stdout": root}, "boot_rescue": {"results": [{"stdout": forced}, {"stdout": units}]}}
    assert (
        ask("boot/tasks/linux/bot-01.yml", "BOT-01 | Leave somebody a way in", "boot_kept or not boot_open", told)
        is goes_on
    )


DEBIANS = [
    {"exists": True, "mode": "2755", "gr_name": "crontab", "uid": 0},
    {"exists": True, "mode": "6755", "gr_name": "daemon", "uid": 1},
]
REDHATS = [{"exists": True, "mode": "4755", "gr_name": "root", "uid": 0}] * 2
JOBS = "/var/spool/cron/crontabs/anna anna\n/var/spool/cron/atjobs/a00001 bert\n"


@pytest.mark.parametrize(
    ("programs", "allowed", "jobs", "allow", "groups", "lost"),
    [
        (DEBIANS, ("crontab", "daemon"), JOBS, "", ["crontab", "daemon"], ""),
        (DEBIANS, ("root", "root"), JOBS, "", ["root", "root"], "/etc/cron.allow (crontab), /etc/at.allow (daemon)"),
        (DEBIANS, ("root", "daemon"), "", "root\ncarl\n", ["root", "daemon"], "/etc/cron.allow (crontab)"),
        (DEBIANS, ("root", "root"), "", "root\n", ["root", "root"], ""),  # root needs no list
        (REDHATS, ("crontab", "daemon"), JOBS, "", ["root", "root"], ""),
        ([{"exists": False}] * 2, ("crontab", "daemon"), "", "", ["root", "root"], ""),
    ],
)
def test_a_list_of_planners_is_one_that_its_program_can_read(
    programs: list[dict[str, Any]], allowed: tuple[str, str], jobs: str, allow: str, groups: list[str], lost: str
) -> None:
    """On Debian, crontab and at read their lists by a group: where these are root's alone nobody may plan jobs."""
    lists = [{}, {}, {"content": base64.b64encode(allow.encode()).decode()} if allow else {}, {}]
    told = {
        "privileges_list_programs": {"results": [{"stat": one} for one in programs]},
        "privileges_jobs": {"stdout": jobs},
        "privileges_lists": {"results": lists},
        "rempart_values": {"FIL-06": {"allow_group": allowed[0], "at_group": allowed[1], "require_allow": 1}},
    }
    found = ask(
        "privileges/tasks/linux/fil-06.yml", "FIL-06 | Close cron and at", "[privileges_groups, privileges_lost]", told
    )
    assert found == [groups, lost]


@pytest.mark.parametrize(
    ("line", "group"),
    [
        ("640 0 root 990 splunk f /var/log/audit/audit.log", None),  # log_group of auditd: a collector reads by it
        ("640 0 root 990 990 f /var/log/audit/audit.log", "root"),
        ("640 0 root 990 splunk f /var/log/app.log", "root"),
    ],
)
def test_the_reader_of_the_audit_trail_stays(line: str, group: str | None) -> None:
    files = [["/var/log/**", "0640", "root syslog", "root adm", "debian"]]
    told = {
        "logging_stands": {"stdout_lines": [line]},
        "ansible_facts": {"os_family": "Debian"},
        "rempart_values": {"LOG-07": {"files": files}},
    }
    (spec,) = ask("logging/tasks/linux/log-07.yml", "LOG-07 | Close the logs", "logging_modes", told)
    assert (spec["careful"], spec.get("group")) == (True, group)


@pytest.mark.parametrize(
    ("text", "written"),
    [
        (r"One.\nTwo.", r"'One.\nTwo.'"),
        ("L'accès", r"'L\'accès'"),
        (r"C:\temp", r"'C:\\temp'"),
    ],
)
def test_a_banner_is_written_as_gvariant_reads_it(text: str, written: str) -> None:
    task = "LCK-05 | Set and lock what the login screen and sessions show"
    told = {"rempart_values": {"LCK-05": {"banner_text": text}}}
    assert ask("screen_lock/tasks/linux/lck-05.yml", task, "screen_lock_text", told) == written


def _see_automounter(mounted: str) -> Any:
    told = {
        "mounts_seen": {"rc": 0, "stdout_lines": mounted.splitlines()},
        "rempart_values": {"MNT-03": {"autofs_package": 0, "remote_noexec": 0}},
    }
    task = "MNT-03 | Take devices and set-uid programs off what is removable or remote"
    return ask("mounts/tasks/linux/mnt-03.yml", task, "mounts_idle", told)


@pytest.mark.parametrize(
    ("mounted", "idle"),
    [
        ("ext4 /dev/sda1 /", True),
        ("autofs /etc/auto.misc /misc\next4 /dev/sda1 /", True),
        ("autofs /etc/auto.misc /misc\nnfs server:/x /misc/x", False),
        ("autofs /etc/auto.direct /srv/data\nnfs server:/x /srv/data", False),  # a direct map mounts just there
        ("autofs /etc/auto.direct /srv/data\nnfs server:/x /srv/database", True),
        ("autofs systemd-1 /srv/data\nnfs server:/x /srv/data", True),  # it is systemd's
    ],
)
def test_an_automounter_that_is_in_use_is_left(mounted: str, idle: bool) -> None:
    assert _see_automounter(mounted) is idle


@pytest.mark.parametrize("path", ["media/tasks/linux/krn-09.yml", "mounts/tasks/linux/mnt-03.yml"])
def test_a_service_is_stopped_before_it_is_masked_since_a_rollback_goes_the_other_way(path: str) -> None:
    """What is masked still can't be started."""
    (task,) = (one for one in yaml_text.load_file(ROLES / path) if "rempart_fix" in one)
    values = {"KRN-09": {"allow_bluetooth": 0, "dns_modes": []}}
    told = {"mounts_idle": True, "media_bluetooth_seen": {}, "rempart_values": values}
    units = ask(path, task["name"], task["rempart_fix"]["units"].strip().removeprefix("{{").removesuffix("}}"), told)
    assert [{"active", "masked"} & {*one} for one in units] == [{"active"}, {"masked"}]


@pytest.mark.parametrize(
    ("said", "mode"),
    [
        ("", "default"),
        ("/etc/NetworkManager/conf.d/a.conf:dns=none\n/etc/NetworkManager/NetworkManager.conf:dns=default", "none"),
        ("/etc/NetworkManager/NetworkManager.conf:dns=default\n/etc/NetworkManager/conf.d/a.conf:dns=none", "none"),
        (
            "/etc/NetworkManager/NetworkManager.conf: dns = none \n/usr/lib/NetworkManager/conf.d/z.conf:dns=default",
            "none",
        ),
        ("/etc/NetworkManager/conf.d/b.conf:dns=dnsmasq\n/etc/NetworkManager/conf.d/a.conf:dns=none", "none"),
        ("/etc/NetworkManager/conf.d/a.conf:dns=none\n/etc/NetworkManager/conf.d/B.conf:dns=default", "none"),
    ],
)
def test_the_way_names_are_set_stays_where_it_is_one_of_the_good(said: str, mode: str) -> None:
    told = {
        "media_named": {"stdout_lines": said.splitlines()},
        "rempart_values": {"KRN-09": {"dns_modes": ["default", "none"]}},
    }
    task = "KRN-09 | Switch the radio off, and say who sets name servers"
    assert ask("media/tasks/linux/krn-09.yml", task, "media_mode", told) == mode


@pytest.mark.parametrize(("seen", "stopped"), [([], True), (["hci0"], True), (["hci0", "hci0:256"], False)])
def test_bluetooth_to_which_a_device_is_connected_is_left(seen: list[str], stopped: bool) -> None:
    """It may be the only keyboard, or the way in."""
    path = "media/tasks/linux/krn-09.yml"
    (task,) = (one for one in yaml_text.load_file(ROLES / path) if "rempart_fix" in one)
    values = {"KRN-09": {"allow_bluetooth": 0, "dns_modes": []}}
    told = {"media_bluetooth_seen": {"stdout_lines": seen}, "rempart_values": values}
    units = task["rempart_fix"]["units"].removeprefix("{{").removesuffix("}}")
    assert bool(ask(path, task["name"], units, told)) is stopped
