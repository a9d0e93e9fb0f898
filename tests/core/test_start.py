"""Start-up time is a feature: what a plain run imports of core brings none of the slow modules along."""

from __future__ import annotations

import subprocess
import sys

PLAIN = "check, result, parameter, profile, waiver, verdict, selection, document, difference, content"
SLOW = ("yaml", "dataclasses", "pathlib", "json", "difflib", "fnmatch", "inspect", "zoneinfo", "datetime", "hashlib")


def test_a_plain_run_imports_nothing_slow() -> None:
    program = f"import sys\nfrom rempart_core import {PLAIN}\nprint([name for name in {SLOW!r} if name in sys.modules])"
    # without site: what a virtual environment's own start-up files import is not ours
    path = [entry for entry in sys.path if entry]
    program = f"import sys; sys.path[:0] = {path!r}\n{program}"
    done = subprocess.run([sys.executable, "-S", "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
