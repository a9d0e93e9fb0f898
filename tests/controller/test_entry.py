"""How the commands begin: Ctrl-C at any moment ends them without a traceback."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

# A module finder that interrupts the process when a module of that name is about to be loaded.
_CODE = """
import os, signal, sys
class Interrupting:
    def find_spec(self, name, path, target=None):
        if name == {late!r}:
            os.kill(os.getpid(), signal.SIGINT)
sys.meta_path.insert(0, Interrupting())
sys.argv[1:] = ["--version"]
from {package}.entry import main
sys.exit(main())
"""
LATE = {
    "rempart_controller": (
        "rempart_controller.commands.main",
        "rempart_agent.cli.base",
        "rempart_controller.commands.registry",
    ),
    "rempart_agent": ("rempart_agent.commands.main", "rempart_agent.cli.base"),
}


def _begin(package: str, late: str, before: str = "") -> subprocess.CompletedProcess[str]:
    before = (
        before or "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)"
    )  # in the background, too
    code = before + _CODE.format(package=package, late=late)
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=60)


@pytest.mark.parametrize(("package", "late"), [(package, late) for package, all_ in LATE.items() for late in all_])
def test_an_interruption_while_it_loads_is_quiet(package: str, late: str) -> None:
    done = _begin(package, late)
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "")


@pytest.mark.parametrize("package", LATE)
def test_whoever_has_it_ignored_goes_on(package: str) -> None:
    done = _begin(package, LATE[package][0], "import signal; signal.signal(signal.SIGINT, signal.SIG_IGN)")
    assert (done.returncode, done.stderr) == (0, "")
    assert "0." in done.stdout


def test_the_commands_begin_there() -> None:
    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["scripts"] == {
        "rempart": "rempart_controller.entry:main",
        "rempart-agent": "rempart_agent.entry:main",
    }
