"""The mask of new files: pure functions of the lines of start-up files.

A mask in a line of somebody else that is not accepted gets ours; one that is accepted stays. Where a system file sets
none by itself, ours is set there.
"""

import re
from typing import Any, Iterable, List, Mapping, Sequence

SYSTEM = ("/etc/profile", "/etc/bash.bashrc", "/etc/bashrc")
"""The system's files, each of which has to set the mask by itself."""
ROOT = ("/root/.bash_profile", "/root/.bash_login", "/root/.profile", "/root/.bashrc")
CSH = ("/etc/csh.cshrc", "/etc/csh.login", "/root/.cshrc", "/root/.tcshrc", "/root/.login")
_SETTING = re.compile(r"(?P<head>(?:\A|(?<=[\s;&|({]))umask[ \t]+(?:-S[ \t]+)?)(?P<mask>[0-7]{1,4})(?=[\s;&|)}]|\Z)")
_PLAIN = re.compile(r"umask[ \t]+(?P<mask>[0-7]{1,4})[ \t]*(?:;|#.*)?\Z")


def own_file(check: str) -> str:
    """Return the path of our script: the first of ``profile.d``, so that what others set there comes after it."""
    return f"/etc/profile.d/00-rempart-{check.lower()}.sh"


def three_digits(mask: str) -> str:
    """Return a mask as three octal digits, as the check compares it."""
    return ("000" + mask)[-3:]


def choose(accepted: Sequence[str], texts: Iterable[str]) -> str:
    """Return the mask to set: of those that are accepted one that opens nothing that a present one of them closes.

    Args:
        accepted: Masks of three octal digits; the first is taken where none is set, but 027 where it is one of them.
        texts: Contents of files that set masks today.
    """
    usual = "027" if "027" in accepted else accepted[0]
    bits = int(usual, 8)
    for text in texts:
        for line in text.splitlines():
            for found in [] if line.lstrip().startswith("#") else _SETTING.finditer(line):
                mask = three_digits(found["mask"])
                bits |= int(mask, 8) if mask in accepted else 0
    able = [mask for mask in accepted if int(mask, 8) & bits == bits]
    return min(able, key=lambda mask: (_count(mask), mask)) if able else usual


def _count(mask: str) -> int:
    return sum(f"{int(digit):b}".count("1") for digit in mask)


def take_open(lines: List[str], spec: Mapping[str, Any]) -> List[str]:
    """Return the lines with each mask that is not accepted made ``mask``. ``spec``: ``{accepted, mask}``."""
    out = []
    for line in lines:
        if line.lstrip().startswith("#"):
            out.append(line)
            continue
        out.append(_SETTING.sub(lambda found: _instead(found, spec), line))
    return out


def _instead(found: "re.Match[str]", spec: Mapping[str, Any]) -> str:
    if three_digits(found["mask"]) in spec["accepted"]:
        return found[0]
    return str(found["head"]) + str(spec["mask"])


def sets_mask(lines: Sequence[str], accepted: Sequence[str]) -> bool:
    """Tell whether a line sets an accepted mask by itself: it is no part of a condition, as far as its form tells."""
    for line in lines:
        found = _PLAIN.match(line.rstrip("\r\n"))
        if found and three_digits(found["mask"]) in accepted:
            return True
    return False


def put_mask(lines: List[str], spec: Mapping[str, Any]) -> List[str]:
    """Return the lines with the mask at their end, where they set none by themselves. ``{accepted, mask, check}``."""
    if sets_mask(lines, spec["accepted"]):
        return lines
    out = list(lines)
    if out and not out[-1].endswith("\n"):
        out[-1] += "\n"
    return [*out, f"umask {spec['mask']} # Rempart, {spec['check']}\n"]
