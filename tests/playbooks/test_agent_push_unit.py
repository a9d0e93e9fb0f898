"""The unit that pushes sees the spool alone: systemd's own word for it, and what is not to be lost from it."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import jinja2
import pytest

TEMPLATES = Path(__file__).parents[2] / "playbooks/roles/agent/templates"
UNITS = ("rempart-agent-push.service", "rempart-agent-push.timer")
pytestmark = pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="there is no systemd here")


@pytest.fixture
def units(tmp_path: Path) -> list[Path]:
    """Return both units as the role writes them, with a program that is there."""
    home = tmp_path / "rempart"
    (home / "bin").mkdir(parents=True)
    (home / "bin" / "rempart-agent").symlink_to("/bin/true")
    for name in UNITS:
        template = jinja2.Template((TEMPLATES / f"{name}.j2").read_text(), undefined=jinja2.StrictUndefined)
        (tmp_path / name).write_text(template.render(ansible_managed="managed", agent_home=str(home)))
    return [tmp_path / name for name in UNITS]


def test_systemd_takes_them_without_a_word(units: list[Path]) -> None:
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *map(str, units)], capture_output=True, text=True, check=False
    )
    said = [line for line in done.stderr.splitlines() if "rempart-agent" in line]
    assert said == []


def test_it_is_as_shut_in_as_a_program_can_be_that_speaks_to_a_server(units: list[Path]) -> None:
    words = ["systemd-analyze", "security", "--offline=true", "--json=short", "--no-pager", "--threshold=20"]
    done = subprocess.run([*words, str(units[0])], capture_output=True, text=True, check=False)
    if "offline" in done.stderr and done.returncode:
        pytest.skip("this systemd can not judge a file")
    assert done.returncode == 0, done.stdout
    shortfalls = {one["name"] for one in json.loads(done.stdout) if one["set"] is False}
    assert "PrivateNetwork=" in shortfalls, "it is the one thing that it needs"
    assert not {one for one in shortfalls if one and one.startswith("CapabilityBoundingSet")}


def test_neither_the_key_nor_settings_nor_users_files_are_there(units: list[Path]) -> None:
    service = units[0].read_text()
    assert "InaccessiblePaths=-/var/lib/rempart/agent/key.pem" in service
    for place in ("/var:ro", "/etc:ro"):
        assert place in service.partition("TemporaryFileSystem=")[2].partition("\n")[0].split()
    bound = [line.partition("=")[2].split() for line in service.splitlines() if line.startswith("Bind")]
    shown = {path.lstrip("-") for line in bound for path in line}
    assert not any(path.startswith(("/etc/rempart", "/etc/ssh", "/etc/shadow", "/root", "/home")) for path in shown)


def test_the_unit_that_audits_has_no_network_still() -> None:
    assert "IPAddressDeny=any" in (TEMPLATES / "rempart-agent.service.j2").read_text()
