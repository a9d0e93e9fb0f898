"""Whose packages a system has."""

import re

from .contract import Refusal
from .sight import Sight


def find_system(sight: Sight) -> str:
    """Return whose packages they are: ``dpkg`` or ``rpm``."""
    release = (sight.read("/etc/os-release") or b"").decode("utf-8", "replace")
    words = {word for value in re.findall(r"(?m)^ID(?:_LIKE)?=[\"']?([^\"'\n]*)", release) for word in value.split()}
    if words & {"debian", "ubuntu"}:
        return "dpkg"
    if words & {"rhel", "fedora", "centos"}:
        return "rpm"
    raise Refusal("packages of this system are not known here", "les paquets de ce système sont inconnus ici")
