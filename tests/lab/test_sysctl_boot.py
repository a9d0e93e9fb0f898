"""The model of kernel settings against whole starts of a real Debian: thirty, each with many values."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from rempart_testing import nspawn

from models.sysctl import grammar, trial
from rempart_agent.models.sysctl import boot, kernel

pytestmark = pytest.mark.lab
BOOTS = 30
READ = """
import json, os
found = {}
for top in ("ipv4", "ipv6"):
    for folder, _, names in os.walk("/proc/sys/net/" + top):
        for name in names if "/neigh" not in folder else ():
            try:
                with open(os.path.join(folder, name)) as file:
                    found[os.path.join(folder, name)[10:]] = " ".join(file.read().split())
            except OSError:
                pass
print(json.dumps(found))
"""


def _cases() -> list[dict[str, str | None]]:
    """Return files that say much; those of /run are gone when a machine starts."""
    found: list[dict[str, str | None]] = []

    @seed(3)
    @settings(
        max_examples=300,
        database=None,
        deadline=None,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )
    @given(grammar.cases())
    def collect(case: dict[str, Any]) -> None:
        files = {path: text for path, text in case["files"].items() if not path.startswith("/run")}
        if sum(len(text or "") for text in files.values()) > 200:
            found.append(files)

    collect()
    return found[:BOOTS]


@contextmanager
def _booted(tree: Path, folder: Path, files: dict[str, str | None]) -> Iterator[list[str]]:
    """Start a machine with these files below its folders of sysctl.d; gives the words that enter it."""
    upper = folder / "up"
    for path in grammar.FOLDERS:
        (upper / path.lstrip("/")).mkdir(parents=True, exist_ok=True)
    for path, text in files.items():
        where = upper / path.lstrip("/")
        if text is None:
            where.symlink_to("/dev/null")
        else:
            where.write_text(text)
    (folder / "work").mkdir()
    (folder / "root").mkdir()
    layers = f"lowerdir={tree},upperdir={upper},workdir={folder}/work"
    script = (
        f"mount -t overlay -o {layers} overlay {folder}/root && exec systemd-nspawn -q -b -D {folder}/root"
        " --register=no --keep-unit --private-network --link-journal=no </dev/null"
    )
    command = ["unshare", "-m", "--propagation", "private", "sh", "-c", script]
    with (folder / "log").open("wb") as log, subprocess.Popen(command, stdout=log, stderr=log) as process:
        first = ""
        try:
            until = time.monotonic() + 180
            while True:
                assert time.monotonic() < until, (folder / "log").read_text(errors="replace")
                assert process.poll() is None, (folder / "log").read_text(errors="replace")
                first = _output(["pgrep", "-P", str(process.pid), "-x", "systemd"]).strip()
                enter = ["nsenter", "-t", first or "1", "-a"]
                state = _output([*enter, "systemctl", "show", "-p", "ActiveState", "systemd-sysctl"]) if first else ""
                if state.strip() in ("ActiveState=active", "ActiveState=failed"):  # one line refused: failed
                    break
                time.sleep(0.3)
            yield enter
        finally:
            if first:
                os.kill(int(first), signal.SIGKILL)
            else:
                process.kill()


def _output(command: list[str]) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout


def _values(enter: list[str]) -> dict[str, str]:
    found: dict[str, str] = json.loads(_output([*enter, "python3", "-c", READ]))
    return found


def test_what_is_foretold_of_a_start_is_what_it_comes_to(tmp_path: Path) -> None:
    tree = Path(nspawn.expect_tree())
    (tmp_path / "none").mkdir()
    with _booted(tree, tmp_path / "none", {}) as enter:
        before = {key: text for key, text in _values(enter).items() if kernel.kind(key)}
    assert len(before) > 50
    changed = 0
    for number, files in enumerate(_cases()):
        folder = tmp_path / str(number)
        folder.mkdir()
        with _booted(tree, folder, files) as enter:
            now = _values(enter)
        wanted, _ = trial.wanted({"files": files, "ufw": None})
        machine = boot.Machine(before, ["lo"])
        machine.apply(wanted)
        wrong = {key: (value.text, now.get(key)) for key, value in machine.values.items() if value.text != now.get(key)}
        assert not wrong, files
        changed += sum(now[key] != text for key, text in before.items())
    assert changed > BOOTS
