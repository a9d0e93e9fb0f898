"""Options that protect a mount: nodev, nosuid, noexec, as fstab or a unit says them, and live.

Spec: ``{path | sort, options, homes, own}``. ``path`` is a folder; where it is no mount of its own nothing is declared,
but for ``/dev/shm``, which systemd mounts by itself, and with ``own``: then it is mounted on itself (own_mount.py).
``homes``: the mounts that homes of people lie on, too. ``sort`` is ``local``, ``remote`` or ``removable``: all mounts
of that sort. What neither fstab nor a unit names is left to people. The act is the live part; lines of fstab and
drop-ins of units are acts of their own. Live the flags of the one mount are set (mount(2), MS_REMOUNT with MS_BIND):
the file system itself, its device or server, is not asked.
"""

import os
from typing import Any, Dict, List, Mapping, Optional, Sequence

from .. import exchange
from ..contract import BACK, Act, Moved, Refusal, Show, Undone
from ..mount_calls import BIND, REMOUNT, WITH_ALL_BELOW, call_mount, take_down
from ..mount_points import SHM, UNITS, find_points, name_unit, read, read_unit, real_path
from ..mount_use import find_devices, find_rights, find_running
from ..own_mount import Way, find_below, find_bound, find_way
from ..place import Place
from ..resolve import fstab
from ..resolve.fstab import PROTECTING, Mount
from ..sight import Sight
from . import file as files
from . import line as lines
from . import unit as units

FSTAB = "/etc/fstab"
_FLAGS = {"ro": 1, "nosuid": 2, "nodev": 4, "noexec": 8, "nosymfollow": 256}


def resolve(spec: Mapping[str, Any], sight: Sight) -> List[Act]:
    """See Kind.resolve."""
    wanted = [str(one) for one in spec["options"]]
    if not set(wanted) <= set(PROTECTING):
        raise Refusal(f"{wanted}: not all of them are known", f"{wanted}\u00a0: tous ne sont pas connus")
    text = (sight.read(FSTAB) or b"").decode("utf-8", "surrogateescape")
    planned = fstab.read_fstab(text.splitlines())
    table = _see(sight)
    acts: List[Act] = []
    way = find_way(fstab.simplify(spec["path"]), sight, table, planned) if spec.get("own") else Way()
    if way.bind or way.line:
        acts += _bind(fstab.simplify(spec["path"]), way, wanted, sight, table)
        table = _see(sight)
    if way.line:
        return acts  # whatever unit there is, the line is what a start goes by
    for point in find_points(spec, sight, [*table, *planned]):
        acts += _protect(point, wanted, spec, sight, [*table, *planned])
    return acts


def _see(sight: Sight) -> List[Mount]:
    """Return what is mounted, with the options that acts resolved so far will have given it."""
    table = read(sight.place)
    sight.note("mounts", [[one.point, one.options] for one in table])
    table += sight.planned("mounts", "bound", [])
    return [one._replace(options=sight.planned("mount", one.point, one.options)) for one in table]


def _bind(point: str, way: Way, wanted: List[str], sight: Sight, table: List[Mount]) -> List[Act]:
    """Return the acts that mount a folder on itself, now and at each start."""
    acts: List[Act] = []
    if way.bind:
        below = find_below(point, sight.place)
        now = below.options.split(",")
        missing = [one for one in wanted if one not in now]
        _expect_unused(below._replace(point=point), missing, sight.place, [*(one.point for one in table), point])
        made = below._replace(point=point, options=",".join([*now, *missing]))
        sight.plan("mounts", "bound", [*sight.planned("mounts", "bound", []), made])
        act: Act = {"kind": "mount", "target": point, "before": {"options": ""}, "after": {"options": made.options}}
        acts.append(dict(act, added=wanted, sorts=[], bound=True, line=way.line))
    else:
        acts += _set_live([one for one in table if one.point == point][-1], wanted, sight, [one.point for one in table])
    if way.line:
        name = fstab.escape(point)
        given = {"points": [point], "options": wanted, "validate": "fstab", "path": FSTAB, "create": True}
        given["line"] = f"{name} {name} none {','.join(['bind', *wanted, 'nofail'])} 0 0"
        acts += lines.resolve_by(fstab.edit, given, sight)
    if way.unmask:
        acts += units.resolve({"name": name_unit(point), "masked": False}, sight)
    return acts


def _protect(
    point: str, wanted: List[str], spec: Mapping[str, Any], sight: Sight, mounts: Sequence[Mount]
) -> List[Act]:
    place = sight.place
    live = [one for one in mounts if one.live and one.point == point]
    written = sorted({one.point for one in mounts if not one.live and real_path(place, one.point, mounts) == point})
    options = read_unit(point, sight, written=bool(written))
    shm = point == SHM and bool(live) and not written
    if not written and options is None and not shm:
        return []
    acts: List[Act] = []
    if written or shm:
        given = {"points": written, "options": wanted, "validate": "fstab", "path": FSTAB, "create": True}
        if shm:
            held = [one for one in PROTECTING if one in wanted or one in live[-1].options.split(",")]
            given.update(line=f"tmpfs {SHM} tmpfs {','.join(held)} 0 0")
        acts += lines.resolve_by(fstab.edit, given, sight)
    if options is not None and fstab.find_missing(options, wanted):
        name = f"zz-rempart-{str(spec['check']).lower()}.conf"
        content = f"# Rempart, {spec['check']}\n[Mount]\nOptions={fstab.add(options, wanted)}\n"
        drop_in = {"path": f"{UNITS}/{name_unit(point)}.d/{name}", "content": content, "mode": "0644"}
        acts += files.resolve(dict(drop_in, owner="root", group="root"), sight)
    return acts + (_set_live(live[-1], wanted, sight, [one.point for one in mounts if one.live]) if live else [])


def _set_live(mount: Mount, wanted: List[str], sight: Sight, points: List[str]) -> List[Act]:
    now = mount.options.split(",")
    missing = [one for one in wanted if one not in now]
    if not missing:
        return []
    _expect_unused(mount, missing, sight.place, points)
    after = ",".join([*now, *missing])
    sight.plan("mount", mount.point, after)
    return [
        {
            "kind": "mount",
            "target": mount.point,
            "before": {"options": mount.options},
            "after": {"options": after},
            "added": missing,
            "sorts": fstab.find_sorts(mount),
        }
    ]


def _expect_unused(mount: Mount, missing: List[str], place: Place, points: List[str]) -> None:
    """Refuse what would take something from a program that runs.

    Raises:
        Refusal: It would; with its name.
    """
    point = mount.point
    if "nosuid" in missing and (found := find_rights(points, point, place)):
        raise Refusal(
            f"{point}: with nosuid nobody becomes root by {', '.join(found)}",
            f"{point}\u00a0: avec nosuid, personne ne devient root par {', '.join(found)}",
        )
    if "noexec" in missing and (found := find_running(mount, place)):
        raise Refusal(
            f"{point}: programs run from there, and could not be started again with noexec: {', '.join(found[:5])}",
            f"{point}\u00a0: des programmes y tournent, que noexec empêche de redémarrer\u00a0: {', '.join(found[:5])}",
        )
    if "nodev" in missing and (found := find_devices(mount, place)):
        raise Refusal(
            f"{point}: programs have devices open there: {', '.join(found[:5])}",
            f"{point}\u00a0: des programmes y ont ouvert des périphériques\u00a0: {', '.join(found[:5])}",
        )


def _find(point: str, place: Place) -> Optional[Mount]:
    found = [one for one in read(place) if one.point == point]
    return found[-1] if found else None


def _set(place: Place, point: str, options: Sequence[str]) -> None:
    """Set the flags of one mount; those about times of access stay, for none is given.

    Raises:
        Refusal: The kernel does not do it, or this process sees other mounts than the system.
    """
    _expect_system(place)
    flags = sum(number for name, number in _FLAGS.items() if name in options)
    call_mount(place.at(point), flags | REMOUNT | BIND)
    now = _find(point, place)
    if now is None or {*now.options.split(",")} & {*PROTECTING} != {*options} & {*PROTECTING}:
        said = now.options if now else "-"
        raise Refusal(f"{point} is {said} after it", f"{point} est {said} ensuite")


def _expect_system(place: Place) -> None:
    """Refuse where nobody else would see what this process mounts.

    Raises:
        Refusal: This process has mounts of its own.
    """
    if place.root == "/" and os.readlink("/proc/self/ns/mnt") != os.readlink("/proc/1/ns/mnt"):
        raise Refusal("this process has mounts of its own", "ce processus a ses propres montages")


def _do_bound(act: Act, place: Place) -> Act:
    """Mount a folder on itself; what is mounted below it is seen there as before."""
    point = act["target"]
    if _find(point, place):
        raise Moved(f"{point} was mounted meanwhile", f"{point} a été monté entre-temps")
    _expect_system(place)
    call_mount(place.at(point), BIND | WITH_ALL_BELOW, place.at(point))
    try:
        _set(place, point, act["after"]["options"].split(","))
    except (Refusal, OSError):
        take_down(place.at(point))
        raise
    return act


def do(act: Act, place: Place) -> Act:
    """See Kind.do."""
    if act.get("bound"):
        return _do_bound(act, place)
    now = _find(act["target"], place)
    if now is None or {*now.options.split(",")} != {*act["before"]["options"].split(",")}:
        raise Moved(f"{act['target']} was mounted anew meanwhile", f"{act['target']} a été remonté entre-temps")
    try:
        _set(place, act["target"], act["after"]["options"].split(","))
    except Refusal:
        _set(place, act["target"], now.options.split(","))
        raise
    return act


def look(act: Act, place: Place) -> str:
    """See Kind.look. What is not mounted any more has none of our options."""
    if act.get("bound"):
        found = find_bound(act["target"], place)
        if found is None:
            return "before"
        return "after" if found.on_top and {*act["added"]} <= {*found.mount.options.split(",")} else "moved"
    now = _find(act["target"], place)
    held = [one for one in act["added"] if now and one in now.options.split(",")]
    return "after" if held == act["added"] else "moved" if held else "before"


def undo(act: Act, place: Place, *, force: bool, dry: bool) -> Undone:
    """See Kind.undo. Only our options are taken away; what another has set since of the others stays."""
    if act.get("bound"):
        return _undo_bound(act, place, force=force, dry=dry)
    point, now = act["target"], _find(act["target"], place)
    state = look(act, place)
    if now is None or state == "before":
        return BACK
    if state == "moved" and not force:
        by_hand = f"mount -o remount,bind,{','.join(one[2:] for one in act['added'])} {point}"
        return Undone("moved", (f"it is {now.options} by now", f"il est {now.options} à présent"), by_hand)
    if not dry:
        _set(place, point, [one for one in now.options.split(",") if one not in act["added"]])
    return BACK


def _undo_bound(act: Act, place: Place, *, force: bool, dry: bool) -> Undone:
    """Unmount what a folder was mounted on itself by: us, or a start that read our line."""
    point, found = act["target"], find_bound(act["target"], place)
    if found is None:
        return BACK
    by_hand = f"umount --lazy {point}"
    if act["line"] and any(one.point == point for one in fstab.read_fstab(_planned(place))):
        return Undone("stays", (f"{FSTAB} names it by now", f"{FSTAB} le nomme à présent"), by_hand)
    if not found.on_top or found.alone:
        names = ", ".join(found.alone[:3]) or point
        return Undone("stays", (f"others mounted there: {names}", f"d’autres y ont monté\u00a0: {names}"), by_hand)
    options = found.mount.options
    if {*options.split(",")} & {*PROTECTING} != {*act["after"]["options"].split(",")} & {*PROTECTING} and not force:
        return Undone("moved", (f"it is {options} by now", f"il est {options} à présent"), by_hand)
    if not dry:
        _expect_system(place)
        take_down(place.at(point))
    return BACK


def _planned(place: Place) -> List[str]:
    """Return the lines of fstab, as they will be in a dry run."""
    state = exchange.look(place, FSTAB)
    if state["type"] != "file":
        return []
    if place.holds(state["sha256"]):
        return place.read(state["sha256"]).decode("utf-8", "surrogateescape").splitlines()
    with open(place.at(FSTAB), errors="surrogateescape") as file:
        return file.read().splitlines()


def settle(act: Act, place: Place) -> str:
    """See Kind.settle."""
    return {"after": "done", "before": "void"}.get(look(act, place), "unclear")


def show(act: Act, place: Place) -> Show:
    """See Kind.show."""
    words: Dict[str, str] = {word: act[word]["options"] for word in ("before", "after")}
    return Show(act["target"], words["before"], words["after"])
