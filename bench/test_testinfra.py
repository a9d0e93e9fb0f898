"""The questions of goss.yaml in pytest-testinfra's form: the second peer of ``make bench``."""

from __future__ import annotations

from typing import Any

import pytest

MODES = {"/etc/shadow": 0o640, "/etc/gshadow": 0o640, "/etc/passwd": 0o644, "/etc/group": 0o644, "/etc/sudoers": 0o440}
PRESENT = ["/etc/crontab", "/boot/grub/grub.cfg", "/etc/clamav/freshclam.conf", "/etc/crypttab", "/etc/machine-id"]
CONTENTS = {
    "/etc/ssh/sshd_config": "^PermitRootLogin no",
    "/etc/login.defs": "^ENCRYPT_METHOD YESCRYPT",
    "/etc/security/pwquality.conf": "^minlen = 12",
    "/etc/apt/apt.conf.d/20auto-upgrades": "Unattended-Upgrade",
    "/etc/dconf/db/local.d/00-lock": "idle-delay",
    "/etc/fstab": "nosuid",
}
PACKAGES = ["sudo", "openssh-server", "unattended-upgrades", "nftables", "clamav-daemon"]
PARAMETERS = {"kernel.kptr_restrict": 1, "net.ipv4.ip_forward": 0, "net.ipv4.conf.all.accept_redirects": 0}


@pytest.mark.parametrize("path", MODES)
def test_mode(host: Any, path: str) -> None:
    assert host.file(path).mode == MODES[path]


@pytest.mark.parametrize("path", PRESENT)
def test_present(host: Any, path: str) -> None:
    assert host.file(path).exists


@pytest.mark.parametrize("path", CONTENTS)
def test_contents(host: Any, path: str) -> None:
    assert host.file(path).contains(CONTENTS[path])


@pytest.mark.parametrize("name", PACKAGES)
def test_package(host: Any, name: str) -> None:
    assert host.package(name).is_installed


@pytest.mark.parametrize("name", ["root", "nobody"])
def test_user(host: Any, name: str) -> None:
    assert host.user(name).exists


@pytest.mark.parametrize("name", ["shadow", "sudo"])
def test_group(host: Any, name: str) -> None:
    assert host.group(name).exists


@pytest.mark.parametrize("name", PARAMETERS)
def test_parameter(host: Any, name: str) -> None:
    assert host.sysctl(name) == PARAMETERS[name]


@pytest.mark.parametrize("name", ["sshd", "clamd"])
def test_process(host: Any, name: str) -> None:
    assert host.process.filter(comm=name)


def test_mount(host: Any) -> None:
    assert host.mount_point("/").exists
