"""A folder that is mounted on itself, so that it has options of its own: how a start is told, and what lies there.

What is in it stays where it is, and whoever uses it goes on. fstab says it: ``/tmp /tmp none bind,nodev,nosuid 0 0``.
"""

import os
from typing import List, NamedTuple, Optional, Sequence, Tuple

from .contract import Refusal
from .mount_points import SHM, UNITS, name_unit, real_path, see_unit
from .place import Place
from .resolve import fstab
from .resolve.fstab import Mount
from .sight import Sight


class Way(NamedTuple):
    """How a folder becomes a mount of its own.

    Attributes:
        bind: Whether it is mounted on itself now.
        line: Whether fstab is told.
        unmask: Whether a mask of its unit has to go, which would keep a start from heeding the line.
    """

    bind: bool = False
    line: bool = False
    unmask: bool = False


class Bound(NamedTuple):
    """A folder that is mounted on itself.

    Attributes:
        mount: The mount.
        on_top: Whether it is what is seen there.
        alone: What is mounted below it, and is not below the folder itself: it would go with the mount.
    """

    mount: Mount
    on_top: bool
    alone: List[str]


def find_way(point: str, sight: Sight, live: Sequence[Mount], planned: Sequence[Mount]) -> Way:
    """Return what has to be done for a folder to be a mount of its own; nothing where it is one, now and at a start.

    Args:
        point: The folder, simplified.
        sight: Of the endpoint.
        live: What is mounted.
        planned: What fstab names.

    Raises:
        Refusal: Others mount it, and how a start does it can't be said in their place.
    """
    if point == SHM or not os.path.isdir(sight.place.at(point)) or real_path(sight.place, point, live) != point:
        return Way()
    here = any(one.point == point for one in live)
    lines = [one for one in planned if one.point == point]
    if lines:
        if not here and not all(one.device == point and "bind" in one.options.split(",") for one in lines):
            raise Refusal(
                f"fstab names {point}, and it is not mounted: mount {point}",
                f"fstab nomme {point}, qui n’est pas monté\u00a0: mount {point}",
            )
        return Way(bind=not here)
    return _find_unwritten(point, sight, here=here)


def _find_unwritten(point: str, sight: Sight, *, here: bool) -> Way:
    unit = see_unit(point, sight)
    bound = here and find_bound(point, sight.place) is not None
    by_admin = unit.fragment.startswith(UNITS)
    if unit.fragment and (unit.started or (here and by_admin)) and not bound:
        return Way(bind=not here)
    if here and not bound:
        raise Refusal(
            f"{point} is mounted, and neither fstab nor a unit says how: whoever mounts it sets its options",
            f"{point} est monté, et ni fstab ni une unité ne disent comment\u00a0: qui le monte règle ses options",
        )
    if by_admin or see_unit(point, sight, written=True).options is not None:
        name = name_unit(point)
        raise Refusal(
            f"{name} is there and does not mount {point}: start it, or take it and its drop-ins away",
            f"{name} existe et ne monte pas {point}\u00a0: démarrez-la ou retirez-la, drop-ins compris",
        )
    return Way(bind=not here, line=True, unmask=unit.masked)


def _read(place: Place, point: str) -> Tuple[List[Mount], str]:
    """Return all that is mounted, and the point as it is called there."""
    with open("/proc/self/mountinfo", errors="surrogateescape") as file:
        return fstab.read_live(file.read()), os.path.realpath(place.at(point))


def find_below(point: str, place: Place) -> Mount:
    """Return the mount that a folder lies on."""
    table, at = _read(place, point)
    points = {one.point: one for one in table if (at + "/").startswith(one.point.rstrip("/") + "/")}
    return points[max(points, key=len)]


def find_bound(point: str, place: Place) -> Optional[Bound]:
    """Return what a folder is mounted on itself by; None where it is not."""
    table, at = _read(place, point)
    by_id = {one.id: one for one in table}
    here = [one for one in table if one.point == at]
    for one in here:
        parent = by_id.get(one.parent)
        if parent and parent.point != at and parent.number == one.number:
            shown = parent.part.rstrip("/") + "/" + os.path.relpath(at, parent.point)
            if shown == one.part:
                below = [other for other in table if other.parent == one.id]
                twins = {(other.point, other.number, other.part) for other in table if other.parent == parent.id}
                alone = [other.point for other in below if (other.point, other.number, other.part) not in twins]
                return Bound(one, one is here[-1], alone)
    return None
