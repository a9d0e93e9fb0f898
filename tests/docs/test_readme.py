"""The documents say what is: every command, file and option that the README names is there and does what it says."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from rempart_core.content import checkfile, waiverfile

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
DOCUMENTS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md"))]


def blocks(kind: str = "") -> list[str]:
    found = re.findall(r"^```(\w*)\n(.*?)^```", README, re.DOTALL | re.MULTILINE)
    return [text for of, text in found if of == kind]


COMMANDS = [
    line.partition("  #")[0].removeprefix("sudo ").strip()
    for block in blocks()
    for line in block.splitlines()
    if line.startswith(("rempart ", "sudo rempart ", "rempart-agent "))
]


def test_the_two_commands_are_the_readmes_and_the_makefiles() -> None:
    assert "make audit\nmake test\n" in blocks()[1]
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert {"audit", "test", "check", "bench"} <= set(re.findall(r"^([a-z]+):", makefile, re.MULTILINE))


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_of_the_readme_is_understood(command: str, tmp_path: Path) -> None:
    """What needs a file or a place that is not here fails for that reason alone and says so."""
    words = re.findall(r'"[^"]*"|\S+', command)
    program, *arguments = [word.strip('"') for word in words]
    environment = os.environ | {"XDG_CACHE_HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path)}
    environment["REMPART_SERVER_DIR"] = str(tmp_path / "server")
    (tmp_path / "out").mkdir()
    if "--walk" in arguments or any(word.startswith("supports-") for word in arguments[:3]):
        arguments += ["--walk-seconds", "2"]  # of a whole disk
    done = subprocess.run(
        [str(BIN / program), *arguments], capture_output=True, text=True, check=False, cwd=tmp_path, env=environment
    )
    assert "usage:" not in done.stderr
    assert "Traceback" not in done.stderr
    if done.returncode == 2:
        named = (
            r"/mnt/image|disk\.qcow2|app\.tar|monday\.json|peers\.json",
            r"rempart-plan\.json|inventory/hosts\.yaml|fleet\.ini|rempart\.db|there is no server",
        )
        assert re.search("|".join(named), done.stderr)


def test_there_are_commands_to_try() -> None:
    assert len(COMMANDS) > 7


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_links_lead_somewhere(document: Path) -> None:
    links = re.findall(r"\]\(([^)#]+)\)", document.read_text(encoding="utf-8"))
    missing = [link for link in links if not link.startswith("http") and not (document.parent / link).exists()]
    assert missing == []


def test_the_waiver_of_the_readme_is_one(tmp_path: Path) -> None:
    (text,) = [block for block in blocks("yaml") if "waivers:" in block]
    path = tmp_path / "waivers.yaml"
    path.write_text(text, encoding="utf-8")
    known = {check.id for check in checkfile.read_checks([str(ROOT / "checks")])}
    (waiver,) = waiverfile.read_waivers(str(path), known)
    assert (waiver.check, waiver.target, waiver.end_text) == ("DSK-01", "build-*", "2027-06-30 Europe/Paris")


def test_the_transcript_of_the_readme_is_in_the_words_of_the_program() -> None:
    check = next(c for c in checkfile.read_checks([str(ROOT / "checks")]) if c.id == "FWL-01")
    assert f"{check.severity.value}  FWL-01  {check.title.en}" in README


def test_no_document_needs_what_users_have_not() -> None:
    for document in DOCUMENTS:
        assert "../shared" not in document.read_text(encoding="utf-8")
