"""The manual page has every command and option, man reads it without a complaint, and the wheel installs it."""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from rempart_controller.commands.main import make_parser

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = ROOT / "manual/manual_page.py"
pytest.importorskip("argparse_manpage")


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    page = tmp_path_factory.mktemp("man") / "man1/rempart.1"
    subprocess.run([sys.executable, str(SCRIPT), str(page)], check=True)
    return page


def commands(name: str, parser: argparse.ArgumentParser) -> Iterator[tuple[str, list[str]]]:
    """Give each command with its options."""
    told = [action for action in parser._actions if action.help != argparse.SUPPRESS]
    options = [name for action in told for name in action.option_strings if name.startswith("--")]
    yield name, [option for option in options if option != "--help"]
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for word, inner in action.choices.items():
                yield from commands(f"{name} {word}", inner)


def test_it_has_every_command_with_its_options(page: Path) -> None:
    text = page.read_text(encoding="utf-8").replace("\\-", "-")
    for name, options in commands("rempart", make_parser()):
        _, found, rest = text.partition(f".SS \\fB{name}\\fR\n") if name != "rempart" else ("", "x", text)
        assert found, name
        said = rest if name == "rempart" else rest.partition("\n.SS ")[0]
        assert [option for option in options if f"\\fB{option}\\fR" not in said] == [], name


def test_the_same_words_give_the_same_page(page: Path, tmp_path: Path) -> None:
    subprocess.run([sys.executable, str(SCRIPT), str(tmp_path / "again.1")], check=True, cwd=tmp_path)
    assert (tmp_path / "again.1").read_bytes() == page.read_bytes()


@pytest.mark.skipif(shutil.which("man") is None, reason="needs man")
def test_man_reads_it_without_a_complaint(page: Path) -> None:
    command = ["man", "-l", "--warnings", "-E", "UTF-8", "-Tutf8", "-P", "cat", str(page)]
    environment = os.environ | {"MANWIDTH": "100", "LC_ALL": "C.UTF-8", "GROFF_NO_SGR": "1"}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    assert (done.returncode, done.stderr) == (0, "")
    for heading in ("NAME", "SYNOPSIS", "COMMANDS", "EXAMPLES", "FILES"):
        assert f"\n{heading}\n" in "\n" + "\n".join(plain(line) for line in done.stdout.splitlines()) + "\n", heading
    assert "audit and harden machines, with evidence" in done.stdout


def plain(line: str) -> str:
    """Return a line without what makes it bold: a character, a step back, the character again."""
    return "".join(char for place, char in enumerate(line) if line[place + 1 : place + 2] != "\b" and char != "\b")


def test_the_wheel_installs_it(page: Path, tmp_path: Path) -> None:
    pytest.importorskip("build")
    pytest.importorskip("hatchling")
    command = [sys.executable, "-m", "build", "--no-isolation", "--wheel", "--outdir", str(tmp_path), str(ROOT)]
    subprocess.run(command, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        (name,) = [name for name in archive.namelist() if name.endswith(".data/data/share/man/man1/rempart.1")]
        assert archive.read(name) == page.read_bytes()
