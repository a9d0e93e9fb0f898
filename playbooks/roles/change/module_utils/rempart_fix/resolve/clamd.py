"""Settings of clamd by which malware would go unseen: pure functions of lines. See clamd.conf(5)."""

import re
from typing import Any, List, Mapping

_EXCLUSION = re.compile(r"\s*(?:OnAccess)?ExcludePath\s+(?P<value>.*?)\s*\Z", re.IGNORECASE)
_BLINDING = re.compile(
    r"[ \t]*OnAccessExcludeUname[ \t]+(?!(?:clamav|clamscan|clamupdate|vscan)[ \t]*\Z)\S+[ \t]*\Z"
    r"|[ \t]*OnAccessExcludeUID[ \t]+0[ \t]*\Z"
    r"|[ \t]*Scan(?:PE|ELF|OLE2|PDF|HTML|Mail|Archive|SWF|XMLDOCS|HWP3)[ \t]+(?:no|false|0)[ \t]*\Z"
    r"|[ \t]*Max(?:File|Scan)Size[ \t]+(?:[1-9]\d{0,2}K|[1-9]\d{0,5})[ \t]*\Z",
    re.IGNORECASE,
)
_SETTING = re.compile(r"\s*(Scan\w+|Max\w+|LocalSocket|TCPSocket|DatabaseDirectory|ExcludePath|OnAccess\w+|User)\b")


def is_of_clamd(lines: List[str]) -> bool:
    """Tell whether lines are settings of clamd: any file may lie in its folder."""
    return any(_SETTING.match(line) for line in lines)


def apply_sight(lines: List[str], spec: Mapping[str, Any]) -> List[str]:
    """Return the lines without those that take a guarded place, a kind of file, an account or a size out of the scan.

    Args:
        lines: Each with its end.
        spec: ``{guarded: [PLACES], allowed: [VALUES]}``: what is accepted, as it stands there.
    """
    allowed = [str(one) for one in spec.get("allowed") or []]
    places = [str(one) for one in spec.get("guarded") or []]
    return [line for line in lines if not _is_blinding(line.rstrip("\r\n"), places, allowed)]


def _is_blinding(line: str, places: List[str], allowed: List[str]) -> bool:
    found = _EXCLUSION.match(line)
    if found:
        value = found["value"]
        return value not in allowed and any(_touches(value, place) for place in places)
    if not _BLINDING.match(line):
        return False
    key, value = line.split(None, 1)
    return value.strip() not in allowed and f"{key} {value.strip()}" not in allowed


def _touches(expression: str, place: str) -> bool:
    """Tell whether an exclusion names a guarded place, or takes out a file in one."""
    if place.lower() in expression.lower() or (place + "/").startswith(expression.rstrip("/") + "/"):
        return True
    try:
        return bool(re.search(expression, place + "/user/file"))
    except re.error:
        return False
