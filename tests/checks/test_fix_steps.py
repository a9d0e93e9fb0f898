"""The steps of our own checks: each platform has some, no host gets another system’s, shells take them."""

from __future__ import annotations

import subprocess

import pytest
from rempart_testing.own_checks import own_checks

from rempart_core.model.check import Check
from rempart_core.model.fix_steps import for_host

CHECKS = own_checks()
SYSTEMS = {
    "linux": ("Debian GNU/Linux 13 (trixie)", "Rocky Linux 9.4 (Blue Onyx)", "SLES 15-SP6", "Arch Linux"),
    "darwin": ("macOS 15.1",),
    "windows": ("Microsoft Windows 11 Pro",),
    "organisation": ("",),
}


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.id)
def test_each_platform_has_steps(check: Check) -> None:
    assert check.remediation.manual.en == "", "write steps: a text for all systems names those of others"
    for platform in check.platforms:
        for system in SYSTEMS[platform]:
            steps = for_host(check.remediation, platform, system).steps
            assert len(steps) == 1, f"{system}: {[one for one, _ in steps]}"
            assert steps[0][1]


def test_no_debian_host_is_told_of_windows_or_of_another_package_manager() -> None:
    for check in CHECKS:
        if "linux" not in check.platforms:
            continue
        for system, foreign in {
            "Debian GNU/Linux 13": ("dnf ", "zypper ", "reg add", "HKLM", "sudo defaults"),
            "Rocky Linux 9.4": ("apt-get", "apt install", "zypper ", "reg add", "HKLM", "dpkg"),
            "SLES 15-SP6": ("apt-get", "apt install", "dnf ", "reg add", "HKLM", "dpkg"),
        }.items():
            text = for_host(check.remediation, "linux", system).manual
            found = [one for one in foreign for language in text if one in language]
            assert not found, f"{check.id}, {system}: {found}"


def test_a_shell_can_read_each_command_of_linux_and_macos() -> None:
    commands = sorted(
        {
            step.command
            for check in CHECKS
            for system, steps in check.remediation.steps
            for step in steps
            if step.command and system != "windows"
        }
    )
    assert len(commands) > 200
    for command in commands:
        read = subprocess.run(["bash", "-n"], input=command, text=True, capture_output=True, check=False)
        assert read.returncode == 0, f"{command}\n{read.stderr}"
