"""Which of two package managers a system is run by, where packages of both are on it."""

import re
from typing import List

from rempart_agent.readers.packages.update import DPKG, RPM
from rempart_agent.source.contract import Loop, Missing
from rempart_agent.source.target import Target

_SOURCES = ("/etc/os-release", "/usr/lib/os-release")
_IDS = re.compile(r"^(?:ID|ID_LIKE)=[\"']?([^\"'\n]*)", re.MULTILINE)
_FAMILIES = {
    DPKG: ("debian", "ubuntu"),
    RPM: ("rhel", "fedora", "centos", "rocky", "almalinux", "ol", "amzn", "suse", "opensuse", "sles", "sled", "mageia"),
}


def native(target: Target, dpkg_packages: int, rpm_packages: int) -> str:
    """Return ``dpkg`` or ``rpm``: by os-release(5), else by which database holds more packages.

    Args:
        target: What is looked at.
        dpkg_packages: How many dpkg holds.
        rpm_packages: How many rpm holds.
    """
    named = {manager for manager, ids in _FAMILIES.items() if any(word in ids for word in _words(target))}
    if len(named) == 1:
        return named.pop()
    return RPM if rpm_packages > dpkg_packages else DPKG


def _words(target: Target) -> List[str]:
    for path in _SOURCES:
        try:
            return " ".join(_IDS.findall(target.text(path))).lower().split()
        except (Missing, Loop):
            continue
    return []
