"""A process that answers one question a line, in JSON: the other side of an oracle, in namespaces of its own."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any


class Worker:
    """A process that answers."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        """Hold the process."""
        self._process = process

    def ask(self, question: Any) -> Any:
        """Return the answer to a question; both are what JSON can hold."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(question) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        assert line, "the oracle died"
        return json.loads(line)


@contextmanager
def started(command: Sequence[str], *, quiet: bool = False) -> Iterator[Worker]:
    """Run a program while the block lasts; it ends by itself when nothing more is asked.

    Args:
        command: The program and its arguments.
        quiet: Whether what it complains of is dropped.
    """
    complaints = subprocess.DEVNULL if quiet else None
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=complaints, text=True
    ) as process:
        try:
            yield Worker(process)
        finally:
            assert process.stdin is not None
            process.stdin.close()
            process.wait(60)
