"""Names and contents of systemd's unit files (systemd.unit(5), systemd.syntax(7))."""

import re
from typing import Dict, List

Section = Dict[str, List[str]]
"""The settings of a section, each with its values in order."""
_TYPES = ("service", "socket", "target", "timer", "mount", "automount", "path", "slice", "swap", "device", "scope")


def is_unit(name: str) -> bool:
    """Tell whether a file name is that of a unit."""
    stem, _, kind = name.rpartition(".")
    return bool(stem) and kind in _TYPES


def template(name: str) -> str:
    """Return the template of an instance (``getty@.service`` of ``getty@tty1.service``), or ``""`` for another name."""
    before, at, after = name.partition("@")
    instance, _, kind = after.rpartition(".")
    return before + "@." + kind if at and instance else ""


def parse(text: str, section: str) -> Section:
    """Return the settings of one section of a unit file (systemd.syntax(7)), each with its values in order.

    An empty value takes back those before it.
    """
    found: Section = {}
    here = ""
    lines = iter(text.split("\n"))
    for line in lines:
        line = line.strip()
        if not line or line[0] in "#;":
            continue
        while line.endswith("\\"):
            following = next(lines, "").strip()
            if following[:1] not in ("#", ";"):  # a comment does not end a value
                line = line[:-1] + " " + following
        if line.startswith("["):
            here = line.strip("[]")
            continue
        key, equals, value = line.partition("=")
        if here == section and equals:
            value = value.strip()
            found[key.strip()] = [*found.get(key.strip(), ()), value] if value else []
    return found


def words(section: Section, key: str) -> List[str]:
    """Return the words of a setting that is a list."""
    return [word for value in section.get(key, ()) for word in value.split()]


def expand(value: str, name: str) -> str:
    """Return a value with the specifiers that stand for parts of the unit's name replaced by them."""
    if "%" not in value:
        return value
    stem = name.rpartition(".")[0]
    prefix, _, instance = stem.partition("@")
    parts = {"n": name, "N": stem, "p": prefix, "i": instance, "I": instance, "%": "%"}
    return re.sub("%(.)", lambda m: parts.get(m.group(1), m.group(0)), value)
