"""Walks in a child process of low priority, which ends in time or is ended."""

import os
import time
from typing import List, Tuple

from rempart_agent.readers.files import walk
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
    import select
    import signal

    from rempart_agent.source.contract import SourceError

    parent = os.getpid()
    answers, answer = os.pipe()
    pid = os.fork()
    if not pid:
        status = 1
        try:
            os.close(answers)
            os.nice(10)
            one = walk.Walk(plan, base, bounds, parent, judge)
            one.run()
            said = [getattr(seen.get("skipped_why"), "said", None) for seen in one.seen]
            data = json.dumps([one.found, one.seen, said]).encode()
            while data:
                data = data[os.write(answer, data) :]
            status = 0
        finally:
            os._exit(status)
    os.close(answer)
    parts = []
    until = time.monotonic() + bounds.seconds + patience
    try:
        while True:
            if not select.select([answers], [], [], max(0.0, until - time.monotonic()))[0]:
                os.kill(pid, signal.SIGKILL)
                raise SourceError("the walk did not end {patience} s after its time", patience=f"{patience:g}")
            part = os.read(answers, 1 << 20)
            if not part:
                break
            parts.append(part)
    finally:
        os.close(answers)
        os.waitpid(pid, 0 if parts else os.WNOHANG)
    try:
        found, seen, said = json.loads(b"".join(parts).decode())
    except ValueError as error:
        raise SourceError("the walk broke off") from error
    for one, why in zip(seen, said):
        if why:
            one["skipped_why"] = Why.again(why)
    return found, seen
