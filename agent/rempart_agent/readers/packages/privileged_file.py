"""What a walk finds, as rows: files that give rights to whoever executes them with what their packages say of them."""

from typing import Iterator, Optional

from rempart_agent.models import file_capability
from rempart_agent.readers.files import volume, walk, walk_child
from rempart_agent.readers.files.walk_entry import PROGRAMS, Judge
from rempart_agent.readers.packages import package_digest
from rempart_agent.readers.packages.package_digest import Packages
from rempart_agent.said import Why
from rempart_agent.source.contract import (
    BIGINT,
    INTEGER,
    TEXT,
    Column,
    Row,
)
from rempart_agent.source.target import Target

COLUMNS = (
    Column("path", TEXT),
    Column("kind", TEXT),
    Column("mode", TEXT),
    Column("uid", BIGINT),
    Column("gid", BIGINT),
    Column("set_id", TEXT),
    Column("capability", TEXT),
    Column("sha256", TEXT),
    Column("package", TEXT),
    Column("package_mode", TEXT),
    Column("intact", INTEGER),
    Column("why", TEXT),
    Column("nosuid", INTEGER),
    Column("entries", BIGINT),
    Column("skipped", BIGINT),
    Column("skipped_why", TEXT),
    Column("complete", INTEGER),
)
"""What rows of :func:`search` have of files that give rights, and of witnesses."""

MORE_COLUMNS = (
    Column("type", TEXT),
    Column("user_known", INTEGER),
    Column("group_known", INTEGER),
    Column("acl", TEXT),
    Column("loose", TEXT),
    Column("home_owner", TEXT),
    Column("walked", INTEGER),
    Column("untold", TEXT),
)
"""What they have besides where a judge notes everything."""


def search(target: Target, plan: volume.Plan, bounds: walk.Bounds, judge: Judge) -> Iterator[Row]:
    """Walk, and yield what was found and a witness of each file system: ``kind`` tells which.

    Args:
        target: What is looked at.
        plan: Which file systems are walked.
        bounds: What ends a walk.
        judge: Tells what is worth noting.
    """
    if target.root:
        found, seen = walk_child.in_child(plan, target.root, bounds, judge)
    else:
        from rempart_agent.readers.files import target_walk

        found, seen = target_walk.walk(plan, target, bounds, judge)
    paths = [bytes.fromhex(one["path"]).decode("utf-8", "surrogateescape") for one in found]
    programs = [path for path, one in zip(paths, found) if one["kind"] in PROGRAMS]
    packages = package_digest.look_up(target, programs) if programs else Packages({}, [])
    for path, one in zip(paths, found):
        yield _found(path, one, packages) if one["kind"] in PROGRAMS else _noted(path, one)
    for walked in seen:
        yield {
            "kind": "witness",
            "path": walked["path"],
            "entries": walked["entries"],
            "skipped": walked["skipped"],
            "skipped_why": walked["skipped_why"],
            "complete": walked["complete"],
            "walked": walked["walked"],
            "untold": ",".join(walked["untold"]),
        }


def _noted(path: str, one: walk.Found) -> Row:
    return {
        "path": path,
        "kind": one["kind"],
        "type": one["type"],
        "mode": "{:04o}".format(int(one["mode"])),
        "uid": one["uid"],
        "gid": one["gid"],
        "nosuid": one["nosuid"],
        "user_known": _yes_or_no(one["user_known"]),
        "group_known": _yes_or_no(one["group_known"]),
        "acl": one["acl"],
        "loose": one["loose"],
        "home_owner": one["home_owner"],
    }


def _yes_or_no(value: Optional[bool]) -> Optional[int]:
    return None if value is None else int(value)


def _found(path: str, one: walk.Found, packages: Packages) -> Row:
    mode, digests = int(one["mode"]), one["digests"]
    known = packages.files.get(path)
    intact: Optional[int] = None
    why = ""
    if not packages.managers:
        why = Why("no package manager that is known here")
    elif known is None:
        intact, why = 0, Why("of no package")
    elif digests is None:
        why = Why("too large, or gone, before its digest was made")
    elif not known.digest or known.algorithm not in digests:
        why = Why("the package has no digest of it that can be made here")
    else:
        intact = int(digests[known.algorithm] == known.digest)
        why = "" if intact else Why("its content is not the package's")
    capability = file_capability.parse(bytes.fromhex(one["capability"])) if one["capability"] else None
    text = ",".join(file_capability.names(capability.permitted | capability.inheritable)) if capability else ""
    return {
        "path": path,
        "kind": one["kind"],
        "type": one["type"],
        "mode": "{:04o}".format(mode),
        "uid": one["uid"],
        "gid": one["gid"],
        "set_id": ("u" if mode & 0o4000 else "") + ("g" if mode & 0o2000 else ""),
        "capability": "unreadable" if one["capability"] and not capability else text,
        "sha256": digests["sha256"] if digests else "",
        "package": known.package if known else "",
        "package_mode": "{:04o}".format(known.mode) if known and known.mode >= 0 else "",
        "intact": intact,
        "why": why,
        "nosuid": one["nosuid"],
    }
