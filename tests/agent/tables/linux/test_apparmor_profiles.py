"""Table apparmor_profiles: the profiles that are loaded, and an error where nobody can look."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from rempart_testing.target import RecordedTarget

from rempart_agent.source.contract import Denied, Missing, NotObservable, Query
from rempart_agent.tables.linux import apparmor_profiles
from rempart_agent.targets.root import RootTarget

Machine = Callable[..., RecordedTarget]
Deny = Callable[[RootTarget, str], None]
PROFILES = "/sys/kernel/security/apparmor/policy/profiles/"
APPARMOR = {
    PROFILES + "nvidia_modprobe.5/name": "nvidia_modprobe\n",
    PROFILES + "nvidia_modprobe.5/attach": "<unknown>\n",
    PROFILES + "nvidia_modprobe.5/mode": "enforce\n",
    PROFILES + "nvidia_modprobe.5/sha256": "0bb7\n",
    PROFILES + "nvidia_modprobe.5/profiles/kmod.6/name": "kmod\n",
    PROFILES + "nvidia_modprobe.5/profiles/kmod.6/attach": "kmod\n",
    PROFILES + "nvidia_modprobe.5/profiles/kmod.6/mode": "enforce\n",
    PROFILES + "nvidia_modprobe.5/profiles/kmod.6/sha1": "ab\n",
    PROFILES + "firefox.1/name": "firefox\n",
    PROFILES + "firefox.1/attach": "/usr/lib/firefox/firefox\n",
    PROFILES + "firefox.1/mode": "complain\n",
    PROFILES + "unloading.2/": "",
}


def _ask(table: Any, target: RootTarget) -> list[dict[str, Any]]:
    return [dict(row) for row in table.rows(target, Query())]


def test_a_root_filesystem_enforces_nothing(tmp_path: Path) -> None:
    with pytest.raises(NotObservable):
        _ask(apparmor_profiles, RootTarget(str(tmp_path)))


def test_profiles_and_those_inside_them(machine_of: Machine) -> None:
    assert _ask(apparmor_profiles, machine_of(APPARMOR)) == [
        {"path": "firefox", "name": "firefox", "attach": "/usr/lib/firefox/firefox", "mode": "complain"},
        {
            "path": "nvidia_modprobe",
            "name": "nvidia_modprobe",
            "attach": "<unknown>",
            "mode": "enforce",
            "sha256": "0bb7",
        },
        {"path": "nvidia_modprobe//kmod", "name": "kmod", "attach": "kmod", "mode": "enforce", "sha1": "ab"},
    ]


@pytest.mark.parametrize("files", [{"/sys/kernel/": ""}, {"/sys/module/apparmor/parameters/enabled": "N\n"}])
def test_a_kernel_without_apparmor_has_no_profiles(machine_of: Machine, files: dict[str, str]) -> None:
    assert _ask(apparmor_profiles, machine_of({"/sys/kernel/": "", **files})) == []


def test_apparmor_that_can_not_be_looked_at_is_an_error(machine_of: Machine, deny: Deny) -> None:
    enabled = {"/sys/kernel/security/": "", "/sys/module/apparmor/parameters/enabled": "Y\n"}
    with pytest.raises(Missing, match="securityfs"):
        _ask(apparmor_profiles, machine_of(enabled))


def test_a_profile_that_may_not_be_read_is_an_error(machine_of: Machine, deny: Deny) -> None:
    target = machine_of(APPARMOR)
    deny(target, PROFILES + "firefox.1/mode")
    with pytest.raises(Denied):
        _ask(apparmor_profiles, target)


def test_a_machine_without_sysfs_is_an_error(machine_of: Machine) -> None:
    with pytest.raises(Missing):
        _ask(apparmor_profiles, machine_of({"/sys/": ""}))
