"""What a unit needs to run and another fetches: waited for as long as it comes, and not for what will not come."""

import os
import re
import time
from typing import Any, Callable, List, Mapping

from . import systemd
from .contract import NONE, Text
from .place import Place

_STILL = 60.0  # seconds without a byte more after which nothing more is waited for
_BETWEEN = 5.0  # seconds between two tries
_LINES = 200  # of what the one that fetches has said last
_COMPLAINTS = 6  # the first of the last ones is the cause
_SHOWN = 300
_COMPLAINT = re.compile(r"\b(error|warning|fail|denied|refused|can't)", re.IGNORECASE)
# Who is to blame says so in words of its own; what kind of line it is and when it was written tells nobody anything.
_STAMP = re.compile(r"(?:(?:ERROR|WARNING): )?\w{3} \w{3} +\d+ [\d:]{8} \d{4} -> *|(?:ERROR|WARNING): ")


def is_awaits(value: Any) -> bool:
    """Tell whether a declaration names who fetches, where to, for how long at most, and by what it gives up."""
    return (
        isinstance(value, dict)
        and set(value) == {"unit", "folder", "seconds", "gives_up"}
        and bool(systemd.complete(str(value["unit"])))
        and str(value["folder"]).startswith("/")
        and str(value["seconds"]).isdigit()
        and bool(value["gives_up"])
    )


def await_start(awaits: Mapping[str, Any], start: Callable[[], bool], place: Place) -> Text:
    """Start a unit again and again until it runs.

    Args:
        awaits: What is waited for, as declared.
        start: Starts it; tells whether it runs.
        place: The change's place.

    Returns:
        Why it does not run; nothing where it does.

    Raises:
        Refusal: The run has to end.
    """
    begun = grown = time.monotonic()
    most = 0
    while not start():
        now, size = time.monotonic(), _weigh(place.at(awaits["folder"]))
        if size > most:
            most, grown = size, now
        said = _listen(awaits["unit"], place)
        if any(re.search(awaits["gives_up"], line) for line in said):
            return _explain(awaits["unit"], "gave up", "abandonne", said)
        if now - grown > _STILL:
            return _explain(
                awaits["unit"], f"fetched nothing for {_STILL:.0f} s", f"sans octet depuis {_STILL:.0f} s", said
            )
        if now - begun > float(awaits["seconds"]):
            return _explain(
                awaits["unit"], f"not done after {awaits['seconds']} s", f"inachevé après {awaits['seconds']} s", []
            )
        place.expect_going()
        fetched = f"{size / 1e6:.0f}"
        place.tell((f"waiting for {awaits['unit']} ({fetched} MB)", f"attente de {awaits['unit']} ({fetched} Mo)"))
        time.sleep(_BETWEEN)
    return NONE


def _weigh(folder: str) -> int:
    """Return how many bytes lie in a folder."""
    found = 0
    for top, _, names in os.walk(folder):
        for name in names:
            try:
                found += os.lstat(os.path.join(top, name)).st_size
            except OSError:
                continue  # gone since
    return found


def _listen(unit: str, place: Place) -> List[str]:
    """Return what this run of a unit has said last."""
    run = systemd.show(place, unit).get("InvocationID", "")
    if not run:
        return []
    words = ["journalctl", "-q", "--no-pager", "-o", "cat", "-n", str(_LINES), f"_SYSTEMD_INVOCATION_ID={run}"]
    status, said = place.run(words, 60)
    return [] if status else said.splitlines()


def _explain(unit: str, why: str, why_fr: str, said: List[str]) -> Text:
    lines = [_STAMP.sub("", line).strip() for line in said if _COMPLAINT.search(line)]
    last = list(dict.fromkeys(lines[::-1]))[:_COMPLAINTS][::-1]
    words = f": {'; '.join(last)[:_SHOWN]}" if last else ""
    words_fr = words.replace(": ", "\u00a0: ", 1)
    return f"{unit} {why}{words}", f"{unit}\u00a0: {why_fr}{words_fr}"
