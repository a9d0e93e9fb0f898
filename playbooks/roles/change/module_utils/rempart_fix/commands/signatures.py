"""Fetches the signatures of ClamAV where none are recent; the service that fetches them else would hold the lock."""

import time
from typing import Any, Dict, List, Mapping

from .. import systemd
from ..contract import Act
from ..place import Place
from ..sight import Sight
from .command import Command, ask, list_files, see_files

_UNIT = "clamav-freshclam.service"
_FOLDER = "/var/lib/clamav"


def _due(spec: Mapping[str, Any], sight: Sight) -> List[str]:
    found = list_files(sight.place, [f"{_FOLDER}/daily.{end}" for end in ("cvd", "cld")])
    recent = any(one.st_mtime > time.time() - int(spec["days"]) * 86400 for one in found.values())
    sight.note("signatures", [sorted(found), recent])
    return [] if recent else ["signatures of ClamAV"]


def _see(target: str, place: Place) -> Dict[str, Any]:
    return see_files(place, [f"{_FOLDER}/*.c[lv]d"])


def _run(act: Act, place: Place) -> str:
    before = systemd.show(place, _UNIT)
    runs = before.get("ActiveState") == "active"
    if runs:
        wrong = ask(place, ["systemctl", "stop", "--", _UNIT])
        if wrong:
            return wrong
    wrong = ask(place, ["freshclam", "--quiet"], 1500)
    if runs:
        wrong = wrong or ask(place, ["systemctl", "start", "--", _UNIT])
        now = systemd.show(place, _UNIT)
        systemd.note_restart(place, _UNIT, before.get("InvocationID", ""), now.get("InvocationID", ""))
    return wrong


FETCH = Command(_due, _see, _run, ("the signatures that were fetched stay", "les signatures récupérées restent"))
