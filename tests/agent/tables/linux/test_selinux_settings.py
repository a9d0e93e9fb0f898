"""Table selinux_settings: what SELinux is set to, and an error where nobody can look."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from rempart_testing.target import RecordedTarget

from rempart_agent.source.contract import Denied, Malformed, Missing, NotObservable, Query
from rempart_agent.tables.linux import selinux_settings
from rempart_agent.targets.root import RootTarget

Machine = Callable[..., RecordedTarget]
Deny = Callable[[RootTarget, str], None]
SELINUX = {
    "/proc/mounts": "sysfs /sys sysfs rw 0 0\nselinuxfs /sys/fs/selinux selinuxfs rw,relatime 0 0\n",
    "/sys/fs/selinux/enforce": "1",
    "/sys/fs/selinux/policyvers": "33",
    "/sys/fs/selinux/mls": "1",
    "/sys/fs/selinux/deny_unknown": "0",
    "/sys/fs/selinux/reject_unknown": "0",
    "/sys/fs/selinux/booleans/httpd_can_network_connect": "0 0",
    "/sys/fs/selinux/booleans/ssh_sysadm_login": "1 1",
    "/sys/fs/selinux/booleans/pending": "0 1",
    "/sys/fs/selinux/policy_capabilities/open_perms": "1",
    "/sys/fs/selinux/initial_contexts/kernel": "system_u:system_r:kernel_t:s0\0",
    "/sys/fs/selinux/class/file/index": "6",
    "/sys/fs/selinux/class/file/perms/read": "2",
    "/sys/fs/selinux/class/file/perms/write": "3",
}


def _ask(table: Any, target: RootTarget) -> list[dict[str, Any]]:
    return [dict(row) for row in table.rows(target, Query())]


def test_a_root_filesystem_enforces_nothing(tmp_path: Path) -> None:
    with pytest.raises(NotObservable):
        _ask(selinux_settings, RootTarget(str(tmp_path)))


def test_what_selinux_is_set_to(machine_of: Machine) -> None:
    rows = _ask(selinux_settings, machine_of(SELINUX))
    found = {(row["scope"], row["key"]): row.get("value") for row in rows}
    assert found["", "enforce"] == "1"
    assert found["", "policyvers"] == "33"
    assert found["", "checkreqprot"] is None
    assert found["booleans", "httpd_can_network_connect"] == "off"
    assert found["booleans", "ssh_sysadm_login"] == "on"
    assert found["booleans", "pending"] == "off"
    assert found["initial_contexts", "kernel"] == "system_u:system_r:kernel_t:s0"
    assert [row["value"] for row in rows if row["scope"] == "class"] == ["read", "write"]
    assert ("class", "file/perms") in found


def test_a_kernel_without_selinux_has_no_settings(machine_of: Machine) -> None:
    assert _ask(selinux_settings, machine_of({"/proc/mounts": "sysfs /sys sysfs rw 0 0\n"})) == []


def test_selinux_that_can_not_be_looked_at_is_an_error(machine_of: Machine, deny: Deny) -> None:
    with pytest.raises(Missing, match="not mounted"):
        _ask(selinux_settings, machine_of({"/proc/mounts": "", "/sys/fs/selinux/": ""}))
    target = machine_of(SELINUX)
    deny(target, "/sys/fs/selinux/enforce")
    with pytest.raises(Denied):
        _ask(selinux_settings, target)


@pytest.mark.parametrize("value", ["", "2", "on", "01 1"])
def test_a_boolean_that_is_none_is_an_error(value: str) -> None:
    with pytest.raises(Malformed):
        selinux_settings.parse_boolean(value)
