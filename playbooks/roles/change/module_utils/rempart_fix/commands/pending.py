"""Finishes what dpkg left half installed."""

import re
from typing import Any, Dict, List, Mapping

from .. import dpkg
from ..apt_words import read_error
from ..contract import Act, Refusal
from ..place import Place
from ..sight import Sight
from .command import Command


def find_half(place: Place) -> List[str]:
    """Return the packages that are half installed."""
    _, said = place.run(["dpkg", "--audit"])
    return sorted(re.findall(r"(?m)^ (\S+) ", said))


def _due(spec: Mapping[str, Any], sight: Sight) -> List[str]:
    half = find_half(sight.place)
    sight.note("half installed", half)
    return ["packages that are half installed"] if half else []


def _see(target: str, place: Place) -> Dict[str, Any]:
    return {"half installed": find_half(place)}


def _run(act: Act, place: Place) -> str:
    words = ["dpkg", "--configure", "--pending", "--force-confdef", "--force-confold"]
    try:
        dpkg.find_read_only(place)
        with dpkg.hold(place):
            status, said = place.run(["env", "DPKG_FRONTEND_LOCKED=true", *words], 900)
    except Refusal as error:
        return error.text[0]
    return f"dpkg: {read_error(said)}" if status else ""


FINISH = Command(_due, _see, _run, ("what was finished stays installed", "ce qui a été terminé reste installé"))
