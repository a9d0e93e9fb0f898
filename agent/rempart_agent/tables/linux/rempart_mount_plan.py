"""Table rempart_mount_plan: what is mounted now, beside what is to be mounted at a start, with what protects it.

``kind`` is ``mounted`` (``/proc/1/mountinfo``; none on a root filesystem), ``fstab``, ``unit`` (systemd.mount(5), with
drop-ins; those that its generator makes of fstab are not told twice), or ``witness``. ``nodev``, ``nosuid`` and
``noexec`` are what counts in the end: of fstab the last word on each. ``part`` is the folder of the file system that is
mounted, ``/`` for all of it. ``at_boot`` is 1 where the start mounts it, or its first use does.

Asked for by ``path`` it tells of the file system on which that lies, links followed: ``own`` is 1 where it is mounted
just there, ``link`` where the path leads elsewhere. Without, each mount has its row. What nobody can read (a broken
line) stands under the path ``""``, with ``why``; so does the witness, whose ``state`` is ``live``, ``root``, or
``nothing`` where a root filesystem has neither fstab nor units.
"""

from typing import Iterator, List

from rempart_agent.models import fstab, mount_plan
from rempart_agent.source.contract import INTEGER, TEXT, Column, Denied, Malformed, Missing, Query, Row
from rempart_agent.source.target import Target

OFFLINE = "part"
COLUMNS = (
    Column("path", TEXT, argument=True),
    Column("mount_point", TEXT),
    Column("kind", TEXT),
    Column("place", TEXT),
    Column("device", TEXT),
    Column("type", TEXT),
    Column("options", TEXT),
    Column("nodev", INTEGER),
    Column("nosuid", INTEGER),
    Column("noexec", INTEGER),
    Column("part", TEXT),
    Column("at_boot", INTEGER),
    Column("state", TEXT),
    Column("own", INTEGER),
    Column("link", INTEGER),
    Column("why", TEXT),
)
_TABLES = ("/proc/1/mountinfo", "/proc/self/mountinfo")


def rows(target: Target, query: Query) -> Iterator[Row]:
    """See Table.rows: each mount, or those under the paths that are asked for."""
    found: List[Row] = target.shared("mount plan", lambda: _all(target))
    asked = query.equal("path")
    if asked is None:
        yield from found
        return
    points = {str(row["mount_point"]) for row in found if row["path"]} | {"/"}
    for path in sorted(set(asked)):
        if not path:
            yield from (row for row in found if not row["path"])
        elif path.startswith("/"):
            real = _real(target, path)
            point = max((one for one in points if (real + "/").startswith(one.rstrip("/") + "/")), key=len)
            link = int(real != (mount_plan.simplified(path) or path))
            for row in found:
                if row["path"] and row["mount_point"] == point:
                    yield dict(row, path=path, own=int(point == real), link=link)


def _real(target: Target, path: str) -> str:
    """Return a path without links; what does not exist stays as it is written."""
    try:
        return target.realpath(path)
    except Missing:
        return mount_plan.simplified(path) or path


def _all(target: Target) -> List[Row]:
    from rempart_agent.readers.files import unit

    try:
        text, has_fstab = target.text(mount_plan.FSTAB), True
    except Missing:
        text, has_fstab = "", False
    found = list(_mounted(target)) if target.live else []
    for one in mount_plan.plan(text, unit.next_units(target), unit.started(target)):
        point = _real(target, one.path) if one.path else ""
        bound = {"bind", "rbind"} & set(fstab.options(one.options))
        found.append(
            {
                **fstab.protection(one.options),
                "path": point,
                "mount_point": point,
                "kind": one.kind,
                "place": one.place,
                "device": one.device,
                "type": one.type,
                "options": one.options,
                "part": one.device if bound else "/",
                "at_boot": one.at_boot,
                "state": one.state,
                "own": int(bool(point)),
                "link": 0,
                "why": one.why,
            }
        )
    state = "live" if target.live else "root" if has_fstab or unit.next_units(target).folders.names() else "nothing"
    found.append({"path": "", "mount_point": "", "kind": "witness", "state": state, "why": ""})
    return found


def _mounted(target: Target) -> Iterator[Row]:
    for line in _table(target).split("\n"):
        fields = line.split(" ")
        if fields == [""]:
            continue
        if len(fields) < 9 or "-" not in fields[6:-2]:
            raise Malformed("mountinfo: not a mount: {line}", line=repr(line[:80]))
        kind, device = fields[fields.index("-", 6) + 1 :][:2]
        point = fstab.unescaped(fields[4])
        if kind == "autofs" or not point.startswith("/"):  # what mounts once somebody looks at it
            continue
        yield {
            **{name: int(name in fields[5].split(",")) for name in fstab.PROTECTING},
            "path": point,
            "mount_point": point,
            "kind": "mounted",
            "place": "",
            "device": fstab.unescaped(device),
            "type": kind,
            "options": fields[5],
            "part": fstab.unescaped(fields[3]),
            "at_boot": None,
            "state": "mounted",
            "own": 1,
            "link": 0,
            "why": "",
        }


def _table(target: Target) -> str:
    """Return what the first process sees: a service of its own may see other mounts."""
    try:
        return target.text(_TABLES[0])
    except (Missing, Denied):
        return target.text(_TABLES[1])
