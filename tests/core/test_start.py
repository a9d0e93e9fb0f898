"""Start-up time is a feature: what a plain run imports of core brings none of the slow modules along."""

from __future__ import annotations

import subprocess
import sys

PLAIN = """
from rempart_core.model import check, result, parameter, profile, waiver, verdict, selection, difference
from rempart_core.documents import run_document
from rempart_core.content import place
"""
SLOW = ("yaml", "dataclasses", "pathlib", "json", "difflib", "fnmatch", "inspect", "zoneinfo", "datetime", "hashlib")


def test_a_plain_run_imports_nothing_slow() -> None:
    program = f"import sys\n{PLAIN}print([name for name in {SLOW!r} if name in sys.modules])"
    # without site: what a virtual environment's own start-up files import is not ours
    path = [entry for entry in sys.path if entry]
    program = f"import sys; sys.path[:0] = {path!r}\n{program}"
    done = subprocess.run([sys.executable, "-S", "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
