"""``python bench/secret_search.py [FOLDER]``: what a search for secrets costs, with Hyperscan and without.

The contents are one large file of text and programs of this machine, and FOLDER (``/usr/share``) as it lies. Target:
300 MB a second of CPU, read and searched with Hyperscan. What is packed costs besides what unpacking it does.
"""

from __future__ import annotations

import os
import resource
import sys
import tempfile
import time
from pathlib import Path

from rempart_agent.formats import literal_search, token
from rempart_agent.readers.files import archive_format, secret_search
from rempart_agent.targets.root import RootTarget

_LARGE = 400 << 20


def make(file: Path, source: str) -> None:
    """Fill a file with what lies below a folder, without what is packed."""
    size = 0
    with file.open("wb") as made:
        for folder, _, names in os.walk(source):
            for name in names:
                path = os.path.join(folder, name)
                if size < _LARGE and os.path.isfile(path) and not os.path.islink(path):
                    with open(path, "rb") as one:
                        data = one.read(1 << 24)
                    if not archive_format.recognise(data[:512]):
                        size += made.write(data)


def measure(name: str, root: str) -> None:
    """Search a tree, and print bytes a second of CPU."""
    began = time.process_time()
    search = secret_search.Search(RootTarget(root))
    search.all("/")
    used = time.process_time() - began
    read = search.size / 1e6
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10
    print(
        f"{name}: {search.scanned} files, {search.packed} packed, {read:.0f} MB, {used:.2f} s CPU, "
        f"{read / max(used, 1e-3):.0f} MB/s, {len(search.findings)} found, {most} MiB"
    )


def main() -> int:
    """Measure and print."""
    source = sys.argv[1] if len(sys.argv) > 1 else "/usr/share"
    with tempfile.TemporaryDirectory(prefix="rempart-secrets-") as folder:
        make(Path(folder, "large.rst"), source)
        for finder in ("hyperscan", "loop"):
            if finder == "loop":
                sys.modules["hyperscan"] = None  # type: ignore[assignment]
                literal_search.finder.cache_clear()
                literal_search.wide_finder.cache_clear()
            token.scan(b"\0", "/")  # what is made once for all files
            measure(f"{finder}, one large file", folder)
            measure(f"{finder}, {source}", source)
    return 0


if __name__ == "__main__":
    sys.exit(main())
