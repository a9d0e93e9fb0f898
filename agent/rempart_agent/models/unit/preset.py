"""What a unit is preset to: systemd.preset(5), read_presets of src/shared/install.c.

``systemctl preset`` sets units so, packages ask for it when they are installed, and the first start of an image does it
for all units.
"""

from fnmatch import fnmatchcase
from typing import List, Tuple

from rempart_agent.models.unit import name as names
from rempart_agent.models.unit.files import ABSENT, Files, Loop, dropins, resolve

FOLDERS = ("/etc", "/run", "/usr/local/lib", "/usr/lib")
_ACTIONS = {"enable": "enabled", "disable": "disabled", "ignore": "ignored"}
_BLANK = " \t\n\r"
_MAGIC = frozenset("*?[")


def rules(files: Files) -> List[Tuple[str, str]]:
    """Return the rules in the order in which they are tried: pattern and action."""
    found: List[Tuple[str, str]] = []
    for path in dropins(files, [folder + "/systemd/system-preset" for folder in FOLDERS], ".preset"):
        try:
            real = resolve(files, path)
        except Loop:
            continue
        if files.kind(real) == ABSENT:
            continue
        for line in files.text(real).split("\n"):
            word, _, rest = line.strip(_BLANK).replace("\t", " ").partition(" ")
            action, pattern = _ACTIONS.get(word), rest.strip(_BLANK)
            if not action or not pattern:
                continue
            parts = pattern.split()
            if action == "enabled" and len(parts) > 1:
                if names.kind(parts[0]) != names.TEMPLATE or not all(names.is_instance(part) for part in parts[1:]):
                    continue
                pattern = parts[0]
            found.append((pattern, action))
    return found


def preset(found: List[Tuple[str, str]], name: str) -> str:
    """Return what a unit is preset to: ``enabled`` (where no rule matches, too), ``disabled``, ``ignored``.

    Args:
        found: Word and pattern of each rule, in order.
        name: The unit's.
    """
    for pattern, action in found:
        if pattern == name or (not _MAGIC.isdisjoint(pattern) and fnmatchcase(name, pattern)):
            return action
    return "enabled"
