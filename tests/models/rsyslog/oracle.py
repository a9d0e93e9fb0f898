"""The oracle: a rsyslogd on loopback, in a network namespace of its own, that shows where messages go."""

from __future__ import annotations

import contextlib
import re
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from rempart_testing.worker import Worker, started

WORKER = Path(__file__).with_name("worker.py")
HEAD = 'module(load="imuxsock" SysSock.Use="off")\ninput(type="imuxsock" Socket="{DIR}/log")\n'


class Oracle:
    """A worker in a namespace, and a folder for configurations."""

    def __init__(self, folder: Path, worker: Worker) -> None:
        """Take both."""
        self.folder, self._worker = folder, worker

    def ask(self, case: dict[str, Any]) -> dict[str, set[int]] | None:
        """Return the numbers of the messages that came to each place; None where rsyslogd did not start."""
        for old in self.folder.glob("out-*"):
            old.unlink()
        for name, text in case["files"].items():
            (self.folder / "d" / name).write_text(self.filled(text), encoding="utf-8")
        main = self.folder / "main.conf"
        main.write_text(self.filled(HEAD + case["main"]), encoding="utf-8")
        question = {"conf": str(main), "socket": str(self.folder / "log"), "messages": case["messages"]}
        answer = self._worker.ask(question)
        if "refused" in answer:
            return None
        went = {name: set(numbers) for name, numbers in answer["went"].items()}
        for number in range(4):
            path = self.folder / f"out-{number}"
            text = path.read_text(encoding="utf-8", errors="replace") if path.exists() else ""
            went[f"file {number}"] = {int(n) for n in re.findall(r"qq([0-9]+)qq", text)}
        return went

    def filled(self, text: str) -> str:
        """Return a text with the name of the folder in it."""
        return text.replace("{DIR}", str(self.folder))


@contextlib.contextmanager
def start() -> Iterator[Oracle]:
    """Make the namespace and the folder; both are gone at the end."""
    with tempfile.TemporaryDirectory(prefix="rempart-rsyslog-") as name:
        folder = Path(name)
        (folder / "d").mkdir()
        with started(["unshare", "--net", sys.executable, str(WORKER)]) as worker:
            yield Oracle(folder, worker)
