"""Time spans: systemd.time(7), as parse_time of src/basic/time-util.c reads them."""

import re

SECOND = 1000000
INFINITY = (1 << 64) - 1
_YEAR, _MONTH = 31557600 * SECOND, 2629800 * SECOND
_UNITS = (
    *(("seconds", SECOND), ("second", SECOND), ("sec", SECOND), ("s", SECOND)),
    *(("minutes", 60 * SECOND), ("minute", 60 * SECOND), ("min", 60 * SECOND)),
    *(("months", _MONTH), ("month", _MONTH), ("M", _MONTH), ("msec", 1000), ("ms", 1000), ("m", 60 * SECOND)),
    *(("hours", 3600 * SECOND), ("hour", 3600 * SECOND), ("hr", 3600 * SECOND), ("h", 3600 * SECOND)),
    *(("days", 86400 * SECOND), ("day", 86400 * SECOND), ("d", 86400 * SECOND)),
    *(("weeks", 604800 * SECOND), ("week", 604800 * SECOND), ("w", 604800 * SECOND)),
    *(("years", _YEAR), ("year", _YEAR), ("y", _YEAR), ("usec", 1), ("us", 1), ("\u03bcs", 1), ("\u00b5s", 1)),
)
_NUMBER = re.compile(r"[ \t\n\r]*\+?(\d*)(\.\d+)?", re.ASCII)
_BLANK = " \t\n\r"


def parse(text: str) -> int:
    """Return a time span in microseconds; without a unit it is seconds.

    Raises:
        ValueError: systemd would refuse it.
    """
    rest = text.strip(_BLANK)
    if rest == "infinity":
        return INFINITY
    if not rest:
        raise ValueError("empty")
    total = 0
    while rest:
        found = _NUMBER.match(rest)
        if not found or not (found.group(1) or found.group(2)):
            raise ValueError("no time span: " + text)
        after = rest[found.end() :]
        bare = after.lstrip(_BLANK)
        unit = next((u for u in _UNITS if bare.startswith(u[0])), None)
        if unit:
            after = bare[len(unit[0]) :]
        elif bare == after and after:
            raise ValueError("no time span: " + text)
        each = unit[1] if unit else SECOND
        total += int(found.group(1) or 0) * each
        for digit in (found.group(2) or ".")[1:]:
            each //= 10
            total += int(digit) * each
        if total >= INFINITY:
            raise ValueError("too long: " + text)
        rest = after.lstrip(_BLANK)
    return total
