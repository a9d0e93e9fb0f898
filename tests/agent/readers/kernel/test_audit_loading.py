"""What loads the rules of the audit subsystem at the next start: units as packages and people write them."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping

import pytest

from rempart_agent.readers.kernel.audit_loading import loading, machine
from rempart_agent.targets.root import RootTarget

RootOf = Callable[[Mapping[str, "str | bytes"]], RootTarget]

_ELF = b"\x7fELF\x02\x01\x01" + bytes(9) + b"\x03\x00\x3e\x00"
_TARGET = "[Unit]\n"
_SYSTEM: dict[str, str | bytes] = {
    "/usr/lib/systemd/systemd": _ELF,
    "/usr/lib/systemd/system/default.target": _TARGET,
    "/usr/sbin/augenrules": "#!/bin/sh\n",
    "/usr/sbin/auditctl": _ELF,
    "/etc/audit/rules.d/a.rules": "-w /etc/passwd\n",
}
# init.d/audit-rules.service.in and init.d/auditd.service.in of audit 4.0, init.d/auditd.service of audit 3.0
_RULES = "[Service]\nType=oneshot\nExecStart=/usr/sbin/augenrules --load\n[Install]\nWantedBy=multi-user.target\n"
_OLD = "[Service]\nExecStart=/sbin/auditd\nExecStartPost=-{}\n[Install]\nWantedBy=multi-user.target\n"


def _units(**units: str) -> dict[str, str | bytes]:
    files: dict[str, str | bytes] = dict(_SYSTEM)
    wanted = " ".join(name.replace("_", "-") + ".service" for name in units)
    files["/usr/lib/systemd/system/default.target"] = f"[Unit]\nWants={wanted}\n"
    for name, text in units.items():
        unit = name.replace("_", "-") + ".service"
        files["/usr/lib/systemd/system/" + unit] = text
    return files


@pytest.mark.parametrize(
    ("units", "expected"),
    [
        ({"audit_rules": _RULES}, ("rules.d", True)),
        ({"auditd": _OLD.format("/usr/sbin/augenrules --load")}, ("rules.d", True)),
        ({"auditd": _OLD.format("/usr/sbin/auditctl -R /etc/audit/audit.rules")}, ("audit.rules", True)),
        ({"auditd": _OLD.format("/usr/sbin/auditctl -R /opt/my.rules")}, ("", False)),
        ({"auditd": _OLD.format("/bin/true augenrules --load")}, ("", True)),
        ({"auditd": _OLD.format("/opt/no/augenrules --load")}, ("", True)),
        ({"audit_rules": "[Unit]\nConditionKernelCommandLine=!audit=0\n" + _RULES}, ("rules.d", True)),
        ({"audit_rules": "[Unit]\nConditionPathExists=/etc/nowhere\n" + _RULES}, ("", True)),
        ({"audit_rules": "[Unit]\nConditionHost=other\n" + _RULES}, ("", False)),
        ({}, ("", True)),
    ],
)
def test_what_the_next_start_loads(root_of: RootOf, units: dict[str, str], expected: tuple[str, bool]) -> None:
    found = loading(root_of(_units(**units)))
    assert (found.source, found.known) == expected
    assert bool(found.why) == (not found.source)


def test_what_nothing_starts_loads_nothing(root_of: RootOf) -> None:
    files = _units(audit_rules=_RULES)
    files["/usr/lib/systemd/system/default.target"] = _TARGET
    assert loading(root_of(files)).source == ""


def test_without_the_folder_it_is_the_file(root_of: RootOf) -> None:
    files = _units(audit_rules=_RULES)
    del files["/etc/audit/rules.d/a.rules"]
    assert loading(root_of(files)).source == "audit.rules"


def test_a_file_that_everybody_may_write_is_refused(root_of: RootOf) -> None:
    units = {"auditd": _OLD.format("/usr/sbin/auditctl -R /etc/audit/audit.rules")}
    target = root_of({**_units(**units), "/etc/audit/audit.rules": "-w /etc/passwd\n"})
    assert loading(target).source == "audit.rules"
    os.chmod(target.root + "/etc/audit/audit.rules", 0o646)
    assert (loading(target).source, loading(target).known) == ("", True)


def test_without_systemd_nothing_is_known(root_of: RootOf) -> None:
    assert loading(root_of({"/etc/audit/rules.d/a.rules": ""})).known is False


def test_a_program_tells_the_machine(root_of: RootOf) -> None:
    assert machine(root_of({"/usr/sbin/auditctl": _ELF})) == "x86_64"
    assert machine(root_of({"/usr/sbin/auditctl": "#!/bin/sh\n", "/bin/sh": _ELF})) == "x86_64"
    assert machine(root_of({"/usr/sbin/auditctl": _ELF.replace(b"\x3e", b"\xf3")})) == ""
    assert machine(root_of({"/etc/": ""})) == ""
