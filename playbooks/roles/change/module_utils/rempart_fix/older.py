"""Changes that an older version of Rempart has recorded: as files saved whole, which this one does not put back.

In the folder of a change it kept ``manifest.json`` (``checks``, ``entries``, ``holder``, ``begun``) and ``state``.
"""

import json
import os
import shutil
import time
from typing import Any, Dict, Optional

from .contract import Refusal
from .place import Place


def read(place: Place) -> Optional[Dict[str, Any]]:
    """Return what an older version has noted of a change: state, holder, begun, time, checks; None where nothing."""
    manifest, state = (_read(os.path.join(place.folder, name)) for name in ("manifest.json", "state"))
    if not manifest.get("entries"):
        return None  # nothing was saved
    undone = state.get("state") == "reverted"
    checks, gone = (
        list(one) if isinstance(one, (dict, list)) else [] for one in (manifest.get("checks"), state.get("undone"))
    )
    return {
        "state": "undone" if undone else "older",
        "by": str(state.get("by", "")),
        "holder": str(manifest.get("holder", "")),
        "begun": _number(manifest.get("begun")),
        "time": _number(state.get("time")),
        "checks": sorted(str(one) for one in checks if not undone and one not in gone),
    }


def expect_ours(place: Place) -> None:
    """Refuse a change of an older version.

    Raises:
        Refusal: It is one.
    """
    found = read(place)
    if found is not None and found["state"] == "older":
        raise Refusal(
            f"change {place.change} was made by an older version of Rempart: roll it back with that version",
            f"le changement {place.change} vient d’une version plus ancienne de Rempart\u00a0: l’annuler avec celle-ci",
        )


def forget(place: Place, seconds: int) -> None:
    """Remove what an older version has saved for a change that ended so long ago."""
    state = _read(os.path.join(place.folder, "state"))
    if state.get("state") in ("kept", "reverted") and _number(state.get("time")) < time.time() - seconds:
        shutil.rmtree(place.folder)


def _read(path: str) -> Dict[str, Any]:
    try:
        with open(path, "rb") as file:
            found = json.loads(file.read().decode())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _number(value: Any) -> int:
    return value if isinstance(value, int) else 0
