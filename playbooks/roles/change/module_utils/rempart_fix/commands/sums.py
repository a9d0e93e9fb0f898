"""Has AIDE compare all files with its sums, where it has not for some days."""

import time
from typing import Any, Dict, List, Mapping

from .. import systemd
from ..contract import Act
from ..place import Place
from ..sight import Sight
from .command import Command, ask, list_files, see_files

_RECORDS = (
    *(f"/var/lib/aide/{name}" for name in ("aide.db", "aide.db.gz", "aide.db.new", "aide.db.new.gz")),
    "/var/log/aide/*.log*",
)
_UNITS = ("dailyaidecheck.service", "rempart-int-02.service")


def _due(spec: Mapping[str, Any], sight: Sight) -> List[str]:
    """What an act of the same fix will take sums with counts as well."""
    limit = time.time() - int(spec["days"]) * 86400
    found = list_files(sight.place, _RECORDS)
    recent = any(one.st_mtime > limit and one.st_size for one in found.values())
    sight.note("comparison of files", [sorted(found), recent])
    if recent or any(sight.planned("run", name) for name in ("aide_debian", "aide_redhat")):
        return []
    return [unit for unit in _UNITS if systemd.is_there(sight.place, unit)][:1]


def _see(target: str, place: Place) -> Dict[str, Any]:
    return see_files(place, _RECORDS)


def _run(act: Act, place: Place) -> str:
    return ask(place, ["systemctl", "start", "--", act["target"]], 1500)


COMPARE = Command(_due, _see, _run, ("the report of a comparison stays", "le rapport d’une comparaison reste"))
