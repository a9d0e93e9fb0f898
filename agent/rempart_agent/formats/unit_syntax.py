"""Names and contents of systemd's unit files (systemd.unit(5), systemd.syntax(7))."""

import re
from typing import Dict, List, Tuple

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

    Args:
        text: The unit file.
        section: Its name, without brackets.
    """
    found: Section = {}
    here = ""
    lines = text.split("\n")
    at = 0
    while at < len(lines):
        at, line = joined(lines, at)
        if not line or line[0] in "#;":
            continue
        if line.startswith("["):
            here = line.strip("[]")
            continue
        key, equals, value = line.partition("=")
        if here == section and equals:
            value = value.strip()
            found[key.strip()] = [*found.get(key.strip(), ()), value] if value else []
    return found


def joined(lines: List[str], at: int) -> Tuple[int, str]:
    """Return where the next logical line begins, and the one that begins at ``at``, by conf-parser.c's rules.

    A line goes on where an odd number of backslashes is its very end; the last of them becomes a blank. Comments on the
    way are left out.

    Args:
        lines: The lines of the file.
        at: The index of the first.
    """
    parts: List[str] = []
    while at < len(lines):
        line = lines[at].lstrip()
        at += 1
        if parts and line[:1] in ("#", ";"):
            continue
        bare = line[:-1] if line.endswith("\r") else line
        if (not parts and line[:1] in ("#", ";")) or (len(bare) - len(bare.rstrip("\\"))) % 2 == 0:
            parts.append(line)
            break
        parts.append(bare[:-1] + " ")
    return at, "".join(parts).strip()


def words(section: Section, key: str) -> List[str]:
    """Return the words of a setting that is a list.

    Args:
        section: Of :func:`parse`.
        key: The setting.
    """
    return [word for value in section.get(key, ()) for word in value.split()]


def expand(value: str, name: str) -> str:
    """Return a value with the specifiers that stand for parts of the unit's name replaced by them.

    Args:
        value: As it is written.
        name: The unit's.
    """
    if "%" not in value:
        return value
    stem = name.rpartition(".")[0]
    prefix, _, instance = stem.partition("@")
    parts = {"n": name, "N": stem, "p": prefix, "i": instance, "I": instance, "%": "%"}
    return re.sub("%(.)", lambda m: parts.get(m.group(1), m.group(0)), value)
