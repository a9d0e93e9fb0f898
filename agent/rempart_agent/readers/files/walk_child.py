"""Walks in a child process of low priority, which ends in time or is ended."""

import os
from typing import List, Tuple

from rempart_agent.readers.files import child, walk
from rempart_agent.readers.files.volume import Plan
from rempart_agent.readers.files.walk import Bounds, Found, Seen
from rempart_agent.readers.files.walk_entry import Judge
from rempart_agent.said import Why


def in_child(
    plan: Plan, base: str, bounds: Bounds, judge: Judge, patience: float = 15.0
) -> Tuple[List[Found], List[Seen]]:
    """Walk in a child process and return what ``Walk`` found and saw.

    Args:
        plan: What is visited.
        base: The folder that stands for ``/``.
        bounds: What ends it.
        judge: Tells what is worth noting.
        patience: Seconds that the child may take beyond its bound: a file system may hold it.

    Raises:
        SourceError: the child did not end, or not well.
    """
    import json

    from rempart_agent.source.contract import SourceError

    parent = os.getpid()

    def go() -> bytes:
        os.nice(10)
        one = walk.Walk(plan, base, bounds, parent, judge)
        one.run()
        said = [getattr(seen.get("skipped_why"), "said", None) for seen in one.seen]
        return json.dumps([one.found, one.seen, said]).encode()

    data = child.run(go, bounds.seconds + patience)
    if data is None:
        raise SourceError("the walk did not end {patience} s after its time", patience=f"{patience:g}")
    try:
        found, seen, said = json.loads(data.decode())
    except ValueError as error:
        raise SourceError("the walk broke off") from error
    for one, why in zip(seen, said):
        if why:
            one["skipped_why"] = Why.again(why)
    return found, seen
