"""Table rempart_walk: what is worth noting anywhere, found by one walk of all local disks.

Each row names one entry and one thing about it, its ``kind``; an entry of which there are several is several rows.
``type`` is ``regular``, ``directory``, ``link``, ``block``, ``character``, ``fifo`` or ``socket``.

- ``set_id``: a regular file with a set-user-id (``u`` in ``set_id``) or set-group-id (``g``) bit.
- ``capability``: a regular file with capabilities, named in ``capability`` without their flags.
- ``unowned``: an owner or a group that nobody has: ``user_known``, ``group_known`` 0; NULL where accounts come from
  elsewhere than the files of an image. A running machine is asked, as find(1) asks it.
- ``world_writable``: anything but a link that others may write.
- ``acl``: it has an access list, or hands one down; ``acl`` is as getfacl(1) shows it, with ids for names.
- ``loose``: in a folder of programs or libraries (``/usr/bin``, ``/usr/lib``, ``/usr/local/sbin`` and their like),
  somebody else than root has it or may write it. ``loose`` says why: ``owner``, ``group`` (which is root's, but of
  programs that give rights), ``group_writes``, ``others_write``, ``acl_writes``, ``acl_unreadable``.
- ``home_owner``, ``home_group``, ``home_open``: it lies in the home of ``home_owner``, and its owner is not that user,
  or its group not that user's first one, or its mode gives more than 0750.

For ``set_id`` and ``capability``: ``package`` is the one that the file belongs to, ``intact`` 1 where its content is
the package's own by the digest that dpkg or rpm keeps, 0 where it is another or no package's, NULL for the reason in
``why``; ``package_mode`` is the mode that the package gives it, known of rpm alone.

A row of ``kind`` ``witness`` tells of each file system: ``entries`` that were seen, ``skipped`` and ``skipped_why``,
``walked`` 1 where it was seen whole, ``untold`` the kinds of which not all could be told (more than 20,000; no accounts
that can be read), ``complete`` 1 where it was seen whole and no kind is untold, ``ended`` when. One of ``kind``
``home`` names each home that was looked for, links resolved, and its ``home_owner``. One of ``passed_by`` names a
file system that is not walked: remote ones, and, but on an image, read-only ones. Links are not
followed, and what lies under a mount point is not seen. In the folders of containers (docker, containerd, podman, lxc,
machines), those that others can't enter are passed by, which is no gap.

``max_entries`` and ``max_seconds`` bound the walk: a statement gives them by equality, else they are 5,000,000 and 90.
"""

import time
from typing import Dict, Iterator, List, Tuple

from rempart_agent.readers.files import volume, walk, walk_owner
from rempart_agent.readers.files.walk_entry import Judge
from rempart_agent.readers.packages import privileged_file
from rempart_agent.source.contract import BIGINT, Column, Query, Row, Unfit
from rempart_agent.source.target import Target

OFFLINE = "full"
COST = "walk"  # checks that name the table are asked where a walk was asked for
COLUMNS = (
    *privileged_file.COLUMNS,
    *privileged_file.MORE_COLUMNS,
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
    owners = walk_owner.read(target)
    found = list(privileged_file.search(target, plan, bounds, Judge(owners)))
    ended = int(time.time())
    for home in owners.homes if owners else ():
        yield {"path": home.path, "kind": "home", "uid": home.uid, "gid": home.gid, "home_owner": home.name}
    for one in found:
        yield dict(one, ended=ended) if one["kind"] == "witness" else one
    for passed in plan.skipped:
        shown = passed.path[len(target.root.rstrip("/")) :] or "/"
        yield {"path": shown, "kind": "passed_by", "skipped_why": passed.type, "ended": ended}
