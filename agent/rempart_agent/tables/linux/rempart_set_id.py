"""Table rempart_set_id: files below some folders that give rights to whoever executes them, by their content.

What ``rempart_walk`` finds everywhere, of the folders alone that a statement names in ``folders``, with colons between
them: the other columns are the same, and what they mean. ``path`` is where a file really lies: links are not followed.
What is mounted below is looked at too, but for what the kernel makes up (``/proc``) and remote file systems.
"""

from typing import Iterator, List, Set

from rempart_agent.readers.files import volume, walk
from rempart_agent.readers.files.walk_entry import Judge
from rempart_agent.readers.packages import privileged_file
from rempart_agent.source.contract import TEXT, Column, Loop, Missing, Query, Row
from rempart_agent.source.target import Target

OFFLINE = "full"
COLUMNS = (Column("folders", TEXT, argument=True, required=True), *privileged_file.COLUMNS)
BOUNDS = walk.Bounds(1_000_000, 10.0)
_NAMES = tuple(column.name for column in privileged_file.COLUMNS)


def rows(target: Target, query: Query) -> Iterator[Row]:
    """See Table.rows: what is found below each folder, and a witness of each that is there."""
    for asked in query.equal("folders") or []:
        for row in _search(target, [folder for folder in asked.split(":") if folder]):
            yield dict({name: row[name] for name in _NAMES if name in row}, folders=asked)


def _search(target: Target, asked: List[str]) -> Iterator[Row]:
    base = target.root.rstrip("/")
    visited: List[volume.Volume] = []
    edges: Set[str] = set()
    for folder in sorted(set(asked)):
        try:
            real = target.realpath(folder)
        except (Missing, Loop):
            continue
        target.listdir(real)
        plan = volume.plan(target.mountinfo(), (base + real).rstrip("/") or "/", image=not target.root)
        visited += plan.visited
        edges |= plan.edges
    chosen = {one.path: one for one in visited}
    top = [one for path, one in sorted(chosen.items()) if path in edges or not _covered(path, chosen)]
    plan = volume.Plan(tuple(top), (), frozenset(edges))
    yield from privileged_file.search(target, plan, BOUNDS, Judge(everything=False))


def _covered(path: str, others: "dict[str, volume.Volume]") -> bool:
    """Tell whether a folder lies in another one that is looked at."""
    return any(path != other and path.startswith(other.rstrip("/") + "/") for other in others)
