"""Who does not run a server pays nothing for it: no import, no package; and is told how it is installed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from rempart_testing.server import a_directory

from rempart_controller.commands.registry import COMMANDS
from rempart_server.opening import _EXTRA

BIN = Path(sys.executable).parent
_WITHOUT = """
import sys
for name in {extra!r}:
    sys.modules[name] = None
from rempart_controller.commands.main import main
sys.exit(main({words!r}))
"""


def without_extra(*words: str) -> subprocess.CompletedProcess[str]:
    """Run ``rempart`` where the packages of the extra are not there."""
    code = _WITHOUT.format(extra=_EXTRA, words=list(words))
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)


def test_an_audit_imports_nothing_of_the_server(tmp_path: Path) -> None:
    (tmp_path / "etc").mkdir()
    words = ["audit", "--root", str(tmp_path), "--checks", "FWL-01", "--role", "server"]
    command = [sys.executable, "-X", "importtime", str(BIN / "rempart"), *words]
    said = subprocess.run(command, capture_output=True, text=True, check=False).stderr
    assert "rempart_agent.audit.pipeline" in said
    names = {line.rpartition("|")[2].strip().partition(".")[0] for line in said.splitlines()}
    assert names & {"rempart_server", "rempart_store", "sqlalchemy", "cryptography", *_EXTRA} == set()


@pytest.mark.parametrize("action", COMMANDS["server"].actions)  # type: ignore[union-attr]
def test_every_command_describes_itself_without_the_extra(action: str) -> None:
    done = without_extra("server", action, "--help")
    assert (done.returncode, done.stderr) == (0, "")


def test_without_the_extra_the_way_to_install_it_is_said(tmp_path: Path) -> None:
    for words in (["run", "--dir", a_directory(tmp_path)], ["init", "--name", "a", "--dir", str(tmp_path / "s")]):
        done = without_extra("server", *words)
        assert done.returncode == 2
        assert "pip install 'rempart[server]'" in done.stderr
    assert not (tmp_path / "s").exists()
