"""The table of mounted filesystems, for every table that needs to know where something is mounted."""

import re
from typing import Iterator, NamedTuple

from rempart_agent.source.contract import Malformed
from rempart_agent.source.target import Target

_ESCAPE = re.compile(r"\\([0-7]{3})")


class Mount(NamedTuple):
    """One line of ``/proc/mounts`` (fstab(5), getmntent(3))."""

    device: str
    path: str
    type: str
    flags: str


def read(target: Target) -> Iterator[Mount]:
    """Return what is mounted, in the order in which it was mounted."""
    return parse(target.text("/proc/mounts"))


def parse(text: str) -> Iterator[Mount]:
    """Parse ``/proc/mounts``; raises ``Malformed`` on a line with fewer than four fields."""
    for line in text.split("\n"):
        fields = line.split()
        if not fields:
            continue
        if len(fields) < 4:
            raise Malformed("/proc/mounts: not a mount: {line}", line=repr(line[:80]))
        if "\\" in line:
            fields = [_ESCAPE.sub(lambda m: chr(int(m.group(1), 8) & 0xFF), field) for field in fields]
        yield Mount(*fields[:4])
