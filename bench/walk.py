"""``python bench/walk.py [ENTRIES]``: what a walk costs, on a tree made for it and on this machine's own ``/``.

Target: at most 8 microseconds of CPU an entry, less than 64 MiB.
"""

from __future__ import annotations

import os
import resource
import sys
import tempfile
import time
from pathlib import Path

from rempart_agent.readers.files import volume, walk, walk_child, walk_owner
from rempart_agent.readers.files.walk_entry import Judge
from rempart_agent.targets.live import LiveTarget

ENTRIES = 500_000
_A_FOLDER = 100


def make(root: Path, entries: int) -> None:
    """Make a tree of that many entries: folders of a hundred files, some of them set-id."""
    for number in range(entries // (_A_FOLDER + 1)):
        folder = root / f"{number % 50:02}" / f"{number:05}"
        folder.mkdir(parents=True)
        for name in range(_A_FOLDER):
            (folder / f"{name}.dat").touch()
        if number % 1000 == 0:
            (folder / "0.dat").chmod(0o4755)


def measure(base: str) -> None:
    """Walk, and print entries, seconds and memory."""
    with open("/proc/self/mountinfo", encoding="utf-8", errors="surrogateescape") as file:
        plan = volume.plan(file.read(), base)
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    began = time.perf_counter()
    found, seen = walk_child.in_child(plan, base, walk.Bounds(100_000_000, 3600), Judge(walk_owner.read(LiveTarget())))
    wall = time.perf_counter() - began
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    entries = sum(one["entries"] for one in seen)
    each = used / max(entries, 1) * 1e6
    print(
        f"{base}: {entries} entries, {len(found)} found, {each:.1f} us CPU each, {used:.1f} s CPU, {wall:.1f} s, "
        f"{after.ru_maxrss / 1024:.0f} MiB"
    )


def main() -> int:
    """Measure and print."""
    entries = int(sys.argv[1]) if len(sys.argv) > 1 else ENTRIES
    with tempfile.TemporaryDirectory(prefix="rempart-walk-") as folder:
        make(Path(folder), entries)
        measure(os.path.realpath(folder))
    measure("/")
    return 0


if __name__ == "__main__":
    sys.exit(main())
