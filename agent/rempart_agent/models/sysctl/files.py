"""The files of sysctl.d(5): which count, in which order, and what they come to."""

import re
from typing import Dict, Iterable, List, NamedTuple, Optional, Sequence, Tuple

FOLDERS = ("/etc/sysctl.d", "/run/sysctl.d", "/usr/local/lib/sysctl.d", "/usr/lib/sysctl.d", "/lib/sysctl.d")
"""The folders of systemd-sysctl; of two files of one name the one in the earlier folder counts."""
LOST = "/run/sysctl.d"
"""The folder that the next start finds empty, as all of ``/run``."""
KEPT = tuple(folder for folder in FOLDERS if folder != LOST)
_SWAP = str.maketrans("./", "/.")


class Setting(NamedTuple):
    """What is asked of a setting, by its path below ``/proc/sys``.

    Attributes:
        key: The path, or a shell pattern of paths.
        value: What is written; None for a setting that no pattern applies to.
        source: The file.
        line: The line.
    """

    key: str
    value: Optional[str]
    source: str
    line: int


def is_pattern(key: str) -> bool:
    """Tell whether a key is a shell pattern (string_is_glob)."""
    return any(c in key for c in "*?[")


def order(names: Sequence[Tuple[str, Sequence[str]]]) -> List[str]:
    """Return the paths of the files that count, in the order in which they are read.

    Args:
        names: The folders, the strongest first, each with the names in it.
    """
    found: Dict[str, str] = {}
    for folder, entries in names:
        for name in entries:
            if name.endswith(".conf"):
                found.setdefault(name, folder + "/" + name)
    return [found[name] for name in sorted(found)]


def path_of(key: str) -> str:
    """Return a setting's path; whichever of dot and slash comes first in a key parts it (sysctl_normalize)."""
    first = next((c for c in key if c in "./"), "/")
    path = key if first == "/" else key.translate(_SWAP)
    parts = [part for part in path.split("/") if part not in ("", ".")]
    return "/".join(parts)


def parse(text: str, source: str) -> List[Setting]:
    """Return what a file asks for, line by line.

    Args:
        text: All of the file.
        source: Its path.
    """
    found = []
    for number, line in enumerate(re.split("[\\n\\0]", text), 1):
        line = line.strip(" \t\r")
        if not line or line[0] in "#;":
            continue
        key, equals, value = line.partition("=")
        minus = key.startswith("-")
        if not equals and not minus:
            continue
        path = path_of((key[1:] if minus else key).strip(" \t\r"))
        if path:
            found.append(Setting(path, value.strip(" \t\r") if equals else None, source, number))
    return found


def together(settings: Iterable[Setting]) -> List[Setting]:
    """Return what all files come to, in the order in which it is written.

    A key that comes again with another value takes the place of the first, at the end; with the same value it stays
    where it was. One without a value (``-KEY``) takes the key back.
    """
    found: Dict[str, Setting] = {}
    for setting in settings:
        before = found.get(setting.key)
        if before is not None and before.value == setting.value:
            continue
        found.pop(setting.key, None)
        found[setting.key] = setting
    return list(found.values())
