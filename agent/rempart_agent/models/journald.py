"""What journald is configured with: its main file and the drop-ins of all folders, merged as systemd does it.

Source: systemd's ``src/basic/conf-files.c``, ``src/shared/conf-parser.c``, ``journald-gperf.gperf``; journald.conf(5).
The first main file of ``/etc``, ``/run``, ``/usr/local/lib``, ``/usr/lib`` counts, then drop-ins in the order of their
names; of two with one name the one in the earlier folder. A value that journald can't read changes nothing.
"""

import re
from typing import Dict, Iterable, List, NamedTuple, Optional, Tuple

FOLDERS = ("/etc/systemd", "/run/systemd", "/usr/local/lib/systemd", "/usr/lib/systemd")
NAME = "journald.conf"

STORAGES = ("volatile", "persistent", "auto", "none")
LEVELS = ("emerg", "alert", "crit", "err", "warning", "notice", "info", "debug")
DEFAULTS = {
    "Storage": "auto",
    "Compress": "yes",
    "MaxRetentionSec": "0",
    "MaxLevelSyslog": "debug",
    "MaxLevelStore": "debug",
}
"""What counts where no file says anything: what is the same in every build. ForwardToSyslog is not."""

_TRUE, _FALSE = ("1", "yes", "y", "true", "t", "on"), ("0", "no", "n", "false", "f", "off")
_UNITS = {
    **dict.fromkeys(("", "s", "sec", "second", "seconds"), 1_000_000),
    **dict.fromkeys(("us", "usec", "µs", "μs"), 1),
    **dict.fromkeys(("ms", "msec"), 1_000),
    **dict.fromkeys(("m", "min", "minute", "minutes"), 60_000_000),
    **dict.fromkeys(("h", "hr", "hour", "hours"), 3_600_000_000),
    **dict.fromkeys(("d", "day", "days"), 86_400_000_000),
    **dict.fromkeys(("w", "week", "weeks"), 604_800_000_000),
    **dict.fromkeys(("M", "month", "months"), 2_629_800_000_000),
    **dict.fromkeys(("y", "year", "years"), 31_557_600_000_000),
}
_BLANK = " \t\r"
_AMOUNT = r"(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)[ \t]*"
_SIZE = re.compile(_AMOUNT + "(?:[BKMGTPE][ \t]*" + _AMOUNT + ")*[BKMGTPE]?")
_SPAN = re.compile(r"[ \t]*(?:([0-9]+)(?:\.([0-9]+))?|\.([0-9]+))[ \t]*([A-Za-zµμ]*)[ \t]*")


class Setting(NamedTuple):
    """A setting that counts.

    Attributes:
        key: Its name.
        value: As it is written.
        number: Seconds of a time, 1 or 0 of a switch, the number of a level; None for others.
        path: The file that sets it; ``""`` for a default.
        line: Its line there.
    """

    key: str
    value: str
    number: Optional[float]
    path: str
    line: int


def order(present: Iterable[str]) -> List[str]:
    """Return the files that count, of those that are there, in the order in which journald reads them."""
    there = set(present)
    main = next((path for path in ("{}/{}".format(f, NAME) for f in FOLDERS) if path in there), None)
    dropped: Dict[str, str] = {}
    for folder in FOLDERS:
        start = "{}/{}.d/".format(folder, NAME)
        for path in there:
            name = path[len(start) :]
            if path.startswith(start) and name.endswith(".conf") and "/" not in name and not name.startswith("."):
                dropped.setdefault(name, path)
    return ([main] if main else []) + [dropped[name] for name in sorted(dropped)]


def merge(files: Iterable[Tuple[str, str]]) -> Dict[str, Setting]:
    """Return the settings that count by their names, from files in the order of :func:`order`."""
    found = {key: Setting(key, value, number(key, value), "", 0) for key, value in DEFAULTS.items()}
    for path, text in files:
        for line, key, value in parse(text):
            worth = _read(key, value)
            if worth is not None:
                found[key] = Setting(key, worth, number(key, worth), path, line)
    return found


def parse(text: str) -> List[Tuple[int, str, str]]:
    """Return line, name and value of each setting in the section ``Journal``."""
    found: List[Tuple[int, str, str]] = []
    section, pending = "", ""
    lines = text.lstrip("\ufeff").split("\n")
    for at, raw in enumerate(lines, 1):
        if raw.lstrip(_BLANK)[:1] in ("#", ";"):  # within what goes on, too
            continue
        whole = pending + raw.rstrip("\r")
        if (len(whole) - len(whole.rstrip("\\"))) % 2 and at < len(lines):
            pending = whole[:-1] + " "
            continue
        whole, pending = whole.strip(_BLANK), ""
        if whole.startswith("["):
            section = whole[1:-1] if whole.endswith("]") else section
        elif section == "Journal" and "=" in whole:
            key, _, value = whole.partition("=")
            found.append((at, key.strip(_BLANK), value.strip(_BLANK)))
    return found


def _read(key: str, value: str) -> Optional[str]:
    """Return a value as it counts; None where journald refuses it."""
    if key == "Storage":
        return value if value in STORAGES else None
    if key.startswith("Forward") or key in ("Compress", "Seal", "ReadKMsg"):
        return value if number(key, value) is not None else None
    if key.startswith("MaxLevel"):
        return value if number(key, value) is not None else None
    if key.endswith("Sec"):
        return value if number(key, value) is not None else None
    return value


def number(key: str, value: str) -> Optional[float]:
    """Return what a value is worth: see :class:`Setting`.

    Args:
        key: The setting.
        value: As it is written.
    """
    if key == "Compress" and value.lower() not in _FALSE:  # a size: what is larger is compressed; empty: the usual size
        return 1 if not value or value.lower() in _TRUE or _SIZE.fullmatch(value) else None
    if key.startswith("Forward") or key in ("Compress", "Seal", "ReadKMsg"):
        return 1 if value.lower() in _TRUE else 0 if value.lower() in _FALSE else None
    if key.startswith("MaxLevel"):
        return LEVELS.index(value) if value in LEVELS else int(value) if value in "01234567" and value else None
    return seconds(value) if key.endswith("Sec") else None


def seconds(value: str) -> Optional[float]:
    """Return a time span of systemd.time(7) in seconds; None for what is none. ``infinity`` is a limit of no kind."""
    value = value.strip()
    if value == "infinity":
        return float("inf")
    at, total = 0, 0
    if not value:
        return None
    while at < len(value):
        found = _SPAN.match(value, at)
        if not found or found.group(4) not in _UNITS:
            return None
        unit = _UNITS[found.group(4)]
        fraction = (found.group(2) or found.group(3) or "")[:9]
        total += int(found.group(1) or 0) * unit
        total += int(fraction) * unit // 10 ** len(fraction) if fraction else 0
        at = found.end()
        if not found.group(4) and at < len(value) and value[at - 1] not in _BLANK:
            return None
    return total / 1_000_000
