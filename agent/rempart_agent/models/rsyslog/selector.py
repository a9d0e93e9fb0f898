"""Selectors of rsyslog: facilities and priorities, as ``DecodePRIFilter`` (``runtime/conf.c``) reads them.

A set of priorities is an int: bit ``facility * 8 + severity``.
"""

from typing import Dict, List, NamedTuple, Optional

SEVERITIES = ("emerg", "alert", "crit", "err", "warning", "notice", "info", "debug")
FACILITIES = [
    "kern",
    "user",
    "mail",
    "daemon",
    "auth",
    "syslog",
    "lpr",
    "news",
    "uucp",
    "cron",
    "authpriv",
    "ftp",
    "ntp",
    "audit",
    "alert",
    "clock",
    "local0",
    "local1",
    "local2",
    "local3",
    "local4",
    "local5",
    "local6",
    "local7",
]
"""As rsyslog writes them (``syslog_fac_names``)."""

COUNT = 24
ALL = (1 << (COUNT * 8)) - 1

_NONE, _EVERY = 0x10, 0xFF
_PRIORITIES: Dict[str, int] = dict({name: at for at, name in enumerate(SEVERITIES)}, error=3, panic=0, warn=4)
_PRIORITIES.update({"none": _NONE, "*": _EVERY})
_FACILITIES: Dict[str, int] = {name: at * 8 for at, name in enumerate(FACILITIES) if at not in (13, 14, 15)}
_FACILITIES.update(security=32, bsd_security=13 * 8, console=14 * 8)
# mark (24 << 3) and invld lie outside of what a program can send; audit is no name on every system: unknown
_OUTSIDE = ("mark", "invld", "caa", "aso")


class Taken(NamedTuple):
    """The priorities that a selector takes, and those that it does not; what is in neither depends on the version."""

    yes: int
    no: int


def mask(text: str) -> Optional[Taken]:
    """Return the priorities that a selector takes; None where rsyslogd refuses a name of it.

    A name that is refused ends the selector: what stands before it counts. Whether the whole is refused differs between
    versions, so such a selector is unknown here. ``mail.!err`` alone takes nothing, in rsyslog after 8.2504 what is not
    ``err`` or graver.
    """
    old, new = [0] * COUNT, [0] * COUNT
    for facilities, priority in _parts(text):
        ignore = priority.startswith("!")
        priority = priority[1:] if ignore else priority
        single = priority.startswith("=")
        level = _number(priority[1:] if single else priority, _PRIORITIES)
        if level is None or (level > 7 and level not in (_NONE, _EVERY)) or (single and level > 7):
            return None
        for name in facilities:
            if name in _OUTSIDE:
                continue
            number = _number(name, _FACILITIES) if name[:1] != "*" else None
            if name[:1] != "*" and number is None:
                return None
            chosen = range(COUNT) if number is None else [number >> 3]
            for facility in chosen:
                if facility < COUNT:
                    old[facility] = _changed(old[facility], level, single, ignore, 0)
                    new[facility] = _changed(new[facility], level, single, ignore, 0xFF)
    before, after = (sum(bits << (facility * 8) for facility, bits in enumerate(taken)) for taken in (old, new))
    return Taken(before & after, ALL & ~(before | after))


def _changed(bits: int, level: int, single: bool, ignore: bool, empty: int) -> int:
    if level == _NONE:
        return 0xFF if ignore else 0
    if level == _EVERY:
        return 0 if ignore else 0xFF
    meant = 1 << level if single else (2 << level) - 1
    return (bits or empty) & ~meant if ignore else bits | meant


def _parts(text: str) -> "List[tuple[List[str], str]]":
    """Take a selector apart: the facilities and the priority of each part."""
    found = []
    at = 0
    while at < len(text):
        dot = text.find(".", at)
        if dot < 0:
            found.append((_split(text[at:]), ""))
            break
        end = dot + 1
        while end < len(text) and text[end] not in ",;":
            end += 1
        found.append((_split(text[at:dot]), text[dot + 1 : end]))
        while end < len(text) and text[end] in ",;":
            end += 1
        at = end
    return found


def _split(text: str) -> List[str]:
    return [name.lower() for name in text.replace(";", ",").split(",") if name]


def _number(name: str, table: Dict[str, int]) -> Optional[int]:
    if name[:1].isdigit():
        return int(name) if name.isdigit() else None
    return table.get(name.lower())
