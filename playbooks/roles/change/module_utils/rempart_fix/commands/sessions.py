"""Ends sessions of people that are older than some hours.

Source: systemd's src/login/logind-session.c, ``session_save``: CLASS and REALTIME (microseconds) of each session.
"""

import re
import time
from typing import Any, Dict, List, Mapping

from ..contract import Act
from ..place import Place
from ..sight import Sight
from .command import Command, ask, list_files

_FOLDER = "/run/systemd/sessions"
_PATIENCE = 10.0  # seconds in which what runs in a session has to end


def _due(spec: Mapping[str, Any], sight: Sight) -> List[str]:
    limit = time.time() - int(spec["hours"]) * 3600
    paths = sorted(path for path in list_files(sight.place, [_FOLDER + "/*"]) if not path.endswith(".ref"))
    found = []
    for path in paths:
        text = (sight.read(path) or b"").decode("utf-8", "replace")
        since = re.search(r"(?m)^REALTIME=([0-9]+)$", text)
        if re.search(r"(?m)^CLASS=user(-early|-light)?$", text) and since and 0 < int(since[1]) // 10**6 < limit:
            found.append("session " + path.rpartition("/")[2])
    return found


def _see(target: str, place: Place) -> Dict[str, Any]:
    try:
        with open(place.at(f"{_FOLDER}/{target.partition(' ')[2]}"), encoding="utf-8", errors="replace") as file:
            text = file.read()
    except OSError:
        return {"there": False}
    known = dict(re.findall(r"(?m)^(USER|UID|REALTIME|STATE)=(.*)$", text))
    return dict({name.lower(): value for name, value in known.items()}, there=True)


def _run(act: Act, place: Place) -> str:
    wrong = ask(place, ["loginctl", "terminate-session", act["target"].partition(" ")[2]])
    ends = time.monotonic() + _PATIENCE
    while not wrong and time.monotonic() < ends and _see(act["target"], place)["there"]:
        time.sleep(0.1)
    return wrong


END = Command(
    _due,
    _see,
    _run,
    (
        "a session that was ended does not come back, nor does what was not saved in it",
        "une session fermée ne revient pas, ni ce qui n’y était pas enregistré",
    ),
)
