"""systemctl and systemd-analyze, asked about trees and calendar expressions."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from rempart_agent.models.unit import files as unit_files

Tree = list[list[str]]
_ENVIRONMENT = {
    "PATH": os.environ.get("PATH", "/usr/bin"),
    "LC_ALL": "C.UTF-8",
    "SYSTEMD_COLORS": "0",
    "SYSTEMD_LOG_LEVEL": "err",
}


class Disk(unit_files.Files):
    """Files below a folder of this machine, for the model."""

    def __init__(self, root: str) -> None:
        self._root = root

    def names(self, folder: str) -> list[tuple[str, str]]:
        path = self._root + unit_files.resolve(self, folder)
        return sorted((e.name, self._kind(e.path)) for e in os.scandir(path)) if os.path.isdir(path) else []

    def kind(self, path: str) -> str:
        return self._kind(self._root + path)

    def _kind(self, path: str) -> str:
        if not os.path.lexists(path):
            return unit_files.ABSENT
        if os.path.islink(path):
            return unit_files.LINK
        if os.path.isdir(path):
            return unit_files.FOLDER
        if not os.path.isfile(path):
            return unit_files.OTHER
        return unit_files.FILE if os.path.getsize(path) else unit_files.EMPTY

    def target(self, path: str) -> str:
        return os.readlink(self._root + path)

    def text(self, path: str) -> str:
        return Path(self._root + unit_files.resolve(self, path)).read_bytes().decode("utf-8", "surrogateescape")


class Programs:
    """The programs, and a folder in memory for one tree after the other."""

    def __init__(self, folder: str) -> None:
        self.root = folder + "/root"
        self.presets: dict[str, str] = {}

    def plant(self, tree: Tree) -> Disk:
        """Make a tree, in place of the one before."""
        shutil.rmtree(self.root, ignore_errors=True)
        for folder in ("usr/lib", "opt", "dev"):
            os.makedirs(f"{self.root}/{folder}")
        os.symlink("usr/lib", f"{self.root}/lib")
        for path, kind, content in [*tree, ["/opt/empty", "file", ""]]:
            place = Path(self.root + path)
            try:
                place.parent.mkdir(parents=True, exist_ok=True)
                if os.path.lexists(place):
                    continue
                if kind == "file":
                    place.write_bytes(content.encode("utf-8", "surrogateescape"))
                elif kind == "link":
                    place.symlink_to(content)
                else:
                    place.mkdir()
            except (FileExistsError, NotADirectoryError):  # below what an earlier entry made a file
                continue
        return Disk(self.root)

    def states(self) -> dict[str, str]:
        """Return what systemctl says of each unit that has a file."""
        out = self._run(
            "systemctl", f"--root={self.root}", "list-unit-files", "--no-legend", "--no-pager", "--full"
        ).stdout
        lines = [fields for line in out.splitlines() if len(fields := line.split()) >= 2]
        self.presets = {fields[0]: fields[2] for fields in lines if len(fields) > 2 and fields[2] != "-"}
        return {fields[0]: fields[1] for fields in lines}

    def state(self, name: str) -> str:
        """Return what systemctl says of one name; ``bad`` where it says nothing."""
        return self._run("systemctl", f"--root={self.root}", "is-enabled", "--", name).stdout.strip() or "bad"

    def next(self, expression: str, base: int, zone: str) -> str | int:
        """Return the second at which an expression comes next; ``never``, or ``invalid``."""
        done = self._run("systemd-analyze", "calendar", f"--base-time=@{base}", "--", expression, zone=zone)
        found = re.search(r"(?:\(in UTC\)|Next elapse): (.*UTC|never)$", done.stdout, re.MULTILINE)
        found = re.search(r"\(in UTC\): (.*)", done.stdout) or found
        if not found:
            return "never" if "determine next elapse" in done.stderr else "invalid"
        if found.group(1) == "never":
            return "never"
        return int(datetime.strptime(found.group(1)[4:23], "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC).timestamp())

    def _run(self, *command: str, zone: str = "UTC") -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command,
            env={**_ENVIRONMENT, "TZ": zone},
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
            timeout=30,
        )


@contextmanager
def start() -> Iterator[Programs]:
    """Make a folder for the trees, and remove it."""
    with tempfile.TemporaryDirectory(prefix="rempart-units-", dir="/dev/shm") as folder:
        yield Programs(folder)
