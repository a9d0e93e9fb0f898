"""Does a piece of work in a child process, which ends in time or is ended."""

import os
import time
from typing import Callable, List, Optional

_END = (
    5.0  # seconds that one who was ended may take: a file system that does not answer holds it for as long as it likes
)


def run(work: Callable[[], bytes], seconds: float) -> Optional[bytes]:
    """Return what ``work()`` returned in a child process: less than all of it, or nothing, where the child broke off.

    Args:
        work: Done by the child alone; what it changes in memory is lost.
        seconds: How long it may take, its answer with it.

    Returns:
        None where it did not end in time.
    """
    import select
    import signal

    answers, answer = os.pipe()
    pid = os.fork()
    if not pid:
        status = 1
        try:
            os.close(answers)
            data = work()
            while data:
                data = data[os.write(answer, data) :]
            status = 0
        finally:
            os._exit(status)
    os.close(answer)
    parts: List[bytes] = []
    until = time.monotonic() + seconds
    try:
        while select.select([answers], [], [], max(0.0, until - time.monotonic()))[0]:
            part = os.read(answers, 1 << 20)
            if not part:
                return b"".join(parts)
            parts.append(part)
        return None
    finally:
        os.close(answers)
        os.kill(pid, signal.SIGKILL)  # it has ended by now, or has to
        _collect(pid)


def _collect(pid: int) -> None:
    """Collect a child that ends; one that the kernel does not let go is left to it."""
    until = time.monotonic() + _END
    while not os.waitpid(pid, os.WNOHANG)[0] and time.monotonic() < until:
        time.sleep(0.005)
