"""Fetches what the sources of packages offer, where that is older than some days, or always.

Lists keep the date of the server: what counts is the oldest. One that was emptied looks fresh.
"""

import hashlib
import json
import time
from typing import Any, Dict, List, Mapping

from .. import apt, dnf
from ..apt_words import read_error
from ..contract import Act, Refusal
from ..place import Place
from ..sight import Sight
from ..systems import find_system
from .command import Command, list_files, see_files

_LISTS = {
    "dpkg": ("/var/lib/apt/lists/*Release", "/var/lib/apt/lists/*_Packages*"),
    "rpm": ("/var/cache/dnf/**/repomd.xml", "/var/cache/libdnf5/**/repomd.xml"),
}
_PATIENCE = 600  # seconds


def _due(spec: Mapping[str, Any], sight: Sight) -> List[str]:
    found = list_files(sight.place, _LISTS[find_system(sight)])
    days = spec.get("days")
    if days is not None and found:
        oldest = min(one.st_mtime for one in found.values())
        if all(one.st_size for one in found.values()) and oldest >= time.time() - int(days) * 86400:
            return []
    return ["lists of packages"]


def _see(target: str, place: Place) -> Dict[str, Any]:
    found = see_files(place, [pattern for patterns in _LISTS.values() for pattern in patterns])
    return {"lists": len(found), "digest": hashlib.sha256(json.dumps(found).encode()).hexdigest()}


def _run(act: Act, place: Place) -> str:
    if find_system(Sight(place)) == "rpm":
        status, said = dnf.call(place, "makecache", "--refresh", timeout=_PATIENCE)
        return f"dnf: {said[-300:]}" if status else ""
    limits = ["Retries=1", *(f"{kind}::Timeout=15" for kind in ("http", "https", "ftp"))]
    options = [word for limit in limits for word in ("-o", f"Acquire::{limit}")]
    words = ["apt-get", "-q", *options, "-o", "APT::Update::Error-Mode=any", "update"]
    try:
        status, said = apt.run_in_turn(place, words, _PATIENCE)
    except Refusal as error:
        return error.text[0]
    return f"apt: {read_error(said)}" if status else ""


FETCH = Command(
    _due, _see, _run, ("the lists of updates that were fetched stay", "les index de mises à jour récupérés restent")
)
