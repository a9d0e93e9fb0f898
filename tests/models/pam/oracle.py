"""libpam itself, in a child with a mount namespace of its own."""

from __future__ import annotations

import contextlib
import glob
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

PATTERNS = ("/usr/lib/*/security/pam_debug.so", "/lib/*/security/pam_debug.so", "/usr/lib64/security/pam_debug.so")


def debug_modules() -> list[str]:
    """Return where ``pam_debug.so`` lies, which returns what it is told."""
    return [path for pattern in PATTERNS for path in glob.glob(pattern)]


class Libpam:
    """Answers cases; started again where a case made libpam itself fall over."""

    def __init__(self) -> None:
        self._child: subprocess.Popen[str] | None = None
        self.vendor = False

    def answer(self, case: dict[str, Any]) -> dict[str, Any] | None:
        """Return every end of a case's stacks, or None where libpam fell over."""
        child = self._started()
        assert child.stdin
        assert child.stdout
        try:
            child.stdin.write(json.dumps(case) + "\n")
            child.stdin.flush()
            line = child.stdout.readline()
        except BrokenPipeError:
            line = ""
        if not line:
            self.close()
            return None
        answer = json.loads(line)
        assert isinstance(answer, dict)
        return answer

    def close(self) -> None:
        """End the child, and its namespace with it."""
        if self._child is not None:
            assert self._child.stdin
            assert self._child.stdout
            with contextlib.suppress(BrokenPipeError):
                self._child.stdin.close()
            self._child.wait()
            self._child.stdout.close()
            self._child = None

    def _started(self) -> subprocess.Popen[str]:
        if self._child is None:
            child = Path(__file__).with_name("libpam_child.py")
            self._child = subprocess.Popen(
                ["unshare", "--mount", "--propagation", "private", sys.executable, str(child), *debug_modules()],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
            assert self._child.stdout
            _, self.vendor = json.loads(self._child.stdout.readline())
        return self._child


@contextlib.contextmanager
def start() -> Iterator[Libpam]:
    """Offer libpam for the time of a trial."""
    oracle = Libpam()
    try:
        yield oracle
    finally:
        oracle.close()
