"""Table rempart_walk: files anywhere that give rights to whoever executes them, found by one walk of all local disks.

A row of ``kind`` ``set_id`` is a regular file with a set-user-id (``u`` in ``set_id``) or set-group-id (``g``) bit, one
of ``capability`` a regular file with capabilities, named in ``capability`` without their flags. ``package`` is the one
that it belongs to, ``intact`` 1 where its content is the package's own by the digest that dpkg or rpm keeps, 0 where it
is another or no package's, NULL for the reason in ``why``; ``package_mode`` is the mode that the package gives it,
known of rpm alone. A file with both is two rows.

A row of ``kind`` ``witness`` tells of each file system: ``entries`` that were seen, ``skipped`` and ``skipped_why``,
``complete`` 1 where it was seen whole, ``ended`` when. One of ``kind`` ``passed_by`` names a file system that is not
walked: remote ones, and, but on an image, read-only ones. Links are not followed, and what lies under a mount point
is not seen. In the folders of containers (docker, containerd, podman, lxc, machines), those that others can't enter
are passed by, which is no gap.

``max_entries`` and ``max_seconds`` bound the walk: a statement gives them by equality, else they are 5,000,000 and 90.
"""

import time
from typing import Dict, Iterator, List, Tuple

from rempart_agent.readers.files import volume, walk
from rempart_agent.readers.packages import privileged_file
from rempart_agent.source.contract import BIGINT, Column, Query, Row, Unfit
from rempart_agent.source.target import Target

OFFLINE = "full"
COST = "walk"  # checks that name the table are asked where a walk was asked for
COLUMNS = (
    *privileged_file.COLUMNS,
    Column("ended", BIGINT),
    Column("max_entries", BIGINT, argument=True),
    Column("max_seconds", BIGINT, argument=True),
)
ENTRIES, SECONDS = 5_000_000, 90
MOST_ENTRIES, MOST_SECONDS = 100_000_000, 3600
AGE = 300.0  # seconds for which a walk is kept: where the tables are served for good, a run has no end


def rows(target: Target, query: Query) -> Iterator[Row]:
    """See Table.rows: what a walk found, and a witness of each file system."""
    entries = _bound(query, "max_entries", ENTRIES, MOST_ENTRIES)
    seconds = _bound(query, "max_seconds", SECONDS, MOST_SECONDS)
    kept: Dict[Tuple[int, int], Tuple[float, List[Row]]] = target.shared("walk", dict)
    began, found = kept.get((entries, seconds), (-AGE, []))
    if time.monotonic() - began > AGE or not found:
        found = list(_walk(target, walk.Bounds(entries, seconds)))
        kept[entries, seconds] = (time.monotonic(), found)
    for row in found:
        yield dict(row, max_entries=entries, max_seconds=seconds)


def _bound(query: Query, name: str, otherwise: int, most: int) -> int:
    asked = query.equal(name)
    if not asked:
        return otherwise
    try:
        return max(1, min(most, *(int(value) for value in asked)))
    except ValueError:
        raise Unfit("{name}: no whole number", name=name) from None


def _walk(target: Target, bounds: walk.Bounds) -> Iterator[Row]:
    target.listdir("/")  # one that may not be looked at at all says so
    plan = volume.plan(target.mountinfo(), target.root or "/", image=not target.root)
    found = list(privileged_file.search(target, plan, bounds))
    ended = int(time.time())
    for one in found:
        yield dict(one, ended=ended) if one["kind"] == "witness" else one
    for passed in plan.skipped:
        shown = passed.path[len(target.root.rstrip("/")) :] or "/"
        yield {"path": shown, "kind": "passed_by", "skipped_why": passed.type, "ended": ended}
