"""Command lines of a service: systemd.service(5)."""

import re
from typing import List

from rempart_agent.models.unit import name as names
from rempart_agent.models.unit.load import Unit
from rempart_agent.models.unit.syntax import words


def expanded(text: str, unit: Unit) -> str:
    """Return a value with what its specifiers stand for; those that only a running system knows stay as they are."""
    try:
        return names.expand(text, unit.name)
    except ValueError:
        return text


def lines(unit: Unit, key: str) -> List[str]:
    """Return the command lines of a setting (``ExecStart``) that count, prefixes included."""
    return [expanded(setting.value, unit) for setting in unit.values("Service", key)]


def program(line: str) -> str:
    """Return the program of a command line: its first word without prefixes."""
    try:
        found = words(line)
    except ValueError:
        found = line.split()
    return re.sub(r"^[-@:+!]*", "", found[0]) if found else ""
