"""Whether SELinux enforces, live and from the next start on. One that is off altogether is not turned on.

Spec: ``{enforcing: true}``; where SELinux does not run nothing is declared: all files would first have to be labelled
anew, under supervision.
"""

from typing import Any, List, Mapping, Optional

from ..contract import BACK, Act, Refusal, Show, Undone
from ..place import Place
from ..sight import Sight
from . import line as lines

LIVE = "/sys/fs/selinux/enforce"
_CONF = "/etc/selinux/config"
_WORDS = {"0": "permissive", "1": "enforcing"}


def resolve(spec: Mapping[str, Any], sight: Sight) -> List[Act]:
    """Return the line of its file, and the live state."""
    now = read_live(sight.place)
    sight.note("SELinux", now)
    if now is None or not spec["enforcing"]:
        return []
    conf = {"path": _CONF, "match": "^SELINUX=", "line": "SELINUX=enforcing"}
    acts = lines.resolve(conf, sight)
    if now == "0":
        acts.append({"kind": "selinux", "target": LIVE, "before": {"value": now}, "after": {"value": "1"}})
    return acts


def read_live(place: Place) -> Optional[str]:
    """Return ``1`` where it enforces, ``0`` where it only watches; None where it does not run."""
    try:
        with open(place.at(LIVE), encoding="ascii") as file:
            return file.read().strip()
    except OSError:
        return None


def _set(place: Place, value: str) -> None:
    status, said = place.run(["setenforce", value], 60)
    if status or read_live(place) != value:
        raise Refusal(f"setenforce {value}: {said[-300:] or status}")


def do(act: Act, place: Place) -> Act:
    """See Kind.do."""
    _set(place, "1")
    return act


def look(act: Act, place: Place) -> str:
    """See Kind.look."""
    now = read_live(place)
    return next((word for word in ("after", "before") if act[word]["value"] == now), "moved")


def undo(act: Act, place: Place, *, force: bool, dry: bool) -> Undone:
    """See Kind.undo."""
    if look(act, place) != "after":
        return BACK
    if not dry:
        _set(place, "0")
    return BACK


def settle(act: Act, place: Place) -> str:
    """See Kind.settle."""
    return {"after": "done", "before": "void"}.get(look(act, place), "unclear")


def show(act: Act, place: Place) -> Show:
    """See Kind.show."""
    return Show("SELinux", *(_WORDS.get(act[word]["value"], "") for word in ("before", "after")))
