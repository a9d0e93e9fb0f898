r"""fstab(5) as libmount reads it (libmount/src/tab_parse.c, optstr.c), and which options protect a mount.

Fields are parted by blanks; ``\040`` and its kin are characters. A line without a type, or with a fifth or sixth field
that is no number, counts for mount(8) not at all, and for some releases of systemd it does: it is told with a reason.
"""

import re
from typing import Dict, Iterator, List, NamedTuple, Tuple

from rempart_agent.said import Why

_BLANKS = re.compile("[ \t]+")
_ESCAPE = re.compile(r"\\([0-7]{3})")
_NUMBER = re.compile("[+-]?[0-9]+$")
PROTECTING = ("nodev", "nosuid", "noexec")
_WITHDRAWN = {"dev": "nodev", "suid": "nosuid", "exec": "noexec"}
_BROUGHT = {"user": PROTECTING, "users": PROTECTING, "owner": ("nodev", "nosuid"), "group": ("nodev", "nosuid")}


class Entry(NamedTuple):
    """One line.

    Attributes:
        line: Its number, from 1.
        device: What is mounted.
        path: Where.
        type: Of the file system.
        options: As they are written.
        why: Why nobody can say what the line does; the other fields are empty then.
    """

    line: int
    device: str
    path: str
    type: str
    options: str
    why: str = ""


def entries(text: str) -> Iterator[Entry]:
    """Return the entries of a file in their order.

    Args:
        text: Of the file.
    """
    for number, line in enumerate(text.split("\n"), 1):
        stripped = line.strip(" \t\r")
        if not stripped or stripped[0] == "#":
            continue
        fields = _BLANKS.split(stripped)
        if len(fields) < 3:
            yield Entry(number, "", "", "", "", Why("line {line} has fewer than three fields", line=number))
        elif not all(_NUMBER.match(field) for field in fields[4:6]):
            yield Entry(number, "", "", "", "", Why("line {line}: the fifth and sixth field are numbers", line=number))
        else:
            device, path, kind, *options = (unescaped(field) for field in fields[:4])
            yield Entry(number, device, path, kind, options[0] if options else "")


def unescaped(field: str) -> str:
    r"""Return a field with ``\040`` and its kin as the characters they stand for.

    Args:
        field: Of a line of fstab or of the kernel's table of mounts.
    """
    return _ESCAPE.sub(lambda match: chr(int(match.group(1), 8) & 0xFF), field)


def options(text: str) -> List[str]:
    """Return the options of a list; a comma between double quotes parts none.

    Args:
        text: The list.
    """
    return [option for option in re.findall('(?:[^,"]|"[^"]*"?)+', text) if option]


def protection(text: str) -> Dict[str, int]:
    """Tell which of nodev, nosuid and noexec a list of options sets: 1 or 0 each, the last word on each counts.

    ``user`` and its kin bring some along at their place, unless ``nouser`` takes them back (mount(8)).

    Args:
        text: The list.
    """
    found = options(text)
    last: Dict[str, Tuple[int, bool]] = {}
    for place, option in enumerate(found):
        word = option.partition("=")[0]
        name = word[2:] if word.startswith("no") and word[2:] in _BROUGHT else word
        if name in _BROUGHT:
            last[name] = (place, name == word)
    brings = {place: _BROUGHT[name] for name, (place, is_set) in last.items() if is_set}
    sets = dict.fromkeys(PROTECTING, 0)
    for place, option in enumerate(found):
        if option in sets:
            sets[option] = 1
        withdrawn = _WITHDRAWN.get(option.partition("=")[0])
        if withdrawn:
            sets[withdrawn] = 0
        for name in brings.get(place, ()):
            sets[name] = 1
    return sets
