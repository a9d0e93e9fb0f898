"""Which archives unattended-upgrades installs from by itself: its own patterns, matched as it does.

Source: ``match_whitelist_string`` and ``get_allowed_origins_legacy`` of unattended-upgrades 2.12.
"""

import re
from fnmatch import fnmatchcase
from typing import Dict, Iterable, List, Mapping, NamedTuple, Optional, Tuple

from rempart_agent.said import Why

_FIELDS = {
    "o": "origin",
    "origin": "origin",
    "l": "label",
    "label": "label",
    "a": "suite",
    "suite": "suite",
    "archive": "suite",
    "n": "codename",
    "codename": "codename",
    "c": "component",
    "component": "component",
    "site": "site",
}
_COLON = re.compile(r"(?<!\\):")


class Answer(NamedTuple):
    """Whether an archive is installed from: 1, 0 or None, by which pattern, and why not."""

    allowed: Optional[int]
    pattern: str
    why: str


def legacy(patterns: Iterable[str]) -> List[str]:
    """Return the patterns that ``Allowed-Origins`` stands for: ``Debian:stable`` is ``o=Debian,a=stable``."""
    found = []
    for text in patterns:
        parts = _COLON.split(text) if _COLON.search(text) else text.split()
        if len(parts) == 2:
            first, second = (part.replace("\\:", ":").replace(",", "\\,") for part in parts)
            found.append("o={},a={}".format(first, second))
        else:
            found.append(text + "=")  # unattended-upgrades ends there
    return found


def answer(patterns: Iterable[str], archive: Mapping[str, str], names: Mapping[str, str]) -> Answer:
    """Tell whether unattended-upgrades takes packages from an archive.

    Args:
        patterns: Of ``Origins-Pattern``, and those of ``Allowed-Origins`` by :func:`legacy`.
        archive: ``origin``, ``label``, ``suite``, ``codename``, ``component``, ``site``, as far as they are known.
        names: ``distro_id`` and ``distro_codename``.
    """
    unknown = ""
    for pattern in patterns:
        matched, why, ends = _matches(pattern, archive, names)
        if ends:
            return Answer(0, pattern, why)
        if matched:
            return Answer(1, pattern, "")
        unknown = why if matched is None else unknown
    return Answer(None if unknown else 0, "", unknown or Why("no pattern matches it"))


def _matches(pattern: str, archive: Mapping[str, str], names: Mapping[str, str]) -> Tuple[Optional[bool], str, bool]:
    """Tell whether a pattern matches an archive, why not, and whether unattended-upgrades ends there."""
    if not pattern.strip():
        return False, "", False
    doubt = ""
    for token in pattern.strip().replace("\\,", "%2C").split(","):
        parts = [part.strip().replace("%2C", ",") for part in token.split("=")]
        if len(parts) != 2 or parts[0] not in _FIELDS:
            return False, Why("unattended-upgrades ends at the pattern {pattern}", pattern=pattern), True
        value = _filled(parts[1], names)
        if value is None:
            doubt = Why("what {parts} stands for is not known", parts=parts[1])
            continue
        field = _FIELDS[parts[0]]
        if field not in archive:
            doubt = Why("the {field} of the archive is not known", field=field)
        elif not fnmatchcase(archive[field], value):
            return False, "", False
    return (None, doubt, False) if doubt else (True, "", False)


def _filled(value: str, names: Mapping[str, str]) -> Optional[str]:
    for name, meant in names.items():
        value = value.replace("${" + name + "}", meant)
    return None if "${distro_" in value else value


def held(name: str, blacklist: Iterable[str], whitelist: Iterable[str]) -> Optional[bool]:
    """Tell whether a package is left out: it matches the blacklist, or there is a whitelist that it does not match.

    None where an expression is none: unattended-upgrades ends with an error there.

    Args:
        name: The package's.
        blacklist: Regular expressions.
        whitelist: The same; an empty one lets all through.
    """
    try:
        if any(re.match(expression, name) for expression in blacklist):
            return True
        white = list(whitelist)
        return bool(white) and not any(re.match(expression, name) for expression in white)
    except (re.error, RecursionError, OverflowError):
        return None


def names_of(os_release: Mapping[str, str]) -> Dict[str, str]:
    """Return what ``${distro_id}`` and ``${distro_codename}`` stand for, by os-release(5)."""
    found = {}
    identity = os_release.get("ID", "")
    if identity in ("debian", "ubuntu"):
        found["distro_id"] = identity.capitalize()
    if os_release.get("VERSION_CODENAME"):
        found["distro_codename"] = os_release["VERSION_CODENAME"]
    return found
