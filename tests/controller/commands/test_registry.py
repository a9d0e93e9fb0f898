"""What the command line says is read in ``cli`` and ``commands`` alone; rooms below get requests, which are typed."""

from __future__ import annotations

import ast
import subprocess
import sys
import typing
from pathlib import Path

import pytest

from rempart_agent.cli.command import Group, load
from rempart_agent.commands import main as agent
from rempart_controller.commands.main import main
from rempart_controller.commands.registry import COMMANDS, PACKAGE

ROOT = Path(__file__).resolve().parents[3]
WAYS = [
    ((of.package if isinstance(of, Group) else "") or package, (name, *one))
    for package, commands in ((PACKAGE, COMMANDS), (agent.PACKAGE, agent.COMMANDS))
    for name, of in commands.items()
    for one in (zip(of.actions) if isinstance(of, Group) else [()])
]
LATE: set[str] = set()  # modules that read a Namespace still; the list may only shrink


def read_namespaces(source: str) -> bool:
    """Tell whether a module names argparse's Namespace."""
    nodes = list(ast.walk(ast.parse(source)))
    return any(
        (isinstance(node, ast.Attribute) and node.attr == "Namespace")
        or (isinstance(node, ast.Name) and node.id == "Namespace")
        or (isinstance(node, ast.ImportFrom) and any(one.name == "Namespace" for one in node.names))
        for node in nodes
    )


def test_only_commands_read_what_the_command_line_says() -> None:
    found = {
        str(path.relative_to(ROOT))
        for package in ("core", "agent", "reports", "store", "controller", "server")
        for path in (ROOT / package).rglob("*.py")
        if not {"cli", "commands"} & set(path.relative_to(ROOT).parts) and read_namespaces(path.read_text("utf-8"))
    }
    assert found - LATE == set(), "give it a request, a NamedTuple"
    assert LATE - found == set(), "take these out of the list"


@pytest.mark.parametrize("source", ["import argparse\nx: argparse.Namespace", "from argparse import Namespace as N"])
def test_a_namespace_is_seen_however_it_is_imported(source: str) -> None:
    assert read_namespaces(source)


def test_a_command_is_imported_when_it_is_wanted() -> None:
    code = (
        "import sys\nfrom rempart_controller.commands.main import _main\n"
        "try:\n    _main(sys.argv[1:])\nexcept SystemExit:\n    pass\n"
        "print(*(name for name in sys.modules if name.startswith('rempart_controller.commands.')), file=sys.stderr)"
    )
    for words, wanted in (
        (["--help"], set()),
        (["history", "--help"], {"history"}),
        (["agent", "list", "-h"], {"list"}),
    ):
        done = subprocess.run([sys.executable, "-c", code, *words], capture_output=True, text=True, check=True)
        loaded = {name.rpartition(".")[2] for name in done.stderr.split() if ".options" not in name}
        assert loaded - {"main", "registry", "agent"} == wanted, words


@pytest.mark.parametrize(("package", "words"), WAYS, ids=lambda one: " ".join(one) if isinstance(one, tuple) else one)
def test_a_command_is_described_asked_for_and_run(package: str, words: tuple[str, ...]) -> None:
    command = load(package, words)
    assert {"add", "request", "run"} <= vars(command).keys()
    asked = typing.get_type_hints(command.run, vars(command))["request"]
    assert issubclass(asked, tuple)
    assert asked._fields


def test_all_mistakes_are_told_at_once(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["audit", "--limit", "web", "--stale", "7d", "--notify-file", "urls"]) == 2
    said = capsys.readouterr().err
    for option in ("--limit", "--stale", "--notify"):
        assert f"rempart: {option}" in said
    assert main(["audit", "-i", "web,", "--root", "/", "--role", "image"]) == 2
    said = capsys.readouterr().err
    assert "rempart: --root cannot be combined with an inventory (-i)" in said
    assert "rempart: --role image" in said
    assert main(["checks", "new", "nothing", "BAD", "--area", "Bad", "--dir", "/nonexistent"]) == 2
    assert capsys.readouterr().err.count("rempart: ") == 3
