"""Sets the clock at once, by the service that keeps it and knows a source: a wrong time must not come from us.

Source: chronyc(1), ``sources`` in CSV: mode, state (``*`` for the one that counts), name. systemd-timesyncd sets the
clock once when it starts.
"""

import re
import time
from typing import Any, Dict, List, Mapping

from .. import systemd
from ..contract import Act, Refusal
from ..place import Place
from ..sight import Sight
from .command import Command, ask

_CHRONY = ("chrony.service", "chronyd.service")
_TIMESYNC = "systemd-timesyncd.service"
_PATIENCE = 15.0  # seconds in which a service that has just begun has to find a source


def _due(spec: Mapping[str, Any], sight: Sight) -> List[str]:
    place = sight.place
    units = [unit for unit in (*_CHRONY, _TIMESYNC) if systemd.show(place, unit).get("ActiveState") == "active"]
    sight.note("time services", units)
    if not units:
        return []
    if units[0] in _CHRONY:
        _expect_source(sight)
    return [f"the clock, by {units[0]}"]


def _expect_source(sight: Sight) -> None:
    ends = time.monotonic() + _PATIENCE
    while True:
        status, said = sight.place.run(["chronyc", "-n", "-c", "sources"], 30)
        if status == 0 and re.search(r"(?m)^[\^#=],\*,", said):
            return
        if time.monotonic() > ends:
            raise Refusal(
                "chrony has no source of time: the clock is not set by a guess",
                "chrony n’a pas de source de temps\u00a0: l’horloge n’est pas réglée au hasard",
            )
        time.sleep(1)


def _see(target: str, place: Place) -> Dict[str, Any]:
    return {"ahead of the time since start": round(time.time() - time.monotonic(), 1)}


def _run(act: Act, place: Place) -> str:
    if act["target"].endswith(_TIMESYNC):
        return ask(place, ["systemctl", "restart", "--", _TIMESYNC])
    return ask(place, ["chronyc", "makestep"])


SET = Command(
    _due, _see, _run, ("a clock that was set is not set back", "une horloge remise à l’heure ne revient pas en arrière")
)
