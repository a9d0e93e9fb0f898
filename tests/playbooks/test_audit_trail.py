"""The fixes of the audit trail, as Ansible renders them, on trees of Debian and RHEL: the checks take them."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from rempart_testing import yaml_text
from rempart_testing.machine import Machine, TreeEngine
from rempart_testing.own_checks import own_checks

from playbooks.fix.root import Root
from playbooks.test_render import PLAYBOOKS, play
from rempart_agent.audit.examine import Circumstances, examine
from rempart_core.model.result import Result
from rempart_core.model.selection import Selected

CHECKS = {check.id: check for check in own_checks() if check.id.startswith("AUD-")}
RULES = [f"AUD-{number:02}" for number in range(1, 14)]
TRACED = [one for one in RULES if one not in {"AUD-12", "AUD-13"}]
PLACES = {"debian": ("/etc/debian_version", "/etc/apparmor.d"), "rhel": ("/etc/redhat-release", "/etc/selinux")}
_ELF = b"\x7fELF\x02\x01\x01" + bytes(9) + b"\x03\x00\x3e\x00"  # elf(5): of 64 bits, for x86-64
# as Debian 13 has it (auditd 4.0.2)
_AUDITD = """log_file = /var/log/audit/audit.log
log_group = adm
log_format = ENRICHED
flush = INCREMENTAL_ASYNC
freq = 50
max_log_file = 8
num_logs = 5
name_format = NONE
max_log_file_action = ROTATE
space_left = 75
space_left_action = SYSLOG
action_mail_acct = root
admin_space_left = 50
admin_space_left_action = SUSPEND
disk_full_action = SUSPEND
disk_error_action = SUSPEND
overflow_action = SYSLOG
"""
_UNIT = "[Service]\nExecStart=/usr/sbin/augenrules --load\n"
_CONFIG = PLAYBOOKS / "vars/fixes.yml"


def values_of(family: str) -> dict[str, Any]:
    """Return the default values; rows whose place is not one of a family ask for nothing."""
    values: dict[str, Any] = yaml_text.load_file(_CONFIG)["rempart_defaults"]
    values = {check: dict(one) for check, one in values.items() if check in CHECKS}
    for check in ("AUD-03", "AUD-04"):
        rows = [row for row in values[check]["files"] if row[2] in ("", *PLACES[family])]
        values[check]["files"] = [[path, kind, ""] for path, kind, _ in rows]
    percent = {"space_left_percent": 25, "admin_space_left_percent": 5}
    values["AUD-14"].update({"debian": {"space_left_mb": 100, "freq": 100}, "rhel": percent}[family])
    return values


@pytest.fixture
def root(tmp_path: Path) -> Root:
    return Root(tmp_path)


@pytest.fixture(scope="module", params=["debian", "rhel"])
def rendered(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, dict[str, Any]]:
    """Return a family, and what the fixes of rules declare with its values, without packages and services."""
    folder = tmp_path_factory.mktemp("play")
    (folder / "roles").symlink_to(PLAYBOOKS / "roles")
    checks = [*TRACED, "AUD-13", "AUD-14"]
    told, _, left = play(folder, [{"id": one, "role": "audit"} for one in checks], values_of(request.param))
    assert not left
    kept = ("check", "lines", "audit_rules", "keys")
    fixes = {one["fix"]["check"]: {name: one["fix"][name] for name in kept if name in one["fix"]} for one in told}
    assert sorted(fixes) == sorted(checks)
    return request.param, fixes


def lay(root: Root, family: str) -> Machine:
    """Lay out a system whose rules trace nothing: those that come with the package, and one that stops all others."""
    machine = Machine(root.top)
    for path in ("/usr/lib/systemd/systemd", "/usr/sbin/auditctl"):
        machine.file(path, _ELF, 0o755)
    machine.file("/usr/sbin/augenrules", "#!/bin/sh\n", 0o755)
    machine.file("/usr/lib/systemd/system/default.target", "[Unit]\nWants=audit-rules.service\n")
    machine.file("/usr/lib/systemd/system/audit-rules.service", _UNIT)
    machine.file("/etc/audit/rules.d/audit.rules", "-D\n-b 8192\n-f 1\n", 0o640)
    machine.file("/etc/audit/rules.d/10-none.rules", "## nothing at all\n-a never,task\n", 0o640)
    for folder in ("/run", "/var/log", "/etc/security", "/etc/sudoers.d", "/usr/bin", PLACES[family][1]):
        machine.folder(folder)
    machine.link("/var/run", "/run")
    machine.link("/sbin", "usr/sbin")
    if family == "debian":
        machine.file("/etc/debian_version", "13.1\n")
        machine.folder("/etc/network")
        machine.folder("/etc/pam.d")
    else:  # authselect's files lie behind links
        machine.file("/etc/redhat-release", "Rocky Linux release 9.4\n")
        machine.file("/etc/sysconfig/network", "")
        machine.file("/etc/authselect/nsswitch.conf", "passwd: files\n")
        machine.link("/etc/nsswitch.conf", "/etc/authselect/nsswitch.conf")
        machine.file("/etc/pam.d/system-auth", "")
        machine.file("/usr/share/zoneinfo/UTC", "")
        machine.link("/etc/localtime", "../usr/share/zoneinfo/UTC")
    return machine


def judge(check_id: str, machine: Machine, values: Mapping[str, Any]) -> Result:
    """Return what a check says of a tree, as that of a machine that is off."""
    check = CHECKS[check_id]
    defaults = {name: parameter.default for name, parameter in check.parameters.items()}
    rows = {name: tuple(map(tuple, one)) if isinstance(one, list) else one for name, one in values.items()}
    selected = Selected(check, check.severity, {**defaults, **rows})
    with closing(TreeEngine(machine.offline())) as engine:
        return examine(selected, engine, Circumstances("linux", "image", privileged=True, walk=True))


def told(result: Result) -> str:
    rows = result.evidence.rows if result.evidence else []
    return f"{result.state.value}: {result.reason.en} {[dict(row) for row in rows if row.get('ok') != '1'][:3]}"


def test_each_drop_in_makes_its_check_pass_and_is_taken_back(rendered: tuple[str, dict[str, Any]], root: Root) -> None:
    family, fixes = rendered
    fixes = {check: fix for check, fix in fixes.items() if check != "AUD-14"}
    machine, values = lay(root, family), values_of(family)
    before = root.stand()
    assert {one: judge(one, machine, values[one]).state.value for one in fixes} == dict.fromkeys(fixes, "fail")
    done = root.fix(*fixes.values())
    assert [one["check"] for one in done if one["failed"]] == []
    for check in fixes:
        result = judge(check, machine, values[check])
        assert result.state.value == "pass", told(result)
    assert [one["check"] for one in root.fix(*fixes.values()) if one["changed"]] == []
    assert {row["word"] for row in root.undo()["rows"]} == {"back"}
    assert root.stand() == before


def test_one_is_taken_back_alone_and_the_others_stay(rendered: tuple[str, dict[str, Any]], root: Root) -> None:
    family, fixes = rendered
    machine, values = lay(root, family), values_of(family)
    root.fix(*fixes.values())
    for check in ("AUD-05", "AUD-13", "AUD-01"):
        root.undo(check)
        assert judge(check, machine, values[check]).state.value == "fail"
        for other in ("AUD-02", "AUD-10", "AUD-11"):
            result = judge(other, machine, values[other])
            assert result.state.value == "pass", told(result)


def test_rules_of_others_stand_beside_ours_with_the_same_words(
    rendered: tuple[str, dict[str, Any]], root: Root
) -> None:
    """auditctl ends its load at a rule that the kernel has already; the key makes ours another one."""
    family, fixes = rendered
    machine, values = lay(root, family), values_of(family)
    own = "-w /etc/passwd -p wa -k identity\n-w /etc/group -p wa -k identity\n"
    machine.file("/etc/audit/rules.d/50-rempart-log-01.rules", own, 0o600)
    root.fix(*fixes.values())
    assert root.read("/etc/audit/rules.d/50-rempart-log-01.rules") == own
    for check in ("AUD-01", "AUD-09", "AUD-13"):
        result = judge(check, machine, values[check])
        assert result.state.value == "pass", told(result)


@pytest.mark.skipif(not shutil.which("augenrules") or os.geteuid() != 0, reason="needs augenrules, and root")
def test_augenrules_puts_the_lock_last(rendered: tuple[str, dict[str, Any]], root: Root) -> None:
    family, fixes = rendered
    lay(root, family)
    root.fix(*fixes.values())
    script = f"mount --bind {root.top}/etc/audit /etc/audit && augenrules >/dev/null 2>&1; cat /etc/audit/audit.rules"
    done = subprocess.run(["unshare", "-m", "sh", "-c", script], capture_output=True, text=True, check=True)
    lines = [line for line in done.stdout.splitlines() if line and not line.startswith("#")]
    assert lines[-1] == "-e 2"
    assert {f"rempart-{one.lower()}" for one in TRACED} <= {
        word for line in lines for word in line.replace("=", " ").split()
    }


def test_auditd_starts_with_what_it_is_told(rendered: tuple[str, dict[str, Any]], root: Root) -> None:
    family, fixes = rendered
    machine, values = Machine(root.top), values_of(family)["AUD-14"]
    machine.file("/etc/audit/auditd.conf", _AUDITD, 0o640)
    before = root.stand()
    assert judge("AUD-14", machine, values).state.value == "fail"
    fix = fixes["AUD-14"]
    assert [one["failed"] for one in root.fix(fix)] == [False]
    result = judge("AUD-14", machine, values)
    assert result.state.value == "pass", told(result)
    assert not root.fix(fix)[0]["changed"]
    assert {row["word"] for row in root.undo()["rows"]} == {"back"}
    assert root.stand() == before


def test_programs_that_give_rights_are_traced_where_they_lie(root: Root) -> None:
    machine = lay(root, "debian")
    for path, mode in (("/usr/bin/sudo", 0o4755), ("/usr/sbin/usermod", 0o755), ("/srv/odd name", 0o4755)):
        machine.file(path, _ELF, mode)
    machine.file("/etc/passwd", "root:x:0:0::/root:/bin/sh\n")
    machine.link("/usr/bin/sudoedit", "sudo")
    asked = ["/usr/bin/sudo", "/usr/bin/sudoedit", "/usr/sbin/usermod", "/srv/odd name", "/gone/away"]
    events = [f"perm=x people=1000 file={path}" for path in asked]
    fix = {"check": "AUD-12", "audit_rules": {"events": events}}
    assert [one["failed"] for one in root.fix(fix)] == [False]
    text = root.read("/etc/audit/rules.d/40-rempart-aud-12.rules")
    one = "-a always,exit -F path={} -F perm=x -F auid>=1000 -F auid!=unset -F key=rempart-aud-12"
    assert text.splitlines() == [
        "# Rempart, AUD-12",
        "# left out: /srv/odd name",
        "# left out: /gone/away",
        one.format("/usr/bin/sudo"),
        one.format("/usr/sbin/usermod"),
    ]


def test_settings_that_halt_are_said_before_they_are_written() -> None:
    said = yaml_text.load_file(PLAYBOOKS / "roles/audit/fixes.yml")["AUD-14"]["linux"]["partly"]
    assert "halt" in said["en"]
    assert "halt" in said["fr"]
