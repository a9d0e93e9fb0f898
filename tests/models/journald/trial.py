"""The trial of the model of journald: systemd-analyze says which files count, in order, and what a time span is."""

from __future__ import annotations

import contextlib
import re
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from rempart_testing.models import Answer, Trial

from models.journald import grammar
from rempart_agent.models import journald


@contextlib.contextmanager
def start() -> Iterator[Path]:
    """Make a folder for trees."""
    with tempfile.TemporaryDirectory(prefix="rempart-journald-") as name:
        yield Path(name)


def judge(folder: Path, case: dict[str, Any]) -> Iterator[Answer]:
    """Ask for the files, their order, and the spans."""
    root = Path(tempfile.mkdtemp(dir=folder))
    for path, text in case["files"].items():
        place = root / path.lstrip("/")
        place.parent.mkdir(parents=True, exist_ok=True)
        if text is None:
            place.symlink_to("/dev/null")
        else:
            place.write_text(text, encoding="utf-8")
    command = ["systemd-analyze", "cat-config", f"--root={root}", "systemd/journald.conf"]
    told = subprocess.run(command, capture_output=True, text=True, check=False)
    real = [line[2:].removeprefix(str(root)) for line in told.stdout.splitlines() if line.startswith(f"# {root}/")]
    order = [p for p in journald.order(case["files"]) if case["files"][p] is not None]
    real = [p for p in real if case["files"].get(p) is not None]
    yield Answer("files", order, real, told.stderr)
    for path in order:
        yield Answer(f"{path} counts", 1, int(path in real))
    for path in sorted(set(case["files"]) - set(order)):
        yield Answer(f"{path} counts", 0, int(path in real))
    for span in case["spans"]:
        yield Answer(f"span {span!r}", _told(span), _span(span))


def _told(span: str) -> object:
    seconds = journald.seconds(span)
    if seconds is None:
        return "none"
    return "infinity" if seconds == float("inf") else round(seconds * 1_000_000)


def _span(span: str) -> object:
    run = subprocess.run(
        ["systemd-analyze", "timespan", "--", span],
        capture_output=True,
        text=True,
        check=False,
    )
    if run.returncode:
        return "none"
    found = re.search(r"s: (\d+)", run.stdout)
    return int(found.group(1)) if found and "infinity" not in run.stdout else "infinity"


TRIAL = Trial(
    name="journald",
    cases=grammar.cases(),
    start=start,
    judge=judge,
    constructs=grammar.constructs,
    programs=("systemd-analyze",),
    full=1_000,
)
